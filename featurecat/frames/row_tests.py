"""Which rows are at fault, as a condition: a Polars expression or a Narwhals expression alike."""

from __future__ import annotations

import datetime
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any

import polars as pl

from featurecat.errors import EvaluationError
from featurecat.frames.fields import Field
from featurecat.frames.measures import RowTest

__all__ = ["LOOKS_AROUND", "condition"]

#: Tests whose answer on a row takes other rows: no engine aggregates them in one step.
LOOKS_AROUND = frozenset({"repeated", "unordered"})


def condition(test: RowTest, field: Field, other: Field | None = None) -> Any:
    """The condition that holds of rows at fault; where a value is missing it does not hold, or is null.

    Args:
        test: What is at fault.
        field: The column that is tested, as an expression.
        other: The other column, of tests that look at two.

    Raises:
        EvaluationError: When the values cannot be tested so, or two columns cannot be compared.

    Example:
        >>> from featurecat.frames.fields import polars_field
        >>> column = polars_field(pl.col("a"), pl.Int64())
        >>> pl.DataFrame({"a": [1, 5]}).select(condition(RowTest("outside", (0, 2)), column)).to_series().to_list()
        [False, True]
    """
    counted = test.name in ("missing", "nan")
    if field.logical_type == "null" and not counted:
        return field.nothing
    found = _CONDITIONS[test.name](field, test.arguments, other)
    # in pandas, which Dask is made of, nothing is unequal to what is missing
    return found if field.library is pl or counted else found & ~field.missing


def _missing(field: Field, _: Any, __: Any) -> Any:
    return field.missing


def _nan(field: Field, _: Any, __: Any) -> Any:
    return field.nans


def _outside(field: Field, bounds: tuple[Any, ...], _: Any) -> Any:
    _require_order(field)
    values = _comparable(field)
    faults = []
    for bound, below in zip(bounds, (True, False), strict=True):
        if bound is None:
            continue
        fitted = _fitted(_moment(bound), field, below=below)
        if fitted is None:
            continue
        if fitted is _ALL:
            return ~field.missing
        faults.append(values < fitted if below else values > fitted)
    return reduce(or_, faults) if faults else field.nothing


_ALL = object()


def _fitted(bound: Any, field: Field, *, below: bool) -> Any:
    """A bound as the column's type holds it, without a change of what lies beyond.

    Args:
        bound: The bound.
        field: The column.
        below: Whether what lies below it is at fault, or what lies above.

    Returns:
        The bound; None when nothing can lie beyond, ``_ALL`` when everything does.
    """
    if field.family != "number":
        return bound
    if field.whole is None:
        return _float_bound(bound, below=below)
    least, greatest = field.whole
    bound = math.ceil(bound) if below else math.floor(bound)  # what is between two whole numbers fits their type
    if bound < least if below else bound > greatest:
        return None
    return _ALL if (bound > greatest if below else bound < least) else bound


def _float_bound(bound: Any, *, below: bool) -> float:
    """The float next to a bound on its inner side: whole numbers beyond 2**53 may be none."""
    try:
        near = float(bound)
    except OverflowError:  # beyond all floats but the infinite ones
        greatest = sys.float_info.max
        if bound > 0:
            return math.inf if below else greatest
        return -greatest if below else -math.inf
    if below and near < bound:
        return math.nextafter(near, math.inf)
    return math.nextafter(near, -math.inf) if not below and near > bound else near


def _not_in(field: Field, wanted: tuple[Any, ...], _: Any) -> Any:
    _require_order(field)
    values = _members(field, [_moment(value) for value in wanted])
    if not values:
        return ~field.missing
    column = _comparable(field)
    if field.library is not pl:
        return ~column.is_in(values)
    dtype = _MEMBER_TYPES.get(field.family) or (pl.Float64 if field.whole is None else field.dtype)
    # of the column's own type: a list that Polars types by itself may be too narrow, or turn into floats
    return ~column.is_in(pl.lit(pl.Series(values, dtype=dtype)).implode())


