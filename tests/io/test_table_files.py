"""Frames to files and back: every format, every library, and the same data whichever it is."""

from __future__ import annotations

import datetime
import gzip
import sys
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, assume, given, settings

from featurecat.errors import RequestError, RunError, StoreError, UnsupportedError
from featurecat.frames.arrow import from_arrow, to_arrow_table
from featurecat.io.adapter_registry import ADAPTERS

FILES = {
    "parquet": "weeks.parquet",
    "csv": "weeks.csv",
    "json": "weeks.json",
    "ndjson": "weeks.ndjson",
    "feather": "weeks.feather",
    "orc": "weeks.orc",
    "excel": "weeks.xlsx",
}
ENGINES = ("pandas", "polars", "polars-lazy", "pyarrow")
FRAMES: dict[str, Any] = {
    "pandas": pd.DataFrame,
    "polars": pl.DataFrame,
    "polars-lazy": pl.LazyFrame,
    "pyarrow": pa.Table,
}
COLUMNS: dict[str, Any] = {"pandas": pd.Series, "polars": pl.Series, "pyarrow": pa.ChunkedArray}
PLAIN = pa.table(
    {
        "week": pa.array([1, 2, 3]),
        "spend": pa.array([1.5, None, 0.1 + 0.2]),
        "code": pa.array(["AA", None, 'a "quoted", one'], pa.large_string()),
        "holiday": pa.array([True, False, True]),
    }
)
TIMES = pa.table(
    {
        "day": pa.array([datetime.date(2013, 1, 1), None, datetime.date(2013, 1, 3)]),
        "seen": pa.array([datetime.datetime(2013, 1, 1, 6, 30), None, datetime.datetime(2013, 1, 3, 1, 2, 3)]),
    }
)


def save(name: str, data: Any, path: Path | str, **arguments: Any) -> dict[str, Any]:
    saver: Any = ADAPTERS.find("save", name, type(data))
    metadata: dict[str, Any] = saver(path=path, **arguments).save_data(data)
    return metadata


def load(name: str, type_: Any, path: Path | str, **arguments: Any) -> tuple[Any, dict[str, Any]]:
    loader: Any = ADAPTERS.find("load", name, type_)
    loaded: tuple[Any, dict[str, Any]] = loader(path=path, **arguments).load_data(type_)
    return loaded


def as_arrow(data: Any) -> pa.Table:
    return to_arrow_table(data.collect() if isinstance(data, pl.LazyFrame) else data)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", FILES)
def test_what_is_written_is_what_is_read(tmp_path: Path, name: str, engine: str) -> None:
    path = tmp_path / FILES[name]
    written = save(name, from_arrow(PLAIN, engine), path)
    found, read = load(name, FRAMES[engine], path)
    assert isinstance(found, FRAMES[engine])
    if name == "excel":  # keeps 16 digits
        assert as_arrow(found).column("spend").to_pylist() == [1.5, None, pytest.approx(0.3, rel=1e-15)]
        assert as_arrow(found).drop_columns("spend").to_pydict() == PLAIN.drop_columns("spend").to_pydict()
    else:
        assert as_arrow(found).to_pydict() == PLAIN.to_pydict()
    assert written["dataframe_metadata"]["rows"] == 3
    assert written["file_metadata"]["size"] == read["file_metadata"]["size"] == path.stat().st_size
    assert read["dataframe_metadata"]["column_names"] == PLAIN.column_names
    assert read["dataframe_metadata"]["rows"] == (None if engine == "polars-lazy" else 3)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", ["parquet", "csv", "feather", "orc"])
def test_days_and_times_stay_what_they_are(tmp_path: Path, name: str, engine: str) -> None:
    path = tmp_path / FILES[name]
    save(name, from_arrow(TIMES, engine), path)
    found = as_arrow(load(name, FRAMES[engine], path)[0])
    assert found.column("seen").to_pylist() == TIMES.column("seen").to_pylist()
    assert [str(day)[:10] for day in found.column("day").to_pylist()] == ["2013-01-01", "None", "2013-01-03"]


