"""Driver and Builder: what is asked of them, given to them, and refused by them."""

from __future__ import annotations

import copy
import importlib
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from featurecat import driver
from featurecat.driver import Builder, Driver, Variable
from featurecat.errors import AlignmentError, DefinitionError, RequestError, UnsupportedError
from featurecat.execution.executors import (
    DefaultExecutionManager,
    MultiThreadingExecutor,
    SynchronousLocalTaskExecutor,
)
from featurecat.execution.hooks import Hook, Timing
from featurecat.execution.results import DictResult, PandasDataFrameResult, PolarsDataFrameResult
from featurecat.io import to
from featurecat.plan.grouping import GroupNodesAllAsOne
from tests.support.modules import ModuleMaker

SOURCE = """
import pandas as pd
from featurecat import check_output, config, tag

def c(a: pd.Series, b: pd.Series) -> pd.Series:
    '''The sum.'''
    return a + b
@tag(owner="ops", team=["x", "y"])
def d(c: pd.Series, factor: float = 2.0) -> pd.Series:
    return c * factor
@tag(owner="data")
@check_output(range=(0, 1000))
def mean(d: pd.Series) -> float:
    return float(d.mean())
@config.when(region="US")
def label__us(year: int) -> str:
    return f"US {year}"
@config.when(region="UK")
def label__uk(year: int) -> str:
    return f"UK {year}"
"""
INPUTS = {"a": pd.Series([1, 2]), "b": pd.Series([10, 20])}
Make = Callable[..., Driver]


@pytest.fixture
def make(make_module: ModuleMaker) -> Make:
    """A driver with dictionaries as results."""

    def build(source: str = SOURCE, config: dict[str, Any] | None = None) -> Driver:
        return Builder().with_modules(make_module(source)).with_config(config or {}).build()

    return build


def _problems(call: Callable[..., Any], *arguments: Any, **named: Any) -> list[tuple[str, str, str | None]]:
    with pytest.raises(RequestError) as caught:
        call(*arguments, **named)
    return [(problem.code, problem.message, problem.hint) for problem in caught.value.problems]


# --- executing ----------------------------------------------------------------------------------------


def test_the_hello_world_of_the_talk(make_module: ModuleMaker) -> None:
    module = make_module(SOURCE)
    frame = Driver(INPUTS, module).execute(["c", "d"])
    assert isinstance(frame, pd.DataFrame)
    assert frame.to_dict("list") == {"c": [11, 22], "d": [22.0, 44.0]}
    shifted = {**INPUTS, "b": pd.Series([10, 20], index=[1, 2])}
    with pytest.raises(AlignmentError):
        Driver(shifted, module).execute(["c", "d"])


def test_names_functions_and_variables_can_be_asked_for(make_module: ModuleMaker) -> None:
    module = make_module(SOURCE)
    dr = Builder().with_modules(module).with_config({"region": "US", "year": 2013}).build()
    variable = next(one for one in dr.list_available_variables() if one.name == "mean")
    result = dr.execute([module.c, "c", variable, module.label__us], inputs=INPUTS)
    assert list(result) == ["c", "mean", "label"]
    assert result["label"] == "US 2013"
    assert _problems(dr.execute, [module.label__uk]) == [
        ("unknown-feature", "label__uk is not a feature of this driver", "name the node instead")
    ]
    assert dr.execute([]) == {}
    assert dr.execute(["year"]) == {"year": 2013}


def test_a_text_is_not_a_list_of_letters(make: Make) -> None:
    assert _problems(make().execute, "c") == [
        ("invalid-option", "final_vars takes a list, not the string 'c'", "['c']")
    ]


def test_unknown_names_are_told_at_once(make: Make) -> None:
    problems = _problems(make().execute, ["c", "maen", "zzz", "label"], inputs=INPUTS)
    assert [problem[0] for problem in problems] == ["unknown-feature", "unknown-feature", "no-variant"]
    assert problems[0][2] == "did you mean 'mean'?"


