"""The async driver: what waits, waits together; errors, hooks and checks are those of the other driver."""

from __future__ import annotations

import asyncio
import gc
import pickle
import warnings
import weakref
from collections.abc import Awaitable
from typing import Any

import pandas as pd
import polars as pl
import pytest

from featurecat import async_driver
from featurecat.driver import Builder as PlainBuilder
from featurecat.errors import (
    AlignmentError,
    DefinitionError,
    ExpectationError,
    RequestError,
    StepError,
    UnsupportedError,
)
from featurecat.execution.hooks import Timing
from featurecat.execution.results import PolarsDataFrameResult
from tests.support.modules import ModuleMaker, line_of

SHOP = """
    import asyncio

    async def price(item: str) -> float:
        await asyncio.sleep(0)
        return float(len(item))

    def doubled(price: float) -> float:
        return price * 2

    async def total(price: float, doubled: float) -> float:
        return price + doubled

    def plain(item: str) -> str:
        return item.upper()
"""


def run(
    module: Any,
    names: list[Any],
    *,
    inputs: dict[str, Any] | None = None,
    adapters: tuple[Any, ...] = (),
    **options: Any,
) -> Any:
    async def serve() -> Any:
        driver = await async_driver.Builder().with_modules(module).with_adapters(*adapters).build()
        return await driver.execute(names, inputs=inputs, **options)

    return asyncio.run(within(serve()))


async def within(awaitable: Awaitable[Any]) -> Any:
    """What would wait for ever fails instead; no test waits this long."""
    return await asyncio.wait_for(awaitable, timeout=60)


# --- building and asking ----------------------------------------------------------------------------


def test_coroutines_and_plain_functions_mix(make_module: ModuleMaker) -> None:
    module = make_module(SHOP)
    assert run(module, ["total", "price", "plain"], inputs={"item": "tea"}) == {
        "total": 9.0,
        "price": 3.0,
        "plain": "TEA",
    }


def test_overrides_and_functions_are_asked_for_as_anywhere(make_module: ModuleMaker) -> None:
    module = make_module(SHOP)
    assert run(module, [module.total], inputs={"item": "tea"}, overrides={"doubled": 1.0}) == {"total": 4.0}
    assert run(module, ["doubled"], overrides={"price": 5.0}) == {"doubled": 10.0}
    with pytest.raises(RequestError, match="item"):
        run(module, ["total"])


@pytest.mark.parametrize("result", ["pandas", "polars", "dict"])
def test_results(make_module: ModuleMaker, result: str) -> None:
    module = make_module(SHOP)

    async def serve() -> Any:
        if result == "pandas":
            driver = async_driver.AsyncDriver({}, module)
        elif result == "polars":
            driver = async_driver.AsyncDriver({}, module, result_builder=PolarsDataFrameResult())
        else:
            driver = async_driver.Builder().with_modules(module).build_without_init()
            assert await driver.ainit() is driver
        return await driver.execute(["price", "total"], inputs={"item": "tea"})

    made = asyncio.run(serve())
    assert type(made) is {"pandas": pd.DataFrame, "polars": pl.DataFrame, "dict": dict}[result]
    assert list(made["total"] if result != "dict" else [made["total"]]) == [9.0]


def test_adapters_get_ready_once(make_module: ModuleMaker) -> None:
    module = make_module(SHOP)

    class Connection:
        ready = 0

        async def ainit(self) -> None:
            self.ready += 1

        def before_step(self, node: Any) -> None: ...

        def after_step(self, node: Any, value: Any, seconds: float) -> None: ...

        def before_run(self, plan: Any) -> None: ...

        def after_run(self, error: BaseException | None) -> None: ...

    connection = Connection()

    async def serve() -> None:
        driver = async_driver.Builder().with_modules(module).with_adapters(connection).build_without_init()
        assert connection.ready == 0
        await driver.execute(["plain"], inputs={"item": "tea"})
        await driver.ainit()

    asyncio.run(serve())
    assert connection.ready == 1


@pytest.mark.parametrize("method", ["with_adapter", "with_materializers", "enable_dynamic_execution"])
def test_what_is_not_supported(method: str) -> None:
    with pytest.raises(UnsupportedError, match=f"does not support {method}") as caught:
        getattr(async_driver.Builder(), method)()
    assert caught.value.problems[0].hint


