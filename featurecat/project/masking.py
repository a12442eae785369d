"""What may be told of personal data: counts, shares and types; no values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from featurecat.expectations.spec import Verdict

__all__ = ["MASK", "masked_figures", "masked_message"]

#: What stands in the place of a personal value.
MASK = "***"

#: What is counted, whoever it is counted of.
_COUNTS = frozenset(
    {
        "age_seconds", "compared", "distinct", "distinct_before", "distinct_change", "failing", "fraction", "gone_categories",
        "in_future", "items", "items_unmet", "ks", "ks_p", "missing", "missing_fraction", "nans", "new_categories",
        "new_rows", "new_share", "none", "not_in", "null_share", "null_share_before", "null_share_change", "others", "outside",
        "psi", "repeated", "rows", "rows_before", "rows_change", "unexpected",
        *(f"{figure}_change" for figure in ("mean", "median", "std", "min", "max")),
    }
)  # fmt: skip
_TYPES = frozenset({"data_type", "dtype", "type"})


def masked_figures(observed: Mapping[str, Any]) -> dict[str, Any]:
    """What was observed of personal data: counts and types stay, everything else is masked.

    Example:
        >>> masked_figures({"min": 3, "missing": 2, "outside": ["ann@mail.example"]})
        {'min': '***', 'missing': 2, 'outside': '***'}
    """
    return {name: value if _may_be_told(name, value) else MASK for name, value in observed.items()}


def _may_be_told(name: str, value: Any) -> bool:
    # a validator of the user's may call anything by the name of a count
    if name in _TYPES:
        return isinstance(value, str)
    return value is None or (name in _COUNTS and isinstance(value, bool | int | float))


def masked_message(verdict: Verdict) -> str | None:
    """A verdict on personal data in words without values."""
    if verdict.message is None or verdict.status == "skip":
        return verdict.message
    if verdict.status == "error":
        return "could not be evaluated: the reason may quote personal data and is not shown"
    if verdict.status == "no_data":
        return "no values" if verdict.rows else "no rows"
    if verdict.failing_rows is None and verdict.status in ("pass", "warn", "fail"):
        found = "holds" if verdict.status == "pass" else "does not hold"
    else:
        found = f"{verdict.failing_rows or 0:,} of {verdict.rows or 0:,} values"
    return f"{found} (values of personal data are masked)"
