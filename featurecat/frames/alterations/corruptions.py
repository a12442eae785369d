"""Twelve ways in which data break: what a gate that is to be trusted must notice."""

from __future__ import annotations

import datetime
from itertools import pairwise

import pyarrow as pa
import pyarrow.compute as pc

from featurecat.frames.alterations.change import (
    Alteration,
    Altered,
    ColumnFacts,
    TableFacts,
    Target,
    choose,
    count_text,
    preferred,
    replaced,
    some_rows,
    with_column,
)
from featurecat.frames.alterations.days import day_columns, newest_days

__all__ = ["CORRUPTIONS"]

_SHARE = 0.05
_FEW = 0.01
_FACTOR = 1_000
_SHIFT = datetime.timedelta(hours=5)
_DAYS = 3
_AHEAD = datetime.timedelta(days=365)
_KEPT = 0.6
_MOST_CATEGORIES = 200
#: On average each category must stand in so many rows, or they are names rather than categories.
_LEAST_ROWS_EACH = 4
_UNSEEN = "unseen"


class NullBurst:
    """Values that are lost."""

    name = "null-burst"
    doc = "5 % of the values of a complete column are missing"
    remedy = "not_null=True, or max_fraction_nans=0.01"

    def applies(self, table: pa.Table, facts: TableFacts) -> Target | str:
        """A column in which nothing is missing."""
        return choose(self.name, table, facts, fits=_is_complete, lacking="no feature is complete")

    def apply(self, table: pa.Table, target: Target) -> Altered:
        """Null in some rows."""
        column = target.columns[0].name
        values = _decoded(table.column(column))
        rows = some_rows(table.num_rows, _SHARE, self.name)
        lost = replaced(values, rows, pa.scalar(None, values.type)).cast(table.column(column).type)
        return Altered(with_column(table, column, lost), f"{column} is null in {count_text(len(rows))}", rows)


class DuplicateKeys:
    """Rows that are delivered twice."""

    name = "duplicate-keys"
    doc = "1 % of the rows stand in the file twice"
    remedy = "key = […] of its source in the settings, or unique=True on a feature that tells rows apart"

    def applies(self, table: pa.Table, facts: TableFacts) -> Target | str:
        """A table with keys."""
        if not facts.keys:
            return "the rows have no keys"
        return Target(facts) if table.num_rows else "there are no rows"

    def apply(self, table: pa.Table, target: Target) -> Altered:
        """Some rows once more, at the end."""
        again = some_rows(table.num_rows, _FEW, self.name)
        longer = pa.concat_tables([table, table.take(again)])
        rows = [*again, *range(table.num_rows, longer.num_rows)]
        return Altered(longer, f"{count_text(len(again))} doubled", rows)


class DtypeDrift:
    """A column that comes with another type."""

    name = "dtype-drift"
    doc = "whole numbers become floating point ones; where there are none, values become text"
    remedy = '@feature(dtype="int64"), or data_type=int'

    def applies(self, table: pa.Table, facts: TableFacts) -> Target | str:
        """A column of whole numbers, or else one of any type but text."""
        found = choose(self.name, table, facts, fits=lambda one: pa.types.is_integer(one.type), lacking="")
        if isinstance(found, Target):
            return found
        lacking = "no feature has a type that could drift"
        return choose(self.name, table, facts, fits=lambda one: _is_plain(one.type), lacking=lacking)

    def apply(self, table: pa.Table, target: Target) -> Altered:
        """The same values under another type."""
        column = target.columns[0].name
        values = table.column(column)
        kind = pa.float64() if pa.types.is_integer(values.type) else pa.string()
        what = f"{column} is {kind} instead of {values.type}"
        return Altered(with_column(table, column, values.cast(kind, safe=False)), what, range(table.num_rows))


