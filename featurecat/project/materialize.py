"""``featurecat materialize``: select, plan, run, stage, audit, keep back what is blocked, publish the rest, export."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from featurecat.clock import Clock
from featurecat.definition.node import Node
from featurecat.errors import DefinitionError, FeaturecatError, Problem
from featurecat.execution.hooks import Hook
from featurecat.project.assemble import AssembledTable
from featurecat.project.audit import StoppedRunError, audit, not_evaluated
from featurecat.project.blocking import Decision, RunGate, decide_run, problems_of, run_gate, stopped_run
from featurecat.project.computing import Computation, surroundings_of
from featurecat.project.disclosure import hidden_secrets
from featurecat.project.discover import Project
from featurecat.project.failing import tell_failure
from featurecat.project.gate import SWITCHED_OFF
from featurecat.project.grains import GrainSelection
from featurecat.project.index import ReadProject, read_project, store_definitions
from featurecat.project.prepare import PreparedRun, prepare_run
from featurecat.project.profiling import table_profiles
from featurecat.project.quarantine import KeptBack, Shelf, keep_back_columns, keep_back_rows, quarantine_report
from featurecat.project.recording import RunRecorder
from featurecat.project.request import RunRequest
from featurecat.project.saving import Saved, save_all
from featurecat.project.settings import ChecksSettings
from featurecat.records import ArtifactRecord, CheckRecord, GateResult, Manifest
from featurecat.storage.export import export_run, export_table, export_targets
from featurecat.storage.layout import new_run_id
from featurecat.storage.manifest import read_manifest
from featurecat.storage.parquet import footer_metadata
from featurecat.storage.publish import ArtifactDraft, Publication

__all__ = ["MaterializeReport", "materialize"]

#: Steps done, steps in all, the feature at work.
Progress = Callable[[int, int, str], None]


@dataclass(slots=True)
class MaterializeReport:
    """What a run did.

    Attributes:
        prepared: Selection and plan.
        run_id: Its id; None for samples and dry runs.
        status: published, checked (nothing but savers was selected), quarantined, sample, failed (a sample), planned
            (a dry run) or empty.
        artifacts: What was published; of a run that is quarantined, what lies there.
        outputs: Files written by ``--output``.
        saved: What savers wrote, in their order.
        rows: Rows of all artifacts together.
        bytes: Bytes of all artifacts together.
        seconds: Wall time.
        results: Every verdict, and what became of it.
        causes: Each selected feature and saver that was blocked, with the failed feature that it is made of; None
            where it failed itself.
        kept_back: Rows that were taken out of artifacts.
        quarantine: Where what was kept back lies, or None.
        warnings: What was set aside on the way.
        failures: What failed though the run stands: blocked expectations, an export that could not be written.
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
    results: tuple[GateResult, ...] = ()
    causes: Mapping[str, str | None] = field(default_factory=dict)
    kept_back: tuple[KeptBack, ...] = ()
    quarantine: Path | None = None
    warnings: list[Problem] = field(default_factory=list)
    failures: list[FeaturecatError] = field(default_factory=list)

    @property
    def checks(self) -> tuple[CheckRecord, ...]:
        """Every verdict."""
        return tuple(result.check for result in self.results)

    @property
    def published(self) -> tuple[str, ...]:
        """The features that were published."""
        return (
            tuple(name for name in self.prepared.names if name not in self.causes) if self.status == "published" else ()
        )


