"""Frames to tables of databases and back: DuckDB, SQLite, and what SQLAlchemy speaks to."""

from __future__ import annotations

import datetime
import decimal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import sqlalchemy

from featurecat.errors import RequestError, RunError, StoreError, UnsupportedError
from featurecat.frames.arrow import from_arrow, to_arrow_table
from featurecat.io.adapter_registry import ADAPTERS

FRAMES: dict[str, Any] = {
    "pandas": pd.DataFrame,
    "polars": pl.DataFrame,
    "polars-lazy": pl.LazyFrame,
    "pyarrow": pa.Table,
}
WEEKS = pa.table(
    {
        "week": pa.array([1, 2, 3]),
        "spend": pa.array([1.5, None, 0.1 + 0.2]),
        "code": pa.array(["AA", None, "it's"], pa.large_string()),
    }
)
#: What is given to say where the tables are, and the format.
PLACES = ("duckdb file", "duckdb connection", "sqlite", "sqlite connection", "address", "engine", "connection")


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    name = request.param
    if name == "duckdb file":
        yield "sql", {"connection": tmp_path / "weeks.duckdb"}
    elif name == "duckdb connection":
        with duckdb.connect() as connection:
            yield "sql", {"connection": connection}
    elif name == "sqlite":
        yield "sqlite", {"path": str(tmp_path / "weeks.sqlite")}
    elif name == "sqlite connection":
        with closing(sqlite3.connect(tmp_path / "weeks.sqlite")) as connection:
            yield "sql", {"connection": connection}
    elif name == "address":
        yield "sql", {"connection": f"sqlite:///{tmp_path}/weeks.sqlite"}
    else:
        engine = sqlalchemy.create_engine(f"sqlite:///{tmp_path}/weeks.sqlite")
        if name == "engine":
            yield "sql", {"connection": engine}
        else:
            with engine.connect() as connection:
                yield "sql", {"connection": connection}
        engine.dispose()


def save(place: tuple[str, dict[str, Any]], data: Any, **arguments: Any) -> dict[str, Any]:
    saver: Any = ADAPTERS.find("save", place[0], type(data))
    metadata: dict[str, Any] = saver(**place[1], **arguments).save_data(data)
    return metadata


def load(place: tuple[str, dict[str, Any]], type_: Any = pa.Table, **arguments: Any) -> Any:
    loader: Any = ADAPTERS.find("load", place[0], type_)
    return loader(**place[1], **arguments).load_data(type_)


def as_arrow(data: Any) -> pa.Table:
    return to_arrow_table(data.collect() if isinstance(data, pl.LazyFrame) else data)


@pytest.mark.parametrize("engine", FRAMES)
def test_rows_come_back_as_they_were_written(place: Any, engine: str) -> None:
    written = save(place, from_arrow(WEEKS, engine), table="weeks")
    found, read = load(place, FRAMES[engine], table="weeks")
    assert isinstance(found, FRAMES[engine])
    assert as_arrow(found).to_pydict() == WEEKS.to_pydict()
    assert written["sql_metadata"]["rows"] == read["sql_metadata"]["rows"] == 3
    assert written["sql_metadata"]["table_name"] == "weeks"
    assert read["sql_metadata"]["query"] is None
    assert read["dataframe_metadata"]["column_names"] == WEEKS.column_names


def test_an_existing_table_is_kept_replaced_or_appended_to(place: Any) -> None:
    save(place, WEEKS, table="weeks")
    with pytest.raises(StoreError, match="there is a table 'weeks' already") as caught:
        save(place, WEEKS, table="weeks")
    assert caught.value.problems[0].hint == "if_exists='replace' or 'append'"
    assert load(place, table="weeks")[0].num_rows == 3
    save(place, WEEKS.slice(0, 1), table="weeks", if_exists="append")
    assert load(place, table="weeks")[0].column("week").to_pylist() == [1, 2, 3, 1]
    save(place, WEEKS.slice(1, 1).select(["week"]), table="weeks", if_exists="replace")
    assert load(place, table="weeks")[0].to_pydict() == {"week": [2]}
    save(place, WEEKS, table="others", if_exists="append")
    assert load(place, table="others")[0].num_rows == 3


def test_queries_take_parameters_and_tables_columns(place: Any) -> None:
    save(place, WEEKS, table="weeks", columns=["code", "week"])
    alchemy = place[0] == "sql" and not isinstance(
        place[1]["connection"], Path | sqlite3.Connection | duckdb.DuckDBPyConnection
    )
    params: Any = {"least": 2} if alchemy else [2]
    mark = ":least" if alchemy else "?"
    found, metadata = load(place, query=f"select week from weeks where week >= {mark} order by week", params=params)
    assert found.to_pydict() == {"week": [2, 3]}
    assert metadata["sql_metadata"]["query"].startswith("select week")
    assert load(place, table="weeks", columns=["week", "code"])[0].column_names == ["week", "code"]
    assert load(place, pl.Series, table="weeks", columns=["week"])[0].to_list() == [1, 2, 3]


def test_what_the_database_refuses_is_an_error_without_a_traceback(place: Any) -> None:
    save(place, WEEKS, table="weeks")
    with pytest.raises(StoreError, match="the database cannot be read") as caught:
        load(place, table="wekes")
    assert caught.value.code == "source-unreadable"
    with pytest.raises(StoreError, match="the database cannot be read"):
        load(place, query="selec 1")


