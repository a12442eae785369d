"""When a variant holds: clauses over config keys, and whether two conditions can hold at once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, NamedTuple

from featurecat.errors import DefinitionError

__all__ = [
    "ALWAYS",
    "NEVER",
    "Clause",
    "Condition",
    "Hidden",
    "as_json",
    "concealed_keys",
    "condition_text",
    "decided",
    "holds",
    "is_secret_name",
    "overlap",
]

#: Parts of config keys that secrets have, and the ends of others.
_SECRET_WORDS = ("password", "secret", "token")
_SYMBOLS = {"equal": "=", "not_equal": "!=", "in": " in ", "not_in": " not in "}


class Clause(NamedTuple):
    """One thing that must be true of the config; an absent key counts as None.

    ``operator`` is equal, not_equal, in or not_in (``value`` is a tuple for the last two), or ``resolves``: then
    ``value`` is a function of the whole config, and ``key`` names the keys it looks at, for people.
    """

    key: str
    operator: str
    value: Any

    @property
    def values(self) -> tuple[Any, ...]:
        """The values named, one or many."""
        return self.value if self.operator in ("in", "not_in") else (self.value,)

    @property
    def excludes(self) -> bool:
        """Whether the clause names what must not be."""
        return self.operator in ("not_equal", "not_in")

    def holds(self, config: Mapping[str, Any]) -> bool:
        """Whether ``config`` fulfils this clause."""
        if self.operator == "resolves":
            return _asked(self.value, config)
        given = config.get(self.key)
        if self.operator == "equal":
            return given in (self.value,)
        return (given in self.values) is not self.excludes

    @property
    def conceals(self) -> bool:
        """Whether it asks for a value that may not be shown."""
        return self.operator != "resolves" and (
            is_secret_name(self.key) or any(isinstance(value, Hidden) for value in self.values)
        )

    @property
    def shown(self) -> Any:
        """The value as it may be shown: of a secret no more than what tells it from others."""
        if not self.conceals:
            return self.value
        shown = tuple(
            value if value is None or isinstance(value, Hidden) else Hidden(value, True) for value in self.values
        )
        return shown if self.operator in ("in", "not_in") else shown[0]

    def __str__(self) -> str:
        if self.operator == "resolves":
            return _function_text(self.value)
        if self.operator == "not_equal" and self.value is None:
            return f"{self.key} is given"
        if self.operator == "equal" and self.value is None:
            return f"{self.key} is absent"
        shown = list(self.shown) if self.operator in ("in", "not_in") else self.shown
        return f"{self.key}{_SYMBOLS[self.operator]}{shown!r}"


class Hidden:
    """A value that is compared, and never shown.

    Example:
        >>> Hidden("hunter2") == "hunter2", Hidden("hunter2")
        (True, ***)
    """

    __slots__ = ("_told_apart", "_value")

    def __init__(self, value: Any, told_apart: bool = False) -> None:
        """Hide a value.

        Args:
            value: The value.
            told_apart: Whether four digits of its hash are shown: what stands in the code beside others, as in
                ``@config.when(password="hunter2")``, needs a label of its own.
        """
        self._value = value
        self._told_apart = told_apart

    def __eq__(self, other: object) -> bool:
        return bool(self._value == (other._value if isinstance(other, Hidden) else other))

    def __hash__(self) -> int:
        return hash(self._value)

    def __repr__(self) -> str:
        return "***" + (hashlib.sha256(repr(self._value).encode()).hexdigest()[:4] if self._told_apart else "")


Condition = tuple[Clause, ...]
ALWAYS: Condition = ()
#: The clause of what is no feature under any config.
NEVER = Clause("", "in", ())


def is_secret_name(key: str) -> bool:
    """Whether the name of a config key says that its values are secrets.

    Example:
        >>> is_secret_name("DB_Password"), is_secret_name("region")
        (True, False)
    """
    folded = key.casefold()
    return folded.endswith("key") or any(word in folded for word in _SECRET_WORDS)


def concealed_keys(condition: Condition) -> frozenset[str]:
    """The keys whose values may not be shown."""
    return frozenset(clause.key for clause in condition if clause.conceals)


def _asked(question: Any, config: Mapping[str, Any]) -> bool:
    try:
        return bool(question(config))
    except Exception as error:
        code = getattr(question, "__code__", None)
        raise DefinitionError(
            f"the condition {_function_text(question)} raised {type(error).__name__}: {error}",
            code="invalid-modifier",
            file=None if code is None else code.co_filename,
            line=None if code is None else code.co_firstlineno,
            hint="it must answer for every config: use config.get('key')",
        ) from error


def _function_text(function: Any) -> str:
    name = getattr(function, "__name__", type(function).__name__)
    code = getattr(function, "__code__", None)
    return f"{name.strip('<>')}:{code.co_firstlineno}" if name == "<lambda>" and code is not None else name


def decided(condition: Condition, config: Mapping[str, Any]) -> Condition | None:
    """What is left of a condition once some keys have their values; None when it can no longer hold.

    Args:
        condition: The condition.
        config: The keys that are settled, with their values.

    Example:
        >>> decided((Clause("a", "equal", 1), Clause("b", "equal", 2)), {"a": 1})
        (Clause(key='b', operator='equal', value=2),)
    """
    left = []
    for clause in condition:
        if clause.operator == "resolves":
            left.append(clause._replace(value=_Overlaid(clause.value, config)) if config else clause)
        elif clause.key not in config:
            left.append(clause)
        elif not clause.holds(config):
            return None
    return tuple(left)


class _Overlaid:
    """A question to the config, some of whose keys are settled."""

    def __init__(self, question: Any, settled: Mapping[str, Any]) -> None:
        self.question = question
        self.settled = settled
        self.__name__ = _function_text(question)

    def __call__(self, config: Mapping[str, Any]) -> Any:
        return self.question({**config, **self.settled})


def holds(condition: Condition, config: Mapping[str, Any]) -> bool:
    """Whether every clause holds under ``config``.

    Example:
        >>> holds((Clause("region", "equal", "US"),), {"region": "US"})
        True
    """
    try:
        for clause in condition:  # called for every variant of every name; a generator doubles its cost
            if not clause.holds(config):
                return False
    except DefinitionError:
        raise
    except (TypeError, ValueError) as error:  # frames and arrays have no truth
        key, kind = clause.key, type(config.get(clause.key)).__name__
        raise DefinitionError(
            f"variants are chosen by the config key {key!r}, whose value of type {kind} cannot be compared",
            hint=f"choose by a plain value, such as {key}='US'",
        ) from error
    return True


def overlap(first: Condition, second: Condition) -> bool:
    """Whether some config is known to fulfil both conditions.

    Of conditions that ask a function nobody knows it before the config is there.

    Example:
        >>> overlap((Clause("r", "equal", 1),), (Clause("r", "not_equal", 1),))
        False
        >>> overlap((Clause("r", "equal", 1),), (Clause("s", "equal", 2),))
        True
    """
    clauses = first + second
    if any(clause.operator == "resolves" for clause in clauses) and first != second:
        return False
    if len(clauses) == 2 and len(first) == 1 and _are_equalities(*clauses):
        return clauses[0].key != clauses[1].key or clauses[0].value in (clauses[1].value,)
    return all(_satisfiable([clause for clause in clauses if clause.key == key]) for key in {c.key for c in clauses})


def _are_equalities(one: Clause, other: Clause) -> bool:
    """Whether both clauses are what nearly all are: a key equals a value."""
    return one.operator == other.operator == "equal"


def _satisfiable(clauses: list[Clause]) -> bool:
    """Whether one value fulfils all clauses of one key; there are always values nobody names."""
    allowing = [clause for clause in clauses if not clause.excludes and clause.operator != "resolves"]
    if not allowing:
        return True
    return any(
        all((value in clause.values) is not clause.excludes for clause in clauses) for value in allowing[0].values
    )


def condition_text(condition: Condition) -> str:
    """The condition for people: ``region='US' & year!=2013``; empty when it always holds."""
    return " & ".join(str(clause) for clause in sorted(condition, key=str))


def as_json(condition: Condition) -> list[dict[str, Any]]:
    """The condition as the catalog stores it."""
    return [
        {
            "key": clause.key,
            "operator": clause.operator,
            "value": _function_text(clause.value) if clause.operator == "resolves" else _plain(clause.shown),
        }
        for clause in sorted(condition, key=str)
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, tuple | list | set | frozenset):
        return [_plain(member) for member in value]
    return value if value is None or isinstance(value, bool | int | float | str) else repr(value)
