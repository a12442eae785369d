"""Fifty deaths at random moments, between and inside commands that publish, index, judge, tidy up and ask."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections import Counter

import pyarrow.parquet as pq
import pytest

from tests.support.projects import REPOSITORY, ShopProject

#: More by `FEATURECAT_KILLS`; a run is repeated by `FEATURECAT_SEED`.
KILLS = int(os.environ.get("FEATURECAT_KILLS", "50"))


def test_random_kills(published: ShopProject, record_property: pytest.RecordProperty) -> None:
    seed = int(os.environ.get("FEATURECAT_SEED", secrets.randbits(32)))
    record_property("seed", seed)
    print(f"FEATURECAT_SEED={seed}")
    child = subprocess.run(
        [sys.executable, str(REPOSITORY / "tests" / "support" / "mayhem.py"), str(published.root), str(seed), str(KILLS)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert child.returncode == 0, (seed, child.stderr)
    acknowledged = json.loads(child.stdout)
    errors = published.root.parent / "errors"
    bad = [line for line in acknowledged if line["code"] not in (0, 1)]
    assert not bad, (seed, bad, errors.read_text())
    assert "Traceback" not in errors.read_text(), (seed, errors.read_text())
    done = Counter(line["command"] for line in acknowledged)

    manifests = published.sound()
    runs = Counter(manifest.status for manifest in manifests)
    # a run that was killed after its manifest was linked stands, too
    assert runs["published"] >= done["materialize"] + 1 and runs["checked"] >= done["check"], (seed, runs, done)
    assert {row["run_id"] for row in published.ok("runs", "--json").rows} == {manifest.run_id for manifest in manifests}
    if (published.root / "out.parquet").exists():
        assert pq.read_table(published.root / "out.parquet").num_rows == 20
    if (published.root / "answer.csv").exists():
        assert (published.root / "answer.csv").read_text().startswith("feature\n")

    published.ok("index")
    before = published.ok("sql", "SELECT content_hash FROM catalog_versions", "--json").rows
    published.store.catalog.unlink()
    assert published.ok("sql", "SELECT content_hash FROM catalog_versions", "--json").rows == before, seed
    published.ok("gc", "--apply", "--older-than", "0")
    named = {artifact.path for manifest in published.sound() for artifact in manifest.artifacts}
    found = {path for path in published.files() if path.startswith(("staging/", "artifacts/", "quarantine/"))}
    assert found == named, (seed, found ^ named)
    told = published.run("doctor", "--deep", "--json")
    assert [row for row in told.rows if row["area"] in ("store", "catalog") and row["status"] == "error"] == [], told.out
