"""The arguments of a call that is read, and who reads calls."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from featurecat.definition.columnar.values import (
    NOTHING,
    Bound,
    Cells,
    Expression,
    Frame,
    Known,
    Local,
    Reads,
    Value,
    everything,
    members_of,
)

__all__ = ["Arguments", "Caller", "expressions_in", "settled"]


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a call is given; ``loose`` is what an unknown ``*`` or ``**`` may add."""

    positional: tuple[Value, ...] = ()
    named: dict[str, Value] = field(default_factory=dict)
    loose: Value | None = None

    def get(self, position: int | None, *names: str) -> Value | None:
        """An argument by its place or one of its names; None when it is not given."""
        for name in names:
            if name in self.named:
                return self.named[name]
        if position is not None and position < len(self.positional):
            return self.positional[position]
        return None

    def constant(self, position: int | None, *names: str) -> object:
        """An argument that is a constant; None when it is not given or no constant."""
        found = self.get(position, *names)
        return found.value if isinstance(found, Known) else None

    @property
    def values(self) -> list[Value]:
        """All of them."""
        loose = [] if self.loose is None else [self.loose]
        return [*self.positional, *self.named.values(), *loose]


class Caller(Protocol):
    """Reads the source of functions that are called."""

    def call(self, function: Value, arguments: Arguments) -> Value:
        """What a call returns."""

    def taken(self, values: list[Value]) -> Reads:
        """All that values are made of, functions among them called with nothing known."""


def settled(value: Value) -> Value:
    """An attribute that is not called, as what it holds."""
    if isinstance(value, Bound):
        receiver = settled(value.receiver)
        if isinstance(receiver, Expression):
            return receiver
        sure = isinstance(receiver, Frame) or (isinstance(receiver, Cells) and receiver.sure)
        return Cells(everything(receiver), sure=sure)
    return value


def expressions_in(value: Value) -> list[Value]:
    """A value or the members it holds, however deep, one by one."""
    members = members_of(value)
    if members is None:
        return [settled(value)]
    return [inner for member in members for inner in expressions_in(member)]


def is_function(value: Value) -> bool:
    """Whether a value is code to be called."""
    return isinstance(value, Local) or (isinstance(value, Known) and callable(value.value))


def reads_of(values: list[Value]) -> Reads:
    """All that values are made of."""
    return NOTHING.union(*map(everything, values))
