from __future__ import annotations

import gzip
import json
import math
import os
import zipfile
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

from featurecat.errors import RequestError, StoreError
from featurecat.frames.arrow import to_arrow_table
from featurecat.io.formats.csv import Csv
from featurecat.io.formats.parquet import Parquet
from featurecat.io.reader import Reader
from featurecat.io.registry import FORMATS, find_format, format_of_path
from featurecat.io.sources import SourceSpec, read_source, source_columns

ROWS = [
    {"flight": 1, "origin": "EWR", "delay": 2.5, "late": True, "seats": 20},
    {"flight": 2, "origin": "JFK", "delay": None, "late": None, "seats": None},
    {"flight": 3, "origin": None, "delay": -1.0, "late": False, "seats": 30},
]
TYPES = {"flight": "int64", "origin": "string", "delay": "double", "late": "bool", "seats": "int64"}
TABLE = pa.Table.from_pylist(ROWS)
CSV = "flight,origin,delay,late,seats\n1,EWR,2.5,true,20\n2,JFK,NaN,,\n3,NA,-1.0,false,30\n"


def write_parquet(path: Path) -> None:
    pq.write_table(TABLE, path)


def write_folder(path: Path) -> None:
    path.mkdir()
    pq.write_table(TABLE.slice(0, 2), path / "part-0.parquet")
    pq.write_table(TABLE.slice(2), path / "part-1.parquet")


def write_stream(path: Path) -> None:
    with pa.ipc.new_stream(path, TABLE.schema) as writer:
        writer.write_table(TABLE)


def write_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("flights.csv", CSV)


def write_duckdb(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "create table flights(flight bigint, origin varchar, delay double, late boolean, seats bigint)"
        )
        connection.executemany("insert into flights values (?, ?, ?, ?, ?)", [list(row.values()) for row in ROWS])


LINES = "".join(json.dumps(row) + "\n" for row in ROWS)
FILES = {
    "flights.parquet": ("parquet", write_parquet),
    "folder": ("parquet", write_folder),
    "flights.csv": ("csv", lambda path: path.write_text(CSV)),
    "flights.tsv": ("csv", lambda path: path.write_text(CSV.replace(",", "\t"))),
    "flights.csv.gz": ("csv", lambda path: path.write_bytes(gzip.compress(CSV.encode()))),
    "flights.csv.zip": ("csv", write_zip),
    "flights.ndjson": ("ndjson", lambda path: path.write_text(LINES)),
    "flights.json": ("json", lambda path: path.write_text(json.dumps(ROWS))),
    "flights.json.gz": ("json", lambda path: path.write_bytes(gzip.compress(LINES.encode()))),
    "flights.feather": ("feather", lambda path: feather.write_feather(TABLE, path)),
    "flights.arrows": ("arrow", write_stream),
    "flights.duckdb": ("duckdb", write_duckdb),
}


@pytest.fixture(params=FILES)
def source(request, tmp_path):
    name, (file_format, write) = request.param, FILES[request.param]
    write(tmp_path / name)
    table = "flights" if file_format == "duckdb" else None
    return SourceSpec("flights", file_format, str(tmp_path / name), key=("flight",), table=table)


@pytest.mark.parametrize("engine", ["pandas", "polars", "pyarrow"])
def test_every_format_yields_the_same_frame(source, engine):
    table = to_arrow_table(read_source(source, engine))
    assert table.to_pylist() == ROWS


def test_columns_are_told_without_reading(source):
    assert source_columns(source) == TYPES


def test_only_the_columns_consumed_and_the_key_are_read(source):
    assert read_source(source, "polars", ("delay",)).columns == ["flight", "delay"]
    assert read_source(source, "polars", ("late", "origin")).columns == ["flight", "origin", "late"]


def test_limit_takes_the_first_rows(source):
    assert read_source(source, "polars", limit=2).rows(named=True) == ROWS[:2]
    assert read_source(source, "polars", ("seats",), limit=0).shape == (0, 2)


def test_unknown_columns_are_named_all_at_once(source):
    with pytest.raises(RequestError) as caught:
        read_source(source, "pandas", ("dealy", "gate", "delay"))
    first, second = caught.value.problems
    assert (first.code, first.file) == ("source-unreadable", source.path)
    assert first.hint == "did you mean 'delay'?"
    assert "'gate'" in second.message
    assert first.details == ("columns: flight, origin, delay, late, seats",)


