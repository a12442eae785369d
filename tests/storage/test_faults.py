"""Death and refusal at every failpoint that a run passes; the points are recorded, not listed."""

from __future__ import annotations

import errno
import functools
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from featurecat.errors import StoreError
from featurecat.storage.layout import Store
from featurecat.storage.sweep import sweep_staging

PROGRAM = Path(__file__).with_name("one_run.py")
REPOSITORY = PROGRAM.parent.parent.parent
ENDS = ("publish", "quarantine", "fail")


def _run(store: Path, end: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: text for name, text in os.environ.items() if not name.startswith("FEATURECAT_FAULT")}
    return subprocess.run(
        [sys.executable, str(PROGRAM), str(store), end],
        env={**inherited, "PYTHONPATH": str(REPOSITORY), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@functools.cache
def _points(end: str) -> tuple[str, ...]:
    """Every passage of a whole run, as ``name#n``."""
    with tempfile.TemporaryDirectory() as directory:
        log = Path(directory) / "log"
        done = _run(Path(directory) / "store", end, FEATURECAT_FAULT_LOG=str(log))
        assert done.returncode == 0, done.stderr
        return tuple(log.read_text().split())


# what the other ends share with publishing is killed there
CASES = [(end, point) for end in ENDS for point in _points(end) if end == "publish" or not point.startswith("publish.")]


def test_the_recorded_points_are_the_durable_steps() -> None:
    names = {point.partition("#")[0] for _, point in CASES}
    assert names == {
        "publish.opened",
        "publish.written",
        "publish.verified",
        "publish.staged",
        "publish.before_rename",
        "publish.after_rename",
        "publish.directory_synced",
        "quarantine.reported",
        "quarantine.after_rename",
        "manifest.written",
        "manifest.before_link",
        "manifest.after_link",
        "manifest.committed",
    }
    assert len(CASES) > 25


@pytest.mark.parametrize(("end", "point"), CASES)
def test_killed(end: str, point: str, store: Store, runs: ModuleType, sound_manifests: Any) -> None:
    earlier = runs.run(store, "publish")
    died = _run(store.root, end, FEATURECAT_FAULT=f"{point}=kill")
    assert (died.returncode, died.stdout) == (-signal.SIGKILL, "")

    manifests = sound_manifests(store)
    assert manifests[earlier].status == "published"
    linked = point.startswith(("manifest.after_link", "manifest.committed"))
    assert len(manifests) == (2 if linked else 1)

    later = runs.run(store, end)
    assert {earlier, later} <= sound_manifests(store).keys()
    sweep_staging(store)
    assert list(store.staging.iterdir()) == list(store.locks.iterdir()) == []
    assert {earlier, later} <= sound_manifests(store).keys()


@pytest.mark.parametrize("refusal", ["ENOSPC", "EACCES"])
@pytest.mark.parametrize(("end", "point"), [(end, point) for end in ENDS for point in _points(end)])
def test_refused(
    end: str, point: str, refusal: str, store: Store, runs: ModuleType, sound_manifests: Any, arm: Any, disarm: Any
) -> None:
    earlier = runs.run(store, "publish")
    arm(f"{point}=raise:{refusal}")
    with pytest.raises(StoreError) as caught:
        runs.run(store, end)
    disarm()
    message = str(caught.value)
    assert (caught.value.code, caught.value.exit_code) == ("store-unwritable", 3)
    assert str(store.root) in message and os.strerror(getattr(errno, refusal)) in message

    manifests = sound_manifests(store)
    assert manifests[earlier].status == "published"
    if point.startswith(("manifest.after_link", "manifest.committed")):
        assert len(manifests) == 2 and "is committed and stands" in message
    else:
        assert len(manifests) == 1 and "earlier runs stand" in message
        artifacts = [path for path in store.artifacts.rglob("*.parquet") if f"run={earlier}" not in path.parts]
        assert artifacts == [] and not any(store.quarantine.iterdir())
    assert list(store.staging.iterdir()) == list(store.locks.iterdir()) == []
    assert runs.run(store, end) in sound_manifests(store)


def test_a_file_size_limit_is_a_clean_error(store: Store, runs: ModuleType, sound_manifests: Any) -> None:
    earlier = runs.run(store, "publish")
    program = (
        "import resource, signal, sys, runpy\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "import pyarrow.parquet\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (600, 600))\n"
        "from featurecat.errors import StoreError\n"
        "try:\n"
        f"    runpy.run_path({str(PROGRAM)!r}, run_name='__main__')\n"
        "except StoreError as error:\n"
        "    print(error.code, error)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONDONTWRITEBYTECODE": "1"}
    arguments = [sys.executable, "-c", program, str(store.root), "publish"]
    done = subprocess.run(arguments, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout.startswith("store-unwritable ") and "File too large" in done.stdout, done.stderr
    assert list(sound_manifests(store)) == [earlier]
    assert list(store.staging.iterdir()) == []
