"""The boxes of an SVG drawing: how large each is, and its markup."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Final

from featurecat.graph.render.drawing import GIVEN_ROLES, ROLES, DrawnNode, one_line
from featurecat.graph.render.gathering import InputBox
from featurecat.graph.render.looks import css_colour, inline_style
from featurecat.graph.render.measure import shortened, text_width

__all__ = ["Shape", "identifier", "markup", "number", "shape_of_inputs", "shape_of_node", "swatch"]

_NAME_SIZE: Final = 13
_TYPE_SIZE: Final = 11
_LONGEST_NAME: Final = 46
_LONGEST_TYPE: Final = 40
_ROW: Final = 17
_MOST_ROWS: Final = 30
_SLANT: Final = 10
_CAP: Final = 5
_FORMS: Final = {"validator": "hexagon", "config": "note", "source": "cylinder", "materializer": "cylinder"}
_GRAPHVIZ_FORMS: Final = {
    **dict.fromkeys(("box", "rect", "rectangle", "square", "plain"), "box"),
    **dict.fromkeys(("ellipse", "oval", "circle"), "ellipse"),
    **dict.fromkeys(("hexagon", "octagon", "diamond"), "hexagon"),
    "note": "note",
    "cylinder": "cylinder",
}


@dataclass(frozen=True, slots=True)
class Shape:
    """A box to be drawn.

    Attributes:
        name: Of the node, or of the box of inputs.
        group: Of the node.
        role: One of :data:`~featurecat.graph.render.drawing.ROLES`.
        heading: The upper lines: name, then type.
        rows: The lines below, name and type.
        node: What is drawn; None for a box of inputs.
    """

    name: str
    group: str | None
    role: str
    heading: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]
    node: DrawnNode | None = None

    @property
    def form(self) -> str:
        """The outline."""
        style = None if self.node is None or self.node.style is None else self.node.style.look.get("shape")
        return _GRAPHVIZ_FORMS.get(style or "", _FORMS.get(self.role, "box"))

    @property
    def width(self) -> float:
        """In pixels."""
        names = max((text_width(name, _TYPE_SIZE) for name, _ in self.rows), default=0)
        types = max((text_width(kind, _TYPE_SIZE) for _, kind in self.rows), default=0)
        lines = [text_width(text, _NAME_SIZE if line == 0 else _TYPE_SIZE) for line, text in enumerate(self.heading)]
        slant = {"hexagon": 2 * _SLANT, "ellipse": 36}.get(self.form, 0)
        return float(max(*lines, names + types + 16, 40) if lines else names + types + 16) + 26 + slant

    @property
    def heading_height(self) -> float:
        """Height of the part above the rows."""
        return {0: 0.0, 1: 30.0, 2: 44.0}[len(self.heading)] + (2 * _CAP if self.form == "cylinder" else 0)

    @property
    def height(self) -> float:
        """In pixels."""
        return self.heading_height + (len(self.rows) * _ROW + 9 if self.rows else 0)


def shape_of_node(node: DrawnNode) -> Shape:
    """The box of a node."""
    role = node.role if node.role in ROLES else "feature"
    heading = tuple(
        text for text in (shortened(node.shown_name, _LONGEST_NAME), shortened(node.shown_type, _LONGEST_TYPE)) if text
    )
    rows = [(shortened(one_line(name), _LONGEST_NAME), shortened(one_line(kind), 24)) for name, kind in node.columns]
    if len(rows) > _MOST_ROWS:
        rows = [*rows[: _MOST_ROWS - 1], (f"… {len(rows) - _MOST_ROWS + 1} more", "")]
    return Shape(node.name, node.group, role, heading or (" ",), tuple(rows), node)


def shape_of_inputs(box: InputBox) -> Shape:
    """The box of the inputs that some nodes take."""
    rows = tuple(
        (
            shortened(node.shown_name, _LONGEST_NAME),
            shortened(
                ", ".join(part for part in (node.shown_type, "optional" if optional else "") if part), _LONGEST_TYPE
            ),
        )
        for node, optional in box.rows
    )
    return Shape(box.identity, None, "input", (), rows)


def swatch(node: DrawnNode, x: float, y: float) -> str:
    """A small empty box that shows the look of a kind of node."""
    shape = Shape(node.name, None, node.role, (), (), node)
    return "".join(_outline(shape, x, y, 26, 16))


def markup(shape: Shape, x: float, y: float) -> Iterator[str]:
    """The lines of SVG for a box whose upper left corner is given."""
    width, height = shape.width, shape.height
    tooltip = _tooltip(shape)
    yield f'<g class="fc-node" id="{identifier(shape.name)}">'
    if tooltip:
        yield f"<title>{escape(tooltip)}</title>"
    yield from _outline(shape, x, y, width, height)
    yield from _texts(shape, x, y)
    if shape.node is not None and shape.node.checks:
        yield _badge(len(shape.node.checks), x + width, y)
    yield "</g>"


def _tooltip(shape: Shape) -> str:
    if shape.node is None:
        return ""
    node = shape.node
    cut = [node.shown_name] if shortened(node.shown_name, _LONGEST_NAME) != node.shown_name else []
    cut += [node.shown_type] if shortened(node.shown_type, _LONGEST_TYPE) != node.shown_type else []
    return "\n".join([*cut, *([node.tooltip] if node.tooltip else [])])


# --- outlines -------------------------------------------------------------------------------------


def _outline(shape: Shape, x: float, y: float, width: float, height: float) -> Iterator[str]:
    node = shape.node
    mark = None if node is None else node.mark
    look = [
        "fc-shape",
        f"fc-{'output' if mark == 'output' else shape.role}",
        *(["fc-red", "fc-path"] if mark == "path" else []),
    ]
    own = inline_style(None if node is None else node.style)
    style = f' style="{own}"' if own else ""
    attributes = f'class="{" ".join(look)}"{style}'
    yield f'<path {attributes} d="{_path(shape.form, x, y, width, height)}"/>'
    plain = attributes.replace('class="', 'fill-opacity="0" class="')
    if shape.form == "box" and shape.role in ("frame", "expand", "collect"):
        yield f'<path {plain} d="{_path("box", x + 3, y + 3, width - 6, height - 6)}"/>'
    elif shape.form == "note":
        yield f'<path {plain} d="M{number(x + width - 9)} {number(y)}v9h9"/>'
    elif shape.form == "cylinder":
        yield f'<path {plain} d="M{number(x)} {number(y + _CAP)}a{number(width / 2)} {_CAP} 0 0 0 {number(width)} 0"/>'
    if mark == "override":
        right, bottom = x + width, y + height
        chords = [(x, y + 8, 8, -8), (right - 8, y, 8, 8), (right, bottom - 8, -8, 8), (x + 8, bottom, -8, -8)]
        lines = "".join(f"M{number(a)} {number(b)}l{c} {d}" for a, b, c, d in chords)
        yield f'<path class="fc-ink fc-edge" d="{lines}"/>'


def _path(form: str, x: float, y: float, width: float, height: float) -> str:
    right, bottom, half = width, height, height / 2
    start = f"M{number(x)} {number(y)}"
    if form == "hexagon":
        slant = min(_SLANT, half)
        flat = number(width - 2 * slant)
        return (
            f"M{number(x + slant)} {number(y)}h{flat}l{number(slant)} {number(half)}l{number(-slant)} {number(half)}"
            f"h-{flat}l{number(-slant)} {number(-half)}z"
        )
    if form == "note":
        return f"{start}h{number(right - 9)}l9 9v{number(bottom - 9)}h{number(-right)}z"
    if form == "cylinder":
        arc = f"a{number(width / 2)} {_CAP} 0 0 1"
        side = number(height - 2 * _CAP)
        return f"M{number(x)} {number(y + _CAP)}{arc} {number(width)} 0v{side}{arc} {number(-width)} 0z"
    if form == "ellipse":
        arc = f"a{number(width / 2)} {number(half)} 0 1 1"
        return f"M{number(x)} {number(y + half)}{arc} {number(width)} 0{arc} {number(-width)} 0z"
    corner = number(min(6.0, half))
    radius = min(6.0, half)
    across, down = number(width - 2 * radius), number(height - 2 * radius)
    arc = f"a{corner} {corner} 0 0 1"
    return (
        f"M{number(x + radius)} {number(y)}h{across}{arc} {corner} {corner}v{down}{arc} -{corner} {corner}"
        f"h-{across}{arc} -{corner} -{corner}v-{down}{arc} {corner} -{corner}z"
    )


# --- texts ----------------------------------------------------------------------------------------


def _texts(shape: Shape, x: float, y: float) -> Iterator[str]:
    width = shape.width
    pale = shape.node is not None and not shape.node.public and shape.role not in GIVEN_ROLES
    ink = _own_ink(shape)
    top = y + (_CAP + 4 if shape.form == "cylinder" else 0)
    for line, text in enumerate(shape.heading):
        look = "fc-name" if line == 0 else "fc-type"
        look += " fc-pale" if pale and line == 0 else ""
        yield (
            f'<text class="{look}"{ink} text-anchor="middle" x="{number(x + width / 2)}" '
            f'y="{number(top + (19.5 if line == 0 else 35))}">{escape(text)}</text>'
        )
    rows = y + shape.heading_height
    if shape.heading and shape.rows:
        yield f'<path class="fc-line" d="M{number(x)} {number(rows)}h{number(width)}"/>'
    for row, (name, kind) in enumerate(shape.rows):
        base = number(rows + row * _ROW + 16.5)
        yield f'<text class="fc-type fc-dark"{ink} x="{number(x + 13)}" y="{base}">{escape(name)}</text>'
        if kind:
            yield (
                f'<text class="fc-type"{ink} text-anchor="end" x="{number(x + width - 13)}" y="{base}">'
                f"{escape(kind)}</text>"
            )


def _own_ink(shape: Shape) -> str:
    """The colour of text in a box with a colour of its own: as said, else one that can be read on it by night, too."""
    if shape.node is None or shape.node.style is None:
        return ""
    look = shape.node.style.look
    colour = css_colour(look.get("fontcolor", "")) or ("#111111" if css_colour(look.get("fillcolor", "")) else None)
    return f' style="fill:{colour}"' if colour else ""


def _badge(count: int, right: float, y: float) -> str:
    """A tick and the number of checks on the upper right corner."""
    width = 21 + 5 * len(str(count))
    x, top = right - width + 7, y - 7
    tick = f"M{number(x + 5)} {number(top + 7.5)}l2.5 2.5l4.5 -5.5"
    return (
        f'<path class="fc-validator" d="{_path("box", x, top, width, 14)}"/>'
        f'<path class="fc-ink fc-edge" d="{tick}"/>'
        f'<text class="fc-name fc-badge" x="{number(x + 14)}" y="{number(top + 10.3)}">{count}</text>'
    )


def identifier(name: str) -> str:
    """The id of a node in a page: the same for the same name, different for different names.

    Example:
        >>> identifier("avg_spend"), identifier("z.q"), identifier("a b")
        ('node-avg_spend', 'node-z.q', 'node-a:20:b')
    """
    return "node-" + "".join(
        sign if sign.isascii() and (sign.isalnum() or sign in "_.-") else f":{ord(sign):x}:" for sign in name
    )


def number(value: float) -> str:
    """A length as short as it goes, in tenths of a pixel.

    Example:
        >>> number(12.0), number(0.25 + 0.2), number(-0.04)
        ('12', '0.5', '0')
    """
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text
