"""Execution modes, claim by claim: async driver, parallel blocks, materializers, lifecycle hooks; nothing is mocked."""

from __future__ import annotations

import asyncio
import inspect
import io
import json
import os
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest

from featurecat import async_driver, lifecycle
from featurecat.driver import Builder, Driver
from featurecat.errors import DefinitionError, FeaturecatError, RequestError, RunError, StoreError
from featurecat.execution.executors import (
    DefaultExecutionManager,
    MultiProcessingExecutor,
    MultiThreadingExecutor,
    SynchronousLocalTaskExecutor,
    TaskExecutor,
)
from featurecat.io import from_, to
from featurecat.io.adapter_registry import LOADED_FORMATS, SAVED_FORMATS
from featurecat.plan.grouping import (
    GroupByRepeatableBlocks,
    GroupingStrategy,
    GroupNodesAllAsOne,
    GroupNodesByLevel,
    GroupNodesIndividually,
)
from featurecat.testing import assert_features_equal
from tests.plan.test_parallel import HOLES, IMPORTS
from tests.support.modules import ModuleMaker, line_of

STRATEGIES = [GroupByRepeatableBlocks, GroupNodesIndividually, GroupNodesAllAsOne, GroupNodesByLevel]


def dynamic(
    module: ModuleType,
    *adapters: Any,
    remote: TaskExecutor | None = None,
    local: TaskExecutor | None = None,
    strategy: GroupingStrategy | None = None,
) -> Builder:
    """A builder with dynamic execution."""
    builder = Builder().with_modules(module).with_adapters(*adapters)
    builder.enable_dynamic_execution(allow_experimental_mode=True)
    builder.with_remote_executor(remote or SynchronousLocalTaskExecutor())
    if local is not None:
        builder.with_local_executor(local)
    return builder if strategy is None else builder.with_grouping_strategy(strategy)


# --- the async driver and its builder -------------------------------------------------------------

SERVICE = """
import asyncio
import pandas as pd

MEETING = []

async def price(item: str) -> float:
    await MEETING[-1].wait()
    return float(len(item))

async def stock(item: str) -> int:
    await MEETING[-1].wait()
    return 7

def label(item: str) -> str:
    return item.upper()

def worth(price: float, stock: int) -> float:
    return price * stock

async def weekly(spend: pd.Series) -> pd.Series:
    await asyncio.sleep(0)
    return spend * 2
"""


@pytest.mark.parametrize("made_by", ["builder", "builder without init", "class"])
def test_the_async_driver_awaits_together_what_waits(make_module: ModuleMaker, made_by: str) -> None:
    """Both coroutines stand at one barrier: one after the other they would never pass it."""
    module = make_module(SERVICE)

    async def serve() -> Any:
        module.MEETING.append(asyncio.Barrier(2))
        if made_by == "builder":
            driver = await async_driver.Builder().with_modules(module).build()
        elif made_by == "class":
            driver = await async_driver.AsyncDriver({}, module, default_result="dict").ainit()
        else:
            driver = async_driver.Builder().with_modules(module).build_without_init()
        async with asyncio.timeout(20):
            return await driver.execute(["worth", "label"], inputs={"item": "tea"})

    assert asyncio.run(serve()) == {"worth": 21.0, "label": "TEA"}


def test_calls_of_the_async_driver_overlap(make_module: ModuleMaker) -> None:
    module = make_module(SERVICE)

    async def serve() -> list[Any]:
        module.MEETING.append(asyncio.Barrier(6))
        driver = await async_driver.Builder().with_modules(module).build()
        async with asyncio.timeout(20):
            return await asyncio.gather(
                *(driver.execute(["worth"], inputs={"item": item}) for item in ("a", "bb", "ccc"))
            )

    assert asyncio.run(serve()) == [{"worth": 7.0}, {"worth": 14.0}, {"worth": 21.0}]


