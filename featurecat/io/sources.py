"""Declared sources: files that become input nodes of a graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from featurecat.errors import ModifierError, Problem, RequestError
from featurecat.frames.arrow import from_arrow
from featurecat.frames.logical import parse_logical_type
from featurecat.io.reader import Reader, file_columns
from featurecat.io.request import FileRequest, refuse_address

__all__ = ["SourceSpec", "read_source", "source_columns", "source_request"]


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """A source as ``[tool.featurecat.sources.<name>]`` declares it.

    Attributes:
        name: Name of the source, which is the name of its input node.
        format: Name of a file format, such as ``parquet``.
        path: The file; a relative path has been resolved by whoever read the settings.
        key: The entity key columns.
        timestamp: The event timestamp column.
        columns: Declared logical types of columns, by name; others keep the type they are found with.
        pii: Columns with personal data.
        freshness: How old the data may be, such as ``1 day``.
        options: Options of the format.
        doc: One line about the source.
        table: Table of a database file.
        query: A select statement for a database file, instead of ``table``.
    """

    name: str
    format: str
    path: str
    key: tuple[str, ...] = ()
    timestamp: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    pii: tuple[str, ...] = ()
    freshness: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    doc: str | None = None
    table: str | None = None
    query: str | None = None

    @property
    def grain(self) -> tuple[str, ...]:
        """The key columns and the timestamp column; they are read whatever else is."""
        return self.key if self.timestamp is None or self.timestamp in self.key else (*self.key, self.timestamp)


def source_request(spec: SourceSpec) -> FileRequest:
    """What to read for a source.

    Raises:
        RequestError: ``source-unreadable``, naming every column that is declared with an unknown type.
        UnsupportedError: When the path is an address.
    """
    types: dict[str, pa.DataType] = {}
    problems: list[Problem] = []
    for column, dtype in spec.columns.items():
        try:
            types[column] = parse_logical_type(dtype)
        except ModifierError as fault:
            found = fault.problems[0]
            message = f"source {spec.name!r}, column {column!r}: {found.message}"
            problems.append(Problem("source-unreadable", message, file=spec.path, hint=found.hint))
    if problems:
        raise RequestError(problems)
    refuse_address(f"source {spec.name!r}", spec.path)
    return FileRequest(
        Path(spec.path).expanduser(),
        spec.format,
        options=spec.options,
        types=types,
        table=spec.table,
        query=spec.query,
    )


def read_source(
    spec: SourceSpec,
    engine: str,
    columns: Sequence[str] | None = None,
    *,
    limit: int | None = None,
    reader: Reader | None = None,
) -> Any:
    """A source as a frame, in the order of the file's columns.

    NaN becomes null; pandas gets nullable types only for whole numbers and booleans with gaps.

    Args:
        spec: The source.
        engine: ``pandas``, ``polars``, ``polars-lazy`` or ``pyarrow``.
        columns: Columns consumed; key and timestamp columns are read besides. None means all.
        limit: At most so many rows, the first ones.
        reader: The run's reader, which reads each file once; a new one without it.

    Raises:
        RequestError: ``source-unreadable``, when the file lacks columns that are consumed, declared or part of the key.
        StoreError: ``source-unreadable``, when the file is missing or broken, or when a declared type does not fit.
    """
    request = source_request(spec)
    wanted = None if columns is None else list(dict.fromkeys((*spec.grain, *columns)))
    table = (reader or Reader()).table(request, wanted, limit=limit, required=spec.grain)
    return from_arrow(table, engine)


def source_columns(spec: SourceSpec) -> dict[str, str]:
    """The columns of a source with their logical types, without reading the data.

    Types in text files are told from the first block, so they may widen when all is read.

    Raises:
        StoreError: ``source-unreadable``, when the file is missing or broken.
    """
    return file_columns(source_request(spec))
