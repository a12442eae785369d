"""Columns of a frame and fields of a dictionary as nodes of their own."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
import polars as pl
import pytest

from featurecat import driver, extract_fields, extract_outputs
from featurecat.definition.collect import collect
from featurecat.definition.node import Node, Role
from featurecat.errors import DefinitionError, ModifierError, RunError, StepError
from tests.support.modules import ModuleMaker, line_of

IMPORTS = """
import typing
from typing import Annotated, Any, Dict, Optional, TypedDict
import pandas as pd
import polars as pl
import pyarrow as pa
from featurecat import check_output, extract_columns, extract_fields, extract_outputs, tag
from featurecat.function_modifiers.extract import unpack_fields
class Bounds(TypedDict):
    low: float
    high: "int"
class Loose(TypedDict, total=False):
    low: typing.Required[float]
    high: typing.NotRequired[int]
"""


def _nodes(make_module: ModuleMaker, source: str) -> dict[str, Node]:
    definitions = collect([make_module(IMPORTS + source)])
    definitions.raise_problems()
    return {name: nodes[0] for name, nodes in definitions.variants.items()}


@pytest.mark.parametrize(
    ("annotation", "column"),
    [
        ("pd.DataFrame", pd.Series),
        ("pl.DataFrame", pl.Series),
        ("pl.LazyFrame", pl.Expr),
        ("Annotated[pd.DataFrame, 'weeks']", pd.Series),
        ("'pd.DataFrame'", pd.Series),
    ],
)
def test_columns_have_the_column_type_of_the_frame(make_module: ModuleMaker, annotation: str, column: Any) -> None:
    nodes = _nodes(
        make_module,
        f"@extract_columns('a', ('b', 'Second.'))\ndef table() -> {annotation}:\n    '''The table.'''\n",
    )
    assert {name: node.type for name, node in nodes.items() if name != "table"} == {"a": column, "b": column}
    assert [(node.role, node.documentation) for node in nodes.values()] == [
        (Role.FRAME, "The table."),
        (Role.FEATURE, "The table."),
        (Role.FEATURE, "Second."),
    ]
    assert [[dependency.name for dependency in node.dependencies] for node in nodes.values()] == [
        [],
        ["table"],
        ["table"],
    ]


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_columns_fills_and_absence_on_both_engines(make_module: ModuleMaker, library: str) -> None:
    short = {"pandas": "pd", "polars": "pl"}[library]
    module = make_module(
        IMPORTS
        + f"""
@extract_columns("a", "zero", fill_with=0)
def filled(n: int) -> {short}.DataFrame:
    return {short}.DataFrame({{"a": [1.5] * n}})

@extract_columns("b", "absent")
def lacking() -> {short}.DataFrame:
    return {short}.DataFrame({{"b": [1], "abzent": [2]}})
"""
    )
    dr = driver.Builder().with_modules(module).build()
    result = dr.execute(["a", "zero", "filled"], inputs={"n": 2})
    assert (result["a"].to_list(), result["zero"].to_list()) == ([1.5, 1.5], [0, 0])
    assert list(result["filled"].columns) == ["a"]
    assert dr.execute(["b"])["b"].to_list() == [1]
    with pytest.raises(RunError) as caught:
        dr.execute(["absent"])
    (problem,) = caught.value.problems
    assert problem.message == "absent: the frame has no column 'absent'"
    assert problem.hint == "did you mean 'abzent'?"
    assert (problem.file, problem.line) == (module.__file__, line_of(module, '@extract_columns("b"'))


def test_lazy_frames_give_expressions(make_module: ModuleMaker) -> None:
    module = make_module(
        IMPORTS
        + """
@extract_columns("a")
def table() -> pl.LazyFrame:
    return pl.LazyFrame({"a": [1, 2]})
def doubled(table: pl.LazyFrame, a: pl.Expr) -> pl.LazyFrame:
    return table.select(a * 2)
