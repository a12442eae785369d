"""Tags, schemas, cache metadata, replaced bodies, and decorators that depend on the config."""

import sys

import pandas as pd
from hamilton import driver, models
from hamilton.function_modifiers import (
    ResolveAt,
    cache,
    does,
    extract_columns,
    extract_fields,
    inject,
    resolve,
    resolve_from_config,
    schema,
    source,
    tag,
    tag_outputs,
    value,
)


def _sum(**amounts: int) -> int:
    return sum(amounts.values())


def _power(base: int, exponent: int) -> int:
    return base**exponent


@does(_sum)
def total(a: int, b: int, c: int = 3) -> int:
    """All of it."""


@does(_power, base="a", exponent="b")
def raised(a: int, b: int) -> int:
    pass


@tag(owner="top", team=["x", "y"])
@tag(owner="bottom", product="p")
def tagged(a: int) -> int:
    return a


@tag(kind="column")
@tag(kind="frame", target_="frame")
@extract_columns("left", "right")
def frame(a: int) -> pd.DataFrame:
    return pd.DataFrame({"left": [a], "right": [a + 1]})


@tag_outputs(one={"number": "1"}, two={"number": "2"})
@extract_fields({"one": int, "two": int})
def both() -> dict:
    return {"one": 1, "two": 2}


@schema.output(("left", "int"), ("right", "int"))
def described(frame: pd.DataFrame) -> pd.DataFrame:
    return frame


@cache(behavior="recompute", format="json")
def cached(a: int) -> int:
    return a


@resolve(
    when=ResolveAt.CONFIG_AVAILABLE,
    decorate_with=lambda source_of_a, plus=1: inject(amount=source(source_of_a), plus=value(plus)),
)
def resolved(amount: int, plus: int) -> int:
    return amount + plus


@resolve_from_config(decorate_with=lambda columns: extract_columns(*columns))
def wide(a: int) -> pd.DataFrame:
    return pd.DataFrame({"p": [a], "q": [a], "r": [a]})


def _answers() -> dict:
    config = {"source_of_a": "tagged", "columns": ["p", "q"], "hamilton.enable_power_user_mode": True}
    dr = driver.Builder().with_modules(sys.modules[__name__]).with_config(config).build()
    variables = {one.name: one for one in dr.list_available_variables()}
    wanted = sorted(name for name, one in variables.items() if not one.is_external_input)
    return {
        "nodes": wanted,
        "values": dr.execute(wanted, inputs={"a": 2, "b": 5}),
        "tags": {name: {key: tag for key, tag in variables[name].tags.items() if key != "module"} for name in wanted},
        "by tag": sorted(one.name for one in dr.list_available_variables(tag_filter={"owner": None})),
        "by value": sorted(one.name for one in dr.list_available_variables(tag_filter={"team": ["y", "z"]})),
        "by several": sorted(
            one.name for one in dr.list_available_variables(tag_filter={"kind": "column", "module": None})
        ),
        "model": issubclass(models.BaseModel, models.DynamicTransformBase),
    }
