"""Frames to tables of databases and back: DuckDB, SQLite, and what SQLAlchemy speaks to."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

import duckdb
import pyarrow as pa

from featurecat.errors import RequestError, RunError, StoreError, UnsupportedError
from featurecat.frames.kinds import kind_of_type
from featurecat.frames.logical import logical_type
from featurecat.io.metadata import dataframe_metadata, sql_metadata, table_metadata
from featurecat.io.table_files import as_table, as_type

__all__ = ["load_rows", "save_rows"]

_MOST_ROWS_AT_ONCE = 10_000


class _Database(Protocol):
    """A database that statements are sent to."""

    def read(self, query: str, params: Any) -> pa.Table:
        """The rows of a query."""
        ...

    def write(self, name: str, rows: pa.Table, if_exists: str) -> None:
        """Write rows into a table, in one transaction."""
        ...


def load_rows(loader: Any, type_: Any) -> tuple[Any, dict[str, Any]]:
    """The rows of a loader's table or query, as a frame or column.

    Args:
        loader: An ``SqlLoader`` or ``SqliteLoader``.
        type_: The frame or column type.

    Raises:
        StoreError: ``source-unreadable``, when the database is missing or refuses the statement.
    """
    kind = kind_of_type(type_)
    assert kind is not None  # the loader applies to no other type
    if (loader.query is None) == (loader.table is None):
        raise RequestError(f"{loader.format} takes either table= or query=")
    query = loader.query
    if query is None:
        chosen = "*" if loader.columns is None else ", ".join(map(_quoted, loader.columns))
        query = f"select {chosen} from {_quoted_path(loader.table)}"
    with _opened(loader, reading=True) as database:
        table = database.read(query, loader.params)
    data = as_type(table, kind, f"the {loader.format} table or query")
    described = sql_metadata(table.num_rows, table=loader.table, query=loader.query)
    return data, {**described, **dataframe_metadata(data)}


def save_rows(saver: Any, data: Any) -> dict[str, Any]:
    """Write a frame or column into a saver's table, in one transaction.

    Args:
        saver: An ``SqlSaver`` or ``SqliteSaver``.
        data: A frame or column.

    Raises:
        StoreError: ``output-unwritable``, when the table exists and must not, or when the database refuses.
    """
    table = as_table(data, columns=saver.columns, index=saver.index)
    with _opened(saver, reading=False) as database:
        database.write(saver.table, table, saver.if_exists)
    described = sql_metadata(table.num_rows, table=saver.table)
    return {**described, **table_metadata(table.column_names, table.schema.types, table.num_rows)}


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _quoted_path(name: str) -> str:
    return ".".join(map(_quoted, name.split(".")))


def _exists(name: str) -> StoreError:
    return StoreError(
        f"there is a table {name!r} already",
        code="output-unwritable",
        hint="if_exists='replace' or 'append'",
    )


@contextmanager
def _opened(adapter: Any, *, reading: bool) -> Iterator[_Database]:
    """The database of an adapter, closed again if it was opened here; what it refuses becomes an error."""
    given = adapter.path if adapter.format == "sqlite" else adapter.connection
    try:
        with _connected(given, adapter.format, reading) as database:
            yield database
    except (duckdb.Error, sqlite3.Error, OSError, pa.ArrowException) as fault:
        raise _refused(fault, reading) from fault
    except Exception as fault:
        if type(fault).__module__.partition(".")[0] != "sqlalchemy":
            raise
        raise _refused(getattr(fault, "orig", None) or fault, reading) from fault


def _refused(fault: BaseException, reading: bool) -> StoreError:
    reason = str(fault).partition("\n")[0]
    code = "source-unreadable" if reading else "output-unwritable"
    return StoreError(f"the database {'cannot be read' if reading else 'takes nothing'}: {reason}", code=code)


@contextmanager
def _connected(given: Any, name: str, reading: bool) -> Iterator[_Database]:
    if isinstance(given, sqlite3.Connection):
        yield _SQLite(given)
    elif isinstance(given, duckdb.DuckDBPyConnection):
        yield _DuckDB(given)
    elif hasattr(given, "dialect") or (isinstance(given, str) and "://" in given):
        with _alchemy(given) as database:
            yield database
    elif isinstance(given, str | os.PathLike):
        path = Path(given).expanduser()
        if reading and not path.exists():
            shown = os.fspath(given)
            raise StoreError(f"there is no file {shown}", code="source-unreadable")
        path.parent.mkdir(parents=True, exist_ok=True)
        if name == "sqlite":
            with closing(sqlite3.connect(path)) as connection:
                yield _SQLite(connection)
        else:
            with duckdb.connect(str(path), read_only=reading) as own:
                yield _DuckDB(own)
    else:
        raise RequestError(
            f"connection= takes no value of type {type(given).__name__}",
            hint="a DuckDB connection or file, an SQLAlchemy engine or address (postgresql://…), a sqlite3 connection",
        )


# --- DuckDB -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _DuckDB:
    connection: duckdb.DuckDBPyConnection

    def read(self, query: str, params: Any) -> pa.Table:
        """The rows of a query, without a copy in between."""
        statement = query.rstrip().removesuffix(";")
        given = {} if params is None else {"params": params}
        return cast("pa.Table", self.connection.sql(statement, **given).to_arrow_table())

    def write(self, name: str, rows: pa.Table, if_exists: str) -> None:
        """Write rows into a table."""
        quoted, connection = _quoted_path(name), self.connection
        found = self._has(name)
        if found and if_exists == "fail":
            raise _exists(name)
        # one statement each: it is done as a whole or not at all, also within a transaction of the caller's
        if found and if_exists == "append":
            statement = f"insert into {quoted} by name"
        else:
            statement = f"create {'or replace ' if found else ''}table {quoted} as"
        connection.register("featurecat_rows", rows)
        try:
            connection.execute(f"{statement} select * from featurecat_rows")
        finally:
            with suppress(duckdb.Error):  # a transaction that failed lets nothing more be done
                connection.unregister("featurecat_rows")

    def _has(self, name: str) -> bool:
        table, schema, database = [*reversed(name.split(".")), None, None][:3]
        found = self.connection.execute(
            "select 1 from duckdb_tables() where lower(table_name) = lower(?) "
            "and schema_name = coalesce(?, current_schema()) and database_name = coalesce(?, current_database())",
            [table, schema, database],
        )
        return bool(found.fetchall())


# --- SQLite -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _SQLite:
    connection: sqlite3.Connection

    def read(self, query: str, params: Any) -> pa.Table:
        """The rows of a query."""
        with closing(self.connection.execute(query, params or ())) as cursor:
            names = [column[0] for column in cursor.description or ()]
            return _table(names, cursor.fetchall())

    def write(self, name: str, rows: pa.Table, if_exists: str) -> None:
        """Write rows into a table."""
        quoted, connection = _quoted_path(name), self.connection
        own = not connection.in_transaction
        if own:
            connection.execute("begin immediate")
        try:
            found = bool(connection.execute(f"pragma table_info({_quoted(name)})").fetchall())
            if found and if_exists == "fail":
                raise _exists(name)
            if found and if_exists == "replace":
                connection.execute(f"drop table {quoted}")
            if not found or if_exists == "replace":
                columns = [
                    f"{_quoted(one)} {_sqlite_type(data_type)}"
                    for one, data_type in zip(rows.column_names, rows.schema.types, strict=True)
                ]
                connection.execute(f"create table {quoted} ({', '.join(columns)})")
            names = ", ".join(map(_quoted, rows.column_names))
            marks = ", ".join("?" * rows.num_columns)
            statement = f"insert into {quoted} ({names}) values ({marks})"
            for batch in rows.to_batches(_MOST_ROWS_AT_ONCE):
                columns_of_values = [[_sqlite_value(value) for value in column.to_pylist()] for column in batch.columns]
                connection.executemany(statement, zip(*columns_of_values, strict=True))
        except BaseException:
            if own:
                connection.rollback()
            raise
        if own:
            connection.commit()


def _sqlite_type(data_type: Any) -> str:
    name = logical_type(data_type)
    if name == "bool" or name.startswith(("int", "uint")):
        return "integer"
    if name in ("double", "float", "halffloat"):
        return "real"
    return "blob" if name == "binary" else "text"


def _sqlite_value(value: Any) -> Any:
    if value is None or isinstance(value, int | float | str | bytes):
        return value
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return json.dumps(value, default=str) if isinstance(value, dict | list) else str(value)


def _table(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> pa.Table:
    """Rows as an Arrow table; a column has the one type that fits its values."""
    columns: list[Any] = []
    for position, name in enumerate(names):
        try:
            columns.append(pa.array([row[position] for row in rows]))
        except pa.ArrowException as fault:
            raise RunError(
                f"the values of column {name!r} are not of one type",
                code="not-tabular",
                hint=f"cast it in the query: cast({_quoted(name)} as text)",
            ) from fault
    return pa.Table.from_arrays(columns, names=list(names))


# --- SQLAlchemy -------------------------------------------------------------------------------------


def _sqlalchemy() -> Any:
    try:
        import sqlalchemy
    except ImportError as fault:
        raise UnsupportedError(
            "databases other than DuckDB and SQLite need SQLAlchemy", hint="pip install 'featurecat[sql]'"
        ) from fault
    return sqlalchemy


@contextmanager
def _alchemy(given: Any) -> Iterator[_Database]:
    """A connection: the caller's own is left open and its transaction unfinished."""
    alchemy = _sqlalchemy()
    if isinstance(given, alchemy.engine.Connection):
        yield _Alchemy(given)
        return
    try:
        engine = alchemy.create_engine(given) if isinstance(given, str) else given
    except (alchemy.exc.ArgumentError, ImportError) as fault:  # the address may hold a password: it is not shown
        scheme = str(given).partition("://")[0]
        raise UnsupportedError(
            f"no database can be reached at a {scheme}:// address", hint="install its driver, and check the address"
        ) from fault
    try:
        with engine.begin() as connection:
            yield _Alchemy(connection)
    finally:
        if engine is not given:
            engine.dispose()


