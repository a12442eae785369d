"""The truth table of a gate."""

from __future__ import annotations

import re

import pytest

from featurecat.expectations import spec
from featurecat.expectations.baseline import dump_baseline, parse_baseline
from featurecat.expectations.limits import parse_limit
from featurecat.expectations.severity import (
    BLOCKING,
    EXIT_CODES,
    NO_DATA_POLICIES,
    OUTCOMES,
    SEVERITIES,
    STATUSES,
    TRUTH_TABLE,
    blocks,
    outcome_of,
    truth_table_text,
)
from featurecat.expectations.waivers import parse_waivers
from tests.support.projects import REPOSITORY

#: Written out by hand: what the table says must be what was decided.
DECIDED = {
    "pass": ("passed", "passed", "passed", "passed"),
    "warn": ("noted", "warned", "warned", "warned"),
    "fail": ("noted", "warned", "failed", "failed"),
    "error": ("unevaluated", "unevaluated", "unevaluated", "unevaluated"),
    "skip": ("skipped", "skipped", "skipped", "skipped"),
    "no_data fail": ("noted", "warned", "failed", "failed"),
    "no_data pass": ("skipped", "skipped", "skipped", "skipped"),
}


@pytest.mark.parametrize("policy", NO_DATA_POLICIES)
@pytest.mark.parametrize("severity", SEVERITIES)
@pytest.mark.parametrize("status", STATUSES)
def test_every_cell(status: str, severity: str, policy: str) -> None:
    row = DECIDED[f"{status} {policy}" if status == "no_data" else status]
    outcome = outcome_of(status, severity, no_data=policy)
    assert outcome == row[SEVERITIES.index(severity)]
    assert outcome in OUTCOMES


def test_without_a_policy_no_data_does_not_hold() -> None:
    assert [outcome_of("no_data", severity) for severity in SEVERITIES] == ["noted", "warned", "failed", "failed"]


@pytest.mark.parametrize("words", [("passed", "info"), ("fail", "loud"), ("fail", "error", "maybe")], ids=str)
def test_unknown_words_are_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(KeyError):
        outcome_of(*words[:2], no_data=words[2] if len(words) > 2 else "fail")


@pytest.mark.parametrize("severity", SEVERITIES)
@pytest.mark.parametrize("outcome", OUTCOMES)
def test_what_blocks(outcome: str, severity: str) -> None:
    expected = {"error": "feature", "fatal": "run"}.get(severity, "") if outcome in ("failed", "unevaluated") else ""
    assert blocks(outcome, severity) == expected


def test_whatever_is_not_evaluated_never_passes_and_whatever_fails_never_ends_with_zero() -> None:
    assert {outcome_of("error", severity) for severity in SEVERITIES} == {"unevaluated"}
    assert dict(EXIT_CODES) == {"failed": 1, "unevaluated": 4}
    assert set(BLOCKING) == set(SEVERITIES)


def test_one_list_of_severities() -> None:
    assert spec.SEVERITIES == SEVERITIES


def test_the_documentation_prints_the_table(request: pytest.FixtureRequest) -> None:
    path = REPOSITORY / "docs" / "gate.md"
    page = path.read_text(encoding="utf-8")
    before, begin, rest = page.partition("<!-- truth table: begin -->\n")
    _, end, after = rest.partition("<!-- truth table: end -->")
    assert begin and end
    right = f"{before}{begin}{truth_table_text()}\n{end}{after}"
    if request.config.getoption("--regenerate"):
        path.write_text(right, encoding="utf-8")
    else:
        assert page == right


def test_every_status_has_a_row() -> None:
    assert [row.status for row in TRUTH_TABLE] == [*STATUSES, "no_data"]


def test_the_examples_of_the_documentation_are_right() -> None:
    page = (REPOSITORY / "docs" / "gate.md").read_text(encoding="utf-8")
    blocks = dict(re.findall(r"^```(\w+)\n(.*?)^```$", page, re.DOTALL | re.MULTILINE))
    assert set(blocks) == {"python", "toml", "json"}
    assert dump_baseline(parse_baseline(blocks["json"])) == blocks["json"]
    waivers, problems = parse_waivers(blocks["python"])
    assert problems == [] and waivers[0].kinds == ("range",)
    for text in re.findall(r'"(>[^"]*)"', page):
        assert str(parse_limit(text)) == text
