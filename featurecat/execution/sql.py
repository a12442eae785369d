"""Queries of ``@sql`` features: read and checked when a graph is built, run by DuckDB on Arrow tables.

A query sees the tables it is given and nothing else: it runs in an in-memory database of its own that is locked
against files, the network, extensions and Python's variables. That is for lineage, not for safety, as whoever writes
the query writes Python, too: what a feature reads must be among its parameters.
"""

from __future__ import annotations

import contextlib
import functools
import json
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import duckdb

from featurecat.errors import Problem, RequestError, RunError
from featurecat.frames.arrow import from_arrow, index_columns, parse_logical_type, to_arrow, to_arrow_table
from featurecat.frames.describe import describe_value
from featurecat.frames.kinds import kind_of_value
from featurecat.frames.tables import table_of

__all__ = ["Mention", "Query", "fold", "marked", "read_query", "run_query"]

_LOCKED: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "python_enable_replacements": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
#: Table functions that make rows out of their arguments; every other one reads from elsewhere.
_OWN_TABLES = frozenset({"range", "generate_series", "unnest", "json_each", "json_tree", "repeat", "repeat_row"})
_WRITING = re.compile(r"([A-Z]+)_QUERY_NODE")
#: What older DuckDB takes for several statements, when its columns come from the data.
_PIVOT = re.compile(r"\bpivot\b", re.IGNORECASE)
_ERROR_LINE = re.compile(r"LINE (\d+):")
#: What newer versions of DuckDB mark in all its length.
_MARK = re.compile(r"^( *\^)\^+ *$", re.MULTILINE)
#: What is wrong with the query rather than with the data; the messages name tables and columns, never values.
_QUERY_FAULTS = (
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.ParserException,
    duckdb.PermissionException,
    duckdb.NotImplementedException,
)
_MOST_DETAILS = 4


class Mention(NamedTuple):
    """A name as a query writes it, and where: its offset in characters, or None where that is not known."""

    name: str
    offset: int | None = None


class Query(NamedTuple):
    """What a query takes.

    Attributes:
        tables: The tables it reads that it does not define itself, each once, in the order of the text.
        values: The names after ``$``, each once.
    """

    tables: tuple[Mention, ...]
    values: tuple[Mention, ...]


def fold(name: str) -> str:
    """A name as SQL compares it: ASCII letters in lower case.

    Example:
        >>> fold("Flights")
        'flights'
    """
    return name.encode("utf-8", "surrogatepass").lower().decode("utf-8", "surrogatepass")


# --- reading ----------------------------------------------------------------------------------------


@functools.cache
def _reader() -> tuple[duckdb.DuckDBPyConnection, threading.Lock]:
    """The database that reads queries. One thread: a process that is forked later must not wait for others."""
    return duckdb.connect(":memory:", config={**_LOCKED, "threads": "1"}), threading.Lock()


@functools.lru_cache(maxsize=4096)
def read_query(text: str) -> Query:
    """Read a query without running it.

    Args:
        text: One query: ``SELECT``, or what DuckDB takes for it, such as ``FROM`` and ``WITH``.

    Returns:
        The tables and values it takes.

    Raises:
        RequestError: ``invalid-sql``, when it cannot be parsed, is not one query, or reads or writes anything but
            tables it is given; with the place in the text as details.

    Example:
        >>> read_query("SELECT origin, count(*) FROM flights WHERE year = $year GROUP BY origin")
        Query(tables=(Mention(name='flights', offset=29),), values=(Mention(name='year', offset=50),))
    """
    if not text.isascii() and (lone := re.search("[\ud800-\udfff]", text)):
        raise _invalid(f"it holds {lone[0]!r}, which is no character", "write it in UTF-8")
    connection, lock = _reader()
    with lock:
        try:
            statements = connection.extract_statements(text)
        except duckdb.Error as error:
            raise RequestError(_explained(error)) from error
        _check_kind([_kind(statement) for statement in statements], text)
        answer = connection.execute("SELECT json_serialize_sql(?::VARCHAR)", [text]).fetchone()
    assert answer is not None  # a SELECT without FROM has a row
    try:
        tree = json.loads(answer[0])
    except RecursionError as error:
        raise _invalid("it is nested too deeply to be read", "divide it: WITH part AS (…) SELECT …") from error
    found = _Found(text)
    found.walk(tree)
    if found.problems:
        raise RequestError(found.problems)
    return Query(tuple(found.tables.values()), tuple(found.values.values()))


