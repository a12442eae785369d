"""What has not changed is not read again, and what is known is not loaded again."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from featurecat.catalog.catalog import Catalog
from featurecat.catalog.snapshot import read_newest_snapshot
from featurecat.clock import SystemClock
from featurecat.project.discover import find_project
from featurecat.project.meanings import Meanings
from featurecat.project.refresh import refresh_catalog
from tests.support.projects import ShopProject

TRAP = "\nimport pathlib\npathlib.Path(__file__).with_suffix('.imported').touch()\n"


@pytest.fixture
def trapped(shop: ShopProject) -> ShopProject:
    """A project that was indexed, whose modules tell when they are imported again."""
    for name in ("order_features.py", "customer_features.py"):
        path = shop.root / name
        path.write_text(path.read_text(encoding="utf-8") + TRAP, encoding="utf-8")
        age(path)
    shop.ok("index")
    forget(shop)
    return shop


def age(path: Path) -> None:
    """As if it was written a while ago: files written while they are imported are never trusted."""
    before = time.time_ns() - 10_000_000_000
    os.utime(path, ns=(before, before))


def forget(shop: ShopProject) -> None:
    for path in shop.root.glob("*.imported"):
        path.unlink()


def imported(shop: ShopProject) -> list[str]:
    return sorted(path.stem for path in shop.root.glob("*.imported"))


def test_nothing_changed_nothing_imported(trapped: ShopProject) -> None:
    first = json.loads(trapped.ok("index", "--force", "--json").out)[0]
    assert imported(trapped) == ["customer_features", "order_features"]
    forget(trapped)
    again = json.loads(trapped.ok("index", "--json").out)[0]
    assert imported(trapped) == []
    assert again == first | {"added": [], "changed": [], "removed": []}


def test_touched_but_equal_files_are_not_read(trapped: ShopProject) -> None:
    os.utime(trapped.root / "order_features.py")
    trapped.ok("index")
    assert imported(trapped) == []


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda root: append(root / "order_features.py", "\n# a comment\n"), id="a module"),
        pytest.param(
            lambda root: append(root / "pyproject.toml", "\n[tool.featurecat.configs.more]\nx = 1\n"), id="settings"
        ),
        pytest.param(lambda root: (root / "pandas_like.py").write_text("", encoding="utf-8"), id="a new file"),
    ],
)
def test_what_changed_is_read(trapped: ShopProject, change) -> None:  # type: ignore[no-untyped-def]
    change(trapped.root)
    trapped.ok("index")
    assert imported(trapped) == ["customer_features", "order_features"]


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
    age(path)


@pytest.mark.parametrize("damage", ["gone", "cut", "flipped"])
def test_a_damaged_catalog_is_built_again_without_importing(trapped: ShopProject, damage: str) -> None:
    path = trapped.root / ".featurecat" / "catalog.duckdb"
    content = bytearray(path.read_bytes())
    path.unlink()
    if damage == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif damage == "flipped":
        for position in range(4_096, len(content), 4_096):
            content[position] ^= 0xFF
        path.write_bytes(content)
    trapped.ok("index")
    assert imported(trapped) == []
    assert "margin" in trapped.ok("list").out


def test_problems_are_told_every_time(shop: ShopProject) -> None:
    (shop.root / "customer_features.py").write_text("raise ValueError('no')\n", encoding="utf-8")
    for _ in range(2):
        told = shop.run("index")
        assert told.code == 2
        assert "customer_features raised ValueError" in told.err


def test_definitions_are_copied_from_the_catalog_that_holds_them(shop: ShopProject) -> None:
    shop.ok("index")
    project = find_project(shop.root)
    with Catalog.open(project.store.catalog) as catalog:
        before = catalog.features(), catalog.table("variants"), catalog.table("expectations"), catalog.edges()
        version = catalog.table("catalog_versions")[0]["content_hash"]
    (snapshot,) = project.store.snapshots.glob("*.json")
    content = snapshot.read_bytes()
    # a snapshot whose head is sound, and that nobody can read
    snapshot.write_bytes(content.replace(b'"margin"', b'"nigram"'))
    assert read_newest_snapshot(project.store.snapshots)[0] is None
    assert not refresh_catalog(project.store, SystemClock()).warnings
    with Catalog.open(project.store.catalog) as catalog:
        after = catalog.features(), catalog.table("variants"), catalog.table("expectations"), catalog.edges()
        assert catalog.table("catalog_versions")[0]["content_hash"] == version
    assert after == before
    project.store.catalog.unlink()
    assert refresh_catalog(project.store, SystemClock()).warnings


def test_a_file_is_parsed_once_for_all_that_is_told_of_it(shop: ShopProject, monkeypatch: pytest.MonkeyPatch) -> None:
    from featurecat.project.index import definition_tables, read_project

    monkeypatch.syspath_prepend(str(shop.root))
    read = read_project(find_project(shop.root))
    definition_tables(read)
    parsed = read.fingerprints.files.parsed
    assert sorted(parsed) == sorted(set(parsed))
    assert {"order_features", "customer_features"} <= set(parsed)
    assert isinstance(read.meanings, Meanings)


def test_a_run_that_the_catalog_does_not_know_is_taken_in(trapped: ShopProject) -> None:
    trapped.ok("materialize", "margin")
    trapped.ok("index")
    forget(trapped)
    (manifest,) = (trapped.root / ".featurecat" / "manifests").rglob("*.json")
    manifest.write_bytes(b"{}")
    assert "[manifest-unusable]" in trapped.ok("index").err
    assert trapped.ok("runs", "--json").out.strip() == "[]"
    catalog = trapped.root / ".featurecat" / "catalog.duckdb"
    built = catalog.stat().st_mtime_ns
    trapped.ok("index")
    assert catalog.stat().st_mtime_ns == built
    assert imported(trapped) == []
