"""The facts of a scalar: the same questions as of a column of one value; needs no third party."""

from __future__ import annotations

import datetime
import decimal
import math
from typing import Any

from featurecat.errors import EvaluationError, ModifierError
from featurecat.expectations.kind import NOTHING_AROUND, Facts, Surroundings
from featurecat.expectations.scalar_tests import is_at_fault
from featurecat.frames.describe import describe_value
from featurecat.frames.dtypes import logical_type_name
from featurecat.frames.measures import Measure

__all__ = ["OpaqueFacts", "ScalarFacts"]

_MISSING_TYPES = ("NAType", "NaTType")


class ScalarFacts:
    """The facts of one plain value; None, NaN and pandas' NA and NaT are missing.

    Args:
        value: A number, text, boolean, date or time, of Python or numpy.
        surroundings: What is known beside it.

    Raises:
        EvaluationError: When it is anything else.

    Example:
        >>> ScalarFacts(2.5).logical_type, ScalarFacts(None).missing
        ('double', 1)
    """

    rows = 1
    nan_is_null = True

    def __init__(self, value: Any, surroundings: Surroundings = NOTHING_AROUND) -> None:
        self._surroundings = surroundings
        self.absent = value is None
        self.logical_type = _logical_type(value)
        self._value = _plain(value)
        self.missing = int(self._value is None)

    @property
    def family(self) -> str:
        """What the value compares with."""
        value = self._value
        if isinstance(value, (int, float)):
            return "number"
        if isinstance(value, datetime.datetime):
            return "datetime" if value.tzinfo is None else "datetime with time zone"
        if isinstance(value, datetime.date):
            return "date"
        return "string" if isinstance(value, str) else self.logical_type

    @property
    def nans(self) -> int:
        """None of a scalar: a missing one is just missing."""
        return 0

    @property
    def surroundings(self) -> Surroundings:
        """What is known beside the value."""
        return self._surroundings

    def extremes(self) -> tuple[Any, Any]:
        """The value as least and greatest."""
        return self._value, self._value

    def figure(self, measure: Measure) -> Any:
        """A figure of a column of this one value."""
        if measure.name == "faults":
            return int(is_at_fault(measure.argument, self._value))
        if measure.name in ("mean", "quantile", "deviation") and self.family != "number":
            raise EvaluationError(f"{self.logical_type} values have no {measure.name}")
        if measure.name in ("least", "greatest", "mean", "quantile"):
            whole = measure.name in ("least", "greatest") or self._value is None
            return self._value if whole else float(self._value)
        return {"rows": 1, "nulls": self.missing, "nans": 0, "deviation": None, "distinct": 1}[measure.name]

    def distinct(self) -> int:
        """1, or 0 for a missing value."""
        return 1 - self.missing

    def earlier(self, run: str | None = None) -> Facts | None:
        """None: scalars are not kept."""
        return None

    def present(self) -> Any:
        """The value as a list, empty when it is missing."""
        return [] if self._value is None else [self._value]


class OpaqueFacts:
    """The facts of a value that is neither column nor scalar: whether it is there; asking more raises.

    Args:
        reason: Why nothing more can be told.

    Example:
        >>> OpaqueFacts("list (3 items) is not a column with values").absent
        False
    """

    absent = False

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def __getattr__(self, name: str) -> Any:
        raise EvaluationError(self._reason)


def _plain(value: Any) -> Any:
    """A Python value for a numpy or pandas one, None for a missing one."""
    if value is None or type(value).__name__ in _MISSING_TYPES:
        return None
    if type(value).__name__ in ("datetime64", "timedelta64"):
        value = value.astype(f"{type(value).__name__}[us]")
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, (bool, decimal.Decimal)):  # as those of a column are compared
        value = float(value) if isinstance(value, decimal.Decimal) else int(value)
    if isinstance(value, datetime.datetime) and value.tzinfo is not None:
        value = value.astimezone(datetime.UTC)
    return None if isinstance(value, float) and math.isnan(value) else value


def _logical_type(value: Any) -> str:
    if value is None or type(value).__name__ in _MISSING_TYPES:
        return "null"
    if isinstance(value, datetime.datetime):
        return "timestamp[us]" if value.tzinfo is None else f"timestamp[us, tz={value.tzinfo}]"
    for family in (datetime.date, datetime.timedelta, str, decimal.Decimal):
        if isinstance(value, family):
            return logical_type_name(family)
    try:
        if hasattr(value, "__len__") or callable(value):
            raise ModifierError("not a scalar")
        return logical_type_name(type(value))
    except ModifierError:
        raise EvaluationError(f"a value of type {describe_value(value)} is neither a column nor a scalar") from None
