"""A drawing as plain JSON-ready data."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from featurecat.graph.render.drawing import Drawing, DrawnNode

__all__ = ["to_document", "to_json"]


def to_document(drawing: Drawing) -> dict[str, Any]:
    """The drawing as dictionaries and lists.

    Args:
        drawing: What to write.

    Returns:
        ``title``, ``note``, ``orientation``, ``nodes`` and ``edges`` with the fields of
        :class:`~featurecat.graph.render.drawing.DrawnNode` and ``DrawnEdge``; edges between drawn nodes only.
    """
    return {
        "title": drawing.title,
        "note": drawing.note,
        "orientation": drawing.orientation,
        "nodes": [_node(node) for node in drawing.nodes],
        "edges": [asdict(edge) for edge in drawing.drawn_edges()],
    }


def _node(node: DrawnNode) -> dict[str, Any]:
    columns = [{"name": name, "type": kind} for name, kind in node.columns]
    style = None if node.style is None else {"attributes": node.style.look, "legend": node.style.legend}
    return asdict(node) | {"columns": columns, "checks": list(node.checks), "style": style}


def to_json(drawing: Drawing, *, indent: int | None = 2) -> str:
    """The drawing as JSON text.

    Args:
        drawing: What to write.
        indent: Spaces a level; None for one line.

    Returns:
        JSON with names in their own script.
    """
    return json.dumps(to_document(drawing), indent=indent, ensure_ascii=False)
