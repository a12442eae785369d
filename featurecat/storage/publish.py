"""How a run becomes visible: staged, verified, renamed, and committed by its manifest alone.

What must not be published is set aside: it is moved to quarantine, with a report, before anything becomes visible.

A process may die between any two steps. Before the manifest is linked, readers see nothing of the run;
afterwards all of it. What a dead run left lies in ``staging/`` or in directories that no manifest names.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from featurecat import faults
from featurecat.clock import Clock, timestamp_text
from featurecat.errors import StoreError
from featurecat.records import ArtifactRecord, Manifest
from featurecat.storage.durable import (
    make_directories,
    remove_tree,
    sync_directory,
    sync_file,
    unwritable,
    write_new_file,
)
from featurecat.storage.layout import Store, grain_directory
from featurecat.storage.manifest import dump_manifest, parse_manifest
from featurecat.storage.parquet import (
    Footer,
    content_hash,
    footer_metadata,
    read_footer,
    schema_hash,
    storable_schema,
    write_parquet,
)
from featurecat.storage.sweep import RunLock

__all__ = ["ArtifactDraft", "Publication", "StagedArtifact"]

#: Where a run keeps what it set aside; no graph can be called that.
_ASIDE = ".aside"

ManifestMaker = Callable[[tuple[ArtifactRecord, ...]], Manifest]


@dataclass(frozen=True, slots=True)
class ArtifactDraft:
    """What an artifact will be.

    Attributes:
        artifact_id: Its id.
        graph: The graph its features belong to.
        entity: Key columns of its grain, in order.
        timestamp: Event timestamp's column of its grain.
        anonymous: Name of an undeclared grain, without the ``rows-`` prefix.
        features: Its features, in column order.
    """

    artifact_id: str
    graph: str = "default"
    entity: tuple[str, ...] = ()
    timestamp: str | None = None
    anonymous: str | None = None
    features: tuple[str, ...] = ()

    @property
    def grain(self) -> str:
        """The grain's directory name."""
        return grain_directory(self.entity, self.timestamp, self.anonymous)


@dataclass(frozen=True, slots=True)
class StagedArtifact:
    """An artifact that is written, verified and synced, but visible to nobody."""

    draft: ArtifactDraft
    path: Path
    footer: Footer
    content_hash: str
    schema_hash: str

    def record(self, path: str) -> ArtifactRecord:
        """The artifact as a manifest lists it, lying at ``path`` in the store."""
        return ArtifactRecord(
            artifact_id=self.draft.artifact_id,
            path=path,
            rows=self.footer.rows,
            bytes=self.footer.bytes,
            content_hash=self.content_hash,
            schema_hash=self.schema_hash,
            entity=self.draft.entity,
            timestamp=self.draft.timestamp,
        )


