"""What there is to draw, free of any format: the renderers read this, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

__all__ = ["ORIENTATIONS", "ROLES", "DrawnEdge", "DrawnNode", "Drawing", "Mark", "Orientation", "one_line", "printable"]

Orientation: TypeAlias = Literal["LR", "TB", "RL", "BT"]
Mark: TypeAlias = Literal["output", "override", "path"]

ORIENTATIONS: Final = get_args(Orientation)
#: In the order in which legends list them.
ROLES: Final = ("feature", "frame", "raw", "validator", "input", "config", "source")
_LONGEST_TYPE: Final = 80


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
    """

    name: str
    role: str = "feature"
    type_text: str | None = None
    label: str | None = None
    public: bool = True
    group: str | None = None
    doc: str | None = None
    mark: Mark | None = None

    @property
    def shown_name(self) -> str:
        """The label, or the name, on one line."""
        return one_line(self.label or self.name)

    @property
    def shown_type(self) -> str:
        """The type on one line of at most 80 characters; empty when it is unknown."""
        text = one_line(self.type_text or "")
        return text if len(text) <= _LONGEST_TYPE else f"{text[: _LONGEST_TYPE - 1]}…"


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
    """

    nodes: tuple[DrawnNode, ...]
    edges: tuple[DrawnEdge, ...] = ()
    title: str | None = None
    orientation: Orientation = "LR"

    def without(self, role: str) -> Drawing:
        """The drawing without the nodes of one role, and so without their edges.

        Example:
            >>> Drawing((DrawnNode("a", "input"), DrawnNode("b")), (DrawnEdge("a", "b"),)).without("input").nodes
            (DrawnNode(name='b', role='feature', type_text=None, label=None, public=True, group=None, doc=None, \
mark=None),)
        """
        nodes = tuple(node for node in self.nodes if node.role != role)
        return Drawing(nodes, self.edges, self.title, self.orientation)

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
