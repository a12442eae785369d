from __future__ import annotations

import json
import math
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import numpy
import pytest
from hypothesis import given

from featurecat.reports.plain import legible, plain, printable, shown
from tests.reports.samples import texts, values


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (2**70, 2**70),
        (True, True),
        (-0.0, -0.0),
        (math.nan, "NaN"),
        (-math.inf, "-Infinity"),
        (Decimal("1.50"), "1.50"),
        (date(2026, 1, 2), "2026-01-02"),
        (datetime(2026, 1, 2, 3, tzinfo=UTC), "2026-01-02T03:00:00+00:00"),
        (time(3, 4), "03:04:00"),
        (b"\x00\xff", "00ff"),
        ({3, 1}, [1, 3]),
        (numpy.float64("nan"), "NaN"),
        (numpy.int64(7), 7),
        (numpy.datetime64("2026-01-02"), "2026-01-02"),
        ({1: {"a": (None,)}}, {"1": {"a": [None]}}),
        (complex(1, 2), "(1+2j)"),
    ],
    ids=repr,
)
def test_plain(value: Any, expected: Any) -> None:
    assert plain(value) == expected
    assert type(plain(value)) is type(expected)


@given(values)
def test_plain_values_are_json(value: Any) -> None:
    ready = plain(value)
    assert json.loads(json.dumps(ready, allow_nan=False)) == ready
    assert plain(ready) == ready


@given(texts)
def test_texts_without_halves_of_pairs_stay(text: str) -> None:
    assert (legible(text) == text) == (not any("\ud800" <= character <= "\udfff" for character in text))


@given(texts)
def test_printable_texts_do_not_act(text: str) -> None:
    shown_text = printable(text)
    assert all(character.isprintable() or character in "\n\t" or ord(character) > 0x9F for character in shown_text)
    assert "\u202e" not in shown_text and "\r" not in shown_text


@pytest.mark.parametrize(
    "pair",
    [(None, "null"), (True, "true"), (1, "1"), (1.5, "1.5"), (math.nan, "NaN"), ("", " "), ([], "[]"), ("a", " a")],
    ids=repr,
)
def test_what_looks_alike_is_told_apart(pair: tuple[Any, Any]) -> None:
    assert shown(pair[0]) != shown(pair[1])
