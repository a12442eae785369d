"""The columns of a SQL query and what they are made of, read off its text by sqlglot; nothing is run.

Imported only where a graph has queries: sqlglot is no light library.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.lineage import lineage
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import build_scope

from featurecat.records import ColumnRow

__all__ = ["Columns", "QueryReads", "query_column_rows", "query_columns", "query_reads"]

#: Column, and the columns of tables that it is made of.
Columns = list[tuple[str, list[tuple[str, str]]]]

_STAR = "*"
#: What sqlglot raises for texts it does not understand, or cannot follow through.
_FAULTS = (SqlglotError, ValueError, KeyError, RecursionError)


def query_columns(sql: str, tables: Mapping[str, Sequence[str] | None]) -> Columns:
    """The columns that a query gives, in order, each with the columns of tables that it is made of.

    Never raises: what DuckDB accepts and sqlglot does not understand has no columns here, and a column whose origin
    cannot be told has none.

    Args:
        sql: The query, in DuckDB's dialect.
        tables: The tables it reads, each with all its columns in order, or None where they are not known.

    Returns:
        Column to ``(table, column)`` pairs. ``SELECT *`` of a table whose columns are not known is the column ``*``
        made of ``(table, "*")``. A column that the query does not name is called by its expression, which need not be
        what DuckDB calls it.

    Example:
        >>> query_columns("SELECT origin, avg(delay) AS late FROM flights GROUP BY origin", {"flights": None})
        [('origin', [('flights', 'origin')]), ('late', [('flights', 'delay')])]
        >>> query_columns("SELECT * FROM flights", {"flights": ["origin", "delay"]})
        [('origin', [('flights', 'origin')]), ('delay', [('flights', 'delay')])]
    """
    try:
        parsed = sqlglot.parse_one(sql, dialect="duckdb")
    except _FAULTS:
        return []
    if not isinstance(parsed, exp.Query):
        return []
    written = _named(parsed)
    names = _Names(tables)
    for expanded in (True, False):
        try:
            qualified = _qualified(parsed, names.schema, expanded)
            return list(_columns(qualified, written, names))
        except _FAULTS:  # a star that cannot be expanded, or a name that could be anybody's
            continue
    return [(name, []) for name in written]


def query_column_rows(
    feature: str, sql: str, *, tables: Mapping[str, str], known: Mapping[str, Sequence[str]]
) -> list[ColumnRow]:
    """The columns of a query as rows of the catalog; their documentation says what they are made of.

    Args:
        feature: Catalog key of the frame that the query makes.
        sql: The query.
        tables: The tables it reads, each with the catalog key of what it is.
        known: Catalog key to all columns in order, where they are known.

    Returns:
        One row a column, in order; a column ``*`` where others follow that are not known.

    Example:
        >>> rows = query_column_rows("late", "SELECT delay AS late FROM t", tables={"t": "flights"}, known={})
        >>> [(row.name, row.origin, row.doc) for row in rows]
        [('late', 'query', 'from flights.delay')]
    """
    columns = query_columns(sql, {table: known.get(key) for table, key in tables.items()})
    return [
        ColumnRow(
            feature, ordinal, name, None, None, "query", _made_of([(tables[table], one) for table, one in origins])
        )
        for ordinal, (name, origins) in enumerate(columns)
    ]


def _made_of(origins: Sequence[tuple[str, str]]) -> str | None:
    if not origins:
        return None
    return "from " + ", ".join(f"{table}.{column}" for table, column in origins)


class _Names:
    """Names as users write them: sqlglot compares in lower case, as DuckDB does, and answers in it."""

    def __init__(self, tables: Mapping[str, Sequence[str] | None]) -> None:
        self.tables = {table.lower(): table for table in tables}
        self.columns = {
            (table.lower(), column.lower()): column for table, columns in tables.items() for column in columns or ()
        }
        self.schema: dict[str, object] = {
            table: dict.fromkeys(columns, "VARCHAR") for table, columns in tables.items() if columns
        }

    def origin(self, table: str, column: str) -> tuple[str, str] | None:
        """A table and its column as users write them, or None for what is none of the tables."""
        known = self.tables.get(table.lower())
        return None if known is None else (known, self.columns.get((table.lower(), column.lower()), column))


def _named(query: Any) -> list[str]:
    return [
        name or select.sql(dialect="duckdb") for name, select in zip(query.named_selects, query.selects, strict=True)
    ]


def _qualified(parsed: Any, schema: dict[str, object], expanded: bool) -> Any:
    return qualify(
        parsed.copy(),
        schema=schema or None,
        dialect="duckdb",
        expand_stars=expanded,
        validate_qualify_columns=False,
        quote_identifiers=False,
    )


def _columns(qualified: Any, written: Sequence[str], names: _Names) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    scope = build_scope(qualified)
    selects = qualified.selects
    for position, (select, name) in enumerate(zip(selects, qualified.named_selects, strict=True)):
        if _is_star(select):
            yield _STAR, list(_starred(select, scope, names))
            continue
        origins = [] if scope is None else _origins(name, qualified, scope, names)
        if len(selects) == len(written):
            name = written[position]
        elif len(origins) == 1 and origins[0][1].lower() == name.lower():
            name = origins[0][1]
        yield name, origins


def _is_star(select: Any) -> bool:
    """Whether a member of ``SELECT`` stands for columns of any number: ``*``, ``flights.*``, ``sum(COLUMNS(…))``."""
    plain = select.this if isinstance(select, exp.Column) else select
    # older sqlglot has no class for COLUMNS, and takes it for a function
    return isinstance(plain, exp.Star) or any(type(part).__name__ == "Columns" for part in select.walk())


def _starred(select: Any, scope: Any, names: _Names) -> Iterator[tuple[str, str]]:
    """The tables whose every column a star stands for, also through the queries it is a star of."""
    if scope is None:
        return
    only = select.table if isinstance(select, exp.Column) else None
    for alias, source in scope.sources.items():
        if only and alias.lower() != only.lower():
            continue
        if isinstance(source, exp.Table):
            if (origin := names.origin(source.name, _STAR)) is not None:
                yield origin
        elif alias in scope.selected_sources:
            for inner in source.expression.selects:
                if _is_star(inner):
                    yield from _starred(inner, source, names)


def _origins(name: str, qualified: Any, scope: Any, names: _Names) -> list[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for leaf in lineage(name, qualified, {}, dialect="duckdb", scope=scope).walk():
        if not leaf.downstream and isinstance(leaf.source, exp.Table):
            column = leaf.name.rpartition(".")[2].strip('"')
            if (origin := names.origin(leaf.source.name, column)) is not None:
                found.add(origin)
    order = list(names.tables.values())
    return sorted(found, key=lambda origin: (order.index(origin[0]), origin[1]))  # sqlglot's own order varies


class QueryReads(NamedTuple):
    """What a query reads.

    Attributes:
        columns: As :func:`query_columns` gives them; a column whose origin cannot be told is made of all tables.
        beside: The columns of tables that count for all rows: in conditions, keys of joins and groups, and orders.
    """

    columns: Columns
    beside: list[tuple[str, str]]


def query_reads(sql: str, tables: Sequence[str]) -> QueryReads:
    """What a query reads of its tables. What cannot be told is all of them.

    Args:
        sql: The query, in DuckDB's dialect.
        tables: The tables it reads.

    Example:
        >>> query_reads("SELECT a, b + c AS d FROM t WHERE e > 0", ["t"])
        QueryReads(columns=[('a', [('t', 'a')]), ('d', [('t', 'b'), ('t', 'c')])], beside=[('t', 'e')])
    """
    everything = [(table, _STAR) for table in tables]
    columns = query_columns(sql, dict.fromkeys(tables))
    names = _Names(dict.fromkeys(tables))
    try:
        qualified = _qualified(sqlglot.parse_one(sql, dialect="duckdb"), names.schema, True)
        scope = build_scope(qualified)
        beside = everything if scope is None else sorted(_beside(scope, names))
        told = _told(columns, qualified)
    except _FAULTS:
        return QueryReads(columns, everything)
    return QueryReads(columns, beside if told else everything)


def _told(columns: Columns, qualified: Any) -> bool:
    """Whether every column has its origins: one that is made of columns, and seems made of none, has not."""
    selects = qualified.selects
    if not columns or len(columns) != len(selects):
        return False
    return all(
        origins or select.find(exp.Column, exp.Star) is None
        for (_, origins), select in zip(columns, selects, strict=True)
    )


def _beside(scope: Any, names: _Names) -> set[tuple[str, str]]:
    """The columns that clauses other than the list of results name, in a query and all inside it."""
    found: set[tuple[str, str]] = set()
    for inner in scope.traverse():
        shown = {id(part) for select in getattr(inner.expression, "selects", ()) for part in select.walk()}
        for column in inner.columns:
            if id(column) in shown and not _in_subquery(column):
                continue
            source = inner.sources.get(column.table)
            if isinstance(source, exp.Table):
                origin = names.origin(source.name, column.name)
                found |= set() if origin is None else {origin}
            elif source is not None:
                found |= set(_origins(column.name, source.expression, source, names))
            else:
                found |= {(table, column.name) for table in names.tables.values()}
    return found


def _in_subquery(column: Any) -> bool:
    return column.find_ancestor(exp.Subquery) is not None and column.find_ancestor(exp.Where, exp.Join) is not None
