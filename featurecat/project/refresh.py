"""Keeps the catalog in step with snapshots and manifests; imports no user code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from featurecat.catalog.build import BUILDER, build_catalog
from featurecat.catalog.canonical import EncodedTables
from featurecat.catalog.connection import Connection
from featurecat.catalog.locks import catalog_lock
from featurecat.catalog.manifests import IndexedManifest, held_definitions, indexed_manifests
from featurecat.catalog.snapshot import list_snapshots, newest_row, read_newest_snapshot
from featurecat.clock import Clock
from featurecat.errors import CatalogError, Problem, StoreError
from featurecat.project.diff.history import history_rows
from featurecat.storage.layout import ManifestFile, Store, list_manifests
from featurecat.storage.manifest import quarantine_manifest, read_manifest

__all__ = ["Refreshed", "refresh_catalog"]


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh did.

    Attributes:
        built: Whether this process built the catalog; otherwise another one is at it.
        warnings: What was set aside on the way, by path.
    """

    built: bool
    warnings: tuple[Problem, ...] = ()


def refresh_catalog(store: Store, clock: Clock, *, newest: EncodedTables | None = None) -> Refreshed:
    """Rebuild the catalog from the newest snapshot and all manifests.

    What an intact catalog already holds is not read again: manifests, and the newest snapshot. A manifest that cannot
    be read is moved to quarantine. While another process builds, nothing is done: that process looks again when it
    has finished.

    Args:
        store: The store.
        clock: Tells the time.
        newest: What the newest snapshot holds, where the caller has just written or compared it.

    Raises:
        CatalogError: When the catalog cannot be built or written.
        StoreError: When a manifest comes from a newer featurecat.
    """
    warnings: list[Problem] = []
    built = False
    while True:
        before = _state(store)
        with catalog_lock(store.locks / "catalog.lock") as held:
            if not held:
                return Refreshed(built, tuple(warnings))
            before = _state(store)
            _build(store, clock, warnings, newest)
            built = True
        # what came in while the lock was held, found its lock taken and relies on this second look
        if _state(store) == before:
            return Refreshed(built, tuple(warnings))


def _state(store: Store) -> tuple[frozenset[ManifestFile], frozenset[str]]:
    manifests = frozenset(list_manifests(store))
    snapshots = (
        frozenset(path.name for path in store.snapshots.glob("*.json")) if store.snapshots.is_dir() else frozenset()
    )
    return manifests, snapshots


def _build(store: Store, clock: Clock, warnings: list[Problem], newest: EncodedTables | None) -> None:
    known = indexed_manifests(store.catalog)
    held = held_definitions(store.catalog, BUILDER)
    if known or held is not None:
        try:
            _build_over(store, clock, warnings, known, newest, held)
            return
        except CatalogError as error:
            if error.code != "catalog-unusable":
                raise
            # it opens, but cannot be read through: damage inside
            warnings.append(_damaged(store))
    else:
        warnings += _damage(store)
    _build_over(store, clock, warnings, {}, newest, None)


def _build_over(
    store: Store,
    clock: Clock,
    warnings: list[Problem],
    known: dict[str, tuple[int, int]],
    newest: EncodedTables | None,
    held: str | None,
) -> None:
    """Build, taking the runs in ``known`` manifests, and the definitions that are ``held``, from the catalog before."""
    row = newest_row(store.snapshots)
    definitions: Mapping[str, Sequence[Mapping[str, Any]]] | EncodedTables | None = None
    copied = held is not None and row is not None and row.content_hash == held
    if not copied and newest is not None and row is not None and row.content_hash == newest.content_hash:
        definitions = newest
    elif not copied:
        snapshot, problems = read_newest_snapshot(store.snapshots)
        warnings += problems
        definitions = snapshot.tables if snapshot is not None else {}
    found = [
        manifest
        for listed in list_manifests(store)
        if (manifest := _indexed(store, listed, known, warnings)) is not None
    ]
    snapshots = list_snapshots(store.snapshots).rows
    build_catalog(
        store.catalog,
        definitions,
        found,
        snapshots=snapshots,
        history=history_rows(store, snapshots),
        clock=clock,
        previous=store.catalog if known or copied else None,
    )


def _damaged(store: Store) -> Problem:
    message = f"the catalog {store.catalog} was damaged and has been rebuilt"
    return Problem("catalog-unusable", message, hint="nothing is lost: it is made of snapshots and manifests")


def _damage(store: Store) -> list[Problem]:
    """The warning that what lies in the catalog's place is none; one of another version is sound."""
    if not store.catalog.is_file():
        return []
    try:
        Connection.open(store.catalog, expect_version=False).close()
    except CatalogError:
        return [_damaged(store)]
    return []


def _indexed(
    store: Store, listed: ManifestFile, known: dict[str, tuple[int, int]], warnings: list[Problem]
) -> IndexedManifest | None:
    if known.get(listed.file) == (listed.size, listed.mtime_ns):
        return IndexedManifest(listed.file, listed.size, listed.mtime_ns, None)
    path: Path = store.root / listed.file
    try:
        return IndexedManifest(listed.file, listed.size, listed.mtime_ns, read_manifest(path))
    except StoreError as error:
        if error.code != "manifest-unusable":
            raise
        warnings.append(quarantine_manifest(store, path, error.problems[0].message))
    if path.exists():  # a store that cannot be written keeps it in place
        return IndexedManifest(listed.file, listed.size, listed.mtime_ns, None, unreadable=True)
    return None
