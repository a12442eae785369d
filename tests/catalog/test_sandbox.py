from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from featurecat.catalog import connection
from featurecat.catalog.connection import Connection
from featurecat.catalog.sandbox import run_sql
from featurecat.catalog.sandboxed import answer_query
from featurecat.errors import CatalogError, RequestError, UnsupportedError

HARMLESS_VARIABLE = "a Python variable that queries must not see"


@pytest.fixture
def path(tmp_path: Path, sample_catalog: Path) -> Path:
    store = tmp_path / "store"
    store.mkdir()
    (store / "secret.csv").write_text("word\nxyzzy\n")
    return Path(shutil.copy(sample_catalog, store / "catalog.duckdb"))


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("SELECT feature FROM upstream('avg_3wk_spend')", [("spend",)]),
        ("FROM path('spend', 'report');", [(["spend", "avg_3wk_spend", "report"], 2)]),
        ("WITH n AS (SELECT count(*) AS n FROM features) FROM n", [(9,)]),
        ("-- how many?\nSELECT count(*) FROM public_features", [(8,)]),
        ("VALUES (1), (2)", [(1,), (2,)]),
        ("SELECT owner FROM (FROM owners PIVOT (count(*) FOR role IN ('owner', 'steward'))) ORDER BY owner LIMIT 1",
         [("ann",)]),
        ("SELECT 1 WHERE false", []),
    ],
)  # fmt: skip
def test_queries_are_answered(path: Path, statement: str, expected: list[tuple[object, ...]]) -> None:
    assert run_sql(path, statement).rows == expected


@pytest.mark.parametrize("statement", ["DESCRIBE features", "SHOW TABLES", "SUMMARIZE edges", "EXPLAIN SELECT 1",
                                       "EXPLAIN ANALYZE FROM features", "explain (format json) select 1"])  # fmt: skip
def test_looking_around_is_allowed(path: Path, statement: str) -> None:
    assert run_sql(path, statement).rows


def test_answers_have_names_and_types(path: Path) -> None:
    answer = run_sql(path, "SELECT feature, tags, meta FROM features WHERE feature = 'avg_3wk_spend'")
    assert answer.columns == ("feature", "tags", "meta")
    assert answer.types == ("VARCHAR", "MAP(VARCHAR, VARCHAR[])", "JSON")
    assert answer.dicts()[0]["meta"] == {"formula": "σ", "limit": "inf"}


