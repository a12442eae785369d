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
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from featurecat.frames.kinds import kind_of_type
from featurecat.frames.measures import Measure, RowTest

__all__ = [
    "COLUMN_TYPES",
    "NOTHING_AROUND",
    "SUPPORTED_TYPES",
    "ExpectationKind",
    "Facts",
    "Judge",
    "JudgedKind",
    "Outcome",
    "Surroundings",
    "is_column",
    "is_column_or_scalar",
    "is_each",
    "members_of",
]

#: The types that hold many values, for messages.
COLUMN_TYPES = "columns (pandas.Series, polars.Series, pyarrow arrays)"

#: The types :func:`is_column_or_scalar` accepts, for messages.
SUPPORTED_TYPES = "columns (pandas.Series, polars.Series, pyarrow arrays), numbers, str, bool, dates and times"

_SCALARS = (numbers.Real, decimal.Decimal, str, bool, datetime.date, datetime.time, datetime.timedelta)


class Facts(Protocol):
    """What a kind may ask about a column or scalar. Missing values (null, NaN) are counted and otherwise ignored."""

    @property
    def absent(self) -> bool:
        """Whether there is no value at all: it is None, which a column of nulls is not."""
        ...

    @property
    def rows(self) -> int:
        """All values, missing ones included; 1 for a scalar."""
        ...

    @property
    def missing(self) -> int:
        """How many values are null or NaN."""
        ...

    @property
    def nans(self) -> int:
        """How many values are NaN."""
        ...

    @property
    def nan_is_null(self) -> bool:
        """Whether NaN and null cannot be told apart, as in pandas, whose floats write null as NaN."""
        ...

    @property
    def logical_type(self) -> str:
        """The Arrow logical type, such as ``double``."""
        ...

    @property
    def family(self) -> str:
        """What the values compare with: a family of ``expectations/literals.py``, else their type."""
        ...

    @property
    def surroundings(self) -> Surroundings:
        """What is known beside the values: the moment they are judged at, the run before."""
        ...

    def extremes(self) -> tuple[Any, Any]:
        """Least and greatest value as Python objects; both None when all values are missing."""
        ...

    def figure(self, measure: Measure) -> Any:
        """One figure; None where there are no values to tell it from."""
        ...

    def distinct(self) -> int:
        """How many different values there are, missing ones left out."""
        ...

    def earlier(self, run: str | None = None) -> Facts | None:
        """The same of an earlier run, the last published one unless a run is named; None when there is none."""
        ...

    def present(self) -> Any:
        """All values that are not missing, as a Polars column; reads the column once more."""
        ...


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known beside the values.

    Attributes:
        as_of: The moment that freshness and the future are judged by, with a time zone; None where time plays no part,
            as in a plain call of a driver.
        earlier: Gives the column of a feature in an earlier run (the last published one for None), or None.
        produced_at: When the values were produced, or None.
    """

    as_of: datetime.datetime | None = None
    earlier: Callable[[str | None], Any] | None = None
    produced_at: datetime.datetime | None = None


NOTHING_AROUND = Surroundings()


class Outcome(NamedTuple):
    """What a kind found: whether it held (None: there was nothing to judge), and by how much not.

    Attributes:
        held: Whether the expectation held.
        observed: What was seen.
        threshold: What was expected.
        failing_rows: How many rows are at fault, where the kind knows it.
        message: In words; a function of the number of rows at fault, where these are counted afterwards.
        rows: How many there were, where a judge counted them.
        at_fault: Which rows are at fault, where single rows are; their number and a sample are then read together for
            all expectations that did not hold.
        counted: Under what name their number is put into ``observed``.
        skipped: Whether it could not be judged for a reason that is nobody's fault, such as no run before.
    """

    held: bool | None
    observed: Mapping[str, Any]
    threshold: Mapping[str, Any]
    failing_rows: int | None
    message: str | Callable[[int], str]
    rows: int | None = None
    at_fault: RowTest | None = None
    counted: str | None = None
    skipped: bool = False


class Judge(Protocol):
    """Judges a value itself, for an expectation that counts and extremes do not express."""

    @property
    def name(self) -> str:
        """What the node that judges is called, after the name of the checked node and an underscore."""
        ...

    @property
    def asynchronous(self) -> bool:
        """Whether the outcome has to be awaited."""
        ...

    @property
    def supported_types(self) -> str:
        """The annotations it applies to, for messages."""
        ...

    def applies_to(self, annotation: Any) -> bool:
        """Whether a feature with this annotation can be judged; raises ModifierError where it cannot tell."""
        ...

    def __call__(self, value: Any) -> Outcome | Awaitable[Outcome]:
        """What it found; whatever it raises means that the value could not be judged."""
        ...


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

    def measures(self, params: Mapping[str, Any]) -> Sequence[Measure]:
        """The figures that judging takes, so that those of all expectations are computed in one pass."""
        ...

    def evaluate(self, params: Mapping[str, Any], facts: Facts) -> Outcome:
        """Judges ``facts`` by normalised ``params``; raises EvaluationError where the two cannot be compared."""
        ...


class JudgedKind(Protocol):
    """A kind of expectation whose argument makes a judge: a schema, a model."""

    @property
    def kind(self) -> str:
        """Name in the registry."""
        ...

    @property
    def example(self) -> str:
        """Right use, for messages."""
        ...

    def normalise(self, argument: Any) -> dict[str, Any]:
        """JSON-ready parameters from what the user wrote; raises ModifierError when that cannot work."""
        ...

    def judge(self, argument: Any) -> Judge:
        """What judges values by an argument that :meth:`normalise` took."""
        ...

    def argument_of(self, annotation: Any) -> Any:
        """The argument that a return annotation itself gives, or None."""
        ...


def is_column(annotation: Any) -> bool:
    """Whether a type is a column of some library.

    Example:
        >>> is_column(float)
        False
    """
    kind = kind_of_type(annotation)
    return kind is not None and kind.shape == "column"


def is_column_or_scalar(annotation: Any) -> bool:
    """Whether an annotation is a column or a plain scalar; ``Optional`` and ``Annotated`` count as what they wrap.

    Example:
        >>> is_column_or_scalar(float), is_column_or_scalar(float | None), is_column_or_scalar(list[float])
        (True, True, False)
    """
    return is_each(annotation, _is_column_or_scalar)


def _is_column_or_scalar(annotation: Any) -> bool:
    kind = kind_of_type(annotation)
    if kind is not None:
        return kind.shape == "column"
    if isinstance(annotation, type) and typing.get_origin(annotation) is None:
        return issubclass(annotation, _SCALARS) or _is_numpy_scalar(annotation)
    return typing.get_origin(annotation) is typing.Literal and all(
        isinstance(value, _SCALARS) for value in typing.get_args(annotation)
    )


def members_of(annotation: Any) -> list[Any]:
    """The types a value may be of, None left out: ``Annotated`` and ``NewType`` taken off, unions taken apart.

    Example:
        >>> members_of(int | str | None), members_of(typing.Annotated[float, "share"])
        ([<class 'int'>, <class 'str'>], [<class 'float'>])
    """
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return members_of(typing.get_args(annotation)[0])
    if isinstance(annotation, typing.NewType):
        return members_of(annotation.__supertype__)
    if origin in (typing.Union, types.UnionType):
        inner = [member for member in typing.get_args(annotation) if member is not type(None)]
        return [member for part in inner for member in members_of(part)]
    return [annotation]


def is_each(annotation: Any, fits: Callable[[Any], bool]) -> bool:
    """Whether each type that a value may be of fits; see :func:`members_of`.

    Example:
        >>> is_each(int | str | None, lambda member: member in (int, str))
        True
    """
    members = members_of(annotation)
    return bool(members) and all(map(fits, members))


def _is_numpy_scalar(annotation: type) -> bool:
    """Numpy's booleans, dates and spans, which do not register as Python's."""
    names = ("bool", "bool_", "datetime64", "timedelta64")
    return annotation.__module__.partition(".")[0] == "numpy" and annotation.__name__ in names
