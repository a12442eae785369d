"""The columns of a query and their lineage, read off its text."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import pytest

from featurecat.catalog.columns import Columns, query_column_rows, query_columns
from featurecat.execution.sql import run_query

UNKNOWN: dict[str, Sequence[str] | None] = {"flights": None, "weather": None}
KNOWN: dict[str, Sequence[str] | None] = {"flights": ["origin", "Delay", "x"], "weather": ["origin", "temp"]}

WITHOUT_SCHEMAS = {
    "names": ("SELECT a, b FROM flights", [("a", [("flights", "a")]), ("b", [("flights", "b")])]),
    "expressions": (
        "SELECT origin, count(*) AS n, avg(f.delay + w.temp) AS late FROM flights f JOIN weather w USING (origin) GROUP BY 1",
        [
            ("origin", [("flights", "origin"), ("weather", "origin")]),
            ("n", []),
            ("late", [("flights", "delay"), ("weather", "temp")]),
        ],
    ),
    "a WITH": ("WITH a AS (SELECT x + 1 AS y FROM flights) SELECT y * 2 AS z FROM a", [("z", [("flights", "x")])]),
    "a union": ("SELECT x FROM flights UNION ALL SELECT y FROM weather", [("x", [("flights", "x"), ("weather", "y")])]),
    "values": ("SELECT $year AS year, x FROM flights", [("year", []), ("x", [("flights", "x")])]),
    "a window": (
        "SELECT sum(x) OVER (PARTITION BY o) AS s FROM flights",
        [("s", [("flights", "o"), ("flights", "x")])],
    ),
    "a star": ("SELECT * FROM flights", [("*", [("flights", "*")])]),
    "a star without SELECT": ("FROM flights", [("*", [("flights", "*")])]),
    "a star of one": (
        "SELECT f.*, w.temp FROM flights f, weather w",
        [("*", [("flights", "*")]), ("temp", [("weather", "temp")])],
    ),
    "a star of a WITH": ("WITH a AS (SELECT *, 1 AS one FROM flights) SELECT * FROM a", [("*", [("flights", "*")])]),
    "nobody's column": ("SELECT delay FROM flights JOIN weather ON true", [("delay", [])]),
    "generated rows": ("SELECT i FROM range(3) t(i)", [("i", [])]),
}


@pytest.mark.parametrize(("text", "expected"), WITHOUT_SCHEMAS.values(), ids=WITHOUT_SCHEMAS)
def test_tables_of_unknown_columns(text: str, expected: Columns) -> None:
    assert query_columns(text, UNKNOWN) == expected


WITH_SCHEMAS = {
    "a star": ("FROM flights", [(name, [("flights", name)]) for name in ("origin", "Delay", "x")]),
    "a star without": (
        "SELECT * EXCLUDE (x) FROM flights",
        [("origin", [("flights", "origin")]), ("Delay", [("flights", "Delay")])],
    ),
    "names as they are written": ("SELECT DELAY AS Late FROM Flights", [("Late", [("flights", "Delay")])]),
    "the only one that has it": ("SELECT temp FROM flights JOIN weather ON true", [("temp", [("weather", "temp")])]),
}


@pytest.mark.parametrize(("text", "expected"), WITH_SCHEMAS.values(), ids=WITH_SCHEMAS)
def test_tables_of_known_columns(text: str, expected: Columns) -> None:
    assert query_columns(text, KNOWN) == expected


@pytest.mark.parametrize("text", ["SELEC", "", "DESCRIBE flights", "PIVOT flights ON origin IN ('A') USING sum(n)"])
def test_what_is_not_understood_has_no_columns(text: str) -> None:
    assert query_columns(text, UNKNOWN) == []


@pytest.mark.parametrize(
    "text",
    [
        "SELECT origin, max(x) AS most FROM flights GROUP BY origin",
        "FROM flights",
        "SELECT * REPLACE (x + 1 AS x) FROM flights",
        "WITH a AS (SELECT *, x + 1 AS y FROM flights) SELECT a.*, temp FROM a JOIN weather USING (origin)",
        "SELECT x FROM flights ORDER BY Delay LIMIT 1",
    ],
)
def test_duckdb_gives_the_same_columns(text: str) -> None:
    tables = {name: pl.DataFrame(dict.fromkeys(columns or (), [1])) for name, columns in KNOWN.items()}
    used = {name: table for name, table in tables.items() if name in text}
    answer = run_query(text, tables=used, values={}, engine="polars")
    assert [name for name, _ in query_columns(text, KNOWN)] == answer.columns


def test_rows_of_the_catalog() -> None:
    text = "SELECT f.*, temp AS warm, 1 AS one FROM f JOIN w USING (origin)"
    tables = {"f": "weekly/flights", "w": "weather"}
    rows = query_column_rows("joined", text, tables=tables, known={"weather": ["origin", "temp"]})
    assert [(row.feature, row.ordinal, row.name, row.origin, row.doc) for row in rows] == [
        ("joined", 0, "*", "query", "from weekly/flights.*"),
        ("joined", 1, "warm", "query", "from weather.temp"),
        ("joined", 2, "one", "query", None),
    ]
