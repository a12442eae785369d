"""``freshness`` and ``not_in_future``: when the values lie, seen from the moment they are judged at.

That moment is the setting ``as_of``, else now; where time plays no part, as in a plain call of a driver, the status is
``skip``. A day counts as the midnight it starts with, a moment without time zone as one of UTC.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from featurecat.errors import EvaluationError
from featurecat.expectations.builtin.arguments import known_parts, misuse, span_of, span_text
from featurecat.expectations.builtin.nans import is_true
from featurecat.expectations.kind import COLUMN_TYPES, Facts, Outcome, is_column, is_each
from featurecat.expectations.literals import json_value
from featurecat.frames.measures import GREATEST, MISSING, Measure, RowTest

__all__ = ["Freshness", "NotInFuture"]

_MOMENTS = ("date", "datetime", "datetime with time zone")
_NO_MOMENT = "no moment to judge by"


class _OfMoments:
    """What both share."""

    supported_types = f"{COLUMN_TYPES} of dates or times, date, datetime"

    def applies_to(self, annotation: Any) -> bool:
        """Whether a feature with this annotation can be days or moments."""
        return is_each(annotation, lambda member: is_column(member) or _is_moment(member))

    def measures(self, params: Mapping[str, Any]) -> Sequence[Measure]:
        """Counts and the newest value."""
        return (*MISSING, GREATEST)


class Freshness(_OfMoments):
    """Expects that the newest value is at most so old, and not in the future, which would say nothing of its age."""

    kind = "freshness"
    example = 'freshness="36h"'

    def normalise(self, argument: Any) -> dict[str, Any]:
        """JSON-ready parameters.

        Args:
            argument: A whole number with ``s``, ``m`` or ``min``, ``h``, ``d`` or ``w``, or a ``timedelta``.

        Raises:
            ModifierError: When it is no span of time.

        Example:
            >>> Freshness().normalise("36h"), Freshness().normalise("7d")
            ({'at_most': '36h'}, {'at_most': '1w'})
        """
        span = span_of(argument)
        if span is None or span <= datetime.timedelta():
            raise misuse(self, "needs a number with a unit, such as '26h' or '7d'")
        return {"at_most": span_text(span)}

    def evaluate(self, params: Mapping[str, Any], facts: Facts) -> Outcome:
        """Compares the age of the newest value.

        Raises:
            EvaluationError: When the values are neither days nor moments.
        """
        as_of, threshold = facts.surroundings.as_of, dict(params)
        if as_of is None:
            return Outcome(None, {}, threshold, None, _NO_MOMENT, skipped=True)
        if facts.missing == facts.rows:
            return Outcome(None, {"missing": facts.missing}, threshold, 0, "no values whose age could be judged")
        _require_moments(facts)
        newest = facts.figure(GREATEST)
        age = as_of - _in_utc(newest)
        most = span_of(params["at_most"])
        assert most is not None  # normalise took it
        observed = {"newest": json_value(newest), "age": span_text(age), "as_of": as_of.isoformat()}
        if age < datetime.timedelta():
            rows = RowTest("outside", (None, _as_bound(as_of, facts.family)))
            message = f"newest value {newest} lies {span_text(-age)} after {as_of.isoformat()}, which says no age"
            return Outcome(False, observed, threshold, None, message, at_fault=rows)
        message = f"newest value {newest} is {_age_text(age)} old, at most {params['at_most']} expected"
        return Outcome(age <= most, observed, threshold, 0 if age <= most else None, message)


class NotInFuture(_OfMoments):
    """Expects that no value lies after the moment it is judged at; with a tolerance, not by more than that.

    The tolerance is for clocks that differ, and for days of time zones ahead of UTC.
    """

    kind = "not_in_future"
    example = 'not_in_future=True, or not_in_future={"tolerance": "5min"}'

    def normalise(self, argument: Any) -> dict[str, Any]:
        """JSON-ready parameters.

        Args:
            argument: True, or a tolerance: a span of time such as ``5min``, alone or in a mapping.

        Raises:
            ModifierError: When it is anything else.

        Example:
            >>> NotInFuture().normalise(True), NotInFuture().normalise({"tolerance": "5m"})
            ({'tolerance': '0s'}, {'tolerance': '5min'})
        """
        if is_true(argument):
            return {"tolerance": "0s"}
        if isinstance(argument, Mapping):
            argument = known_parts(self, argument, ("tolerance",))["tolerance"]
        span = span_of(argument)
        if span is None or span < datetime.timedelta():
            raise misuse(self, "takes True, or a tolerance such as '5min'")
        return {"tolerance": span_text(span)}

    def evaluate(self, params: Mapping[str, Any], facts: Facts) -> Outcome:
        """Compares the newest value; where it lies in the future, so do rows.

        Raises:
            EvaluationError: When the values are neither days nor moments.
        """
        as_of, threshold = facts.surroundings.as_of, dict(params)
        if as_of is None:
            return Outcome(None, {}, threshold, None, _NO_MOMENT, skipped=True)
        if facts.missing == facts.rows:
            return Outcome(None, {"missing": facts.missing}, threshold, 0, "no values that could lie in the future")
        _require_moments(facts)
        tolerance = span_of(params["tolerance"])
        assert tolerance is not None  # normalise took it
        newest, latest = facts.figure(GREATEST), as_of + tolerance
        present = facts.rows - facts.missing
        observed = {"newest": json_value(newest), "in_future": 0, "missing": facts.missing, "as_of": as_of.isoformat()}

        def told(failing: int) -> str:
            return f"{failing:,} of {present:,} values after {latest.isoformat()} (newest {newest})"

        if _in_utc(newest) <= latest:
            return Outcome(True, observed, threshold, 0, told(0))
        rows = RowTest("outside", (None, _as_bound(latest, facts.family)))
        return Outcome(False, observed, threshold, None, told, at_fault=rows, counted="in_future")


def _is_moment(annotation: Any) -> bool:
    if not isinstance(annotation, type):
        return False
    of_numpy = annotation.__module__.partition(".")[0] == "numpy" and annotation.__name__ == "datetime64"
    return of_numpy or issubclass(annotation, datetime.date)


def _require_moments(facts: Facts) -> None:
    if facts.family not in _MOMENTS:
        raise EvaluationError(f"{facts.logical_type} values are neither days nor moments")


def _in_utc(value: Any) -> datetime.datetime:
    """A day or a moment as a moment of UTC."""
    if not isinstance(value, datetime.datetime):
        return datetime.datetime(value.year, value.month, value.day, tzinfo=datetime.UTC)
    return value.replace(tzinfo=datetime.UTC) if value.tzinfo is None else value.astimezone(datetime.UTC)


def _as_bound(moment: datetime.datetime, family: str) -> datetime.datetime:
    """A moment as the values of a family compare with it."""
    moment = moment.astimezone(datetime.UTC)
    return moment if family == "datetime with time zone" else moment.replace(tzinfo=None)


def _age_text(age: datetime.timedelta) -> str:
    """An age as people say it: of days above two days, of hours above two hours.

    Example:
        >>> _age_text(datetime.timedelta(days=3, hours=12)), _age_text(datetime.timedelta(minutes=90))
        ('3.5 days', '90 minutes')
    """
    for unit, seconds in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if age.total_seconds() >= 2 * seconds:
            return f"{age.total_seconds() / seconds:.1f}".removesuffix(".0") + f" {unit}"
    return f"{age.total_seconds():.0f} seconds"
