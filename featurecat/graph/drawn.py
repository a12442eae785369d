"""A graph, or a part of it, as a drawing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Final, TypeAlias

from featurecat.definition.node import Dependency, Node, Role
from featurecat.definition.parallel import collects, expands
from featurecat.definition.types import type_text
from featurecat.graph.graph import Graph
from featurecat.graph.render.drawing import Drawing, DrawnEdge, DrawnNode, Mark, Style

__all__ = ["Restyle", "checks_of", "draw", "drawn_role", "neighbourhood"]

#: Tags of nodes that load or save, and of what does it for them.
_MATERIALIZING: Final = frozenset({"featurecat.data_loader", "featurecat.data_saver"})
_ADAPTER: Final = "featurecat.adapter"

#: Gives a node, shown in a role, another role or a look of its own; None leaves it as it is.
Restyle: TypeAlias = "Callable[[Node, str], tuple[str, Style] | None]"


def draw(
    graph: Graph,
    names: Iterable[str],
    *,
    marks: Mapping[str, Mark] | None = None,
    title: str | None = None,
    fold_checks: bool = False,
    show_schema: bool = True,
    restyle: Restyle | None = None,
) -> Drawing:
    """The part of a graph that holds ``names``, in graph order.

    Args:
        graph: The graph.
        names: Which nodes to draw; edges between them are drawn with them.
        marks: Why some of them stand out.
        title: A caption.
        fold_checks: Draw a checked feature as one node that says what is checked, without the nodes that check.
        show_schema: Draw the columns of frames that declare them.
        restyle: Gives nodes looks of their own.
    """
    marks = marks or {}
    chosen = set(names)
    kept = [name for name, mark in marks.items() if mark != "path"]
    folded = checks_of(graph, chosen, keep=kept) if fold_checks else {}
    nodes: list[DrawnNode] = []
    edges: list[DrawnEdge] = []
    for name, node in graph.nodes.items():
        if name not in chosen:
            continue
        owner = folded.get(name, name)
        if owner == name:
            checks = tuple(spec.kind for spec in node.expectations) if name in folded.values() else ()
            nodes.append(_drawn(node, marks.get(name), checks, show_schema=show_schema, restyle=restyle))
        for argument in node.arguments:
            if type(argument) is Dependency and argument.name in chosen:
                parent = folded.get(argument.name, argument.name)
                if parent != owner:
                    edges.append(DrawnEdge(parent, owner, argument.optional))
    return Drawing(tuple(nodes), tuple(edges), title)


def _drawn(
    node: Node, mark: Mark | None, checks: tuple[str, ...], *, show_schema: bool, restyle: Restyle | None
) -> DrawnNode:
    role, style = drawn_role(node), None
    if restyle is not None and (found := restyle(node, role)) is not None:
        role, style = found
    return DrawnNode(
        node.name,
        role,
        _type_text(node),
        label=_label(node),
        public=node.public,
        group=None if node.defined is None else node.defined.module,
        doc=(node.documentation or "").strip().partition("\n")[0] or None,
        mark=mark,
        columns=tuple(node.schema) if show_schema else (),
        checks=checks,
        style=style,
    )


def drawn_role(node: Node) -> str:
    """As what a node is drawn: its role, or what it does beside computing a feature."""
    if not _MATERIALIZING.isdisjoint(node.tags):
        return "materializer"
    if node.role not in (Role.FEATURE, Role.FRAME):
        return str(node.role)
    if expands(node.type):
        return "expand"
    if any(type(argument) is Dependency and collects(argument.type) for argument in node.arguments):
        return "collect"
    return str(node.role)


def _type_text(node: Node) -> str | None:
    """The type of its value, of what loads or saves the name of that; nothing where a given value may be anything."""
    if _ADAPTER in node.tags:
        return " ".join(node.tags[_ADAPTER])
    return None if node.given and node.type is Any else type_text(node.type)


def _label(node: Node) -> str | None:
    """The name to show where it is not the node's own: ``display_name``, and the keys that chose this variant."""
    shown = " ".join(node.tags.get("display_name", ())) or node.name
    keys = dict.fromkeys(clause.key for clause in sorted(node.condition, key=str))
    label = f"{shown}: {', '.join(keys)}" if keys else shown
    return None if label == node.name else label


def checks_of(graph: Graph, names: Collection[str], keep: Collection[str] = ()) -> dict[str, str]:
    """What only checks a feature, with the feature: its unchecked value and its validators.

    Args:
        graph: The graph.
        names: Which nodes to look at.
        keep: Nodes that stay by themselves.

    Returns:
        Name of a node that is folded away to the name of the feature it is folded into.
    """
    nodes = graph.nodes
    folded: dict[str, str] = {}
    for name, node in nodes.items():
        if node.raw is None or name not in names:
            continue
        for argument in node.arguments:
            if type(argument) is not Dependency or argument.name not in names or argument.name in keep:
                continue
            if argument.name == node.raw or (argument.name in nodes and nodes[argument.name].role is Role.VALIDATOR):
                folded[argument.name] = name
    for name in list(folded):  # a value that is checked twice
        while folded[name] in folded:
            folded[name] = folded[folded[name]]
    return folded


def neighbourhood(graph: Graph, starts: Iterable[str], hops: int | None, *, up: bool, down: bool) -> dict[str, int]:
    """What lies around some nodes; what checks a feature is as far away as the feature.

    Args:
        graph: The graph.
        starts: Where to begin.
        hops: How many steps to go; None goes all the way.
        up: Whether to walk to what feeds a node.
        down: Whether to walk to what a node feeds.

    Returns:
        Names with the number of steps to each.
    """
    reached = dict.fromkeys(starts, 0)
    for wanted, neighbours in ((up, graph.walk_up), (down, graph.children.__getitem__)):
        found = dict.fromkeys(starts, 0) if wanted else {}
        level = list(found)
        distance = 0
        while level:
            further: list[str] = []
            for name in level:  # grows by what only checks: that takes no step
                for other in neighbours(name):
                    if other in found:
                        continue
                    if _checks(graph, name, other):
                        found[other] = distance
                        level.append(other)
                    elif hops is None or distance < hops:
                        found[other] = distance + 1
                        further.append(other)
            level = further
            distance += 1
        reached = {**found, **reached}
    return reached


def _checks(graph: Graph, one: str, other: str) -> bool:
    """Whether two neighbours belong to one checked feature."""
    first, second = graph.nodes[one], graph.nodes[other]
    return other == first.raw or one == second.raw or Role.VALIDATOR in (first.role, second.role)
