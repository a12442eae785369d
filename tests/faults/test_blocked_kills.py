"""Death at every failpoint of a run that keeps something back: readers see the run before, or all that may be seen.

A project has published once; then dearer orders come in, and it is materialized again: one feature is blocked, or rows
of it are taken out. A value that is too dear is never among what is published, whatever happens when.
"""

from __future__ import annotations

import functools
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from featurecat.storage.sweep import sweep_staging
from tests.support.projects import Nursery, ShopProject, make_shop

SELECTED = ("materialize", "net_amount", "margin", "unit_price")
COMMANDS = {"columns": SELECTED, "rows": (*SELECTED, "--on-fail", "rows")}
#: Steps that nobody may take out without thinking about this test.
REQUIRED = {
    "publish.withdrawn", "quarantine.written", "quarantine.synced", "quarantine.reported", "quarantine.after_rename",
    "publish.before_rename", "publish.after_rename", "manifest.before_link", "manifest.after_link",
}  # fmt: skip
MOST = 1000.0


def _prepare(root: Path, nursery: Nursery) -> ShopProject:
    """Three of twenty orders are too dear now."""
    shop = make_shop(root, nursery)
    settings = shop.root / "pyproject.toml"
    settings.write_text(f"{settings.read_text()}\n[tool.featurecat.checks]\nmax_quarantined = 0.2\n")
    shop.ok(*SELECTED)
    table = pq.read_table(shop.root / "data" / "orders.parquet")
    dear = pc.if_else(pc.greater(table["amount"], 170.0), pc.multiply(table["amount"], 100.0), table["amount"])
    pq.write_table(table.set_column(2, "amount", dear), shop.root / "data" / "orders.parquet")
    return shop


@functools.cache
def _points() -> tuple[tuple[str, str], ...]:
    """Every passage of whole runs, as ``name#n``, without those after the commit."""
    found = []
    nursery = Nursery()
    try:
        for kept, command in COMMANDS.items():
            with tempfile.TemporaryDirectory() as directory:
                shop = _prepare(Path(directory) / "shop", nursery)
                log = Path(directory) / "log"
                assert shop.run(*command, environment={"FEATURECAT_FAULT_LOG": str(log)}).code == 1
                points = log.read_text().split()
            found += [(kept, point) for point in points if point.startswith(("publish.", "quarantine.", "manifest."))]
    finally:
        nursery.close()
    return tuple(found)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, nursery: Nursery) -> Path:
    return _prepare(tmp_path_factory.mktemp("blocked") / "shop", nursery).root


@pytest.fixture
def prepared(template: Path, tmp_path: Path, nursery: Nursery) -> Iterator[ShopProject]:
    root = tmp_path / "shop"
    shutil.copytree(template, root)
    yield ShopProject(root, nursery)


def _check_published(shop: ShopProject) -> int:
    """What holds at any time; the number of published runs."""
    for path in shop.store.artifacts.rglob("*.parquet"):
        table = pq.ParquetFile(path).read()
        if "net_amount" in table.column_names:
            assert pc.max(table["net_amount"]).as_py() <= MOST
    return sum(manifest.status == "published" for manifest in shop.sound())


def test_the_recorded_points_are_the_durable_steps() -> None:
    for kept in COMMANDS:
        assert {point.partition("#")[0] for where, point in _points() if where == kept} >= REQUIRED


@pytest.mark.parametrize(("kept", "point"), _points())
def test_killed(prepared: ShopProject, kept: str, point: str) -> None:
    command = COMMANDS[kept]
    died = prepared.run(*command, environment={"FEATURECAT_FAULT": f"{point}=kill"})
    assert (died.code, died.out) == (-signal.SIGKILL, "")
    committed = point.startswith(("manifest.after_link", "manifest.committed"))
    assert _check_published(prepared) == (2 if committed else 1)
    assert prepared.run(*command).code == 1
    assert _check_published(prepared) == (3 if committed else 2)
    last = prepared.manifests()[-1]
    assert (prepared.store.quarantine_directory(last.run_id) / "report.json").is_file()
    sweep_staging(prepared.store)
    assert list(prepared.store.staging.iterdir()) == []


@pytest.mark.parametrize(("kept", "point"), [pair for pair in _points() if pair[1].endswith("#1")])
def test_refused(prepared: ShopProject, kept: str, point: str) -> None:
    refused = prepared.run(*COMMANDS[kept], environment={"FEATURECAT_FAULT": f"{point}=raise:ENOSPC"})
    assert refused.code == 3 and "[store-unwritable]" in refused.err and "Traceback" not in refused.err
    committed = point.startswith(("manifest.after_link", "manifest.committed"))
    assert _check_published(prepared) == (2 if committed else 1)
    if not committed:
        assert [path.name for path in prepared.store.quarantine.iterdir()] == []
