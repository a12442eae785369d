"""Puts a check on record: a manifest of kind ``check``, which publishes nothing."""

from __future__ import annotations

import platform
from dataclasses import dataclass

from featurecat.clock import Clock, timestamp_text
from featurecat.errors import FeaturecatError, Problem
from featurecat.project.check.subjects import Published
from featurecat.project.discover import Project
from featurecat.project.git import git_state
from featurecat.project.refresh import refresh_catalog
from featurecat.records import (
    FeatureRecord,
    GateReport,
    InputRecord,
    Manifest,
    ProjectRecord,
    RequestRecord,
)
from featurecat.storage.publish import Publication
from featurecat.version import VERSION

__all__ = ["CheckedRun", "put_on_record"]


@dataclass(frozen=True, slots=True)
class CheckedRun:
    """One run of ``check``.

    Attributes:
        run_id: Its id.
        started_at: UTC, as text.
        seconds: Wall time until everything was judged.
        selection: As typed.
        features: Catalog keys.
        inputs: The files that were judged.
    """

    run_id: str
    started_at: str
    seconds: float
    selection: tuple[str, ...]
    features: tuple[str, ...]
    inputs: tuple[Published, ...]


def put_on_record(
    project: Project, run: CheckedRun, report: GateReport, *, clock: Clock, index: bool = True
) -> list[Problem]:
    """Write the manifest of a check, and bring the catalog up to date.

    Args:
        project: The project.
        run: The run.
        report: What it found.
        clock: Tells the time.
        index: Whether the catalog is brought up to date now; else the next question after the runs does it.

    Returns:
        What kept the catalog from being brought up to date; the manifest stands then.

    Raises:
        StoreError: When the manifest cannot be written.
    """
    git = git_state(project.root)
    manifest = Manifest(
        run_id=run.run_id,
        kind="check",
        status="checked",
        started_at=run.started_at,
        committed_at=timestamp_text(clock.now()),
        seconds=round(run.seconds, 6),
        project=ProjectRecord(project.name, "default", git.commit, git.dirty),
        engine=project.settings.engine or "pandas",
        versions={"featurecat": VERSION, "python": platform.python_version()},
        request=RequestRecord(selection=run.selection, features=run.features),
        inputs=tuple(
            InputRecord(one.artifact_id, "file", one.path, one.bytes, content_hash=one.content_hash)
            for one in run.inputs
        ),
        features=tuple(
            FeatureRecord(feature, variant, "input")
            for feature, variant in dict.fromkeys((one.check.feature, one.check.variant) for one in report.results)
        ),
        checks=tuple(result.check for result in report.results),
    )
    with Publication(project.store, run.run_id, clock=clock) as publication:
        publication.publish(lambda _: manifest)
    if not index:
        return []
    try:
        return list(refresh_catalog(project.store, clock).warnings)
    except FeaturecatError as error:
        return list(error.problems)
