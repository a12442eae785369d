"""Input values given on the command line: ``--input name=path-or-literal`` and ``--input name:=json``."""

from __future__ import annotations

import datetime
import decimal
import hashlib
import json
import types
import typing
from pathlib import Path
from typing import Any

import pyarrow as pa

from featurecat.errors import FeaturecatError, RequestError, UnsupportedError, did_you_mean
from featurecat.frames.arrow import from_arrow, to_arrow
from featurecat.frames.kinds import FrameKind, kind_of_type
from featurecat.io.literals import toml_value
from featurecat.io.reader import Reader, file_columns
from featurecat.io.registry import format_of_path
from featurecat.io.request import FileRequest, refuse_address
from featurecat.records import InputRecord

__all__ = ["describe_input", "input_request", "parse_literal", "read_input"]

#: Files up to this size (bytes) are hashed whole; of larger ones size and time tell.
LARGEST_HASHED = 256 * 1024 * 1024


def read_input(
    name: str,
    text: str,
    annotation: Any,
    *,
    as_json: bool = False,
    reader: Reader | None = None,
    limit: int | None = None,
) -> Any:
    """The value of one input.

    A frame is read from a file, its format told by the name; a column is the file's column ``name``, or the one after
    ``#`` (``flights.parquet#dep_delay``). In a database file ``#`` is followed by the table, a dot and the column.
    After ``:=`` a JSON array is a column, one of objects a frame. Anything else is a literal.

    Args:
        name: Name of the input.
        text: What was written after ``=``.
        annotation: The type that the consumers ask for.
        as_json: Whether it was written after ``:=``.
        reader: The run's reader, which reads each file once; a new one without it.
        limit: At most so many rows of a file.

    Raises:
        RequestError: ``input-type``, when a literal is of another type; ``source-unreadable``, when the file lacks the
            column, or when its format is unknown.
        StoreError: ``source-unreadable``, when the file is missing or broken.
        UnsupportedError: When a lazy column is asked for, which no file can be, or what lies at an address.
    """
    kind = kind_of_type(annotation)
    if kind is None:
        return parse_literal(name, text, annotation, as_json=as_json)
    if kind.engine == "polars-lazy" and kind.shape == "column":
        raise UnsupportedError(
            f"input {name!r} is an expression, which no file can hold", hint="give the frame it is taken from"
        )
    if as_json:
        return _read_json(name, text, kind)
    return _read_file(name, text, kind, annotation, reader=reader or Reader(), limit=limit)


def _read_json(name: str, text: str, kind: FrameKind) -> Any:
    rows = parse_literal(name, text, list, as_json=True)
    if kind.shape == "column":
        return _as_column(pa.Table.from_arrays([to_arrow(rows)], names=[name]), name, kind)
    if not all(isinstance(row, dict) for row in rows):
        raise RequestError(f"input {name!r} is a frame, which needs a JSON array of objects", code="input-type")
    columns = {column: to_arrow([row.get(column) for row in rows]) for row in rows for column in row}
    return from_arrow(pa.table(columns), kind.engine)


def input_request(name: str, text: str, annotation: Any) -> tuple[FileRequest, str | None]:
    """What an input that is a file asks of that file.

    Args:
        name: Name of the input.
        text: What was written after ``=``.
        annotation: The type that the consumers ask for.

    Returns:
        The file to read and, where a column is asked for, its name.

    Raises:
        RequestError: ``input-type``, when a column is chosen for a frame; ``source-unreadable``, when the format is
            unknown.
        UnsupportedError: When it lies at an address.
    """
    refuse_address(f"input {name!r}", text)
    kind = kind_of_type(annotation)
    framed = kind is None or kind.shape == "frame"
    path, fragment = _split_fragment(text)
    file_format = format_of_path(path)
    table, column = None, fragment
    if file_format == "duckdb":
        table, column = _split_table(fragment, framed)
    elif framed and fragment is not None:
        raise RequestError(
            f"input {name!r} is a frame, so no column can be chosen with #{fragment}",
            code="input-type",
            hint=f"write {path}",
        )
    return FileRequest(path, file_format, table=table), None if framed else column or name


def _read_file(name: str, text: str, kind: FrameKind, annotation: Any, *, reader: Reader, limit: int | None) -> Any:
    request, column = input_request(name, text, annotation)
    if column is None:
        return from_arrow(reader.table(request, limit=limit), kind.engine)
    _check_column(name, column, request)
    # all columns of a text file at once: the next input may name another one
    return _as_column(reader.table(request, limit=limit).select([column]).rename_columns([name]), name, kind)


def _as_column(table: pa.Table, name: str, kind: FrameKind) -> Any:
    frame = from_arrow(table, kind.engine)
    return frame.column(name) if kind.engine == "pyarrow" else frame[name]


def _check_column(name: str, column: str, request: FileRequest) -> None:
    found = file_columns(request)
    if column in found:
        return
    near = did_you_mean(column, found)
    raise RequestError(
        f"input {name!r}: {request.path} has no column {column!r}",
        code="source-unreadable",
        file=str(request.path),
        hint=f"{near or 'choose one'} Columns are {', '.join(found)}; write {request.path}#COLUMN",
    )


