"""Where a parameter's value comes from: another node, a literal, or several of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from featurecat.errors import ModifierError

__all__ = ["Grouped", "Literal", "Marker", "Upstream", "group", "source", "value"]


@dataclass(frozen=True, slots=True)
class Upstream:
    """The value of the node called ``name``."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Literal:
    """A value known when the function is written."""

    value: Any

    def __str__(self) -> str:
        return str(self.value)


@dataclass(frozen=True, slots=True)
class Grouped:
    """Several values as one list (``keys`` is None) or one mapping."""

    members: tuple[Upstream | Literal, ...]
    keys: tuple[str, ...] | None = None

    def __str__(self) -> str:
        return ", ".join(map(str, self.members))


Marker = Upstream | Literal | Grouped


def source(name: str | Upstream) -> Upstream:
    """Take a parameter's value from another node.

    Args:
        name: The node's name.

    Raises:
        ModifierError: When ``name`` is not a string.

    Example:
        >>> str(source("spend"))
        'spend'
    """
    if isinstance(name, Upstream):
        return name
    if not isinstance(name, str):
        raise ModifierError(f"source() takes the name of a node, not {name!r}", hint="source('spend')")
    return Upstream(name)


def value(literal: Any) -> Literal:
    """Fix a parameter to a literal.

    Args:
        literal: The value itself.

    Example:
        >>> value(3).value
        3
    """
    return literal if isinstance(literal, Literal) else Literal(literal)


def group(*members: Upstream | Literal, **named: Upstream | Literal) -> Grouped:
    """Hand several values to one parameter, as a list or, by keyword, as a mapping.

    Args:
        members: Markers that make a list; the parameter is annotated ``list[T]``.
        named: Markers that make a mapping; the parameter is annotated ``dict[str, T]``.

    Raises:
        ModifierError: When both or neither are given, or a member is not ``source()`` or ``value()``.

    Example:
        >>> str(group(source("a"), value(1)))
        'a, 1'
    """
    if bool(members) == bool(named):
        raise ModifierError(
            "group() takes either positional or keyword members, and at least one",
            hint="group(source('a'), source('b')) or group(a=source('a'))",
        )
    given = members or tuple(named.values())
    for member in given:
        if not isinstance(member, Upstream | Literal):
            raise ModifierError(f"group() takes source() and value(), not {member!r}", hint=f"value({member!r})")
    return Grouped(given, tuple(named) if named else None)
