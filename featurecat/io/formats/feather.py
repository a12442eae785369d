"""Feather and Arrow IPC, as file or as stream."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from featurecat.io.request import FileRequest

__all__ = ["Feather"]

_FILE_MAGIC = b"ARROW1"


class Feather:
    """Maps the file into memory and takes the columns asked for."""

    suffixes = (".feather", ".arrow", ".ipc", ".arrows")
    columnar = True

    def schema(self, request: FileRequest) -> pa.Schema:
        """The schema the file starts with."""
        with pa.memory_map(str(request.path)) as source:
            reader = pa.ipc.open_file(source) if _is_file(request) else pa.ipc.open_stream(source)
            return reader.schema

    def read(self, request: FileRequest, columns: Sequence[str] | None, limit: int | None) -> pa.Table:
        """The rows; nothing is copied until it is used."""
        source = pa.memory_map(str(request.path))  # stays open as long as the table refers to it
        if not _is_file(request):
            table = pa.ipc.open_stream(source).read_all()
            return table if columns is None else table.select(list(columns))
        if columns is None:
            return pa.ipc.open_file(source).read_all()
        schema = pa.ipc.open_file(source).schema
        options = pa.ipc.IpcReadOptions(included_fields=[schema.get_field_index(name) for name in columns])
        return pa.ipc.open_file(source, options=options).read_all().select(list(columns))


def _is_file(request: FileRequest) -> bool:
    with request.path.open("rb") as stream:
        return stream.read(len(_FILE_MAGIC)) == _FILE_MAGIC
