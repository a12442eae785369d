"""The adapters that come with featurecat."""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from featurecat.driver import Builder, Driver
from featurecat.errors import RequestError, RunError
from featurecat.execution.executors import MultiThreadingExecutor
from featurecat.lifecycle import (
    FunctionInputOutputTypeChecker,
    GracefulErrorAdapter,
    NodeTiming,
    NoEdgeAndInputTypeChecking,
    PDBDebugger,
    PrintLn,
    Progress,
    SlowDownYouMoveTooFast,
)
from tests.support.modules import ModuleMaker

Build = Callable[..., Driver]
SOURCE = """
from __future__ import annotations
from collections.abc import Callable
from typing import Any
from featurecat import tag
from featurecat.lifecycle import accept_error_sentinels

@tag(kind="base")
def a(x: int) -> int:
    return x + 1
def b(a: int) -> int:
    return a * 2
def inverse(x: int) -> float:
    return 1 / x
def after(inverse: float) -> float:
    return inverse + 1
@accept_error_sentinels
def report(after: float, b: int) -> str:
    return f"{after} {b}"
"""
BLOCK = """
from featurecat.definition.parallel import Collect, Parallelizable
def e(x: int) -> Parallelizable[int]:
    for item in range(x):
        if item == 3:
            raise KeyError("three")
        yield item
def a(e: int) -> int:
    return 10 // e
def c(a: Collect[int]) -> list:
    return list(a)
"""


@pytest.fixture
def build(make_module: ModuleMaker) -> Build:
    """A driver of a source text with adapters."""

    def driver_of(*adapters: Any, source: str = SOURCE, dynamic: bool = False) -> Driver:
        builder = Builder().with_modules(make_module(source)).with_adapters(*adapters)
        if dynamic:
            builder.enable_dynamic_execution(allow_experimental_mode=True)
            builder.with_remote_executor(MultiThreadingExecutor(2))
        return builder.build()

    return driver_of


# --- printing and timing --------------------------------------------------------------------------------------


def test_println_prints_before_and_after(build: Build) -> None:
    lines: list[str] = []
    build(PrintLn(print_fn=lines.append)).execute(["b"], inputs={"x": 1})
    assert lines[0] == "Executing node: a."
    assert lines[1].startswith("Finished node: a in ")
    assert lines[1].endswith("Status: Success.")
    assert len(lines) == 4


def test_println_prints_values_when_asked(build: Build) -> None:
    lines: list[str] = []
    dr = build(PrintLn(2, lines.append, "inverse"))
    dr.execute(["inverse", "b"], inputs={"x": 2})
    assert lines[0] == "Executing node: inverse. Inputs:\n{'x': 2}"
    assert lines[1].endswith("Result:\n0.5")
    with pytest.raises(RunError):
        dr.execute(["inverse"], inputs={"x": 0})
    assert "Status: Failure. Error:\nZeroDivisionError" in lines[-1]


@pytest.mark.parametrize(
    ("node_filter", "shown"),
    [
        (None, ["a", "b"]),
        ("a", ["a"]),
        (["b"], ["b"]),
        (("a", "b"), ["a", "b"]),
        (lambda name, tags: tags.get("kind") == "base", ["a"]),
    ],
)
def test_filters_say_which_nodes(build: Build, node_filter: Any, shown: list[str]) -> None:
    lines: list[str] = []
    build(PrintLn(print_fn=lines.append, node_filter=node_filter)).execute(["b"], inputs={"x": 1})
    assert [line.split(": ")[1].rstrip(".") for line in lines if line.startswith("Executing")] == shown


def test_what_println_cannot_do() -> None:
    with pytest.raises(RequestError, match="verbosity must be 1 or 2"):
        PrintLn(verbosity=3)
    with pytest.raises(RequestError, match="node_filter cannot be int"):
        PrintLn(node_filter=3)  # type: ignore[arg-type]


def test_timing_adds_up(build: Build) -> None:
    timing = NodeTiming()
    build(timing, source=BLOCK, dynamic=True).execute(["c"], inputs={"x": 3}, overrides={"e": [1, 2, 5]})
    assert timing.calls == {"a": 3, "c": 1}
    assert set(timing.seconds) == {"a", "c"}
    assert {name for name, _ in timing.slowest(1)} <= {"a", "c"}
    assert pickle.loads(pickle.dumps(timing)).calls == {}


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_written_line_by_line_or_over(build: Build) -> None:
    stream = io.StringIO()
    dr = build(Progress(stream))
    dr.execute(["b"], inputs={"x": 1})
    assert stream.getvalue() == "features: 1 of 2 (a)\nfeatures: 2 of 2 (b)\n"
    terminal = _Terminal()
    failing = build(Progress(terminal, label="steps"))
    with pytest.raises(RunError):
        failing.execute(["after"], inputs={"x": 0})
    assert terminal.getvalue() == "\r\x1b[2Ksteps: 1 of 2 (inverse)\nsteps: failed after 1\n"
    assert pickle.loads(pickle.dumps(Progress(stream, "x"))).label == "x"


def test_slowing_down_changes_nothing(build: Build) -> None:
    assert build(SlowDownYouMoveTooFast(0.0, 0.0)).execute(["b"], inputs={"x": 1}) == {"b": 4}


# --- debugging --------------------------------------------------------------------------------------------------


