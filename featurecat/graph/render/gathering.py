"""Gathers the inputs that a function takes into one box, as people know it from Hamilton."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from featurecat.graph.render.drawing import Drawing, DrawnNode

__all__ = ["Identities", "InputBox", "gather_inputs"]


@dataclass(frozen=True, slots=True)
class InputBox:
    """The inputs that ``consumers`` take, drawn as one table.

    Attributes:
        identity: A name that no node has.
        rows: The inputs, each with whether it is optional.
        consumers: Names of the nodes that take them.
    """

    identity: str
    rows: tuple[tuple[DrawnNode, bool], ...]
    consumers: tuple[str, ...]

    @property
    def optional(self) -> bool:
        """Whether the consumers can do without all of them."""
        return all(optional for _, optional in self.rows)


class Identities:
    """Keeps the names of boxes and legend entries apart from those of nodes.

    Args:
        taken: Names that are in use.
    """

    def __init__(self, taken: Iterable[str]) -> None:
        self.taken = set(taken)

    def new(self, wish: str) -> str:
        """``wish``, with underscores in front where it is taken."""
        while wish in self.taken:
            wish = f"_{wish}"
        self.taken.add(wish)
        return wish


def gather_inputs(drawing: Drawing, *, deduplicate: bool) -> tuple[list[InputBox], Drawing]:
    """Unmarked, unstyled inputs that something takes, in a box for each consumer or for each set of inputs.

    Args:
        drawing: What is drawn.
        deduplicate: Draw one box for all consumers that take the same inputs.

    Returns:
        The boxes, and the drawing without what is in them.

    Example:
        >>> from featurecat.graph.render.drawing import DrawnEdge
        >>> drawing = Drawing((DrawnNode("i", "input"), DrawnNode("a")), (DrawnEdge("i", "a"),))
        >>> boxes, alone = gather_inputs(drawing, deduplicate=False)
        >>> boxes[0].identity, boxes[0].consumers, [node.name for node in alone.nodes]
        ('_a_inputs', ('a',), ['a'])
    """
    inputs, taken = _taken_inputs(drawing)
    consumers: dict[object, list[str]] = {}
    for consumer, needs in taken.items():
        consumers.setdefault(frozenset(needs.items()) if deduplicate else consumer, []).append(consumer)
    identities = Identities(node.name for node in drawing.nodes)
    boxes = [
        InputBox(
            identity=identities.new(f"_{members[0]}_inputs"),
            rows=tuple((inputs[name], optional) for name, optional in taken[members[0]].items()),
            consumers=tuple(members),
        )
        for members in consumers.values()
    ]
    boxed = {node.name for box in boxes for node, _ in box.rows}
    return boxes, replace(drawing, nodes=tuple(node for node in drawing.nodes if node.name not in boxed))


def _taken_inputs(drawing: Drawing) -> tuple[dict[str, DrawnNode], dict[str, dict[str, bool]]]:
    """The inputs that may go into boxes, and for every consumer those it takes, with whether it can do without."""
    inputs = {
        node.name: node for node in drawing.nodes if node.role == "input" and node.mark is None and node.style is None
    }
    taken: dict[str, dict[str, bool]] = {}
    for edge in drawing.drawn_edges():
        if edge.parent in inputs:
            taken.setdefault(edge.child, {})[edge.parent] = edge.optional
    return inputs, taken
