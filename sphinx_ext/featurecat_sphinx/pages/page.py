"""A page before it is put into the theme's shell."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Page"]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the site.

    Attributes:
        address: Relative to the root of the site, with slashes.
        title: Plain text.
        description: Plain text, for search engines.
        body: HTML, with links relative to the page.
    """

    address: str
    title: str
    description: str
    body: str
