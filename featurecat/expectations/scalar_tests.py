"""Whether one plain value is at fault: the row tests of :mod:`featurecat.frames.row_tests`, for a single Python value."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from typing import Any

from featurecat.errors import EvaluationError
from featurecat.frames.measures import RowTest

__all__ = ["is_at_fault", "moment"]


def is_at_fault(test: RowTest, value: Any) -> bool:
    """Whether a value is at fault; one value alone is never repeated or out of order.

    Args:
        test: The test.
        value: A plain value; None is missing.

    Example:
        >>> is_at_fault(RowTest("outside", (0, 1)), 2), is_at_fault(RowTest("missing"), None)
        (True, True)

    Raises:
        EvaluationError: When the test takes another feature, of which a single value has none beside it.
    """
    if value is None:
        return test.name == "missing"
    if test.name == "unrelated":
        raise EvaluationError("a single value stands in no row with those of another feature")
    found = _TESTS.get(test.name)
    return found is not None and found(value, *test.arguments)


def _outside(value: Any, low: Any, high: Any) -> bool:
    compared = moment(value)
    return bool((low is not None and compared < moment(low)) or (high is not None and compared > moment(high)))


def _not_in(value: Any, *wanted: Any) -> bool:
    return moment(value) not in [moment(one) for one in wanted]


_TESTS: Mapping[str, Callable[..., bool]] = {
    "outside": _outside,
    "not_in": _not_in,
    "lacking": lambda value, *texts: not all(text in value for text in texts),
    "holding": lambda value, *texts: any(text in value for text in texts),
    "unmatched": lambda value, pattern: re.fullmatch(pattern, value) is None,
}


def moment(value: Any) -> Any:
    """A day as the midnight it starts with and a moment of any zone in UTC, so that they compare; else as it is."""
    if isinstance(value, datetime.datetime):
        return value if value.tzinfo is None else value.astimezone(datetime.UTC)
    if isinstance(value, datetime.date):
        return datetime.datetime(value.year, value.month, value.day)
    return value
