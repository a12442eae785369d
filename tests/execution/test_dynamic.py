"""Dynamic execution: blocks, executors and strategies give the same, in order, lazily, and fail as one."""

from __future__ import annotations

import gc
import itertools
import threading
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any

import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from featurecat.driver import Builder, Driver
from featurecat.errors import ExpectationError, RequestError, RunError, StepError
from featurecat.execution.executors import (
    DefaultExecutionManager,
    ExecutionManager,
    MultiProcessingExecutor,
    MultiThreadingExecutor,
    SynchronousLocalTaskExecutor,
    TaskExecutor,
)
from featurecat.execution.hooks import Timing
from featurecat.plan.grouping import (
    GroupByRepeatableBlocks,
    GroupingStrategy,
    GroupNodesAllAsOne,
    GroupNodesByLevel,
    GroupNodesIndividually,
)
from tests.support.modules import ModuleMaker, line_of

Build = Callable[..., Driver]
IMPORTS = """
from __future__ import annotations
import pandas as pd
import polars as pl
from featurecat import check_output, extract_fields
from featurecat.definition.parallel import Collect, Parallelizable
"""
BLOCK = """
def n(items: int) -> int:
    return items
def e(n: int) -> Parallelizable[int]:
    for item in range(n):
        yield item
def k() -> int:
    return 10
def a(e: int, k: int) -> int:
    return e * k
def b(a: int) -> int:
    return a + 1
def c(b: Collect[int], n: int) -> int:
    return sum(b) + n
def d(c: int) -> int:
    return c * 2
def share(a: int, c: int) -> float:
    return a / c
def both(share: Collect[float], b: Collect[int]) -> list:
    return [share, b]
def flat(e: Collect[int]) -> list:
    return list(e)
def again(b: Collect[int]) -> int:
    return max(b, default=-1)
"""
WANTED = ["d", "both", "flat", "e", "again", "k"]
STRATEGIES = [GroupByRepeatableBlocks(), GroupNodesIndividually(), GroupNodesAllAsOne(), GroupNodesByLevel()]


def _driver(
    module: ModuleType,
    *adapters: Any,
    remote: TaskExecutor | None = None,
    strategy: GroupingStrategy | None = None,
    local: TaskExecutor | None = None,
) -> Driver:
    builder = Builder().with_modules(module).enable_dynamic_execution(allow_experimental_mode=True)
    builder.with_adapters(*adapters).with_remote_executor(remote or SynchronousLocalTaskExecutor())
    if local is not None:
        builder.with_local_executor(local)
    if strategy is not None:
        builder.with_grouping_strategy(strategy)
    return builder.build()


def _expected(items: int) -> dict[str, Any]:
    a = [item * 10 for item in range(items)]
    b = [one + 1 for one in a]
    c = sum(b) + items
    return {
        "d": c * 2,
        "both": [[one / c for one in a], b],
        "flat": list(range(items)),
        "e": list(range(items)),
        "again": max(b, default=-1),
        "k": 10,
    }


@pytest.fixture
def build(make_module: ModuleMaker) -> Build:
    """A driver with dynamic execution of a source text."""
    return lambda source, *adapters, **chosen: _driver(make_module(IMPORTS + source), *adapters, **chosen)


# --- results ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("items", [0, 1, 7])
@pytest.mark.parametrize("strategy", STRATEGIES, ids=lambda one: type(one).__name__)
@pytest.mark.parametrize("remote", [SynchronousLocalTaskExecutor(), MultiThreadingExecutor(3)], ids=["here", "threads"])
def test_executors_and_strategies_agree(
    build: Build, remote: TaskExecutor, strategy: GroupingStrategy, items: int
) -> None:
    dr = build(BLOCK, remote=remote, strategy=strategy)
    for _ in range(2):
        assert dr.execute(WANTED, inputs={"items": items}) == _expected(items)


def test_processes_agree_too(build: Build) -> None:
    for strategy in (GroupByRepeatableBlocks(), GroupNodesByLevel()):
        dr = build(BLOCK, remote=MultiProcessingExecutor(2), strategy=strategy)
        assert dr.execute(WANTED, inputs={"items": 4}) == _expected(4)


