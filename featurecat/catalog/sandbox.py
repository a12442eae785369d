"""Queries of users: they see a copy of the catalog, and nothing else.

What makes it safe is, in this order: DuckDB itself is locked (no files, no network, no extensions, no Python
variables, no other settings), and the file it works on is a throwaway copy. The copy matters: DuckDB always allows
access to the attached file and its log, and ``COPY`` could overwrite both. The look at the kind of statement
comes first only because its messages are better.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

import duckdb

from featurecat.catalog.connection import Connection, Rows, catalog_error, refuse_missing
from featurecat.errors import CatalogError, Problem, RequestError

__all__ = ["run_sql"]

_EXPLAIN = re.compile(r"\s*explain\b(\s+analyze\b)?(\s*\([^)]*\))?", re.IGNORECASE)
#: What DuckDB raises when the file, not the query, is at fault; damaged blocks come as the plain class.
_DAMAGE = (duckdb.IOException, duckdb.SerializationException, duckdb.FatalException)
_MOST_DETAILS = 4


def run_sql(
    path: Path, statement: str, *, seconds: float = 30, memory: str = "1GB", most_rows: int = 1_000_000
) -> Rows:
    """Answer one query on the catalog.

    Args:
        path: The catalog's file.
        statement: One ``SELECT`` (also ``FROM``, ``WITH``, ``DESCRIBE``, ``SHOW``, ``SUMMARIZE``) or ``EXPLAIN``.
        seconds: Longest time it may take.
        memory: Most memory DuckDB may take, as DuckDB writes it.
        most_rows: More rows than this are refused, not cut off.

    Raises:
        RequestError: With code ``invalid-sql`` when the statement is refused, wrong, or takes too much.
        CatalogError: When there is no catalog or it is damaged.
        UnsupportedError: When this DuckDB cannot be locked.
    """
    refuse_missing(path)
    with tempfile.TemporaryDirectory(prefix="featurecat-sql-") as directory:
        copy = Path(directory) / "catalog.duckdb"
        try:
            shutil.copyfile(path, copy)
        except OSError as error:
            raise catalog_error(path, error) from error
        try:
            with Connection.open(copy, seconds=seconds, memory=memory) as catalog:
                _refuse(catalog, statement)
                return _answer(catalog, statement, seconds=seconds, most_rows=most_rows)
        except CatalogError as error:  # it is the original that is damaged
            raise CatalogError(_named(problem, path) for problem in error.problems) from error


def _named(problem: Problem, path: Path) -> Problem:
    return Problem(problem.code, problem.message, str(path), hint=problem.hint, details=problem.details)


def _refuse(catalog: Connection, statement: str) -> None:
    """Refuse what is not one query, with a message that says why."""
    kinds = _kinds(catalog, statement)
    if not kinds:
        raise _invalid("there is no SQL statement", "try: SELECT feature, dtype, owner FROM public_features")
    if len(kinds) > 1:
        raise _invalid(f"{len(kinds)} SQL statements were given, one is allowed", "run them one by one")
    kind = kinds[0]
    if kind == "EXPLAIN":
        inner = _kinds(catalog, _EXPLAIN.sub("", statement, count=1))
        kind = inner[0] if len(inner) == 1 else kind
    if kind not in ("SELECT", "EXPLAIN"):
        raise _invalid(
            f"{kind} is not allowed: the catalog is read-only",
            "a statement starts with SELECT, FROM, WITH, DESCRIBE, SHOW, SUMMARIZE or EXPLAIN",
        )


def _kinds(catalog: Connection, statement: str) -> list[str]:
    try:
        return catalog.statement_kinds(statement)
    except duckdb.Error as error:
        raise _explained(error) from error


def _answer(catalog: Connection, statement: str, *, seconds: float, most_rows: int) -> Rows:
    try:
        answer = catalog.fetch(statement, most=most_rows)
    except duckdb.InterruptException as error:
        raise _invalid(
            f"the query took longer than {seconds:g} seconds",
            "narrow it down, or open the catalog with a DuckDB client of your own",
        ) from error
    except duckdb.OutOfMemoryException as error:
        raise _invalid("the query needs more memory than it is allowed", "narrow it down") from error
    except duckdb.Error as error:
        if type(error) is duckdb.Error or isinstance(error, _DAMAGE):
            raise catalog_error(catalog.path, error) from error
        raise _explained(error) from error
    if len(answer.rows) > most_rows:
        raise _invalid(f"the answer has more than {most_rows} rows", "add a LIMIT, or aggregate")
    return answer


def _invalid(message: str, hint: str) -> RequestError:
    return RequestError(message, code="invalid-sql", hint=hint)


def _explained(error: duckdb.Error) -> RequestError:
    """DuckDB's own message, which points at the place and often offers a name."""
    first, *rest = [line for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    hint = "DESCRIBE or SHOW TABLES lists what there is"
    return RequestError(Problem("invalid-sql", first, hint=hint, details=tuple(rest[:_MOST_DETAILS])))
