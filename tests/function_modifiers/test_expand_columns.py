"""Several frames of one function and the columns of each, on every engine; told by a table, too."""

from __future__ import annotations

from typing import Any

import pandas as pd
import polars as pl
import pytest

from featurecat import driver, source, value
from featurecat.definition.collect import collect
from featurecat.definition.node import Node, Role
from featurecat.errors import ModifierError, RunError, StepError
from featurecat.function_modifiers.expand_columns import parameterize_frame
from tests.support.modules import ModuleMaker, line_of

HEAD = """
from __future__ import annotations
import pandas as pd
import polars as pl
from featurecat import check_output, group, parameterize, source, tag, value
from featurecat.function_modifiers.expand_columns import (ParameterizedExtract, parameterize_extract_columns,
                                                          parameterize_frame)
"""
LIBRARIES = {
    "pandas": ("pd.DataFrame", "pd.Series", pd.Series),
    "polars": ("pl.DataFrame", "pl.Series", pl.Series),
    "polars-lazy": ("pl.LazyFrame", "pl.Expr", pl.Expr),
}
each_library = pytest.mark.parametrize("library", LIBRARIES)


def _nodes(make_module: ModuleMaker, source_text: str) -> dict[str, Node]:
    definitions = collect([make_module(HEAD + source_text)])
    definitions.raise_problems()
    return {name: nodes[0] for name, nodes in definitions.variants.items()}


@each_library
def test_frames_and_their_columns(make_module: ModuleMaker, library: str) -> None:
    frame, column, column_type = LIBRARIES[library]
    text = f"""
@tag(team="ops")
@parameterize_extract_columns(
    ParameterizedExtract(("o1", "o2"), {{"a": source("x"), "b": value(10)}}),
    ParameterizedExtract(("o2x", "o1x"), {{"a": value(3), "b": source("x")}}),
)
def f(a: int, b: int, *, c: int = 1) -> {frame}:
    '''Frame of {{a}}.'''
    return {frame}({{"p": [a + c], "q": [b]}})
def both(f__0: {frame}, o2x: {column}) -> {frame}:
    return {"f__0.assign(o2x=o2x)" if library == "pandas" else "f__0.with_columns(z=pl.col('o1'))"}
"""
    nodes = _nodes(make_module, text)
    assert {name: [one.name for one in node.dependencies] for name, node in nodes.items() if name != "both"} == {
        "f__0": ["x", "c"],
        "o1": ["f__0"],
        "o2": ["f__0"],
        "f__1": ["x", "c"],
        "o2x": ["f__1"],
        "o1x": ["f__1"],
    }
    assert (nodes["f__0"].role, nodes["o1"].role, nodes["o1"].type) == (Role.FRAME, Role.FEATURE, column_type)
    assert (nodes["o1"].documentation, nodes["f__1"].documentation) == ("Frame of x.", "Frame of 3.")
    assert {name for name, node in nodes.items() if node.tags} == {"o1", "o2", "o1x", "o2x"}
    built = driver.Builder().with_modules(make_module(HEAD + text)).build()
    result = built.execute(["f__0", "f__1"], inputs={"x": 5})
    frames = {name: got.collect() if library == "polars-lazy" else got for name, got in result.items()}
    assert {name: {key: got[key].to_list() for key in got.columns} for name, got in frames.items()} == {
        "f__0": {"o1": [6], "o2": [10]},
        "f__1": {"o2x": [4], "o1x": [5]},
    }
    if library != "polars-lazy":
        columns = built.execute(["o1", "o1x"], inputs={"x": 5})
        assert (columns["o1"].to_list(), columns["o1x"].to_list()) == ([6], [5])


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_columns_that_have_their_names_already(make_module: ModuleMaker, library: str) -> None:
    frame = LIBRARIES[library][0]
    module = make_module(
        HEAD
        + f"""
@parameterize_extract_columns(ParameterizedExtract(("o1", "o2"), {{"a": source("x")}}), reassign_columns=False)
def f(a: int) -> {frame}:
    return {frame}({{"o2": [a * 2], "o1": [a]}})
"""
    )
    result = driver.Builder().with_modules(module).build().execute(["o1", "o2"], inputs={"x": 5})
    assert {name: got.to_list() for name, got in result.items()} == {"o1": [5], "o2": [10]}


@each_library
def test_the_frame_of_the_function_is_not_changed(make_module: ModuleMaker, library: str) -> None:
    frame = LIBRARIES[library][0]
    module = make_module(
        HEAD
        + f"""
kept = {frame}({{"p": [1], "q": [2]}})
@parameterize_extract_columns(ParameterizedExtract(("q", "p"), {{}}))
def f() -> {frame}:
    return kept
"""
    )
    got = driver.Builder().with_modules(module).build().execute(["f__0"])["f__0"]
    columns = [
        list(one.collect_schema().names() if library == "polars-lazy" else one.columns) for one in (got, module.kept)
    ]
    assert columns == [["q", "p"], ["p", "q"]]


def test_a_frame_with_another_number_of_columns(make_module: ModuleMaker) -> None:
    module = make_module(
        HEAD
        + """
@parameterize_extract_columns(ParameterizedExtract(("o1", "o2"), {}))
def f() -> pl.DataFrame:
    return pl.DataFrame({"p": [1]})
"""
    )
    with pytest.raises(RunError, match="f returned 1 columns for the 2 names o1, o2"):
        driver.Builder().with_modules(module).build().execute(["o1"])


