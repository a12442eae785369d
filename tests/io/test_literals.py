"""Typed values: TOML where they are TOML, text where they only begin like it."""

from __future__ import annotations

import datetime

import pytest

from featurecat.io.literals import toml_scalar, toml_value

SCALARS = [
    ("3", 3),
    ("2.5", 2.5),
    ("true", True),
    ('"us"', "us"),
    ('"5 # five"', "5 # five"),
    ("'a, b = 1'", "a, b = 1"),
    ("2013-01-31", datetime.date(2013, 1, 31)),
]
TEXTS = [
    "us", "", "007", "5 # five", "5 #", "1\nother=2", "1\n[table]", "1, other = 2", "1}", "1} #", "1}\nx = {a = 1",
    "1] #", "2013-45-45", "#", "[1", "[" * 5000, "9" * 5000, "'a' # b",
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), SCALARS)
def test_scalars(text, value):
    assert toml_scalar(text) == toml_value(text) == value
    assert type(toml_scalar(text)) is type(value)


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: ascii(text[:12]))
def test_what_is_no_value_stays_text(text):
    assert toml_scalar(text) == toml_value(text) == text


@pytest.mark.parametrize(
    ("text", "value"), [("[1,2]", [1, 2]), ("{a=1}", {"a": 1}), ("[]", []), ('["#"]', ["#"]), ("[1, # one\n2]", [1, 2])]
)
def test_arrays_and_tables_are_values_but_no_scalars(text, value):
    assert toml_value(text) == value
    assert toml_scalar(text) == text
