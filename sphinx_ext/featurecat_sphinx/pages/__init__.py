"""Catalog to HTML: bodies of pages, and blocks that documents embed."""

from __future__ import annotations

from featurecat_sphinx.pages.composer import Composer
from featurecat_sphinx.pages.page import Page

__all__ = ["Composer", "Page"]
