"""Source text with its words marked, the way the theme colours code."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from html import escape
from itertools import groupby

from markupsafe import Markup
from pygments.lexers import PythonLexer  # type: ignore[import-untyped]
from pygments.token import STANDARD_TYPES, Name, Operator, Punctuation, Text, Token, Whitespace  # type: ignore[import-untyped]

__all__ = ["DOCSTRING", "highlighted", "without_docstring"]

_LEXER = PythonLexer(stripnl=False)
_LONGEST = 20_000
#: From the beginning of a function to that of its docstring.
DOCSTRING = re.compile(r"^.*?\bdef\s.*?:[ \t]*(?:#[^\n]*)?\n\s*[rRuU]?(?P<quote>\"\"\"|'''|\"|')", re.DOTALL)
#: What themes show as the text around it: a mark would only cost bytes.
_PLAIN = frozenset((Token, Text, Whitespace, Name, Punctuation, Operator))


def without_docstring(text: str) -> str:
    r"""Source without its docstring, which a page tells above it; the same text where there is none.

    Args:
        text: Source text of a function.

    Example:
        >>> text = "def total():\n    'Sum of all.'\n    return 1"
        >>> print(without_docstring(text))
        def total():
            '…'
            return 1
    """
    found = DOCSTRING.match(text)
    if found is None:
        return text
    quote = found["quote"]
    end = text.find(quote, found.end())
    return text if end < 0 else f"{found.group()}…{text[end:]}"


@lru_cache(maxsize=512)
def highlighted(text: str) -> Markup:
    """Python as HTML inside ``<pre>``; what is very long ends with a mark.

    Args:
        text: Source text.

    Example:
        >>> highlighted("total = None")
        Markup('total = <span class="kc">None</span>')
    """
    shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}\n# … cut here"
    parts = []
    for name, group in groupby(_LEXER.get_tokens(shown.rstrip("\n")), key=lambda pair: _short_class(pair[0])):
        words = escape("".join([pair[1] for pair in group]), quote=False)
        parts.append(f'<span class="{name}">{words}</span>' if name else words)
    return Markup("".join(parts).rstrip("\n"))


@cache
def _short_class(kind: type[Token]) -> str:
    """The class that themes colour; empty for plain text."""
    while kind not in STANDARD_TYPES:
        kind = kind.parent
    return "" if kind in _PLAIN else STANDARD_TYPES[kind]
