"""``distribution``: values are spread as in an earlier run."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from featurecat.errors import EvaluationError, ModifierError
from featurecat.expectations.builtin.against import against_text, earlier_facts, read_against, read_share, skipped
from featurecat.expectations.builtin.arguments import known_parts, misuse
from featurecat.expectations.kind import COLUMN_TYPES, Facts, Outcome, is_column, is_each
from featurecat.frames.measures import MISSING, Measure

__all__ = ["Distribution", "counts_of", "stability_index"]

_BINS = 10
#: Texts that are a bin of their own, the most frequent of the earlier run; the others share one.
_MOST_TEXTS = 100
#: Of so many values the exact distribution of the Kolmogorov–Smirnov statistic is quick to tell.
_EXACT = 1_000


class Distribution:
    """Expects that values are spread as in the last published run, or in another one.

    ``psi`` is the greatest population stability index that is fine: up to 0.1 little has changed, above 0.25 much.
    Numbers are sorted into ten bins by the deciles of the earlier run, and a number that fills a bin alone is a bin of
    its own. Of texts each is a bin, the 100 most frequent ones of the earlier run; all others share one. Missing values
    are a bin, too. A bin that is empty in one of the runs counts as half a row there.

    ``ks`` is the greatest distance between the two distribution functions (Kolmogorov–Smirnov) that is fine, ``ks_p``
    the least probability of so great a distance if nothing had changed; both are for numbers, leave missing values out,
    and take scipy: ``pip install 'featurecat[stats]'``. With many rows even harmless changes are improbable: prefer
    ``ks`` then.

    Without a run to compare with, the status is ``skip``.
    """

    kind = "distribution"
    example = 'distribution={"psi": 0.2}, or distribution={"ks": 0.1, "against": "last"}'
    supported_types = COLUMN_TYPES

    def normalise(self, argument: Any) -> dict[str, Any]:
        """JSON-ready parameters.

        Args:
            argument: ``psi``, ``ks`` or ``ks_p``, or several, each with its bound, and, as ``against``, the id of a run
                to compare with instead of the last published one.

        Raises:
            ModifierError: When there is no bound, an unknown one, or scipy is not installed and would be needed.

        Example:
            >>> Distribution().normalise({"psi": 0.2})
            {'limits': {'psi': 0.2}, 'against': 'last'}
        """
        parts = known_parts(self, argument, ("psi", "ks", "ks_p", "against"))
        greatest = {"psi": None, "ks": 1.0, "ks_p": 1.0}
        limits = {name: read_share(self, name, parts[name], most=greatest[name]) for name in greatest if name in parts}
        if not limits:
            raise misuse(self, "names neither psi, ks nor ks_p, so it says nothing")
        if set(limits) - {"psi"} and not _has_scipy():
            raise ModifierError(
                f"distribution takes scipy for {', '.join(sorted(set(limits) - {'psi'}))}, which is not installed",
                hint="pip install 'featurecat[stats]', or write distribution={\"psi\": 0.2}",
            )
        return {"limits": limits, "against": read_against(self, parts)}

    def applies_to(self, annotation: Any) -> bool:
        """Whether a feature with this annotation has many values."""
        return is_each(annotation, is_column)

    def measures(self, params: Mapping[str, Any]) -> Sequence[Measure]:
        """Counts; the values themselves are read besides."""
        return MISSING

    def evaluate(self, params: Mapping[str, Any], facts: Facts) -> Outcome:
        """Compares the two spreads.

        Raises:
            EvaluationError: When the values are of a type that has no spread to compare, or when the run that is named
                is not there.
        """
        limits, threshold = params["limits"], {**params["limits"], "against": params["against"]}
        earlier = earlier_facts(facts, params["against"])
        if isinstance(earlier, str):
            return skipped(earlier, threshold)
        if facts.rows == 0:
            return Outcome(None, {}, threshold, 0, "no rows")
        observed: dict[str, Any] = {"missing": facts.missing}
        if "psi" in limits:
            observed["psi"] = _index_of(facts, earlier)
        if set(limits) - {"psi"}:
            if earlier.missing == earlier.rows:
                return skipped("the run to compare with has no values", threshold)
            if facts.missing == facts.rows:
                return Outcome(None, observed, threshold, 0, "no values to compare")
            observed |= _distance_of(facts, earlier)
        wrong = [name for name, limit in limits.items() if not _fits(name, observed[name], limit)]
        told = [
            f"{_WORDS[name]} is {observed[name]:.4g}, at {'least' if name == 'ks_p' else 'most'} {limits[name]:g} expected"
            for name in wrong or limits
        ]
        message = f"{'; '.join(told)}, compared with {against_text(params['against'])}"
        return Outcome(not wrong, observed, threshold, None, message)


def _has_scipy() -> bool:
    from importlib.util import find_spec

    return find_spec("scipy") is not None


_WORDS = {"psi": "stability index", "ks": "Kolmogorov–Smirnov distance", "ks_p": "its probability"}


def _fits(name: str, figure: float, limit: float) -> bool:
    return figure >= limit if name == "ks_p" else figure <= limit


def _index_of(facts: Facts, earlier: Facts) -> float:
    family = earlier.family if facts.family == "null" else facts.family
    if family == "number":
        now, before = _counts_of_numbers(facts, earlier)
    elif family in ("string", "null"):
        now, before = _counts_of_texts(facts, earlier)
    else:
        raise EvaluationError(f"{facts.logical_type} values have no spread to compare: numbers and texts have")
    return stability_index([*now, facts.missing], [*before, earlier.missing])


def stability_index(now: Sequence[int], before: Sequence[int]) -> float:
    """The population stability index of two counts of the same bins.

    Args:
        now: Rows in each bin, of which there are some.
        before: The same of the earlier run.

    Returns:
        0 for equal shares, else more. A bin that is empty on one side only counts as half a row there.

    Example:
        >>> stability_index([5, 5], [50, 50]), round(stability_index([9, 1], [5, 5]), 3)
        (0.0, 0.879)
    """
    rows_now, rows_before = sum(now), sum(before)
    parts = []
    for count, earlier in zip(now, before, strict=True):
        if count or earlier:
            share, share_before = (count or 0.5) / rows_now, (earlier or 0.5) / rows_before
            parts.append((share - share_before) * math.log(share / share_before))
    return math.fsum(parts)


def _counts_of_numbers(facts: Facts, earlier: Facts) -> tuple[list[int], list[int]]:
    """How many numbers lie in each bin, now and before."""
    values, values_before = facts.present(), earlier.present().sort()
    count = len(values_before)
    if count == 0:
        return [len(values)], [0]
    deciles = [values_before[math.ceil(count * number / _BINS) - 1] for number in range(1, _BINS)]
    return _between(_cuts(deciles), values), _between(_cuts(deciles), values_before)


def _cuts(deciles: Sequence[Any]) -> list[tuple[Any, bool]]:
    """Where bins end, and whether the end itself still belongs to the bin; a decile that repeats is a bin of its own."""
    cuts: list[tuple[Any, bool]] = []
    for decile in dict.fromkeys(deciles):
        if deciles.count(decile) > 1:
            cuts.append((decile, False))
        cuts.append((decile, True))
    return cuts


def _between(cuts: Sequence[tuple[Any, bool]], values: Any) -> list[int]:
    if len(values) == 0:
        return [0] * (len(cuts) + 1)
    up_to = [int((values <= end).sum() if included else (values < end).sum()) for end, included in cuts]
    return [upper - lower for lower, upper in zip([0, *up_to], [*up_to, len(values)], strict=True)]


def _counts_of_texts(facts: Facts, earlier: Facts) -> tuple[list[int], list[int]]:
    """How often each text stands, now and before, the most frequent of before first, the others together."""
    counts, counts_before = (counts_of(one.present()) for one in (facts, earlier))
    bins = sorted(counts_before, key=lambda text: (-counts_before[text], text))[:_MOST_TEXTS]
    return _with_others(counts, bins), _with_others(counts_before, bins)


def _with_others(counts: Mapping[Any, int], bins: Sequence[Any]) -> list[int]:
    named = [counts.get(one, 0) for one in bins]
    return [*named, sum(counts.values()) - sum(named)]


def counts_of(values: Any) -> dict[Any, int]:
    """How often each value stands in a column."""
    table = values.rename("value").value_counts(name="rows")
    return dict(zip(table["value"].to_list(), table["rows"].to_list(), strict=True))


def _distance_of(facts: Facts, earlier: Facts) -> dict[str, float]:
    """The Kolmogorov–Smirnov distance, and how probable one as great is."""
    from scipy.stats import ks_2samp

    if "number" not in (facts.family, earlier.family):
        raise EvaluationError(f"{facts.logical_type} values have no Kolmogorov–Smirnov distance: numbers have")
    values, values_before = facts.present().to_numpy(), earlier.present().to_numpy()
    method = "exact" if max(len(values), len(values_before)) <= _EXACT else "asymp"
    answer = ks_2samp(values, values_before, method=method)
    return {"ks": float(answer.statistic), "ks_p": float(answer.pvalue)}
