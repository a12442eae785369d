"""Opens the catalog for commands that import no user code, and says when it is behind the modules."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from featurecat.catalog.catalog import Catalog
from featurecat.clock import Clock
from featurecat.errors import CatalogError, Problem
from featurecat.project.discover import Project

__all__ = ["open_catalog", "rebuild_catalog", "stale_modules"]


def open_catalog(project: Project, clock: Clock) -> tuple[Catalog, list[Problem]]:
    """The project's catalog; one that is missing or damaged is rebuilt from snapshots and manifests.

    Returns:
        The open catalog, and warnings about what had to be set aside.

    Raises:
        CatalogError: Code ``catalog-missing`` when nothing was ever indexed, ``catalog-unusable`` when it cannot
            be rebuilt.
    """
    path = project.store.catalog
    try:
        return Catalog.open(path), []
    except CatalogError as error:
        if error.code not in ("catalog-missing", "catalog-unusable"):
            raise
        warnings = rebuild_catalog(project, clock, error)
    return Catalog.open(path), warnings


def rebuild_catalog(project: Project, clock: Clock, cause: CatalogError) -> list[Problem]:
    """Rebuild the catalog; what building takes is loaded only then. See :func:`featurecat.project.repair.rebuild`."""
    from featurecat.project.repair import rebuild

    return rebuild(project, clock, cause)


def stale_modules(project: Project, modules: Sequence[Mapping[str, Any]]) -> list[str]:
    """The modules that differ from what was indexed: changed, gone, or declared since.

    Args:
        project: The project.
        modules: Rows of the view ``modules``.
    """
    stale = []
    known = {row["module"] for row in modules}
    for row in modules:
        if row["file"] is None:
            continue
        path = project.root / row["file"]
        try:
            stat = path.stat()
            same = (stat.st_size, stat.st_mtime_ns) == (row["size"], row["mtime_ns"])
            if not same and hashlib.sha256(path.read_bytes()).hexdigest() != row["content_hash"]:
                stale.append(row["module"])
        except OSError:
            stale.append(row["module"])
    declared = {name for graph in project.graph_names for name in project.modules_of(graph)}
    return [*stale, *sorted(declared - known)]
