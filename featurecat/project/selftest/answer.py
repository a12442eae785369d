"""What a selftest is asked, and what it answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from featurecat.records import GateResult

__all__ = ["Alarm", "SelftestAnswer", "SelftestRequest", "Trial"]

#: What a trial of a corruption or of a benign change must not end with.
_BAD = frozenset({"let through", "false alarm"})


@dataclass(frozen=True, slots=True)
class SelftestRequest:
    """What to try.

    Attributes:
        features: Selections of the features whose expectations count; none means every public feature.
        aimed: Catalog keys of the features to alter; none leaves the choice open.
        only: Names of the alterations to try; none means all.
        benign: Try the benign changes instead of the corruptions.
    """

    features: tuple[str, ...] = ()
    aimed: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    benign: bool = False


@dataclass(frozen=True, slots=True)
class Alarm:
    """An expectation that did not hold, or could not be evaluated, because of an alteration.

    Attributes:
        feature: Catalog key.
        kind: Kind of the expectation.
        outcome: ``failed``, ``unevaluated`` or ``warned``.
        file: Where the feature is defined.
        line: Line of its function.
        sample: Rows at fault.
    """

    feature: str
    kind: str
    check_id: str
    outcome: str
    severity: str
    file: str | None = None
    line: int | None = None
    message: str | None = None
    rows: int | None = None
    failing_rows: int | None = None
    sample: tuple[Mapping[str, Any], ...] = ()

    @classmethod
    def of(cls, result: GateResult) -> Alarm:
        """The alarm that a result is."""
        check = result.check
        return cls(
            feature=check.feature,
            kind=check.kind,
            check_id=check.check_id,
            outcome=result.outcome,
            severity=check.severity,
            file=result.file,
            line=result.line,
            message=check.message,
            rows=check.rows,
            failing_rows=check.failing_rows,
            sample=check.sample,
        )


@dataclass(frozen=True, slots=True)
class Trial:
    """One alteration, and what the gate made of it.

    Attributes:
        name: Name of the alteration.
        doc: What it does.
        verdict: ``noticed`` or ``let through``; of a benign change ``green`` or ``false alarm``; ``skipped`` where it
            could not be applied.
        what: What was done, or why it was not.
        features: Catalog keys of the features that were altered; none means all of a file.
        place: Where the first of them is defined, as ``file:line``.
        rows: How many rows are not as they were; None where it is not about rows.
        exit_code: What the gate ended with.
        alarms: What it said of the altered data that it did not say before, altered features first.
        warnings: Likewise, what it only warned about.
        problems: Files that it could not trust.
        hint: What would let it notice.
        seconds: Wall time.
    """

    name: str
    doc: str
    verdict: str
    what: str
    features: tuple[str, ...] = ()
    place: str | None = None
    rows: int | None = None
    exit_code: int | None = None
    alarms: tuple[Alarm, ...] = ()
    warnings: tuple[Alarm, ...] = ()
    problems: tuple[str, ...] = ()
    hint: str | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class SelftestAnswer:
    """What a selftest found.

    Attributes:
        project: Its name.
        benign: Whether benign changes were tried.
        clean_exit_code: What the gate ends with on the data as they are.
        clean_alarms: How many expectations do not hold on them; these are not counted again.
        trials: In the order of the alterations.
        notices: About the selection.
    """

    project: str
    benign: bool
    clean_exit_code: int
    clean_alarms: int
    trials: tuple[Trial, ...]
    notices: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """1 when something was let through, or a benign change raised an alarm; else 0."""
        return int(any(trial.verdict in _BAD for trial in self.trials))

    def counts(self) -> dict[str, int]:
        """How many trials ended with each verdict."""
        return dict(Counter(trial.verdict for trial in self.trials))

    def as_dict(self) -> dict[str, Any]:
        """The answer as plain values, the exit code with it."""
        return {**asdict(self), "exit_code": self.exit_code}
