"""Corruptions and benign changes: the same again, the rows they say, and the table they are given left alone."""

from __future__ import annotations

import datetime
import math
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from featurecat.errors import EvaluationError
from featurecat.frames.alterations.benign import BENIGN
from featurecat.frames.alterations.change import Alteration, Altered, ColumnFacts, TableFacts, Target, some_rows
from featurecat.frames.alterations.corruptions import CORRUPTIONS
from featurecat.frames.alterations.days import newest_days
from featurecat.frames.alterations.files import Layout, cut_file, read_whole, write_again

AS_OF = datetime.datetime(2026, 3, 1, tzinfo=datetime.UTC)
START = datetime.datetime(2026, 1, 1, 7, tzinfo=datetime.UTC)
ROWS = 200


def table() -> pa.Table:
    numbers = range(ROWS)
    moments = [START + datetime.timedelta(hours=6 * number) for number in numbers]
    columns = {
        "order": pa.array(numbers, pa.int64()),
        "pieces": pa.array([1 + number % 7 for number in numbers], pa.int32()),
        "weight": pa.array([None if number % 9 == 0 else number / 4 for number in numbers], pa.float64()),
        "price": pa.array([number * 1.5 for number in numbers], pa.float64()),
        "region": pa.array([("north", "south", "ost")[number % 3] for number in numbers], pa.large_string()),
        "colour": pa.array([("red", "grün")[number % 2] for number in numbers]).dictionary_encode(),
        "placed_at": pa.array(moments, pa.timestamp("us", "UTC")),
        "day": pa.array([moment.date() for moment in moments], pa.date32()),
    }
    return pa.table(columns)


def facts(values: pa.Table | None = None, **more: Any) -> TableFacts:
    names = (table() if values is None else values).column_names
    columns = tuple(ColumnFacts(name, name) for name in names if name not in ("order", "placed_at"))
    return TableFacts(columns, **{"keys": ("order", "placed_at"), "timestamp": "placed_at", "as_of": AS_OF, **more})


def applied(alteration: Alteration, values: pa.Table, known: TableFacts) -> tuple[Target, Altered]:
    target = alteration.applies(values, known)
    assert isinstance(target, Target), target
    return target, alteration.apply(values, target)


def differing(before: pa.Table, after: pa.Table) -> list[int]:
    """Numbers of the rows that differ, NaN being equal to itself and to nothing else."""
    rows = zip(before.to_pylist(), after.to_pylist(), strict=True)
    return [
        number
        for number, (old, new) in enumerate(rows)
        if list(map(repr, old.values())) != list(map(repr, new.values()))
    ]


@pytest.mark.parametrize("alteration", [*CORRUPTIONS.values(), *BENIGN.values()], ids=lambda one: one.name)
def test_the_same_again_and_the_table_left_alone(alteration: Alteration) -> None:
    values = table()
    target, altered = applied(alteration, values, facts())
    assert values.equals(table())
    again = alteration.apply(table(), target)
    assert again.table.cast(altered.table.schema).to_pydict().keys() == altered.table.to_pydict().keys()
    assert str(again.table.to_pydict()) == str(altered.table.to_pydict()) and again.rows == altered.rows
    assert altered.what and alteration.doc and bool(alteration.remedy) == (alteration.name in CORRUPTIONS)


@pytest.mark.parametrize(
    "name", sorted(CORRUPTIONS.keys() - {"duplicate-keys", "empty-file", "stale-partition", "truncated-file"})
)
def test_the_rows_are_those_that_differ(name: str) -> None:
    target, altered = applied(CORRUPTIONS[name], table(), facts())
    expected = differing(table(), altered.table)
    assert altered.rows is not None and list(altered.rows) == expected
    touched = {column.name for column in target.columns}
    untouched = [one for one in table().column_names if one not in touched]
    assert altered.table.select(untouched).equals(table().select(untouched))
    assert altered.table.column_names == table().column_names


def test_duplicates_are_rows_that_were_there() -> None:
    _, altered = applied(CORRUPTIONS["duplicate-keys"], table(), facts())
    assert altered.rows is not None
    orders = altered.table["order"].to_pylist()
    assert sorted(number for number, order in enumerate(orders) if orders.count(order) > 1) == sorted(altered.rows)


def test_the_newest_days_are_gone() -> None:
    target, altered = applied(CORRUPTIONS["stale-partition"], table(), facts())
    assert target.columns[0].name == "placed_at"
    newest, left = (max(one["placed_at"].to_pylist()) for one in (table(), altered.table))
    assert newest - left == datetime.timedelta(days=3)
    assert altered.table.equals(table().slice(0, altered.table.num_rows))


