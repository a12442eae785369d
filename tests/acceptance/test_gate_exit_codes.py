"""Done: "Each exit code of data-model §7 … has a golden test": what a gate says with each of them, at 80 columns."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.support.projects import ShopProject

Change = Callable[[ShopProject], object]

TOO_SMALL = "range=(0.0, 1000.0), importance=\"fail\""
INTERRUPTED = """
import pandas as pd

from featurecat import feature


@feature(owner="ops")
def odd(orders: pd.DataFrame) -> pd.Series:
    "A number."
    raise KeyboardInterrupt
"""


def stricter(shop: ShopProject) -> None:
    shop.ok("materialize", "net_amount")
    shop.replace("order_features.py", TOO_SMALL, 'range=(0.0, 100.0), importance="fail"')


def damaged(shop: ShopProject) -> None:
    (path,) = shop.store.artifacts.rglob("*.parquet")
    path.write_bytes(path.read_bytes()[:-100])


def no_store(shop: ShopProject) -> None:
    shop.write(".featurecat/catalog.duckdb/occupied", "")


CASES: dict[str, tuple[int, Change, tuple[str, ...]]] = {
    "0 all as expected": (0, lambda shop: None, ("check", "margin")),
    "1 an expectation said no": (1, stricter, ("check", "net_amount")),
    "1 a rule said no": (
        1,
        lambda shop: shop.replace("pyproject.toml", "[project]", '[tool.featurecat.lint.rules]\nowner = "error"\n\n[project]'),
        ("lint", "unit_price"),
    ),
    "2 a selection that matches nothing": (2, lambda shop: None, ("check", "tag:nobody")),
    "3 a file that is not what was published": (3, damaged, ("check", "margin")),
    "4 an expectation that could not be evaluated": (4, lambda shop: None, ("check", "net_amount")),
    "130 interrupted": (130, lambda shop: shop.add_module("added", INTERRUPTED), ("check", "odd", "--compute")),
}


@pytest.mark.parametrize("name", CASES)
def test_exit_code(name, published, golden):
    exit_code, change, command = CASES[name]
    (published.root / "old.parquet").unlink()
    (published.store.catalog).unlink(missing_ok=True)
    published.ok("index")
    change(published)
    told = published.run(*command, terminal="both", columns=80)
    assert told.code == exit_code, (told.out, told.err)
    text = plain(f"{told.out}{told.err}")
    # a path that is to be copied stays whole
    wide = [line for line in text.splitlines() if len(line) > 80 and ".featurecat/" not in line]
    assert not wide
    golden(f"$ featurecat {' '.join(command)}\n{text}\nexit code {told.code}\n", f"exit-code-{name.replace(' ', '-')}.txt")


def test_an_unusable_catalog_is_exit_code_5(published):
    published.store.catalog.unlink()
    for path in published.store.snapshots.iterdir():
        path.unlink()
    published.store.catalog.mkdir()
    (published.store.catalog / "occupied").touch()
    told = published.run("sql", "FROM features")
    assert told.code == 5, (told.out, told.err)


def plain(text: str) -> str:
    """A text without colours and without ids and times."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", text).replace("\r\n", "\n")
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f-]{3,}", "<run>", text)
    return re.sub(r"[0-9]+\.[0-9] s\b", "<seconds> s", text).strip()
