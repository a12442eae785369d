"""The run loop: calls, release of values, alignment, hooks, and what an error says."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from typing import Any

import pandas as pd
import polars as pl
import pytest

from featurecat import driver
from featurecat.definition.node import Node
from featurecat.errors import AlignmentError, ExpectationError, RequestError, StepError
from featurecat.execution.hooks import Hook, Timing
from featurecat.execution.run import Program
from featurecat.plan.planner import Plan, make_plan
from tests.support.modules import ModuleMaker, line_of

Build = Callable[..., driver.Driver]
IMPORTS = """
from __future__ import annotations
import pandas as pd
import polars as pl
from featurecat import check_output, extract_columns, feature, group, parameterize, source, value
"""


@pytest.fixture
def build(make_module: ModuleMaker) -> Build:
    """A driver (with dictionaries as results) of a source text."""

    def driver_of(source: str, *adapters: Any) -> driver.Driver:
        return driver.Builder().with_modules(make_module(IMPORTS + source)).with_adapters(*adapters).build()

    return driver_of


# --- calls ----------------------------------------------------------------------------------------------


def test_every_kind_of_parameter_gets_its_value(build: Build) -> None:
    dr = build(
        """
def none() -> int:
    return 0
def one(none: int) -> int:
    return none + 1
def three(none: int, one: int, x: int) -> tuple:
    return none, one, x
def many(none: int, one: int, x: int, y: int = 5, /, z: int = 6, *, w: int, v: int = 8) -> tuple:
    return none, one, x, y, z, w, v
def only_keywords(*, w: int, x: int = 4) -> tuple:
    return w, x
"""
    )
    inputs = {"x": 2, "w": 7}
    assert dr.execute(["three", "many", "only_keywords"], inputs=inputs) == {
        "three": (0, 1, 2),
        "many": (0, 1, 2, 5, 6, 7, 8),
        "only_keywords": (7, 2),
    }
    assert dr.execute(["many"], inputs=inputs | {"y": 50, "v": 80}) == {"many": (0, 1, 2, 50, 6, 7, 80)}


def test_each_node_runs_once_and_only_if_needed(make_module: ModuleMaker) -> None:
    module = make_module(
        """
        CALLS = []
        def base(x: int) -> int:
            CALLS.append("base")
            return x
        def left(base: int) -> int:
            CALLS.append("left")
            return base
        def right(base: int) -> int:
            CALLS.append("right")
            return base
        def both(left: int, right: int) -> int:
            return left + right
        """
    )
    dr = driver.Builder().with_modules(module).build()
    assert dr.execute(["both", "left"], inputs={"x": 1}) == {"both": 2, "left": 1}
    assert sorted(module.CALLS) == ["base", "left", "right"]
    module.CALLS.clear()
    assert dr.execute(["both"], inputs={"x": 1}, overrides={"left": 5}) == {"both": 6}
    assert sorted(module.CALLS) == ["base", "right"]
    module.CALLS.clear()
    assert dr.execute(["both"], overrides={"left": 5, "right": 6}) == {"both": 11}
    assert module.CALLS == []


def test_a_program_runs_many_times_with_different_values(build: Build) -> None:
    dr = build("def doubled(x: int, times: int = 2) -> int:\n    return x * times\n")
    program = Program(make_plan(dr.graph, ["doubled"], given=["x"]))
    assert [program.run({"x": x}) for x in (1, 2)] == [{"doubled": 2}, {"doubled": 4}]


def test_a_chain_longer_than_the_stack(build: Build) -> None:
    dr = build(
        "".join(
            f"def n{number}(n{number - 1}: int) -> int:\n    return n{number - 1} + 1\n" for number in range(1, 3_001)
        )
    )
    assert dr.execute(["n3000"], inputs={"n0": 0}) == {"n3000": 3_000}


# --- release --------------------------------------------------------------------------------------------

RELEASE = """
import weakref
ALIVE = {}
class Big:
    pass
def _made(name):
    big = Big()
    ALIVE[name] = weakref.ref(big)
    return big
def _seen():
    return sorted(name for name, reference in ALIVE.items() if reference() is not None)
SEEN = {}
"""


def test_values_die_after_their_last_use(make_module: ModuleMaker) -> None:
    module = make_module(
        RELEASE
        + """
def first(x: int) -> Big:
    return _made("first")
def second(first: Big) -> Big:
    return _made("second")
def third(second: Big) -> Big:
    SEEN["third"] = _seen()
    return _made("third")
def fourth(third: Big) -> Big:
    SEEN["fourth"] = _seen()
    return _made("fourth")