def test_materialize_is_not_supported(make_module: ModuleMaker) -> None:
    with pytest.raises(UnsupportedError, match="materialize"):
        async_driver.AsyncDriver({}, make_module(SHOP)).materialize()


def test_a_builder_without_modules() -> None:
    with pytest.raises(DefinitionError, match="needs modules"):
        async_driver.Builder().build_without_init()


def test_a_copy_is_its_own(make_module: ModuleMaker) -> None:
    module = make_module(SHOP)
    builder = async_driver.Builder().with_modules(module).allow_module_overrides()
    other = builder.copy().with_config({"region": "US"})
    assert type(other) is async_driver.Builder
    assert (builder.config, other.config, other.overriding) == ({}, {"region": "US"}, True)
    assert type(other.build_without_init()) is async_driver.AsyncDriver


def test_types_are_those_annotated(make_module: ModuleMaker) -> None:
    module = make_module(
        """
        async def one() -> int:
            return 1

        def text(one: str) -> str:
            return one
        """
    )
    with pytest.raises(DefinitionError, match="text takes one: str, but one is int"):
        async_driver.AsyncDriver({}, module)


def test_async_generators_are_refused(make_module: ModuleMaker) -> None:
    module = make_module(
        """
        async def several() -> int:
            yield 1
        """
    )
    with pytest.raises(DefinitionError, match="several is an async generator") as caught:
        async_driver.AsyncDriver({}, module)
    assert caught.value.problems[0].line == line_of(module, "async def several")


# --- overlapping ------------------------------------------------------------------------------------

MEETING = """
    import asyncio

    async def left(barrier: asyncio.Barrier) -> int:
        await barrier.wait()
        return 1

    async def right(barrier: asyncio.Barrier) -> int:
        await barrier.wait()
        return 2

    def both(left: int, right: int) -> int:
        return left + right
"""


def test_what_waits_waits_together(make_module: ModuleMaker) -> None:
    """Each waits for the other: one after the other they would wait for ever."""
    module = make_module(MEETING)

    async def serve() -> Any:
        driver = await async_driver.Builder().with_modules(module).build()
        return await driver.execute(["both"], inputs={"barrier": asyncio.Barrier(2)})

    assert asyncio.run(within(serve())) == {"both": 3}


def test_calls_overlap_with_each_other(make_module: ModuleMaker) -> None:
    module = make_module(MEETING)

    async def serve() -> Any:
        driver = await async_driver.Builder().with_modules(module).build()
        barrier = asyncio.Barrier(4)
        calls = [driver.execute(["both"], inputs={"barrier": barrier}) for _ in range(2)]
        return await asyncio.gather(*calls)

    assert asyncio.run(within(serve())) == [{"both": 3}, {"both": 3}]


def test_plain_functions_run_while_others_wait(make_module: ModuleMaker) -> None:
    """The answer comes from a plain function that runs after the waiting one has begun to wait."""
    module = make_module(
        """
        import asyncio

        async def answer(call: asyncio.Future) -> int:
            return await call

        def said(call: asyncio.Future, asked: asyncio.Event) -> bool:
            waiting = asked.is_set()
            call.set_result(41)
            return waiting

        async def asking(asked: asyncio.Event) -> bool:
            asked.set()
            return True

        def conclusion(answer: int, said: bool, asking: bool) -> int:
            return answer + said
        """
    )

    async def serve() -> Any:
        driver = await async_driver.Builder().with_modules(module).build()
        call, asked = asyncio.get_running_loop().create_future(), asyncio.Event()
        return await driver.execute(["conclusion"], inputs={"call": call, "asked": asked})

    assert asyncio.run(within(serve())) == {"conclusion": 42}


def test_what_follows_does_not_wait_for_strangers(make_module: ModuleMaker) -> None:
    """A chain goes on while something that is not on it still waits: here, for the end of the chain."""
    module = make_module(
        """
        import asyncio

        async def slow(done: asyncio.Event) -> int:
            await done.wait()
            return 1

        async def first() -> int:
            return 1

        def second(first: int) -> int:
            return first + 1

        async def third(second: int, done: asyncio.Event) -> int:
            done.set()
            return second + 1
        """
    )

    async def serve() -> Any:
        driver = await async_driver.Builder().with_modules(module).build()
        return await driver.execute(["slow", "third"], inputs={"done": asyncio.Event()})

    assert asyncio.run(within(serve())) == {"slow": 1, "third": 3}