def test_a_key_that_the_file_lacks_is_an_error_even_when_all_columns_are_read(source):
    spec = SourceSpec("flights", source.format, source.path, key=("carrier",), table=source.table)
    with pytest.raises(RequestError, match="no column 'carrier'"):
        read_source(spec, "polars")


def test_files_are_read_anew_when_they_change(tmp_path):
    path = tmp_path / "a.csv"
    spec, reader = SourceSpec("a", "csv", str(path)), Reader()
    path.write_text("x\n1\n")
    assert read_source(spec, "polars", reader=reader)["x"].to_list() == [1]
    path.write_text("x\n2\n3\n")
    assert read_source(spec, "polars", reader=reader)["x"].to_list() == [2, 3]


@pytest.mark.parametrize(("adapter", "name"), [(Parquet, "flights.parquet"), (Csv, "flights.csv")])
def test_no_column_is_read_twice(monkeypatch, tmp_path, adapter, name):
    file_format, write = FILES[name]
    write(tmp_path / name)
    spec, reader = SourceSpec("flights", file_format, str(tmp_path / name)), Reader()
    asked, original = [], adapter.read

    def counting(self, request, columns, limit):
        asked.append(columns)
        return original(self, request, columns, limit)

    monkeypatch.setattr(adapter, "read", counting)
    for columns in (("delay",), ("delay",), ("delay", "late"), ("seats",)):
        assert read_source(spec, "polars", columns, reader=reader).columns == list(columns)
    rest = [["late"], ["seats"]] if adapter is Parquet else [["flight", "origin", "late", "seats"]]
    assert asked == [["delay"], *rest]


