"""Done: "The catalog opens and answers upstream, path and the views in the duckdb 1.4 client and the current one"."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.projects import ShopProject

ASK = """
import json, sys
import duckdb
client = duckdb.connect(sys.argv[1], read_only=True)
views = [row[0] for row in client.execute(
    "SELECT view_name FROM duckdb_views() WHERE NOT internal AND schema_name = 'main' ORDER BY 1").fetchall()]
print(json.dumps({
    "version": duckdb.__version__,
    "rows": {view: len(client.execute(f"FROM {view}").fetchall()) for view in views},
    "upstream": sorted(row[0] for row in client.execute("SELECT feature FROM upstream('margin')").fetchall()),
    "downstream": sorted(row[0] for row in client.execute("SELECT feature FROM downstream('orders')").fetchall()),
    "path": client.execute("SELECT route FROM path('orders', 'margin')").fetchone()[0],
    "owners": client.execute("SELECT owner FROM owners_of_downstream('orders') ORDER BY ALL").fetchall(),
    "found": [row[0] for row in client.execute("SELECT feature FROM search('left')").fetchall()],
}))
client.close()
"""

CONTRACT = {
    *("features", "variants", "edges", "owners", "tags", "modules", "index_errors", "columns", "sources"),
    *("expectations", "configs", "config_keys", "consumers", "runs", "run_inputs", "artifacts", "materializations"),
    *("check_results", "snapshots", "manifests", "catalog_versions"),
    *("public_features", "ancestors", "current_artifacts", "check_history", "checks", "profiles"),
}


def answers(catalog: Path, path: str | None = None) -> dict[str, object]:
    environment = {**os.environ, **({"PYTHONPATH": path} if path else {})}
    done = subprocess.run(
        [sys.executable, "-c", ASK, str(catalog)], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, object] = json.loads(done.stdout)
    return told


def check(told: dict[str, object]) -> None:
    rows = told["rows"]
    assert isinstance(rows, dict)
    assert rows.keys() >= CONTRACT
    assert min(rows[view] for view in ("features", "variants", "edges", "runs", "check_results", "ancestors")) > 0
    assert {"orders", "net_amount", "shipping"} <= set(told["upstream"])  # type: ignore[call-overload]
    assert "margin" in told["downstream"]  # type: ignore[operator]
    route = told["path"]
    assert isinstance(route, list)
    assert (route[0], route[-1]) == ("orders", "margin")
    assert told["owners"] == [["ops"]]
    assert told["found"] == ["margin"]


def test_the_current_client(published: ShopProject) -> None:
    check(answers(published.store.catalog))


@pytest.mark.component("duckdb14")
def test_the_old_client_gives_the_same_answers(published: ShopProject, duckdb14_directory: Path) -> None:
    old = answers(published.store.catalog, str(duckdb14_directory))
    assert str(old["version"]).startswith("1.4.")
    check(old)
    new = answers(published.store.catalog)
    assert {**old, "version": None} == {**new, "version": None}