"""
    )
    assert driver.Builder().with_modules(module).build().execute(["doubled"])["doubled"].collect()["a"].to_list() == [
        2,
        4,
    ]


@pytest.mark.parametrize(
    ("decorator", "returns", "types"),
    [
        ("@extract_fields({'low': float, 'high': int})", "dict", {"low": float, "high": int}),
        ("@extract_fields({'low': float, 'high': int})", "dict[str, Any]", {"low": float, "high": int}),
        ("@extract_fields({'low': int})", "Dict[str, float]", {"low": int}),
        ("@extract_fields(['low', 'high'])", "dict[str, float]", {"low": float, "high": float}),
        ("@extract_fields('low', 'high')", "Dict[str, float]", {"low": float, "high": float}),
        ("@extract_fields('low')", "dict[str, pd.Series]", {"low": pd.Series}),
        ("@extract_fields()", "Bounds", {"low": float, "high": int}),
        ("@extract_fields(None)", "Bounds", {"low": float, "high": int}),
        ("@extract_fields()", "Loose", {"low": float, "high": int}),
        ("@extract_fields(['high'])", "Bounds", {"high": int}),
        ("@extract_fields({'low': Optional[float]})", "Bounds", {"low": float | None}),
        ("@extract_outputs('low')", "dict[str, float]", {"low": float}),
    ],
)
def test_types_of_fields(make_module: ModuleMaker, decorator: str, returns: str, types: dict[str, Any]) -> None:
    nodes = _nodes(make_module, f"{decorator}\ndef bounds(a: float) -> {returns}:\n    '''Both.'''\n")
    assert nodes["bounds"].role is Role.FEATURE
    assert {name: node.type for name, node in nodes.items() if name != "bounds"} == types
    assert all(node.documentation == "Both." for node in nodes.values())


def test_the_old_name_is_the_same() -> None:
    assert extract_outputs is extract_fields


def test_fields_fills_and_absence(make_module: ModuleMaker) -> None:
    module = make_module(
        IMPORTS
        + """
@extract_fields("low", "none", fill_with=None)
def filled(a: float) -> dict[str, float]:
    return {"low": a}

@extract_fields("hihg")
def lacking(a: float) -> dict[str, float]:
    return {"high": a}
