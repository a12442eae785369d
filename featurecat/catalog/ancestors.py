"""Who descends from whom, for every node at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

__all__ = ["MOST_PAIRS", "Ancestry", "find_ancestors"]

#: Beyond this many pairs the catalog keeps none; the macros upstream and downstream still answer.
MOST_PAIRS = 5_000_000


@dataclass(frozen=True, slots=True)
class Ancestry:
    """The ancestors of one node: ``numbers[i]`` is ``depths[i]`` hops away."""

    descendant: int
    numbers: list[int]
    depths: list[int]

    def as_dict(self) -> dict[str, int | list[int]]:
        """The entry as plain data."""
        return {"descendant": self.descendant, "numbers": self.numbers, "depths": self.depths}


def find_ancestors(
    names: list[str], edges: Iterable[tuple[str, str]], *, most: int = MOST_PAIRS
) -> list[Ancestry] | None:
    """All ancestors of all nodes with their shortest distance, breadth first.

    Args:
        names: The nodes; an :class:`Ancestry` calls each by its position here.
        edges: Pairs of parent and child. A circle does no harm.
        most: Give up beyond this many pairs.

    Returns:
        One entry per node that has ancestors, or None when there are too many pairs.

    Example:
        >>> find_ancestors(["a", "b", "c"], [("a", "b"), ("b", "c"), ("a", "c")])
        [Ancestry(descendant=1, numbers=[0], depths=[1]), Ancestry(descendant=2, numbers=[0, 1], depths=[1, 1])]
    """
    number = {name: position for position, name in enumerate(names)}
    parents: list[set[int]] = [set() for _ in names]
    for parent, child in edges:
        parents[number[child]].add(number[parent])
    found: list[Ancestry] = []
    pairs = 0
    for descendant in range(len(names)):
        numbers: list[int] = []
        depths: list[int] = []
        for depth, level in enumerate(_levels(descendant, parents), start=1):
            numbers += level
            depths += [depth] * len(level)
        pairs += len(numbers)
        if pairs > most:
            return None
        if numbers:
            found.append(Ancestry(descendant, numbers, depths))
    return found


def _levels(start: int, parents: list[set[int]]) -> Iterator[list[int]]:
    """The nodes one hop above ``start``, then those two hops above, and so on; each node once."""
    seen = {start}
    level = parents[start] - seen
    while level:
        yield sorted(level)
        seen |= level
        level = set().union(*(parents[node] for node in level)) - seen
