"""The last steps of a layered layout: where columns begin and end, and the way of each edge through them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Self

from featurecat.graph.render.layers import Edges

__all__ = ["Columns", "Run", "route"]

_LEAST_GAP: Final = 48.0
_MOST_GAP: Final = 150.0
#: How much wider a gap gets for every pixel that its steepest edge has to climb.
_STEEPNESS: Final = 0.12
_CLEARANCE: Final = 7.0


class Run(NamedTuple):
    """A straight stretch of an edge: from where to where along, and its place across."""

    start: float
    end: float
    across: float


@dataclass(slots=True)
class Columns:
    """The columns with the nodes in them.

    Attributes:
        layers: The column of each node.
        sizes: Size of each node along and across.
        centres: Place of each node across.
        begin: Where each column begins.
        wide: How wide each column is.
        groups: Node to the number of its group, where groups have frames.
    """

    layers: Sequence[int]
    sizes: Sequence[tuple[float, float]]
    centres: Sequence[float]
    begin: list[float]
    wide: list[float]
    groups: Mapping[int, int] = field(default_factory=dict)
    _framed: dict[int, list[tuple[int, float, float]]] = field(default_factory=dict)
    _taken: dict[int, list[tuple[float, float]]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        layers: Sequence[int],
        sizes: Sequence[tuple[float, float]],
        centres: Sequence[float],
        *,
        edges: Edges,
        extra: float,
    ) -> Self:
        """Columns as wide as their widest node, further apart where edges are steep.

        Args:
            layers: The column of each node.
            sizes: Size of each node along and across.
            centres: Place of each node across.
            edges: Each from a column to a later one.
            extra: Room to leave before each column.
        """
        count = max(layers, default=-1) + 1
        wide = [0.0] * count
        for layer, (along, _) in zip(layers, sizes, strict=True):
            wide[layer] = max(wide[layer], along)
        gaps = [_LEAST_GAP] * count
        for parent, child in edges:
            if layers[child] - layers[parent] == 1:
                climb = abs(centres[parent] - centres[child]) * _STEEPNESS
                gaps[layers[child]] = max(gaps[layers[child]], min(_MOST_GAP, climb))
        begin, position = [], 0.0
        for layer in range(count):
            position += gaps[layer] + extra if layer else 0.0
            begin.append(round(position * 2) / 2)
            position += wide[layer]
        return cls(layers, sizes, centres, begin, wide)

    def start(self, node: int) -> float:
        """Where a node begins: nodes are centred in their column."""
        layer = self.layers[node]
        return self.begin[layer] + round(self.wide[layer] - self.sizes[node][0]) / 2

    def end(self, node: int) -> float:
        """Where a node ends."""
        return self.start(node) + self.sizes[node][0]

    def corner(self, node: int) -> tuple[float, float]:
        """The corner of a node where along and across are least."""
        return self.start(node), self.centres[node] - self.sizes[node][1] / 2

    def avoid(self, group: int, layers: tuple[int, int], stretch: tuple[float, float]) -> None:
        """Keep edges that have nothing to do with a group out of its frame.

        Args:
            group: Its number.
            layers: The first and the last column of the frame.
            stretch: What it takes across.
        """
        for layer in range(layers[0], layers[1] + 1):
            self._framed.setdefault(layer, []).append((group, stretch[0] - _CLEARANCE, stretch[1] + _CLEARANCE))

    def free(self, layer: int, wish: float, ends: tuple[int, int]) -> float:
        """The place nearest to ``wish`` at which an edge between ``ends`` can pass a column and touch no node."""
        own = {self.groups.get(end) for end in ends}
        for group, low, high in self._framed.get(layer, ()):
            if low < wish < high and group not in own:
                wish = low if wish - low <= high - wish else high
        stretches = self._stretches(layer)
        position = bisect_left(stretches, (wish, wish))
        for low, high in stretches[max(0, position - 1) : position + 1]:
            if low < wish < high:
                return low if wish - low <= high - wish else high
        return wish

    def _stretches(self, layer: int) -> list[tuple[float, float]]:
        """The stretches of a column that nodes take, those too close to pass between as one."""
        if not self._taken:
            spans: dict[int, list[tuple[float, float]]] = {}
            for node, number in enumerate(self.layers):
                half = self.sizes[node][1] / 2 + _CLEARANCE
                spans.setdefault(number, []).append((self.centres[node] - half, self.centres[node] + half))
            for number, found in spans.items():
                joined: list[tuple[float, float]] = []
                for low, high in sorted(found):
                    if joined and low < joined[-1][1]:
                        low, high = joined[-1][0], max(joined.pop()[1], high)
                    joined.append((low, high))
                self._taken[number] = joined
        return self._taken.get(layer, [])


def route(
    ends: tuple[int, int],
    bends: Sequence[int],
    columns: Columns,
    *,
    centres: Sequence[float],
    layers: Sequence[int],
    longest: int,
) -> list[Run]:
    """The straight runs of an edge, from its parent to its child.

    Args:
        ends: Parent and child.
        bends: Numbers of the bends on the way; an edge without looks for its own way between the nodes.
        columns: The columns.
        centres: Places across, of bends, too.
        layers: Columns, of bends, too.
        longest: An edge over more columns than these looks for no way of its own.
    """
    parent, child = ends
    first, last = layers[parent], layers[child]
    runs = [Run(columns.end(parent), columns.begin[first] + columns.wide[first], centres[parent])]
    if bends:
        ways = [(layers[bend], centres[bend]) for bend in bends]
    else:
        span = last - first
        climb = centres[child] - centres[parent]
        ways = [
            (layer, columns.free(layer, centres[parent] + climb * (layer - first) / span, ends))
            for layer in range(first + 1, last if span <= longest else 0)
        ]
    runs += [Run(columns.begin[layer], columns.begin[layer] + columns.wide[layer], across) for layer, across in ways]
    runs.append(Run(columns.begin[last], columns.start(child), centres[child]))
    return runs
