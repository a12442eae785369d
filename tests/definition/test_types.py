# ruff: noqa: UP006, UP007, UP035, UP045 - both spellings of every type are what is tested
"""Which type fits where: the table of the reference, with the decisions taken about it."""

from __future__ import annotations

import collections.abc
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, Any, Dict, List, Literal, NewType, Optional, Protocol, TypeVar, Union

import numpy as np
import pandas as pd
import polars as pl
import pytest

from featurecat.definition.types import (
    accepts,
    narrower,
    optional_member,
    resolve_annotation,
    type_text,
    value_fits,
)
from tests.support.modules import ModuleMaker

T = TypeVar("T")
UserId = NewType("UserId", int)


class Named(Protocol):
    name: str


class Frame(pd.DataFrame):
    """A subclass, as users make."""


@pytest.mark.parametrize(
    ("given", "wanted", "fits"),
    [
        (bool, int, True),
        (int, bool, False),
        (UserId, int, True),  # a UserId is an int; Hamilton refuses
        (UserId, float, True),
        (int, UserId, False),
        (UserId, UserId, True),
        (T, int, False),
        (T, T, True),
        (int, float, True),  # the widening of PEP 484; Hamilton refuses
        (int, complex, True),
        (float, int, False),
        (int, object, True),
        (Optional[int], int, False),
        (int, Optional[int], True),
        (int | None, Optional[int], True),
        (Optional[int], float | None, True),
        (type(None), Optional[int], True),
        (Union[int, str], Union[int, str, float], True),  # unions are read both ways; Hamilton refuses
        (Union[int, str], str | int, True),
        (int | str | float, int | str, False),
        (int | bool, int, True),
        (List[int], list, True),
        (list, List[int], True),
        (List[int], list[int], True),
        (list[bool], list[int], False),
        (list[int], Sequence[int], True),
        (list[int], Iterable[int], True),
        (Sequence[int], list[int], False),
        (Dict[str, int], Dict[str, Any], True),  # Any fits everywhere; Hamilton refuses
        (dict[str, int], Mapping[str, int], True),
        (dict[str, int], dict[str, str], False),
        (dict[str, int], list, False),
        (tuple[int, str], tuple[int, str], True),
        (tuple[int, str], tuple[int], False),
        (str, Literal["a", "b"], False),
        (Literal["a"], Literal["a", "b"], True),
        (Literal["a", "c"], Literal["a", "b"], False),
        (Literal["a"], str, True),
        (Literal[1, "a"], str, False),
        (Literal[1], float, True),
        (Annotated[pd.Series, int], pd.Series, True),
        (pd.Series, Annotated[pd.Series, int], True),
        (Annotated[int, "x"], Annotated[float, "y"], True),
        (Annotated[int, []], int, True),  # cannot be hashed
        (str, Annotated[int, []], False),
        (Any, int, True),
        (int, Any, True),
        (pd.Series, pl.Series, False),
        (pl.DataFrame, pl.LazyFrame, False),
        (Frame, pd.DataFrame, True),
        (pd.DataFrame, Frame, False),
        (np.float64, float, True),
        (np.int64, int, False),
        (Callable[[int], int], Callable[[int], int], True),
        (Callable[[int], int], Callable[[str], int], False),
        (int, Named, False),
        ("nonsense", int, False),
    ],
)
def test_what_may_feed_what(given: Any, wanted: Any, fits: bool) -> None:
    assert accepts(wanted, given) is fits
    assert accepts(wanted, given) is fits  # and again from memory


@pytest.mark.parametrize(
    ("first", "second", "both"),
    [
        (Any, int, int),
        (int, Any, int),
        (float, int, int),
        (int, float, int),
        (Optional[int], int, int),
        (int, str, None),
        (pd.Series, pd.DataFrame, None),
        (Sequence[int], list[int], list[int]),
    ],
)
def test_of_two_wishes_the_narrower_counts(first: Any, second: Any, both: Any) -> None:
    assert narrower(first, second) == both


@pytest.mark.parametrize(
    ("wanted", "value", "fits"),
    [
        (int, True, True),
        (int, 1.0, False),
        (float, 1, True),  # Hamilton refuses
        (float, "1", False),
        (complex, 1.0, True),
        (int, None, True),
        (Any, object(), True),
        (T, 3, True),
        (Optional[int], "a", False),
        (int | str, "a", True),
        (Literal["a", "b"], "b", True),
        (Literal["a", "b"], "c", False),
        (Annotated[int, "positive"], 3, True),
        (Annotated[int, "positive"], "3", False),
        (UserId, 3, True),
        (UserId, "3", False),
        (Callable, len, True),
        (Callable[[int], int], len, True),
        (Callable[[int], int], 3, False),
        (tuple[int, str], (1, "a"), True),
        (tuple[int, str], (1, 2), False),
        (tuple[int, str], (1,), False),
        (tuple[int, ...], (1, 2, 3), True),
        (tuple[int, ...], (1, "a"), False),
        (list[int], [1, "z"], False),
        (Sequence[int], [1, "z"], False),
        (list[int], (1,), False),
        (set[str], {"a"}, True),
        (dict[str, int], {1: "z"}, False),
        (Dict[str, int], {"z": 1}, True),
        (Mapping[str, list[int]], {"a": [1]}, True),
        (Mapping[str, list[int]], {"a": ["b"]}, False),
        (pd.Series, pd.Series([1]), True),
        (pd.Series, [1], False),
        (pd.DataFrame, Frame(), True),
        (pl.Series, pd.Series([1]), False),
        (Named, 3, True),  # a protocol that says nothing about values
    ],
)
def test_which_value_may_be_given(wanted: Any, value: Any, fits: bool) -> None:
    assert value_fits(wanted, value) is fits


@pytest.mark.parametrize(
    ("annotation", "text"),
    [
        (int, "int"),
        (pd.Series, "pandas.Series"),
        (None.__class__, "None"),
        (Any, "Any"),
        (Union[int, str], "int | str"),
        (dict[str, list[int]], "dict[str, list[int]]"),
        (List[int], "list[int]"),
        (tuple[int, ...], "tuple[int, ...]"),
        (Literal["a", 1], "Literal['a', 1]"),
        (Annotated[pd.Series, "min"], "pandas.Series"),
        (Callable[[int], str], "Callable[[int], str]"),
        (collections.abc.Callable, "Callable"),
        (typing.Callable, "Callable"),
    ],
)
def test_types_are_shown_as_people_write_them(annotation: Any, text: str) -> None:
    assert type_text(annotation) == text


def test_optional_and_annotated_come_off() -> None:
    assert optional_member(Annotated[Optional[Annotated[list[int], 1]], 2]) == list[int]
    assert optional_member(int | str | None) == int | str | None


def test_texts_are_read_in_the_functions_module(make_module: ModuleMaker) -> None:
    module = make_module(
        """
        from __future__ import annotations
        import pandas as pd
        class Local: ...
        def feature(a: pd.Series, b: "Local", c: 'list["Local"]', d: None) -> "pd.Series": ...
        """
    )
    found = {name: resolve_annotation(text, module.feature) for name, text in module.feature.__annotations__.items()}
    assert found["a"] is pd.Series
    assert found["b"] is module.Local
    assert found["d"] is type(None)
    assert found["return"] is pd.Series
