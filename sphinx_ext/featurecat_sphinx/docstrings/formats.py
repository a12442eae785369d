"""How a docstring is written, and the same as reStructuredText."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from sphinx.ext.napoleon import Config as NapoleonConfig
from sphinx.ext.napoleon.docstring import GoogleDocstring, NumpyDocstring

__all__ = ["as_restructured_text", "format_of", "markdown_html", "plain_html"]

_NUMPY = re.compile(
    r"^[ \t]*(?:Parameters|Returns|Yields|Raises|Notes|Examples|References|See Also|Attributes)[ \t]*\n[ \t]*-{3,}[ \t]*$",
    re.MULTILINE,
)
_GOOGLE = re.compile(
    r"^[ \t]*(?:Args|Arguments|Attributes|Example|Examples|Note|Notes|Raises|Returns|References|See Also|Todo|Warning|"
    r"Warnings|Yields):[ \t]*$",
    re.MULTILINE,
)
#: Text in which no character means anything to reStructuredText, and lines that begin or end with what may.
_PLAIN = re.compile(r"[^*`|<>\[\]\\:_]*(?:\w_\w[^*`|<>\[\]\\:_]*)*")
_MEANT = re.compile(r"^(?:\s|[-+•=~#^.\"'>]|\d+[.)]|[A-Za-z][.)]\s|\()", re.MULTILINE)
_NAPOLEON = NapoleonConfig(
    napoleon_use_param=False, napoleon_use_rtype=False, napoleon_use_ivar=False, napoleon_preprocess_types=False
)


def format_of(text: str, said: str) -> str:
    r"""The format of a docstring: as said, or as it looks.

    Args:
        text: The docstring.
        said: A format; ``auto`` looks.

    Example:
        >>> format_of("Spend.", "auto"), format_of("Spend of *all*.", "auto"), format_of("A.\n\nArgs:\n    x: B.", "auto")
        ('plain', 'rst', 'google')
    """
    if said == "auto":
        if _NUMPY.search(text):
            return "numpy"
        if _GOOGLE.search(text):
            return "google"
    if said in ("auto", "rst") and _PLAIN.fullmatch(text) and not _MEANT.search(text):
        return "plain"
    return "rst" if said == "auto" else said


def as_restructured_text(text: str, kind: str) -> list[tuple[str, int]]:
    """Lines of reStructuredText, each with the line of the docstring it comes from, from 0.

    Args:
        text: The docstring.
        kind: ``rst``, ``google`` or ``numpy``.
    """
    written = text.expandtabs(4).splitlines()
    if kind == "rst":
        return [(line, place) for place, line in enumerate(written)]
    convert = GoogleDocstring if kind == "google" else NumpyDocstring
    settings: Any = _NAPOLEON
    return _traced(convert(written, settings).lines(), written)


def _traced(lines: Sequence[str], written: Sequence[str]) -> list[tuple[str, int]]:
    """Converted lines with the nearest line they can have come from: words stay in order."""
    found: list[tuple[str, int]] = []
    place = 0
    for line in lines:
        words = line.strip()
        if words:
            ahead = range(place, len(written))
            place = next((at for at in ahead if written[at].strip() and written[at].strip() in words), place)
        found.append((line, place))
    return found


def plain_html(text: str) -> str:
    r"""Paragraphs, and nothing else.

    Example:
        >>> plain_html("One & two.\n\nThree.")
        '<p>One &amp; two.</p>\n<p>Three.</p>\n'
    """
    paragraphs = [part.strip() for part in re.split(r"\n\s*\n", text)]
    return "".join(f"<p>{escape(part, quote=False)}</p>\n" for part in paragraphs if part)


def markdown_html(text: str) -> str:
    """CommonMark with tables; HTML in it is text, pictures are left out, and addresses that run code are none."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    tokens = reader.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + 2, 6)}"
    return str(reader.renderer.render(tokens, reader.options, {}))
