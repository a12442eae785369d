"""What a kind of expectation has to offer, and what it sees of a value; needs no third party.

A kind never touches a frame library: it asks :class:`Facts` for counts and extremes and judges those, which is why its
verdict is the same whatever library the value came from.
"""

from __future__ import annotations

import datetime
import decimal
import numbers
import types
import typing
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from featurecat.frames.kinds import kind_of_type

__all__ = ["SUPPORTED_TYPES", "ExpectationKind", "Facts", "Outcome", "is_column_or_scalar"]

#: The types :func:`is_column_or_scalar` accepts, for messages.
SUPPORTED_TYPES = "columns (pandas.Series, polars.Series, pyarrow arrays), numbers, str, bool, dates and times"

_SCALARS = (numbers.Real, decimal.Decimal, str, bool, datetime.date, datetime.time, datetime.timedelta)


class Facts(Protocol):
    """What a kind may ask about a column or scalar. Missing values (null, NaN) are counted and otherwise ignored."""

    @property
    def rows(self) -> int:
        """All values, missing ones included; 1 for a scalar."""
        ...

    @property
    def missing(self) -> int:
        """How many values are null or NaN."""
        ...

    @property
    def logical_type(self) -> str:
        """The Arrow logical type, such as ``double``."""
        ...

    @property
    def family(self) -> str:
        """What the values compare with: a family of ``expectations/literals.py``, else their type."""
        ...

    def extremes(self) -> tuple[Any, Any]:
        """Least and greatest value as Python objects; both None when all values are missing."""
        ...

    def count_outside(self, low: Any, high: Any) -> int:
        """How many values lie below ``low`` or above ``high``; None leaves that side open."""
        ...

    def count_not_in(self, values: Sequence[Any]) -> int:
        """How many values are none of ``values``."""
        ...


class Outcome(NamedTuple):
    """What a kind found: whether it held (None: there was nothing to judge), and by how much not."""

    held: bool | None
    observed: Mapping[str, Any]
    threshold: Mapping[str, Any]
    failing_rows: int
    message: str


class ExpectationKind(Protocol):
    """One kind of expectation; ``kind`` is also the keyword of ``check_output`` that asks for it."""

    @property
    def kind(self) -> str:
        """Name in the registry."""
        ...

    @property
    def example(self) -> str:
        """Right use, for messages."""
        ...

    @property
    def supported_types(self) -> str:
        """The annotations it applies to, for messages."""
        ...

    def normalise(self, argument: Any) -> dict[str, Any]:
        """JSON-ready parameters from what the user wrote; raises ModifierError when that cannot work."""
        ...

    def applies_to(self, annotation: Any) -> bool:
        """Whether a feature with this annotation can be judged."""
        ...

    def evaluate(self, params: Mapping[str, Any], facts: Facts) -> Outcome:
        """Judges ``facts`` by normalised ``params``; raises EvaluationError where the two cannot be compared."""
        ...


def is_column_or_scalar(annotation: Any) -> bool:
    """Whether an annotation is a column or a plain scalar; ``Optional`` and ``Annotated`` count as what they wrap.

    Example:
        >>> is_column_or_scalar(float), is_column_or_scalar(float | None), is_column_or_scalar(list[float])
        (True, True, False)
    """
    kind = kind_of_type(annotation)
    if kind is not None:
        return kind.shape == "column"
    if isinstance(annotation, type) and typing.get_origin(annotation) is None:
        return issubclass(annotation, _SCALARS) or _is_numpy_scalar(annotation)
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return is_column_or_scalar(typing.get_args(annotation)[0])
    if origin in (typing.Union, types.UnionType):
        members = [member for member in typing.get_args(annotation) if member is not type(None)]
        return bool(members) and all(is_column_or_scalar(member) for member in members)
    return False


def _is_numpy_scalar(annotation: type) -> bool:
    """Numpy's booleans, dates and spans, which do not register as Python's."""
    names = ("bool", "bool_", "datetime64", "timedelta64")
    return annotation.__module__.partition(".")[0] == "numpy" and annotation.__name__ in names
