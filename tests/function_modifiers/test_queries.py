"""@sql: what it makes of a function, and what is refused when, where and how."""

from __future__ import annotations

import re
import textwrap
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from featurecat.definition.collect import collect
from featurecat.driver import Builder
from featurecat.errors import DefinitionError, ModifierError, RequestError
from featurecat.function_modifiers.queries import QueryCall, sql
from tests.support.modules import ModuleMaker, line_of

FLIGHTS = {"origin": ["EWR", "JFK", "EWR", "LGA"], "delay": [1.0, 2.0, None, 4.0], "year": [2012, 2013, 2013, 2013]}

HEADER = """\
import pandas as pd
import polars as pl
import pyarrow as pa
from featurecat import feature, extract_columns, parameterize, check_output, value, source
from featurecat.function_modifiers.queries import sql

"""


def make(make_module: ModuleMaker, body: str) -> Any:
    return make_module(HEADER + textwrap.dedent(body))


def execute(module: Any, name: str, **inputs: Any) -> Any:
    return Builder().with_modules(module).build().execute([name], inputs=inputs)[name]


def build_error(module: Any) -> DefinitionError:
    with pytest.raises(DefinitionError) as caught:
        Builder().with_modules(module).build()
    return caught.value


INPUTS = {
    "pd.DataFrame": lambda: pd.DataFrame(FLIGHTS),
    "pl.DataFrame": lambda: pl.DataFrame(FLIGHTS),
    "pl.LazyFrame": lambda: pl.LazyFrame(FLIGHTS),
    "pa.Table": lambda: pa.table(FLIGHTS),
}
RETURNED = {
    "pd.DataFrame": pd.DataFrame,
    "pl.DataFrame": pl.DataFrame,
    "pl.LazyFrame": pl.LazyFrame,
    "pa.Table": pa.Table,
}


@pytest.mark.parametrize("returned", RETURNED)
@pytest.mark.parametrize("taken", INPUTS)
def test_every_engine_in_and_out(make_module: ModuleMaker, taken: str, returned: str) -> None:
    module = make(
        make_module,
        f'''
    @sql("SELECT origin, count(*) AS n, sum(delay) AS late FROM flights GROUP BY origin ORDER BY origin")
    def departures(flights: {taken}) -> {returned}:
        """Departures."""
    ''',
    )
    frame = execute(module, "departures", flights=INPUTS[taken]())
    assert type(frame) is RETURNED[returned]
    table = frame.collect() if isinstance(frame, pl.LazyFrame) else frame
    columns = {
        name: list(table[name].to_pylist() if isinstance(table, pa.Table) else table[name])
        for name in ("origin", "n", "late")
    }
    assert columns == {"origin": ["EWR", "JFK", "LGA"], "n": [2, 1, 1], "late": [1.0, 2.0, 4.0]}


def test_several_tables_of_several_engines_and_values(make_module: ModuleMaker) -> None:
    module = make(
        make_module,
        '''
    @sql("""
        SELECT flights.origin, any_value(name) AS name, max(delay) AS latest
        FROM flights JOIN Airports USING (origin)
        WHERE year >= $since
        GROUP BY ALL
        ORDER BY 1
    """)
    def latest(flights: pd.DataFrame, airports: pl.LazyFrame, *, since: int = 2013) -> pl.DataFrame: ...
    ''',
    )
    airports = pl.LazyFrame({"origin": ["EWR", "JFK"], "name": ["Newark", "Kennedy"]})
    rows = execute(module, "latest", flights=pd.DataFrame(FLIGHTS), airports=airports).rows()
    assert rows == [("EWR", "Newark", None), ("JFK", "Kennedy", 2.0)]
    assert len(execute(module, "latest", flights=pd.DataFrame(FLIGHTS), airports=airports, since=2014)) == 0


