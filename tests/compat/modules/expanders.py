"""Decorators that make several nodes of one function."""

import sys
from typing import Any

import pandas as pd
from hamilton import driver
from hamilton.function_modifiers import (
    ParameterizedExtract,
    extract_columns,
    extract_fields,
    group,
    inject,
    parameterize,
    parameterize_extract_columns,
    parameterize_sources,
    parameterize_values,
    source,
    unpack_fields,
    value,
)


@parameterize(
    last_week={"shift": value(1), "series": source("spend")},
    two_weeks_ago=({"shift": value(2), "series": source("spend")}, "Spend of {shift} weeks before, as {output_name}"),
    later={"shift": value(1), "series": source("last_week")},
)
def shifted(series: pd.Series, shift: int, factor: int = 1) -> pd.Series:
    """{series} shifted by {shift}"""
    return series.shift(shift) * factor


@parameterize_sources(us={"rate": "us_rate"}, uk={"rate": "uk_rate"})
def tax(rate: float, amount: float) -> float:
    return rate * amount


@parameterize_values("limit", {("low", "The low one"): 1, ("high", "The high one"): 10})
def limited(limit: int) -> int:
    """A limit."""
    return limit


@inject(members=group(source("low"), source("high")), named=group(a=source("low"), b=source("us")), three=value(3))
def injected(members: list[int], named: dict[str, Any], three: int) -> float:
    return sum(members) + sum(named.values()) + three


@extract_columns("spend", ("signups", "How many signed up"))
def weeks(path: str) -> pd.DataFrame:
    """Weeks of a campaign."""
    return pd.DataFrame({"spend": [1.0, 2.0, 4.0], "signups": [1, 2, 3], "other": [0, 0, 0]}).assign(path=path)


@extract_columns("extra", fill_with=7)
def filled(weeks: pd.DataFrame) -> pd.DataFrame:
    return weeks.copy()


@extract_fields({"us_rate": float, "uk_rate": float})
def rates() -> dict[str, float]:
    return {"us_rate": 0.1, "uk_rate": 0.2}


@extract_fields({"found": int, "lost": int}, fill_with=-1)
def partly() -> dict[str, Any]:
    return {"found": 1}


@unpack_fields("first", "second")
def pair(low: int) -> tuple[int, str]:
    return low, "b"


@parameterize_extract_columns(
    ParameterizedExtract(("a1", "a2"), {"factor": value(1)}),
    ParameterizedExtract(("b1", "b2"), {"factor": source("high")}),
)
def columns(spend: pd.Series, factor: int) -> pd.DataFrame:
    return pd.concat([spend * factor, spend + factor], axis=1)


def _answers() -> dict:
    dr = driver.Builder().with_modules(sys.modules[__name__]).build()
    inputs = {"path": "x", "amount": 100.0}
    variables = dr.list_available_variables()
    computed = sorted(one.name for one in variables if not one.is_external_input)
    return {
        "nodes": computed,
        # Hamilton writes into the whole that parts are filled in for
        "values": dr.execute([name for name in computed if name not in ("filled", "partly")], inputs=inputs),
        "documentation": {
            one.name: one.documentation for one in variables if one.name in computed and one.documentation
        },
        "dependencies": {one.name: one.required_dependencies | one.optional_dependencies for one in variables},
        "types": {one.name: one.type for one in variables if one.name not in ("members", "pair")},
        "functions": {
            one.name: [f.__name__ for f in one.originating_functions] for one in variables if one.name in computed
        },
    }
