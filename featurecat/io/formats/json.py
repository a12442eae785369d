"""JSON: one object a line (NDJSON), or one array of objects; plain or compressed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.json as pajson

from featurecat.frames.logical import logical_type
from featurecat.io.formats.compression import open_stream
from featurecat.io.request import FileRequest, InvalidFileError

__all__ = ["Json"]

_TEXTS = ("string", "dictionary<string>")


class Json:
    """Reads the whole file and then chooses, for JSON has no columns to skip."""

    suffixes = (".json", ".ndjson", ".jsonl")
    columnar = False

    def schema(self, request: FileRequest) -> pa.Schema:
        """Names and types of all rows."""
        return self.read(request, None, None).schema

    def read(self, request: FileRequest, columns: Sequence[str] | None, limit: int | None) -> pa.Table:
        """The rows.

        Raises:
            InvalidFileError: When the text is no JSON, or not of objects.
        """
        with open_stream(request.path) as stream:
            text = stream.read()
        table = _read_array(bytes(text)) if text.lstrip()[:1] == b"[" else _read_lines(text, request)
        return table if columns is None else table.select(list(columns))


def _read_array(text: bytes) -> pa.Table:
    try:
        rows: Any = json.loads(text)
    except ValueError as fault:
        raise InvalidFileError("it is not JSON") from fault
    if not all(isinstance(row, dict) for row in rows):
        raise InvalidFileError("it is not an array of objects")
    names = list(dict.fromkeys(name for row in rows for name in row))
    return pa.table({name: pa.array([row.get(name) for row in rows]) for name in names})


def _read_lines(text: Any, request: FileRequest) -> pa.Table:
    if not text.strip():
        return pa.table({})
    # declared texts stay texts, for Arrow takes those that look like times for times; the reader casts the rest
    texts = [name for name, data_type in request.types.items() if logical_type(data_type) in _TEXTS]
    declared = pa.schema([pa.field(name, pa.large_string()) for name in texts]) if texts else None
    options = pajson.ParseOptions(newlines_in_values=True, explicit_schema=declared)
    return pajson.read_json(pa.BufferReader(text), parse_options=options)
