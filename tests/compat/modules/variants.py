"""Variants by config, all four kinds, names given and names taken off."""

import sys

from hamilton import driver
from hamilton.function_modifiers import config, hamilton_exclude, parameterize, source


@config.when(model="tree")
def score__tree(depth: int) -> float:
    return depth / 2


@config.when_in(model=["linear", "ridge"])
def score__linear(weight: float) -> float:
    return weight * 2


@config.when_not_in(model=["tree", "linear", "ridge"])
def score__other() -> float:
    return -1.0


@config.when_not(scale=None)
def scaled__by(score: float, scale: int) -> float:
    return score * scale


@config.when(scale=None)
def scaled__as_is(score: float) -> float:
    return score


@config.when(model="tree", name="named")
def anything_else() -> str:
    return "tree"


@config(lambda given: given.get("model") == "ridge", target_name="penalty", config_used=["model"])
def penalty_of_ridge() -> float:
    return 0.1


@hamilton_exclude
def left_out(nobody: int) -> int:
    return nobody


@config.when(region="us")
@config.when(year=2013)
@parameterize(first={"x": source("scaled")}, second={"x": source("score")})
def both__us(x: float) -> float:
    return x + 1


def _answers() -> dict:
    module = sys.modules[__name__]

    def built(**given: object) -> driver.Driver:
        return driver.Builder().with_modules(module).with_config(given).build()

    answers = {}
    for given, inputs in (
        ({"model": "tree", "scale": 3, "region": "us", "year": 2013}, {"depth": 4}),
        ({"model": "linear"}, {"weight": 1.5}),
        ({"model": "ridge", "scale": 2}, {"weight": 1.5}),
        ({}, {}),
    ):
        one = built(**given)
        computed = sorted(node.name for node in one.list_available_variables() if not node.is_external_input)
        answers[f"{given} nodes"] = computed
        answers[f"{given} values"] = one.execute(computed, inputs=inputs)
        answers[f"{given} tags"] = {
            node.name: node.tags.get("hamilton.config")
            for node in one.list_available_variables()
            if node.name not in ("first", "second")  # of two decorators Hamilton's tag names the keys of one
        }
    return answers