@pytest.mark.parametrize("name", ["parquet", "csv", "json", "ndjson", "orc"])
def test_the_file_is_the_same_whichever_library_writes_it(tmp_path: Path, name: str) -> None:
    written = set()
    for engine in ENGINES:
        path = tmp_path / engine / FILES[name]
        save(name, from_arrow(PLAIN, engine), path)
        written.add(path.read_bytes())
    assert len(written) == 1


@pytest.mark.parametrize("name", FILES)
def test_the_types_read_are_the_same_in_pandas_and_polars(tmp_path: Path, name: str) -> None:
    path = tmp_path / FILES[name]
    save(name, from_arrow(PLAIN, "polars"), path)
    schemas = {as_arrow(load(name, frame, path)[0]).schema.to_string() for frame in FRAMES.values()}
    assert len(schemas) == 1


#: Before pandas 3 texts are objects there, and a column of gaps alone says no type.
_TEXTS_ARE_OBJECTS = pd.Series(["a"]).dtype == object
_TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_characters="\x7f\x85"), max_size=8)


@st.composite
def tables(draw: st.DrawFn) -> pa.Table:
    rows = draw(st.integers(1, 5))
    column = {
        "number": st.none() | st.integers(-(2**62), 2**62),
        "share": st.none() | st.floats(allow_nan=False, allow_infinity=False),
        "text": st.none() | _TEXT,
        "flag": st.none() | st.booleans(),
        "seen": st.none() | st.datetimes(datetime.datetime(1900, 1, 1), datetime.datetime(2100, 1, 1)),
    }
    types = (pa.int64(), pa.float64(), pa.large_string(), pa.bool_(), pa.timestamp("us"))
    arrays = [
        pa.array(draw(st.lists(values, min_size=rows, max_size=rows)), type_)
        for values, type_ in zip(column.values(), types, strict=True)
    ]
    return pa.Table.from_arrays(arrays, names=list(column))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=tables(), name=st.sampled_from(["parquet", "feather"]), engine=st.sampled_from(ENGINES))
def test_law_files_with_types_keep_everything(tmp_path: Path, table: pa.Table, name: str, engine: str) -> None:
    gaps_alone = table.column("text").null_count == table.num_rows
    assume(not (engine == "pandas" and _TEXTS_ARE_OBJECTS and gaps_alone))
    path = tmp_path / FILES[name]
    save(name, from_arrow(table, engine), path)
    assert as_arrow(load(name, FRAMES[engine], path)[0]).equals(table)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=tables(), engine=st.sampled_from(("pandas", "polars")))
def test_law_json_keeps_numbers_texts_and_gaps(tmp_path: Path, table: pa.Table, engine: str) -> None:
    kept = table.select(["number", "share", "text", "flag"])
    save("json", from_arrow(kept, engine), tmp_path / "t.json")
    assert as_arrow(load("json", FRAMES[engine], tmp_path / "t.json")[0]).to_pydict() == kept.to_pydict()


# --- arguments --------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", FILES)
def test_columns_and_rows_choose_what_is_read(tmp_path: Path, name: str, engine: str) -> None:
    path = tmp_path / FILES[name]
    save(name, from_arrow(PLAIN, engine), path)
    found = as_arrow(load(name, FRAMES[engine], path, columns=["holiday", "week"], rows=2)[0])
    assert found.to_pydict() == {"holiday": [True, False], "week": [1, 2]}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", FILES)
def test_columns_choose_what_is_written(tmp_path: Path, name: str, engine: str) -> None:
    path = tmp_path / FILES[name]
    metadata = save(name, from_arrow(PLAIN, engine), path, columns=("holiday", "week"))
    assert metadata["dataframe_metadata"]["column_names"] == ["holiday", "week"]
    assert as_arrow(load(name, FRAMES[engine], path)[0]).column_names == ["holiday", "week"]


@pytest.mark.parametrize("engine", COLUMNS)
@pytest.mark.parametrize("name", FILES)
def test_a_column_is_a_file_with_one(tmp_path: Path, name: str, engine: str) -> None:
    path = tmp_path / FILES[name]
    table = from_arrow(PLAIN, engine)
    column = table.column("week") if engine == "pyarrow" else table["week"]
    save(name, column, path)
    found = load(name, COLUMNS[engine], path)[0]
    assert isinstance(found, COLUMNS[engine])
    assert (found.to_pylist() if engine == "pyarrow" else found.to_list()) == [1, 2, 3]


