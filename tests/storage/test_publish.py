from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from featurecat.clock import SystemClock
from featurecat.errors import StoreError
from featurecat.storage import durable, sweep
from featurecat.storage.layout import Store, new_run_id
from featurecat.storage.manifest import read_manifest
from featurecat.storage.publish import ArtifactDraft, Publication
from featurecat.storage.sweep import RunLock, stale_staging, sweep_staging

CLOCK = SystemClock()
FRAME = pa.table({"flight": [1, 2], "delay": [0.5, None]})
DRAFT = ArtifactDraft("a", entity=("flight",), features=("delay",))


def _files(directory: Path) -> list[str]:
    return sorted(path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file())


def test_a_published_run(store: Store, runs: ModuleType, sound_manifests: Any) -> None:
    run_id = runs.run(store, "publish")
    manifest = sound_manifests(store)[run_id]
    assert [(artifact.path, artifact.rows) for artifact in manifest.artifacts] == [
        (f"artifacts/default/flight@hour/run={run_id}/part-0.parquet", 3),
        (f"artifacts/default/rows-planes/run={run_id}/part-0.parquet", 2),
    ]
    assert manifest.artifacts[0].entity == ("flight",) and manifest.artifacts[0].timestamp == "hour"
    assert _files(store.staging) == _files(store.locks) == []
    table = pq.read_table(store.root / manifest.artifacts[0].path, partitioning=None)
    assert table.equals(runs.DRAFTS[0][1].replace_schema_metadata(None))


def test_committed_at_is_the_clocks(store: Store, runs: ModuleType) -> None:
    class Held(SystemClock):
        def now(self) -> datetime:
            return datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

    run_id = new_run_id(CLOCK)
    with Publication(store, run_id, clock=Held()) as publication:
        path = publication.publish(lambda artifacts: runs.manifest(run_id, "checked", artifacts, kind="check"))
        assert publication.committed
    assert read_manifest(path).committed_at == "2026-01-02T03:04:05.000000Z"
    assert path == store.manifest_path(run_id)


def test_parts_of_one_grain_are_numbered(store: Store, runs: ModuleType, sound_manifests: Any) -> None:
    run_id = runs.run(store, "publish", drafts=((DRAFT, FRAME), (DRAFT, FRAME)))
    places = [artifact.path.rpartition("/")[2] for artifact in sound_manifests(store)[run_id].artifacts]
    assert places == ["part-0.parquet", "part-1.parquet"]


def test_a_quarantined_run(store: Store, runs: ModuleType, sound_manifests: Any) -> None:
    run_id = runs.run(store, "quarantine")
    manifest = sound_manifests(store)[run_id]
    assert manifest.status == "quarantined"
    assert [artifact.path for artifact in manifest.artifacts] == [
        f"quarantine/run={run_id}/default/flight@hour/part-0.parquet",
        f"quarantine/run={run_id}/default/rows-planes/part-0.parquet",
    ]
    report = json.loads((store.quarantine_directory(run_id) / "report.json").read_text())
    assert report["reason"] == {"delay": "too small"} and len(report["files"]) == 2
    assert _files(store.artifacts) == _files(store.staging) == []


def test_a_failed_run(store: Store, runs: ModuleType, sound_manifests: Any) -> None:
    run_id = runs.run(store, "fail")
    manifest = sound_manifests(store)[run_id]
    assert manifest.error is not None and manifest.error.message == "division by zero"
    assert _files(store.artifacts) == _files(store.staging) == _files(store.quarantine) == []


def test_a_discarded_run_leaves_nothing(store: Store, runs: ModuleType) -> None:
    with pytest.raises(ZeroDivisionError), Publication(store, new_run_id(CLOCK), clock=CLOCK) as publication:
        assert publication.stage(DRAFT, FRAME).footer.rows == 2
        assert [staged.draft for staged in publication.staged] == [DRAFT]
        raise ZeroDivisionError
    publication.discard()
    assert _files(store.root) == [".gitignore"] and not publication.committed


