"""One function, many nodes: names, wiring, documentation, values on both engines, and misuse."""

from __future__ import annotations

from typing import Any

import pytest

from featurecat import driver
from featurecat.definition.collect import collect
from featurecat.definition.node import Constant, Dependency, Node
from featurecat.errors import DefinitionError, ModifierError
from tests.support.modules import ModuleMaker, line_of

IMPORTS = """
import pandas as pd
import polars as pl
from typing import Optional
from featurecat import (check_output, extract_columns, group, parameterize, parameterize_sources, parameterize_values,
                        source, value)
"""


def _nodes(make_module: ModuleMaker, source: str) -> dict[str, Node]:
    definitions = collect([make_module(IMPORTS + source)])
    definitions.raise_problems()
    return {name: nodes[0] for name, nodes in definitions.variants.items()}


def _wiring(node: Node) -> dict[str, Any]:
    return {
        argument.parameter: argument.name if isinstance(argument, Dependency) else (argument.value,)
        for argument in node.arguments
    }


def test_one_node_per_output(make_module: ModuleMaker) -> None:
    nodes = _nodes(
        make_module,
        """
@parameterize(
    x1={"a": source("left"), "b": value(3)},
    x2=({"a": source("b"), "b": source("a")}, "Swapped."),
    x3={"a": source("left"), "b": source("left")},
    x4={},
)
def x(a: int, b: int, c: int = 5) -> int:
    '''{output_name} of {a} and {b}, {unknown}.'''
    return a - b + c
""",
    )
    assert {name: _wiring(node) for name, node in nodes.items()} == {
        "x1": {"a": "left", "b": (3,), "c": "c"},
        "x2": {"a": "b", "b": "a", "c": "c"},
        "x3": {"a": "left", "b": "left", "c": "c"},
        "x4": {"a": "a", "b": "b", "c": "c"},
    }
    assert {name: node.documentation for name, node in nodes.items()} == {
        "x1": "x1 of left and 3, unknown.",
        "x2": "Swapped.",
        "x3": "x3 of left and left, unknown.",
        "x4": "x4 of a and b, unknown.",
    }
    assert [dependency.optional for dependency in nodes["x1"].dependencies] == [False, True]


def test_an_output_may_keep_the_functions_name(make_module: ModuleMaker) -> None:
    assert set(_nodes(make_module, "@parameterize(x={}, y={})\ndef x(a: int) -> int: ...\n")) == {"x", "y"}
    assert set(_nodes(make_module, "@parameterize(__x={}, y={})\ndef x(a: int) -> int: ...\n")) == {"x", "y"}


def test_sources_and_values(make_module: ModuleMaker) -> None:
    nodes = _nodes(
        make_module,
        """
@parameterize_sources(total={"a": "spend", "b": "tax"}, same={"a": "spend"})
def add(a: int, b: int) -> int: ...

@parameterize_values("steps", {("lag_1", "One back."): 1, ("lag_2", "Two back."): 2})
def lag(spend: int, *, steps: int) -> int: ...
""",
    )
    assert {name: _wiring(node) for name, node in nodes.items()} == {
        "total": {"a": "spend", "b": "tax"},
        "same": {"a": "spend", "b": "b"},
        "lag_1": {"spend": "spend", "steps": (1,)},
        "lag_2": {"spend": "spend", "steps": (2,)},
    }
    assert nodes["lag_2"].documentation == "Two back."


def test_keyword_only_parameters_and_groups_are_called_as_written(make_module: ModuleMaker) -> None:
    module = make_module(
        IMPORTS
        + """
@parameterize(
    plain={"b": source("u"), "d": value(1)},
    listed={"b": source("u"), "c": group(source("u"), value(7), source("v")), "d": value(2)},
    mapped={"b": source("u"), "e": group(first=source("v"), second=value(8)), "c": group(value(0))},
)
def f(a: int, b: int, c: list[int] | None = None, *, d: int = 9, e: Optional[dict[str, int]] = None) -> tuple:
    return (a, b, c, d, e)
""",
    )
    dr = driver.Builder().with_modules(module).build()
    assert dr.execute(["plain", "listed", "mapped"], inputs={"a": 1, "u": 2, "v": 3}) == {
        "plain": (1, 2, None, 1, None),
        "listed": (1, 2, [2, 7, 3], 2, None),
        "mapped": (1, 2, [0], 9, {"first": 3, "second": 8}),
    }


def test_members_of_groups_have_the_members_type(make_module: ModuleMaker) -> None:
    nodes = _nodes(
        make_module,
        """
@parameterize(f={"a": group(source("x"), source("y")), "b": group(k=source("z"))})
def f(a: list[int], b: dict[str, pd.Series]) -> int: ...
""",
    )
    types = {dependency.name: dependency.type.__name__ for dependency in nodes["f"].dependencies}
    assert types == {"x": "int", "y": "int", "z": "Series"}


