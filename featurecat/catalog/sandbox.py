"""Queries of users: a process of their own answers them on a copy of the catalog, and can reach nothing else.

What makes it safe, outermost first:

- The process has no environment, no module but featurecat's and DuckDB's own, may write no byte to any file, and is
  ended when its time is up, whatever it does (``sandboxed.py``).
- The catalog is a throwaway copy that has no name any more once it is open: DuckDB always allows access to the
  attached file and its log, so there must be none to read or overwrite.
- DuckDB itself is locked: no files, no network, no extensions, no Python variables, no other settings
  (``connection.py``).

The look at the kind of statement comes first only because its messages are better.
"""

from __future__ import annotations

import contextlib
import datetime
import io
import json
import os
import pickle
import selectors
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

import duckdb

from featurecat.catalog.connection import Rows, catalog_error, refuse_missing
from featurecat.errors import CatalogError, FeaturecatError, Problem, RequestError, UnsupportedError

__all__ = ["Limits", "run_sql", "run_sql_for_arrow"]

#: What the process says when it starts on the query.
BEGUN = b"."
_BEGIN = "import json, sys; sys.path += json.loads(sys.argv[1]); from featurecat.catalog.sandboxed import main; main()"
#: How long a process may take to start on a busy machine, and how long past its time DuckDB may take to stop.
_START_SECONDS, _GRACE_SECONDS = 120.0, 1.0
_MOST_BYTES = 2_000_000_000
_PIECE = 1 << 20
_FAMILIES: dict[str, type[FeaturecatError]] = {
    "request": RequestError,
    "catalog": CatalogError,
    "unsupported": UnsupportedError,
}
#: All that a value of an answer may be made of: what came from the process is not trusted.
_KNOWN = {
    **{("datetime", name): getattr(datetime, name) for name in ("date", "datetime", "time", "timedelta", "timezone")},
    ("builtins", "str"): str,
}


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a query may take.

    Attributes:
        seconds: Longest time.
        memory: Most memory DuckDB may take, as DuckDB writes it.
        most_rows: More rows than this are refused, not cut off.
    """

    seconds: float = 30
    memory: str = "1GB"
    most_rows: int = 1_000_000


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
    answer = _Plain(io.BytesIO(_asked(path, statement, Limits(seconds, memory, most_rows), form="rows")))
    columns, types, rows = answer.load()
    return Rows(columns, types, rows)


def run_sql_for_arrow(path: Path, statement: str, limits: Limits | None = None) -> bytes:
    """Answer one query as :func:`run_sql` does, as an Arrow IPC stream; needs pyarrow.

    Args:
        path: The catalog's file.
        statement: As for :func:`run_sql`.
        limits: How much it may take.

    Raises:
        FeaturecatError: As :func:`run_sql` does.
    """
    return _asked(path, statement, limits or Limits(), form="arrow")


@dataclass(slots=True)
class _Deadline:
    """When patience ends; it is put off once the query has begun."""

    moment: float


class _Plain(pickle.Unpickler):
    """Reads plain values, and refuses to load anything else."""

    def find_class(self, module: str, name: str) -> Any:
        """A type that answers are made of."""
        if (module, name) in _KNOWN:
            return _KNOWN[module, name]
        if (module, name) in (("decimal", "Decimal"), ("uuid", "UUID")):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"an answer holds {module}.{name}")


def _asked(path: Path, statement: str, limits: Limits, *, form: str) -> bytes:
    refuse_missing(path)
    if not 0 < limits.seconds < float("inf"):
        raise RequestError(f"{limits.seconds} seconds are no time limit", hint="give a positive number")
    if limits.most_rows < 1:
        raise RequestError(f"{limits.most_rows} is no limit of rows", hint="give a positive number")
    with _copied(path) as copy:
        request = {"path": str(copy), "statement": statement, "form": form, **asdict(limits)}
        with _process(copy.parent) as child:
            status, payload = _conversation(child, json.dumps(request).encode(), limits)
    if status == b"+":
        return payload
    try:
        told = json.loads(payload)
        problem = Problem(told["code"], told["message"], None, hint=told["hint"], details=tuple(told["details"]))
        family = _FAMILIES[told["family"]]
    except (ValueError, KeyError, TypeError):
        raise _crashed(child) from None
    # it is the original that is damaged, not its copy
    named = Problem(problem.code, problem.message, str(path), hint=problem.hint, details=problem.details)
    raise family(named if family is CatalogError else problem)


@contextlib.contextmanager
def _copied(path: Path) -> Iterator[Path]:
    try:
        directory = Path(tempfile.mkdtemp(prefix="featurecat-sql-"))
    except OSError as error:
        raise CatalogError(
            f"there is no place for a copy of the catalog: {error.strerror or error}",
            hint="set TMPDIR to a directory with room for it",
        ) from error
    try:
        copy = directory / "catalog.duckdb"
        try:
            shutil.copyfile(path, copy)
        except OSError as error:
            raise catalog_error(path, error) from error
        yield copy
    finally:
        shutil.rmtree(directory, ignore_errors=True)  # the process has done so already, if it came that far


@contextlib.contextmanager
def _process(directory: Path) -> Iterator[subprocess.Popen[bytes]]:
    if not sys.executable:
        raise UnsupportedError("queries run in a process of their own, and this Python knows no program to start")
    homes = [str(Path(__file__).resolve().parents[2]), str(Path(duckdb.__file__).resolve().parents[1])]
    try:
        child = subprocess.Popen(
            [
                sys.executable,
                "-I",
                "-S",
                "-B",
                "-X",
                "utf8",
                "-c",
                _BEGIN,
                json.dumps([*homes, *filter(os.path.isabs, sys.path)]),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=directory,
            env={"HOME": str(directory)},
            start_new_session=True,
        )
    except OSError as error:
        raise UnsupportedError(
            f"queries run in a process of their own, and Python cannot be started: {error.strerror or error}",
            hint=f"make {sys.executable} executable for this user",
        ) from error
    try:
        yield child
    finally:
        child.kill()
        for stream in (child.stdin, child.stdout):
            with contextlib.suppress(OSError):
                if stream is not None:
                    stream.close()
        child.wait()


def _conversation(child: subprocess.Popen[bytes], request: bytes, limits: Limits) -> tuple[bytes, bytes]:
    """Give the request; the time counts from when it is begun. The answer is a status of one byte, and what it says."""
    assert child.stdin is not None
    assert child.stdout is not None
    told = bytearray()
    with contextlib.suppress(BrokenPipeError):
        child.stdin.write(request)
        child.stdin.close()
    deadline = _Deadline(time.monotonic() + _START_SECONDS)
    try:
        for piece in _pieces(child.stdout, deadline):
            if not told:
                deadline.moment = time.monotonic() + limits.seconds + _GRACE_SECONDS
            told += piece
            if len(told) > _MOST_BYTES:
                raise _refused("the query needs more memory than it is allowed", "narrow it down")
    except TimeoutError:
        raise _refused(
            f"the query took longer than {limits.seconds:g} seconds",
            "narrow it down, or open the catalog with a DuckDB client of your own",
        ) from None
    # a catalog that cannot be opened is told of before anything has begun
    told = told.removeprefix(BEGUN)
    if not told:
        raise _crashed(child)
    return bytes(told[:1]), bytes(memoryview(told)[1:])


def _pieces(stream: IO[bytes], deadline: _Deadline) -> Iterator[bytes]:
    """What a stream gives until it ends.

    Raises:
        TimeoutError: At the deadline.
    """
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while True:
            left = deadline.moment - time.monotonic()
            if left <= 0 or not selector.select(left):
                raise TimeoutError
            piece = os.read(stream.fileno(), _PIECE)
            if not piece:
                return
            yield piece


def _refused(message: str, hint: str) -> RequestError:
    return RequestError(message, code="invalid-sql", hint=hint)


def _crashed(child: subprocess.Popen[bytes]) -> RequestError:
    code = child.wait()
    reason = f"signal {-code}" if code < 0 else f"exit code {code}"
    return _refused(
        f"the query ended its process ({reason}); nothing else is harmed",
        "it needs too much memory, or is nested too deeply",
    )
