"""Runs that end in each possible way; imported by the tests and run as a program to be killed half-way.

As a program: ``one_run.py STORE END``; it prints the run id once the run is acknowledged.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pyarrow as pa

from featurecat.clock import SystemClock, timestamp_text
from featurecat.records import ArtifactRecord, ErrorRecord, FeatureRecord, Manifest, ProjectRecord, RequestRecord
from featurecat.storage.layout import Store, new_run_id
from featurecat.storage.publish import ArtifactDraft, Publication

CLOCK = SystemClock()
DRAFTS = (
    (
        ArtifactDraft("a-0", entity=("flight",), timestamp="hour", features=("delay",)),
        pa.table({"flight": [1, 2, 3], "hour": [7, 8, 9], "delay": [0.5, None, -2.0]}),
    ),
    (
        ArtifactDraft("a-1", anonymous="planes", features=("maker",)),
        pa.table({"maker": pa.array(["x", "y"], pa.large_string())}),
    ),
)


def manifest(
    run_id: str, status: str = "published", artifacts: tuple[ArtifactRecord, ...] = (), **changes: object
) -> Manifest:
    moment = timestamp_text(CLOCK.now())
    entries: dict[str, object] = {
        "run_id": run_id,
        "kind": "materialize",
        "status": status,
        "started_at": moment,
        "committed_at": moment,
        "seconds": 0.25,
        "project": ProjectRecord("flights"),
        "engine": "pandas",
        "versions": {"python": "3", "polars": None},
        "request": RequestRecord(("delay",), ("delay",), {"region": "us"}),
        "artifacts": artifacts,
        "features": tuple(
            FeatureRecord("delay", "default", "run", artifact.artifact_id, "delay") for artifact in artifacts
        ),
    }
    return Manifest(**{**entries, **changes})  # type: ignore[arg-type]


def run(store: Store, end: str, *, drafts: tuple[tuple[ArtifactDraft, pa.Table], ...] = DRAFTS) -> str:
    """One whole run; returns its id."""
    run_id = new_run_id(CLOCK)
    with Publication(store, run_id, clock=CLOCK) as publication:
        for draft, table in drafts:
            publication.stage(draft, table)
        if end == "publish":
            publication.publish(lambda artifacts: manifest(run_id, "published", artifacts))
        elif end == "quarantine":
            publication.quarantine(lambda artifacts: manifest(run_id, "quarantined", artifacts), {"delay": "too small"})
        else:
            publication.fail(manifest(run_id, "failed", error=ErrorRecord("step-failed", "division by zero")))
    return run_id


if __name__ == "__main__":
    print(run(Store(Path(sys.argv[1])), sys.argv[2]))
