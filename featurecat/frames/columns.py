"""Takes one column out of a frame, whichever library the frame is of; imports none of them."""

from __future__ import annotations

import enum
import sys
from collections.abc import Callable
from typing import Any, Final

from featurecat.errors import Problem, RunError, did_you_mean
from featurecat.frames.describe import describe_value
from featurecat.frames.kinds import kind_of_value

__all__ = ["MISSING", "Missing", "column_names", "extract_column"]


class Missing(enum.Enum):
    """The type of :data:`MISSING`, which tells "no fill value" from the fill value None."""

    MISSING = "missing"


#: No fill value was given.
MISSING: Final = Missing.MISSING


def column_names(frame: Any) -> list[str]:
    """The names of a frame's columns in order, as text.

    Args:
        frame: A pandas or Polars DataFrame, a LazyFrame (its schema is resolved) or an Arrow table.

    Raises:
        RunError: When ``frame`` is none of these.
    """
    match kind_of_value(frame):
        case ("pandas" | "polars", "frame"):
            return [str(name) for name in frame.columns]
        case ("polars-lazy", "frame"):
            return [str(name) for name in frame.collect_schema().names()]
        case ("pyarrow", "frame"):
            return [str(name) for name in frame.column_names]
        case _:
            raise RunError(
                f"a frame with named columns is needed here, not {describe_value(frame)}",
                code="step-failed",
                hint="return a DataFrame from the function whose columns are extracted",
            )


def extract_column(frame: Any, name: str, fill: Any = MISSING) -> Any:
    """One column of a frame, as that library's own column; the frame itself is never changed.

    Args:
        frame: A pandas or Polars DataFrame, a LazyFrame or an Arrow table.
        name: The column's name.
        fill: Constant that stands in for an absent column, aligned to the frame; without it absence is an error.

    Returns:
        A Series; for a LazyFrame an expression; for an Arrow table a ChunkedArray.

    Raises:
        RunError: When the column is absent and no ``fill`` was given, when several columns bear that name, or when
            ``frame`` has no columns. A LazyFrame without ``fill`` is not asked: Polars raises when it is collected.
    """
    kind = kind_of_value(frame)
    if kind is not None and kind.engine == "polars-lazy" and kind.shape == "frame" and fill is MISSING:
        return sys.modules["polars"].col(name)
    names = column_names(frame)
    assert kind is not None  # column_names raised otherwise
    count = names.count(name)
    if count == 1:
        return _TAKE[kind.engine](frame, name)
    if count > 1:
        raise RunError(
            f"the frame has {count} columns named {name!r}",
            code="step-failed",
            hint="rename them, so that each column has a name of its own",
        )
    if fill is not MISSING:
        return _FILL[kind.engine](frame, name, fill)
    raise RunError(
        Problem(
            "step-failed",
            f"the frame has no column {name!r}",
            hint=did_you_mean(name, names) or "return the column, or give a fill value (fill_with=)",
            details=(f"columns: {', '.join(names) or 'none'}",),
        )
    )


def _take_from_pandas(frame: Any, name: str) -> Any:
    if name in frame.columns:
        return frame[name]
    position = [str(column) for column in frame.columns].index(name)  # a column label that is not text, such as 7
    return frame.iloc[:, position].rename(name)


def _take_from_polars(frame: Any, name: str) -> Any:
    return frame.get_column(name)


def _take_from_lazy(frame: Any, name: str) -> Any:
    del frame
    return sys.modules["polars"].col(name)


def _take_from_arrow(frame: Any, name: str) -> Any:
    return frame.column(name)


def _fill_pandas(frame: Any, name: str, fill: Any) -> Any:
    return sys.modules["pandas"].Series([fill] * len(frame), index=frame.index, name=name)


def _fill_polars(frame: Any, name: str, fill: Any) -> Any:
    return sys.modules["polars"].Series(name, [fill]).new_from_index(0, frame.height)


def _fill_lazy(frame: Any, name: str, fill: Any) -> Any:
    del frame
    polars = sys.modules["polars"]
    # the dtype of a Series, for a bare literal 0 would become 32 bits wide
    return polars.lit(fill, dtype=polars.Series([fill]).dtype).alias(name)


def _fill_arrow(frame: Any, name: str, fill: Any) -> Any:
    del name
    pyarrow = sys.modules["pyarrow"]
    return pyarrow.chunked_array([pyarrow.repeat(pyarrow.scalar(fill), frame.num_rows)])


_TAKE: dict[str, Callable[[Any, str], Any]] = {
    "pandas": _take_from_pandas,
    "polars": _take_from_polars,
    "polars-lazy": _take_from_lazy,
    "pyarrow": _take_from_arrow,
}
_FILL: dict[str, Callable[[Any, str, Any], Any]] = {
    "pandas": _fill_pandas,
    "polars": _fill_polars,
    "polars-lazy": _fill_lazy,
    "pyarrow": _fill_arrow,
}
