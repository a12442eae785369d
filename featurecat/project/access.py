"""Opens the catalog for commands that import no user code, and says when it is behind the modules."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from featurecat.catalog.catalog import Catalog
from featurecat.clock import Clock
from featurecat.errors import CatalogError, FeaturecatError, Problem
from featurecat.project.discover import Project
from featurecat.storage.layout import Store, list_manifests

__all__ = ["open_catalog", "rebuild_catalog", "stale_modules"]


#: How many checks may be missing from a catalog that is asked for what is published.
_MOST_BEHIND = 8
#: How much of a manifest tells its kind; its keys come in a fixed order.
_BEGINNING = 400


def open_catalog(project: Project, clock: Clock, *, runs: str = "any") -> tuple[Catalog, list[Problem]]:
    """The project's catalog; one that is missing or damaged is rebuilt from snapshots and manifests.

    Args:
        project: The project.
        clock: Tells the time.
        runs: Which runs it must know: ``any`` takes it as it is; ``published`` all but checks, in which nothing can
            have changed; ``all`` each of them. A catalog that is behind is brought up to date.

    Returns:
        The open catalog, and warnings about what had to be set aside.

    Raises:
        CatalogError: Code ``catalog-missing`` when nothing was ever indexed, ``catalog-unusable`` when it cannot
            be rebuilt.
    """
    path = project.store.catalog
    try:
        catalog = Catalog.open(path)
    except CatalogError as error:
        if error.code not in ("catalog-missing", "catalog-unusable"):
            raise
        warnings = rebuild_catalog(project, clock, error)
        return Catalog.open(path), warnings
    if runs == "any" or not _is_behind(project.store, catalog, published=runs == "published"):
        return catalog, []
    catalog.close()
    try:
        warnings = _refreshed(project, clock)
    except FeaturecatError as error:  # a store that cannot be written still answers what it knows
        warnings = list(error.problems)
    return Catalog.open(path), warnings


def _is_behind(store: Store, catalog: Catalog, *, published: bool) -> bool:
    """Whether manifests are missing from the catalog; of checks some may be, where only what is published counts."""
    known = catalog.manifest_files()
    missing = [listed.file for listed in list_manifests(store) if listed.file not in known]
    if not published or len(missing) > _MOST_BEHIND:
        return bool(missing)
    return not all(_is_check(store.root / file) for file in missing)


def _is_check(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            return b'"kind":"check"' in stream.read(_BEGINNING)
    except OSError:
        return False


def _refreshed(project: Project, clock: Clock) -> list[Problem]:
    from featurecat.project.refresh import refresh_catalog

    return list(refresh_catalog(project.store, clock).warnings)


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
