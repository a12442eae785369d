"""Columns computed from a frame's columns: the same on pandas, Polars and lazy frames; and each misuse."""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd
import polars as pl
import pytest

from featurecat import driver
from featurecat.definition.collect import collect
from featurecat.definition.node import Node
from featurecat.errors import AlignmentError, DefinitionError
from featurecat.graph.build import build_graph
from tests.support.modules import ModuleMaker

HEAD = """
from typing import Any
import pandas as pd
import polars as pl
import pyarrow as pa
from featurecat import check_output, config, extract_columns, parameterize, tag, value
from featurecat.function_modifiers.columns import with_columns
"""


class Library(NamedTuple):
    """How a frame and its columns are annotated, and how a frame is made."""

    frame: str
    column: str
    make: Any


LIBRARIES = {
    "pandas": Library("pd.DataFrame", "pd.Series", pd.DataFrame),
    "polars": Library("pl.DataFrame", "pl.Series", pl.DataFrame),
    "polars-lazy": Library("pl.LazyFrame", "pl.Expr", pl.LazyFrame),
}
each_library = pytest.mark.parametrize("library", LIBRARIES)


def _values(frame: Any) -> dict[str, list[Any]]:
    if isinstance(frame, pl.LazyFrame):
        frame = frame.collect()
    return {name: frame[name].to_list() for name in frame.columns}


def _nodes(make_module: ModuleMaker, source: str, config: dict[str, Any] | None = None) -> dict[str, Node]:
    graph = build_graph(collect([make_module(HEAD + source)]), config or {})
    return {name: node for name, node in graph.nodes.items() if not node.given}


def _edges(nodes: dict[str, Node]) -> dict[str, list[str]]:
    return {name: [dependency.name for dependency in node.dependencies] for name, node in nodes.items()}


def _run(make_module: ModuleMaker, source: str, library: str, config: dict[str, Any] | None = None) -> dict[str, Any]:
    built = driver.Builder().with_modules(make_module(HEAD + source)).with_config(config or {}).build()
    frame = LIBRARIES[library].make({"a": [1, 2], "b": [3, 4]})
    inputs = {"df": frame, "k": 10, "n": 7}
    taken = {name: given for name, given in inputs.items() if name in built.graph.nodes}
    return _values(built.execute(["out"], inputs=taken)["out"])


@each_library
def test_columns_that_are_passed(make_module: ModuleMaker, library: str) -> None:
    frame, column, _ = LIBRARIES[library]
    source = f"""
def _total(a: {column}, b: {column}, k: int) -> {column}:
    '''Both.'''
    return (a + b) * k
def _half(_total: {column}) -> {column}:
    return _total / 2
@tag(team="ops")
@with_columns(_total, _half, columns_to_pass=["a", "b"])
def out(df: {frame}, n: int) -> {frame}:
    return df
"""
    nodes = _nodes(make_module, source)
    assert _edges(nodes) == {
        "out.a": ["df"],
        "out.b": ["df"],
        "out._total": ["out.a", "out.b", "k"],
        "out._half": ["out._total"],
        "out._append": ["df", "out.a", "out.b", "out._total", "out._half"],
        "out": ["out._append", "n"],
    }
    assert [name for name, node in nodes.items() if node.public] == ["out"]
    assert {name for name, node in nodes.items() if node.tags} == {"out"}
    assert nodes["out._total"].documentation == "Both."
    assert _run(make_module, source, library) == {"a": [1, 2], "b": [3, 4], "_total": [40, 60], "_half": [20.0, 30.0]}


@each_library
def test_what_is_selected_and_what_that_takes(make_module: ModuleMaker, library: str) -> None:
    frame, column, _ = LIBRARIES[library]
    source = f"""
def _total(a: {column}, b: {column}) -> {column}:
    return a + b
def _half(_total: {column}) -> {column}:
    return _total / 2
def _unused(b: {column}) -> {column}:
    return b
@with_columns(_total, _half, _unused, columns_to_pass=["a", "b"], select=["_half"], namespace="costs")
def out(df: {frame}) -> {frame}:
    return df
"""
    assert list(_nodes(make_module, source)) == [
        "costs.a",
        "costs.b",
        "costs._total",
        "costs._half",
        "costs._append",
        "out",
    ]
    assert _run(make_module, source, library) == {"a": [1, 2], "b": [3, 4], "_half": [2.0, 3.0]}


