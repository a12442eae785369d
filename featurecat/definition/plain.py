"""Plain values as text that is equal only for equal values: what identifies a constant."""

from __future__ import annotations

import datetime
import decimal
import enum
import zoneinfo
from pathlib import PurePath
from typing import Any

__all__ = ["plain_text"]

_DEEPEST = 50

#: Types whose ``repr`` says all there is; subclasses may hold more.
_SPELLED_OUT = (
    type(None), type(...), bool, int, float, complex, bytes, decimal.Decimal, datetime.date, datetime.timedelta
)  # fmt: skip


def plain_text(value: Any) -> str | None:
    """A text that tells a plain value from every other one, the same in every process.

    Args:
        value: Numbers, texts, dates, enum members, paths, and lists, tuples, dictionaries and sets of such. The order
            of a dictionary counts, since code may rely on it; sets have none.

    Returns:
        The text, or None when something in it is not plain: such a value identifies nothing.

    Example:
        >>> plain_text({"a": [1, 2.0]})
        "{str 'a': [int 1,float 2.0]}"
        >>> plain_text(1) == plain_text(True), plain_text({2, 1}) == plain_text({1, 2}), plain_text(object())
        (False, True, None)
    """
    return _text(value, 0)


def _text(value: Any, depth: int) -> str | None:
    kind = type(value)
    if depth > _DEEPEST:  # a container may hold itself
        return None
    if kind is str:
        return f"str {ascii(value)}"
    if kind in _SPELLED_OUT:
        return _spelled_out(value)
    if kind is datetime.datetime or kind is datetime.time:
        # without a zone, of Python's own or by name, repr shows no more than an address
        known = value.tzinfo is None or type(value.tzinfo) in (datetime.timezone, zoneinfo.ZoneInfo)
        return f"{kind.__name__} {value!r} {value.fold}" if known else None
    if isinstance(value, enum.Enum):
        return _joined(f"{kind.__module__}.{kind.__qualname__}.{value.name}(", [value.value], ")", depth)
    if isinstance(value, PurePath):
        return f"path {ascii(str(value))}"
    if kind is dict:
        pairs = [_joined("", pair, "", depth, ": ") for pair in value.items()]
        return None if None in pairs else "{" + ",".join(map(str, pairs)) + "}"
    if kind is list or kind is tuple:
        return _joined("[" if kind is list else "(", value, "]" if kind is list else ")", depth)
    if kind is set or kind is frozenset:
        members = [_text(member, depth + 1) for member in value]
        return None if None in members else f"{kind.__name__}{{{','.join(sorted(map(str, members)))}}}"
    return None


def _spelled_out(value: Any) -> str | None:
    try:
        return f"{type(value).__name__} {value!r}"
    except ValueError:  # more digits than Python is willing to print
        return None


def _joined(opening: str, members: Any, closing: str, depth: int, separator: str = ",") -> str | None:
    texts = [_text(member, depth + 1) for member in members]
    return None if None in texts else f"{opening}{separator.join(map(str, texts))}{closing}"
