from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest
from hypothesis import given

from featurecat.records import CheckRecord, GateReport, GateResult
from featurecat.reports import sarif
from featurecat.reports.plain import printable
from featurecat.reports.sarif import render
from tests.reports.samples import HOSTILE, lint_report, reports, rich_report, texts

SCHEMA = json.loads((Path(__file__).parent / "schemas" / "sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft4Validator(SCHEMA)
SHOWN = {"failed", "unevaluated", "warned", "noted", "waived", "known"}


def run_of(report: GateReport) -> dict[str, Any]:
    document = json.loads(render(report))
    assert [error.message for error in VALIDATOR.iter_errors(document)] == []
    (run,) = document["runs"]
    return run


@pytest.mark.parametrize("report", [rich_report(), lint_report()], ids=["check", "lint"])
def test_valid(report: GateReport) -> None:
    assert run_of(report)["results"]


@given(reports)
def test_valid_whatever_is_in_it_and_what_code_scanning_asks_for(report: GateReport) -> None:
    run = run_of(report)
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    shown = sum(result.outcome in SHOWN for result in report.results)
    assert len(run["results"]) == shown + len(report.problems)
    marks = {result["partialFingerprints"]["primaryLocationLineHash"] for result in run["results"]}
    assert len(marks) == len(run["results"])
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        (location,) = result["locations"]
        assert location["physicalLocation"]["artifactLocation"]["uri"]
        assert location["physicalLocation"]["region"]["startLine"] >= 1
        assert result["level"] in ("error", "warning", "note")
    for rule in rules:
        assert (
            rule["id"] and rule["shortDescription"]["text"] and rule["fullDescription"]["text"] and rule["help"]["text"]
        )
    skipped = run["invocations"][0]["toolExecutionNotifications"]
    assert len(skipped) == sum(result.outcome == "skipped" for result in report.results) + len(report.notes)


def test_excused_results_are_suppressed_and_no_errors() -> None:
    results = {
        result["properties"]["outcome"]: result for result in run_of(rich_report())["results"] if "properties" in result
    }
    assert results["waived"]["suppressions"] == [
        {"kind": "inSource", "status": "accepted", "justification": "until 2026-12-31: known sensor fault"}
    ]
    assert results["known"]["suppressions"][0]["kind"] == "external"
    assert results["waived"]["level"] == results["known"]["level"] == "note"
    assert results["unevaluated"]["level"] == "error"
    assert "suppressions" not in results["failed"]


def placed(file: str | None, message: str = "no") -> GateReport:
    check = CheckRecord("1f", "spend", "any", "range", "error", "fail", message=message)
    return GateReport("check", "demo", (GateResult(check, "failed", file=file, line=7),), 1)


@given(texts)
def test_files_come_back(file: str) -> None:
    (result,) = run_of(placed(file))["results"]
    artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact["uri"].isascii()
    if file and not file.startswith("/"):
        assert artifact["uriBaseId"] == "SRCROOT"
        expected = file.encode("utf-8", "backslashreplace").decode()
        assert unquote(artifact["uri"]) == expected


def test_without_a_file_it_points_to_the_settings() -> None:
    (result,) = run_of(placed(None))["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "pyproject.toml"


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_messages_come_back(text: str) -> None:
    (result,) = run_of(placed("a.py", text))["results"]
    told = result["message"]["text"].replace("\\[0, 1]", "[0, 1]").replace("\\[d]", "[d]").replace("\\[f]", "[f]")
    assert told.replace("{{0}}", "{0}") == f"spend: range: {printable(text)}".replace("{{1}}", "{{{1}}}")


def test_a_finding_keeps_its_fingerprint_when_it_moves_or_says_something_else() -> None:
    def mark(report: GateReport) -> dict[str, str]:
        fingerprints: dict[str, str] = run_of(report)["results"][0]["partialFingerprints"]
        return fingerprints

    assert mark(placed("a.py", "3 of 10 values")) == mark(placed("b.py", "4 of 11 values"))


def test_the_gravest_are_kept_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MOST_RESULTS", 4)
    run = run_of(replace(rich_report(), notes=()))
    assert [result["level"] for result in run["results"]] == ["error"] * 4
    assert run["invocations"][0]["toolExecutionNotifications"][-1]["message"]["text"].startswith("4 more results")
