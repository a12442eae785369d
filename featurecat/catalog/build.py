"""Builds the catalog beside the one in use and swaps it in whole, so that no reader ever sees half of one.

The caller holds the catalog lock (``locks.py``), asks ``indexed_manifests`` what need not be read again, and calls
:func:`build_catalog`. Whatever fails, the catalog before stays in place.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from featurecat import faults
from featurecat.catalog.canonical import EncodedTables
from featurecat.catalog.connection import Connection
from featurecat.catalog.load import CatalogLoad
from featurecat.catalog.manifests import IndexedManifest
from featurecat.catalog.selfcheck import check_catalog
from featurecat.catalog.snapshot import SnapshotRow
from featurecat.clock import Clock, timestamp_text
from featurecat.errors import CatalogError
from featurecat.version import VERSION

__all__ = ["BUILDER", "Built", "build_catalog"]

#: What builds, with its version: another one may make other rows of the same snapshot.
BUILDER = f"featurecat {VERSION}"


@dataclass(frozen=True, slots=True)
class Built:
    """A finished catalog: where, its content hash, rows by table, and how many manifests were not read again."""

    path: Path
    content_hash: str
    rows: Mapping[str, int]
    manifests_kept: int


def build_catalog(
    path: Path,
    definitions: Mapping[str, Sequence[Mapping[str, Any]]] | EncodedTables | None,
    manifests: Sequence[IndexedManifest],
    *,
    snapshots: Sequence[SnapshotRow],
    clock: Clock,
    previous: Path | None = None,
    history: Sequence[Mapping[str, Any]] = (),
) -> Built:
    """Build a catalog and put it in the place of the one before.

    Args:
        path: The catalog's file. Files named like it with ``.tmp`` in their ending are leftovers and removed, so only
            the holder of the catalog lock may build.
        definitions: Rows by definition table, as ``definition_tables`` or a snapshot gives them; None takes those of
            ``previous``.
        manifests: Every manifest file of the store.
        snapshots: Every snapshot of the store.
        clock: Tells the time of building.
        previous: A catalog to copy the runs of manifests from that come without content; may be ``path``.
        history: Rows of the table ``feature_history``.

    Raises:
        CatalogError: When ``previous`` lacks a manifest or turns out to be damaged (then build again with the content
            of all manifests), when the result does not pass its checks, or when it cannot be written.
    """
    staged = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove_leftovers(path)
        with Connection.create(staged) as catalog:
            load = CatalogLoad(catalog)
            if definitions is not None:
                load.definitions(definitions)
            elif previous is not None:
                load.copied_definitions(previous)
            load.snapshots(snapshots)
            load.history(history)
            load.runs(manifests, previous)
            content_hash = load.finish(built_at=timestamp_text(clock.now()), builder=BUILDER)
        faults.point("catalog.after_load", staged)
        _publish(staged, path, load.counts)
    except duckdb.Error as error:
        raise _unwritable(path, str(error).partition("\n")[0]) from error
    except OSError as error:
        raise _unwritable(path, error.strerror or str(error)) from error
    finally:
        with contextlib.suppress(OSError):  # cleaning up must not hide why the build failed
            _remove_leftovers(path)
    return Built(path, content_hash, load.counts, load.kept)


def _unwritable(path: Path, reason: str) -> CatalogError:
    return CatalogError(
        f"the catalog cannot be written: {reason}",
        code="store-unwritable",
        file=str(path),
        hint="make room or make the store writable, then run `featurecat index`",
    )


def _remove_leftovers(path: Path) -> None:
    for leftover in path.parent.iterdir():
        if leftover.name.startswith(f"{path.name}.") and ".tmp" in leftover.name:
            leftover.unlink(missing_ok=True)


def _publish(staged: Path, path: Path, counts: Mapping[str, int]) -> None:
    if staged.with_name(f"{staged.name}.wal").exists():
        raise CatalogError("the new catalog was not written out completely", file=str(staged))
    check_catalog(staged, counts, views=False)
    faults.point("catalog.after_check", staged)
    _sync(staged)
    faults.point("catalog.after_fsync", staged)
    # a catalog never has a log of its own, and a foreign one would make the new file unreadable
    path.with_name(f"{path.name}.wal").unlink(missing_ok=True)
    staged.replace(path)
    faults.point("catalog.after_replace", path)
    _sync(path.parent)
    faults.point("catalog.after_directory_fsync", path)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
