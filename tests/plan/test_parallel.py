"""Parallel blocks: what cannot run is refused when the driver is built, or when it is asked for."""

from __future__ import annotations

from typing import Any

import pytest

from featurecat import driver
from featurecat.driver import Builder
from featurecat.errors import DefinitionError, RequestError, UnsupportedError
from featurecat.plan.grouping import (
    GroupByRepeatableBlocks,
    GroupingStrategy,
    GroupNodesAllAsOne,
    GroupNodesByLevel,
    GroupNodesIndividually,
    NodeGroup,
    TaskPurpose,
)
from featurecat.plan.tasks import make_task_plan
from tests.support.modules import ModuleMaker, line_of

IMPORTS = """
from featurecat import check_output
from featurecat.definition.parallel import Collect, Parallelizable
"""
BLOCK = (
    IMPORTS
    + """
def e(n: int) -> Parallelizable[int]:
    yield from range(n)
def k(x: int) -> int:
    return x
def a(e: int, k: int) -> int:
    return e * k
def b(a: int) -> int:
    return a + 1
def c(b: Collect[int], n: int) -> int:
    return sum(b) + n
def d(c: int) -> int:
    return c
"""
)


def _dynamic(module: Any) -> driver.Driver:
    return Builder().with_modules(module).enable_dynamic_execution(allow_experimental_mode=True).build()


# --- refused when built -----------------------------------------------------------------------------------

HOLES = {
    "collect without expand": (
        "def a(x: int) -> int:\n    return x\ndef c(a: Collect[int]) -> int:\n    return 1\n",
        "def c",
        "c collects 'a', which is not computed once per item: nothing above it is Parallelizable",
    ),
    "collect of an input": (
        "def c(a: Collect[int]) -> int:\n    return 1\n",
        "def c",
        "c collects 'a', which is not computed once per item: nothing above it is Parallelizable",
    ),
    "nested blocks": (
        "def e(x: int) -> Parallelizable[int]:\n    yield x\n"
        "def f(e: int) -> Parallelizable[int]:\n    yield e\n"
        "def c(f: Collect[int]) -> int:\n    return 1\n",
        "def f",
        "f returns Parallelizable and is itself computed once per item of e (through e): blocks cannot be nested",
    ),
    "collect and expand in one function": (
        "def e(x: int) -> Parallelizable[int]:\n    yield x\n"
        "def f(e: Collect[int]) -> Parallelizable[int]:\n    yield from e\n",
        "def f",
        "f collects 'e' and returns Parallelizable at once",
    ),
    "feeding on one item and on all": (
        "def e(x: int) -> Parallelizable[int]:\n    yield x\n"
        "def a(e: int) -> int:\n    return e\n"
        "def c(a: Collect[int], e: int) -> int:\n    return e\n",
        "def c",
        "c collects 'a' and takes 'e', which is computed once per item of e",
    ),
    "two blocks at once": (
        "def e(x: int) -> Parallelizable[int]:\n    yield x\n"
        "def f(x: int) -> Parallelizable[int]:\n    yield x\n"
        "def a(e: int, f: int) -> int:\n    return e + f\n",
        "def a",
        "a takes 'e' once per item of e and 'f' once per item of f: nobody says which items meet",
    ),
    "a parameter that is Parallelizable": (
        "def e(x: int) -> Parallelizable[int]:\n    yield x\ndef a(e: Parallelizable[int]) -> int:\n    return 1\n",
        "def a",
        "a takes e: Parallelizable[int]",
    ),
    "an optional Collect": (
        "def e(x: int) -> Parallelizable[int]:\n    yield x\ndef a(e: Collect[int] | None) -> int:\n    return 1\n",
        "def a",
        "a takes e: Collect[int] | None",
    ),
    "a list of Parallelizable": (
        "def e(x: int) -> list[Parallelizable[int]]:\n    return []\n",
        "def e",
        "e returns list[Parallelizable[int]]",
    ),
    "a function that returns Collect": (
        "def e(x: int) -> Collect[int]:\n    return [x]\n",
        "def e",
        "e returns Collect[int]",
    ),
}


@pytest.mark.parametrize("name", HOLES)
def test_what_cannot_run_is_refused_when_it_is_built(make_module: ModuleMaker, name: str) -> None:
    source, line, message = HOLES[name]
    module = make_module(IMPORTS + source)
    with pytest.raises(DefinitionError) as caught:
        _dynamic(module)
    (problem,) = [one for one in caught.value.problems if one.code == "parallel-block"]
    assert problem.message == message
    assert (problem.file, problem.line) == (module.__file__, line_of(module, line))
    assert problem.hint


def test_types_are_checked_item_by_item(make_module: ModuleMaker) -> None:
    source = """
def e(x: int) -> Parallelizable[str]:
    yield "x"
def a(e: int) -> int:
    return e
def c(a: Collect[str]) -> int:
    return 1
def flat(e: Collect[bytes]) -> int:
    return 1
"""
    with pytest.raises(DefinitionError) as caught:
        _dynamic(make_module(IMPORTS + source))
    assert [problem.message for problem in caught.value.problems] == [
        "a takes e: int, but e is Parallelizable[str]",
        "c takes a: Collect[str], but a is int",
        "flat takes e: Collect[bytes], but e is Parallelizable[str]",
    ]


