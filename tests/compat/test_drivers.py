"""Drivers with Hamilton's manners, beyond what the differential suite asks both worlds."""

from __future__ import annotations

import logging
import os
import pickle
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pytest

from featurecat.compat import hamilton
from featurecat.compat.hamilton import async_driver, base, driver
from featurecat.compat.hamilton.data_quality.base import DataValidationError
from featurecat.compat.hamilton.execution.executors import SynchronousLocalTaskExecutor
from featurecat.compat.hamilton.function_modifiers.base import InvalidDecoratorException
from featurecat.compat.hamilton.lifecycle.base import LifecycleAdapterSet, ValidationException
from featurecat.compat.hamilton.plugins.h_threadpool import FutureAdapter
from featurecat.driver import Builder as OwnBuilder
from featurecat.errors import DefinitionError, ExpectationError, UnsupportedError
from tests.support.modules import ModuleMaker


@pytest.fixture(autouse=True)
def installed() -> Iterator[None]:
    """``import hamilton`` means ours while a test runs, whatever else is installed."""
    theirs = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "hamilton"}
    for name in theirs:
        del sys.modules[name]
    hamilton.install()
    yield
    hamilton.uninstall()
    sys.modules.update(theirs)


WEEKS = """
    import pandas as pd
    from hamilton.function_modifiers import check_output, config, extract_columns, tag

    @extract_columns("spend", "signups")
    def weeks() -> pd.DataFrame:
        return pd.DataFrame({"spend": [1.0, 8.0], "signups": [1, 2]})

    @tag(owner="data")
    @check_output(range=(0.0, 3.0), importance="fail")
    def price(spend: pd.Series, signups: pd.Series) -> pd.Series:
        return spend / signups

    @config.when(region="us")
    def rate__us() -> float:
        return 0.1
"""


@pytest.fixture
def weeks(make_module: ModuleMaker) -> ModuleType:
    """A module as users of Hamilton write it."""
    return make_module(WEEKS)


def test_featurecat_reads_a_module_of_hamilton_as_its_own(weeks: ModuleType) -> None:
    own = OwnBuilder().with_modules(weeks).with_config({"region": "us"}).build()
    assert own.execute(["rate"]) == {"rate": 0.1}
    (price,) = [one for one in own.list_available_variables() if one.name == "price"]
    assert price.metadata.owner == ("data",)
    assert "module" not in price.tags


def test_a_failed_check_is_caught_by_either_name(weeks: ModuleType) -> None:
    built = driver.Builder().with_modules(weeks).build()
    for kind in (DataValidationError, ExpectationError, ValueError):
        with pytest.raises(kind) as caught:
            built.execute(["price"])
        assert "price" in str(caught.value)
    (messages,) = caught.value.args
    assert messages[0].startswith("[price:range_validator] validator failed.")
    assert pickle.loads(pickle.dumps(caught.value)).args == caught.value.args


def test_misused_decorators_are_caught_by_hamiltons_name(make_module: ModuleMaker) -> None:
    with pytest.raises(InvalidDecoratorException, match="spend"):
        make_module("""
            from hamilton.function_modifiers import extract_columns

            @extract_columns("a")
            def spend() -> int:
                return 1
        """)


def test_the_log_says_which_function_failed(make_module: ModuleMaker, caplog: pytest.LogCaptureFixture) -> None:
    module = make_module("""
        def broken(amount: int) -> int:
            raise LookupError("on purpose")
    """)
    with caplog.at_level(logging.ERROR, "hamilton"), pytest.raises(LookupError, match="^on purpose$"):
        driver.Builder().with_modules(module).build().execute(["broken"], inputs={"amount": 12345})
    assert "broken raised LookupError" in caplog.text
    assert "12345" not in caplog.text


def test_names_may_differ_in_case_alone(make_module: ModuleMaker) -> None:
    module = make_module("""
        def Rate() -> int:
            return 1

        def rate() -> int:
            return 2
    """)
    assert driver.Builder().with_modules(module).build().execute(["Rate", "rate"]) == {"Rate": 1, "rate": 2}


def test_a_graph_that_cannot_be_is_a_value_error(make_module: ModuleMaker) -> None:
    module = make_module("""
        def amount() -> str:
            return "one"

        def doubled(amount: int) -> int:
            return 2 * amount
    """)
    with pytest.raises(ValueError, match=r"doubled takes amount: int, but amount is str"):
        driver.Driver({}, module)
    with pytest.raises(DefinitionError, match="takes modules"):
        driver.Driver({}, "module")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "build",
    [
        lambda builder: builder.with_cache(),
        lambda builder: builder.build().cache,
        lambda builder: async_driver.Builder().with_adapter(base.DefaultAdapter()),
    ],
)
def test_what_comes_later_says_so(weeks: ModuleType, build: Any) -> None:
    with pytest.raises(UnsupportedError, match="later release|not supported for the async driver"):
        build(driver.Builder().with_modules(weeks))


