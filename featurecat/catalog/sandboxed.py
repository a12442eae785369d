"""The inside of the sandbox: a process that answers one query and ends; ``sandbox.py`` starts it.

It reads a request from standard input, opens the copy of the catalog and takes away its name, gives up what it could
do to files, and answers on standard output: ``.`` when it begins, then ``+`` and the answer, or ``-`` and what is wrong.
"""

from __future__ import annotations

import contextlib
import datetime
import decimal
import io
import json
import os
import pickle
import re
import resource
import shutil
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from featurecat.catalog.connection import MOST_CHARACTERS, Connection, catalog_error
from featurecat.errors import CatalogError, FeaturecatError, RequestError, UnsupportedError

__all__ = ["answer_query", "main"]

_EXPLAIN = re.compile(r"\s*explain\b(\s+analyze\b)?(\s*\([^)]*\))?", re.IGNORECASE)
#: What DuckDB raises when the file, not the query, is at fault; damaged blocks come as the plain class.
_DAMAGE = (duckdb.SerializationException, duckdb.FatalException)
_UNREAD = "could not read"
_MOST_DETAILS = 4
_BATCH_ROWS = 10_000
#: Beside what DuckDB may take: Python's copy of the answer, threads, what allocators hold back.
_SPARE_BYTES = 2 << 30
_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
_UNITS |= {f"{unit[0]}iB": 1024**power for power, unit in enumerate(("KB", "MB", "GB", "TB"), 1)}
_PLAIN = (type(None), bool, int, float, str, bytes, list, tuple, dict)
_TIMES = (datetime.date, datetime.datetime, datetime.time, datetime.timedelta, datetime.timezone)
_VALUES = frozenset((*_PLAIN, *_TIMES, decimal.Decimal, uuid.UUID))
#: Statements that need it are told how to do without.
_TIME_ZONES = "pytz"


def main() -> None:
    """Answer the request on standard input."""
    request = json.loads(sys.stdin.buffer.read())
    answers = os.fdopen(os.dup(1), "wb")
    # nothing but the answer leaves through the pipe
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    try:
        payload = b"+" + _answered(request, lambda: _give_up(request, answers))
    except FeaturecatError as error:
        payload = b"-" + _told(error)
    except MemoryError:
        payload = b"-" + _told(_invalid("the query needs more memory than it is allowed", "narrow it down"))
    with contextlib.suppress(BrokenPipeError):
        answers.write(payload)
        answers.flush()
    os._exit(0)  # nothing is left to tidy up, and DuckDB may take its time about it


def _answered(request: dict[str, Any], begin: Callable[[], None]) -> bytes:
    path = Path(request["path"])
    with Connection.open(path, seconds=request["seconds"], memory=request["memory"]) as catalog:
        begin()
        return answer_query(
            catalog,
            request["statement"],
            form=request["form"],
            seconds=request["seconds"],
            most_rows=request["most_rows"],
        )


def _give_up(request: dict[str, Any], answers: io.BufferedWriter) -> None:
    """Leave nothing to reach: the copy loses its name, no file takes a byte, time and memory have an end."""
    os.chdir("/")
    shutil.rmtree(Path(request["path"]).parent, ignore_errors=True)
    seconds = int(request["seconds"])
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_CPU, 4 * seconds + 60)  # should nobody be left to end it
    _limit(resource.RLIMIT_AS, _address_space() + _bytes_of(request["memory"]) + _SPARE_BYTES)
    answers.write(b".")
    answers.flush()


def _limit(kind: int, most: int) -> None:
    _, hard = resource.getrlimit(kind)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    with contextlib.suppress(OSError, ValueError):  # systems that do not know or allow this limit
        resource.setrlimit(kind, (most, most))


