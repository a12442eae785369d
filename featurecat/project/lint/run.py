"""The use case behind ``featurecat lint``: definitions in, a gate's report out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from featurecat.clock import Clock, timestamp_text
from featurecat.errors import DefinitionError, Problem, RequestError
from featurecat.expectations.spec import check_id
from featurecat.graph.selection.evaluate import Selected, select
from featurecat.graph.selection.grammar import parse_several
from featurecat.project.against import states_against
from featurecat.project.changes import States
from featurecat.project.discover import Project
from featurecat.project.excuses import Change, Excuses
from featurecat.project.git import git_state
from featurecat.project.index import ReadProject, definition_tables, read_project
from featurecat.project.lint.definitions import LintedDefinitions
from featurecat.project.lint.registry import RULES, severities
from featurecat.project.lint.rule import Breach, Rule
from featurecat.project.rows import feature_key
from featurecat.project.selecting import CatalogIndex, selection_notices, states_notices, tables_index, why_lines
from featurecat.project.sets import declared_sets
from featurecat.project.standing import CatalogStanding
from featurecat.records import CheckRecord, GateReport, GateResult

__all__ = ["LintRequest", "exit_code_of", "findings", "lint_project"]

#: Severity to the status and the outcome of a rule that does not hold.
_NOT_HELD = {"info": ("warn", "noted"), "warn": ("warn", "warned"), "error": ("fail", "failed")}


@dataclass(frozen=True, slots=True)
class LintRequest:
    """What to look at, and how to decide.

    Attributes:
        features: Selections; empty is every public feature and frame.
        allow_empty: Whether there may be nothing to look at.
        against: A git reference or snapshot, for ``state:`` in selections.
        why: Whether to say by which term each feature is selected.
        warn_as_error: Whether a warning makes the exit code 1.
        baseline: The baseline file; None leaves it to the settings.
        update_baseline: Write what is not as the rules want it into the baseline.
        ratchet: Take out of the baseline what was mended.
        force: Change the baseline although little of it was seen, or in CI.
    """

    features: tuple[str, ...] = ()
    allow_empty: bool = False
    against: str | None = None
    why: bool = False
    warn_as_error: bool = False
    baseline: Path | None = None
    update_baseline: bool = False
    ratchet: bool = False
    force: bool = False


NO_REQUEST = LintRequest()


def lint_project(project: Project, clock: Clock, request: LintRequest = NO_REQUEST) -> GateReport:
    """Read the modules and hold every rule against the features that a selection names.

    No data is read, nothing is computed, and neither store nor catalog is touched.

    Args:
        project: The project; its settings say which rules hold, and how much it matters.
        clock: Tells the date that sunsets are compared with.
        request: What to look at, and how to decide.

    Returns:
        What is not as the rules want it, one result a feature and rule. Modules that could not be read are its
        ``problems`` and make its exit code 2; what could be read was looked at nevertheless.

    Raises:
        DefinitionError: When settings are wrong, or modules are and nothing could be read.
        RequestError: When a selection is wrong or matches nothing.
    """
    started_at, started = clock.now(), clock.monotonic()
    levels = severities(project.settings.lint.rules)
    read = read_project(project)
    tables, problems = definition_tables(read, meanings=request.against is not None)
    definitions = LintedDefinitions(
        tables,
        started_at.date(),
        options=project.settings.lint.options,
        cleared=_cleared(read),
        whole=not read.loaded.failed,
    )
    states = None
    if request.against is not None:
        states = states_against(project, clock, request.against, tables=tables)
    index = tables_index(
        tables,
        states=states,
        sets=lambda: declared_sets(project.root),
        standing=CatalogStanding(project, clock),
    )
    selected, notices = _selected(definitions, index, problems, request=request, states=states)
    excuses = Excuses(
        project,
        tables,
        started_at.date(),
        tool="lint",
        file=request.baseline,
        change=Change(request.update_baseline, request.ratchet, request.force),
        warn_as_error=request.warn_as_error,
    )
    results = excuses.applied(findings(definitions, selected, levels), whole=not request.features, features=selected)
    problems = [*problems, *excuses.problems]
    return GateReport(
        tool="lint",
        project=project.name,
        results=tuple(results),
        exit_code=exit_code_of(results, problems, warn_as_error=request.warn_as_error),
        started_at=timestamp_text(started_at),
        seconds=clock.monotonic() - started,
        git_commit=git_state(project.root).commit,
        selected=tuple(sorted(selected)),
        problems=tuple(problems),
        notes=(*notices, *excuses.notes, _coverage(levels)),
    )


def exit_code_of(
    results: Iterable[GateResult], problems: Collection[Problem] = (), *, warn_as_error: bool = False
) -> int:
    """What the process ends with: 2 when modules could not be read, 1 when a rule failed, else 0.

    Args:
        results: What was found, waivers and baseline applied.
        problems: What is wrong with the modules.
        warn_as_error: Whether ``warned`` counts as ``failed``.
    """
    if problems:
        return 2
    refused = {"failed", "warned"} if warn_as_error else {"failed"}
    return 1 if any(result.outcome in refused for result in results) else 0


def findings(definitions: LintedDefinitions, selected: Iterable[str], levels: Mapping[str, str]) -> list[GateResult]:
    """What is not as the rules want it, sorted by feature, variant, rule and id.

    Args:
        definitions: What is defined.
        selected: Catalog keys of the features to look at.
        levels: The severity of every rule; those that are ``off`` are left out.

    Returns:
        One result a feature and rule; rules that are followed leave none. ``note`` says what to do.

    Example:
        >>> import datetime
        >>> definitions = LintedDefinitions({"features": []}, datetime.date(2026, 1, 1))
        >>> findings(definitions, [], severities({}))
        []
    """
    active = [(rule, levels[name]) for name, rule in RULES.items() if levels[name] != "off"]
    results = []
    for feature in selected:
        row = definitions.rows[feature]
        for rule, severity in active:
            if rule.concerns(row, definitions) and (breach := rule.look(row, definitions)) is not None:
                results.append(_result(feature, rule, breach, severity, definitions))
    return sorted(results, key=lambda one: (one.check.feature, one.check.variant, one.check.kind, one.check.check_id))


def _result(feature: str, rule: Rule, breach: Breach, severity: str, definitions: LintedDefinitions) -> GateResult:
    severity = "warn" if breach.mild and severity == "error" else severity
    status, outcome = _NOT_HELD[severity]
    variants = definitions.variants.get(feature, ())
    variant = next((one for one in variants if breach.variant in (None, one["variant"])), None)
    record = CheckRecord(
        check_id=check_id(feature, f"lint:{rule.name}", {}),
        feature=feature,
        variant=variant["variant"] if variant is not None else "",
        kind=rule.name,
        severity=severity,
        status=status,
        observed=breach.observed,
        threshold=breach.threshold,
        message=breach.message,
    )
    file = variant["file"] if variant is not None else None
    return GateResult(
        record,
        outcome,
        file=None if file is None else PurePath(file).as_posix(),
        line=variant["line"] if variant is not None else None,
        owner=", ".join(definitions.owners.get(feature, ())) or None,
        note=breach.hint,
    )


def _cleared(read: ReadProject) -> frozenset[str]:
    """Features of which the code says that they are not personal; the catalog knows only what is."""
    return frozenset(
        feature_key(graph, name)
        for graph, definitions in read.definitions.items()
        for name, nodes in definitions.variants.items()
        if any(node.metadata.pii is False for node in nodes)
    )


def _selected(
    definitions: LintedDefinitions,
    index: CatalogIndex,
    problems: Sequence[Problem],
    *,
    request: LintRequest,
    states: States | None,
) -> tuple[list[str], list[str]]:
    """The features to look at, and what to say about the selection."""
    linted = list(definitions.subjects())
    notices = states_notices(states)
    chosen: Selected | None = None
    if request.features:
        try:
            chosen = select(parse_several(list(request.features)), index, allow_empty=request.allow_empty)
        except RequestError as error:
            # a name may be missing because its module could not be read
            raise RequestError([*problems, *error.problems]) from error
        wanted = frozenset(chosen.names)
        linted = [feature for feature in linted if feature in wanted]
        notices += selection_notices(chosen)
        notices += why_lines(chosen, states) if request.why else []
    if linted or request.allow_empty:
        return linted, notices
    if problems:
        raise DefinitionError(problems)
    if chosen is None:
        raise RequestError("there is no public feature to look at", code="empty-selection", hint="--allow-empty")
    raise RequestError(
        f"lint looks at public features and frames; {chosen.names[0]} is neither",
        code="empty-selection",
        hint="select features; featurecat list shows them",
    )


def _coverage(levels: Mapping[str, str]) -> str:
    off = [name for name, severity in levels.items() if severity == "off"]
    looked = len(levels) - len(off)
    rules = "1 rule" if looked == 1 else f"{looked} rules"
    return f"looked at {rules}; off: {', '.join(off)}" if off else f"looked at {rules}"