def _kind(statement: Any) -> str:
    try:
        name: str = statement.type.name
    except ValueError:  # one that DuckDB's own Python client has no name for
        return "this"
    return name


def _check_kind(kinds: Sequence[str], text: str) -> None:
    if not kinds:
        raise _invalid("there is no query", "write one: SELECT * FROM a_parameter")
    if kinds[0] == "MULTI" or (len(kinds) > 1 and _PIVOT.search(text) and ";" not in text.rstrip().rstrip(";")):
        raise _invalid("its columns depend on the data", "name them: PIVOT … ON … IN ('a', 'b')")
    if len(kinds) > 1:
        raise _invalid(f"there are {len(kinds)} statements, a feature is one query", "make a feature of each")
    if kinds[0] != "SELECT":
        raise _invalid(
            f"{kinds[0]} is no query, and cannot make a frame", "start with SELECT, FROM or WITH", marked(text, 0)
        )


def _invalid(message: str, hint: str, details: tuple[str, ...] = ()) -> RequestError:
    return RequestError(Problem("invalid-sql", message, hint=hint, details=details))


class _Found:
    """What a walk through DuckDB's own syntax tree finds."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tables: dict[str, Mention] = {}
        self.values: dict[str, Mention] = {}
        self.problems: list[Problem] = []

    def walk(self, tree: Any) -> None:
        """Look at every member; names that a ``WITH`` binds are known within what it belongs to."""
        # without recursion: a sum of hundreds of terms is a tree of hundreds of levels
        stack: list[tuple[Any, frozenset[str]]] = [(tree, frozenset())]
        while stack:
            member, bound = stack.pop()
            if isinstance(member, list):
                stack += [(one, bound) for one in reversed(member)]
            elif isinstance(member, dict):
                stack += reversed(list(self._inside(member, bound)))

    def _inside(self, member: Mapping[str, Any], bound: frozenset[str]) -> Iterator[tuple[Any, frozenset[str]]]:
        kind = member.get("type")
        if kind == "TABLE_FUNCTION":
            self._table_function(member)
        elif kind == "BASE_TABLE":
            self._table(member, bound)
        elif kind == "VALUE_PARAMETER":
            self._value(member)
        elif isinstance(kind, str) and (writing := _WRITING.fullmatch(kind)):
            self._refuse(f"it would {writing[1]}, a query only reads", "leave that to the store or to a saver", None)
        if member.get("cte_name"):
            bound |= {fold(member["cte_name"])}
        definitions = member.get("cte_map")
        for definition in definitions.get("map") or () if isinstance(definitions, dict) else ():
            yield definition.get("value"), bound
            bound |= {fold(str(definition.get("key")))}
        for key, inner in member.items():
            if key != "cte_map" and isinstance(inner, list | dict):
                yield inner, bound

    def _table(self, member: Mapping[str, Any], bound: frozenset[str]) -> None:
        name = str(member.get("table_name", ""))
        around = [part for part in (member.get("catalog_name"), member.get("schema_name")) if part]
        if not around and fold(name) in bound:
            return
        shown = ".".join([*around, name])
        self.tables.setdefault(fold(shown), Mention(shown, self._offset(member, around[0] if around else name)))

    def _value(self, member: Mapping[str, Any]) -> None:
        name = str(member.get("identifier", ""))
        if name.isdigit():
            offset = self._offset(member, "?" if "?" in self.text else f"${name}")
            self._refuse("its values have no names", "write $name for the parameter called name", offset)
        else:
            self.values.setdefault(fold(name), Mention(name, self._offset(member, f"${name}")))

    def _table_function(self, member: Mapping[str, Any]) -> None:
        name = str((member.get("function") or {}).get("function_name", ""))
        if fold(name) not in _OWN_TABLES:
            self._refuse(
                f"{name}() reads what is not among its parameters",
                "declare a source, or load it in a feature of its own, and name that as parameter",
                self._offset(member, name),
            )

    def _refuse(self, message: str, hint: str, offset: int | None) -> None:
        self.problems.append(Problem("invalid-sql", message, hint=hint, details=marked(self.text, offset)))

    def _offset(self, member: Mapping[str, Any], name: str) -> int | None:
        """Where a name stands: newer DuckDB counts bytes, older ones characters."""
        location = member.get("query_location")
        if not isinstance(location, int) or location > len(self.text.encode()):
            location = 0
        in_characters = len(self.text.encode()[:location].decode("utf-8", "ignore"))
        for start in dict.fromkeys((in_characters, location)):
            found = fold(self.text).find(fold(name), start)
            if found == start or (found == start + 1 and self.text[start] in "\"'"):
                return start
        anywhere = re.search(rf"(?<!\w){re.escape(fold(name))}(?!\w)", fold(self.text))
        return anywhere.start() if anywhere else None


def marked(text: str, offset: int | None) -> tuple[str, ...]:
    r"""The line of a text that holds an offset, with a mark below it, in DuckDB's manner; empty without offset.

    Example:
        >>> print(*marked("SELECT *\nFROM flihgts", 14), sep="\n")
        LINE 2: FROM flihgts
                     ^
    """
    if offset is None:
        return ()
    before = text[:offset]
    line = before.count("\n") + 1
    column = offset - (before.rfind("\n") + 1)
    start = f"LINE {line}: "
    return start + text.split("\n")[line - 1].rstrip(), " " * (len(start) + column) + "^"


def _explained(error: duckdb.Error, file: str | None = None) -> Problem:
    """DuckDB's own message, which points at the place and often offers a name."""
    text = _MARK.sub(r"\1", str(error))
    first, *rest = [line for line in text.splitlines() if line.strip()] or [type(error).__name__]
    found = _ERROR_LINE.search(str(error))
    line = int(found[1]) if found and file is not None else None
    return Problem("invalid-sql", _plain(first), file, line, details=tuple(rest[:_MOST_DETAILS]))


