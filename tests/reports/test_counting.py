from __future__ import annotations

from dataclasses import replace

import pytest

from featurecat.records import CheckRecord, GateReport, GateResult
from featurecat.reports import counts, counts_line, verdict
from featurecat.reports.counting import OUTCOMES, ordered, ranked
from tests.reports.samples import lint_report, rich_report

EMPTY = GateReport("check", "demo", (), 0)


def outcome(name: str, feature: str = "spend", severity: str = "error") -> GateResult:
    return GateResult(CheckRecord("1f", feature, "any", "range", severity, "pass"), name)


def test_the_last_line_counts_everything() -> None:
    assert counts_line(rich_report()) == (
        "2 failed, 1 warned, 1 noted, 1 known, 1 waived, 2 passed, 1 skipped, 1 unevaluated, 1 problem (1 cached); "
        "5 of 7 features checked, 1 without expectations"
    )


def test_the_last_line_of_a_linter() -> None:
    assert counts_line(lint_report()) == "1 failed, 1 warned, 1 noted, 0 skipped, 0 unevaluated; 2 features linted"


def test_skipped_and_unevaluated_are_always_counted() -> None:
    assert counts_line(EMPTY) == "0 failed, 0 passed, 0 skipped, 0 unevaluated; 0 of 0 features checked"


@pytest.mark.parametrize("name", ["skipped", "unevaluated"])
def test_a_feature_without_any_verdict_is_not_checked(name: str) -> None:
    report = replace(EMPTY, results=(outcome(name),), selected=("spend",))
    assert counts_line(report).endswith("0 of 1 feature checked")


def test_an_outcome_of_a_later_version_is_counted_by_its_name() -> None:
    report = replace(EMPTY, results=(outcome("postponed"),))
    assert counts(report)["postponed"] == 1
    assert "1 postponed" in counts_line(report)


@pytest.mark.parametrize(
    ("outcomes", "exit_code", "expected"),
    [
        ((), 0, "passed"),
        (("passed", "skipped", "waived", "known", "noted"), 0, "passed"),
        (("warned",), 0, "passed with warnings"),
        (("warned",), 1, "failed"),
        (("failed",), 1, "failed"),
        (("unevaluated",), 4, "not fully evaluated"),
        (("failed", "unevaluated"), 4, "failed, not fully evaluated"),
        (("failed",), 3, "failed, ended with exit code 3"),
        ((), 5, "ended with exit code 5"),
    ],
)
def test_verdicts(outcomes: tuple[str, ...], exit_code: int, expected: str) -> None:
    report = replace(EMPTY, results=tuple(outcome(name) for name in outcomes), exit_code=exit_code)
    assert verdict(report) == expected


def test_the_gravest_come_first() -> None:
    mixed = [outcome(name, severity=severity) for severity in ("error", "fatal") for name in reversed(OUTCOMES)]
    assert [(result.outcome, result.check.severity) for result in ranked(mixed)] == [
        (name, severity) for name in OUTCOMES for severity in ("fatal", "error")
    ]


def test_results_are_ordered_by_feature() -> None:
    mixed = [outcome("passed", "b"), outcome("failed", "a"), outcome("passed", "a")]
    assert [(result.check.feature, result.outcome) for result in ordered(mixed)] == [
        ("a", "failed"),
        ("a", "passed"),
        ("b", "passed"),
    ]
