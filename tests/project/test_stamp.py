"""Whether the definitions in the catalog are those of the files: told without user code, and never wrongly yes."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from featurecat.project.discover import Project, find_project
from featurecat.project.stamp import definitions_current
from tests.support.projects import Nursery, ShopProject, make_shop

HELPERS = "RATE = 0.5\n"
LATE = "def twice(values):\n    return values * 2\n"
FEATURES = """
    import pandas as pd

    from featurecat.function_modifiers import sql
    from shop_helpers import RATE


    def halved(net_amount: pd.Series) -> pd.Series:
        return net_amount * RATE


    def twice(net_amount: pd.Series) -> pd.Series:
        import shop_late

        return shop_late.twice(net_amount)


    @sql(file="big.sql")
    def big(orders: pd.DataFrame) -> pd.DataFrame: ...
"""


@pytest.fixture(scope="module")
def _indexed_once(tmp_path_factory: pytest.TempPathFactory, nursery: Nursery) -> Path:
    shop = make_shop(tmp_path_factory.mktemp("indexed") / "shop", nursery)
    shop.write("shop_helpers.py", HELPERS)
    shop.write("shop_late.py", LATE)
    shop.write("big.sql", "SELECT * FROM orders WHERE amount > 10\n")
    shop.add_module("more_features", FEATURES)
    shop.ok("index")
    return shop.root


@pytest.fixture
def indexed(_indexed_once: Path, tmp_path: Path, nursery: Nursery) -> ShopProject:
    """A project with helpers that no setting names, indexed."""
    shutil.copytree(_indexed_once, tmp_path / "shop")
    return ShopProject(tmp_path / "shop", nursery)


def current(shop: ShopProject, **more: object) -> bool:
    return definitions_current(find_project(shop.root, **more))  # type: ignore[arg-type]


def stamp_of(shop: ShopProject) -> Path:
    return shop.store.cache / "stamp.json"


def test_right_after_an_index_definitions_are_current(indexed: ShopProject) -> None:
    assert current(indexed)
    files = json.loads(stamp_of(indexed).read_text())["files"]
    assert set(files) == {
        "big.sql", "customer_features.py", "more_features.py", "order_features.py", "shop_helpers.py", "shop_late.py"
    }  # fmt: skip


EDITS: dict[str, Callable[[ShopProject], object]] = {
    "a declared module": lambda shop: shop.replace("order_features.py", "0.1", "0.2"),
    "a helper that is imported": lambda shop: shop.write("shop_helpers.py", "RATE = 0.6\n"),
    "a helper imported when a function runs": lambda shop: shop.write("shop_late.py", LATE.replace("2", "3")),
    "a file that a decorator reads": lambda shop: shop.write("big.sql", "SELECT * FROM orders WHERE amount > 20\n"),
    "a helper that is gone": lambda shop: (shop.root / "shop_helpers.py").unlink(),
    "a file beside them that could be imported": lambda shop: shop.write("pandas.py", ""),
    "a package beside them": lambda shop: shop.write("pyarrow/__init__.py", ""),
    "a module less": lambda shop: shop.replace("pyproject.toml", ', "customer_features"', ""),
    "a source": lambda shop: shop.replace("pyproject.toml", 'key = ["order"]', 'key = ["order", "customer"]'),
    "settings that cannot be read": lambda shop: shop.write("pyproject.toml", "[tool.featurecat\n"),
    "a stamp that is gone": lambda shop: stamp_of(shop).unlink(),
    "a stamp cut short": lambda shop: stamp_of(shop).write_text(stamp_of(shop).read_text()[:-40]),
    "a stamp of something else": lambda shop: stamp_of(shop).write_text("[]"),
    "a snapshot that is gone": lambda shop: [path.unlink() for path in shop.store.snapshots.glob("*.json")],
    "a newer snapshot": lambda shop: (shop.store.snapshots / "9999-01-01T000000Z-0.json").write_text("{}"),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_what_differs_is_noticed(edit: Callable[[ShopProject], object], indexed: ShopProject) -> None:
    project = find_project(indexed.root)
    edit(indexed)
    assert not definitions_current(project)


def test_indexing_again_makes_them_current(indexed: ShopProject) -> None:
    indexed.write("shop_helpers.py", "RATE = 0.6\n")
    assert not current(indexed)
    indexed.ok("index")
    assert current(indexed)


@pytest.mark.parametrize(
    "more", [{"hamilton": True}, {"modules": ["more_features", "shop_helpers"]}], ids=["hamilton", "further module"]
)
def test_what_is_asked_for_is_part_of_it(more: dict[str, object], indexed: ShopProject) -> None:
    assert not current(indexed, **more)


def test_equal_files_with_other_times_are_the_same(indexed: ShopProject) -> None:
    for path in indexed.root.glob("*.py"):
        os.utime(path, (1, 1))
    assert current(indexed)


def test_settings_of_other_tools_do_not_count(indexed: ShopProject) -> None:
    indexed.replace("pyproject.toml", 'version = "1.0"', 'version = "1.1"')
    assert current(indexed)


def test_no_user_code_is_imported(indexed: ShopProject) -> None:
    path = indexed.root / "shop_helpers.py"
    stat = path.stat()
    path.write_text("1/0       \n")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert path.stat().st_size == stat.st_size
    assert current(indexed)  # nobody can tell, but nothing fell over either


def test_an_index_with_problems_leaves_no_stamp(indexed: ShopProject) -> None:
    indexed.write("customer_features.py", "1/0\n")
    assert indexed.run("index").code == 2
    assert not stamp_of(indexed).exists()
    assert not current(indexed)


def test_a_file_that_may_have_changed_while_it_was_imported_leaves_no_stamp(indexed: ShopProject) -> None:
    later = time.time_ns() + 3_600_000_000_000
    os.utime(indexed.root / "shop_helpers.py", ns=(later, later))
    assert indexed.run("index", "--force").code == 0
    assert not current(indexed)


def test_materializing_stamps_too(indexed: ShopProject) -> None:
    stamp_of(indexed).unlink()
    indexed.ok("materialize", "age_in_years")
    assert current(indexed)


def test_a_folder_that_holds_nothing_is_not_current(tmp_path: Path) -> None:
    project: Project = find_project(tmp_path, tmp_path / "store")
    assert not definitions_current(project)