"""
    )
    gc.disable()
    try:
        result = driver.Builder().with_modules(module).build().execute(["second", "fourth"], inputs={"x": 1})
    finally:
        gc.enable()
    assert module.SEEN == {"third": ["second"], "fourth": ["second", "third"]}
    assert module._seen() == ["fourth", "second"]
    del result
    assert module._seen() == []


def test_values_with_several_consumers_live_until_the_last(make_module: ModuleMaker) -> None:
    module = make_module(
        RELEASE
        + """
def shared(x: int) -> Big:
    return _made("shared")
def left(shared: Big) -> int:
    return 1
def right(shared: Big, left: int) -> int:
    SEEN["right"] = _seen()
    return 2
def last(right: int, left: int) -> int:
    SEEN["last"] = _seen()
    return 3
def idle(shared: Big) -> int:
    return 4
"""
    )
    driver.Builder().with_modules(module).build().execute(["last"], inputs={"x": 1})
    assert module.SEEN == {"right": ["shared"], "last": []}


@pytest.mark.parametrize("watched", [False, True])
def test_given_values_are_not_kept_by_the_driver(build: Build, watched: bool) -> None:
    dr = build(
        "def rows(x: pd.Series, y: pd.Series) -> int:\n    return len(x + y)\n", *([Timing()] if watched else [])
    )
    given = pd.Series([1.0])
    reference = weakref.ref(given)
    assert dr.execute(["rows"], inputs={"x": given, "y": pd.Series([2.0])}) == {"rows": 1}
    del given
    gc.collect()
    assert reference() is None


# --- alignment --------------------------------------------------------------------------------------------


def test_shifted_indexes_raise_instead_of_giving_gaps(build: Build) -> None:
    dr = build("def c(a: pd.Series, b: pd.Series) -> pd.Series:\n    return a + b\n")
    a, b = pd.Series([1, 2, 3]), pd.Series([1, 2, 3], index=[1, 2, 3])
    with pytest.raises(AlignmentError) as caught:
        dr.execute(["c"], inputs={"a": a, "b": b})
    (problem,) = caught.value.problems
    assert problem.message == "c: 'a' (3 rows) and 'b' (3 rows) do not share their index"
    assert problem.details == ("first difference at position 0: 0 against 1",)
    assert (problem.code, problem.line) == ("alignment", 6)
    assert 'align="outer"' in (problem.hint or "")
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    ("library", "made", "message"),
    [
        ("pd", pd.Series, "'a' (3 rows) and 'b' (2 rows) do not share their index"),
        ("pl", pl.Series, "'a' has 3 rows, 'b' has 2"),
    ],
)
def test_different_lengths_raise_on_both_engines(build: Build, library: str, made: type, message: str) -> None:
    dr = build(f"def c(a: {library}.Series, b: {library}.Series) -> {library}.Series:\n    return a\n")
    with pytest.raises(AlignmentError) as caught:
        dr.execute(["c"], inputs={"a": made([1, 2, 3]), "b": made([1, 2])})
    assert caught.value.problems[0].message == f"c: {message}"


def test_a_step_that_changes_length_is_found_where_it_meets_the_others(build: Build) -> None:
    dr = build(
        """
def kept(a: pd.Series) -> pd.Series:
    return a[a > 1]
def c(a: pd.Series, kept: pd.Series) -> pd.Series:
    return a + kept
"""
    )
    with pytest.raises(AlignmentError, match="'a' .3 rows. and 'kept' .2 rows. do not share"):
        dr.execute(["c"], inputs={"a": pd.Series([1, 2, 3])})


@pytest.mark.parametrize(("how", "total"), [("outer", {0: None, 1: 12, 2: None}), ("inner", {1: 12})])
@pytest.mark.parametrize("decorator", ["", "@check_output(range=(0, 99))\n"])
def test_alignment_may_be_asked_for(build: Build, how: str, total: dict[int, Any], decorator: str) -> None:
    dr = build(
        f"@feature(align={how!r})\n{decorator}def c(a: pd.Series, b: pd.Series) -> pd.Series:\n    return a + b\n"
    )
    inputs = {"a": pd.Series([1, 2], index=[0, 1]), "b": pd.Series([10, 20], index=[1, 2])}
    values = dr.execute(["c"], inputs=inputs)["c"]
    assert {label: None if pd.isna(item) else item for label, item in values.items()} == total


def test_alignment_works_for_extracted_columns_and_keyword_parameters(build: Build) -> None:
    dr = build(
        """
@feature(align="inner")
@extract_columns("total")
def table(a: pd.Series, n: int, *, b: pd.Series) -> pd.DataFrame:
    return pd.DataFrame({"total": a + b * n})
