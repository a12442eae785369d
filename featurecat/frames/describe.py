"""One short phrase for any value: its type, dtype and shape, never its contents."""

from __future__ import annotations

from typing import Any

from featurecat.frames.kinds import kind_of_value

__all__ = ["describe_value"]


def describe_value(value: object) -> str:
    """Says what a value is without showing any of it, for error messages and logs.

    Args:
        value: Anything that flows along an edge.

    Returns:
        Such as ``Series float64 (336,776)``, ``DataFrame (336,776 x 19)``, ``list (3 items)`` or ``int``.

    Example:
        >>> describe_value([1, 2, 3]), describe_value(2.5), describe_value(None)
        ('list (3 items)', 'float', 'None')
    """
    if value is None:
        return "None"
    name = type(value).__name__
    kind = kind_of_value(value)
    if kind is not None and kind.engine == "polars-lazy":
        return f"polars {name}"
    shape = getattr(value, "shape", None)
    if kind is not None and kind.shape == "frame":
        return f"{name} ({_shape_text(shape)})"
    if kind is not None or (isinstance(shape, tuple) and shape and hasattr(value, "dtype")):
        return f"{name} {_dtype_text(value)} ({_shape_text(shape) if shape is not None else _size_text(value)})"
    if isinstance(value, (list, tuple, set, frozenset, dict)):
        return f"{name} ({len(value):,} {'item' if len(value) == 1 else 'items'})"
    return name


def _dtype_text(column: Any) -> str:
    dtype = getattr(column, "dtype", None)
    if dtype is None:
        dtype = getattr(column, "type", None)  # pyarrow calls it type; a pandas MultiIndex has one dtype, object
    return str(dtype)


def _shape_text(shape: Any) -> str:
    return " x ".join(f"{extent:,}" for extent in shape)


def _size_text(column: Any) -> str:
    return f"{len(column):,}"
