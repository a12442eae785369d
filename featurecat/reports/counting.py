"""What a report amounts to: its order, its counts, its verdict and its last line."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple

from featurecat.errors import Problem
from featurecat.records import GateReport, GateResult
from featurecat.reports.plain import plain

__all__ = [
    "AT_FAULT",
    "OUTCOMES",
    "checked_features",
    "counts",
    "counts_line",
    "ordered",
    "ordered_problems",
    "ranked",
    "verdict",
]

#: What a gate can make of an expectation, the gravest first.
OUTCOMES = ("failed", "unevaluated", "warned", "noted", "known", "waived", "skipped", "passed")

#: The outcomes that somebody has to look at.
AT_FAULT = ("failed", "unevaluated", "warned", "noted")

_COUNTED = ("failed", "warned", "noted", "known", "waived", "passed", "skipped", "unevaluated")
_SAID = ("outcome", "file", "line", "owner", "note", "query")
_SEVERITIES = ("fatal", "error", "warn", "info")
#: What says nothing about a feature's values.
_UNJUDGED = frozenset({"skipped", "unevaluated"})


def ordered(results: Iterable[GateResult]) -> list[GateResult]:
    """The results by feature, variant, kind and check id, in one order however they come."""
    every = [(_names(result), result) for result in results]
    alike = Counter(names for names, _ in every)
    # what tells two results of the same names apart is what they say; that is dear to compare, and seldom needed
    every.sort(key=lambda pair: (pair[0], _contents(pair[1]) if alike[pair[0]] > 1 else ""))
    return [result for _, result in every]


def ordered_problems(problems: Iterable[Problem]) -> list[Problem]:
    """The problems by place, code and message, in one order however they come."""
    return sorted(problems, key=lambda problem: (problem.file or "", problem.line or 0, *_words(problem)))


def _words(problem: Problem) -> tuple[str, str, str]:
    return problem.code, problem.message, json.dumps(plain(astuple(problem)))


def ranked(results: Iterable[GateResult]) -> list[GateResult]:
    """The gravest first: by outcome, then by severity, then as :func:`ordered`."""
    return sorted(ordered(results), key=lambda result: (_rank(OUTCOMES, result.outcome), _severity_rank(result)))


def _names(result: GateResult) -> tuple[str, str, str, str]:
    check = result.check
    return check.feature, check.variant, check.kind, check.check_id


def _contents(result: GateResult) -> str:
    return json.dumps(plain([astuple(result.check), *(getattr(result, name) for name in _SAID)]), sort_keys=True)


def _severity_rank(result: GateResult) -> int:
    return _rank(_SEVERITIES, result.check.severity)


def _rank(known: tuple[str, ...], name: str) -> int:
    return known.index(name) if name in known else len(known)


def counts(report: GateReport) -> Mapping[str, int]:
    """How many results have each outcome, the gravest first; every outcome is there.

    Example:
        >>> counts(GateReport("check", "demo", (), 0))["failed"]
        0
    """
    found = dict.fromkeys(OUTCOMES, 0)
    for result in report.results:
        found[result.outcome] = found.get(result.outcome, 0) + 1
    return found


def checked_features(report: GateReport) -> frozenset[str]:
    """The features that at least one verdict was reached about; what was skipped or unevaluated is none."""
    return frozenset(result.check.feature for result in report.results if result.outcome not in _UNJUDGED)


def counts_line(report: GateReport) -> str:
    """The last line of what people read: what was skipped and what could not be evaluated is always in it.

    Args:
        report: What a gate found.

    Returns:
        One line without a line end.

    Example:
        >>> counts_line(GateReport("check", "demo", (), 0, selected=("spend", "signups"), unchecked=("spend",)))
        '0 failed, 0 passed, 0 skipped, 0 unevaluated; 0 of 2 features checked, 1 without expectations'
        >>> counts_line(GateReport("lint", "demo", (), 0, selected=("spend",)))
        '0 failed, 0 skipped, 0 unevaluated; 1 feature linted'
    """
    words = [f"{count:,} {outcome}" for outcome, count in _told_counts(report)]
    if report.problems:
        words.append(_number(len(report.problems), "problem"))
    cached = sum(1 for result in report.results if result.check.cached_from is not None)
    return f"{', '.join(words)}{f' ({cached:,} cached)' if cached else ''}; {_coverage(report)}"


def _told_counts(report: GateReport) -> Iterator[tuple[str, int]]:
    found = counts(report)
    # a linter lists what breaks a rule, and nothing that passes
    always = {"failed", "skipped", "unevaluated"} | ({"passed"} if report.tool != "lint" else set())
    for outcome in (*_COUNTED, *(other for other in found if other not in OUTCOMES)):
        if found[outcome] or outcome in always:
            yield outcome, found[outcome]


def _coverage(report: GateReport) -> str:
    if report.tool == "lint":
        return f"{_number(len(set(report.selected)), 'feature')} linted"
    checked = checked_features(report)
    selected = set(report.selected) or {result.check.feature for result in report.results}
    covered = f"{len(checked & selected):,} of {_number(len(selected), 'feature')} checked"
    return f"{covered}, {len(set(report.unchecked)):,} without expectations" if report.unchecked else covered


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def verdict(report: GateReport) -> str:
    """What the gate said, in a few words.

    Example:
        >>> verdict(GateReport("check", "demo", (), 0)), verdict(GateReport("check", "demo", (), 4))
        ('passed', 'not fully evaluated')
    """
    found = counts(report)
    words = []
    if found["failed"] or report.exit_code == 1:
        words.append("failed")
    if found["unevaluated"] or report.exit_code == 4:
        words.append("not fully evaluated")
    if report.exit_code not in (0, 1, 4):
        words.append(f"ended with exit code {report.exit_code}")
    if not words:
        words.append("passed with warnings" if found["warned"] else "passed")
    return ", ".join(words)
