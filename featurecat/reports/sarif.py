"""A gate's answer as SARIF 2.1.0, which code scanning of GitHub and others shows on the lines of a change."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from featurecat.errors import CODES, Problem
from featurecat.records import GateReport, GateResult
from featurecat.reports.counting import AT_FAULT, counts, counts_line, ordered, ordered_problems, ranked, verdict
from featurecat.reports.places import PROJECT_FILE
from featurecat.reports.plain import plain, printable
from featurecat.reports.wording import fingerprints, problem_text, subject, with_note
from featurecat.version import VERSION

__all__ = ["MOST_RESULTS", "SCHEMA", "render"]

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
#: GitHub refuses a run with more results.
MOST_RESULTS = 25_000

_LEVELS: Mapping[str, str] = {"failed": "error", "unevaluated": "error", "warned": "warning", "noted": "note"}
#: Excused results: SARIF's word for where the excuse is written.
_SUPPRESSED: Mapping[str, str] = {"waived": "inSource", "known": "external"}
#: ``[text](1)`` is a link and ``{0}`` a placeholder in messages of SARIF.
_LINK = re.compile(r"\[(?=[^\[\]]*\]\()")
_PLACEHOLDER = re.compile(r"\{(\d+)\}")


def render(report: GateReport) -> str:
    """The report as SARIF: a rule for each kind of expectation, a result for all that has to be looked at.

    GitHub makes an alert of every result whatever its ``kind``, so only what failed, was warned of, noted or could
    not be evaluated is one; waived and known results are there as notes with ``suppressions``. What passed is counted
    in the properties of the run; what was skipped is named in the notifications of the invocation. Paths are relative
    to ``SRCROOT``; what has no place points to ``pyproject.toml``, since GitHub refuses results without one.

    Args:
        report: What a gate found.

    Returns:
        A document that ends with a line end.
    """
    told = [result for result in ranked(report.results) if result.outcome in AT_FAULT or result.outcome in _SUPPRESSED]
    problems = ordered_problems(report.problems)
    room = max(MOST_RESULTS - len(problems), 0)
    kept, left_out = ordered(told[:room]), max(len(told) - room, 0)
    rules = _rules(kept, problems[:MOST_RESULTS], report.tool)
    numbers = {rule["id"]: number for number, rule in enumerate(rules)}
    marks = fingerprints((result.check.check_id, result.check.feature, result.check.variant) for result in kept)
    results = [_result(result, mark, report.tool) for result, mark in zip(kept, marks, strict=True)]
    marks = fingerprints(("problem", problem.code, problem.file, problem.feature) for problem in problems)
    results += [_problem_result(*pair) for pair in zip(problems[:MOST_RESULTS], marks, strict=False)]
    run = {
        "tool": {"driver": {"name": "featurecat", "semanticVersion": VERSION, "rules": rules}},
        "automationDetails": {"id": printable(f"featurecat-{report.tool}/{report.project}/")},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"SRCROOT": {"description": {"text": "Where the paths of this run begin."}}},
        "invocations": [_invocation(report, left_out)],
        "properties": _properties(report),
        "results": [{**result, "ruleIndex": numbers[result["ruleId"]]} for result in results],
    }
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _rules(results: Iterable[GateResult], problems: Iterable[Problem], tool: str) -> list[dict[str, Any]]:
    rules = {_rule_id(result, tool): _rule(result, tool) for result in results}
    rules |= {f"problem/{problem.code}": _problem_rule(problem.code) for problem in problems}
    return [rules[name] for name in sorted(rules)]


def _rule_id(result: GateResult, tool: str) -> str:
    return printable(f"{tool}/{result.check.kind}")


def _rule(result: GateResult, tool: str) -> dict[str, Any]:
    kind = printable(result.check.kind)
    if tool == "lint":
        short, full = f"Rule {kind} of featurecat lint.", f"A definition breaks the rule {kind}."
        way_out = "Mend the definition, or give the rule another severity in [tool.featurecat.lint.rules]."
    else:
        short, full = (
            f"Expectation {kind} of a feature.",
            f"The values of a feature do not meet its expectation {kind}.",
        )
        way_out = "Look at the rows at fault, then mend the feature, its input or its expectation."
    return _descriptor(_rule_id(result, tool), kind, short, full=full, way_out=way_out)


def _problem_rule(code: str) -> dict[str, Any]:
    return _descriptor(f"problem/{code}", code, CODES[code], full=CODES[code], way_out="The message says what to do.")


def _descriptor(rule: str, name: str, short: str, *, full: str, way_out: str) -> dict[str, Any]:
    return {
        "id": rule,
        "name": name[:255],
        "shortDescription": {"text": short[:1024]},
        "fullDescription": {"text": full[:1024]},
        "help": {"text": way_out},
    }


def _result(result: GateResult, mark: str, tool: str) -> dict[str, Any]:
    check = result.check
    not_judged = "not evaluated: " if result.outcome == "unevaluated" else ""
    entry = {
        "ruleId": _rule_id(result, tool),
        "kind": "fail",
        "level": _LEVELS.get(result.outcome, "note"),
        "message": _message(f"{subject(result)}: {not_judged}{with_note(result)}"),
        "locations": [_location(result.file, result.line, check.feature)],
        "partialFingerprints": _partial_fingerprints(mark),
        "properties": {
            name: plain(value)
            for name, value in {
                "checkId": check.check_id,
                "outcome": result.outcome,
                "status": check.status,
                "severity": check.severity,
                "owner": result.owner,
                "observed": check.observed,
                "threshold": check.threshold,
                "rows": check.rows,
                "failingRows": check.failing_rows,
                "sample": check.sample,
                "query": result.query,
            }.items()
            if value not in (None, (), {})
        },
    }
    if result.outcome in _SUPPRESSED:
        excuse = {"justification": printable(result.note)} if result.note else {}
        entry["suppressions"] = [{"kind": _SUPPRESSED[result.outcome], "status": "accepted", **excuse}]
    return entry


def _problem_result(problem: Problem, mark: str) -> dict[str, Any]:
    return {
        "ruleId": f"problem/{problem.code}",
        "kind": "fail",
        "level": "error",
        "message": _message(problem_text(problem)),
        "locations": [_location(problem.file, problem.line, problem.feature)],
        "partialFingerprints": _partial_fingerprints(mark),
    }


def _partial_fingerprints(mark: str) -> dict[str, str]:
    # GitHub looks at the first only: with it a finding stays the same one when its line moves
    return {"primaryLocationLineHash": f"{mark}:1", "featurecatCheck/v1": mark}


def _location(file: str | None, line: int | None, feature: str | None) -> dict[str, Any]:
    path = file or PROJECT_FILE
    absolute = path.startswith("/")
    uri = quote(plain(path), safe="/-._~!$&'()*+,;=@")
    artifact = {"uri": f"file://{uri}"} if absolute else {"uri": uri, "uriBaseId": "SRCROOT"}
    start = line or 1
    region = {"startLine": start, "startColumn": 1, "endLine": start, "endColumn": 1}
    location: dict[str, Any] = {"physicalLocation": {"artifactLocation": artifact, "region": region}}
    if feature:
        location["logicalLocations"] = [{"fullyQualifiedName": printable(feature), "kind": "function"}]
    return location


def _message(text: str) -> dict[str, str]:
    return {"text": _PLACEHOLDER.sub(r"{{\1}}", _LINK.sub(r"\\[", printable(text)))}


def _invocation(report: GateReport, left_out: int) -> dict[str, Any]:
    skipped = [result for result in ordered(report.results) if result.outcome == "skipped"]
    notices = [_notification(f"{subject(result)}: skipped: {with_note(result)}", "note") for result in skipped]
    if left_out:
        notices.append(_notification(f"{left_out:,} more results are left out; the JSON report has them", "warning"))
    notices += [_notification(note, "note") for note in report.notes]
    invocation: dict[str, Any] = {
        "executionSuccessful": report.exit_code in (0, 1),
        "exitCode": report.exit_code,
        "exitCodeDescription": verdict(report),
        "toolExecutionNotifications": notices,
    }
    if report.started_at is not None:
        invocation["startTimeUtc"] = report.started_at
    return invocation


def _notification(text: str, level: str) -> dict[str, Any]:
    return {"level": level, "message": _message(text)}


def _properties(report: GateReport) -> dict[str, Any]:
    known: Sequence[tuple[str, object]] = (
        ("project", report.project),
        ("runId", report.run_id),
        ("gitCommit", report.git_commit),
        ("seconds", report.seconds),
        ("counts", counts(report)),
        ("summary", counts_line(report)),
    )
    return {name: plain(value) for name, value in known if value is not None}
