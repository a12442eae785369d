"""``featurecat search``: features by the words that are said of them."""

from __future__ import annotations

from typing import Any

from featurecat.catalog.catalog import Catalog
from featurecat.clock import Clock
from featurecat.errors import RequestError, did_you_mean
from featurecat.project.answering import Answered, answered
from featurecat.project.discover import Project

__all__ = ["search_features"]


def search_features(project: Project, clock: Clock, term: str) -> Answered[list[dict[str, Any]]]:
    """Public features that fit the words of a term, best first; the same as the catalog's macro ``search``.

    Args:
        project: The project.
        clock: Tells the time.
        term: Words of names, documentation, tags, owners, columns or units; slips of the pen are forgiven.

    Returns:
        Rows with ``feature``, ``score`` (only its order means something), ``why`` (the field and the word that each
        word of the term met), ``summary`` and ``owner``.

    Raises:
        RequestError: When the term has no words (code ``invalid-option``) or nothing fits (``empty-selection``).
        CatalogError: When there is no catalog.
    """
    if not any(sign.isalnum() for sign in term):
        raise RequestError(
            f"there is no word in {term!r} to search for",
            code="invalid-option",
            hint="for example featurecat search 'mean delay'",
        )

    def found(catalog: Catalog) -> list[dict[str, Any]]:
        rows = catalog.search(term)
        if not rows:
            names = [row["name"] for row in catalog.list_features()]
            hint = did_you_mean(term, names) or "`featurecat list` shows what there is"
            raise RequestError(f"nothing fits {term!r}", code="empty-selection", hint=hint)
        return rows

    return answered(project, clock, found)