def test_one_more_day_follows_a_run_without_it() -> None:
    _, altered = applied(BENIGN["one-more-day"], table(), facts())
    assert altered.before is not None and altered.table.equals(table())
    assert altered.before.num_rows == ROWS - 4


@pytest.mark.parametrize(
    ("name", "values", "reason"),
    [
        ("null-burst", {"a": [1, None]}, "no feature is complete"),
        ("null-burst", {"a": [math.nan, 1.0]}, "no feature is complete"),
        ("dtype-drift", {"a": ["x", "y"]}, "no feature has a type that could drift"),
        ("unit-1000", {"a": [0, 0]}, "no feature holds numbers other than 0"),
        ("unit-1000", {"a": [2**62, 1]}, "no feature holds numbers other than 0"),
        ("time-zone-shift", {"a": [1, 2]}, "no feature holds moments"),
        ("stale-partition", {"a": [datetime.date(2026, 1, 1)] * 2}, "the rows have no days, or only few"),
        ("category-drift", {"a": ["x", "y"]}, "no feature holds categories"),
        ("nan-for-null", {"a": [1, 2]}, "no feature holds floating point numbers"),
        ("swapped-values", {"a": [1, 2], "b": [1, 2]}, "no two features of one type have different values"),
        ("future-timestamps", {"a": [1, 2]}, "no feature holds moments or dates"),
        ("duplicate-keys", {"a": [1, 2]}, "the rows have no keys"),
        ("empty-file", {"a": pa.array([], pa.int64())}, "there are no rows already"),
        ("null-burst", {"a": pa.array([], pa.int64())}, "there are no rows"),
        ("one-more-day", {"a": [1, 2]}, "the rows have no days, or only one"),
        ("column-order", {"a": [1, 2]}, "there is only one column"),
        ("string-layout", {"a": [1, 2]}, "no column holds texts"),
        ("row-order", {"a": [1]}, "there are no two rows"),
        ("nullability", {"a": [None, 1]}, "no column is complete"),
        ("extra-column", {"unrelated_column": [1]}, "there is a column unrelated_column"),
    ],
    ids=lambda one: one if isinstance(one, str) else "values",
)
def test_what_cannot_be_applied_says_why(name: str, values: dict[str, Any], reason: str) -> None:
    plain = pa.table(values)
    known = TableFacts(tuple(ColumnFacts(column, column) for column in plain.column_names), as_of=AS_OF)
    assert {**CORRUPTIONS, **BENIGN}[name].applies(plain, known) == reason


def test_expected_columns_come_first_and_aimed_ones_alone() -> None:
    plain = pa.table({name: [1, 2, 3] for name in "abcdef"})
    for chosen in "abcdef":
        expected = tuple(ColumnFacts(one, one, frozenset({"range"} if one == chosen else ())) for one in "abcdef")
        target = CORRUPTIONS["null-burst"].applies(plain, TableFacts(expected))
        assert isinstance(target, Target) and target.columns[0].name == chosen and target.expected
        aimed = tuple(ColumnFacts(one, one, frozenset({"range"}), one == chosen) for one in "abcdef")
        target = CORRUPTIONS["null-burst"].applies(plain, TableFacts(aimed))
        assert isinstance(target, Target) and [one.name for one in target.columns] == [chosen]


def test_rows_in_order_are_not_shuffled() -> None:
    ordered = TableFacts((ColumnFacts("pieces", "pieces", frozenset({"monotonic"})),))
    assert BENIGN["row-order"].applies(table(), ordered) == "pieces is expected to be in order"


@pytest.mark.parametrize("name", ["column-order", "row-order", "nullability", "string-layout", "extra-column"])
def test_benign_changes_keep_every_value(name: str) -> None:
    _, altered = applied(BENIGN[name], table(), facts())
    assert not altered.table.schema.equals(table().schema) or name == "row-order"
    kept = altered.table.sort_by("order").select(table().column_names)
    assert kept.cast(table().schema).equals(table())


WRITTEN = {
    "row-groups": lambda metadata, column: metadata.num_row_groups == 10,
    "compression": lambda metadata, column: column.compression == "SNAPPY",
    "dictionary-encoding": lambda metadata, column: column.has_dictionary_page,
    "pages": lambda metadata, column: metadata.num_row_groups == 1,
    "no-statistics": lambda metadata, column: not column.is_stats_set,
    "metadata": lambda metadata, column: metadata.metadata[b"writer"] == b"another one",
}


