"""Where a parameter's value comes from: another node, a literal, or several of them."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

from featurecat.errors import ModifierError

__all__ = ["Grouped", "Literal", "Marker", "Upstream", "group", "source", "value", "written_at"]


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
        raise _misused(f"source() takes the name of a node, not {name!r}", "source('spend')")
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
        raise _misused(
            "group() takes either positional or keyword members, and at least one",
            "group(source('a'), source('b')) or group(a=source('a'))",
        )
    given = members or tuple(named.values())
    for member in given:
        if not isinstance(member, Upstream | Literal):
            raise _misused(f"group() takes source() and value(), not {member!r}", f"value({member!r})")
    return Grouped(given, tuple(named) if named else None)


def _misused(text: str, hint: str) -> ModifierError:
    file, line = written_at()
    return ModifierError(text, file=file, line=line, hint=hint)


def written_at() -> tuple[str, int]:
    """File and line where a decorator or a marker is written: the nearest caller outside the decorators.

    Example:
        >>> written_at()[0] != __file__
        True
    """
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("featurecat.function_modifiers"):
        frame = frame.f_back
    return frame.f_code.co_filename, frame.f_lineno
