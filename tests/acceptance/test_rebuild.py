"""Done: "Deleting catalog.duckdb and indexing again gives the same content"."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.support.projects import ShopProject

NEVER_EQUAL = {"catalog_versions": {"built_at"}}


def content(path: Path) -> dict[str, list[str]]:
    """Every row of every table and view of a catalog, as text, in one order."""
    with duckdb.connect(str(path), read_only=True) as client:
        names = "SELECT table_schema || '.' || table_name FROM information_schema.tables ORDER BY ALL"
        tables = {}
        for (name,) in client.execute(names).fetchall():
            left_out = NEVER_EQUAL.get(name.rpartition(".")[2], set())
            columns = [column[0] for column in client.execute(f"DESCRIBE {name}").fetchall() if column[0] not in left_out]
            quoted = ", ".join(f'"{column}"' for column in columns)
            tables[name] = sorted(map(repr, client.execute(f"SELECT {quoted} FROM {name}").fetchall()))
        return tables


def rebuilt(shop: ShopProject) -> dict[str, list[str]]:
    shop.store.catalog.unlink()
    shop.run("index")
    return content(shop.store.catalog)


@pytest.fixture
def eventful(published: ShopProject) -> ShopProject:
    """A project with runs of every outcome, a module that cannot be read, and snapshots behind it."""
    failing = "import pandas as pd\n\n\ndef failing(net_amount: pd.Series) -> pd.Series:\n    raise ValueError('no')\n"
    published.add_module("failing_features", failing)
    assert published.run("materialize", "failing").code == 3
    published.replace("order_features.py", "range=(0.0, 1000.0)", "range=(0.0, 10.0)")
    assert published.run("materialize", "margin", "--config-name", "us").code == 1
    published.replace("order_features.py", "range=(0.0, 10.0)", "range=(0.0, 500.0)")
    published.replace("failing_features.py", "raise ValueError('no')", "return net_amount")
    published.ok("materialize", "--all")
    published.add_module("broken_features", "def broken(:\n")
    assert published.run("index").code == 2
    return published


def test_deleting_the_catalog_and_indexing_again_gives_the_same_content(eventful: ShopProject) -> None:
    before = content(eventful.store.catalog)
    statuses = {manifest.status for manifest in eventful.manifests()}
    assert statuses == {"published", "failed", "quarantined"}
    filled = {name.rpartition(".")[2] for name, rows in before.items() if rows}
    assert filled >= {
        "features", "variants", "edges", "owners", "tags", "modules", "index_errors", "sources", "expectations",
        "configs", "config_keys", "runs", "run_inputs", "artifacts", "materializations", "check_results", "snapshots",
        "manifests", "catalog_versions", "public_features", "ancestors", "current_artifacts", "check_history",
        "checks", "profiles",
    }  # fmt: skip

    after = rebuilt(eventful)
    assert after.keys() == before.keys()
    for name, rows in before.items():
        assert after[name] == rows, name


def test_another_checkout_gives_the_same_definitions(published: ShopProject, tmp_path: Path) -> None:
    """Times of files and the place of the project are no part of what a project is."""
    other = ShopProject(tmp_path / "other", published.nursery)
    shutil.copytree(published.root, other.root, ignore=shutil.ignore_patterns(".featurecat", "old.parquet"))
    os.utime(other.root / "order_features.py", ns=(1_600_000_000_000_000_000,) * 2)
    other.ok("index")

    def definitions(shop: ShopProject) -> tuple[str, Any]:
        document = json.loads(max(shop.store.snapshots.glob("*.json")).read_text())
        for row in document["tables"]["modules"]:
            row.pop("mtime_ns")
        return document["content_hash"], document["tables"]

    assert definitions(other) == definitions(published)


def test_a_touch_is_no_change(published: ShopProject) -> None:
    snapshots = sorted(published.store.snapshots.iterdir())
    os.utime(published.root / "order_features.py", ns=(1_600_000_000_000_000_000,) * 2)
    assert published.ok("list").err == "6 features\n"
    assert published.ok("index").out == "6 features: nothing changed\n"
    assert sorted(published.store.snapshots.iterdir()) == snapshots
    assert content(published.store.catalog) == rebuilt(published)


def test_a_change_is_told(published: ShopProject) -> None:
    published.replace("order_features.py", "net_amount * 0.2", "net_amount * 0.25")
    published.replace("customer_features.py", "def mail_domain", "def mail_host")
    published.write("new_features.py", "import pandas as pd\n\n\ndef pieces(orders: pd.DataFrame) -> pd.Series:\n    return orders['pieces']\n")
    published.replace("pyproject.toml", "modules = [", 'modules = ["new_features", ')
    told = published.ok("index", "--json")
    (report,) = told.rows
    assert report["features"] == 7
    assert (report["added"], report["changed"], report["removed"]) == (["mail_host", "pieces"], ["shipping"], ["mail_domain"])
    assert len(list(published.store.snapshots.iterdir())) == 2
    assert published.ok("index").out == "7 features: nothing changed\n"


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("DISCOUNT = 0.1", "DISCOUNT = 0.2", {"net_amount"}),  # a constant of the module
        ("return amount * (1 - DISCOUNT)", "return amount - amount * DISCOUNT", {"net_amount"}),  # a helper
        ("importance=\"fail\"", "importance=\"warn\"", {"net_amount"}),
        ('owner="ops"', 'owner="sales"', {"net_amount"}),
        ('"""What is left."""', '"""What remains."""', {"margin"}),
        ("    return net_amount - shipping", "    # a remark\n    return (net_amount - shipping)", set()),
    ],
)  # fmt: skip
def test_what_counts_as_a_change(published: ShopProject, old: str, new: str, changed: set[str]) -> None:
    published.replace("order_features.py", old, new)
    (report,) = published.ok("index", "--json").rows
    assert set(report["changed"]) == changed