class Publication:
    """One run's way into the store, ended once by :meth:`publish`, :meth:`quarantine`, :meth:`fail` or :meth:`discard`.

    Used in a ``with`` statement it discards what was not ended. Every method that writes raises
    :class:`~featurecat.errors.StoreError` when the store cannot be written; nothing is half-published then.

    Args:
        store: The store; created where it is missing.
        run_id: The run.
        clock: Stamps ``committed_at``.
    """

    def __init__(self, store: Store, run_id: str, *, clock: Clock) -> None:
        self._store = store
        self._run_id = run_id
        self._clock = clock
        self._lock = RunLock(store, run_id)
        self._staged: list[StagedArtifact] = []
        self._aside: list[Path] = []
        self._committed = False

    def __enter__(self) -> Publication:
        return self

    def __exit__(self, *_: object) -> None:
        self.discard()

    @property
    def committed(self) -> bool:
        """Whether the run has its manifest; then it stands, whatever failed afterwards."""
        return self._committed

    @property
    def staged(self) -> tuple[StagedArtifact, ...]:
        """What is staged so far."""
        return tuple(self._staged)

    def stage(self, draft: ArtifactDraft, table: pa.Table) -> StagedArtifact:
        """Write one artifact where nobody looks, read its footer back and sync it.

        Args:
            draft: What it is.
            table: Its rows, key columns first.

        Raises:
            StoreError: The store cannot be written, a column's type cannot be stored (code ``not-tabular``), or the
                file does not say what was written. Everything staged is removed then.
        """
        directory = self._store.staged_directory(draft.graph, draft.grain, self._run_id)
        with self._undone_on_failure(directory):
            schema = storable_schema(table.schema)
            self._open()
            make_directories(directory)
            path = self._free_path(directory)
            write_parquet(table, path, metadata=footer_metadata(self._run_id, draft.artifact_id, draft.features))
            faults.point("publish.written", path)
            footer = _verified_footer(path, table.num_rows, schema)
            faults.point("publish.verified", path)
            sync_file(path)
            sync_directory(directory)
            faults.point("publish.staged", path)
            staged = StagedArtifact(draft, path, footer, content_hash(path), schema_hash(footer.schema))
        self._staged.append(staged)
        return staged

    def withdraw(self, staged: StagedArtifact) -> None:
        """Take back what was staged, such as to stage it anew without what must not be published."""
        self._staged.remove(staged)
        with self._undone_on_failure(staged.path):
            staged.path.unlink()
            faults.point("publish.withdrawn", staged.path)

    def set_aside(self, draft: ArtifactDraft, table: pa.Table, *, rows: bool = False) -> Path:
        """Write what must not be published; it goes to quarantine when the run ends in :meth:`publish` or :meth:`quarantine`.

        Args:
            draft: What it would have been part of; its features are those that it holds.
            table: Its rows, key columns first.
            rows: Whether these are single rows of an artifact, rather than columns.

        Returns:
            Where it will lie.

        Raises:
            StoreError: The store cannot be written.
        """
        home = self._home_aside
        target = self._store.quarantine_directory(self._run_id)
        with self._undone_on_failure(home):
            self._open()
            if rows:
                path = _unused(home / f"rows-{draft.grain}.parquet")
            else:
                graph_and_grain = self._store.staged_directory(draft.graph, draft.grain, self._run_id)
                directory = graph_and_grain.relative_to(self._store.staging_directory(self._run_id))
                path = _unused(home / directory / "part-0.parquet")
            make_directories(path.parent)
            write_parquet(table, path, metadata=footer_metadata(self._run_id, draft.artifact_id, draft.features))
            faults.point("quarantine.written", path)
            sync_file(path)
            sync_directory(path.parent)
            faults.point("quarantine.synced", path)
        self._aside.append(path)
        return target / path.relative_to(home)

    def publish(self, manifest_of: ManifestMaker, reason: str | Mapping[str, Any] | None = None) -> Path:
        """Move what is staged to its place and commit the run.

        Args:
            manifest_of: Makes the manifest (status ``published`` or ``checked``) from the artifacts, which lie where
                the records say once the manifest is committed. ``committed_at`` is stamped here.
            reason: Why something was kept back; it is in quarantine then, with a ``report.json`` that holds this.

        Returns:
            The manifest's file.
        """
        places = {
            staged.path: self._store.artifact_directory(staged.draft.graph, staged.draft.grain, self._run_id)
            / staged.path.name
            for staged in self._staged
        }
        manifest = manifest_of(tuple(staged.record(self._relative(places[staged.path])) for staged in self._staged))
        content = self._content(manifest, "published", "checked")
        target = self._store.manifest_path(self._run_id)
        quarantine = self._store.quarantine_directory(self._run_id)
        aside = {path: quarantine / path.relative_to(self._home_aside) for path in self._aside}
        refused = [quarantine] if aside or reason is not None else []
        with self._undone_on_failure(target, [*refused, *(place.parent for place in places.values())]):
            self._open()
            self._refuse_existing(target, *refused, *places.values())
            if refused:
                self._fill_quarantine(aside, reason)
            for path, place in places.items():
                faults.point("publish.before_rename", path)
                _move(path, place)
                faults.point("publish.after_rename", place)
                sync_directory(place.parent)
                faults.point("publish.directory_synced", place)
            self._commit(content, target)
        self._close()
        return target

    def quarantine(self, manifest_of: ManifestMaker, reason: str | Mapping[str, Any]) -> Path:
        """Move what is staged out of sight, with a report, and commit a manifest that says so.

        Args:
            manifest_of: Makes the manifest (status ``quarantined``) from the artifacts in quarantine.
            reason: Why, as text or as anything JSON can hold; written to ``report.json``.

        Returns:
            The manifest's file.
        """
        directory = self._store.quarantine_directory(self._run_id)
        staging = self._store.staging_directory(self._run_id)
        aside = {path: directory / path.relative_to(self._home_aside) for path in self._aside}
        places: dict[Path, Path] = {}
        for staged in self._staged:
            place = directory / staged.path.relative_to(staging)
            places[staged.path] = _unused(place, {*aside.values(), *places.values()})
        records = tuple(staged.record(self._relative(places[staged.path])) for staged in self._staged)
        content = self._content(manifest_of(records), "quarantined")
        target = self._store.manifest_path(self._run_id)
        with self._undone_on_failure(target, [directory]):
            self._open()
            self._refuse_existing(target, directory)
            self._fill_quarantine({**places, **aside}, reason)
            self._commit(content, target)
        self._close()
        return target

    def _fill_quarantine(self, places: Mapping[Path, Path], reason: str | Mapping[str, Any] | None) -> None:
        """Move files to quarantine, with a report on top."""
        directory = self._store.quarantine_directory(self._run_id)
        files = [self._relative(place) for place in places.values()]
        report = {"run_id": self._run_id, "reason": reason, "files": files}
        make_directories(directory)
        write_new_file(directory / "report.json", json.dumps(report, indent=1, default=str).encode() + b"\n")
        faults.point("quarantine.reported", directory / "report.json")
        for path, place in places.items():
            _move(path, place)
            faults.point("quarantine.after_rename", place)
            sync_directory(place.parent)
        sync_directory(directory)

    def fail(self, manifest: Manifest) -> Path:
        """Remove what is staged and commit a manifest (status ``failed``) that says why.

        Returns:
            The manifest's file.
        """
        content = self._content(manifest, "failed")
        target = self._store.manifest_path(self._run_id)
        self._forget()
        remove_tree(self._store.staging_directory(self._run_id))
        with self._undone_on_failure(target):
            self._open()
            self._refuse_existing(target)
            self._commit(content, target)
        self._close()
        return target

    def discard(self) -> None:
        """Remove what is staged; what is committed stays. Does nothing the second time."""
        self._forget()
        self._close()

    def _forget(self) -> None:
        self._staged.clear()
        self._aside.clear()

    @property
    def _home_aside(self) -> Path:
        return self._store.staging_directory(self._run_id) / _ASIDE

    def _free_path(self, directory: Path) -> Path:
        """A name for a further part in a directory."""
        taken = {staged.path for staged in self._staged}
        paths = (directory / f"part-{number}.parquet" for number in range(len(taken) + 1))
        return next(path for path in paths if path not in taken)

    def _open(self) -> None:
        """Take the run's lock and make its staging directory: the lock first, so that no sweep takes it for dead."""
        if self._lock.held and self._store.staging_directory(self._run_id).is_dir():
            return
        self._store.create()
        self._lock.acquire()
        make_directories(self._store.staging_directory(self._run_id))
        faults.point("publish.opened", self._store.staging_directory(self._run_id))

    def _close(self) -> None:
        remove_tree(self._store.staging_directory(self._run_id))
        self._lock.release()

    def _content(self, manifest: Manifest, *statuses: str) -> bytes:
        if manifest.status not in statuses or manifest.run_id != self._run_id:
            raise ValueError(f"run {self._run_id} cannot end with status {manifest.status!r} of run {manifest.run_id}")
        content = dump_manifest(replace(manifest, committed_at=timestamp_text(self._clock.now())))
        # what could not be read back must not be committed
        parse_manifest(content, self._store.manifest_path(self._run_id))
        return content

    def _commit(self, content: bytes, target: Path) -> None:
        temporary = self._temporary
        write_new_file(temporary, content)
        faults.point("manifest.written", temporary)
        make_directories(target.parent)
        faults.point("manifest.before_link", temporary)
        os.link(temporary, target)
        self._committed = True
        faults.point("manifest.after_link", target)
        with contextlib.suppress(OSError):  # a second name in staging is swept with it
            temporary.unlink()
        sync_directory(target.parent)
        faults.point("manifest.committed", target)

    @property
    def _temporary(self) -> Path:
        return self._store.staging_directory(self._run_id) / "manifest.json"

    def _refuse_existing(self, *paths: Path) -> None:
        for path in paths:
            if os.path.lexists(path):
                raise StoreError(
                    f"{path} exists already: run {self._run_id} was ended before",
                    hint="every attempt needs a run id of its own",
                )

    @contextlib.contextmanager
    def _undone_on_failure(self, path: Path, directories: list[Path] | None = None) -> Iterator[None]:
        """Name the path in the error; remove staging and ``directories`` unless the run was committed."""
        existing = {directory for directory in directories or () if os.path.lexists(directory)}
        try:
            with self._refusals_explained(path):
                yield
        except BaseException:  # interrupts too: whatever ends the run early must not leave half of it
            self._committed = self._committed or self._is_linked()
            if not self._committed:
                for directory in set(directories or ()) - existing:
                    remove_tree(directory)
            self.discard()
            raise

    @contextlib.contextmanager
    def _refusals_explained(self, path: Path) -> Iterator[None]:
        try:
            with unwritable(path, f"nothing of run {self._run_id} was published; earlier runs stand"):
                yield
        except StoreError as error:
            if not self._committed or error.__cause__ is None:
                raise
            raise StoreError(
                f"run {self._run_id} is committed and stands, but {path} may not survive a power cut: "
                f"{error.__cause__}",
                hint="make room on the disk; featurecat runs lists the run",
            ) from error.__cause__

    def _is_linked(self) -> bool:
        """Whether an interrupt hit between the link and the note of it."""
        with contextlib.suppress(OSError):
            return self._temporary.samefile(self._store.manifest_path(self._run_id))
        return False

    def _relative(self, path: Path) -> str:
        return self._store.relative(path)


def _verified_footer(path: Path, rows: int, schema: pa.Schema) -> Footer:
    footer = read_footer(path)
    if footer.rows != rows or not footer.schema.equals(schema):
        raise StoreError(
            f"{path} does not hold what was written: {footer.rows} rows instead of {rows}"
            if footer.rows != rows
            else f"{path} does not hold what was written: its columns differ",
            hint="check the disk, then run again",
        )
    return footer


def _move(path: Path, place: Path) -> None:
    make_directories(place.parent)
    path.rename(place)


def _unused(path: Path, taken: Collection[Path] = ()) -> Path:
    """The path itself, or one beside it with another number, when it is taken."""
    number, first = 0, path
    stem = path.stem.removesuffix("-0")
    while path in taken or path.exists():
        number += 1
        path = first.with_name(f"{stem}-{number}{first.suffix}")
    return path
