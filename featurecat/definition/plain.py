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
_CONTAINERS: dict[type, tuple[str, str]] = {
    list: ("[", "]"), tuple: ("(", ")"), dict: ("{", "}"), set: ("set{", "}"), frozenset: ("frozenset{", "}")
}  # fmt: skip


def plain_text(value: Any) -> str | None:
    """A text that tells a plain value from every other one, the same in every process.

    Args:
        value: Numbers, texts, dates, enum members, paths, and lists, tuples, dictionaries and sets of such. The order
            of a dictionary counts, since code may rely on it; sets have none.

    Returns:
        The text, or None when something in it is not plain: such a value identifies nothing.

    Example:
        >>> plain_text({"a": [1, 2.0]})
        "{(str 'a',[int 1,float 2.0])}"
        >>> plain_text(1) == plain_text(True), plain_text({2, 1}) == plain_text({1, 2}), plain_text(object())
        (False, True, None)
    """
    return _text(value, 0)


def _text(value: Any, depth: int) -> str | None:
    if depth > _DEEPEST:  # a container may hold itself
        return None
    kind = type(value)
    if kind in _CONTAINERS:
        return _contained(value, depth)
    if isinstance(value, enum.Enum):
        inner = _text(value.value, depth + 1)
        return None if inner is None else f"{kind.__module__}.{kind.__qualname__}.{value.name} {inner}"
    return _single(value)


def _single(value: Any) -> str | None:
    kind = type(value)
    if kind is str:
        return f"str {ascii(value)}"
    if kind is datetime.datetime or kind is datetime.time:
        # of a zone that is neither Python's own nor known by name, repr may show no more than an address
        known = value.tzinfo is None or type(value.tzinfo) in (datetime.timezone, zoneinfo.ZoneInfo)
        return f"{kind.__name__} {value!r}" if known else None
    if isinstance(value, PurePath):
        return f"path {ascii(str(value))}"
    if kind not in _SPELLED_OUT:
        return None
    try:
        return f"{kind.__name__} {value!r}"
    except ValueError:  # more digits than Python is willing to print
        return None


def _contained(value: Any, depth: int) -> str | None:
    kind = type(value)
    opening, closing = _CONTAINERS[kind]
    members = [_text(member, depth + 1) for member in (value.items() if kind is dict else value)]
    if None in members:
        return None
    texts = [str(member) for member in members]
    return opening + ",".join(sorted(texts) if kind in (set, frozenset) else texts) + closing
