"""Values that users write into expectations (numbers, texts, dates), as JSON and back; needs no third party."""

from __future__ import annotations

import datetime
import decimal
import enum
import math
import numbers
from typing import Any, NamedTuple

__all__ = ["Literal", "comparable", "decode_literal", "encode_literal", "json_value"]


class Literal(NamedTuple):
    """A value with its ``family``: ``number``, ``string``, ``date``, ``datetime`` or ``datetime with time zone``."""

    family: str
    value: Any


def encode_literal(value: object) -> Literal:
    """A literal as JSON can hold it.

    Numbers become floats where that is exact, so that ``0`` and ``0.0`` are one expectation; dates become ISO text.

    Raises:
        ValueError: When ``value`` is NaN or infinite, or neither number, text nor date; the message tells its type.

    Example:
        >>> import datetime
        >>> encode_literal(3), encode_literal(datetime.date(2013, 1, 2)).value
        (Literal(family='number', value=3.0), '2013-01-02')
    """
    if isinstance(value, enum.Enum):
        value = value.value
    if isinstance(value, str):
        return Literal("string", str(value))
    if isinstance(value, datetime.datetime):
        return Literal(_datetime_family(value), value.isoformat())
    if isinstance(value, datetime.date):
        return Literal("date", value.isoformat())
    if type(value).__name__ == "datetime64":  # numpy: nanoseconds have no Python counterpart but their text has
        moment = datetime.datetime.fromisoformat(str(value))
        return Literal("datetime", moment.isoformat())
    if isinstance(value, (numbers.Real, decimal.Decimal)) or type(value).__name__ in ("bool", "bool_"):
        return Literal("number", _plain_number(value))
    raise ValueError(f"a {type(value).__name__} cannot be compared with column values")


def _plain_number(value: Any) -> float | int:
    if isinstance(value, numbers.Integral):
        whole = int(value)
        return float(whole) if abs(whole) <= 2**53 else whole
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{number} cannot be compared with column values")
    return number


def _datetime_family(value: datetime.datetime) -> str:
    return "datetime" if value.tzinfo is None else "datetime with time zone"


def decode_literal(literal: Literal) -> Any:
    """The Python value of an encoded literal: a number, a str, a date or a datetime.

    Example:
        >>> decode_literal(Literal("date", "2013-01-02"))
        datetime.date(2013, 1, 2)
    """
    match literal.family:
        case "date":
            return datetime.date.fromisoformat(literal.value)
        case "datetime" | "datetime with time zone":
            return datetime.datetime.fromisoformat(literal.value)
        case _:
            return literal.value


def comparable(literal_family: str, column_family: str) -> bool:
    """Whether literals of one family can be compared with column values of another.

    Example:
        >>> comparable("date", "datetime"), comparable("string", "number")
        (True, False)
    """
    return literal_family == column_family or {literal_family, column_family} == {"date", "datetime"}


def json_value(value: Any) -> Any:
    """A value as a verdict may hold it: finite numbers, texts, ISO dates; an infinite number becomes None.

    Example:
        >>> json_value(float("inf")) is None, json_value(2)
        (True, 2)
    """
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, (float, decimal.Decimal)):
        number = float(value)
        return number if math.isfinite(number) else None
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    return str(value)