def _members(field: Field, values: Sequence[Any]) -> list[Any]:
    """Those of the values that the column's type can hold."""
    if field.family != "number":
        return list(values)
    if field.whole is None:
        return [float(value) for value in values if _is_float(value)]
    least, greatest = field.whole
    return [int(value) for value in values if least <= value <= greatest and value == value // 1]


def _is_float(value: Any) -> bool:
    try:
        return bool(float(value) == value)
    except OverflowError:
        return False


_MEMBER_TYPES: Mapping[str, Any] = {
    "string": pl.String,
    "date": pl.Datetime("us"),
    "datetime": pl.Datetime("us"),
    "datetime with time zone": pl.Datetime("us", "UTC"),
}


def _lacking(field: Field, texts: tuple[str, ...], _: Any) -> Any:
    return reduce(or_, [~_containing(field, text) for text in texts])


def _holding(field: Field, texts: tuple[str, ...], _: Any) -> Any:
    return reduce(or_, [_containing(field, text) for text in texts])


def _containing(field: Field, text: str, *, literal: bool = True) -> Any:
    if field.family != "string":
        raise EvaluationError(f"{field.logical_type} values are no texts")
    return field.values.str.contains(text, literal=literal)


def _unmatched(field: Field, pattern: tuple[str, ...], _: Any) -> Any:
    return ~_containing(field, rf"\A(?:{pattern[0]})\z", literal=False)


def _repeated(field: Field, _: Any, __: Any) -> Any:
    _require_order(field)
    return field.distinguished.is_duplicated() & ~field.missing


def _unordered(field: Field, arguments: tuple[Any, ...], by: Field | None) -> Any:
    direction, strict, _ = arguments
    _require_order(field)
    values = field.distinguished
    if by is None:
        before = values.fill_null(strategy="forward").shift(1)
    else:
        _require_order(by)
        placed = pl.when(~by.missing).then(values)  # what has no place in the order is passed over
        # neighbours of one place in the order are taken in the direction that is wanted, so that no order is made up
        rank = values.rank("dense").cast(pl.Int64)
        order = [by.distinguished, rank if direction == "increasing" else -rank]
        before = placed.fill_null(strategy="forward").shift(1).over(pl.lit(1), order_by=order)
        values = placed
    if direction == "increasing":
        return values <= before if strict else values < before
    return values >= before if strict else values > before


def _require_order(field: Field) -> None:
    if field.nested:
        raise EvaluationError(f"{field.logical_type} values cannot be compared with each other")


def _unrelated(field: Field, arguments: tuple[Any, ...], other: Field | None) -> Any:
    assert other is not None  # the caller asked with another column
    operator, tolerance = arguments
    if field.family != other.family and {field.family, other.family} != {"date", "datetime"}:
        raise EvaluationError(f"{field.logical_type} values cannot be compared with {other.logical_type} values")
    _require_order(field)
    left, right = _comparable(field), _comparable(other)
    if field.family == "number":
        left, right, whole = _numbers_to_compare(field, other, wide=bool(tolerance))
        if tolerance and whole:
            tolerance = math.ceil(tolerance) if operator in ("<", ">") else math.floor(tolerance)
    fault = _RELATIONS[operator](left, right, tolerance)
    return fault if field.library is pl else fault & ~other.missing


def _numbers_to_compare(field: Field, other: Field, *, wide: bool) -> tuple[Any, Any, bool]:
    """Two columns of numbers in one type, and whether they are whole: then ``wide`` enough for their difference."""
    library, left, right = field.library, field.present, other.present
    if field.whole is None or other.whole is None:
        return left.cast(library.Float64), right.cast(library.Float64), False
    if wide or field.whole != other.whole:
        left, right = left.cast(library.Int128), right.cast(library.Int128)
    return left, right, True


def _alike(left: Any, right: Any, tolerance: Any) -> Any:
    # infinite numbers are alike though they have no difference
    return left == right if not tolerance else (left == right) | _near(left, right, tolerance)


def _near(left: Any, right: Any, tolerance: Any) -> Any:
    return (left <= right + tolerance) & (left >= right - tolerance)


_RELATIONS: Mapping[str, Callable[[Any, Any, Any], Any]] = {
    "==": lambda left, right, tolerance: ~_alike(left, right, tolerance),
    "!=": lambda left, right, tolerance: _alike(left, right, tolerance),
    "<": lambda left, right, tolerance: left >= (right + tolerance if tolerance else right),
    "<=": lambda left, right, tolerance: left > (right + tolerance if tolerance else right),
    ">": lambda left, right, tolerance: left <= (right - tolerance if tolerance else right),
    ">=": lambda left, right, tolerance: left < (right - tolerance if tolerance else right),
}


def _comparable(field: Field) -> Any:
    """The values with NaN as null, and days as the midnights they start with."""
    return field.values.cast(field.library.Datetime("us")) if field.family == "date" else field.present


def _moment(value: Any) -> Any:
    """A day as the midnight it starts with and a moment of any zone in UTC, so that they compare; else as it is."""
    if isinstance(value, datetime.datetime):
        return value if value.tzinfo is None else value.astimezone(datetime.UTC)
    return datetime.datetime(value.year, value.month, value.day) if isinstance(value, datetime.date) else value


_CONDITIONS: Mapping[str, Callable[[Field, tuple[Any, ...], Field | None], Any]] = {
    "missing": _missing,
    "nan": _nan,
    "outside": _outside,
    "not_in": _not_in,
    "lacking": _lacking,
    "holding": _holding,
    "unmatched": _unmatched,
    "repeated": _repeated,
    "unordered": _unordered,
    "unrelated": _unrelated,
}