@pytest.mark.parametrize("engine", COLUMNS)
def test_a_column_of_several_has_to_be_chosen(tmp_path: Path, engine: str) -> None:
    path = tmp_path / "weeks.parquet"
    save("parquet", PLAIN, path)
    with pytest.raises(RequestError, match="has 4 columns, and one is asked for") as caught:
        load("parquet", COLUMNS[engine], path)
    assert caught.value.problems[0].hint == "choose it: columns=['week']"
    assert len(load("parquet", COLUMNS[engine], path, columns=["spend"])[0]) == 3


@pytest.mark.parametrize("name", FILES)
def test_a_pandas_index_that_says_something_becomes_a_column(tmp_path: Path, name: str) -> None:
    path = tmp_path / FILES[name]
    frame = pd.DataFrame({"spend": [1.5, 2.5]}, index=pd.Index(["AA", "UA"], name="carrier"))
    save(name, frame, path)
    assert as_arrow(load(name, pl.DataFrame, path)[0]).to_pydict() == {"carrier": ["AA", "UA"], "spend": [1.5, 2.5]}
    save(name, frame, path, index=False)
    assert as_arrow(load(name, pd.DataFrame, path)[0]).to_pydict() == {"spend": [1.5, 2.5]}
    save(name, frame.reset_index().set_index("carrier", drop=False), path)
    assert as_arrow(load(name, pd.DataFrame, path)[0]).column_names == ["carrier", "spend"]
    with pytest.raises(RunError, match="the index and a column are both called 'spend', and differ"):
        save(name, frame.rename_axis("spend"), path)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", ["csv", "json", "ndjson"])
@pytest.mark.parametrize("ending", [".gz", ".zst"])
def test_text_is_packed_where_the_name_ends_so(tmp_path: Path, name: str, engine: str, ending: str) -> None:
    path = tmp_path / (FILES[name] + ending)
    save(name, from_arrow(PLAIN, engine), path)
    if ending == ".gz":
        assert b"week" in gzip.decompress(path.read_bytes())
    assert as_arrow(load(name, FRAMES[engine], path)[0]).to_pydict() == PLAIN.to_pydict()


@pytest.mark.parametrize("engine", ENGINES)
def test_csv_takes_its_own_arguments(tmp_path: Path, engine: str) -> None:
    path = tmp_path / "weeks.txt"
    save("csv", from_arrow(PLAIN, engine), path, delimiter=";", null_value="-")
    assert path.read_text().splitlines()[:3] == ["week;spend;code;holiday", "1;1.5;AA;true", "2;-;-;false"]
    found = load("csv", FRAMES[engine], path, delimiter=";", null_values=["-"])[0]
    assert as_arrow(found).to_pydict() == PLAIN.to_pydict()
    path.write_text("made by hand\ncode,share\n007,1\n")
    found = load("csv", FRAMES[engine], path, skip=1, types={"code": "string"})[0]
    assert as_arrow(found).to_pydict() == {"code": ["007"], "share": [1]}


def test_tabs_stand_in_a_tsv(tmp_path: Path) -> None:
    save("csv", PLAIN.select(["week", "spend"]), tmp_path / "w.tsv")
    assert (tmp_path / "w.tsv").read_text().splitlines()[0] == "week\tspend"
    for frame in FRAMES.values():
        assert as_arrow(load("csv", frame, tmp_path / "w.tsv")[0]).column_names == ["week", "spend"]


def test_a_lazy_frame_is_scanned_and_not_read(tmp_path: Path) -> None:
    for name in ("parquet", "csv", "ndjson", "feather"):
        path = tmp_path / FILES[name]
        save(name, PLAIN, path)
        assert "SCAN" in load(name, pl.LazyFrame, path)[0].explain().upper()


@pytest.mark.parametrize("name", ["parquet", "csv", "feather"])
def test_not_a_number_is_a_gap_however_it_is_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / FILES[name]
    frame = pl.DataFrame({"share": [1.0, float("nan")]})
    {"parquet": frame.write_parquet, "csv": frame.write_csv, "feather": frame.write_ipc}[name](path)
    for kind in FRAMES.values():
        assert as_arrow(load(name, kind, path)[0]).column("share").null_count == 1


