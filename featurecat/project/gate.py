"""The gate's decision: from verdicts to outcomes, what they block, and what the process ends with.

What is decided here stands in ``docs/gate.md``: the truth table, then overrides, waivers in the code, the baseline.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from featurecat.errors import DefinitionError, ModifierError, Problem, RequestError, did_you_mean
from featurecat.expectations.baseline import Allowed, Baseline, BaselineEntry, Expired, Worse
from featurecat.expectations.limits import parse_limit
from featurecat.expectations.ratchet import Scope, ratcheted
from featurecat.expectations.registry import JUDGED_KINDS, KINDS
from featurecat.expectations.severity import EXIT_CODES, blocks, outcome_of
from featurecat.expectations.waivers import EVERY_KIND, Waiver, parse_waivers, source_block
from featurecat.graph.selection.evaluate import SelectionIndex, Selector
from featurecat.graph.selection.grammar import parse
from featurecat.project.setting_lines import line_of_setting
from featurecat.project.settings import ChecksSettings, OverrideSettings
from featurecat.records import CheckRecord, GateResult

__all__ = [
    "SWITCHED_OFF",
    "Blocked",
    "Override",
    "Place",
    "Policy",
    "blocked",
    "decide",
    "effective_severity",
    "exit_code",
    "notes",
    "places_of",
    "policy_of",
    "resolve_overrides",
    "restated",
]

#: What a record says when nothing is evaluated.
SWITCHED_OFF = "expectations are switched off (--checks off)"

#: The outcomes that a waiver or the baseline can excuse.
_EXCUSABLE = frozenset({"failed", "warned"})
_BLOCKING_SEVERITIES = frozenset({"error", "fatal"})
_NOT_HELD = frozenset({"warn", "fail"})

#: What a process ends with for a problem beside the results, by its code; for any other it is 2.
_PROBLEM_EXIT_CODES = {
    "catalog-missing": 5,
    "catalog-unusable": 5,
    "expectation-failed": 1,
    "expectation-unevaluated": 4,
    "interrupted": 130,
    **dict.fromkeys(
        (
            "alignment",
            "manifest-unusable",
            "not-tabular",
            "output-unwritable",
            "snapshot-unusable",
            "source-unreadable",
            "step-failed",
            "store-unwritable",
        ),
        3,
    ),
}
#: Where several apply, the first of these is what a process ends with.
_PRECEDENCE = (130, 2, 5, 3, 4, 1, 0)
_MOST_PLACES = 3


@dataclass(frozen=True, slots=True)
class Override:
    """Another severity for some features; ``features`` are catalog keys, ``severity`` may be ``off``."""

    features: frozenset[str]
    severity: str
    reason: str
    kind: str | None = None
    selection: str = ""

    def fits(self, feature: str, kind: str) -> bool:
        """Whether it is about an expectation of a feature."""
        return feature in self.features and self.kind in (None, kind)


@dataclass(frozen=True, slots=True)
class Policy:
    """What a gate decides by.

    Attributes:
        today: The day it is, UTC.
        mode: ``enforce``, ``warn`` or ``off``.
        no_data: Whether expectations on data without rows or values ``fail`` or ``pass``.
        on_fail: What a failure of severity error keeps back: ``feature``, ``run`` or ``rows``.
        warn_as_error: Whether what was warned about counts as failed for the exit code.
        baseline: What is known not to hold.
        overrides: Other severities; the last that fits counts.
    """

    today: date
    mode: str = "enforce"
    no_data: str = "fail"
    on_fail: str = "feature"
    warn_as_error: bool = False
    baseline: Baseline = field(default_factory=Baseline)
    overrides: tuple[Override, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a variant of a feature is defined, who owns it, and what its source waives."""

    file: str | None = None
    line: int | None = None
    owner: str | None = None
    waivers: tuple[Waiver, ...] = ()


@dataclass(frozen=True, slots=True)
class Blocked:
    """What must not be published.

    Attributes:
        run: Nothing of the run.
        features: Catalog keys, sorted; their descendants are held back with them.
    """

    run: bool = False
    features: tuple[str, ...] = ()


#: Catalog key and variant to place.
Places = Mapping[tuple[str, str], Place]
_NOWHERE = Place()


# --- what is decided by ---------------------------------------------------------------------------


def policy_of(
    checks: ChecksSettings,
    today: date,
    *,
    mode: str | None = None,
    warn_as_error: bool = False,
    baseline: Baseline | None = None,
    overrides: Iterable[Override] = (),
) -> Policy:
    """The policy that settings and options give.

    Args:
        checks: ``[tool.featurecat.checks]``.
        today: The day it is, UTC, from the clock.
        mode: ``--checks``; None leaves it to the settings.
        warn_as_error: ``--warn-as-error``.
        baseline: What was read from the baseline file.
        overrides: What :func:`resolve_overrides` returned.
    """
    return Policy(
        today=today,
        mode=mode or checks.mode,
        no_data=checks.no_data,
        on_fail=checks.on_fail,
        warn_as_error=warn_as_error,
        baseline=baseline or Baseline(),
        overrides=tuple(overrides),
    )