def materialize(
    project: Project,
    request: RunRequest,
    clock: Clock,
    *,
    progress: Progress | None = None,
    checks: ChecksSettings | None = None,
) -> MaterializeReport:
    """Compute the selected features and publish those that are as expected.

    Args:
        project: The project.
        request: What to materialize.
        clock: Tells the time.
        progress: Told steps done, steps in all and the feature at work.
        checks: The gate's settings, where options say otherwise than the project's.

    Returns:
        What was done. What expectations block is in quarantine and reported in ``failures``, as are an export and
        savers that failed after the run was published.

    Raises:
        DefinitionError: When modules, selection, config, inputs, waivers or the baseline are wrong; nothing was run
            then.
        RunError: When computing, reading or writing failed; the run is on record as failed.
    """
    read = read_project(project)
    prepared = prepare_run(read, request, checks, clock=clock)
    report = MaterializeReport(prepared)
    if not prepared.names and not prepared.savers:  # allowed to be empty: there is nothing to publish
        report.status = "planned" if request.dry_run else "empty"
        return report
    gate = run_gate(read, prepared, clock)
    if request.dry_run:
        return report
    return _Run(read, prepared, clock, gate=gate, report=report).execute(
        _ProgressHook(progress, len(prepared.plan.steps))
    )


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

    def __init__(
        self, read: ReadProject, prepared: PreparedRun, clock: Clock, *, gate: RunGate, report: MaterializeReport
    ) -> None:
        self.read = read
        self.project = read.project
        self.prepared = prepared
        self.clock = clock
        self.gate = gate
        self.report = report
        self.sample = prepared.request.limit is not None
        self.run_id = new_run_id(clock)
        self.around = surroundings_of(prepared, clock)
        self.computation = Computation(read, prepared, around=self.around, stops=gate.stops)
        self.recorder = RunRecorder(
            read, prepared, self.computation, clock, self.run_id, clock.now(), clock.monotonic()
        )
        self.shelves: list[Shelf] = []

    def execute(self, progress: _ProgressHook) -> MaterializeReport:
        with (
            Publication(self.project.store, self.run_id, clock=self.clock) as publication,
            hidden_secrets(self.project.root, self.prepared.secrets),
        ):
            try:
                decision = self._decided(publication, progress)
                self._conclude(publication, decision)
                self._save(decision, progress)
            except BaseException as error:
                self._tell(error, publication)
                raise
        if not self.sample:
            progress.say("updating the catalog")
            self._export_and_index()
        return self.report

    # --- what may be published ----------------------------------------------------------------------

    def _decided(self, publication: Publication, progress: _ProgressHook) -> Decision:
        """Compute, stage and judge; what may not be published is set aside."""
        try:
            self.computation.run([progress] if progress.progress else [])
        except StoppedRunError:
            return stopped_run(self.prepared, self.gate, self.computation.records)
        if self.prepared.checks.mode == "off":
            self.computation.switched_off(not_evaluated(self.prepared, SWITCHED_OFF))
        progress.say("checking and writing")
        if any(map(self.gate.stops, self.computation.records)):
            return stopped_run(self.prepared, self.gate, self._records())
        for selection, table in zip(self.prepared.grains, self.computation.tables, strict=True):
            shelf = Shelf(selection, table, self._draft(selection, table))
            self.shelves.append(shelf)
            shelf.staged = publication.stage(shelf.draft, table.table)
            shelf.records = self._audited(table, shelf.staged.path)
            if any(map(self.gate.stops, shelf.records)):
                return stopped_run(self.prepared, self.gate, self._records())
        return self._kept_back(decide_run(self.prepared, self.gate, self._records()), publication)

    def _audited(self, table: AssembledTable, path: Path) -> list[CheckRecord]:
        return [] if self.prepared.checks.mode == "off" else audit(self.prepared, table, path, around=self.around)

    def _records(self) -> list[CheckRecord]:
        return [*self.computation.records, *(record for shelf in self.shelves for record in shelf.records)]

    def _kept_back(self, decision: Decision, publication: Publication) -> Decision:
        """Take out of the artifacts what is blocked: rows where that is enough, columns elsewhere."""
        if decision.stopped or self.sample:
            return decision
        if self.gate.policy.on_fail == "rows" and decision.causes:
            for shelf in self.shelves:
                keep_back_rows(
                    self.prepared,
                    shelf,
                    decision,
                    publication=publication,
                    audited=self._audited,
                    around=self.around,
                )
            mended = {name: ids for kept in self._rows_kept_back() for name, ids in kept.checks.items()}
            decision = decide_run(self.prepared, self.gate, self._records(), mended=mended)
        if not decision.stopped and not self._nothing_left(decision):
            for shelf in self.shelves:
                keep_back_columns(shelf, decision.causes, publication)
        return decision

    def _rows_kept_back(self) -> list[KeptBack]:
        return [shelf.kept_back for shelf in self.shelves if shelf.kept_back is not None]

    def _nothing_left(self, decision: Decision) -> bool:
        """Whether all that was selected is blocked."""
        selected = self.prepared.names or self.prepared.savers
        return decision.stopped or all(name in decision.causes for name in selected)

    def _draft(self, selection: GrainSelection, table: AssembledTable) -> ArtifactDraft:
        grain = selection.grain
        return ArtifactDraft(
            artifact_id=f"{self.run_id}-{self.prepared.grains.index(selection)}",
            graph=self.prepared.graph_name,
            entity=grain.entity,
            timestamp=grain.timestamp,
            anonymous=grain.anonymous,
            features=table.features,
        )

    # --- the end of the run -------------------------------------------------------------------------

    def _conclude(self, publication: Publication, decision: Decision) -> None:
        report, quarantine = self.report, self.project.store.quarantine_directory(self.run_id)
        report.results, report.causes = decision.results, self._causes(decision)
        report.kept_back = tuple(self._rows_kept_back())
        failed = bool(report.causes or report.kept_back or decision.stopped)
        hint = self._hint(decision, quarantine) if failed else None
        report.failures += problems_of(self.prepared, decision, hint)
        report.rows = sum(shelf.table.table.num_rows for shelf in self.shelves if shelf.staged is not None)
        if self.sample:
            report.status = "failed" if failed else "sample"
            if not failed:
                self._write_sample()
        else:
            report.quarantine = quarantine if failed else None
            self._publish(publication, decision, failed=failed)
        report.seconds = self.clock.monotonic() - self.recorder.start

    def _publish(self, publication: Publication, decision: Decision, *, failed: bool) -> None:
        """End the run: published, or all of it in quarantine."""
        report = self.report
        quarantined = failed and self._nothing_left(decision)
        report.status = "quarantined" if quarantined else "published" if self.shelves else "checked"
        reason: dict[str, Any] | None = None
        if failed:
            reason = quarantine_report(decision, report.causes, self.shelves, shown=self.project.store.relative)
        error = next(iter(report.failures), None) if quarantined else None

        if self.project.settings.profile and not quarantined:
            for shelf in self.shelves:
                if shelf.staged is not None:
                    shelf.profiles = table_profiles(self.prepared, shelf.table, set(shelf.staged.draft.features))

        def manifest(artifacts: tuple[ArtifactRecord, ...]) -> Manifest:
            report.run_id, report.artifacts = self.run_id, artifacts
            report.bytes = sum(artifact.bytes for artifact in artifacts)
            return self.recorder.manifest(
                report.status, artifacts, shelves=self.shelves, decision=decision, error=error
            )

        if quarantined:
            publication.quarantine(manifest, reason or {})
        else:
            publication.publish(manifest, reason)

    def _causes(self, decision: Decision) -> dict[str, str | None]:
        asked = [*self.prepared.names, *self.prepared.saving]
        return {name: decision.causes[name] for name in asked if name in decision.causes}

    def _hint(self, decision: Decision, quarantine: Path) -> str:
        """Where to look at what failed."""
        if self.sample:
            return "no sample was written"
        place = self.project.shown(quarantine)
        if not self.shelves:
            return (
                f"nothing was saved; report.json is in {place}"
                if not self.prepared.names
                else f"report.json is in {place}"
            )
        what = "rows at fault" if self.report.kept_back and not self.report.causes else "data"
        return f"the {what} and report.json are in {place}"

    def _save(self, decision: Decision, progress: _ProgressHook) -> None:
        """Let the savers run, now that what they are part of stands; those of blocked features do not."""
        if self.report.status not in ("published", "checked") or not self.prepared.savers:
            return
        progress.say("saving")
        clean = [name for name in self.prepared.saving if name not in decision.causes]
        saved, failures = save_all(
            replace(self.prepared, saving=tuple(clean)),
            self.computation.to_save,
            self.run_id,
            published=self.report.status == "published",
        )
        self.report.saved = tuple(saved)
        self.report.failures += failures
        self.computation.to_save.clear()

    def _write_sample(self) -> None:
        request, (shelf,) = self.prepared.request, self.shelves
        assert request.output is not None  # prepare_run refused samples without it, and several grains
        (target,) = export_targets(request.output, [shelf.draft.grain], store=self.project.store)
        export_table(shelf.table.table, target, metadata=footer_metadata(features=shelf.draft.features, sample=True))
        self.report.outputs = (target,)
        self.report.bytes = target.stat().st_size

    # --- failures -----------------------------------------------------------------------------------

    def _tell(self, error: BaseException, publication: Publication) -> None:
        """Tell of a failure, with the expectations that had failed before, and record it."""
        if isinstance(error, FeaturecatError):
            tell_failure(self.prepared, error)
        # a request that cannot be met is refused, not a run that failed
        if publication.committed or isinstance(error, DefinitionError):
            return
        decision = Decision(tuple(self.gate.decide(self._records())))
        if isinstance(error, FeaturecatError):
            before = problems_of(self.prepared, decision)
            error.problems = (*error.problems, *(problem for one in before for problem in one.problems))
        if not self.sample:
            self._record_failure(publication, decision, error)

    def _record_failure(self, publication: Publication, decision: Decision, error: BaseException) -> None:
        publication.discard()
        manifest = self.recorder.manifest("failed", decision=decision, error=error)
        try:
            Publication(self.project.store, self.run_id, clock=self.clock).fail(manifest)
            self._index()
        except FeaturecatError as also:  # the first error is the one to report
            self.report.warnings += also.problems

    def _export_and_index(self) -> None:
        request, report = self.prepared.request, self.report
        if request.output is not None and report.status == "published":
            again = f"featurecat export {self.run_id} -o {request.output}"
            if report.causes:
                report.warnings.append(_not_exported(request.output, report, again))
            else:
                manifest = read_manifest(self.project.store.manifest_path(self.run_id))
                try:
                    report.outputs = export_run(self.project.store, manifest, request.output)
                except FeaturecatError as error:
                    problem = error.problems[0]
                    hint = f"the run stands: {again}"
                    report.failures.append(type(error)(Problem(problem.code, problem.message, problem.file, hint=hint)))
        self._index()

    def _index(self) -> None:
        try:
            self.report.warnings += store_definitions(self.read, self.clock).warnings
        except FeaturecatError as error:
            self.report.failures.append(error)


def _not_exported(output: Path, report: MaterializeReport, again: str) -> Problem:
    blocked: Sequence[str] = [name for name in report.prepared.names if name in report.causes]
    return Problem(
        "expectation-failed",
        f"{output} was not written: {len(blocked)} of {len(report.prepared.names)} features were blocked",
        hint=f"what was published: {again}",
    )
