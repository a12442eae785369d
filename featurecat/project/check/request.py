"""What ``featurecat check`` is asked, and what it answers."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from pathlib import Path

from featurecat.errors import Problem
from featurecat.project.request import RunRequest
from featurecat.records import GateReport

__all__ = ["CheckAnswer", "CheckRequest"]


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """What to check, and how to decide.

    Attributes:
        features: Selections, several of them a union; none means every public feature.
        against: A git reference or snapshot, for ``state:`` in selections.
        allow_empty: Whether a selection may match nothing.
        compute: Compute the values instead of reading published ones; ``run`` then says with which engine, config and
            inputs.
        run: The options of a run.
        mode: ``enforce``, ``warn`` or ``off``; None leaves it to the settings.
        warn_as_error: Whether a warning fails the gate.
        as_of: The moment that freshness and the future are judged by; None leaves it to settings and clock.
        sample: Rows at fault to keep of each expectation; None leaves it to the settings.
        cached: Whether verdicts of before stand where neither code nor data have changed.
        baseline: The baseline file; None leaves it to the settings.
        update_baseline: Write what does not hold now into the baseline.
        ratchet: Take out of the baseline what holds again.
        force: Change the baseline although the run saw too little of it, or in CI.
        require_checks: Selections of features that must have expectations.
        why: Whether to say by which term each feature is selected.
    """

    features: tuple[str, ...] = ()
    against: str | None = None
    allow_empty: bool = False
    compute: bool = False
    run: RunRequest = field(default_factory=RunRequest)
    mode: str | None = None
    warn_as_error: bool = False
    as_of: datetime.datetime | None = None
    sample: int | None = None
    cached: bool = True
    baseline: Path | None = None
    update_baseline: bool = False
    ratchet: bool = False
    force: bool = False
    require_checks: tuple[str, ...] = ()
    why: bool = False


@dataclass(frozen=True, slots=True)
class CheckAnswer:
    """What a check found, and what to say beside it.

    Attributes:
        report: The results and the exit code.
        notices: About the selection and the comparison.
        warnings: What was set aside on the way.
        changed_baseline: What was done to the baseline, in words, or None.
    """

    report: GateReport
    notices: tuple[str, ...] = ()
    warnings: tuple[Problem, ...] = ()
    changed_baseline: str | None = None
