"""Plans in an event loop, and from outside of one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from featurecat.definition.asynchronous import is_asynchronous, refusing_awaitables, wraps_asynchronous
from featurecat.definition.collect import collect
from featurecat.definition.node import Dependency, GroupedCall, Node
from featurecat.errors import RequestError
from featurecat.execution.asynchronous import AsyncProgram, run_anyhow
from featurecat.execution.run import run_plan
from featurecat.graph.build import build_graph
from featurecat.graph.graph import Graph
from featurecat.plan.planner import Plan, make_plan
from tests.support.modules import ModuleMaker

MIXED = """
    import asyncio

    async def one() -> int:
        await asyncio.sleep(0)
        return 1

    def two(one: int) -> int:
        return one + 1
"""


def plan_of(make_module: ModuleMaker, source: str, *names: str) -> Plan:
    return make_plan(build_graph(collect([make_module(source)]), {}), names)


def test_a_run_from_outside(make_module: ModuleMaker) -> None:
    assert run_anyhow(plan_of(make_module, MIXED, "two"), {}) == {"two": 2}
    assert run_anyhow(plan_of(make_module, "def one() -> int:\n    return 1\n", "one"), {}) == {"one": 1}


def test_a_run_from_inside_of_another_loop(make_module: ModuleMaker) -> None:
    """As in a notebook, where everything is called by a coroutine."""
    plan = plan_of(make_module, MIXED, "two")

    async def cell() -> dict[str, Any]:
        return run_anyhow(plan, {})

    assert asyncio.run(cell()) == {"two": 2}


def test_errors_from_outside_have_no_foreign_context(make_module: ModuleMaker) -> None:
    plan = plan_of(make_module, "async def broken() -> int:\n    raise KeyError('x')\n", "broken")
    with pytest.raises(Exception, match="broken raised KeyError") as caught:
        run_anyhow(plan, {})
    assert type(caught.value.__cause__) is KeyError
    assert caught.value.__cause__.__context__ is None


# --- the same as the other loop ---------------------------------------------------------------------


def _node(name: str, parents: list[str], waits: bool) -> Node:
    def plain(*values: int) -> int:
        return sum(values) + len(name) + len(values)

    async def waiting(*values: int) -> int:
        for _ in range(len(values)):
            await asyncio.sleep(0)
        return plain(*values)

    arguments = tuple(Dependency(parent, int, f"p{position}") for position, parent in enumerate(parents))
    return Node(name, int, waiting if waits else plain, arguments)


@st.composite
def graphs(draw: st.DrawFn, waits: st.SearchStrategy[bool]) -> tuple[Graph, list[str]]:
    names = [f"n{'x' * number}" for number in range(draw(st.integers(1, 12)))]
    nodes = {}
    for position, name in enumerate(names):
        parents = draw(st.lists(st.sampled_from(names[:position]), max_size=4)) if position else []
        nodes[name] = _node(name, parents, draw(waits))
    asked = draw(st.lists(st.sampled_from(names), min_size=1, max_size=4))
    return Graph(nodes, {}, None, {}, {}), asked


@given(graphs(st.booleans()))
def test_waiting_changes_no_value(made: tuple[Graph, list[str]]) -> None:
    graph, asked = made
    plan = make_plan(graph, asked)
    plain = Graph(
        {name: _node(name, [one.name for one in node.dependencies], False) for name, node in graph.nodes.items()},
        {},
        None,
        {},
        {},
    )
    assert asyncio.run(AsyncProgram(plan).run({})) == run_plan(make_plan(plain, asked), {})


@given(graphs(st.just(True)))
def test_nothing_is_kept_but_what_was_asked_for(made: tuple[Graph, list[str]]) -> None:
    graph, asked = made
    program = AsyncProgram(make_plan(graph, asked))
    last = program.uses.copy()
    for arguments in program.arguments:
        for place in set(arguments):
            last[place] -= 1
    assert {place for place, left in enumerate(last) if left} == set(program.outputs.values())


# --- which functions wait ---------------------------------------------------------------------------


async def _coroutine(x: int) -> int:
    return x


def _plain(x: int) -> int:
    return x


class _Waiting:
    async def __call__(self, x: int) -> int:
        return x


class _Calling:
    def __call__(self, x: int) -> int:
        return x


def _partial(function: Callable[..., Any]) -> Callable[..., Any]:
    import functools

    return functools.partial(function, 1)


@pytest.mark.parametrize(
    ("function", "waits"),
    [
        (_coroutine, True),
        (_plain, False),
        (len, False),
        (_Waiting(), True),
        (_Calling(), False),
        (_partial(_coroutine), True),
        (_partial(_plain), False),
        (GroupedCall(_coroutine, [1], ()), True),
        (GroupedCall(_plain, [1], ()), False),
    ],
)
def test_which_functions_wait(function: Callable[..., Any], waits: bool) -> None:
    assert is_asynchronous(function) is waits


def test_wrapped_functions() -> None:
    import functools

    @functools.wraps(_coroutine)
    def wrapper(*values: Any) -> Any:
        return _coroutine(*values)

    assert not is_asynchronous(wrapper)
    assert wraps_asynchronous(wrapper)
    assert not wraps_asynchronous(functools.wraps(_plain)(lambda x: x))
    refusing = refusing_awaitables(wrapper, Node("price", int, wrapper, ()))
    with pytest.raises(RequestError, match="price is an async function"):
        refusing(1)
    assert refusing_awaitables(_plain, Node("price", int, _plain, ()))(1) == 1
