"""Done: "8 processes of 50 runs with readers and rebuilders: no lost record, no failed read"."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from featurecat.catalog.catalog import Catalog
from featurecat.catalog.snapshot import write_snapshot
from featurecat.clock import SystemClock
from featurecat.project.refresh import refresh_catalog
from featurecat.storage.layout import Store, list_manifests
from featurecat.storage.manifest import read_manifest
from featurecat.storage.parquet import content_hash
from tests.support.projects import REPOSITORY, ShopProject

PUBLISHERS, RUNS, READERS, REBUILDERS = 8, 50, 3, 2


@contextmanager
def started(role: str, store: Store, number: int) -> Iterator[subprocess.Popen[str]]:
    program = REPOSITORY / "tests" / "support" / "crowd.py"
    with subprocess.Popen(
        [sys.executable, "-W", "error", str(program), role, str(store.root), str(number)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=REPOSITORY,
        env={"PYTHONPATH": str(REPOSITORY), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.kill()


def answer_of(process: subprocess.Popen[str]) -> dict[str, Any]:
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    told: dict[str, Any] = json.loads(out)
    return told


def test_runs_rebuilds_and_readers_at_once(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    store.create()
    write_snapshot(store.snapshots, {"features": []}, clock=SystemClock())
    refresh_catalog(store, SystemClock())
    with ExitStack() as crowd:
        publishers = [crowd.enter_context(started("publish", store, RUNS)) for _ in range(PUBLISHERS)]
        rebuilders = [crowd.enter_context(started("rebuild", store, 0)) for _ in range(REBUILDERS)]
        readers = [crowd.enter_context(started("read", store, 0)) for _ in range(READERS)]
        (tmp_path / "start").touch()
        published = [answer_of(process) for process in publishers]
        (tmp_path / "stop").touch()
        built = [answer_of(process) for process in rebuilders]
        read = [answer_of(process) for process in readers]

    acknowledged = {run_id for told in published for run_id in told["runs"]}
    assert len(acknowledged) == PUBLISHERS * RUNS
    manifests = [read_manifest(store.root / listed.file) for listed in list_manifests(store)]
    assert {manifest.run_id for manifest in manifests} == acknowledged
    for manifest in manifests:
        assert [artifact.rows for artifact in manifest.artifacts] == [3, 2]
        for artifact in manifest.artifacts:
            assert content_hash(store.root / artifact.path) == artifact.content_hash
    assert sum(told["built"] for told in built) >= 1 and [told["warnings"] for told in built] == [[]] * REBUILDERS
    assert [told["faults"] for told in read] == [[]] * READERS
    assert all(told["reads"] > 1 for told in read)
    refresh_catalog(store, SystemClock())
    with Catalog.open(store.catalog) as catalog:
        assert {row["run_id"] for row in catalog.runs()} == acknowledged
        before = catalog.versions()["content_hash"]
    store.catalog.unlink()
    refresh_catalog(store, SystemClock())
    with Catalog.open(store.catalog) as catalog:
        assert catalog.versions()["content_hash"] == before
    assert list(store.staging.iterdir()) == [] and list(store.locks.glob("run=*")) == []


def test_whole_commands_at_once(shop: ShopProject) -> None:
    """What people do at the same time in a shared directory: runs, indexing, questions, tidying up."""
    shop.ok("index")
    commands = [
        *[("materialize", "margin")] * 4,
        ("index",),
        *[("sql", "SELECT count(*) FROM runs")] * 2,
        ("gc", "--apply", "--older-than", "0"),
        ("check", "margin"),
        ("runs",),
        ("doctor",),
    ]
    told = shop.together(*commands)
    assert [one.code for one in told[:8]] == [0] * 8, told
    assert all("Traceback" not in one.err for one in told)
    assert [manifest.status for manifest in shop.sound()].count("published") == 4
    assert len(shop.ok("runs", "--json").rows) == len(shop.manifests())


@pytest.mark.parametrize("behind", ["an hour ahead", "an hour behind"])
def test_two_clocks_an_hour_apart(shop: ShopProject, tmp_path: Path, behind: str) -> None:
    """Machines that share a store may not agree on the time: every run is kept, and the rows stay whole."""
    from datetime import timedelta

    from tests.support.crowd import one_run

    hours = timedelta(hours=1 if behind == "an hour ahead" else -1)

    class Skewed(SystemClock):
        def now(self):  # type: ignore[no-untyped-def]
            return super().now() + hours

    store = Store(tmp_path / "store")
    program = one_run()
    right = program.run(store, "publish")
    program.CLOCK = Skewed()
    other = program.run(store, "publish")
    program.CLOCK = SystemClock()
    last = program.run(store, "publish")
    write_snapshot(store.snapshots, {"features": []}, clock=Skewed())
    refresh_catalog(store, Skewed())
    refresh_catalog(store, SystemClock())
    with Catalog.open(store.catalog) as catalog:
        found = [row["run_id"] for row in catalog.runs()]
    assert set(found) == {right, other, last}
    assert found == sorted(found, key=lambda run_id: read_manifest(store.manifest_path(run_id)).committed_at)[::-1]
