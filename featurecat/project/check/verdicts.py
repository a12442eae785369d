"""From verdicts to the records of a manifest, personal data masked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from featurecat.expectations.spec import Verdict
from featurecat.project.check.subjects import Subject
from featurecat.project.masking import MASK, masked_figures, masked_message
from featurecat.records import CheckRecord

__all__ = ["Judged", "record_of"]

@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict on one subject."""

    subject: Subject
    verdict: Verdict


def record_of(judged: Judged, personal: Collection[str]) -> CheckRecord:
    """The record of a verdict.

    Args:
        judged: The verdict, and what it is on.
        personal: Columns of the artifact with personal data, keys included.
    """
    subject, verdict = judged.subject, judged.verdict
    # why the gate itself could not judge quotes no values; what the user's code raised may
    told = verdict.status == "error" and not subject.needs_code
    return subject.record(
        verdict.status,
        masked_message(verdict) if subject.pii and not told else verdict.message,
        observed=masked_figures(verdict.observed) if subject.pii else verdict.observed,
        threshold=verdict.threshold,
        rows=verdict.rows,
        failing_rows=verdict.failing_rows,
        seconds=None if verdict.seconds is None else round(verdict.seconds, 6),
        sample=tuple(_without_personal(row, personal) for row in verdict.sample),
    )


def _without_personal(row: Mapping[str, Any], personal: Collection[str]) -> dict[str, Any]:
    return {name: MASK if name in personal and value is not None else value for name, value in row.items()}
