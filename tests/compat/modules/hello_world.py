"""Spend and signups of a few weeks: the first dataflow anybody writes."""

import sys

import pandas as pd
from hamilton import base, driver


def avg_3wk_spend(spend: pd.Series) -> pd.Series:
    """Rolling mean of spend over three weeks."""
    return spend.rolling(3).mean()


def spend_per_signup(spend: pd.Series, signups: pd.Series) -> pd.Series:
    """What a signup costs."""
    return spend / signups


def spend_mean(spend: pd.Series) -> float:
    """Mean of spend."""
    return spend.mean()


def spend_zero_mean(spend: pd.Series, spend_mean: float) -> pd.Series:
    """Spend around its mean."""
    return spend - spend_mean


def spend_std_dev(spend: pd.Series) -> float:
    """How much spend varies."""
    return spend.std()


def spend_zero_mean_unit_variance(spend_zero_mean: pd.Series, spend_std_dev: float, digits: int = 3) -> pd.Series:
    """Spend around its mean, in standard deviations."""
    return (spend_zero_mean / spend_std_dev).round(digits)


def _answers() -> dict:
    module = sys.modules[__name__]
    inputs = {
        "spend": pd.Series([10, 10, 20, 40, 40, 50]),
        "signups": pd.Series([1, 10, 50, 100, 200, 400], index=[1, 2, 3, 4, 5, 6]),
    }
    wanted = ["spend", "signups", "avg_3wk_spend", "spend_per_signup", "spend_zero_mean_unit_variance", "spend_mean"]
    legacy = driver.Driver({}, module)
    built = driver.Builder().with_modules(module).with_config({"digits": 1}).build()
    strict = driver.Driver(
        {}, module, adapter=base.SimplePythonGraphAdapter(base.StrictIndexTypePandasDataFrameResult())
    )
    return {
        "frame joined on the index": legacy.execute(wanted, inputs=inputs),
        "scalars alone": legacy.execute(["spend_mean", "spend_std_dev"], inputs=inputs),
        "dictionary": built.execute([spend_mean, "spend_zero_mean_unit_variance"], inputs=inputs),
        "overridden": built.execute(["spend_zero_mean"], inputs=inputs, overrides={"spend_mean": 5.0}),
        "nothing": built.execute([]),
        "strict": strict.execute(["spend_mean", "avg_3wk_spend"], inputs=inputs),
        "variables": sorted(variable.name for variable in built.list_available_variables()),
        "documentation": {
            one.name: one.documentation for one in legacy.list_available_variables() if one.documentation
        },
        "inputs": sorted(one.name for one in legacy.list_available_variables() if one.is_external_input),
        "types": {one.name: one.type for one in legacy.list_available_variables()},
        "required": {one.name: one.required_dependencies for one in legacy.list_available_variables()},
        "optional": {one.name: one.optional_dependencies for one in legacy.list_available_variables()},
        "versions": {one.name: one.version for one in legacy.list_available_variables() if not one.is_external_input},
        "upstream": sorted(one.name for one in legacy.what_is_upstream_of("spend_zero_mean")),
        "downstream": sorted(one.name for one in legacy.what_is_downstream_of("spend_mean")),
        "path": sorted(
            one.name for one in legacy.what_is_the_path_between("spend_mean", "spend_zero_mean_unit_variance")
        ),
        "no path": legacy.what_is_the_path_between("signups", "spend_mean"),
    }