def test_others_in_the_loop_get_on(make_module: ModuleMaker) -> None:
    source = "def f0(turns: list) -> list:\n    return [len(turns)]\n"
    source += "".join(
        f"def f{n}(f{n - 1}: list, turns: list) -> list:\n    return [*f{n - 1}, len(turns)]\n" for n in range(1, 5)
    )
    module = make_module(source)
    turns: list[int] = []

    async def tick() -> None:
        while True:
            turns.append(1)
            await asyncio.sleep(0)

    async def serve() -> Any:
        driver = await async_driver.Builder().with_modules(module).build()
        ticking = asyncio.create_task(tick())
        try:
            return await driver.execute(["f4"], inputs={"turns": turns})
        finally:
            ticking.cancel()

    seen = asyncio.run(within(serve()))["f4"]
    assert seen == sorted(set(seen))  # each step saw more turns than the one before


def test_wrapped_coroutines_are_awaited(make_module: ModuleMaker) -> None:
    module = make_module(
        """
        import functools

        def _logged(function):
            @functools.wraps(function)
            def wrapper(*values):
                return function(*values)
            return wrapper

        @_logged
        async def price(item: str) -> int:
            return len(item)

        def doubled(price: int) -> int:
            return price * 2
        """
    )
    assert run(module, ["doubled"], inputs={"item": "tea"}) == {"doubled": 6}


# --- values -----------------------------------------------------------------------------------------


def test_values_are_let_go_after_their_last_use(make_module: ModuleMaker) -> None:
    module = make_module(
        """
        import asyncio, weakref

        class Big:
            pass

        async def big(kept: list) -> Big:
            made = Big()
            kept.append(weakref.ref(made))
            return made

        async def used(big: Big) -> int:
            return 1

        def plain_use(big: Big) -> int:
            return 2

        async def after(used: int, plain_use: int, kept: list) -> bool:
            import gc
            gc.collect()
            return kept[0]() is None
        """
    )
    assert run(module, ["after"], inputs={"kept": []}) == {"after": True}
    assert run(module, ["after", "big"], inputs={"kept": []})["after"] is False


def test_nothing_of_a_run_stays(make_module: ModuleMaker) -> None:
    module = make_module(SHOP)

    class Item(str):
        __slots__ = ("__weakref__",)

    async def serve() -> bool:
        driver = await async_driver.Builder().with_modules(module).build()
        item = Item("tea")
        reference = weakref.ref(item)
        await driver.execute(["total"], inputs={"item": item})
        del item
        gc.collect()
        return reference() is None

    assert asyncio.run(serve())


# --- errors -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["async def", "def"])
@pytest.mark.parametrize("raised", ["ValueError('bad')", "SystemExit(3)"])
def test_errors_are_named_and_placed(make_module: ModuleMaker, kind: str, raised: str) -> None:
    module = make_module(
        f"""
        {kind} broken(item: str) -> int:
            raise {raised}

        def after(broken: int) -> int:
            return broken
        """
    )
    with pytest.raises(StepError) as caught:
        run(module, ["after"], inputs={"item": "tea"})
    problem = caught.value.problems[0]
    assert (problem.code, problem.feature, problem.file) == ("step-failed", "broken", module.__file__)
    assert problem.line == line_of(module, "raise")
    assert problem.message.startswith(f"broken raised {raised.partition('(')[0]}")
    assert len(problem.details) == 1 and problem.details[0].startswith("item: ") and "tea" not in problem.details[0]
    assert type(caught.value.__cause__).__name__ == raised.partition("(")[0]


