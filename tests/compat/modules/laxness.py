"""What Hamilton lets pass, and what it refuses: by what an error can be caught as."""

import sys

import pandas as pd
from hamilton import driver
from hamilton.function_modifiers import config


def doubled(amount: int) -> int:
    return 2 * amount


def quadrupled(doubled: int) -> int:
    return 2 * doubled


def ratio__pandas(amount: int) -> float:
    return amount / 4


@config.when(region="us")
def holidays__us(week: int) -> int:
    return week


@config.when_not(region="us")
def holidays__other(week: int) -> int:
    return -week


def failing(amount: int) -> int:
    return {"a": 1}[str(amount)]


def offset(amount: int, shift: int = 1) -> int:
    return amount + shift


def _attempt(call: object, *given: object, **named: object) -> object:
    try:
        return call(*given, **named)
    except Exception as error:
        return error


def _answers() -> dict:
    module = sys.modules[__name__]
    built = driver.Builder().with_modules(module).build()
    run = built.execute
    replaced = driver.Builder().with_modules(module).with_config({"doubled": 100}).build()
    return {
        "unused inputs and overrides": run(["quadrupled"], inputs={"amount": 1, "no": 2}, overrides={"nobody": 3}),
        "an input that is a computed node": run(["quadrupled"], inputs={"amount": 1, "doubled": 50}),
        "an input is handed back": run(["doubled", "other"], inputs={"amount": 1, "other": "here"}),
        "a suffix stays without config": run(["ratio__pandas"], inputs={"amount": 1}),
        "config in a node's place": replaced.execute(["quadrupled"]),
        "config replaces": sorted(one.name for one in replaced.list_available_variables() if one.is_external_input),
        "a variant": run(["holidays"], inputs={"week": 3}),
        "another": driver.Builder()
        .with_modules(module)
        .with_config({"region": "us"})
        .build()
        .execute(["holidays"], inputs={"week": 3}),
        "none is any input": run(["offset"], inputs={"amount": 1, "shift": 5}),
        "default": run(["offset"], inputs={"amount": 1}),
        "unknown output": _attempt(run, ["no_such"]),
        "missing input": _attempt(run, ["quadrupled"]),
        "wrong input": _attempt(run, ["quadrupled"], inputs={"amount": "one"}),
        "given twice": _attempt(replaced.execute, ["quadrupled"], inputs={"doubled": 1}),
        "own error": _attempt(run, ["failing"], inputs={"amount": 2}),
        "validated": _attempt(built.validate_execution, ["quadrupled"], inputs={}),
        "fine": built.validate_execution(["quadrupled"], inputs={"amount": 1}),
        "a stranger's function": _attempt(run, [pd.isna]),
        "not a list of tags": _attempt(built.list_available_variables, tag_filter={"a": []}),
        "unknown node": _attempt(built.what_is_upstream_of, "no_such"),
        "the same module twice with overrides": driver.Builder()
        .with_modules(module, module)
        .allow_module_overrides()
        .build()
        .execute(["doubled"], inputs={"amount": 1}),
    }
