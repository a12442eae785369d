"""Which rows are at fault, as a condition: on a Polars column, a Polars expression or a Narwhals expression alike."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Mapping
from typing import Any

import narwhals as nw
import polars as pl

from featurecat.errors import EvaluationError
from featurecat.frames.fields import Field
from featurecat.frames.measures import RowTest

__all__ = ["condition"]


def condition(test: RowTest, field: Field, other: Field | None = None) -> Any:
    """The condition that holds of rows at fault; where a value is missing it does not hold, or is null.

    Args:
        test: What is at fault.
        field: The column that is tested.
        other: The other column, of tests that look at two.

    Raises:
        EvaluationError: When two columns cannot be compared.
    """
    return _CONDITIONS[test.name](field, test.arguments, other)


def _none(field: Field) -> Any:
    """A condition that holds of no row."""
    return field.values.is_null() & ~field.values.is_null()


def _missing(field: Field, _: Any, __: Any) -> Any:
    return field.missing


def _outside(field: Field, bounds: tuple[Any, ...], _: Any) -> Any:
    values, found = _comparable(field), None
    for bound, below in zip(bounds, (True, False), strict=True):
        if bound is None:
            continue
        bound = _moment(bound)
        if field.whole is not None:
            least, greatest = field.whole
            bound = (
                math.ceil(bound) if below else math.floor(bound)
            )  # it lies between two values, so it fits their type
            if bound < least if below else bound > greatest:
                continue
            if bound > greatest if below else bound < least:
                return ~field.missing
        fault = values < bound if below else values > bound
        found = fault if found is None else found | fault
    return _none(field) if found is None else found


def _not_in(field: Field, wanted: tuple[Any, ...], _: Any) -> Any:
    values: list[Any] = [_moment(value) for value in wanted]
    if field.whole is not None:
        least, greatest = field.whole
        values = [int(value) for value in values if least <= value <= greatest and value == value // 1]
    elif field.floating:
        values = [float(value) for value in values]
    if not values:
        return ~field.missing
    column = _comparable(field)
    if isinstance(column, pl.Series):
        return ~column.is_in(pl.Series(values, dtype=column.dtype, strict=False)) & column.is_not_null()
    present = ~field.missing
    if field.library is pl and field.family == "number":
        # without a type of its own, a list of whole numbers would be of one that is too narrow or too wide
        dtype = pl.Float64 if field.floating else pl.Int64 if max(values) < 2**63 and min(values) < 0 else None
        if dtype is not None:
            return ~column.is_in(pl.Series(values, dtype=dtype)) & present
    return ~column.is_in(values) & present


def _lacking(field: Field, texts: tuple[str, ...], _: Any) -> Any:
    found = None
    for text in texts:
        lacks = ~field.values.str.contains(text, literal=True)
        found = lacks if found is None else found | lacks
    return _none(field) if found is None else found


def _holding(field: Field, texts: tuple[str, ...], _: Any) -> Any:
    found = None
    for text in texts:
        holds = field.values.str.contains(text, literal=True)
        found = holds if found is None else found | holds
    return _none(field) if found is None else found


def _unmatched(field: Field, pattern: tuple[str, ...], _: Any) -> Any:
    return ~field.values.str.contains(f"^(?:{pattern[0]})$")


def _repeated(field: Field, _: Any, __: Any) -> Any:
    return field.present.is_duplicated() & ~field.missing


def _unordered(field: Field, arguments: tuple[Any, ...], by: Field | None) -> Any:
    direction, strict, order = arguments
    values = field.present
    if order is None:
        before = values.fill_null(strategy="forward").shift(1)
    elif field.library is nw:
        # the nearest value before it that is there
        before = values.fill_null(strategy="forward").over(order_by=order).shift(1).over(order_by=order)
    else:
        before = values.fill_null(strategy="forward").shift(1).over(pl.lit(1), order_by=order)
    if direction == "increasing":
        return values <= before if strict else values < before
    return values >= before if strict else values > before


def _unrelated(field: Field, arguments: tuple[Any, ...], other: Field | None) -> Any:
    assert other is not None  # the caller asked with another column
    operator, tolerance = arguments
    if field.family != other.family and {field.family, other.family} != {"date", "datetime"}:
        raise EvaluationError(f"{field.logical_type} values cannot be compared with {other.logical_type} values")
    left, right = _comparable(field), _comparable(other)
    if field.family == "number" and (field.floating or other.floating or tolerance):
        left, right = (side.cast(field.library.Float64) for side in (left, right))
    return _RELATIONS[operator](left, right, tolerance)


def _within(left: Any, right: Any, tolerance: Any) -> Any:
    return left == right if not tolerance else (left - right).abs() <= tolerance


_RELATIONS: Mapping[str, Callable[[Any, Any, Any], Any]] = {
    "==": lambda left, right, tolerance: ~_within(left, right, tolerance),
    "!=": lambda left, right, tolerance: _within(left, right, tolerance),
    "<": lambda left, right, tolerance: ~(left < (right + tolerance if tolerance else right)),
    "<=": lambda left, right, tolerance: ~(left <= (right + tolerance if tolerance else right)),
    ">": lambda left, right, tolerance: ~(left > (right - tolerance if tolerance else right)),
    ">=": lambda left, right, tolerance: ~(left >= (right - tolerance if tolerance else right)),
}


def _comparable(field: Field) -> Any:
    """The values with NaN as null, and days as the midnights they start with."""
    return field.values.cast(field.library.Datetime("us")) if field.family == "date" else field.present


def _moment(value: Any) -> Any:
    """A date as the midnight it starts with, so that dates and datetimes compare; anything else as it is."""
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return datetime.datetime(value.year, value.month, value.day)
    return value


_CONDITIONS: Mapping[str, Callable[[Field, tuple[Any, ...], Field | None], Any]] = {
    "missing": _missing,
    "outside": _outside,
    "not_in": _not_in,
    "lacking": _lacking,
    "holding": _holding,
    "unmatched": _unmatched,
    "repeated": _repeated,
    "unordered": _unordered,
    "unrelated": _unrelated,
}
