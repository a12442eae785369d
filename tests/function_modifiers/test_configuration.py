"""Variants by config: what the decorators record, and their misuse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from featurecat import config, driver
from featurecat.definition.collect import collect, define
from featurecat.definition.condition import Clause, holds
from featurecat.errors import DefinitionError, ModifierError
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


# --- functions of the config --------------------------------------------------------------------


def test_a_function_of_the_config() -> None:
    def feature__x(a: int) -> int:
        return a

    def is_new(given: Mapping[str, Any]) -> bool:
        return bool(given.get("year", 0) > 2000)

    defined = define(config(is_new, config_used=["year", "month"])(feature__x))
    assert (defined.name, defined.condition) == ("feature", (Clause("year, month", "resolves", is_new),))
    assert holds(defined.condition, {"year": 2001})
    assert not holds(defined.condition, {})


def test_a_function_of_the_config_may_name_the_node() -> None:
    def feature__x(a: int) -> int:
        return a

    defined = define(config(lambda given: "r" in given, target_name="other")(feature__x))
    assert (defined.name, defined.condition[0].key) == ("other", "*")


def test_functions_of_the_config_choose_variants(make_module: ModuleMaker) -> None:
    module = make_module(
        """
        from featurecat.function_modifiers.conditions import config
        @config(lambda given: given.get("z") == 1)
        def f__one(u: int) -> int:
            return u
        @config(lambda given: given.get("z") == 2)
        @config.when(y=3)
        def f__two(u: int) -> int:
            return -u
        """
    )
    for given, expected in (({"z": 1}, 5), ({"z": 2, "y": 3}, -5)):
        built = driver.Builder().with_modules(module).with_config(given).build()
        assert built.execute(["f"], inputs={"u": 5}) == {"f": expected}
    with pytest.raises(DefinitionError, match="no variant of 'f' fits"):
        driver.Builder().with_modules(module).with_config({"z": 2}).build().execute(["f"])


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        (3, "3"),
        (lambda: True, "<lambda>"),
        (lambda one, other: True, "<lambda>"),
        (feature__x.__name__, "'feature__x'"),
    ],
)
def test_what_is_no_function_of_the_config_is_told_at_decoration(question: Any, shown: str) -> None:
    with pytest.raises(ModifierError) as caught:
        config(question)(feature__x)
    (problem,) = caught.value.problems
    assert problem.message == f"@config on feature__x: takes a function of the config, not {shown}"
    assert problem.hint == "@config(lambda config: config.get('region') == 'US')"
    assert problem.line == feature__x.__code__.co_firstlineno


# --- exclusion ----------------------------------------------------------------------------------


def test_what_is_excluded_is_no_feature_and_stays_callable(make_module: ModuleMaker) -> None:
    module = make_module(
        """
        from featurecat import check_output, config, parameterize, value
        from featurecat.function_modifiers.conditions import exclude
        @exclude
        def rounded(amount: float) -> int:
            return round(amount)
        @check_output(range=(0, 1))
        @exclude()
        @config.when(r=1)
        def checked(amount: int) -> int:
            return amount
        def f(amount: float) -> float:
            return rounded(amount)
        """
    )
    definitions = collect([module])
    assert set(definitions.variants) == {"f"}
    assert module.rounded(1.6) == 2
    assert driver.Builder().with_modules(module).build().execute(["f"], inputs={"amount": 2.7}) == {"f": 3}
