"""A drawing as SVG: laid out by ourselves, readable by day and by night, the same text on every machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final, NamedTuple

from featurecat.errors import RequestError, did_you_mean
from featurecat.graph.render.drawing import Drawing, one_line
from featurecat.graph.render.gathering import gather_inputs
from featurecat.graph.render.layout import Box, Frame, Layout, lay_out
from featurecat.graph.render.looks import legend_entries, style_sheet
from featurecat.graph.render.measure import shortened, text_width
from featurecat.graph.render.shapes import Shape, markup, number, shape_of_inputs, shape_of_node, swatch

__all__ = ["THEMES", "to_svg"]

#: For which surroundings a drawing is coloured; ``auto`` for those of whoever looks at it.
THEMES: Final = ("auto", "light", "dark")
_MARGIN: Final = 20.0
_TITLE: Final = 34.0
_NOTE: Final = 24.0
_LEGEND_ROW: Final = 26.0
_LEAST_WIDTH: Final = 420.0
_TIP: Final = 8.0
Point = tuple[float, float]


class _Way(NamedTuple):
    """An edge between shapes."""

    parent: int
    child: int
    optional: bool
    red: bool


def to_svg(
    drawing: Drawing,
    *,
    orient: str | None = None,
    hide_inputs: bool = False,
    deduplicate_inputs: bool = False,
    show_legend: bool = True,
    group_modules: bool = False,
    theme: str = "auto",
) -> str:
    """Write a drawing as SVG that needs nothing else: no script, no font, no request.

    Args:
        drawing: What to draw.
        orient: Where the edges point: ``LR``, ``TB``, ``RL`` or ``BT``; by default as the drawing says.
        hide_inputs: Leave the inputs out.
        deduplicate_inputs: Draw one box for all functions that take the same inputs instead of one for each.
        show_legend: Explain the kinds of nodes that occur.
        group_modules: Keep the nodes of a group together in a frame.
        theme: Colours: ``light``, ``dark``, or ``auto`` for those of the reader's surroundings.

    Returns:
        Well-formed XML, always the same for the same drawing. Nodes have the id that
        :func:`~featurecat.graph.render.shapes.identifier` gives them.

    Raises:
        RequestError: Code ``invalid-option``, for an orientation or theme that there is not.

    Example:
        >>> from featurecat.graph.render.drawing import DrawnNode
        >>> svg = to_svg(Drawing((DrawnNode("avg_spend", type_text="Series"),)), show_legend=False)
        >>> svg.count("<text"), 'id="node-avg_spend"' in svg
        (2, True)
    """
    orientation = drawing.pointing(orient).orientation if orient else drawing.orientation
    if theme not in THEMES:
        raise RequestError(f"{theme!r} is not a theme", hint=did_you_mean(theme, THEMES) or f"use {', '.join(THEMES)}")
    if hide_inputs:
        drawing = drawing.without("input")
    shapes, ways = _shapes_and_ways(drawing, deduplicate=deduplicate_inputs)
    boxes = [Box(shape.width, shape.height, shape.group) for shape in shapes]
    layout = lay_out(boxes, [way[:2] for way in ways], orientation=orientation, framed=group_modules)
    width = max(layout.width, _title_width(drawing), text_width(drawing.note or "", 11))
    legend = _Legend(drawing if show_legend else Drawing(()), max(width, _LEAST_WIDTH))
    top = _MARGIN + (_TITLE if drawing.title else 0)
    below = top + layout.height
    height = below + legend.height + (_NOTE if drawing.note else 0) + _MARGIN
    lines = [
        *_opening(max(width, legend.width) + 2 * _MARGIN, height, theme, drawing),
        f'<g transform="translate({number(_MARGIN)} {number(top)})">',
        *_body(shapes, ways, layout, orientation),
        "</g>",
        *legend.lines(_MARGIN, below),
        *_note(drawing, below + legend.height),
        "</svg>",
    ]
    return "\n".join([*lines, ""])


def _body(shapes: Sequence[Shape], ways: Sequence[_Way], layout: Layout, orientation: str) -> Iterator[str]:
    for frame in layout.frames:
        yield from _frame(frame)
    yield from _edges(ways, layout, orientation)
    for shape, place in zip(shapes, layout.places, strict=True):
        yield from markup(shape, *place)


def _shapes_and_ways(drawing: Drawing, *, deduplicate: bool) -> tuple[list[Shape], list[_Way]]:
    gathered, alone = gather_inputs(drawing, deduplicate=deduplicate)
    shapes = [shape_of_inputs(box) for box in gathered] + [shape_of_node(node) for node in alone.nodes]
    position = {shape.name: number for number, shape in enumerate(shapes)}
    ways = [
        _Way(position[box.identity], position[name], box.optional, red=False)
        for box in gathered
        for name in box.consumers
    ]
    marks = alone.marks
    ways += [
        _Way(position[edge.parent], position[edge.child], edge.optional, alone.on_path(edge, marks))
        for edge in alone.drawn_edges()
        if edge.parent != edge.child
    ]
    return shapes, ways


# --- parts ----------------------------------------------------------------------------------------


def _opening(width: float, height: float, theme: str, drawing: Drawing) -> Iterator[str]:
    name = escape(one_line(drawing.title or "graph of features"))
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="featurecat" role="img" aria-label="{name}" '
        f'width="{number(width)}" height="{number(height)}" viewBox="0 0 {number(width)} {number(height)}">'
    )
    yield f"<style>\n{style_sheet(theme)}\n</style>"
    yield f'<rect class="fc-paper" width="{number(width)}" height="{number(height)}"/>'
    if drawing.title:
        shown = escape(_shown_title(drawing.title))
        yield f'<text class="fc-name fc-title" x="{number(_MARGIN)}" y="{number(_MARGIN + 14)}">{shown}</text>'


def _shown_title(title: str) -> str:
    return shortened(one_line(title), 120)


def _title_width(drawing: Drawing) -> float:
    return text_width(_shown_title(drawing.title), 16) if drawing.title else 0.0


def _note(drawing: Drawing, y: float) -> Iterator[str]:
    if drawing.note:
        yield (
            f'<text class="fc-type" x="{number(_MARGIN)}" y="{number(y + 18)}">{escape(one_line(drawing.note))}</text>'
        )


def _frame(frame: Frame) -> Iterator[str]:
    shown = one_line(frame.group)
    most = max(3, int(frame.width / 7))
    yield (
        f'<rect class="fc-cluster" x="{number(frame.x)}" y="{number(frame.y)}" width="{number(frame.width)}" '
        f'height="{number(frame.height)}" rx="10"><title>{escape(shown)}</title></rect>'
    )
    yield (
        f'<text class="fc-type" x="{number(frame.x + 12)}" y="{number(frame.y + 16)}">'
        f"{escape(shortened(shown, most))}</text>"
    )


def _edges(ways: Sequence[_Way], layout: Layout, orientation: str) -> Iterator[str]:
    """Lines, then tips: edges that end at one place share one tip; red ones lie above the others."""
    upright = orientation in ("TB", "BT")
    sign = 1 if orientation in ("LR", "TB") else -1
    tips: dict[tuple[Point, bool], Point] = {}
    for way, route in sorted(zip(ways, layout.routes, strict=True), key=lambda drawn: drawn[0].red):
        look = "fc-edge" + (" fc-red fc-path" if way.red else "") + (" fc-optional" if way.optional else "")
        # an edge that was turned round to break a circle arrives from the other side
        back = route[-1][upright] < route[0][upright]
        step = -_TIP if back or (sign < 0 and route[-1][upright] == route[0][upright]) else _TIP
        ahead = (0.0, step) if upright else (step, 0.0)
        stop = (route[-1][0] - ahead[0] * 0.7, route[-1][1] - ahead[1] * 0.7)
        yield f'<path class="{look}" d="{_line((*route[:-1], stop), upright=upright)}"/>'
        tips[route[-1], way.red] = ahead
    for ((x, y), red), (right, down) in tips.items():
        half = _TIP * 0.45
        corners = (
            ((x - half, y - down), (x + half, y - down)) if upright else ((x - right, y - half), (x - right, y + half))
        )
        points = "L".join(f"{number(a)} {number(b)}" for a, b in ((x, y), *corners))
        yield f'<path class="fc-{"redtip" if red else "tip"}" d="M{points}z"/>'


def _line(points: Sequence[Point], *, upright: bool) -> str:
    """A path through runs of two points each: straight along a run, a smooth bend from run to run."""
    said = [f"M{_pair(points[0])}"]
    for position, (here, there) in enumerate(zip(points, points[1:], strict=False)):
        if here == there:
            continue
        if position % 2 == 0 or here[not upright] == there[not upright]:
            said.append(f"L{_pair(there)}")
        else:
            middle = (here[upright] + there[upright]) / 2
            first = (here[0], middle) if upright else (middle, here[1])
            second = (there[0], middle) if upright else (middle, there[1])
            said.append(f"C{_pair(first)} {_pair(second)} {_pair(there)}")
    return "".join(said)


def _pair(point: Point) -> str:
    return f"{number(point[0])} {number(point[1])}"


class _Legend:
    """Samples of the kinds of nodes in a row, or in as many as it takes."""

    def __init__(self, drawing: Drawing, room: float) -> None:
        self.entries = []
        x = row = 0.0
        self.width = 0.0
        for node, word in legend_entries(drawing.nodes):
            wide = 26 + 8 + text_width(one_line(word), 11) + 20
            if x and x + wide > room:
                x, row = 0.0, row + 1
            self.entries.append((node, one_line(word), x, row))
            x += wide
            self.width = max(self.width, x - 20)
        self.height = (row + 1) * _LEGEND_ROW + 14 if self.entries else 0.0

    def lines(self, left: float, top: float) -> Iterator[str]:
        """The markup."""
        for node, word, x, row in self.entries:
            y = top + 24 + row * _LEGEND_ROW
            yield swatch(node, left + x, y)
            yield f'<text class="fc-type" x="{number(left + x + 34)}" y="{number(y + 12)}">{escape(word)}</text>'
