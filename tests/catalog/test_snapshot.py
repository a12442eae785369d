from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from featurecat.catalog.canonical import canonical_json, canonical_rows, content_hash, definition_tables
from featurecat.catalog.snapshot import list_snapshots, read_newest_snapshot, write_snapshot
from featurecat.errors import CatalogError
from featurecat.records import DEFINITION_TABLES


def test_a_snapshot_round_trips(tmp_path: Path, sample_tables, clock) -> None:
    path = write_snapshot(tmp_path / "snapshots", sample_tables, clock=clock, git_commit="c0ffee")
    assert path is not None
    digest = content_hash(sample_tables)
    assert path.name == f"2026-01-02T030405.000006Z-{digest[:12]}.json"
    snapshot, problems = read_newest_snapshot(path.parent)
    assert snapshot is not None
    assert (snapshot.tables, problems) == (sample_tables, ())
    assert snapshot.row.indexed_at == "2026-01-02T03:04:05.000006Z"
    assert (snapshot.row.git_commit, snapshot.row.content_hash, snapshot.row.features) == ("c0ffee", digest, 9)
    assert list_snapshots(path.parent).rows == (snapshot.row,)
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_only_a_change_makes_a_new_one(tmp_path: Path, sample_tables, clock) -> None:
    assert write_snapshot(tmp_path, sample_tables, clock=clock) is not None
    clock.move(hours=1)
    sample_tables["modules"][0]["mtime_ns"] += 1
    sample_tables["modules"][0]["git_commit"] = "another"
    assert write_snapshot(tmp_path, sample_tables, clock=clock, git_commit="another") is None
    sample_tables["modules"][0]["content_hash"] = "another"
    assert write_snapshot(tmp_path, sample_tables, clock=clock) is not None
    assert len(list_snapshots(tmp_path).rows) == 2


def test_a_clock_that_goes_back_does_not_make_the_new_one_old(tmp_path: Path, sample_tables, clock) -> None:
    write_snapshot(tmp_path, sample_tables, clock=clock)
    clock.move(days=-400)
    sample_tables["features"][0]["doc"] = "new"
    path = write_snapshot(tmp_path, sample_tables, clock=clock)
    assert path is not None and path.name.startswith("2026-01-02T030405.000007Z-")
    newest, _ = read_newest_snapshot(tmp_path)
    assert newest is not None and newest.row.snapshot == path.name


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def change(path: Path) -> None:
    path.write_text(path.read_text().replace("newer", "other"))


def replace_with_list(path: Path) -> None:
    path.write_text("[]")


def replace_with_binary(path: Path) -> None:
    path.write_bytes(b"\xff\xfe\x00")


def newer_version(path: Path) -> None:
    path.write_text(path.read_text().replace('"schema_version":1', '"schema_version":2'))


@pytest.mark.parametrize("damage", [cut, change, replace_with_list, replace_with_binary, newer_version])
def test_an_unreadable_one_is_reported_and_the_one_before_used(tmp_path: Path, sample_tables, clock, damage) -> None:
    first = write_snapshot(tmp_path, sample_tables, clock=clock)
    clock.move(hours=1)
    sample_tables["features"][0]["doc"] = "newer"
    second = write_snapshot(tmp_path, sample_tables, clock=clock)
    assert first is not None and second is not None
    damage(second)
    snapshot, (problem,) = read_newest_snapshot(tmp_path)
    assert snapshot is not None and snapshot.row.snapshot == first.name
    assert (problem.code, problem.file) == ("snapshot-unusable", str(second))
    listed = list_snapshots(tmp_path)
    if damage is not change:  # which only the whole content tells
        assert [row.snapshot for row in listed.rows] == [first.name]
        assert [found.file for found in listed.problems] == [str(second)]
    clock.move(hours=1)
    assert write_snapshot(tmp_path, sample_tables, clock=clock) is not None


def test_a_long_head_does_not_matter(tmp_path: Path, sample_tables, clock) -> None:
    write_snapshot(tmp_path, sample_tables, clock=clock, git_commit=',"tables":' * 20)
    (row,) = list_snapshots(tmp_path).rows
    assert row.git_commit == ',"tables":' * 20


def test_no_folder_no_snapshots(tmp_path: Path) -> None:
    assert read_newest_snapshot(tmp_path / "none") == (None, ())
    assert list_snapshots(tmp_path / "none").rows == ()


@pytest.mark.parametrize("point", ["after_write", "after_fsync"])
def test_a_failing_write_leaves_nothing(tmp_path: Path, sample_tables, clock, monkeypatch, point) -> None:
    monkeypatch.setattr("featurecat.faults._passages", {})
    monkeypatch.setenv("FEATURECAT_FAULT", f"snapshot.{point}=raise:ENOSPC")
    with pytest.raises(CatalogError) as caught:
        write_snapshot(tmp_path, sample_tables, clock=clock)
    assert caught.value.exit_code == 5
    assert isinstance(caught.value.__cause__, OSError) and caught.value.__cause__.errno == errno.ENOSPC
    assert list(tmp_path.iterdir()) == []


# --- canonical rows -----------------------------------------------------------------------------


def test_tables_come_in_the_order_of_the_records_and_rows_in_that_of_their_keys(sample_tables) -> None:
    assert list(sample_tables) == [row.table for row in DEFINITION_TABLES]
    assert [row["feature"] for row in sample_tables["features"]][:3] == ["avg_3wk_spend", "eu/margin", "eu/report"]
    assert definition_tables([]) == {row.table: [] for row in DEFINITION_TABLES}


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=3) | st.integers(), inner, max_size=3)
        | st.frozensets(st.integers(), max_size=3)
    ),
    max_leaves=8,
)


@given(value=plain)
def test_canonical_text_is_json_that_stays_the_same_when_read_back(value) -> None:
    text = canonical_json(value)
    assert canonical_json(json.loads(text)) == text


@given(rows=st.lists(st.dictionaries(st.sampled_from("abc"), plain, max_size=3), max_size=4), data=st.data())
def test_order_and_repetition_make_no_difference_to_the_hash(rows, data) -> None:
    shuffled = data.draw(st.permutations(rows + rows[:1]))
    assert canonical_rows("sources", rows) == canonical_rows("sources", shuffled)
    assert content_hash({"sources": rows, "tags": []}) == content_hash({"sources": shuffled})
