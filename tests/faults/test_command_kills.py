"""Death and refusal at every failpoint of the commands that are no runs; the points are recorded, not listed.

What holds afterwards (I1 to I6 of the design): manifests parse and what they name is whole; published runs are all
there; the catalog opens, or is absent and can be made; files that are written for the user are as before or complete;
what a dead command left goes with ``gc``; refusals name a path. The command then works, and leaves what it would have.
"""

from __future__ import annotations

import errno
import functools
import os
import re
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from tests.support.projects import Nursery, ShopProject, Told, make_shop

ORPHAN = "01a2086b-fa0c-7a98-942e-4c1dcf720b30"
OWNERS = "SELECT feature, owner FROM public_features ORDER BY feature"
OUTPUTS = ("answer.csv", "answer.parquet", "again.parquet")


def _changed(shop: ShopProject) -> None:
    shop.replace("order_features.py", "DISCOUNT = 0.1", "DISCOUNT = 0.25")


def _forgotten(shop: ShopProject) -> None:
    """The catalog is gone, and modules that were imported would be noticed."""
    shop.store.catalog.unlink()


def _littered(shop: ShopProject) -> None:
    """What a run left that died before its manifest, and one that is at work elsewhere on its own."""
    for place in ("staging", "artifacts/default/order", "quarantine"):
        folder = shop.store.root / place / f"run={ORPHAN}"
        folder.mkdir(parents=True)
        (folder / "part-0.parquet").write_bytes(b"half of it")
    shop.store.lock_path(ORPHAN).touch()


def _nothing(_: ShopProject) -> None:
    """As it is."""


#: Name to the command, what comes before it, and prefixes of points that it must pass.
CASES: dict[str, tuple[tuple[str, ...], Callable[[ShopProject], None], tuple[str, ...]]] = {
    "index": (("index",), _changed, ("snapshot.", "catalog.")),
    "rebuild": (("runs",), _forgotten, ("catalog.",)),
    "check": (("check", "margin"), _nothing, ("manifest.", "catalog.")),
    "gc": (("gc", "--apply", "--older-than", "0"), _littered, ("gc.",)),
    "export": (("export", "latest", "-o", "again.parquet"), _nothing, ("export.",)),
    "sql-csv": (("sql", OWNERS, "-o", "answer.csv"), _nothing, ("answer.",)),
    "sql-parquet": (("sql", OWNERS, "-o", "answer.parquet"), _nothing, ("answer.",)),
}


@functools.cache
def _template() -> Path:
    """A project with a published run, in a folder that lives as long as the session."""
    root = Path(tempfile.mkdtemp(prefix="featurecat-faults-")) / "shop"
    nursery = Nursery()
    try:
        make_shop(root, nursery).ok("materialize", "margin", "unit_price", "--output", "first.parquet")
    finally:
        nursery.close()
    return root


@functools.cache
def _points() -> tuple[tuple[str, str], ...]:
    """Every passage of each command, as ``name#n``."""
    found = []
    nursery = Nursery()
    try:
        for case, (command, prepare, _) in CASES.items():
            with tempfile.TemporaryDirectory() as directory:
                shutil.copytree(_template(), root := Path(directory) / "shop")
                shop = ShopProject(root, nursery)
                prepare(shop)
                log = Path(directory) / "log"
                shop.ok(*command, environment={"FEATURECAT_FAULT_LOG": str(log)})
                found += [(case, point) for point in log.read_text().split()]
    finally:
        nursery.close()
    return tuple(found)


@pytest.fixture(scope="session", autouse=True)
def _template_removed() -> Iterator[None]:
    yield
    if _template.cache_info().currsize:
        shutil.rmtree(_template().parent)


@pytest.fixture
def shop(tmp_path: Path, nursery: Nursery) -> ShopProject:
    root = tmp_path / "shop"
    shutil.copytree(_template(), root)
    return ShopProject(root, nursery)


def _check_store(shop: ShopProject) -> None:
    manifests = shop.sound()
    assert manifests[0].status == "published"
    assert shop.rows_of(manifests[0])["unit_price"][0] == 5.0
    if shop.store.catalog.exists():
        with duckdb.connect(str(shop.store.catalog), read_only=True) as client:
            seen = {run_id for (run_id,) in client.execute("SELECT run_id FROM runs").fetchall()}
        assert manifests[0].run_id in seen <= {manifest.run_id for manifest in manifests}
    assert pq.read_table(shop.root / "first.parquet").num_rows == 20
    for name in OUTPUTS:
        path = shop.root / name
        if path.suffix == ".csv" and path.exists():
            assert path.read_text().splitlines()[0] == "feature,owner" and len(path.read_text().splitlines()) == 7
        elif path.exists():
            assert pq.read_table(path).num_rows in (6, 20)


def _check_again(shop: ShopProject, case: str) -> None:
    """Without a fault it works; the outcome is that of an undisturbed command, and no garbage is left."""
    command, _, _ = CASES[case]
    shop.ok(*command)
    _check_store(shop)
    assert {row["feature"] for row in shop.ok("list", "--json").rows} >= {"margin", "unit_price"}
    assert len(shop.ok("runs", "--json").rows) == len(shop.manifests())
    named = {artifact.path for manifest in shop.manifests() for artifact in manifest.artifacts}
    shop.ok("gc", "--apply", "--older-than", "0", "--json")
    assert named <= shop.files()
    folders = {path.split("/")[0] for path in shop.files() - named if not path.endswith(".tmp")}
    assert folders <= {"manifests", "snapshots", "cache", "locks"}
    assert [path for path in shop.store.locks.iterdir() if path.name.startswith("run=")] == []


def _refusal_named(told: Told) -> bool:
    return re.search(r"\.featurecat\b|answer\.|again\.", told.err) is not None


@pytest.mark.parametrize("case", CASES)
def test_the_recorded_points_are_the_durable_steps(case: str) -> None:
    names = [point for name, point in _points() if name == case]
    assert all(any(point.startswith(prefix) for point in names) for prefix in CASES[case][2]), names


@pytest.mark.parametrize(("case", "point"), _points())
def test_killed(shop: ShopProject, case: str, point: str) -> None:
    command, prepare, _ = CASES[case]
    prepare(shop)
    died = shop.run(*command, environment={"FEATURECAT_FAULT": f"{point}=kill"})
    assert died.code == -signal.SIGKILL
    _check_store(shop)
    _check_again(shop, case)


@pytest.mark.parametrize(("case", "point"), _points())
def test_refused(shop: ShopProject, case: str, point: str) -> None:
    command, prepare, _ = CASES[case]
    prepare(shop)
    refused = shop.run(*command, environment={"FEATURECAT_FAULT": f"{point}=raise:ENOSPC"})
    assert "Traceback" not in refused.err
    if case == "check" and point.startswith("catalog."):
        assert refused.code == 0  # the verdicts are on record: whoever asks next brings the catalog up to date
    else:
        assert os.strerror(errno.ENOSPC) in refused.err and _refusal_named(refused), refused
        assert refused.code in (3, 5) or (refused.code == 0 and "warning" in refused.err)
    _check_store(shop)
    _check_again(shop, case)