# --- options of the library -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "engine", "options"),
    [
        ("parquet", "pandas", {"dtype_backend": "pyarrow"}),
        ("parquet", "polars", {"use_statistics": False}),
        ("parquet", "polars-lazy", {"row_index_name": "row"}),
        ("parquet", "pyarrow", {"use_threads": False}),
        ("csv", "pandas", {"dtype": {"week": "float64"}}),
        ("csv", "polars", {"infer_schema_length": 1}),
        ("csv", "polars-lazy", {"infer_schema_length": 10}),
        ("json", "pandas", {"dtype": False}),
        ("json", "polars", {"infer_schema_length": 10}),
        ("ndjson", "pandas", {"dtype": False}),
        ("ndjson", "polars", {"batch_size": 10}),
        ("feather", "pandas", {"use_threads": False}),
        ("feather", "polars", {"row_index_name": "row"}),
        ("feather", "pyarrow", {"use_threads": False}),
        ("orc", "pandas", {"dtype_backend": "pyarrow"}),
        ("excel", "pandas", {"dtype": {"week": "float64"}}),
        ("excel", "polars", {"header": 0}),
    ],
)
def test_options_are_those_of_the_library(tmp_path: Path, name: str, engine: str, options: dict[str, Any]) -> None:
    path = tmp_path / FILES[name]
    save(name, PLAIN.select(["week", "holiday"]), path)
    found = load(name, FRAMES[engine], path, options=options)[0]
    assert isinstance(found, FRAMES[engine])
    assert as_arrow(found).column("week").to_pylist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("name", "engine", "options"),
    [
        ("parquet", "pandas", {"row_group_size": 1}),
        ("parquet", "polars", {"statistics": False}),
        ("parquet", "pyarrow", {"row_group_size": 1}),
        ("csv", "pandas", {"lineterminator": "\r\n"}),
        ("csv", "polars", {"quote_style": "always"}),
        ("json", "pandas", {"indent": 1}),
        ("ndjson", "pandas", {"force_ascii": False}),
        ("feather", "pandas", {"chunksize": 1}),
        ("feather", "polars-lazy", {"compression": "lz4"}),
        ("orc", "pandas", {"engine_kwargs": {"stripe_size": 1024}}),
        ("excel", "polars", {"startrow": 0}),
    ],
)
def test_options_of_the_library_write(tmp_path: Path, name: str, engine: str, options: dict[str, Any]) -> None:
    path = tmp_path / FILES[name]
    save(name, from_arrow(PLAIN.select(["week", "holiday"]), engine), path, options=options)
    assert as_arrow(load(name, FRAMES[engine], path)[0]).to_pydict() == {
        "week": [1, 2, 3],
        "holiday": [True, False, True],
    }


def test_options_go_with_the_arguments_the_library_knows(tmp_path: Path) -> None:
    path = tmp_path / "w.csv"
    save("csv", PLAIN, path, delimiter=";")
    found = load("csv", pd.DataFrame, path, delimiter=";", columns=["week"], rows=1, options={"dtype": "float64"})[0]
    assert found.to_dict("list") == {"week": [1.0]}
    lazy = load("csv", pl.LazyFrame, path, delimiter=";", columns=["week"], options={"infer_schema_length": 5})[0]
    assert lazy.collect().to_dict(as_series=False) == {"week": [1, 2, 3]}
    with pytest.raises(UnsupportedError, match="parquet for pandas cannot take both rows= and options="):
        save("parquet", PLAIN, path.with_suffix(".parquet"))
        load("parquet", pd.DataFrame, path.with_suffix(".parquet"), rows=1, options={"dtype_backend": "pyarrow"})
    with pytest.raises(UnsupportedError, match="polars has no function of its own for orc"):
        save("orc", from_arrow(PLAIN, "polars"), path.with_suffix(".orc"), options={"a": 1})