def test_inputs_must_be_of_use(make: Make) -> None:
    dr = make(config={"region": "US"})
    problems = _problems(
        dr.execute, ["c"], inputs={**INPUTS, "fcator": 1.0, "d": 3, "region": "UK"}, overrides={"nothing": 1}
    )
    assert problems == [
        ("unknown-input", "the input 'd' is a computed feature", "overrides={'d': …} replaces a computed value"),
        ("config-conflict", "'region' is given as config and as input", "give it once"),
        ("unknown-input", "no feature takes the input 'fcator'", "did you mean 'factor'?"),
        ("unknown-input", "no feature takes the override 'nothing'", "leave it out"),
    ]
    # an input that only other features take is no mistake
    assert list(dr.execute(["c"], inputs={**INPUTS, "factor": 3.0})) == ["c"]


def test_inputs_must_fit_their_types(make: Make) -> None:
    dr = make(config={"region": "US"})
    problems = _problems(dr.execute, ["d", "label"], inputs={"a": [1, 2], "b": pd.Series([1, 2]), "year": "2013"})
    assert [problem[:2] for problem in problems] == [
        ("input-type", "the input 'a' must be pandas.Series, not list (2 items)"),
        ("input-type", "the input 'year' must be int, not str"),
    ]
    # what the request does not use is not judged
    assert dr.execute(["label"], inputs={"year": 2013, "a": [1, 2]}) == {"label": "US 2013"}


def test_config_must_fit_its_types(make: Make) -> None:
    assert _problems(make, config={"region": "US", "year": "2013", "unused": object()})[0][:2] == (
        "input-type",
        "the config key 'year' must be int, not str",
    )


def test_optional_inputs_may_be_given_configured_or_left(make: Make) -> None:
    assert make().execute(["d"], inputs=INPUTS)["d"].to_list() == [22.0, 44.0]
    assert make().execute(["d"], inputs={**INPUTS, "factor": 3.0})["d"].to_list() == [33.0, 66.0]
    assert make(config={"factor": 4.0}).execute(["d"], inputs=INPUTS)["d"].to_list() == [44.0, 88.0]


def test_overrides_replace_nodes_inputs_and_config(make: Make) -> None:
    dr = make(config={"region": "US", "year": 2013})
    assert dr.execute(["d"], overrides={"c": pd.Series([1.0])})["d"].to_list() == [2.0]
    assert dr.execute(["c"], inputs={"a": INPUTS["a"]}, overrides={"b": INPUTS["b"]})["c"].to_list() == [11, 22]
    assert dr.execute(["label"], overrides={"year": 1999}) == {"label": "US 1999"}


def test_a_driver_gives_the_same_again_with_other_values(make: Make) -> None:
    dr = make()
    first, second = (dr.execute(["mean"], inputs={"a": pd.Series([x]), "b": pd.Series([x])}) for x in (1, 2))
    assert (first, second) == ({"mean": 4.0}, {"mean": 8.0})


@pytest.mark.parametrize(
    "request_",
    [
        {"final_vars": ["c"], "inputs": INPUTS},
        {"final_vars": ["c"]},
        {"final_vars": ["c"], "inputs": {"a": 1, "b": 2}},
        {"final_vars": ["zzz"]},
        {"final_vars": "c"},
        {"final_vars": ["c"], "inputs": {**INPUTS, "nothing": 1}},
        {"final_vars": ["label"], "inputs": {"year": 1}},
        {"final_vars": ["d"], "overrides": {"c": INPUTS["a"]}},
        {"final_vars": ["d"], "overrides": {"x": 1}},
    ],
)
def test_validation_says_what_execution_would(make: Make, request_: dict[str, Any]) -> None:
    def outcome(call: Callable[..., Any]) -> Any:
        try:
            call(**request_)
        except RequestError as error:
            return error.problems
        return None

    dr = make(config={"region": "FR"})
    assert outcome(dr.validate_execution) == outcome(dr.execute)


def test_validation_runs_nothing(make: Make) -> None:
    dr = make("def boom(x: int) -> int:\n    raise RuntimeError\n")
    dr.validate_execution(["boom"], inputs={"x": 1})


# --- results --------------------------------------------------------------------------------------------