def test_columns_are_features(make_module: ModuleMaker) -> None:
    module = make(
        make_module,
        """
    @check_output(range=(0, 10), importance="fail")
    @extract_columns("n", "late")
    @sql("SELECT origin, count(*) AS n, sum(delay) AS late FROM flights GROUP BY origin ORDER BY origin")
    def departures(flights: pl.DataFrame) -> pl.DataFrame:
        pass

    def late_share(late: pl.Series, n: pl.Series) -> pl.Series:
        return late / n
    """,
    )
    assert execute(module, "late_share", flights=pl.DataFrame(FLIGHTS)).to_list() == [0.5, 2.0, 4.0]


def test_parameterized_by_value(make_module: ModuleMaker) -> None:
    module = make(
        make_module,
        """
    @parameterize(early={"year": value(2012)}, lately={"year": value(2013), "flights": source("trips")})
    @sql("SELECT count(*) AS n FROM flights WHERE year = $year")
    def counted(flights: pl.DataFrame, year: int) -> pl.DataFrame: ...
    """,
    )
    driver = Builder().with_modules(module).build()
    frame = pl.DataFrame(FLIGHTS)
    done = driver.execute(["early", "lately"], inputs={"flights": frame, "trips": frame})
    assert (done["early"].item(), done["lately"].item()) == (1, 3)


def test_a_column_is_a_table_of_one_column(make_module: ModuleMaker) -> None:
    module = make(
        make_module,
        """
    @sql("SELECT avg(delay) AS late FROM delay")
    def typical(delay: pd.Series) -> pd.DataFrame: ...
    """,
    )
    assert execute(module, "typical", delay=pd.Series([1.0, float("nan"), 3.0])).late.tolist() == [2.0]


def test_the_function_is_not_changed_and_its_query_can_be_run() -> None:
    @sql("SELECT count(*) AS n FROM flights WHERE year = $year")
    def counted(flights: pl.DataFrame, year: int = 2013) -> pl.DataFrame:
        """Counted."""

    assert counted(pl.DataFrame(FLIGHTS)) is None
    assert sql.run(counted, flights=pl.DataFrame(FLIGHTS)).item() == 3
    assert sql.run(counted, flights=pl.DataFrame(FLIGHTS), year=2012).item() == 1
    with pytest.raises(RequestError, match="needs 'flights'") as caught:
        sql.run(counted, flihgts=1)
    assert [problem.code for problem in caught.value.problems] == ["unknown-input", "missing-input"]
    assert caught.value.problems[0].hint == "did you mean 'flights'?"
    with pytest.raises(RequestError, match="has no query"):
        sql.run(test_columns_are_features)


def test_defining_loads_no_engine(make_module: ModuleMaker) -> None:
    module = make(make_module, '@sql("SELEC")\ndef broken(flights: pl.DataFrame) -> pl.DataFrame: ...\n')
    assert module.broken is not None  # a query is read when a graph is built


# --- a query in a file ------------------------------------------------------------------------------


def test_a_query_in_a_file(make_module: ModuleMaker) -> None:
    (make_module.root / "queries").mkdir()
    (make_module.root / "queries" / "departures.sql").write_text("SELECT count(*) AS n\nFROM flights -- all\n;")
    module = make(
        make_module,
        """
    @sql(file="queries/departures.sql")
    def departures(flights: pl.DataFrame) -> pl.DataFrame: ...
    """,
    )
    assert execute(module, "departures", flights=pl.DataFrame(FLIGHTS)).item() == 4
    (node,) = collect([module]).variants["departures"]
    assert isinstance(node.function, QueryCall)
    (attached,) = module.departures.__featurecat__
    assert attached.reads(module.departures) == (make_module.root / "queries" / "departures.sql",)


def test_faults_in_a_file_are_placed_there(make_module: ModuleMaker) -> None:
    path = make_module.root / "departures.sql"
    module = make(
        make_module,
        """
    @sql(file="departures.sql")
    def departures(flights: pl.DataFrame) -> pl.DataFrame: ...
    """,
    )
    problem = build_error(module).problems[0]
    assert "cannot be read from" in problem.message
    assert problem.line == line_of(module, "@sql")
    for text, line in (("SELECT *\n\nFRM flights", 3), ("SELECT *\nFROM flihgts", 2)):
        path.write_text(text)
        problem = build_error(module).problems[0]
        assert (problem.file, problem.line) == (str(path), line)
    path.write_bytes(b"SELECT '\xff' FROM flights")
    assert "it is not UTF-8" in build_error(module).problems[0].message


