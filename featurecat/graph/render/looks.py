"""Colours and strokes of the drawings that are SVG, for light and for dark surroundings."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Final, NamedTuple

from featurecat.graph.render.drawing import ROLES, DrawnNode, Mark, Style
from featurecat.graph.render.measure import FONT

__all__ = ["LEGEND_WORDS", "css_colour", "inline_style", "legend_entries", "style_sheet"]


class _Look(NamedTuple):
    """Fill and stroke by day and by night, and what else a style sheet says."""

    fill: str
    stroke: str
    dark_fill: str
    dark_stroke: str
    more: str = ""


_LOOKS: Final = {
    "feature": _Look("#d3e8f1", "#5b9bb3", "#1d3f4d", "#5ea4be"),
    "frame": _Look("#dcecd2", "#76a45e", "#2a4222", "#7fb565"),
    "raw": _Look("#f0f4f6", "#a3b2ba", "#222a30", "#687780", "stroke-dasharray:2 3"),
    "validator": _Look("#e8e1f3", "#9a83c6", "#362c4e", "#a28bd0"),
    "expand": _Look("#d3e8f1", "#2f9e44", "#1d3f4d", "#51cf66"),
    "collect": _Look("#d3e8f1", "#e03131", "#1d3f4d", "#ff6b6b"),
    "input": _Look("#ffffff", "#8d9ba3", "#171d22", "#7b8a93", "stroke-dasharray:5 4"),
    "config": _Look("#f8f1d2", "#c4ae4c", "#443d1c", "#c8b458"),
    "source": _Look("#f3e4d3", "#bf9263", "#47351f", "#cd9f6e"),
    "materializer": _Look("#dfe4fd", "#6d82d3", "#2b3360", "#8296e6"),
    "modifier": _Look("#f6dfe9", "#c4709a", "#4d2438", "#d585ac"),
    "output": _Look("#ffdc8a", "#cf9717", "#69490a", "#f2b63c"),
}
_INK: Final = {
    "paper": ("fill:#ffffff", "fill:#14191d"),
    "name": ("fill:#16242c", "fill:#e8eff3"),
    "type": ("fill:#51636d", "fill:#a8b7c0"),
    "pale": ("fill:#6d7d86", "fill:#93a2ab"),
    "edge": ("stroke:#8b9aa3", "stroke:#72828b"),
    "tip": ("fill:#8b9aa3", "fill:#72828b"),
    "red": ("stroke:#d6293e", "stroke:#ff6678"),
    "redtip": ("fill:#d6293e", "fill:#ff6678"),
    "cluster": ("fill:#f6f8f9;stroke:#cdd6db", "fill:#1a2126;stroke:#37434b"),
    "line": ("stroke:#16242c29", "stroke:#e8eff32e"),
    "ink": ("stroke:#16242c", "stroke:#e8eff3"),
}
_FONTS: Final = {
    "name": "font-size:13px;font-weight:600",
    "type": "font-size:11px",
    "title": "font-size:16px;font-weight:600",
    "badge": "font-size:9px;font-weight:600",
}

#: What a legend calls the kinds of nodes that do not have their own name for it.
LEGEND_WORDS: Final = {
    "raw": "unchecked value",
    "validator": "check",
    "expand": "parallelizable",
    "modifier": "decorator",
}
#: In the order in which legends list them.
_MARKS: Final[tuple[Mark, ...]] = ("output", "override", "path")

_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{3,8}|[a-zA-Z]{3,30}")
_GREY: Final = re.compile(r"gr[ae]y(\d{1,2}|100)")


def style_sheet(theme: str) -> str:
    """The style sheet of a drawing.

    Args:
        theme: ``light``, ``dark``, or ``auto`` for whichever the reader's surroundings are.

    Example:
        >>> style_sheet("light").splitlines()[3]
        '.fc-feature{stroke-width:1.2;fill:#d3e8f1;stroke:#5b9bb3}'
    """
    lines = [
        f".featurecat{{font-family:{FONT}}}",
        ".fc-edge{fill:none;stroke-width:1.2}",
        ".fc-optional{stroke-dasharray:5 4}",
    ]
    lines += _coloured(dark=theme == "dark", whole=True)
    lines += [f".fc-{name}{{{font}}}" for name, font in _FONTS.items()]
    lines.append(".fc-path{stroke-width:2.4}")
    if theme == "auto":
        lines.append(".fc-node:hover .fc-shape{stroke-width:2.4}")
        lines += ["@media (prefers-color-scheme:dark){", *_coloured(dark=True, whole=False), "}"]
    return "\n".join(lines)


def _coloured(*, dark: bool, whole: bool) -> Iterator[str]:
    for role, look in _LOOKS.items():
        fill, stroke = (look.dark_fill, look.dark_stroke) if dark else (look.fill, look.stroke)
        more = f";{look.more}" if look.more and whole else ""
        width = "stroke-width:1.2;" if whole else ""
        yield f".fc-{role}{{{width}fill:{fill};stroke:{stroke}{more}}}"
    for name, inks in _INK.items():
        yield f".fc-{name}{{{inks[dark]}}}"


def legend_entries(nodes: Iterable[DrawnNode]) -> list[tuple[DrawnNode, str]]:
    """For every kind of node that is drawn a sample and its name: roles, then marks, then looks of their own.

    Example:
        >>> [word for _, word in legend_entries([DrawnNode("a", mark="output"), DrawnNode("b", "input")])]
        ['input', 'output']
    """
    plain: set[str] = set()
    marks: set[str | None] = set()
    styles: dict[tuple[str, str], Style] = {}
    for node in nodes:
        role = node.role if node.role in ROLES else "feature"
        marks.add(node.mark)
        if node.style is not None and node.style.legend is not None:
            styles.setdefault((role, node.style.legend), node.style)
        elif node.mark != "output":
            plain.add(role)
    entries = [(DrawnNode(role, role), LEGEND_WORDS.get(role, role)) for role in ROLES if role in plain]
    entries += [(DrawnNode(mark, mark=mark), mark) for mark in _MARKS if mark in marks]
    return entries + [(DrawnNode(word, role, style=style), word) for (role, word), style in styles.items()]


def css_colour(text: str) -> str | None:
    """A Graphviz colour as CSS; None for what CSS cannot say, and for anything that is no colour.

    Example:
        >>> css_colour("#B4D8E4"), css_colour("gray40"), css_colour("0.5 0.2 0.1")
        ('#B4D8E4', '#666666', None)
    """
    if grey := _GREY.fullmatch(text):
        return "#" + f"{round(int(grey[1]) * 2.55):02x}" * 3
    return text if _COLOUR.fullmatch(text) else None


def inline_style(style: Style | None, known: Collection[str] = ("fillcolor", "color", "penwidth", "style")) -> str:
    """A look of one's own as the content of a ``style`` attribute; empty where there is nothing to say.

    Example:
        >>> inline_style(Style((("fillcolor", "red"), ("style", "filled,dashed"))))
        'fill:red;stroke-dasharray:5 4'
    """
    if style is None:
        return ""
    look = {name: text for name, text in style.attributes if name in known}
    said = []
    for name, word in (("fillcolor", "fill"), ("color", "stroke")):
        if colour := css_colour(look.get(name, "").partition(":")[0]):
            said.append(f"{word}:{colour}")
    if re.fullmatch(r"\d+(\.\d+)?", look.get("penwidth", "")):
        said.append(f"stroke-width:{look['penwidth']}")
    strokes = look.get("style", "").split(",")
    said += ["stroke-dasharray:5 4"] if "dashed" in strokes else ["stroke-dasharray:2 3"] if "dotted" in strokes else []
    return ";".join(said)
