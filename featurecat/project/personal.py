"""Which nodes hold personal data: declared on a feature or on columns of a source, and carried along the edges."""

from __future__ import annotations

from collections.abc import Collection

from featurecat.definition.fingerprint import Fingerprints
from featurecat.definition.node import Dependency, Node
from featurecat.definition.reads import columns_taken, passes_through
from featurecat.graph.graph import Graph
from featurecat.project.discover import Project

__all__ = ["personal_nodes"]


def personal_nodes(project: Project, graph: Graph, fingerprints: Fingerprints) -> frozenset[str]:
    """The nodes with personal data, sources with such columns among them.

    What ``@feature(pii=…)`` or ``@tag(pii=…)`` says holds. Otherwise a node is personal when something it takes
    is: of a source only the columns its function names count, as far as its source text tells; of a frame that is
    handed on unchanged only the extracted column of that name.

    Args:
        project: Says which columns of its sources are personal.
        graph: The graph, parents first.
        fingerprints: Reads source texts.
    """
    columns = {name: frozenset(source.pii) for name, source in project.settings.sources.items() if source.pii}
    personal: set[str] = set()
    handed_on: dict[str, frozenset[str]] = {}
    for name, node in graph.nodes.items():
        declared = node.metadata.pii
        if declared is None and name not in columns:
            taken = [argument for argument in node.arguments if type(argument) is Dependency]
            declared = any(
                argument.name in personal and _carries(node, argument, columns, handed_on, fingerprints)
                for argument in taken
            )
            if declared and (source := _handed_on(node, taken, fingerprints)) in columns:
                handed_on[name] = columns[source]
        if declared or name in columns:
            personal.add(name)
    return frozenset(personal)


def _carries(
    node: Node,
    argument: Dependency,
    columns: dict[str, frozenset[str]],
    handed_on: dict[str, frozenset[str]],
    fingerprints: Fingerprints,
) -> bool:
    """Whether what ``node`` takes of a personal node is personal."""
    extracted = getattr(node.function, "column", None)
    if argument.name in handed_on and extracted is not None:
        return extracted in handed_on[argument.name]
    if argument.name not in columns or node.defined is None:
        return True
    if node.function is not node.defined.function or hasattr(node.function, "__wrapped__"):
        return True  # what really takes the frame is other code than the text shows
    text = fingerprints.text_of(node.defined.function)
    if text is None or passes_through(text.tree, argument.parameter):
        return True
    names = getattr(node.defined.function, "__globals__", {})
    taken: Collection[str] | None = columns_taken(text.tree, argument.parameter, names)
    return taken is None or bool(columns[argument.name].intersection(taken))


def _handed_on(node: Node, taken: list[Dependency], fingerprints: Fingerprints) -> str | None:
    """The source that a node hands on unchanged, or None."""
    if node.defined is None or len(taken) != 1:
        return None
    text = fingerprints.text_of(node.defined.function)
    return taken[0].name if text is not None and passes_through(text.tree, taken[0].parameter) else None