class UnitTimesThousand:
    """A column in another unit."""

    name = "unit-1000"
    doc = "all values of a column are a thousand times what they were"
    remedy = "range=(low, high), or mean_in_range=(low, high)"

    def applies(self, table: pa.Table, facts: TableFacts) -> Target | str:
        """A column of numbers, not all of them 0."""
        return choose(self.name, table, facts, fits=_is_measured, lacking="no feature holds numbers other than 0")

    def apply(self, table: pa.Table, target: Target) -> Altered:
        """A column times a thousand."""
        column = target.columns[0].name
        values = table.column(column)
        larger = pc.multiply(values, pa.scalar(_FACTOR, values.type))
        return Altered(
            with_column(table, column, larger), f"{column} × 1000", _differing(values, larger, table.num_rows)
        )


class TimeZoneShift:
    """Moments that were read in another time zone."""

    name = "time-zone-shift"
    doc = "all moments of a column are five hours later"
    remedy = 'compare=("<=", "other_moment") with a feature that does not shift, or not_in_future=True'

    def applies(self, table: pa.Table, facts: TableFacts) -> Target | str:
        """A column of moments; the event timestamp where no feature holds any."""
        lacking = "no feature holds moments"
        found = choose(self.name, table, facts, fits=_has_moments, lacking=lacking)
        if isinstance(found, str) and facts.timestamp is not None and _has_moments(table.column(facts.timestamp)):
            return Target(facts, (ColumnFacts(facts.timestamp, facts.timestamp),))
        return found

    def apply(self, table: pa.Table, target: Target) -> Altered:
        """A column shifted by five hours."""
        column = target.columns[0].name
        values = table.column(column)
        shifted = pc.add(values, pa.scalar(_SHIFT, pa.duration(values.type.unit))).cast(values.type)
        rows = _differing(values, shifted, table.num_rows)
        return Altered(with_column(table, column, shifted), f"{column} is five hours later", rows)


class StalePartition:
    """Data that ended some days ago."""

    name = "stale-partition"
    doc = "the rows of the newest three days are not there"
    remedy = 'freshness="36h", or @feature(freshness="36h"), or row_count=(least, None)'

    def applies(self, table: pa.Table, facts: TableFacts) -> Target | str:
        """A table whose rows have a day."""
        for column in day_columns(self.name, table, facts):
            if newest_days(table.column(column.name), _DAYS) is not None:
                return Target(facts, (column,))
        return "the rows have no days, or only few"

    def apply(self, table: pa.Table, target: Target) -> Altered:
        """The rows that are older."""
        column = target.columns[0].name
        newest = newest_days(table.column(column), _DAYS)
        older = table.filter(pc.invert(newest))
        gone = count_text(table.num_rows - older.num_rows)
        return Altered(older, f"the newest three days of {column} gone ({gone})")


class TruncatedFile:
    """A file that was not copied whole."""

    name = "truncated-file"
    doc = "the last 40 % of the file's bytes are cut off"
    remedy = "any expectation on one of its features"

    def applies(self, table: pa.Table, facts: TableFacts) -> Target | str:
        """Any table."""
        return Target(facts)

    def apply(self, table: pa.Table, target: Target) -> Altered:
        """The table as it is; its file is cut once it is published."""
        return Altered(table, "the file is cut off after 60 % of its bytes", kept=_KEPT)


class CategoryDrift:
    """Categories that nobody has heard of."""

    name = "category-drift"
    doc = "5 % of the values of a column are of a category that was never seen"
    remedy = 'values_in=["…"], or categories={"new": 0}'

    def applies(self, table: pa.Table, facts: TableFacts) -> Target | str:
        """A column of texts, of which there are few."""
        return choose(self.name, table, facts, fits=_is_category, lacking="no feature holds categories")

    def apply(self, table: pa.Table, target: Target) -> Altered:
        """A new category in some rows."""
        column = target.columns[0].name
        values = _decoded(table.column(column))
        rows = some_rows(table.num_rows, _SHARE, self.name)
        drifted = replaced(values, rows, pa.scalar(_UNSEEN, values.type))
        if pa.types.is_dictionary(table.column(column).type):
            drifted = drifted.dictionary_encode()
        what = f"{column} is {_UNSEEN!r} in {count_text(len(rows))}"
        return Altered(with_column(table, column, drifted), what, rows)


