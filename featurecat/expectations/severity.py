"""What a verdict means for a gate: one table of status and severity, from which everything that blocks is derived.

The table is data (:data:`TRUTH_TABLE`); ``docs/gate.md`` prints it, and a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

__all__ = [
    "BLOCKING",
    "EXIT_CODES",
    "NO_DATA_POLICIES",
    "OUTCOMES",
    "SEVERITIES",
    "STATUSES",
    "TRUTH_TABLE",
    "TruthRow",
    "blocks",
    "outcome_of",
    "truth_table_text",
]

#: From harmless to fatal.
SEVERITIES = ("info", "warn", "error", "fatal")
#: What evaluating an expectation can give.
STATUSES = ("pass", "warn", "fail", "error", "skip", "no_data")
#: What a gate can make of it.
OUTCOMES = ("passed", "noted", "warned", "failed", "unevaluated", "skipped", "waived", "known")
#: What a gate may make of data without rows or values.
NO_DATA_POLICIES = ("fail", "pass")

#: What a process ends with for an outcome; for any other it is 0.
EXIT_CODES: Mapping[str, int] = MappingProxyType({"failed": 1, "unevaluated": 4})

#: What is not published on a blocking outcome, by severity: the feature with its descendants, or the whole run.
BLOCKING: Mapping[str, str] = MappingProxyType({"info": "", "warn": "", "error": "feature", "fatal": "run"})
_BLOCKING_OUTCOMES = frozenset({"failed", "unevaluated"})


@dataclass(frozen=True, slots=True)
class TruthRow:
    """What becomes of one status.

    Attributes:
        status: One of :data:`STATUSES`.
        meaning: When an expectation has it.
        outcomes: One of :data:`OUTCOMES` for each of :data:`SEVERITIES`, in their order.
        no_data: The policy on data without rows or values that the row is about; empty where it is about any.
    """

    status: str
    meaning: str
    outcomes: tuple[str, str, str, str]
    no_data: str = ""


_NOT_HELD = ("noted", "warned", "failed", "failed")

TRUTH_TABLE: tuple[TruthRow, ...] = (
    TruthRow("pass", "it held", ("passed",) * 4),
    TruthRow("warn", "only `warn_if` was exceeded, or it did not hold and is of severity info or warn", ("noted",) + ("warned",) * 3),
    TruthRow("fail", "it did not hold", _NOT_HELD),
    TruthRow("error", "it could not be evaluated", ("unevaluated",) * 4),
    TruthRow("skip", "it was not evaluated, for a stated reason", ("skipped",) * 4),
    TruthRow("no_data", "there was nothing to judge: no rows, or no values", _NOT_HELD, "fail"),
    TruthRow("no_data", "there was nothing to judge: no rows, or no values", ("skipped",) * 4, "pass"),
)  # fmt: skip

_OUTCOMES = {
    (row.status, severity, policy): outcome
    for row in TRUTH_TABLE
    for severity, outcome in zip(SEVERITIES, row.outcomes, strict=True)
    for policy in ([row.no_data] if row.no_data else NO_DATA_POLICIES)
}


def outcome_of(status: str, severity: str, *, no_data: str = "fail") -> str:
    """What a gate makes of a verdict, waivers and baseline apart.

    Args:
        status: One of :data:`STATUSES`.
        severity: One of :data:`SEVERITIES`.
        no_data: ``fail``: data without rows or values does not hold; ``pass``: its expectations are skipped.

    Returns:
        One of :data:`OUTCOMES`.

    Raises:
        KeyError: One of the words is unknown.

    Example:
        >>> outcome_of("fail", "error"), outcome_of("no_data", "warn"), outcome_of("error", "info")
        ('failed', 'warned', 'unevaluated')
        >>> outcome_of("no_data", "fatal", no_data="pass")
        'skipped'
    """
    return _OUTCOMES[status, severity, no_data]


def blocks(outcome: str, severity: str) -> str:
    """What is not published because of an outcome.

    Args:
        outcome: One of :data:`OUTCOMES`.
        severity: One of :data:`SEVERITIES`.

    Returns:
        ``feature`` (it and its descendants), ``run`` (nothing of the run), or an empty text.

    Raises:
        KeyError: ``severity`` is unknown.

    Example:
        >>> blocks("failed", "error"), blocks("unevaluated", "fatal"), blocks("waived", "fatal")
        ('feature', 'run', '')
    """
    extent = BLOCKING[severity]
    return extent if outcome in _BLOCKING_OUTCOMES else ""


def truth_table_text() -> str:
    """The table as Markdown, as the documentation prints it; what blocks stands in bold."""
    head = ["status", "when", *SEVERITIES]
    lines = [_line(head), _line(["---"] * len(head))]
    for row in TRUTH_TABLE:
        status = f"`{row.status}`" + (f', `no_data = "{row.no_data}"`' if row.no_data else "")
        outcomes = [
            f"**{outcome}**" if blocks(outcome, severity) else outcome
            for severity, outcome in zip(SEVERITIES, row.outcomes, strict=True)
        ]
        lines.append(_line([status, row.meaning, *outcomes]))
    return "\n".join(lines)


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
