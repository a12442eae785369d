"""Variants by config: which definition of a name holds when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import FunctionType
from typing import Any, ClassVar

from featurecat.definition.condition import Clause, Condition
from featurecat.definition.modifier import Modifier, Phase, bare_error
from featurecat.definition.node import DefinedFunction, Node

__all__ = ["ConfigModifier", "config"]


@dataclass(frozen=True)
class ConfigModifier(Modifier):
    """A condition on the config, and optionally the node's name."""

    clauses: tuple[Clause, ...]
    node_name: str | None = None
    spelled: str = "config.when"
    phase: ClassVar[Phase] = Phase.RESOLVE

    @property
    def name(self) -> str:
        """The decorator as users write it."""
        return self.spelled

    def check(self, function: Callable[..., Any]) -> None:
        """Check that there is a condition and that the name it leaves is a name."""
        if not self.clauses:
            raise self.error("needs at least one config key", function, "@config.when(region='US')")
        for clause in self.clauses:
            if clause.operator in ("in", "not_in") and not isinstance(clause.value, tuple):
                raise self.error(
                    f"{clause.key} takes a list of values, not {clause.value!r}",
                    function,
                    f"@{self.spelled}({clause.key}=[{clause.value!r}])",
                )
        if self.node_name is None and function.__name__.endswith("__"):
            raise self.error("the name ends in '__', which leaves no suffix", function, "call it name__variant")

    def resolve(self, name: str, condition: Condition) -> tuple[str, Condition]:
        """The function's node name, and its condition with these clauses added."""
        if self.node_name is not None:
            name = self.node_name
        # a second condition on the same function finds the suffix already taken off
        elif not condition and "__" in name:
            name = name.rpartition("__")[0]
        return name, condition + self.clauses

    def apply(self, nodes: list[Node], defined: DefinedFunction) -> list[Node]:
        """Nothing more to do: the condition is part of the definition."""
        return nodes


class config:  # noqa: N801 - the name users know
    """Decorators that make a function one of several variants of a name.

    The node's name is the function's name up to its last ``__``, or ``name=``. An absent key counts as None.

    Example:
        >>> @config.when(region="US")
        ... def holidays__us(week: int) -> int:
        ...     return 0
        >>> holidays__us(3)
        0
    """

    @staticmethod
    def when(name: str | None = None, /, **keys: Any) -> ConfigModifier:
        """Hold when every key equals its value."""
        return _modifier("config.when", "equal", name, keys)

    @staticmethod
    def when_not(name: str | None = None, /, **keys: Any) -> ConfigModifier:
        """Hold when every key differs from its value."""
        return _modifier("config.when_not", "not_equal", name, keys)

    @staticmethod
    def when_in(name: str | None = None, /, **keys: Any) -> ConfigModifier:
        """Hold when every key's value is one of the listed ones."""
        return _modifier("config.when_in", "in", name, keys)

    @staticmethod
    def when_not_in(**keys: Any) -> ConfigModifier:
        """Hold when no key's value is one of the listed ones."""
        return _modifier("config.when_not_in", "not_in", None, keys)


def _modifier(spelled: str, operator: str, name: str | None, keys: dict[str, Any]) -> ConfigModifier:
    if isinstance(name, FunctionType):
        raise bare_error(spelled, name)
    if operator != "not_in" and name is None:
        name = keys.pop("name", None)
    many = operator in ("in", "not_in")
    clauses = tuple(
        Clause(key, operator, tuple(given) if many and isinstance(given, list | tuple | set | frozenset) else given)
        for key, given in keys.items()
    )
    return ConfigModifier(clauses, name, spelled)
