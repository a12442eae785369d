"""First steps of a layered layout: which column a node is in, and in which order a column is read.

Everything here is about numbers: nodes are 0, 1, …, in the order of the drawing, which alone decides between equals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

__all__ = ["Edges", "assign_layers", "neighbours_of", "order_layers", "without_circles"]

Edges: TypeAlias = Sequence[tuple[int, int]]

#: How often the columns are sorted by their neighbours, there and back counting as two.
_SWEEPS: Final = 12
#: Above this many nodes in a block crossings are not counted: the last order is taken for the best.
_COUNTED: Final = 6_000


def neighbours_of(count: int, edges: Edges) -> tuple[list[list[int]], list[list[int]]]:
    """For every node the nodes before it and the nodes after it.

    Example:
        >>> neighbours_of(3, [(0, 2), (1, 2)])
        ([[], [], [0, 1]], [[2], [2], []])
    """
    before: list[list[int]] = [[] for _ in range(count)]
    after: list[list[int]] = [[] for _ in range(count)]
    for parent, child in edges:
        before[child].append(parent)
        after[parent].append(child)
    return before, after


def without_circles(count: int, edges: Edges) -> tuple[list[tuple[int, int]], list[int]]:
    """Edges of which some are turned round so that no circle is left.

    Args:
        count: How many nodes there are.
        edges: Pairs of different nodes.

    Returns:
        The edges in the same order, and the nodes so that each edge leads forward.

    Example:
        >>> without_circles(2, [(0, 1), (1, 0)])
        ([(0, 1), (0, 1)], [0, 1])
    """
    before, after = neighbours_of(count, edges)
    missing = [len(above) for above in before]
    order: list[int] = []
    placed = [False] * count
    ready = [node for node in range(count) if not missing[node]]
    candidate = 0
    while len(order) < count:
        if not ready:  # everything that is left lies on a circle, or behind one
            while placed[candidate]:
                candidate += 1
            ready.append(candidate)
        following: list[int] = []
        for node in ready:
            if placed[node]:
                continue
            placed[node] = True
            order.append(node)
            for child in after[node]:
                missing[child] -= 1
                if not missing[child] and not placed[child]:
                    following.append(child)
        ready = following
    position = {node: place for place, node in enumerate(order)}
    turned = [(one, other) if position[one] < position[other] else (other, one) for one, other in edges]
    return turned, order


def assign_layers(edges: Edges, order: Sequence[int], groups: Mapping[int, int]) -> list[int]:
    """The column of every node: as far left as its parents let it, givers close to what takes from them.

    Args:
        edges: Without circles.
        order: All nodes, parents first.
        groups: Node to the number of its group, where groups are drawn as frames: what has no group and no
            parents is then kept left of the frames that it feeds.

    Example:
        >>> assign_layers([(0, 1), (1, 2), (3, 2)], [0, 3, 1, 2], {})
        [0, 1, 2, 1]
    """
    before, after = neighbours_of(len(order), edges)
    layers = [0] * len(order)
    for node in order:
        layers[node] = max((layers[parent] + 1 for parent in before[node]), default=0)
    for node in reversed(order):
        if after[node] and len(before[node]) < len(after[node]):
            layers[node] = min(layers[child] for child in after[node]) - 1
    if groups:
        _beside_frames(layers, order, groups, before, after)
    least = min(layers, default=0)
    return [layer - least for layer in layers]


def _beside_frames(
    layers: list[int],
    order: Sequence[int],
    groups: Mapping[int, int],
    before: Sequence[Sequence[int]],
    after: Sequence[Sequence[int]],
) -> None:
    """Move what is given to the left of the frames that take it."""
    first: dict[int, int] = {}
    for node, group in groups.items():
        first[group] = min(layers[node], first.get(group, layers[node]))
    for node in order:
        if node not in groups and not before[node] and after[node]:
            layers[node] = min(first[groups[child]] if child in groups else layers[child] for child in after[node]) - 1


def order_layers(
    layers: list[list[int]], before: Sequence[Sequence[int]], after: Sequence[Sequence[int]]
) -> list[list[int]]:
    """The layers with their nodes in an order that leaves few crossings.

    Args:
        layers: Nodes by column; edges lead from one column to the next.
        before: Node to its neighbours in the column before.
        after: Node to its neighbours in the column after.

    Returns:
        The columns, sorted by the mean place of their neighbours, to and fro, a fixed number of times; of all
        orders met the one with the fewest crossings.
    """
    current = _first_order(layers, before)
    counted = sum(map(len, current)) <= _COUNTED
    best, fewest = current, _crossings(current, after) if counted else 0
    for sweep in range(_SWEEPS):
        forward = sweep % 2 == 0
        current = _swept(current, before if forward else after, forward=forward)
        if not counted:
            best = current
            continue
        crossings = _crossings(current, after)
        if crossings < fewest:
            best, fewest = current, crossings
        if not fewest:
            break
    return best


def _first_order(layers: list[list[int]], before: Sequence[Sequence[int]]) -> list[list[int]]:
    """Each column in the order in which walks upwards from the last nodes reach its nodes."""
    place = {node: number for number, layer in enumerate(layers) for node in layer}
    ordered: list[list[int]] = [[] for _ in layers]
    seen: set[int] = set()
    for layer in reversed(layers):
        for start in layer:
            waiting = [start]
            while waiting:
                node = waiting.pop()
                if node in seen:
                    continue
                seen.add(node)
                ordered[place[node]].append(node)
                waiting += reversed(before[node])
    return ordered


def _swept(layers: list[list[int]], neighbours: Sequence[Sequence[int]], *, forward: bool) -> list[list[int]]:
    swept = list(layers)
    numbers = range(1, len(layers)) if forward else range(len(layers) - 2, -1, -1)
    for number in numbers:
        fixed = swept[number - 1 if forward else number + 1]
        place = {node: position for position, node in enumerate(fixed)}
        swept[number] = _sorted_by_mean(swept[number], neighbours, place)
    return swept


def _sorted_by_mean(layer: list[int], neighbours: Sequence[Sequence[int]], place: Mapping[int, int]) -> list[int]:
    """A column by the mean place of its nodes' neighbours; those without keep their seats."""
    means = {
        node: sum(place[one] for one in neighbours[node]) / len(neighbours[node]) for node in layer if neighbours[node]
    }
    movable = iter(sorted(means, key=means.__getitem__))
    return [next(movable) if node in means else node for node in layer]


def _crossings(layers: list[list[int]], after: Sequence[Sequence[int]]) -> int:
    """How many pairs of edges cross, counted with a tree of partial sums."""
    total = 0
    for number in range(len(layers) - 1):
        place = {node: position for position, node in enumerate(layers[number + 1])}
        size = len(place)
        sums = [0] * (size + 1)
        seen = 0
        for node in layers[number]:
            ends = sorted(place[child] for child in after[node])
            for end in ends:
                position, below = end + 1, 0
                while position:
                    below += sums[position]
                    position &= position - 1
                total += seen - below
            for end in ends:
                position = end + 1
                while position <= size:
                    sums[position] += 1
                    position += position & -position
            seen += len(ends)
    return total
