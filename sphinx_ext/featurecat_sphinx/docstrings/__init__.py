"""Docstrings to HTML: in batches, remembered, and without anything that reaches beyond the text."""

from __future__ import annotations

from featurecat_sphinx.docstrings.renderer import DocstringRenderer, DocumentedText

__all__ = ["DocstringRenderer", "DocumentedText"]
