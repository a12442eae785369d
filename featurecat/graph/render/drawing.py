"""What there is to draw, free of any format: the renderers read this, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias, cast, get_args

from featurecat.errors import RequestError, did_you_mean

__all__ = [
    "GIVEN_ROLES",
    "ORIENTATIONS",
    "ROLES",
    "DrawnEdge",
    "DrawnNode",
    "Drawing",
    "Mark",
    "Orientation",
    "Style",
    "one_line",
    "printable",
]

Orientation: TypeAlias = Literal["LR", "TB", "RL", "BT"]
Mark: TypeAlias = Literal["output", "override", "path"]

ORIENTATIONS: Final = get_args(Orientation)
#: In the order in which legends list them.
ROLES: Final = (
    "feature",
    "frame",
    "raw",
    "validator",
    "expand",
    "collect",
    "input",
    "config",
    "source",
    "materializer",
    "modifier",
)
#: What is given rather than computed.
GIVEN_ROLES: Final = frozenset({"input", "config", "source"})
_LONGEST_TYPE: Final = 80


@dataclass(frozen=True, slots=True)
class Style:
    """A look of one's own for a node.

    Attributes:
        attributes: Graphviz attributes in their own order: ``fillcolor``, ``color``, ``fontcolor``, ``style``,
            ``penwidth`` and ``shape`` are understood by every format that has colours, others by DOT alone.
        legend: What the legend calls nodes of this look; None keeps it out of the legend.
    """

    attributes: tuple[tuple[str, str], ...] = ()
    legend: str | None = None

    @property
    def look(self) -> dict[str, str]:
        """The attributes by name."""
        return dict(self.attributes)


@dataclass(frozen=True, slots=True)
class DrawnNode:
    """A node as it is shown.

    Attributes:
        name: Unique in the drawing.
        role: One of :data:`ROLES`; any other is drawn like a feature.
        type_text: The type as text; shown shortened where it is long.
        label: Shown instead of ``name``.
        public: Whether lists show it; generated nodes are drawn paler.
        group: The module it comes from, or whatever else the drawing is grouped by.
        doc: The text behind it, a tooltip where the format has one.
        mark: Why it stands out: it was asked for, was overridden, or lies on the path asked for.
        columns: Name and type of the columns it is known to have.
        checks: What is checked of it, where the nodes that check are not drawn themselves.
        style: A look of its own.
    """

    name: str
    role: str = "feature"
    type_text: str | None = None
    label: str | None = None
    public: bool = True
    group: str | None = None
    doc: str | None = None
    mark: Mark | None = None
    columns: tuple[tuple[str, str], ...] = ()
    checks: tuple[str, ...] = ()
    style: Style | None = None

    @property
    def shown_name(self) -> str:
        """The label, or the name, on one line."""
        return one_line(self.label or self.name)

    @property
    def shown_type(self) -> str:
        """The type on one line of at most 80 characters; empty when it is unknown."""
        text = one_line(self.type_text or "")
        return text if len(text) <= _LONGEST_TYPE else f"{text[: _LONGEST_TYPE - 1]}…"

    @property
    def tooltip(self) -> str:
        """What is known about it, a line for each kind of thing; empty where its box says all."""
        name = self.name if self.label and self.label != self.name else None
        checks = f"checked: {', '.join(self.checks)}" if self.checks else None
        return "\n".join(one_line(text) for text in (self.doc, name, self.group, checks) if text)


@dataclass(frozen=True, slots=True)
class DrawnEdge:
    """``child`` takes ``parent``; ``optional`` when it can do without."""

    parent: str
    child: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """Nodes and edges in the order in which they are written.

    Attributes:
        nodes: Each name once.
        edges: Those that name a node which is not drawn are left out by every renderer.
        title: A caption.
        orientation: Where the edges point: ``LR``, ``TB``, ``RL`` or ``BT``.
        note: What a reader should know about the drawing as a whole.
    """

    nodes: tuple[DrawnNode, ...]
    edges: tuple[DrawnEdge, ...] = ()
    title: str | None = None
    orientation: Orientation = "LR"
    note: str | None = None

    def without(self, role: str) -> Drawing:
        """The drawing without the nodes of one role, and so without their edges.

        Example:
            >>> drawing = Drawing((DrawnNode("a", "input"), DrawnNode("b")), (DrawnEdge("a", "b"),)).without("input")
            >>> [node.name for node in drawing.nodes], drawing.drawn_edges()
            (['b'], ())
        """
        return replace(self, nodes=tuple(node for node in self.nodes if node.role != role))

    def pointing(self, orientation: str) -> Drawing:
        """The same drawing with its edges in another direction.

        Raises:
            RequestError: Code ``invalid-option``, when there is no such direction.
        """
        if orientation not in ORIENTATIONS:
            hint = did_you_mean(str(orientation), ORIENTATIONS) or f"use {', '.join(ORIENTATIONS)}"
            raise RequestError(f"{orientation!r} is not an orientation", hint=hint)
        return replace(self, orientation=cast("Orientation", orientation))

    def drawn_edges(self) -> tuple[DrawnEdge, ...]:
        """The edges between drawn nodes, each pair once; optional only where no edge of the pair is required."""
        names = {node.name for node in self.nodes}
        optional: dict[tuple[str, str], bool] = {}
        for edge in self.edges:
            if edge.parent in names and edge.child in names:
                ends = (edge.parent, edge.child)
                optional[ends] = edge.optional and optional.get(ends, True)
        return tuple(DrawnEdge(parent, child, flag) for (parent, child), flag in optional.items())

    def groups(self) -> dict[str | None, list[DrawnNode]]:
        """The nodes by group, groups in the order of their first node."""
        members: dict[str | None, list[DrawnNode]] = {}
        for node in self.nodes:
            members.setdefault(node.group, []).append(node)
        return members

    def on_path(self, edge: DrawnEdge, marks: Mapping[str, Mark | None]) -> bool:
        """Whether an edge lies on the path that the drawing shows."""
        return marks.get(edge.parent) == "path" == marks.get(edge.child)

    @property
    def marks(self) -> dict[str, Mark | None]:
        """Name to mark."""
        return {node.name: node.mark for node in self.nodes}


def one_line(text: str) -> str:
    r"""The text with every run of spaces, line breaks and unprintable signs as one blank.

    Example:
        >>> one_line("two\n  lines")
        'two lines'
    """
    return " ".join(printable(text).split())


def printable(text: str) -> str:
    r"""The text with a blank for each sign that would move the cursor or change the terminal.

    Example:
        >>> printable("spend   Series\x1b[31m")
        'spend   Series [31m'
    """
    return "".join(sign if sign.isprintable() else " " for sign in text)
