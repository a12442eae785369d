"""Bounds on a figure of a column: ``min``, ``max``, ``mean``, ``std``, ``median``, ``quantile``, ``row_count``, ``distinct``.

Missing values, NaN included, take no part. Where there is no figure because there are no values (of the deviation: fewer
than two), the status is ``no_data``; only of ``row_count`` there always is one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from featurecat.errors import EvaluationError
from featurecat.expectations.builtin.arguments import (
    expected_text,
    figure_text,
    misuse,
    number_of,
    read_bounds,
    read_counts,
    read_numbers,
)
from featurecat.expectations.builtin.distribution import require_numbers
from featurecat.expectations.kind import COLUMN_TYPES, Facts, Outcome, is_column, is_each
from featurecat.expectations.literals import Literal, comparable, decode_literal, is_below, json_value
from featurecat.frames.measures import DEVIATION, DISTINCT, EXTREMES, MEAN, MISSING, ROWS, Measure, RowTest, quantile

__all__ = ["Distinct", "Maximum", "Mean", "Median", "Minimum", "Quantile", "RowCount", "StandardDeviation"]


class _OfColumns:
    """What all share."""

    supported_types = COLUMN_TYPES

    def applies_to(self, annotation: Any) -> bool:
        """Whether a feature with this annotation has many values."""
        return is_each(annotation, is_column)


class _Extreme(_OfColumns):
    """What the least and the greatest value share."""

    kind = "min"
    #: Which of the two extremes it is, and in words.
    position, words = 0, "least"

    @property
    def example(self) -> str:
        """Right use, for messages."""
        return f"{self.kind}=(0.0, 1.0), or {self.kind}=(0, None) for a side left open"

    def normalise(self, argument: Any) -> dict[str, Any]:
        """JSON-ready parameters.

        Args:
            argument: Two numbers, texts, dates or datetimes, low first; None or an infinite number leaves a side open.

        Returns:
            ``low`` and ``high``, and ``family`` unless they are numbers.

        Raises:
            ModifierError: When these are not two bounds of one kind in order.

        Example:
            >>> Minimum().normalise((0, 10)), Maximum().normalise(("a", None))
            ({'low': 0.0, 'high': 10.0}, {'low': 'a', 'high': None, 'family': 'string'})
        """
        return read_bounds(self, argument)

    def measures(self, params: Mapping[str, Any]) -> Sequence[Measure]:
        """Counts and extremes."""
        return (*MISSING, *EXTREMES)

    def evaluate(self, params: Mapping[str, Any], facts: Facts) -> Outcome:
        """Compares the extreme; where single rows lie beyond a bound, they are at fault.

        Raises:
            EvaluationError: When the bounds cannot be compared with the values, such as numbers with texts.
        """
        threshold = {"low": params["low"], "high": params["high"]}
        if facts.missing == facts.rows:
            observed = {self.kind: None, "missing": facts.missing}
            return Outcome(None, observed, threshold, 0, f"no values, so there is no {self.words} one")
        family = params.get("family", "number")
        if not comparable(family, facts.family):
            raise EvaluationError(f"bounds of type {family} cannot be compared with {facts.logical_type} values")
        low, high = (
            None if params[side] is None else decode_literal(Literal(family, params[side])) for side in ("low", "high")
        )
        extreme = facts.extremes()[self.position]
        below, above = is_below(extreme, low), is_below(high, extreme)
        observed = {self.kind: json_value(extreme), "missing": facts.missing}
        message = f"{self.words} value {figure_text(extreme)}, {expected_text(params['low'], params['high'])}"
        rows = self.beyond(low, high, below=below, above=above)
        return Outcome(not (below or above), observed, threshold, None if below or above else 0, message, at_fault=rows)

    def beyond(self, low: Any, high: Any, *, below: bool, above: bool) -> RowTest | None:
        """Which rows are at fault; None where it is the lack of a row."""
        return RowTest("outside", (low, None)) if below else None


class Minimum(_Extreme):
    """Expects that the least value lies between two bounds, both included; None leaves a side open.

    Where it lies below, the rows below are at fault; where above, no single row is.
    """


class Maximum(_Extreme):
    """Expects that the greatest value lies between two bounds, both included; None leaves a side open.

    Where it lies above, the rows above are at fault; where below, no single row is.
    """

    kind = "max"
    position, words = 1, "greatest"

    def beyond(self, low: Any, high: Any, *, below: bool, above: bool) -> RowTest | None:
        """Which rows are at fault; None where it is the lack of a row."""
        return RowTest("outside", (None, high)) if above else None


class _Figure(_OfColumns):
    """What figures of numbers share."""

    kind = "mean"
    #: In words; the figure that is asked for; how many values it takes.
    words, measure, least_values = "mean", MEAN, 1

    @property
    def example(self) -> str:
        """Right use, for messages."""
        return f"{self.kind}=(0.0, 1.0), or {self.kind}=(0, None) for a side left open"

    def normalise(self, argument: Any) -> dict[str, Any]:
        """JSON-ready parameters.

        Args:
            argument: Two numbers, low first; None or an infinite number leaves a side open.

        Raises:
            ModifierError: When these are not two numbers in order.

        Example:
            >>> Mean().normalise((0, 10)), Median().normalise((None, 1.5))
            ({'low': 0.0, 'high': 10.0}, {'low': None, 'high': 1.5})
        """
        return read_numbers(self, argument)

    def measures(self, params: Mapping[str, Any]) -> Sequence[Measure]:
        """Counts and the figure."""
        return (*MISSING, self.measure)

    def evaluate(self, params: Mapping[str, Any], facts: Facts) -> Outcome:
        """Compares the figure.

        Raises:
            EvaluationError: When the values are no numbers.
        """
        if facts.rows - facts.missing < self.least_values:
            observed = {self.kind: None, "missing": facts.missing}
            fault = "fewer than two values" if self.least_values > 1 else "no values"
            return Outcome(None, observed, dict(params), 0, f"{fault}, so there is no {self.words}")
        require_numbers(facts, self.words)
        figure = facts.figure(self.measure)
        observed = {self.kind: json_value(figure), "missing": facts.missing}
        shown = "undefined" if figure is None else figure_text(figure)
        message = f"{self.words} {shown}, {expected_text(params['low'], params['high'])}"
        return Outcome(_lies_in(figure, params), observed, dict(params), None, message)


class Mean(_Figure):
    """Expects that the mean lies between two bounds, both included; None leaves a side open.

    It is what ``mean_in_range`` says. Of infinities of both signs there is no mean, which does not hold.
    """


class Median(_Figure):
    """Expects that the median lies between two bounds, both included; of an even number of values the middle of two."""

    kind = "median"
    words, measure = "median", quantile(0.5)


class StandardDeviation(_Figure):
    """Expects that the standard deviation (of a sample: n - 1 in the divisor) lies between two bounds, both included."""

    kind = "std"
    words, measure, least_values = "standard deviation", DEVIATION, 2


class Quantile(_OfColumns):
    """Expects that quantiles lie between bounds, both included; None leaves a side open.

    The quantile 0.95 is the value below which 95 % of the values lie, interpolated linearly between neighbours.
    """

    kind = "quantile"
    example = "quantile={0.95: (0, 180)}, or quantile={0.05: (0, None), 0.95: (None, 180)}"

    def normalise(self, argument: Any) -> dict[str, Any]:
        """JSON-ready parameters.

        Args:
            argument: Shares from 0 to 1, each with two numbers, low first; None leaves a side open.

        Returns:
            ``quantiles``: share, low and high of each, sorted by share.

        Raises:
            ModifierError: When it is no such mapping.

        Example:
            >>> Quantile().normalise({0.95: (0, 180)})
            {'quantiles': [[0.95, 0.0, 180.0]]}
        """
        if not isinstance(argument, Mapping) or not argument:
            raise misuse(self, "needs a mapping of shares to bounds")
        found = []
        for given, bounds in argument.items():
            share = number_of(given)
            if share is None or not 0.0 <= share <= 1.0:
                raise misuse(self, f"needs shares from 0 to 1, not {given!r}")
            params = read_numbers(self, bounds)
            found.append([share, params["low"], params["high"]])
        return {"quantiles": sorted(found, key=lambda part: part[0])}

    def measures(self, params: Mapping[str, Any]) -> Sequence[Measure]:
        """Counts and the quantiles."""
        return (*MISSING, *(quantile(share) for share, _, _ in params["quantiles"]))

    def evaluate(self, params: Mapping[str, Any], facts: Facts) -> Outcome:
        """Compares the quantiles.

        Raises:
            EvaluationError: When the values are no numbers.
        """
        threshold = {"quantiles": [list(part) for part in params["quantiles"]]}
        if facts.missing == facts.rows:
            return Outcome(None, {"missing": facts.missing}, threshold, 0, "no values, so there are no quantiles")
        require_numbers(facts, "quantiles")
        observed: dict[str, Any] = {"missing": facts.missing}
        told, held = [], True
        for share, low, high in params["quantiles"]:
            figure = facts.figure(quantile(share))
            observed[f"quantile_{share}"] = json_value(figure)
            fits = _lies_in(figure, {"low": low, "high": high})
            held &= fits
            told.append((fits, f"quantile {share} is {figure_text(figure)}, {expected_text(low, high)}"))
        wrong = [words for fits, words in told if not fits]
        return Outcome(held, observed, threshold, None, "; ".join(wrong or [words for _, words in told]))


class RowCount(_OfColumns):
    """Expects that the number of rows lies between two bounds, both included; missing values count.

    There is always something to judge: an empty column has 0 rows.
    """

    kind = "row_count"
    example = "row_count=(1_000, None), or row_count=24 for exactly so many"

    def normalise(self, argument: Any) -> dict[str, Any]:
        """JSON-ready parameters.

        Args:
            argument: Two whole numbers, low first; None leaves a side open. A single one is both bounds.

        Raises:
            ModifierError: When these are not two counts in order, or always held.

        Example:
            >>> RowCount().normalise((1, None)), RowCount().normalise(24)
            ({'low': 1, 'high': None}, {'low': 24, 'high': 24})
        """
        return read_counts(self, argument)

    def measures(self, params: Mapping[str, Any]) -> Sequence[Measure]:
        """How many rows there are."""
        return (ROWS,)

    def evaluate(self, params: Mapping[str, Any], facts: Facts) -> Outcome:
        """Compares the number of rows."""
        rows = facts.rows
        count = "1 row" if rows == 1 else f"{rows:,} rows" if rows else "no rows at all"
        return Outcome(
            _lies_in(rows, params), {"rows": rows}, dict(params), None, f"{count}, expected {_counts_text(params)}"
        )


class Distinct(_OfColumns):
    """Expects that the number of different values lies between two bounds, both included; missing ones do not count."""

    kind = "distinct"
    example = "distinct=(2, 50), or distinct=3 for exactly so many"

    def normalise(self, argument: Any) -> dict[str, Any]:
        """JSON-ready parameters.

        Args:
            argument: Two whole numbers, low first; None leaves a side open. A single one is both bounds.

        Raises:
            ModifierError: When these are not two counts in order, or always held.

        Example:
            >>> Distinct().normalise((2, 50))
            {'low': 2, 'high': 50}
        """
        return read_counts(self, argument)

    def measures(self, params: Mapping[str, Any]) -> Sequence[Measure]:
        """Counts, and how many different values there are."""
        return (*MISSING, DISTINCT)

    def evaluate(self, params: Mapping[str, Any], facts: Facts) -> Outcome:
        """Compares the number of different values."""
        if facts.missing == facts.rows:
            observed = {"distinct": 0, "missing": facts.missing}
            return Outcome(None, observed, dict(params), 0, "no values that could differ")
        found = facts.distinct()
        observed = {"distinct": found, "missing": facts.missing}
        count = "1 value" if found == 1 else f"{found:,} different values"
        return Outcome(
            _lies_in(found, params), observed, dict(params), None, f"{count}, expected {_counts_text(params)}"
        )


def _lies_in(figure: Any, params: Mapping[str, Any]) -> bool:
    """Whether a figure lies between two bounds; where there is none, as of two infinities, it does not."""
    low, high = params["low"], params["high"]
    return figure is not None and (low is None or low <= figure) and (high is None or figure <= high)


def _counts_text(params: Mapping[str, Any]) -> str:
    low, high = params["low"], params["high"]
    if high is None:
        return f"at least {low:,}"
    if low is None:
        return f"at most {high:,}"
    return f"exactly {low:,}" if low == high else f"{low:,} to {high:,}"
