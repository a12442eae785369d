"""Whether key columns of a file are there and tell its rows apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from featurecat.errors import EvaluationError

__all__ = ["FaultyKeys", "find_faulty_keys"]


@dataclass(frozen=True, slots=True)
class FaultyKeys:
    """What is wrong with the keys of a file.

    Attributes:
        rows: All rows.
        missing: Rows of which a key is null.
        repeated: Rows whose keys stand in another row, too.
        sample: The keys of some of them, in their order.
    """

    rows: int
    missing: int
    repeated: int
    sample: tuple[dict[str, Any], ...] = ()


def find_faulty_keys(path: Path, keys: Sequence[str], *, most: int = 20) -> FaultyKeys:
    """Looks at the keys of a Parquet file.

    Args:
        path: The file.
        keys: The key columns.
        most: Rows at fault to return.

    Raises:
        EvaluationError: When the file cannot be read, or lacks one of them.
    """
    try:
        frame = pl.scan_parquet(path, glob=False, hive_partitioning=False)
        lacking = [key for key in keys if key not in frame.collect_schema()]
        if lacking:
            raise EvaluationError(f"the data have no key column {', '.join(map(repr, lacking))}")
        columns = frame.select(keys).collect(engine="in-memory")
    except (OSError, pl.exceptions.PolarsError) as error:
        raise EvaluationError(f"{path.name} cannot be read: {type(error).__name__}") from error
    missing = pl.any_horizontal(pl.col(key).is_null() for key in keys)
    apart = columns.select(pl.struct(keys).n_unique()).item() if columns.height else 0
    gaps = int(columns.select(missing.sum()).item() or 0)
    if apart == columns.height and not gaps:
        return FaultyKeys(columns.height, 0, 0)
    repeated = pl.struct(keys).is_duplicated()
    counts = columns.select((repeated & ~missing).sum()).item()
    faulty = columns.filter(repeated | missing).sort(list(keys))
    count = faulty.height
    shown = faulty[[number * count // most for number in range(most)]] if count > most else faulty
    return FaultyKeys(columns.height, gaps, int(counts), tuple(dict(row) for row in shown.iter_rows(named=True)))
