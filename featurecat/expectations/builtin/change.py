"""``change``: figures moved at most so much since an earlier run."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from featurecat.expectations.builtin.against import against_text, earlier_facts, read_against, read_share, skipped
from featurecat.expectations.builtin.arguments import known_parts, misuse
from featurecat.expectations.builtin.distribution import require_numbers
from featurecat.expectations.kind import COLUMN_TYPES, Facts, Outcome, is_column, is_each
from featurecat.expectations.literals import json_value
from featurecat.frames.measures import DEVIATION, DISTINCT, EXTREMES, MEAN, MISSING, Measure, quantile

__all__ = ["Change"]

_MEDIAN = quantile(0.5)
#: What a figure takes beside counts.
_MEASURES: Mapping[str, tuple[Measure, ...]] = {
    "rows": (),
    "null_share": (),
    "distinct": (DISTINCT,),
    "min": EXTREMES,
    "max": EXTREMES,
    "mean": (MEAN,),
    "median": (_MEDIAN,),
    "std": (DEVIATION,),
}
_OF_NUMBERS: Mapping[str, Callable[[Facts], Any]] = {
    "min": lambda facts: facts.extremes()[0],
    "max": lambda facts: facts.extremes()[1],
    "mean": lambda facts: facts.figure(MEAN),
    "median": lambda facts: facts.figure(_MEDIAN),
    "std": lambda facts: facts.figure(DEVIATION),
}
#: Shares change by so many hundredths, not by a part of themselves.
_SHARES = ("null_share",)


class Change:
    """Expects that figures changed at most so much since the last published run, or since another one.

    Of ``rows``, ``distinct``, ``mean``, ``median``, ``std``, ``min`` and ``max`` the change is relative to the earlier
    figure: 0.1 is 10 % more or less, and any change from 0 is too much. That of ``null_share``, the share of missing
    values, is the difference of the two. Without a run to compare with, the status is ``skip``.
    """

    kind = "change"
    example = 'change={"rows": 0.5, "mean": 0.1, "null_share": 0.02}'
    supported_types = COLUMN_TYPES

    def normalise(self, argument: Any) -> dict[str, Any]:
        """JSON-ready parameters.

        Args:
            argument: The greatest change that is fine of each figure, and, as ``against``, the id of a run to compare
                with instead of the last published one.

        Raises:
            ModifierError: When there is no figure, an unknown one, or no number for it.

        Example:
            >>> Change().normalise({"rows": 0.5})
            {'most': {'rows': 0.5}, 'against': 'last'}
        """
        parts = known_parts(self, argument, (*_MEASURES, "against"))
        most = {
            name: read_share(self, name, parts[name], most=1.0 if name in _SHARES else None)
            for name in _MEASURES
            if name in parts
        }
        if not most:
            raise misuse(self, "names no figure, so it says nothing")
        return {"most": most, "against": read_against(self, parts)}

    def applies_to(self, annotation: Any) -> bool:
        """Whether a feature with this annotation has many values."""
        return is_each(annotation, is_column)

    def measures(self, params: Mapping[str, Any]) -> Sequence[Measure]:
        """Counts and the figures."""
        return (*MISSING, *(measure for name in params["most"] for measure in _MEASURES[name]))

    def evaluate(self, params: Mapping[str, Any], facts: Facts) -> Outcome:
        """Compares each figure with the earlier one.

        Raises:
            EvaluationError: When the values have no such figure, or when the run that is named is not there.
        """
        threshold = {**params["most"], "against": params["against"]}
        earlier = earlier_facts(facts, params["against"])
        if isinstance(earlier, str):
            return skipped(earlier, threshold)
        observed: dict[str, Any] = {}
        told: dict[str, str] = {}
        wrong = []
        for name, most in params["most"].items():
            now, before = _figure(name, facts), _figure(name, earlier)
            observed |= {name: json_value(now), f"{name}_before": json_value(before)}
            if now is None or before is None:
                continue
            change = _changed(name, now, before)
            observed[f"{name}_change"] = json_value(change)
            told[name] = (
                f"{name} went from {_shown(before)} to {_shown(now)} ({change:+.2%}), at most {most:.2%} expected"
            )
            if not abs(change) <= most:
                wrong.append(name)
        if not wrong and len(told) < len(params["most"]):
            absent = ", ".join(name for name in params["most"] if name not in told)
            return Outcome(None, observed, threshold, None, f"no values to tell {absent} from")
        message = "; ".join(told[name] for name in wrong or told)
        message = f"{message}, compared with {against_text(params['against'])}"
        return Outcome(not wrong, observed, threshold, None, message)


def _figure(name: str, facts: Facts) -> Any:
    if name == "rows":
        return facts.rows
    if name == "null_share":
        return facts.missing / facts.rows if facts.rows else None
    if facts.missing == facts.rows:
        return None
    if name == "distinct":
        return facts.distinct()
    require_numbers(facts, f"{name} that could change by a share")
    return _OF_NUMBERS[name](facts)


def _changed(name: str, now: Any, before: Any) -> float:
    if name in _SHARES:
        return float(now - before)
    if now == before:
        return 0.0
    change = float(now) - float(before)
    return change / abs(before) if before else math.copysign(math.inf, change)


def _shown(figure: Any) -> str:
    return f"{figure:,}" if isinstance(figure, int) else f"{figure:,.6g}"
