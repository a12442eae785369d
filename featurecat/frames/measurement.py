"""Figures of columns and rows at fault, many in one pass: what is asked, and a table of Polars columns that answers.

Each figure and each test is written once: the methods used here are called alike on a Polars column, a Polars
expression and a Narwhals expression.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar

import polars as pl

from featurecat.errors import EvaluationError, FeaturecatError
from featurecat.frames.extremes import float_extremes
from featurecat.frames.fields import Field
from featurecat.frames.measures import GREATEST, LEAST, NANS, NULLS, ROWS, Measure, RowTest
from featurecat.frames.row_tests import condition

__all__ = [
    "Answers",
    "Asked",
    "Found",
    "Suspect",
    "Table",
    "apart",
    "collected",
    "each",
    "figure_of",
    "others_of",
    "plain",
]

#: Columns of a file are read together up to so many bytes.
_MOST_BYTES = 1 << 30
_ROW = "row"
_COUNTS = ("rows", "nulls", "nans", "distinct", "faults")

Item = TypeVar("Item")


class Asked(NamedTuple):
    """A figure that is wanted of a column."""

    column: str
    measure: Measure

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it takes."""
        return (self.column, *(others_of(self.measure.argument) if self.measure.name == "faults" else ()))


class Suspect(NamedTuple):
    """Rows at fault that are looked for."""

    column: str
    test: RowTest

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it takes."""
        return (self.column, *others_of(self.test))


class Found(NamedTuple):
    """Rows at fault: how many, and some of them, each its keys (its number from 0, without keys) and its value."""

    failing: int
    rows: list[dict[str, Any]]


class Answers(NamedTuple):
    """Figures, each a Python value (None where there are no values to tell it from), and what has none, with why."""

    figures: dict[Asked, Any]
    faults: dict[Asked, EvaluationError]


def others_of(test: RowTest) -> tuple[str, ...]:
    """The other columns that a test looks at."""
    by = test.arguments[2] if test.name == "unordered" else None
    return tuple(other for other in (test.other, by) if other is not None)


class Table:
    """Columns to be measured.

    Args:
        frame: A Polars lazy frame.
        fields: How each column is looked at.
        columns: What each column is in the frame; needed only for those that an expression of their name would not
            find.
        refused: Columns that cannot be measured, and why.
        series: Columns in memory, as they are looked at: the only one there is, or some of floats. They are measured
            without a query, as far as that is faster.
        ordered: Whether its rows have an order of their own.
        widths: How many bytes each column takes, where they have to be read first.

    Attributes:
        passes: How often the data were read so far.
    """

    def __init__(
        self,
        frame: pl.LazyFrame,
        fields: Mapping[str, Field],
        *,
        columns: Mapping[str, str] | None = None,
        refused: Mapping[str, FeaturecatError] | None = None,
        series: Mapping[str, Field] | None = None,
        ordered: bool = True,
        widths: Mapping[str, int] | None = None,
    ) -> None:
        self.fields = fields
        self.refused = refused or {}
        self.passes = 0
        self.ordered = ordered
        self._frame = frame
        self._columns = columns or {}
        self._series = series or {}
        self._widths = widths

    def field(self, name: str) -> Field:
        """How a column is looked at.

        Raises:
            EvaluationError: When there is no such column, or it cannot be measured.
        """
        if name in self.refused:
            raise EvaluationError(self.refused[name].problems[0].message)
        try:
            return self.fields[name]
        except KeyError:
            raise EvaluationError(f"the data have no column {name!r}") from None

    def measure(self, asked: Iterable[Asked]) -> dict[Asked, Any]:
        """The figures, computed together.

        Args:
            asked: What is wanted.

        Returns:
            Each figure as a Python value; None where there are no values to tell it from.

        Raises:
            EvaluationError: When a column is not there, or its values have no such figure.
        """
        answers = self.answers(asked)
        for fault in answers.faults.values():
            raise fault
        return answers.figures

    def answers(self, asked: Iterable[Asked]) -> Answers:
        """As :meth:`measure`; that some values have no such figure keeps no other from its own."""
        wanted = list(dict.fromkeys(asked))
        if len(self.fields) == len(self._series) == 1 and all(_is_of_series(one, self._series) for one in wanted):
            return self._answers_of_column(next(iter(self._series.values())), wanted)
        figures = self._at_a_glance(wanted)
        built, refused = each([one for one in wanted if one not in figures], self._figure)
        self.passes += bool(figures) and not built
        for batch in self._batches(list(built)):
            figures |= self._select(batch, built, refused)
        return Answers(figures, refused)

    def _at_a_glance(self, wanted: Sequence[Asked]) -> dict[Asked, Any]:
        """What is read block by block of columns of floats in memory."""
        figures: dict[Asked, Any] = {}
        names = dict.fromkeys(one.column for one in wanted if one.measure in (LEAST, GREATEST))
        for name in names:
            found = float_extremes(self._series[name].values) if name in self._series else None
            if found is not None:
                known = {NANS: found.nans, LEAST: found.least, GREATEST: found.greatest}
                figures |= {Asked(name, measure): plain(Asked(name, measure), known[measure]) for measure in known}
        return figures

    def _answers_of_column(self, field: Field, wanted: Sequence[Asked]) -> Answers:
        self.passes += bool(wanted)
        known = _known_of(field, wanted)
        if known.get(NANS) == 0:
            field = replace(field, floating=False)
        figures, refused = each(
            wanted,
            lambda one: plain(one, known[one.measure] if one.measure in known else figure_of(field, one.measure)),
        )
        return Answers(figures, refused)

    def _select(
        self, batch: Sequence[Asked], built: Mapping[Asked, Any], refused: dict[Asked, EvaluationError]
    ) -> dict[Asked, Any]:
        """The figures of one query; where it fails, they are asked apart until it is known which is at fault."""
        try:
            named = [built[one].alias(f"figure_{number}") for number, one in enumerate(batch)]
            self.passes += 1
            answer = collected(self._frame.select(*named))
        except EvaluationError as fault:
            if len(batch) == 1:
                refused[batch[0]] = fault
                return {}
            figures: dict[Asked, Any] = {}
            for part in apart(batch):
                figures |= self._select(part, built, refused)
            return figures
        return {one: plain(one, answer[f"figure_{number}"][0]) for number, one in enumerate(batch)}

    def find(
        self, suspects: Sequence[Suspect], *, keys: Sequence[str] = (), most: int = 20
    ) -> list[Found | EvaluationError]:
        """Rows at fault, looked for together: how many, and some of them.

        Args:
            suspects: What is at fault.
            keys: The columns that tell rows apart.
            most: How many at most; of more, as many spread evenly over all in the order of the keys.

        Returns:
            One answer for each suspect, in order; an error where the values cannot be tested so.
        """
        shown = [key for key in keys if key in self.fields]
        distinct = list(dict.fromkeys(suspects))
        built, refused = each(distinct, lambda one: self._rows_of(one, shown, most))
        found: dict[Suspect, Found] = {}
        for batch in self._batches(list(built), shown):
            found |= self._look(batch, built, refused)
        return [found[one] if one in found else refused[one] for one in suspects]

    def _look(
        self,
        batch: Sequence[Suspect],
        built: Mapping[Suspect, tuple[Any, Any]],
        refused: dict[Suspect, EvaluationError],
    ) -> dict[Suspect, Found]:
        try:
            named = []
            for number, one in enumerate(batch):
                count, rows = built[one]
                named += [count.alias(f"count_{number}"), rows.alias(f"rows_{number}")]
            self.passes += 1
            answer = collected(self._frame.select(*named))
        except EvaluationError as fault:
            if len(batch) == 1:
                refused[batch[0]] = fault
                return {}
            found: dict[Suspect, Found] = {}
            for one in batch:
                found |= self._look([one], built, refused)
            return found
        return {
            one: Found(int(answer[f"count_{number}"][0] or 0), answer[f"rows_{number}"][0].to_list())
            for number, one in enumerate(batch)
        }

    def pick(self, names: Sequence[str], most: int) -> list[dict[str, Any]]:
        """Some rows, as many as asked for, spread evenly over all in the order of these columns."""
        rows = self._spread(names, pl.int_range(pl.len()) >= 0, most, numbered=False)
        return collected(self._frame.select(rows.alias("rows")))["rows"][0].to_list()  # type: ignore[no-any-return]

    def _rows_of(self, suspect: Suspect, keys: Sequence[str], most: int) -> tuple[Any, Any]:
        """Expressions for the number of rows at fault, and for a list of some of them."""
        faulty = self._condition(suspect.column, suspect.test)
        shown = list(dict.fromkeys([*keys, *suspect.columns]))
        rows = self._spread(shown, faulty, most, numbered=self.ordered and not keys)
        return faulty.sum(), rows

    def _spread(self, shown: Sequence[str], faulty: Any, most: int, *, numbered: bool) -> Any:
        parts = [pl.col(self._columns.get(name, name)).alias(name) for name in shown]
        if numbered:
            label = _ROW if _ROW not in shown else f"{_ROW} number"
            parts.insert(0, pl.int_range(pl.len(), dtype=pl.Int64).alias(label))
        rows = pl.struct(parts).filter(faulty)
        order = [] if numbered else [self.fields[name].distinguished for name in shown if not self.fields[name].nested]
        if order:
            rows = rows.sort_by([one.filter(faulty) for one in order])
        count = faulty.sum().cast(pl.Int64)
        kept = pl.min_horizontal(count, pl.lit(most, dtype=pl.Int64))
        return rows.gather(pl.int_range(0, kept, dtype=pl.Int64) * count // kept).implode()

    def values(self, name: str) -> pl.Series:
        """All values of a column that are not missing, in the form that is compared."""
        field = self.field(name)
        self.passes += 1
        return collected(self._frame.select(field.present.alias("values")))["values"].drop_nulls()

    def _figure(self, one: Asked) -> Any:
        if one.measure.name == "faults":
            return self._condition(one.column, one.measure.argument).sum()
        return figure_of(self.field(one.column), one.measure)

    def _condition(self, name: str, test: RowTest) -> Any:
        if test.name == "unordered" and test.arguments[2] is None and not self.ordered:
            raise EvaluationError("these rows have no order of their own; name the column that orders them: by=")
        return condition(test, self.field(name), *map(self.field, others_of(test)))

    def _batches(self, wanted: Sequence[Item], beside: Sequence[str] = ()) -> list[list[Item]]:
        """What is wanted, by columns that are read together; all that takes a column first comes in one batch."""
        if self._widths is None or not wanted:
            return [list(wanted)] if wanted else []
        items: list[Any] = list(wanted)
        place = {name: number for number, name in enumerate(dict.fromkeys(one.column for one in items))}
        batches: list[list[Item]] = [[]]
        read: set[str] = set(beside)
        for one in sorted(items, key=lambda one: place[one.column]):
            wider = read.union(one.columns)
            if batches[-1] and wider != read and sum(self._widths.get(name, 0) for name in wider) > _MOST_BYTES:
                batches.append([])
                wider = {*beside, *one.columns}
            batches[-1].append(one)
            read = wider
        return batches


def _is_of_series(one: Asked, series: Mapping[str, Field]) -> bool:
    return one.column in series and one.measure.name != "faults"


def _known_of(field: Field, wanted: Sequence[Asked]) -> dict[Measure, Any]:
    """What is known of a column of floats at a glance: where nothing is NaN, other figures take no care of it."""
    if not field.floating or all(one.measure in (ROWS, NULLS) for one in wanted):
        return {}
    found = float_extremes(field.values)
    if found is None:
        return {NANS: int(field.nans.sum() or 0)}
    return {NANS: found.nans, LEAST: found.least, GREATEST: found.greatest}


def each(wanted: Iterable[Item], make: Callable[[Item], Any]) -> tuple[dict[Item, Any], dict[Item, EvaluationError]]:
    """What is made of each item, and why nothing is of some."""
    made: dict[Item, Any] = {}
    refused: dict[Item, EvaluationError] = {}
    for one in wanted:
        try:
            made[one] = make(one)
        except EvaluationError as fault:
            refused[one] = fault
        except (Exception, pl.exceptions.PanicException) as fault:  # noqa: BLE001 - Polars raises errors of many types
            refused[one] = EvaluationError(f"the values cannot be judged so: {type(fault).__name__}")
    return made, refused


def apart(batch: Sequence[Asked]) -> list[list[Asked]]:
    """Figures by their columns; those of a single column each by itself."""
    by_column: dict[str, list[Asked]] = {}
    for one in batch:
        by_column.setdefault(one.column, []).append(one)
    return list(by_column.values()) if len(by_column) > 1 else [[one] for one in batch]


def collected(frame: pl.LazyFrame) -> pl.DataFrame:
    """The values of a lazy frame.

    Raises:
        EvaluationError: When they cannot be had; the message of Polars, which may quote values, is left out.
    """
    try:
        return frame.collect(engine="in-memory")  # sums of the same parts in the same order: the same last digit
    except (Exception, pl.exceptions.PanicException) as error:
        raise EvaluationError(f"the values cannot be had: {type(error).__name__}") from error


def plain(one: Asked, figure: Any) -> Any:
    """A figure as a Python value; what cannot be told, as the mean of nothing, is None."""
    if one.measure.name in _COUNTS:
        return int(figure or 0)
    if isinstance(figure, datetime.datetime) and figure.tzinfo is not None:
        return figure.astimezone(datetime.UTC)
    if not isinstance(figure, float):
        return figure
    return None if math.isnan(figure) else figure + 0.0  # one zero, though there are two


def figure_of(field: Field, measure: Measure) -> Any:
    """A figure of a column, or an expression for it.

    Raises:
        EvaluationError: When such values have no such figure.
    """
    if field.nested and measure.name in ("least", "greatest", "distinct"):
        raise EvaluationError(f"{field.logical_type} values cannot be compared with each other")
    return _FIGURES[measure.name](field, measure.argument)


def _numbers(field: Field, what: str) -> Any:
    if field.family != "number":
        raise EvaluationError(f"{field.logical_type} values have no {what}")
    # the sum of whole numbers may be too great for their type
    return field.present if field.library is pl or field.whole is None else field.present.cast(field.library.Float64)


def _in_one_piece(field: Field, what: str) -> Any:
    """Numbers whose sum has the same last digits, wherever the pieces of the column end."""
    numbers = _numbers(field, what)
    if field.library is not pl:
        return numbers
    if isinstance(numbers, pl.Series):
        return numbers.rechunk()
    dtype = pl.Float64() if field.whole is None else field.dtype
    return numbers.map_batches(lambda column: column.rechunk(), return_dtype=dtype)


_FIGURES: Mapping[str, Callable[[Field, Any], Any]] = {
    "rows": lambda field, _: field.values.len(),
    "nulls": lambda field, _: field.values.null_count(),
    "nans": lambda field, _: field.nans.sum(),
    "least": lambda field, _: field.extremes.min(),
    "greatest": lambda field, _: field.extremes.max(),
    "mean": lambda field, _: _in_one_piece(field, "mean").mean(),
    "deviation": lambda field, _: _in_one_piece(field, "standard deviation").std(ddof=1),
    "quantile": lambda field, share: _numbers(field, "quantiles").quantile(share, "linear"),
    "distinct": lambda field, _: field.distinguished.n_unique(),
}
