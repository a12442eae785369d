"""A drawing as DOT text, in the look people know from Hamilton; no Graphviz package is needed to write it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, Final

from featurecat.errors import RequestError, did_you_mean
from featurecat.graph.render.drawing import GIVEN_ROLES, Drawing, DrawnEdge, DrawnNode, one_line
from featurecat.graph.render.gathering import Identities, InputBox, gather_inputs
from featurecat.graph.render.looks import legend_entries

__all__ = ["to_dot"]

_FONT: Final = "Helvetica"
_SHAPES: Final = {
    "feature": {"shape": "rect", "style": "rounded,filled", "fillcolor": "#b4d8e4"},
    "frame": {"shape": "rect", "style": "rounded,filled", "fillcolor": "#d4e8c9", "peripheries": "2"},
    "raw": {"shape": "rect", "style": "rounded,filled,dotted", "fillcolor": "#e8eff2"},
    "validator": {"shape": "octagon", "style": "filled", "fillcolor": "#e6e0ef"},
    "expand": {
        "shape": "rect",
        "style": "rounded,filled",
        "fillcolor": "#b4d8e4",
        "peripheries": "2",
        "color": "green",
    },
    "collect": {"shape": "rect", "style": "rounded,filled", "fillcolor": "#b4d8e4", "peripheries": "2", "color": "red"},
    "input": {"shape": "rect", "style": "dashed"},
    "config": {"shape": "note", "style": "filled", "fillcolor": "#f5f0d8"},
    "source": {"shape": "cylinder", "style": "filled", "fillcolor": "#ead9c6"},
    "materializer": {"shape": "cylinder", "style": "filled", "fillcolor": "#dfe4fd"},
    "modifier": {"shape": "rect", "style": "filled", "fillcolor": "#f6dfe9"},
}
_MARKS: Final = {
    "output": {"fillcolor": "#FFC857"},
    "override": {"style": "filled,diagonals"},
    "path": {"color": "red", "penwidth": "2"},
}


#: What ``graphviz_kwargs`` may hold, and the statement each of them goes into.
_STATEMENTS: Final = {"graph_attr": "graph", "node_attr": "node", "edge_attr": "edge"}


def to_dot(
    drawing: Drawing,
    *,
    orient: str | None = None,
    hide_inputs: bool = False,
    deduplicate_inputs: bool = False,
    show_legend: bool = True,
    group_modules: bool = False,
    attributes: Mapping[str, Any] | None = None,
) -> str:
    """Write a drawing as DOT.

    Args:
        drawing: What to draw.
        orient: Where the edges point: ``LR``, ``TB``, ``RL`` or ``BT``; by default as the drawing says.
        hide_inputs: Leave the inputs out.
        deduplicate_inputs: Draw one box for all functions that take the same inputs instead of one for each.
        show_legend: Explain the roles that occur.
        group_modules: Draw a frame around the nodes of one group.
        attributes: Graphviz attributes for everything: ``graph_attr``, ``node_attr`` and ``edge_attr``, each a
            mapping.

    Returns:
        The same text for the same drawing, always; one statement a line.

    Raises:
        RequestError: Code ``invalid-option``, when ``orient`` is none of the four or ``attributes`` holds another
            name.

    Example:
        >>> nodes = (DrawnNode("spend", "input", "Series"), DrawnNode("avg_spend", "feature", "Series"))
        >>> dot = to_dot(Drawing(nodes, (DrawnEdge("spend", "avg_spend"),)), show_legend=False)
        >>> print(dot.splitlines()[-2])
          "_avg_spend_inputs" -> "avg_spend";
    """
    orientation = drawing.pointing(orient).orientation if orient else drawing.orientation
    if hide_inputs:
        drawing = drawing.without("input")
    boxes, alone = gather_inputs(drawing, deduplicate=deduplicate_inputs)
    lines = [
        "digraph {",
        *_defaults(drawing, orientation, attributes or {}),
        *_node_lines(alone, group_modules=group_modules),
    ]
    lines += [f"  {_quoted(box.identity)} {_attributes(_SHAPES['input'], _table(box))};" for box in boxes]
    if show_legend:
        lines += _legend(drawing)
    looks = {node.name: node for node in alone.nodes}
    lines += [_edge_line(edge, looks) for edge in alone.drawn_edges()]
    lines += [_edge_line(DrawnEdge(box.identity, name, box.optional), looks) for box in boxes for name in box.consumers]
    return "\n".join([*lines, "}", ""])


# --- statements ----------------------------------------------------------------------------------


def _defaults(drawing: Drawing, orientation: str, attributes: Mapping[str, Any]) -> Iterator[str]:
    graph = {"rankdir": orientation, "ranksep": "0.4", "compound": "true", "concentrate": "true", "fontname": _FONT}
    caption = [one_line(text) for text in (drawing.title, drawing.note) if text]
    if caption:
        graph |= {"label": _escaped("\n".join(caption)), "labelloc": "t"}
    defaults = {"graph": graph, "node": {"fontname": _FONT, "margin": "0.15"}, "edge": {"fontname": _FONT}}
    for name, wishes in attributes.items():
        if name not in _STATEMENTS or not isinstance(wishes, Mapping):
            hint = (
                did_you_mean(name, _STATEMENTS) or '{"graph_attr": {"ranksep": "1"}}: graph_attr, node_attr, edge_attr'
            )
            raise RequestError(f"graphviz_kwargs[{name!r}] is not a mapping of Graphviz attributes", hint=hint)
        defaults[_STATEMENTS[name]] |= {_attribute(str(key)): _escaped(str(wish)) for key, wish in wishes.items()}
    for statement, look in defaults.items():
        yield f"  {statement} {_attributes(look)};"


def _attribute(name: str) -> str:
    """The name of a Graphviz attribute, which is written without quotes."""
    if not name.isidentifier():
        raise RequestError(f"{name!r} is not a Graphviz attribute", hint="for instance ranksep, fontsize or splines")
    return name


def _node_lines(drawing: Drawing, *, group_modules: bool) -> Iterator[str]:
    if not group_modules:
        yield from (f"  {_node(node)}" for node in drawing.nodes)
        return
    for group, nodes in drawing.groups().items():
        if group is None:
            yield from (f"  {_node(node)}" for node in nodes)
            continue
        yield f"  subgraph {_quoted(f'cluster_{group}')} {{"
        yield f"    graph {_attributes({'label': _escaped(one_line(group)), 'style': 'rounded', 'color': 'gray'})};"
        yield from (f"    {_node(node)}" for node in nodes)
        yield "  }"


def _node(node: DrawnNode, identity: str | None = None, markup: str | None = None) -> str:
    look = dict(_SHAPES.get(node.role, _SHAPES["feature"]))
    if node.mark:
        look |= _MARKS[node.mark]
        if node.mark == "output" and "filled" not in look["style"]:
            look["style"] += ",filled"
    if not node.public and node.role not in GIVEN_ROLES:
        look["fontcolor"] = "gray40"
    tooltip = "\n".join(
        [*([node.doc] if node.doc else []), *([f"checked: {', '.join(node.checks)}"] if node.checks else [])]
    )
    if tooltip:
        look["tooltip"] = _escaped(tooltip)
    if node.style is not None:
        look |= {_attribute(name): _escaped(text) for name, text in node.style.attributes}
    return f"{_quoted(identity or node.name)} {_attributes(look, markup or _label(node))};"


def _label(node: DrawnNode) -> str:
    kind = f"<br /><i>{escape(node.shown_type)}</i>" if node.shown_type else ""
    badge = f' <font color="#7a5bb0">&#10003;{len(node.checks)}</font>' if node.checks else ""
    text = f"<b>{escape(node.shown_name)}</b>{badge}{kind}"
    if not node.columns:
        return text
    rows = "".join(
        f"<tr><td>{escape(one_line(name))}</td><td>{escape(one_line(kind))}</td></tr>" for name, kind in node.columns
    )
    return f'<table border="0"><tr><td colspan="2">{text}</td></tr><hr/>{rows}</table>'


def _edge_line(edge: DrawnEdge, looks: Mapping[str, DrawnNode]) -> str:
    look = {"style": "dashed"} if edge.optional else {}
    parent, child = looks.get(edge.parent), looks.get(edge.child)
    if parent is not None and parent.role == "expand":
        look |= {"arrowhead": "crow"}
    if child is not None and child.role == "collect":
        look |= {"dir": "both", "arrowtail": "crow"}
    if parent is not None and child is not None and parent.mark == child.mark == "path":
        look |= {"color": "red"}
    return f"  {_quoted(edge.parent)} -> {_quoted(edge.child)}{' ' + _attributes(look) if look else ''};"


def _table(box: InputBox) -> str:
    rows = "".join(
        f"<tr><td>{escape(node.shown_name)}</td><td>{escape(_with_optional(node.shown_type, optional))}</td></tr>"
        for node, optional in box.rows
    )
    return f'<table border="0">{rows}</table>'


def _with_optional(kind: str, optional: bool) -> str:
    return ", ".join(part for part in (kind, "optional" if optional else "") if part)


def _legend(drawing: Drawing) -> Iterator[str]:
    entries = legend_entries(drawing.nodes)
    if not entries:
        return
    identities = Identities(node.name for node in drawing.nodes)
    yield '  subgraph "cluster__legend" {'
    yield f"    graph {_attributes({'label': 'Legend', 'rank': 'same'})};"
    for sample, word in entries:
        yield f"    {_node(sample, identities.new(f'_legend_{sample.name}'), escape(one_line(word)))}"
    yield "  }"


# --- quoting -------------------------------------------------------------------------------------


def _attributes(look: dict[str, str], markup: str | None = None) -> str:
    label = [] if markup is None else [f"label=<{markup}>"]
    return f"[{' '.join([*label, *(f'{key}={_in_quotes(text)}' for key, text in look.items())])}]"


def _quoted(name: str) -> str:
    """A name as the identity of a node, on one line."""
    visible = "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in name)
    return _in_quotes(_backslashes_doubled(visible))


def _escaped(text: str) -> str:
    """Text for a label or tooltip, with its line breaks."""
    lines = ["".join(sign if sign.isprintable() else " " for sign in line) for line in text.splitlines()]
    return "\\n".join(_backslashes_doubled(line) for line in lines)


def _backslashes_doubled(text: str) -> str:
    return text.replace("\\", "\\\\")


def _in_quotes(text: str) -> str:
    escaped = text.replace('"', '\\"')
    return f'"{escaped}"'