@each_library
@pytest.mark.parametrize(
    ("options", "name"),
    [("on_input='df'", "df"), ("pass_dataframe_as='raw'", "raw"), ("on_input='df', pass_dataframe_as='raw'", "raw")],
)
def test_columns_that_inner_functions_take_out_and_replace(
    make_module: ModuleMaker, library: str, options: str, name: str
) -> None:
    frame, column, _ = LIBRARIES[library]
    taken = "pl.col('a')" if library == "polars-lazy" else f"{name}['a']"
    make_module(
        HEAD
        + f"""
def a({name}: {frame}) -> {column}:
    return {taken} * 10
def more(a: {column}) -> {column}:
    return a + 1
""",
        "inner_columns",
    )
    before = "n: int, " if "on_input" in options else ""
    source = f"""
import inner_columns
@with_columns(inner_columns, {options})
def out({before}df: {frame}) -> {frame}:
    return df
"""
    assert _edges(_nodes(make_module, source))["out.a"] == ["df"]
    assert _run(make_module, source, library) == {"a": [10, 20], "b": [3, 4], "more": [11, 21]}


def test_expressions_go_into_an_eager_polars_frame(make_module: ModuleMaker) -> None:
    source = """
def _c() -> pl.Expr:
    return pl.col("a") + pl.col("b")
@with_columns(_c, on_input="df")
def out(df: pl.DataFrame) -> pl.DataFrame:
    return df
"""
    assert _run(make_module, source, "polars") == {"a": [1, 2], "b": [3, 4], "_c": [4, 6]}
    definitions = collect([make_module(HEAD + source)])
    assert "out._c" in build_graph(definitions, {}, "polars").nodes


@each_library
def test_a_module_for_every_library(make_module: ModuleMaker, library: str) -> None:
    frame, _, _ = LIBRARIES[library]
    make_module(
        HEAD
        + """
def total__pandas(a: pd.Series, b: pd.Series) -> pd.Series:
    return a + b
def total__polars(a: pl.Series, b: pl.Series) -> pl.Series:
    return a + b
def total__polars_lazy(a: pl.Expr, b: pl.Expr) -> pl.Expr:
    return a + b
def only_pandas(a: pd.Series) -> pd.Series:
    return a
""",
        "many_columns",
    )
    source = f"""
import many_columns
@with_columns(many_columns, columns_to_pass=["a", "b"])
def out(df: {frame}) -> {frame}:
    return df
"""
    expected = {"a": [1, 2], "b": [3, 4], "total": [4, 6]}
    if library == "pandas":
        expected["only_pandas"] = [1, 2]
    assert _run(make_module, source, library) == expected


@each_library
@pytest.mark.parametrize(("config", "expected"), [({"m": 1}, [1, 2]), ({"m": 2}, [3, 4]), ({}, None)])
def test_inner_functions_by_config(
    make_module: ModuleMaker, library: str, config: dict[str, Any], expected: list[int] | None
) -> None:
    frame, column, _ = LIBRARIES[library]
    source = f"""
@config.when(m=1)
def _v__one(a: {column}) -> {column}:
    return a
@config.when(m=2)
def _v__two(b: {column}) -> {column}:
    return b
def _w(a: {column}) -> {column}:
    return a
@with_columns(_v__one, _v__two, _w, columns_to_pass=["a", "b"])
def out(df: {frame}) -> {frame}:
    return df
"""
    result = _run(make_module, source, library, config)
    assert result.get("_v") == expected
    assert result["_w"] == [1, 2]


