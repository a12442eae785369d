"""When a variant holds: clauses over config keys, and whether two conditions can hold at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

__all__ = ["ALWAYS", "Clause", "Condition", "as_json", "condition_text", "holds", "overlap"]

_SYMBOLS = {"equal": "=", "not_equal": "!=", "in": " in ", "not_in": " not in "}


class Clause(NamedTuple):
    """``operator`` is equal, not_equal, in or not_in; ``value`` is a tuple for the last two.

    An absent key counts as None.
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
        given = config.get(self.key)
        if self.operator == "equal":
            return given in (self.value,)
        return (given in self.values) is not self.excludes

    def __str__(self) -> str:
        shown = list(self.value) if self.operator in ("in", "not_in") else self.value
        return f"{self.key}{_SYMBOLS[self.operator]}{shown!r}"


Condition = tuple[Clause, ...]
ALWAYS: Condition = ()


def holds(condition: Condition, config: Mapping[str, Any]) -> bool:
    """Whether every clause holds under ``config``.

    Example:
        >>> holds((Clause("region", "equal", "US"),), {"region": "US"})
        True
    """
    for clause in condition:  # noqa: SIM110 - called for every variant of every name; a generator doubles its cost
        if not clause.holds(config):
            return False
    return True


def overlap(first: Condition, second: Condition) -> bool:
    """Whether some config fulfils both conditions.

    Example:
        >>> overlap((Clause("r", "equal", 1),), (Clause("r", "not_equal", 1),))
        False
        >>> overlap((Clause("r", "equal", 1),), (Clause("s", "equal", 2),))
        True
    """
    clauses = first + second
    if len(clauses) == 2 and len(first) == 1 and _are_equalities(*clauses):
        return clauses[0].key != clauses[1].key or clauses[0].value in (clauses[1].value,)
    return all(_satisfiable([clause for clause in clauses if clause.key == key]) for key in {c.key for c in clauses})


def _are_equalities(one: Clause, other: Clause) -> bool:
    """Whether both clauses are what nearly all are: a key equals a value."""
    return one.operator == other.operator == "equal"


def _satisfiable(clauses: list[Clause]) -> bool:
    """Whether one value fulfils all clauses of one key; there are always values nobody names."""
    allowing = [clause for clause in clauses if not clause.excludes]
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
        {"key": clause.key, "operator": clause.operator, "value": _plain(clause.value)}
        for clause in sorted(condition, key=str)
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, tuple | list | set | frozenset):
        return [_plain(member) for member in value]
    return value if value is None or isinstance(value, bool | int | float | str) else repr(value)
