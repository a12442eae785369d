"""The days of a table's rows: which columns tell them, and which rows are the newest."""

from __future__ import annotations

import datetime

import pyarrow as pa
import pyarrow.compute as pc

from featurecat.frames.alterations.change import ColumnFacts, TableFacts, preferred

__all__ = ["day_columns", "newest_days"]


def day_columns(name: str, table: pa.Table, facts: TableFacts) -> list[ColumnFacts]:
    """Columns that tell the day of a row: the event timestamp first, then those that tell it of every row.

    Args:
        name: Name of the alteration, which decides among equals.
        table: The table.
        facts: What is known of it.
    """
    declared = [] if facts.timestamp is None else [ColumnFacts(facts.timestamp, facts.timestamp)]
    dates = [column for column in preferred(name, facts) if _is_date(table.column(column.name).type)]
    dates.sort(key=lambda column: table.column(column.name).null_count > 0)
    return [column for column in [*declared, *dates] if _is_date(table.column(column.name).type)]


def newest_days(column: pa.ChunkedArray, days: int) -> pa.ChunkedArray | None:
    """Which rows are less than some days older than the newest one.

    Args:
        column: Dates or moments.
        days: How many.

    Returns:
        True for these rows; None where these are all rows, or none.

    Example:
        >>> dates = pa.chunked_array([[datetime.date(2026, 1, day) for day in (1, 2, 3)]])
        >>> newest_days(dates, 2).to_pylist()
        [False, True, True]
    """
    newest = pc.max(column)
    if not newest.is_valid:
        return None
    # as counts, so that neither time zones nor units play a part; a date has days or milliseconds
    counts, unit = _as_counts(column)
    limit = pc.max(counts).as_py() - days * unit
    found = pc.fill_null(pc.greater(counts, limit), False)
    share = pc.sum(found).as_py() or 0
    return found if 0 < share < len(column) else None


def _as_counts(column: pa.ChunkedArray) -> tuple[pa.ChunkedArray, int]:
    """Dates or moments as numbers, and how many make a day."""
    if pa.types.is_date32(column.type):
        return column.cast(pa.int32()).cast(pa.int64()), 1
    per_second = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
    unit = "ms" if pa.types.is_date64(column.type) else column.type.unit
    return column.cast(pa.int64()), int(datetime.timedelta(days=1).total_seconds()) * per_second[unit]


def _is_date(kind: pa.DataType) -> bool:
    return bool(pa.types.is_date(kind) or pa.types.is_timestamp(kind))