# --- misuse -----------------------------------------------------------------------------------------

AT_DECORATION = {
    "no query": ("@sql()", "def f(flights: pl.DataFrame) -> pl.DataFrame: ...", "takes a query"),
    "two": ("@sql('FROM flights', file='f.sql')", "def f(flights: pl.DataFrame) -> pl.DataFrame: ...", "takes a query"),
    "no text": ("@sql(1)", "def f(flights: pl.DataFrame) -> pl.DataFrame: ...", "takes the query as text, not 1"),
    "bare": ("@sql", "def f(flights: pl.DataFrame) -> pl.DataFrame: ...", "decorator with arguments"),
    "a body": (
        "@sql('FROM flights')",
        "def f(flights: pl.DataFrame) -> pl.DataFrame: return flights",
        "body is not empty",
    ),
    "async": (
        "@sql('FROM flights')",
        "async def f(flights: pl.DataFrame) -> pl.DataFrame: ...",
        "(not waited for|body)",
    ),
}


@pytest.mark.parametrize(("decorator", "function", "message"), AT_DECORATION.values(), ids=AT_DECORATION)
def test_refused_at_decoration(make_module: ModuleMaker, decorator: str, function: str, message: str) -> None:
    with pytest.raises(ModifierError, match=message) as caught:
        make(make_module, f"{decorator}\n{function}\n")
    (problem,) = caught.value.problems
    assert problem.file is not None and problem.file.endswith(".py")
    assert problem.line == len(HEADER.splitlines()) + 1
    assert problem.hint


AT_BUILD = {
    "a syntax error": ("SELECT FROM WHERE", "syntax error at or near", None, True),
    "no query": ("-- later", "there is no query", "SELECT", False),
    "several statements": ("FROM flights; FROM flights", "there are 2 statements", "a feature of each", False),
    "no SELECT": ("CREATE TABLE x AS FROM flights", "CREATE is no query", "SELECT, FROM or WITH", True),
    "an import": ("ATTACH 'other.duckdb'", "ATTACH is no query", "SELECT, FROM or WITH", True),
    "an extension": ("INSTALL httpfs", "is no query", "SELECT, FROM or WITH", True),
    "a copy": ("COPY flights TO 'f.csv'", "COPY is no query", "SELECT, FROM or WITH", True),
    "a dynamic pivot": ("PIVOT flights ON origin", "its columns depend on the data", "ON … IN", False),
    "an unknown table": (
        "FROM flihgts, flights",
        "reads 'flihgts', which is no parameter",
        "did you mean 'flights'?",
        True,
    ),
    "a strange table": ("FROM flights, zzz", "reads 'zzz', which is no parameter", "def f(zzz: …)", True),
    "a file": ("FROM flights, 'other.csv'", "reads 'other.csv', which is no parameter", None, True),
    "another schema": (
        "FROM flights, information_schema.tables",
        "'information_schema.tables', which is no",
        None,
        True,
    ),
    "a reading function": (
        "FROM flights, read_csv('other.csv')",
        r"read_csv\(\) reads what is not among",
        "source",
        True,
    ),
    "an unknown value": ("FROM flights WHERE year = $yaer", r"takes \$yaer, which is no parameter", None, True),
    "a nameless value": ("FROM flights WHERE year = ?", "its values have no names", r"\$name", True),
    "a numbered value": ("FROM flights WHERE year = $1", "its values have no names", r"\$name", True),
    "an unused parameter": ("SELECT 1 AS one", "does not use its parameter flights", "leave it out", False),
    "a frame as value": (
        "SELECT $flights AS f",
        r"takes \$flights as a value, but that is polars.DataFrame",
        "FROM flights",
        True,
    ),
}


