"""The facts of a column: what kinds ask, answered from figures that were computed together."""

from __future__ import annotations

from typing import Any

from featurecat.expectations.kind import NOTHING_AROUND, Facts, Surroundings
from featurecat.frames.measurement import Answers
from featurecat.frames.measures import DISTINCT, GREATEST, LEAST, NANS, NULLS, ROWS, Measure
from featurecat.frames.measuring import Asked, Table, table_of_column

__all__ = ["ColumnFacts"]


class ColumnFacts:
    """The facts of one column of a table; missing values are counted and otherwise ignored.

    Args:
        table: Where the column is.
        name: The column.
        answers: What was computed already; what is asked beside it takes a pass of its own.
        surroundings: What is known beside the values.

    Example:
        >>> import polars as pl
        >>> facts = ColumnFacts(table_of_column(pl.Series([1.0, 5.0, None])), "value")
        >>> facts.missing, facts.extremes()
        (1, (1.0, 5.0))
    """

    absent = False

    def __init__(
        self, table: Table, name: str, answers: Answers | None = None, *, surroundings: Surroundings = NOTHING_AROUND
    ) -> None:
        known = Answers({}, {}) if answers is None else answers
        self.table = table
        self.name = name
        self._figures = dict(known.figures)
        self._faults = dict(known.faults)
        self._surroundings = surroundings
        self._field = table.field(name)

    @property
    def surroundings(self) -> Surroundings:
        """What is known beside the values."""
        return self._surroundings

    @property
    def rows(self) -> int:
        """All values, missing ones included."""
        return int(self.figure(ROWS))

    @property
    def missing(self) -> int:
        """How many values are null or NaN."""
        return int(self.figure(NULLS)) + self.nans

    @property
    def nans(self) -> int:
        """How many values are NaN."""
        return int(self.figure(NANS) or 0) if self._field.floating else 0

    @property
    def nan_is_null(self) -> bool:
        """Whether NaN and null cannot be told apart, as in pandas."""
        return self._field.nan_is_null

    @property
    def logical_type(self) -> str:
        """The Arrow logical type."""
        return self._field.logical_type

    @property
    def family(self) -> str:
        """What the values compare with."""
        return self._field.family

    def extremes(self) -> tuple[Any, Any]:
        """Least and greatest value as Python objects; both None when all values are missing."""
        return self.figure(LEAST), self.figure(GREATEST)

    def figure(self, measure: Measure) -> Any:
        """One figure; None where there are no values to tell it from.

        Raises:
            EvaluationError: When the values have no such figure.
        """
        asked = Asked(self.name, measure)
        if asked not in self._figures and asked not in self._faults:
            more = self.table.answers([asked])
            self._figures |= more.figures
            self._faults |= more.faults
        if asked in self._faults:
            raise self._faults[asked]
        return self._figures[asked]

    def distinct(self) -> int:
        """How many different values there are, missing ones left out."""
        return int(self.figure(DISTINCT)) - (self.missing > 0)

    def earlier(self, run: str | None = None) -> Facts | None:
        """The facts of the same feature in an earlier run."""
        before = None if self._surroundings.earlier is None else self._surroundings.earlier(run)
        return None if before is None else ColumnFacts(table_of_column(before), "value")

    def present(self) -> Any:
        """All values that are not missing, as a Polars column."""
        return self.table.values(self.name)
