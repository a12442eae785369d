"""Plans: just what is asked, parents first, every value let go after its last use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from featurecat.definition.collect import Definitions, collect
from featurecat.definition.node import DefinedFunction, Dependency, Node
from featurecat.errors import RequestError
from featurecat.execution.run import run_plan
from featurecat.graph.build import build_graph
from featurecat.graph.graph import Graph, SourceNode
from featurecat.plan.planner import Plan, make_plan, used_inputs
from tests.support.modules import ModuleMaker

Build = Callable[..., Graph]
IMPORTS = """
import pandas as pd
from featurecat import check_output, config, feature, parameterize, source, value
"""
DIAMOND = """
def left(x: int) -> int:
    return x + 1
def right(x: int, bonus: int = 10) -> int:
    return x + bonus
def both(left: int, right: int) -> int:
    return left * right
def aside(y: int) -> int:
    return y
"""


@pytest.fixture
def build(make_module: ModuleMaker) -> Build:
    def graph_of(source: str, config: dict[str, Any] | None = None, **options: Any) -> Graph:
        return build_graph(collect([make_module(IMPORTS + source)]), config or {}, **options)

    return graph_of


def _problems(graph: Graph, requested: list[str], **options: Any) -> list[tuple[str, str | None]]:
    with pytest.raises(RequestError) as caught:
        make_plan(graph, requested, **options)
    with pytest.raises(RequestError) as same:
        used_inputs(graph, requested, **options)
    assert same.value.problems == caught.value.problems
    return [(problem.code, problem.feature) for problem in caught.value.problems]


def test_only_what_is_asked_is_planned(build: Build) -> None:
    graph = build(DIAMOND)
    plan = make_plan(graph, ["both"], given=["x"])
    assert sorted(plan.names) == ["both", "left", "right"]
    assert plan.names[-1] == "both"
    assert list(plan.given) == ["x"]
    assert list(make_plan(graph, ["left", "x", "left"], given=["x"]).outputs) == ["left", "x"]
    assert make_plan(graph, []).steps == ()


def test_optional_dependencies_are_taken_when_there(build: Build) -> None:
    graph = build(DIAMOND)
    assert run_plan(make_plan(graph, ["right"], given=["x"]), {"x": 1}) == {"right": 11}
    assert run_plan(make_plan(graph, ["right"], given=["x", "bonus"]), {"x": 1, "bonus": 2}) == {"right": 3}
    configured = build(DIAMOND, {"bonus": 3})
    assert run_plan(make_plan(configured, ["right"], given=["x"]), {"x": 1, "bonus": 3}) == {"right": 4}
    computed = build(DIAMOND + "def bonus(y: int) -> int:\n    return y * 2\n")
    assert run_plan(make_plan(computed, ["right"], given=["x", "y"]), {"x": 1, "y": 4}) == {"right": 9}
    assert _problems(computed, ["right"], given=["x"]) == [("missing-input", "y")]
    sourced = build(DIAMOND, sources={"bonus": SourceNode("bonus")})
    assert list(make_plan(sourced, ["right"], given=["x"]).given) == ["x", "bonus"]


def test_an_optional_name_without_a_fitting_variant_keeps_its_default(build: Build) -> None:
    graph = build(DIAMOND + "@config.when(r=1)\ndef bonus__x() -> int:\n    return 5\n", {"r": 2})
    assert run_plan(make_plan(graph, ["right"], given=["x"]), {"x": 1}) == {"right": 11}


def test_overrides_prune_what_only_feeds_them(build: Build) -> None:
    graph = build(DIAMOND)
    plan = make_plan(graph, ["both", "left"], given=["x"], overrides=["left"])
    assert sorted(plan.names) == ["both", "right"]
    assert run_plan(plan, {"x": 1, "left": 100}) == {"both": 1100, "left": 100}
    assert run_plan(make_plan(graph, ["left"], overrides=["x"]), {"x": 5}) == {"left": 6}
    assert make_plan(graph, ["both"], overrides=["left", "right"]).names == ["both"]
    assert make_plan(graph, ["both"], overrides=["both"]).steps == ()


def test_every_missing_input_is_told_at_once_with_who_needs_it(build: Build) -> None:
    graph = build(DIAMOND)
    with pytest.raises(RequestError) as caught:
        make_plan(graph, ["both", "aside"])
    x, y = caught.value.problems
    assert x.message == "the input 'x' was not given; left, right need it"
    assert (x.code, x.feature, x.line) == ("missing-input", "x", 5)
    assert y.message == "the input 'y' was not given; aside needs it"
    assert "--input y=…" in (y.hint or "")


def test_a_missing_input_is_not_asked_for_by_what_is_overridden(build: Build) -> None:
    with pytest.raises(RequestError, match="'x' was not given; right needs it"):
        make_plan(build(DIAMOND), ["both"], overrides=["left"])


def test_hints_know_misspelt_inputs_and_features(build: Build) -> None:
    graph = build("def total(spnd: int) -> int: ...\ndef spend(x: int) -> int: ...\n")
    with pytest.raises(RequestError) as caught:
        make_plan(graph, ["total"])
    assert caught.value.problems[0].hint == "did you mean 'spend'?"


def test_a_missing_variant_is_told_with_all_its_variants(build: Build) -> None:
    source = "@config.when(r=1)\ndef a__x() -> int: ...\n@config.when(r=2)\ndef a__y() -> int: ...\ndef b(a: int) -> int: ...\n"
    graph = build(source, {"r": 3})
    with pytest.raises(RequestError) as caught:
        make_plan(graph, ["b"])
    (problem,) = caught.value.problems
    assert problem.code == "no-variant"
    assert [detail.partition(":")[0] for detail in problem.details] == ["any when r=1", "any when r=2"]
    assert run_plan(make_plan(build(source, {"r": 3}), ["b"], given=["a"]), {"a": 1}) == {"b": None}


def test_meeting_grains_are_problems_of_the_request_only(build: Build) -> None:
    sources = {"p": SourceNode("p", ("a",)), "q": SourceNode("q", ("b",))}
    text = "def joined(p: pd.DataFrame, q: pd.DataFrame) -> pd.DataFrame: ...\ndef fine(p: pd.DataFrame) -> pd.DataFrame: ...\n"
    graph = build(text, sources=sources)
    assert make_plan(graph, ["fine"]).names == ["fine"]
    assert _problems(graph, ["joined", "fine"]) == [("grain", "joined")]
    assert make_plan(graph, ["joined"], overrides=["joined"]).steps == ()


def test_unknown_names_are_told_at_once(build: Build) -> None:
    assert _problems(build(DIAMOND), ["both", "lft", "zzz"]) == [("unknown-feature", "lft"), ("unknown-feature", "zzz")]


# --- checks -------------------------------------------------------------------------------------------

CHECKED = """
@check_output(range=(0, 1), allow_nans=False, importance="fail")
def share(x: float) -> float:
    return x
