"""``gc``: shows first, removes when asked to, and never what a manifest, a lock or a running job names."""

from __future__ import annotations

import fcntl
import os
import signal
from pathlib import Path

from tests.support.projects import ShopProject

EAGER = ("gc", "--apply", "--older-than", "0")


def age_everything(shop: ShopProject, days: int = 30) -> None:
    for path in shop.store.root.rglob("*"):
        moment = path.lstat().st_mtime - days * 86_400
        os.utime(path, (moment, moment), follow_symlinks=False)


def litter(shop: ShopProject) -> None:
    """Runs that die at three moments: while staging, after the rename, and with rows on their way to quarantine."""
    shop.replace("order_features.py", "DISCOUNT = 0.1", "DISCOUNT = 0.2")
    died = shop.run("index", environment={"FEATURECAT_FAULT": "snapshot.after_write=kill"})
    assert died.code == -signal.SIGKILL
    for point in ("publish.staged", "publish.after_rename", "manifest.written"):
        died = shop.run("materialize", "unit_price", environment={"FEATURECAT_FAULT": f"{point}=kill"})
        assert died.code == -signal.SIGKILL


def named(shop: ShopProject) -> set[str]:
    """What manifests name, the manifests, and the snapshots: all that is history."""
    found = {artifact.path for manifest in shop.sound() for artifact in manifest.artifacts}
    history = (shop.store.manifests.rglob("[!.]*.json"), shop.store.snapshots.glob("[!.]*.json"))
    return found | {shop.store.relative(path) for paths in history for path in paths}


def test_it_shows_first_and_removes_when_asked_to(published: ShopProject) -> None:
    litter(published)
    before = published.files()
    told = published.ok("gc")
    assert published.files() == before
    assert "nothing to remove" in told.err and "younger than 1w: kept" in told.err
    age_everything(published)
    told = published.ok("gc")
    assert published.files() == before
    lines = {line.split()[0]: line for line in told.out.splitlines()}
    assert {"staging", "artifacts", "lock", "temporary"} <= lines.keys()
    assert "of runs that died before they were published" in lines["staging"]
    assert "featurecat gc --apply removes them" in told.err
    shown = {row["path"] for row in published.ok("gc", "--json").rows}
    assert shown == before - named(published) - {path for path in before if path.startswith(("cache/", "locks/catalog"))}
    rows = published.ok("gc", "--apply", "--json").rows
    assert {row["path"] for row in rows if row["removed"]} == shown
    assert published.files() == before - shown
    assert published.ok("gc").err == "nothing to remove\n"
    published.ok("index")
    assert len(published.ok("runs", "--json").rows) == 1


def test_published_runs_are_never_garbage(published: ShopProject) -> None:
    for _ in range(3):
        published.ok("materialize", "margin")
    before = named(published)
    age_everything(published, 4000)
    published.ok(*EAGER)
    assert named(published) == before and len(published.sound()) == 4


def test_a_run_at_work_keeps_its_files(published: ShopProject) -> None:
    run_id = "01a2086b-fa0c-7a98-942e-4c1dcf720b30"
    staged = published.store.staging / f"run={run_id}" / "part-0.parquet"
    staged.parent.mkdir(parents=True)
    staged.write_bytes(b"on its way")
    age_everything(published)
    with published.store.lock_path(run_id).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        told = published.ok(*EAGER)
        assert staged.exists() and "1 run is at work" in told.err
        assert f"run {run_id} by process {os.getpid()}" in published.run("doctor").out
    published.ok(*EAGER)
    assert not staged.parent.exists()


def test_links_out_of_the_store_are_left_alone(published: ShopProject, tmp_path: Path) -> None:
    outside = tmp_path / "outside" / "run=01a2086b-fa0c-7a98-942e-4c1dcf720b30"
    outside.mkdir(parents=True)
    (outside / "part-0.parquet").write_bytes(b"precious")
    (published.store.artifacts / "elsewhere").symlink_to(outside.parent)
    (published.store.staging / outside.name).symlink_to(outside)
    published.ok(*EAGER)
    assert (outside / "part-0.parquet").read_bytes() == b"precious"


def test_a_manifest_that_was_set_aside_keeps_its_artifacts(published: ShopProject) -> None:
    (manifest,) = published.manifests()
    path = published.store.manifest_path(manifest.run_id)
    content = path.read_bytes()
    path.write_bytes(content[:-30])
    told = published.ok(*EAGER)
    assert "[manifest-unusable]" in told.err and "artifacts and quarantine are kept" in told.err
    published.store.catalog.unlink()
    assert "[manifest-unusable]" in published.ok("runs").err and not path.exists()
    age_everything(published)
    published.ok(*EAGER)
    path.write_bytes(content)
    assert [one.run_id for one in published.sound()] == [manifest.run_id]


def test_the_cache_has_a_limit(published: ShopProject) -> None:
    big = published.store.cache / "against" / "old.json"
    big.parent.mkdir(parents=True, exist_ok=True)
    big.write_bytes(b"x" * 3_000_000)
    os.utime(big, (1, 1))
    assert [row["kind"] for row in published.ok("gc", "--cache-size", "2", "--json").rows] == ["cache"]
    published.ok("gc", "--cache-size", "2", "--apply")
    assert not big.exists()
    published.ok("list")


def test_what_is_no_age_is_refused(published: ShopProject) -> None:
    told = published.run("gc", "--older-than", "soon")
    assert told.code == 2 and "'soon' is no span of time" in told.err and "hint:" in told.err


def test_nothing_is_lost_beside_twenty_runs(published: ShopProject) -> None:
    """The most eager gc there is, again and again, while runs are committed."""
    runs = [("materialize", "margin", "--output", f"out-{number}.parquet") for number in range(20)]
    mixed = [command for position, run in enumerate(runs) for command in ((run, EAGER) if position % 3 == 0 else (run,))]
    told = published.together(*mixed)
    assert [one.code for one in told] == [0] * len(mixed), [one.err for one in told if one.code]
    manifests = published.sound()
    assert [manifest.status for manifest in manifests] == ["published"] * 21
    assert {row["run_id"] for row in published.ok("runs", "--json").rows} == {manifest.run_id for manifest in manifests}
    outputs = {(published.root / f"out-{number}.parquet").read_bytes() for number in range(20)}
    assert outputs <= {(published.store.root / manifest.artifacts[0].path).read_bytes() for manifest in manifests}


def test_several_at_once(published: ShopProject) -> None:
    litter(published)
    told = published.together(*[EAGER] * 4)
    assert [one.code for one in told] == [0] * 4, told
    rest = {path for path in published.files() if path.startswith(("staging/", "artifacts/", "quarantine/"))}
    assert rest == {artifact.path for manifest in published.sound() for artifact in manifest.artifacts}
