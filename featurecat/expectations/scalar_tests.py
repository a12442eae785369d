"""Whether one plain value is at fault: the row tests of :mod:`featurecat.frames.row_tests`, for a single Python value."""

from __future__ import annotations

import datetime
import re
from typing import Any

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
    """
    if test.name == "missing" or value is None:
        return test.name == "missing" and value is None
    if test.name == "outside":
        low, high = test.arguments
        compared = moment(value)
        return (low is not None and compared < moment(low)) or (high is not None and compared > moment(high))
    if test.name == "not_in":
        return moment(value) not in [moment(one) for one in test.arguments]
    if test.name == "lacking":
        return not all(text in value for text in test.arguments)
    if test.name == "holding":
        return any(text in value for text in test.arguments)
    if test.name == "unmatched":
        return re.fullmatch(test.arguments[0], value) is None
    return False


def moment(value: Any) -> Any:
    """A date as the midnight it starts with, so that dates and datetimes compare; anything else as it is."""
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return datetime.datetime(value.year, value.month, value.day)
    return value