def test_what_comes_back(make_module: ModuleMaker) -> None:
    module = make_module(SOURCE)
    kinds = {
        "default": (Driver({}, module), pd.DataFrame),
        "built": (Builder().with_modules(module).build(), dict),
        "dict": (Driver({}, module, adapter=DictResult()), dict),
        "pandas": (Builder().with_modules(module).with_adapters(PandasDataFrameResult()).build(), pd.DataFrame),
        "polars": (Driver({}, module, adapter=[PolarsDataFrameResult()]), pl.DataFrame),
        "arrow": (Driver({}, module, default_result="arrow"), pa.Table),
    }
    for label, (dr, kind) in kinds.items():
        result = dr.execute(["c", "mean"], inputs=INPUTS)
        assert isinstance(result, kind), label
        columns = result.to_pydict() if isinstance(result, pa.Table) else result
        assert list(columns["c"]) == [11, 22], label
        assert columns["mean"] == 33.0 if kind is dict else list(columns["mean"]) == [33.0, 33.0], label


def test_scalars_are_repeated_and_nothing_is_joined(make_module: ModuleMaker) -> None:
    dr = Driver({}, make_module(SOURCE + "def other(c: pd.Series) -> pd.Series:\n    return c.iloc[1:]\n"))
    assert dr.execute(["mean", "c"], inputs=INPUTS).to_dict("list") == {"mean": [33.0, 33.0], "c": [11, 22]}
    with pytest.raises(AlignmentError, match="'c' .2 rows. and 'other' .1 rows."):
        dr.execute(["c", "other"], inputs=INPUTS)


def test_an_own_result_builder_and_hooks(make_module: ModuleMaker) -> None:
    class Names:
        def build_result(self, **outputs: Any) -> list[str]:
            return list(outputs)

    timing = Timing()
    dr = Builder().with_modules(make_module(SOURCE)).with_adapters(timing, Names()).with_adapters(Hook()).build()
    assert dr.execute(["d", "c"], inputs=INPUTS) == ["d", "c"]
    assert set(timing.seconds) == {"c", "d"}


@pytest.mark.parametrize(
    ("adapters", "message", "hint"),
    [
        ([DictResult(), PandasDataFrameResult()], "a driver takes one result builder", "keep one of them"),
        ([DictResult], "the adapter DictResult is a class", "DictResult()"),
        ([object()], "object is neither a result builder nor a hook: it has none of their methods", "derive it from"),
    ],
)
def test_adapters_that_cannot_work(make_module: ModuleMaker, adapters: list[Any], message: str, hint: str) -> None:
    with pytest.raises(RequestError) as caught:
        Builder().with_modules(make_module(SOURCE)).with_adapters(*adapters).build()
    assert caught.value.problems[0].message == message
    assert hint in (caught.value.problems[0].hint or "")


# --- asking -----------------------------------------------------------------------------------------------


def test_variables_tell_everything(make: Make) -> None:
    dr = make(config={"region": "US"})
    variables = {variable.name: variable for variable in dr.list_available_variables()}
    assert set(variables) == {
        "region",
        "a",
        "b",
        "factor",
        "year",
        "c",
        "d",
        "mean_raw",
        "mean_range_validator",
        "mean",
        "label",
    }
    d = variables["d"]
    assert (d.type, d.role, d.is_external_input) == (pd.Series, "feature", False)
    assert d.tags == {"owner": "ops", "team": ["x", "y"]}
    assert (d.required_dependencies, d.optional_dependencies) == ({"c"}, {"factor"})
    assert d.metadata.owner == ("ops",)
    assert [function.__name__ for function in variables["label"].originating_functions] == ["label__us"]
    assert variables["c"].documentation == "The sum."
    assert {name for name, variable in variables.items() if variable.is_external_input} == {
        "region",
        "a",
        "b",
        "factor",
        "year",
    }
    assert {variables[name].role for name in ("region", "a", "mean_raw", "mean_range_validator")} == {
        "config",
        "input",
        "raw",
        "validator",
    }
    assert d == next(one for one in dr.list_available_variables() if one.name == "d")
    assert d not in ("d", variables["c"])
    assert "name='d'" in repr(d)


@pytest.mark.parametrize(
    ("tag_filter", "names"),
    [
        ({"owner": "ops"}, ["d"]),
        ({"owner": None}, ["d", "mean"]),
        ({"owner": ["data", "nobody"]}, ["mean"]),
        ({"team": "y"}, ["d"]),
        ({"owner": None, "team": None}, ["d"]),
        ({"owner": "data", "team": None}, []),
        ({"absent": None}, []),
    ],
)
def test_variables_by_tags(make: Make, tag_filter: dict[str, Any], names: list[str]) -> None:
    assert sorted(one.name for one in make().list_available_variables(tag_filter=tag_filter)) == names


