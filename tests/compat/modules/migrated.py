"""What programs around Hamilton do beside defining functions: executors, checks as values, pictures, late errors."""

import dataclasses
import importlib.util
import logging
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pandas as pd
from hamilton import ad_hoc_utils, base, driver, lifecycle
from hamilton.data_quality.base import ValidationResult
from hamilton.execution import executors
from hamilton.execution.state import TaskState
from hamilton.function_modifiers import InvalidDecoratorException, check_output, config, extract_fields
from hamilton.htypes import Collect, Parallelizable


def page(pages: list) -> Parallelizable[str]:
    yield from pages


def letters(page: str) -> int:
    return len(page)


def all_letters(letters: Collect[int]) -> int:
    return sum(letters)


@check_output(range=(0, 10), importance="warn")
def spend(budget: float) -> float:
    return budget * 2


def verdict(spend_range_validator: ValidationResult) -> str:
    return "fine" if spend_range_validator.passes else "odd"


@config.when(region="us")
def rate__us() -> float:
    return 0.1


@config.when_not(region="us")
def rate__elsewhere() -> float:
    return 0.2


def taxed(spend: float, rate: float) -> float:
    return spend * (1 + rate)


class _Threads(executors.PoolExecutor):
    def create_pool(self):
        return ThreadPoolExecutor(self.max_tasks)


class _Own(executors.TaskExecutor):
    def init(self):
        self.pool = ThreadPoolExecutor(2)

    def finalize(self):
        self.pool.shutdown()

    def can_submit_task(self):
        return True

    def submit_task(self, task):
        return executors.TaskFutureWrappingPythonFuture(self.pool.submit(executors.base_execute_task, task))


class _Here(_Own):
    def submit_task(self, task):
        return executors.TaskFutureWrappingFunction(lambda: executors.base_execute_task(task))


class _Ticket(executors.TaskFuture):
    def __init__(self, future):
        self.future = future

    def get_state(self):
        return TaskState.SUCCESSFUL if self.future.done() else TaskState.RUNNING

    def get_result(self):
        return self.future.result()


class _Tickets(_Own):
    def submit_task(self, task):
        return _Ticket(self.pool.submit(executors.base_execute_task, task))


class _Lenient(lifecycle.EdgeConnectionHook):
    def __init__(self) -> None:
        self.asked: list[Any] = []

    def check_edge_types_match(self, type_from: type, type_to: type, **kwargs: Any) -> bool:
        self.asked.append((type_from, type_to))
        return True

    def validate_input(self, node_type: type, input_value: Any, **kwargs: Any) -> bool:
        return True


def _answers() -> dict[str, Any]:
    return {**_run_elsewhere(), **_checked(), **_asked_for(), **_told()}


def _run_elsewhere() -> dict[str, Any]:
    found = {}
    for executor in (_Threads(2), _Own(), _Here(), _Tickets()):
        built = (
            driver.Builder()
            .with_modules(sys.modules[__name__])
            .enable_dynamic_execution(allow_experimental_mode=True)
            .with_remote_executor(executor)
            .build()
        )
        found[type(executor).__name__] = built.execute(["all_letters"], inputs={"pages": ["a", "bcd"]})
        try:
            built.execute(["all_letters"], inputs={"pages": ["a", 3]})
        except TypeError as error:
            found[f"{type(executor).__name__} fails"] = error
    return found


def _checked() -> dict[str, Any]:
    built = driver.Builder().with_modules(sys.modules[__name__]).build()
    answer = built.execute(["spend_range_validator", "verdict"], inputs={"budget": 9.0})
    result = answer["spend_range_validator"]
    return {
        "verdict": answer["verdict"],
        "result": [isinstance(result, ValidationResult), result.passes, sorted(dataclasses.asdict(result))],
        "nodes that check": [one.name for one in built.list_available_variables() if one.type is ValidationResult],
    }


def _asked_for() -> dict[str, Any]:
    module = sys.modules[__name__]
    built = driver.Builder().with_modules(module).with_config({"region": "us"}).build()
    found: dict[str, Any] = {"a variant": built.execute([rate__us, taxed], inputs={"budget": 1.0})}
    try:
        found["config of a wrong type"] = driver.Driver(
            {"budget": "much"}, module, adapter=base.DefaultAdapter()
        ).execute(["spend"])
    except ValueError as error:
        found["config of a wrong type"] = error
    return found


def _told() -> dict[str, Any]:
    def text(number: str) -> str:  # an edge that only an adapter lets pass
        return number * 2

    def number() -> int:
        return 1

    def sides(number: int) -> int:
        return number

    lenient = _Lenient()
    module = ad_hoc_utils.create_temporary_module(number, text)
    found: dict[str, Any] = {
        "edges": driver.Builder().with_modules(module).with_adapters(lenient).build().execute(["text"])
    }
    found["edges asked about"] = [kinds for kinds in lenient.asked if kinds[0] is not kinds[1]]
    try:
        odd = ad_hoc_utils.create_temporary_module(extract_fields({"left": int})(sides))
        driver.Builder().with_modules(odd).build()
    except InvalidDecoratorException:
        found["misuse seen late"] = "caught"
    heard: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = heard.append  # type: ignore[method-assign]
    logging.getLogger("hamilton.base").addHandler(handler)
    base.PandasDataFrameResult.build_result(column=pd.Series([1, 2]), number=3)
    logging.getLogger("hamilton.base").removeHandler(handler)
    found["warned"] = [record.levelname for record in heard]
    if importlib.util.find_spec("graphviz") is not None:
        found["picture"] = (
            "text"
            in driver.Builder().with_modules(module).with_adapters(lenient).build().display_all_functions().source
        )
    return found
