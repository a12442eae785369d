"""A table or query of a DuckDB database file, over a read-only connection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import pyarrow as pa

from featurecat.io.request import FileRequest, InvalidFileError

__all__ = ["DuckDB"]


class DuckDB:
    """Asks the database for the columns wanted."""

    suffixes = (".duckdb", ".db")
    columnar = True

    def schema(self, request: FileRequest) -> pa.Schema:
        """The schema of the result."""
        return self.read(request, None, 0).schema

    def read(self, request: FileRequest, columns: Sequence[str] | None, limit: int | None) -> pa.Table:
        """The rows.

        Raises:
            InvalidFileError: When neither table nor query is named, or when DuckDB refuses the file or the statement.
        """
        import duckdb

        if not (request.table or request.query):
            raise InvalidFileError("a database has many tables: name one with table = or query =")
        chosen = "*" if columns is None else ", ".join(_quoted(name) for name in columns)
        origin = f"({request.query})" if request.query else ".".join(map(_quoted, str(request.table).split(".")))
        statement = f"select {chosen} from {origin}" + ("" if limit is None else f" limit {limit:d}")
        try:
            with duckdb.connect(str(request.path), read_only=True) as connection:
                return cast("pa.Table", connection.sql(statement).to_arrow_table())
        except duckdb.Error as fault:
            raise InvalidFileError(str(fault).partition("\n")[0]) from fault


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