def test_config_that_is_required(make_module: ModuleMaker) -> None:
    source = """
def _v(a: pd.Series) -> pd.Series:
    return a
@with_columns(_v, columns_to_pass=["a"], config_required=["m"])
def out(df: pd.DataFrame) -> pd.DataFrame:
    return df
"""
    assert _run(make_module, source, "pandas", {"m": 1})["_v"] == [1, 2]
    with pytest.raises(DefinitionError, match="no variant of 'out' fits m=None"):
        _run(make_module, source, "pandas")


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_inner_functions_with_decorators_of_their_own(make_module: ModuleMaker, library: str) -> None:
    frame, column, _ = LIBRARIES[library]
    source = f"""
@check_output(range=(0, 10), importance="fail")
def _c(a: {column}) -> {column}:
    return a * 2
@parameterize(a_1={{"n": value(1)}}, a_2={{"n": value(2)}})
def _lag(a: {column}, n: int) -> {column}:
    return a + n
@extract_columns("p")
def _frame(b: {column}) -> {frame}:
    return {frame}({{"p": b}})
@with_columns(_c, _lag, _frame, columns_to_pass=["a", "b"])
def out(df: {frame}) -> {frame}:
    return df
"""
    assert _run(make_module, source, library) == {
        "a": [1, 2],
        "b": [3, 4],
        "_c": [2, 4],
        "a_1": [2, 3],
        "a_2": [3, 4],
        "p": [3, 4],
    }


@each_library
def test_of_two_on_one_frame_the_topmost_is_first(make_module: ModuleMaker, library: str) -> None:
    frame, column, _ = LIBRARIES[library]
    source = f"""
def _first(a: {column}) -> {column}:
    return a + 1
def _second(_first: {column}) -> {column}:
    return _first * 10
@with_columns(_first, columns_to_pass=["a"])
@with_columns(_second, columns_to_pass=["_first"], namespace="then")
def out(df: {frame}) -> {frame}:
    return df
"""
    assert _run(make_module, source, library) == {"a": [1, 2], "b": [3, 4], "_first": [2, 3], "_second": [20, 30]}


def test_columns_of_other_rows_are_refused(make_module: ModuleMaker) -> None:
    source = """
def _fewer(df: pd.DataFrame) -> pd.Series:
    return df["a"][df["a"] > 1]
@with_columns(_fewer, on_input="df")
def out(df: pd.DataFrame) -> pd.DataFrame:
    return df
"""
    with pytest.raises(AlignmentError) as caught:
        _run(make_module, source, "pandas")
    assert "the column '_fewer' for out has not the rows of the frame" in caught.value.problems[0].message


def test_the_library_is_not_lost_on_the_way(make_module: ModuleMaker) -> None:
    definitions = collect(
        [
            make_module(
                HEAD
                + """
def _count() -> int:
    return 2
def _c(a: pl.Series, _count: int) -> pl.Series:
    return a * _count
@with_columns(_count, _c, columns_to_pass=["a"])
def out(df: pl.DataFrame) -> pl.DataFrame:
    return df
"""
            )
        ]
    )
    graph = build_graph(definitions, {}, "polars")
    assert {graph.nodes[name].engine for name in ("out._count", "out._c", "out._append", "out.a")} == {"polars"}


