from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from featurecat.catalog.connection import Connection
from featurecat.catalog.manifests import IndexedManifest, indexed_manifests
from featurecat.errors import CatalogError
from featurecat.records import CheckRecord, FeatureRecord, InputRecord

ALL_TABLES = "SELECT table_name FROM duckdb_tables() WHERE database_name = 'catalog' ORDER BY table_name"


def content(path: Path) -> dict[str, list[Any]]:
    """All rows of all tables in their physical order, but for the time of building."""
    with Connection.open(path) as catalog:
        tables = {table: catalog.rows(f"FROM private.{table}").dicts() for (table,) in catalog.rows(ALL_TABLES).rows}
    for row in tables["catalog_versions"]:
        del row["built_at"]
    return tables


def without_content(indexed: IndexedManifest) -> IndexedManifest:
    return IndexedManifest(indexed.file, indexed.size, indexed.mtime_ns)


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)


@st.composite
def manifest_files(draw: st.DrawFn) -> list[tuple[str, dict[str, Any], bool]]:
    """File names with the changes to a plain manifest, and whether the file is there from the start."""
    files = []
    for number in range(draw(st.integers(0, 5))):
        changes = {
            "run_id": draw(st.sampled_from([f"run-{number}", "run-0"])),  # several files of one run happen
            "status": draw(st.sampled_from(["published", "failed", "quarantined"])),
            "committed_at": draw(st.sampled_from(["2026-01-01T00:00:00.000000Z", "2026-01-01T02:00:00+01:00", "?"])),
            "seconds": draw(st.floats(0, 1e6)),
            "inputs": tuple(InputRecord(name, "value") for name in draw(st.lists(texts, max_size=2))),
            "features": tuple(
                FeatureRecord(
                    name, name, "run", profile=draw(st.none() | st.dictionaries(texts, json_values, max_size=2))
                )
                for name in draw(st.lists(texts, max_size=2, unique=True))
            ),
            "checks": tuple(
                CheckRecord("id", name, name, "range", "warn", "pass", observed={"value": draw(json_values)})
                for name in draw(st.lists(texts, max_size=2, unique=True))
            ),
        }
        files.append((f"manifests/{draw(st.integers(0, 99)):02}-{number}.json", changes, draw(st.booleans())))
    return files


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=manifest_files(), gone=st.sets(st.integers(0, 4), max_size=2))
def test_incremental_equals_full(tmp_path, sample_tables, build, make_manifest, make_indexed, files, gone) -> None:
    path, full = tmp_path / "incremental" / "catalog.duckdb", tmp_path / "full" / "catalog.duckdb"
    everything = [(make_indexed(make_manifest(1, **changes), file), early) for file, changes, early in files]
    build(path, sample_tables, [indexed for indexed, early in everything if early])
    held = indexed_manifests(path)
    now = [indexed for position, (indexed, _) in enumerate(everything) if position not in gone]
    built = build(
        path,
        sample_tables,
        [without_content(indexed) if indexed.file in held else indexed for indexed in now],
        previous=path,
    )
    again = build(full, sample_tables, now)
    assert content(path) == content(full)
    assert built.content_hash == again.content_hash
    assert built.rows == again.rows


def test_deleting_and_building_again_changes_nothing_but_the_time(
    tmp_path, sample_tables, build, make_manifest, make_indexed, clock
) -> None:
    path = tmp_path / "catalog.duckdb"
    runs = [make_indexed(make_manifest(number)) for number in (3, 1, 2)]
    first = build(path, sample_tables, runs)
    before = content(path)
    path.unlink()
    clock.move(days=3)
    shuffled = {table: rows[::-1] for table, rows in reversed(sample_tables.items())}
    second = build(path, shuffled, runs[::-1])
    assert content(path) == before
    assert first.content_hash == second.content_hash
    with Connection.open(path) as catalog:
        (version,) = catalog.rows("FROM catalog_versions").dicts()
    assert version["built_at"] == "2026-01-05T03:04:05.000006Z"
    assert version["last_committed_at"] == "2026-03-01T10:03:30.250000Z"
    assert (version["manifests"], version["content_hash"]) == (3, second.content_hash)