def test_the_async_driver_builds_results_and_raises_like_the_other(make_module: ModuleMaker) -> None:
    module = make_module(SERVICE)
    spend = pd.Series([1.0, 2.0])
    driver = async_driver.AsyncDriver({}, module)
    made = asyncio.run(driver.execute(["weekly"], inputs={"spend": spend}))
    assert made.columns.tolist() == ["weekly"]
    assert made["weekly"].tolist() == [2.0, 4.0]
    with pytest.raises(RequestError, match="the input 'item' was not given"):
        asyncio.run(driver.execute(["label"]))
    with pytest.raises(RequestError, match="weekly is an async function, and this driver does not wait"):
        Builder().with_modules(module).build().execute(["weekly"], inputs={"spend": spend})


@pytest.mark.parametrize("method", ["enable_dynamic_execution", "with_materializers", "with_adapter"])
def test_what_the_async_builder_cannot_do_is_said(method: str) -> None:
    with pytest.raises(FeaturecatError, match="the async driver does not support") as caught:
        getattr(async_driver.Builder(), method)()
    assert caught.value.problems[0].code == "unsupported"
    assert caught.value.problems[0].hint


# --- Parallelizable and Collect -------------------------------------------------------------------

BLOCK = (
    IMPORTS
    + """
import pandas as pd
import polars as pl

def word(text: str) -> Parallelizable[str]:
    yield from text.split()

def weight() -> int:
    return 10

def length(word: str, weight: int) -> int:
    return len(word) * weight

def row(word: str, length: int) -> pd.DataFrame:
    return pd.DataFrame({"word": [word], "length": [length]})

def polars_row(word: str, length: int) -> pl.DataFrame:
    return pl.DataFrame({"word": [word], "length": [length]})

def lengths(length: Collect[int]) -> list[int]:
    return list(length)

def words(word: Collect[str]) -> list[str]:
    return list(word)

def longest(lengths: list[int], words: list[str]) -> str:
    return words[lengths.index(max(lengths))]

def share(length: int, lengths: list[int]) -> float:
    return length / sum(lengths)

def shares(share: Collect[float]) -> list[float]:
    return [round(one, 3) for one in share]

def rows(row: Collect[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(list(row), ignore_index=True)

def polars_rows(polars_row: Collect[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(list(polars_row))
"""
)
TEXT = "delta a ccc bb eeee"
LENGTHS = [50, 10, 30, 20, 40]


def places() -> dict[str, dict[str, TaskExecutor]]:
    """Where tasks may run: the executors for blocks, and in one case for everything else, too."""
    return {
        "here": {"remote": SynchronousLocalTaskExecutor()},
        "threads": {"remote": MultiThreadingExecutor(3)},
        "only threads": {"remote": MultiThreadingExecutor(3), "local": MultiThreadingExecutor(2)},
        "processes": {"remote": MultiProcessingExecutor(2)},
    }


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("place", places())
def test_strategies_and_executors_give_the_same_in_the_order_of_the_items(
    make_module: ModuleMaker, place: str, strategy: type[GroupingStrategy]
) -> None:
    driver = dynamic(make_module(BLOCK), **places()[place], strategy=strategy()).build()
    wanted = ["lengths", "words", "longest", "shares", "rows", "polars_rows"]
    made = driver.execute(wanted, inputs={"text": TEXT})
    assert list(made) == wanted
    assert (made["lengths"], made["words"], made["longest"]) == (LENGTHS, TEXT.split(), "delta")
    assert made["shares"] == [round(length / 150, 3) for length in LENGTHS]
    assert made["rows"].to_dict("list") == {"word": TEXT.split(), "length": LENGTHS}
    assert_features_equal(made["rows"], made["polars_rows"])


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_the_order_is_that_of_the_items_and_not_of_the_ends(
    make_module: ModuleMaker, strategy: type[GroupingStrategy]
) -> None:
    """In threads the first item ends last."""
    module = make_module(
        IMPORTS
        + "import threading\nLAST = threading.Event()\n"
        + "def e() -> Parallelizable[int]:\n    yield from (5, 3, 9)\n"
        + "def a(e: int) -> int:\n"
        + "    assert e == 9 or LAST.wait(20)\n    if e == 9:\n        LAST.set()\n    return e\n"
        + "def c(a: Collect[int]) -> list:\n    return list(a)\n"
    )
    driver = dynamic(module, remote=MultiThreadingExecutor(3), strategy=strategy()).build()
    assert driver.execute(["c"]) == {"c": [5, 3, 9]}