OUT = "def out(df: pd.DataFrame, n: int) -> pd.DataFrame: ...\n"
C = "def _c(a: pd.Series) -> pd.Series: ...\n"
MISUSES = {
    "nothing": ("@with_columns(columns_to_pass=['a'])\n" + OUT, "names no function or module", "@with_columns("),
    "no way in": (C + "@with_columns(_c)\n" + OUT, "does not say how the inner functions get at", "columns_to_pass=["),
    "bare": (
        "@with_columns\n" + OUT,
        "@with_columns(out): it does not say how",
        "columns_to_pass=[",
    ),
    "a list of functions": (
        C + "@with_columns([_c], columns_to_pass=['a'])\n" + OUT,
        "takes functions and modules",
        "*functions",
    ),
    "names as a text": (
        C + "@with_columns(_c, columns_to_pass='a')\n" + OUT,
        "columns_to_pass='a' must be a list",
        "['a'",
    ),
    "a column twice": (
        C + "@with_columns(_c, columns_to_pass=['a', 'a'])\n" + OUT,
        "columns_to_pass names 'a' twice",
        "",
    ),
    "selected twice": (
        C + "@with_columns(_c, columns_to_pass=['a'], select=['_c', '_c'])\n" + OUT,
        "select names '_c' twice",
        "",
    ),
    "unknown parameter": (
        C + "@with_columns(_c, on_input='dff')\n" + OUT,
        "on_input='dff' is no parameter",
        "did you mean 'df'?",
    ),
    "no frame": (C + "@with_columns(_c, on_input='n')\n" + OUT, "n is int", "pd.DataFrame"),
    "no frame, told late": (
        C + "@with_columns(_c, columns_to_pass=['a'])\ndef out(n: 'int') -> int: ...\n",
        "n is int",
        "pd.DataFrame",
    ),
    "arrow": (
        C + "@with_columns(_c, columns_to_pass=['a'])\ndef out(df: pa.Table) -> pa.Table: ...\n",
        "works on a frame of pandas or Polars, and df is pyarrow.",
        "pl.DataFrame",
    ),
    "no parameter": (
        C + "@with_columns(_c, columns_to_pass=['a'])\ndef out() -> int: ...\n",
        "needs a function with a parameter",
        "",
    ),
    "passed and computed": (
        C + "@with_columns(_c, columns_to_pass=['a', '_c'])\n" + OUT,
        "the column '_c' is passed and computed, too",
        "on_input='df'",
    ),
    "unknown selection": (
        C + "@with_columns(_c, columns_to_pass=['a'], select=['_cc'])\n" + OUT,
        "selects '_cc', which nothing computes",
        "did you mean '_c'?",
    ),
    "selected, no column": (
        "def _c(a: pd.Series) -> int: ...\n@with_columns(_c, columns_to_pass=['a'], select=['_c'])\n" + OUT,
        "selects '_c', which is int and no column",
        "leave it out",
    ),
    "another library": (
        "def _c(a: pl.Series) -> pl.Series: ...\n@with_columns(_c, columns_to_pass=['a'])\n" + OUT,
        "_c is written for polars, and the frame is one of pandas",
        "one library",
    ),
    "the name of the whole": (
        "def _append(a: pd.Series) -> pd.Series: ...\n@with_columns(_append, columns_to_pass=['a'])\n" + OUT,
        "computes a column '_append'",
        "",
    ),
    "beside parameterize": (
        C + "@with_columns(_c, columns_to_pass=['a'])\n@parameterize(x={'n': value(1)})\n" + OUT,
        "cannot stand beside @parameterize",
        "function of its own",
    ),
    "twice": (
        C + "@with_columns(_c, columns_to_pass=['a'])\n@with_columns(_c, columns_to_pass=['a'])\n" + OUT,
        "the node 'out.a' is there already",
        "namespace",
    ),
    "itself": (
        "import sys\n@with_columns(sys.modules[__name__], on_input='df')\n" + OUT,
        "loads the module it stands in",
        "one by one",
    ),
    "unannotated": (
        "def _c(a) -> pd.Series: ...\n@with_columns(_c, columns_to_pass=['a'])\n" + OUT,
        "_c has no type annotation on parameter 'a'",
        "annotate",
    ),
}


@pytest.mark.parametrize("case", MISUSES)
def test_each_misuse_is_one_error_with_its_place(make_module: ModuleMaker, case: str) -> None:
    source, message, hint = MISUSES[case]
    written = make_module.write(HEAD + source, "misuse")
    with pytest.raises(DefinitionError) as caught:
        build_graph(collect([make_module(HEAD + source, "misuse")]), {})
    (problem,) = caught.value.problems
    assert message in problem.message
    assert hint in (problem.hint or "")
    assert (problem.file, problem.line is None) == (str(written), False)
