"""A layered layout of our own: the same drawing always lies the same way, on every machine.

Columns, order and places are found in two directions of their own: *along* is where edges lead, *across* is beside
it. Only the last step turns them into x and y.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Self

from featurecat.graph.render.layers import Edges, assign_layers, neighbours_of, order_layers, without_circles
from featurecat.graph.render.places import place_across, stack_blocks
from featurecat.graph.render.routes import Columns, Run, route

__all__ = ["Box", "Frame", "Layout", "lay_out"]

#: Bends of long edges that are given places of their own at most; the longest edges find their way between boxes.
_MOST_BENDS: Final = 12_000
#: Columns in which such edges look for a way at most, all together; the longest of them just cross.
_MOST_WAYS: Final = 40_000
_PADDING: Final = 12
_LABEL: Final = 24


class Box(NamedTuple):
    """What is to be placed: a size in pixels, and the frame it belongs in."""

    width: float
    height: float
    group: str | None = None


class Frame(NamedTuple):
    """The frame around the boxes of one group."""

    group: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything lies, in pixels from the upper left corner.

    Attributes:
        places: The upper left corner of each box.
        routes: For each edge its points, two to a straight run; from run to run the edge bends smoothly.
        frames: A frame for each group, where groups are framed.
        width: Of everything.
        height: Of everything.
    """

    places: tuple[tuple[float, float], ...]
    routes: tuple[tuple[tuple[float, float], ...], ...]
    frames: tuple[Frame, ...]
    width: float
    height: float


@dataclass(slots=True)
class _Block:
    """Nodes that are laid out by themselves: what hangs together, or a group and what feeds only it."""

    group: int | None
    items: list[int]
    own: list[int]
    across: dict[int, float] = field(default_factory=dict)


def lay_out(boxes: Sequence[Box], edges: Edges, *, orientation: str = "LR", framed: bool = False) -> Layout:
    """Place boxes so that edges lead in one direction, cross seldom and bend little.

    Args:
        boxes: What to place.
        edges: Pairs of positions in ``boxes``, all different from each other.
        orientation: Where edges lead: ``LR``, ``TB``, ``RL`` or ``BT``.
        framed: Keep the boxes of a group together and draw a frame around them.

    Returns:
        The places, whole numbers of half pixels.

    Example:
        >>> layout = lay_out([Box(60, 20), Box(60, 20)], [(0, 1)])
        >>> layout.places, layout.routes
        (((0.0, 0.0), (108.0, 0.0)), (((60.0, 10.0), (60.0, 10.0), (108.0, 10.0), (108.0, 10.0)),))
    """
    upright = orientation in ("TB", "BT")
    sizes = [(box.height, box.width) if upright else (box.width, box.height) for box in boxes]
    groups = _group_numbers(boxes) if framed else {}
    turned, order = without_circles(len(boxes), edges)
    layers = assign_layers(turned, order, groups)
    blocks = _blocks(len(boxes), turned, groups)
    net = _Net(turned, layers, blocks, sizes)
    for block in blocks:
        net.place(block)
    pads = _Padding.of(orientation) if groups else _Padding(0, 0, 0, 0)
    across = stack_blocks([_shape(block, net, pads) for block in blocks], _pulls(blocks, turned))
    centres = [0.0] * len(net.layers)
    for block, offset in zip(blocks, across, strict=True):
        for item in block.items:
            centres[item] = block.across[item] + offset
    extra = _LABEL if groups and upright else 0
    columns = Columns.of(net.layers[: len(boxes)], sizes, centres, edges=turned, extra=extra)
    columns.groups = groups
    frames = _frames(blocks, net, columns, centres, pads)
    for frame in frames:
        columns.avoid(groups[frame.member], (layers[frame.first], layers[frame.last]), frame.stretch)
    ways = _routes(turned, net, columns, centres)
    drawn = [_as_drawn(way, edge == ends) for way, edge, ends in zip(ways, edges, turned, strict=True)]
    corners = [columns.corner(node) for node in range(len(boxes))]
    return _turned(_Found(corners, sizes, drawn, frames), boxes, orientation)


def _group_numbers(boxes: Sequence[Box]) -> dict[int, int]:
    numbers: dict[str, int] = {}
    return {
        node: numbers.setdefault(box.group, len(numbers)) for node, box in enumerate(boxes) if box.group is not None
    }


