"""Do columns that meet share their rows? Checked cheaply, remembered, and explained when not.

pandas columns share rows when their indexes are equal; Polars and Arrow columns, which have none, when they are equally
long. Two indexes are compared at most once in a run.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

from featurecat.errors import AlignmentError, Problem, UnsupportedError
from featurecat.frames.kinds import kind_of_value

__all__ = ["AlignmentMemo", "align_columns", "check_aligned"]

_HINT = (
    "if they are the same rows in the same order, reset_index(drop=True) both; to match by label, "
    '@feature(align="outer") or "inner"; for an aggregate, @feature(entity=...)'
)
_HEIGHT_HINT = "a row-local feature keeps length and order; for an aggregate, @feature(entity=...)"
_LONGEST_LABEL = 60


class AlignmentMemo:
    """Remembers which pandas indexes were found equal; keeps them alive, so that an id stays one index's own."""

    __slots__ = ("_equal", "_kept")

    def __init__(self) -> None:
        self._equal: dict[tuple[int, int], bool] = {}
        self._kept: list[Any] = []

    def same(self, left: Any, right: Any) -> bool:
        """Whether two pandas indexes hold the same labels in the same order."""
        if left is right or left.is_(right):
            return True
        pair = (id(left), id(right))
        known = self._equal.get(pair)
        if known is None:
            known = bool(left.equals(right))
            self._equal[pair] = self._equal[pair[::-1]] = known
            self._kept += (left, right)
        return known


def check_aligned(columns: Sequence[tuple[str, Any]], memo: AlignmentMemo) -> None:
    """Raises unless all columns and frames share their rows; every one is compared with the first.

    Args:
        columns: Producer's name and value; values that are neither column nor frame, or are lazy, are passed over.
        memo: What was compared earlier in this run.

    Raises:
        AlignmentError: Naming the producers, their lengths, and the first label that differs with its position.
    """
    first_indexed: tuple[str, Any] | None = None
    first_sized: tuple[str, int] | None = None
    problems: list[Problem] = []
    for name, value in columns:
        kind = kind_of_value(value)
        if kind is None or kind.engine == "polars-lazy":
            continue
        if kind.engine == "pandas" and (index := getattr(value, "index", None)) is not None:
            if first_indexed is not None:
                if not memo.same(first_indexed[1], index):
                    problems.append(_index_problem(first_indexed, (name, index)))
                continue
            first_indexed = (name, index)
        height = len(value)
        if first_sized is None:
            first_sized = (name, height)
        elif first_sized[1] != height:
            problems.append(_height_problem(first_sized, (name, height)))
    if problems:
        raise AlignmentError(problems)


def _height_problem(left: tuple[str, int], right: tuple[str, int]) -> Problem:
    return Problem(
        "alignment",
        f"{left[0]!r} has {left[1]:,} rows, {right[0]!r} has {right[1]:,}",
        hint=_HEIGHT_HINT,
        feature=right[0],
    )


def _index_problem(left: tuple[str, Any], right: tuple[str, Any]) -> Problem:
    position = _first_difference(left[1], right[1])
    labels = " against ".join(_label_text(index, position) for _, index in (left, right))
    return Problem(
        "alignment",
        f"{left[0]!r} ({len(left[1]):,} rows) and {right[0]!r} ({len(right[1]):,} rows) do not share their index",
        hint=_HINT,
        feature=right[0],
        details=(f"first difference at position {position:,}: {labels}",),
    )


def _first_difference(left: Any, right: Any) -> int:
    """Position of the first differing label, found by halving; NaN equals NaN."""
    low, high = 0, min(len(left), len(right))
    while low < high:
        middle = (low + high) // 2
        if left[low : middle + 1].equals(right[low : middle + 1]):
            low = middle + 1
        else:
            high = middle
    return low


def _label_text(index: Any, position: int) -> str:
    if position >= len(index):
        return "no row"
    label = index[position]
    text = str(label) if not isinstance(label, str) else repr(label)
    return text if len(text) <= _LONGEST_LABEL else f"{text[:_LONGEST_LABEL]}…"


def align_columns(values: Mapping[str, Any], how: str) -> dict[str, Any]:
    """Brings pandas columns and frames onto one index by label.

    ``outer`` keeps every label, sorted where labels can be; ``inner`` those that all share, in the first one's order.
    Whole numbers and booleans that get gaps become ``Int64`` and ``boolean``, so that they stay what they are.

    Args:
        values: By name; what is neither column nor frame is passed through.
        how: ``outer`` or ``inner``.

    Returns:
        The same names in the same order.

    Raises:
        UnsupportedError: When a value is of another engine, which has no labels to match by.
        AlignmentError: When an index that has to change holds a label twice.
    """
    if how not in ("outer", "inner"):
        raise UnsupportedError(f"columns cannot be aligned by {how!r}", hint="ways are outer and inner")
    indexes = _indexes_of(values)
    memo = AlignmentMemo()
    first = next(iter(indexes.values()), None)
    if all(memo.same(first, index) for index in indexes.values()):
        return dict(values)
    _check_unique(indexes)
    shared = reduce(lambda left, right: left.join(right, how=how), indexes.values())
    return {name: _reindex(value, shared) if name in indexes else value for name, value in values.items()}


def _indexes_of(values: Mapping[str, Any]) -> dict[str, Any]:
    kinds = {name: kind for name, value in values.items() if (kind := kind_of_value(value)) is not None}
    problems = [
        Problem(
            "unsupported",
            f"{name!r} has no index, so its rows cannot be aligned by label",
            hint="join the frames on a key column instead",
            feature=name,
        )
        for name, kind in kinds.items()
        if kind.engine != "pandas" or not hasattr(values[name], "index")
    ]
    if problems:
        raise UnsupportedError(problems)
    return {name: values[name].index for name in kinds}


def _check_unique(indexes: Mapping[str, Any]) -> None:
    problems = [
        Problem(
            "alignment",
            f"the index of {name!r} holds a label twice",
            hint="drop the duplicates or aggregate them first: labels must be unique to be matched",
            feature=name,
        )
        for name, index in indexes.items()
        if not index.is_unique
    ]
    if problems:
        raise AlignmentError(problems)


def _reindex(value: Any, index: Any) -> Any:
    if value.index.equals(index):
        return value
    if not index.isin(value.index).all():
        value = _nullable(value)
    return value.reindex(index)


def _nullable(value: Any) -> Any:
    """The same whole numbers and booleans in types that can hold gaps."""
    pandas = sys.modules["pandas"]
    if isinstance(value, pandas.DataFrame):
        wanted = {name: target for name, dtype in value.dtypes.items() if (target := _nullable_dtype(dtype))}
        return value.astype(wanted)
    target = _nullable_dtype(value.dtype)
    return value.astype(target) if target else value


def _nullable_dtype(dtype: Any) -> str | None:
    if not hasattr(dtype, "itemsize") or not isinstance(getattr(dtype, "kind", None), str) or dtype.hasobject:
        return None
    prefix = {"i": "Int", "u": "UInt"}.get(dtype.kind)
    return f"{prefix}{dtype.itemsize * 8}" if prefix else {"b": "boolean"}.get(dtype.kind)