@pytest.mark.parametrize("values", [[], 3, ("a",), {"a"}, [3]])
def test_filters_that_cannot_work(make: Make, values: Any) -> None:
    with pytest.raises(RequestError, match="tag_filter"):
        make().list_available_variables(tag_filter={"owner": values})


def _names(variables: list[Variable]) -> list[str]:
    return sorted(variable.name for variable in variables)


def test_lineage_includes_what_was_named(make: Make) -> None:
    dr = make(config={"region": "US"})
    assert _names(dr.what_is_upstream_of("d")) == ["a", "b", "c", "d", "factor"]
    assert _names(dr.what_is_downstream_of("c")) == ["c", "d", "mean", "mean_range_validator", "mean_raw"]
    assert _names(dr.what_is_downstream_of("year", "factor")) == [
        *("d", "factor", "label", "mean", "mean_range_validator", "mean_raw", "year"),
    ]
    assert _names(dr.what_is_the_path_between("a", "d")) == ["a", "c", "d"]
    assert dr.what_is_the_path_between("d", "a") == []
    for call in (dr.what_is_upstream_of, dr.what_is_downstream_of):
        assert _problems(call, "d", "zzz")[0][0] == "unknown-feature"
    assert _problems(dr.what_is_the_path_between, "a", "zzz")[0][0] == "unknown-feature"


def test_pictures_in_dot_and_mermaid(make: Make, tmp_path: Path) -> None:
    dr = make(config={"region": "US"})
    whole = dr.display_all_functions()
    assert "digraph" in whole.dot
    assert "flowchart" in whole.mermaid
    assert "label" not in dr.display_upstream_of("d").mermaid
    assert "mean" in dr.display_downstream_of("c").mermaid
    run = dr.visualize_execution(["d"], inputs=INPUTS, overrides={"c": INPUTS["a"]})
    assert "factor" not in run.mermaid
    path = tmp_path / "picture.dot"
    assert dr.visualize_path_between("a", "d", str(path)).dot.strip() == path.read_text(encoding="utf-8").strip()
    assert _problems(dr.visualize_path_between, "d", "a")[0][1] == "no path leads from 'd' to 'a'"
    assert _problems(dr.display_all_functions, hide_input=True)[0][2] == "did you mean 'hide_inputs'?"
    assert _problems(dr.visualize_execution, ["d"])[0][0] == "missing-input"


# --- building ---------------------------------------------------------------------------------------------


def test_the_builder_collects_and_drivers_are_apart(make_module: ModuleMaker) -> None:
    module = make_module(SOURCE)
    builder = Builder()
    assert builder.with_modules(module, module).with_modules(module).with_config({"region": "UK"}) is builder
    assert builder.with_config({"region": "US", "year": 1}).with_config({"year": 2}) is builder
    first = builder.build()
    builder.with_config({"region": "UK"}).with_adapters(PandasDataFrameResult())
    assert first.execute(["label"]) == {"label": "US 2"}
    assert builder.build().execute(["label"]).to_dict("list") == {"label": ["UK 2"]}


def test_a_copy_goes_its_own_way(make_module: ModuleMaker) -> None:
    one, two = (
        make_module("def f(x: int) -> int:\n    return 1\n"),
        make_module("def f(x: int) -> int:\n    return 2\n"),
    )
    original = Builder().with_modules(one).with_config({"x": 1}).with_engine("pandas").allow_module_overrides()
    copy = original.copy().with_modules(two).with_config({"x": 2}).with_adapters(PandasDataFrameResult())
    assert (original.modules, original.config, original.adapters) == ([one], {"x": 1}, [])
    assert (copy.engine, copy.overriding) == ("pandas", True)
    assert copy.build().execute(["f"])["f"].to_list() == [2]
    assert original.build().execute(["f"]) == {"f": 1}