"""
    )
    inputs = {"a": pd.Series([1, 2], index=[0, 1]), "n": 2, "b": pd.Series([10, 20], index=[1, 2])}
    assert dr.execute(["total"], inputs=inputs)["total"].to_dict() == {1: 22}


def test_undeclared_frames_are_lookups(build: Build) -> None:
    dr = build("def c(a: pd.Series, table: pd.DataFrame) -> pd.Series:\n    return a.map(table['v'])\n")
    table = pd.DataFrame({"v": [5, 6]}, index=[10, 20])
    assert dr.execute(["c"], inputs={"a": pd.Series([20, 10, 10]), "table": table})["c"].to_list() == [6, 5, 5]


# --- hooks --------------------------------------------------------------------------------------------------


class Recorder(Hook):
    """Notes what it is told."""

    def __init__(self, notes: list[Any], name: str = "") -> None:
        self.notes = notes
        self.name = name

    def before_run(self, plan: Plan) -> None:
        self.notes.append((self.name, "run", tuple(plan.names)))

    def before_step(self, node: Node) -> None:
        self.notes.append((self.name, "before", node.name))

    def after_step(self, node: Node, value: Any, seconds: float) -> None:
        assert seconds >= 0
        self.notes.append((self.name, "after", node.name, value))

    def after_run(self, error: BaseException | None) -> None:
        self.notes.append((self.name, "end", type(error)))


def test_hooks_see_every_step_in_order(build: Build) -> None:
    notes: list[Any] = []
    dr = build(
        "def a(x: int) -> int:\n    return x + 1\ndef b(a: int) -> int:\n    return a * 2\n",
        Recorder(notes, "1"),
        Recorder(notes, "2"),
    )
    assert dr.execute(["b"], inputs={"x": 1}) == {"b": 4}
    first = [note[1:] for note in notes if note[0] == "1"]
    assert first == [
        ("run", ("a", "b")),
        ("before", "a"),
        ("after", "a", 2),
        ("before", "b"),
        ("after", "b", 4),
        ("end", type(None)),
    ]
    assert [note[1:] for note in notes if note[0] == "2"] == first
    assert [note[0] for note in notes] == ["1", "2"] * 6


def test_hooks_are_told_of_the_end_even_when_a_step_fails(build: Build) -> None:
    notes: list[Any] = []
    dr = build("def a(x: int) -> float:\n    return 1 / x\n", Recorder(notes))
    with pytest.raises(StepError):
        dr.execute(["a"], inputs={"x": 0})
    assert [note[1:] for note in notes] == [("run", ("a",)), ("before", "a"), ("end", StepError)]


def test_overridden_and_given_nodes_are_no_steps(build: Build) -> None:
    timing = Timing()
    dr = build("def a(x: int) -> int:\n    return x\ndef b(a: int) -> int:\n    return a\n", timing)
    dr.execute(["b", "x"], inputs={"x": 1}, overrides={"a": 3})
    assert list(timing.seconds) == ["b"]


# --- errors -------------------------------------------------------------------------------------------------

FAILING = """
def _inner(x):
    raise KeyError("nothing here")
def total(spend: pd.Series, table: pl.DataFrame, n: int, fixed: str = "word", more: list[int] = [1]) -> int:
    return _inner(
        spend
    )