def _address_space() -> int:
    """Bytes of address space in use."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError):
        return _SPARE_BYTES
    return pages * resource.getpagesize()


def _bytes_of(memory: str) -> int:
    """What a limit of memory that DuckDB has accepted comes to."""
    found = re.fullmatch(r"\s*([\d.]+)\s*([A-Za-z]*)\s*", memory)
    units = {unit.casefold(): factor for unit, factor in _UNITS.items()}
    return int(float(found[1]) * units.get(found[2].casefold(), 10**12)) if found else 10**12


def _told(error: FeaturecatError) -> bytes:
    family = (
        "catalog" if isinstance(error, CatalogError) else "unsupported" if isinstance(error, UnsupportedError) else ""
    )
    problem = error.problems[0]
    return json.dumps(
        {
            "family": family or "request",
            "code": problem.code,
            "message": problem.message,
            "hint": problem.hint,
            "details": problem.details,
        }
    ).encode()


# --- one query ------------------------------------------------------------------------------------


def answer_query(
    catalog: Connection, statement: str, *, form: str = "rows", seconds: float = 30, most_rows: int = 1_000_000
) -> bytes:
    """Answer one query on an open and locked catalog.

    Args:
        catalog: The catalog.
        statement: The query.
        form: ``rows``, pickled as (columns, types, rows), or ``arrow``, an IPC stream.
        seconds: The time limit it was opened with, to be named.
        most_rows: More rows than this are refused.

    Raises:
        RequestError: When the statement is refused, wrong, or takes too much.
        CatalogError: When the catalog is damaged.
    """
    _refuse(catalog, statement)
    try:
        return (_in_arrow if form == "arrow" else _in_rows)(catalog, statement, most_rows)
    except duckdb.InterruptException as error:
        raise _invalid(
            f"the query took longer than {seconds:g} seconds",
            "narrow it down, or open the catalog with a DuckDB client of your own",
        ) from error
    except (duckdb.OutOfMemoryException, MemoryError) as error:
        raise _invalid("the query needs more memory than it is allowed", "narrow it down") from error
    except duckdb.Error as error:
        if _is_damage(error):
            raise catalog_error(catalog.path, error) from error
        raise _explained(error) from error


def _is_damage(error: duckdb.Error) -> bool:
    unread = isinstance(error, duckdb.IOException) and _UNREAD in str(error).casefold()
    return unread or type(error) is duckdb.Error or isinstance(error, _DAMAGE)


def _in_rows(catalog: Connection, statement: str, most_rows: int) -> bytes:
    answer = catalog.fetch(statement, most=most_rows)
    _refuse_long(len(answer.rows), most_rows)
    written = io.BytesIO()
    _Portable(written, protocol=5).dump((answer.columns, answer.types, answer.rows))
    return written.getvalue()


def _in_arrow(catalog: Connection, statement: str, most_rows: int) -> bytes:
    import pyarrow as pa

    rows = weight = 0
    sink = pa.BufferOutputStream()
    with catalog.arrow_batches(statement, _BATCH_ROWS) as batches, pa.ipc.new_stream(sink, batches.schema) as stream:
        for batch in batches:
            rows += batch.num_rows
            weight += batch.nbytes
            _refuse_long(rows, most_rows)
            if weight > MOST_CHARACTERS:
                raise duckdb.OutOfMemoryException(f"the answer holds more than {MOST_CHARACTERS:,} bytes")
            stream.write_batch(batch)
    content: bytes = sink.getvalue().to_pybytes()
    return content


class _Portable(pickle.Pickler):
    """Writes plain values; of any other, its text."""

    def reducer_override(self, value: Any) -> Any:
        """How a value is taken apart."""
        if isinstance(value, type) or type(value) in _VALUES:
            return NotImplemented
        if isinstance(value, datetime.tzinfo):  # sessions live in UTC
            return datetime.timezone, (datetime.timedelta(0),)
        return str, (str(value),)


def _refuse_long(rows: int, most_rows: int) -> None:
    if rows > most_rows:
        raise _invalid(f"the answer has more than {most_rows} rows", "add a LIMIT, or aggregate")


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
    if kind == "MULTI":
        raise _invalid("PIVOT makes several statements here", "write it into the query: FROM (FROM t PIVOT (…))")
    if kind not in ("SELECT", "EXPLAIN"):
        raise _invalid(
            f"{kind} is not allowed: the catalog is read-only",
            "a statement starts with SELECT, FROM, WITH, DESCRIBE, SHOW, SUMMARIZE or EXPLAIN",
        )


def _kinds(catalog: Connection, statement: str) -> list[str]:
    if "\0" in statement:
        raise _invalid("the SQL statement holds a null character", "leave it out")
    try:
        return catalog.statement_kinds(statement)
    except duckdb.Error as error:
        raise _explained(error) from error


def _invalid(message: str, hint: str) -> RequestError:
    return RequestError(message, code="invalid-sql", hint=hint)


def _explained(error: duckdb.Error) -> RequestError:
    """DuckDB's own message, which points at the place and often offers a name."""
    first, *rest = [line for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    hint = "DESCRIBE or SHOW TABLES lists what there is"
    if _TIME_ZONES in first:
        first, rest = "times with a time zone cannot be fetched", []
        hint = "cast them: now()::TIMESTAMP is the time in UTC"
    return _invalid_with(first, rest[:_MOST_DETAILS], hint)


def _invalid_with(message: str, details: list[str], hint: str) -> RequestError:
    refused = _invalid(message, hint)
    (problem,) = refused.problems
    return RequestError(type(problem)(problem.code, message, hint=hint, details=tuple(details)))
