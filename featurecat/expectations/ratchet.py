"""What a run makes of the baseline: entries for what fails now, or fewer and stricter ones.

Both leave alone what the run was not about, and refuse a run that saw too little of the baseline to judge it.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

from featurecat.errors import RequestError
from featurecat.expectations.baseline import Allowance, Baseline, BaselineEntry
from featurecat.records import CheckRecord, GateResult

__all__ = ["COVERAGE", "Revision", "Scope", "in_ci", "ratcheted", "refuse_in_ci", "updated"]

#: The share of the baseline's entries that a run must have judged before it may change them.
COVERAGE = Fraction(9, 10)

_JUDGED = frozenset({"pass", "warn", "fail"})
_NOT_HELD = frozenset({"warn", "fail"})
_TO_RECORD = frozenset({"failed", "warned", "known"})
_MICRO = 10**6
_NOT_CI = frozenset({"", "0", "false", "no", "off"})


@dataclass(frozen=True, slots=True)
class Scope:
    """What a run was about, which decides the entries that it may change.

    Attributes:
        features: Catalog keys that were selected; None for the whole project.
        defined: Ids of all checks that are defined today, or None where that is not known. Entries of others are of
            expectations that are no more.
        tool: ``check`` or ``lint``. What a rule of lint does not find passes: its findings alone are reported.
    """

    features: frozenset[str] | None = None
    defined: frozenset[str] | None = None
    tool: str = "check"

    def entries(self, baseline: Baseline) -> list[BaselineEntry]:
        """The entries that a run may change, sorted by check id."""
        return [
            entry
            for _, entry in sorted(baseline.entries.items())
            if entry.tool == self.tool and (self.features is None or entry.feature in self.features)
        ]


@dataclass(frozen=True, slots=True)
class Revision:
    """A new baseline, and what is different: check ids, sorted.

    Attributes:
        baseline: All entries.
        added: Entries that are new.
        raised: Entries that allow more, or for longer.
        lowered: Entries that allow less.
        removed: Entries that are gone: what they were about passes, or is no more.
    """

    baseline: Baseline
    added: tuple[str, ...] = ()
    raised: tuple[str, ...] = ()
    lowered: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """What is different, in words.

        Example:
            >>> Revision(Baseline(), added=("a", "b"), removed=("c",)).words
            '2 entries added, 1 removed'
        """
        counts = [(len(getattr(self, name)), name) for name in ("added", "raised", "lowered", "removed")]
        told = [f"{count:,} {name}" for count, name in counts if count]
        if not told:
            return "nothing to change"
        first = next(count for count, _ in counts if count)
        return ", ".join([told[0].replace(" ", f" {'entry' if first == 1 else 'entries'} ", 1), *told[1:]])


def in_ci(environment: Mapping[str, str]) -> bool:
    """Whether a process runs in continuous integration: all services set ``CI``.

    Example:
        >>> in_ci({"CI": "true"}), in_ci({"CI": "false"}), in_ci({})
        (True, False, False)
    """
    return environment.get("CI", "").strip().casefold() not in _NOT_CI


def refuse_in_ci(environment: Mapping[str, str], *, force: bool = False) -> None:
    """Keep a job from allowing what it finds.

    Raises:
        RequestError: Code ``baseline-refused``: this is continuous integration, and ``force`` is not set.
    """
    if in_ci(environment) and not force:
        raise RequestError(
            "the baseline is not rewritten in CI (the environment has CI set)",
            code="baseline-refused",
            hint="rewrite and review it on a branch; a job that opens such a branch adds --force",
        )


def updated(
    baseline: Baseline,
    results: Iterable[GateResult],
    *,
    scope: Scope,
    today: date,
    days: int = 90,
    force: bool = False,
) -> Revision:
    """The baseline that allows what does not hold now, and nothing else within the scope.

    New entries are good for ``days`` and name the feature's owner. Old ones keep owner, reason and expiry; what
    expired is good for ``days`` again. What was waived in the code, could not be evaluated, or had nothing to judge
    gets no entry.

    Args:
        baseline: The baseline as it is.
        results: All results of the run.
        scope: What the run was about.
        today: The day it is, UTC.
        days: How long new entries are good for.
        force: Change it even if the run judged too few of its entries.

    Raises:
        RequestError: Code ``baseline-refused``: the run judged less than :data:`COVERAGE` of the entries in scope.
    """
    state = _State(results, scope)
    state.refuse_little(baseline, force=force)
    until = today + timedelta(days=days)
    removed = [entry.check_id for entry in scope.entries(baseline) if state.gone(entry)]
    kept: dict[str, BaselineEntry] = {}
    for check_id, result in sorted(state.to_record.items()):
        old = baseline.entries.get(check_id)
        allowed = _allowance(result.check, old.allowed if old else None)
        if old is None:
            check = result.check
            kept[check_id] = BaselineEntry(
                check_id, check.feature, check.kind, allowed, until, result.owner, None, scope.tool
            )
        else:
            expires = until if today > old.expires else old.expires
            kept[check_id] = replace(old, allowed=allowed, expires=expires)
    return _revision(baseline, kept, removed)


def ratcheted(baseline: Baseline, results: Iterable[GateResult], *, scope: Scope, force: bool = False) -> Revision:
    """The baseline without what passes now, and with fewer rows where fewer are at fault; it never allows more.

    Args:
        baseline: The baseline as it is.
        results: All results of the run.
        scope: What the run was about.
        force: Change it even if the run judged too few of its entries.

    Raises:
        RequestError: As :func:`updated`.
    """
    state = _State(results, scope)
    state.refuse_little(baseline, force=force)
    removed, kept = [], {}
    for entry in scope.entries(baseline):
        if state.gone(entry):
            removed.append(entry.check_id)
        elif (result := state.not_held.get(entry.check_id)) is not None:
            allowed = _allowance(result.check, entry.allowed)
            if _less(allowed, entry.allowed):
                kept[entry.check_id] = replace(entry, allowed=allowed)
    return _revision(baseline, kept, removed)


class _State:
    """What a run says of each check; of one that several results are about, the worst counts."""

    def __init__(self, results: Iterable[GateResult], scope: Scope) -> None:
        self._scope = scope
        self._judged: set[str] = set()
        self._open: set[str] = set()
        self.not_held: dict[str, GateResult] = {}
        self.to_record: dict[str, GateResult] = {}
        for result in results:
            check = result.check
            (self._judged if check.status in _JUDGED else self._open).add(check.check_id)
            if check.status in _NOT_HELD:
                _keep_worst(self.not_held, result)
                if result.outcome in _TO_RECORD:
                    _keep_worst(self.to_record, result)

    def defined(self, entry: BaselineEntry) -> bool:
        known = self._scope.defined
        return (
            known is None or entry.check_id in known or entry.check_id in self._judged or entry.check_id in self._open
        )

    def gone(self, entry: BaselineEntry) -> bool:
        """Whether what an entry is about passes now, or is no more."""
        if entry.check_id in self.not_held or entry.check_id in self._open:
            return False
        return entry.check_id in self._judged or self._scope.tool == "lint" or not self.defined(entry)

    def refuse_little(self, baseline: Baseline, *, force: bool) -> None:
        if force or self._scope.tool == "lint":
            return
        entries = [entry for entry in self._scope.entries(baseline) if self.defined(entry)]
        covered = sum(entry.check_id in self._judged for entry in entries)
        if covered < COVERAGE * len(entries):
            raise RequestError(
                f"the run judged {covered:,} of the {len(entries):,} entries of the baseline that it is about",
                code="baseline-refused",
                hint="run it where all data can be read; --force changes the baseline all the same",
            )


def _keep_worst(found: dict[str, GateResult], result: GateResult) -> None:
    known = found.get(result.check.check_id)
    if known is None or (result.check.failing_rows or 0) > (known.check.failing_rows or 0):
        found[result.check.check_id] = result


def _allowance(check: CheckRecord, old: Allowance | None) -> Allowance:
    """What allows a verdict as it is, in the unit of the old entry."""
    if check.failing_rows is None:
        return Allowance()
    if old is not None and old.share is not None and check.rows:
        # upwards to the millionth, so that what was found is allowed
        return Allowance(share=math.ceil(Fraction(check.failing_rows, check.rows) * _MICRO) / _MICRO)
    if old is not None and old == Allowance():
        return old
    return Allowance(rows=check.failing_rows)


def _less(new: Allowance, old: Allowance) -> bool:
    """Whether an allowance is stricter than another in the same unit."""
    if new.rows is not None and old.rows is not None:
        return new.rows < old.rows
    return new.share is not None and old.share is not None and new.share < old.share


def _revision(baseline: Baseline, kept: Mapping[str, BaselineEntry], removed: Collection[str]) -> Revision:
    changed = {
        check_id: entry
        for check_id, entry in kept.items()
        if check_id in baseline.entries and entry != baseline.entries[check_id]
    }
    lowered = _sorted(
        check_id for check_id, entry in changed.items() if _less(entry.allowed, baseline.entries[check_id].allowed)
    )
    return Revision(
        baseline.replaced(kept.values(), without=removed),
        added=_sorted(kept.keys() - baseline.entries.keys()),
        raised=_sorted(changed.keys() - set(lowered)),
        lowered=lowered,
        removed=_sorted(removed),
    )


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names))
