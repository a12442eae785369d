"""What a manifest says of a run."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from featurecat.clock import Clock, timestamp_text
from featurecat.definition.node import Role
from featurecat.errors import FeaturecatError
from featurecat.project.blocking import Decision
from featurecat.project.computing import Computation
from featurecat.project.disclosure import without_folders
from featurecat.project.git import git_state
from featurecat.project.index import ReadProject
from featurecat.project.prepare import PreparedRun
from featurecat.project.provenance import graph_fingerprint
from featurecat.project.quarantine import Shelf
from featurecat.project.rows import feature_key
from featurecat.records import (
    ArtifactRecord,
    ErrorRecord,
    FeatureRecord,
    Fingerprint,
    Manifest,
    ProjectRecord,
    RequestRecord,
)
from featurecat.version import VERSION

__all__ = ["RunRecorder"]


@dataclass(frozen=True, slots=True)
class RunRecorder:
    """Writes down a run.

    Attributes:
        read: The project.
        prepared: What was asked.
        computation: What was computed.
        clock: Tells the time.
        run_id: The run.
        started_at: When it began.
        start: When it began, on the clock that never goes back.
    """

    read: ReadProject
    prepared: PreparedRun
    computation: Computation
    clock: Clock
    run_id: str
    started_at: datetime
    start: float

    def manifest(
        self,
        status: str,
        artifacts: tuple[ArtifactRecord, ...] = (),
        *,
        shelves: Sequence[Shelf] = (),
        decision: Decision | None = None,
        error: BaseException | None = None,
    ) -> Manifest:
        """The manifest of the run.

        Args:
            status: ``published``, ``checked``, ``quarantined`` or ``failed``.
            artifacts: What is written, wherever it lies.
            shelves: The artifacts as they were made.
            decision: What was decided; its verdicts are recorded.
            error: What ended the run.
        """
        prepared, project = self.prepared, self.read.project
        git = git_state(project.root)
        decision = decision or Decision()
        return Manifest(
            run_id=self.run_id,
            kind="materialize",
            status=status,
            started_at=timestamp_text(self.started_at),
            committed_at=timestamp_text(self.clock.now()),
            seconds=round(self.clock.monotonic() - self.start, 6),
            project=ProjectRecord(project.name, prepared.graph_name, git.commit, git.dirty),
            engine=prepared.engine,
            versions=_versions(),
            request=RequestRecord(
                selection=prepared.selection_texts,
                features=tuple(feature_key(prepared.graph_name, name) for name in prepared.names),
                config=prepared.recorded_config,
                redacted=prepared.redacted,
                overrides=tuple(name for name in prepared.inputs if prepared.graph.nodes[name].role is Role.SOURCE),
            ),
            graph_fingerprint=graph_fingerprint(prepared.graph, self.read.fingerprints),
            inputs=tuple(self.computation.given.records),
            artifacts=artifacts,
            features=tuple(self._features(shelves, decision)) if status != "failed" else (),
            checks=tuple(decision.records),
            error=None if error is None else _error_record(error, prepared.redact, project.root),
        )

    def _features(self, shelves: Sequence[Shelf], decision: Decision) -> list[FeatureRecord]:
        """A record for each column that is staged; of a feature that is kept back one without a place."""
        records = []
        for shelf in shelves:
            staged = {} if shelf.staged is None else dict.fromkeys(shelf.staged.draft.features, shelf.staged.draft)
            told: set[str] = set()
            for column in shelf.table.columns:
                name, draft = column.feature, staged.get(column.feature)
                if draft is None and name in told:
                    continue
                told.add(name)
                records.append(
                    FeatureRecord(
                        feature=feature_key(self.prepared.graph_name, name),
                        variant=self.prepared.graph.nodes[name].variant,
                        action="run" if decision.causes.get(name) is None else "skip",
                        artifact_id=None if draft is None else draft.artifact_id,
                        column=None if draft is None else column.column,
                        dtype=column.dtype,
                        engine_dtype=column.engine_dtype,
                        fingerprint=self.computation.fingerprints.get(name, Fingerprint()),
                        seconds=self.computation.seconds(name),
                        profile=None if draft is None else shelf.profiles.get(column.column),
                    )
                )
        made = {column.feature for shelf in shelves for column in shelf.table.columns}
        for name in self.prepared.names:
            if name not in made:  # the run was stopped before
                variant = self.prepared.graph.nodes[name].variant
                records.append(FeatureRecord(feature_key(self.prepared.graph_name, name), variant, "skip"))
        return records


def _error_record(error: BaseException, redact: Callable[[str], str], root: Path) -> ErrorRecord:
    if isinstance(error, FeaturecatError):
        problem = error.problems[0]
        shown = without_folders(problem, [root])
        return ErrorRecord(shown.code, redact(shown.message), shown.feature, shown.file, shown.line)
    code = "interrupted" if isinstance(error, KeyboardInterrupt) else "step-failed"
    return ErrorRecord(code, redact(f"{type(error).__name__}: {error}"))


def _versions() -> Mapping[str, str | None]:
    versions: dict[str, str | None] = {"featurecat": VERSION, "python": platform.python_version()}
    for library in ("polars", "pandas", "duckdb"):
        try:
            versions[library] = version(library)
        except PackageNotFoundError:
            versions[library] = None
    return versions
