from __future__ import annotations

import datetime
import decimal
import hashlib
from pathlib import Path
from typing import Annotated, Any, Literal, Optional

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from featurecat.errors import RequestError, StoreError, UnsupportedError
from featurecat.io.formats.csv import Csv
from featurecat.io.inputs import describe_input, parse_literal, read_input
from featurecat.io.reader import Reader


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "weeks.csv"
    file.write_text("spend,signups\n10,1\n20,2\n")
    return file


def values(column: Any) -> list[Any]:
    return column.to_pylist() if isinstance(column, pa.ChunkedArray) else column.to_list()


@pytest.mark.parametrize("annotation", [pd.Series, pl.Series, pa.ChunkedArray, Optional[pd.Series]], ids=str)  # noqa: UP045 - the old spelling is to work too
def test_a_column_is_taken_by_the_inputs_name_or_by_its_own(path, annotation):
    assert values(read_input("spend", str(path), annotation)) == [10, 20]
    chosen = read_input("leads", f"{path}#signups", annotation)
    assert values(chosen) == [1, 2]
    assert getattr(chosen, "name", "leads") == "leads"


@pytest.mark.parametrize("annotation", [pd.DataFrame, pl.DataFrame, pl.LazyFrame, pa.Table])
def test_a_frame_is_the_whole_file(path, annotation):
    frame = read_input("weeks", str(path), annotation)
    assert isinstance(frame, annotation)
    assert isinstance(frame, pl.LazyFrame) or frame.shape == (2, 2)


def test_a_file_named_several_times_is_read_once(path, monkeypatch):
    reads, original, reader = [], Csv.read, Reader()
    monkeypatch.setattr(Csv, "read", lambda *arguments: reads.append(1) or original(*arguments))
    for name in ("spend", "signups"):
        read_input(name, str(path), pd.Series, reader=reader)
    assert len(reads) == 1


def test_an_absent_column_lists_the_columns(path):
    with pytest.raises(RequestError) as caught:
        read_input("spned", str(path), pd.Series)
    problem = caught.value.problems[0]
    assert problem.file == str(path)
    assert "did you mean 'spend'?" in str(problem.hint)
    assert "spend, signups" in str(problem.hint)
    with pytest.raises(RequestError, match="no column 'clicks'"):
        read_input("spend", f"{path}#clicks", pl.Series)


def test_limit(path):
    assert values(read_input("spend", str(path), pl.Series, limit=1)) == [10]


def test_a_path_may_hold_the_mark_itself(tmp_path):
    file = tmp_path / "week#1.csv"
    file.write_text("spend\n1\n")
    assert values(read_input("spend", str(file), pd.Series)) == [1]
    assert values(read_input("cost", f"{file}#spend", pd.Series)) == [1]


def test_a_frame_has_no_column_to_choose(path):
    with pytest.raises(RequestError, match="is a frame"):
        read_input("weeks", f"{path}#spend", pd.DataFrame)


def test_missing_file_and_unknown_format(tmp_path):
    with pytest.raises(StoreError, match="there is no file"):
        read_input("spend", str(tmp_path / "gone.parquet"), pd.Series)
    with pytest.raises(RequestError, match="cannot be told"):
        read_input("spend", "5", pd.Series)


def test_an_expression_cannot_be_read(path):
    with pytest.raises(UnsupportedError):
        read_input("spend", str(path), pl.Expr)


def test_tables_of_a_database(tmp_path):
    file = tmp_path / "weeks.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("create table weeks as select 10 as spend, 1 as signups")
    assert read_input("weeks", f"{file}#weeks", pl.DataFrame).rows() == [(10, 1)]
    assert values(read_input("spend", f"{file}#weeks", pd.Series)) == [10]
    assert values(read_input("leads", f"{file}#weeks.signups", pd.Series)) == [1]


def test_json_makes_columns_and_frames():
    assert values(read_input("spend", "[1, null, 3]", pl.Series, as_json=True)) == [1, None, 3]
    frame = read_input("weeks", '[{"a": 1}, {"a": 2, "b": "x"}]', pl.DataFrame, as_json=True)
    assert frame.rows() == [(1, None), (2, "x")]
    with pytest.raises(RequestError, match="array of objects"):
        read_input("weeks", "[1]", pd.DataFrame, as_json=True)


@pytest.mark.parametrize(
    ("text", "annotation", "value"),
    [
        ("3", int, 3),
        ("3", float, 3.0),
        ("2.5", float, 2.5),
        ("nan-like", str, "nan-like"),
        ("007", str, "007"),
        ("5", str, "5"),
        ('"5"', str, "5"),
        ("true", bool, True),
        ("2013-01-31", datetime.date, datetime.date(2013, 1, 31)),
        ("2013-01-31T05:00:00", datetime.datetime, datetime.datetime(2013, 1, 31, 5)),
        ("1.10", decimal.Decimal, decimal.Decimal("1.1")),
        ("data/a.csv", Path, Path("data/a.csv")),
        ("[1, 2]", list[int], [1, 2]),
        ("[1, 2]", tuple, (1, 2)),
        ("{a = 1}", dict, {"a": 1}),
        ("us", Literal["us", "uk"], "us"),
        ("3", int | None, 3),
        ("none", Optional[int], None),  # noqa: UP045 - the old spelling is to work too
        ("3", Annotated[int, "weeks"], 3),
        ("3", Any, 3),
        ("1\nb = 2", Any, "1\nb = 2"),
    ],
)
def test_literals(text, annotation, value):
    found = parse_literal("weeks", text, annotation)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "annotation"),
    [("secret", int), ("true", int), ("2.5", int), ("1", bool), ("secret", Literal["us"]), ("1", datetime.date)],
)
def test_literals_of_another_type_are_refused_without_quoting_them(text, annotation):
    with pytest.raises(RequestError) as caught:
        read_input("weeks", text, annotation)
    assert caught.value.code == "input-type"
    assert "secret" not in str(caught.value)


def test_json_literals():
    assert parse_literal("weeks", '{"a": [1, null]}', dict, as_json=True) == {"a": [1, None]}
    assert parse_literal("weeks", "null", Optional[int], as_json=True) is None  # noqa: UP045 - the old spelling is to work too
    with pytest.raises(RequestError, match="is not JSON"):
        parse_literal("weeks", "{", Any, as_json=True)


def test_description_for_the_manifest(path):
    record = describe_input("weeks", path)
    assert (record.name, record.kind, record.uri, record.bytes) == ("weeks", "file", str(path), path.stat().st_size)
    assert record.mtime_ns == path.stat().st_mtime_ns
    assert record.content_hash == hashlib.sha256(path.read_bytes()).hexdigest()
    assert describe_input("weeks", f"{path}#spend").schema_hash == record.schema_hash
    path.write_text("spend,signups\n30,3\n")
    changed = describe_input("weeks", path)
    assert changed.schema_hash == record.schema_hash
    assert changed.content_hash != record.content_hash


def test_what_cannot_be_read_has_no_schema(tmp_path):
    file = tmp_path / "notes.txt"
    file.write_text("hello")
    assert describe_input("notes", file).schema_hash is None
    gone = describe_input("gone", tmp_path / "gone.parquet")
    assert (gone.bytes, gone.content_hash, gone.schema_hash) == (None, None, None)
