"""Values in words: times, figures, parameters."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from markupsafe import Markup, escape

__all__ = ["moment", "number", "parameters", "plural", "share"]

_MOST = 120


def moment(at: datetime | None) -> Markup:
    """A time to the minute, UTC."""
    if at is None:
        return Markup("")
    return Markup(f'<time datetime="{at:%Y-%m-%dT%H:%M:%SZ}">{at:%Y-%m-%d %H:%M}</time>')


def number(value: Any) -> str:
    """A figure as people write it.

    Example:
        >>> number(336776), number(0.00281), number(None), number(2.0)
        ('336,776', '0.00281', '', '2')
    """
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if isinstance(value, int) or (value == value and abs(value) < 1e15 and value == int(value)):
        return f"{int(value):,}"
    return f"{value:,.2f}" if abs(value) >= 1000 else f"{value:.4g}"


def share(part: float | None, whole: float | None) -> str:
    """A share in per cent.

    Example:
        >>> share(1, 3), share(0, 3), share(1, 100_000)
        ('33.3 %', '0 %', '< 0.1 %')
    """
    if part is None or not whole:
        return ""
    percent = 100 * part / whole
    return "0 %" if part == 0 else "< 0.1 %" if percent < 0.1 else f"{percent:.3g} %"


def plural(count: int, word: str) -> str:
    """A count with its word.

    Example:
        >>> plural(1, "feature"), plural(1200, "feature"), plural(2, "entity")
        ('1 feature', '1,200 features', '2 entities')
    """
    many = f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"
    return f"{count:,} {word if count == 1 else many}"


def parameters(params: Mapping[str, Any]) -> Markup:
    """Parameters of an expectation on one line; long ones are cut.

    Example:
        >>> parameters({"low": 0, "high": 1})
        Markup('low=0, high=1')
    """
    order = sorted(params, key=lambda name: {"low": 0, "high": 1}.get(name, 2))
    text = ", ".join(
        f"{name}={_value(params[name])}" for name in order if name != "family" and params[name] is not None
    )
    return escape(text if len(text) <= _MOST else f"{text[: _MOST - 1]}…")


def _value(value: Any) -> str:
    return number(value) if isinstance(value, int | float) else json.dumps(value, ensure_ascii=False)