def test_engines_give_equal_values(make_module: ModuleMaker) -> None:
    pandas_module, polars_module = (
        make_module(
            IMPORTS
            + f"""
@parameterize(lag_1={{"n": value(1)}}, lag_2={{"n": value(2)}})
def lag(spend: {column}, n: int) -> {column}:
    return spend.shift(n)
"""
        )
        for column in ("pd.Series", "pl.Series")
    )
    import pandas as pd
    import polars as pl

    on_pandas = driver.Driver({}, pandas_module).execute(
        ["lag_1", "lag_2"], inputs={"spend": pd.Series([1.0, 2.0, 3.0])}
    )
    on_polars = driver.Driver({}, polars_module, default_result="polars").execute(
        ["lag_1", "lag_2"], inputs={"spend": pl.Series([1.0, 2.0, 3.0])}
    )
    assert pl.from_pandas(on_pandas).equals(on_polars)


def test_checks_and_columns_apply_to_every_output(make_module: ModuleMaker) -> None:
    nodes = _nodes(
        make_module,
        """
@check_output(range=(0, 1))
@parameterize(one={"n": value(1)}, two={"n": value(2)})
def f(a: float, n: int) -> float: ...

@extract_columns("p", "q")
@parameterize(table={"n": value(1)})
def g(n: int) -> pd.DataFrame: ...
""",
    )
    assert set(nodes) == {
        *("one", "one_raw", "one_range_validator", "two", "two_raw", "two_range_validator"),
        *("table", "p", "q"),
    }
    assert [dependency.name for dependency in nodes["p"].dependencies] == ["table"]
    assert isinstance(nodes["two_raw"].arguments[1], Constant)


@pytest.mark.parametrize(
    ("decorator", "message", "hint"),
    [
        ("@parameterize()", "names no output", "@parameterize(f_1="),
        ("@parameterize(x={'a': 3})", "x gives a the bare value 3", "value(3)"),
        ("@parameterize(x={'aa': source('u')})", "x rewires 'aa', which is no parameter", "did you mean 'a'?"),
        ("@parameterize(x={'zzz': source('u')})", "x rewires 'zzz', which is no parameter", "parameters are a, b"),
        ("@parameterize(x=source('u'))", "x takes a mapping or a tuple of mapping and docstring", "x={"),
        ("@parameterize(x=({}, 'doc', 3))", "x takes a mapping or a tuple of mapping and docstring", "x={"),
        ("@parameterize(x=())", "x takes a mapping or a tuple of mapping and docstring", "x={"),
        ("@parameterize(x=({}, 3))", "x takes a mapping or a tuple of mapping and docstring", "x={"),
        ("@parameterize_sources(x='u')", "x takes a mapping or a tuple of mapping and docstring", "x={"),
        ("@parameterize_sources(x={'a': 3})", "x gives a the bare value 3", "value(3)"),
        ("@parameterize_values('a', {'x': 3})", "the key 'x' must be a tuple of output name and docstring", "{('x',"),
        ("@parameterize_values('c', {('x', 'd'): 3})", "x rewires 'c', which is no parameter", "parameters are a, b"),
        ("@parameterize_values('a', {('x', 'd'): 3, ('x', 'e'): 4})", "the output x is named twice", "name each once"),
        ("@parameterize_values('a', {})", "names no output", "@parameterize_values(f_1="),
    ],
)
def test_misuse_is_told_at_decoration(make_module: ModuleMaker, decorator: str, message: str, hint: str) -> None:
    with pytest.raises(ModifierError) as caught:
        make_module(f"{IMPORTS}\n{decorator}\ndef f(a: int, b: int) -> int: ...\n")
    (problem,) = caught.value.problems
    name = decorator[1:].partition("(")[0]
    assert problem.message.startswith(f"@{name} on f: {message}")
    assert hint in (problem.hint or "")
    assert problem.file is not None
    assert problem.line == 8


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("@parameterize(x={})\ndef f(output_name: int) -> int: ...", "a parameter may not be called output_name"),
    ],
)
def test_the_word_of_docstrings_is_no_parameter(make_module: ModuleMaker, source: str, message: str) -> None:
    with pytest.raises(ModifierError, match=message):
        make_module(IMPORTS + source)


