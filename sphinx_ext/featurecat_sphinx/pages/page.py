"""A page of the catalog, before it is put into the theme's shell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Draft", "Page"]


@dataclass(frozen=True, slots=True)
class Page:
    """A page.

    Attributes:
        address: Relative to the root of the site.
        title: Text, not yet HTML.
        description: Text for search engines.
        body: HTML.
    """

    address: str
    title: str
    description: str
    body: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A page that need not be made where it would be the same again.

    Attributes:
        address: Relative to the root of the site.
        told: Everything that decides how it looks, beside the options; None where only the page itself tells.
        make: Makes it.
    """

    address: str
    told: object
    make: Callable[[], Page]
