"""How a function becomes its nodes, as a drawing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from featurecat.graph.render.drawing import Drawing, DrawnEdge, DrawnNode

__all__ = ["ExpansionStage", "expansion_drawing"]


class ExpansionStage(NamedTuple):
    """What one decorator did.

    Attributes:
        phase: When it applies: ``define``, ``resolve``, ``expand``, …
        decorator: Its text.
        nodes: Names of all nodes after it.
        touched: Names of those of ``nodes`` that it made or changed, with their roles; without it the new ones, or
            all where none is new.
    """

    phase: str
    decorator: str
    nodes: Sequence[str]
    touched: Mapping[str, str] | None = None


def expansion_drawing(
    stages: Sequence[tuple[str, str, Sequence[str]] | ExpansionStage], title: str | None = None
) -> Drawing:
    """The stages from a function to its nodes: what each decorator takes, and what it leaves.

    Args:
        stages: In the order in which they apply; plain triples of phase, text and names will do.
        title: A caption.

    Returns:
        A drawing in which decorators are boxes between nodes. What a later decorator replaces is drawn paler than
        what is left in the end.

    Example:
        >>> stages = [("define", "def a", ["a"]), ("expand", "@parameterize(x=…, y=…)", ["x", "y"])]
        >>> drawing = expansion_drawing(stages)
        >>> [(node.shown_name, node.public) for node in drawing.nodes]
        [('def a', True), ('a', False), ('@parameterize(x=…, y=…)', True), ('x', True), ('y', True)]
        >>> len(drawing.edges)
        4
    """
    nodes: list[DrawnNode] = []
    edges: list[DrawnEdge] = []
    current: dict[str, str] = {}
    for position, stage in enumerate((ExpansionStage(*given) for given in stages), 1):
        box = f"{position} {stage.decorator}"
        nodes.append(DrawnNode(box, "modifier", stage.phase, label=stage.decorator, group=stage.phase))
        touched = _touched(stage, current)
        edges += [DrawnEdge(current[name], box) for name in _taken(stage, touched, current)]
        for name, role in touched.items():
            version = f"{position} {stage.decorator} {name}"
            nodes.append(DrawnNode(version, role, label=name, group=stage.phase))
            edges.append(DrawnEdge(box, version))
            current[name] = version
        current = {name: version for name, version in current.items() if name in stage.nodes}
    left = set(current.values())
    shown = [node if node.role == "modifier" or node.name in left else _pale(node) for node in nodes]
    return Drawing(tuple(shown), tuple(edges), title)


def _touched(stage: ExpansionStage, before: Collection[str]) -> dict[str, str]:
    if stage.touched is not None:
        return {name: stage.touched[name] for name in stage.nodes if name in stage.touched}
    new = [name for name in stage.nodes if name not in before]
    return dict.fromkeys(new or stage.nodes, "feature")


def _taken(stage: ExpansionStage, touched: Collection[str], before: Collection[str]) -> list[str]:
    """What the decorator worked on: what is gone or changed, or else everything there was."""
    return [name for name in before if name not in stage.nodes or name in touched] or list(before)


def _pale(node: DrawnNode) -> DrawnNode:
    return DrawnNode(node.name, node.role, node.type_text, label=node.label, public=False, group=node.group)
