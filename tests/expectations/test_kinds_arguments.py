"""What users write into expectations: what it becomes, and what is said of misuse."""

from __future__ import annotations

import datetime
import json
import math
import re
from decimal import Decimal
from types import SimpleNamespace

import numpy as np
import pytest

from featurecat.errors import ModifierError
from featurecat.expectations.builtin.arguments import span_of, span_text
from featurecat.expectations.registry import KINDS, declare_function, find_kind, make_spec, others_of

HOURS = datetime.timedelta(hours=1)
DRIFT = {"new": None, "missing": None, "against": "last"}


@pytest.mark.parametrize(
    ("kind", "argument", "params"),
    [
        ("not_null", True, {"not_null": True}),
        ("not_null", np.True_, {"not_null": True}),
        ("unique", True, {"unique": True}),
        ("matches", r"[A-Z]{2}\d+", {"pattern": r"[A-Z]{2}\d+"}),
        ("matches", re.compile("(?:a|b)"), {"pattern": "(?:a|b)"}),
        ("matches", "(?i)ewr", {"pattern": "(?i)ewr"}),
        ("min", (0, None), {"low": 0.0, "high": None}),
        ("min", ("a", "b"), {"low": "a", "high": "b", "family": "string"}),
        ("max", (None, datetime.date(2013, 12, 31)), {"low": None, "high": "2013-12-31", "family": "date"}),
        ("mean", (0, np.float32(0.5)), {"low": 0.0, "high": 0.5}),
        ("median", [-math.inf, 3], {"low": None, "high": 3.0}),
        ("std", (0.5, 2), {"low": 0.5, "high": 2.0}),
        ("quantile", {0.95: (0, 180), 0.5: (None, 3)}, {"quantiles": [[0.5, None, 3.0], [0.95, 0.0, 180.0]]}),
        ("quantile", {1: (0, 1), 0: (0, 1)}, {"quantiles": [[0.0, 0.0, 1.0], [1.0, 0.0, 1.0]]}),
        ("row_count", (1, None), {"low": 1, "high": None}),
        ("row_count", 24, {"low": 24, "high": 24}),
        ("row_count", 0, {"low": 0, "high": 0}),
        ("row_count", (1e3, np.int64(2_000)), {"low": 1000, "high": 2000}),
        ("distinct", (0, 5), {"low": 0, "high": 5}),
        ("monotonic", "decreasing", {"direction": "decreasing", "strict": False, "by": None}),
        (
            "monotonic",
            {"direction": "increasing", "strict": True, "by": "day"},
            {"direction": "increasing", "strict": True, "by": "day"},
        ),
        ("compare", ("<=", "other"), {"operator": "<=", "other": "other", "tolerance": None}),
        ("compare", ["!=", "other"], {"operator": "!=", "other": "other", "tolerance": None}),
        (
            "compare",
            {"operator": "==", "other": "total", "tolerance": 0.01},
            {"operator": "==", "other": "total", "tolerance": 0.01},
        ),
        (
            "compare",
            {"operator": "<", "other": "arrival", "tolerance": "300s"},
            {"operator": "<", "other": "arrival", "tolerance": "5min"},
        ),
        (
            "compare",
            {"operator": "<", "other": "arrival", "tolerance": 0},
            {"operator": "<", "other": "arrival", "tolerance": None},
        ),
        ("freshness", "36h", {"at_most": "36h"}),
        ("freshness", "90 m", {"at_most": "90min"}),
        ("freshness", 24 * HOURS, {"at_most": "1d"}),
        ("not_in_future", True, {"tolerance": "0s"}),
        ("not_in_future", "5m", {"tolerance": "5min"}),
        ("not_in_future", {"tolerance": HOURS}, {"tolerance": "1h"}),
        ("categories", {"new": 0}, DRIFT | {"new": 0.0}),
        ("categories", {"new": 0.01, "missing": 2, "against": "r1"}, {"new": 0.01, "missing": 2, "against": "r1"}),
        (
            "categories",
            {"JFK": 0.6, "EWR": 0.4, "tolerance": 0.1},
            {"shares": [["EWR", 0.4], ["JFK", 0.6]], "tolerance": 0.1, "family": "string"},
        ),
        (
            "categories",
            {"shares": {"new": 0.5, "old": 0.5}, "tolerance": 0},
            {"shares": [["new", 0.5], ["old", 0.5]], "tolerance": 0.0, "family": "string"},
        ),
        (
            "categories",
            {True: 0.1, False: 0.9, "tolerance": 0.05},
            {"shares": [[0.0, 0.9], [1.0, 0.1]], "tolerance": 0.05, "family": "number"},
        ),
        ("distribution", {"psi": 0.2}, {"limits": {"psi": 0.2}, "against": "last"}),
        ("distribution", {"psi": 1, "against": "r1"}, {"limits": {"psi": 1.0}, "against": "r1"}),
        (
            "change",
            {"null_share": 0.02, "mean": 0.1, "rows": 2},
            {"most": {"rows": 2.0, "null_share": 0.02, "mean": 0.1}, "against": "last"},
        ),
        ("nans", 0, {"nans": 0}),
        ("nans", np.int64(3), {"nans": 3}),
    ],
    ids=str,
)
def test_arguments_become_plain_parameters(kind, argument, params):
    found = make_spec(kind, argument).params
    assert dict(found) == params
    assert json.loads(json.dumps(found, allow_nan=False)) == params


