"""Done: "Escape attempts of the table and at least ten new ones all fail on the sandbox, on duckdb 1.4 and 2.x"."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from featurecat.project.catalog import Catalog
from tests.support import attacks
from tests.support.projects import REPOSITORY, ShopProject

CLIENTS = [
    pytest.param("current", id="duckdb-current"),
    pytest.param("1.4", id="duckdb-1.4", marks=pytest.mark.component("duckdb14")),
]
_FOUND: dict[str, dict[str, Any]] = {}


def _world(root: Path, shop: ShopProject) -> Path:
    """A store with a catalog, and files around it that nobody may read."""
    store, outside = root / "store", root / "outside"
    for folder in (store, outside, root / "store-evil", outside / "dump"):
        folder.mkdir(parents=True)
    shutil.copy(shop.store.catalog, store / "catalog.duckdb")
    for path in (outside / "secret.csv", root / "store-evil" / "secret.csv"):
        path.write_text(f"word\n{attacks.CANARY}\n")
    (outside / "secret.json").write_text(json.dumps({"word": attacks.CANARY}))
    (store / "manifest.json").write_text(json.dumps({"word": attacks.CANARY}))
    (outside / "dump" / "schema.sql").write_text(f"CREATE TABLE t AS SELECT '{attacks.CANARY}' AS word;")
    (outside / "dump" / "load.sql").write_text("")
    (outside / "evil.duckdb_extension").write_bytes(b"\x7fELF evil")
    pq.write_table(pa.table({"word": [attacks.CANARY]}), outside / "secret.parquet")
    (store / "link.csv").symlink_to(outside / "secret.csv")
    with duckdb.connect(str(outside / "other.duckdb")) as other:
        other.execute(f"CREATE TABLE t AS SELECT '{attacks.CANARY}' AS word")
    return store / "catalog.duckdb"


@pytest.fixture
def found(request: pytest.FixtureRequest, published: ShopProject, tmp_path: Path) -> dict[str, Any]:
    """What became of each attack, with one client; tried once a session."""
    client = str(request.param)
    if client not in _FOUND:
        first = [os.environ["FEATURECAT_DUCKDB14"]] if client == "1.4" else []
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([*first, str(REPOSITORY)]), "CANARY": attacks.CANARY}
        catalog = _world(tmp_path / "world", published)
        child = subprocess.run(
            [sys.executable, str(REPOSITORY / "tests" / "support" / "attacks.py"), str(catalog)],
            env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        assert child.returncode == 0, child.stderr
        _FOUND[client] = json.loads(child.stdout)
    assert _FOUND[client]["version"].startswith("1.4." if client == "1.4" else duckdb.__version__)
    return _FOUND[client]


def _silent(told: dict[str, Any]) -> None:
    """No file was changed, none made, and nothing outside is told."""
    assert told["changed"] == []
    assert attacks.CANARY not in told["text"]
    assert "root:" not in told["text"]


@pytest.mark.parametrize("found", CLIENTS, indirect=True)
@pytest.mark.parametrize(
    "attack", [*(f"known: {name}" for name in attacks.KNOWN), *(f"new: {name}" for name in attacks.NEW)]
)
def test_no_way_out(found: dict[str, Any], attack: str) -> None:
    told = found[attack]
    _silent(told)
    assert (told.get("code"), told.get("exit")) == ("invalid-sql", 2), told


@pytest.mark.parametrize("found", CLIENTS, indirect=True)
@pytest.mark.parametrize("bomb", attacks.BOMBS)
def test_bombs_end(found: dict[str, Any], bomb: str) -> None:
    told = found[f"bombs: {bomb}"]
    _silent(told)
    if bomb in ("parentheses", "subqueries", "negations", "a sum") and "rows" in told:
        return  # where DuckDB can, it may answer
    assert told.get("code") == "invalid-sql", told


@pytest.mark.parametrize("found", CLIENTS, indirect=True)
@pytest.mark.parametrize("question", attacks.HARMLESS)
def test_what_is_answered_says_nothing_of_the_world_outside(found: dict[str, Any], question: str) -> None:
    told = found[f"harmless: {question}"]
    _silent(told)
    assert told.get("code", "invalid-sql") == "invalid-sql"
    if question in ("secrets", "logs", "the copy by its path", "the copy by its path, listed", "which secret"):
        assert told.get("rows", 0) == 0, told
    assert not [place for place in found["places"] if place in told["text"]]


def test_the_command_refuses_likewise(published: ShopProject) -> None:
    before = published.store.catalog.read_bytes()
    for statement in ("COPY (SELECT 1) TO 'out.csv'", "FROM read_text('pyproject.toml')", "SELECT 1; SELECT 2"):
        told = published.run("sql", statement)
        assert (told.code, told.out) == (2, "") and "[invalid-sql]" in told.err
    assert not (published.root / "out.csv").exists()
    assert published.store.catalog.read_bytes() == before
    told = published.run("sql", "SELECT count(*) FROM range(100000) a, range(100000) b", "--seconds", "0.3")
    assert told.code == 2 and "took longer than 0.3 seconds" in told.err
    told = published.run("sql", "SELECT list(range) FROM range(50000000)", "--memory", "60MB")
    assert told.code == 2 and "more memory than it is allowed" in told.err
    told = published.run("sql", "FROM range(11)", "--max-rows", "10")
    assert told.code == 2 and "more than 10 rows" in told.err


def test_python_is_sandboxed_alike(published: ShopProject) -> None:
    with Catalog.open_project(published.root) as catalog:
        query = catalog.sql("SELECT feature, owner, n_checks FROM public_features ORDER BY feature")
        assert query[0] == {"feature": "age_in_years", "owner": "crm", "n_checks": 0}
        assert query.to_arrow().to_pylist() == list(query) == query.rows
        assert query.to_polars().rows(named=True) == query.rows
        assert query.to_pandas().to_dict("records")[0] == query.rows[0]
        assert [row["feature"] for row in catalog.list_features()] == [row["feature"] for row in query]
        for ask in (list, lambda refused: refused.to_arrow(), lambda refused: refused.to_polars()):
            with pytest.raises(ValueError, match="not allowed|disabled by configuration"):
                ask(catalog.sql("FROM read_text('pyproject.toml')"))
            with pytest.raises(ValueError, match="not allowed"):
                ask(catalog.sql("COPY (SELECT 1) TO 'x.csv'"))


ODD_TARGETS = {
    "a device": ("/dev/null", ".csv", "is not a plain file"),
    "a directory": ("data", "", "is a directory"),
    "the store": (".featurecat/answer.csv", "", "lies in the store"),
    "the catalog": (".featurecat/catalog.duckdb", "", "does not look like an answer"),
    "a module": ("order_features.py", "", "does not look like an answer"),
    "a source": ("data/customers.csv", "", "is the source 'customers' and would be lost"),
    "a missing directory": ("nowhere/answer.csv", "", "does not exist"),
    "another format": ("answer.csv", "parquet", "would be parquet under the name of csv"),
}


@pytest.mark.parametrize("case", ODD_TARGETS)
def test_odd_targets_are_refused(published: ShopProject, case: str) -> None:
    output, form, message = ODD_TARGETS[case]
    before = {path: path.read_bytes() for path in published.root.rglob("*") if path.is_file()}
    wanted = ("--format", form.removeprefix(".")) if form else ()
    told = published.run("sql", "SELECT 1 AS a", "-o", output, *wanted)
    assert told.code in (2, 3) and message in told.err and "hint:" in told.err, told.err
    assert {path: path.read_bytes() for path in published.root.rglob("*") if path.is_file()} == before


def test_answers_are_files_of_every_format(published: ShopProject) -> None:
    statement = "SELECT feature, n_checks, NULL::VARCHAR AS nothing, '' AS empty, tags FROM public_features ORDER BY 1"
    rows = published.ok("sql", statement, "--json").rows
    for name in ("a.csv", "a.json", "a.ndjson", "a.parquet"):
        told = published.ok("sql", statement, "-o", name)
        assert (told.out, told.err) == ("", f"wrote {name}, 6 rows\n")
    assert json.loads((published.root / "a.json").read_text()) == rows
    assert [json.loads(line) for line in (published.root / "a.ndjson").read_text().splitlines()] == rows
    table = pq.read_table(published.root / "a.parquet")
    assert table.column_names == list(rows[0])
    assert table["feature"].to_pylist() == [row["feature"] for row in rows]
    assert pq.read_schema(published.root / "a.parquet").metadata[b"featurecat.sql"] == statement.encode()
    text = (published.root / "a.csv").read_text()
    assert text.splitlines()[1] == 'age_in_years,0,,"",{}'
    assert published.ok("sql", statement, "--csv").out == text
    assert published.ok("sql", "--file", published.write("question.sql", statement), "--format", "csv").out == text
    assert published.ok("sql", "-", "--format", "csv", stdin=statement).out == text


def test_times_with_a_zone_are_told_how_to_be_asked_for(published: ShopProject) -> None:
    told = published.run("sql", "SELECT now()")
    assert told.code == 2 and "times with a time zone" in told.err and "now()::TIMESTAMP" in told.err
    published.ok("sql", "SELECT now() AS n", "-o", "n.parquet")
    assert str(pq.read_schema(published.root / "n.parquet").field("n").type) == "timestamp[us, tz=UTC]"
    told = published.run("sql", "SELECT INTERVAL 1 DAY AS span", "-o", "span.parquet")
    assert told.code == 3 and "[not-tabular]" in told.err and "span" in told.err