"""


@pytest.mark.parametrize("watched", [False, True])
def test_a_failing_step_is_placed_and_described_without_its_values(build: Build, watched: bool) -> None:
    dr = build(FAILING, *([Timing()] if watched else []))
    module = dr._modules[0]
    inputs = {"spend": pd.Series([424242.0] * 3), "table": pl.DataFrame({"secret": ["hunter2"]}), "n": 777}
    with pytest.raises(StepError) as caught:
        dr.execute(["total"], inputs=inputs)
    (problem,) = caught.value.problems
    assert problem.message == "total raised KeyError: 'nothing here'"
    assert (problem.file, problem.line) == (module.__file__, line_of(module, "raise KeyError"))
    assert problem.details == (
        "spend: Series float64 (3)",
        "table: DataFrame (1 x 1)",
        "n: int",
        "and 2 more inputs",
    )
    assert problem.hint == "reproduce it alone: featurecat materialize total"
    assert isinstance(caught.value.__cause__, KeyError)
    assert not any(word in str(caught.value) for word in ("424242", "hunter2", "777", "word"))


def test_an_error_without_a_text(build: Build) -> None:
    dr = build("def a(x: int) -> int:\n    raise ValueError\n")
    with pytest.raises(StepError, match="^a raised ValueError "):
        dr.execute(["a"], inputs={"x": 1})


@pytest.mark.parametrize("watched", [False, True])
def test_the_failing_one_of_many_steps_is_named(build: Build, watched: bool) -> None:
    extra = ["", ", k: pd.Series", ", k: pd.Series, l: int", ", k: pd.Series, l: int, *, m: int"]
    chain = "".join(
        f"def n{number}(n{number - 1}: int{extra[number // 2 % 4]}) -> int:\n"
        f"    if FAILING == {number}:\n        raise ValueError\n    return {number}\n"
        for number in range(1, 17)
    )
    dr = build("FAILING = 0\n" + chain, *([Timing()] if watched else []))
    inputs = {"n0": 0, "k": pd.Series([1]), "l": 1, "m": 2}
    assert dr.execute(["n16"], inputs=inputs) == {"n16": 16}
    for number in range(1, 17):
        dr._modules[0].FAILING = number
        with pytest.raises(StepError) as caught:
            dr.execute(["n16"], inputs=inputs)
        assert caught.value.problems[0].feature == f"n{number}"


def test_a_failing_checked_feature_is_reproduced_by_its_own_name(build: Build) -> None:
    dr = build("@check_output(range=(0, 1))\ndef share(x: float) -> float:\n    return 1 / x\n")
    with pytest.raises(StepError) as caught:
        dr.execute(["share"], inputs={"x": 0.0})
    (problem,) = caught.value.problems
    assert problem.message == "share raised ZeroDivisionError: float division by zero"
    assert problem.hint == "reproduce it alone: featurecat materialize share"


def test_errors_in_grouped_and_keyword_calls_are_placed_too(build: Build) -> None:
    dr = build(
        """
@parameterize(p={"a": group(source("x"), source("y"))})
def f(a: list[int], *, k: int) -> int:
    return a[k]
"""
    )
    with pytest.raises(StepError) as caught:
        dr.execute(["p"], inputs={"x": 1, "y": 2, "k": 5})
    (problem,) = caught.value.problems
    assert problem.line == line_of(dr._modules[0], "return a[k]")
    assert problem.details == ("a: int", "a: int", "k: int")


def test_what_a_step_raises_on_purpose_keeps_its_kind(build: Build) -> None:
    dr = build(
        """
from featurecat.errors import RequestError
def a(x: int) -> int:
    raise RequestError("not today", hint="tomorrow")
"""
    )
    with pytest.raises(RequestError) as caught:
        dr.execute(["a"], inputs={"x": 1})
    (problem,) = caught.value.problems
    assert (problem.message, problem.feature, problem.hint, problem.line) == ("a: not today", "a", "tomorrow", 8)


def test_interrupts_are_not_dressed_up(build: Build) -> None:
    dr = build("def a(x: int) -> int:\n    raise KeyboardInterrupt\n")
    with pytest.raises(KeyboardInterrupt):
        dr.execute(["a"], inputs={"x": 1})


def test_gates_stop_what_comes_after(make_module: ModuleMaker) -> None:
    module = make_module(
        """
        from featurecat import check_output
        CALLS = []
        @check_output(range=(0, 1), importance="fail")
        def share(x: float) -> float:
            return x
        def after(share: float) -> float:
            CALLS.append(share)
            return share
        """
    )
    dr = driver.Builder().with_modules(module).build()
    with pytest.raises(ExpectationError):
        dr.execute(["after"], inputs={"x": 2.0})
    assert module.CALLS == []
    assert dr.execute(["after"], inputs={"x": 0.5}) == {"after": 0.5}


@pytest.mark.parametrize(
    ("library", "setup"),
    [("pandas", "import pandas as px"), ("polars", "import polars as px")],
)
def test_a_function_that_changes_its_input_changes_it_for_itself_alone(make_module, library: str, setup: str) -> None:
    frames = pd if library == "pandas" else pl
    copies = library == "polars" or int(pd.__version__.partition(".")[0]) >= 3  # pandas 2 does not copy on write
    module = make_module(
        f"""
        {setup}

        def clean(price: px.Series) -> px.Series:
            price[0] = -1
            return price

        def doubled(price: px.Series) -> px.Series:
            return price * 2

        def again(clean: px.Series, doubled: px.Series) -> px.Series:
            clean[1] = -2
            return clean + doubled
        """
    )
    given = frames.Series([10, 5, 7])
    built = driver.Builder().with_modules(module).build()
    for names in (["clean", "doubled"], ["doubled", "clean"], ["again", "clean", "doubled"]):
        made = {name: values.to_list() for name, values in built.execute(names, inputs={"price": given}).items()}
        assert made["clean"] == [-1, 5, 7] or not copies
        assert made["doubled"] == [20, 10, 14] or not copies
    assert given.to_list() == [10, 5, 7] or not copies