def test_a_failed_append_leaves_the_table_as_it_was(place: Any) -> None:
    save(place, WEEKS.select(["week"]), table="weeks")
    with pytest.raises(StoreError, match="the database takes nothing"):
        save(place, WEEKS, table="weeks", if_exists="append")
    assert load(place, table="weeks")[0].to_pydict() == {"week": [1, 2, 3]}


def test_odd_names_are_quoted(place: Any) -> None:
    odd = pa.table({'a "b"; drop table x': pa.array([1])})
    save(place, odd, table='odd "name"')
    assert load(place, table='odd "name"')[0].to_pydict() == odd.to_pydict()


def test_duckdb_keeps_types(tmp_path: Path) -> None:
    table = pa.table(
        {
            "day": pa.array([datetime.date(2013, 1, 1)]),
            "seen": pa.array([datetime.datetime(2013, 1, 1, 6)]),
            "price": pa.array([decimal.Decimal("1.50")]),
            "on": pa.array([True]),
        }
    )
    place = ("sql", {"connection": str(tmp_path / "w.duckdb")})
    save(place, from_arrow(table, "polars"), table="t")
    assert load(place, table="t")[0].equals(table)


def test_sqlite_keeps_times_as_text(tmp_path: Path) -> None:
    table = pa.table(
        {
            "day": pa.array([datetime.date(2013, 1, 1)]),
            "seen": pa.array([datetime.datetime(2013, 1, 1, 6)]),
            "price": pa.array([decimal.Decimal("1.50")]),
            "on": pa.array([True]),
            "raw": pa.array([b"x"]),
            "members": pa.array([[1, 2]]),
        }
    )
    place = ("sqlite", {"path": tmp_path / "w.sqlite"})
    save(place, from_arrow(table, "polars"), table="t")
    assert load(place, table="t")[0].to_pydict() == {
        "day": ["2013-01-01"],
        "seen": ["2013-01-01T06:00:00"],
        "price": ["1.50"],
        "on": [1],
        "raw": [b"x"],
        "members": ["[1, 2]"],
    }


def test_sqlalchemy_has_a_type_for_each_of_ours(tmp_path: Path) -> None:
    table = pa.table(
        {
            "day": pa.array([datetime.date(2013, 1, 1)]),
            "seen": pa.array([datetime.datetime(2013, 1, 1, 6)]),
            "at": pa.array([datetime.time(6, 30)]),
            "on": pa.array([True]),
            "raw": pa.array([b"x"]),
            "gaps": pa.nulls(1),
        }
    )
    engine = sqlalchemy.create_engine(f"sqlite:///{tmp_path}/w.sqlite")
    place = ("sql", {"connection": engine})
    save(place, table, table="t")
    columns = {column["name"]: str(column["type"]) for column in sqlalchemy.inspect(engine).get_columns("t")}
    assert columns == {
        "day": "DATE",
        "seen": "DATETIME",
        "at": "TIME",
        "on": "BOOLEAN",
        "raw": "BLOB",
        "gaps": "TEXT",
    }
    with pytest.raises(RunError, match="values of type list<int64> have no type in a database"):
        save(place, pa.table({"members": [[1]]}), table="lists")
    engine.dispose()


def test_the_callers_transaction_is_theirs(tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        place = ("sql", {"connection": connection})
        save(place, WEEKS, table="weeks")
        connection.begin()
        save(place, WEEKS, table="weeks", if_exists="append")
        connection.rollback()
        assert load(place, table="weeks")[0].num_rows == 3
    with closing(sqlite3.connect(tmp_path / "w.sqlite", isolation_level=None)) as other:
        place = ("sql", {"connection": other})
        save(place, WEEKS, table="weeks")
        other.execute("begin")
        save(place, WEEKS, table="weeks", if_exists="append")
        other.rollback()
        assert load(place, table="weeks")[0].num_rows == 3


@pytest.mark.parametrize(
    ("attempt", "error", "message"),
    [
        (lambda path: load(("sql", {"connection": path / "no.duckdb"}), table="t"), StoreError, "there is no file"),
        (lambda path: load(("sqlite", {"path": path / "no.sqlite"}), table="t"), StoreError, "there is no file"),
        (lambda path: load(("sql", {"connection": 3}), table="t"), RequestError, "takes no value of type int"),
        (
            lambda path: load(("sql", {"connection": "nosuch://user:secret@host/x"}), table="t"),
            UnsupportedError,
            "no database can be reached at a nosuch:// address",
        ),
        (lambda path: load(("sql", {"connection": path / "a"})), RequestError, "takes either table= or query="),
        (
            lambda path: load(("sql", {"connection": duckdb.connect()}), pl.Series, query="select 1 a, 2 b"),
            RequestError,
            "has 2 columns, and one is asked for",
        ),
    ],
)
def test_misuse_is_one_clear_error(
    tmp_path: Path, attempt: Callable[[Path], Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message) as caught:
        attempt(tmp_path)
    assert "secret" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_column_of_several_types_is_named(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "w.sqlite")) as connection:
        connection.execute("create table t (a)")
        connection.executemany("insert into t values (?)", [(1,), ("x",)])
        connection.commit()
        with pytest.raises(RunError, match="the values of column 'a' are not of one type"):
            load(("sql", {"connection": connection}), table="t")


def test_without_sqlalchemy_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    with pytest.raises(UnsupportedError, match="other than DuckDB and SQLite need SQLAlchemy") as caught:
        load(("sql", {"connection": "postgresql://host/x"}), table="t")
    assert caught.value.problems[0].hint == "pip install 'featurecat[sql]'"
