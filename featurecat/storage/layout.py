"""What lies where in a store, and the names of directories and runs."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import threading
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from featurecat.clock import Clock
from featurecat.errors import RequestError, StoreError

__all__ = ["ManifestFile", "Store", "grain_directory", "list_manifests", "new_run_id", "run_month"]

#: The longest directory name made of column names, in bytes.
NAME_LIMIT = 100

_DIGEST_LENGTH = 16
_RANDOM_BITS = 74
_run_lock = threading.Lock()
_last_run_number = 0


class ManifestFile(NamedTuple):
    """One manifest as a directory listing shows it; ``file`` is relative to the store, with slashes."""

    file: str
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Store:
    """A store directory: everything that runs leave behind.

    Args:
        root: The store's directory; made absolute at once, because user code may change directory.

    Example:
        >>> Store(Path("/data/store")).catalog.as_posix()
        '/data/store/catalog.duckdb'
    """

    root: Path

    def __post_init__(self) -> None:
        object.__setattr__(self, "root", Path(self.root).absolute())

    @property
    def catalog(self) -> Path:
        """The catalog's database file; disposable."""
        return self.root / "catalog.duckdb"

    @property
    def snapshots(self) -> Path:
        """Snapshots of the definition tables."""
        return self.root / "snapshots"

    @property
    def manifests(self) -> Path:
        """One file per run, by month."""
        return self.root / "manifests"

    @property
    def artifacts(self) -> Path:
        """Published Parquet files."""
        return self.root / "artifacts"

    @property
    def quarantine(self) -> Path:
        """Failing output and unreadable files, with the reason."""
        return self.root / "quarantine"

    @property
    def staging(self) -> Path:
        """Files of runs that are not committed yet."""
        return self.root / "staging"

    @property
    def cache(self) -> Path:
        """Whatever can be made again."""
        return self.root / "cache"

    @property
    def locks(self) -> Path:
        """Lock files of running processes."""
        return self.root / "locks"

    def create(self) -> None:
        """Make the store's directories where they are missing, and keep all of it out of git.

        Raises:
            StoreError: The store is a file, cannot be written, or is spread over several file systems.
        """
        if self.root.exists() and not self.root.is_dir():
            raise StoreError(
                f"the store {self.root} is a file, not a directory",
                hint="move the file away or name another store with --store",
            )
        directories = (
            self.snapshots,
            self.manifests,
            self.artifacts,
            self.quarantine,
            self.staging,
            self.cache,
            self.locks,
        )
        try:
            for directory in directories:
                directory.mkdir(parents=True, exist_ok=True)
            ignore = self.root / ".gitignore"
            if not ignore.exists():
                ignore.write_text("*\n", encoding="utf-8")
        except OSError as error:
            raise self._unwritable(Path(error.filename or self.root), error.strerror or str(error)) from error
        for directory in (self.root, *directories):
            if not os.access(directory, os.W_OK | os.X_OK):
                raise self._unwritable(directory, "no permission to write")
        self._check_one_device()

    def artifact_directory(self, graph: str, grain: str, run_id: str) -> Path:
        """Where a run's files of one graph and grain lie; ``grain`` comes from :func:`grain_directory`."""
        return self.artifacts / _directory_name(graph) / grain / f"run={run_id}"

    def staging_directory(self, run_id: str) -> Path:
        """Where a run keeps its files until it commits."""
        return self.staging / f"run={run_id}"

    def staged_directory(self, graph: str, grain: str, run_id: str) -> Path:
        """Where a run stages its files of one graph and grain."""
        return self.staging_directory(run_id) / _directory_name(graph) / grain

    def quarantine_directory(self, run_id: str) -> Path:
        """Where a run's refused output goes."""
        return self.quarantine / f"run={run_id}"

    def lock_path(self, run_id: str) -> Path:
        """The file a run holds locked while it lives."""
        return self.locks / f"run={run_id}.lock"

    def manifest_path(self, run_id: str) -> Path:
        """Where a run's manifest lies: the month is that of the run id, so an id alone finds its file.

        Raises:
            RequestError: ``run_id`` is not a run id.
        """
        return self.manifests / run_month(run_id) / f"{run_id}.json"

    def relative(self, path: Path) -> str:
        """A path inside the store as manifests and the catalog write it."""
        return path.relative_to(self.root).as_posix()

    def _check_one_device(self) -> None:
        home = self.artifacts.stat().st_dev
        for directory in (self.staging, self.manifests, self.quarantine):
            if directory.stat().st_dev != home:
                raise StoreError(
                    f"{directory} and {self.artifacts} lie on different file systems",
                    hint="a run is published by renaming: keep the whole store on one file system",
                )

    def _unwritable(self, path: Path, reason: str) -> StoreError:
        return StoreError(
            f"the store {self.root} cannot be written: {path}: {reason}",
            hint="make the directory writable or name another store with --store",
        )


