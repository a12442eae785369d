"""Parquet: one file, or a directory of them with ``key=value`` folders."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from featurecat.io.request import FileRequest

__all__ = ["Parquet"]


class Parquet:
    """Reads the columns asked for and no other bytes."""

    suffixes = (".parquet", ".pq")
    columnar = True

    def schema(self, request: FileRequest) -> pa.Schema:
        """The schema in the footer."""
        if request.path.is_dir():
            return _folder(request).schema
        with pq.ParquetFile(request.path) as file:
            return file.schema_arrow

    def read(self, request: FileRequest, columns: Sequence[str] | None, limit: int | None) -> pa.Table:
        """The rows; with ``limit`` only the first row groups."""
        chosen = None if columns is None else list(columns)
        if request.path.is_dir():
            folder = _folder(request)
            return folder.to_table(columns=chosen) if limit is None else folder.head(limit, columns=chosen)
        with pq.ParquetFile(request.path) as file:
            if limit is None:
                return file.read(columns=chosen)
            first = next(file.iter_batches(batch_size=max(limit, 1), columns=chosen), None)
            return file.read_row_groups([], columns=chosen) if first is None else pa.Table.from_batches([first])


def _folder(request: FileRequest) -> ds.Dataset:
    return ds.dataset(request.path, format="parquet", partitioning="hive")