def test_the_first_failure_cancels_the_rest(make_module: ModuleMaker) -> None:
    module = make_module(
        """
        import asyncio

        async def waiting(begun: asyncio.Event, ended: list) -> int:
            begun.set()
            try:
                await asyncio.Event().wait()
            finally:
                ended.append("cancelled")

        async def broken(begun: asyncio.Event) -> int:
            await begun.wait()
            raise ValueError("bad")

        def both(waiting: int, broken: int) -> int:
            return 1
        """
    )
    ended: list[str] = []

    async def serve() -> None:
        driver = await async_driver.Builder().with_modules(module).build()
        with pytest.raises(StepError, match="broken raised ValueError"):
            await driver.execute(["both"], inputs={"begun": asyncio.Event(), "ended": ended})
        assert ended == ["cancelled"]
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(serve())


@pytest.mark.parametrize("broken", ["def", "async def"])
def test_a_failure_before_others_begin_leaves_nothing(make_module: ModuleMaker, broken: str) -> None:
    """No coroutine is left that was never awaited: that would be a warning, and warnings are errors here."""
    module = make_module(
        f"""
        {broken} broken() -> int:
            raise ValueError("bad")

        async def others() -> int:
            return 1

        async def more() -> int:
            return 1
        """
    )
    with pytest.raises(StepError):
        run(module, ["broken", "others", "more"])
    gc.collect()


def test_several_failures_are_one_error(make_module: ModuleMaker) -> None:
    module = make_module(
        """
        import asyncio

        async def left(barrier: asyncio.Barrier) -> int:
            await barrier.wait()
            raise ValueError("left")

        async def right(barrier: asyncio.Barrier) -> int:
            await barrier.wait()
            raise ValueError("right")
        """
    )

    async def serve() -> None:
        driver = await async_driver.Builder().with_modules(module).build()
        with pytest.raises(StepError, match="(left|right) raised"):
            await driver.execute(["left", "right"], inputs={"barrier": asyncio.Barrier(2)})

    asyncio.run(within(serve()))
    gc.collect()  # an error that nobody looked at would be told here


def test_cancelling_the_call_cancels_everything(make_module: ModuleMaker) -> None:
    module = make_module(
        """
        import asyncio

        async def waiting(begun: asyncio.Event, ended: list) -> int:
            begun.set()
            try:
                await asyncio.Event().wait()
            finally:
                await asyncio.sleep(0)
                ended.append("cancelled")

        async def after(waiting: int) -> int:
            return waiting
        """
    )
    ended: list[str] = []

    async def serve() -> None:
        driver = await async_driver.Builder().with_modules(module).build()
        begun = asyncio.Event()
        call = asyncio.create_task(driver.execute(["after"], inputs={"begun": begun, "ended": ended}))
        await begun.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert ended == ["cancelled"]
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(serve())


def test_what_is_cancelled_inside_is_a_failed_step(make_module: ModuleMaker) -> None:
    module = make_module(
        """
        import asyncio

        async def broken() -> int:
            raise asyncio.CancelledError()
        """
    )
    with pytest.raises(StepError, match="broken raised CancelledError"):
        run(module, ["broken"])


def test_interruption_is_not_a_failed_step(make_module: ModuleMaker) -> None:
    module = make_module(
        """
        async def interrupted() -> int:
            raise KeyboardInterrupt
        """
    )
    with pytest.raises(KeyboardInterrupt):
        run(module, ["interrupted"])


# --- checks and alignment ---------------------------------------------------------------------------


@pytest.mark.parametrize("value", [0.5, 1.5])
def test_expectations_hold_for_awaited_values(make_module: ModuleMaker, value: float) -> None:
    module = make_module(
        """
        from featurecat import check_output

        @check_output(range=(0.0, 1.0), importance="fail")
        async def share(value: float) -> float:
            return value
        """
    )
    if value < 1:
        assert run(module, ["share"], inputs={"value": value}) == {"share": value}
        return
    with pytest.raises(ExpectationError, match="share: range does not hold") as caught:
        run(module, ["share"], inputs={"value": value})
    assert caught.value.problems[0].file == module.__file__


@pytest.mark.parametrize("kind", ["async def", "def"])
def test_alignment_is_checked(make_module: ModuleMaker, kind: str) -> None:
    module = make_module(
        f"""
        import pandas as pd

        async def shorter(spend: pd.Series) -> pd.Series:
            return spend.iloc[1:]

        {kind} both(spend: pd.Series, shorter: pd.Series) -> pd.Series:
            return spend + shorter
        """
    )
    with pytest.raises(AlignmentError, match="both"):
        run(module, ["both"], inputs={"spend": pd.Series([1, 2, 3])})