def test_the_content_hash_sees_every_change(tmp_path, sample_tables, build, make_manifest, make_indexed) -> None:
    path = tmp_path / "catalog.duckdb"
    changed = json.loads(json.dumps(sample_tables))
    changed["features"][0]["doc"] = "other"
    hashes = {
        build(path, sample_tables).content_hash,
        build(path, changed).content_hash,
        build(path, sample_tables, [make_indexed(make_manifest(1))]).content_hash,
        build(path, sample_tables, [make_indexed(make_manifest(1, seconds=9.0))]).content_hash,
    }
    assert len(hashes) == 4


def test_an_empty_project_has_a_catalog(tmp_path, build) -> None:
    assert build(tmp_path / "catalog.duckdb", {}).rows["features"] == 0
    assert content(tmp_path / "catalog.duckdb")["catalog_versions"][0]["last_committed_at"] is None


def test_odd_texts_survive(tmp_path, sample_tables, build) -> None:
    odd = 'nul \0, quote \', "double", emoji 🦆, \u2028, lone \ud800 surrogate'
    sample_tables["features"][0]["doc"] = odd
    build(tmp_path / "o'clock [1] *.duckdb", sample_tables)
    with Connection.open(tmp_path / "o'clock [1] *.duckdb") as catalog:
        docs = [doc for (doc,) in catalog.rows("SELECT doc FROM features").rows]
    assert odd.replace("\ud800", "?") in docs


# --- manifests ----------------------------------------------------------------------------------


def test_unreadable_manifests_are_listed_and_nothing_else(
    tmp_path, sample_tables, build, make_manifest, make_indexed
) -> None:
    path = tmp_path / "catalog.duckdb"
    bad = IndexedManifest("manifests/bad.json", 3, 4, unreadable=True)
    build(path, sample_tables, [make_indexed(make_manifest(1)), bad])
    tables = content(path)
    assert [row["run_id"] for row in tables["runs"]] == ["run-001"]
    assert {row["file"]: row["status"] for row in tables["manifests"]} == {
        "manifests/2026-03/run-001.json": "published",
        "manifests/bad.json": "unreadable",
    }
    assert indexed_manifests(path)["manifests/bad.json"] == (3, 4)


def test_of_two_files_of_one_run_the_first_counts_and_the_second_is_read_again(
    tmp_path, sample_tables, build, make_manifest, make_indexed
) -> None:
    path = tmp_path / "catalog.duckdb"
    first = make_indexed(make_manifest(1), "manifests/a.json")
    second = make_indexed(make_manifest(1, status="failed"), "manifests/b.json")
    build(path, sample_tables, [second, first])
    assert [row["status"] for row in content(path)["runs"]] == ["published"]
    assert set(indexed_manifests(path)) == {"manifests/a.json"}
    build(path, sample_tables, [second], previous=path)
    assert [row["status"] for row in content(path)["runs"]] == ["failed"]


@pytest.mark.parametrize("size", [1_000, 1_001])
def test_a_manifest_that_nobody_has_is_an_error(
    tmp_path, sample_tables, build, make_manifest, make_indexed, size
) -> None:
    path = tmp_path / "catalog.duckdb"
    held = make_indexed(make_manifest(1))
    build(path, sample_tables, [held])
    name = held.file if size != held.size else "manifests/other.json"
    before = path.read_bytes()
    with pytest.raises(CatalogError, match="does not hold this manifest") as caught:
        build(path, sample_tables, [IndexedManifest(name, size, held.mtime_ns)], previous=path)
    assert caught.value.problems[0].file == name
    assert path.read_bytes() == before


def damage_header(path: Path) -> None:
    path.write_bytes(b"no catalog" * 100)