def test_a_folder_of_parts_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "weeks"
    for weeks in ([1, 2], [3]):
        frame = pd.DataFrame({"week": weeks, "spend": 1.5})
        save("parquet", frame, path, options={"partition_cols": ["week"]})
    assert [one.name for one in path.iterdir()] == ["week=3"]
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(("name", "engine"), [("csv", "pandas"), ("csv", "polars-lazy"), ("parquet", "polars")])
def test_what_lies_at_an_address_is_read_by_the_library(tmp_path: Path, name: str, engine: str) -> None:
    path = tmp_path / FILES[name]
    save(name, PLAIN, path)
    found, metadata = load(name, FRAMES[engine], f"file://{path}", columns=["week"])
    assert as_arrow(found).to_pydict() == {"week": [1, 2, 3]}
    assert metadata["file_metadata"]["scheme"] == "file"


def test_an_address_nobody_can_reach_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(UnsupportedError, match="what lies at a s3:// address cannot be reached"):
        load("csv", pd.DataFrame, "s3://bucket/weeks.csv")
    with pytest.raises(UnsupportedError, match="what lies at a s3:// address cannot be reached"):
        save("csv", pd.DataFrame({"a": [1]}), "s3://bucket/weeks.csv")


# --- errors -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(tmp_path: Path, name: str, engine: str) -> None:
    with pytest.raises(StoreError, match="there is no file .*weeks") as caught:
        load(name, FRAMES[engine], tmp_path / FILES[name])
    assert caught.value.code == "source-unreadable"


@pytest.mark.parametrize("name", ["parquet", "json", "feather", "orc", "excel"])
def test_a_broken_file_is_an_error_without_a_traceback(tmp_path: Path, name: str) -> None:
    path = tmp_path / FILES[name]
    path.write_bytes(b"{]PK\x03\x04 this is not what its name says")
    with pytest.raises((StoreError, ValueError)):
        load(name, pd.DataFrame, path)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_column_is_named_with_one_near(tmp_path: Path, name: str) -> None:
    path = tmp_path / FILES[name]
    save(name, PLAIN, path)
    with pytest.raises(RequestError, match="no column 'spned'") as caught:
        load(name, pd.DataFrame, path, columns=["spned"])
    assert "did you mean 'spend'?" in str(caught.value)
    with pytest.raises(RequestError, match="no column 'spned' to write"):
        save(name, PLAIN, path, columns=["spned"])


def test_what_no_file_can_hold_is_refused_and_the_old_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "weeks.parquet"
    save("parquet", PLAIN, path)
    before = path.read_bytes()
    with pytest.raises(RunError) as caught:
        save("parquet", pd.DataFrame({"mixed": [object(), 1]}), path)
    assert caught.value.code == "not-tabular"
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("engine", ["pandas", "polars"])
def test_a_writer_that_fails_midway_leaves_the_old_file(tmp_path: Path, engine: str) -> None:
    path = tmp_path / "weeks.csv"
    save("csv", PLAIN, path)
    before = path.read_bytes()
    with pytest.raises(TypeError):
        save("csv", from_arrow(PLAIN, engine), path, options={"no_such_argument": 1})
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_text_is_not_written_into_a_zip(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedError, match="cannot be written into a .zip"):
        save("csv", PLAIN, tmp_path / "weeks.csv.zip")
    assert list(tmp_path.iterdir()) == []


def test_excel_has_no_time_zones(tmp_path: Path) -> None:
    frame = pl.DataFrame({"seen": [datetime.datetime(2013, 1, 1, tzinfo=datetime.UTC)]})
    with pytest.raises(RequestError, match="excel has no time zones, and seen has one"):
        save("excel", frame, tmp_path / "w.xlsx")


def test_a_missing_library_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save("excel", PLAIN, tmp_path / "w.xlsx")
    for module in [one for one in sys.modules if one.partition(".")[0] == "openpyxl"]:
        monkeypatch.setitem(sys.modules, module, None)
    for attempt in (
        lambda: save("excel", PLAIN, tmp_path / "v.xlsx"),
        lambda: load("excel", pl.DataFrame, tmp_path / "w.xlsx"),
    ):
        with pytest.raises(UnsupportedError, match="excel files need openpyxl") as caught:
            attempt()
        assert caught.value.problems[0].hint == "pip install 'featurecat[excel]'"
