"""CSV and its relatives, plain or compressed, a ``.csv.zip`` with one file in it included."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv

from featurecat.frames.logical import logical_type
from featurecat.io.formats.compression import open_stream
from featurecat.io.request import FileRequest, InvalidFileError

__all__ = ["Csv"]

_COLUMN_FAULT = re.compile(r"In CSV column #(\d+): ")


class Csv:
    """Reads with inferred types, except where a type is declared: those columns are parsed as declared.

    An empty field, ``NA``, ``NaN``, ``null`` and the like are null, in text columns too; the option ``null_values``
    names others. Further options: ``delimiter``, ``encoding``, ``quote_char``, ``decimal_point``, ``skip_rows``,
    ``timestamp_formats``.
    """

    suffixes = (".csv", ".tsv")
    columnar = False

    def schema(self, request: FileRequest) -> pa.Schema:
        """Names and types as the first block of the file suggests."""
        with _naming_columns(request), open_stream(request.path) as stream:
            return pacsv.open_csv(stream, **_options(request, None)).schema

    def read(self, request: FileRequest, columns: Sequence[str] | None, limit: int | None) -> pa.Table:
        """The rows; with ``limit`` parsing stops early."""
        options = _options(request, columns)
        with _naming_columns(request), open_stream(request.path) as stream:
            if limit is None:
                return pacsv.read_csv(stream, **options)
            batches: list[Any] = []
            reader = pacsv.open_csv(stream, **options)
            for batch in reader:
                batches.append(batch)
                if sum(len(read) for read in batches) >= limit:
                    break
            return pa.Table.from_batches(batches, schema=reader.schema)


@contextmanager
def _naming_columns(request: FileRequest) -> Iterator[None]:
    """Arrow tells the number of a column whose values do not fit; users know its name."""
    try:
        yield
    except pa.ArrowInvalid as fault:
        found = _COLUMN_FAULT.match(str(fault))
        if found is None:
            raise
        bare = replace(request, types={})
        with open_stream(request.path) as stream:
            name = pacsv.open_csv(stream, **_options(bare, None)).schema.names[int(found[1])]
        wanted = request.types.get(name)
        expected = "type of its first rows" if wanted is None else f"declared {logical_type(wanted)}"
        raise InvalidFileError(f"column {name!r} has values that do not fit the {expected}") from None


def _options(request: FileRequest, columns: Sequence[str] | None) -> dict[str, Any]:
    given = request.options
    tabbed = ".tsv" in (suffix.casefold() for suffix in request.path.suffixes)
    convert: dict[str, Any] = {"strings_can_be_null": True, "column_types": dict(request.types)}
    convert |= {name: given[name] for name in ("null_values", "decimal_point", "timestamp_formats") if name in given}
    if columns is not None:
        convert["include_columns"] = list(columns)
    parse: dict[str, Any] = {"delimiter": given.get("delimiter", "\t" if tabbed else ",")}
    parse |= {"quote_char": given["quote_char"]} if "quote_char" in given else {}
    return {
        "read_options": pacsv.ReadOptions(
            encoding=given.get("encoding", "utf8"), skip_rows=given.get("skip_rows", 0), use_threads=True
        ),
        "parse_options": pacsv.ParseOptions(newlines_in_values=True, **parse),
        "convert_options": pacsv.ConvertOptions(**convert),
    }