def resolve_overrides(
    overrides: Sequence[OverrideSettings],
    index: SelectionIndex,
    *,
    file: str | None = None,
    text: Callable[[], str] | None = None,
) -> tuple[Override, ...]:
    """The overrides of the settings with the features that they select.

    Args:
        overrides: ``[[tool.featurecat.checks.override]]``.
        index: The features.
        file: The settings file, for messages.
        text: Reads it, where a message is to name the line.

    Raises:
        DefinitionError: With a problem for each selection that cannot be read or names what is not there.
    """
    found: list[Override] = []
    problems: list[Problem] = []
    selector = Selector(index)
    for number, override in enumerate(overrides):
        try:
            names = selector.select(parse(override.features), allow_empty=True).names
        except RequestError as error:
            where = f"[[tool.featurecat.checks.override]] {number + 1}: "
            place = ["checks", "override", str(number), "features"]
            line = None if text is None else line_of_setting(text(), place)
            problems += [
                one if one.file else replace(one, message=where + one.message, file=file, line=line)
                for one in error.problems
            ]
            continue
        found.append(Override(frozenset(names), override.severity, override.reason, override.kind, override.features))
    if problems:
        raise DefinitionError(problems)
    return tuple(found)


def places_of(
    variants: Iterable[Mapping[str, Any]], owners: Iterable[Mapping[str, Any]], root: Path
) -> tuple[dict[tuple[str, str], Place], list[Problem]]:
    """Where each variant is defined, with its owners and the waivers in its source.

    Args:
        variants: Rows of the view ``variants``: feature, variant, file, line, end_line, source_text.
        owners: Rows of the view ``owners``: feature, owner.
        root: Folder of the project, where the files lie.

    Returns:
        The places, and a problem with code ``invalid-waiver`` for each comment that is meant as a waiver and cannot
        be read.
    """
    by_feature: dict[str, dict[str, None]] = {}
    for row in owners:
        by_feature.setdefault(row["feature"], {})[row["owner"]] = None
    places = {}
    problems: dict[tuple[str | None, int | None], Problem] = {}
    lines: dict[str, list[str]] = {}
    for row in variants:
        waivers, wrong = parse_waivers(*_source(row, root, lines), file=row["file"])
        problems |= {(one.file, one.line): one for one in wrong}
        owner = ", ".join(by_feature.get(row["feature"], ())) or None
        places[row["feature"], row["variant"]] = Place(row["file"], row["line"], owner, tuple(waivers))
    return places, list(problems.values())


def _source(row: Mapping[str, Any], root: Path, read: dict[str, list[str]]) -> tuple[str, int]:
    """The source of a variant, with the comment above, and the line it begins at."""
    file, first, last = row["file"], row["line"], row["end_line"]
    if file is not None and first is not None and last is not None:
        if file not in read:
            try:
                read[file] = (root / file).read_text(encoding="utf-8").split("\n")
            except (OSError, UnicodeDecodeError):
                read[file] = []  # what was indexed is still in the catalog
        if last <= len(read[file]):
            return source_block(read[file], first, last)
    return row["source_text"] or "", first or 1


# --- the decision ---------------------------------------------------------------------------------


def decide(records: Sequence[CheckRecord], policy: Policy, *, places: Places) -> list[GateResult]:
    """What becomes of each verdict.

    A record keeps its status, except where another severity makes another one of it, or its expectation is switched
    off: then the result's record says so.

    Args:
        records: One for each expectation, or for each finding of a rule of lint.
        policy: What to decide by.
        places: Catalog key and variant to place; what is missing has no place and no waivers.

    Returns:
        Results, sorted by feature, variant, kind and check id.
    """
    ordered = sorted(records, key=lambda one: (one.feature, one.variant, one.kind, one.check_id))
    return [_decided(record, policy, places.get((record.feature, record.variant), _NOWHERE)) for record in ordered]


def effective_severity(feature: str, kind: str, severity: str, *, policy: Policy) -> tuple[str, str | None]:
    """The severity of an expectation as it stands, after overrides and ``--checks warn``.

    Args:
        feature: Catalog key.
        kind: Kind of the expectation, or the name of a rule.
        severity: As declared.
        policy: What to decide by.

    Returns:
        One of ``info``, ``warn``, ``error``, ``fatal`` and ``off``, and why it is another one than declared, or None.

    Example:
        >>> policy = Policy(date(2026, 1, 2), overrides=(Override(frozenset({"spend"}), "warn", "a new source"),))
        >>> effective_severity("spend", "range", "error", policy=policy)
        ('warn', 'severity warn instead of error: a new source')
    """
    fitting = [one for one in policy.overrides if one.fits(feature, kind)]
    found, why = (fitting[-1].severity, fitting[-1].reason) if fitting else (severity, "")
    if policy.mode == "warn" and found in _BLOCKING_SEVERITIES:
        found, why = "warn", "--checks warn"
    return found, None if found == severity else f"severity {found} instead of {severity}: {why}"