@pytest.mark.parametrize(("query", "message", "hint", "marked"), AT_BUILD.values(), ids=AT_BUILD)
def test_refused_at_build(make_module: ModuleMaker, query: str, message: str, hint: str | None, marked: bool) -> None:
    module = make(make_module, f'@sql("{query}")\ndef f(flights: pl.DataFrame) -> pl.DataFrame: ...\n')
    (problem,) = build_error(module).problems
    assert re.search(message, problem.message), problem.message
    assert problem.message.startswith("@sql on f: ")
    assert (problem.file, problem.line, problem.feature) == (module.__file__, line_of(module, "@sql"), "f")
    assert problem.code == "invalid-sql"
    if hint is not None:
        assert re.search(hint.replace("(", r"\(").replace(")", r"\)") if "def" in hint else hint, problem.hint or "")
    assert bool(problem.details) == marked
    if marked:
        line, mark = problem.details[:2]
        assert line.startswith("LINE 1: ")
        assert mark.strip("^ ") == "" and "^" in mark


def test_every_fault_of_a_query_is_reported(make_module: ModuleMaker) -> None:
    module = make(
        make_module,
        """
    @sql("FROM flight, year WHERE y = $yaer")
    def f(flights: pl.DataFrame, year: int, more: pl.DataFrame) -> pl.DataFrame: ...
    """,
    )
    messages = [problem.message.removeprefix("@sql on f: ") for problem in build_error(module).problems]
    assert messages == [
        "it reads 'flight', which is no parameter",
        "it takes $yaer, which is no parameter",
        "it reads year as a table, but that is int",
    ]


def test_what_stands_where_in_the_text(make_module: ModuleMaker) -> None:
    module = make(
        make_module,
        '''
    @sql("""
    SELECT 'zürich' AS town, *
    FROM "flihgts"
    """)
    def f(flights: pl.DataFrame) -> pl.DataFrame: ...
    ''',
    )
    details = build_error(module).problems[0].details
    assert details == ('LINE 3: FROM "flihgts"', "             ^")


@pytest.mark.parametrize("returned", ["int", "pd.Series", "dict[str, int]"])
def test_the_return_type_must_be_a_frame(make_module: ModuleMaker, returned: str) -> None:
    module = make(make_module, f'@sql("FROM flights")\ndef f(flights: pl.DataFrame) -> {returned}: ...\n')
    (problem,) = build_error(module).problems
    assert "needs a function that returns a frame" in problem.message


def test_an_expression_is_no_table(make_module: ModuleMaker) -> None:
    module = make(make_module, '@sql("FROM delay")\ndef f(delay: pl.Expr) -> pl.DataFrame: ...\n')
    (problem,) = build_error(module).problems
    assert "reads delay as a table, but that is polars.Expr" in problem.message


def test_names_that_are_one_in_sql(make_module: ModuleMaker) -> None:
    module = make(
        make_module,
        '@sql("FROM flights")\ndef f(flights: pl.DataFrame, Flights: pl.DataFrame) -> pl.DataFrame: ...\n',
    )
    assert any("are one name in SQL" in problem.message for problem in build_error(module).problems)


def test_one_query_a_function(make_module: ModuleMaker) -> None:
    module = make(
        make_module,
        '@sql("FROM flights")\n@sql("FROM flights")\ndef f(flights: pl.DataFrame) -> pl.DataFrame: ...\n',
    )
    assert "cannot stand beside @sql" in build_error(module).problems[0].message


def test_a_call_survives_pickling() -> None:
    import pickle

    call = QueryCall(
        "SELECT $a AS a, * FROM t", None, parameters=("t", "a"), tables=("t",), values={"a": "a"}, engine="polars"
    )
    again = pickle.loads(pickle.dumps(call))
    assert again(pl.DataFrame({"x": [1]}), a=2).rows() == [(2, 1)]
