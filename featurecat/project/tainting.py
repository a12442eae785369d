"""How taints spread: from where they are declared, along what is read, until a declassification stops them.

Plain names in, plain steps out; nothing here knows of projects or of the catalog.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

__all__ = ["ANY", "Bearer", "Read", "Spread", "Step", "spread"]

#: Stands for every column, each under its own name.
ANY = "*"


class Read(NamedTuple):
    """A column that is read of a parent, and what is made of it.

    Attributes:
        column: The column; ``*`` is any.
        output: The column made of it; None is everything that is made. With ``column``, ``*`` is each column that no
            other read has as its output, under its own name.
        line: Where the file says so, counted from 1.
    """

    column: str
    output: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Bearer:
    """One variant of a feature, as taints see it.

    Attributes:
        feature: The name.
        variant: Which definition of that name it is.
        parents: What its values are made of.
        reads: Parent to what is read of it; of a parent that is missing everything is.
        declared: Taints that it bears by itself.
        stopped: Taints that it takes away from what flows in.
        made: The columns that reads have as their output.
    """

    feature: str
    variant: str
    parents: tuple[str, ...] = ()
    reads: Mapping[str, Sequence[Read]] = field(default_factory=dict)
    declared: frozenset[str] = frozenset()
    stopped: frozenset[str] = frozenset()
    made: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        """Know the columns that are made anew, and not handed on."""
        named = (read.output for reads in self.reads.values() for read in reads)
        object.__setattr__(self, "made", frozenset(one for one in named if one is not None))


#: A column of a frame, or all that a feature is (None).
Spot = tuple[str, str | None]


class Step(NamedTuple):
    """Where a taint is, and the step it took to get there.

    Attributes:
        feature: The name.
        column: The column of it that bears the taint; None is all of it.
        taint: Name of the taint.
        via: The parent it came from; None where it is declared.
        via_column: The column of the parent.
        hops: Steps from where it was declared; no way there is shorter.
        variant: The definition that took it over, or declares it; None for columns of sources.
        line: Where that definition reads it.
        stopped: Whether it ends here, declassified.
    """

    feature: str
    column: str | None
    taint: str
    via: str | None
    via_column: str | None
    hops: int
    variant: str | None
    line: int | None
    stopped: bool


@dataclass(slots=True)
class Spread:
    """Where taints are.

    Attributes:
        steps: All steps, those that are stopped among them, sorted.
        nearest: Feature and taint to the step with which the feature came to bear it.
    """

    steps: list[Step]
    nearest: dict[tuple[str, str], Step]

    def bearing(self, taint: str) -> frozenset[str]:
        """Everything that bears a taint, be it in one column."""
        return frozenset(feature for feature, borne in self.nearest if borne == taint)


_EVERYTHING = (Read(ANY),)


def spread(bearers: Iterable[Bearer], columns: Mapping[str, Mapping[str, Iterable[str]]]) -> Spread:
    """Let every taint flow as far as it goes.

    A taint that is in a column reaches what reads that column, and no other. What several variants make bears what
    any of them does: a declassification stops what flows through its own variant.

    Args:
        bearers: The variants of all features, in any order; they may go in circles.
        columns: Source to taint to the columns that bear it; ``*`` is all of them.

    Example:
        >>> mails = Bearer("mails", "any", ("people",), {"people": [Read("email")]})
        >>> ages = Bearer("ages", "any", ("people",), {"people": [Read("born")]})
        >>> sorted(spread([mails, ages], {"people": {"pii": ["email"]}}).bearing("pii"))
        ['mails', 'people']
    """
    readers: dict[str, list[tuple[Bearer, Sequence[Read]]]] = {}
    starts: dict[str, list[Step]] = {}
    for bearer in bearers:
        for parent in dict.fromkeys(bearer.parents):
            readers.setdefault(parent, []).append((bearer, bearer.reads.get(parent, _EVERYTHING)))
        for taint in bearer.declared:
            start = Step(bearer.feature, None, taint, None, None, 0, bearer.variant, None, False)
            starts.setdefault(taint, []).append(start)
    for source, tainted in columns.items():
        for taint, named in tainted.items():
            for column in named:
                start = Step(source, None if column == ANY else column, taint, None, None, 0, None, None, False)
                starts.setdefault(taint, []).append(start)
    steps = [step for taint in sorted(starts) for step in _flow(starts[taint], readers)]
    steps.sort(key=_order)
    nearest: dict[tuple[str, str], Step] = {}
    for step in steps:
        known = nearest.get((step.feature, step.taint))
        if not step.stopped and (known is None or step.hops < known.hops):
            nearest[step.feature, step.taint] = step
    return Spread(steps, nearest)


def _flow(starts: Iterable[Step], readers: Mapping[str, Sequence[tuple[Bearer, Sequence[Read]]]]) -> list[Step]:
    """The steps of one taint, breadth first: no spot is reached on a longer way than it must be."""
    reached: dict[Spot, Step] = {}
    ended: dict[Spot, Step] = {}
    level = _first(starts, reached)
    while level:
        further: list[Step] = []
        for step in level:
            for bearer, reads in readers.get(step.feature, ()):
                ends = step.taint in bearer.stopped
                met = (read for read in reads if _meets(step.column, read, bearer))
                further += (_after(step, bearer, read, ends=ends) for read in met)
        _first((one for one in further if one.stopped), ended)
        level = _first((one for one in further if not one.stopped), reached)
    return [*reached.values(), *ended.values()]


def _first(steps: Iterable[Step], known: dict[Spot, Step]) -> list[Step]:
    """The steps that lead where none led before, one for each spot, and keep them."""
    unknown = [step for step in steps if (step.feature, step.column) not in known]
    new: list[Step] = []
    for step in sorted(unknown, key=_order):
        spot = (step.feature, step.column)
        if spot not in known:
            known[spot] = step
            new.append(step)
    return new


def _meets(column: str | None, read: Read, bearer: Bearer) -> bool:
    if column is None or read.column == column:
        return True
    return read.column == ANY and (read.output != ANY or column not in bearer.made)


def _after(step: Step, bearer: Bearer, read: Read, *, ends: bool) -> Step:
    output = read.output
    if output == ANY:  # each column under its own name; of one column into any, all of them
        output = step.column if read.column == ANY else None
    if ends:
        output = None  # it ends there, whatever it was to become
    return Step(
        bearer.feature, output, step.taint, step.feature, step.column, step.hops + 1, bearer.variant, read.line, ends
    )


def _order(step: Step) -> tuple[str, str, str, str, str, str, int]:
    """A fixed order of steps of one kind that does not depend on that of the definitions."""
    feature, column, taint, via, via_column, _, variant, line, _ = step
    return feature, taint, column or "", via or "", via_column or "", variant or "", line or 0
