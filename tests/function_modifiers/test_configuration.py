"""Variants by config: what the decorators record, and their misuse."""

from __future__ import annotations

from typing import Any

import pytest

from featurecat import config
from featurecat.definition.collect import collect, define
from featurecat.definition.condition import Clause, holds
from featurecat.errors import ModifierError
from tests.support.modules import ModuleMaker


def feature__x(a: int) -> int:
    return a + 1


@pytest.mark.parametrize(
    ("decorator", "clause", "true_for", "false_for"),
    [
        (config.when(r=1), Clause("r", "equal", 1), [{"r": 1}], [{}, {"r": 2}, {"s": 1}]),
        (config.when(r=None), Clause("r", "equal", None), [{}, {"r": None}], [{"r": 1}]),
        (config.when_not(r=1), Clause("r", "not_equal", 1), [{}, {"r": 2}], [{"r": 1}]),
        (config.when_in(r=[1, 2]), Clause("r", "in", (1, 2)), [{"r": 1}, {"r": 2}], [{}, {"r": 3}]),
        (config.when_not_in(r=[1, 2]), Clause("r", "not_in", (1, 2)), [{}, {"r": 3}], [{"r": 1}]),
    ],
)
def test_each_condition(
    decorator: Any, clause: Clause, true_for: list[dict[str, int]], false_for: list[dict[str, int]]
) -> None:
    def feature__x(a: int) -> int:
        return a + 1

    assert decorator(feature__x) is feature__x
    assert feature__x(1) == 2
    defined = define(feature__x)
    assert (defined.name, defined.condition) == ("feature", (clause,))
    assert all(holds(defined.condition, given) for given in true_for)
    assert not any(holds(defined.condition, given) for given in false_for)


def test_several_keys_and_several_decorators_must_all_hold() -> None:
    @config.when(r=1, s=2)
    @config.when_not(t=3)
    def feature__x(a: int) -> int:
        return a

    condition = define(feature__x).condition
    assert holds(condition, {"r": 1, "s": 2})
    assert not holds(condition, {"r": 1, "s": 2, "t": 3})
    assert not holds(condition, {"r": 1})


def test_a_condition_covers_every_node_of_the_function(make_module: ModuleMaker) -> None:
    module = make_module(
        """
        from featurecat import check_output, config
        @check_output(range=(0, 1))
        @config.when(r=1)
        def f__x(a: float) -> float: ...
        """
    )
    variants = collect([module]).variants
    assert set(variants) == {"f", "f_raw", "f_range_validator"}
    assert {node.variant for nodes in variants.values() for node in nodes} == {"any[r=1]"}


@pytest.mark.parametrize(
    ("decorator", "message", "hint"),
    [
        (config.when(), "@config.when on feature__x: needs at least one config key", "@config.when(region='US')"),
        (
            config.when(name="y"),
            "@config.when on feature__x: needs at least one config key",
            "@config.when(region='US')",
        ),
        (
            config.when_in(r="US"),
            "@config.when_in on feature__x: r takes a list of values, not 'US'",
            "@config.when_in(r=['US'])",
        ),
        (
            config.when_not_in(r=1),
            "@config.when_not_in on feature__x: r takes a list of values, not 1",
            "@config.when_not_in(r=[1])",
        ),
    ],
)
def test_misuse_is_told_at_decoration(decorator: Any, message: str, hint: str) -> None:
    with pytest.raises(ModifierError) as caught:
        decorator(feature__x)
    (problem,) = caught.value.problems
    assert (problem.message, problem.hint) == (message, hint)
    assert (problem.file, problem.line) == (__file__, feature__x.__code__.co_firstlineno)


def test_a_suffix_must_be_something() -> None:
    def feature__(a: int) -> int:
        return a

    with pytest.raises(ModifierError, match="leaves no suffix"):
        config.when(r=1)(feature__)
    assert define(config.when("other", r=1)(feature__)).name == "other"
