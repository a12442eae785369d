"""From verdicts to the records of a manifest, personal data masked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from featurecat.expectations.spec import Verdict
from featurecat.project.check.subjects import Subject
from featurecat.project.masking import MASK, masked_figures, masked_message
from featurecat.records import CheckRecord

__all__ = ["Confidential", "Judged", "record_of"]

#: The value and the number of a row in samples of a column alone.
_VALUE, _ROW = "value", "row"


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict on one subject."""

    subject: Subject
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Confidential:
    """What no record may tell.

    Attributes:
        columns: Columns of artifacts with personal data, keys included.
        frames: Features whose values are whole frames.
        told: Takes secrets out of texts, and of texts in lists and mappings.
    """

    columns: Collection[str] = ()
    frames: Collection[str] = ()
    told: Callable[[Any], Any] = field(default=lambda value: value)


def record_of(judged: Judged, confidential: Confidential) -> CheckRecord:
    """The record of a verdict.

    Args:
        judged: The verdict, and what it is on.
        confidential: What must not be told.
    """
    subject, verdict, told = judged.subject, judged.verdict, confidential.told
    # why the gate itself could not judge quotes no values; what the user's code raised may
    open_reason = verdict.status == "error" and not subject.needs_code
    masked = subject.pii and not open_reason
    return subject.record(
        verdict.status,
        told(masked_message(verdict) if masked else verdict.message),
        observed=told(masked_figures(verdict.observed) if subject.pii else dict(verdict.observed)),
        threshold=told(dict(verdict.threshold)),
        rows=verdict.rows,
        failing_rows=verdict.failing_rows,
        seconds=None if verdict.seconds is None else round(verdict.seconds, 6),
        sample=tuple(told(_shown(row, subject, confidential)) for row in verdict.sample),
    )


def _shown(row: Mapping[str, Any], subject: Subject, confidential: Confidential) -> dict[str, Any]:
    """A row at fault, its value under the feature's name, personal data masked."""
    column = subject.feature.rpartition("/")[2] if subject.published is None else subject.published.column
    named = {column if name == _VALUE and subject.needs_code else name: value for name, value in row.items()}
    hidden = set(confidential.columns)
    if subject.pii:
        hidden |= named.keys() - {_ROW} if subject.feature in confidential.frames else {column}
    return {name: MASK if name in hidden and value is not None else value for name, value in named.items()}
