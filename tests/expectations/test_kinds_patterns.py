"""Regular expressions mean the same to Python, Polars and DuckDB, and as a whole what Python's ``fullmatch`` says."""

from __future__ import annotations

import re

import duckdb
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from featurecat.errors import ModifierError
from featurecat.expectations.builtin.patterns import common_pattern
from featurecat.expectations.evaluate import evaluate
from featurecat.expectations.registry import make_spec

WRITTEN = [
    (r"[A-Z]{2}\d+", "[A-Z]{2}[0-9]+"),
    (r"^a|b$", "a|b"),
    (r"a\$", r"a\$"),
    ("a\\\\$", r"a\\"),
    (r"(?P<year>\d{4})-(\d\d)", r"(?:[0-9]{4})\x2d(?:[0-9][0-9])"),
    (r"a.b", r"a[^\x0a]b"),
    (r"\S\D\W", r"[^\x09-\x0d\x20][^0-9][^0-9A-Z_a-z]"),
    (r"a*?b+?c??d{1,2}?", "a*b+c?d{1,2}"),
    ("a{,3}b{2,}c{,}d{e}f{}", r"a{0,3}b{2,}c{0,}d\{e\}f\{\}"),
    ("[]a-]", r"[\]a\x2d]"),
    (r"[^\w.&&]", r"[^0-9A-Z_a-z\.\x26\x26]"),
    ("[[:alpha:]", r"[\[:alpha:]"),
    (r"[\b]", r"[\x08]"),
    (r"\x41\u00e9\n<>", r"Aé\x0a<>"),
    ("(?i)aé1", "[Aa][Éé]1"),
    ("(?i)[a-cß_]", "[a-cABCß_]"),
    ("(?i)[Z-b]", "[Z-bABz]"),
    ("a b#c~d&", r"a\x20b\x23c\x7ed\x26"),
]


@pytest.mark.parametrize(("pattern", "common"), WRITTEN, ids=ascii)
def test_what_engines_read_differently_is_written_anew(pattern, common):
    assert common_pattern(pattern) == common


pieces = st.recursive(
    st.sampled_from([*"ab1-]}é .", r"\d", r"\w", r"\s", r"\.", r"\D", "[ab]", "[^a]", "[a-c1]", r"[\d-]", "[]x]", "A"]),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.tuples(inner, inner).map(lambda two: f"(?:{two[0]}|{two[1]})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{,1}", "+?"])).map(
            lambda two: f"({two[0]}){two[1]}"
        ),
    ),
    max_leaves=6,
)
texts = st.lists(st.text("ab1-]}é .\nAx", max_size=5), min_size=1, max_size=6)


@given(pieces, texts, st.sampled_from(["", "(?i)"]))
def test_polars_matches_what_python_does(pattern, values, flag):
    try:
        common = common_pattern(flag + pattern)
    except ModifierError:
        return
    expected = [re.fullmatch(flag + pattern, value, re.ASCII if not flag else 0) is not None for value in values]
    assert [re.fullmatch(common, value) is not None for value in values] == expected
    verdict = evaluate(make_spec("matches", flag + pattern), pl.Series(values))
    assert verdict.failing_rows == expected.count(False)


def test_duckdb_matches_what_python_does():
    values = [
        "",
        "a",
        "A1",
        "a-1",
        "é",
        "É",
        "a b",
        "a\nb",
        "x]",
        "x{2}",
        "12",
        "a_b",
        "a\n",
        "$",
        "ab",
        "<a>",
        "a&b~c#d",
    ]
    patterns = [
        *(
            r"\w+",
            r"\W",
            r"[\w ]+",
            r"a.b",
            r"(?i)é",
            r"(?i)[a-b]+\d",
            r"[]x]+",
            r"x\{2}",
            r"\$",
            r"a\s?b",
            "a|ab",
            "<a>",
        ),
        *("a&b~c#d", r"[a&~#-d]+", r"a{1,}\n?", ""),
    ]
    for pattern in patterns:
        common = common_pattern(pattern)
        told = [
            duckdb.execute("SELECT regexp_full_match($1, $2)", [value, common]).fetchall()[0][0] for value in values
        ]
        flags = 0 if pattern.startswith("(?i)") else re.ASCII
        assert told == [re.fullmatch(pattern, value, flags) is not None for value in values], pattern


@given(st.text(max_size=8))
def test_any_text_is_a_pattern_or_is_refused(pattern):
    try:
        common = common_pattern(pattern)
    except ModifierError:
        return
    re.compile(common)
    assert evaluate(make_spec("matches", pattern), pl.Series(["a"])).status in ("pass", "warn")
