"""Reads a published file whole, and writes one in another layout than featurecat's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from featurecat.errors import EvaluationError

__all__ = ["Layout", "cut_file", "read_whole", "write_again"]


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is written.

    Attributes:
        options: Arguments of ``pyarrow.parquet.write_table``.
        metadata: Further keys of the footer.
    """

    options: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)


def read_whole(path: Path) -> pa.Table:
    """All rows and columns of a Parquet file.

    Raises:
        EvaluationError: When it cannot be read.
    """
    try:
        with pq.ParquetFile(path) as file:
            return file.read().replace_schema_metadata(None)
    except (OSError, pa.ArrowException) as error:
        raise EvaluationError(f"{path.name} cannot be read: {type(error).__name__}") from error


def write_again(path: Path, layout: Layout) -> None:
    """Write a Parquet file anew in another layout, in place; its values and the keys of its footer stay.

    Args:
        path: The file, which nobody reads meanwhile.
        layout: How to write it.
    """
    with pq.ParquetFile(path) as file:
        footer = {key: text for key, text in (file.metadata.metadata or {}).items() if key != b"ARROW:schema"}
        table = file.read()
    further = {key.encode(): text.encode() for key, text in layout.metadata.items()}
    pq.write_table(table.replace_schema_metadata({**footer, **further}), path, **layout.options)


def cut_file(path: Path, kept: float) -> None:
    """Cut off the end of a file.

    Args:
        path: The file.
        kept: The share of its bytes that stays, from 0 to 1.
    """
    with path.open("r+b") as stream:
        stream.truncate(int(path.stat().st_size * kept))
