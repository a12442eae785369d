from __future__ import annotations

import json
from typing import Any

from hypothesis import given

from featurecat.records import CheckRecord, GateReport, GateResult
from featurecat.reports.gitlab import render
from featurecat.reports.plain import printable
from tests.reports.samples import reports, texts

SEVERITIES = {"info", "minor", "major", "critical", "blocker"}


def entries(report: GateReport) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(render(report))
    return found


@given(reports)
def test_every_entry_has_what_gitlab_asks_for(report: GateReport) -> None:
    found = entries(report)
    outcomes = [result.outcome for result in report.results]
    assert len(found) == len(report.problems) + sum(
        outcomes.count(name) for name in ("failed", "unevaluated", "warned", "noted")
    )
    assert len({entry["fingerprint"] for entry in found}) == len(found)
    for entry in found:
        assert entry["severity"] in SEVERITIES
        assert entry["check_name"]
        assert entry["location"]["path"] and entry["location"]["lines"]["begin"] >= 1


def failed(feature: str, message: str, severity: str = "error", line: int = 7) -> GateReport:
    check = CheckRecord("1f", feature, "any", "range", severity, "fail", message=message)
    return GateReport("check", "demo", (GateResult(check, "failed", file="a.py", line=line),), 1)


@given(texts)
def test_texts_come_back(text: str) -> None:
    (entry,) = entries(failed(text, text or "no"))
    assert entry["description"] == printable(f"{text}: range: {text or 'no'}")


def test_what_stops_the_run_is_a_blocker() -> None:
    assert [entries(failed("spend", "no", severity))[0]["severity"] for severity in ("error", "fatal")] == [
        "critical",
        "blocker",
    ]


def test_a_finding_keeps_its_fingerprint_when_it_moves_or_says_something_else() -> None:
    one, other = entries(failed("spend", "3 rows", line=1)), entries(failed("spend", "4 rows", line=90))
    assert one[0]["fingerprint"] == other[0]["fingerprint"]
