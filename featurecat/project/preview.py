"""``featurecat preview``: features computed for a look at their first rows; nothing is published."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from featurecat.clock import Clock
from featurecat.definition.node import Role
from featurecat.errors import FeaturecatError, Problem, RequestError
from featurecat.execution.anyhow import run_anyhow
from featurecat.frames.describe import describe_value
from featurecat.frames.logical import logical_type
from featurecat.plan.anyhow import make_plan_anyhow
from featurecat.project.assemble import AssembledTable, assemble
from featurecat.project.audit import in_run_checks
from featurecat.project.disclosure import hidden_secrets
from featurecat.project.discover import Project
from featurecat.project.failing import tell_failure
from featurecat.project.grains import KeyFrames
from featurecat.project.index import ReadProject, read_project
from featurecat.project.prepare import PreparedRun, prepare_run
from featurecat.project.reading import Readings, read_given
from featurecat.project.request import RunRequest

__all__ = ["MASK", "PreviewColumn", "PreviewReport", "preview"]

#: What stands in the place of a personal value.
MASK = "***"


@dataclass(frozen=True, slots=True)
class PreviewColumn:
    """A column of a preview.

    Attributes:
        name: Its name.
        dtype: Its logical type.
        role: ``key``, ``index`` (of an undeclared grain) or ``feature``.
        pii: Whether its values are personal, and masked.
    """

    name: str
    dtype: str
    role: str
    pii: bool


@dataclass(slots=True)
class PreviewReport:
    """The first rows of some features, and values without rows.

    Attributes:
        engine: The engine they were computed with.
        grain: Whose rows they are; None when nothing selected has rows.
        rows: How many rows there are in all.
        columns: The columns shown, keys first.
        shown: The first rows.
        values: Name to value of features without rows; personal ones masked.
        types: Name to a short description of those values.
        left_out: Selected by a pattern, but without rows.
        notice: What to tell about the selection, or None.
        warnings: Expectations that do not hold, or could not be evaluated.
    """

    engine: str
    grain: str | None = None
    rows: int = 0
    columns: tuple[PreviewColumn, ...] = ()
    shown: list[dict[str, Any]] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    notice: str | None = None
    warnings: tuple[Problem, ...] = ()


def preview(project: Project, request: RunRequest, rows: int = 10, *, clock: Clock | None = None) -> PreviewReport:
    """Compute features on all their input, and take their first rows.

    Args:
        project: The project.
        request: Which features, with which config, inputs and engine. Features with rows must share their grain;
            features without rows are taken whole.
        rows: How many rows to take.
        clock: Tells the moment that freshness is measured from; None is the machine's own.

    Raises:
        DefinitionError: When modules, selection, config or inputs are wrong, features of several grains are
            selected (code ``mixed-grain``), or something would be saved.
        RunError: When computing or reading failed.
    """
    if not request.features:
        hint = "featurecat preview FEATURE; featurecat list shows all features"
        raise RequestError("nothing is selected", hint=hint)
    read = read_project(project)
    prepared, scalars = _prepared(read, replace(request, may_save=False), clock)
    _refuse_several_grains(prepared)
    with hidden_secrets(project.root, prepared.secrets):
        try:
            outputs, key_frames = _computed(read, prepared, scalars)
            tables = [
                assemble(prepared.graph, selection, outputs, key_frames=key_frames) for selection in prepared.grains
            ]
        except FeaturecatError as error:
            tell_failure(prepared, error, "preview")
            raise
    report = PreviewReport(prepared.engine, left_out=prepared.left_out, notice=prepared.notice)
    report.warnings = _unmet(prepared, outputs)
    for table in tables:
        _take_rows(report, prepared, table, rows)
    for name in scalars:
        report.types[name] = describe_value(outputs[name])
        report.values[name] = MASK if name in prepared.pii else outputs[name]
    return report


def _prepared(read: ReadProject, request: RunRequest, clock: Clock | None) -> tuple[PreparedRun, tuple[str, ...]]:
    """The run of what has rows, and the names of what was selected by name and has none.

    A run refuses the latter, and names them; what is left then is prepared without them.
    """
    try:
        return prepare_run(read, request, clock=clock), ()
    except RequestError as error:
        scalars = tuple(problem.feature for problem in error.problems if problem.feature is not None)
        if len(scalars) < len(error.problems) or {problem.code for problem in error.problems} != {"not-tabular"}:
            raise
    rest = f"({', '.join(request.features)}) & not ({', '.join(map(json.dumps, scalars))})"
    return prepare_run(read, replace(request, features=(rest,), allow_empty=True), clock=clock), scalars


def _refuse_several_grains(prepared: PreparedRun) -> None:
    if len(prepared.grains) < 2:
        return
    listed = [f"{selection.grain.label}: {', '.join(selection.features[:3])}" for selection in prepared.grains]
    raise RequestError(
        f"a preview is one table, and the selection has {len(listed)} grains: {'; '.join(listed)}",
        code="mixed-grain",
        hint=f"preview one grain at a time: featurecat preview {' '.join(prepared.grains[0].features[:3])}",
    )


def _computed(read: ReadProject, prepared: PreparedRun, scalars: Sequence[str]) -> tuple[Mapping[str, Any], KeyFrames]:
    nodes = prepared.graph.nodes
    wanted = [name for name in prepared.plan.outputs if nodes[name].role is not Role.VALIDATOR]
    # every expectation is judged on the way, and told: a preview refuses nothing
    requested = [*wanted, *scalars]
    plan = make_plan_anyhow(prepared.graph, requested, given=tuple(prepared.inputs), record_checks=True)
    readings = Readings(read.project, prepared.graph, plan, prepared.inputs, prepared.values)
    given = read_given(readings, read.fingerprints)
    key_frames = KeyFrames(prepared.grains, given.values)
    with contextlib.redirect_stdout(sys.stderr):  # what features print is no part of the answer
        return run_anyhow(plan, given.values, [key_frames], workers=prepared.request.workers), key_frames


def _unmet(prepared: PreparedRun, outputs: Mapping[str, Any]) -> tuple[Problem, ...]:
    problems = []
    for check in in_run_checks(prepared, outputs):
        if check.status in ("pass", "no_data", "skip"):
            continue
        file, line = prepared.graph.nodes[check.feature.rpartition("/")[2]].place
        verdict, code = "does not hold", "expectation-failed"
        if check.status == "error":
            verdict, code = "could not be evaluated", "expectation-unevaluated"
        message = f"{check.feature}: {check.kind} {verdict}: {(check.message or '').removeprefix(f'{verdict}: ')}"
        problems.append(Problem(code, message, prepared.project.shown(file), line, feature=check.feature))
    return tuple(problems)


def _take_rows(report: PreviewReport, prepared: PreparedRun, assembled: AssembledTable, rows: int) -> None:
    table = assembled.table
    features = {column.column: column.feature for column in assembled.columns}
    (selection,) = prepared.grains
    columns = []
    for name in table.column_names:
        feature = features.get(name)
        role = "feature" if feature is not None else "key" if selection.grain.declared else "index"
        pii = _is_personal(prepared, feature, name)
        columns.append(PreviewColumn(name, logical_type(table.column(name)), role, pii))
    masked = {column.name for column in columns if column.pii}
    report.grain, report.rows, report.columns = selection.grain.label, table.num_rows, tuple(columns)
    report.shown = [
        {name: MASK if name in masked and value is not None else value for name, value in row.items()}
        for row in table.slice(0, rows).to_pylist()
    ]


def _is_personal(prepared: PreparedRun, feature: str | None, column: str) -> bool:
    """Whether a column's values are masked: of a source, and of keys, the columns that the settings call personal."""
    sources = prepared.project.settings.sources
    if feature is not None and feature not in sources:
        return feature in prepared.pii
    asked = sources.values() if feature is None else [sources[feature]]
    return any(column in source.pii for source in asked)
