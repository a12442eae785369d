"""What a run may not publish: the gate's decision on its verdicts, and everything that is made of what it blocks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from featurecat.clock import Clock
from featurecat.definition.node import Node
from featurecat.errors import DefinitionError, EvaluationError, ExpectationError, FeaturecatError, Problem
from featurecat.expectations.baseline import read_baseline
from featurecat.graph.graph import Graph
from featurecat.project import gate
from featurecat.project.audit import not_evaluated
from featurecat.project.gate import Override, Place, Policy
from featurecat.project.grains import GrainSelection
from featurecat.project.index import ReadProject, definition_tables
from featurecat.project.prepare import PreparedRun
from featurecat.project.rows import feature_key
from featurecat.project.selecting import CatalogIndex, tables_index
from featurecat.project.sets import SETTINGS_FILE, declared_sets, settings_text
from featurecat.project.settings import ChecksSettings
from featurecat.project.standing import CatalogStanding
from featurecat.records import CheckRecord, GateResult

__all__ = ["Decision", "RunGate", "chosen_checks", "decide_run", "problems_of", "run_gate", "stopped_run"]


@dataclass(frozen=True, slots=True)
class RunGate:
    """What the verdicts of a run are decided by.

    Attributes:
        policy: Settings and options, overrides and baseline.
        places: Catalog key and variant to place and waivers.
    """

    policy: Policy
    places: Mapping[tuple[str, str], Place] = field(default_factory=dict)

    def decide(self, records: Sequence[CheckRecord]) -> list[GateResult]:
        """What becomes of verdicts, as :func:`featurecat.project.gate.decide` tells."""
        return gate.decide(records, self.policy, places=self.places)

    def stops(self, record: CheckRecord) -> bool:
        """Whether a verdict stops the whole run."""
        return gate.blocked(self.decide([record]), self.policy).run


@dataclass(frozen=True, slots=True)
class Decision:
    """What a run may publish.

    Attributes:
        results: What became of each verdict.
        stopped: Whether nothing may be published.
        causes: Name of each node that may not be published to the failed feature it is made of; None where it failed
            itself. Empty where the whole run is stopped.
    """

    results: tuple[GateResult, ...] = ()
    stopped: bool = False
    causes: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def records(self) -> list[CheckRecord]:
        """The verdicts."""
        return [result.check for result in self.results]


def chosen_checks(checks: ChecksSettings, mode: str | None = None, on_fail: str | None = None) -> ChecksSettings:
    """The gate's settings under the options of a command.

    Args:
        checks: The project's.
        mode: ``--checks``.
        on_fail: ``--on-fail``.

    Example:
        >>> chosen_checks(ChecksSettings(), on_fail="run").on_fail
        'run'
    """
    given = {"mode": mode, "on_fail": on_fail}
    return checks.model_copy(update={name: value for name, value in given.items() if value is not None})


def run_gate(read: ReadProject, prepared: PreparedRun, clock: Clock) -> RunGate:
    """What the verdicts of a run are decided by.

    Args:
        read: The project.
        prepared: The run.
        clock: Tells which day it is.

    Raises:
        DefinitionError: With everything that is wrong with overrides, baseline and waivers.
    """
    checks, root = prepared.checks, prepared.project.root
    names = [name for name in prepared.plan.names if prepared.graph.nodes[name].raw is not None]
    places, problems = gate.places_of(
        [_variant(read, prepared, prepared.graph.nodes[name]) for name in names],
        [
            {"feature": feature_key(prepared.graph_name, name), "owner": owner}
            for name in names
            for owner in prepared.graph.nodes[name].metadata.owner
        ],
        root,
    )
    overrides: tuple[Override, ...] = ()
    baseline = None
    try:
        overrides = (
            gate.resolve_overrides(
                checks.override, _everything(read, clock), file=SETTINGS_FILE, text=lambda: settings_text(root)
            )
            if checks.override
            else ()
        )
    except FeaturecatError as error:
        problems += error.problems
    try:
        baseline = read_baseline(root / checks.baseline)
    except FeaturecatError as error:
        problems += error.problems
    if problems:
        raise DefinitionError(problems)
    policy = gate.policy_of(checks, clock.now().date(), baseline=baseline, overrides=overrides)
    if prepared.request.limit is not None:  # a sample may well be without data
        policy = replace(policy, no_data="pass")
    return RunGate(policy, places)


def _variant(read: ReadProject, prepared: PreparedRun, node: Node) -> dict[str, Any]:
    """A node as the view ``variants`` has it, as far as a gate asks."""
    file, line = node.place
    text = None if node.defined is None else read.fingerprints.text_of(node.defined.function)
    return {
        "feature": feature_key(prepared.graph_name, node.name),
        "variant": node.variant,
        "file": prepared.project.shown(file),
        "line": line,
        "end_line": text.end_line if text else None,
        "source_text": text.text if text else None,
    }


def _everything(read: ReadProject, clock: Clock) -> CatalogIndex:
    """All features of all graphs, whatever the config."""
    tables, _ = definition_tables(read)
    return tables_index(
        tables, sets=lambda: declared_sets(read.project.root), standing=CatalogStanding(read.project, clock)
    )


# --- the decision ---------------------------------------------------------------------------------


def decide_run(
    prepared: PreparedRun,
    run_gate: RunGate,
    records: Sequence[CheckRecord],
    *,
    mended: Mapping[str, Collection[str]] | None = None,
) -> Decision:
    """What a run may publish.

    The verdicts on what is made of blocked features are skipped: they say no more than the first one.

    Args:
        prepared: The run.
        run_gate: What is decided by.
        records: The verdicts.
        mended: Node to the ids of checks whose rows at fault were taken out of its artifact: these block only what
            lies in other artifacts.
    """
    mended = mended or {}
    results = run_gate.decide(records)
    keys = {feature_key(prepared.graph_name, name): name for name in prepared.graph.nodes}
    found = gate.blocked(
        [one for one in results if one.check.check_id not in mended.get(keys[one.check.feature], ())], run_gate.policy
    )
    if found.run:
        return Decision(tuple(results), stopped=True)
    causes = _spread(prepared.graph, {keys[feature] for feature in found.features})
    _spread_by_keys(causes, prepared.grains)
    _spread_to_other_artifacts(causes, prepared, mended)
    skipped = [_skipped(record, causes.get(keys[record.feature])) for record in records]
    return Decision(tuple(run_gate.decide(skipped)), causes=causes)


def stopped_run(prepared: PreparedRun, run_gate: RunGate, records: Sequence[CheckRecord]) -> Decision:
    """The decision on a run that was stopped before everything was evaluated."""
    by = next((record for record in records if run_gate.stops(record)), None)
    reason = "the run was stopped" + (f" by {by.feature}: {by.kind}" if by else "")
    known = {(record.feature, record.check_id) for record in records}
    left = not_evaluated(prepared, f"not evaluated: {reason}", known=known)
    return Decision(tuple(run_gate.decide([*records, *left])), stopped=True)


def _spread(graph: Graph, failed: Collection[str]) -> dict[str, str | None]:
    """The failed nodes and all that is made of their values, each with the failed one above it."""
    causes: dict[str, str | None] = {}
    if not failed:
        return causes
    for name, node in graph.nodes.items():  # parents come first
        above = next((parent for parent in _made_of(node) if parent in causes), None)
        if above is not None:
            causes[name] = causes[above] or above
        elif name in failed:
            causes[name] = None
    return causes


def _made_of(node: Node) -> list[str]:
    """The nodes whose values go into a node: a checked value is its raw one, not what it was compared with."""
    if node.raw is not None:
        return [node.raw]
    return [dependency.name for dependency in node.dependencies]


def _spread_by_keys(causes: dict[str, str | None], grains: Iterable[GrainSelection]) -> None:
    """Rows whose keys are blocked cannot be told apart: nothing of their artifact may be published."""
    for selection in grains:
        keys = {*selection.keys, *(name for name in selection.features if name in selection.grain.keys)}
        bad = next((key for key in keys if key in causes), None)
        if bad is not None:
            for name in selection.features:
                causes.setdefault(name, causes[bad] or bad)


def _spread_to_other_artifacts(
    causes: dict[str, str | None], prepared: PreparedRun, mended: Mapping[str, Collection[str]]
) -> None:
    """What lies in other artifacts was made of rows that are kept back, and cannot be mended by leaving rows out."""
    for name in mended:
        home = set(prepared.selection_of(name).features)
        for other, cause in _spread(prepared.graph, {name}).items():
            if cause is not None and other not in home and (other in prepared.names or other in prepared.saving):
                causes.setdefault(other, cause)


def _skipped(record: CheckRecord, cause: str | None) -> CheckRecord:
    if cause is None:
        return record
    message = f"upstream {cause} was blocked"
    return replace(record, status="skip", message=message, observed={}, failing_rows=None, sample=())


# --- what is told of it ---------------------------------------------------------------------------


def problems_of(prepared: PreparedRun, decision: Decision, hint: str | None = None) -> list[FeaturecatError]:
    """The errors of expectations that failed, or could not be evaluated.

    Args:
        prepared: The run.
        decision: What was decided.
        hint: What to do about those that failed.
    """
    wording = {
        "unevaluated": ("expectation-unevaluated", "could not be evaluated", EvaluationError),
        "failed": ("expectation-failed", "does not hold", ExpectationError),
    }
    errors: list[FeaturecatError] = []
    for outcome, (code, verdict, family) in wording.items():
        problems = [
            _problem(result, (code, verdict), hint if outcome == "failed" else None)
            for result in decision.results
            if result.outcome == outcome
        ]
        if problems:
            errors.append(family(problems))
    return errors


def _problem(result: GateResult, wording: tuple[str, str], hint: str | None) -> Problem:
    code, verdict = wording
    check = result.check
    if check.status == "no_data":
        verdict = "has nothing to judge"
    message = f"{check.feature}: {check.kind} {verdict}: {(check.message or '').removeprefix(f'{verdict}: ')}"
    details = () if result.note is None else (result.note,)
    return Problem(code, message, result.file, result.line, hint, check.feature, details)
