"""The whole answer of a gate as JSON, for programs."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

from featurecat.errors import Problem
from featurecat.records import CheckRecord, GateReport, GateResult
from featurecat.reports.counting import checked_features, counts, ordered, ordered_problems, verdict
from featurecat.reports.plain import plain

__all__ = ["REPORT_VERSION", "as_document", "render"]

#: Grows when a field is removed or changes its meaning; new fields may come at any time.
REPORT_VERSION = 1


def render(report: GateReport) -> str:
    """The report as sorted, indented JSON.

    Args:
        report: What a gate found.

    Returns:
        A document that ends with a line end.

    Example:
        >>> json.loads(render(GateReport("lint", "demo", (), 0)))["verdict"]
        'passed'
    """
    return json.dumps(as_document(report), sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def as_document(report: GateReport) -> dict[str, Any]:
    """The report as JSON-ready values: every field of the records, the results in order.

    A result's check and what the gate made of it stand side by side, without a level between.
    """
    checked = checked_features(report)
    return {
        "schema_version": REPORT_VERSION,
        "tool": plain(report.tool),
        "project": plain(report.project),
        "verdict": verdict(report),
        "exit_code": report.exit_code,
        "run_id": plain(report.run_id),
        "started_at": plain(report.started_at),
        "seconds": plain(report.seconds),
        "git_commit": plain(report.git_commit),
        "counts": dict(counts(report)),
        "features": {
            "selected": plain(sorted(report.selected)),
            "checked": plain(sorted(checked)),
            "unchecked": plain(sorted(report.unchecked)),
        },
        "problems": [_fields_of(problem) for problem in ordered_problems(report.problems)],
        "notes": plain(report.notes),
        "results": [_result(result) for result in ordered(report.results)],
    }


def _result(result: GateResult) -> dict[str, Any]:
    return {**_fields_of(result.check), **_fields_of(result, but="check")}


def _fields_of(record: GateResult | CheckRecord | Problem, *, but: str | None = None) -> dict[str, Any]:
    return {field.name: plain(getattr(record, field.name)) for field in fields(record) if field.name != but}
