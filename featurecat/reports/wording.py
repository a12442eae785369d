"""What every format says of a result in the same words: its name, its sentence, its rows."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from featurecat.errors import Problem
from featurecat.records import GateResult
from featurecat.reports.plain import plain, shown

__all__ = [
    "detail_lines",
    "fingerprints",
    "named_values",
    "place",
    "problem_text",
    "rows_at_fault",
    "sample_columns",
    "sentence",
    "subject",
    "with_note",
]


def subject(result: GateResult) -> str:
    """What a result is about: ``spend: range``, with the variant where it is of one engine or condition.

    Example:
        >>> from featurecat.records import CheckRecord
        >>> subject(GateResult(CheckRecord("1f", "spend", "any[region='US']", "range", "error", "pass"), "passed"))
        "spend[region='US']: range"
    """
    check = result.check
    if check.variant in ("", "any"):
        return f"{check.feature}: {check.kind}"
    condition = check.variant.removeprefix("any[").removesuffix("]")
    variant = condition if check.variant.startswith("any[") else check.variant
    return f"{check.feature}[{variant}]: {check.kind}"


def sentence(result: GateResult) -> str:
    """What was found, in one sentence; a check that says nothing itself is spoken for."""
    check = result.check
    if check.message:
        return check.message
    if result.outcome == "passed":
        return "held"
    if result.outcome == "skipped":
        return "was not evaluated"
    if check.status == "error":
        return "could not be evaluated"
    if check.status == "no_data":
        return "there was nothing to judge"
    return f"{rows_at_fault(result)} at fault" if check.failing_rows else "did not hold"


def with_note(result: GateResult) -> str:
    """The sentence, and why the outcome is not what the status alone would make it."""
    return f"{sentence(result)} ({result.note})" if result.note else sentence(result)


def place(result: GateResult) -> str | None:
    """``file:line``, ``file``, or None."""
    if result.file is None:
        return None
    return result.file if result.line is None else f"{result.file}:{result.line}"


def rows_at_fault(result: GateResult) -> str | None:
    """``3 of 1,200 rows``, ``1 row``, or None where rows were not counted."""
    failing, rows = result.check.failing_rows, result.check.rows
    if failing is None:
        return None
    if rows is not None:
        return f"{failing:,} of {rows:,} row{'' if rows == 1 else 's'}"
    return f"{failing:,} row{'' if failing == 1 else 's'}"


def detail_lines(result: GateResult, *, most_rows: int | None = None, placed: bool = True) -> list[str]:
    """All that is known of a result beyond its sentence, a line each; rows at fault come last but for the query.

    Args:
        result: Of a gate.
        most_rows: How many rows of the sample to list at most; None for all of it.
        placed: Whether to say where the feature is defined.
    """
    check = result.check
    known = {
        "severity": check.severity,
        "at fault": rows_at_fault(result),
        "observed": named_values(check.observed) or None,
        "allowed": named_values(check.threshold) or None,
        "owner": result.owner,
        "defined at": place(result) if placed else None,
        "note": result.note,
        "cached from run": check.cached_from,
    }
    lines = [f"{name}: {text}" for name, text in known.items() if text]
    listed = check.sample[:most_rows]
    lines += [f"row at fault: {named_values(row)}" for row in listed]
    if len(listed) < len(check.sample):
        lines.append(f"and {len(check.sample) - len(listed):,} more rows in the sample")
    return [*lines, f"all rows: {result.query}"] if result.query else lines


def named_values(values: Mapping[str, Any]) -> str:
    """``name=value`` pairs in their order.

    Example:
        >>> named_values({"day": "2026-01-02", "spend": -1.0})
        'day=2026-01-02, spend=-1.0'
    """
    return ", ".join(f"{name}={shown(value)}" for name, value in values.items())


def sample_columns(sample: Sequence[Mapping[str, Any]]) -> list[str]:
    """The columns of rows at fault, in the order in which they first occur."""
    return list(dict.fromkeys(str(name) for row in sample for name in row))


def problem_text(problem: Problem) -> str:
    """A problem's message with its details and its way out, a line each, without the place."""
    hint = [f"hint: {problem.hint}"] if problem.hint else []
    return "\n".join([problem.message, *problem.details, *hint])


def fingerprints(keys: Iterable[Sequence[object]]) -> list[str]:
    """A short stable id for each, told apart by a number where keys are equal.

    Args:
        keys: What each one is, in a lasting order: never its place or message, which change.

    Returns:
        32 hexadecimal digits for each, in their order; no two are alike.
    """
    seen: Counter[str] = Counter()
    found = []
    for key in keys:
        text = "\x1f".join(str(plain(part)) for part in key)
        seen[text] += 1
        repeated = f"\x1f{seen[text]}" if seen[text] > 1 else ""
        found.append(hashlib.sha256(f"{text}{repeated}".encode()).hexdigest()[:32])
    return found
