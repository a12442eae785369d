"""Columns of several files side by side, their rows matched by keys."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import polars as pl

from featurecat.errors import EvaluationError

__all__ = ["ColumnOfFile", "joined_columns"]


class ColumnOfFile(NamedTuple):
    """A column of another file, under the name it is to have."""

    path: Path
    column: str
    name: str


def joined_columns(
    path: Path, columns: Sequence[str], others: Sequence[ColumnOfFile], *, keys: Sequence[str]
) -> pl.LazyFrame:
    """Columns of a Parquet file, with columns of other files of the same rows beside them.

    Args:
        path: The file.
        columns: Its columns that are wanted.
        others: The columns of other files; where a row is not there, they are null.
        keys: The columns that tell rows apart, in all of them.

    Raises:
        EvaluationError: When a file cannot be read, or lacks keys or column.
    """
    try:
        frame = pl.scan_parquet(path, glob=False, hive_partitioning=False).select(
            list(dict.fromkeys([*keys, *columns]))
        )
        for other in others:
            beside = pl.scan_parquet(other.path, glob=False, hive_partitioning=False)
            beside = beside.select([*keys, pl.col(other.column).alias(other.name)])
            frame = frame.join(beside, on=list(keys), how="left", maintain_order="left")
        frame.collect_schema()
    except (OSError, pl.exceptions.PolarsError) as error:
        raise EvaluationError(f"columns to compare with cannot be read: {type(error).__name__}") from error
    return frame
