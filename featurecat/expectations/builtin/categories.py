"""``categories``: the categories of a column, and their shares, are those of an earlier run, or those that are named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from featurecat.errors import EvaluationError
from featurecat.expectations.builtin.against import against_text, earlier_facts, read_against, read_share, skipped
from featurecat.expectations.builtin.arguments import known_parts, misuse
from featurecat.expectations.builtin.drift import counts_of
from featurecat.expectations.kind import COLUMN_TYPES, Facts, Outcome, is_column, is_each
from featurecat.expectations.literals import Literal, comparable, decode_literal, encode_literal, json_value
from featurecat.frames.measures import DISTINCT, MISSING, Measure, RowTest, faults

__all__ = ["Categories"]

#: What has more different values is no category.
_MOST = 10_000
_SHOWN = 5
_DRIFT = ("new", "missing", "against")


class Categories:
    """Expects the categories of the last published run, or fixed shares of named ones.

    Against a run: ``new`` is the greatest share of values in categories that the run did not have, ``missing`` the
    greatest number of its categories that are gone; either may be left out, or None, for no such bound. Without a run
    to compare with, the status is ``skip``.

    With fixed shares: the share of each category among the values that are not missing may differ from the given one by
    ``tolerance``, up or down. Categories that are not named share what the given ones leave, likewise.
    """

    kind = "categories"
    example = 'categories={"new": 0, "missing": None}, or categories={"EWR": 0.36, "JFK": 0.64, "tolerance": 0.1}'
    supported_types = COLUMN_TYPES

    def normalise(self, argument: Any) -> dict[str, Any]:
        """JSON-ready parameters.

        Args:
            argument: A mapping of ``new``, ``missing`` and ``against`` (the id of a run instead of the last published
                one); or one of categories to shares, with ``tolerance``, which may also be written as
                ``{"shares": {…}, "tolerance": 0.1}``.

        Raises:
            ModifierError: When it is neither, or both.

        Example:
            >>> Categories().normalise({"new": 0})
            {'new': 0.0, 'missing': None, 'against': 'last'}
            >>> Categories().normalise({"EWR": 0.4, "JFK": 0.6, "tolerance": 0.1})
            {'shares': [['EWR', 0.4], ['JFK', 0.6]], 'tolerance': 0.1, 'family': 'string'}
        """
        if isinstance(argument, Mapping) and ("tolerance" in argument or "shares" in argument):
            return self._read_shares(argument)
        if isinstance(argument, Mapping) and argument and not set(argument) & set(_DRIFT):
            raise misuse(self, "needs a tolerance for the shares, or bounds on categories that are new or missing")
        parts = known_parts(self, argument, _DRIFT)
        new, missing = parts.get("new"), parts.get("missing")
        if new is None and missing is None:
            raise misuse(self, "bounds neither what is new nor what is missing, so it says nothing")
        if missing is not None and (isinstance(missing, bool) or not isinstance(missing, int) or missing < 0):
            raise misuse(self, f"takes as missing a whole number of categories, or None, not {missing!r}")
        share = None if new is None else read_share(self, "new", new, most=1.0)
        return {"new": share, "missing": missing, "against": read_against(self, parts)}

    def _read_shares(self, argument: Mapping[Any, Any]) -> dict[str, Any]:
        shares = argument.get("shares")
        if isinstance(shares, Mapping):
            known_parts(self, argument, ("shares", "tolerance"))
        else:
            shares = {name: share for name, share in argument.items() if name != "tolerance"}
            if set(shares) & set(_DRIFT):
                hint = 'a category of that name goes into {"shares": {…}, "tolerance": 0.1};'
                raise misuse(self, "mixes shares with bounds against a run", hint=hint)
        tolerance = read_share(self, "tolerance", argument.get("tolerance"), most=1.0)
        if not shares:
            raise misuse(self, "names no category, so it says nothing")
        try:
            literals = {encode_literal(name): share for name, share in shares.items()}
        except ValueError as fault:
            raise misuse(self, f"has a category that cannot work: {fault}") from fault
        families = sorted({literal.family for literal in literals})
        if len(families) > 1:
            raise misuse(self, f"mixes categories of the types {', '.join(families)}")
        read = [
            [literal.value, read_share(self, f"share of {literal.value!r}", share, most=1.0)]
            for literal, share in literals.items()
        ]
        if sum(share for _, share in read) > 1.0 + 1e-9:
            raise misuse(self, "has shares that make more than 1 together")
        return {"shares": sorted(read, key=lambda part: part[0]), "tolerance": tolerance, "family": families[0]}

    def applies_to(self, annotation: Any) -> bool:
        """Whether a feature with this annotation has many values."""
        return is_each(annotation, is_column)

    def measures(self, params: Mapping[str, Any]) -> Sequence[Measure]:
        """Counts, and of fixed shares the number of values in each; against a run, the values are read besides."""
        if "shares" in params:
            named = _named(params)
            return (*MISSING, *(faults(_not_in([category])) for category in named), faults(_not_in(named)))
        return (*MISSING, DISTINCT)

    def evaluate(self, params: Mapping[str, Any], facts: Facts) -> Outcome:
        """Compares the categories.

        Raises:
            EvaluationError: When the values are not of the type of the categories, when there are too many different
                ones, or when the run that is named is not there.
        """
        return _judge_shares(params, facts) if "shares" in params else _judge_drift(params, facts)


def _named(params: Mapping[str, Any]) -> list[Any]:
    return [decode_literal(Literal(params["family"], value)) for value, _ in params["shares"]]


def _not_in(categories: Sequence[Any]) -> RowTest:
    return RowTest("not_in", tuple(categories))


def _judge_shares(params: Mapping[str, Any], facts: Facts) -> Outcome:
    tolerance = params["tolerance"]
    expected = {str(value): share for value, share in params["shares"]}
    threshold = {"shares": expected, "tolerance": tolerance}
    present = facts.rows - facts.missing
    if present == 0:
        return Outcome(None, {"missing": facts.missing}, threshold, 0, "no values, so there are no shares")
    if not comparable(params["family"], facts.family):
        told = f"categories of type {params['family']} cannot be compared with {facts.logical_type} values"
        raise EvaluationError(told)
    counts = [present - _count(facts, [category]) for category in _named(params)]
    shares = {name: count / present for name, count in zip(expected, counts, strict=True)}
    others = _count(facts, _named(params))
    left = max(0.0, 1.0 - sum(expected.values()))
    observed = {"shares": shares, "others": others, "missing": facts.missing}
    wrong = [
        _share_text(repr(name), shares[name], expected[name], tolerance)
        for name in expected
        if _is_off(shares[name], expected[name], tolerance)
    ]
    at_fault, failing = None, None
    if _is_off(others / present, left, tolerance):
        wrong.append(_share_text("others", others / present, left, tolerance))
        if others / present > left:
            at_fault, failing = _not_in(_named(params)), others
    if not wrong:
        message = f"share of {_counted(len(expected))} as expected, ± {tolerance:.2%}"
        return Outcome(True, observed, threshold, 0, message)
    return Outcome(False, observed, threshold, failing, _several(wrong), at_fault=at_fault)


def _count(facts: Facts, categories: Sequence[Any]) -> int:
    """How many values are none of these."""
    return facts.figure(faults(_not_in(categories))) or 0


def _is_off(share: float, expected: float, tolerance: float) -> bool:
    return abs(share - expected) > tolerance + 1e-12  # 0.6 - 0.4 is more than 0.2


def _share_text(name: str, share: float, expected: float, tolerance: float) -> str:
    return f"{name}: share of {share:.2%}, expected {expected:.2%} ± {tolerance:.2%}"


def _judge_drift(params: Mapping[str, Any], facts: Facts) -> Outcome:
    threshold = {"new": params["new"], "missing": params["missing"], "against": params["against"]}
    earlier = earlier_facts(facts, params["against"])
    if isinstance(earlier, str):
        return skipped(earlier, threshold)
    present = facts.rows - facts.missing
    if present == 0:
        return Outcome(None, {"missing": facts.missing}, threshold, 0, "no values, so there are no categories")
    counts, before = _categories_of(facts), _categories_of(earlier)
    new, gone = sorted(counts.keys() - before.keys()), sorted(before.keys() - counts.keys())
    rows = sum(counts[category] for category in new)
    observed = {
        "new_rows": rows,
        "new_share": rows / present,
        "new": [json_value(category) for category in new[:_SHOWN]],
        "gone": [json_value(category) for category in gone[:_SHOWN]],
        "new_categories": len(new),
        "gone_categories": len(gone),
        "missing": facts.missing,
    }
    wrong = []
    at_fault, failing = None, None
    if params["new"] is not None and rows / present > params["new"]:
        found = f"{_listed(new, 'new')} in {rows:,} of {present:,} values ({rows / present:.2%})"
        wrong.append(f"{found}, at most {params['new']:.2%} expected")
        at_fault, failing = _not_in(list(before)), rows
    if params["missing"] is not None and len(gone) > params["missing"]:
        wrong.append(f"{_listed(gone, 'gone')}, at most {params['missing']:,} expected")
    message = "; ".join(wrong) or f"{_counted(len(counts))}, {len(new):,} new, {len(gone):,} gone"
    message = f"{message}, compared with {against_text(params['against'])}"
    if not wrong:
        return Outcome(True, observed, threshold, 0, message)
    return Outcome(False, observed, threshold, failing, message, at_fault=at_fault)


def _categories_of(facts: Facts) -> dict[Any, int]:
    """How often each category stands.

    Raises:
        EvaluationError: When there are too many to be categories.
    """
    distinct = facts.distinct() if facts.missing < facts.rows else 0
    if distinct > _MOST:
        raise EvaluationError(f"{distinct:,} different values are no categories; at most {_MOST:,} are")
    return counts_of(facts.present())


def _listed(categories: Sequence[Any], words: str) -> str:
    """Categories by name, not more than a line of them."""
    shown = ", ".join(repr(json_value(category)) for category in categories[:_SHOWN])
    more = f" and {len(categories) - _SHOWN:,} more" if len(categories) > _SHOWN else ""
    return f"{len(categories):,} {words} ({shown}{more})"


def _counted(categories: int) -> str:
    return "1 category" if categories == 1 else f"{categories:,} categories"


def _several(faults_told: Sequence[str]) -> str:
    more = f"; and {len(faults_told) - _SHOWN:,} more" if len(faults_told) > _SHOWN else ""
    return f"{'; '.join(faults_told[:_SHOWN])}{more}"