def test_processes_are_other_processes_and_threads_other_threads(make_module: ModuleMaker) -> None:
    module = make_module(
        IMPORTS
        + "import os, threading\ndef e() -> Parallelizable[int]:\n    yield from range(2)\n"
        + "def a(e: int) -> tuple:\n    return os.getpid(), threading.current_thread().name\n"
        + "def c(a: Collect[tuple]) -> list:\n    return list(a)\n"
    )

    def where(executor: TaskExecutor) -> list[Any]:
        return dynamic(module, remote=executor).build().execute(["c"])["c"]

    here = (os.getpid(), threading.current_thread().name)
    assert where(SynchronousLocalTaskExecutor()) == [here, here]
    assert {process for process, _ in where(MultiThreadingExecutor(2))} == {os.getpid()}
    assert here[1] not in {thread for _, thread in where(MultiThreadingExecutor(2))}
    assert os.getpid() not in {process for process, _ in where(MultiProcessingExecutor(1))}


def test_an_execution_manager_chooses(make_module: ModuleMaker) -> None:
    manager = DefaultExecutionManager(SynchronousLocalTaskExecutor(), MultiThreadingExecutor(2))
    builder = Builder().with_modules(make_module(BLOCK)).enable_dynamic_execution(allow_experimental_mode=True)
    driver = builder.with_execution_manager(manager).build()
    assert driver.execute(["lengths"], inputs={"text": TEXT}) == {"lengths": LENGTHS}


def _plain(module: ModuleType) -> Any:
    return Builder().with_modules(module).build()


def _dynamic(module: ModuleType) -> Any:
    return dynamic(module).build()


def _awaiting(module: ModuleType) -> Any:
    return async_driver.Builder().with_modules(module).build_without_init()


@pytest.mark.parametrize("build", [_plain, _dynamic, _awaiting, lambda module: Driver({}, module)])
@pytest.mark.parametrize("hole", HOLES)
def test_what_cannot_run_is_refused_by_every_way_to_build(
    make_module: ModuleMaker, hole: str, build: Callable[[ModuleType], Any]
) -> None:
    source, line, message = HOLES[hole]
    module = make_module(IMPORTS + source)
    with pytest.raises(DefinitionError) as caught:
        build(module)
    (problem,) = [one for one in caught.value.problems if one.code == "parallel-block"]
    assert problem.message == message
    assert (problem.file, problem.line) == (module.__file__, line_of(module, line))
    assert problem.hint


def test_a_value_within_a_block_is_refused_before_anything_runs(make_module: ModuleMaker) -> None:
    module = make_module(BLOCK.replace("yield from text.split()", "raise AssertionError('it ran')"))
    driver = dynamic(module).build()
    for ask in (driver.execute, driver.validate_execution):
        with pytest.raises(RequestError) as caught:
            ask(["length"], inputs={"text": TEXT})
        (problem,) = caught.value.problems
        assert problem.message == "'length' is computed once per item of word, so there is no one value to return"
        assert problem.hint == "ask for lengths, which collects it"
        assert (problem.file, problem.line) == (module.__file__, line_of(module, "def length"))


# --- materialize: to and from_ --------------------------------------------------------------------

