"""Source text with its words marked, the way the theme colours code."""

from __future__ import annotations

from functools import lru_cache

from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

__all__ = ["highlighted"]

_FORMATTER = HtmlFormatter(nowrap=True)
_LEXER = PythonLexer(stripnl=False)
_LONGEST = 20_000


@lru_cache(maxsize=512)
def highlighted(text: str) -> Markup:
    """Python as HTML inside ``<pre>``; what is very long ends with a mark.

    Args:
        text: Source text.
    """
    shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}\n# … cut here"
    return Markup(highlight(shown.rstrip("\n"), _LEXER, _FORMATTER))
