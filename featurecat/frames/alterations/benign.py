"""Twelve changes that are none: what a gate that is to be trusted must let through."""

from __future__ import annotations

import random
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from featurecat.frames.alterations.change import Alteration, Altered, TableFacts, Target, count_text
from featurecat.frames.alterations.days import day_columns, newest_days
from featurecat.frames.alterations.files import Layout

__all__ = ["BENIGN"]

_DEFAULT = {"compression": "zstd", "compression_level": 1}
_GROUPS = 10
_UNRELATED = "unrelated_column"


class OneMoreDay:
    """The day that comes each day."""

    name = "one-more-day"
    doc = "the newest day has come since the run before"
    remedy = ""

    def applies(self, table: pa.Table, facts: TableFacts) -> Target | str:
        """A table whose rows have a day."""
        for column in day_columns(self.name, table, facts):
            if newest_days(table.column(column.name), 1) is not None:
                return Target(facts, (column,))
        return "the rows have no days, or only one"

    def apply(self, table: pa.Table, target: Target) -> Altered:
        """The table as it is, after a run that lacked its newest day."""
        column = target.columns[0].name
        before = table.filter(pc.invert(newest_days(table.column(column), 1)))
        more = table.num_rows - before.num_rows
        return Altered(table, f"the newest day of {column} came ({count_text(more)})", before=before)


class ColumnOrder:
    """Columns in another order."""

    name = "column-order"
    doc = "the columns stand in the opposite order"
    remedy = ""

    def applies(self, table: pa.Table, facts: TableFacts) -> Target | str:
        """A table with several columns."""
        return Target(facts) if table.num_columns > 1 else "there is only one column"

    def apply(self, table: pa.Table, target: Target) -> Altered:
        """The columns from the last to the first."""
        return Altered(
            table.select(table.column_names[::-1]), f"{count_text(table.num_columns, 'column')} in the opposite order"
        )


class RowOrder:
    """Rows in another order."""

    name = "row-order"
    doc = "the rows stand in another order"
    remedy = ""

    def applies(self, table: pa.Table, facts: TableFacts) -> Target | str:
        """A table whose order nothing is expected of."""
        ordered = [column.name for column in facts.columns if "monotonic" in column.kinds]
        if ordered:
            return f"{ordered[0]} is expected to be in order"
        return Target(facts) if table.num_rows > 1 else "there are no two rows"

    def apply(self, table: pa.Table, target: Target) -> Altered:
        """The rows shuffled."""
        numbers = list(range(table.num_rows))
        random.Random(self.name).shuffle(numbers)
        return Altered(table.take(numbers), f"{count_text(table.num_rows)} in another order")


class Nullability:
    """Columns that say that they are complete, or no longer say it."""

    name = "nullability"
    doc = "the schema says of complete columns that they hold no nulls, or says it no longer"
    remedy = ""

    def applies(self, table: pa.Table, facts: TableFacts) -> Target | str:
        """A table with complete columns."""
        return Target(facts) if any(not one.null_count for one in table.columns) else "no column is complete"

    def apply(self, table: pa.Table, target: Target) -> Altered:
        """The opposite of what the schema said."""
        complete = {name for name in table.column_names if not table.column(name).null_count}
        fields = [
            field.with_nullable(not field.nullable) if field.name in complete else field for field in table.schema
        ]
        changed = pa.table(table.columns, schema=pa.schema(fields))
        return Altered(changed, f"{count_text(len(complete), 'complete column')} marked otherwise")


class StringLayout:
    """Texts with offsets of another width."""

    name = "string-layout"
    doc = "texts are string instead of large_string, or the other way round"
    remedy = ""

    def applies(self, table: pa.Table, facts: TableFacts) -> Target | str:
        """A table with texts."""
        return Target(facts) if any(_other_text(field.type) for field in table.schema) else "no column holds texts"

    def apply(self, table: pa.Table, target: Target) -> Altered:
        """The same texts."""
        fields = [field.with_type(_other_text(field.type) or field.type) for field in table.schema]
        changed = sum(_other_text(field.type) is not None for field in table.schema)
        return Altered(table.cast(pa.schema(fields)), f"{count_text(changed, 'column')} of texts in the other layout")


class ExtraColumn:
    """A column that nobody asked for."""

    name = "extra-column"
    doc = "a column that belongs to no feature is in the file, too"
    remedy = ""

    def applies(self, table: pa.Table, facts: TableFacts) -> Target | str:
        """A table that lacks it."""
        return f"there is a column {_UNRELATED}" if _UNRELATED in table.column_names else Target(facts)

    def apply(self, table: pa.Table, target: Target) -> Altered:
        """One more column, at the end."""
        numbers = pa.array(range(table.num_rows), pa.int64())
        return Altered(table.append_column(_UNRELATED, numbers), f"the column {_UNRELATED} came")


class RowGroups:
    """A file in more pieces."""

    name = "row-groups"
    doc = "the file has ten row groups"
    remedy = ""

    def applies(self, table: pa.Table, facts: TableFacts) -> Target | str:
        """A table of which there are pieces."""
        return Target(facts) if table.num_rows >= _GROUPS else f"there are less than {_GROUPS} rows"

    def apply(self, table: pa.Table, target: Target) -> Altered:
        """The table as it is."""
        size = -(-table.num_rows // _GROUPS)
        return Altered(table, f"row groups of {count_text(size)}", layout=Layout({**_DEFAULT, "row_group_size": size}))


@dataclass(frozen=True, slots=True)
class OtherLayout:
    """The same table in a file that is written otherwise.

    Attributes:
        what: What is different, in words.
        layout: How it is written.
    """

    name: str
    doc: str
    what: str
    layout: Layout
    remedy: str = ""

    def applies(self, table: pa.Table, facts: TableFacts) -> Target | str:
        """Any table."""
        return Target(facts)

    def apply(self, table: pa.Table, target: Target) -> Altered:
        """The table as it is."""
        return Altered(table, self.what, layout=self.layout)


_LAYOUTS = (
    OtherLayout(
        "compression",
        "the file is compressed otherwise",
        "Snappy instead of Zstandard",
        Layout({"compression": "snappy"}),
    ),
    OtherLayout(
        "dictionary-encoding",
        "every column is encoded with a dictionary",
        "dictionaries for every column",
        Layout({**_DEFAULT, "use_dictionary": True}),
    ),
    OtherLayout(
        "pages",
        "the file has small pages of the newer version",
        "pages of 8 KiB, version 2.0",
        Layout({**_DEFAULT, "data_page_size": 8_192, "data_page_version": "2.0"}),
    ),
    OtherLayout(
        "no-statistics",
        "the file has no statistics",
        "no statistics",
        Layout({**_DEFAULT, "write_statistics": False}),
    ),
    OtherLayout(
        "metadata",
        "the footer says more than before",
        "a key of another writer in the footer",
        Layout(_DEFAULT, {"writer": "another one"}),
    ),
)

#: All of them by name, in the order they are shown.
BENIGN: dict[str, Alteration] = {
    one.name: one
    for one in (
        OneMoreDay(),
        ColumnOrder(),
        RowOrder(),
        Nullability(),
        StringLayout(),
        ExtraColumn(),
        RowGroups(),
        *_LAYOUTS,
    )
}


def _other_text(kind: pa.DataType) -> pa.DataType | None:
    if pa.types.is_large_string(kind):
        return pa.string()
    return pa.large_string() if pa.types.is_string(kind) else None
