from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from featurecat.errors import RequestError, StoreError
from featurecat.storage import layout
from featurecat.storage.layout import Store, grain_directory, list_manifests, new_run_id, run_month

NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)


class HeldClock:
    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return 0.0


@given(st.lists(NAMES, min_size=1, max_size=3), st.none() | NAMES)
def test_grain_directory_is_reversible_and_one_plain_name(entity: list[str], timestamp: str | None) -> None:
    name = grain_directory(entity, timestamp)
    assert len(name.encode()) <= 100
    assert "/" not in name and not name.startswith((".", "rows-", "run="))
    if "~" not in name:
        keys, _, moment = name.partition("@")
        assert [unquote(key) for key in keys.split("+")] == entity
        assert unquote(moment) == (timestamp or "")


@given(st.lists(st.tuples(st.lists(NAMES, min_size=1, max_size=8), st.none() | NAMES), min_size=2, max_size=6))
def test_different_grains_have_different_directories(grains: list[tuple[list[str], str | None]]) -> None:
    distinct = {(tuple(entity), timestamp) for entity, timestamp in grains}
    assert len({grain_directory(entity, timestamp) for entity, timestamp in distinct}) == len(distinct)


@pytest.mark.parametrize(
    ("entity", "timestamp", "anonymous", "expected"),
    [
        (("origin", "flight"), "hour", None, "origin+flight@hour"),
        (("flight",), None, "ignored", "flight"),
        ((), "hour", None, "@hour"),
        ((), None, "inputs", "rows-inputs"),
        ((), None, "ns.x", "rows-ns.x"),
        (("rows-inputs",), None, None, "rows%2Dinputs"),
        (("..",), None, None, "%2E."),
        (("",), None, None, "%"),
    ],
)
def test_grain_directory(entity: tuple[str, ...], timestamp: str | None, anonymous: str | None, expected: str) -> None:
    assert grain_directory(entity, timestamp, anonymous) == expected


def test_long_grains_are_cut_and_stay_apart() -> None:
    names = {grain_directory(["k" * 200 + tail]) for tail in "ab"}
    assert len(names) == 2
    assert {len(name) for name in names} == {100}


def test_a_grain_of_nothing_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="a grain needs"):
        grain_directory([])


def test_run_ids_rise_even_when_the_clock_goes_back() -> None:
    clock = HeldClock(datetime(2150, 1, 1, tzinfo=UTC))
    run_ids = []
    for _ in range(300):
        run_ids.append(new_run_id(clock))
        clock.moment -= timedelta(hours=1)
    assert run_ids == sorted(set(run_ids))
    assert {(uuid.UUID(run_id).version, uuid.UUID(run_id).variant) for run_id in run_ids} == {(7, uuid.RFC_4122)}


def test_a_run_id_tells_its_month(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "_last_run_number", 0)
    moment = datetime(2026, 2, 28, 23, 59, 59, 999_000, tzinfo=UTC)
    assert run_month(new_run_id(HeldClock(moment))) == "2026-02"


@pytest.mark.parametrize("run_id", ["", "x", "../../etc/passwd", "019b7e7c-6c00-4000-8000-000000000000", "f" * 36])
def test_what_is_no_run_id_is_refused(run_id: str, store: Store) -> None:
    with pytest.raises(RequestError, match="is not a run id") as caught:
        store.manifest_path(run_id)
    assert caught.value.code == "unknown-run"


def test_a_run_id_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(RequestError, match="out of range"):
        run_month("ffffffff-ffff-7000-8000-000000000000")


def test_create_makes_everything_and_keeps_it_out_of_git(store: Store) -> None:
    store.create()
    store.create()
    assert {path.name for path in store.root.iterdir()} == {
        ".gitignore", "snapshots", "manifests", "artifacts", "quarantine", "staging", "cache", "locks",
    }  # fmt: skip
    assert (store.root / ".gitignore").read_text() == "*\n"
    assert list_manifests(store) == []


def test_a_store_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("")
    with pytest.raises(StoreError, match=re.escape(str(tmp_path / "store"))) as caught:
        Store(tmp_path / "store").create()
    assert (caught.value.code, caught.value.exit_code) == ("store-unwritable", 3)


def test_a_store_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be written"):
        Store(tmp_path / "file" / "store").create()


def test_a_store_without_permission_is_refused(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.create()
    monkeypatch.setattr(layout.os, "access", lambda path, mode: Path(path) != store.staging)
    with pytest.raises(StoreError, match=r"staging: no permission to write"):
        store.create()


def test_a_store_over_two_file_systems_is_refused(store: Store, tmp_path: Path) -> None:
    store.create()
    shared_memory = Path("/dev/shm")
    if not shared_memory.is_dir() or shared_memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("only one file system here")
    store.staging.rmdir()
    store.staging.symlink_to(shared_memory)
    with pytest.raises(StoreError, match="different file systems"):
        store.create()


def test_a_store_stays_where_it_was_when_the_directory_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    store = Store(Path("here"))
    monkeypatch.chdir("/")
    assert store.root == tmp_path / "here"


def test_listing_ignores_what_is_no_manifest(store: Store) -> None:
    store.create()
    month = store.manifests / "2026-01"
    month.mkdir()
    for name in (".hidden.json", "notes.txt", "b.json", "a.json"):
        (month / name).write_text("{}")
    (store.manifests / "stray.json").write_text("{}")
    listed = list_manifests(store)
    assert [entry.file for entry in listed] == ["manifests/2026-01/a.json", "manifests/2026-01/b.json"]
    assert listed[0].size == 2 and listed[0].mtime_ns == (month / "a.json").stat().st_mtime_ns