def _blocks(count: int, edges: Edges, groups: Mapping[int, int]) -> list[_Block]:
    if not groups:
        return [_Block(None, items, []) for items in _components(count, edges)]
    _, after = neighbours_of(count, edges)
    members: dict[int | None, list[int]] = {}
    for node in range(count):
        home: int | None = groups.get(node)
        if home is None:  # beside the group that takes it; the first where there are several
            home = next((groups[child] for child in after[node] if child in groups), None)
        members.setdefault(home, []).append(node)
    return [_Block(group, items, [item for item in items if item in groups]) for group, items in members.items()]


def _components(count: int, edges: Edges) -> list[list[int]]:
    """What hangs together, the largest first."""
    before, after = neighbours_of(count, edges)
    seen = [False] * count
    components: list[list[int]] = []
    for start in range(count):
        if seen[start]:
            continue
        seen[start] = True
        found = [start]
        for node in found:  # grows while it is walked
            for other in (*before[node], *after[node]):
                if not seen[other]:
                    seen[other] = True
                    found.append(other)
        components.append(sorted(found))
    return sorted(components, key=lambda items: (-len(items), items[0]))


class _Net:
    """Nodes and the bends of long edges in their columns."""

    def __init__(
        self, edges: Edges, layers: list[int], blocks: Sequence[_Block], sizes: Sequence[tuple[float, float]]
    ) -> None:
        self.real = len(layers)
        self.layers = list(layers)
        self.heights = [size[1] for size in sizes]
        self.bends: dict[int, list[int]] = {}
        self.links: list[tuple[int, int]] = []
        home = {item: block for block in blocks for item in block.items}
        inside = [number for number, (one, other) in enumerate(edges) if home[one] is home[other]]
        spans = [layers[edges[number][1]] - layers[edges[number][0]] for number in inside]
        longest = _longest_span(spans, _MOST_BENDS)
        for number in inside:
            parent, child = edges[number]
            if layers[child] - layers[parent] > longest:
                continue
            chain = self._bend(home[parent], layers[parent] + 1, layers[child])
            self.bends[number] = chain
            ends = [parent, *chain, child]
            self.links += zip(ends, ends[1:], strict=False)
        self.before, self.after = neighbours_of(len(self.layers), self.links)

    def _bend(self, block: _Block, first: int, last: int) -> list[int]:
        chain = []
        for layer in range(first, last):
            chain.append(len(self.layers))
            self.layers.append(layer)
            self.heights.append(0)
        block.items += chain
        return chain

    def place(self, block: _Block) -> None:
        """Order the columns of one block and find the place of its items in them."""
        columns: dict[int, list[int]] = {}
        for item in block.items:
            columns.setdefault(self.layers[item], []).append(item)
        numbers = range(min(columns), max(columns) + 1)
        ordered = order_layers([columns.get(number, []) for number in numbers], self.before, self.after)
        block.across = place_across(ordered, self.before, self.after, heights=self.heights, real=self.real)


def _longest_span(spans: Sequence[int], left: int) -> int:
    """The length up to which edges together pass no more columns than ``left``."""
    for span in sorted(spans):
        left -= span - 1
        if left < 0:
            return span - 1
    return max(spans, default=0)


def _shape(block: _Block, net: _Net, pads: _Padding) -> dict[int, tuple[float, float]]:
    """Which stretch of every column a block takes, its frame counted as taking all of its own columns."""
    spans: dict[int, tuple[float, float]] = {}
    for item in block.items:
        half = net.heights[item] / 2
        low, high = block.across[item] - half, block.across[item] + half
        known = spans.get(net.layers[item], (low, high))
        spans[net.layers[item]] = (min(low, known[0]), max(high, known[1]))
    low = min(span[0] for span in spans.values()) - pads.low
    high = max(span[1] for span in spans.values()) + pads.high
    return dict.fromkeys(range(min(spans), max(spans) + 1), (low, high))


def _pulls(blocks: Sequence[_Block], edges: Edges) -> list[list[tuple[int, float, float]]]:
    """For every block its edges with blocks before it: the other block, and the places of both ends in their own."""
    number_of = {item: number for number, block in enumerate(blocks) for item in block.items}
    pulls: list[list[tuple[int, float, float]]] = [[] for _ in blocks]
    for one, other in edges:
        first, second = sorted((one, other), key=number_of.__getitem__)
        if number_of[first] != number_of[second]:
            there, here = number_of[first], number_of[second]
            pulls[here].append((there, blocks[there].across[first], blocks[here].across[second]))
    return pulls


