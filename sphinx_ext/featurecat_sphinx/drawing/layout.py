"""A layered layout: columns by rank, rows by the mean place of what a node touches. The same input gives the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

__all__ = ["Box", "longest_path_ranks", "placed"]

_SWEEPS = 4
_GAP_X, _GAP_Y = 44, 10
HEIGHT = 24


@dataclass(frozen=True, slots=True)
class Box:
    """Where a node is, in pixels."""

    x: int
    y: int
    width: int
    height: int


def placed(
    ranks: Mapping[int, int], edges: Sequence[tuple[int, int]], widths: Mapping[int, int]
) -> tuple[dict[int, Box], int, int]:
    """Boxes that do not overlap, and width and height of the whole.

    Args:
        ranks: Node to column.
        edges: Edges among them.
        widths: Node to width of its box in pixels.

    Example:
        >>> placed({0: 0, 1: 1}, [(0, 1)], {0: 50, 1: 60})[0][1]
        Box(x=102, y=8, width=60, height=24)
    """
    columns = [sorted(node for node, rank in ranks.items() if rank == column) for column in sorted(set(ranks.values()))]
    touching: dict[int, list[int]] = {node: [] for node in ranks}
    for source, target in sorted(edges):
        touching[source].append(target)
        touching[target].append(source)
    for sweep in range(_SWEEPS):
        _order(columns if sweep % 2 == 0 else columns[::-1], touching)
    tallest = max(map(len, columns))
    height = tallest * (HEIGHT + _GAP_Y) - _GAP_Y + 16
    boxes: dict[int, Box] = {}
    x = 8
    for column in columns:
        width = max(widths[node] for node in column)
        y = 8 + (tallest - len(column)) * (HEIGHT + _GAP_Y) // 2
        for node in column:
            boxes[node] = Box(x, y, widths[node], HEIGHT)
            y += HEIGHT + _GAP_Y
        x += width + _GAP_X
    return boxes, x - _GAP_X + 8, height


def _order(columns: Sequence[list[int]], touching: Mapping[int, Sequence[int]]) -> None:
    """Sort each column by the mean place of what its nodes touch in the columns that were sorted before."""
    places = {node: _place(index, column) for column in columns for index, node in enumerate(column)}
    for column in columns[1:]:
        inside = set(column)
        means = {}
        for node in column:
            others = [places[other] for other in touching[node] if other not in inside]
            means[node] = sum(others) / len(others) if others else places[node]
        column.sort(key=lambda node: (means[node], node))
        places |= {node: _place(index, column) for index, node in enumerate(column)}


def _place(index: int, column: Sequence[int]) -> float:
    return index - (len(column) - 1) / 2


def longest_path_ranks(nodes: Sequence[int], edges: Sequence[tuple[int, int]]) -> dict[int, int]:
    """Node to length of the longest path that ends in it.

    Example:
        >>> longest_path_ranks([0, 1, 2], [(0, 1), (1, 2), (0, 2)])
        {0: 0, 1: 1, 2: 2}
    """
    ranks = dict.fromkeys(nodes, 0)
    for _ in nodes:
        changed = False
        for source, target in edges:
            if ranks[target] <= ranks[source] < len(nodes):
                ranks[target] = ranks[source] + 1
                changed = True
        if not changed:
            break
    return ranks