MISUSES = {
    "not_null": [False, 1, None, "yes"],
    "unique": [False, 1, "day"],
    "matches": [
        *(3, None, "(", "a**", r"(?=a)", r"(?!a)", r"(?<=a)b", r"(?<!a)b", r"(a)\1", r"(?P<x>a)(?P=x)", "a++", "a*+"),
        *("(?>a)", "(?s).", "(?i:a)", "a(?i)", "(?#a)b", r"\bword\b", r"\Aa", r"a\Z", "a$b", "a^b", r"[\D]", r"\0"),
        *("a{1001}", "(a)(?(1)b|c)", r"\N{DIGIT ONE}", r"\p{L}", "(?i)[а-я]", "\ud800", re.compile("a", re.IGNORECASE)),
        re.compile(b"a"),
    ],
    "min": [5, (2, 1), (None, None), (0, "a"), (math.nan, 1), "ab"],
    "max": [(1, 2, 3), ([], 1)],
    "mean": [3, (2, 1), ("a", "b"), (math.nan, 1), (True, 2), (None, math.inf)],
    "median": [None, (0,)],
    "std": [("a", 1), {}],
    "quantile": [{}, (0, 1), {2: (0, 1)}, {0.5: 3}, {"0.5": (0, 1)}, {0.5: (2, 1)}, {True: (0, 1)}],
    "row_count": [(0.5, 2), (-1, 2), (0, None), (None, None), (3, 1), True, "12", 1.0],
    "distinct": [(0, None), -1, (1.5, None)],
    "monotonic": [
        *("up", True, {}, {"direction": "increasing", "strict": 1}, {"direction": "increasing", "by": 3}),
        *({"strict": True}, {"direction": "increasing", "bye": "day"}, {"direction": "increasing", "by": "no name"}),
    ],
    "compare": [
        *("<=", ("<=",), ("=", "a"), ("~", "a"), ("<=", 3), ("<=", ""), {"operator": "<="}, (["<"], "a")),
        *({"operator": "<=", "other": "a", "tolerance": -1}, {"operator": "<=", "other": "a", "tolerance": "soon"}),
        *({"operator": "!=", "other": "a", "tolerance": 1}, {"operator": "<", "othr": "a"}),
    ],
    "freshness": ["soon", 36, "0h", "1.5h", "-1h", "36 hours", HOURS * 0, None, "9" * 30 + "w"],
    "not_in_future": [False, 5, "soon", {"tolerence": "5m"}, {}, -HOURS],
    "categories": [
        *({}, {"new": None}, {"new": 2}, {"new": -0.1}, {"missing": -1}, {"missing": 0.5}, {"new": 0, "against": 3}),
        *(["a"], {"EWR": 0.5}, {"EWR": 0.6, "JFK": 0.6, "tolerance": 0.1}, {"EWR": 0.6, "new": 0, "tolerance": 0.1}),
        *({"tolerance": 0.1}, {"EWR": "x", "tolerance": 0.1}, {1: 0.5, "a": 0.5, "tolerance": 0.1}),
        *({"EWR": 0.5, "tolerance": 2}, {"shares": {"a": 1}, "tolerance": 0, "b": 1}, {"shares": {}, "tolerance": 0}),
        *({"shares": {"a": 1}}, {(1,): 0.5, "tolerance": 0.1}),
    ],
    "distribution": [
        {},
        0.2,
        {"psi": -1},
        {"psi": "a"},
        {"against": "last"},
        {"psy": 0.2},
        {"psi": 0.2, "against": ""},
    ],
    "change": [{}, 0.1, {"rows": -1}, {"against": "last"}, {"men": 0.1}, {"null_share": 2}, {"mean": math.nan}],
    "nans": [-1, 0.5, True, None, Decimal(1)],
}


