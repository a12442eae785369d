"""Done: disk full, read-only directory, flipped bytes, clock going backwards; failpoints and kills are in ``tests/faults``."""

from __future__ import annotations

import contextlib
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from tests.support.projects import REPOSITORY, ShopProject, write_data

COMMANDS = {
    "index": ("index",),
    "materialize": ("materialize", "unit_price"),
    "check": ("check", "margin"),
    "gc": ("gc", "--apply", "--older-than", "0"),
    "runs": ("runs",),
    "sql": ("sql", "SELECT feature FROM features", "-o", "answer.csv"),
    "export": ("export", "latest", "-o", "again.parquet"),
}
#: Runs one command with files limited to some bytes, as a quota or a full disk would have it.
LIMITED = """
import resource, sys
sys.dont_write_bytecode = True  # Python keeps compiled files that the limit cuts short
from featurecat.cli.main import main
most = int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
raise SystemExit(main(sys.argv[2:]))
"""


@contextlib.contextmanager
def mounted(folder: Path, *mounts: tuple[str, ...]) -> Iterator[None]:
    done = 0
    try:
        for arguments in mounts:
            if subprocess.run(["mount", *arguments, str(folder)], capture_output=True, check=False).returncode:
                pytest.skip("mounting is not permitted here")
            done = 1
        yield
    finally:
        if done:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


def stands(shop: ShopProject) -> None:
    """What was published stands; the catalog opens, or is absent."""
    manifests = shop.sound()
    assert manifests[0].status == "published"
    if shop.store.catalog.exists():
        with duckdb.connect(str(shop.store.catalog), read_only=True) as client:
            assert client.execute("SELECT count(*) FROM runs").fetchall()[0][0] >= 1


def works_again(shop: ShopProject) -> None:
    for command in COMMANDS.values():
        shop.ok(*command)
    stands(shop)
    assert list(shop.store.staging.iterdir()) == []
    assert len(shop.ok("runs", "--json").rows) == len(shop.manifests())