def _routes(edges: Edges, net: _Net, columns: Columns, centres: Sequence[float]) -> list[list[Run]]:
    layers = net.layers
    free = [layers[two] - layers[one] for number, (one, two) in enumerate(edges) if number not in net.bends]
    longest = _longest_span(free, _MOST_WAYS)
    return [
        route(ends, net.bends.get(number, ()), columns, centres=centres, layers=layers, longest=longest)
        for number, ends in enumerate(edges)
    ]


def _as_drawn(runs: list[Run], forward: bool) -> list[Run]:
    return runs if forward else [Run(run.end, run.start, run.across) for run in reversed(runs)]


class _Padding(NamedTuple):
    """Room between a frame and what is in it: before and after along, on the low and the high side across."""

    before: float
    after: float
    low: float
    high: float

    @classmethod
    def of(cls, orientation: str) -> Self:
        """The label of a frame is always on top."""
        sides = {"TB": 0, "BT": 1}.get(orientation, 2)
        return cls(*(_LABEL if side == sides else _PADDING for side in range(4)))


class _FoundFrame(NamedTuple):
    """A frame around the group of a node; ``first`` and ``last`` are in its first and last column."""

    member: int
    first: int
    last: int
    along: float
    across: float
    length: float
    breadth: float

    @property
    def stretch(self) -> tuple[float, float]:
        """What it takes across."""
        return self.across, self.across + self.breadth


class _Found(NamedTuple):
    """A layout in its own directions."""

    corners: list[tuple[float, float]]
    sizes: list[tuple[float, float]]
    routes: list[list[Run]]
    frames: list[_FoundFrame]


def _frames(
    blocks: Sequence[_Block], net: _Net, columns: Columns, centres: Sequence[float], pads: _Padding
) -> list[_FoundFrame]:
    frames = []
    for block in blocks:
        if not block.own:
            continue
        first = min(block.own, key=net.layers.__getitem__)
        last = max(block.own, key=net.layers.__getitem__)
        items = [item for item in block.items if net.layers[first] <= net.layers[item] <= net.layers[last]]
        low = min(centres[item] - net.heights[item] / 2 for item in items) - pads.low
        high = max(centres[item] + net.heights[item] / 2 for item in items) + pads.high
        start = min(map(columns.start, block.own)) - pads.before
        end = max(map(columns.end, block.own)) + pads.after
        frames.append(_FoundFrame(block.own[0], first, last, start, low, end - start, high - low))
    return frames


def _turned(found: _Found, boxes: Sequence[Box], orientation: str) -> Layout:
    """The layout in x and y, moved so that nothing lies left of or above the corner."""
    upright = orientation in ("TB", "BT")
    mirrored = orientation in ("RL", "BT")
    ways = [[(along, run.across) for run in runs for along in run[:2]] for runs in found.routes]
    areas = [(*corner, *size) for corner, size in zip(found.corners, found.sizes, strict=True)]
    areas += [frame[3:] for frame in found.frames] + [(*point, 0.0, 0.0) for way in ways for point in way]
    left, top, right, bottom = _bounds(areas)

    def placed(along: float, across: float, length: float = 0.0) -> tuple[float, float]:
        here = right - along - length if mirrored else along - left
        return (across - top, here) if upright else (here, across - top)

    places = [placed(*corner, size[0]) for corner, size in zip(found.corners, found.sizes, strict=True)]
    frames = [
        Frame(
            boxes[frame.member].group or "",
            *placed(frame.along, frame.across, frame.length),
            *((frame.breadth, frame.length) if upright else (frame.length, frame.breadth)),
        )
        for frame in found.frames
    ]
    routes = tuple(tuple(placed(*point) for point in way) for way in ways)
    width, height = right - left, bottom - top
    return Layout(tuple(places), routes, tuple(frames), *((height, width) if upright else (width, height)))


def _bounds(areas: Sequence[tuple[float, float, float, float]]) -> tuple[float, float, float, float]:
    """The least rectangle around others: two corners."""
    if not areas:
        return 0.0, 0.0, 0.0, 0.0
    return (
        min(area[0] for area in areas),
        min(area[1] for area in areas),
        max(area[0] + area[2] for area in areas),
        max(area[1] + area[3] for area in areas),
    )
