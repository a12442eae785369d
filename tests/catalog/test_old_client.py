"""The catalog in the hands of older clients: what a BI tool with its own DuckDB sees."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from featurecat.catalog.snapshot import read_newest_snapshot, write_snapshot

QUERIES = {
    "upstream": "FROM upstream('report')",
    "downstream": "FROM downstream('spend')",
    "path": "FROM path('spend', 'report')",
    "impact": "FROM impact('avg_3wk_spend')",
    "owners": "FROM owners_of_downstream('spend')",
    "search": "FROM search('rolling mean')",
    "public": "SELECT feature, owner, tags, last_status FROM public_features ORDER BY feature",
    "ancestors": "FROM ancestors ORDER BY ALL",
    "current": "SELECT feature, run_id FROM current_artifacts",
    "history": "SELECT run_id, status, previous_status FROM check_history ORDER BY run_id",
    "turns": "SELECT run_id, flipped, flips, failing_since, share, share_change FROM check_history ORDER BY run_id",
    "checks": "SELECT check_id, feature, owner, file, line, status, declared, fail_if FROM checks",
    "profiles": "SELECT run_id, kind, null_share, mean, histogram, earliest FROM profiles ORDER BY run_id",
    "comments": "SELECT count(*) FROM duckdb_columns() WHERE NOT internal AND comment IS NULL",
}
CHILD = """
import json, sys
import duckdb
answers = {"version": duckdb.__version__}
with duckdb.connect(sys.argv[1], read_only=True) as client:
    for name, query in json.loads(sys.argv[2]).items():
        answers[name] = client.execute(query).fetchall()
    views = client.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal ORDER BY view_name").fetchall()
    for (view,) in views:
        answers[view] = client.execute(f"FROM {view} ORDER BY ALL").fetchall()
print(json.dumps(answers, default=str))
"""
#: The whole room under the old client: building, asking, and the sandbox with its timer.
ROOM = """
import sys
from pathlib import Path
from featurecat.catalog.build import build_catalog
from featurecat.catalog.catalog import Catalog
from featurecat.catalog.sandbox import run_sql
from featurecat.catalog.snapshot import read_newest_snapshot
from featurecat.clock import SystemClock
from featurecat.errors import RequestError
store = Path(sys.argv[1])
snapshot, _ = read_newest_snapshot(store / "snapshots")
built = build_catalog(store / "catalog.duckdb", snapshot.tables, (), snapshots=[snapshot.row], clock=SystemClock())
with Catalog.open(built.path) as catalog:
    assert catalog.show("avg_3wk_spend")["owner"] == "ann, growth"
for attack in ("COPY (SELECT 1) TO 'x'", "FROM read_text('/etc/passwd')", "SET threads = 9", "FROM glob('*')"):
    try:
        run_sql(built.path, attack)
    except RequestError as error:
        assert error.code == "invalid-sql"
    else:
        raise AssertionError(attack)
try:
    run_sql(built.path, "SELECT count(*) FROM range(100000) a, range(100000) b, range(100000) c", seconds=0.2)
except RequestError as error:
    assert "took longer" in str(error)
print(built.content_hash)
"""


READ = """
import sys
from pathlib import Path
from featurecat.catalog.catalog import Catalog
with Catalog.open(Path(sys.argv[1])) as catalog:
    catalog.list_features(), catalog.show("avg_3wk_spend"), catalog.runs(3), catalog.search("spend")
print(sorted({"numpy", "pandas", "pyarrow"} & set(sys.modules)))
"""


def run_child(code: str, *arguments: str, first: Path | None = None) -> str:
    entries = [str(first)] if first else []
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([*entries, *(entry for entry in sys.path if entry)])}
    child = subprocess.run(
        [sys.executable, "-c", code, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    assert child.returncode == 0, child.stderr
    return child.stdout


@pytest.mark.component("duckdb14")
def test_duckdb_14_gives_the_same_answers(sample_catalog: Path, duckdb14_directory: Path) -> None:
    arguments = (str(sample_catalog), json.dumps(QUERIES))
    old = json.loads(run_child(CHILD, *arguments, first=duckdb14_directory))
    new = json.loads(run_child(CHILD, *arguments))
    assert old.pop("version").startswith("1.4.")
    new.pop("version")
    assert old == new
    assert old["path"] == [[["spend", "avg_3wk_spend", "report"], 2]]
    assert old["comments"] == [[0]]


@pytest.mark.component("duckdb14")
def test_the_room_works_on_duckdb_14(tmp_path: Path, sample_tables, clock, build, duckdb14_directory: Path) -> None:
    write_snapshot(tmp_path / "snapshots", sample_tables, clock=clock)
    snapshot, _ = read_newest_snapshot(tmp_path / "snapshots")
    assert snapshot is not None
    old_hash = run_child(ROOM, str(tmp_path), first=duckdb14_directory).strip()
    assert build(tmp_path / "new.duckdb", sample_tables, snapshots=[snapshot.row]).content_hash == old_hash


@pytest.mark.component("duckdb14")
def test_reading_on_duckdb_14_loads_no_other_library(sample_catalog: Path, duckdb14_directory: Path) -> None:
    assert run_child(READ, str(sample_catalog), first=duckdb14_directory).strip() == "[]"
