"""How the site is made: what ``conf.py`` says under ``fc_…``, checked once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["DOCSTRING_FORMATS", "SiteOptions"]

#: How docstrings are written; ``auto`` looks at each.
DOCSTRING_FORMATS = ("auto", "rst", "numpy", "google", "markdown", "plain")


@dataclass(frozen=True, slots=True)
class SiteOptions:
    """What a project may decide about its site.

    Attributes:
        project: Name to show.
        source_url: Address of a line of source, with ``{path}``, ``{line}`` and ``{end_line}``; empty for none.
        command: What the copied commands begin with.
        lineage_hops: Hops of the pictures on feature pages.
        lineage_nodes: Most nodes of those pictures.
        profile_values: Whether frequent values of columns are shown (never those of personal data).
        downloads: Whether the catalog can be downloaded.
        private_tags: Keys of tags that are not shown.
        badges: ``key=value`` of tags that are shown as badges, with their labels.
        feed_url: Address the site will have, for the feed of changes; empty for relative links.
    """

    project: str = "features"
    source_url: str = ""
    command: str = "featurecat"
    lineage_hops: int = 2
    lineage_nodes: int = 40
    profile_values: bool = True
    downloads: bool = True
    private_tags: tuple[str, ...] = ()
    badges: Mapping[str, str] = field(default_factory=dict)
    feed_url: str = ""
