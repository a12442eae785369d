"""What can be asked of a column, as plain words: figures, and which of its rows are at fault; needs no third party.

:mod:`featurecat.frames.measuring` answers them, many of them in one pass over the data.
"""

from __future__ import annotations

from typing import Any, NamedTuple

__all__ = [
    "DEVIATION",
    "DISTINCT",
    "EXTREMES",
    "GREATEST",
    "LEAST",
    "MEAN",
    "MISSING",
    "NANS",
    "NULLS",
    "ROWS",
    "Measure",
    "RowTest",
    "faults",
    "quantile",
]


class Measure(NamedTuple):
    """One figure of a column. Missing values, null and NaN alike, take no part in any but the counts of them."""

    name: str
    argument: Any = None


class RowTest(NamedTuple):
    """Tells which rows of a column are at fault; missing values never are, except by ``missing`` and ``nan``.

    Attributes:
        name: ``missing``; ``nan``; ``outside`` (of two bounds, None leaves a side open); ``not_in`` (a tuple of values);
            ``lacking`` (not all of some texts), ``holding`` (any of them); ``unmatched`` (not, as a whole, of a regular
            expression); ``repeated`` (its value stands in another row, too); ``unordered`` (direction ``increasing``
            or ``decreasing``, whether equal neighbours are a fault, and the column that orders the rows or None);
            ``unrelated`` (operator, tolerance: not in this relation to the other column).
        arguments: As the name says.
        other: The other column of ``unrelated``.
    """

    name: str
    arguments: tuple[Any, ...] = ()
    other: str | None = None


ROWS = Measure("rows")
NULLS = Measure("nulls")
NANS = Measure("nans")
LEAST = Measure("least")
GREATEST = Measure("greatest")
MEAN = Measure("mean")
#: The standard deviation of a sample (n - 1 in the divisor).
DEVIATION = Measure("deviation")
#: How many different values there are, missing ones counted as one of them.
DISTINCT = Measure("distinct")

#: What counting the missing values takes.
MISSING = (ROWS, NULLS, NANS)
EXTREMES = (LEAST, GREATEST)


def quantile(share: float) -> Measure:
    """The value below which a share of the values lies, interpolated linearly between neighbours.

    Args:
        share: From 0 to 1.

    Example:
        >>> quantile(0.5)
        Measure(name='quantile', argument=0.5)
    """
    return Measure("quantile", share)


def faults(test: RowTest) -> Measure:
    """How many rows are at fault.

    Example:
        >>> faults(RowTest("missing")).name
        'faults'
    """
    return Measure("faults", test)
