"""Nodes and steps as small tables for notebooks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from featurecat.definition.node import Node
from featurecat.definition.types import type_text
from featurecat.graph.render.page import to_table

__all__ = ["node_table", "step_table"]


def node_table(node: Node) -> str:
    """What is known about a node, as HTML.

    Args:
        node: The node.

    Returns:
        A table of the facts that there are.

    Example:
        >>> from featurecat.definition.node import Node
        >>> "avg_spend" in node_table(Node("avg_spend", float, float, ()))
        True
    """
    return to_table(("", node.name), _facts(node))


def _facts(node: Node) -> Iterator[tuple[str, str]]:
    metadata = node.metadata
    file, line = node.place
    facts = {
        "kind": str(node.role),
        "type": type_text(node.type),
        "owner": ", ".join(metadata.owner),
        "entity": ", ".join(metadata.entity or ()),
        "unit": metadata.unit,
        "status": metadata.status,
        "tags": ", ".join(f"{key}={'/'.join(values)}" for key, values in node.tags.items()),
        "takes": ", ".join(f"{one.name} (optional)" if one.optional else one.name for one in node.dependencies),
        "defined": None if file is None else f"{file}:{line}",
        "documentation": (node.documentation or "").strip(),
    }
    yield from ((name, fact) for name, fact in facts.items() if fact)


def step_table(steps: Iterable[Node], given: Iterable[str]) -> str:
    """The steps of a plan in order, as HTML.

    Args:
        steps: The nodes that are computed.
        given: Names of what is given.

    Example:
        >>> from featurecat.definition.node import Node
        >>> "given: spend" in step_table([Node("avg_spend", float, float, ())], ["spend"])
        True
    """
    rows = (
        (number, node.name, str(node.role), type_text(node.type), ", ".join(one.name for one in node.dependencies))
        for number, node in enumerate(steps, 1)
    )
    caption = f"given: {', '.join(given) or 'nothing'}"
    return to_table(("step", "node", "kind", "type", "takes"), rows, caption=caption)
