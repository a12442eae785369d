"""Variants by config: which definition of a name holds when, and what is no feature at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import FunctionType
from typing import Any, ClassVar, Self, TypeVar, overload

from featurecat.definition.condition import NEVER, Clause, Condition
from featurecat.definition.modifier import Modifier, Phase, bare_error
from featurecat.definition.node import DefinedFunction, Node

__all__ = ["ConfigModifier", "Exclusion", "check_clauses", "clauses_of", "config", "exclude"]

#: Conditions whose clauses need no look: any value can be compared with.
_TAKE_ANY_VALUE = ("config.when", "config.when_not")

#: Makes a named tuple in half the time its constructor takes.
_new = tuple.__new__

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def clauses_of(operator: str, keys: Mapping[str, Any]) -> tuple[Clause, ...]:
    """One clause for each key; lists of values become tuples.

    Example:
        >>> clauses_of("in", {"region": ["US", "CA"]})
        (Clause(key='region', operator='in', value=('US', 'CA')),)
    """
    if operator not in ("in", "not_in"):
        return tuple([_new(Clause, (key, operator, given)) for key, given in keys.items()])
    return tuple(
        [
            Clause(key, operator, tuple(given) if isinstance(given, list | tuple | set | frozenset) else given)
            for key, given in keys.items()
        ]
    )


def check_clauses(modifier: Modifier, clauses: Sequence[Clause], function: Callable[..., Any], *, spelled: str) -> None:
    """Check that clauses can be asked of a config.

    Args:
        modifier: Who asks.
        clauses: The clauses.
        function: The decorated function.
        spelled: How their maker is written, for the hint.

    Raises:
        ModifierError: When one that takes several values has but one, or a question cannot be called.
    """
    for clause in clauses:
        if clause.operator in ("in", "not_in") and not isinstance(clause.value, tuple):
            raise modifier.error(
                f"{clause.key} takes a list of values, not {clause.value!r}",
                function,
                f"{spelled}({clause.key}=[{clause.value!r}])",
            )
        if clause.operator == "resolves" and not _asks_config(clause.value):
            raise modifier.error(
                f"takes a function of the config, not {getattr(clause.value, '__name__', repr(clause.value))}",
                function,
                f"{spelled}(lambda config: config.get('region') == 'US')",
            )


def _asks_config(question: Any) -> bool:
    code = getattr(question, "__code__", None)
    if code is None:
        return callable(question)
    required = code.co_argcount - len(question.__defaults__ or ())
    return required <= 1 and bool(code.co_argcount or code.co_flags & 0x04)


class ConfigModifier(Modifier, refuses_functions=True):
    """A condition on the config, and optionally the node's name."""

    phase: ClassVar[Phase] = Phase.RESOLVE

    def __init__(self, clauses: tuple[Clause, ...], node_name: str | None = None, spelled: str = "config.when") -> None:
        self.clauses = clauses
        self.node_name = node_name
        self.spelled = spelled

    @property
    def name(self) -> str:
        """The decorator as users write it."""
        return self.spelled

    def check(self, function: Callable[..., Any]) -> None:
        """Check that there is a condition and that the name it leaves is a name."""
        if not self.clauses:
            raise self.error("needs at least one config key", function, "@config.when(region='US')")
        if self.spelled not in _TAKE_ANY_VALUE:
            check_clauses(self, self.clauses, function, spelled=f"@{self.spelled}")
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


class _Config:
    """Decorators that make a function one of several variants of a name.

    The node's name is the function's name up to its last ``__``, or ``name=``. An absent key counts as None. Called
    itself, it takes a function of the whole config.

    Example:
        >>> @config.when(region="US")
        ... def holidays__us(week: int) -> int:
        ...     return 0
        >>> holidays__us(3)
        0
    """

    def __call__(
        self,
        resolves: Callable[[Mapping[str, Any]], bool],
        target_name: str | None = None,
        config_used: Sequence[str] | None = None,
    ) -> ConfigModifier:
        """Hold when a function of the config says so.

        Args:
            resolves: Takes the whole config; keys may be absent from it.
            target_name: The node's name; by default the function's up to its last ``__``.
            config_used: The keys it looks at, for people.

        Example:
            >>> @config(lambda given: given.get("year", 0) > 2000, config_used=["year"])
            ... def holidays__new(week: int) -> int:
            ...     return 1
            >>> holidays__new(3)
            1
        """
        keys = (config_used,) if isinstance(config_used, str) else config_used or ("*",)
        return ConfigModifier((Clause(", ".join(keys), "resolves", resolves),), target_name, "config")

    def when(self, name: str | None = None, /, **keys: Any) -> ConfigModifier:
        """Hold when every key equals its value."""
        return _modifier("config.when", "equal", name, keys)

    def when_not(self, name: str | None = None, /, **keys: Any) -> ConfigModifier:
        """Hold when every key differs from its value."""
        return _modifier("config.when_not", "not_equal", name, keys)

    def when_in(self, name: str | None = None, /, **keys: Any) -> ConfigModifier:
        """Hold when every key's value is one of the listed ones."""
        return _modifier("config.when_in", "in", name, keys)

    def when_not_in(self, **keys: Any) -> ConfigModifier:
        """Hold when no key's value is one of the listed ones."""
        return _modifier("config.when_not_in", "not_in", None, keys)


config = _Config()


def _modifier(spelled: str, operator: str, name: str | None, keys: dict[str, Any]) -> ConfigModifier:
    if isinstance(name, FunctionType):
        raise bare_error(spelled, name)
    if operator != "not_in" and name is None:
        name = keys.pop("name", None)
    return ConfigModifier(clauses_of(operator, keys), name, spelled)


class Exclusion(Modifier):
    """Makes a public function no feature; written ``@exclude``, without arguments.

    Example:
        >>> @exclude
        ... def rounded(amount: float) -> float:
        ...     return round(amount, 2)
        >>> rounded(1.234)
        1.23
    """

    phase: ClassVar[Phase] = Phase.RESOLVE
    excludes: ClassVar[bool] = True

    @overload
    def __call__(self, function: Decorated) -> Decorated: ...
    @overload
    def __call__(self) -> Self: ...
    def __call__(self, function: Any = None) -> Any:
        """Mark the function; with nothing to mark, as in ``@exclude()``, the decorator itself."""
        return self if function is None else super().__call__(function)

    @property
    def name(self) -> str:
        """The decorator as users write it."""
        return "exclude"

    def resolve(self, name: str, condition: Condition) -> tuple[str, Condition]:
        """The name as it is, and a condition that no config fulfils."""
        return name, (*condition, NEVER)

    def apply(self, nodes: list[Node], defined: DefinedFunction) -> list[Node]:
        """Nothing more to do: the condition is part of the definition."""
        return nodes


exclude = Exclusion()