@dataclass(frozen=True, slots=True)
class _Alchemy:
    connection: Any

    def read(self, query: str, params: Any) -> pa.Table:
        """The rows of a query; its parameters are written ``:name``."""
        result = self.connection.execute(_sqlalchemy().text(query), params or {})
        return _table(list(result.keys()), result.fetchall())

    def write(self, name: str, rows: pa.Table, if_exists: str) -> None:
        """Write rows into a table."""
        alchemy = _sqlalchemy()
        schema, _, short = name.rpartition(".")
        columns = [
            alchemy.Column(one, _alchemy_type(alchemy, data_type))
            for one, data_type in zip(rows.column_names, rows.schema.types, strict=True)
        ]
        target = alchemy.Table(short, alchemy.MetaData(), *columns, schema=schema or None)
        found = alchemy.inspect(self.connection).has_table(short, schema=schema or None)
        if found and if_exists == "fail":
            raise _exists(name)
        if found and if_exists == "replace":
            target.drop(self.connection)
        target.create(self.connection, checkfirst=True)
        for batch in rows.to_batches(_MOST_ROWS_AT_ONCE):
            if members := batch.to_pylist():
                self.connection.execute(target.insert(), members)


def _alchemy_type(alchemy: Any, data_type: Any) -> Any:
    name = logical_type(data_type)
    plain: Mapping[str, Any] = {
        "bool": alchemy.Boolean,
        "double": alchemy.Double,
        "float": alchemy.Float,
        "binary": alchemy.LargeBinary,
        "date32[day]": alchemy.Date,
    }
    if name in plain:
        return plain[name]()
    if name.startswith(("int", "uint")):
        return alchemy.BigInteger()
    if name.startswith("timestamp"):
        return alchemy.DateTime(timezone=data_type.tz is not None)
    if name.startswith("time"):
        return alchemy.Time()
    if name.startswith("decimal"):
        return alchemy.Numeric(data_type.precision, data_type.scale)
    if name in ("string", "dictionary<string>", "null"):
        return alchemy.Text()
    raise RunError(f"values of type {name} have no type in a database", code="not-tabular", hint="write them as text")