def test_other_decorators(make_module: ModuleMaker) -> None:
    module = make_module(
        """
        import polars as pl
        from featurecat import extract_columns, extract_fields, parameterize, value

        @extract_columns("a", "b")
        async def frame() -> pl.DataFrame:
            return pl.DataFrame({"a": [1], "b": [2]})

        @extract_fields({"low": int, "high": int})
        async def bounds() -> dict[str, int]:
            return {"low": 1, "high": 2}

        @parameterize(one={"steps": value(1)}, two={"steps": value(2)})
        async def lag(low: int, *, steps: int) -> int:
            return low + steps
        """
    )
    made = run(module, ["a", "high", "one", "two"])
    assert (made["a"].to_list(), made["high"], made["one"], made["two"]) == ([1], 2, 2, 3)


# --- the driver that does not wait ------------------------------------------------------------------


def test_the_other_driver_refuses_coroutine_functions(make_module: ModuleMaker) -> None:
    module = make_module(SHOP)
    driver = PlainBuilder().with_modules(module).build()
    assert driver.execute(["plain"], inputs={"item": "tea"}) == {"plain": "TEA"}
    assert driver.execute(["doubled"], overrides={"price": 2.0}) == {"doubled": 4.0}
    for ask in (driver.execute, driver.validate_execution):
        with pytest.raises(RequestError) as caught:
            ask(["total"], inputs={"item": "tea"})
        problem = caught.value.problems[0]
        assert (problem.code, problem.feature) == ("unsupported", "price")
        assert (problem.file, problem.line) == (module.__file__, line_of(module, "async def price"))
        assert "async_driver" in (problem.hint or "")
        assert len(caught.value.problems) == 2


# --- adapters ---------------------------------------------------------------------------------------


class Recorder:
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[Any] = []


class WaitingRecorder(Recorder):
    """A hook of every kind, all of its methods coroutines."""

    async def run_after_graph_construction(self, *, graph: Any, **future_kwargs: Any) -> None:
        await asyncio.sleep(0)
        self.told.append(("built", sorted(graph.nodes)))

    async def run_before_graph_execution(
        self, *, final_vars: list[str], execution_path: list[str], run_id: str, **future_kwargs: Any
    ) -> None:
        await asyncio.sleep(0)
        self.told.append(("begin", final_vars, list(execution_path)))
        assert run_id

    async def run_after_graph_execution(
        self, *, success: bool, error: BaseException | None, results: Any, **future_kwargs: Any
    ) -> None:
        await asyncio.sleep(0)
        self.told.append(("end", success, type(error), results))

    async def run_before_node_execution(
        self, *, node_name: str, node_kwargs: dict[str, Any], node_input_types: dict[str, Any], **future_kwargs: Any
    ) -> None:
        await asyncio.sleep(0)
        assert node_kwargs.keys() == node_input_types.keys()
        self.told.append(("before", node_name, node_kwargs))

    async def run_after_node_execution(
        self, *, node_name: str, result: Any, error: BaseException | None, success: bool, **future_kwargs: Any
    ) -> None:
        await asyncio.sleep(0)
        self.told.append(("after", node_name, result, success, type(error)))


class PlainRecorder(Recorder):
    """The same for nodes, without waiting."""

    def run_before_node_execution(self, *, node_name: str, **future_kwargs: Any) -> None:
        self.told.append(("before", node_name))

    def run_after_node_execution(self, *, node_name: str, result: Any, **future_kwargs: Any) -> None:
        self.told.append(("after", node_name, result))


NONE = type(None)


def test_hooks_that_wait_and_hooks_that_do_not(make_module: ModuleMaker) -> None:
    waiting, plain = WaitingRecorder(), PlainRecorder()
    made = run(make_module(SHOP), ["doubled"], inputs={"item": "tea"}, adapters=(waiting, plain))
    assert made == {"doubled": 6.0}
    assert waiting.told == [
        ("built", ["doubled", "item", "plain", "price", "total"]),
        ("begin", ["doubled"], ["price", "doubled"]),
        ("before", "price", {"item": "tea"}),
        ("after", "price", 3.0, True, NONE),
        ("before", "doubled", {"price": 3.0}),
        ("after", "doubled", 6.0, True, NONE),
        ("end", True, NONE, {"doubled": 6.0}),
    ]
    assert plain.told == [
        ("before", "price"),
        ("after", "price", 3.0),
        ("before", "doubled"),
        ("after", "doubled", 6.0),
    ]