def after(share: float) -> float:
    return share
"""


def test_verdicts_can_be_recorded_instead_of_raised(build: Build) -> None:
    graph = build(CHECKED)
    plan = make_plan(graph, ["after"], given=["x"], record_checks=True)
    assert list(plan.outputs) == ["after", "share_range_validator", "share_allow_nans_validator"]
    values = run_plan(plan, {"x": 7.0})
    assert values["after"] == 7.0
    assert [verdict.status for verdict in list(values.values())[1:]] == ["fail", "pass"]


def test_checks_that_are_judged_elsewhere_are_left_out(build: Build) -> None:
    graph = build(CHECKED)
    plan = make_plan(graph, ["after"], given=["x"], unchecked=["share"])
    assert plan.names == ["share_raw", "share", "after"]
    assert run_plan(plan, {"x": 7.0}) == {"after": 7.0}
    both = make_plan(graph, ["after"], given=["x"], unchecked=["share"], record_checks=True)
    assert list(both.outputs) == ["after"]


# --- slots: a law ---------------------------------------------------------------------------------------


class Token:
    """A value that cannot be small, named by what made it."""

    def __init__(self, *parts: object) -> None:
        self.parts = parts


def _graph(edges: list[list[int]]) -> Graph:
    """Node n takes the earlier nodes that ``edges[n]`` names; those without any take the input."""

    def node(number: int, parents: list[int]) -> Node:
        names = [f"n{parent}" for parent in parents] or ["start"]
        arguments = tuple(Dependency(name, Token, f"p{position}") for position, name in enumerate(names))

        def made(*values: Any) -> Token:
            return Token(number, *[value.parts[0] for value in values])

        return Node(f"n{number}", Token, made, arguments, DefinedFunction(made, f"n{number}", (), Token))

    nodes = {f"n{number}": [node(number, parents)] for number, parents in enumerate(edges)}
    return build_graph(Definitions(nodes), {})


@st.composite
def requests(draw: st.DrawFn) -> tuple[list[list[int]], list[int]]:
    edges: list[list[int]] = []
    for number in range(draw(st.integers(1, 12))):
        edges.append(draw(st.lists(st.integers(0, number - 1), max_size=4)) if number else [])
    return edges, draw(st.lists(st.integers(0, len(edges) - 1), min_size=1, max_size=3, unique=True))


@given(requests())
def test_slots_hold_what_steps_need_and_nothing_longer(request: tuple[list[list[int]], list[int]]) -> None:
    edges, wanted = request
    plan: Plan = make_plan(_graph(edges), [f"n{number}" for number in wanted], given=["start"])
    slots: list[Token | None] = [None] * plan.size
    for slot in plan.given.values():
        slots[slot] = Token("start")
    last = {
        name: position
        for position, step in enumerate(plan.steps)
        for name in (dependency.name for dependency in step.node.dependencies)
    }
    for position, step in enumerate(plan.steps):
        held = [slots[slot] for slot in step.arguments]
        names = [dependency.name for dependency in step.node.dependencies]
        assert [token and f"{token.parts[0]}" for token in held] == [name.removeprefix("n") for name in names]
        slots[step.output] = step.node.function(*held)
        for slot in step.release:
            slots[slot] = None
        alive = {str(token.parts[0]) for token in slots if token is not None}
        needed = {
            name.removeprefix("n")
            for name, use in last.items()
            if use > position and name not in plan.names[position + 1 :]
        }
        kept = {name.removeprefix("n") for name in plan.outputs if name in plan.names[: position + 1]}
        assert alive == needed | kept
    assert {name: str(slots[slot].parts[0]) for name, slot in plan.outputs.items()} == {  # type: ignore[union-attr]
        name: name.removeprefix("n") for name in plan.outputs
    }