def test_ordinary_graphs_run_in_tasks_as_well(build: Build) -> None:
    source = "def a(x: int) -> int:\n    return x + 1\ndef b(a: int, y: int = 5) -> int:\n    return a * y\n"
    for strategy in STRATEGIES:
        dr = build(source, remote=MultiThreadingExecutor(2), strategy=strategy)
        assert dr.execute(["b", "x"], inputs={"x": 1}) == {"b": 10, "x": 1}
        assert dr.execute(["b"], inputs={"x": 1, "y": 3}) == {"b": 6}
        assert dr.execute(["b"], overrides={"a": 4}) == {"b": 20}
        assert dr.execute([]) == {}


def test_collected_values_are_in_the_order_of_the_items(make_module: ModuleMaker) -> None:
    module = make_module(
        IMPORTS
        + """
import threading
LAST = threading.Event()
def e() -> Parallelizable[int]:
    yield from range(3)
def a(e: int) -> int:
    if e == 2:
        LAST.set()
    else:
        assert LAST.wait(10)
    return e
def c(a: Collect[int]) -> list:
    return list(a)
"""
    )
    assert _driver(module, remote=MultiThreadingExecutor(3)).execute(["c"]) == {"c": [0, 1, 2]}


@pytest.mark.parametrize("library", ["pd", "pl"])
def test_frames_go_through_blocks(build: Build, library: str) -> None:
    dr = build(
        f"""
def part(frame: {library}.DataFrame) -> Parallelizable[{library}.DataFrame]:
    for origin in ("EWR", "JFK"):
        yield frame[frame["origin"] == origin] if {library} is pd else frame.filter(pl.col("origin") == origin)
def total(part: {library}.DataFrame) -> int:
    return int(part["n"].sum())
def totals(total: Collect[int]) -> {library}.Series:
    return {library}.Series(list(total))
""",
        remote=MultiThreadingExecutor(2),
    )
    data = {"origin": ["EWR", "JFK", "EWR"], "n": [1, 2, 3]}
    frame = pd.DataFrame(data) if library == "pd" else pl.DataFrame(data)
    assert dr.execute(["totals"], inputs={"frame": frame})["totals"].to_list() == [4, 2]


def test_two_blocks_meet_in_one_collector(build: Build) -> None:
    dr = build(
        """
def e() -> Parallelizable[int]:
    return [1, 2]
def f() -> Parallelizable[str]:
    return "xyz"
def left(e: int) -> int:
    return e
def right(f: str) -> str:
    return f * 2
def c(left: Collect[int], right: Collect[str]) -> list:
    return [left, right]
"""
    )
    assert dr.execute(["c"]) == {"c": [[1, 2], ["xx", "yy", "zz"]]}


def test_one_block_after_another(build: Build) -> None:
    dr = build(
        """
def e() -> Parallelizable[int]:
    return [1, 2, 3]
def a(e: int) -> int:
    return e
def c(a: Collect[int]) -> list[int]:
    return list(a)
def f(c: list[int]) -> Parallelizable[int]:
    yield from c
def g(f: int, c: list[int]) -> int:
    return f * len(c)
def h(g: Collect[int]) -> list:
    return g
"""
    )
    for strategy in STRATEGIES:
        assert _driver(dr._modules[0], strategy=strategy).execute(["h"]) == {"h": [3, 6, 9]}


def test_overrides_in_and_around_blocks(build: Build) -> None:
    dr = build(BLOCK)
    for strategy in STRATEGIES:
        dr = _driver(dr._modules[0], strategy=strategy)
        assert dr.execute(["c", "e"], inputs={"items": 2}, overrides={"e": (5, 6)}) == {"c": 114, "e": [5, 6]}
        assert dr.execute(["c"], inputs={"items": 2}, overrides={"b": [1, 2]}) == {"c": 5}
        assert dr.execute(["d"], overrides={"c": 4}) == {"d": 8}
        assert dr.execute(["c"], inputs={"items": 3}, overrides={"k": 0}) == {"c": 6}


def test_expectations_hold_for_each_item(build: Build) -> None:
    source = """
def e() -> Parallelizable[float]:
    return [0.5, 2.0]
@check_output(range=(0, 1), importance="fail")
def a(e: float) -> float:
    return e
def c(a: Collect[float]) -> float:
    return sum(a)
"""
    with pytest.raises(ExpectationError) as caught:
        build(source).execute(["c"])
    assert caught.value.problems[0].details[0] == "item 1 of e, counted from 0"


