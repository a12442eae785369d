"""Parquet files as featurecat writes them, and what their footers say."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from featurecat.errors import StoreError

__all__ = [
    "Footer",
    "content_hash",
    "footer_metadata",
    "read_columns",
    "read_footer",
    "schema_hash",
    "storable_schema",
    "write_parquet",
]

#: The version of the keys below, written into every footer.
FOOTER_VERSION = 1

_PREFIX = "featurecat."
_ROW_GROUP_ROWS = 131_072
_TEXT_KINDS = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_dictionary)


@dataclass(frozen=True, slots=True)
class Footer:
    """What a file's end says.

    Attributes:
        rows: Number of rows.
        schema: The Arrow schema a reader gets, without metadata.
        metadata: The ``featurecat.*`` keys and their values.
        bytes: Size of the whole file.
    """

    rows: int
    schema: pa.Schema
    metadata: Mapping[str, str]
    bytes: int


def footer_metadata(
    run_id: str | None = None, artifact_id: str | None = None, features: tuple[str, ...] = (), *, sample: bool = False
) -> dict[str, str]:
    """The keys every file of featurecat carries.

    Args:
        run_id: The run that wrote it; None for samples, which belong to no run.
        artifact_id: The artifact it is.
        features: Its features, in column order.
        sample: Whether it holds a sample instead of all rows.

    Example:
        >>> footer_metadata("r", "a", ("x", "y"))["featurecat.features"]
        '["x", "y"]'
    """
    keys = {
        "schema_version": str(FOOTER_VERSION),
        "run_id": run_id,
        "artifact_id": artifact_id,
        "features": json.dumps(features, ensure_ascii=False),
        "sample": "true" if sample else None,
    }
    return {_PREFIX + key: text for key, text in keys.items() if text is not None}


def write_parquet(table: pa.Table, path: Path, *, metadata: Mapping[str, str]) -> None:
    """Write a table as one Parquet file, in place: callers write to a temporary name.

    Zstandard at its lowest level, and dictionaries for text alone: for figures they cost CPU time and
    rarely save space. Metadata of the table's own (such as the pandas block) is left out.

    Args:
        table: What to write.
        path: The file; overwritten.
        metadata: Keys of the footer, as :func:`footer_metadata` makes them.

    Raises:
        StoreError: A column has a type Parquet cannot hold (code ``not-tabular``).
        OSError: The file cannot be written.
    """
    texts = [column.name for column in table.schema if _is_text(column.type)]
    try:
        pq.write_table(
            table.replace_schema_metadata(dict(metadata)),
            path,
            compression="zstd",
            compression_level=1,
            use_dictionary=texts or False,
            row_group_size=_ROW_GROUP_ROWS,
        )
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError) as error:
        raise StoreError(f"{path.name} cannot be written as Parquet: {error}", code="not-tabular") from error


def storable_schema(schema: pa.Schema) -> pa.Schema:
    """The schema a reader gets back: Parquet has no seconds, for example, and gives milliseconds.

    Raises:
        StoreError: A column has a type Parquet cannot hold (code ``not-tabular``); all such columns are named.
    """
    sink = pa.BufferOutputStream()
    try:
        pq.write_table(schema.remove_metadata().empty_table(), sink, store_schema=True)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError) as error:
        names = [column.name for column in schema if not _is_storable(column)]
        raise StoreError(
            f"columns that Parquet cannot hold: {', '.join(names) or error}",
            code="not-tabular",
            hint="give these features another type, such as text",
        ) from error
    return pq.ParquetFile(pa.BufferReader(sink.getvalue())).schema_arrow.remove_metadata()


def read_footer(path: Path) -> Footer:
    """Read the end of a Parquet file; no row is read.

    Raises:
        StoreError: The file is missing, cannot be opened or is not a whole Parquet file.
    """
    try:
        size = path.stat().st_size
        with pq.ParquetFile(path) as file:
            raw = file.metadata.metadata or {}
            schema = file.schema_arrow.remove_metadata()
            rows = file.metadata.num_rows
    except (OSError, pa.ArrowException) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise StoreError(f"{path} is not a readable Parquet file: {reason}", code="source-unreadable") from error
    prefix = _PREFIX.encode()
    metadata = {key.decode(): text.decode("utf-8", "replace") for key, text in raw.items() if key.startswith(prefix)}
    return Footer(rows, schema, metadata, size)


def read_columns(path: Path, names: Sequence[str]) -> dict[str, pa.ChunkedArray]:
    """Read some columns of a Parquet file, by name.

    Raises:
        StoreError: The file cannot be read.
    """
    try:
        table = pq.ParquetFile(path).read(columns=list(names))
    except (OSError, pa.ArrowException) as error:
        raise StoreError(f"{path} cannot be read back: {error}", code="source-unreadable") from error
    return {name: table.column(name) for name in names}


def schema_hash(schema: pa.Schema) -> str:
    """A hash of names, types and nullability, in column order.

    Example:
        >>> schema_hash(pa.schema([("a", pa.int64())])) == schema_hash(pa.schema([("a", pa.int32())]))
        False
    """
    digest = hashlib.sha256()
    for column in schema:
        digest.update(f"{column.name!r}:{column.type}:{column.nullable}\n".encode("utf-8", "backslashreplace"))
    return f"sha256:{digest.hexdigest()}"


def content_hash(path: Path) -> str:
    """The SHA-256 of a file's bytes.

    Raises:
        OSError: The file cannot be read.
    """
    with path.open("rb") as stream:
        return f"sha256:{hashlib.file_digest(stream, 'sha256').hexdigest()}"


def _is_storable(column: pa.Field) -> bool:
    try:
        pq.write_table(pa.schema([column]).empty_table(), pa.BufferOutputStream())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError):
        return False
    return True


def _is_text(kind: pa.DataType) -> bool:
    return any(is_kind(kind) for is_kind in _TEXT_KINDS)
