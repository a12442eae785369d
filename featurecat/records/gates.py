"""What a gate found."""

from __future__ import annotations

from dataclasses import dataclass

from featurecat.errors import Problem
from featurecat.records.manifests import CheckRecord

__all__ = [
    "GateReport",
    "GateResult",
]


@dataclass(frozen=True, slots=True)
class GateResult:
    """What a gate made of one expectation's verdict, or of what a rule of ``lint`` found.

    Attributes:
        check: The verdict. Of a rule, ``kind`` is its name, and ``params`` are empty.
        outcome: ``passed``, ``noted`` (not held, of severity info), ``warned``, ``failed``, ``unevaluated``,
            ``skipped``, ``waived`` (by a waiver in the code) or ``known`` (no worse than the baseline allows).
        file: Where the feature is defined, relative to the project, with slashes.
        line: Line of its function in ``file``, from 1.
        owner: Who answers for the feature, several joined by a comma.
        note: Why the outcome is not what the status alone would make it, such as a waiver's reason.
        query: A statement for any DuckDB client that lists all rows at fault, or None.
    """

    check: CheckRecord
    outcome: str
    file: str | None = None
    line: int | None = None
    owner: str | None = None
    note: str | None = None
    query: str | None = None


@dataclass(frozen=True, slots=True)
class GateReport:
    """What a gate found, ready to be reported in any format.

    Attributes:
        tool: ``check`` or ``lint``.
        project: Its name.
        results: Sorted by feature, variant, kind and check id.
        exit_code: What the process ends with.
        run_id: The run on record; None where there is none, as of ``lint``.
        started_at: UTC, as text.
        seconds: Wall time.
        git_commit: The commit that is checked out, or None.
        selected: Catalog keys of the features the gate was about.
        unchecked: Those of them that nothing was expected of.
        problems: What else is wrong: files that cannot be read, entries of the baseline that expired.
        notes: What to say beside it, such as entries of the baseline that can be tightened.
    """

    tool: str
    project: str
    results: tuple[GateResult, ...]
    exit_code: int
    run_id: str | None = None
    started_at: str | None = None
    seconds: float | None = None
    git_commit: str | None = None
    selected: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
