"""Every call on a catalog goes through this module, because DuckDB's versions differ in what they allow and offer.

A catalog is attached to a fresh in-memory database, never opened as one: DuckDB shares opened files within a
process, so a second reader with other limits would be refused, and one that comes after a rebuild would still see
the old file.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from json import loads
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb

from featurecat.clock import timestamp_text
from featurecat.errors import CatalogError, RequestError, UnsupportedError

__all__ = [
    "MOST_CHARACTERS",
    "SCHEMA_VERSION",
    "STORAGE_VERSION",
    "Connection",
    "Rows",
    "catalog_error",
    "distinct_names",
    "plain_value",
    "refuse_missing",
    "sql_text",
]

#: Version of the views and macros; a catalog with another one is rebuilt.
SCHEMA_VERSION = 3
#: The widest file format that duckdb 1.3 and everything later can read.
STORAGE_VERSION = "v1.2.0"

_REBUILD = "run `featurecat index` to build it anew"
_OFFLINE = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
}
_LOCKED = {"enable_external_access": "false", "lock_configuration": "true"}
#: Settings that narrow further what a reader can do, where this DuckDB has them.
_WHERE_KNOWN = {
    "allow_community_extensions": "false",
    "allow_persistent_secrets": "false",
    "max_temp_directory_size": "0GB",
    "temp_directory": "",
    "TimeZone": "UTC",
}
#: Types whose values JSON holds as they are.
_AS_THEY_ARE = frozenset({"VARCHAR", "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT"})
_TIME_LIMIT = "max_execution_time"
_CHUNK = 10_000
#: Longer answers to a user's query are refused: Python would hold them all.
MOST_CHARACTERS = 200_000_000


@dataclass(frozen=True, slots=True)
class Rows:
    """The answer to a query.

    Attributes:
        columns: Names, which may repeat.
        types: DuckDB's names of the types.
        rows: One tuple a row.
    """

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: list[tuple[Any, ...]]

    def dicts(self) -> list[dict[str, Any]]:
        """The rows as JSON-ready dictionaries; a repeated column name gets a number.

        Example:
            >>> Rows(("n", "n"), ("INTEGER", "JSON"), [(1, '{"low": 0}')]).dicts()
            [{'n': 1, 'n_1': {'low': 0}}]
        """
        names = distinct_names(self.columns)
        return [
            {name: plain_value(value, kind) for name, value, kind in zip(names, row, self.types, strict=True)}
            for row in self.rows
        ]


def distinct_names(columns: Sequence[str]) -> list[str]:
    """Column names without repetition: a repeated one gets a number.

    Example:
        >>> distinct_names(["n", "n"])
        ['n', 'n_1']
    """
    names: list[str] = []
    for column in columns:
        name, number = column, 0
        while name in names:
            number += 1
            name = f"{column}_{number}"
        names.append(name)
    return names


def plain_value(value: Any, kind: str = "") -> Any:
    """A DuckDB value as JSON can hold it: parsed JSON, UTC timestamps as text, figures as numbers.

    Args:
        value: As fetched.
        kind: DuckDB's name of its type; only ``JSON`` makes a difference.
    """
    match value:
        case str() if kind == "JSON":
            return loads(value)
        case None | bool() | int() | str():
            return value
        case float():
            return value if value - value == 0 else str(value)  # JSON has no infinity
        case Decimal():
            return plain_value(float(value))
        case datetime():
            return timestamp_text(value) if value.tzinfo else f"{value.isoformat(timespec='microseconds')}Z"
        case date() | time():
            return value.isoformat()
        case bytes():
            return value.hex()
        case dict():
            return {str(key): plain_value(item) for key, item in value.items()}
        case list() | tuple():
            return [plain_value(item) for item in value]
    return str(value)


def sql_text(text: str) -> str:
    """A text as SQL. duckdb 1.4 imports pandas to pass parameters, so quick answers put them into the statement.

    Example:
        >>> sql_text("it's")
        "'it''s'"
    """
    sound = text.encode("utf-8", "replace").decode()  # an argument that is not UTF-8 has halves of characters
    return "'" + sound.replace("\0", "").replace("'", "''") + "'"


def catalog_error(path: Path, error: Exception | str) -> CatalogError:
    """The error for a catalog that cannot be read, with the way out."""
    reason = str(error).strip().partition("\n")[0]
    return CatalogError(f"the catalog cannot be read: {reason}", file=str(path), hint=_REBUILD)


def refuse_missing(path: Path) -> None:
    """Refuse a path where there is no file.

    Raises:
        CatalogError: With code ``catalog-missing``.
    """
    if not path.is_file():
        raise CatalogError(
            "there is no catalog yet", code="catalog-missing", file=str(path), hint="run `featurecat index` first"
        )


class Connection:
    """An open catalog. Use it in a ``with`` block: an open connection at interpreter exit can hang.

    Made by :meth:`open` (read-only, locked) and :meth:`create` (a new file).
    """

    def __init__(self, session: duckdb.DuckDBPyConnection, path: Path, *, timer_seconds: float | None = None) -> None:
        """Take over ``session``; ``timer_seconds`` limits each query where DuckDB itself cannot."""
        self.path = path
        self._session = session
        self._timer_seconds = timer_seconds

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        seconds: float | None = None,
        memory: str = "1GB",
        threads: int = 2,
        expect_version: bool = True,
    ) -> Self:
        """Open a catalog read-only, without access to files, network, extensions or Python variables.

        Args:
            path: The catalog's file.
            seconds: Longest time a query may take; None for no limit.
            memory: Most memory a query may take, as DuckDB writes it.
            threads: Most threads a query may take.
            expect_version: Whether a catalog of another schema version is refused.

        Raises:
            CatalogError: With code ``catalog-missing`` when there is no file, ``catalog-unusable`` when it is no
                catalog of this version.
            RequestError: When ``memory`` or ``threads`` is no limit.
            UnsupportedError: When this DuckDB lacks a setting that keeps queries inside the catalog.
        """
        refuse_missing(path)
        try:
            session = duckdb.connect(":memory:", config={"threads": str(threads), "memory_limit": memory})
        except duckdb.Error as error:
            raise RequestError(
                f"DuckDB cannot work with {memory} of memory and {threads} threads", hint="write memory as 500MB or 2GB"
            ) from error
        try:
            timer_seconds = _lock(session, path, seconds)
            opened = cls(session, path, timer_seconds=timer_seconds)
            if expect_version:
                opened.refuse_other_version("catalog_versions", path)
        except BaseException:
            session.close()
            raise
        return opened

    @classmethod
    def create(cls, path: Path) -> Self:
        """Create a catalog file that older clients can read, and make it the default database.

        Raises:
            CatalogError: When the file cannot be written.
        """
        session = duckdb.connect(":memory:")
        try:
            for name, value in _OFFLINE.items():
                session.execute(f"SET {name} = '{value}'")
            session.execute(
                f"ATTACH {_quoted(path)} AS catalog (STORAGE_VERSION '{STORAGE_VERSION}', BLOCK_SIZE 16384)"
            )
            session.execute("USE catalog")
        except duckdb.Error as error:
            session.close()
            raise CatalogError(
                f"the catalog cannot be written: {error}", code="store-unwritable", file=str(path)
            ) from error
        return cls(session, path)

    def fetch(self, statement: str, parameters: Sequence[object] = (), *, most: int | None = None) -> Rows:
        """Run one statement and take all its rows.

        Args:
            statement: SQL.
            parameters: Values for its ``?``.
            most: Stop after more than this many rows; the answer then holds at least ``most + 1``.

        Raises:
            duckdb.Error: As DuckDB reports it.
        """
        with self._limited():
            answer = self._session.execute(statement, list(parameters) or None)
            columns = answer.description or []
            rows: list[tuple[Any, ...]] = []
            # execute() streams: the session is busy until the last row is taken
            weight = 0
            while chunk := answer.fetchmany(_CHUNK):
                rows += chunk
                if most is not None:
                    weight += sum(len(value) for row in chunk for value in row if isinstance(value, str | bytes | list))
                    if weight > MOST_CHARACTERS:
                        raise duckdb.OutOfMemoryException(f"the answer holds more than {MOST_CHARACTERS:,} characters")
                if most is not None and len(rows) > most:
                    break
        return Rows(tuple(column[0] for column in columns), tuple(str(column[1]) for column in columns), rows)

    @contextmanager
    def arrow_batches(self, statement: str, rows: int) -> Iterator[Any]:
        """Run one statement within the time limit; gives a pyarrow reader of batches of about ``rows`` rows.

        Raises:
            duckdb.Error: As DuckDB reports it.
        """
        with self._limited():
            answer: Any = self._session.execute(statement)  # duckdb 1.4 has the second name only
            yield (
                answer.to_arrow_reader(rows) if hasattr(answer, "to_arrow_reader") else answer.fetch_record_batch(rows)
            )

    def rows(self, statement: str, parameters: Sequence[object] = ()) -> Rows:
        """Run one of our own queries.

        Raises:
            CatalogError: When it fails: then the catalog is damaged.
        """
        try:
            return self.fetch(statement, parameters)
        except duckdb.Error as error:
            raise catalog_error(self.path, error) from error

    def each(self, statement: str) -> Iterator[tuple[Any, ...]]:
        """Run one of our own queries and give its rows one by one, so that they are never all held.

        Nothing else can be asked before the last row is taken.

        Raises:
            CatalogError: When it fails: then the catalog is damaged.
        """
        try:
            with self._limited():
                answer = self._session.execute(statement)
                while chunk := answer.fetchmany(_CHUNK):
                    yield from chunk
        except duckdb.Error as error:
            raise catalog_error(self.path, error) from error

    def run(self, statements: str, parameters: Sequence[object] = ()) -> None:
        """Run statements that have no answer; only for a catalog under construction.

        Raises:
            duckdb.Error: As DuckDB reports it.
        """
        self._session.execute(statements, list(parameters) or None).fetchall()

    def attach(self, path: Path, name: str) -> None:
        """Attach another catalog read-only under ``name``; only for a catalog under construction.

        Raises:
            duckdb.Error: When it cannot be read.
        """
        self._session.execute(f"ATTACH {_quoted(path)} AS {name} (READ_ONLY)")

    def refuse_other_version(self, table: str, path: Path) -> None:
        """Refuse a catalog that was built with another schema version.

        Args:
            table: Its table or view ``catalog_versions``.
            path: Its file, to be named.

        Raises:
            CatalogError: When it is of another version, or of none.
        """
        try:
            found = self.fetch(f"SELECT schema_version, builder FROM {table}").rows
        except duckdb.Error as error:
            raise catalog_error(path, error) from error
        if not found:
            raise catalog_error(path, "it was not finished")
        version, builder = found[0]
        if version != SCHEMA_VERSION:
            raise catalog_error(path, f"it has schema version {version} (by {builder}), not {SCHEMA_VERSION}")

    def statement_kinds(self, statements: str) -> list[str]:
        """The kind of each statement in a text, such as ``SELECT``; ``OTHER`` where Python knows no name for it.

        Raises:
            duckdb.Error: When the text is no SQL.
        """
        return [_kind(statement) for statement in self._session.extract_statements(statements)]

    def close(self) -> None:
        """Close the connection; more than once does no harm."""
        self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _limited(self) -> Iterator[None]:
        if self._timer_seconds is None:
            yield
            return
        timer = threading.Timer(self._timer_seconds, self._session.interrupt)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()


def _quoted(path: Path) -> str:
    return sql_text(str(path.absolute()))


def _kind(statement: duckdb.Statement) -> str:
    try:
        return str(statement.type.name)
    except ValueError:  # a kind that DuckDB has and its Python binding does not know
        return "OTHER"


def _lock(session: duckdb.DuckDBPyConnection, path: Path, seconds: float | None) -> float | None:
    """Attach ``path`` and lock everything else; the answer is the time limit left for a timer to hold."""
    known = {name for (name,) in session.execute("SELECT name FROM duckdb_settings()").fetchall()}
    if missing := sorted((_OFFLINE | _LOCKED).keys() - known):
        raise UnsupportedError(
            f"duckdb {duckdb.__version__} lacks the settings that keep queries inside the catalog: {', '.join(missing)}",
            hint="install duckdb 1.4 or newer",
        )
    for name, value in (_OFFLINE | {name: value for name, value in _WHERE_KNOWN.items() if name in known}).items():
        session.execute(f"SET {name} = '{value}'")
    native = seconds is not None and _TIME_LIMIT in known
    if native and seconds is not None:
        session.execute(f"SET {_TIME_LIMIT} = {max(1, round(seconds * 1000))}")
    try:
        session.execute(f"ATTACH {_quoted(path)} AS catalog (READ_ONLY)")
        session.execute("USE catalog")
    except duckdb.Error as error:
        raise catalog_error(path, error) from error
    for name, value in _LOCKED.items():  # the lock itself comes last
        session.execute(f"SET {name} = '{value}'")
    return None if native else seconds
