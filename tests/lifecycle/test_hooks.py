"""Lifecycle adapters: what they are told, in which order, and what is refused."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from featurecat.driver import Builder, Driver, Variable
from featurecat.errors import DefinitionError, RequestError, StepError
from featurecat.execution.adapters import sort_adapters
from featurecat.execution.executors import SynchronousLocalTaskExecutor
from featurecat.execution.watching import AsyncNodeWatch
from featurecat.lifecycle import (
    EdgeConnectionHook,
    GraphConstructionHook,
    GraphExecutionHook,
    NodeExecutionHook,
    NodeExecutionMethod,
    StaticValidator,
    TaskExecutionHook,
    TaskGroupingHook,
    TaskReturnHook,
    TaskSubmissionHook,
)
from featurecat.plan.planner import make_plan
from tests.support.modules import ModuleMaker, line_of

Build = Callable[..., Driver]
SOURCE = """
from __future__ import annotations
from featurecat import check_output, parameterize, source, tag, value

@tag(owner="ops", team=["x", "y"])
def a(x: int, y: int = 5) -> int:
    return x + y
def b(a: int) -> int:
    return a * 2
@parameterize(p={"one": source("a"), "two": source("a"), "three": value(7)})
def f(one: int, two: int, *, three: int) -> int:
    return one + two + three
def bad(a: int) -> int:
    raise KeyError("nothing")
