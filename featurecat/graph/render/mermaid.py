"""A drawing as a Mermaid flowchart, for Markdown pages and reviews."""

from __future__ import annotations

import json
import string
from collections.abc import Iterator
from typing import Final

from featurecat.graph.render.drawing import Drawing, DrawnNode, one_line
from featurecat.graph.render.looks import inline_style

__all__ = ["to_mermaid"]

_SHAPES: Final = {
    "feature": ("(", ")"),
    "frame": ("[[", "]]"),
    "raw": ("(", ")"),
    "validator": ("{{", "}}"),
    "input": ("[", "]"),
    "config": (">", "]"),
    "source": ("[(", ")]"),
    "expand": ("[[", "]]"),
    "collect": ("[[", "]]"),
    "materializer": ("[(", ")]"),
    "modifier": ("[", "]"),
}
_CLASSES: Final = {
    "feature": "fill:#b4d8e4,stroke:#333,color:#000",
    "frame": "fill:#d4e8c9,stroke:#333,color:#000",
    "raw": "fill:#e8eff2,stroke:#333,color:#000,stroke-dasharray:2 2",
    "validator": "fill:#e6e0ef,stroke:#333,color:#000",
    "input": "fill:none,stroke:#333,stroke-dasharray:5 5",
    "config": "fill:#f5f0d8,stroke:#333,color:#000",
    "source": "fill:#ead9c6,stroke:#333,color:#000",
    "expand": "fill:#b4d8e4,stroke:#2f9e44,color:#000,stroke-width:2px",
    "collect": "fill:#b4d8e4,stroke:#e03131,color:#000,stroke-width:2px",
    "materializer": "fill:#dfe4fd,stroke:#333,color:#000",
    "modifier": "fill:#f6dfe9,stroke:#333,color:#000",
    "output": "fill:#FFC857,stroke:#333,color:#000",
    "override": "stroke-width:3px,stroke-dasharray:8 3",
    "path": "stroke:red,stroke-width:2px",
}
#: ASCII signs that Mermaid takes as text inside a quoted label; any other is written as a numbered entity.
_PLAIN: Final = frozenset(string.ascii_letters + string.digits + " _.,-/()")


def to_mermaid(drawing: Drawing, *, hide_inputs: bool = False, group_modules: bool = False) -> str:
    """Write a drawing as a Mermaid flowchart.

    Args:
        drawing: What to draw. Nodes get the ids ``n0``, ``n1``, … in its order, so that no name can break the syntax.
        hide_inputs: Leave the inputs out.
        group_modules: Draw a frame around the nodes of one group.

    Returns:
        The same text for the same drawing, always.

    Example:
        >>> from featurecat.graph.render.drawing import DrawnEdge
        >>> print(to_mermaid(Drawing((DrawnNode("a", "input"), DrawnNode("b")), (DrawnEdge("a", "b"),))).rstrip())
        flowchart LR
          n0["a"]:::input
          n1("b"):::feature
          n0 --> n1
          classDef feature fill:#b4d8e4,stroke:#333,color:#000
          classDef input fill:none,stroke:#333,stroke-dasharray:5 5
    """
    if hide_inputs:
        drawing = drawing.without("input")
    identities = {node.name: f"n{number}" for number, node in enumerate(drawing.nodes)}
    # JSON strings are YAML strings, which is what front matter wants
    lines = ["---", f"title: {json.dumps(one_line(drawing.title))}", "---"] if drawing.title else []
    lines += [f"flowchart {drawing.orientation}", *_nodes(drawing, identities, group_modules=group_modules)]
    for edge in drawing.drawn_edges():
        arrow = "-.->" if edge.optional else "-->"
        lines.append(f"  {identities[edge.parent]} {arrow} {identities[edge.child]}")
    used = {name for node in drawing.nodes for name in _class_names(node)}
    lines += [f"  classDef {name} {look}" for name, look in _CLASSES.items() if name in used]
    return "\n".join([*lines, ""])


def _nodes(drawing: Drawing, identities: dict[str, str], *, group_modules: bool) -> Iterator[str]:
    if not group_modules:
        yield from (f"  {_node(node, identities[node.name])}" for node in drawing.nodes)
        return
    for number, (group, nodes) in enumerate(drawing.groups().items()):
        if group is not None:
            yield f'  subgraph g{number}["{_escaped(one_line(group))}"]'
        yield from (f"  {_node(node, identities[node.name])}" for node in nodes)
        if group is not None:
            yield "  end"


def _node(node: DrawnNode, identity: str) -> str:
    opening, closing = _SHAPES.get(node.role, _SHAPES["feature"])
    lines = [node.shown_name + (f" ✓{len(node.checks)}" if node.checks else ""), node.shown_type]
    lines += [f"{one_line(name)} {one_line(kind)}".strip() for name, kind in node.columns]
    label = "<br/>".join(_escaped(line) for line in lines if line)
    role, *marks = _class_names(node)
    # the short form takes one class only
    more = [f"  class {identity} {mark}" for mark in marks]
    if own := inline_style(node.style):
        more.append(f"  style {identity} {own.replace(';', ',')}")
    return "\n".join([f'{identity}{opening}"{label}"{closing}:::{role}', *more])


def _class_names(node: DrawnNode) -> list[str]:
    role = node.role if node.role in _SHAPES else "feature"
    return [role, node.mark] if node.mark else [role]


def _escaped(text: str) -> str:
    return "".join(sign if sign in _PLAIN or ord(sign) > 127 else f"#{ord(sign)};" for sign in text)
