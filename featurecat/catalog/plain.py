"""Values as plain JSON data and text: equal values give equal texts."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Set
from datetime import date, datetime, time
from typing import Any

__all__ = ["canonical_json", "canonical_value", "plain_json"]

_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
#: What ``JSONEncoder.encode`` makes anew for every value, where Python has it in C.
_pieces: Any = json.encoder.c_make_encoder and json.encoder.c_make_encoder(  # type: ignore[attr-defined]
    None, _ENCODER.default, json.encoder.encode_basestring, None, ":", ",", True, False, True
)


def canonical_value(value: Any) -> Any:
    """A value as plain JSON data: sets sorted, keys as text, what is no number as its name."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else str(value)
        case Mapping():
            return {str(key): canonical_value(item) for key, item in value.items()}
        case Set():
            return sorted((canonical_value(item) for item in value), key=canonical_json)
        case list() | tuple():
            return [canonical_value(item) for item in value]
        case datetime() | date() | time():
            return value.isoformat()
        case _ if hasattr(value, "item"):  # a NumPy scalar
            return canonical_value(value.item())
        case _:
            return str(value)


def canonical_json(value: Any) -> str:
    """A value as JSON text: equal values give equal texts, whatever the order of their keys.

    Example:
        >>> canonical_json({"b": (1, 2.0), "a": float("inf")})
        '{"a":"inf","b":[1,2.0]}'
    """
    return plain_json(canonical_value(value))


def plain_json(value: Any) -> str:
    """JSON text of what :func:`canonical_value` or :func:`canonical_rows` gave."""
    text = "".join(_pieces(value, 0)) if _pieces and type(value) is dict else _ENCODER.encode(value)
    if text.isascii():
        return text
    return text.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate of a string literal fits no file
