"""Which features the keys of a config decide about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

__all__ = ["clause_texts", "config_values"]


def clause_texts(key: str, value: Any) -> list[str]:
    """What ``config:`` finds a condition by: the key, and the key with each value that the condition names.

    Args:
        key: The config key.
        value: What it is compared with; several values are a list or tuple.

    Example:
        >>> clause_texts("region", ["us", "uk"]), clause_texts("debug", True)
        (['region', 'region=us', 'region=uk'], ['debug', 'debug=true'])
    """
    values = value if isinstance(value, list | tuple) else [value]
    return [key, *(f"{key}={_text(one)}" for one in values)]


def _text(value: Any) -> str:
    """A value as it is typed on a command line."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def config_values(
    own: Mapping[str, Iterable[str]],
    keys: Mapping[str, str],
    *,
    public: Sequence[str],
    hidden: Sequence[str],
    parents: Callable[[str], Sequence[str]],
    children: Callable[[str], Sequence[str]],
) -> dict[str, list[str]]:
    """The keys that each public name reads, in a condition or as an input; what is generated for it counts, too.

    Args:
        own: Name to what :func:`clause_texts` makes of the conditions of its variants.
        keys: Names of the nodes that stand for config keys, each with the key.
        public: The public names.
        hidden: The others.
        parents: The names that feed a name.
        children: The names that a name feeds.

    Example:
        >>> edges = {"wind": ["wind_raw"], "wind_raw": ["limit"]}
        >>> below = {"wind_raw": ["wind"], "limit": ["wind_raw"]}
        >>> config_values(
        ...     {"wind": ["region"]}, {"limit": "limit"}, public=["wind"], hidden=["wind_raw", "limit"],
        ...     parents=lambda name: edges.get(name, ()), children=lambda name: below.get(name, ()),
        ... )
        {'wind': ['region', 'limit']}
    """
    shown = frozenset(public)
    found: dict[str, dict[str, None]] = {}
    for name in (*public, *hidden):
        values = [*own.get(name, ()), *(keys[parent] for parent in parents(name) if parent in keys)]
        if not values or name in keys:
            continue
        for reader in [name] if name in shown else _public_below(name, shown, children):
            found.setdefault(reader, {}).update(dict.fromkeys(values))
    return {name: list(values) for name, values in found.items()}


def _public_below(name: str, public: frozenset[str], children: Callable[[str], Sequence[str]]) -> list[str]:
    seen: dict[str, None] = {}
    waiting = list(children(name))
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen[one] = None
            waiting += () if one in public else children(one)
    return [one for one in seen if one in public]
