"""Declared columns: what is kept of them, and what enforcing them refuses, on every engine."""

from __future__ import annotations

import pytest

from featurecat import driver
from featurecat.definition.collect import collect
from featurecat.errors import DefinitionError, RunError
from featurecat.graph.build import build_graph
from tests.support.modules import ModuleMaker, line_of

HEAD = """
import pandas as pd
import polars as pl
import pyarrow as pa
from featurecat import check_output, extract_columns, parameterize, tag, value
from featurecat.function_modifiers.pipes import pipe_output, step
from featurecat.function_modifiers.schemas import schema
"""
FRAMES = {
    "pandas": ("pd.DataFrame", "pd.DataFrame({})"),
    "polars": ("pl.DataFrame", "pl.DataFrame({})"),
    "polars-lazy": ("pl.LazyFrame", "pl.LazyFrame({})"),
    "pyarrow": ("pa.Table", "pa.table({})"),
}
each_frame = pytest.mark.parametrize("library", FRAMES)


def _module(make_module: ModuleMaker, library: str, declared: str, made: str) -> object:
    annotation, call = FRAMES[library]
    return make_module(
        HEAD
        + f"@schema.output({declared}, enforce=True)\ndef f() -> {annotation}:\n    return {call.replace('{}', made)}\n"
    )


def test_what_is_declared_belongs_to_the_frame(make_module: ModuleMaker) -> None:
    graph = build_graph(
        collect(
            [
                make_module(
                    HEAD
                    + """
@schema.output(("a", "int"), ("b", "whatever the team says"))
def f() -> pd.DataFrame: ...
@schema.output(("a", "int"), target_="g")
@extract_columns("a")
def g() -> pl.DataFrame: ...
@parameterize(h={"n": value(1)}, i={"n": value(2)})
@schema.output(("a", "int"))
def many(n: int) -> pl.DataFrame: ...
"""
                )
            ]
        ),
        {},
    )
    declared = {name: dict(node.schema) for name, node in graph.nodes.items() if node.schema}
    assert declared == {"f": {"a": "int", "b": "whatever the team says"}, "g": {"a": "int"}, "h": {"a": "int"}, "i": {"a": "int"}}


@each_frame
@pytest.mark.parametrize(
    ("declared", "made"),
    [
        ("('a', 'int'), ('b', 'str')", "{'b': ['x', None], 'a': [1, 2]}"),
        ("('a', 'int64'), ('b', 'float')", "{'a': [1, 2], 'b': [1.5, 2.5]}"),
        ("('a', 'double')", "{'a': [1.5, 2.5]}"),
        ("('a', 'bool')", "{'a': [True, False]}"),
        ("('a', 'string')", "{'a': [None, None]}"),
    ],
)
def test_a_frame_that_has_them_goes_through(make_module: ModuleMaker, library: str, declared: str, made: str) -> None:
    module = _module(make_module, library, declared, made)
    driver.Builder().with_modules(module).build().execute(["f"])  # type: ignore[arg-type]


@each_frame
def test_every_difference_is_told_at_once(make_module: ModuleMaker, library: str) -> None:
    module = _module(
        make_module, library, "('weeks', 'int'), ('b', 'str'), ('c', 'float')", "{'week': [1], 'b': [2], 'c': [1.5]}"
    )
    built = driver.Builder().with_modules(module).build()  # type: ignore[arg-type]
    with pytest.raises(RunError) as caught:
        built.execute(["f"])
    (problem,) = caught.value.problems
    assert problem.code == "type-mismatch"
    assert "the columns of f are not those its schema declares" in problem.message
    assert problem.details == ("missing: weeks", "not declared: week", "b is int64, declared string")
    assert problem.hint == "did you mean 'week'?"
    assert problem.line == line_of(module, "@schema.output")  # type: ignore[arg-type]


def test_a_lazy_frame_is_not_collected_for_it(make_module: ModuleMaker) -> None:
    module = make_module(
        HEAD
        + """
def _refuse(frame: pl.DataFrame) -> pl.DataFrame:
    raise AssertionError("it was collected")
@schema.output(("a", "int"), enforce=True)
def f() -> pl.LazyFrame:
    return pl.LazyFrame({"a": [1]}).map_batches(_refuse, schema={"a": pl.Int64})
"""
    )
    assert driver.Builder().with_modules(module).build().execute(["f"])["f"].collect_schema().names() == ["a"]


def test_of_a_checked_frame_the_unchecked_value_is_held_to_it(make_module: ModuleMaker) -> None:
    module = make_module(
        HEAD
        + """
@schema.output(("a", "str"), enforce=True)
@check_output(allow_none=False)
def f() -> pd.DataFrame:
    return pd.DataFrame({"a": [1]})
"""
    )
    built = driver.Builder().with_modules(module).build()
    with pytest.raises(RunError, match="the columns of f are not"):
        built.execute(["f_raw"])


def test_of_a_piped_frame_the_last_value_is_held_to_it(make_module: ModuleMaker) -> None:
    module = make_module(
        HEAD
        + """
def _text(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.astype(str)
@schema.output(("a", "str"), enforce=True)
@pipe_output(step(_text))
def f() -> pd.DataFrame:
    return pd.DataFrame({"a": [1]})
"""
    )
    assert driver.Builder().with_modules(module).build().execute(["f"])["f"]["a"].tolist() == ["1"]


F = "def f() -> pd.DataFrame: ...\n"
MISUSES = {
    "nothing": ("@schema.output()\n" + F, "names no column", "('week', 'int')"),
    "a text": ("@schema.output('a')\n" + F, "'a' is no pair of column name and type", "('week', 'int')"),
    "a type": ("@schema.output(('a', int))\n" + F, "is no pair of column name and type", "('week', 'int')"),
    "twice in one": ("@schema.output(('a', 'int'), ('a', 'str'))\n" + F, "declares 'a' twice", "once"),
    "twice": ("@schema.output(('a', 'int'))\n@schema.output(('b', 'int'))\n" + F, "stands twice", "in one"),
    "no frame": ("@schema.output(('a', 'int'))\ndef f() -> int: ...\n", "of a frame, not of int", "pd.DataFrame"),
    "no frame, told late": ("@schema.output(('a', 'int'))\ndef f() -> 'int': ...\n", "of a frame, not of int", ""),
    "columns": ("@schema.output(('a', 'int'))\n@extract_columns('a')\n" + F, "not of pandas.Series", "target_"),
    "unknown target": ("@schema.output(('a', 'int'), target_='g')\n" + F, "it names 'g', which is not a node", ""),
    "unknown type": (
        "@schema.output(('a', 'flot'), enforce=True)\n" + F,
        "the type 'flot' of 'a' cannot be enforced",
        "did you mean 'float",
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
    lines = written.read_text(encoding="utf-8").splitlines()
    first = next(number for number, line in enumerate(lines, 1) if "@schema" in line)
    assert (problem.file, problem.line) == (str(written), first)