class NanForNull:
    """Missing values that turned into numbers that are none."""

    name = "nan-for-null"
    doc = "missing values are NaN instead of null; where none are missing, 5 % become NaN"
    remedy = "nans=0"

    def applies(self, table: pa.Table, facts: TableFacts) -> Target | str:
        """A column of floating point numbers, with nulls where there is one."""
        found = choose(self.name, table, facts, fits=lambda one: _is_floating(one) and one.null_count > 0, lacking="")
        if isinstance(found, Target):
            return found
        return choose(self.name, table, facts, fits=_is_floating, lacking="no feature holds floating point numbers")

    def apply(self, table: pa.Table, target: Target) -> Altered:
        """NaN where null was."""
        column = target.columns[0].name
        values = table.column(column)
        rows = pc.indices_nonzero(values.is_null()).to_pylist() or some_rows(table.num_rows, _SHARE, self.name)
        filled = replaced(values, rows, pa.scalar(float("nan"), values.type))
        what = f"{column} is NaN in {count_text(len(rows))}"
        return Altered(with_column(table, column, filled), what, rows)


class EmptyFile:
    """A file without rows."""

    name = "empty-file"
    doc = "the file has its columns, and no rows"
    remedy = "any expectation on one of its features"

    def applies(self, table: pa.Table, facts: TableFacts) -> Target | str:
        """A table with rows."""
        return Target(facts) if table.num_rows else "there are no rows already"

    def apply(self, table: pa.Table, target: Target) -> Altered:
        """No rows."""
        return Altered(table.slice(0, 0), f"{count_text(table.num_rows)} gone, none left")


class SwappedValues:
    """Columns that were written by their position, in another order than their names."""

    name = "swapped-values"
    doc = "two neighbouring columns of one type hold each other's values"
    remedy = "range=(low, high), mean_in_range=(low, high) or compare="

    def applies(self, table: pa.Table, facts: TableFacts) -> Target | str:
        """Two neighbours of one type, whose values differ."""
        pairs: dict[ColumnFacts, ColumnFacts] = {}
        for kind in dict.fromkeys(table.column(column.name).type for column in facts.columns):
            alike = [column for column in facts.columns if table.column(column.name).type == kind]
            pairs |= dict(pairwise([*alike, alike[0]]))
        for column in preferred(self.name, facts):
            other = pairs[column]
            if other != column and _differing(table.column(column.name), table.column(other.name), table.num_rows):
                return Target(facts, (column, other))
        return "no two features of one type have different values"

    def apply(self, table: pa.Table, target: Target) -> Altered:
        """Two columns with each other's values."""
        first, second = (column.name for column in target.columns)
        left, right = table.column(first), table.column(second)
        rows = _differing(left, right, table.num_rows)
        swapped = with_column(with_column(table, first, right), second, left)
        return Altered(swapped, f"{first} and {second} hold each other's values", rows)


class FutureTimestamps:
    """Moments that have not come yet."""

    name = "future-timestamps"
    doc = "1 % of the moments of a column lie a year ahead"
    remedy = "not_in_future=True, or range=(first, last)"

    def applies(self, table: pa.Table, facts: TableFacts) -> Target | str:
        """A column of moments or dates; the event timestamp where no feature holds any."""
        found = choose(self.name, table, facts, fits=_has_times, lacking="no feature holds moments or dates")
        if isinstance(found, str) and facts.timestamp is not None and _has_times(table.column(facts.timestamp)):
            return Target(facts, (ColumnFacts(facts.timestamp, facts.timestamp),))
        return found

    def apply(self, table: pa.Table, target: Target) -> Altered:
        """A moment of the next year in some rows."""
        column = target.columns[0].name
        values = table.column(column)
        rows = some_rows(table.num_rows, _FEW, self.name)
        moment = _after(values, target.facts.as_of)
        future = replaced(values, rows, pa.scalar(moment, values.type))
        what = f"{column} lies in the future in {count_text(len(rows))}"
        return Altered(with_column(table, column, future), what, rows)


