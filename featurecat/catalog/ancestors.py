"""Who descends from whom, for every node at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

__all__ = ["MOST_PAIRS", "Ancestry", "find_ancestors"]

#: Beyond this many pairs the catalog keeps none; the macros upstream and downstream still answer. A hundred thousand
#: take 0.15 seconds to find and write.
MOST_PAIRS = 100_000

#: Nodes by their distance.
_Levels: TypeAlias = list[list[int]]


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
    levels = _levels_of_all(parents, most)
    if levels is None:
        return None
    return [
        Ancestry(
            descendant,
            [ancestor for level in above for ancestor in level],
            [depth for depth, level in enumerate(above, start=1) for _ in level],
        )
        for descendant, above in enumerate(levels)
        if above
    ]


def _levels_of_all(parents: list[set[int]], most: int) -> list[_Levels] | None:
    """Of each node those one hop above it, then those two hops above, and so on; None when that is too many."""
    levels: list[_Levels] = [[] for _ in parents]
    counts = [0] * len(parents)
    pairs = 0
    for node, settled in _parents_first(parents):
        if settled and len(parents[node]) == 1:
            # above the only child of a node there is that node and what is above it, one hop further each
            (parent,) = parents[node]
            levels[node] = [[parent], *levels[parent]]
            counts[node] = counts[parent] + 1
        else:
            levels[node] = list(_levels(node, parents))
            counts[node] = sum(map(len, levels[node]))
        pairs += counts[node]
        if pairs > most:
            return None
    return levels


def _parents_first(parents: list[set[int]]) -> Iterator[tuple[int, bool]]:
    """Every node after its parents; at the end, and marked so, those in circles and those below them."""
    children: list[list[int]] = [[] for _ in parents]
    for child, above in enumerate(parents):
        for parent in above:
            children[parent].append(child)
    waiting = [len(above) for above in parents]
    ready = [node for node, left in enumerate(waiting) if not left]
    while ready:
        node = ready.pop()
        yield node, True
        for child in children[node]:
            waiting[child] -= 1
            if not waiting[child]:
                ready.append(child)
    yield from ((node, False) for node, left in enumerate(waiting) if left)


def _levels(start: int, parents: list[set[int]]) -> Iterator[list[int]]:
    """The nodes one hop above ``start``, then those two hops above, and so on; each node once."""
    seen = {start}
    level = parents[start] - seen
    while level:
        yield sorted(level)
        seen |= level
        level = set().union(*(parents[node] for node in level)) - seen
