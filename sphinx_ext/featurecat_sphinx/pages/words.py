"""Values in words: times, figures, parameters."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from markupsafe import Markup, escape

__all__ = ["condition", "moment", "number", "parameters", "plural", "share"]

_MOST = 120


def moment(at: datetime | None) -> Markup:
    """A time to the minute, UTC."""
    if at is None:
        return Markup("")
    return Markup(f"<time>{at:%Y-%m-%d %H:%M}</time>")


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


def parameters(params: Mapping[str, Any], kind: str = "") -> Markup:
    """Parameters of an expectation on one line; long ones are cut.

    Args:
        params: As the catalog holds them.
        kind: Of the expectation: a parameter of that name needs no name.

    Example:
        >>> parameters({"low": 0, "high": 1}), parameters({"not_null": True}, "not_null")
        (Markup('low=0, high=1'), Markup(''))
    """
    shown = {name: value for name, value in params.items() if name != "family" and value is not None}
    if list(shown) == [kind]:
        text = "" if shown[kind] is True else _value(shown[kind])
    else:
        order = sorted(shown, key=lambda name: ({"low": 0, "high": 1}.get(name, 2), name))
        text = ", ".join(f"{name}={_value(shown[name])}" for name in order)
    return escape(text if len(text) <= _MOST else f"{text[: _MOST - 1]}…")


_OPERATORS = {"equal": "is", "not_equal": "is not", "in": "is one of", "not_in": "is none of"}


def condition(clauses: Any) -> str:
    """When a variant is taken, in words; empty for always.

    Args:
        clauses: As the catalog holds them.

    Example:
        >>> condition([{"key": "region", "operator": "not_equal", "value": "us"}])
        'where region is not us'
    """
    if not isinstance(clauses, list) or not clauses:
        return ""
    return "where " + " and ".join(_clause(clause) for clause in clauses)


def _clause(clause: Mapping[str, Any]) -> str:
    key, operator, value = clause.get("key"), str(clause.get("operator")), clause.get("value")
    if operator == "resolves":
        return f"{value} decides by {key}" if key else f"{value} decides"
    words = ", ".join(map(_plain, value)) if isinstance(value, list) else _plain(value)
    return f"{key} {_OPERATORS.get(operator, operator)} {words}"


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _value(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return json.dumps(value, ensure_ascii=False)
    return number(value)
