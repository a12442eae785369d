"""Recognises frame types by qualified name, without importing any of their libraries."""

from __future__ import annotations

import sys
import typing
from typing import Any, NamedTuple

__all__ = ["ENGINES", "FrameKind", "column_type", "engine_of_types", "kind_of_type", "kind_of_value"]

#: The engines a variant can be written for; ``any`` fits each of them.
ENGINES = ("pandas", "polars", "polars-lazy", "any")


class FrameKind(NamedTuple):
    """What a type is to featurecat: whose (``engine``) and which ``shape`` (``column`` or ``frame``)."""

    engine: str
    shape: str


_KINDS = {
    ("pandas", "Series"): FrameKind("pandas", "column"),
    ("pandas", "Index"): FrameKind("pandas", "column"),
    ("pandas", "DataFrame"): FrameKind("pandas", "frame"),
    ("polars", "Series"): FrameKind("polars", "column"),
    ("polars", "DataFrame"): FrameKind("polars", "frame"),
    ("polars", "Expr"): FrameKind("polars-lazy", "column"),
    ("polars", "LazyFrame"): FrameKind("polars-lazy", "frame"),
    ("pyarrow", "Array"): FrameKind("pyarrow", "column"),
    ("pyarrow", "ChunkedArray"): FrameKind("pyarrow", "column"),
    ("pyarrow", "Table"): FrameKind("pyarrow", "frame"),
}
_known: dict[Any, FrameKind | None] = {}


def kind_of_type(annotation: Any) -> FrameKind | None:
    """The frame kind of a type annotation, or None.

    Subclasses count as their base; ``Annotated[...]``, ``Optional[...]`` and parametrised generics
    count as what they wrap.

    Example:
        >>> kind_of_type(int) is None
        True
    """
    try:
        return _known[annotation]
    except KeyError:
        kind = _known[annotation] = _find_kind(annotation)
        return kind
    except TypeError:  # an unhashable annotation, such as Annotated[int, []]
        return _find_kind(annotation)


def _find_kind(annotation: Any) -> FrameKind | None:
    if isinstance(annotation, type):
        for base in annotation.__mro__:
            kind = _KINDS.get((base.__module__.partition(".")[0], base.__name__))
            if kind is not None:
                return kind
        return None
    origin = typing.get_origin(annotation)
    if origin is None:
        return None
    if isinstance(origin, type) and (kind := kind_of_type(origin)) is not None:
        return kind
    wrapped = [argument for argument in typing.get_args(annotation) if argument is not type(None)]
    if origin is typing.Annotated or (len(wrapped) == 1 and _is_union(origin)):
        return kind_of_type(wrapped[0])
    return None


def _is_union(origin: Any) -> bool:
    import types

    return origin in (typing.Union, types.UnionType)


def kind_of_value(value: object) -> FrameKind | None:
    """The frame kind of a value, or None.

    Example:
        >>> kind_of_value([1, 2]) is None
        True
    """
    return kind_of_type(type(value))


def engine_of_types(annotations: typing.Iterable[Any]) -> str:
    """The engine a signature is written for; the last frame type decides, ``any`` when there is none.

    Args:
        annotations: The parameters' types in order, the return type last.
    """
    engine = "any"
    for annotation in annotations:
        kind = kind_of_type(annotation)
        if kind is not None and kind.engine != "pyarrow":
            engine = kind.engine
    return engine


def column_type(frame_type: Any) -> Any:
    """The type of one column of a frame type: ``pandas.Series`` for ``pandas.DataFrame``, and so on.

    Raises:
        TypeError: When ``frame_type`` is not a frame type.
    """
    kind = kind_of_type(frame_type)
    if kind is None or kind.shape != "frame":
        raise TypeError(f"{frame_type!r} is not a frame type")
    library, name = {
        "pandas": ("pandas", "Series"),
        "polars": ("polars", "Series"),
        "polars-lazy": ("polars", "Expr"),
        "pyarrow": ("pyarrow", "ChunkedArray"),
    }[kind.engine]
    return getattr(sys.modules[library], name)  # loaded, or the annotation could not exist
