"""Types that say: compute what follows once per item (``Parallelizable``), and gather what came of it (``Collect``).

Example:
    >>> def url(urls: list[str]) -> Parallelizable[str]:
    ...     yield from urls
    >>> def length(url: str) -> int:
    ...     return len(url)
    >>> def total(length: Collect[int]) -> int:
    ...     return sum(length)
    >>> list(url(["a", "bc"])), total([1, 2])
    (['a', 'bc'], 3)
"""

from __future__ import annotations

import typing
from collections.abc import Iterable
from typing import Any, Protocol, TypeVar

__all__ = [
    "Collect",
    "Parallelizable",
    "collects",
    "expands",
    "item_type",
    "parallel_types_in_use",
    "whole_annotation",
]

ItemType = TypeVar("ItemType", covariant=True)

#: Whether anybody wrote one of the two types with its item type: graphs of everybody else need no look at them.
_in_use: list[type] = []


class Parallelizable(Iterable[ItemType], Protocol[ItemType]):
    """What a function returns whose items are computed upon one by one, perhaps at the same time.

    The function yields its items, or returns any iterable of them. Whoever takes it takes one item.
    """

    def __class_getitem__(cls, item: Any) -> Any:
        """``Parallelizable[T]``: items of type ``T``."""
        _in_use.append(cls)
        del _in_use[1:]
        return super().__class_getitem__(item)  # type: ignore[misc]


class Collect(Iterable[ItemType], Protocol[ItemType]):
    """What a parameter takes that gathers the values of all items: a list, in the order of the items."""

    def __class_getitem__(cls, item: Any) -> Any:
        """``Collect[T]``: a list of ``T``."""
        _in_use.append(cls)
        del _in_use[1:]
        return super().__class_getitem__(item)  # type: ignore[misc]


def parallel_types_in_use() -> bool:
    """Whether any annotation of this process can be one of the two types."""
    return bool(_in_use)


def _bare(annotation: Any) -> Any:
    while typing.get_origin(annotation) is typing.Annotated:
        annotation = typing.get_args(annotation)[0]
    return typing.get_origin(annotation) or annotation


def expands(annotation: Any) -> bool:
    """Whether a return type makes its node begin a parallel block.

    Example:
        >>> expands(Parallelizable[int]), expands(list[int])
        (True, False)
    """
    return _bare(annotation) is Parallelizable


def collects(annotation: Any) -> bool:
    """Whether a parameter's type makes its node end a parallel block.

    Example:
        >>> collects(Collect[int]), collects(int)
        (True, False)
    """
    return _bare(annotation) is Collect


def item_type(annotation: Any) -> Any:
    """The type of one item of a ``Parallelizable`` or ``Collect``; other types are their own.

    Example:
        >>> item_type(Collect[int]), item_type(str)
        (<class 'int'>, <class 'str'>)
    """
    while typing.get_origin(annotation) is typing.Annotated:
        annotation = typing.get_args(annotation)[0]
    if _bare(annotation) in (Parallelizable, Collect):
        arguments = typing.get_args(annotation)
        return arguments[0] if arguments else Any
    return annotation


def whole_annotation(annotation: Any) -> bool:
    """Whether the two types stand on the outside of an annotation only, where they mean something.

    Example:
        >>> whole_annotation(Collect[int]), whole_annotation(Collect[int] | None)
        (True, False)
    """
    inner = item_type(annotation)
    waiting = list(typing.get_args(inner)) if inner is not annotation else [inner]
    if inner is not annotation:
        waiting.append(inner)
    while waiting:
        part = waiting.pop()
        if isinstance(part, list | tuple):
            waiting += part
        elif _bare(part) in (Parallelizable, Collect):
            return False
        else:
            waiting += typing.get_args(part)
    return True
