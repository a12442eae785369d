from __future__ import annotations

import pytest

from featurecat.definition.body import has_empty_body
from featurecat.driver import Builder
from featurecat.errors import DefinitionError, ModifierError, RequestError

HEAD = """
from featurecat.function_modifiers import does, model, dynamic_transform, tag
import pandas as pd

def _total(**parts: int) -> int:
    return sum(parts.values())

def _scaled(value: int, factor: int = 3) -> int:
    return value * factor

class _Weighted:
    def __init__(self, weights, name, offset=0):
        self.weights, self.name, self.offset = weights, name, offset
    def get_dependents(self):
        return list(self.weights)
    def predict(self, **columns):
        return sum(self.weights[name] * column for name, column in columns.items()) + self.offset

class _Idle(_Weighted):
    predict = None

class _Transform(_Weighted):
    def compute(self, **columns):
        return self.predict(**columns) * 2
"""


@pytest.fixture
def build(make_module):
    return lambda source, config=None: Builder().with_modules(make_module(HEAD + source)).with_config(config or {}).build()


def test_another_function_does_the_work(build):
    driver = build("@does(_total)\ndef cost(seat: int, fuel: int = 4) -> int:\n    '''All.'''\n")
    assert driver.execute(["cost"], inputs={"seat": 1, "fuel": 2}) == {"cost": 3}
    assert driver.execute(["cost"], inputs={"seat": 1}) == {"cost": 5}


def test_parameters_can_be_mapped(build):
    driver = build("@does(_scaled, value='seat')\ndef cost(seat: int) -> int: ...\n")
    assert driver.execute(["cost"], inputs={"seat": 2}) == {"cost": 6}


def test_a_model_sees_its_config_and_says_what_it_takes(build):
    source = "@tag(owner='ml')\n@model(_Weighted, 'weights', offset=1)\ndef score() -> int: ...\n"
    driver = build(source, {"weights": {"a": 2, "b": 3}})
    assert driver.execute(["score"], inputs={"a": 1, "b": 1}) == {"score": 6}
    assert [edge.name for edge in driver.graph.nodes["score"].dependencies] == ["a", "b"]
    assert driver.graph.nodes["score"].tags == {"owner": ("ml",)}
    with pytest.raises(RequestError, match="weights is given"):
        build(source).execute(["score"])


def test_a_transform_computes(build):
    driver = build("@dynamic_transform(_Transform, 'weights')\ndef score() -> int: ...\n", {"weights": {"a": 2}})
    assert driver.execute(["score"], inputs={"a": 5}) == {"score": 20}


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("@does(_total)\ndef cost(seat: int) -> int:\n    return 1\n", "its body is not empty"),
        ("@does(3)\ndef cost(seat: int) -> int: ...\n", "takes a function, not 3"),
        ("@does(_scaled)\ndef cost(seat: int) -> int: ...\n", "_scaled cannot be called with seat"),
        ("@does(_scaled, value='seta')\ndef cost(seat: int) -> int: ...\n", "maps 'seta', which is no parameter"),
        ("@model(_Weighted, 'w')\ndef score(a: int) -> int: ...\n", "takes no parameters"),
        ("@model(_Weighted, 'w')\ndef score() -> int:\n    return 2\n", "its body is not empty"),
        ("@model(_Weighted, 3)\ndef score() -> int: ...\n", "3 is not the name of a config key"),
    ],
)
def test_misuse_is_refused_at_import(build, source, message):
    with pytest.raises(ModifierError, match=message) as caught:
        build(source)
    assert caught.value.problems[0].line is not None
    assert caught.value.problems[0].hint


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("@model(_Weighted, 'w', colour=1)\ndef score() -> int: ...\n", "_Weighted cannot be made from the config key 'w'"),
        ("@model(dict, 'w')\ndef score() -> int: ...\n", "dict cannot be made from the config key 'w'"),
        ("@model(lambda w, name: 3, 'w')\ndef score() -> int: ...\n", "int has no get_dependents"),
        ("@model(lambda w, name: 3, 'w')\ndef score() -> int: ...\n", r"names that predict\(\) takes"),
        ("@dynamic_transform(lambda w, name: 3, 'w')\ndef score() -> int: ...\n", r"names that compute\(\) takes"),
        ("@model(_Idle, 'w')\ndef score() -> int: ...\n", r"_Idle has no predict\(\)"),
        ("@dynamic_transform(_Weighted, 'w')\ndef score() -> int: ...\n", r"_Weighted has no compute\(\)"),
    ],
)
def test_misuse_that_shows_with_the_config_is_refused_at_build(build, source, message):
    with pytest.raises(DefinitionError, match=message):
        build(source, {"w": {"a": 1}})


def documented():
    """Nothing but this."""


def returning():
    return 1


def passing():
    pass


def printing():
    print()


@pytest.mark.parametrize(
    ("function", "empty"), [(documented, True), (passing, True), (returning, False), (printing, False)]
)
def test_empty_bodies_are_told_from_others(function, empty):
    assert has_empty_body(function) is empty
