"""``featurecat check --compute``: values computed for the purpose, judged like those of a run, and published nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from featurecat.clock import Clock, timestamp_text
from featurecat.errors import RequestError
from featurecat.expectations.ratchet import Scope
from featurecat.project.audit import audit, not_evaluated
from featurecat.project.blocking import RunGate, run_gate
from featurecat.project.check.recording import CheckedRun, put_on_record
from featurecat.project.check.request import CheckAnswer, CheckRequest
from featurecat.project.computing import Computation, surroundings_of
from featurecat.project.disclosure import hidden_secrets
from featurecat.project.discover import Project
from featurecat.project.excuses import Change, changed_baseline
from featurecat.project.gate import SWITCHED_OFF, exit_code, notes
from featurecat.project.git import git_state
from featurecat.project.grains import GrainSelection
from featurecat.project.index import ReadProject, read_project
from featurecat.project.prepare import PreparedRun, prepare_run
from featurecat.project.rows import feature_key
from featurecat.records import CheckRecord, GateReport
from featurecat.storage.layout import new_run_id
from featurecat.storage.publish import ArtifactDraft, Publication

__all__ = ["check_computed"]


def check_computed(project: Project, request: CheckRequest, clock: Clock) -> CheckAnswer:
    """Compute features and judge them by what is expected of them; nothing is published.

    All expectations are judged, whatever fails; a feature that raises ends the check, for nothing can be made of it.

    Args:
        project: The project.
        request: What to check, and how to decide; ``run`` says with which engine, config and inputs.
        clock: Tells the time.

    Returns:
        The report; a manifest of kind ``check`` is in the store.

    Raises:
        DefinitionError: When modules, settings, selection, inputs or baseline are wrong; nothing was computed then.
        RunError: When computing, reading or writing failed.
    """
    change = Change(request.update_baseline, request.ratchet, request.force)
    change.check()
    if request.require_checks:
        raise RequestError("--require-checks looks at published features", hint="leave --compute out")
    read = read_project(project)
    prepared = prepare_run(read, _run_request(request), _settings(project, request), clock=clock)
    run_id, started_at, start = new_run_id(clock), clock.now(), clock.monotonic()
    gate = run_gate(read, prepared, clock)
    gate = replace(gate, policy=replace(gate.policy, warn_as_error=request.warn_as_error))
    with hidden_secrets(project.root, prepared.secrets):
        records = _records(read, prepared, gate, clock=clock, run_id=run_id)
    run = CheckedRun(
        run_id=run_id,
        started_at=timestamp_text(started_at),
        seconds=clock.monotonic() - start,
        selection=request.features or ("--all",),
        features=tuple(feature_key(prepared.graph_name, name) for name in prepared.names),
        inputs=(),
    )
    report, said = _report(prepared, gate, records, run=run, change=change, whole=not request.features)
    warnings = put_on_record(project, run, report, clock=clock)
    notices = (prepared.notice,) if prepared.notice else ()
    return CheckAnswer(report, notices, tuple(warnings), said)


def _run_request(request: CheckRequest) -> Any:
    return replace(
        request.run,
        features=request.features,
        everything=not request.features,
        allow_empty=request.allow_empty,
        may_save=False,
        against=request.against,
        why=request.why,
    )


def _settings(project: Project, request: CheckRequest) -> Any:
    given = {
        "mode": request.mode,
        "sample": request.sample,
        "as_of": request.as_of,
        "baseline": None if request.baseline is None else str(request.baseline),
    }
    return project.settings.checks.model_copy(update={name: one for name, one in given.items() if one is not None})


def _records(
    read: ReadProject, prepared: PreparedRun, gate: RunGate, *, clock: Clock, run_id: str
) -> list[CheckRecord]:
    around = surroundings_of(prepared, clock)
    computation = Computation(read, prepared, around=around, stops=lambda record: False)
    computation.run()
    if prepared.checks.mode == "off":
        return list(not_evaluated(prepared, SWITCHED_OFF))
    records = computation.records
    # what is judged is what a reader would get: the file, written, and read again
    with Publication(prepared.project.store, run_id, clock=clock) as publication:
        for selection, table in zip(prepared.grains, computation.tables, strict=True):
            staged = publication.stage(_draft(prepared, selection, run_id), table.table)
            records += audit(prepared, table, staged.path, around=around)
    return records


def _draft(prepared: PreparedRun, selection: GrainSelection, run_id: str) -> ArtifactDraft:
    grain = selection.grain
    return ArtifactDraft(
        artifact_id=f"{run_id}-{prepared.grains.index(selection)}",
        graph=prepared.graph_name,
        entity=grain.entity,
        timestamp=grain.timestamp,
        anonymous=grain.anonymous,
        features=selection.features,
    )


def _report(
    prepared: PreparedRun,
    gate: RunGate,
    records: Sequence[CheckRecord],
    *,
    run: CheckedRun,
    change: Change,
    whole: bool,
) -> tuple[GateReport, str | None]:
    project = prepared.project
    results = gate.decide(records)
    scope = Scope(features=None if whole else frozenset(run.features))
    said = notes(results, gate.policy, places=gate.places, scope=scope)
    changed = changed_baseline(
        project,
        project.root / prepared.checks.baseline,
        gate.policy.baseline,
        results=results,
        scope=scope,
        change=change,
        today=gate.policy.today,
    )
    checked = {result.check.feature for result in results}
    report = GateReport(
        tool="check",
        project=project.name,
        results=tuple(results),
        exit_code=exit_code(results, (), gate.policy),
        run_id=run.run_id,
        started_at=run.started_at,
        seconds=round(run.seconds, 6),
        git_commit=git_state(project.root).commit,
        selected=run.features,
        unchecked=tuple(name for name in run.features if name not in checked),
        notes=tuple(said),
    )
    return report, changed