@pytest.mark.parametrize(
    ("kind", "argument"),
    [(kind, argument) for kind, arguments in MISUSES.items() for argument in arguments],
    ids=lambda part: ascii(part)[:60],
)
def test_misuse_is_told_with_an_example(kind, argument):
    with pytest.raises(ModifierError) as caught:
        make_spec(kind, argument, file="features.py", line=3)
    problem = caught.value.problems[0]
    assert (problem.code, problem.place) == ("invalid-modifier", "features.py:3")
    assert problem.message.startswith(f"{kind} ")
    assert f"{kind}=" in str(problem.hint)


def test_each_of_these_kinds_has_misuses():
    older = {"range", "data_type", "allow_nans", "max_fraction_nans", "values_in", "max_standard_dev", "mean_in_range"}
    assert set(MISUSES) == set(KINDS) - older - {"allow_none", "contains", "does_not_contain"}


@pytest.mark.parametrize(
    ("kind", "argument", "offer"),
    [
        ("compare", ("=<", "other"), "did you mean '<='?"),
        ("monotonic", "increesing", "did you mean 'increasing'?"),
        ("monotonic", {"direction": "increasing", "stirct": True}, "did you mean 'strict'?"),
        ("change", {"nul_share": 0.1}, "did you mean 'null_share'?"),
        ("distribution", {"pssi": 0.1}, "did you mean 'psi'?"),
        ("categories", {"new": 0, "mising": 1}, "did you mean 'missing'?"),
        ("matches", "(?=a)", "custom="),
        ("matches", "a{1001}", "at most 1000"),
    ],
    ids=str,
)
def test_what_was_meant_is_offered(kind, argument, offer):
    with pytest.raises(ModifierError) as caught:
        make_spec(kind, argument)
    assert offer in str(caught.value.problems[0].hint)


def test_a_spelling_of_a_new_kind_is_mended():
    with pytest.raises(ModifierError) as caught:
        find_kind("uniqe")
    assert "did you mean 'unique'?" in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "argument", "others"),
    [
        ("compare", ("<=", "arrival"), ("arrival",)),
        ("monotonic", {"direction": "increasing", "by": "day"}, ("day",)),
        ("monotonic", "increasing", ()),
        ("unique", True, ()),
    ],
    ids=str,
)
def test_the_features_that_an_expectation_reads_besides(kind, argument, others):
    spec = make_spec(kind, argument)
    assert others_of(kind, spec.params) == spec.others == others


def test_scipy_is_asked_for_where_it_is_needed(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ModifierError) as caught:
        make_spec("distribution", {"ks": 0.1})
    assert "featurecat[stats]" in str(caught.value.problems[0].hint)
    assert make_spec("distribution", {"psi": 0.1}).params


@pytest.mark.parametrize("seconds", [0, 1, 59, 60, 3_600, 5_400, 86_400, 90_000, 604_800, 10**9])
def test_a_span_is_written_as_it_is_read(seconds):
    span = datetime.timedelta(seconds=seconds)
    assert span_of(span_text(span)) == span


def test_what_a_function_of_the_user_found_fits_a_report():
    def far_off(value: object) -> object:
        found = {"rows": list(range(10_000)), "names": {str(number): number for number in range(10_000)}, "few": [1, 2]}
        return SimpleNamespace(passes=False, message="x" * 100_000, diagnostics=found)

    outcome = declare_function(far_off).judge(1)
    assert outcome.observed["few"] == [1, 2]
    assert outcome.observed["rows"][-1] == "… and 9,900 more"
    assert outcome.observed["names"]["…"] == "and 9,900 more"
    assert len(json.dumps(outcome.observed)) < 5_000
    assert len(outcome.message) == 1_001