def test_what_fails_in_the_function_is_told_as_everywhere(make_module: ModuleMaker) -> None:
    module = make_module(
        HEAD
        + """
@parameterize_extract_columns(ParameterizedExtract(("o1",), {}))
def f() -> pl.DataFrame:
    raise ValueError("broken")
"""
    )
    with pytest.raises(StepError) as caught:
        driver.Builder().with_modules(module).build().execute(["o1"])
    assert caught.value.problems[0].line == line_of(module, "raise ValueError")


PAIRS = [("o", "out"), ("a", "source"), ("b", "value")]
ROWS = [("o1", "x", 1.5), ("o2", "y", 2.5)]


@pytest.mark.parametrize(
    "decorator",
    [
        parameterize_frame(pd.DataFrame(ROWS, columns=pd.MultiIndex.from_tuples(PAIRS))),
        parameterize_frame(pd.DataFrame(ROWS), columns=PAIRS),
        parameterize_frame(pl.DataFrame(ROWS, schema=["o", "a", "b"], orient="row"), columns=PAIRS),
        parameterize_frame(ROWS, columns=PAIRS),
        parameterize_frame([list(row) for row in ROWS], columns=[list(pair) for pair in PAIRS]),  # type: ignore[misc]
    ],
    ids=["two levels", "pandas", "polars", "rows", "lists"],
)
def test_a_table_tells_the_frames(decorator: parameterize_frame) -> None:
    assert [(one.outputs, one.input_mapping) for one in decorator.extracts] == [
        (("o1",), {"a": source("x"), "b": value(1.5)}),
        (("o2",), {"a": source("y"), "b": value(2.5)}),
    ]


def test_a_table_makes_nodes(make_module: ModuleMaker) -> None:
    nodes = _nodes(
        make_module,
        """
@parameterize_frame([("o1", "x"), ("o2", "y")], columns=[("o", "out"), ("a", "source")])
def f(a: int) -> pd.DataFrame: ...
""",
    )
    assert list(nodes) == ["f__0", "o1", "f__1", "o2"]


F = "def f(a: int, b: int) -> pd.DataFrame: ...\n"
MISUSES: dict[str, tuple[str, str, str]] = {
    "nothing": ("@parameterize_extract_columns()\n" + F, "names no frame", "ParameterizedExtract("),
    "no extract": (
        "@parameterize_extract_columns(('o1',))\n" + F,
        "takes ParameterizedExtract(…), not ('o1',)",
        "ParameterizedExtract(",
    ),
    "outputs as a text": (
        "@parameterize_extract_columns(ParameterizedExtract('o1', {}))\n" + F,
        "the outputs 'o1' are no tuple of names",
        "('low',)",
    ),
    "no outputs": (
        "@parameterize_extract_columns(ParameterizedExtract((), {}))\n" + F,
        "the outputs () are no tuple",
        "",
    ),
    "an output twice": (
        "@parameterize_extract_columns(ParameterizedExtract(('o',), {}), ParameterizedExtract(('o',), {}))\n" + F,
        "the output 'o' is named twice",
        "name each once",
    ),
    "unknown parameter": (
        "@parameterize_extract_columns(ParameterizedExtract(('o',), {'c': value(1)}))\n" + F,
        "f__0 rewires 'c', which is no parameter",
        "a, b",
    ),
    "bare value": (
        "@parameterize_extract_columns(ParameterizedExtract(('o',), {'a': 1}))\n" + F,
        "f__0 gives a the bare value 1",
        "value(1)",
    ),
    "no mapping": (
        "@parameterize_extract_columns(ParameterizedExtract(('o',), ['a']))\n" + F,
        "f__0 takes a mapping",
        "source('other')",
    ),
    "no frame": (
        "@parameterize_extract_columns(ParameterizedExtract(('o',), {}))\ndef f(a: int) -> int: ...\n",
        "needs a function that returns a frame, not int",
        "pd.DataFrame",
    ),
    "beside parameterize": (
        "@parameterize(x={'a': value(1)})\n@parameterize_extract_columns(ParameterizedExtract(('o',), {}))\n" + F,
        "@parameterize on f: cannot stand beside @parameterize_extract_columns",
        "split",
    ),
    "table without columns": ("@parameterize_frame([('o1',)])\n" + F, "the columns must be pairs", "columns=[("),
    "table without out": (
        "@parameterize_frame([('x',)], columns=[('a', 'source')])\n" + F,
        "at least one of them an out",
        "('total', 'out')",
    ),
    "table of another kind": (
        "@parameterize_frame([('x',)], columns=[('a', 'output')])\n" + F,
        "one of out, source, value",
        "",
    ),
    "short row": (
        "@parameterize_frame([('o',)], columns=[('o', 'out'), ('a', 'source')])\n" + F,
        "the row ('o',) must have 2 cells",
        "",
    ),
    "cell that is no name": (
        "@parameterize_frame([('o', 3)], columns=[('o', 'out'), ('a', 'source')])\n" + F,
        "the cell 3 of a must be the name of a node",
        "",
    ),
}


@pytest.mark.parametrize("case", MISUSES)
def test_each_misuse_is_one_error_with_its_place(make_module: ModuleMaker, case: str) -> None:
    text, message, hint = MISUSES[case]
    head = HEAD.replace("from __future__ import annotations\n", "")
    written = make_module.write(head + text, "misuse")
    with pytest.raises(Exception) as caught:
        collect([make_module(head + text, "misuse")]).raise_problems()
    problems: Any = getattr(caught.value, "problems", ())
    (problem,) = problems
    assert message in problem.message
    assert hint in (problem.hint or "")
    assert problem.file == str(written)
    assert isinstance(caught.value, ModifierError) or problem.code == "invalid-modifier"