ATTACKS = [
    "FROM read_csv('{store}/secret.csv')",
    "FROM '{store}/secret.csv'",
    "FROM read_csv('/etc/passwd')",
    "FROM read_text('/etc/passwd')",
    "FROM read_blob('{store}/secret.csv')",
    "FROM glob('/etc/*')",
    "FROM parquet_metadata('{store}/x.parquet')",
    "COPY (SELECT 1) TO '{store}/out.csv'",
    "EXPORT DATABASE '{store}/out'",
    "WITH x AS (COPY (SELECT 1) TO '{store}/out.csv') SELECT 1",
    "WITH x AS (COPY (SELECT 1) TO '{store}/catalog.duckdb' (USE_TMP_FILE false)) SELECT 1",
    "WITH x AS (COPY (SELECT 1) TO '{store}/catalog.duckdb.wal' (USE_TMP_FILE false)) SELECT 1",
    "EXPLAIN COPY (SELECT 1) TO '{store}/out.csv'",
    "EXPLAIN ANALYZE COPY (SELECT 1) TO '{store}/out.csv'",
    "EXPLAIN ANALYZE COPY (SELECT 1) TO '{store}/catalog.duckdb.wal'",
    "EXPLAIN ANALYZE WITH x AS (COPY (SELECT 1) TO '{store}/out.csv') SELECT 1",
    "WITH x AS (INSERT INTO private.features (feature) VALUES ('x') RETURNING *) FROM x",
    "WITH x AS (DELETE FROM private.features RETURNING *) FROM x",
    "INSERT INTO private.features (feature) VALUES ('x')",
    "DELETE FROM private.features",
    "UPDATE private.features SET doc = 'x'",
    "DROP VIEW features",
    "CREATE TABLE t AS SELECT 1",
    "CREATE TEMP TABLE t AS SELECT 1",
    "CREATE MACRO f() AS 1",
    "ATTACH '{store}/other.duckdb'",
    "ATTACH '{store}/catalog.duckdb' AS again",
    "ATTACH ':memory:' AS again",
    "DETACH catalog",
    "USE memory",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET memory_limit = '100GB'",
    "SET threads = 64",
    "SET enable_external_access = true",
    "SET lock_configuration = false",
    "SET log_query_path = '{store}/out.log'",
    "SET VARIABLE x = 1",
    "RESET max_execution_time",
    "CALL enable_logging()",
    "CALL enable_logging(storage = 'file', storage_config = {{'path': '{store}'}})",
    "PRAGMA enable_profiling",
    "CHECKPOINT",
    "FORCE CHECKPOINT",
    "VACUUM",
    "BEGIN",
    "SELECT getenv('HOME')",
    "CREATE SECRET s (TYPE http)",
    "FROM HARMLESS_VARIABLE",
    "SELECT * FROM HARMLESS_FRAME",
    "SELECT 1; SELECT 2",
    "SELECT 1; COPY (SELECT 1) TO '{store}/out.csv'",
    "CONNECT 'x'",
    "PREPARE p AS SELECT 1",
    "EXECUTE p",
    "",
    " ;; ",
    "-- nothing",
    "SELEC 1",
    "SELECT",
    "FROM nobody",
    "SELECT nobody FROM features",
    "SELECT 1/",
    "SELECT error('x')",
    "SELECT ?",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_attacks_are_refused_and_change_nothing(path: Path, attack: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    before = {entry.name: entry.read_bytes() for entry in path.parent.iterdir()}
    with pytest.raises(RequestError) as caught:
        run_sql(path, attack.format(store=path.parent))
    assert (caught.value.code, caught.value.exit_code) == ("invalid-sql", 2)
    assert caught.value.problems[0].hint
    assert {entry.name: entry.read_bytes() for entry in path.parent.iterdir()} == before


@pytest.mark.parametrize(
    "attack",
    [
        "WITH x AS (COPY (SELECT 1) TO '{copy}.wal' (USE_TMP_FILE false)) SELECT 1",
        "WITH x AS (COPY (SELECT 1) TO '{copy}' (USE_TMP_FILE false)) SELECT 1",
        "EXPLAIN ANALYZE COPY (SELECT 1) TO '{copy}.wal'",
        "FROM read_blob('{copy}')",
    ],
)
def test_who_finds_the_copy_finds_nothing(
    path: Path, attack: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """DuckDB allows access to the attached file whatever its settings say: that is why it has no name any more."""
    directory = tmp_path / "copy"
    directory.mkdir()
    monkeypatch.setattr("featurecat.catalog.sandbox.tempfile.mkdtemp", lambda **_: str(directory))
    before = path.read_bytes()
    try:
        assert run_sql(path, attack.format(copy=directory / "catalog.duckdb")).rows == []
    except RequestError as error:
        assert error.code == "invalid-sql"
    assert not directory.exists()
    assert path.read_bytes() == before
    assert sorted(entry.name for entry in path.parent.iterdir()) == ["catalog.duckdb", "secret.csv"]


def test_there_are_no_secrets(path: Path) -> None:
    try:
        assert run_sql(path, "FROM duckdb_secrets()").rows == []
    except RequestError as error:  # versions that cannot leave out the folder of secrets
        assert error.code == "invalid-sql"


def test_messages_help(path: Path) -> None:
    with pytest.raises(RequestError) as caught:
        run_sql(path, "SELECT featur FROM features")
    assert '"featur"' in str(caught.value)
    assert any("LINE 1" in detail for detail in caught.value.problems[0].details)
    with pytest.raises(RequestError, match="CREATE is not allowed: the catalog is read-only"):
        run_sql(path, "CREATE TABLE t(x INTEGER)")
    with pytest.raises(RequestError, match="2 SQL statements were given, one is allowed"):
        run_sql(path, "SELECT 1; SELECT 2")
    with pytest.raises(RequestError, match="COPY is not allowed"):
        run_sql(path, "EXPLAIN ANALYZE COPY (SELECT 1) TO 'x'")


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT count(*) FROM range(100000) a, range(100000) b, range(100000) c WHERE a.range + b.range = c.range",
        "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT max(n) FROM r",
    ],
)
def test_long_queries_are_stopped(path: Path, statement: str) -> None:
    with pytest.raises(RequestError, match=r"took longer than 0\.2 seconds"):
        run_sql(path, statement, seconds=0.2)


def test_where_duckdb_has_no_time_limit_a_timer_holds_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_TIME_LIMIT", "a setting of the future")
    with (
        Connection.open(path, seconds=0.2) as catalog,
        pytest.raises(RequestError, match=r"took longer than 0\.2 seconds"),
    ):
        answer_query(catalog, "SELECT count(*) FROM range(100000) a, range(100000) b, range(100000) c", seconds=0.2)
    with Connection.open(path, seconds=20) as catalog:
        assert catalog.fetch("SELECT 1").rows == [(1,)]


def test_greedy_queries_are_stopped(path: Path) -> None:
    with pytest.raises(RequestError, match="more memory than it is allowed"):
        run_sql(path, "SELECT list(range) FROM range(50000000)", memory="60MB")


@pytest.mark.parametrize("memory", ["plenty", "1 parsec"])
def test_a_limit_that_is_none_is_refused(path: Path, memory: str) -> None:
    with pytest.raises(RequestError) as caught:
        run_sql(path, "SELECT 1", memory=memory)
    assert caught.value.code == "invalid-option"


def test_long_answers_are_refused_not_cut(path: Path) -> None:
    assert len(run_sql(path, "FROM range(20000)", most_rows=20_000).rows) == 20_000
    with pytest.raises(RequestError, match="more than 20000 rows"):
        run_sql(path, "FROM range(20001)", most_rows=20_000)


def test_without_the_settings_that_lock_it_nothing_is_opened(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection._LOCKED, "a setting of the future", "true")
    with pytest.raises(UnsupportedError, match=duckdb.__version__):
        Connection.open(path)


def test_the_locks_hold_below_the_statement_check(path: Path) -> None:
    with Connection.open(path) as catalog:
        for statement in ("SET threads = 64", "FROM read_text('/etc/passwd')", "INSTALL httpfs", "LOAD httpfs",
                          f"COPY (SELECT 1) TO '{path.parent}/out.csv'", "DELETE FROM private.features",
                          f"ATTACH '{path.parent}/other.duckdb'", "FROM HARMLESS_VARIABLE"):  # fmt: skip
            with pytest.raises(duckdb.Error):
                catalog.fetch(statement)
    assert sorted(entry.name for entry in path.parent.iterdir()) == ["catalog.duckdb", "secret.csv"]


def test_a_damaged_catalog_is_named_by_its_own_path(path: Path) -> None:
    path.write_bytes(b"no catalog" * 1000)
    with pytest.raises(CatalogError) as caught:
        run_sql(path, "SELECT 1")
    assert (caught.value.code, caught.value.problems[0].file) == ("catalog-unusable", str(path))
    path.unlink()
    with pytest.raises(CatalogError) as caught:
        run_sql(path, "SELECT 1")
    assert caught.value.code == "catalog-missing"


def test_queries_run_while_the_catalog_is_open_with_other_limits(path: Path) -> None:
    with Connection.open(path, seconds=5, memory="200MB", threads=1):
        assert run_sql(path, "SELECT 1", seconds=7).rows == [(1,)]