def _plain(message: str) -> str:
    """A message of DuckDB without its kind: ``Binder Error: …``."""
    kind, colon, text = message.partition(" Error: ")
    return text if colon and kind.istitle() else message


# --- running ----------------------------------------------------------------------------------------


def run_query(
    text: str, *, tables: Mapping[str, Any], values: Mapping[str, Any], engine: str, file: str | None = None
) -> Any:
    """Run a query on frames.

    Frames of any engine reach DuckDB as Arrow tables in normal form, without copies where the engine holds Arrow
    data: NaN is null, and named index levels of pandas are columns. Without ``ORDER BY`` the order of the rows is
    DuckDB's.

    Args:
        text: The query; :func:`read_query` accepted it.
        tables: Table name to a DataFrame, a LazyFrame (collected), an Arrow table, or a column (a table of one
            column of that name).
        values: Name after ``$`` to its value.
        engine: Whose frame to return: ``pandas``, ``polars``, ``polars-lazy`` or ``pyarrow``.
        file: Where the query is written, when it has a file of its own.

    Returns:
        The frame, as featurecat reads data of that engine. A ``HUGEINT`` (the sum of integers) is ``int64``, an
        ``INTERVAL`` a duration in microseconds.

    Raises:
        RunError: ``invalid-sql``, when the query does not fit the tables, for example in its columns; ``not-tabular``
            when a table cannot be one.
        duckdb.Error: When the data makes it fail.

    Example:
        >>> import polars
        >>> flights = polars.DataFrame({"origin": ["EWR", "JFK", "EWR"]})
        >>> query = "SELECT origin, count(*) AS n FROM flights GROUP BY origin ORDER BY origin"
        >>> run_query(query, tables={"flights": flights}, values={}, engine="polars").rows()
        [('EWR', 2), ('JFK', 1)]
    """
    arrow = {name: _arrow_table(name, value) for name, value in tables.items()}
    with duckdb.connect(":memory:", config=_LOCKED) as connection:
        with contextlib.suppress(duckdb.CatalogException):  # a DuckDB without time zones has nothing to set
            connection.execute("SET TimeZone = 'UTC'")
        for name, table in arrow.items():
            connection.register(name, table)
        connection.execute("SET lock_configuration = true")
        given = {name: _value(value) for name, value in values.items()}
        try:
            answer = connection.sql(text, params=given) if given else connection.sql(text)
            _check_columns(answer.columns)
            types = dict(zip(answer.columns, map(str, answer.types), strict=True))
            table = _without_intervals(answer, types).to_arrow_table()
        except _QUERY_FAULTS as error:
            raise RunError(_explained(_with_place(error, connection, text, given), file)) from error
    return from_arrow(_with_plain_types(table, types), engine)


