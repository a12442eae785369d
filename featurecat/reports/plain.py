"""Values and texts of users made ready for reports: JSON-ready, legible, and without what acts on a terminal."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

__all__ = ["legible", "plain", "printable", "shown"]

#: Acts on terminals, or turns the direction in which a text is read.
_ACTING = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
#: Texts that would pass for another value.
_AMBIGUOUS = re.compile(r"|\s.*|.*\s|null|true|false|NaN|-?Infinity|[-+]?[\d.]+(?:[eE][-+]?\d+)?|[\"\[{].*", re.DOTALL)


def plain(value: Any) -> Any:
    """A value as JSON has it; what is no number in JSON is text.

    Args:
        value: Of a record: nested mappings and sequences of scalars.

    Returns:
        Made of dict, list, str, int, float, bool and None only. Sets are sorted.

    Example:
        >>> plain({"low": float("nan"), "at": date(2026, 1, 2), 3: (True, None)})
        {'low': 'NaN', 'at': '2026-01-02', '3': [True, None]}
    """
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return legible(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else _not_finite(value)
    if isinstance(value, Mapping):
        return {legible(str(key)): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted((plain(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
    return _plain_scalar(value)


def _plain_scalar(value: Any) -> Any:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    # a scalar of numpy or Arrow knows the value it stands for
    as_python = getattr(value, "item", None) or getattr(value, "as_py", None)
    item = as_python() if callable(as_python) else value
    return legible(str(item)) if type(item) is type(value) else plain(item)


def _not_finite(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def legible(text: str) -> str:
    r"""The text as UTF-8 can hold it: half of a surrogate pair is written out.

    Example:
        >>> legible("caf\u00e9 \udc80") == "caf\u00e9 " + chr(92) + "udc80"
        True
    """
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def printable(text: str) -> str:
    r"""The text without characters that act instead of being shown; they are written out.

    Line ends, all as ``\n``, and tabs stay.

    Example:
        >>> printable("red: \x1b[31m") == "red: " + chr(92) + "x1b[31m"
        True
    """
    lines = legible(text).replace("\r\n", "\n").replace("\r", "\n")
    return _ACTING.sub(lambda found: found[0].encode("unicode_escape").decode(), lines)


def shown(value: Any) -> str:
    """A value as one line of text; a text that would pass for another value is quoted.

    Example:
        >>> shown(None), shown(0.5), shown("north"), shown("null"), shown({"low": 1})
        ('null', '0.5', 'north', '"null"', '{"low": 1}')
    """
    ready = plain(value)
    if isinstance(ready, str) and not (isinstance(value, str) and _AMBIGUOUS.fullmatch(ready)):
        return printable(ready).replace("\n", "\\n").replace("\t", "\\t")
    return printable(json.dumps(ready, sort_keys=True, ensure_ascii=False))