def damage_by_truncation(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def damage_every_block(path: Path) -> None:
    data = bytearray(path.read_bytes())
    for position in range(3 * 4096 + 200, len(data), 4096):
        data[position] ^= 0xFF
    path.write_bytes(data)


def empty_file(path: Path) -> None:
    path.write_bytes(b"")


def other_database(path: Path) -> None:
    path.unlink()
    with duckdb.connect(path) as other:
        other.execute("CREATE TABLE t AS SELECT 1 AS x")


def other_version(path: Path) -> None:
    with duckdb.connect(path) as other:
        other.execute("UPDATE private.catalog_versions SET schema_version = 99")


DAMAGES = [damage_header, damage_by_truncation, damage_every_block, empty_file, other_database, other_version]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_catalog_is_named_and_replaced(
    tmp_path, sample_tables, build, make_manifest, make_indexed, damage
) -> None:
    path = tmp_path / "catalog.duckdb"
    one = make_indexed(make_manifest(1))
    build(path, sample_tables, [one])
    damage(path)
    with pytest.raises(CatalogError) as caught:
        content(path)
    assert (caught.value.code, caught.value.exit_code) == ("catalog-unusable", 5)
    assert caught.value.problems[0].file == str(path)
    assert "featurecat index" in (caught.value.problems[0].hint or "")
    assert indexed_manifests(path) == {}
    with pytest.raises(CatalogError):
        build(path, sample_tables, [without_content(one)], previous=path)
    build(path, sample_tables, [one], previous=path)
    assert len(content(path)["runs"]) == 1


def test_no_catalog_is_another_error(tmp_path) -> None:
    with pytest.raises(CatalogError) as caught:
        Connection.open(tmp_path / "catalog.duckdb")
    assert caught.value.code == "catalog-missing"
    assert indexed_manifests(tmp_path / "catalog.duckdb") == {}


# --- publishing ---------------------------------------------------------------------------------


def test_readers_keep_what_they_opened(tmp_path, sample_tables, build, make_manifest, make_indexed) -> None:
    path = tmp_path / "catalog.duckdb"
    build(path, sample_tables)
    with Connection.open(path) as before:
        build(path, sample_tables, [make_indexed(make_manifest(1))])
        assert before.rows("SELECT count(*) FROM runs").rows == [(0,)]
        with Connection.open(path) as after:
            assert after.rows("SELECT count(*) FROM runs").rows == [(1,)]


def test_leftovers_of_killed_builders_and_foreign_logs_go(tmp_path, sample_tables, build) -> None:
    path = tmp_path / "catalog.duckdb"
    leftovers = [tmp_path / f"catalog.duckdb.{ending}" for ending in ("99999.tmp", "99999.tmp.wal", "wal")]
    for leftover in leftovers:
        leftover.write_bytes(b"leftover")
    (tmp_path / "other.tmp").touch()
    build(path, sample_tables)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["catalog.duckdb", "other.tmp"]
    assert content(path)["features"]


@pytest.mark.parametrize(
    ("table", "change", "message"),
    [
        ("edges", {"parent": "nobody"}, "1 edges lead to nodes that are not in the catalog"),
        ("features", {"doc": "another row of one key"}, "1 keys of table features stand for several rows"),
        ("expectations", {"severity": "error"}, "1 keys of table expectations stand for several rows"),
    ],
)
def test_what_does_not_pass_the_checks_replaces_nothing(tmp_path, sample_tables, build, table, change, message) -> None:
    path = tmp_path / "catalog.duckdb"
    build(path, sample_tables)
    before = path.read_bytes()
    sample_tables[table].append(sample_tables[table][0] | change)
    with pytest.raises(CatalogError) as caught:
        build(path, sample_tables)
    assert caught.value.problems[0].message == message
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["catalog.duckdb"]


def test_equal_rows_count_once(tmp_path, sample_tables, build) -> None:
    sample_tables["features"] *= 2
    assert build(tmp_path / "catalog.duckdb", sample_tables).rows["features"] == len(sample_tables["features"]) // 2


POINTS = ["after_load", "after_check", "after_fsync", "after_replace", "after_directory_fsync"]


@pytest.mark.parametrize("point", POINTS[:3])
@pytest.mark.parametrize("fault", ["ENOSPC", "EACCES"])
def test_a_failing_step_leaves_the_catalog_before(
    tmp_path, sample_tables, build, make_manifest, make_indexed, monkeypatch, point, fault
) -> None:
    path = tmp_path / "catalog.duckdb"
    build(path, sample_tables)
    monkeypatch.setattr("featurecat.faults._passages", {})
    monkeypatch.setenv("FEATURECAT_FAULT", f"catalog.{point}=raise:{fault}")
    with pytest.raises(CatalogError) as caught:
        build(path, sample_tables, [make_indexed(make_manifest(1))])
    assert (caught.value.code, caught.value.exit_code) == ("store-unwritable", 5)
    assert content(path)["runs"] == []
    assert [entry.name for entry in tmp_path.iterdir()] == ["catalog.duckdb"]


CHILD = """
import sys
from pathlib import Path
from featurecat.catalog.build import build_catalog
from featurecat.catalog.snapshot import read_newest_snapshot, write_snapshot
from featurecat.clock import SystemClock
store, clock = Path(sys.argv[1]), SystemClock()
feature = {"graph": "default", "feature": sys.argv[2], "name": sys.argv[2], "role": "feature", "public": True}
write_snapshot(store / "snapshots", {"features": [feature]}, clock=clock)
snapshot, _ = read_newest_snapshot(store / "snapshots")
build_catalog(store / "catalog.duckdb", snapshot.tables, (), snapshots=[snapshot.row], clock=clock)
"""


def run_child(store: Path, feature: str, **environment: str) -> int:
    child = subprocess.run(
        [sys.executable, "-c", CHILD, str(store), feature],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry), **environment},
        capture_output=True,
        check=False,
    )
    return child.returncode


