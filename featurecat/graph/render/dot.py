"""A drawing as DOT text, in the look people know from Hamilton; no Graphviz package is needed to write it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from html import escape
from typing import Final

from featurecat.errors import RequestError, did_you_mean
from featurecat.graph.render.drawing import ORIENTATIONS, ROLES, Drawing, DrawnEdge, DrawnNode, one_line

__all__ = ["to_dot"]

_FONT: Final = "Helvetica"
_SHAPES: Final = {
    "feature": {"shape": "rect", "style": "rounded,filled", "fillcolor": "#b4d8e4"},
    "frame": {"shape": "rect", "style": "rounded,filled", "fillcolor": "#d4e8c9", "peripheries": "2"},
    "raw": {"shape": "rect", "style": "rounded,filled,dotted", "fillcolor": "#e8eff2"},
    "validator": {"shape": "octagon", "style": "filled", "fillcolor": "#e6e0ef"},
    "input": {"shape": "rect", "style": "dashed"},
    "config": {"shape": "note", "style": "filled", "fillcolor": "#f5f0d8"},
    "source": {"shape": "cylinder", "style": "filled", "fillcolor": "#ead9c6"},
}
_MARKS: Final = {
    "output": {"fillcolor": "#FFC857"},
    "override": {"style": "filled,diagonals"},
    "path": {"color": "red", "penwidth": "2"},
}


@dataclass(frozen=True, slots=True)
class _InputBox:
    """The inputs that ``consumers`` take, drawn as one table."""

    identity: str
    rows: tuple[tuple[DrawnNode, bool], ...]
    consumers: tuple[str, ...]

    @property
    def optional(self) -> bool:
        return all(optional for _, optional in self.rows)


def to_dot(
    drawing: Drawing,
    *,
    orient: str | None = None,
    hide_inputs: bool = False,
    deduplicate_inputs: bool = False,
    show_legend: bool = True,
    group_modules: bool = False,
) -> str:
    """Write a drawing as DOT.

    Args:
        drawing: What to draw.
        orient: Where the edges point: ``LR``, ``TB``, ``RL`` or ``BT``; by default as the drawing says.
        hide_inputs: Leave the inputs out.
        deduplicate_inputs: Draw one box for all functions that take the same inputs instead of one for each.
        show_legend: Explain the roles that occur.
        group_modules: Draw a frame around the nodes of one group.

    Returns:
        The same text for the same drawing, always; one statement a line.

    Raises:
        RequestError: Code ``invalid-option``, when ``orient`` is none of the four.

    Example:
        >>> nodes = (DrawnNode("spend", "input", "Series"), DrawnNode("avg_spend", "feature", "Series"))
        >>> dot = to_dot(Drawing(nodes, (DrawnEdge("spend", "avg_spend"),)), show_legend=False)
        >>> print(dot.splitlines()[-2])
          "_avg_spend_inputs" -> "avg_spend";
    """
    orientation = _orientation(orient or drawing.orientation)
    if hide_inputs:
        drawing = drawing.without("input")
    boxes = _input_boxes(drawing, deduplicate=deduplicate_inputs)
    boxed = {node.name for box in boxes for node, _ in box.rows}
    alone = replace(drawing, nodes=tuple(node for node in drawing.nodes if node.name not in boxed))

    lines = ["digraph {", *_defaults(drawing.title, orientation), *_node_lines(alone, group_modules=group_modules)]
    lines += [f"  {_quoted(box.identity)} {_attributes(_SHAPES['input'], _table(box))};" for box in boxes]
    if show_legend:
        lines += _legend(drawing)
    lines += [_edge_line(edge, alone) for edge in alone.drawn_edges()]
    lines += [_edge_line(DrawnEdge(box.identity, name, box.optional), alone) for box in boxes for name in box.consumers]
    return "\n".join([*lines, "}", ""])


def _orientation(wish: str) -> str:
    if wish not in ORIENTATIONS:
        hint = did_you_mean(wish, ORIENTATIONS) or f"use {', '.join(ORIENTATIONS)}"
        raise RequestError(f"{wish!r} is not an orientation", hint=hint)
    return wish


def _input_boxes(drawing: Drawing, *, deduplicate: bool) -> list[_InputBox]:
    """Unmarked inputs that something takes, a box for each consumer or for each set of inputs."""
    inputs = {node.name: node for node in drawing.nodes if node.role == "input" and node.mark is None}
    taken: dict[str, dict[str, bool]] = {}
    for edge in drawing.drawn_edges():
        if edge.parent in inputs:
            taken.setdefault(edge.child, {})[edge.parent] = edge.optional
    consumers: dict[object, list[str]] = {}
    for consumer, needs in taken.items():
        consumers.setdefault(frozenset(needs.items()) if deduplicate else consumer, []).append(consumer)
    identities = _Identities(node.name for node in drawing.nodes)
    return [
        _InputBox(
            identity=identities.new(f"_{members[0]}_inputs"),
            rows=tuple((inputs[name], optional) for name, optional in taken[members[0]].items()),
            consumers=tuple(members),
        )
        for members in consumers.values()
    ]


class _Identities:
    """Keeps the names of boxes and legend entries apart from those of nodes."""

    def __init__(self, taken: Iterable[str]) -> None:
        self.taken = set(taken)

    def new(self, wish: str) -> str:
        while wish in self.taken:
            wish = f"_{wish}"
        self.taken.add(wish)
        return wish


# --- statements ----------------------------------------------------------------------------------


def _defaults(title: str | None, orientation: str) -> Iterator[str]:
    graph = {"rankdir": orientation, "ranksep": "0.4", "compound": "true", "concentrate": "true", "fontname": _FONT}
    if title:
        graph |= {"label": _escaped(one_line(title)), "labelloc": "t"}
    yield f"  graph {_attributes(graph)};"
    yield f"  node {_attributes({'fontname': _FONT, 'margin': '0.15'})};"
    yield f"  edge {_attributes({'fontname': _FONT})};"


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


def _node(node: DrawnNode) -> str:
    look = dict(_SHAPES.get(node.role, _SHAPES["feature"]))
    if node.mark:
        look |= _MARKS[node.mark]
        if node.mark == "output" and "filled" not in look["style"]:
            look["style"] += ",filled"
    if not node.public:
        look["fontcolor"] = "gray40"
    if node.doc:
        look["tooltip"] = _escaped(node.doc)
    kind = f"<br /><i>{escape(node.shown_type)}</i>" if node.shown_type else ""
    return f"{_quoted(node.name)} {_attributes(look, f'<b>{escape(node.shown_name)}</b>{kind}')};"


def _edge_line(edge: DrawnEdge, drawing: Drawing) -> str:
    marks = {node.name for node in drawing.nodes if node.mark == "path"}
    look = {"style": "dashed"} if edge.optional else {}
    if edge.parent in marks and edge.child in marks:
        look |= {"color": "red"}
    return f"  {_quoted(edge.parent)} -> {_quoted(edge.child)}{' ' + _attributes(look) if look else ''};"


def _table(box: _InputBox) -> str:
    rows = "".join(
        f"<tr><td>{escape(node.shown_name)}</td><td>{escape(_with_optional(node.shown_type, optional))}</td></tr>"
        for node, optional in box.rows
    )
    return f'<table border="0">{rows}</table>'


def _with_optional(kind: str, optional: bool) -> str:
    return ", ".join(part for part in (kind, "optional" if optional else "") if part)


def _legend(drawing: Drawing) -> Iterator[str]:
    roles = {node.role for node in drawing.nodes}
    marks = {node.mark for node in drawing.nodes}
    looks: dict[str, dict[str, str]] = {role: _SHAPES[role] for role in ROLES if role in roles}
    looks |= {mark: _SHAPES["feature"] | look for mark, look in _MARKS.items() if mark in marks}
    if not looks:
        return
    identities = _Identities(node.name for node in drawing.nodes)
    yield '  subgraph "cluster__legend" {'
    yield f"    graph {_attributes({'label': 'Legend', 'rank': 'same'})};"
    for word, look in looks.items():
        yield f"    {_quoted(identities.new(f'_legend_{word}'))} {_attributes(look, word)};"
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
