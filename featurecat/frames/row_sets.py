"""Rows of an Arrow table taken apart: those that are at fault, marked with what they are at fault of, and the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyarrow as pa

__all__ = ["split_rows"]


def split_rows(table: pa.Table, faults: Mapping[str, Iterable[int]], marks: str) -> tuple[pa.Table, pa.Table]:
    """Take rows out of a table.

    Args:
        table: All rows.
        faults: What rows are at fault of, to their numbers, counted from 0.
        marks: Name of the first column of what is taken out: a list of the keys of ``faults`` for each row. Where the
            table has a column of that name, underscores are put before it.

    Returns:
        The rows that are in order, as they were, and the marked others; both in the order of the table.

    Example:
        >>> kept, apart = split_rows(pa.table({"a": [5, 6, 7]}), {"range": [1], "unique": [1, 2]}, "checks")
        >>> kept.to_pydict(), apart.to_pydict()
        ({'a': [5]}, {'checks': [['range', 'unique'], ['unique']], 'a': [6, 7]})
    """
    found: dict[int, list[str]] = {}
    for fault, rows in faults.items():
        for row in rows:
            found.setdefault(row, []).append(fault)
    numbers = sorted(found)
    parts, start = [], 0
    for number in [*numbers, table.num_rows]:  # slices, which copy nothing
        if number > start:
            parts.append(table.slice(start, number - start))
        start = number + 1
    kept = pa.concat_tables(parts) if parts else table.slice(0, 0)
    apart = table.take(pa.array(numbers, pa.int64()))
    while marks in table.column_names:
        marks = f"_{marks}"
    texts = pa.array([found[number] for number in numbers], pa.list_(pa.string()))
    return kept, apart.add_column(0, marks, texts)
