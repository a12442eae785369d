"""One question to the catalog: opened, asked, asked again of a rebuilt one when it turns out to be damaged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from featurecat.catalog.catalog import Catalog
from featurecat.clock import Clock
from featurecat.errors import CatalogError, Problem
from featurecat.project.access import open_catalog, rebuild_catalog, stale_modules
from featurecat.project.discover import Project

__all__ = ["Answered", "answered"]

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Answered(Generic[Found]):
    """What the catalog answered.

    Attributes:
        found: The answer.
        notices: What to say beside it, such as that modules have changed since.
        warnings: What had to be set aside to open the catalog.
    """

    found: Found
    notices: tuple[str, ...]
    warnings: tuple[Problem, ...]


def answered(
    project: Project, clock: Clock, question: Callable[[Catalog], Found], *, runs: str = "any"
) -> Answered[Found]:
    """Ask the catalog of a project; no user code is imported.

    Args:
        project: The project.
        clock: Tells the time.
        question: Takes the open catalog, and may be called twice.
        runs: Which runs the catalog must know, as :func:`featurecat.project.access.open_catalog` takes it.

    Returns:
        The answer of ``question``, with what to say beside it.

    Raises:
        CatalogError: Code ``catalog-missing`` or ``catalog-unusable``.
        FeaturecatError: What ``question`` raises.
    """
    try:
        return _asked(project, clock, question, runs)
    except CatalogError as error:
        if error.code != "catalog-unusable":
            raise
        rebuild_catalog(project, clock, error)
        return _asked(project, clock, question, runs)


def _asked(project: Project, clock: Clock, question: Callable[[Catalog], Found], runs: str) -> Answered[Found]:
    catalog, warnings = open_catalog(project, clock, runs=runs)
    with catalog:
        stale = stale_modules(project, catalog.modules())
        notices: tuple[str, ...] = ()
        if stale:
            shown = ", ".join(stale[:3]) + (f" and {len(stale) - 3} more" if len(stale) > 3 else "")
            notices = (f"the catalog is older than {shown}: run featurecat index",)
        return Answered(question(catalog), notices, tuple(warnings))