def grain_directory(entity: Sequence[str], timestamp: str | None = None, anonymous: str | None = None) -> str:
    """The directory name of a grain.

    Args:
        entity: The key columns, in their order.
        timestamp: The event timestamp's column.
        anonymous: What an undeclared grain is named after, without the ``rows-`` prefix; used only
            when there are neither key columns nor a timestamp.

    Returns:
        The key columns joined by ``+``, then ``@timestamp``, each percent-encoded; ``rows-<name>`` for an
        anonymous grain. Names over 100 bytes are cut and end in ``~`` and a hash.

    Raises:
        ValueError: The grain has neither columns nor a name.

    Example:
        >>> grain_directory(["origin", "flight no"], "departed_at")
        'origin+flight%20no@departed_at'
        >>> grain_directory([], anonymous="inputs")
        'rows-inputs'
    """
    if entity or timestamp is not None:
        keys = "+".join(map(_encoded, entity))
        return _shortened(keys if timestamp is None else f"{keys}@{_encoded(timestamp)}")
    if anonymous is None:
        raise ValueError("a grain needs key columns, a timestamp or a name")
    return _shortened(f"rows-{_encoded(anonymous)}")


def new_run_id(clock: Clock) -> str:
    """A new run id: a version 7 UUID, whose text sorts by time.

    Ids of one process always rise, even when the clock stands still or goes back.

    Args:
        clock: Tells the time, in milliseconds here.

    Example:
        >>> from featurecat.clock import SystemClock
        >>> len(new_run_id(SystemClock()))
        36
    """
    global _last_run_number
    milliseconds = int(clock.now().timestamp() * 1000)
    with _run_lock:
        number = milliseconds << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)
        if number <= _last_run_number:
            # a random step, not a step of one: a forked process continues from the same number
            number = _last_run_number + 1 + secrets.randbits(_RANDOM_BITS - 12)
        _last_run_number = number
    time_part, random_part = number >> _RANDOM_BITS, number & ((1 << _RANDOM_BITS) - 1)
    high, low = random_part >> 62, random_part & ((1 << 62) - 1)
    return str(uuid.UUID(int=time_part << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low))


def run_month(run_id: str) -> str:
    """The month (UTC) in which a run id was made, as ``yyyy-mm``.

    Args:
        run_id: A run id as :func:`new_run_id` makes it.

    Raises:
        RequestError: ``run_id`` is not a run id.

    Example:
        >>> run_month("019b7e7c-6c00-7000-8000-000000000000")
        '2026-01'
    """
    if not re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", run_id):
        raise RequestError(
            f"{run_id!r} is not a run id", code="unknown-run", hint="featurecat runs lists the runs of the store"
        )
    try:
        moment = datetime.fromtimestamp((uuid.UUID(run_id).int >> 80) / 1000, UTC)
    except (OverflowError, ValueError) as error:
        raise RequestError(f"{run_id!r} is not a run id: its time is out of range", code="unknown-run") from error
    return f"{moment:%Y-%m}"


def list_manifests(store: Store) -> list[ManifestFile]:
    """Every manifest of a store, sorted by file; needs no reading of their contents.

    Args:
        store: The store; it need not exist.

    Raises:
        StoreError: A directory of manifests cannot be listed.
    """
    try:
        return sorted(_scan_manifests(store))
    except OSError as error:
        raise StoreError(
            f"{error.filename or store.manifests} cannot be listed: {error.strerror}", code="source-unreadable"
        ) from error


def _scan_manifests(store: Store) -> Iterator[ManifestFile]:
    if not store.manifests.is_dir():
        return
    with os.scandir(store.manifests) as months:
        names = [month.name for month in months if month.is_dir()]
    for name in names:
        with os.scandir(store.manifests / name) as entries:
            for entry in entries:
                if not entry.name.endswith(".json") or entry.name.startswith("."):
                    continue
                try:
                    facts = entry.stat()
                except FileNotFoundError:  # quarantined by another process since the listing
                    continue
                yield ManifestFile(f"manifests/{name}/{entry.name}", facts.st_size, facts.st_mtime_ns)


def _encoded(name: str) -> str:
    """Percent-encode all but ASCII letters, digits, ``_`` and inner dots, so that ``+ @ - = ~ /`` keep their meaning."""
    text = "".join(
        character if character.isascii() and (character.isalnum() or character in "_.") else _percent(character)
        for character in name
    )
    if text.startswith("."):
        text = "%2E" + text[1:]
    return text or "%"


def _percent(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogatepass"))


def _shortened(name: str) -> str:
    if len(name) <= NAME_LIMIT:
        return name
    digest = hashlib.sha256(name.encode("ascii")).hexdigest()[:_DIGEST_LENGTH]
    return f"{name[: NAME_LIMIT - _DIGEST_LENGTH - 1]}~{digest}"


def _directory_name(graph: str) -> str:
    return _shortened(_encoded(graph))
