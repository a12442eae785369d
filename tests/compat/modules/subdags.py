"""Graphs inside a graph."""

import sys

from hamilton import ad_hoc_utils, driver
from hamilton.function_modifiers import (
    configuration,
    parameterized_subdag,
    source,
    subdag,
    tag,
    value,
)

inner = ad_hoc_utils.module_from_source(
    """
def cleaned(events: list, minimum: int) -> list:
    return [event for event in events if event >= minimum]


def size(cleaned: list) -> int:
    return len(cleaned)
""",
    "inner_dataflow",
)
units = ad_hoc_utils.module_from_source(
    """
from hamilton.function_modifiers import config


@config.when(unit="week")
def length__week() -> int:
    return 7


@config.when(unit="month")
def length__month() -> int:
    return 30
""",
    "units_dataflow",
)


def per_day(many: int, days: int) -> float:
    return many / days


def events_everywhere() -> list:
    return [1, 2, 3, 4]


@tag(owner="data")
@subdag(inner, inputs={"events": source("events_everywhere"), "minimum": value(3)})
def many(size: int) -> int:
    return size


@subdag(
    inner,
    inputs={"events": source("events_everywhere")},
    config={"minimum": 2},
    namespace="space",
    final_node_name="count",
)
def counted(size: int, cleaned: list) -> int:
    return size + len(cleaned)


@parameterized_subdag(
    inner,
    inputs={"events": source("events_everywhere")},
    low={"inputs": {"minimum": value(1)}},
    high={"inputs": {"minimum": value(4)}},
)
def sizes(size: int) -> int:
    return size


@subdag(units, config={"unit": configuration("grain")})
def days(length: int) -> int:
    return length


@subdag(inner, inputs={"minimum": value(2), "events": source("events_everywhere")}, external_inputs=["factor"])
def scaled(size: int, factor: int) -> int:
    return size * factor


def _answers() -> dict:
    module = sys.modules[__name__]
    dr = driver.Builder().with_modules(module).with_config({"grain": "month"}).build()
    variables = {one.name: one for one in dr.list_available_variables()}
    wanted = sorted(name for name, one in variables.items() if not one.is_external_input)
    nodes = wanted.copy()
    wanted.remove("days.unit")  # in Hamilton its value is the marker that was written
    return {
        "nodes": nodes,
        "values": dr.execute(wanted, inputs={"factor": 10}),
        "dependencies": {name: variables[name].required_dependencies for name in wanted},
        "types": {name: variables[name].type for name in wanted},
        "owners": {name: variables[name].tags.get("owner") for name in wanted},
        "overridden": dr.execute(["many"], overrides={"many.cleaned": [1]}),
    }