def restated(record: CheckRecord, severity: str) -> CheckRecord:
    """A record under another severity: what did not hold warns or fails as that one does.

    Args:
        record: As it was evaluated.
        severity: One of ``info``, ``warn``, ``error``, ``fatal``.

    Example:
        >>> record = CheckRecord("id", "spend", "", "range", "error", "fail")
        >>> restated(record, "warn").status
        'warn'
    """
    if severity == record.severity:
        return record
    status = record.status
    if status == "fail" and severity not in _BLOCKING_SEVERITIES:
        status = "warn"
    elif status == "warn" and severity in _BLOCKING_SEVERITIES and record.severity not in _BLOCKING_SEVERITIES:
        status = "fail" if _fails(record) else "warn"
    return replace(record, severity=severity, status=status)


def _fails(record: CheckRecord) -> bool:
    """Whether a record that warns at a low severity exceeds more than its ``warn_if``."""
    fail_if, warn_if = (record.threshold.get(name) for name in ("fail_if", "warn_if"))
    if warn_if is None or fail_if is None or record.failing_rows is None or record.rows is None:
        return True
    try:
        limit = parse_limit(str(fail_if))
    except ModifierError:  # a record of another version
        return True
    # a change that cannot be told from here counts as exceeded
    return limit.exceeded(record.failing_rows, record.rows) is not False


def _decided(record: CheckRecord, policy: Policy, place: Place) -> GateResult:
    severity, why = effective_severity(record.feature, record.kind, record.severity, policy=policy)
    if policy.mode == "off":
        record, why = replace(record, status="skip", message=SWITCHED_OFF), None
    elif severity == "off":
        reason = why.partition(": ")[2] if why else ""
        record, why = replace(record, status="skip", message=f"switched off for this feature: {reason}"), None
    else:
        record = restated(record, severity)
    outcome = outcome_of(record.status, record.severity, no_data=policy.no_data)
    said = None if outcome == "passed" else why
    if outcome in _EXCUSABLE:
        outcome, excuse = _excused(record, outcome, policy, place)
        said = "; ".join(filter(None, (said, excuse))) or None
    return GateResult(record, outcome, place.file, place.line, place.owner, said)


def _excused(record: CheckRecord, outcome: str, policy: Policy, place: Place) -> tuple[str, str | None]:
    """The outcome after waivers and baseline, and what they say."""
    covering = [waiver for waiver in place.waivers if waiver.covers(record.kind)]
    active = [waiver for waiver in covering if waiver.active(policy.today)]
    if active:
        return "waived", _waived_note(max(active, key=lambda waiver: waiver.until))
    said = [f"the waiver at {waiver.place} expired on {waiver.until}" for waiver in covering]
    if not covering and (near := _misspelt(record.kind, place)):
        said.append(near)
    # data without rows is no known fault, however many rows at fault are known
    if record.status in _NOT_HELD:
        judged = policy.baseline.judge(record.check_id, record.failing_rows, rows=record.rows, today=policy.today)
        if isinstance(judged, Allowed):
            return "known", _known_note(judged.entry)
        if isinstance(judged, Worse):
            said.append(f"worse than the baseline, which allows {judged.entry.allowed}")
        elif isinstance(judged, Expired):
            said.append(f"its entry in the baseline expired on {judged.entry.expires}")
    return outcome, "; ".join(said) or None


def _waived_note(waiver: Waiver) -> str:
    by = f" by {waiver.owner}" if waiver.owner else ""
    return f"waived until {waiver.until}{by}: {waiver.reason} ({waiver.place})"


def _known_note(entry: BaselineEntry) -> str:
    reason = f": {entry.reason}" if entry.reason else ""
    return f"the baseline allows {entry.allowed} until {entry.expires}{reason}"


def _misspelt(kind: str, place: Place) -> str | None:
    """What a waiver that seems to be meant says instead of a kind."""
    for waiver in place.waivers:
        for allowed in waiver.kinds:
            if did_you_mean(kind, [allowed]):
                return f"the waiver at {waiver.place} allows {allowed!r}, not {kind!r}"
    return None


# --- what follows from it -------------------------------------------------------------------------