@pytest.mark.parametrize("most", [0, 1_000, 40_000], ids=lambda most: f"{most}-bytes")
def test_files_may_not_grow(published: ShopProject, most: int) -> None:
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "OPENBLAS_NUM_THREADS": "1"}
    # the limit is to hit the store, not what passes between two processes that read modules
    environment["FEATURECAT_INDEX_ISOLATED"] = "0"
    published.replace("order_features.py", "DISCOUNT = 0.1", "DISCOUNT = 0.25")
    for command in (COMMANDS["index"], COMMANDS["materialize"], COMMANDS["check"]):
        told = subprocess.run(
            [sys.executable, "-c", LIMITED, str(most), *command],
            cwd=published.root, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert "Traceback" not in told.stderr
        # the verdicts of a check are on record before the catalog is brought up to date
        assert told.returncode in (3, 5) or (told.returncode == 0 and (most or command[0] == "check")), told
        if told.returncode:
            assert "File too large" in told.stderr and ".featurecat" in told.stderr, told.stderr
        stands(published)
    works_again(published)


def test_a_full_disk(published: ShopProject, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    with mounted(disk, ("-t", "tmpfs", "-o", "size=12m", "tmpfs")):
        store = ("--store", str(disk / "store"))
        published.ok("materialize", "margin", *store)
        published.store = type(published.store)(disk / "store")
        published.replace("order_features.py", "DISCOUNT = 0.1", "DISCOUNT = 0.25")
        with contextlib.suppress(OSError), (disk / "filler").open("wb", buffering=0) as stream:
            while True:
                stream.write(bytes(4096))
        for name, command in COMMANDS.items():
            told = published.run(*command, *store)
            assert "Traceback" not in told.err
            if name in ("index", "materialize"):
                assert told.code in (3, 5) and "No space left on device" in told.err and str(disk) in told.err
            stands(published)
        (disk / "filler").unlink()
        for command in COMMANDS.values():
            published.ok(*command, *store)
        stands(published)


def test_a_read_only_store(published: ShopProject) -> None:
    """Questions are answered; whatever would write says where it cannot."""
    root = published.store.root
    published.replace("order_features.py", "DISCOUNT = 0.1", "DISCOUNT = 0.25")
    before = published.files()
    with mounted(root, ("--bind", str(root)), ("-o", "remount,ro,bind")):
        for name, command in COMMANDS.items():
            told = published.run(*command)
            assert "Traceback" not in told.err
            if name in ("index", "materialize", "check"):
                assert told.code in (3, 5) and ".featurecat" in told.err, told
                assert "Read-only file system" in told.err or "no permission to write" in told.err, told
            else:
                assert told.code == 0, told
        for words in (("list",), ("show", "margin"), ("lineage", "margin"), ("doctor",)):
            told = published.run(*words)
            assert "Traceback" not in told.err and (words == ("doctor",) or told.code == 0)
        stands(published)
    assert published.files() == before
    works_again(published)


FLIPPED = {
    "catalog": lambda shop: shop.store.catalog,
    "manifest": lambda shop: next(shop.store.manifests.rglob("*.json")),
    "snapshot": lambda shop: next(shop.store.snapshots.glob("*.json")),
    "artifact": lambda shop: next(shop.store.artifacts.rglob("*.parquet")),
}


@pytest.mark.parametrize("place", [0.0, 0.25, 0.5, 0.75, 0.999], ids=lambda place: f"at-{place}")
@pytest.mark.parametrize("kind", FLIPPED)
def test_a_flipped_byte(published: ShopProject, kind: str, place: float) -> None:
    """Damage is mended, reported by name, or of no consequence; never a traceback, never a wrong row."""
    right = published.ok("sql", "SELECT feature, owner FROM public_features ORDER BY 1", "--json").rows
    path = FLIPPED[kind](published)
    content = bytearray(path.read_bytes())
    position = int(place * len(content))
    content[position] ^= 0x10
    path.write_bytes(content)
    for command in (("list",), ("runs",), ("show", "margin"), ("sql", "FROM public_features"), ("doctor", "--deep")):
        told = published.run(*command)
        assert "Traceback" not in told.err and "fault of featurecat" not in told.err, told.err
    if kind == "artifact":
        told = published.run("export", "latest", "-o", "again.parquet")
        assert told.code == 3 and "damaged" in told.err and not (published.root / "again.parquet").exists()
        told = published.run("doctor", "--deep")
        assert told.code == 5 and "not as published" in told.out
        published.ok("materialize", "margin")
    if kind == "snapshot":  # the modules are there to say it anew
        published.ok("index")
    answer = published.ok("sql", "SELECT feature, owner FROM public_features ORDER BY 1", "--json").rows
    assert answer == right
    published.ok("index")
    published.ok("materialize", "margin", "-o", "new.parquet")
    assert pq.read_table(published.root / "new.parquet").num_rows == 20


CLOCKED = """
import sys
from datetime import timedelta
from featurecat import clock
shift = timedelta(seconds=float(sys.argv[1]))
now = clock.SystemClock.now
clock.SystemClock.now = lambda self: now(self) + shift
from featurecat.cli.main import main
raise SystemExit(main(sys.argv[2:]))
"""


def at(shop: ShopProject, shift: timedelta, *words: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "OPENBLAS_NUM_THREADS": "1"}
    told = subprocess.run(
        [sys.executable, "-c", CLOCKED, str(shift.total_seconds()), *words],
        cwd=shop.root, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    return told.stdout + told.stderr


def test_a_clock_that_goes_back(published: ShopProject) -> None:
    """An hour back, then two: every run is kept, definitions indexed last are those that count, nothing is garbage."""
    for hours, discount in ((-1, "0.2"), (-2, "0.3")):
        old = "DISCOUNT = 0.1" if hours == -1 else "DISCOUNT = 0.2"
        published.replace("order_features.py", old, f"DISCOUNT = {discount}")
        at(published, timedelta(hours=hours), "index")
        at(published, timedelta(hours=hours), "materialize", "margin")
        at(published, timedelta(hours=hours), "gc", "--apply", "--older-than", "30min")
    manifests = published.sound()
    assert [manifest.status for manifest in manifests] == ["published"] * 3
    assert {row["run_id"] for row in published.ok("runs", "--json").rows} == {one.run_id for one in manifests}
    published.store.catalog.unlink()
    statement = "SELECT source_text FROM variants WHERE feature = 'net_amount'"
    before = published.ok("sql", statement, "--json").rows
    published.ok("index")
    assert published.ok("sql", statement, "--json").rows == before
    told = published.ok("doctor", "--json")
    assert next(row for row in told.rows if row["subject"] == "clock")["status"] == "ok"
    assert "and the newest run is of" in at(published, timedelta(hours=-3), "doctor")


def test_two_machines_with_clocks_an_hour_apart(published: ShopProject) -> None:
    """They take turns on one store; each sees what the other has published, whole."""
    draw = random.Random(5)
    for turn in range(4):
        shift = timedelta(hours=1) if turn % 2 else timedelta()
        at(published, shift, "materialize", draw.choice(["margin", "unit_price"]))
        at(published, shift, "gc", "--apply", "--older-than", "2h")
        assert len(published.sound()) == turn + 2
    assert len(published.ok("runs", "--json").rows) == 5
    write_data(published.root / "data")
    published.ok("materialize", "margin", "-o", "last.parquet")
    assert pq.read_table(published.root / "last.parquet").num_rows == 20
