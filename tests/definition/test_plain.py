"""Plain values as text: equal for equal values only."""

from __future__ import annotations

import datetime
import decimal
import enum
import itertools
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from featurecat.definition.plain import plain_text


class Colour(enum.Enum):
    RED = 1


class Number(enum.IntEnum):
    ONE = 1


class Text(str):
    __slots__ = ()


DIFFERENT = [
    None, ..., True, False, 1, 0, 1.0, 0.0, -0.0, float("nan"), 1j, "1", "", b"1", [], (), {}, set(), frozenset(), [1], (1,), {1},
    [[1], 2], [[1, 2]], [1, [2]], ["a", "b"], ["a,str 'b'"], {"a": 1, "b": 2}, {"b": 2, "a": 1}, {"a": {"b": 2}}, {1: "a"},
    Colour.RED, Number.ONE, decimal.Decimal("1"), decimal.Decimal("1.0"), PurePosixPath("a"), "a",
    datetime.date(2020, 1, 1), datetime.datetime(2020, 1, 1), datetime.datetime(2020, 1, 1, fold=1),
    datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC), datetime.datetime(2020, 1, 1, tzinfo=ZoneInfo("UTC")),
    datetime.time(1), datetime.timedelta(1), "2020-01-01",
]  # fmt: skip


def test_different_values_differ():
    texts = [plain_text(value) for value in DIFFERENT]
    assert None not in texts
    assert [pair for pair in itertools.combinations(texts, 2) if pair[0] == pair[1]] == []


class Unplain:
    pass


ITSELF: list[object] = []
ITSELF.append(ITSELF)


UNPLAIN = [Unplain(), Text("a"), [Unplain()], {"a": Unplain()}, {Unplain()}, ITSELF, len, int, 10**5000]


@pytest.mark.parametrize("number", range(len(UNPLAIN)))
def test_what_is_not_plain_has_none(number):
    assert plain_text(UNPLAIN[number]) is None


_scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()
_values = st.recursive(
    _scalars, lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner), max_leaves=8
)


@given(_values)
def test_the_text_can_be_told_from_every_other_value(value):
    assert plain_text(value) == plain_text(_copy(value)) is not None
    assert plain_text([value]) != plain_text(value)


@given(_values, _values)
def test_equal_texts_are_of_equal_values(one, other):
    if plain_text(one) == plain_text(other):
        assert repr(one) == repr(other)


@given(st.frozensets(st.integers() | st.text()))
def test_sets_have_no_order(members):
    assert plain_text(frozenset(sorted(members, key=repr))) == plain_text(frozenset(sorted(members, key=repr, reverse=True)))


def _copy(value):
    if isinstance(value, dict):
        return {key: _copy(inner) for key, inner in value.items()}
    return type(value)(map(_copy, value)) if isinstance(value, list | tuple) else value
