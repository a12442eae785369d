"""The phases: decorators apply in a fixed order of kinds, bottom-up within a kind, and leave the function alone."""

from __future__ import annotations

import itertools

import pytest

from featurecat.definition.collect import Definitions, collect, nodes_of
from featurecat.definition.modifier import ATTRIBUTE, Modifier, Phase, modifiers_of
from featurecat.definition.node import DefinedFunction, Node
from featurecat.errors import ModifierError
from tests.support.modules import ModuleMaker

IMPORTS = """
import pandas as pd
from featurecat import check_output, config, extract_columns, feature, parameterize, tag, value
"""
DECORATORS = {
    "config": "@config.when(r=1)",
    "parameterize": "@parameterize(table={'n': value(1)})",
    "extract": "@extract_columns('a', 'b')",
    "tag": "@tag(k='v')",
    "feature": "@feature(unit='min')",
}


def _described(definitions: Definitions) -> set[tuple[object, ...]]:
    return {
        (name, node.type, node.variant, tuple(node.tags), node.metadata.unit, tuple(d.name for d in node.dependencies))
        for name, nodes in definitions.variants.items()
        for node in nodes
    }


@pytest.mark.parametrize("order", list(itertools.permutations(DECORATORS)), ids="-".join)
def test_the_textual_order_of_different_kinds_does_not_matter(make_module: ModuleMaker, order: tuple[str, ...]) -> None:
    decorators = "\n".join(DECORATORS[name] for name in order)
    definitions = collect([make_module(f"{IMPORTS}\n{decorators}\ndef f__x(n: int) -> pd.DataFrame: ...\n")])
    definitions.raise_problems()
    found = _described(definitions)
    assert {(name, variant) for name, _, variant, *_ in found} == {
        ("table", "pandas[r=1]"),
        ("a", "pandas[r=1]"),
        ("b", "pandas[r=1]"),
    }
    assert {(name, tags, unit) for name, _, _, tags, unit, _ in found} == {
        ("table", (), None),
        ("a", ("k",), "min"),
        ("b", ("k",), "min"),
    }


def test_within_a_kind_the_closest_to_the_function_comes_first(make_module: ModuleMaker) -> None:
    below = collect([make_module(IMPORTS + "@extract_columns('a')\n@check_output()\ndef f() -> pd.DataFrame: ...\n")])
    above = collect([make_module(IMPORTS + "@check_output()\n@extract_columns('a')\ndef f() -> pd.DataFrame: ...\n")])
    assert set(below.variants) == {"f_raw", "f", "a"}
    assert set(above.variants) == {"f", "a_raw", "a"}


class Renamed(Modifier):
    """Adds a letter to the names of all nodes."""

    def __init__(self, letter: str) -> None:
        self.letter = letter

    def apply(self, nodes: list[Node], defined: DefinedFunction) -> list[Node]:
        return [node.with_(name=node.name + self.letter) for node in nodes]


class RenamedEarly(Renamed):
    phase = Phase.INJECT


class RenamedLate(Renamed):
    phase = Phase.DECORATE


class RenamedOnce(Renamed):
    phase = Phase.GENERATE
    single = True


def _defined(function: object) -> DefinedFunction:
    return DefinedFunction(function, "f", (), int, modifiers=modifiers_of(function))  # type: ignore[arg-type]


def test_any_modifier_joins_its_phase() -> None:
    @RenamedEarly("1")
    @RenamedLate("4")
    @RenamedLate("3")
    @RenamedEarly("0")
    def f() -> int:
        return 1

    assert f() == 1
    assert len(getattr(f, ATTRIBUTE)) == 4
    assert [node.name for node in nodes_of(_defined(f))] == ["f0134"]


def test_some_kinds_stand_alone() -> None:
    @RenamedOnce("a")
    @RenamedOnce("b")
    def f() -> int:
        return 1

    with pytest.raises(ModifierError, match="@RenamedOnce on f: cannot stand beside @RenamedOnce"):
        nodes_of(_defined(f))


def test_a_class_that_does_not_say_what_it_does_is_told_what_to_write(make_module: ModuleMaker) -> None:
    source = """
        from featurecat import Modifier, Phase

        class loud(Modifier):
            phase = Phase.DECORATE

        @loud()
        def f() -> int:
            return 1
    """
    with pytest.raises(ModifierError, match=r"the decorator @loud lacks apply\(\)") as caught:
        make_module(source)
    (problem,) = caught.value.problems
    assert (problem.line, problem.file is not None) == (4, True)
    assert "def apply(self, nodes, defined)" in (problem.hint or "")


def test_a_function_stays_its_own() -> None:
    def f() -> int:
        return 1

    before = (f.__name__, f.__code__, f.__annotations__, f.__defaults__, f.__module__)
    assert RenamedLate("x")(f) is f
    assert (f.__name__, f.__code__, f.__annotations__, f.__defaults__, f.__module__) == before


def test_a_shared_function_object_is_not_decorated_through_its_wrapper(make_module: ModuleMaker) -> None:
    module = make_module(
        """
        import functools
        from featurecat import tag
        @tag(a="1")
        def _inner(x: int) -> int:
            return x
        @tag(b="2")
        @functools.wraps(_inner)
        def outer(x: int) -> int:
            return _inner(x)
        """
    )
    assert [modifier.tags for modifier in modifiers_of(module._inner)] == [{"a": "1"}]
    assert [modifier.tags for modifier in modifiers_of(module.outer)] == [{"a": "1"}, {"b": "2"}]