FRAMES = {
    "pandas": "import pandas as pd\ndef kept(weeks: pd.DataFrame) -> pd.DataFrame:\n    return weeks\n"
    "def spend(kept: pd.DataFrame) -> pd.Series:\n    return kept['spend']\n",
    "polars": "import polars as pl\ndef kept(weeks: pl.DataFrame) -> pl.DataFrame:\n    return weeks\n"
    "def spend(kept: pl.DataFrame) -> pl.Series:\n    return kept['spend']\n",
}
WEEKS = {"week": [1, 2, 3], "spend": [1.5, 2.25, 0.1 + 0.2], "code": ["AA", "B", "it's"]}
FILES = ("csv", "excel", "feather", "json", "ndjson", "orc", "parquet", "pickle")


def weeks_of(library: str) -> Any:
    return pd.DataFrame(WEEKS) if library == "pandas" else pl.DataFrame(WEEKS)


@pytest.mark.parametrize("library", FRAMES)
@pytest.mark.parametrize("name", FILES)
def test_files_make_the_round_trip(make_module: ModuleMaker, tmp_path: Path, name: str, library: str) -> None:
    driver = Builder().with_modules(make_module(FRAMES[library])).build()
    path = tmp_path / ("weeks.xlsx" if name == "excel" else f"weeks.{name}")
    metadata, _ = driver.materialize(
        getattr(to, name)(id="saved", dependencies=["kept"], path=path), inputs={"weeks": weeks_of(library)}
    )
    assert metadata["saved"]["file_metadata"]["size"] == path.stat().st_size
    loaded = getattr(from_, name)(target="weeks", path=path)
    _, values = driver.materialize(loaded, additional_vars=["kept", "spend"])
    assert type(values["kept"]) is type(weeks_of(library))
    assert_features_equal(values["kept"], weeks_of(library))
    assert list(values["spend"]) == pytest.approx(WEEKS["spend"], rel=1e-14)  # Excel keeps fifteen digits


@pytest.mark.parametrize("library", FRAMES)
@pytest.mark.parametrize("name", ["sqlite", "duckdb file", "duckdb connection", "address"])
def test_databases_make_the_round_trip(make_module: ModuleMaker, tmp_path: Path, name: str, library: str) -> None:
    driver = Builder().with_modules(make_module(FRAMES[library])).build()
    with closing(duckdb.connect()) as connection:
        where = {
            "sqlite": {"path": tmp_path / "weeks.sqlite"},
            "duckdb file": {"connection": tmp_path / "weeks.duckdb"},
            "duckdb connection": {"connection": connection},
            "address": {"connection": f"sqlite:///{tmp_path}/weeks.sqlite"},
        }[name]
        word = "sqlite" if name == "sqlite" else "sql"
        saver = getattr(to, word)(id="saved", dependencies=["kept"], table="weeks", **where)
        driver.materialize(saver, inputs={"weeks": weeks_of(library)})
        whole = getattr(from_, word)(target="weeks", table="weeks", **where)
        _, values = driver.materialize(whole, additional_vars=["kept"])
        assert_features_equal(values["kept"], weeks_of(library))
        part = getattr(from_, word)(target="weeks", query="SELECT spend FROM weeks WHERE week > 1", **where)
        assert list(driver.materialize(part, additional_vars=["spend"])[1]["spend"]) == WEEKS["spend"][1:]


OBJECTS = """
import numpy as np
def document(given: dict) -> dict:
    return given
def matrix(grid: np.ndarray) -> np.ndarray:
    return grid * 2
def text(words: str) -> str:
    return words
"""


@pytest.mark.parametrize("name", ["json", "yaml", "pickle"])
def test_documents_make_the_round_trip(make_module: ModuleMaker, tmp_path: Path, name: str) -> None:
    driver = Builder().with_modules(make_module(OBJECTS)).build()
    given = {"weeks": [1, 2], "name": "spend", "share": 0.25, "none": None}
    path = tmp_path / f"document.{name}"
    driver.materialize(getattr(to, name)(id="saved", dependencies=["document"], path=path), inputs={"given": given})
    loaded = getattr(from_, name)(target="given", path=path)
    assert driver.materialize(loaded, additional_vars=["document"]) == ({}, {"document": given})


