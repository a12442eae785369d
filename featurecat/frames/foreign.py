"""Tables of engines that Polars is not: DuckDB, Dask, Spark. They aggregate where they are, through Narwhals.

What an engine cannot aggregate so, or answers otherwise than all others (:data:`BROUGHT`), is measured on the columns it
takes, which are brought here; of frames too long for that it is an error.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import narwhals as nw
import polars as pl

from featurecat.errors import EvaluationError
from featurecat.frames.describe import describe_value
from featurecat.frames.fields import Field, narwhals_field, polars_field
from featurecat.frames.measurement import (
    Answers,
    Asked,
    Found,
    Suspect,
    Table,
    apart,
    each,
    figure_of,
    others_of,
    plain,
)
from featurecat.frames.measures import ROWS, RowTest, faults
from featurecat.frames.row_tests import LOOKS_AROUND, condition

__all__ = ["BROUGHT", "MOST_BROUGHT", "ForeignTable", "foreign_table", "is_foreign"]

#: Frames with more rows than these are never brought here, not even single columns.
MOST_BROUGHT = 50_000_000

#: What is measured here, by engine, and why: an order of rows is no matter of aggregation; Dask approximates quantiles,
#: answers deviations of infinite numbers otherwise, lets a pattern end before a line feed, and lacks wide numbers.
BROUGHT: Mapping[str, frozenset[str]] = {
    "dask": frozenset({"unordered", "unmatched", "unrelated", "quantile", "deviation"}),
    "": frozenset({"unordered"}),
}

_MODULES = frozenset({"dask", "duckdb", "_duckdb", "pyspark", "sqlframe", "ibis"})


def is_foreign(value: object) -> bool:
    """Whether a value is of an engine that aggregates by itself.

    Example:
        >>> is_foreign(pl.Series([1]))
        False
    """
    return type(value).__module__.partition(".")[0] in _MODULES


def foreign_table(value: Any, *, single: str | None = None) -> Table:
    """A frame of another engine, or its one column.

    Args:
        value: A Dask DataFrame or Series, a DuckDB relation, a Spark frame.
        single: What its only column is called here; None takes all columns as they are.

    Raises:
        EvaluationError: When it is no frame, or has several columns where one is wanted.
    """
    if type(value).__module__.partition(".")[0] == "dask" and getattr(value, "ndim", None) == 1:
        value = value.to_frame(name=single or "value")
    try:
        with warnings.catch_warnings():
            # where the code for Dask will lie in future is no matter of who judges a frame
            warnings.filterwarnings("ignore", message="Dask support is moving", category=FutureWarning)
            frame = nw.from_native(value)
        frame = frame.lazy() if isinstance(frame, nw.DataFrame) else frame
        names = frame.collect_schema().names()
    except TypeError:
        raise EvaluationError(f"{describe_value(value)} is not a frame") from None
    except Exception as error:  # each engine raises errors of its own
        raise EvaluationError(f"the frame's engine cannot answer: {type(error).__name__}") from error
    if single is not None:
        if len(names) != 1:
            raise EvaluationError(f"{describe_value(value)} has {len(names)} columns, not one")
        frame = frame.select(nw.col(names[0]).alias(single))
    return ForeignTable(frame)


class ForeignTable(Table):
    """Columns of another engine to be measured; its rows have no order of their own.

    Args:
        frame: A Narwhals lazy frame.
    """

    def __init__(self, frame: Any) -> None:
        engine = str(frame.implementation.value).lower()
        fields = {name: _field(name, dtype, engine) for name, dtype in frame.collect_schema().items()}
        super().__init__(pl.LazyFrame(), fields, ordered=False)
        self._native = frame
        self._elsewhere = BROUGHT.get(engine, BROUGHT[""])
        self._rows: int | None = None

    def answers(self, asked: Iterable[Asked]) -> Answers:
        """As for any table: aggregated where they are, as far as their engine can."""
        wanted = list(dict.fromkeys(asked))
        built, refused = each([one for one in wanted if not self._is_brought(one)], self._aggregate)
        figures = self._aggregated(built)
        for part in apart([one for one in wanted if one not in figures and one not in refused]):
            answers = self._answers_here(part)
            figures |= answers.figures
            refused |= answers.faults
        return Answers(figures, refused)

    def find(
        self, suspects: Sequence[Suspect], *, keys: Sequence[str] = (), most: int = 20
    ) -> list[Found | EvaluationError]:
        """As for any table; the rows at fault of each suspect take a query of their own."""
        shown = [key for key in keys if key in self.fields]
        found, refused = each(dict.fromkeys(suspects), lambda one: self._found(one, shown, most))
        return [found[one] if one in found else refused[one] for one in suspects]

    def values(self, name: str) -> pl.Series:
        """As for any table."""
        self.field(name)
        return self._here([name]).values(name)

    def _is_brought(self, one: Asked) -> bool:
        test = one.measure.argument
        return one.measure.name in self._elsewhere or (one.measure.name == "faults" and test.name in self._elsewhere)

    def _aggregated(self, built: Mapping[Asked, tuple[Any, Any]]) -> dict[Asked, Any]:
        """The figures that the engine can tell."""
        if not built:
            return {}
        try:
            answer = self._engine_answers(built)
        except Exception:  # noqa: BLE001 - each engine raises errors of its own; who is at fault is found out below
            if len(built) == 1:
                return {}
            figures: dict[Asked, Any] = {}
            for part in apart(list(built)):
                figures |= self._aggregated({one: built[one] for one in part})
            return figures
        return {one: self._plain(one, answer[_name(number)][0]) for number, one in enumerate(built)}

    def _plain(self, one: Asked, figure: Any) -> Any:
        """A figure as a Python value; the least of whole numbers is one, whatever the engine computes with."""
        whole = one.measure.name in ("least", "greatest") and self.fields[one.column].whole is not None
        figure = plain(one, figure)
        return int(figure) if whole and figure is not None else figure

    def _aggregate(self, one: Asked) -> tuple[Any, Any]:
        """What is computed row by row beforehand, or None, and the aggregation."""
        if one.measure.name != "faults":
            return None, figure_of(self.field(one.column), one.measure)
        return self._faulty(one.column, one.measure.argument), None

    def _engine_answers(self, built: Mapping[Asked, tuple[Any, Any]]) -> pl.DataFrame:
        flags, figures = [], []
        for number, (one, (flag, figure)) in enumerate(built.items()):
            if flag is not None and one.measure.argument.name in LOOKS_AROUND:
                name = self._free(f"flag_{number}")
                flags.append(flag.alias(name))
                flag = nw.col(name)
            figures.append((flag.sum() if figure is None else figure).alias(_name(number)))
        self.passes += 1
        return _brought(self._native.with_columns(*flags).select(*figures) if flags else self._native.select(*figures))

    def _free(self, name: str) -> str:
        """A name that no column has."""
        while name in self.fields:
            name += "_"
        return name

    def _faulty(self, name: str, test: RowTest) -> Any:
        return condition(test, self.field(name), *map(self.field, others_of(test)))

    def _answers_here(self, wanted: Sequence[Asked]) -> Answers:
        """The figures of columns that are brought here."""
        columns = dict.fromkeys(name for one in wanted for name in one.columns)
        try:
            for name in columns:
                self.field(name)
            return self._here(list(columns)).answers(wanted) if wanted else Answers({}, {})
        except EvaluationError as fault:
            return Answers({}, dict.fromkeys(wanted, fault))

    @property
    def rows(self) -> int:
        """How many rows there are."""
        if self._rows is None:
            counted = Asked(next(iter(self.fields)), ROWS)
            self._rows = int(self._aggregated({counted: self._aggregate(counted)}).get(counted, 0))
        return self._rows

    def _here(self, columns: Sequence[str]) -> Table:
        """Columns in memory."""
        if self.rows > MOST_BROUGHT:
            raise EvaluationError(f"its engine cannot tell, and {self.rows:,} rows are too many to be read here")
        self.passes += 1
        try:
            return _table_here(_brought(self._native.select(*columns)))
        except Exception as error:  # each engine raises errors of its own
            raise EvaluationError(f"the frame's engine cannot answer: {type(error).__name__}") from error

    def _found(self, suspect: Suspect, keys: Sequence[str], most: int) -> Found:
        """Rows at fault: filtered where they are, and the sample taken here."""
        if suspect.test.name in self._elsewhere:
            return self._found_here(suspect, keys, most)
        shown = list(dict.fromkeys([*keys, *suspect.columns]))
        flag = self._free("faulty")
        faulty = self._native.select(*shown, self._faulty(suspect.column, suspect.test).alias(flag))
        try:
            self.passes += 1
            if self.rows > MOST_BROUGHT:
                return self._found_there(suspect, faulty.filter(nw.col(flag)).select(*shown), most)
            rows = _brought(faulty.filter(nw.col(flag)).select(*shown))
        except Exception:  # noqa: BLE001 - each engine raises errors of its own; what it cannot filter is filtered here
            return self._found_here(suspect, keys, most)
        return Found(rows.height, _table_here(rows).pick(shown, most))

    def _found_here(self, suspect: Suspect, keys: Sequence[str], most: int) -> Found:
        found = self._here(list(dict.fromkeys([*keys, *suspect.columns]))).find([suspect], keys=keys, most=most)[0]
        if isinstance(found, EvaluationError):
            raise found
        return found

    def _found_there(self, suspect: Suspect, faulty: Any, most: int) -> Found:
        """The first rows at fault in the order of what is shown of them: all of them would be too many."""
        asked = Asked(suspect.column, faults(suspect.test))
        rows = _brought(faulty.sort(*faulty.collect_schema().names()).head(most))
        return Found(self.measure([asked])[asked], _table_here(rows).pick(rows.columns, most))


def _field(name: str, dtype: Any, engine: str) -> Field:
    field = narwhals_field(nw.col(name), dtype)
    return replace(field, nan_is_null=True) if engine == "dask" and field.floating else field


def _name(number: int) -> str:
    return f"figure_{number}"


def _brought(frame: Any) -> pl.DataFrame:
    table: pl.DataFrame = frame.collect(backend="polars").to_native()
    return table


def _table_here(frame: pl.DataFrame) -> Table:
    places = {name: f"column_{number}" for number, name in enumerate(frame.columns)}
    fields = {name: polars_field(pl.col(places[name]), dtype) for name, dtype in frame.schema.items()}
    return Table(frame.rename(places).lazy(), fields, columns=places, ordered=False)