def test_a_run_ends_once(store: Store, runs: ModuleType, sound_manifests: Any) -> None:
    run_id = runs.run(store, "publish")
    before = _files(store.root)
    again = Publication(store, run_id, clock=CLOCK)
    again.stage(DRAFT, FRAME)
    with pytest.raises(StoreError, match="was ended before"):
        again.publish(lambda artifacts: runs.manifest(run_id, "published", artifacts))
    with pytest.raises(StoreError, match="was ended before"):
        again.fail(runs.manifest(run_id, "failed"))
    with pytest.raises(StoreError, match="was ended before"):
        again.quarantine(lambda artifacts: runs.manifest(run_id, "quarantined", artifacts), "late")
    assert _files(store.root) == before
    assert sound_manifests(store)[run_id].status == "published"


def test_the_link_refuses_a_manifest_that_appears_meanwhile(
    store: Store, runs: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = new_run_id(CLOCK)
    publication = Publication(store, run_id, clock=CLOCK)
    publication.stage(DRAFT, FRAME)
    monkeypatch.setattr(publication, "_refuse_existing", lambda *paths: None)
    target = store.manifest_path(run_id)
    target.parent.mkdir(parents=True)
    target.write_text("theirs")
    with pytest.raises(StoreError, match="File exists"):
        publication.publish(lambda artifacts: runs.manifest(run_id, "published", artifacts))
    assert target.read_text() == "theirs"
    assert _files(store.artifacts) == []


@pytest.mark.parametrize("status", ["failed", "quarantined"])
def test_a_status_that_does_not_fit_is_a_programming_error(status: str, store: Store, runs: ModuleType) -> None:
    run_id = new_run_id(CLOCK)
    with Publication(store, run_id, clock=CLOCK) as publication, pytest.raises(ValueError, match="cannot end"):
        publication.publish(lambda artifacts: runs.manifest(run_id, status, artifacts))


def test_a_manifest_that_could_not_be_read_back_is_not_committed(store: Store, runs: ModuleType) -> None:
    run_id = new_run_id(CLOCK)
    with Publication(store, run_id, clock=CLOCK) as publication:
        publication.stage(DRAFT, FRAME)
        with pytest.raises(StoreError, match="seconds"):
            publication.publish(lambda artifacts: runs.manifest(run_id, artifacts=artifacts, seconds=float("nan")))
    assert _files(store.root) == [".gitignore"]


def test_a_type_parquet_lacks_is_refused_when_staging(store: Store) -> None:
    table = pa.table({"delay": pa.nulls(1, pa.month_day_nano_interval())})
    with Publication(store, new_run_id(CLOCK), clock=CLOCK) as publication, pytest.raises(StoreError, match="delay"):
        publication.stage(DRAFT, table)


def test_a_torn_file_is_found_before_it_is_published(store: Store, arm: Any) -> None:
    arm("publish.written=truncate:40")
    publication = Publication(store, new_run_id(CLOCK), clock=CLOCK)
    with pytest.raises(StoreError, match=r"part-0\.parquet is not a readable Parquet file"):
        publication.stage(DRAFT, FRAME)
    assert _files(store.root) == [".gitignore"]


def test_other_rows_than_written_are_found(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    write = pq.write_table
    monkeypatch.setattr(pq, "write_table", lambda table, place, **options: write(table.slice(0, 1), place, **options))
    with Publication(store, new_run_id(CLOCK), clock=CLOCK) as publication:
        with pytest.raises(StoreError, match="1 rows instead of 2"):
            publication.stage(DRAFT, FRAME)
        monkeypatch.setattr(
            pq, "write_table", lambda table, place, **options: write(table.rename_columns(["a", "b"]), place, **options)
        )
        monkeypatch.setattr("featurecat.storage.publish.storable_schema", lambda schema: schema)
        with pytest.raises(StoreError, match="its columns differ"):
            publication.stage(DRAFT, FRAME)


def test_an_interrupt_after_the_link_keeps_the_run(
    store: Store, runs: ModuleType, sound_manifests: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = os.link

    def interrupted(*places: Any) -> None:
        link(*places)
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "link", interrupted)
    run_id = new_run_id(CLOCK)
    publication = Publication(store, run_id, clock=CLOCK)
    publication.stage(DRAFT, FRAME)
    with pytest.raises(KeyboardInterrupt):
        publication.publish(lambda artifacts: runs.manifest(run_id, "published", artifacts))
    assert publication.committed
    assert list(sound_manifests(store)) == [run_id]


@pytest.fixture
def trace(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, str]]]:
    """What is asked of the file system, in order, each with the path it is asked for."""
    events: list[tuple[str, str]] = []
    fsync, rename, link, write = os.fsync, os.rename, os.link, pq.write_table

    def recorded_fsync(descriptor: int) -> None:
        fsync(descriptor)
        events.append(("fsync", Path(f"/proc/self/fd/{descriptor}").readlink().as_posix()))

    def recorded_rename(path: Any, place: Any) -> None:
        rename(path, place)
        events.append(("rename", str(place)))

    def recorded_link(path: Any, place: Any) -> None:
        link(path, place)
        events.append(("link", str(place)))

    def recorded_write(table: pa.Table, place: Any, **options: Any) -> None:
        write(table, place, **options)
        if isinstance(place, Path):
            events.append(("write", str(place)))

    monkeypatch.setattr(os, "fsync", recorded_fsync)
    monkeypatch.setattr(os, "rename", recorded_rename)
    monkeypatch.setattr(os, "link", recorded_link)
    monkeypatch.setattr(pq, "write_table", recorded_write)
    yield events


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs the names of open files")
def test_every_step_is_synced_before_the_next(store: Store, runs: ModuleType, trace: list[tuple[str, str]]) -> None:
    store.create()
    run_id = runs.run(store, "publish")
    link = trace.index(("link", str(store.manifest_path(run_id))))
    for grain in ("flight@hour", "rows-planes"):
        staged = store.staged_directory("default", grain, run_id) / "part-0.parquet"
        place = store.artifact_directory("default", grain, run_id) / "part-0.parquet"
        expected = [
            ("write", str(staged)),
            ("fsync", str(staged)),
            ("rename", str(place)),
            ("fsync", str(place.parent)),
        ]
        positions = [trace.index(step) for step in expected]
        assert positions == sorted(positions) and positions[-1] < link
        # the directories made on the way have their names synced as well
        for made in (place.parent.parent, place.parent.parent.parent):
            assert trace.index(("fsync", str(made))) < link
    temporary = store.staging_directory(run_id) / "manifest.json"
    assert trace.index(("fsync", str(temporary))) < link
    assert ("fsync", str(store.manifest_path(run_id).parent)) in trace[link:]
    assert [step for step, _ in trace].count("link") == 1


