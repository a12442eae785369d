"""Reads files for one run: each at most once, whatever the number of sources and inputs that name it."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa

from featurecat.errors import Problem, RequestError, StoreError, did_you_mean
from featurecat.frames.logical import logical_type, normal_column, normal_type
from featurecat.io.registry import find_format
from featurecat.io.request import FileRequest, InvalidFileError

__all__ = ["Reader", "file_columns"]

_LONGEST_REASON = 160
# what follows these words in Arrow's messages is a piece of the data
_QUOTED_DATA = re.compile(r"(invalid value|got \d+|Value|value|Could not convert)\b.*", re.DOTALL)


@dataclass(slots=True)
class _FileMemo:
    """What was read of one file so far."""

    schema: pa.Schema
    columns: dict[str, pa.ChunkedArray] = field(default_factory=dict)


class Reader:
    """Reads tables and remembers their columns for as long as it lives, which is one run. Threads may share it.

    A format that stores columns apart is asked for each column once. Of a text format the first reading brings the
    columns asked for, a second one all that remain.
    """

    def __init__(self) -> None:
        self._memo: dict[Any, _FileMemo] = {}
        self._lock = threading.Lock()

    def table(
        self,
        request: FileRequest,
        columns: Sequence[str] | None = None,
        *,
        limit: int | None = None,
        required: Sequence[str] = (),
    ) -> pa.Table:
        """Columns of a file in the file's order, declared types applied, in Arrow's normal form.

        Args:
            request: What to read.
            columns: Columns wanted; None means all.
            limit: At most so many rows, the first ones.
            required: Columns that have to exist, whether wanted or not.

        Raises:
            RequestError: ``source-unreadable``, when columns are named that the file does not have.
            StoreError: ``source-unreadable``, when the file is missing or broken, or when a declared type does not fit.
        """
        with self._lock, _faults_of(request):
            status = request.path.stat()
            identity = (status.st_mtime_ns, status.st_size, limit, _identity(request))
            memo = self._memo.get(identity)
            if memo is None:
                schema = find_format(request.format, file=str(request.path)).schema(request)
                memo = self._memo[identity] = _FileMemo(schema)
            _check_names(request, memo.schema, [*(columns or ()), *request.types, *required])
            wanted = [name for name in memo.schema.names if columns is None or name in columns]
            self._complete(request, memo, wanted, limit)
            rows = [memo.columns[name] for name in wanted]
            return pa.Table.from_arrays(rows, names=wanted) if wanted else pa.table({})

    def _complete(self, request: FileRequest, memo: _FileMemo, wanted: list[str], limit: int | None) -> None:
        """Reads the columns that are wanted and not there yet."""
        absent = [name for name in wanted if name not in memo.columns]
        if not absent:
            return
        entry = find_format(request.format)
        if not entry.columnar and memo.columns:
            absent = [name for name in memo.schema.names if name not in memo.columns]
        everything = len(absent) == len(memo.schema.names)
        table = entry.read(request, None if everything else absent, limit)
        if limit is not None:
            table = table.slice(0, limit)
        for name, column in _declared(request, table).items():
            memo.columns[name] = column


def file_columns(request: FileRequest) -> dict[str, str]:
    """The columns of a file with their logical types, from its footer or its first block.

    Args:
        request: What to look at; declared types take the place of found ones.

    Raises:
        StoreError: ``source-unreadable``, when the file is missing or broken.
    """
    with _faults_of(request):
        schema = find_format(request.format, file=str(request.path)).schema(request)
    found: dict[str, Any] = dict(zip(schema.names, schema.types, strict=True))
    return {name: logical_type(normal_type(request.types.get(name, data_type))) for name, data_type in found.items()}


def _identity(request: FileRequest) -> str:
    """Everything that decides what a request yields, as text."""
    return repr(replace(request, path=request.path.resolve(), options=dict(request.options), types=dict(request.types)))


@contextmanager
def _faults_of(request: FileRequest) -> Iterator[None]:
    """Turns what adapters raise into errors that name the file and quote no data."""
    shown = str(request.path)
    try:
        yield
    except FileNotFoundError as fault:
        raise StoreError(
            f"there is no file {shown}",
            code="source-unreadable",
            file=shown,
            hint="check the path; a relative one starts at the project root, or at the current directory for --input",
        ) from fault
    except InvalidFileError as fault:
        raise StoreError(f"{shown} cannot be read: {fault}", code="source-unreadable", file=shown) from fault
    except (pa.ArrowException, OSError, EOFError, UnicodeError) as fault:
        reason = _QUOTED_DATA.sub(r"\1", str(fault).partition("\n")[0])[:_LONGEST_REASON]
        raise StoreError(
            f"{shown} cannot be read as {request.format}: {reason or type(fault).__name__}",
            code="source-unreadable",
            file=shown,
            hint="is it whole, and of that format?",
        ) from None


def _check_names(request: FileRequest, schema: pa.Schema, wanted: Sequence[str]) -> None:
    found = schema.names
    problems = [
        Problem(
            "source-unreadable",
            f"{request.path} has no column {name!r}",
            file=str(request.path),
            hint=did_you_mean(name, found),
            details=(f"columns: {', '.join(found) or 'none'}",),
        )
        for name in dict.fromkeys(wanted)
        if name not in found
    ]
    repeated = sorted({name for name in found if found.count(name) > 1}) if len(set(found)) < len(found) else []
    problems += [
        Problem("source-unreadable", f"{request.path} has several columns {name!r}", file=str(request.path))
        for name in repeated
    ]
    if problems:
        raise RequestError(problems)


def _declared(request: FileRequest, table: pa.Table) -> dict[str, pa.ChunkedArray]:
    """The columns of a table in normal form, those of declared type brought to it."""
    columns: dict[str, pa.ChunkedArray] = {}
    problems: list[Problem] = []
    for name, found in zip(table.column_names, table.columns, strict=True):
        column, wanted = normal_column(found), request.types.get(name)
        try:
            columns[name] = column if wanted is None else _cast(column, wanted)
        except pa.ArrowException:
            message = f"column {name!r} of {request.path} holds {logical_type(column)} values"
            problems.append(
                Problem(
                    "source-unreadable",
                    f"{message} that do not fit the declared {logical_type(wanted)}",
                    file=str(request.path),
                    hint="correct the declared type of the source, or the file",
                )
            )
    if problems:
        raise StoreError(problems)
    return columns


def _cast(column: pa.ChunkedArray, wanted: Any) -> pa.ChunkedArray:
    if column.type == wanted:
        return column
    if pa.types.is_dictionary(wanted):
        return normal_column(column.cast(wanted.value_type).dictionary_encode())
    return normal_column(column.cast(wanted))