def test_builders_are_independent_copies(weeks: ModuleType) -> None:
    first = driver.Builder().with_modules(weeks).allow_module_overrides()
    second = first.copy().with_config({"region": "us"})
    assert (first.config, second.config, second.overriding) == ({}, {"region": "us"}, True)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("with_execution_manager", "with_local_executor"),
        ("with_remote_executor", "with_execution_manager"),
        ("with_local_executor", "with_local_executor"),
    ],
)
def test_executors_are_chosen_once(first: str, second: str) -> None:
    builder = driver.Builder().enable_dynamic_execution(allow_experimental_mode=True)
    getattr(builder, first)(SynchronousLocalTaskExecutor())
    with pytest.raises(ValueError, match=f"{second} cannot follow {first}"):
        getattr(builder, second)(SynchronousLocalTaskExecutor())


def test_an_adapter_that_does_nothing_is_refused(weeks: ModuleType) -> None:
    for adapter, message in ((object(), "no lifecycle adapter"), (base.DictResult, "is a class")):
        with pytest.raises(ValueError, match=message):
            driver.Driver({}, weeks, adapter=adapter)
    with pytest.raises(ValueError, match="FutureAdapter and DictResult both have build_result"):
        driver.Driver({}, weeks, adapter=[FutureAdapter(), base.DictResult()])


def test_adapters_may_come_as_a_set(weeks: ModuleType) -> None:
    adapters = LifecycleAdapterSet(base.DictResult())
    assert driver.Driver({"region": "us"}, weeks, adapter=adapters).execute(["rate"]) == {"rate": 0.1}


def test_a_validator_that_refuses_stops_the_driver(weeks: ModuleType) -> None:
    class NoFrames:
        def validate_node(self, *, created_node: Any) -> tuple[bool, str | None]:
            return created_node.type is not pd.DataFrame, "a frame"

    with pytest.raises(ValidationException, match="1 errors encountered: weeks: a frame"):
        driver.Builder().with_modules(weeks).with_adapters(NoFrames()).build()


def test_coroutine_hooks_are_left_alone_where_nobody_awaits(weeks: ModuleType) -> None:
    class Waiting:
        async def pre_node_execute(self, **told: Any) -> None:
            raise AssertionError("nobody awaits")

        async def pre_graph_execute(self, **told: Any) -> None:
            raise AssertionError("nobody awaits")

    built = driver.Builder().with_modules(weeks).with_adapters(Waiting()).build()
    assert list(built.execute(["spend"])["spend"]) == [1.0, 8.0]


def test_pictures_take_hamiltons_arguments(weeks: ModuleType, tmp_path: Path) -> None:
    styled: list[tuple[str, str, Any]] = []

    def style(*, node: Any, node_class: str) -> tuple[dict[str, str], str, str | None]:
        styled.append((node.name, node_class, node.tags.get("owner")))
        return {}, node_class, None

    built = driver.Builder().with_modules(weeks).build()
    built.display_all_functions(str(tmp_path / "all.dot"), custom_style_function=style, orient="TB", hide_inputs=True)
    assert ("price", "function", "data") in [(name, "function", owner) for name, _, owner in styled]
    picture = built.visualize_execution(["price"], str(tmp_path / "price.dot"), {"format": "dot"}, {}, {}, {})
    assert "price" in picture.dot
    assert (tmp_path / "price.dot").is_file()


def test_a_driver_travels_by_the_names_of_its_modules(weeks: ModuleType) -> None:
    built = driver.Builder().with_modules(weeks).with_config({"region": "us"}).build()
    assert pickle.loads(pickle.dumps(built)).execute(["rate"]) == {"rate": 0.1}


def test_parallel_blocks_run_in_processes(tmp_path: Path) -> None:
    (tmp_path / "squares.py").write_text(
        textwrap.dedent("""
            from hamilton.htypes import Collect, Parallelizable

            def number(count: int) -> Parallelizable[int]:
                yield from range(count)

            def squared(number: int) -> int:
                return number**2

            def total(squared: Collect[int]) -> int:
                return sum(squared)
        """)
    )
    program = tmp_path / "program.py"
    program.write_text(
        textwrap.dedent("""
            from featurecat.compat import hamilton

            if __name__ == "__main__":
                hamilton.install()
                import squares
                from hamilton import driver
                from hamilton.execution.executors import MultiProcessingExecutor

                builder = driver.Builder().with_modules(squares).enable_dynamic_execution(allow_experimental_mode=True)
                built = builder.with_remote_executor(MultiProcessingExecutor(max_tasks=2)).build()
                print(built.execute(["total"], inputs={"count": 4}))
        """)
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    done = subprocess.run([sys.executable, str(program)], env=environment, capture_output=True, text=True, check=False)
    assert done.stdout == "{'total': 14}\n", done.stderr
