"""Columns added to frames by functions of their own."""

import sys

import pandas as pd
import polars as pl
from hamilton import ad_hoc_utils, driver
from hamilton.plugins import h_pandas, h_polars, h_polars_lazyframe

ratios = ad_hoc_utils.module_from_source(
    """
import pandas as pd


def ratio(spend: pd.Series, signups: pd.Series) -> pd.Series:
    return spend / signups


def scaled(ratio: pd.Series, factor: int) -> pd.Series:
    return ratio * factor


def scaled_mean(scaled: pd.Series) -> float:
    return scaled.mean()
""",
    "ratios",
)
taken_apart = ad_hoc_utils.module_from_source(
    """
import pandas as pd
from hamilton.function_modifiers import extract_columns


@extract_columns("spend")
def opened(weeks: pd.DataFrame) -> pd.DataFrame:
    return weeks


def halved(spend: pd.Series) -> pd.Series:
    return spend / 2
""",
    "taken_apart",
)


@h_pandas.with_columns(ratios, columns_to_pass=["spend", "signups"], select=["ratio", "scaled"])
def pandas_weeks(weeks: pd.DataFrame) -> pd.DataFrame:
    return weeks


@h_pandas.with_columns(taken_apart, on_input="weeks", namespace="space", select=["halved"])
def passed_on(pandas_weeks: pd.DataFrame, weeks: pd.DataFrame) -> pd.DataFrame:
    return weeks.assign(rows=len(pandas_weeks))


def _doubled(spend: pl.Series) -> pl.Series:
    return spend * 2


@h_polars.with_columns(_doubled, columns_to_pass=["spend"])
def polars_weeks(polars_input: pl.DataFrame) -> pl.DataFrame:
    return polars_input


def _tripled(spend: pl.Expr) -> pl.Expr:
    return spend * 3


@h_polars_lazyframe.with_columns(_tripled, columns_to_pass=["spend"])
def lazy_weeks(lazy_input: pl.LazyFrame) -> pl.LazyFrame:
    return lazy_input


def _answers() -> dict:
    module = sys.modules[__name__]
    dr = driver.Builder().with_modules(module).build()
    weeks = pd.DataFrame({"spend": [2.0, 9.0], "signups": [1, 3]})
    inputs = {
        "weeks": weeks,
        "factor": 10,
        "polars_input": pl.DataFrame({"spend": [1, 2]}),
        "lazy_input": pl.LazyFrame({"spend": [1, 2]}),
    }
    variables = {one.name: one for one in dr.list_available_variables()}
    return {
        "nodes": sorted(variables),
        "dependencies": {name: one.required_dependencies for name, one in variables.items()},
        "values": dr.execute(["pandas_weeks", "passed_on", "polars_weeks", "lazy_weeks"], inputs=inputs),
        "a column": dr.execute(["pandas_weeks.scaled"], inputs=inputs),
        "left as it was": list(weeks.columns),
    }
