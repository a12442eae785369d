"""Which manifest files a catalog holds, and which of them count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from featurecat.catalog.connection import Connection, sql_text
from featurecat.errors import CatalogError
from featurecat.records import Manifest

__all__ = [
    "IndexedManifest",
    "ManifestRow",
    "SortedOut",
    "held_definitions",
    "held_manifests",
    "indexed_manifests",
    "sort_out",
]

_DUPLICATE = "duplicate"
_UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class IndexedManifest:
    """A manifest file of the store.

    Attributes:
        file: Path relative to the store, with forward slashes.
        size: Size in bytes.
        mtime_ns: Modification time in nanoseconds since the epoch.
        manifest: What it says; None when it cannot be read, or when the catalog before already holds it.
        unreadable: True when it cannot be read and still lies in its place.
    """

    file: str
    size: int
    mtime_ns: int
    manifest: Manifest | None = None
    unreadable: bool = False

    @property
    def copied(self) -> bool:
        """Whether its rows have to come from the catalog before."""
        return self.manifest is None and not self.unreadable


@dataclass(frozen=True, slots=True)
class ManifestRow:
    """A row of the table ``manifests``."""

    file: str
    size: int
    mtime_ns: int
    run_id: str | None
    status: str

    def as_dict(self) -> dict[str, Any]:
        """The row column by column."""
        return asdict(self)


def indexed_manifests(path: Path) -> dict[str, tuple[int, int]]:
    """The manifest files a catalog already holds, with size in bytes and modification time in nanoseconds.

    A file that is still the same may be given to ``build_catalog`` without its content.

    Args:
        path: A catalog, which may be absent, damaged or of another version: then the answer is empty.
    """
    try:
        with Connection.open(path) as catalog:
            held = held_manifests(catalog, "manifests")
    except (CatalogError, duckdb.Error):
        return {}
    return {row.file: (row.size, row.mtime_ns) for row in held.values()}


def held_definitions(path: Path, builder: str) -> str | None:
    """The content hash of the snapshot whose definitions a catalog holds, so that they need not be loaded again.

    Args:
        path: A catalog, which may be absent, damaged or of another version: then the answer is None.
        builder: What would build now; another one may make other rows of a snapshot.
    """
    statement = (
        "SELECT d.snapshot_hash FROM private.definition_hashes d, catalog_versions v"
        f" WHERE v.builder = {sql_text(builder)}"
    )
    try:
        with Connection.open(path) as catalog:
            rows = catalog.fetch(statement).rows
    except (CatalogError, duckdb.Error):
        return None
    return rows[0][0] if rows else None


def held_manifests(catalog: Connection, table: str) -> dict[str, ManifestRow]:
    """The rows of a table ``manifests`` by file, without second files of one run.

    The runs of those were dropped, so they have to be read again should the first file go.

    Raises:
        duckdb.Error: When the table cannot be read.
    """
    statement = f"SELECT file, size, mtime_ns, run_id, status FROM {table} WHERE status <> '{_DUPLICATE}'"
    return {row[0]: ManifestRow(*row) for row in catalog.fetch(statement).rows}


@dataclass(frozen=True, slots=True)
class SortedOut:
    """What becomes of the manifests of a store.

    Attributes:
        rows: The table ``manifests``, in order of the files' names.
        copied: Ids of the runs whose rows come from the catalog before.
        fresh: File and content of the others that count.
    """

    rows: list[ManifestRow]
    copied: list[str]
    fresh: list[tuple[str, Manifest]]


def sort_out(manifests: Iterable[IndexedManifest], before: Mapping[str, ManifestRow]) -> SortedOut:
    """Decide which manifests count, and where their rows come from; of several files of one run the first counts.

    Args:
        manifests: Every manifest file of the store.
        before: What the catalog before holds, by file.

    Raises:
        CatalogError: When a file comes without content and is not in ``before`` as it is now.
    """
    answer = SortedOut([], [], [])
    seen: set[str] = set()
    for indexed in sorted(manifests, key=lambda one: one.file):
        row = _described(indexed, before.get(indexed.file))
        run_id = row.run_id
        if run_id is not None and run_id in seen:
            row = ManifestRow(row.file, row.size, row.mtime_ns, run_id, _DUPLICATE)
        elif run_id is not None:
            seen.add(run_id)
            if indexed.manifest is None:
                answer.copied.append(run_id)
            else:
                answer.fresh.append((indexed.file, indexed.manifest))
        answer.rows.append(row)
    return answer


def _described(indexed: IndexedManifest, before: ManifestRow | None) -> ManifestRow:
    if indexed.unreadable:
        return ManifestRow(indexed.file, indexed.size, indexed.mtime_ns, None, _UNREADABLE)
    if indexed.manifest is not None:
        return ManifestRow(
            indexed.file, indexed.size, indexed.mtime_ns, indexed.manifest.run_id, indexed.manifest.status
        )
    if before is None or (before.size, before.mtime_ns) != (indexed.size, indexed.mtime_ns):
        raise CatalogError(
            "the catalog before does not hold this manifest",
            file=indexed.file,
            hint="build again with the content of all manifests",
        )
    return before
