"""Data quality: shipped checks, checks of one's own, what is logged and what is raised."""

import logging
import sys
from typing import Any

import pandas as pd
from hamilton import driver
from hamilton.data_quality.base import BaseDefaultValidator, DataValidationError, DataValidator, ValidationResult
from hamilton.data_quality.default_validators import AVAILABLE_DEFAULT_VALIDATORS
from hamilton.function_modifiers import check_output, check_output_custom, extract_columns


class Increasing(DataValidator):
    def applies_to(self, datatype: type) -> bool:
        return issubclass(datatype, pd.Series)

    def description(self) -> str:
        return "Values do not fall"

    @classmethod
    def name(cls) -> str:
        return "increasing_validator"

    def validate(self, dataset: pd.Series) -> ValidationResult:
        return ValidationResult(bool(dataset.is_monotonic_increasing), "does it rise?", {"rows": len(dataset)})


class MostRows(BaseDefaultValidator):
    def __init__(self, most_rows: int, importance: str):
        super().__init__(importance)
        self.most_rows = most_rows

    @classmethod
    def applies_to(cls, datatype: type) -> bool:
        return issubclass(datatype, pd.Series)

    def description(self) -> str:
        return f"At most {self.most_rows} rows"

    @classmethod
    def arg(cls) -> str:
        return "most_rows"

    def validate(self, data: pd.Series) -> ValidationResult:
        return ValidationResult(len(data) <= self.most_rows, f"{len(data)} rows")


AVAILABLE_DEFAULT_VALIDATORS.append(MostRows)


@check_output(range=(0.0, 10.0), allow_nans=False, importance="fail")
def good(spend: pd.Series) -> pd.Series:
    return spend


@check_output(range=(0.0, 1.0), importance="warn")
def warned(spend: pd.Series) -> pd.Series:
    return spend


@check_output(range=(0.0, 1.0), importance="fail")
def refused(spend: pd.Series) -> pd.Series:
    return spend


@check_output(values_in=["a", "b"], importance="fail")
def letter(given: str) -> str:
    return given


@check_output(most_rows=2, importance="fail")
def crowded(spend: pd.Series) -> pd.Series:
    return spend


@check_output_custom(Increasing(importance="fail"))
def rising(spend: pd.Series) -> pd.Series:
    return spend


@check_output(data_type=float, importance="fail")
@extract_columns("left", "right")
def frame(spend: pd.Series) -> pd.DataFrame:
    return pd.DataFrame({"left": spend, "right": -spend})


class _Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.records: list = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record.getMessage())


def _attempt(dr: Any, names: list, inputs: dict) -> Any:
    try:
        return dr.execute(names, inputs=inputs)
    except DataValidationError as error:
        return [line.partition(" Message was")[0] for line in error.args[0]]


def _answers() -> dict:
    kept = _Kept()
    logging.getLogger("hamilton.data_quality.base").addHandler(kept)
    dr = driver.Builder().with_modules(sys.modules[__name__]).build()
    spend = {"spend": pd.Series([1.0, 2.0, 4.0])}
    falling = {"spend": pd.Series([4.0, 2.0, 1.0])}
    variables = {one.name: one for one in dr.list_available_variables()}
    answers = {
        "good": _attempt(dr, ["good"], spend),
        "warned": _attempt(dr, ["warned"], spend),
        "refused": _attempt(dr, ["refused"], spend),
        "the raw value can be had": _attempt(dr, ["refused_raw"], spend),
        "letter": _attempt(dr, ["letter"], {"given": "a"}),
        "no letter": _attempt(dr, ["letter"], {"given": "c"}),
        "crowded": _attempt(dr, ["crowded"], spend),
        "rising": _attempt(dr, ["rising"], spend),
        "falling": _attempt(dr, ["rising"], falling),
        "columns": _attempt(dr, ["left", "right", "frame"], spend),
        "nodes": sorted(variables),
        "dependencies": {name: one.required_dependencies for name, one in variables.items()},
        "tags": {
            name: {key: str(tag) for key, tag in one.tags.items() if key != "module"} for name, one in variables.items()
        },
        "verdict": dr.execute(["refused_range_validator"], inputs=spend)["refused_range_validator"].passes,
    }
    answers["log"] = sorted({line.partition(" Message was")[0] for line in kept.records})
    return answers