def test_killed_at_any_step_the_catalog_is_the_one_before_or_the_new_one(tmp_path) -> None:
    log = tmp_path / "passages"
    assert run_child(tmp_path / "recorded", "first", FEATURECAT_FAULT_LOG=str(log)) == 0
    points = log.read_text().split()
    assert {f"catalog.{point}#1" for point in POINTS} <= set(points)
    assert any(point.startswith("snapshot.") for point in points)
    for point in points:
        store = tmp_path / point.replace("#", "-")
        shutil.copytree(tmp_path / "recorded", store)
        assert run_child(store, "second", FEATURECAT_FAULT=f"{point}=kill") == -9
        swapped = point.removeprefix("catalog.").removesuffix("#1") in POINTS[3:]
        assert [row["feature"] for row in content(store / "catalog.duckdb")["features"]] == (
            ["second"] if swapped else ["first"]
        )
    assert run_child(store, "third") == 0
    assert [row["feature"] for row in content(store / "catalog.duckdb")["features"]] == ["third"]
    assert not list(store.glob("*.tmp*"))


READER = """
import sys
from pathlib import Path
from featurecat.catalog.connection import Connection
seen = []
for _ in range(25):
    with Connection.open(Path(sys.argv[1])) as catalog:
        seen += catalog.rows("SELECT (SELECT count(*) FROM runs), manifests FROM catalog_versions").rows
assert all(runs == manifests for runs, manifests in seen), seen
"""


def start_child(code: str, *arguments: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}
    return subprocess.Popen([sys.executable, "-c", code, *arguments], env=environment, stderr=subprocess.PIPE)


def test_readers_never_see_half_a_catalog(tmp_path, sample_tables, build, make_manifest, make_indexed) -> None:
    path = tmp_path / "catalog.duckdb"
    runs = [make_indexed(make_manifest(number)) for number in range(4)]
    build(path, sample_tables, runs)
    readers = [start_child(READER, str(path)) for _ in range(2)]
    swaps = 0
    while any(reader.poll() is None for reader in readers):
        swaps += 1
        build(path, sample_tables, runs[: swaps % 4])
    errors = [reader.communicate()[1] for reader in readers]
    assert ([reader.returncode for reader in readers], errors) == ([0, 0], [b"", b""])
    assert swaps


LIMITED = """
import resource, sys
sys.dont_write_bytecode = True  # Python keeps compiled files that the limit cuts short
from pathlib import Path
from featurecat.catalog.build import build_catalog
from featurecat.clock import SystemClock
from featurecat.errors import CatalogError
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
try:
    build_catalog(Path(sys.argv[1]), {}, (), snapshots=(), clock=SystemClock())
except CatalogError as error:
    print(error.code, file=sys.stderr, end="")
"""


def test_where_the_file_cannot_grow_the_catalog_before_stays(tmp_path, sample_tables, build) -> None:
    path = tmp_path / "catalog.duckdb"
    build(path, sample_tables)
    child = start_child(LIMITED, str(path))
    assert child.communicate()[1] == b"store-unwritable"
    assert content(path)["features"]
    assert [entry.name for entry in tmp_path.iterdir()] == ["catalog.duckdb"]


def test_an_unwritable_store_is_named(tmp_path, sample_tables, build) -> None:
    (tmp_path / "store").write_text("a file")
    with pytest.raises(CatalogError) as caught:
        build(tmp_path / "store" / "catalog.duckdb", sample_tables)
    assert (caught.value.code, caught.value.exit_code) == ("store-unwritable", 5)
    assert str(tmp_path / "store" / "catalog.duckdb") in str(caught.value)