# --- refused when asked for ---------------------------------------------------------------------------------


def test_without_dynamic_execution_blocks_are_refused_only_if_asked_for(make_module: ModuleMaker) -> None:
    module = make_module(BLOCK)
    dr = Builder().with_modules(module).build()
    assert dr.execute(["k"], inputs={"x": 3}) == {"k": 3}
    for ask in (dr.execute, dr.validate_execution):
        with pytest.raises(UnsupportedError) as caught:
            ask(["d"], inputs={"x": 3, "n": 2})
        assert [problem.feature for problem in caught.value.problems] == ["e", "c"]
        assert caught.value.problems[0].line == line_of(module, "def e")
        assert "enable_dynamic_execution" in (caught.value.problems[0].hint or "")
    assert dr.execute(["d"], overrides={"c": 3}) == {"d": 3}


@pytest.mark.parametrize("name", ["a", "b"])
def test_one_value_of_many_cannot_be_asked_for(make_module: ModuleMaker, name: str) -> None:
    module = make_module(BLOCK)
    dr = _dynamic(module)
    for ask in (dr.execute, dr.validate_execution):
        with pytest.raises(RequestError) as caught:
            ask([name, "d"], inputs={"x": 1, "n": 2})
        (problem,) = caught.value.problems
        assert problem.message == f"{name!r} is computed once per item of e, so there is no one value to return"
        assert problem.line == line_of(module, f"def {name}")
        assert ("ask for c" if name == "b" else "collect it") in (problem.hint or "")


def test_an_override_may_not_cut_off_the_items(make_module: ModuleMaker) -> None:
    with pytest.raises(RequestError) as caught:
        _dynamic(make_module(BLOCK)).execute(["d"], inputs={"n": 2}, overrides={"a": 1})
    (problem,) = caught.value.problems
    assert problem.details == ("the override of a cuts the block off from its items",)
    assert problem.hint == "override e (the items), or what is collected (the list of its values)"


# --- grouping -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("strategy", "tasks"),
    [
        (
            GroupByRepeatableBlocks(),
            [("e",), ("k",), ("a", "b"), ("c",), ("d",)],
        ),
        (GroupNodesIndividually(), [("e",), ("k",), ("a",), ("b",), ("c",), ("d",)]),
        (GroupNodesAllAsOne(), [("e", "k"), ("a", "b"), ("c", "d")]),
        (GroupNodesByLevel(), [("e", "k"), ("a",), ("b",), ("c",), ("d",)]),
    ],
)
def test_every_strategy_makes_tasks_that_can_run(
    make_module: ModuleMaker, strategy: GroupingStrategy, tasks: list[tuple[str, ...]]
) -> None:
    graph = _dynamic(make_module(BLOCK)).graph
    plan = make_task_plan(graph, ["d"], strategy, given=["n", "x"])
    assert [tuple(node.name for node in task.nodes) for task in plan.tasks] == tasks
    assert {task.block for task in plan.tasks if {"a", "b"} & {node.name for node in task.nodes}} == {"e"}
    assert plan.outputs == ("d",)
    assert plan.gathered == {"b"}
    assert sorted(plan.given) == ["n", "x"]


def test_tasks_of_blocks_have_names_and_purposes(make_module: ModuleMaker) -> None:
    graph = _dynamic(make_module(BLOCK)).graph
    plan = make_task_plan(graph, ["d"], GroupByRepeatableBlocks(), given=["n", "x"])
    assert {task.name: task.purpose for task in plan.tasks} == {
        "expand-e": TaskPurpose.EXPAND_UNORDERED,
        "k": TaskPurpose.EXECUTE_SINGLE,
        "block-e": TaskPurpose.EXECUTE_BLOCK,
        "collect-e": TaskPurpose.GATHER,
        "d": TaskPurpose.EXECUTE_SINGLE,
    }
    block = next(task for task in plan.tasks if task.name == "block-e")
    assert (block.once, block.per_item, block.outputs) == (("k",), ("e",), ("b",))


def test_a_strategy_of_ones_own_must_make_sense(make_module: ModuleMaker) -> None:
    graph = _dynamic(
        make_module(
            "def a(x: int) -> int:\n    return x\ndef b(a: int) -> int:\n    return a\n"
            "def c(b: int) -> int:\n    return b\n"
        )
    ).graph

    class Fixed(GroupingStrategy):
        def __init__(self, **groups: str) -> None:
            self.groups = groups

        def group_nodes(self, nodes: Any) -> list[NodeGroup]:
            return [
                NodeGroup(name, [graph.nodes[one] for one in members], TaskPurpose.EXECUTE_BLOCK)
                for name, members in self.groups.items()
            ]

    with pytest.raises(RequestError, match="leaves out c"):
        make_task_plan(graph, ["c"], Fixed(one="ab"), given=["x"])
    with pytest.raises(RequestError, match="puts a into two and in one"):
        make_task_plan(graph, ["c"], Fixed(one="ab", two="ac"), given=["x"])
    with pytest.raises(RequestError, match="the groups one, two need each other's results"):
        make_task_plan(graph, ["c"], Fixed(one="ac", two="b"), given=["x"])