def blocked(results: Iterable[GateResult], policy: Policy) -> Blocked:
    """What must not be published because of results.

    With ``on_fail = "run"`` whatever blocks a feature blocks the run. ``rows`` blocks like ``feature``: it is about
    results that keeping rows back could not mend.
    """
    extents = {(blocks(one.outcome, one.check.severity), one.check.feature) for one in results}
    features = tuple(sorted({feature for extent, feature in extents if extent}))
    whole = any(extent == "run" for extent, _ in extents) or (policy.on_fail == "run" and bool(features))
    return Blocked(whole, features)


def exit_code(results: Iterable[GateResult], problems: Iterable[Problem], policy: Policy) -> int:
    """What the process ends with.

    Args:
        results: What :func:`decide` returned.
        problems: What else is wrong: a waiver that cannot be read, a file, the catalog.
        policy: Says whether warnings count as failures.

    Returns:
        0, 1 (failed), 2 (something is written wrong), 3 (something could not be read or computed), 4 (something
        could not be evaluated), 5 (catalog or store) or 130; of several the first of 130, 2, 5, 3, 4, 1.
    """
    outcomes = {result.outcome for result in results}
    codes = {EXIT_CODES.get(outcome, 0) for outcome in outcomes} | {0}
    codes |= {_PROBLEM_EXIT_CODES.get(problem.code, 2) for problem in problems}
    if policy.warn_as_error and "warned" in outcomes:
        codes.add(EXIT_CODES["failed"])
    return next(code for code in _PRECEDENCE if code in codes)


def notes(results: Sequence[GateResult], policy: Policy, *, places: Places, scope: Scope) -> list[str]:
    """What to say beside the results: what can be tightened, waivers that nothing needs, overrides without features.

    Args:
        results: What :func:`decide` returned.
        policy: What was decided by.
        places: As handed to :func:`decide`.
        scope: What the run was about.
    """
    said = [
        f"the override of features {override.selection!r} in the settings is about no feature"
        for override in policy.overrides
        if not override.features
    ]
    said += [SWITCHED_OFF] if policy.mode == "off" else []
    said += [*_misspelt_overrides(results, policy), *_misspelt_waivers(results, places, scope)]
    if count := _tightenable(results, policy.baseline, scope):
        entries = "1 entry" if count == 1 else f"{count:,} entries"
        said.append(f"{entries} of the baseline can be tightened: featurecat {scope.tool} --ratchet")
    idle = sorted(waiver.place for waiver in _idle_waivers(results, places))
    if idle:
        shown = ", ".join(idle[:_MOST_PLACES]) + (
            f" and {len(idle) - _MOST_PLACES} more" if idle[_MOST_PLACES:] else ""
        )
        said.append(f"{'1 waiver is' if len(idle) == 1 else f'{len(idle):,} waivers are'} not needed any more: {shown}")
    return said


def _misspelt_waivers(results: Sequence[GateResult], places: Places, scope: Scope) -> list[str]:
    """Waivers of a kind that there is not, but of one like it: they excuse nothing."""
    if scope.tool != "check":
        return []  # lint hears of expectations as check does of rules: both stand in the same comments
    known = {*KINDS, *JUDGED_KINDS, "key", "dtype", "age", *(result.check.kind for result in results)}
    said: dict[str, None] = {}
    for place in places.values():
        for waiver in place.waivers:
            for kind in waiver.kinds:
                if kind != EVERY_KIND and kind not in known and (near := did_you_mean(kind, known)):
                    said[f"the waiver at {waiver.place} allows {kind!r}, which is no expectation; {near}"] = None
    return list(said)


def _misspelt_overrides(results: Sequence[GateResult], policy: Policy) -> list[str]:
    """Overrides of a kind that there is not, but of one like it."""
    known = {*KINDS, *(result.check.kind for result in results)}
    said = []
    for kind in dict.fromkeys(override.kind for override in policy.overrides):
        if kind is not None and kind not in known and (near := did_you_mean(kind, known)):
            said.append(f"the override of kind {kind!r} in the settings is about no expectation ({near})")
    return said


def _tightenable(results: Sequence[GateResult], baseline: Baseline, scope: Scope) -> int:
    try:
        revision = ratcheted(baseline, results, scope=scope)
    except RequestError:  # the run saw too little of the baseline to say
        return 0
    return len(revision.lowered) + len(revision.removed)


def _idle_waivers(results: Sequence[GateResult], places: Places) -> list[Waiver]:
    """Waivers all of whose expectations were evaluated and held."""
    outcomes: dict[Waiver, set[str]] = {}
    for result in results:
        for waiver in places.get((result.check.feature, result.check.variant), _NOWHERE).waivers:
            if waiver.covers(result.check.kind):
                outcomes.setdefault(waiver, set()).add(result.outcome)
    return [waiver for waiver, found in outcomes.items() if found == {"passed"}]