"""
    )
    dr = driver.Builder().with_modules(module).build()
    assert dr.execute(["low", "none"], inputs={"a": 1.0}) == {"low": 1.0, "none": None}
    with pytest.raises(RunError) as caught:
        dr.execute(["hihg"], inputs={"a": 1.0})
    (problem,) = caught.value.problems
    assert problem.message == "hihg: lacking returned no field 'hihg'; it has high"
    assert problem.hint == "did you mean 'high'?"
    assert (problem.file, problem.line) == (module.__file__, line_of(module, '@extract_fields("hihg")'))


def test_a_result_that_is_no_dictionary_is_told(make_module: ModuleMaker) -> None:
    module = make_module(
        IMPORTS + "@extract_fields('low')\ndef bounds(a: float) -> dict[str, float]:\n    return [a]\n"
    )
    with pytest.raises(RunError, match="bounds returned a value of type list, which is no dictionary"):
        driver.Builder().with_modules(module).build().execute(["low"], inputs={"a": 1.0})


@pytest.mark.parametrize(
    ("source", "message", "hint"),
    [
        (
            "@extract_columns()\ndef f() -> pd.DataFrame: ...",
            "@extract_columns on f: names no column",
            "@extract_columns(",
        ),
        (
            "@extract_columns(['a'])\ndef f() -> pd.DataFrame: ...",
            "@extract_columns on f: takes the names one by one, not a list",
            "*columns",
        ),
        (
            "@extract_columns(3)\ndef f() -> pd.DataFrame: ...",
            "@extract_columns on f: 3 is neither a column name nor a tuple",
            "who signed up",
        ),
        (
            "@extract_columns(('a', 3))\ndef f() -> pd.DataFrame: ...",
            "@extract_columns on f: ('a', 3) is neither",
            "who signed up",
        ),
        (
            "@extract_columns('a')\ndef f() -> int: ...",
            "@extract_columns on f: needs a function that returns a frame, not int",
            "pl.DataFrame",
        ),
        (
            "@extract_columns('a')\ndef f() -> pd.Series: ...",
            "@extract_columns on f: needs a function that returns a frame, not pandas.Series",
            "pl.DataFrame",
        ),
        (
            "@extract_columns('a', 'a')\ndef f() -> pd.DataFrame: ...",
            "@extract_columns on f: 'a' is extracted twice",
            "once",
        ),
        (
            "@extract_columns('f')\ndef f() -> pd.DataFrame: ...",
            "@extract_columns on f: 'f' is the name of the whole, too",
            "rename",
        ),
        (
            "@extract_columns('a')\n@extract_columns('b')\ndef f() -> pd.DataFrame: ...",
            "@extract_columns on f: needs a function that returns a frame, not pandas.Series",
            "pd.DataFrame",
        ),
        (
            "@extract_columns('a')\n@extract_columns('b', 'c')\ndef f() -> pd.DataFrame: ...",
            "@extract_columns on f: needs a single node to take apart, got 2",
            "one decorator",
        ),
        (
            "@extract_columns('a', target_='g')\ndef f() -> pd.DataFrame: ...",
            "@extract_columns on f: it names 'g', which is not a node of this function",
            "its nodes are f",
        ),
        (
            "@extract_columns('a')\ndef f() -> 'int': ...",
            "@extract_columns on f: needs a function that returns a frame, not int",
            "pl.DataFrame",
        ),
        (
            "@extract_fields('a')\ndef f() -> int: ...",
            "@extract_fields on f: needs a function that returns a dictionary, not int",
            "dict[str, float]",
        ),
        (
            "@extract_fields('a')\ndef f() -> dict: ...",
            "@extract_fields on f: does not know the fields and their types",
            "{'low': float",
        ),
        (
            "@extract_fields()\ndef f() -> dict[str, int]: ...",
            "@extract_fields on f: does not know the fields and their types",
            "{'low': float",
        ),
        (
            "@extract_fields({})\ndef f() -> dict[str, int]: ...",
            "@extract_fields on f: does not know the fields and their types",
            "{'low': float",
        ),
        (
            "@extract_fields({'a': str})\ndef f() -> dict[str, int]: ...",
            "@extract_fields on f: the field 'a' is int in the return annotation and str here",
            "",
        ),
        ("@extract_fields({3: str})\ndef f() -> dict: ...", "@extract_fields on f: the field 3 is not a string", ""),
        (
            "@extract_fields('a', 3)\ndef f() -> dict[str, int]: ...",
            "@extract_fields on f: the field 3 is not a string",
            "",
        ),
        (
            "@extract_fields('a', 'a')\ndef f() -> dict[str, int]: ...",
            "@extract_fields on f: 'a' is extracted twice",
            "once",
        ),
        (
            "@extract_fields('lw')\ndef f() -> Bounds: ...",
            "@extract_fields on f: Bounds has no field 'lw'",
            "did you mean 'low'?",
        ),
        (
            "@extract_fields({'low': str})\ndef f() -> Bounds: ...",
            "@extract_fields on f: the field 'low' is float in the return annotation and str here",
            "",
        ),
        (
            "@extract_fields({'low': 3})\ndef f() -> dict: ...",
            "@extract_fields on f: the type of the field 'low' is 3, which is no type",
            "",
        ),
    ],
)
def test_misuse(make_module: ModuleMaker, source: str, message: str, hint: str) -> None:
    try:
        module = make_module(f"{IMPORTS}\n{source}\n")
    except ModifierError as error:
        (problem,) = error.problems
    else:
        (problem,) = collect([module]).problems
        assert problem.file == module.__file__
    assert problem.message.startswith(message)
    assert problem.hint
    assert hint in problem.hint
    assert problem.code == "invalid-modifier"
    assert problem.line == 16


def test_two_extractions_with_a_target_each(make_module: ModuleMaker) -> None:
    nodes = _nodes(
        make_module,
        "@extract_columns('a', target_='f')\n@extract_columns('b', 'c')\ndef f() -> pd.DataFrame: ...\n",
    )
    assert {name: [dependency.name for dependency in node.dependencies] for name, node in nodes.items()} == {
        "f": [],
        "a": ["f"],
        "b": ["f"],
        "c": ["f"],
    }


def test_errors_inside_the_function_are_its_own(make_module: ModuleMaker) -> None:
    module = make_module(IMPORTS + "@extract_columns('a')\ndef f() -> pd.DataFrame:\n    raise KeyError('x')\n")
    with pytest.raises(StepError, match="f raised KeyError"):
        driver.Builder().with_modules(module).build().execute(["a"])


def test_a_lazy_frame_is_filled(make_module: ModuleMaker) -> None:
    module = make_module(
        IMPORTS
        + """
@extract_columns("a", "zero", fill_with=0)
def table() -> pl.LazyFrame:
    return pl.LazyFrame({"a": [1, 2]})
def both(table: pl.LazyFrame, a: pl.Expr, zero: pl.Expr) -> pl.LazyFrame:
    return table.select(a, zero)
