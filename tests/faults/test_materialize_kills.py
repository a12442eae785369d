"""Death and refusal at every failpoint that ``materialize --output`` passes; the points are recorded, not listed.

A project has published once and was exported; then a module changes and it is materialized again, with a fault at
one point. Whatever happens, what was published before stays readable and the next run works.
"""

from __future__ import annotations

import errno
import functools
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import duckdb
import pyarrow.parquet as pq
import pytest

from featurecat.storage.sweep import sweep_staging
from tests.support.projects import Nursery, ShopProject, Told, make_shop

COMMAND = ("materialize", "net_amount", "margin", "unit_price", "--output", "orders.parquet")
#: Steps that nobody may take out without thinking about this test.
REQUIRED = {
    "publish.opened", "publish.written", "publish.verified", "publish.staged", "publish.before_rename",
    "publish.after_rename", "publish.directory_synced", "manifest.written", "manifest.before_link",
    "manifest.after_link", "manifest.committed", "export.written", "export.synced", "export.after_replace",
    "export.committed", "snapshot.after_write", "snapshot.after_fsync", "snapshot.after_replace",
    "snapshot.after_directory_fsync", "catalog.after_load", "catalog.after_check", "catalog.after_fsync",
    "catalog.after_replace", "catalog.after_directory_fsync",
}  # fmt: skip


class Prepared(NamedTuple):
    """A project with a published run whose code has changed since, and its files as they were."""

    shop: ShopProject
    earlier: str
    output: bytes


def _prepare(root: Path, nursery: Nursery) -> ShopProject:
    shop = make_shop(root, nursery)
    shop.ok(*COMMAND)
    shop.replace("order_features.py", "DISCOUNT = 0.1", "DISCOUNT = 0.25")
    return shop


@functools.cache
def _points() -> tuple[str, ...]:
    """Every passage of a whole run, as ``name#n``."""
    with tempfile.TemporaryDirectory() as directory:
        nursery = Nursery()
        try:
            shop = _prepare(Path(directory) / "shop", nursery)
            log = Path(directory) / "log"
            shop.ok(*COMMAND, environment={"FEATURECAT_FAULT_LOG": str(log)})
        finally:
            nursery.close()
        return tuple(log.read_text().split())


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, nursery: Nursery) -> Path:
    return _prepare(tmp_path_factory.mktemp("template") / "shop", nursery).root


@pytest.fixture
def prepared(template: Path, tmp_path: Path, nursery: Nursery) -> Iterator[Prepared]:
    root = tmp_path / "shop"
    shutil.copytree(template, root)
    shop = ShopProject(root, nursery)
    yield Prepared(shop, shop.manifests()[0].run_id, (root / "orders.parquet").read_bytes())


def _fault(prepared: Prepared, rule: str) -> Told:
    return prepared.shop.run(*COMMAND, environment={"FEATURECAT_FAULT": rule})


def _check_store(prepared: Prepared, point: str) -> int:
    """What holds after any fault; the number of published runs."""
    shop = prepared.shop
    manifests = shop.sound()
    published = [manifest for manifest in manifests if manifest.status == "published"]
    assert published[0].run_id == prepared.earlier
    assert shop.rows_of(published[0])["net_amount"] == [9.0 * number for number in range(1, 21)]
    for manifest in published[1:]:
        assert shop.rows_of(manifest)["net_amount"] == [7.5 * number for number in range(1, 21)]
    runs_seen = _runs_in_catalog(shop.store.catalog)
    assert prepared.earlier in runs_seen and runs_seen <= {manifest.run_id for manifest in manifests}
    written = (shop.root / "orders.parquet").read_bytes()
    if written != prepared.output:
        assert written == (shop.store.root / published[-1].artifacts[0].path).read_bytes()
        assert point.startswith(("export.after_replace", "export.committed", "catalog.", "snapshot."))
    assert pq.read_table(shop.root / "orders.parquet").num_rows == 20
    return len(published)


def _runs_in_catalog(path: Path) -> set[str]:
    """The catalog opens at any time, with what an earlier or this run left in it."""
    with duckdb.connect(str(path), read_only=True) as client:
        return {run_id for (run_id,) in client.execute("SELECT run_id FROM runs").fetchall()}


def _check_next_run(prepared: Prepared) -> None:
    shop = prepared.shop
    before = len(shop.manifests())
    shop.ok(*COMMAND)
    manifests = shop.sound()
    assert len(manifests) == before + 1 and manifests[-1].status == "published"
    newest = shop.store.root / manifests[-1].artifacts[0].path
    assert (shop.root / "orders.parquet").read_bytes() == newest.read_bytes()
    listed = shop.ok("runs", "--json").rows
    assert {row["run_id"] for row in listed} == {manifest.run_id for manifest in manifests}
    sweep_staging(shop.store)
    assert list(shop.store.staging.iterdir()) == []


def test_the_recorded_points_are_the_durable_steps() -> None:
    names = {point.partition("#")[0] for point in _points()}
    assert names >= REQUIRED


@pytest.mark.parametrize("point", _points())
def test_killed(prepared: Prepared, point: str) -> None:
    died = _fault(prepared, f"{point}=kill")
    assert (died.code, died.out) == (-signal.SIGKILL, "")
    published = _check_store(prepared, point)
    before_commit = point.startswith(("publish.", "manifest.written", "manifest.before_link"))
    assert published == (1 if before_commit else 2)
    _check_next_run(prepared)


@pytest.mark.parametrize("refusal", ["ENOSPC", "EACCES"])
@pytest.mark.parametrize("point", _points())
def test_refused(prepared: Prepared, point: str, refusal: str) -> None:
    refused = _fault(prepared, f"{point}=raise:{refusal}")
    assert os.strerror(getattr(errno, refusal)) in refused.err and "Traceback" not in refused.err
    assert ("orders.parquet" if point.startswith("export.") else ".featurecat/") in refused.err
    published = _check_store(prepared, point)
    if point.startswith(("publish.", "manifest.")):
        assert refused.code == 3 and refused.out == ""
        assert "[store-unwritable]" in refused.err
        assert published == (2 if point.startswith(("manifest.after_link", "manifest.committed")) else 1)
        last = prepared.shop.manifests()[-1]
        if published == 1:
            assert (last.status, last.error.code if last.error else None) == ("failed", "store-unwritable")
    elif point.startswith("export."):
        assert (refused.code, published) == (3, 2)
        assert "[output-unwritable]" in refused.err and "featurecat export" in refused.err
        assert prepared.shop.manifests()[-1].run_id in refused.err
    else:
        assert (refused.code, published) == (5, 2)
    if refusal == "ENOSPC" and point.endswith("#1") and point.startswith(("manifest.", "catalog.")):
        _check_next_run(prepared)
