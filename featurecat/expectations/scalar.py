"""The facts of a scalar: the same questions as of a column of one value; needs no third party."""

from __future__ import annotations

import datetime
import decimal
import math
from collections.abc import Sequence
from typing import Any

from featurecat.errors import EvaluationError, ModifierError
from featurecat.frames.describe import describe_value
from featurecat.frames.dtypes import logical_type_name

__all__ = ["OpaqueFacts", "ScalarFacts"]

_MISSING_TYPES = ("NAType", "NaTType")


class ScalarFacts:
    """The facts of one plain value; None, NaN and pandas' NA and NaT are missing.

    Args:
        value: A number, text, boolean, date or time, of Python or numpy.

    Raises:
        EvaluationError: When it is anything else.

    Example:
        >>> ScalarFacts(2.5).logical_type, ScalarFacts(None).missing
        ('double', 1)
    """

    rows = 1

    def __init__(self, value: Any) -> None:
        self.absent = value is None
        self.logical_type = _logical_type(value)
        self._value = _plain(value)
        self.missing = int(self._value is None)

    @property
    def family(self) -> str:
        """What the value compares with."""
        value = self._value
        if isinstance(value, (bool, int, float, decimal.Decimal)):
            return "number"
        if isinstance(value, datetime.datetime):
            return "datetime" if value.tzinfo is None else "datetime with time zone"
        if isinstance(value, datetime.date):
            return "date"
        return "string" if isinstance(value, str) else self.logical_type

    def extremes(self) -> tuple[Any, Any]:
        """The value as least and greatest."""
        return self._value, self._value

    def count_outside(self, low: Any, high: Any) -> int:
        """1 when the value lies outside the bounds, else 0."""
        if self.missing:
            return 0
        value = _moment(self._value)
        return int((low is not None and value < _moment(low)) or (high is not None and value > _moment(high)))

    def count_not_in(self, values: Sequence[Any]) -> int:
        """1 when the value is none of ``values``, else 0."""
        if self.missing:
            return 0
        return int(_moment(self._value) not in [_moment(value) for value in values])

    def count_lacking(self, texts: Sequence[str]) -> int:
        """1 when the text does not contain all of ``texts``, else 0."""
        return 0 if self.missing else int(not all(text in self._value for text in texts))

    def count_holding(self, texts: Sequence[str]) -> int:
        """1 when the text contains any of ``texts``, else 0."""
        return 0 if self.missing else int(any(text in self._value for text in texts))

    def mean(self) -> float | None:
        """The number itself."""
        return None if self.missing else float(self._value)

    def standard_deviation(self) -> float | None:
        """None: one value does not deviate."""
        return None


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


def _moment(value: Any) -> Any:
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return datetime.datetime(value.year, value.month, value.day)
    return value
