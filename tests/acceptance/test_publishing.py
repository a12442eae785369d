"""Readers of published data never see a value that an expectation blocks, while runs fail, are mended and succeed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from featurecat.storage.layout import list_manifests
from featurecat.storage.manifest import read_manifest
from tests.support.projects import ShopProject

#: More than any order may be worth.
MOST = 1000.0
WAYS = {
    "a feature": (),
    "the run": ("--on-fail", "run"),
    "rows": ("--on-fail", "rows"),
}


class Reader(threading.Thread):
    """Reads all that is published, again and again, as a program beside the store would."""

    def __init__(self, shop: ShopProject) -> None:
        super().__init__(daemon=True)
        self.shop = shop
        self.wrong: list[str] = []
        self.looks = 0
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.is_set():
            self.look()

    def look(self) -> None:
        """One look: at the files that manifests name, and at all that lies where published files lie."""
        store = self.shop.store
        named: set[Path] = set()
        for listed in list_manifests(store):
            manifest = read_manifest(store.root / listed.file)
            if manifest.status == "published":
                named |= {store.root / artifact.path for artifact in manifest.artifacts}
        for path in named | set(store.artifacts.rglob("*.parquet")):
            table = pq.ParquetFile(path).read()
            for column in ("net_amount", "margin"):
                if column in table.column_names and (pc.max(table[column]).as_py() or 0) > MOST:
                    self.wrong.append(f"{column} in {path}")
        self.looks += 1


@contextmanager
def watched(shop: ShopProject) -> Iterator[Reader]:
    reader = Reader(shop)
    reader.start()
    try:
        yield reader
    finally:
        reader.ended.set()
        reader.join()


def set_amounts(shop: ShopProject, factor: float) -> None:
    """Make the last three orders dearer."""
    numbers = list(range(1, 21))
    amounts = [10.0 * number * (factor if number > 17 else 1.0) for number in numbers]
    path = shop.root / "data" / "orders.parquet"
    table = pq.read_table(path)
    pq.write_table(table.set_column(2, "amount", pa.array(amounts)), path)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_readers_never_see_what_is_blocked(shop: ShopProject, way: tuple[str, ...]) -> None:
    settings = shop.root / "pyproject.toml"
    settings.write_text(f"{settings.read_text()}\n[tool.featurecat.checks]\nmax_quarantined = 0.2\n")
    command = ("materialize", "net_amount", "margin", "unit_price", *way)
    with watched(shop) as reader:
        for factor, code in ((1.0, 0), (100.0, 1), (1.0, 0), (100.0, 1)):
            set_amounts(shop, factor)
            assert shop.run(*command).code == code
    reader.look()
    assert reader.looks > 1 and not reader.wrong
    manifests = shop.sound()
    failed = "quarantined" if way == ("--on-fail", "run") else "published"
    assert [manifest.status for manifest in manifests] == ["published", failed, "published", failed]
    for manifest in manifests[1::2]:
        assert (shop.store.quarantine_directory(manifest.run_id) / "report.json").is_file()
    current = shop.ok("sql", "SELECT feature, run_id FROM current_artifacts ORDER BY feature", "--json").rows
    last = {row["feature"]: row["run_id"] for row in current}
    # a feature that is blocked stays readable as it was published last
    expected = {"a feature": 2, "the run": 2, "rows": 3}[next(name for name, words in WAYS.items() if words == way)]
    assert last["net_amount"] == manifests[expected].run_id


def test_what_was_published_before_stays_current(shop: ShopProject) -> None:
    shop.ok("materialize", "net_amount", "margin", "unit_price")
    set_amounts(shop, 100.0)
    told = shop.run("materialize", "net_amount", "margin", "unit_price")
    assert told.code == 1
    first, second = shop.sound()
    current = shop.ok("sql", "SELECT feature, run_id FROM current_artifacts", "--json").rows
    assert {row["feature"]: row["run_id"] for row in current} == {
        "net_amount": first.run_id,
        "margin": first.run_id,
        "unit_price": second.run_id,
    }
