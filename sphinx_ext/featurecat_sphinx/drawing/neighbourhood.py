"""What is near a node: nearest first, up to a cap, and what is left out counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = ["Adjacency", "Neighbourhood", "neighbourhood"]


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """A node and what is near it.

    Attributes:
        focus: The node.
        ranks: Node to signed number of hops: upstream is negative.
        edges: Edges among the nodes, sorted.
        hidden_up: Nodes within reach upstream that are left out.
        hidden_down: The same downstream.
    """

    focus: int
    ranks: dict[int, int]
    edges: tuple[tuple[int, int], ...]
    hidden_up: int
    hidden_down: int


class Adjacency:
    """Who feeds whom.

    Args:
        sources: First node of each edge.
        targets: Second node of each edge.
        count: Number of nodes; nodes are numbered from 0.

    Example:
        >>> Adjacency([0, 1], [1, 2], 3).down
        [[1], [2], []]
    """

    def __init__(self, sources: Sequence[int], targets: Sequence[int], count: int) -> None:
        self.up: list[list[int]] = [[] for _ in range(count)]
        self.down: list[list[int]] = [[] for _ in range(count)]
        for source, target in sorted(set(zip(sources, targets, strict=True))):
            if source != target:
                self.down[source].append(target)
                self.up[target].append(source)


def neighbourhood(adjacency: Adjacency, focus: int, *, hops: int = 2, most: int = 40) -> Neighbourhood:
    """What is within some hops of a node, upstream and downstream.

    Args:
        adjacency: Who feeds whom.
        focus: The node.
        hops: How far to go.
        most: Most nodes, the focus included; the nearest stay, then those with the smallest numbers, both sides in
            turn.

    Example:
        >>> neighbourhood(Adjacency([0, 1], [1, 2], 3), 1).ranks
        {1: 0, 0: -1, 2: 1}
    """
    up = _reached(adjacency.up, focus, hops)
    down = _reached(adjacency.down, focus, hops)
    ranks = {focus: 0}
    room = most - 1
    shown_up, shown_down = _shared(len(up), len(down), room)
    ranks |= {node: -hop for node, hop in up[:shown_up]}
    for node, hop in down[:shown_down]:
        ranks.setdefault(node, hop)
    edges = tuple((node, other) for node in sorted(ranks) for other in adjacency.down[node] if other in ranks)
    return Neighbourhood(focus, ranks, edges, len(up) - shown_up, len(down) - shown_down)


def _reached(neighbours: Sequence[Iterable[int]], focus: int, hops: int) -> list[tuple[int, int]]:
    """What is reached with how many hops, nearest first."""
    found: list[tuple[int, int]] = []
    seen = {focus}
    frontier = [focus]
    for hop in range(1, hops + 1):
        frontier = sorted({other for node in frontier for other in neighbours[node]} - seen)
        seen.update(frontier)
        found += [(node, hop) for node in frontier]
    return found


def _shared(first: int, second: int, room: int) -> tuple[int, int]:
    """How many of each side fit: half and half, and what one side leaves goes to the other."""
    half = room // 2
    if first <= half:
        return first, min(second, room - first)
    if second <= room - half:
        return min(first, room - second), second
    return half, room - half
