"""What goes is what no manifest, lock or running process needs; everything else stays, whatever happens meanwhile."""

from __future__ import annotations

import os
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from featurecat.clock import SystemClock
from featurecat.errors import RequestError, StoreError
from featurecat.storage.garbage import KINDS, collect_garbage, find_garbage
from featurecat.storage.layout import Store, new_run_id
from featurecat.storage.sweep import RunLock

CLOCK = SystemClock()
WEEK = timedelta(days=7)
ENDS = ("publish", "quarantine", "fail")


def find(store: Store, older_than: timedelta = WEEK, cache_bytes: int = 1_000_000):
    return find_garbage(store, clock=CLOCK, older_than=older_than, cache_bytes=cache_bytes)


def files(store: Store) -> set[str]:
    return {store.relative(path) for path in store.root.rglob("*") if path.is_file() or path.is_symlink()}


def age(path: Path, days: float) -> None:
    moment = CLOCK.now().timestamp() - days * 86_400
    os.utime(path, (moment, moment), follow_symlinks=False)


def lay(store: Store, path: str, *, days: float = 30, size: int = 10) -> str:
    """A file in the store, as old as asked."""
    place = store.root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(b"x" * size)
    age(place, days)
    return path


@st.composite
def worlds(draw: st.DrawFn) -> list[tuple[str, str, float, bool]]:
    """Files of runs: kind, how the run ended, age in days, whether the run lives."""
    return draw(
        st.lists(
            st.tuples(
                st.sampled_from(["staging", "artifacts", "quarantine"]),
                st.sampled_from(["publish", "quarantine", "fail", "dead", "set aside"]),
                st.sampled_from([0.0, 6.0, 8.0, 400.0]),
                st.booleans(),
            ),
            max_size=6,
        )
    )


@settings(max_examples=25)
@given(world=worlds())
def test_it_finds_what_the_rule_says(runs: ModuleType, world: list[tuple[str, str, float, bool]]) -> None:
    store = Store(Path(tempfile.mkdtemp()) / "store")
    store.create()
    expected, locks = set(), []
    try:
        for kind, end, days, lives in world:
            run_id = runs.run(store, end) if end in ENDS else new_run_id(CLOCK)
            if end == "set aside":
                lay(store, f"quarantine/run={run_id}/manifest.json")
            place = {"staging": "", "artifacts": "default/flight/", "quarantine": ""}[kind]
            path = lay(store, f"{kind}/{place}run={run_id}/left.parquet", days=days)
            if lives:
                locks.append(RunLock(store, run_id))
                locks[-1].acquire()
            recorded = end == "set aside" or (kind == "quarantine" and end in ENDS)
            if not lives and days > 7 and (kind == "staging" or not recorded):
                expected.add(path)
        before = files(store)
        garbage = find(store)
        assert {leftover.path for leftover in garbage.leftovers} == expected
        assert files(store) == before
        removed = collect_garbage(store, garbage, clock=CLOCK)
        assert {leftover.path for leftover in removed} == expected
        assert files(store) == before - expected
        assert find(store).leftovers == ()
    finally:
        for lock in locks:
            lock.release()
        shutil.rmtree(store.root.parent)


@pytest.mark.parametrize("end", ENDS)
def test_what_a_run_has_left_on_record_stays(runs: ModuleType, store: Store, end: str, sound_manifests) -> None:
    runs.run(store, end)
    for path in store.root.rglob("*"):
        age(path, 4000)
    before = files(store)
    assert collect_garbage(store, find(store, timedelta()), clock=CLOCK) == ()
    assert files(store) == before
    sound_manifests(store)


def test_half_written_files_locks_and_the_cache(store: Store) -> None:
    store.create()
    old = {
        "temporary": lay(store, "catalog.duckdb.123.tmp"),
        "temporary ": lay(store, "snapshots/.2026.json.7.tmp"),
        "lock": lay(store, f"locks/run={new_run_id(CLOCK)}.lock"),
    }
    kept = {
        lay(store, "catalog.duckdb.124.tmp", days=0),
        lay(store, "catalog.duckdb"),
        lay(store, "snapshots/2026.json"),
        lay(store, "locks/catalog.lock"),
        lay(store, "quarantine/report.txt"),
        lay(store, "notes.txt"),
        lay(store, "cache/new.json", days=1, size=600),
    }
    oldest = lay(store, "cache/against/old.json", days=2, size=600)
    garbage = find(store, cache_bytes=1_000)
    assert {leftover.path for leftover in garbage.leftovers} == {*old.values(), oldest}
    assert {leftover.kind for leftover in garbage.leftovers} == {"temporary", "lock", "cache"} < set(KINDS)
    assert garbage.young == 1
    collect_garbage(store, garbage, clock=CLOCK)
    assert files(store) == {*kept, ".gitignore"}
    assert find(store, timedelta(), 1_000).young == 1  # half-written files have an hour at least


