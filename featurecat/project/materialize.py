"""``featurecat materialize``: select, plan, run, stage, audit, publish, export."""

from __future__ import annotations

import contextlib
import platform
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from featurecat.clock import Clock, timestamp_text
from featurecat.definition.node import Node, Role
from featurecat.errors import DefinitionError, EvaluationError, ExpectationError, FeaturecatError, Problem
from featurecat.execution.anyhow import run_anyhow
from featurecat.execution.hooks import Hook, Timing
from featurecat.project.assemble import AssembledTable, assemble
from featurecat.project.audit import audit, in_run_checks
from featurecat.project.disclosure import hidden_secrets, without_folders
from featurecat.project.discover import Project
from featurecat.project.failing import tell_failure
from featurecat.project.git import git_state
from featurecat.project.grains import KeyFrames
from featurecat.project.index import ReadProject, read_project, store_definitions
from featurecat.project.prepare import PreparedRun, prepare_run
from featurecat.project.provenance import graph_fingerprint, run_fingerprints
from featurecat.project.reading import GivenValues, Readings, read_given
from featurecat.project.request import RunRequest
from featurecat.project.rows import feature_key
from featurecat.project.saving import Saved, save_all
from featurecat.records import (
    ArtifactRecord,
    CheckRecord,
    ErrorRecord,
    FeatureRecord,
    Fingerprint,
    Manifest,
    ProjectRecord,
    RequestRecord,
)
from featurecat.storage.export import export_run, export_table, export_targets
from featurecat.storage.layout import new_run_id
from featurecat.storage.manifest import read_manifest
from featurecat.storage.parquet import footer_metadata
from featurecat.storage.publish import ArtifactDraft, Publication
from featurecat.version import VERSION

__all__ = ["MaterializeReport", "materialize"]

#: Steps done, steps in all, the feature at work.
Progress = Callable[[int, int, str], None]


@dataclass(slots=True)
class MaterializeReport:
    """What a run did.

    Attributes:
        run_id: Its id; None for samples and dry runs.
        status: published, checked (nothing but savers was selected), quarantined, sample, failed (a sample), planned
            (a dry run) or empty.
        prepared: Selection and plan.
        artifacts: What was published.
        outputs: Files written by ``--output``.
        saved: What savers wrote, in their order.
        rows: Rows of all artifacts together.
        bytes: Bytes of all artifacts together.
        seconds: Wall time.
        checks: Every verdict.
        problems: What failed though the run stands: blocked expectations, an export that could not be written.
        warnings: What was set aside on the way.
        failure: The error that decides the exit code, or None.
    """

    prepared: PreparedRun
    run_id: str | None = None
    status: str = "planned"
    artifacts: tuple[ArtifactRecord, ...] = ()
    outputs: tuple[Path, ...] = ()
    saved: tuple[Saved, ...] = ()
    rows: int = 0
    bytes: int = 0
    seconds: float = 0.0
    checks: tuple[CheckRecord, ...] = ()
    warnings: list[Problem] = field(default_factory=list)
    failures: list[FeaturecatError] = field(default_factory=list)


def materialize(
    project: Project, request: RunRequest, clock: Clock, *, progress: Progress | None = None
) -> MaterializeReport:
    """Compute the selected features and publish them.

    Args:
        project: The project.
        request: What to materialize.
        clock: Tells the time.
        progress: Told steps done, steps in all and the feature at work.

    Returns:
        What was done. A run whose expectations block it is quarantined and reported in ``failures``, as are an
        export and savers that failed after the run was published.

    Raises:
        DefinitionError: When modules, selection, config or inputs are wrong; nothing was run then.
        RunError: When computing, reading or writing failed; the run is on record as failed.
    """
    read = read_project(project)
    prepared = prepare_run(read, request)
    report = MaterializeReport(prepared)
    if request.dry_run:
        return report
    if not prepared.names and not prepared.savers:  # allowed to be empty: there is nothing to publish
        report.status = "empty"
        return report
    return _Run(read, prepared, clock, report).execute(_ProgressHook(progress, len(prepared.plan.steps)))