@pytest.mark.parametrize("name", WRITTEN)
def test_benign_layouts_keep_values_and_footer(name: str, tmp_path) -> None:
    _, altered = applied(BENIGN[name], table(), facts())
    path = tmp_path / "part-0.parquet"
    pq.write_table(table().replace_schema_metadata({"featurecat.run_id": "r"}), path)
    assert isinstance(altered.layout, Layout)
    write_again(path, altered.layout)
    assert read_whole(path).equals(table())
    metadata = pq.read_metadata(path)
    assert metadata.metadata[b"featurecat.run_id"] == b"r"
    assert WRITTEN[name](metadata, metadata.row_group(0).column(0))


def test_all_layouts_are_looked_at() -> None:
    assert {name for name, one in BENIGN.items() if applied(one, table(), facts())[1].layout} == WRITTEN.keys()


def test_a_file_that_is_cut_cannot_be_read(tmp_path) -> None:
    path = tmp_path / "part-0.parquet"
    pq.write_table(table(), path)
    whole = path.stat().st_size
    cut_file(path, 0.6)
    assert path.stat().st_size == int(whole * 0.6)
    with pytest.raises(EvaluationError, match=r"part-0\.parquet cannot be read"):
        read_whole(path)


@pytest.mark.parametrize(
    "kind",
    [pa.date32(), pa.date64(), pa.timestamp("s"), pa.timestamp("ns", "UTC"), pa.timestamp("ms", "America/New_York")],
    ids=str,
)
def test_days_of_every_type(kind: pa.DataType) -> None:
    days = [datetime.datetime(2026, 1, day) for day in (3, 1, 2, 4)]
    column = pa.chunked_array([pa.array([*days, None], pa.timestamp("s")).cast(kind)])
    assert newest_days(column, 2).to_pylist() == [True, False, False, True, False]
    assert newest_days(column, 400) is not None, "a row without a day is never one of the newest"
    assert newest_days(column.drop_null(), 400) is None


COLUMN = st.sampled_from(
    [
        (pa.int64(), st.integers(-(10**6), 10**6)),
        (pa.float64(), st.floats(allow_subnormal=False, width=32)),
        (pa.string(), st.sampled_from(["a", "b", "ü", ""])),
        (pa.bool_(), st.booleans()),
        (pa.timestamp("us"), st.datetimes(datetime.datetime(2000, 1, 1), datetime.datetime(2030, 1, 1))),
        (pa.date32(), st.dates(datetime.date(2000, 1, 1), datetime.date(2030, 1, 1))),
        (pa.dictionary(pa.int32(), pa.string()), st.sampled_from(["a", "b"])),
        (pa.list_(pa.int64()), st.lists(st.integers(0, 3), max_size=2)),
    ]
)


@st.composite
def tables(draw: st.DrawFn) -> pa.Table:
    rows = draw(st.integers(0, 25))
    columns = {}
    for number in range(draw(st.integers(1, 5))):
        kind, values = draw(COLUMN)
        columns[f"c{number}"] = pa.array(draw(st.lists(st.none() | values, min_size=rows, max_size=rows)), kind)
    return pa.table(columns)


@given(tables(), st.sampled_from([*CORRUPTIONS.values(), *BENIGN.values()]))
def test_any_table_is_altered_as_told_or_refused_with_a_reason(values: pa.Table, alteration: Alteration) -> None:
    columns = tuple(ColumnFacts(name, name) for name in values.column_names[1:])
    known = TableFacts(columns, keys=(values.column_names[0],), as_of=AS_OF)
    target = alteration.applies(values, known)
    if isinstance(target, str):
        assert target
        return
    altered = alteration.apply(values, target)
    if altered.rows is not None and altered.table.num_rows == values.num_rows and alteration.name != "dtype-drift":
        assert list(altered.rows) == differing(values, altered.table)
        assert altered.rows or alteration.name in CORRUPTIONS
    if alteration.name in CORRUPTIONS:
        assert altered.kept < 1 or not altered.table.equals(values)
    else:
        names = values.column_names
        kept = altered.table.select(names).to_pylist()
        assert sorted(map(repr, kept)) == sorted(map(repr, values.to_pylist()))


def test_some_rows_are_spread_and_the_same_again() -> None:
    assert some_rows(1_000, 0.05, "x") == some_rows(1_000, 0.05, "x") != some_rows(1_000, 0.05, "y")
    assert len(some_rows(1_000, 0.05, "x")) == 50 and some_rows(1, 0.05, "x") == [0]