def _split_fragment(text: str) -> tuple[Path, str | None]:
    """Path and what follows the last ``#``, unless a file bears that very name."""
    whole = Path(text).expanduser()
    path, mark, fragment = text.rpartition("#")
    if not mark or whole.exists():
        return whole, None
    return Path(path).expanduser(), fragment


def _split_table(fragment: str | None, framed: bool) -> tuple[str | None, str | None]:
    if fragment is None or framed:
        return fragment, None
    table, _, column = fragment.rpartition(".")
    return (table, column) if table else (column, None)


def parse_literal(name: str, text: str, annotation: Any, *, as_json: bool = False) -> Any:
    """A literal of the type that is asked for.

    ``text`` is read as a TOML value, and as plain text where it is none; a whole number serves where a float is asked
    for, the text itself where a str is.

    Args:
        name: Name of the input, for the message.
        text: What was written.
        annotation: The type asked for; only plain types, their unions and ``Literal`` are checked.
        as_json: Read it as JSON instead.

    Raises:
        RequestError: ``input-type``, when it is not of that type; the message does not repeat the value.

    Example:
        >>> parse_literal("rate", "2", float), parse_literal("code", "007", str), parse_literal("on", "true", bool)
        (2.0, '007', True)
    """
    if as_json:
        try:
            value = json.loads(text)
        except ValueError as fault:
            raise RequestError(
                f"input {name!r} is not JSON", code="input-type", hint=f"{name}:= is followed by JSON, {name}= by text"
            ) from fault
    else:
        value = toml_value(text)
    for candidate in _alternatives(annotation):
        accepted, fitting = _fit(candidate, value, text)
        if accepted:
            return fitting
    wanted = getattr(annotation, "__name__", None) or str(annotation)
    raise RequestError(
        f"input {name!r} needs a value of type {wanted}, not {type(value).__name__}",
        code="input-type",
        hint=f"write {name}=VALUE with a TOML value (3, 2.5, true, 2013-01-31, text), or {name}:=JSON",
    )


def _alternatives(annotation: Any) -> tuple[Any, ...]:
    """The members of a union, without what annotations wrap around them."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return _alternatives(typing.get_args(annotation)[0])
    if origin in (typing.Union, types.UnionType):
        return tuple(inner for member in typing.get_args(annotation) for inner in _alternatives(member))
    return (annotation,)


def _fit(annotation: Any, value: Any, text: str) -> tuple[bool, Any]:
    """Whether a value can serve where ``annotation`` is asked for, and as what."""
    if typing.get_origin(annotation) is typing.Literal:
        choices = typing.get_args(annotation)
        return (True, text) if text in choices else (value in choices, value)
    plain = typing.get_origin(annotation) or annotation
    if plain is None or plain is type(None):
        return value is None or text in ("null", "none", "None"), None
    if plain in _CONVERSIONS:
        accepted, convert = _CONVERSIONS[plain]
        if isinstance(value, accepted) and not (isinstance(value, bool) and bool not in accepted):
            return True, convert(value)
        return (True, text) if plain is str else (False, None)
    if plain in (datetime.date, datetime.datetime, datetime.time, list, dict):
        return type(value) is plain, value
    if plain in (tuple, set, frozenset):
        return isinstance(value, list), plain(value) if isinstance(value, list) else None
    return True, value


_CONVERSIONS: dict[Any, tuple[tuple[type, ...], Any]] = {
    bool: ((bool,), bool),
    int: ((int,), int),
    float: ((int, float), float),
    decimal.Decimal: ((int, float), lambda value: decimal.Decimal(str(value))),
    str: ((str,), str),
    Path: ((str,), Path),
}


def describe_input(name: str, path: str | Path, *, request: FileRequest | None = None) -> InputRecord:
    """What a manifest says about a file that was read.

    Args:
        name: Name of the source or input.
        path: The file as given; the caller redacts it before it is stored.
        request: How it was read; needed where the name does not tell, as with a table of a database.

    Returns:
        Sizes in bytes, time in ns since the epoch. ``content_hash`` (SHA-256) is None for a directory and beyond
        256 MiB; figures that cannot be had are None.
    """
    located = _split_fragment(str(path))[0] if request is None else request.path
    try:
        schema_hash = _schema_hash(request or FileRequest(located, format_of_path(located)))
    except FeaturecatError:  # what cannot be read has no schema; reading it says so
        schema_hash = None
    if not located.is_file():
        return InputRecord(name, "file", uri=str(path), schema_hash=schema_hash)
    status = located.stat()
    return InputRecord(
        name,
        "file",
        uri=str(path),
        bytes=status.st_size,
        mtime_ns=status.st_mtime_ns,
        schema_hash=schema_hash,
        content_hash=_content_hash(located) if status.st_size <= LARGEST_HASHED else None,
    )


def _schema_hash(request: FileRequest) -> str:
    columns = list(file_columns(request).items())
    return hashlib.sha256(json.dumps(columns, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()


def _content_hash(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