def test_config_given_later_does_not_reach_into_a_driver(make_module: ModuleMaker) -> None:
    config = {"x": 1}
    dr = Driver(config, make_module("def f(x: int) -> int:\n    return x\n"), default_result="dict")
    config["x"] = 2
    assert dr.execute(["f"]) == {"f": 1}


def test_a_driver_needs_modules_and_tells_all_their_problems(make_module: ModuleMaker) -> None:
    with pytest.raises(DefinitionError, match="a driver needs modules"):
        Builder().build()
    module = make_module("def f(x) -> int: ...\ndef g(x: int) -> str: ...\ndef h(g: int) -> int: ...\n")
    with pytest.raises(DefinitionError) as caught:
        Driver({}, module)
    assert [problem.code for problem in caught.value.problems] == ["missing-annotation", "type-mismatch"]
    assert isinstance(caught.value, ValueError)


def test_engines_choose_variants(make_module: ModuleMaker) -> None:
    module = make_module(
        """
        import pandas as pd
        import polars as pl
        def total__pandas(x: pd.Series) -> pd.Series:
            return x.cumsum()
        def total__polars(x: pl.Series) -> pl.Series:
            return x.cum_sum()
        """
    )
    builder = Builder().with_modules(module)
    on_pandas = (
        builder.copy().with_engine("pandas").build().execute(["total"], inputs={"x": pd.Series([1, 2])})["total"]
    )
    on_polars = (
        builder.copy().with_engine("polars").build().execute(["total"], inputs={"x": pl.Series([1, 2])})["total"]
    )
    assert on_pandas.to_list() == on_polars.to_list() == [1, 3]
    with pytest.raises(RequestError, match="unknown engine 'duckdb'"):
        builder.with_engine("duckdb").build()


