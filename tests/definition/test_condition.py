"""Conditions: two overlap exactly when some config fulfils both."""

from __future__ import annotations

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from featurecat.definition.condition import ALWAYS, Clause, Condition, as_json, condition_text, holds, overlap

KEYS = ("region", "year")
VALUES = (None, "US", "UK", 3)
#: What a key can be: one of the values that clauses name, or something else.
WORLD = (*VALUES, "elsewhere")

_single = st.builds(Clause, st.sampled_from(KEYS), st.sampled_from(["equal", "not_equal"]), st.sampled_from(VALUES))
_several = st.builds(
    Clause,
    st.sampled_from(KEYS),
    st.sampled_from(["in", "not_in"]),
    st.lists(st.sampled_from(VALUES), max_size=3).map(tuple),
)
conditions = st.lists(_single | _several, max_size=4).map(tuple)


@given(conditions, conditions)
def test_overlap_is_what_trying_every_config_says(first: Condition, second: Condition) -> None:
    configs = [dict(zip(KEYS, values, strict=True)) for values in itertools.product(WORLD, repeat=len(KEYS))]
    both = any(holds(first, config) and holds(second, config) for config in configs)
    assert overlap(first, second) is both
    assert overlap(second, first) is both


@given(conditions)
def test_an_absent_key_is_none(condition: Condition) -> None:
    assert holds(condition, {}) is holds(condition, dict.fromkeys(KEYS))


def test_always_holds() -> None:
    assert holds(ALWAYS, {})
    assert overlap(ALWAYS, ALWAYS)
    assert condition_text(ALWAYS) == ""


def test_text_and_json_do_not_depend_on_the_order_of_clauses() -> None:
    clauses = (Clause("year", "not_equal", 2013), Clause("region", "in", ("US", "UK")))
    assert condition_text(clauses) == "region in ['US', 'UK'] & year!=2013" == condition_text(clauses[::-1])
    assert as_json(clauses) == as_json(clauses[::-1])
    assert json.loads(json.dumps(as_json(clauses)))[0] == {"key": "region", "operator": "in", "value": ["US", "UK"]}


def test_values_that_json_does_not_know_are_shown() -> None:
    assert as_json((Clause("when", "equal", complex(1, 2)),))[0]["value"] == "(1+2j)"


@pytest.mark.parametrize("key", ["password", "DB_Password", "api_key", "auth_token", "client_secret"])
def test_secret_literals_are_compared_and_not_shown(key):
    one, other = Clause(key, "equal", "hunter2"), Clause(key, "in", ("hunter3", "hunter4"))
    assert one.holds({key: "hunter2"})
    assert not one.holds({key: "hunter3"})
    labels = [condition_text((clause,)) for clause in (one, other, Clause(key, "equal", "hunter3"))]
    assert labels[0].startswith(f"{key}=***")
    assert len(set(labels)) == 3
    assert condition_text((Clause(key, "equal", "hunter2"),)) == labels[0]
    assert "hunter" not in " ".join([*labels, str(as_json((one, other)))])


def test_whether_a_secret_is_given_is_said():
    assert condition_text((Clause("token", "equal", None),)) == "token is absent"
    assert condition_text((Clause("monkey_business", "equal", "x"),)) == "monkey_business='x'"
