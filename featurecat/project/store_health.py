"""What ``featurecat doctor`` looks at in a store beyond its files being there: who works in it, room, clock, garbage.

With ``deep``, every published file is read and hashed, and the catalog is compared with one that is built anew.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from featurecat.catalog.catalog import Catalog
from featurecat.catalog.connection import STORAGE_VERSION, Connection
from featurecat.clock import Clock, timestamp_text
from featurecat.errors import FeaturecatError, StoreError
from featurecat.project.findings import STORE_FAULT, Finding
from featurecat.project.refresh import refresh_catalog
from featurecat.records import Manifest
from featurecat.storage.garbage import find_garbage
from featurecat.storage.layout import Store, list_manifests
from featurecat.storage.manifest import read_manifest
from featurecat.storage.parquet import content_hash
from featurecat.storage.sweep import is_locked

__all__ = ["examine_catalog", "examine_store"]

_OLD = timedelta(days=7)
#: Clocks of machines that share a store differ a little.
_SKEW = timedelta(minutes=5)
_CACHE_BYTES = 200_000_000
_LEAST_FREE = 1_000_000_000
_MEGABYTE = 1_000_000
_MOST_PLACES = 3


def examine_store(store: Store, clock: Clock, *, deep: bool = False) -> Iterator[Finding]:
    """Look at a store; nothing is changed.

    Args:
        store: The store; nothing is found where it is not there.
        clock: Tells the time.
        deep: Whether to hash every published file.
    """
    if not store.root.is_dir():
        return
    yield _room(store)
    yield from _links(store)
    yield from _at_work(store)
    manifests = _readable(store)
    yield from _clock_finding(manifests, clock)
    yield from _garbage(store, clock)
    if deep:
        yield _hashes(store, manifests)


def examine_catalog(store: Store, clock: Clock, *, deep: bool = False) -> Iterator[Finding]:
    """Look at which clients can open the catalog and, with ``deep``, whether it says what a new one would.

    Args:
        store: The store.
        clock: Tells the time.
        deep: Whether to build another one to compare with.
    """
    if not store.catalog.is_file():
        return
    try:
        with Connection.open(store.catalog) as catalog:
            statement = "SELECT tags['storage_version'] FROM duckdb_databases() WHERE database_name = 'catalog'"
            found = str(catalog.rows(statement).rows[0][0])
        if found.rstrip("+") == STORAGE_VERSION:
            yield Finding("catalog", "ok", "format", f"storage {found}: duckdb 1.4 and everything later opens it")
        else:
            yield Finding("catalog", "warn", "format", f"storage {found}, not {STORAGE_VERSION}", "featurecat index")
        if deep:
            yield _compared(store, clock)
    except FeaturecatError as error:
        yield Finding("catalog", "error", "contents", error.problems[0].message, error.problems[0].hint, STORE_FAULT)


# --- the store ------------------------------------------------------------------------------------


def _room(store: Store) -> Finding:
    usage = shutil.disk_usage(store.root)
    told = f"{usage.free / _LEAST_FREE:,.1f} GB are free"
    if usage.free < _LEAST_FREE:
        return Finding("store", "warn", "room", told, "make room: a run that finds none publishes nothing")
    return Finding("store", "ok", "room", told)


def _links(store: Store) -> Iterator[Finding]:
    folders = (
        store.artifacts,
        store.staging,
        store.manifests,
        store.quarantine,
        store.snapshots,
        store.cache,
        store.locks,
    )
    linked = [folder.name for folder in folders if folder.is_symlink()]
    if linked:
        hint = "link the whole store instead, or name it with --store"
        yield Finding("store", "warn", "links", f"{', '.join(linked)} are links: gc leaves them alone", hint)


def _at_work(store: Store) -> Iterator[Finding]:
    """Who holds which lock."""
    if not store.locks.is_dir():
        return
    held = [path for path in sorted(store.locks.glob("*.lock")) if is_locked(path)]
    runs = [path for path in held if path.name.startswith("run=")]
    for path in [*(path for path in held if path not in runs), *runs[:_MOST_PLACES]]:
        what = "run " + path.stem.removeprefix("run=") if path in runs else "the catalog is being built"
        holder = _holder(path)
        yield Finding("store", "note", "at work", what + (f" by process {holder}" if holder else ""))
    if len(runs) > _MOST_PLACES:
        yield Finding("store", "note", "at work", f"{len(runs) - _MOST_PLACES} more runs")


def _holder(path: Path) -> int | None:
    """The process that holds a lock, where the system tells; one on another machine is not told."""
    try:
        inode = str(path.stat().st_ino)
        lines = Path("/proc/locks").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    for line in lines:
        words = line.split()
        if len(words) > 5 and words[1] == "FLOCK" and words[5].rpartition(":")[2] == inode:
            return int(words[4]) if int(words[4]) > 0 else None
    return None


def _readable(store: Store) -> list[Manifest]:
    """The manifests that can be read; of the others, doctor tells elsewhere."""
    found = []
    for listed in list_manifests(store):
        try:
            found.append(read_manifest(store.root / listed.file))
        except StoreError:
            continue
    return found


def _clock_finding(manifests: list[Manifest], clock: Clock) -> Iterator[Finding]:
    newest = max((manifest.committed_at for manifest in manifests), default=None)
    if newest is None:
        return
    now = clock.now().astimezone(UTC)
    if datetime.fromisoformat(newest) > now + _SKEW:
        message = f"it is {timestamp_text(now)} here, and the newest run is of {newest}"
        hint = "set the clocks of all machines by the same source: the newest run counts as current"
        yield Finding("store", "warn", "clock", message, hint)
    else:
        yield Finding("store", "ok", "clock", "no run is of the future")


def _garbage(store: Store, clock: Clock) -> Iterator[Finding]:
    try:
        garbage = find_garbage(store, clock=clock, older_than=_OLD, cache_bytes=_CACHE_BYTES)
    except StoreError as error:
        yield Finding("store", "error", "garbage", error.problems[0].message, error.problems[0].hint, STORE_FAULT)
        return
    if garbage.leftovers:
        size = sum(leftover.bytes for leftover in garbage.leftovers) / _MEGABYTE
        message = f"{len(garbage.leftovers):,} files that nobody needs, {size:,.1f} MB"
        yield Finding("store", "note", "garbage", message, "featurecat gc shows them")
    else:
        yield Finding("store", "ok", "garbage", "none")


def _hashes(store: Store, manifests: list[Manifest]) -> Finding:
    count, wrong = 0, []
    for manifest in manifests:
        for artifact in manifest.artifacts if manifest.status == "published" else ():
            path = store.root / artifact.path
            if not path.is_file():  # told of elsewhere
                continue
            count += 1
            if artifact.content_hash is not None and content_hash(path) != artifact.content_hash:
                wrong.append(artifact.path)
    if wrong:
        more = f" and {len(wrong) - _MOST_PLACES} more" if len(wrong) > _MOST_PLACES else ""
        message = f"{len(wrong):,} not as published: {'; '.join(wrong[:_MOST_PLACES])}{more}"
        return Finding("store", "error", "contents", message, "materialize their features again", STORE_FAULT)
    return Finding("store", "ok", "contents", f"{count:,} published files have the hashes they were published with")


# --- the catalog ----------------------------------------------------------------------------------


def _compared(store: Store, clock: Clock) -> Finding:
    """Whether a catalog made anew of the same snapshots and manifests says the same."""
    with tempfile.TemporaryDirectory(prefix="featurecat-doctor-") as directory:
        copy = Store(Path(directory))
        for source, target in ((store.manifests, copy.manifests), (store.snapshots, copy.snapshots)):
            if source.is_dir():
                shutil.copytree(source, target, ignore=_unfinished)
        refresh_catalog(copy, clock)
        hashes = []
        for place in (store, copy):
            with Catalog.open(place.catalog) as catalog:
                hashes.append(catalog.versions()["content_hash"])
    if hashes[0] == hashes[1]:
        return Finding("catalog", "ok", "contents", "as a catalog built anew")
    return Finding("catalog", "warn", "contents", "behind snapshots and manifests", "featurecat index")


def _unfinished(_: str, names: list[str]) -> list[str]:
    return [name for name in names if name.startswith(".") or Path(name).suffix not in ("", ".json")]
