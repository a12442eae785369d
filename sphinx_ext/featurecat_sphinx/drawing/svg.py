"""Laid-out graphs as inline SVG: links and text, no colours of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from featurecat_sphinx.drawing.layout import HEIGHT, Box, longest_path_ranks, placed
from featurecat_sphinx.drawing.neighbourhood import Neighbourhood

__all__ = ["MOST_IN_MODULE", "module_svg", "neighbourhood_svg"]

#: A module with more features has no picture.
MOST_IN_MODULE = 60
_CHARACTER = 6.7
_LONGEST = 30


def neighbourhood_svg(near: Neighbourhood, *, labels: Sequence[str], links: Sequence[str], kinds: Sequence[str]) -> str:
    """A picture of what is near a node.

    Args:
        near: The node and what is near it.
        labels: Name of each node of the graph.
        links: Address of each node's page, as seen from the page the picture is on.
        kinds: Short class of each node, such as ``s`` for sources; empty for none.

    Returns:
        An ``<svg>`` element; an empty text if there is nothing but the node.
    """
    if len(near.ranks) == 1:
        return ""
    up = sum(rank < 0 for rank in near.ranks.values()) + near.hidden_up
    down = sum(rank > 0 for rank in near.ranks.values()) + near.hidden_down
    about = f"Lineage of {labels[near.focus]}: {up} upstream, {down} downstream"
    notes = []
    if near.hidden_up:
        notes.append((8, "start", f"+{near.hidden_up} more upstream"))
    if near.hidden_down:
        notes.append((-8, "end", f"+{near.hidden_down} more downstream"))
    focus = {near.focus: "f"}
    return _drawn(near.ranks, near.edges, (labels, links, kinds), about=about, marked=focus, notes=notes)


def module_svg(
    nodes: Sequence[int],
    edges: Sequence[tuple[int, int]],
    *,
    labels: Sequence[str],
    links: Sequence[str],
    kinds: Sequence[str],
) -> str | None:
    """A picture of the features of a module; None if there are too many, or no edges among them.

    Args:
        nodes: The features.
        edges: Edges among them.
        labels: Name of each node of the graph.
        links: Address of each node's page, as seen from the page the picture is on.
        kinds: Short class of each node.
    """
    if len(nodes) > MOST_IN_MODULE or not edges:
        return None
    touched = {node for edge in edges for node in edge}
    shown = [node for node in nodes if node in touched]
    ranks = longest_path_ranks(shown, edges)
    about = f"{len(shown)} features of this module and how they are made of each other"
    return _drawn(ranks, edges, (labels, links, kinds), about=about)


def _drawn(
    ranks: Mapping[int, int],
    edges: Sequence[tuple[int, int]],
    about_nodes: tuple[Sequence[str], Sequence[str], Sequence[str]],
    *,
    about: str,
    marked: Mapping[int, str] | None = None,
    notes: Sequence[tuple[int, str, str]] = (),
) -> str:
    labels, links, kinds = about_nodes
    shown = {node: _short(labels[node]) for node in ranks}
    boxes, width, height = placed(
        ranks, edges, {node: round(len(text) * _CHARACTER) + 16 for node, text in shown.items()}
    )
    whole = height + (18 if notes else 0)
    parts = [
        f'<svg class="fc-dag fc-s" viewBox="0 0 {width} {whole}" width="{width}" height="{whole}" role="group" '
        f'aria-label="{escape(about)}"><path class="e" d="{"".join(_curve(boxes[a], boxes[b]) for a, b in edges)}"/>'
    ]
    for node in sorted(ranks, key=lambda node: (ranks[node], boxes[node].y)):
        box = boxes[node]
        name = (marked or {}).get(node, kinds[node])
        title = f"<title>{escape(labels[node])}</title>" if shown[node] != labels[node] else ""
        parts.append(
            f'<a href="{escape(links[node])}"{f" class={name}" if name else ""}>{title}'
            f"<rect x={box.x} y={box.y} width={box.width} />"
            f"<text x={box.x + 8} y={box.y + 16}>{escape(shown[node])}</text></a>"
        )
    for x, anchor, text in notes:
        parts.append(f'<text class="n" x="{x % width}" y="{whole - 6}" text-anchor="{anchor}">{escape(text)}</text>')
    return "".join([*parts, "</svg>"])


def _curve(source: Box, target: Box) -> str:
    """An edge with its head, from the right of one box to the left of the other; around, within a column."""
    x, y = source.x + source.width, source.y + HEIGHT // 2
    end, low = target.x, target.y + HEIGHT // 2
    if end <= x:
        bend = max(x, target.x + target.width) + 16
        return f"M{x} {y}C{bend} {y} {bend} {low} {target.x + target.width} {low}"
    middle = (x + end) // 2
    bend, rise, far = middle - x, low - y, end - x
    return f"M{x} {y}c{bend} 0 {bend} {rise} {far} {rise}m-5-3 5 3-5 3"


def _short(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    half = (_LONGEST - 1) // 2
    return f"{text[:half]}…{text[-(_LONGEST - 1 - half) :]}"