@given(st.lists(st.integers()), st.sampled_from(STRATEGIES))
def test_a_block_is_a_comprehension(items: list[int], strategy: GroupingStrategy) -> None:
    module = ModuleType("squares")
    source = (
        "def e(items: list) -> Parallelizable[int]:\n    yield from items\n"
        "def a(e: int, items: list) -> int:\n    return e * e + len(items)\n"
        "def c(a: Collect[int]) -> list:\n    return a\n"
    )
    namespace = vars(module)
    exec(IMPORTS + source, namespace)
    dr = _driver(module, strategy=strategy)
    assert dr.execute(["c"], inputs={"items": items}) == {"c": [item * item + len(items) for item in items]}


# --- laziness and release -----------------------------------------------------------------------------------

ALIVE = """
import weakref
ALIVE = []
class Big:
    pass
def _made():
    big = Big()
    ALIVE.append(weakref.ref(big))
    return big
def _alive():
    return sum(reference() is not None for reference in ALIVE)
MOST = []
"""


def test_items_come_when_there_is_room(make_module: ModuleMaker) -> None:
    module = make_module(
        IMPORTS
        + """
def e() -> Parallelizable[int]:
    yield from range(20)
def a(e: int) -> int:
    return e
def c(a: Collect[int]) -> int:
    return len(a)
"""
    )
    running: list[int] = []
    most: list[int] = []
    lock = threading.Lock()

    class Counting:
        def run_before_task_submission(self, *, task_id: str, **future_kwargs: Any) -> None:
            with lock:
                running.append(1)
                most.append(len(running))

        def run_after_task_return(self, **future_kwargs: Any) -> None:
            with lock:
                running.pop()

    dr = _driver(module, Counting(), remote=MultiThreadingExecutor(4))
    assert dr.execute(["c"]) == {"c": 20}
    assert max(most) <= 4 + 1  # four in threads, and one that has ended and is not yet told of


def test_endless_items_are_not_computed_ahead(make_module: ModuleMaker) -> None:
    module = make_module(
        IMPORTS
        + """
import itertools
PULLED = []
def e() -> Parallelizable[int]:
    for item in itertools.count():
        PULLED.append(item)
        yield item
def a(e: int) -> int:
    if e == 5:
        raise ValueError("enough")
    return e
def c(a: Collect[int]) -> int:
    return len(a)
"""
    )
    with pytest.raises(StepError, match="a raised ValueError: enough"):
        _driver(module).execute(["c"])
    assert module.PULLED == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("strategy", [GroupByRepeatableBlocks(), GroupNodesIndividually()])
def test_values_within_blocks_die_after_their_last_use(make_module: ModuleMaker, strategy: GroupingStrategy) -> None:
    module = make_module(
        IMPORTS
        + ALIVE
        + """
def e() -> Parallelizable[Big]:
    for _ in range(6):
        yield _made()
def a(e: Big) -> Big:
    return _made()
def b(a: Big) -> int:
    MOST.append(_alive())
    return 1
def c(b: Collect[int]) -> int:
    return sum(b)
def d(c: int) -> int:
    MOST.append(_alive())
    return c
"""
    )
    gc.disable()
    try:
        assert _driver(module, strategy=strategy).execute(["d"]) == {"d": 6}
    finally:
        gc.enable()
    assert module.MOST == [1, 1, 1, 1, 1, 1, 0]  # where a is computed from e, e is gone; nothing is left at the end


def test_values_between_tasks_die_after_their_last_use(make_module: ModuleMaker) -> None:
    module = make_module(
        IMPORTS
        + ALIVE
        + """
def first() -> Big:
    return _made()
def second(first: Big) -> Big:
    return _made()
def third(second: Big) -> int:
    MOST.append(_alive())
    return 3
"""
    )
    gc.disable()
    try:
        assert _driver(module, strategy=GroupNodesIndividually()).execute(["third"]) == {"third": 3}
    finally:
        gc.enable()
    assert module.MOST == [1]


# --- failing ------------------------------------------------------------------------------------------------

FAILING = """
def e(x: int) -> Parallelizable[int]:
    yield from range(6)
def a(e: int, x: int) -> int:
    if e in (2, 4):
        raise ValueError("no")
    return e
def c(a: Collect[int]) -> int:
    return sum(a)
"""


