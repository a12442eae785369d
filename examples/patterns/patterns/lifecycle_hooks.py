"""Lifecycle hooks: objects that watch every node and every run, and one that takes over a call."""

import sys
from typing import Any

from hamilton import driver
from hamilton.function_modifiers import tag
from hamilton.lifecycle import GraphExecutionHook, NodeExecutionHook, NodeExecutionMethod


@tag(secret="yes")
def salary(hours: int, wage: float) -> float:
    """What the month brings."""
    return hours * wage


def tax(salary: float) -> float:
    """What goes to the state."""
    return round(salary * 0.2, 2)


def take_home(salary: float, tax: float) -> float:
    """What is left."""
    return salary - tax


def quotient(salary: float, hours_off: int) -> float:
    """Fails when there are no hours off."""
    return salary / hours_off


class Diary(GraphExecutionHook, NodeExecutionHook):
    """Writes down what happens; what is tagged secret is not written down."""

    def __init__(self) -> None:
        self.lines: list = []

    def run_before_graph_execution(self, *, final_vars: list, inputs: dict, **future_kwargs: Any) -> None:
        self.lines.append(f"run for {', '.join(final_vars)} with {', '.join(sorted(inputs))}")

    def run_after_graph_execution(self, *, success: bool, **future_kwargs: Any) -> None:
        self.lines.append("run is done" if success else "run failed")

    def run_before_node_execution(self, *, node_name: str, node_kwargs: dict, **future_kwargs: Any) -> None:
        self.lines.append(f"{node_name} from {', '.join(sorted(node_kwargs))}")

    def run_after_node_execution(
        self, *, node_name: str, node_tags: dict, result: Any, success: bool, **future_kwargs: Any
    ) -> None:
        hidden = "secret" in node_tags
        self.lines.append(f"{node_name} = {'***' if hidden else result}" if success else f"{node_name} failed")


class InWholeEuros(NodeExecutionMethod):
    """Calls the functions itself, and rounds what they return."""

    def run_to_execute_node(self, *, node_callable: Any, node_kwargs: dict, **future_kwargs: Any) -> Any:
        return float(round(node_callable(**node_kwargs)))


def _run() -> dict:
    """One run that works, one that fails, and one in whole euros."""
    diary = Diary()
    dr = driver.Builder().with_modules(sys.modules[__name__]).with_adapters(diary).build()
    inputs = {"hours": 150, "wage": 20.51}
    answers = {"take home": dr.execute(["take_home"], inputs=inputs)["take_home"]}
    try:
        dr.execute(["quotient"], inputs={**inputs, "hours_off": 0})
    except Exception as error:  # noqa: BLE001 - natively it says which feature failed; the function's own is its cause
        cause = error.__cause__ or error
        answers["failed"] = type(cause).__name__
    rounded = driver.Builder().with_modules(sys.modules[__name__]).with_adapters(InWholeEuros()).build()
    answers["in whole euros"] = rounded.execute(["take_home", "tax"], inputs=inputs)
    answers["diary"] = diary.lines
    return answers