def test_arrays_texts_and_what_needs_no_file(
    make_module: ModuleMaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = Builder().with_modules(make_module(OBJECTS)).build()
    array, text = tmp_path / "grid.npy", tmp_path / "words.txt"
    driver.materialize(
        to.npy(id="array", dependencies=["matrix"], path=array),
        to.file(id="text_file", dependencies=["text"], path=text),
        inputs={"grid": np.array([[1, 2]]), "words": "a b"},
    )
    monkeypatch.setenv("SHOP_REGION", "US")
    metadata, values = driver.materialize(
        from_.npy(target="grid", path=array),
        from_.file(target="words", path=text),
        from_.environment(target="given", names=["SHOP_REGION"]),
        to.memory(id="held", dependencies=["text"]),
        additional_vars=["matrix", "document"],
    )
    assert metadata == {"held": "a b"}
    assert values["matrix"].tolist() == [[4, 8]]
    assert values["document"] == {"SHOP_REGION": "US"}
    assert driver.materialize(from_.literal(target="words", value="c"), additional_vars=["text"])[1] == {"text": "c"}


def test_every_format_has_its_round_trip() -> None:
    """A format that comes new needs a test here."""
    alone = {"environment", "literal", "memory", "npy", "file", "yaml", "json", "pickle"}
    assert {*LOADED_FORMATS, *SAVED_FORMATS} == {*FILES, "sql", "sqlite", *alone}


def test_what_is_not_there_is_a_clear_error(make_module: ModuleMaker, tmp_path: Path) -> None:
    driver = Builder().with_modules(make_module(FRAMES["pandas"])).build()
    with pytest.raises((StoreError, RunError), match="nowhere.csv"):
        driver.materialize(from_.csv(target="weeks", path=tmp_path / "nowhere.csv"), additional_vars=["kept"])
    with pytest.raises(DefinitionError, match="there is no feature or input 'week'"):
        driver.materialize(from_.csv(target="week", path="weeks.csv"), additional_vars=["kept"])


# --- materializers and blocks ---------------------------------------------------------------------


@pytest.mark.parametrize("given_to", ["builder", "driver"])
def test_blocks_load_and_save(make_module: ModuleMaker, tmp_path: Path, given_to: str) -> None:
    path, out = tmp_path / "text.txt", tmp_path / "lengths.json"
    path.write_text(TEXT)
    materializers = [
        from_.file(target="text", path=path),
        to.json(id="saved", dependencies=["lengths"], path=out),
    ]
    builder = dynamic(make_module(BLOCK), remote=MultiThreadingExecutor(2))
    if given_to == "builder":
        builder.with_materializers(*materializers).build().execute(["saved"])
    else:
        _, values = builder.build().materialize(*materializers, additional_vars=["words"])
        assert values == {"words": TEXT.split()}
    assert json.loads(out.read_text()) == LENGTHS


@pytest.mark.parametrize("given_to", ["builder", "driver"])
def test_a_grown_graph_is_checked_for_blocks_again(make_module: ModuleMaker, given_to: str) -> None:
    """Loading what is computed once per item leaves nothing to collect."""
    module = make_module(BLOCK)
    loading = from_.literal(target="length", value=3)
    with pytest.raises(DefinitionError) as caught:
        if given_to == "builder":
            dynamic(module).with_materializers(loading).build()
        else:
            dynamic(module).build().materialize(loading, additional_vars=["lengths"])
    problem = caught.value.problems[0]
    assert (problem.code, problem.feature) == ("parallel-block", "lengths")
    assert problem.message.startswith("lengths collects 'length', which is not computed once per item")
    assert (problem.file, problem.line) == (module.__file__, line_of(module, "def lengths"))


def test_what_is_computed_once_per_item_is_not_saved(make_module: ModuleMaker, tmp_path: Path) -> None:
    driver = dynamic(make_module(BLOCK)).build()
    saving = to.pickle(id="saved", dependencies=["length"], path=tmp_path / "one")
    for ask in (driver.materialize, driver.validate_materialization):
        with pytest.raises(RequestError, match="'saved' is computed once per item of word"):
            ask(saving, inputs={"text": TEXT})
    assert not (tmp_path / "one").exists()


class NoteGraphs(lifecycle.GraphConstructionHook, lifecycle.StaticValidator):
    """Notes the graphs it is told of, and may refuse one."""

    def __init__(self, refused: str = "") -> None:
        self.refused = refused
        self.told: list[set[str]] = []

    def run_after_graph_construction(self, *, graph: Any, config: Any, **future_kwargs: Any) -> None:
        self.told.append(set(graph.nodes))

    def run_to_validate_node(self, *, node: Any, **future_kwargs: Any) -> tuple[bool, str | None]:
        return node.name != self.refused, "not here"

    def run_to_validate_graph(self, *, graph: Any, **future_kwargs: Any) -> tuple[bool, str | None]:
        return True, None


def test_hooks_and_validators_see_the_grown_graph(make_module: ModuleMaker) -> None:
    module, hook = make_module(BLOCK), NoteGraphs()
    saving = to.memory(id="held", dependencies=["lengths"])
    dynamic(module, hook).with_materializers(saving).build()
    assert "held" in hook.told[-1]
    other = NoteGraphs()
    driver = dynamic(module, other).build()
    driver.materialize(saving, inputs={"text": "a"})
    assert ["held" in graph for graph in other.told] == [False, True]
    assert "held" not in driver.graph.nodes
    strict = NoteGraphs("held")
    with pytest.raises(DefinitionError, match="NoteGraphs refuses held: not here"):
        dynamic(module, strict).with_materializers(saving).build()
    with pytest.raises(DefinitionError, match="NoteGraphs refuses held: not here"):
        dynamic(module, NoteGraphs("held")).build().materialize(saving, inputs={"text": "a"})


# --- lifecycle hooks ------------------------------------------------------------------------------


def noting(*protocols: type, skipped: tuple[str, ...] = ()) -> Any:
    """A hook with every method of some protocols; what it is told is noted, in order, in its list ``notes``."""
    notes: list[str] = []
    methods: dict[str, Any] = {}
    for protocol in protocols:
        for name, function in vars(protocol).items():
            if name.startswith("run_") and name not in skipped:
                methods[name] = _noted(name, notes, waiting=inspect.iscoroutinefunction(function))
    return type("Noting", (), {**methods, "notes": notes})()


def _noted(name: str, notes: list[str], *, waiting: bool) -> Any:
    short = name.removeprefix("run_").removesuffix("_execution")

    def note(self: Any, **facts: Any) -> None:
        about = facts.get("node_name") or facts.get("task_id")
        notes.append(f"{short} {about}" if about else short)

    async def note_waiting(self: Any, **facts: Any) -> None:
        await asyncio.sleep(0)
        note(self, **facts)

    return note_waiting if waiting else note


CHAIN = "def a(x: int) -> int:\n    return x + 1\ndef b(a: int) -> int:\n    return a * 2\n"
IN_ORDER = [
    "after_graph_construction",
    "before_graph",
    "before_node a",
    "after_node a",
    "before_node b",
    "after_node b",
    "after_graph",
]


def test_hooks_are_called_in_their_order(make_module: ModuleMaker) -> None:
    hook = noting(lifecycle.GraphConstructionHook, lifecycle.GraphExecutionHook, lifecycle.NodeExecutionHook)
    driver = Builder().with_modules(make_module(CHAIN)).with_adapters(hook).build()
    assert driver.execute(["b"], inputs={"x": 1}) == {"b": 4}
    assert hook.notes == IN_ORDER


def test_hooks_that_wait_are_called_in_the_same_order(make_module: ModuleMaker) -> None:
    module = make_module(CHAIN.replace("def a", "async def a"))
    waiting = noting(
        lifecycle.AsyncGraphConstructionHook, lifecycle.AsyncGraphExecutionHook, lifecycle.AsyncNodeExecutionHook
    )
    plain = noting(lifecycle.GraphConstructionHook, lifecycle.GraphExecutionHook, lifecycle.NodeExecutionHook)

    async def serve() -> Any:
        driver = await async_driver.Builder().with_modules(module).with_adapters(waiting, plain).build()
        return await driver.execute(["b"], inputs={"x": 1})

    assert asyncio.run(serve()) == {"b": 4}
    assert waiting.notes == plain.notes == IN_ORDER


@pytest.mark.parametrize("remote", [SynchronousLocalTaskExecutor(), MultiThreadingExecutor(1)], ids=["here", "threads"])
def test_hooks_of_tasks_are_called_in_their_order(make_module: ModuleMaker, remote: TaskExecutor) -> None:
    module = make_module(
        IMPORTS
        + "def e() -> Parallelizable[int]:\n    yield 1\n"
        + "def a(e: int) -> int:\n    return e\ndef c(a: Collect[int]) -> int:\n    return sum(a)\n"
    )
    hook = noting(
        lifecycle.GraphConstructionHook,
        lifecycle.GraphExecutionHook,
        lifecycle.TaskGroupingHook,
        lifecycle.TaskSubmissionHook,
        lifecycle.TaskExecutionHook,
        lifecycle.TaskReturnHook,
        lifecycle.NodeExecutionHook,
    )
    assert dynamic(module, hook, remote=remote).build().execute(["c"]) == {"c": 1}

    def task(identity: str, node: str) -> list[str]:
        steps = ["before_task_submission", "before_task", f"before_node {node}", f"after_node {node}"]
        steps += ["after_task", "after_task_return"]
        return [step if "node" in step else f"{step} {identity}" for step in steps]

    assert hook.notes == [
        "after_graph_construction",
        "before_graph",
        "after_task_grouping",
        *task("expand-e", "e"),
        "after_task_expansion expand-e",
        *task("expand-e.0.block-e", "a"),
        *task("collect-e", "c"),
        "after_graph",
    ]


def test_hooks_of_the_end_are_called_after_a_failure(make_module: ModuleMaker) -> None:
    source = "def broken(x: int) -> int:\n    raise ValueError('bad')\n"
    hook = noting(lifecycle.GraphExecutionHook, lifecycle.NodeExecutionHook)
    with pytest.raises(RunError, match="broken raised ValueError: bad"):
        Builder().with_modules(make_module(source)).with_adapters(hook).build().execute(["broken"], inputs={"x": 1})
    assert hook.notes == ["before_graph", "before_node broken", "after_node broken", "after_graph"]
    waiting = noting(lifecycle.AsyncGraphExecutionHook, lifecycle.AsyncNodeExecutionHook)
    driver = async_driver.Builder().with_modules(make_module(source)).with_adapters(waiting).build_without_init()
    with pytest.raises(RunError, match="broken raised ValueError: bad"):
        asyncio.run(driver.execute(["broken"], inputs={"x": 1}))
    assert waiting.notes == hook.notes


# --- the hooks that are shipped -------------------------------------------------------------------

SHIPPED = {
    "FunctionInputOutputTypeChecker": lifecycle.FunctionInputOutputTypeChecker,
    "GracefulErrorAdapter": lambda: lifecycle.GracefulErrorAdapter(error_to_catch=ValueError),
    "NodeTiming": lifecycle.NodeTiming,
    "NoEdgeAndInputTypeChecking": lifecycle.NoEdgeAndInputTypeChecking,
    "PDBDebugger": lambda: lifecycle.PDBDebugger("nothing"),
    "PrintLn": lambda: lifecycle.PrintLn(print_fn=[].append),
    "Progress": lambda: lifecycle.Progress(io.StringIO()),
    "SlowDownYouMoveTooFast": lambda: lifecycle.SlowDownYouMoveTooFast(0.0),
}


def test_every_shipped_hook_is_tried_here() -> None:
    protocols = ("Hook", "Method", "Validator", "ResultBuilder", "accept_error_sentinels")
    assert {name for name in lifecycle.__all__ if not name.endswith(protocols)} == SHIPPED.keys()


#: In processes one hook that keeps and one that checks stand for all: a process takes its time.
IN_MODES = [
    *((name, mode) for name in SHIPPED for mode in ("flat", "here", "threads", "awaiting")),
    ("NodeTiming", "processes"),
    ("FunctionInputOutputTypeChecker", "processes"),
]


@pytest.mark.parametrize(("name", "mode"), IN_MODES)
def test_shipped_hooks_change_no_result_in_any_mode(make_module: ModuleMaker, name: str, mode: str) -> None:
    module, hook = make_module(BLOCK + CHAIN), SHIPPED[name]()
    if mode in ("flat", "awaiting"):
        builder = (Builder if mode == "flat" else async_driver.Builder)().with_modules(module).with_adapters(hook)
        if mode == "flat":
            made = builder.build().execute(["b"], inputs={"x": 1})
        else:
            made = asyncio.run(builder.build_without_init().execute(["b"], inputs={"x": 1}))  # type: ignore[attr-defined]
        assert made == {"b": 4}
        return
    driver = dynamic(module, hook, **places()[mode]).build()
    assert driver.execute(["lengths", "shares"], inputs={"text": TEXT})["lengths"] == LENGTHS


@pytest.fixture
def failing(make_module: ModuleMaker) -> ModuleType:
    """Items of which one cannot be computed, and one has another type than is said."""
    return make_module(
        IMPORTS
        + "from featurecat.lifecycle import accept_error_sentinels\n"
        + "def e(items: list) -> Parallelizable[int]:\n    yield from items\n"
        + "def a(e: int) -> int:\n    return 12 // e if e != 4 else 'four'\n"
        + "@accept_error_sentinels\ndef c(a: Collect[int]) -> list:\n    return list(a)\n"
    )


def test_what_shipped_hooks_do_around_blocks(failing: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(hook: Any, items: list[int]) -> Any:
        return dynamic(failing, hook, remote=MultiThreadingExecutor(2)).build().execute(["c"], inputs={"items": items})

    timing = lifecycle.NodeTiming()
    assert run(timing, [1, 2, 3]) == {"c": [12, 6, 4]}
    assert timing.calls == {"e": 1, "a": 3, "c": 1}
    lines: list[str] = []
    run(lifecycle.PrintLn(print_fn=lines.append, node_filter="a"), [1, 2])
    assert sum(line.startswith("Finished node: expand-e.") and ".block-e:a in " in line for line in lines) == 2
    stream = io.StringIO()
    run(lifecycle.Progress(stream), [1, 2])
    assert "3 of 3" in stream.getvalue()
    graceful = lifecycle.GracefulErrorAdapter(error_to_catch=ZeroDivisionError, sentinel_value=None)
    assert run(graceful, [1, 0, 3]) == {"c": [12, None, 4]}
    with pytest.raises(RunError, match="four|str"):
        run(lifecycle.FunctionInputOutputTypeChecker(), [4])
    stops: list[int] = []
    monkeypatch.setattr("sys.breakpointhook", lambda: stops.append(1))
    run(lifecycle.PDBDebugger("a", before=True), [1, 2])
    assert stops == [1, 1]


def test_edges_that_do_not_fit_may_be_let_through(make_module: ModuleMaker) -> None:
    module = make_module("def a(x: int) -> int:\n    return x\ndef b(a: str) -> str:\n    return str(a)\n")
    with pytest.raises(DefinitionError, match="b takes a: str, but a is int"):
        Builder().with_modules(module).build()
    driver = Builder().with_modules(module).with_adapters(lifecycle.NoEdgeAndInputTypeChecking()).build()
    assert driver.execute(["b"], inputs={"x": "3"}) == {"b": "3"}
