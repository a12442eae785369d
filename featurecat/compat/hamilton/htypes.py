"""Hamilton's ``htypes``: markers of parallel nodes, and its questions about types, answered by featurecat's rules."""

from __future__ import annotations

import typing
from typing import Annotated, Any

from featurecat.compat.hamilton._offer import offer
from featurecat.definition.parallel import Parallelizable
from featurecat.definition.types import accepts, type_text, value_fits
from featurecat.frames.kinds import kind_of_type

__getattr__, __dir__, _offered = offer(
    __name__,
    {
        "Collect": "featurecat.definition.parallel",
        "COLUMN_TYPE": "featurecat.compat.hamilton.registry",
        "DF_TYPE_AND_COLUMN_TYPES": "featurecat.compat.hamilton.registry",
    },
    own=[
        "ANNOTATE_ALLOWED",
        "BASE_ARGS_FOR_GENERICS",
        "CollectElement",
        "InvalidTypeException",
        "Parallelizable",
        "ParallelizableElement",
        "SequentialElement",
        "check_input_type",
        "check_instance",
        "column",
        "custom_subclass_check",
        "get_type_as_string",
        "get_type_information",
        "is_parallelizable_type",
        "types_match",
        "validate_type_annotation",
    ],
)
__all__ = list(_offered)

#: Annotations of columns with the type of their elements: ``column[pd.Series, int]``.
column = Annotated
ANNOTATE_ALLOWED = True
BASE_ARGS_FOR_GENERICS = (typing.TypeVar("T"),)
SequentialElement = typing.TypeVar("SequentialElement", covariant=True)
ParallelizableElement = typing.TypeVar("ParallelizableElement", covariant=True)
CollectElement = typing.TypeVar("CollectElement", covariant=True)

_ELEMENTS = (int, float, str, bool)


class InvalidTypeException(Exception):  # noqa: N818 - the name users know
    """An annotation of a column says something about its elements that cannot be said."""


def check_input_type(node_type: Any, input_value: Any) -> bool:
    """Whether an input's value fits the type that is asked for."""
    return value_fits(node_type, input_value)


def check_instance(obj: Any, type_: Any) -> bool:
    """Whether a value is of a type, members of containers included; None is of type None alone."""
    if obj is None and type_ is not Any:
        return type_ is type(None) or type(None) in typing.get_args(type_)
    return value_fits(type_, obj)


def custom_subclass_check(requested_type: Any, param_type: Any) -> bool:
    """Whether what is of ``requested_type`` may go where ``param_type`` is asked for."""
    return accepts(param_type, requested_type)


def types_match(param_type: Any, required_node_type: Any) -> bool:
    """Whether what is of ``required_node_type`` may go where ``param_type`` is asked for."""
    return accepts(param_type, required_node_type)


def get_type_as_string(type_: Any) -> str | None:
    """A type in a word, as Hamilton shows it: its bare name.

    Example:
        >>> get_type_as_string(dict[str, int]), get_type_as_string(Annotated[int, "days"])
        ('dict', 'int')
    """
    if typing.get_origin(type_) is Annotated:
        return get_type_as_string(typing.get_args(type_)[0])
    return getattr(type_, "__name__", None) or type_text(type_)


def get_type_information(some_type: Any) -> tuple[Any, list[Any]]:
    """The type below ``Annotated``, and what is noted on it."""
    if typing.get_origin(some_type) is Annotated:
        original, *notes = typing.get_args(some_type)
        return original, notes
    return some_type, []


def is_parallelizable_type(type_: Any) -> bool:
    """Whether each item of a value of this type is computed on by itself."""
    return typing.get_origin(type_) is Parallelizable


def validate_type_annotation(annotation: Any) -> bool:
    """Check an annotation of a column's elements: ``Annotated[pd.Series, int]``.

    Raises:
        InvalidTypeException: When it is not of a column, or not one of int, float, str, bool.
    """
    if typing.get_origin(annotation) is not Annotated:
        return True
    original, *notes = typing.get_args(annotation)
    kind = kind_of_type(original)
    if kind is None or kind.shape != "column":
        raise InvalidTypeException(f"the annotated type must be one of columns, not {type_text(original)}")
    if len(notes) != 1 or not any(accepts(element, notes[0]) for element in _ELEMENTS):
        raise InvalidTypeException(f"a column is annotated with one of int, float, str, bool, not with {notes}")
    return True