def test_hooks_are_told_of_failures(make_module: ModuleMaker) -> None:
    module = make_module("async def broken(item: str) -> int:\n    raise ValueError('bad')\n")
    hook = WaitingRecorder()
    with pytest.raises(StepError, match="broken raised ValueError"):
        run(module, ["broken"], inputs={"item": "tea"}, adapters=(hook,))
    assert hook.told[1:] == [
        ("begin", ["broken"], ["broken"]),
        ("before", "broken", {"item": "tea"}),
        ("after", "broken", None, False, ValueError),
        ("end", False, StepError, None),
    ]
    hook.told.clear()
    with pytest.raises(RequestError, match="item"):
        run(module, ["broken"], adapters=(hook,))
    assert [told[0] for told in hook.told] == ["built", "begin", "end"]


def test_nodes_computed_in_another_way(make_module: ModuleMaker) -> None:
    class Twice:
        async def run_to_execute_node(
            self, *, node_name: str, node_callable: Any, node_kwargs: dict[str, Any], **future_kwargs: Any
        ) -> Any:
            value = node_callable(**node_kwargs)
            value = await value if hasattr(value, "__await__") else value
            return value * 2 if node_name == "price" else value

    assert run(make_module(SHOP), ["total"], inputs={"item": "tea"}, adapters=(Twice(),)) == {"total": 18.0}


def test_steps_are_timed_and_watched(make_module: ModuleMaker) -> None:
    class Steps(Recorder):
        def before_run(self, plan: Any) -> None:
            self.told.append("begin")

        async def before_step(self, node: Any) -> None:
            self.told.append(node.name)

        def after_step(self, node: Any, value: Any, seconds: float) -> None:
            self.told.append((value, seconds >= 0))

        async def after_run(self, error: BaseException | None) -> None:
            self.told.append(error)

    timing, steps = Timing(), Steps()
    run(make_module(SHOP), ["doubled"], inputs={"item": "tea"}, adapters=(timing, steps))
    assert steps.told == ["begin", "price", (3.0, True), "doubled", (6.0, True), None]
    assert timing.seconds.keys() == {"price", "doubled"}


def test_a_hook_that_raises_stops_the_step(make_module: ModuleMaker) -> None:
    class Refusing:
        async def run_before_node_execution(self, *, node_name: str, **future_kwargs: Any) -> None:
            raise PermissionError(node_name)

    with pytest.raises(StepError, match="plain: run_before_node_execution of an adapter raised PermissionError"):
        run(make_module(SHOP), ["plain"], inputs={"item": "tea"}, adapters=(Refusing(),))


def test_two_result_builders(make_module: ModuleMaker) -> None:
    with pytest.raises(RequestError, match="one result builder"):
        async_driver.AsyncDriver(
            {}, make_module(SHOP), result_builder=PolarsDataFrameResult(), adapters=[PolarsDataFrameResult()]
        )


def test_drivers_are_pickled_by_their_modules(make_module: ModuleMaker) -> None:
    driver = async_driver.AsyncDriver({}, make_module(SHOP), default_result="dict")
    again = pickle.loads(pickle.dumps(driver))
    assert type(again) is async_driver.AsyncDriver
    assert asyncio.run(again.execute(["total"], inputs={"item": "tea"})) == {"total": 9.0}


@pytest.mark.component("hamilton")
def test_hamilton_computes_the_same(make_module: ModuleMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAMILTON_TELEMETRY_ENABLED", "false")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from hamilton import async_driver as other
    module = make_module(SHOP)

    async def compute(builder: Any) -> Any:
        driver = await builder.with_modules(module).build()
        return await driver.execute(["total", "plain"], inputs={"item": "tea"})

    assert asyncio.run(compute(async_driver.Builder())) == asyncio.run(compute(other.Builder()))
