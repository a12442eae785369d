"""Everything that can watch a run: who is called, in which order, with what."""

import sys
from typing import Any

from hamilton import driver, lifecycle
from hamilton.function_modifiers import tag
from hamilton.lifecycle import base as lifecycle_base
from hamilton.lifecycle import default
from hamilton.plugins import h_threadpool


@tag(team="a")
def doubled(amount: int) -> int:
    return 2 * amount


def summed(doubled: int, amount: int, extra: int = 5) -> int:
    return doubled + amount + extra


def failing(doubled: int) -> int:
    raise ZeroDivisionError("on purpose")


def after_failing(failing: int, amount: int) -> int:
    return amount


@lifecycle.accept_error_sentinels
def told(failing: int, amount: int) -> str:
    return f"{failing} {amount}"


def wrongly_typed(amount: int) -> str:
    return amount


class Everything(
    lifecycle.GraphConstructionHook,
    lifecycle.GraphExecutionHook,
    lifecycle.NodeExecutionHook,
    lifecycle.StaticValidator,
):
    def __init__(self) -> None:
        self.seen: list = []

    def run_after_graph_construction(self, *, graph: Any, config: dict, **future_kwargs: Any) -> None:
        self.seen.append(["constructed", sorted(node.name for node in graph.nodes), config])

    def run_before_graph_execution(
        self,
        *,
        graph: Any,
        final_vars: list,
        inputs: dict,
        overrides: dict,
        execution_path: Any,
        run_id: str,
        **future: Any,
    ) -> None:
        self.seen.append(["run", final_vars, inputs, overrides, sorted(execution_path), graph["doubled"].tags])

    def run_after_graph_execution(
        self, *, graph: Any, success: bool, error: Any, results: Any, run_id: str, **future: Any
    ) -> None:
        self.seen.append(["run ends", success, error, results])

    def run_before_node_execution(
        self,
        *,
        node_name: str,
        node_tags: dict,
        node_kwargs: dict,
        node_return_type: type,
        task_id: Any,
        run_id: str,
        node_input_types: dict,
        **future: Any,
    ) -> None:
        self.seen.append(["node", node_name, node_tags, node_kwargs, node_return_type, task_id])

    def run_after_node_execution(
        self, *, node_name: str, node_kwargs: dict, result: Any, error: Any, success: bool, **future: Any
    ) -> None:
        self.seen.append(["node ends", node_name, result, error, success])

    def run_to_validate_node(self, *, node: Any, **future: Any) -> tuple:
        return node.name != "forbidden", "it is forbidden"

    def run_to_validate_graph(self, *, graph: Any, **future: Any) -> tuple:
        return True, None


class Inner(
    lifecycle_base.BasePreDoAnythingHook, lifecycle_base.BasePreNodeExecute, lifecycle_base.BasePostGraphExecute
):
    def __init__(self) -> None:
        self.seen: list = []

    def pre_do_anything(self) -> None:
        self.seen.append("first")

    def pre_node_execute(self, *, run_id: str, node_: Any, kwargs: dict, task_id: Any = None) -> None:
        value = node_.callable(**kwargs) if node_.name == "doubled" else None
        self.seen.append([node_.name, node_.type, sorted(node_.input_types), value, node_.user_defined])

    def post_graph_execute(self, *, run_id: str, graph: Any, success: bool, error: Any, results: Any) -> None:
        self.seen.append([success, sorted(graph.nodes), graph.nodes["summed"].requires("extra")])


class Tenfold(lifecycle.NodeExecutionMethod):
    def run_to_execute_node(self, *, node_callable: Any, node_kwargs: dict, node_name: str, **future: Any) -> Any:
        return 10 * node_callable(**node_kwargs) if node_name == "doubled" else node_callable(**node_kwargs)


class Lenient(lifecycle.EdgeConnectionHook):
    def check_edge_types_match(self, type_from: type, type_to: type, **kwargs: Any) -> bool:
        return False

    def validate_input(self, node_type: type, input_value: Any, **kwargs: Any) -> bool:
        return input_value == "sixpence"


class Forbidding(lifecycle.StaticValidator):
    def run_to_validate_node(self, *, node: Any, **future: Any) -> tuple:
        return node.name != "doubled", "it is forbidden"


def _answers() -> dict:
    module = sys.modules[__name__]

    def built(*adapters: Any) -> driver.Driver:
        return driver.Builder().with_modules(module).with_config({"unused": 1}).with_adapters(*adapters).build()

    everything, inner = Everything(), Inner()
    dr = built(everything, inner)
    answers = {"value": dr.execute(["summed"], inputs={"amount": 1, "unknown": 2})}
    dr.execute(["summed"], inputs={"amount": 1}, overrides={"doubled": 100})
    for name, call in {
        "failed": lambda: dr.execute(["after_failing"], inputs={"amount": 1}),
        "without inputs": lambda: dr.execute(["summed"]),
        "forbidden": lambda: built(Forbidding()),
        "not lenient": lambda: built(Lenient()).execute(["doubled"], inputs={"amount": 1}),
        "two builders": lambda: built(h_threadpool.FutureAdapter(), h_threadpool.FutureAdapter()),
        "wrong type": lambda: built(default.FunctionInputOutputTypeChecker()).execute(
            ["wrongly_typed"], inputs={"amount": 1}
        ),
    }.items():
        try:
            answers[name] = call()
        except Exception as error:
            answers[name] = error
    answers["everything"], answers["inner"] = everything.seen, inner.seen
    answers["tenfold"] = built(Tenfold()).execute(["summed"], inputs={"amount": 1})
    answers["lenient"] = built(Lenient()).execute(["doubled"], inputs={"amount": "sixpence"})
    answers["unchecked"] = built(default.NoEdgeAndInputTypeChecking()).execute(["doubled"], inputs={"amount": "a"})
    graceful = built(default.GracefulErrorAdapter(error_to_catch=ZeroDivisionError, sentinel_value="failed"))
    answers["graceful"] = graceful.execute(["failing", "after_failing", "told", "doubled"], inputs={"amount": 1})
    answers["in threads"] = built(h_threadpool.FutureAdapter(max_workers=2)).execute(
        ["summed", "doubled"], inputs={"amount": 1}
    )
    lines: list = []
    built(default.PrintLn(verbosity=1, print_fn=lines.append, node_filter="doubled")).execute(
        ["summed"], inputs={"amount": 1}
    )
    answers["printed"] = len(lines)
    return answers