@pytest.mark.parametrize(
    ("source", "message", "hint"),
    [
        (
            "@parameterize(x={'a': group(source('u'))})\ndef f(a: int) -> int: ...",
            "@parameterize on f: group() fills a, which is int and not list[T]",
            "annotate a: list[T]",
        ),
        (
            "@parameterize(x={'a': group(k=source('u'))})\ndef f(a: list[int]) -> int: ...",
            "@parameterize on f: group() fills a, which is list[int] and not dict[str, T]",
            "annotate a: dict[str, T]",
        ),
        (
            "@parameterize(x={'a': value(1)})\ndef f(a: int) -> int:\n    '''{a'''",
            "@parameterize on f: its docstring is not a format text",
            "double the braces",
        ),
        (
            "@parameterize(x={'a': value(1)})\ndef f(a: int) -> int:\n    '''{0}'''",
            "@parameterize on f: its docstring is not a format text",
            "double the braces",
        ),
        (
            "@parameterize(x={})\n@parameterize(y={})\ndef f(a: int) -> int: ...",
            "@parameterize on f: cannot stand beside @parameterize",
            "split the function",
        ),
        (
            "@parameterize_sources(x={})\n@parameterize(y={})\ndef f(a: int) -> int: ...",
            "@parameterize_sources on f: cannot stand beside @parameterize",
            "split the function",
        ),
        (
            "@extract_columns('p')\n@parameterize(x={}, y={})\ndef f(a: int) -> pd.DataFrame: ...",
            "@extract_columns on f: needs a single node to take apart, got 2",
            "expand in another function",
        ),
    ],
)
def test_misuse_that_the_whole_function_shows(make_module: ModuleMaker, source: str, message: str, hint: str) -> None:
    module = make_module(f"{IMPORTS}\n{source}\n")
    (problem,) = collect([module]).problems
    assert problem.message.startswith(message)
    assert hint in (problem.hint or "")
    assert (problem.code, problem.file, problem.line) == ("invalid-modifier", module.__file__, line_of(module, "@"))


def test_braces_without_rewiring_are_left_alone(make_module: ModuleMaker) -> None:
    nodes = _nodes(make_module, "@parameterize(x={})\ndef f(a: int) -> int:\n    '''A set, {{1, 2}}.'''\n")
    assert nodes["x"].documentation == "A set, {1, 2}."
    assert (
        _nodes(make_module, "def g(a: int) -> int:\n    '''A set, {1, 2}.'''\n")["g"].documentation == "A set, {1, 2}."
    )


# --- inject -------------------------------------------------------------------------------------

INJECT = IMPORTS + "from featurecat.function_modifiers.expand import inject\n"


def test_inject_rewires_in_place(make_module: ModuleMaker) -> None:
    module = make_module(
        INJECT
        + """
@extract_columns("p")
@inject(a=source("u"), b=value(3), parts=group(source("u"), value(10)), named=group(k=source("v")))
def f(a: int, b: int, parts: list[int], c: int = 2, *, named: dict[str, int]) -> pd.DataFrame:
    '''{output_name} of {a}.'''
    return pd.DataFrame({"p": [a, b, sum(parts), c, named["k"]]})
""",
    )
    built = driver.Builder().with_modules(module).build()
    assert built.graph.nodes["f"].documentation == "f of u."
    assert _wiring(built.graph.nodes["f"])["c"] == "c"
    assert built.execute(["p"], inputs={"u": 1, "v": 7})["p"].to_list() == [1, 3, 11, 2, 7]


@pytest.mark.parametrize(
    ("source", "message", "hint"),
    [
        ("@inject()\ndef f(a: int) -> int: ...", "@inject on f: names no parameter", "@inject(steps=value(1))"),
        (
            "@inject(b=value(1))\ndef f(a: int) -> int: ...",
            "@inject on f: f rewires 'b', which is no parameter",
            "parameters are a",
        ),
        ("@inject(a=1)\ndef f(a: int) -> int: ...", "@inject on f: f gives a the bare value 1", "value(1)"),
        ("@inject\ndef f(a: int) -> int: ...", "@inject on f: it is a decorator with arguments", "@inject(…)"),
        (
            "@inject(a=group(source('u')))\ndef f(a: int) -> int: ...",
            "@inject on f: group() fills a, which is int and not list[T]",
            "list[T]",
        ),
        (
            "@inject(a=value(1))\n@parameterize(y={})\ndef f(a: int) -> int: ...",
            "@inject on f: cannot stand beside @parameterize",
            "split the function",
        ),
    ],
)
def test_misuse_of_inject(make_module: ModuleMaker, source: str, message: str, hint: str) -> None:
    written = make_module.write(f"{INJECT}\n{source}\n", "misuse")
    with pytest.raises(DefinitionError) as caught:
        collect([make_module(f"{INJECT}\n{source}\n", "misuse")]).raise_problems()
    (problem,) = caught.value.problems
    assert problem.message.startswith(message)
    assert hint in (problem.hint or "")
    assert (problem.file, problem.line) == (str(written), 9)
