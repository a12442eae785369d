"""Queries: what is read off them, and what DuckDB makes of frames."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from featurecat.errors import RequestError, RunError
from featurecat.execution.sql import marked, read_query, run_query

READ = {
    "plain": ("SELECT a FROM flights", ["flights"], []),
    "twice": ("FROM flights, Flights AS other", ["flights"], []),
    "a WITH of the same name": ("WITH flights AS (FROM flights) FROM flights", ["flights"], []),
    "a WITH after a WITH": ("WITH a AS (FROM x), b AS (FROM a) FROM b", ["x"], []),
    "a WITH has its own range": ("SELECT * FROM (WITH a AS (FROM x) FROM a), a", ["x", "a"], []),
    "a WITH that is materialized": ("WITH a AS MATERIALIZED (FROM x) FROM a", ["x"], []),
    "recursion": ("WITH RECURSIVE r AS (SELECT 1 n UNION ALL SELECT n + 1 FROM r, x WHERE n < 9) FROM r", ["x"], []),
    "inner queries": ("SELECT (SELECT max(b) FROM y) FROM x WHERE EXISTS (FROM z)", ["x", "y", "z"], []),
    "unions": ("SELECT a FROM x UNION ALL SELECT a FROM y", ["x", "y"], []),
    "generated rows": ("FROM range(3), unnest([1, 2]), generate_series(1, 2)", [], []),
    "a static pivot": ("PIVOT x ON a IN ('b') USING sum(c)", ["x"], []),
    "described": ("DESCRIBE x", ["x"], []),
    "values": ("SELECT $a, $b, $A FROM x", ["x"], ["a", "b"]),
    "a closing semicolon": ("FROM x;", ["x"], []),
}


@pytest.mark.parametrize(("text", "tables", "values"), READ.values(), ids=READ)
def test_what_a_query_takes(text: str, tables: list[str], values: list[str]) -> None:
    query = read_query(text)
    assert sorted(table.name for table in query.tables) == sorted(tables)
    assert [value.name for value in query.values] == values


def test_mentions_are_placed() -> None:
    text = "SELECT 'é', $year\nFROM flights"
    query = read_query(text)
    for mention, written in ((query.tables[0], "flights"), (query.values[0], "$year")):
        assert mention.offset == text.index(written)


def test_long_queries_are_read_and_longer_ones_refused() -> None:
    assert read_query("SELECT " + " + ".join(["a"] * 100) + " FROM x").tables[0].name == "x"
    with pytest.raises(RequestError, match=r"too deep|depth"):
        read_query("SELECT " + " + ".join(["a"] * 900) + " FROM x")


@pytest.mark.parametrize(
    "text", ["WITH x AS (COPY (SELECT 1) TO 'f') SELECT 1", "WITH x AS (INSERT INTO t VALUES (1)) SELECT 1"]
)
def test_writing_in_a_query_is_refused(text: str) -> None:
    with pytest.raises(RequestError) as caught:
        read_query(text)
    assert caught.value.problems[0].code == "invalid-sql"


@given(st.text(alphabet="ab\nü", max_size=30), st.data())
def test_the_mark_is_below_the_character(text: str, data: Any) -> None:
    offset = data.draw(st.integers(0, len(text)))
    line, mark = marked(text + "x", offset)
    column = mark.index("^")
    shown = line + " "
    assert column >= len("LINE 1: ")
    if (text + "x")[offset] != "\n":
        assert shown[column] == (text + "x")[offset]


# --- values and types -------------------------------------------------------------------------------

ENGINES = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "pyarrow": pa.table}
EVERYTHING = {
    "whole": [1, 2],
    "number": [1.5, None],
    "text": ["a", None],
    "truth": [True, None],
    "day": [dt.date(2020, 1, 1), None],
    "moment": [dt.datetime(2020, 1, 1, 12), None],
    "zoned": [dt.datetime(2020, 1, 1, 12, tzinfo=dt.UTC), None],
    "span": [dt.timedelta(days=1, seconds=2), None],
    "exact": [Decimal("1.50"), None],
    "several": [[1, 2], None],
}


@pytest.mark.parametrize("engine", ENGINES)
def test_every_type_survives(engine: str) -> None:
    frame = pa.table(EVERYTHING)
    taken = {
        "pandas": lambda: pl.from_arrow(frame).to_pandas(use_pyarrow_extension_array=True),
        "polars": lambda: pl.from_arrow(frame),
        "pyarrow": lambda: frame,
    }[engine]()
    answer = run_query("FROM t", tables={"t": taken}, values={}, engine="polars")
    assert isinstance(answer, pl.DataFrame)
    assert answer.to_dict(as_series=False) == EVERYTHING
    assert answer.schema["whole"] == pl.Int64
    assert answer.schema["span"] == pl.Duration("us")


@pytest.mark.parametrize("engine", ENGINES)
def test_nan_is_null_on_the_way_in_and_out(engine: str) -> None:
    frame = ENGINES[engine]({"x": [1.0, float("nan")]})
    query = "SELECT count(x) AS n, count(*) AS rows, 'nan'::DOUBLE AS odd FROM t"
    answer = run_query(query, tables={"t": frame}, values={}, engine="polars")
    assert answer.rows() == [(1, 2, None)]


def test_sums_of_integers_are_integers() -> None:
    frame = pl.DataFrame({"n": [1, 2]})
    answer = run_query("SELECT sum(n) AS n FROM t", tables={"t": frame}, values={}, engine="pandas")
    assert answer.n.dtype == "int64"
    with pytest.raises(RunError, match="64 bits") as caught:
        run_query(f"SELECT {2**70} AS n FROM t", tables={"t": frame}, values={}, engine="pandas")
    assert str(2**70) not in str(caught.value)


def test_months_are_no_span_of_time() -> None:
    with pytest.raises(duckdb.Error, match="months"):
        run_query("SELECT INTERVAL 1 MONTH AS age", tables={}, values={}, engine="polars")


@pytest.mark.parametrize(
    "value",
    [
        1,
        1.5,
        "a",
        True,
        None,
        dt.date(2020, 1, 1),
        dt.datetime(2020, 1, 1),
        Decimal("1.5"),
        [1, 2],
        np.int64(3),
        np.float64(2.5),
    ],
    ids=repr,
)
def test_values(value: object) -> None:
    answer = run_query("SELECT $value AS x", tables={}, values={"value": value}, engine="polars")
    assert answer.to_dict(as_series=False) == {"x": [value]}


def test_a_value_cannot_become_sql() -> None:
    answer = run_query("SELECT $v AS x", tables={}, values={"v": "1; DROP TABLE t"}, engine="polars")
    assert answer.item() == "1; DROP TABLE t"


def test_named_index_levels_are_columns() -> None:
    named = pd.DataFrame({"x": [1, 2]}, index=pd.Index(["a", "b"], name="key"))
    filtered = pd.DataFrame({"x": [1, 2, 3]})[lambda frame: frame.x > 1]
    answer = run_query("FROM t ORDER BY key DESC", tables={"t": named}, values={}, engine="pandas")
    assert answer.columns.tolist() == ["key", "x"]
    assert answer.index.equals(pd.RangeIndex(2))
    assert run_query("FROM t", tables={"t": filtered}, values={}, engine="polars").columns == ["x"]


def test_rows_without_values() -> None:
    empty = pl.DataFrame(schema={"x": pl.Int64})
    assert run_query("FROM t", tables={"t": empty}, values={}, engine="polars").schema == {"x": pl.Int64}


# --- faults -----------------------------------------------------------------------------------------


def test_a_column_that_is_not_there() -> None:
    with pytest.raises(RunError, match='"orgin" not found') as caught:
        run_query(
            "SELECT orgin\nFROM t",
            tables={"t": pl.DataFrame({"origin": [1]})},
            values={},
            engine="polars",
            file="q.sql",
        )
    (problem,) = caught.value.problems
    assert (problem.code, problem.file, problem.line) == ("invalid-sql", "q.sql", 1)
    assert any('"origin"' in line for line in problem.details)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (3, "t is a value of type int|t is int"),
        (pl.DataFrame(), "t has no columns"),
        (pl.DataFrame({"a": [1], "A": [2]}), "'a' and 'A', which are one name in SQL"),
        (pl.DataFrame({"a": [object()]}), "column 'a'"),
    ],
    ids=["a number", "no columns", "alike columns", "objects"],
)
def test_what_is_no_table(value: object, message: str) -> None:
    with pytest.raises(RunError, match=message) as caught:
        run_query("FROM t", tables={"t": value}, values={}, engine="polars")
    assert caught.value.code == "not-tabular"


def test_columns_of_one_name() -> None:
    frame = pl.DataFrame({"id": [1]})
    with pytest.raises(RunError, match="named 'id'") as caught:
        run_query("FROM a JOIN b ON a.id = b.id", tables={"a": frame, "b": frame}, values={}, engine="polars")
    assert "USING" in (caught.value.problems[0].hint or "")


@pytest.mark.parametrize(
    "text",
    [
        "FROM read_text('/etc/hostname')",
        "FROM '/etc/hostname.csv'",
        "FROM secret",
        "SELECT getenv('HOME')",
        "COPY (SELECT 1) TO 'out.csv'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
    ],
)
def test_nothing_else_can_be_reached(text: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever gets past the reading of a query, the database is locked."""
    monkeypatch.chdir(tmp_path)
    secret = pl.DataFrame({"x": [1]})  # noqa: F841 - DuckDB would find it by its name
    with pytest.raises((duckdb.Error, RunError)):
        run_query(text, tables={}, values={}, engine="polars")
    assert not list(tmp_path.iterdir())


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.none() | st.integers(-(2**31), 2**31), st.none() | st.floats(width=32)),
        max_size=20,
    )
)
def test_the_engines_agree(rows: list[tuple[str, int | None, float | None]]) -> None:
    """The same query on the same rows gives the same, whichever engine holds them."""
    table = pa.table(
        {
            "key": pa.array([row[0] for row in rows], pa.string()),
            "whole": pa.array([row[1] for row in rows], pa.int64()),
            "number": pa.array([row[2] for row in rows], pa.float64()),
        }
    )
    query = "SELECT key, count(number) AS n, sum(whole) AS whole, max(number) AS most FROM t GROUP BY key ORDER BY key"
    frames = [table.to_pandas(), pl.from_arrow(table), table]
    first, *others = [run_query(query, tables={"t": frame}, values={}, engine="polars").rows() for frame in frames]
    assert all(other == first for other in others)


def test_tables_may_have_names_that_sql_uses() -> None:
    frame = pl.DataFrame({"group": [1], "x": [2]})
    answer = run_query('SELECT "group", x FROM "order"', tables={"order": frame}, values={}, engine="polars")
    assert answer.rows() == [(1, 2)]
    assert read_query('FROM "order"').tables[0].name == "order"