@pytest.mark.parametrize("fragment", ["staging", "artifacts", "manifests"])
def test_a_file_in_the_way_is_named(fragment: str, store: Store, runs: ModuleType) -> None:
    store.create()
    (store.root / fragment).rmdir()
    (store.root / fragment).write_text("in the way")
    with pytest.raises(StoreError, match=re.escape(str(store.root / fragment))) as caught:
        runs.run(store, "publish")
    assert caught.value.code == "store-unwritable"


def test_staging_of_dead_runs_is_swept_and_that_of_living_ones_is_not(store: Store, runs: ModuleType) -> None:
    assert stale_staging(store) == []
    store.create()
    dead = store.staging_directory(new_run_id(CLOCK))
    (dead / "default").mkdir(parents=True)
    (dead / "default" / "part-0.parquet").write_bytes(b"PAR1")
    store.lock_path(dead.name.removeprefix("run=")).touch()
    with Publication(store, new_run_id(CLOCK), clock=CLOCK) as living:
        staged = living.stage(DRAFT, FRAME)
        assert stale_staging(store) == [dead]
        runs.run(store, "publish")
        assert sweep_staging(store) == [dead]
        assert staged.path.exists()
        assert stale_staging(store) == []
    assert _files(store.staging) == _files(store.locks) == []


def test_a_lock_is_held_once(store: Store) -> None:
    store.create()
    lock = RunLock(store, "r")
    lock.acquire()
    lock.acquire()
    with pytest.raises(StoreError, match="another process works on this run"):
        RunLock(store, "r").acquire()
    assert lock.held
    lock.release()
    lock.release()
    assert not lock.held and _files(store.locks) == []


def test_a_lock_that_cannot_be_opened_counts_as_held(store: Store) -> None:
    store.create()
    store.staging_directory("r").mkdir()
    store.lock_path("r").mkdir()
    assert stale_staging(store) == []


def test_a_tree_that_cannot_be_removed_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    durable.remove_tree(tmp_path / "nothing")
    store.create()
    store.staging_directory("r").mkdir()
    monkeypatch.setattr(sweep, "remove_tree", lambda path: None)
    assert sweep_staging(store) == []