class _ProgressHook(Hook):
    """Tells how far a run is, where somebody wants to know. A step that runs once per item is done with its first."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self.progress = progress
        self.total = total
        self.done: set[str] = set()

    def before_step(self, node: Node) -> None:
        self.say(node.name)

    def after_step(self, node: Node, value: Any, seconds: float) -> None:
        self.done.add(node.name)

    def say(self, text: str) -> None:
        """Tell what is being done, a feature or what comes after them."""
        if self.progress is not None:
            self.progress(len(self.done), self.total, text)


class _Run:
    """One run from its start to its manifest."""

    def __init__(self, read: ReadProject, prepared: PreparedRun, clock: Clock, report: MaterializeReport) -> None:
        self.read = read
        self.project = read.project
        self.prepared = prepared
        self.clock = clock
        self.report = report
        self.run_id = new_run_id(clock)
        self.started_at = clock.now()
        self.start = clock.monotonic()
        self.timing = Timing()
        self.given = GivenValues()
        self.fingerprints: dict[str, Fingerprint] = {}
        self.to_save: dict[str, Any] = {}

    def execute(self, progress: _ProgressHook) -> MaterializeReport:
        sample = self.prepared.request.limit is not None
        with (
            Publication(self.project.store, self.run_id, clock=self.clock) as publication,
            hidden_secrets(self.project.root, self.prepared.secrets),
        ):
            try:
                tables, checks = self._compute([progress] if progress.progress else [])
                progress.say("checking and writing")
                staged = [publication.stage(self._draft(table), table.table) for table in tables]
                for table, file in zip(tables, staged, strict=True):
                    checks += audit(self.prepared, table, file.path)
                self._conclude(publication, tables, checks, sample)
                self._save(progress)
            except BaseException as error:
                if isinstance(error, FeaturecatError):
                    tell_failure(self.prepared, error)
                # a request that cannot be met is refused, not a run that failed
                if not publication.committed and not sample and not isinstance(error, DefinitionError):
                    self._record_failure(publication, error)
                raise
        if not sample:
            progress.say("updating the catalog")
            self._export_and_index()
        return self.report

    def _compute(self, hooks: Sequence[Hook]) -> tuple[list[AssembledTable], list[CheckRecord]]:
        prepared = self.prepared
        readings = Readings(
            self.project,
            prepared.graph,
            prepared.plan,
            prepared.inputs,
            prepared.values,
            prepared.limits,
        )
        self.given = read_given(readings, self.read.fingerprints)
        key_frames = KeyFrames(prepared.grains, self.given.values)
        with contextlib.redirect_stdout(sys.stderr):  # what features print is no part of the answer
            watching = [self.timing, key_frames, *hooks]
            outputs = run_anyhow(prepared.plan, self.given.values, watching, workers=prepared.request.workers)
        self.fingerprints = run_fingerprints(
            prepared.graph,
            prepared.plan,
            self.read.fingerprints,
            identities=self.given.identities,
            config=prepared.recorded_config,
        )
        checks = in_run_checks(prepared, outputs)
        self.to_save = {name: outputs[name] for name in prepared.taken}
        tables = []
        for selection in prepared.grains:
            tables.append(assemble(prepared.graph, selection, outputs, key_frames=key_frames))
            for name in selection.features:  # a column that is in its table is needed no more
                if not any(name in other.keys for other in prepared.grains):
                    outputs.pop(name, None)
        return tables, checks

    def _draft(self, table: AssembledTable) -> ArtifactDraft:
        selection = self.prepared.selection_of(table.columns[0].feature)
        grain = selection.grain
        return ArtifactDraft(
            artifact_id=f"{self.run_id}-{self.prepared.grains.index(selection)}",
            graph=self.prepared.graph_name,
            entity=grain.entity,
            timestamp=grain.timestamp,
            anonymous=grain.anonymous,
            features=tuple(dict.fromkeys(column.feature for column in table.columns)),
        )

    def _conclude(
        self, publication: Publication, tables: list[AssembledTable], checks: list[CheckRecord], sample: bool
    ) -> None:
        report = self.report
        report.checks = tuple(checks)
        quarantine = self.project.shown(self.project.store.quarantine_directory(self.run_id))
        what = "the data and report.json are" if tables else "nothing was saved; report.json is"
        hint = "no sample was written" if sample else f"{what} in {quarantine}"
        report.failures += _blocking(self.prepared, checks, hint)
        report.rows = sum(table.table.num_rows for table in tables)
        if sample:
            report.status = "sample" if not report.failures else "failed"
            if not report.failures:
                self._write_sample(tables)
        elif report.failures:
            report.status = "quarantined"
            publication.quarantine(
                lambda artifacts: self._manifest("quarantined", artifacts, tables, checks, report.failures[0]),
                {"problems": ["\n".join(problem.lines()) for error in report.failures for problem in error.problems]},
            )
        else:
            report.status = status = "published" if tables else "checked"
            publication.publish(lambda artifacts: self._manifest(status, artifacts, tables, checks, None))
            report.failures += _unevaluated(self.prepared, checks)
        report.seconds = self.clock.monotonic() - self.start

    def _save(self, progress: _ProgressHook) -> None:
        """Let the savers run, now that what they are part of stands."""
        if self.report.status not in ("published", "checked") or not self.prepared.savers:
            return
        progress.say("saving")
        saved, failures = save_all(
            self.prepared, self.to_save, self.run_id, published=self.report.status == "published"
        )
        self.report.saved = tuple(saved)
        self.report.failures += failures
        self.to_save.clear()

    def _write_sample(self, tables: list[AssembledTable]) -> None:
        request, table = self.prepared.request, tables[0]
        assert request.output is not None  # prepare_run refused samples without it, and several grains
        features = tuple(dict.fromkeys(column.feature for column in table.columns))
        draft = self._draft(table)
        (target,) = export_targets(request.output, [draft.grain], store=self.project.store)
        export_table(table.table, target, metadata=footer_metadata(features=features, sample=True))
        self.report.outputs = (target,)
        self.report.bytes = target.stat().st_size

    def _manifest(
        self,
        status: str,
        artifacts: tuple[ArtifactRecord, ...],
        tables: Sequence[AssembledTable],
        checks: Sequence[CheckRecord],
        error: BaseException | None,
    ) -> Manifest:
        prepared = self.prepared
        self.report.run_id = self.run_id
        self.report.artifacts = artifacts
        self.report.bytes = sum(artifact.bytes for artifact in artifacts)
        git = git_state(self.project.root)
        return Manifest(
            run_id=self.run_id,
            kind="materialize",
            status=status,
            started_at=timestamp_text(self.started_at),
            committed_at=timestamp_text(self.clock.now()),
            seconds=round(self.clock.monotonic() - self.start, 6),
            project=ProjectRecord(self.project.name, prepared.graph_name, git.commit, git.dirty),
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
            inputs=tuple(self.given.records),
            artifacts=artifacts,
            features=tuple(self._feature_records(artifacts, tables)),
            checks=tuple(checks),
            error=None if error is None else _error_record(error, prepared.redact, self.project.root),
        )

    def _feature_records(
        self, artifacts: Sequence[ArtifactRecord], tables: Sequence[AssembledTable]
    ) -> list[FeatureRecord]:
        records = []
        for artifact, table in zip(artifacts, tables, strict=False):
            for column in table.columns:
                node = self.prepared.graph.nodes[column.feature]
                records.append(
                    FeatureRecord(
                        feature=feature_key(self.prepared.graph_name, column.feature),
                        variant=node.variant,
                        action="run",
                        artifact_id=artifact.artifact_id,
                        column=column.column,
                        dtype=column.dtype,
                        engine_dtype=column.engine_dtype,
                        fingerprint=self.fingerprints.get(column.feature, Fingerprint()),
                        seconds=self._seconds(column.feature),
                    )
                )
        return records

    def _seconds(self, name: str) -> float | None:
        """Seconds of the feature's own function: of its raw node where it is checked."""
        own = self.timing.seconds.get(self.prepared.graph.nodes[name].raw or name)
        return None if own is None else round(own, 6)

    def _record_failure(self, publication: Publication, error: BaseException) -> None:
        publication.discard()
        manifest = self._manifest("failed", (), (), (), error)
        try:
            Publication(self.project.store, self.run_id, clock=self.clock).fail(manifest)
            self._index()
        except FeaturecatError as also:  # the first error is the one to report
            self.report.warnings += also.problems

    def _export_and_index(self) -> None:
        request = self.prepared.request
        if request.output is not None and self.report.status == "published":
            manifest = read_manifest(self.project.store.manifest_path(self.run_id))
            try:
                self.report.outputs = export_run(self.project.store, manifest, request.output)
            except FeaturecatError as error:
                hint = f"the run stands: featurecat export {self.run_id} -o {request.output}"
                problem = error.problems[0]
                self.report.failures.append(
                    type(error)(Problem(problem.code, problem.message, problem.file, hint=hint))
                )
        self._index()

    def _index(self) -> None:
        try:
            self.report.warnings += store_definitions(self.read, self.clock).warnings
        except FeaturecatError as error:
            self.report.failures.append(error)


