"""Done: "Recovered with a warning that names the path", "Both succeed: two runs at once", full and closed disks."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.projects import ShopProject

DAMAGES: dict[str, Callable[[Path], object]] = {
    "truncated": lambda path: os.truncate(path, path.stat().st_size // 2),
    "zeroed": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "garbage": lambda path: path.write_bytes(b"not a catalog\n" * 1000),
    "empty": lambda path: path.write_bytes(b""),
}
QUESTIONS = {
    "list": ("list", "--json"),
    "show": ("show", "margin", "--json"),
    "lineage": ("lineage", "margin", "--json"),
    "runs": ("runs", "--json"),
    "sql": ("sql", "SELECT feature, last_status FROM public_features ORDER BY feature", "--json"),
}


@pytest.mark.parametrize(
    ("name", "damage"), [*((name, "truncated") for name in QUESTIONS), *(("list", damage) for damage in DAMAGES)]
)
def test_a_corrupt_catalog_is_rebuilt_without_user_code(published: ShopProject, name: str, damage: str) -> None:
    before = published.ok(*QUESTIONS[name]).rows
    for module in ("order_features", "customer_features"):
        published.write(f"{module}.py", "raise SystemExit('user code was imported')")
    DAMAGES[damage](published.store.catalog)
    told = published.ok(*QUESTIONS[name])
    assert '{"warnings"' in told.err and ".featurecat/catalog.duckdb" in told.err
    assert told.rows == before
    assert "catalog.duckdb" not in published.ok(*QUESTIONS[name]).err


@pytest.mark.parametrize("damage", ["zeroed", "truncated"])
def test_a_corrupt_catalog_is_rebuilt_from_the_modules(published: ShopProject, damage: str) -> None:
    before = published.ok(*QUESTIONS["list"]).rows
    DAMAGES[damage](published.store.catalog)
    told = published.ok("index")
    assert "warning: the catalog .featurecat/catalog.duckdb" in told.err and "[catalog-unusable]" in told.err
    assert published.ok(*QUESTIONS["list"]).rows == before
    DAMAGES[damage](published.store.catalog)
    told = published.ok("materialize", "unit_price")
    assert "warning: the catalog .featurecat/catalog.duckdb" in told.err
    assert len(published.ok("runs", "--json").rows) == 2


def test_a_catalog_that_is_missing_is_rebuilt_in_silence(published: ShopProject) -> None:
    before = published.ok(*QUESTIONS["list"]).rows
    published.store.catalog.unlink()
    told = published.ok(*QUESTIONS["list"])
    assert (told.rows, told.err) == (before, "")


def test_a_corrupt_snapshot_is_passed_over(published: ShopProject) -> None:
    (older,) = published.store.snapshots.glob("*.json")
    published.replace("order_features.py", "What is left.", "What remains.")
    published.ok("index")
    newer = max(published.store.snapshots.glob("*.json"))
    assert newer != older
    os.truncate(newer, 2000)
    published.store.catalog.unlink()
    told = published.ok("show", "margin")
    assert f"snapshots/{newer.name}" in told.err and "[snapshot-unusable]" in told.err
    assert "What is left." in told.out


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        *((damage, ("index",)) for damage in DAMAGES),
        ("truncated", ("materialize", "unit_price")),
        ("garbage", ("runs",)),
    ],
)
def test_a_corrupt_manifest_is_quarantined(published: ShopProject, damage: str, words: tuple[str, ...]) -> None:
    (manifest,) = published.manifests()
    file = published.store.manifest_path(manifest.run_id)
    DAMAGES[damage](file)
    if words == ("runs",):
        published.store.catalog.unlink()
    told = published.ok(*words)
    assert "warning: " in told.err and "[manifest-unusable]" in told.err
    assert f"{manifest.run_id}.json" in told.err and "quarantine" in told.err
    assert not file.exists() and list(published.store.quarantine.rglob(f"*{manifest.run_id}*"))
    assert manifest.run_id not in {row["run_id"] for row in published.ok("runs", "--json").rows}
    assert "warning" not in published.ok("index").err


def test_two_runs_at_once_both_succeed(shop: ShopProject) -> None:
    """Four runs, with indexing and questions between them, all at the same time on an empty store."""
    commands = [
        ("materialize", "margin", "--output", "one.parquet"),
        ("index",),
        ("materialize", "margin", "unit_price", "--output", "one.parquet"),
        ("materialize", "age_in_years"),
        ("materialize", "--all", "--output", "."),
        ("index",),
    ]
    told = shop.together(*commands)
    assert [one.code for one in told] == [0] * len(commands), told
    manifests = shop.sound()
    assert [manifest.status for manifest in manifests] == ["published"] * 4
    assert {row["run_id"] for row in shop.ok("runs", "--json").rows} == {manifest.run_id for manifest in manifests}
    newest = [(shop.store.root / one.path).read_bytes() for manifest in manifests for one in manifest.artifacts]
    assert (shop.root / "one.parquet").read_bytes() in newest

    questions = [("list",), ("materialize", "margin"), ("runs",), ("index",), ("list",), ("show", "margin")]
    assert [one.code for one in shop.together(*questions)] == [0] * len(questions)
    assert len(shop.ok("runs", "--json").rows) == 5
    assert list(shop.store.staging.iterdir()) == list(shop.store.locks.glob("run=*")) == []


# --- disks ----------------------------------------------------------------------------------------


@contextlib.contextmanager
def small_disk(folder: Path, size: str) -> Iterator[None]:
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("mounting a small disk is not permitted here")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder: Path) -> None:
    with contextlib.suppress(OSError), (folder / "filler").open("wb", buffering=0) as stream:
        while True:
            stream.write(bytes(4096))


def test_a_store_on_a_full_disk(shop: ShopProject, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    with small_disk(disk, "12m"):
        shop.ok("materialize", "margin", "--store", disk / "store")
        shop.store = type(shop.store)(disk / "store")
        fill(disk)
        told = shop.run("materialize", "unit_price", "--store", disk / "store")
        assert (told.code, told.out) == (3, "")
        assert "No space left on device" in told.err and str(disk / "store") in told.err
        assert "Traceback" not in told.err
        assert [manifest.status for manifest in shop.sound()] == ["published"]
        assert "margin" in shop.ok("list", "--store", disk / "store").out
        (disk / "filler").unlink()
        shop.ok("materialize", "unit_price", "--store", disk / "store")
        assert [manifest.status for manifest in shop.sound()] == ["published", "published"]


def test_an_output_on_a_full_disk(published: ShopProject, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    with small_disk(disk, "1m"):
        (disk / "out.parquet").write_bytes(b"as it was")
        fill(disk)
        told = published.run("materialize", "margin", "--output", disk / "out.parquet")
        assert told.code == 3 and "No space left on device" in told.err and "featurecat export" in told.err
        assert (disk / "out.parquet").read_bytes() == b"as it was"
        assert sorted(path.name for path in disk.iterdir()) == ["filler", "out.parquet"]
    assert [manifest.status for manifest in published.sound()] == ["published", "published"]


@pytest.fixture
def other_user(tmp_path: Path) -> int:
    if os.getuid() != 0:
        pytest.skip("only root can become another user")
    for folder in (tmp_path, *tmp_path.parents):
        if not folder.stat().st_mode & 0o001:
            pytest.skip(f"another user cannot enter {folder}")
    return 65534


@pytest.fixture
def open_folders(tmp_path: Path) -> Iterator[None]:
    """Let other users into the folders of this test."""
    closed = [folder for folder in (tmp_path, *tmp_path.parents) if folder.stat().st_uid == os.getuid()]
    modes = {folder: folder.stat().st_mode for folder in closed if not folder.stat().st_mode & 0o001}
    for folder, mode in modes.items():
        folder.chmod(mode | 0o011)
    yield
    for folder, mode in modes.items():
        folder.chmod(mode)


@pytest.mark.usefixtures("open_folders")
def test_an_output_folder_without_permission(published: ShopProject, other_user: int) -> None:
    for path in published.root.rglob("*"):
        os.chown(path, other_user, other_user)
    closed = published.root / "closed"
    closed.mkdir(mode=0o755)
    told = published.run("materialize", "margin", "--output", "closed/out.parquet", user=other_user)
    assert (told.code, told.out) == (3, "")
    assert "closed/out.parquet cannot be written: no permission" in told.err and "[output-unwritable]" in told.err
    assert list(closed.iterdir()) == [] and len(published.sound()) == 1


@pytest.mark.usefixtures("open_folders")
def test_a_store_without_permission(published: ShopProject, other_user: int) -> None:
    told = published.run("materialize", "margin", user=other_user)
    assert (told.code, told.out) == (3, "")
    assert "the store .featurecat cannot be written" in told.err and "--store" in told.err
    assert len(published.sound()) == 1
    for name, words in QUESTIONS.items():
        told = published.run(*words, user=other_user)
        if name == "sql" and not all(folder.stat().st_mode & 0o001 for folder in Path(sys.executable).resolve().parents):
            # this machine keeps its Python from other users, and queries run in a process of their own
            assert told.code == 2 and "Python cannot be started: Permission denied" in told.err
        else:
            assert told.code == 0, told.err
    told = published.run("index", "--force", user=other_user)
    assert told.code == 3 and "the store .featurecat cannot be written" in told.err