"""


@pytest.fixture
def build(make_module: ModuleMaker) -> Build:
    """A driver of the source above, or another, with adapters."""

    def driver_of(*adapters: Any, source: str = SOURCE) -> Driver:
        return Builder().with_modules(make_module(source)).with_adapters(*adapters).build()

    return driver_of


# --- what hooks are told ----------------------------------------------------------------------------------


def test_a_run_is_told_from_beginning_to_end(build: Build) -> None:
    hook = NoteNodes()
    dr = build(hook)
    assert hook.notes == [("constructed", {})]
    hook.notes.clear()
    assert dr.execute(["b"], inputs={"x": 1}) == {"b": 12}
    assert [name for name, _ in hook.notes] == ["begin", "before", "after", "before", "after", "end"]
    begin, before_a, after_a, before_b, _, end = [facts for _, facts in hook.notes]
    assert begin["final_vars"] == ["b"]
    assert begin["execution_path"] == ["a", "b"]
    assert (begin["inputs"], begin["overrides"]) == ({"x": 1}, {})
    assert before_a["node_kwargs"] == {"x": 1}  # y is not given, so its default counts
    assert before_a["node_input_types"] == {"x": int}
    assert before_a["node_tags"] == {"owner": "ops", "team": ["x", "y"]}
    assert (before_a["node_return_type"], before_a["task_id"]) == (int, None)
    assert (after_a["result"], after_a["success"], after_a["error"]) == (6, True, None)
    assert before_b["node_kwargs"] == {"a": 6}
    assert (end["results"], end["success"], end["error"]) == ({"b": 12}, True, None)
    assert len({facts["run_id"] for _, facts in hook.notes}) == 1
    dr.execute(["b"], inputs={"x": 1})
    assert len({facts["run_id"] for _, facts in hook.notes}) == 2


class NoteNodes(GraphConstructionHook, GraphExecutionHook, NodeExecutionHook):
    """Notes runs and nodes."""

    def __init__(self) -> None:
        self.notes: list[tuple[str, dict[str, Any]]] = []

    def run_after_graph_construction(self, *, graph: Any, config: Any, **future_kwargs: Any) -> None:
        assert "a" in graph.nodes
        self.notes.append(("constructed", dict(config)))

    def run_before_graph_execution(self, **facts: Any) -> None:
        self.notes.append(("begin", facts))

    def run_after_graph_execution(self, **facts: Any) -> None:
        self.notes.append(("end", facts))

    def run_before_node_execution(self, **facts: Any) -> None:
        self.notes.append(("before", facts))

    def run_after_node_execution(self, **facts: Any) -> None:
        self.notes.append(("after", facts))


def test_failures_are_told_too(build: Build) -> None:
    hook = NoteNodes()
    dr = build(hook)
    with pytest.raises(StepError):
        dr.execute(["bad"], inputs={"x": 1})
    name, facts = hook.notes[-2]
    assert (name, facts["node_name"], facts["success"], facts["result"]) == ("after", "bad", False, None)
    assert isinstance(facts["error"], KeyError)
    name, facts = hook.notes[-1]
    assert (name, facts["success"], facts["results"]) == ("end", False, None)
    assert isinstance(facts["error"], StepError)


def test_a_run_is_told_before_its_inputs_are_looked_at(build: Build) -> None:
    hook = NoteNodes()
    dr = build(hook)
    with pytest.raises(RequestError):
        dr.execute(["b", "nothing"], inputs={"x": "text"})
    assert [name for name, _ in hook.notes] == ["constructed", "begin", "end"]
    assert hook.notes[1][1]["execution_path"] == ["a", "b"]
    assert isinstance(hook.notes[2][1]["error"], RequestError)


def test_overridden_nodes_are_not_on_the_path(build: Build) -> None:
    hook = NoteNodes()
    build(hook).execute(["b"], overrides={"a": 1})
    assert hook.notes[1][1]["execution_path"] == ["b"]
    assert [facts["node_name"] for name, facts in hook.notes if name == "before"] == ["b"]


def test_hooks_are_told_in_the_order_they_were_given(build: Build) -> None:
    notes: list[str] = []

    def hook(name: str, fails: bool = False) -> Any:
        class Named(NodeExecutionHook):
            def run_before_node_execution(self, **future_kwargs: Any) -> None:
                notes.append(f"before {name}")
                if fails:
                    raise RuntimeError(f"{name} fails")

            def run_after_node_execution(self, *, success: bool, **future_kwargs: Any) -> None:
                notes.append(f"after {name} {success}")

        return Named()

    build(hook("1"), hook("2")).execute(["a"], inputs={"x": 1})
    assert notes == ["before 1", "before 2", "after 1 True", "after 2 True"]
    notes.clear()
    # who was told of the beginning is told of the end
    with pytest.raises(StepError, match="a: run_before_node_execution of an adapter raised RuntimeError: 1 fails"):
        build(hook("1", fails=True), hook("2")).execute(["a"], inputs={"x": 1})
    assert notes == ["before 1", "after 1 False", "after 2 False"]


def test_what_an_adapter_raises_afterwards_does_not_hide_the_failure(build: Build) -> None:
    class Clumsy(NodeExecutionHook):
        def run_after_node_execution(self, **future_kwargs: Any) -> None:
            raise RuntimeError("clumsy")

    with pytest.raises(StepError, match="bad raised KeyError") as caught:
        build(Clumsy()).execute(["bad"], inputs={"x": 1}, overrides={"a": 1})
    assert caught.value.__cause__ is not None
    assert caught.value.__cause__.__notes__ == ["then RuntimeError in run_after_node_execution of an adapter: clumsy"]
    with pytest.raises(StepError, match="b: run_after_node_execution of an adapter raised RuntimeError: clumsy"):
        build(Clumsy()).execute(["b"], overrides={"a": 1})


def test_a_node_method_replaces_the_call(build: Build) -> None:
    seen: list[Any] = []

    class Method(NodeExecutionMethod):
        def run_to_execute_node(
            self, *, node_name: str, node_callable: Any, node_kwargs: dict[str, Any], **future_kwargs: Any
        ) -> Any:
            seen.append((node_name, node_kwargs, future_kwargs["is_expand"], future_kwargs["is_collect"]))
            if node_name == "b":
                return 100
            return node_callable(**node_kwargs)

    dr = build(Method())
    assert dr.execute(["b", "p"], inputs={"x": 1, "y": 2}) == {"b": 100, "p": 13}
    assert seen == [
        ("a", {"x": 1, "y": 2}, False, False),
        ("b", {"a": 3}, False, False),
        ("p", {"a": 3}, False, False),
    ]


def test_tasks_are_told_of_where_they_are(make_module: ModuleMaker) -> None:
    module = make_module(
        """
        from featurecat.definition.parallel import Collect, Parallelizable
        def e(x: int) -> Parallelizable[int]:
            yield from range(x)
        def a(e: int) -> int:
            return e
        def c(a: Collect[int]) -> int:
            return sum(a)
        """
    )
    hook = NoteTasks()
    builder = Builder().with_modules(module).enable_dynamic_execution(allow_experimental_mode=True).with_adapters(hook)
    dr = builder.with_remote_executor(SynchronousLocalTaskExecutor()).build()
    assert dr.execute(["c"], inputs={"x": 2}) == {"c": 1}
    assert hook.notes == [
        ("grouped", ["expand-e", "block-e", "collect-e"]),
        ("submit", "expand-e", {"x": 2}, None, "expand_unordered"),
        ("run", "expand-e"),
        ("ran", "expand-e"),
        ("back", "expand-e"),
        ("expanded", "expand-e", {"0": 0, "1": 1}),
        ("submit", "expand-e.0.block-e", {"e": 0}, "expand-e", "execute_block"),
        ("run", "expand-e.0.block-e"),
        ("ran", "expand-e.0.block-e"),
        ("back", "expand-e.0.block-e"),
        ("submit", "expand-e.1.block-e", {"e": 1}, "expand-e", "execute_block"),
        ("run", "expand-e.1.block-e"),
        ("ran", "expand-e.1.block-e"),
        ("back", "expand-e.1.block-e"),
        ("submit", "collect-e", {"a": [0, 1]}, None, "gather"),
        ("run", "collect-e"),
        ("ran", "collect-e"),
        ("back", "collect-e"),
    ]


class NoteTasks(TaskGroupingHook, TaskSubmissionHook, TaskExecutionHook, TaskReturnHook):
    """Notes tasks."""

    def __init__(self) -> None:
        self.notes: list[tuple[Any, ...]] = []

    def run_after_task_grouping(self, *, task_ids: list[str], **future_kwargs: Any) -> None:
        self.notes.append(("grouped", task_ids))

    def run_after_task_expansion(self, *, task_id: str, parameters: dict[str, Any], **future_kwargs: Any) -> None:
        self.notes.append(("expanded", task_id, parameters))

    def run_before_task_submission(self, *, task_id: str, inputs: Any, purpose: Any, **future_kwargs: Any) -> None:
        assert all(isinstance(node, Variable) for node in future_kwargs["nodes"])
        self.notes.append(("submit", task_id, inputs, future_kwargs["spawning_task_id"], purpose.value))

    def run_before_task_execution(self, *, task_id: str, **future_kwargs: Any) -> None:
        self.notes.append(("run", task_id))

    def run_after_task_execution(self, *, task_id: str, success: bool, **future_kwargs: Any) -> None:
        assert success
        self.notes.append(("ran", task_id))

    def run_after_task_return(self, *, task_id: str, success: bool, **future_kwargs: Any) -> None:
        assert success
        self.notes.append(("back", task_id))


# --- validators and edges -----------------------------------------------------------------------------------


def test_validators_refuse_all_at_once(build: Build, make_module: ModuleMaker) -> None:
    class Owned(StaticValidator):
        def run_to_validate_node(self, *, node: Any, **future_kwargs: Any) -> tuple[bool, str | None]:
            return node.is_external_input or "owner" in node.tags, "it has no owner"

        def run_to_validate_graph(self, *, graph: Any, **future_kwargs: Any) -> tuple[bool, str | None]:
            return len(graph.nodes) < 3, "too many nodes"

    module = make_module(SOURCE)
    with pytest.raises(DefinitionError) as caught:
        Builder().with_modules(module).with_adapters(Owned()).build()
    assert [problem.message for problem in caught.value.problems] == [
        "Owned refuses b: it has no owner",
        "Owned refuses p: it has no owner",
        "Owned refuses bad: it has no owner",
        "Owned refuses the graph: too many nodes",
    ]
    assert caught.value.problems[0].line == line_of(module, "def b")
    assert {problem.code for problem in caught.value.problems} == {"validator-refused"}


EDGES = """
def a(x: int) -> str:
    return "1"