@pytest.mark.parametrize(
    "remote",
    [SynchronousLocalTaskExecutor(), MultiThreadingExecutor(1), MultiThreadingExecutor(6), MultiProcessingExecutor(1)],
    ids=["here", "one thread", "threads", "process"],
)
def test_a_failing_item_is_named_and_the_earliest_counts(build: Build, remote: TaskExecutor) -> None:
    dr = build(FAILING, remote=remote)
    with pytest.raises(StepError) as caught:
        dr.execute(["c"], inputs={"x": 1})
    (problem,) = caught.value.problems
    assert problem.message == "a raised ValueError: no"
    assert (problem.file, problem.line) == (dr._modules[0].__file__, line_of(dr._modules[0], "raise ValueError"))
    assert problem.details == ("item 2 of e, counted from 0", "e: int", "x: int")
    assert isinstance(caught.value.__cause__, ValueError)
    assert dr.execute(["c"], inputs={"x": 1}, overrides={"e": [1, 3]}) == {"c": 4}  # the executor can be used again


def test_a_failure_cancels_what_has_not_begun(make_module: ModuleMaker) -> None:
    module = make_module(
        IMPORTS
        + """
BEGUN = []
def e() -> Parallelizable[int]:
    yield from range(100)
def a(e: int) -> int:
    BEGUN.append(e)
    raise ValueError(e)
def c(a: Collect[int]) -> int:
    return 1
"""
    )
    with pytest.raises(StepError, match="a raised ValueError: 0"):
        _driver(module, remote=MultiThreadingExecutor(2)).execute(["c"])
    assert len(module.BEGUN) <= 4


def test_a_parallelizable_that_fails_or_yields_nothing_iterable(build: Build) -> None:
    dr = build(
        """
def e() -> Parallelizable[int]:
    yield 1
    raise KeyError("second")
def f() -> Parallelizable[int]:
    return 3
def c(e: Collect[int]) -> int:
    return 1
def d(f: Collect[int]) -> int:
    return 1
"""
    )
    with pytest.raises(StepError) as caught:
        dr.execute(["c"])
    assert caught.value.problems[0].message == "e raised KeyError: 'second'"
    assert caught.value.problems[0].line == line_of(dr._modules[0], "raise KeyError")
    with pytest.raises(StepError, match="f raised TypeError: a Parallelizable yields its items or returns an iterable"):
        dr.execute(["d"])


@pytest.mark.parametrize("remote", [SynchronousLocalTaskExecutor(), MultiThreadingExecutor(2)])
def test_an_interrupt_stops_the_run(make_module: ModuleMaker, remote: TaskExecutor) -> None:
    module = make_module(
        IMPORTS
        + """
BEGUN = []
def e() -> Parallelizable[int]:
    yield 0
    yield 1
    raise KeyboardInterrupt
def a(e: int) -> int:
    BEGUN.append(e)
    return e
def c(a: Collect[int]) -> int:
    return 1
"""
    )
    dr = _driver(module, remote=remote)
    with pytest.raises(KeyboardInterrupt):
        dr.execute(["c"])
    assert dr.execute(["c"], overrides={"e": [7]}) == {"c": 1}


# --- processes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            "def lock() -> object:\n    import threading\n    return threading.Lock()\n"
            "def e() -> Parallelizable[int]:\n    yield 1\n"
            "def a(e: int, lock: object) -> int:\n    return e\n"
            "def c(a: Collect[int]) -> int:\n    return 1\n",
            "the value of lock cannot be sent to a in another process, as it cannot be pickled: lock: ",
        ),
        (
            "def e() -> Parallelizable[int]:\n    yield 1\n"
            "def a(e: int) -> object:\n    return lambda: e\n"
            "def c(a: Collect[object]) -> int:\n    return 1\n",
            "the value of a cannot leave its process, as it cannot be pickled: function: ",
        ),
    ],
)
def test_values_that_cannot_travel_are_named(build: Build, source: str, message: str) -> None:
    dr = build(source, remote=MultiProcessingExecutor(1))
    with pytest.raises(RunError) as caught:
        dr.execute(["c"])
    (problem,) = caught.value.problems
    assert problem.message.startswith(message)
    assert problem.line == line_of(dr._modules[0], "def a")
    assert "MultiThreadingExecutor" in (problem.hint or "")


def test_a_driver_that_cannot_travel_says_why(build: Build) -> None:
    class Watch:
        def run_before_node_execution(self, **future_kwargs: Any) -> None:
            return None

    dr = build(FAILING, Watch(), remote=MultiProcessingExecutor(1))
    with pytest.raises(RequestError, match="the driver cannot be sent to another process: adapter Watch"):
        dr.execute(["c"], inputs={"x": 1})