"""
    )
    got = driver.Builder().with_modules(module).build().execute(["both"])["both"].collect()
    assert got.to_dict(as_series=False) == {"a": [1, 2], "zero": [0, 0]}


# --- tuples -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "returns", "types"),
    [
        ("'a', 'b'", "tuple[int, str]", {"a": int, "b": str}),
        ("'a'", "typing.Tuple[int, str]", {"a": int}),
        ("'a', 'b', 'c'", "tuple[pd.Series, ...]", dict.fromkeys("abc", pd.Series)),
        ("'a', 'b'", "'tuple[pl.DataFrame, int]'", {"a": pl.DataFrame, "b": int}),
        ("'a'", "Annotated[tuple[int, str], 'pair']", {"a": int}),
    ],
)
def test_types_of_elements(make_module: ModuleMaker, names: str, returns: str, types: dict[str, Any]) -> None:
    nodes = _nodes(make_module, f"@tag(k='v')\n@unpack_fields({names})\ndef pair() -> {returns}:\n    '''Both.'''\n")
    assert {name: node.type for name, node in nodes.items() if name != "pair"} == types
    assert {name for name, node in nodes.items() if node.tags} == set(types)
    assert all(node.documentation == "Both." for node in nodes.values())
    assert nodes["a"].role is (Role.FRAME if types["a"] is pl.DataFrame else Role.FEATURE)


@pytest.mark.parametrize(
    ("annotation", "value", "expected"),
    [
        ("tuple[int, int]", "(1, 2)", 2),
        ("tuple[int, ...]", "(1, 2, 3)", 2),
        ("tuple[int, int]", "(1, 2, 3)", "pair returned a tuple of 3, not of 2 elements"),
        ("tuple[int, ...]", "(1,)", "pair returned a tuple of 1, not of more than 1 elements"),
        ("tuple[int, int]", "[1, 2]", "pair returned a value of type list, which is no tuple"),
    ],
)
def test_elements(make_module: ModuleMaker, annotation: str, value: str, expected: Any) -> None:
    module = make_module(IMPORTS + f"@unpack_fields('a', 'b')\ndef pair() -> {annotation}:\n    return {value}\n")
    built = driver.Builder().with_modules(module).build()
    if isinstance(expected, int):
        assert built.execute(["b"]) == {"b": expected}
        return
    with pytest.raises(RunError) as caught:
        built.execute(["b"])
    assert caught.value.problems[0].message == f"b: {expected}"
    assert caught.value.problems[0].hint


@pytest.mark.parametrize(
    ("source", "message", "hint"),
    [
        ("@unpack_fields()\ndef f() -> tuple[int, int]: ...", "names no field", "@unpack_fields('low', 'high')"),
        ("@unpack_fields(['a'])\ndef f() -> tuple[int, int]: ...", "the field ['a'] is not a string", "*names"),
        ("@unpack_fields('a', 3)\ndef f() -> tuple[int, int]: ...", "the field 3 is not a string", "strings"),
        ("@unpack_fields('a', 'a')\ndef f() -> tuple[int, int]: ...", "'a' is unpacked twice", "once"),
        ("@unpack_fields('f')\ndef f() -> tuple[int, int]: ...", "'f' is the name of the whole, too", "rename"),
        (
            "@unpack_fields('a', 'b', 'c')\ndef f() -> tuple[int, int]: ...",
            "names 3 fields, but tuple[int, int] has 2",
            "leave out c",
        ),
        (
            "@unpack_fields('a', 'b')\ndef f() -> 'tuple[int]': ...",
            "names 2 fields, but tuple[int] has 1",
            "leave out b",
        ),
        ("@unpack_fields('a')\ndef f() -> tuple: ...", "a tuple and says of what, not tuple", "tuple[float, ...]"),
        (
            "@unpack_fields('a')\ndef f() -> list[int]: ...",
            "a tuple and says of what, not list[int]",
            "tuple[float, ...]",
        ),
        ("@unpack_fields('a')\ndef f() -> 'int': ...", "a tuple and says of what, not int", "tuple[float, ...]"),
    ],
)
def test_misuse_of_unpacking(make_module: ModuleMaker, source: str, message: str, hint: str) -> None:
    test_misuse(make_module, source, "@unpack_fields on f:", hint)
    written = make_module.write(f"{IMPORTS}\n{source}\n", "misuse")
    with pytest.raises(DefinitionError, match=re.escape(message)) as caught:
        collect([make_module(f"{IMPORTS}\n{source}\n", "misuse")]).raise_problems()
    assert caught.value.problems[0].file == str(written)
