"""Values that users write into expectations (numbers, texts, dates), as JSON and back; needs no third party."""

from __future__ import annotations

import datetime
import decimal
import enum
import math
import numbers
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

__all__ = [
    "Literal",
    "capped",
    "comparable",
    "decode_literal",
    "encode_literal",
    "is_below",
    "json_ready",
    "json_value",
]


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


def is_below(value: Any, bound: Any) -> bool:
    """Whether a value lies below a bound; a day compares with a moment as the midnight it starts with.

    Args:
        value: A value, or None, which is below nothing.
        bound: A bound of the same family, or None, which nothing is below.

    Example:
        >>> is_below(datetime.date(2013, 1, 1), datetime.datetime(2013, 1, 1, 12)), is_below(None, 1)
        (True, False)
    """
    return value is not None and bound is not None and bool(_moment(value) < _moment(bound))


def _moment(value: Any) -> Any:
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return datetime.datetime(value.year, value.month, value.day)
    return value


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


#: Names of arguments whose values are nobody's business.
_SECRET = re.compile(r"password|passwd|secret|token|credential|api_?key|private_?key", re.IGNORECASE)


def json_ready(value: Any) -> Any:
    """Any argument as a catalog may hold it: plain values as they are, others by name, nothing that tells an address.

    Values under a name that speaks of a secret are masked.

    Example:
        >>> json_ready({"low": 1, "names": {"b", "a"}, "type": float, "api_key": "x"})
        {'low': 1, 'names': ['a', 'b'], 'type': 'float', 'api_key': '***'}
    """
    if isinstance(value, enum.Enum):
        value = value.value
    if value is None or isinstance(value, (bool, int, str, float, decimal.Decimal, datetime.date, datetime.time)):
        return json_value(value)
    if isinstance(value, Mapping):
        return {str(key): "***" if _SECRET.search(str(key)) else json_ready(item) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted((json_ready(item) for item in value), key=str)
    if isinstance(value, (list, tuple)):
        return [json_ready(item) for item in value]
    if type(value).__module__ == "numpy" and getattr(value, "shape", None) == ():
        return json_ready(value.item())
    named = value if hasattr(value, "__qualname__") else type(value)
    module = "" if named.__module__ == "builtins" else f"{named.__module__}."
    return f"{module}{named.__qualname__}"


#: Entries of a collection, and characters of a text, that a verdict keeps of what others found.
_MOST_ENTRIES = 100
_MOST_CHARACTERS = 1_000


def capped(value: Any) -> Any:
    """What :func:`json_ready` made, without more than a report can hold; what is left out is counted.

    Example:
        >>> capped({"rows": list(range(1_000))})["rows"][99:]
        [99, '… and 900 more']
    """
    if isinstance(value, str) and len(value) > _MOST_CHARACTERS:
        return f"{value[:_MOST_CHARACTERS]}…"
    if isinstance(value, Mapping):
        kept = {key: capped(item) for key, item in list(value.items())[:_MOST_ENTRIES]}
        return kept if len(value) <= _MOST_ENTRIES else {**kept, "…": f"and {len(value) - _MOST_ENTRIES:,} more"}
    if isinstance(value, list):
        entries = [capped(item) for item in value[:_MOST_ENTRIES]]
        return entries if len(value) <= _MOST_ENTRIES else [*entries, f"… and {len(value) - _MOST_ENTRIES:,} more"]
    return value