def _blocking(prepared: PreparedRun, checks: Sequence[CheckRecord], hint: str) -> list[FeaturecatError]:
    """The errors of expectations that keep the run from being published."""
    blocking = [check for check in checks if check.severity in ("error", "fatal")]
    failed = [
        _check_problem(prepared, check, "expectation-failed", "does not hold", hint)
        for check in blocking
        if check.status not in ("pass", "no_data", "error")
    ]
    return [*_unevaluated(prepared, blocking), *([ExpectationError(failed)] if failed else [])]


def _unevaluated(prepared: PreparedRun, checks: Sequence[CheckRecord]) -> list[FeaturecatError]:
    """The error of expectations that could not be evaluated, whatever their severity: that is never a pass."""
    problems = [
        _check_problem(prepared, check, "expectation-unevaluated", "could not be evaluated", None)
        for check in checks
        if check.status == "error"
    ]
    return [EvaluationError(problems)] if problems else []


def _check_problem(prepared: PreparedRun, check: CheckRecord, code: str, verdict: str, hint: str | None) -> Problem:
    node = prepared.graph.nodes.get(check.feature.rpartition("/")[2])
    file, line = (None, None) if node is None else node.place
    message = f"{check.feature}: {check.kind} {verdict}: {(check.message or '').removeprefix(f'{verdict}: ')}"
    return Problem(code, message, prepared.project.shown(file), line, hint, check.feature)


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