def b(a: int) -> int:
    return int(a)
def c(x: str) -> int:
    return 1
"""


def test_edges_may_be_allowed(build: Build) -> None:
    asked: list[Any] = []

    class Lenient(EdgeConnectionHook):
        def check_edge_types_match(self, *, type_from: Any, type_to: Any, **future_kwargs: Any) -> bool:
            asked.append((type_from, type_to))
            return {type_from, type_to} == {int, str}

        def validate_input(self, *, node_type: Any, input_value: Any, **future_kwargs: Any) -> bool:
            return input_value != 0

    with pytest.raises(DefinitionError):
        build(source=EDGES)
    dr = build(Lenient(), source=EDGES)
    assert dr.execute(["b", "c"], inputs={"x": 1.5}) == {"b": 1, "c": 1}
    assert (str, int) in asked
    with pytest.raises(RequestError, match="the input 'x' must be"):
        dr.execute(["c"], inputs={"x": 0})
    with pytest.raises(DefinitionError, match="b takes a: list"):
        build(Lenient(), source=EDGES.replace("b(a: int)", "b(a: list)"))


# --- refused ------------------------------------------------------------------------------------------------


class _Forgetful:
    def run_before_node_execution(self, node_name: str) -> None:
        return None


class _Demanding:
    def run_before_node_execution(self, *, node_name: str, colour: str, **future_kwargs: Any) -> None:
        return None


class _Waiting:
    async def run_before_node_execution(self, **future_kwargs: Any) -> None:
        return None


class _Misspelt:
    def run_before_node_exection(self, **future_kwargs: Any) -> None:
        return None


class _Attribute:
    run_before_node_execution = "no method"


class _Method:
    def run_to_execute_node(self, **future_kwargs: Any) -> Any:
        return None


@pytest.mark.parametrize(
    ("adapters", "message", "hint"),
    [
        (
            [_Forgetful()],
            "_Forgetful.run_before_node_execution does not take node_tags, node_kwargs",
            "**future_kwargs",
        ),
        ([_Demanding()], "_Demanding.run_before_node_execution does not take (it asks for colour", "**future_kwargs"),
        ([_Waiting()], "_Waiting.run_before_node_execution is async, and this driver does not wait", "async_driver"),
        (
            [_Misspelt()],
            "_Misspelt is neither a result builder nor a hook",
            "did you mean 'run_before_node_execution'?",
        ),
        ([_Attribute()], "_Attribute.run_before_node_execution is no method", "def run_before_node_execution"),
        ([_Method(), _Method()], "a driver takes one adapter with run_to_execute_node", "keep one"),
    ],
)
def test_adapters_that_cannot_work(build: Build, adapters: list[Any], message: str, hint: str) -> None:
    with pytest.raises(RequestError) as caught:
        build(*adapters)
    assert caught.value.problems[0].message.startswith(message)
    assert hint in (caught.value.problems[0].hint or "")


def test_all_adapters_are_looked_at_before_anything_is_said() -> None:
    with pytest.raises(RequestError) as caught:
        sort_adapters([_Forgetful(), object(), _Waiting()])
    assert len(caught.value.problems) == 3
    assert sort_adapters([_Waiting()], awaiting=True).around_nodes
    assert sort_adapters([]) is sort_adapters([])


# --- awaited ------------------------------------------------------------------------------------------------


def test_around_nodes_that_are_awaited(build: Build) -> None:
    notes: list[Any] = []

    class Waits:
        async def run_before_node_execution(self, *, node_name: str, **future_kwargs: Any) -> None:
            await asyncio.sleep(0)
            notes.append(("before", node_name))

        def run_after_node_execution(self, *, node_name: str, result: Any, **future_kwargs: Any) -> None:
            notes.append(("after", node_name, result))

    graph = build().graph
    step = make_plan(graph, ["b"], overrides=["a"]).steps[0]
    watch = AsyncNodeWatch(sort_adapters([Waits()], awaiting=True), "run")

    async def waiting(a: int) -> int:
        return a * 2

    async def run() -> list[Any]:
        return [await watch(step, function, {"a"})(4) for function in (step.node.function, waiting)]

    assert asyncio.run(run()) == [8, 8]
    assert notes == [("before", "b"), ("after", "b", 8)] * 2