def test_a_worker_that_dies_is_told_of(build: Build) -> None:
    dr = build(
        "import os\ndef e() -> Parallelizable[int]:\n    yield 1\ndef a(e: int) -> int:\n    os._exit(3)\n"
        "def c(a: Collect[int]) -> int:\n    return 1\n",
        remote=MultiProcessingExecutor(1),
    )
    with pytest.raises(RunError, match="a worker ended while it computed a"):
        dr.execute(["c"])


# --- executors of one's own ---------------------------------------------------------------------------------


class Slow(TaskExecutor):
    """Gives futures that have to be asked twice, and takes one task at a time."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.pending: Any = None

    def init(self) -> None:
        self.calls.append("init")

    def finalize(self) -> None:
        self.calls.append("finalize")

    def can_submit_task(self) -> bool:
        return self.pending is None

    def submit_task(self, task: Any) -> Any:
        executor = self

        class Pending:
            asked = 0

            def done(self) -> bool:
                self.asked += 1
                return self.asked > 1

            def result(self) -> Any:
                executor.pending = None
                return task()

            def cancel(self) -> bool:
                return False

        self.pending = Pending()
        self.calls.append(task.task_id)
        return self.pending


def test_an_executor_of_ones_own(build: Build) -> None:
    executor = Slow()
    assert build(BLOCK, remote=executor).execute(["c"], inputs={"items": 2}) == {"c": 14}
    assert executor.calls == ["init", "expand-e.0.block-e", "expand-e.1.block-e", "finalize"]


def test_a_manager_of_ones_own(make_module: ModuleMaker) -> None:
    seen: list[str] = []

    class Everything(ExecutionManager):
        def get_executor_for_task(self, task: Any) -> TaskExecutor:
            seen.append(task.task_id)
            return self.executors[0]

    builder = Builder().with_modules(make_module(IMPORTS + BLOCK))
    builder.enable_dynamic_execution(allow_experimental_mode=True)
    dr = builder.with_execution_manager(Everything([SynchronousLocalTaskExecutor()])).build()
    assert dr.execute(["c"], inputs={"items": 1}) == {"c": 2}
    assert set(seen) >= {"n", "k", "expand-e", "expand-e.0.block-e", "collect-e"}


def test_one_pool_serves_runs_side_by_side(build: Build) -> None:
    pool = MultiThreadingExecutor(2)
    dr = build(BLOCK, remote=pool)
    results: list[Any] = []

    def run() -> None:
        results.append(dr.execute(["d"], inputs={"items": 5}))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [{"d": 220}] * 4
    assert pool._pool is None


@pytest.mark.parametrize("number", [0, -1, True, "2"])
def test_pools_have_a_size(number: Any) -> None:
    with pytest.raises(RequestError, match="max_tasks must be a number from 1 on"):
        MultiThreadingExecutor(number)


def test_the_default_runs_blocks_in_threads(make_module: ModuleMaker) -> None:
    module = make_module(
        IMPORTS
        + "import threading\ndef e() -> Parallelizable[int]:\n    yield 1\n"
        + "def a(e: int) -> str:\n    return threading.current_thread().name\n"
        + "def c(a: Collect[str]) -> list:\n    return [*a, threading.current_thread().name]\n"
    )
    dr = Builder().with_modules(module).enable_dynamic_execution(allow_experimental_mode=True).build()
    block, gather = dr.execute(["c"])["c"]
    assert block.startswith("featurecat")
    assert gather == threading.current_thread().name
    assert isinstance(DefaultExecutionManager().remote_executor, MultiThreadingExecutor)


def test_inner_hooks_see_steps_of_all_tasks(build: Build) -> None:
    timing = Timing()
    dr = build(BLOCK, timing, remote=MultiThreadingExecutor(2))
    dr.execute(["c"], inputs={"items": 3})
    assert set(timing.seconds) == {"n", "e", "k", "a", "b", "c"}


def test_items_are_only_a_stream(build: Build) -> None:
    dr = build(
        "def e(items: object) -> Parallelizable[int]:\n    return items\ndef c(e: Collect[int]) -> int:\n    return sum(e)\n"
    )
    stream: Iterable[int] = itertools.islice(itertools.count(), 5)
    assert dr.execute(["c"], inputs={"items": stream}) == {"c": 10}
