"""Whether two tables hold the same, whatever engine they came from, and in which rows they do not."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import pyarrow as pa
import pyarrow.compute as pc

from featurecat.frames.arrow import index_columns, to_arrow, to_arrow_table
from featurecat.frames.kinds import kind_of_value
from featurecat.frames.logical import logical_type

__all__ = ["Comparable", "Tolerance", "comparable", "differences"]

_MOST_ROWS = 4
_WIDEST = 24


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far two floating-point numbers may lie apart and still be equal.

    Attributes:
        relative: As a share of the greater of the two.
        absolute: In the unit of the column.
    """

    relative: float = 1e-12
    absolute: float = 0.0


@dataclass(frozen=True, slots=True)
class Comparable:
    """A value made ready to be compared.

    Attributes:
        table: Its columns in normal form.
        index: The columns of pandas' index, which are its rows' names.
        gapless: Columns of an engine type that knows no whole numbers with gaps: they may be floats for want of one.
        rows_named: Whether the engine names its rows (pandas).
    """

    table: pa.Table
    index: tuple[tuple[str, Any], ...] = ()
    gapless: frozenset[str] = frozenset()
    rows_named: bool = False


def comparable(value: Any, name: str = "value") -> Comparable:
    """A column or frame of any engine, made ready to be compared.

    Args:
        value: A Series, DataFrame, LazyFrame (which is collected), Arrow array or table, NumPy array or list.
        name: What a column without a name is called.

    Raises:
        RunError: Code ``not-tabular``, when it is none of these or has no Arrow type.
    """
    kind = kind_of_value(value)
    if kind is not None and kind.engine == "polars-lazy" and kind.shape == "frame":
        value, kind = value.collect(), kind._replace(engine="polars")
    if kind is None:
        return Comparable(pa.table({name: to_arrow(value)}))
    columns = dict(value.items()) if kind.shape == "frame" and kind.engine == "pandas" else {name: value}
    table = to_arrow_table(value) if kind.shape == "frame" else pa.table({name: to_arrow(value)})
    gapless = (str(key) for key, column in columns.items() if str(getattr(column, "dtype", "")).startswith("float"))
    pandas = kind.engine == "pandas"
    return Comparable(table, tuple(index_columns(value)), frozenset(gapless if pandas else ()), pandas)


def differences(
    left: Comparable, right: Comparable, *, keys: Sequence[str] = (), tolerance: Tolerance | None = None
) -> list[str]:
    """What tells two tables apart, in a few lines; nothing when they are equal.

    Args:
        left: One table.
        right: The other.
        keys: Columns that tell the rows apart; rows are matched by them. Without keys they are matched by position.
        tolerance: How far floating-point numbers may lie apart; None for 1e-12 of the greater.

    Returns:
        At most six lines: what is different, then the first rows that are.

    Example:
        >>> one, other = (comparable(pa.chunked_array([[1.0, last]]), "x") for last in (2.0, 2.5))
        >>> differences(one, other)
        ["'x' (double) differs in 1 of 2 rows:", 'row 1: 2.0 != 2.5']
    """
    tables = _with_rows_named(left, right, keys)
    gapless = (left.gapless, right.gapless)
    shape = _of_shape(*tables, keys) or _of_types(*tables, gapless)
    if shape:
        return shape
    one, other = tables
    if keys:
        if faults := [*_key_faults(one, keys, "left"), *_key_faults(other, keys, "right")]:
            return faults
        one, other = _sorted(one, keys), _sorted(other, keys)
    names = [*keys, *(name for name in one.column_names if name not in keys)]
    unequal: dict[str, list[int]] = {}
    for name in names:
        rows = _unequal_rows(one.column(name), other.column(name), tolerance or Tolerance())
        if rows and name in keys:
            return _other_keys(one, other, keys, rows[0])
        if rows:
            unequal[name] = rows
    return _told(one, other, keys, unequal) if unequal else []


def _with_rows_named(left: Comparable, right: Comparable, keys: Sequence[str]) -> tuple[pa.Table, pa.Table]:
    """The tables with those index columns that count: of two pandas values, keys, and what the other has as columns."""
    wanted = {*keys}
    if left.rows_named and right.rows_named:
        wanted |= {name for name, _ in (*left.index, *right.index)}
    return _with_index(left, wanted | {*right.table.column_names}), _with_index(
        right, wanted | {*left.table.column_names}
    )


def _with_index(side: Comparable, wanted: set[str]) -> pa.Table:
    table = side.table
    added = [(name, column) for name, column in side.index if name in wanted and name not in table.column_names]
    for name, column in reversed(added):
        table = table.add_column(0, name, column)
    return table


def _of_shape(left: pa.Table, right: pa.Table, keys: Sequence[str]) -> list[str]:
    lines = []
    for key in keys:
        if key not in left.column_names or key not in right.column_names:
            lines.append(f"the key {key!r} is not a column of both")
    missing = [name for name in left.column_names if name not in right.column_names]
    extra = [name for name in right.column_names if name not in left.column_names]
    if missing:
        lines.append(f"only left has the columns {_listed(missing)}")
    if extra:
        lines.append(f"only right has the columns {_listed(extra)}")
    if left.num_rows != right.num_rows:
        lines.append(f"left has {left.num_rows:,} rows, right has {right.num_rows:,}")
    return lines[:6]