def test_declared_types_are_applied_before_text_is_guessed_at(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("zip,kind,day\n01234,a,2013-01-02\n,b,\n")
    spec = SourceSpec("a", "csv", str(path), columns={"zip": "string", "kind": "category", "day": "timestamp"})
    assert source_columns(spec) == {"zip": "string", "kind": "dictionary<string>", "day": "timestamp[us]"}
    frame = read_source(spec, "polars")
    assert frame["zip"].to_list() == ["01234", None]
    assert frame["kind"].dtype == pl.Categorical
    assert frame["day"].dtype == pl.Datetime("us")


def test_declared_types_convert_what_is_stored(source):
    spec = SourceSpec(
        "flights", source.format, source.path, columns={"flight": "int32", "origin": "category"}, table=source.table
    )
    table = to_arrow_table(read_source(spec, "pandas", ("flight", "origin")))
    assert table.column("flight").type == pa.int32()
    assert table.column("origin").to_pylist() == ["EWR", "JFK", None]


def test_a_declared_type_that_does_not_fit_names_column_and_file(source):
    spec = SourceSpec("flights", source.format, source.path, columns={"origin": "int64"}, table=source.table)
    with pytest.raises(StoreError) as caught:
        read_source(spec, "polars")
    assert caught.value.code == "source-unreadable"
    assert source.path in str(caught.value)
    assert "column 'origin'" in str(caught.value)
    assert "the declared int64" in str(caught.value)
    assert "EWR" not in str(caught.value)


def test_a_declared_type_that_does_not_exist(tmp_path):
    spec = SourceSpec("a", "csv", str(tmp_path / "a.csv"), columns={"x": "flaot64", "y": "strnig"})
    with pytest.raises(RequestError) as caught:
        read_source(spec, "pandas")
    assert [problem.message.split(":")[0] for problem in caught.value.problems] == [
        "source 'a', column 'x'",
        "source 'a', column 'y'",
    ]


@pytest.mark.parametrize("name", FILES)
def test_missing_file(tmp_path, name):
    spec = SourceSpec("flights", FILES[name][0], str(tmp_path / name), table="flights")
    with pytest.raises(StoreError) as caught:
        read_source(spec, "pandas")
    assert caught.value.code == "source-unreadable"
    assert str(tmp_path / name) in caught.value.problems[0].message


@pytest.mark.parametrize("name", [name for name in FILES if name != "folder"])
def test_corrupt_file(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"[\x00secret\xff" * 50)
    spec = SourceSpec("flights", FILES[name][0], str(path), key=("flight",), table="flights")
    with pytest.raises((StoreError, RequestError)) as caught:
        read_source(spec, "pandas")
    assert caught.value.code == "source-unreadable"
    assert caught.value.problems[0].file == str(path)


@pytest.mark.parametrize("name", ["flights.parquet", "flights.csv.zip", "flights.csv.gz", "flights.feather"])
def test_torn_file(tmp_path, name):
    path = tmp_path / name
    FILES[name][1](path)
    os.truncate(path, path.stat().st_size - 12)
    with pytest.raises(StoreError) as caught:
        read_source(SourceSpec("flights", FILES[name][0], str(path)), "pandas")
    assert caught.value.problems[0].file == str(path)


def test_messages_quote_no_data(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\nsecret,words,here\n")
    with pytest.raises(StoreError) as caught:
        read_source(SourceSpec("a", "csv", str(path)), "pandas")
    assert "secret" not in str(caught.value)
    path.write_text("a\n1\nsecret\n")
    with pytest.raises(StoreError) as caught:
        read_source(SourceSpec("a", "csv", str(path), columns={"a": "int64"}), "pandas")
    assert "secret" not in str(caught.value)


def test_zip_with_several_files(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.csv.zip", "w") as archive:
        archive.writestr("a.csv", "x\n1\n")
        archive.writestr("b.csv", "x\n1\n")
    with pytest.raises(StoreError, match="this one holds 2"):
        read_source(SourceSpec("a", "csv", str(tmp_path / "a.csv.zip")), "pandas")


def test_query_of_a_database(tmp_path):
    write_duckdb(tmp_path / "a.duckdb")
    query = "select origin, count(*) as flights from flights group by all order by all"
    spec = SourceSpec("counts", "duckdb", str(tmp_path / "a.duckdb"), query=query)
    assert read_source(spec, "polars", ("flights",)).columns == ["flights"]
    assert source_columns(spec) == {"origin": "string", "flights": "int64"}


def test_database_without_table(tmp_path):
    write_duckdb(tmp_path / "a.duckdb")
    with pytest.raises(StoreError, match="name one with table"):
        read_source(SourceSpec("a", "duckdb", str(tmp_path / "a.duckdb")), "pandas")
    with pytest.raises(StoreError, match="fligths"):
        read_source(SourceSpec("a", "duckdb", str(tmp_path / "a.duckdb"), table="fligths"), "pandas")


def test_csv_options(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("# made by hand\nname;share\nJ\xfcrgen;1,5\n-;2,5\n".encode("latin-1"))
    options = {"delimiter": ";", "encoding": "latin-1", "decimal_point": ",", "skip_rows": 1, "null_values": ["-"]}
    frame = read_source(SourceSpec("a", "csv", str(path), options=options), "polars")
    assert frame.rows() == [("J\xfcrgen", 1.5), (None, 2.5)]


def test_nan_is_null_at_the_boundary(tmp_path):
    pq.write_table(pa.table({"a": [1.0, math.nan]}), tmp_path / "a.parquet")
    frame = read_source(SourceSpec("a", "parquet", str(tmp_path / "a.parquet")), "polars")
    assert frame["a"].to_list() == [1.0, None]


def test_pandas_frames_have_their_own_types(tmp_path):
    write_parquet(tmp_path / "a.parquet")
    frame = read_source(SourceSpec("a", "parquet", str(tmp_path / "a.parquet")), "pandas")
    assert [str(frame[name].dtype) for name in ("flight", "delay", "late", "seats")] == [
        "int64",
        "float64",
        "boolean",
        "Int64",
    ]
    assert frame["origin"].dtype == pd.Series(["a"]).dtype
    assert isinstance(frame.index, pd.RangeIndex)


def test_grain_lists_key_and_timestamp():
    assert SourceSpec("a", "csv", "a.csv", key=("x",), timestamp="t").grain == ("x", "t")
    assert SourceSpec("a", "csv", "a.csv", key=("x", "t"), timestamp="t").grain == ("x", "t")
    assert SourceSpec("a", "csv", "a.csv").grain == ()


@pytest.mark.parametrize(
    ("path", "name"),
    [("a.csv.zip", "csv"), ("a.PARQUET", "parquet"), ("a.b.jsonl", "json"), ("a.arrow", "feather"), ("a.db", "duckdb")],
)
def test_format_of_path(path, name):
    assert format_of_path(path) == name


def test_unknown_formats(tmp_path):
    with pytest.raises(RequestError, match=r"\.parquet"):
        format_of_path("a.xlsx")
    with pytest.raises(RequestError, match="did you mean 'parquet'"):
        find_format("parket")
    assert format_of_path(tmp_path) == "parquet"
    assert set(FORMATS) >= {"parquet", "csv", "json", "feather", "duckdb"}