def test_links_are_neither_followed_nor_removed(store: Store, tmp_path: Path) -> None:
    store.create()
    outside = tmp_path / "outside"
    run_id = new_run_id(CLOCK)
    (outside / f"run={run_id}").mkdir(parents=True)
    (outside / f"run={run_id}" / "part-0.parquet").write_bytes(b"precious")
    (store.artifacts / "default").symlink_to(outside)
    (store.staging / f"run={run_id}").symlink_to(outside / f"run={run_id}")
    (store.cache / "far.json").symlink_to(outside / f"run={run_id}" / "part-0.parquet")
    garbage = find(store, timedelta(), 0)
    assert garbage.leftovers == ()
    collect_garbage(store, garbage, clock=CLOCK)
    assert (outside / f"run={run_id}" / "part-0.parquet").read_bytes() == b"precious"
    assert {"artifacts/default", "cache/far.json"} <= {
        store.relative(path) for path in store.root.rglob("*") if path.is_symlink()
    }


def test_a_link_that_comes_between_is_not_followed(store: Store, tmp_path: Path) -> None:
    store.create()
    path = lay(store, f"staging/run={new_run_id(CLOCK)}/part-0.parquet")
    garbage = find(store)
    folder = (store.root / path).parent
    outside = tmp_path / "outside"
    folder.rename(outside)
    folder.symlink_to(outside)
    assert collect_garbage(store, garbage, clock=CLOCK) == ()
    assert (outside / "part-0.parquet").exists()


def test_a_run_that_commits_or_comes_to_life_in_between_keeps_its_files(runs: ModuleType, store: Store) -> None:
    run_id = runs.run(store, "publish")
    manifest = store.manifest_path(run_id)
    hidden = manifest.with_name("away")
    manifest.rename(hidden)
    garbage = find(store, timedelta())
    assert {leftover.kind for leftover in garbage.leftovers} == {"artifacts"}
    hidden.rename(manifest)
    assert collect_garbage(store, garbage, clock=CLOCK) == ()
    living = lay(store, f"staging/run={(other := new_run_id(CLOCK))}/x")
    garbage = find(store, timedelta())
    lock = RunLock(store, other)
    lock.acquire()
    assert collect_garbage(store, garbage, clock=CLOCK) == ()
    assert (store.root / living).exists() and find(store, timedelta()).running == (other,)
    lock.release()


def test_a_file_that_changes_in_between_stays(store: Store) -> None:
    store.create()
    path = lay(store, f"staging/run={new_run_id(CLOCK)}/x")
    garbage = find(store)
    (store.root / path).write_bytes(b"more and more")
    assert collect_garbage(store, garbage, clock=CLOCK) == ()


def test_a_manifest_that_cannot_be_read_keeps_all_artifacts(runs: ModuleType, store: Store) -> None:
    """What it names is not known, so nothing may be taken for unnamed."""
    broken = store.manifest_path(runs.run(store, "publish"))
    broken.write_bytes(broken.read_bytes()[:-20])
    orphan = lay(store, f"artifacts/default/flight/run={new_run_id(CLOCK)}/part-0.parquet")
    dead = lay(store, f"staging/run={new_run_id(CLOCK)}/part-0.parquet")
    garbage = find(store, timedelta())
    assert [leftover.path for leftover in garbage.leftovers] == [dead]
    assert [problem.code for problem in garbage.problems] == ["manifest-unusable"]
    assert (store.root / orphan).exists()


def test_a_clock_that_is_behind_makes_everything_young(store: Store) -> None:
    store.create()
    lay(store, f"staging/run={new_run_id(CLOCK)}/x", days=-1)
    garbage = find(store, timedelta())
    assert (garbage.leftovers, garbage.young) == ((), 1)


def test_two_at_once_do_not_disturb_each_other(store: Store) -> None:
    store.create()
    lay(store, f"staging/run={new_run_id(CLOCK)}/x")
    first, second = find(store), find(store)
    assert len(collect_garbage(store, first, clock=CLOCK)) == 1
    assert collect_garbage(store, second, clock=CLOCK) == ()


def test_what_cannot_be_removed_is_named_and_the_rest_is_gone(store: Store, arm) -> None:
    store.create()
    paths = sorted(lay(store, f"staging/run={new_run_id(CLOCK)}/x") for _ in range(3))
    arm("gc.before_remove#2=raise:EACCES")
    with pytest.raises(StoreError, match=paths[1]):
        collect_garbage(store, find(store), clock=CLOCK)
    assert files(store) == {".gitignore", paths[1]}


def test_a_store_that_is_not_there_holds_no_garbage(store: Store) -> None:
    assert find(store).leftovers == ()
    with pytest.raises(RequestError, match="negative"):
        find(store, timedelta(days=-1))
