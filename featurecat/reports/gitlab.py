"""A gate's answer as a Code Quality report of GitLab, shown in merge requests beside the code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from featurecat.errors import Problem
from featurecat.records import GateReport, GateResult
from featurecat.reports.counting import AT_FAULT, ordered, ordered_problems
from featurecat.reports.places import PROJECT_FILE
from featurecat.reports.plain import printable
from featurecat.reports.wording import detail_lines, fingerprints, problem_text, sentence, subject

__all__ = ["render"]

_SEVERITIES: Mapping[str, str] = {"unevaluated": "major", "warned": "minor", "noted": "info"}
_FAILED: Mapping[str, str] = {"fatal": "blocker"}
_ROWS = 3


def render(report: GateReport) -> str:
    r"""The report as a JSON list of what has to be looked at.

    Results that passed, were skipped, waived or known are left out: GitLab has no word for them. What has no place
    stands at the first line of ``pyproject.toml``, since GitLab asks for one.

    Args:
        report: What a gate found.

    Returns:
        A document that ends with a line end.

    Example:
        >>> render(GateReport("check", "demo", (), 0))
        '[]\n'
    """
    results = [result for result in ordered(report.results) if result.outcome in AT_FAULT]
    problems = ordered_problems(report.problems)
    entries = [_entry(result, report.tool) for result in results]
    entries += [_problem_entry(problem) for problem in problems]
    keys = [
        *(("check", item.check.check_id, item.check.feature, item.check.variant, item.check.kind) for item in results),
        *(("problem", item.code, item.file, item.feature) for item in problems),
    ]
    marked = [{**entry, "fingerprint": mark} for entry, mark in zip(entries, fingerprints(keys), strict=True)]
    return json.dumps(marked, sort_keys=True, indent=2, ensure_ascii=False) + "\n"


def _entry(result: GateResult, tool: str) -> dict[str, Any]:
    severity = _SEVERITIES.get(result.outcome) or _FAILED.get(result.check.severity, "critical")
    not_judged = "not evaluated: " if result.outcome == "unevaluated" else ""
    return {
        "description": printable(f"{subject(result)}: {not_judged}{sentence(result)}"),
        "content": {"body": printable("\n".join(detail_lines(result, most_rows=_ROWS, placed=False)))},
        "check_name": printable(f"{tool}/{result.check.kind}"),
        "severity": severity,
        "location": _location(result.file, result.line),
    }


def _problem_entry(problem: Problem) -> dict[str, Any]:
    return {
        "description": printable(problem.message),
        "content": {"body": printable(problem_text(problem))},
        "check_name": f"problem/{problem.code}",
        "severity": "major",
        "location": _location(problem.file, problem.line),
    }


def _location(file: str | None, line: int | None) -> dict[str, Any]:
    return {"path": printable(file or PROJECT_FILE), "lines": {"begin": line or 1}}