def test_the_debugger_stops_where_it_is_told(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    stops: list[str] = []
    monkeypatch.setattr("sys.breakpointhook", lambda: stops.append("stop"))
    ran: list[Any] = []

    def runcall(function: Any, **named: Any) -> Any:
        ran.append((function.__name__, named))
        return function(**named)

    monkeypatch.setattr("pdb.runcall", runcall)
    dr = build(PDBDebugger("b", before=True, during=True, after=True))
    assert dr.execute(["b"], inputs={"x": 1}) == {"b": 4}
    assert stops == ["stop", "stop"]
    assert ran == [("b", {"a": 2})]
    assert PDBDebugger.CONTEXT["node_name"] == "b"
    assert build(PDBDebugger("b")).execute(["b"], inputs={"x": 1}) == {"b": 4}
    assert len(stops) == 2


# --- types ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("annotation", "text", "fits"),
    [
        ("int", "1", True),
        ("int", "'1'", False),
        ("float", "1", True),
        ("tuple[int, str]", "(1, 'a')", True),
        ("tuple[int, str]", "(1, 2)", False),
        ("dict[str, list[int]]", "{'a': [1]}", True),
        ("dict[str, list[int]]", "{'a': ['b']}", False),
        ("Callable[[int], int]", "len", True),
        ("Callable[[int], int]", "3", False),
        ("int | None", "None", True),
        ("int", "None", False),
        ("None", "None", True),
        ("object", "None", True),
        ("Any", "None", True),
    ],
)
def test_values_are_checked_against_annotations(build: Build, annotation: str, text: str, fits: bool) -> None:
    source = (
        "from collections.abc import Callable\nfrom typing import Any\n"
        f"def made(x: int) -> Any:\n    return {text}\n"
        f"def taken(made: {annotation}) -> int:\n    return 1\n"
        f"def returned(x: int) -> {annotation}:\n    return {text}\n"
    )
    dr = build(FunctionInputOutputTypeChecker(), source=source)
    if fits:
        assert dr.execute(["taken"], inputs={"x": 1}) == {"taken": 1}
        dr.execute(["returned"], inputs={"x": 1})
        return
    with pytest.raises(RunError, match="taken takes made: ") as caught:
        dr.execute(["taken"], inputs={"x": 1})
    assert caught.value.code == "type-mismatch"
    assert caught.value.problems[0].line == 5
    with pytest.raises(RunError, match="returned returned "):
        dr.execute(["returned"], inputs={"x": 1})


def test_one_side_may_be_left_unchecked(build: Build) -> None:
    source = "def made(x: int) -> int:\n    return 'text'\ndef taken(made: int) -> str:\n    return made\n"
    outputs = build(FunctionInputOutputTypeChecker(check_output=False, check_input=False), source=source)
    assert outputs.execute(["taken"], inputs={"x": 1}) == {"taken": "text"}
    with pytest.raises(RunError, match="taken takes made"):
        build(FunctionInputOutputTypeChecker(check_output=False), source=source).execute(["taken"], inputs={"x": 1})
    with pytest.raises(RunError, match="made returned"):
        build(FunctionInputOutputTypeChecker(check_input=False), source=source).execute(["taken"], inputs={"x": 1})


def test_blocks_are_checked_as_well(build: Build) -> None:
    dr = build(FunctionInputOutputTypeChecker(), source=BLOCK, dynamic=True)
    assert dr.execute(["c"], inputs={"x": 1}, overrides={"e": [1, 2]}) == {"c": [10, 5]}


def test_types_may_be_ignored(build: Build) -> None:
    source = "def a(x: int) -> str:\n    return x\ndef b(a: int, x: list) -> int:\n    return a\n"
    assert build(NoEdgeAndInputTypeChecking(), source=source).execute(["b"], inputs={"x": "any"}) == {"b": "any"}


# --- going on ---------------------------------------------------------------------------------------------------


def test_a_failure_has_a_sentinel_for_a_value(build: Build) -> None:
    adapter = GracefulErrorAdapter(ZeroDivisionError, sentinel_value="failed")
    assert build(adapter).execute(["after", "b", "report"], inputs={"x": 0}) == {
        "after": "failed",
        "b": 2,
        "report": "failed 2",
    }
    strict = GracefulErrorAdapter(ZeroDivisionError, "failed", allow_injection=False)
    assert build(strict).execute(["report"], inputs={"x": 0}) == {"report": "failed"}
    with pytest.raises(RunError):
        build(GracefulErrorAdapter(KeyError)).execute(["after"], inputs={"x": 0})


def test_items_before_a_failure_count(build: Build) -> None:
    adapter = GracefulErrorAdapter((KeyError, ZeroDivisionError), sentinel_value=None)
    assert build(adapter, source=BLOCK, dynamic=True).execute(["c"], inputs={"x": 6}) == {"c": [None, 10, 5, None]}
    alone = GracefulErrorAdapter((KeyError, ZeroDivisionError), try_all_parallel=False)
    assert build(alone, source=BLOCK, dynamic=True).execute(["c"], inputs={"x": 6}) == {"c": [None]}


@pytest.mark.parametrize("kind", ["ValueError", 3, (), (ValueError, 3)])
def test_only_exceptions_can_be_caught(kind: Any) -> None:
    with pytest.raises(RequestError, match="error_to_catch must be a kind of exception"):
        GracefulErrorAdapter(kind)
