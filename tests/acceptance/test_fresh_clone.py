"""Done: "In a fresh clone, make demo ends with the result; make test passes; each takes under 6 minutes".

It takes minutes and a package index, so it runs only when ``FEATURECAT_FRESH_CLONE=1`` asks for it.
"""

from __future__ import annotations

import os
import resource
import subprocess
from pathlib import Path

import pyarrow.parquet as pq
import pytest

pytestmark = pytest.mark.component("fresh-clone")

SIX_MINUTES = 360


@pytest.fixture(scope="module")
def clone(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is committed, and nothing else."""
    place = tmp_path_factory.mktemp("clone") / "featurecat"
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(repository), str(place)], check=True)
    return place


def make(clone: Path, target: str) -> str:
    kept = ("PATH", "HOME", "LANG", "TMPDIR")
    environment = {
        name: text for name, text in os.environ.items() if name in kept or name.startswith(("PIP_", "UV_", "SSL_"))
    }
    done = subprocess.run(
        ["make", target], cwd=clone, env=environment, capture_output=True, text=True, timeout=SIX_MINUTES, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


def test_make_demo(clone: Path) -> None:
    shown = make(clone, "demo")
    output = clone / "examples" / "flights" / "flights.parquet"
    assert pq.read_metadata(output).num_rows == 336_776
    assert len(pq.read_schema(output).names) >= 6 + 40
    assert (clone / "examples" / "flights" / ".featurecat" / "catalog.duckdb").is_file()
    summary = shown[shown.index("published") :].splitlines()
    assert max(map(len, summary)) <= 80
    status = subprocess.run(["git", "status", "--porcelain"], cwd=clone, capture_output=True, text=True, check=True)
    assert status.stdout == ""


def test_make_test(clone: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    make(clone, "test")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime > before.ru_utime
