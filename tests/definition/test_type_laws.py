# ruff: noqa: UP006, UP007, UP045 - both spellings of every type are what is tested
"""Laws of the type rules, and the cases that need more than a table of plain types."""

from __future__ import annotations

import collections
import typing
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Generic, Literal, NewType, Optional, Protocol, TypeVar, Union, runtime_checkable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from featurecat.definition.parallel import Collect, Parallelizable
from featurecat.definition.types import accepts, narrower, value_fits

Free = TypeVar("Free")
Number = TypeVar("Number", bound=float)
Either = TypeVar("Either", int, str)
Ids = NewType("Ids", list[int])


class Fits(Protocol):
    def fit(self, rows: int) -> None: ...


class Scored(Fits, Protocol):
    score: float


@runtime_checkable
class Closes(Protocol):
    def close(self) -> None: ...


class Model:
    score: float = 0.0

    def fit(self, rows: int) -> None:
        return None


class Half:
    def fit(self, rows: int) -> None:
        return None

    def close(self) -> None:
        return None


class Calls(Protocol):
    def __call__(self, x: int) -> int: ...


class Box(Generic[Free]):
    pass


class IntBox(Box[int]):
    pass


PLAIN = [int, float, str, bool, object, bytes, list, dict, type(None), Model, list[int], dict[str, int], Literal["a"]]
types = st.recursive(
    st.sampled_from(PLAIN),
    lambda inner: st.one_of(
        inner.map(lambda one: list[one]),
        inner.map(lambda one: Sequence[one]),
        inner.map(lambda one: Annotated[one, "note"]),
        st.tuples(inner, inner).map(lambda pair: Union[pair]),
        st.tuples(inner, inner).map(lambda pair: tuple[pair]),
        inner.map(lambda one: dict[str, one]),
    ),
    max_leaves=4,
)


@given(types)
def test_every_type_takes_itself_and_any(one: Any) -> None:
    assert accepts(one, one)
    assert accepts(Any, one)
    assert accepts(one, Any)
    assert narrower(one, Any) == one == narrower(Any, one)
    assert accepts(object, one)


@given(types, types, types)
def test_a_union_takes_what_one_member_takes_and_gives_what_all_give(one: Any, other: Any, third: Any) -> None:
    both = Union[one, other]
    assert accepts(both, one)
    assert accepts(both, other)
    assert accepts(third, both) == (accepts(third, one) and accepts(third, other))
    if accepts(one, third) or accepts(other, third):
        assert accepts(both, third)
    assert accepts(Optional[one], None.__class__)


@given(types, types)
def test_read_only_containers_follow_their_members(one: Any, other: Any) -> None:
    if accepts(one, other):
        assert accepts(Sequence[one], list[other])
        assert accepts(Mapping[str, one], dict[str, other])
        assert accepts(tuple[one, ...], tuple[other, other])
        assert accepts(Collect[one], other)
        assert accepts(one, Parallelizable[other])
        assert accepts(Callable[[], one], Callable[[], other])
        assert accepts(Callable[[other], int], Callable[[one], int])
    assert accepts(Annotated[one, 1], Annotated[other, 2]) == accepts(one, other)


@pytest.mark.parametrize(
    ("given_type", "wanted", "fits"),
    [
        (list[bool], Sequence[int], True),
        (list[bool], list[int], False),
        (list[Any], list[int], True),
        (list[list[Any]], list[list[int]], True),
        (dict[str, list[Any]], dict[str, list[int]], True),
        (list[list[bool]], list[list[int]], False),
        (dict[str, int], Mapping[str, float], True),
        (dict[str, int], dict[str, float], False),
        (dict[str, int], Iterable[str], True),
        (dict[str, int], Iterable[int], False),
        (tuple[int, str], tuple[int, str], True),
        (tuple[bool, str], tuple[int, str], True),
        (tuple[int, ...], tuple[int, int], False),
        (tuple[int, int], tuple[int, ...], True),
        (tuple[int, str], Sequence[int], False),
        (tuple[int, str], Sequence[int | str], True),
        (tuple[bool, ...], Sequence[int], True),
        (Generator[int, None, None], Iterator[int], True),
        (Generator[str, None, None], Iterator[int], False),
        (frozenset[bool], frozenset[int], True),
        (set[bool], set[int], False),
        (type[bool], type[int], True),
        (Callable[[float], bool], Callable[[int], int], True),
        (Callable[[int], int], Callable[[float], int], False),
        (Callable[[int, int], int], Callable[[int], int], False),
        (Callable[..., int], Callable[[int], int], True),
        (Callable[[int], int], Callable[..., int], True),
        (Callable[[int], int], Callable, True),
        (int, Free, True),
        (Free, object, True),
        (Free, int, False),
        (bool, Number, True),
        (str, Number, False),
        (Number, float, True),
        (Number, str, False),
        (str, Either, True),
        (bytes, Either, False),
        (Either, int | str, True),
        (Either, int, False),
        (list[int], list[Free], True),
        (Ids, list[int], True),
        (Ids, Sequence[float], True),
        (list[int], Ids, False),
        (Model, Fits, True),
        (Model, Scored, True),
        (Half, Scored, False),
        (Half, Closes, True),
        (Model, Closes, False),
        (int, Fits, False),
        (Half, Calls, False),
        (type(lambda: 0), Calls, True),
        (IntBox, Box[int], True),
        (Box[int], Box[int], True),
        (Box[int], Box[str], False),
        (Literal[True], Literal[1], False),
        (Parallelizable[int], int, True),
        (Parallelizable[int], str, False),
        (Parallelizable[int], Collect[float], True),
        (int, Collect[float], True),
        (str, Collect[int], False),
        (str, Collect, True),
        (Parallelizable, int, True),
        (Annotated[Parallelizable[int], "x"], Annotated[Collect[int], "y"], True),
        (int, collections.abc.Hashable, True),
        (bool, float, True),
        (bool, complex, True),
        (Literal[1, "a"], int | str, True),
        (Free, Free | None, True),
    ],
)
def test_more_of_what_may_feed_what(given_type: Any, wanted: Any, fits: bool) -> None:
    assert accepts(wanted, given_type) is fits


@pytest.mark.parametrize(
    ("wanted", "value", "fits"),
    [
        (Ids, [1, 2], True),
        (Ids, ["a"], False),
        (Ids, 3, False),
        (Number, 1, True),
        (Number, "1", False),
        (Either, "1", True),
        (Either, 1.5, False),
        (type[int], bool, True),
        (type[int], str, False),
        (type[int], 3, False),
        (Literal[1], True, False),
        (Literal[True], 1, False),
        (collections.deque[int], collections.deque([1]), True),
        (collections.deque[int], collections.deque(["a"]), False),
        (collections.Counter[str], collections.Counter("ab"), True),
        (collections.Counter[int], collections.Counter("ab"), False),
        (Iterable[str], {"a": 1}, True),
        (Iterable[int], {"a": 1}, False),
        (Iterator[int], iter(["a"]), True),  # looking would use it up
        (Closes, Half(), True),
        (Closes, 3, False),
        (Parallelizable[int], [1], True),
        (Collect[int], 3, False),
        (typing.Tuple[int, ...], (1, 2), True),
        (list[tuple[int, str]], [(1, "a"), (2, 3)], False),
        (dict[str, Callable[[int], int]], {"a": len}, True),
        (dict[str, Callable[[int], int]], {"a": 3}, False),
        (int | list[int], [1, "a"], False),
    ],
)
def test_more_of_which_value_may_be_given(wanted: Any, value: Any, fits: bool) -> None:
    assert value_fits(wanted, value) is fits