def test_importing_the_driver_loads_no_frame_library(repository: Path) -> None:
    program = (
        "import sys; from featurecat import driver, tag, config; import featurecat.driver\n"
        "print([n for n in ('pandas', 'polars', 'pyarrow', 'duckdb', 'narwhals', 'numpy') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=repository, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_facade_names_the_module() -> None:
    assert driver.Driver is Driver


# --- what a builder refuses, and pickled drivers --------------------------------------------------------------


def test_a_pickled_driver_imports_its_modules_by_name(make_module: ModuleMaker) -> None:
    module = make_module(SOURCE)
    dr = Builder().with_modules(module).with_config({"region": "US"}).with_adapters(PolarsDataFrameResult()).build()
    restored = pickle.loads(pickle.dumps(dr))
    assert list(restored.graph.nodes) == list(dr.graph.nodes)
    assert restored._modules == (module,)
    frame = restored.execute(["label"], inputs={"year": 2013})
    assert isinstance(frame, pl.DataFrame)
    packed = pickle.dumps(Driver({}, make_module("def a(x: int) -> int:\n    return x\n", "gone")))
    del sys.modules["gone"]
    Path(str(make_module.root / "gone.py")).unlink()
    importlib.invalidate_caches()
    with pytest.raises(RequestError, match="the module 'gone' of a pickled driver cannot be imported"):
        pickle.loads(packed)


def test_copies_share_nothing_that_changes(make: Make) -> None:
    dr = make(config={"region": "US"})
    other = copy.copy(dr)
    assert other.graph is dr.graph
    assert other is not dr
    assert other.execute(["label"], inputs={"year": 1}) == {"label": "US 1"}


def test_one_adapter_and_then_no_other() -> None:
    builder = Builder().with_adapter(Timing())
    with pytest.raises(RequestError, match="with_adapter.. was called before"):
        builder.with_adapter(Timing())
    with pytest.raises(RequestError, match="adapters are given one by one"):
        builder.with_adapters([Timing()])


def test_the_cache_comes_later() -> None:
    with pytest.raises(UnsupportedError, match="with_cache.. is not built in yet"):
        Builder().with_cache(path="somewhere")


def test_materializers_may_be_part_of_the_graph(make_module: ModuleMaker, tmp_path: Path) -> None:
    module = make_module("def doubled(x: int) -> int:\n    return x * 2\n")
    path = tmp_path / "doubled.json"
    dr = (
        Builder()
        .with_modules(module)
        .with_materializers(to.json(id="kept", dependencies=["doubled"], path=path))
        .build()
    )
    assert dr.execute(["doubled"], inputs={"x": 2}) == {"doubled": 4}
    assert not path.exists()
    dr.execute(["kept"], inputs={"x": 2})
    assert path.read_text() == "4"
    again = pickle.loads(pickle.dumps(dr))
    path.unlink()
    again.execute(["kept"], inputs={"x": 3})
    assert path.read_text() == "6"
    with pytest.raises(RequestError, match="not as a list"):
        Builder().with_materializers([to.json(id="kept", dependencies=["doubled"], path=path)])


CHOICES = {
    "with_local_executor": SynchronousLocalTaskExecutor(),
    "with_remote_executor": MultiThreadingExecutor(2),
    "with_execution_manager": DefaultExecutionManager(),
    "with_grouping_strategy": GroupNodesAllAsOne(),
}


@pytest.mark.parametrize("method", CHOICES)
def test_dynamic_execution_is_enabled_first_and_chosen_once(method: str) -> None:
    with pytest.raises(RequestError, match="needs dynamic execution"):
        getattr(Builder(), method)(CHOICES[method])
    builder = Builder().enable_dynamic_execution(allow_experimental_mode=True)
    with pytest.raises(RequestError, match="is no "):
        getattr(builder, method)(object())
    with pytest.raises(RequestError, match="is no "):
        getattr(builder, method)(type(CHOICES[method]))
    getattr(builder, method)(CHOICES[method])
    with pytest.raises(RequestError, match="was chosen before"):
        getattr(builder, method)(CHOICES[method])


@pytest.mark.parametrize("method", ["with_local_executor", "with_remote_executor"])
def test_a_manager_has_its_own_executors(method: str) -> None:
    builder = Builder().enable_dynamic_execution(allow_experimental_mode=True)
    getattr(builder, method)(CHOICES[method])
    with pytest.raises(RequestError, match="cannot stand beside"):
        builder.with_execution_manager(DefaultExecutionManager())
    other = Builder().enable_dynamic_execution(allow_experimental_mode=True)
    other.with_execution_manager(DefaultExecutionManager())
    with pytest.raises(RequestError, match="cannot stand beside"):
        getattr(other, method)(CHOICES[method])


def test_dynamic_execution_must_be_allowed() -> None:
    with pytest.raises(RequestError, match="allowed explicitly"):
        Builder().enable_dynamic_execution()


def test_async_functions_are_refused_when_asked_for(make: Make) -> None:
    dr = make(
        "async def slow(x: int) -> int:\n    return x\ndef after(slow: int) -> int:\n    return slow\ndef other(x: int) -> int:\n    return x\n"
    )
    assert dr.execute(["other"], inputs={"x": 1}) == {"other": 1}
    dr.validate_execution(["other"], inputs={"x": 1})
    for ask in (dr.execute, dr.validate_execution):
        with pytest.raises(RequestError, match="slow is an async function"):
            ask(["after"], inputs={"x": 1})
    assert dr.execute(["after"], overrides={"slow": 3}) == {"after": 3}


def test_why_nobody_takes_an_input_is_told_with_it(make_module: ModuleMaker) -> None:
    source = """
        from featurecat import config
        from featurecat.function_modifiers import exclude

        @config.when(region="us")
        def price(amount: int) -> int:
            return amount

        @exclude
        def cost(weight: int) -> int:
            return weight

        def total(count: int) -> int:
            return count
    """
    dr = Builder().with_modules(make_module(source)).build()
    problems = _problems(dr.execute, ["price"], inputs={"amount": 1, "weight": 2})
    assert [(problem[0], problem[1]) for problem in problems] == [
        ("unknown-input", "no feature takes the input 'amount'"),
        ("no-variant", "no variant of 'price' fits region=None"),
        ("unknown-input", "no feature takes the input 'weight'"),
        ("unknown-input", "'cost' takes 'weight', and is no feature: @exclude, or @mutate, keeps that function out"),
    ]
    assert problems[1][2] == "give --config region=…"
    assert [
        problem[:2] for problem in _problems(dr.execute, ["total"], inputs={"count": 1}, overrides={"price": 1})
    ] == [
        ("unknown-input", "no feature takes the override 'price'"),
        ("no-variant", "no variant of 'price' fits region=None"),
    ]
