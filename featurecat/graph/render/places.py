"""The middle steps of a layered layout: how far from the edge of its column each node lies, and block beside block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

__all__ = ["place_across", "stack_blocks"]

_SWEEPS: Final = 10
_GAP: Final = 16
_BEND_GAP: Final = 9
_BLOCK_GAP: Final = 22
#: How much straighter a run of bends is to be than an edge between two nodes.
_STIFFNESS: Final = 4.0


def place_across(
    layers: Sequence[Sequence[int]],
    before: Sequence[Sequence[int]],
    after: Sequence[Sequence[int]],
    *,
    heights: Sequence[float],
    real: int,
) -> dict[int, float]:
    """The centre of every node of a block, in the given order of each column and without overlaps.

    A column moves as a whole to where the squared distances to its nodes' neighbours are least, to and fro.

    Args:
        layers: The columns.
        before: Node to its neighbours in the column before.
        after: Node to its neighbours in the column after.
        heights: How much room each node takes; bends take none.
        real: Numbers from here on are bends.

    Example:
        >>> place_across([[0], [1, 2]], [[], [0], [0]], [[1, 2], [], []], heights=[20, 20, 20], real=3)
        {0: 18.0, 1: 0.0, 2: 36.0}
    """
    centres: dict[int, float] = {}
    gaps = [_gaps(layer, heights, real) for layer in layers]
    for layer, steps in zip(layers, gaps, strict=True):
        position = -sum(steps) / 2
        for node, step in zip(layer, [0.0, *steps], strict=True) if layer else ():
            position += step
            centres[node] = position
    for sweep in range(_SWEEPS):
        forward = sweep % 2 == 0
        around = _both(before, after) if sweep >= _SWEEPS - 2 else before if forward else after
        numbers = range(len(layers)) if forward else range(len(layers) - 1, -1, -1)
        for number in numbers:
            _settle(layers[number], gaps[number], centres, around, real)
    low = min(centres.values())
    return {node: round((centre - low) * 2) / 2 for node, centre in centres.items()}


def _both(before: Sequence[Sequence[int]], after: Sequence[Sequence[int]]) -> Sequence[Sequence[int]]:
    return [(*above, *below) for above, below in zip(before, after, strict=True)]


def _gaps(layer: Sequence[int], heights: Sequence[float], real: int) -> list[float]:
    """The least distance between the centres of nodes that follow each other."""
    return [
        (heights[one] + heights[other]) / 2 + (_GAP if one < real and other < real else _BEND_GAP)
        for one, other in zip(layer, layer[1:], strict=False)
    ]


def _settle(
    layer: Sequence[int],
    gaps: Sequence[float],
    centres: dict[int, float],
    around: Sequence[Sequence[int]],
    real: int,
) -> None:
    """Least squares under the gaps: with these taken off, what is wanted must rise, so neighbours that fall pool."""
    pools: list[tuple[float, float, int]] = []  # mean, weight, how many
    taken = 0.0
    for position, node in enumerate(layer):
        taken += gaps[position - 1] if position else 0.0
        wish, weight = _wish(node, centres, around[node], real)
        mean, count = wish - taken, 1
        while pools and pools[-1][0] >= mean:
            other, heavy, many = pools.pop()
            mean = (mean * weight + other * heavy) / (weight + heavy)
            weight += heavy
            count += many
        pools.append((mean, weight, count))
    taken, position = 0.0, 0
    for mean, _, count in pools:
        for _ in range(count):
            taken += gaps[position - 1] if position else 0.0
            centres[layer[position]] = mean + taken
            position += 1


def _wish(node: int, centres: Mapping[int, float], neighbours: Sequence[int], real: int) -> tuple[float, float]:
    """Where a node would like to lie, and how much."""
    if not neighbours:
        return centres[node], 0.01
    pull = weight = 0.0
    for one in neighbours:
        stiff = _STIFFNESS if node >= real and one >= real else 1.0
        pull += centres[one] * stiff
        weight += stiff
    return pull / weight, weight


def stack_blocks(
    shapes: Sequence[Mapping[int, tuple[float, float]]], pulls: Sequence[Sequence[tuple[int, float, float]]]
) -> list[float]:
    """How far each block is moved so that none overlaps another; each as near as can be to what it is tied to.

    Args:
        shapes: For every block the stretch it takes of each column.
        pulls: For every block its ties to blocks before it: which, the place there, the place here.

    Example:
        >>> stack_blocks([{0: (0, 10)}, {0: (-5, 5)}, {1: (0, 10)}], [[], [], []])
        [0.0, 37.0, 0.0]
    """
    reached: dict[int, float] = {}
    offsets: list[float] = []
    for shape, ties in zip(shapes, pulls, strict=True):
        least = max(
            (reached[layer] + _BLOCK_GAP - low for layer, (low, _) in shape.items() if layer in reached), default=None
        )
        if least is None:
            least = -min(low for low, _ in shape.values())
        wish = sum(offsets[other] + there - here for other, there, here in ties) / len(ties) if ties else least
        offset = float(max(least, wish))
        offsets.append(offset)
        for layer, (_, high) in shape.items():
            reached[layer] = offset + high
    return offsets