def _of_types(left: pa.Table, right: pa.Table, gapless: tuple[frozenset[str], frozenset[str]]) -> list[str]:
    lines = []
    for name in left.column_names:
        one, other = left.column(name), right.column(name)
        if logical_type(one) == logical_type(other) or len(one) in (one.null_count, other.null_count):
            continue
        if _float_for_want(one, other, name in gapless[0]) or _float_for_want(other, one, name in gapless[1]):
            continue
        lines.append(f"{name!r} is {logical_type(one)} left and {logical_type(other)} right")
    return lines[:6]


def _float_for_want(column: Any, whole: Any, gapless: bool) -> bool:
    """Whether a column of floats stands for whole numbers with gaps, for which its engine type has no room."""
    return (
        gapless
        and pa.types.is_floating(column.type)
        and pa.types.is_integer(whole.type)
        and bool(column.null_count and whole.null_count)
    )


def _key_faults(table: pa.Table, keys: Sequence[str], side: str) -> Iterator[str]:
    nulls = sum(table.column(key).null_count for key in keys)
    if nulls:
        yield f"{side} has {nulls:,} rows without a complete key {_listed(keys)}"
    plain = pa.table({key: _decoded(table.column(key)) for key in keys})
    distinct = plain.group_by(list(keys)).aggregate([]).num_rows
    if distinct < table.num_rows:
        yield f"{side} has {table.num_rows - distinct:,} rows that repeat the key {_listed(keys)} of another"


def _sorted(table: pa.Table, keys: Sequence[str]) -> pa.Table:
    order = pc.sort_indices(
        pa.table({key: _decoded(table.column(key)) for key in keys}), [(key, "ascending") for key in keys]
    )
    return table.take(order)


def _unequal_rows(left: Any, right: Any, tolerance: Tolerance) -> list[int]:
    """The positions at which two columns differ; nulls are equal to each other."""
    left, right = _decoded(left), _decoded(right)
    if left.type != right.type and pa.types.is_floating(left.type) | pa.types.is_floating(right.type):
        left, right = left.cast(pa.float64(), safe=False), right.cast(pa.float64(), safe=False)
    elif pa.types.is_null(left.type) or pa.types.is_null(right.type):
        wanted = right.type if pa.types.is_null(left.type) else left.type
        left, right = left.cast(wanted), right.cast(wanted)
    if left.equals(right):
        return []
    if pa.types.is_nested(left.type) or left.type != right.type:
        pairs = zip(left.to_pylist(), right.to_pylist(), strict=True)
        return [row for row, (one, other) in enumerate(pairs) if not _same(one, other, tolerance)]
    same: Any = pc.fill_null(pc.equal(left, right), False)
    if pa.types.is_floating(left.type):
        same = pc.or_(same, pc.fill_null(_near(left, right, tolerance), False))
    same = pc.or_(same, pc.and_(pc.is_null(left), pc.is_null(right)))
    positions: Any = pc.indices_nonzero(pc.invert(same))
    return cast("list[int]", positions.to_pylist())


def _decoded(column: Any) -> Any:
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


def _near(left: Any, right: Any, tolerance: Tolerance) -> Any:
    apart = pc.abs(pc.subtract(left, right))
    greater = pc.max_element_wise(pc.abs(left), pc.abs(right))
    room = pc.add(pc.multiply(greater, tolerance.relative), tolerance.absolute)
    # an infinity is near itself alone, which plain equality has found
    return pc.and_(pc.is_finite(apart), pc.less_equal(apart, room))


def _same(one: Any, other: Any, tolerance: Tolerance) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        both = math.isnan(one) and math.isnan(other)
        return both or math.isclose(one, other, rel_tol=tolerance.relative, abs_tol=tolerance.absolute)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(_same(a, b, tolerance) for a, b in zip(one, other, strict=True))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key], tolerance) for key in one)
    return bool(one == other)


def _other_keys(left: pa.Table, right: pa.Table, keys: Sequence[str], row: int) -> list[str]:
    sides = [", ".join(_short(table.column(key)[row].as_py()) for key in keys) for table in (left, right)]
    return [f"the rows have other keys {_listed(keys)}; the first: {sides[0]} left, {sides[1]} right"]


def _told(left: pa.Table, right: pa.Table, keys: Sequence[str], unequal: dict[str, list[int]]) -> list[str]:
    (name, rows), *others = unequal.items()
    kind = logical_type(left.column(name))
    lines = [f"{name!r} ({kind}) differs in {len(rows):,} of {left.num_rows:,} rows:"]
    for row in rows[: _MOST_ROWS - bool(others)]:
        where = ", ".join(f"{key}={_short(left.column(key)[row].as_py())}" for key in keys) or f"row {row}"
        lines.append(f"{where}: {_short(left.column(name)[row].as_py())} != {_short(right.column(name)[row].as_py())}")
    if others:
        lines.append(f"and {_listed([other for other, _ in others])}")
    return lines


def _short(value: Any) -> str:
    text = "null" if value is None else repr(value)
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name) for name in names[:5])
    return shown if len(names) <= 5 else f"{shown} and {len(names) - 5} more"
