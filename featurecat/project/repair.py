"""Rebuilds a catalog that is missing or damaged; loaded only when that happens."""

from __future__ import annotations

from featurecat.clock import Clock
from featurecat.errors import CatalogError, Problem
from featurecat.project.discover import Project
from featurecat.project.refresh import refresh_catalog
from featurecat.storage.layout import list_manifests

#: How long another process that builds the catalog is waited for: 200 times 50 ms.
_PATIENCE = 200
_PAUSE = 0.05

__all__ = ["rebuild"]


def rebuild(project: Project, clock: Clock, cause: CatalogError) -> list[Problem]:
    """Rebuild the catalog from the newest snapshot and the manifests.

    Args:
        project: The project.
        clock: Tells the time.
        cause: Why the catalog could not be opened.

    Returns:
        Warnings: that a damaged catalog was replaced, and what else was set aside.

    Raises:
        CatalogError: ``cause``, when there is nothing to rebuild from.
    """
    store = project.store
    snapshots = sorted(store.snapshots.glob("*.json")) if store.snapshots.is_dir() else []
    if not snapshots and not list_manifests(store):
        raise cause
    return list(refresh_catalog(store, clock).warnings)
