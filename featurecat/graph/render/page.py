"""Pages and pieces of pages: everything that comes from outside is escaped, nothing is fetched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Final

from featurecat.graph.render.drawing import Drawing, one_line
from featurecat.graph.render.looks import LEGEND_WORDS
from featurecat.graph.render.measure import FONT
from featurecat.graph.render.shapes import identifier

__all__ = ["scrolling", "to_page", "to_table"]

_STYLE: Final = f"""\
:root{{color-scheme:light dark}}
body{{font:14px/1.5 {FONT};margin:2rem auto;padding:0 1.5rem;max-width:110rem;color:#16242c;background:#ffffff}}
h1{{font-size:1.4rem}}
h2{{font-size:1.1rem;margin-top:2rem}}
.fc-scroll{{overflow:auto;border:1px solid #cdd6db;border-radius:8px}}
.fc-scroll svg{{display:block}}
table{{border-collapse:collapse;width:100%}}
th,td{{text-align:left;vertical-align:top;padding:.35rem .9rem .35rem 0;border-bottom:1px solid #cdd6db}}
th{{font-weight:600}}
code{{font-size:.92em}}
a{{color:#2a6f8d}}
:target .fc-shape{{stroke-width:3}}
@media (prefers-color-scheme:dark){{
body{{color:#e8eff3;background:#14191d}}
.fc-scroll,th,td{{border-color:#37434b}}
a{{color:#7cc3de}}
}}"""


def to_page(drawing: Drawing, svg: str, *, hide_inputs: bool = False) -> str:
    """One page that needs nothing else: the picture, and a table of its nodes.

    Args:
        drawing: What is drawn.
        svg: The picture of it.
        hide_inputs: Leave the inputs out of the table, too.

    Returns:
        HTML without scripts; it asks for nothing from anywhere.

    Example:
        >>> from featurecat.graph.render.drawing import DrawnNode
        >>> page = to_page(Drawing((DrawnNode("a<b", doc="1 < 2"),)), "<svg></svg>")
        >>> "a&lt;b" in page, "1 &lt; 2" in page, "<script" in page
        (True, True, False)
    """
    if hide_inputs:
        drawing = drawing.without("input")
    title = escape(one_line(drawing.title or "Graph of features"))
    lines = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{title}</title>",
        f"<style>\n{_STYLE}\n</style>",
        "</head>",
        "<body>",
        f"<h1>{title}</h1>",
        f'<div class="fc-scroll">{svg.rstrip()}</div>',
        f"<h2>{len(drawing.nodes):,} node{'' if len(drawing.nodes) == 1 else 's'}</h2>",
        *_table_of_nodes(drawing),
        "</body>",
        "</html>",
        "",
    ]
    return "\n".join(lines)


def _table_of_nodes(drawing: Drawing) -> Iterator[str]:
    parents: dict[str, list[str]] = {}
    for edge in drawing.drawn_edges():
        parents.setdefault(edge.child, []).append(edge.parent)
    boxed = {node.name for node in drawing.nodes if node.role == "input"}
    documented = any(node.doc for node in drawing.nodes)
    titles = ["name", "kind", "type", "module", "takes", *(["documentation"] if documented else [])]
    yield "<table>"
    yield f"<thead><tr>{''.join(f'<th>{title}</th>' for title in titles)}</tr></thead>"
    yield "<tbody>"
    for node in drawing.nodes:
        name = f"<code>{escape(node.shown_name)}</code>"
        cells = [
            name if node.name in boxed else f'<a href="#{identifier(node.name)}">{name}</a>',
            escape(one_line(LEGEND_WORDS.get(node.role, node.role))) + _checks(node.checks),
            escape(node.shown_type),
            escape(one_line(node.group or "")),
            ", ".join(f"<code>{escape(one_line(parent))}</code>" for parent in parents.get(node.name, ())),
            *([escape(one_line(node.doc or ""))] if documented else []),
        ]
        yield f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
    yield "</tbody>"
    yield "</table>"


def _checks(checks: Sequence[str]) -> str:
    return f"<br>checked: {escape(one_line(', '.join(checks)))}" if checks else ""


def scrolling(markup: str) -> str:
    """Markup in a box that scrolls where it is wider than the page."""
    return f'<div style="overflow:auto;max-height:80vh">{markup}</div>'


def to_table(titles: Sequence[str], rows: Iterable[Sequence[object]], *, caption: str = "") -> str:
    """A small table for notebooks.

    Args:
        titles: Of the columns.
        rows: Their cells, shown as text.
        caption: What the table is about.

    Returns:
        HTML with every text escaped.

    Example:
        >>> to_table(["name"], [["a<b"]])
        '<table><thead><tr><th>name</th></tr></thead><tbody><tr><td>a&lt;b</td></tr></tbody></table>'
    """
    about = f"<caption>{escape(caption)}</caption>" if caption else ""
    head = "".join(f"<th>{escape(title)}</th>" for title in titles)
    body = "".join(f"<tr>{''.join(f'<td>{escape(str(cell))}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table>{about}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
