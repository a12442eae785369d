"""Snapshots: the definition tables as files, from which a catalog can be rebuilt without importing user code.

A snapshot begins with a short head (hash, time, commit, number of features), so that listing many is cheap.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from featurecat import faults
from featurecat.catalog.canonical import EncodedTables, content_hash, encode_tables, plain_json
from featurecat.clock import Clock, timestamp_text
from featurecat.errors import CatalogError, Problem

__all__ = [
    "SNAPSHOT_VERSION",
    "Kept",
    "Snapshot",
    "SnapshotListing",
    "SnapshotRow",
    "keep_snapshot",
    "list_snapshots",
    "newest_row",
    "read_newest_snapshot",
    "write_snapshot",
]

SNAPSHOT_VERSION = 1

_HEAD_BYTES = 4_096
_TABLES = ',"tables":'  # the last key of a snapshot, and no part of any JSON string


@dataclass(frozen=True, slots=True)
class SnapshotRow:
    """A row of the table ``snapshots``; ``snapshot`` is the file's name, ``indexed_at`` a time with ``Z``."""

    snapshot: str
    git_commit: str | None
    indexed_at: str
    content_hash: str
    features: int

    def as_dict(self) -> dict[str, Any]:
        """The row column by column."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot as read: its row, and the rows of each definition table."""

    row: SnapshotRow
    tables: Mapping[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class SnapshotListing:
    """The snapshots of a store, oldest first, and what is wrong with those that cannot be read."""

    rows: tuple[SnapshotRow, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of definition tables.

    Attributes:
        path: The new snapshot; None when nothing changed.
        before: The newest readable snapshot before it; None, too, when nothing changed.
        problems: Newer ones that cannot be read.
    """

    path: Path | None
    before: Snapshot | None = None
    problems: tuple[Problem, ...] = ()


def write_snapshot(
    directory: Path,
    tables: Mapping[str, Sequence[Mapping[str, Any]]],
    *,
    clock: Clock,
    git_commit: str | None = None,
) -> Path | None:
    """As :func:`keep_snapshot`, of rows that were not made into text yet.

    Returns:
        The new file, or None when nothing changed.
    """
    return keep_snapshot(directory, encode_tables(tables), clock=clock, git_commit=git_commit).path


def keep_snapshot(directory: Path, encoded: EncodedTables, *, clock: Clock, git_commit: str | None = None) -> Kept:
    """Keep the definition tables, unless the newest readable snapshot already says the same.

    Module times and commits do not make a difference. Should the clock have gone back, the new snapshot is still
    named after the newest.

    Args:
        directory: The store's ``snapshots`` folder; created when absent.
        encoded: The definition tables.
        clock: Tells the time.
        git_commit: What is checked out.

    Raises:
        CatalogError: When it cannot be written.
    """
    if _is_newest(directory, encoded):
        return Kept(None)
    before, problems = read_newest_snapshot(directory)
    if before is not None and before.row.content_hash == encoded.content_hash:
        return Kept(None, None, problems)  # but for times of modules, or the newest one is damaged
    moment = timestamp_text(_next_moment(clock.now(), directory))
    head = {
        "schema_version": SNAPSHOT_VERSION,
        "indexed_at": moment,
        "git_commit": git_commit,
        "content_hash": encoded.content_hash,
        "features": encoded.features,
    }
    target = directory / f"{moment.replace(':', '')}-{encoded.content_hash[:12]}.json"
    staged = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        directory.mkdir(parents=True, exist_ok=True)
        try:
            _write(staged, target, f"{plain_json(head)[:-1]}{_TABLES}{encoded.document}}}\n")
        finally:
            staged.unlink(missing_ok=True)
    except OSError as error:
        raise CatalogError(
            f"the snapshot cannot be written: {error.strerror or error}",
            code="store-unwritable",
            file=str(target),
            hint="make room or make the store writable",
        ) from error
    return Kept(target, before, problems)


def newest_row(directory: Path) -> SnapshotRow | None:
    """What the newest snapshot says of itself; its rows are not read. None when there is none, or it cannot be read.

    Args:
        directory: The store's ``snapshots`` folder; may be absent.
    """
    files = _files(directory)
    try:
        return _row(files[-1], _head(files[-1])) if files else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _is_newest(directory: Path, encoded: EncodedTables) -> bool:
    """Whether the newest snapshot holds these very rows."""
    row = newest_row(directory)
    if row is None or row.content_hash != encoded.content_hash:
        return False
    try:
        return (directory / row.snapshot).read_bytes().endswith(f"{_TABLES}{encoded.document}}}\n".encode())
    except OSError:
        return False


def _write(staged: Path, target: Path, text: str) -> None:
    with staged.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        faults.point("snapshot.after_write", staged)
        os.fsync(stream.fileno())
    faults.point("snapshot.after_fsync", staged)
    staged.replace(target)
    faults.point("snapshot.after_replace", target)
    descriptor = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    faults.point("snapshot.after_directory_fsync", target)


def _next_moment(now: datetime, directory: Path) -> datetime:
    """``now``, or just after the newest snapshot when that claims to be later."""
    last = max((row.indexed_at for row in list_snapshots(directory).rows), default=None)
    if last is None or timestamp_text(now) > last:
        return now
    return datetime.fromisoformat(last) + timedelta(microseconds=1)


def read_newest_snapshot(directory: Path) -> tuple[Snapshot | None, tuple[Problem, ...]]:
    """The newest snapshot that can be read.

    Args:
        directory: The store's ``snapshots`` folder; may be absent.

    Returns:
        The snapshot or None, and one problem (code ``snapshot-unusable``) for each newer one that had to be skipped.
    """
    problems: list[Problem] = []
    for path in reversed(_files(directory)):
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
            row = _row(path, document)
            tables = document["tables"]
            if content_hash(tables) != row.content_hash:
                raise ValueError("its content does not fit its hash")
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            problems.append(_unusable(path, error))
        else:
            return Snapshot(row, tables), tuple(problems)
    return None, tuple(problems)


def list_snapshots(directory: Path) -> SnapshotListing:
    """All snapshots, oldest first; reads only their heads.

    Args:
        directory: The store's ``snapshots`` folder; may be absent.
    """
    rows: list[SnapshotRow] = []
    problems: list[Problem] = []
    for path in _files(directory):
        try:
            rows.append(_row(path, _head(path)))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            problems.append(_unusable(path, error))
    return SnapshotListing(tuple(rows), tuple(problems))


def _files(directory: Path) -> list[Path]:
    """Snapshot files, oldest first: their names begin with their time."""
    if not directory.is_dir():
        return []
    return sorted(path for path in directory.glob("[0-9]*.json") if path.is_file())


def _head(path: Path) -> Any:
    with path.open("rb") as stream:
        start = stream.read(_HEAD_BYTES).decode("utf-8", "replace")
        stream.seek(-3, os.SEEK_END)
        complete = stream.read() == b"}}\n"
    head, separator, _ = start.partition(_TABLES)
    if not separator or not complete:
        raise ValueError("it is not complete")
    return json.loads(head + "}")


def _row(path: Path, document: Any) -> SnapshotRow:
    version = document["schema_version"]
    if version != SNAPSHOT_VERSION:
        raise ValueError(f"it has schema version {version}, not {SNAPSHOT_VERSION}")
    return SnapshotRow(
        path.name,
        document["git_commit"],
        timestamp_text(datetime.fromisoformat(document["indexed_at"])),
        str(document["content_hash"]),
        int(document["features"]),
    )


def _unusable(path: Path, error: Exception) -> Problem:
    reason = f"{error} is missing" if isinstance(error, KeyError) else str(error).partition("\n")[0]
    return Problem(
        "snapshot-unusable",
        f"a snapshot cannot be read and is skipped: {reason}",
        file=str(path),
        hint="delete it, or run `featurecat index` to keep the current state",
    )