#: All of them by name, in the order they are shown.
CORRUPTIONS: dict[str, Alteration] = {
    one.name: one
    for one in (
        NullBurst(),
        DuplicateKeys(),
        DtypeDrift(),
        UnitTimesThousand(),
        TimeZoneShift(),
        StalePartition(),
        TruncatedFile(),
        CategoryDrift(),
        NanForNull(),
        EmptyFile(),
        SwappedValues(),
        FutureTimestamps(),
    )
}


def _is_complete(column: pa.ChunkedArray) -> bool:
    if column.null_count or pa.types.is_null(column.type):
        return False
    return not pa.types.is_floating(column.type) or not bool(pc.any(pc.is_nan(column)).as_py())


def _is_plain(kind: pa.DataType) -> bool:
    """Whether values of a type can be written as text, and are none."""
    kinds = (pa.types.is_floating, pa.types.is_boolean, pa.types.is_temporal, pa.types.is_decimal)
    return any(is_kind(kind) for is_kind in kinds)


def _is_floating(column: pa.ChunkedArray) -> bool:
    return bool(pa.types.is_floating(column.type) and not pa.types.is_float16(column.type))


def _is_measured(column: pa.ChunkedArray) -> bool:
    """Whether a column holds numbers that another unit would change, and has room for them."""
    if not (pa.types.is_integer(column.type) or _is_floating(column)):
        return False
    finite = column.filter(pc.is_finite(column)) if pa.types.is_floating(column.type) else column
    extremes = pc.min_max(finite).as_py()
    largest = max((abs(value) for value in extremes.values() if value is not None), default=0)
    if pa.types.is_integer(column.type):
        signed = pa.types.is_signed_integer(column.type)
        room = int(2 ** (column.type.bit_width - signed))
        return 0 < int(largest) * _FACTOR < room
    return bool(largest > 0)


def _is_category(column: pa.ChunkedArray) -> bool:
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        return False
    distinct = set(pc.unique(_decoded(column)).drop_null().to_pylist())
    return 0 < len(distinct) <= min(_MOST_CATEGORIES, len(column) // _LEAST_ROWS_EACH) and _UNSEEN not in distinct


def _has_moments(column: pa.ChunkedArray) -> bool:
    return bool(pa.types.is_timestamp(column.type) and column.null_count < len(column))


def _has_times(column: pa.ChunkedArray) -> bool:
    is_time = pa.types.is_timestamp(column.type) or pa.types.is_date(column.type)
    return bool(is_time and column.null_count < len(column))


def _after(column: pa.ChunkedArray, as_of: datetime.datetime) -> datetime.datetime | datetime.date:
    """A midnight that comes a year after ``as_of``, of the column's kind."""
    moment = (as_of.astimezone(datetime.UTC) + _AHEAD).replace(hour=0, minute=0, second=0, microsecond=0)
    if pa.types.is_date(column.type):
        return moment.date()
    return moment if column.type.tz is not None else moment.replace(tzinfo=None)


def _decoded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column whose values stand for themselves."""
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


def _differing(left: pa.ChunkedArray, right: pa.ChunkedArray, count: int) -> list[int]:
    """Numbers of the rows in which two columns differ."""
    if pa.types.is_nested(left.type):
        return [row for row in range(count) if left[row] != right[row]]
    unequal = pc.fill_null(pc.not_equal(_decoded(left), _decoded(right)), False)
    if pa.types.is_floating(left.type):  # NaN is unlike itself
        unequal = pc.and_not(unequal, pc.fill_null(pc.and_(pc.is_nan(left), pc.is_nan(right)), False))
    one_is_null = pc.xor(left.is_null(), right.is_null())
    rows: list[int] = pc.indices_nonzero(pc.or_(unequal, one_is_null)).to_pylist()
    return rows