def _with_place(
    error: duckdb.Error, connection: duckdb.DuckDBPyConnection, text: str, given: dict[str, Any]
) -> duckdb.Error:
    """The same error with its place in the text, which DuckDB tells of statements only: nothing is run by it."""
    try:
        connection.execute(text, given)
    except _QUERY_FAULTS as placed:
        return placed
    return error


def _arrow_table(name: str, value: Any) -> Any:
    kind = kind_of_value(value)
    if kind is not None and kind.shape == "column" and kind.engine != "polars-lazy":
        return table_of({name: to_arrow(value)})
    if kind is None or kind.shape != "frame":
        raise RunError(
            f"{name} is {describe_value(value)}, which is no table",
            code="not-tabular",
            hint=f"as a value it is ${name}",
        )
    if kind.engine == "polars-lazy":
        value = value.collect()
    table = to_arrow_table(value)
    named = [level for level in getattr(getattr(value, "index", None), "names", ()) if level is not None]
    levels = {level: column for level, column in index_columns(value) if level in map(str, named)}
    if repeated := levels.keys() & set(table.column_names):
        raise RunError(
            f"{name} has both an index level and a column named {min(repeated)!r}",
            code="not-tabular",
            hint="rename one of them before the query, or drop the index: reset_index(drop=True)",
        )
    columns = {**levels, **dict(zip(table.column_names, table.columns, strict=True))}
    if not columns:
        raise RunError(f"{name} has no columns", code="not-tabular", hint="a table has at least one")
    _check_names(name, list(columns))
    return table_of(columns) if levels else table


def _check_names(table: str, names: Sequence[str]) -> None:
    known: dict[str, str] = {}
    for name in names:
        other = known.setdefault(fold(name), name)
        if other != name:
            raise RunError(
                f"{table} has the columns {other!r} and {name!r}, which are one name in SQL",
                code="not-tabular",
                hint="rename one of them before the query",
            )


def _check_columns(names: Sequence[str]) -> None:
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise RunError(
            f"several columns of the query are named {', '.join(map(repr, repeated))}",
            code="invalid-sql",
            hint="name one of them AS something else, or join with USING",
        )


def _value(value: Any) -> Any:
    """A value as DuckDB takes it: numpy's scalars as Python's."""
    return value.item() if hasattr(value, "item") and getattr(value, "shape", None) == () else value


def _without_intervals(answer: Any, types: Mapping[str, str]) -> Any:
    """The answer with spans of time as whole microseconds; months have no fixed length and are refused."""
    spans = [name for name, kind in types.items() if kind == "INTERVAL"]
    if not spans:
        return answer
    replaced = []
    for name in spans:
        column = '"' + name.replace('"', '""') + '"'
        complaint = f"column {name} holds months, which have no fixed length".replace("'", "''")
        months = f"datepart('year', {column}) <> 0 OR datepart('month', {column}) <> 0"
        replaced.append(f"CASE WHEN {months} THEN error('{complaint}') ELSE epoch_us({column}) END AS {column}")
    return answer.project(f"* REPLACE ({', '.join(replaced)})")


def _with_plain_types(table: Any, types: Mapping[str, str]) -> Any:
    """The answer with whole numbers of 128 bits in 64, and microseconds as spans of time."""
    targets = {"HUGEINT": "int64", "INTERVAL": "duration[us]"}
    columns = dict(zip(table.column_names, table.columns, strict=True))
    changed = [name for name, kind in types.items() if kind in targets]
    for name in changed:
        try:
            columns[name] = columns[name].cast(parse_logical_type(targets[types[name]]))
        except ValueError as error:  # Arrow's own message quotes the value
            raise RunError(
                f"column {name!r} holds whole numbers that 64 bits cannot hold",
                code="not-tabular",
                hint=f"CAST({name} AS DOUBLE)",
            ) from error
    return table_of(columns) if changed else table
