"""Pipes and mutations: wiring, values on every engine, fingerprints, and each misuse."""

from __future__ import annotations

import asyncio
import pickle
from typing import Any

import pandas as pd
import polars as pl
import pytest
from hypothesis import given, strategies

from featurecat import async_driver, driver
from featurecat.definition.collect import Definitions, collect, collect_functions
from featurecat.definition.node import Constant, Dependency, Node, Role
from featurecat.errors import DefinitionError
from featurecat.execution.run import run_plan
from featurecat.function_modifiers.pipes import pipe_input, pipe_output, step
from featurecat.graph.build import build_graph
from featurecat.plan.planner import make_plan
from tests.support.modules import ModuleMaker, line_of

HEAD = """
from typing import Any
import pandas as pd
import polars as pl
from featurecat import (check_output, config, extract_columns, extract_fields, feature, group, parameterize, source, tag,
                        value)
from featurecat.function_modifiers.expand import inject
from featurecat.function_modifiers.mutation import apply_to, mutate
from featurecat.function_modifiers.pipes import pipe, pipe_input, pipe_output, step

def _add(x: int, y: int = 1) -> int:
    '''Adds.'''
    return x + y

def _mul(x: int, y: int) -> int:
    return x * y

def _text(x: int) -> str:
    return str(x)

def _sum(x: int, *, parts: list[int], named: dict[str, int]) -> int:
    return x + sum(parts) + sum(named.values())
"""


def _nodes(make_module: ModuleMaker, source: str, config: dict[str, Any] | None = None) -> dict[str, Node]:
    graph = build_graph(collect([make_module(HEAD + source)]), config or {})
    return {name: node for name, node in graph.nodes.items() if not node.given}


def _edges(nodes: dict[str, Node]) -> dict[str, list[str]]:
    return {name: [dependency.name for dependency in node.dependencies] for name, node in nodes.items()}


# --- wiring -------------------------------------------------------------------------------------


def test_steps_stand_before_the_function_and_say_where_they_come_from(make_module: ModuleMaker) -> None:
    module = make_module(
        HEAD
        + "@tag(team='ops')\n@pipe_input(step(_add, y=2), step(_mul, source('k')))\ndef r(u: int) -> int: return u\n"
    )
    graph = build_graph(collect([module]), {})
    nodes = {name: node for name, node in graph.nodes.items() if not node.given}
    assert _edges(nodes) == {"r.with_add": ["u"], "r.with_mul": ["r.with_add", "k"], "r": ["r.with_mul"]}
    assert nodes["r.with_add"].arguments[1] == Constant(2, "y")
    assert [node.public for node in nodes.values()] == [False, False, True]
    assert [dict(node.tags) for node in nodes.values()] == [{}, {}, {"team": ("ops",)}]
    first = nodes["r.with_add"]
    assert first.place == (module.__file__, line_of(module, "def _add"))
    assert first.documentation == "Adds."
    assert [via.name for via in first.via] == ["r"]
    assert module.r(1) == 1


def test_the_old_name_is_the_same(make_module: ModuleMaker) -> None:
    assert make_module(HEAD).pipe is make_module(HEAD).pipe_input


def test_groups_and_keyword_only_parameters(make_module: ModuleMaker) -> None:
    module = make_module(
        HEAD
        + """
@pipe_input(step(_sum, parts=group(source("a"), value(10)), named=group(k=source("b"))), step(_sum, parts=[1], named={}))
def r(u: int) -> int:
    return u
"""
    )
    built = driver.Builder().with_modules(module).build()
    assert built.execute(["r"], inputs={"u": 1, "a": 2, "b": 3}) == {"r": 17}


def test_an_optional_input_stays_optional_through_the_pipe(make_module: ModuleMaker) -> None:
    module = make_module(HEAD + "@pipe_input(step(_add), step(_mul, y=10))\ndef r(u: int = 3) -> int: return u\n")
    built = driver.Builder().with_modules(module).build()
    assert built.execute(["r"]) == {"r": 40}
    assert built.execute(["r"], inputs={"u": 1, "y": 5}) == {"r": 60}


def test_a_result_keeps_its_documentation_and_type_follows_the_last_step(make_module: ModuleMaker) -> None:
    nodes = _nodes(
        make_module,
        """
@feature(owner="ops")
@pipe_output(step(_add), step(_text))
def r(u: int) -> int:
    '''What it is.'''
    return u
def after(r: str) -> str:
    return r
""",
    )
    assert _edges(nodes) == {
        "r.raw": ["u"],
        "r.with_add": ["r.raw", "y"],
        "r.with_text": ["r.with_add"],
        "r": ["r.with_text"],
        "after": ["r"],
    }
    assert (nodes["r"].type, nodes["r.raw"].type, nodes["r.raw"].role) == (str, int, Role.RAW)
    assert nodes["r"].documentation == "What it is."
    assert nodes["r"].metadata.owner == ("ops",)
    assert [name for name, node in nodes.items() if node.public] == ["r", "after"]


def test_a_decorator_above_takes_apart_the_piped_result(make_module: ModuleMaker) -> None:
    nodes = _nodes(
        make_module,
        """
def _both(x: int) -> dict: return {"a": x, "b": -x}
@extract_fields({"a": int, "b": int})
@pipe_output(step(_both))
def r(u: int) -> int: return u
""",
    )
    assert _edges(nodes)["a"] == ["r"]
    assert nodes["r"].type is dict


@pytest.mark.parametrize(
    ("config", "expected"),
    [({}, 6), ({"a": 1}, 60), ({"a": 2}, 5), ({"a": 3}, 6)],
)
def test_steps_by_config(make_module: ModuleMaker, config: dict[str, Any], expected: int) -> None:
    module = make_module(
        HEAD
        + """
@pipe_output(step(_add).when_not(a=2), step(_mul, y=10).when(a=1))
def r(u: int) -> int:
    return u
"""
    )
    built = driver.Builder().with_modules(module).with_config(config).build()
    assert built.execute(["r"], inputs={"u": 5}) == {"r": expected}


def test_only_pipes_with_conditions_wait_for_the_config(make_module: ModuleMaker) -> None:
    definitions = collect(
        [
            make_module(
                HEAD
                + """
@pipe_input(step(_add))
@pipe_output(step(_mul, y=2))
def plain(u: int) -> int: return u
@pipe_output(step(_add).when(a=1, b=2))
def waiting(u: int) -> int: return u
@mutate(plain)
def _m(x: int) -> int: return x
"""
            )
        ]
    )
    assert set(definitions.variants) == {"plain", "plain.raw", "plain.with_add", "plain.with_mul", "plain.with_m"}
    assert [(one.defined.name, one.needs.optional, one.needs.required) for one in definitions.deferred] == [
        ("waiting", ("a", "b"), ())
    ]


def add(x: int) -> int:
    """One more."""
    return x + 1


def double(x: int) -> int:
    """Twice."""
    return x * 2


def negative(x: int) -> int:
    """The other sign."""
    return -x


functions = strategies.lists(strategies.sampled_from([add, double, negative]), max_size=6)


@given(before=functions, after=functions, start=strategies.integers(-100, 100))
def test_a_pipe_is_the_functions_one_after_the_other(before: list[Any], after: list[Any], start: int) -> None:
    @pipe_output(*map(step, after))
    @pipe_input(*map(step, before), namespace="before")
    def r(u: int) -> int:
        return u * 10

    definitions = Definitions()
    collect_functions([r], definitions)
    graph = build_graph(definitions, {})
    expected = start
    for function in before:
        expected = function(expected)
    expected = r(expected)
    for function in after:
        expected = function(expected)
    assert run_plan(make_plan(graph, ["r"], given=["u"]), {"u": start}) == {"r": expected}
    assert len(graph.nodes) == 2 + len(before) + (len(after) + 1 if after else 0)


def test_variants_for_engines_may_share_a_step(make_module: ModuleMaker) -> None:
    module = make_module(
        HEAD
        + """
def _twice(x: Any) -> Any:
    return x * 2
@pipe_output(step(_twice))
def r__pandas(u: pd.Series) -> pd.Series:
    return u
@pipe_output(step(_twice))
def r__polars(u: pl.Series) -> pl.Series:
    return u
"""
    )
    definitions = collect([module])
    definitions.raise_problems()
    for engine, series in (("pandas", pd.Series), ("polars", pl.Series)):
        graph = build_graph(definitions, {}, engine)
        assert graph.nodes["u"].type is series
        assert graph.nodes["r.with_twice"].engine == engine


def test_variants_by_config_may_share_a_step(make_module: ModuleMaker) -> None:
    module = make_module(
        HEAD
        + """
@config.when(m=1)
@pipe_input(step(_add))
def r__one(u: int) -> int:
    return u
@config.when(m=2)
@pipe_input(step(_add))
def r__two(u: int) -> int:
    return -u
"""
    )
    for mode, expected in ((1, 6), (2, -6)):
        built = driver.Builder().with_modules(module).with_config({"m": mode}).build()
        assert built.execute(["r"], inputs={"u": 5}) == {"r": expected}


@pytest.mark.parametrize(("library", "column"), [("pandas", "pd.Series"), ("polars", "pl.Series"), ("lazy", "pl.Expr")])
def test_columns_of_every_engine_go_through_pipes(make_module: ModuleMaker, library: str, column: str) -> None:
    frame = {"pandas": "pd.DataFrame", "polars": "pl.DataFrame", "lazy": "pl.LazyFrame"}[library]
    module = make_module(
        HEAD
        + f"""
def _scaled(x: {column}, factor: int) -> {column}:
    return x * factor
def _filled(x: {frame}) -> {frame}:
    return {"x.assign(c=1)" if library == "pandas" else "x.with_columns(c=pl.lit(1))"}
@pipe_output(step(_scaled, factor=10), on_output="a")
@extract_columns("a", "c")
@pipe_output(step(_filled))
def table(rows: list[int]) -> {frame}:
    return {frame}({{"a": rows}})
@pipe_input(step(_scaled, factor=2))
def r(a: {column}, c: {column}) -> {column}:
    return a + c
def whole(table: {frame}, r: {column}) -> {frame}:
    return {"table.assign(r=r)" if library == "pandas" else "table.with_columns(r=r)"}
"""
    )
    built = driver.Builder().with_modules(module).build()
    result = built.execute(["whole"], inputs={"rows": [1, 2]})["whole"]
    result = result.collect() if library == "lazy" else result
    assert result["r"].to_list() == [21, 41]


def test_rows_are_told_to_what_a_result_is_made_of(make_module: ModuleMaker) -> None:
    graph = build_graph(
        collect(
            [
                make_module(
                    HEAD
                    + """
def _kept(x: pd.Series) -> pd.Series:
    return x
@feature(entity="week")
@pipe_output(step(_kept))
def r(u: pd.Series) -> pd.Series:
    return u
"""
                )
            ]
        ),
        {},
    )
    grains = [graph.grain(name) for name in ("r", "r.with_kept", "r.raw")]
    assert [grain is not None and grain.label for grain in grains] == ["week"] * 3


ASYNCHRONOUS = """
import asyncio
import pandas as pd
from featurecat import source
from featurecat.function_modifiers.columns import with_columns
from featurecat.function_modifiers.expand_columns import ParameterizedExtract, parameterize_extract_columns
from featurecat.function_modifiers.extract import unpack_fields
from featurecat.function_modifiers.pipes import pipe_input, pipe_output, step
from featurecat.function_modifiers.schemas import schema
async def _slow(x: int, y: int = 1) -> int:
    await asyncio.sleep(0)
    return x + y
def _plain(x: int) -> int:
    return x * 2
@pipe_input(step(_slow), step(_plain))
@pipe_output(step(_slow, y=10).named("later"))
async def r(u: int) -> int:
    return u
@unpack_fields("p", "q")
async def pair(r: int) -> tuple[int, int]:
    return r, -r
@schema.output(("o", "int"), enforce=True, target_="f__0")
@parameterize_extract_columns(ParameterizedExtract(("o",), {"a": source("r")}))
async def f(a: int) -> pd.DataFrame:
    return pd.DataFrame({"x": [a]})
async def _c(o: pd.Series) -> pd.Series:
    return o + 1
@with_columns(_c, columns_to_pass=["o"])
async def out(f__0: pd.DataFrame) -> pd.DataFrame:
    return f__0
"""


def test_functions_that_are_awaited(make_module: ModuleMaker) -> None:
    async def run() -> dict[str, Any]:
        built = await async_driver.Builder().with_modules(make_module(ASYNCHRONOUS)).build()
        result: dict[str, Any] = await built.execute(["r", "q", "o", "out"], inputs={"u": 5})
        return result

    result = asyncio.run(run())
    assert (result["r"], result["q"]) == (22, -22)
    assert (result["o"].to_list(), result["out"]["_c"].to_list()) == ([22], [23])


# --- mutations ----------------------------------------------------------------------------------


def test_a_mutation_leaves_the_function_as_it_is_and_is_no_feature(make_module: ModuleMaker) -> None:
    module = make_module(
        HEAD + "def r(u: int) -> int: return u\n@mutate(r, y=3)\ndef scaled(x: int, y: int) -> int: return x * y\n"
    )
    built = driver.Builder().with_modules(module).build()
    assert (module.r(1), module.scaled(2, 2)) == (1, 4)
    assert built.execute(["r"], inputs={"u": 5}) == {"r": 15}
    assert [name for name, node in built.graph.nodes.items() if node.public] == ["r"]
    assert {"r.raw", "r.with_scaled"} < set(built.graph.nodes)


def test_a_decorator_shared_by_functions_is_not_changed_by_a_mutation(make_module: ModuleMaker) -> None:
    nodes = _nodes(
        make_module,
        """
shared = pipe_output(step(_add))
@shared
def a(u: int) -> int: return u
@shared
def b(u: int) -> int: return u
@mutate(a)
def _m(x: int) -> int: return x
""",
    )
    assert "a.with_m" in nodes
    assert "b.with_m" not in nodes


def test_a_cell_run_again_replaces_its_mutation(make_module: ModuleMaker) -> None:
    module = make_module(HEAD + "def r(u: int) -> int: return u\n")
    cell = "@mutate(r)\ndef _m(x: int) -> int: return x * 2\n"
    for name in ("<cell 1>", "<cell 1>", "<cell 2>"):
        exec(compile(cell, name, "exec"), vars(module))
    built = driver.Builder().with_modules(module).build()
    assert built.execute(["r"], inputs={"u": 1}) == {"r": 2}


def test_two_mutations_of_one_name_in_a_file_are_both_applied(make_module: ModuleMaker) -> None:
    module = make_module(
        HEAD
        + """
def r(u: int) -> int: return u
@mutate(r)
def _(x: int) -> int: return x + 1
@mutate(r)
def _(x: int) -> int: return x * 10
"""
    )
    built = driver.Builder().with_modules(module).build()
    assert built.execute(["r"], inputs={"u": 1}) == {"r": 20}


def test_a_result_that_no_pipe_is_for_gets_one(make_module: ModuleMaker) -> None:
    nodes = _nodes(
        make_module,
        """
@pipe_output(step(_add), on_output="a")
@extract_fields({"a": int, "b": int})
def r(u: int) -> dict: return {}
@mutate(apply_to(r).on_output("b"))
def _m(x: int) -> int: return x
""",
    )
    edges = _edges(nodes)
    assert (edges["a"], edges["b"]) == (["a.with_add"], ["b.with_m"])


# --- misuse -------------------------------------------------------------------------------------

R = "def r(u: int, v: int) -> int: return u\n"
#: What is written, the line it is told at, a part of the message, a part of the hint.
MISUSES = {
    "no step": ("@pipe_input(_add)\n" + R, "@pipe_input(_add", "takes step(…), not the function _add", "@pipe_input(step("),
    "bare": ("@pipe_output\n" + R, "@pipe_output\n", "takes step(…), not the function r", "@pipe_output(step("),
    "several functions": (
        "@pipe_input(_add, _mul)\n" + R,
        "@pipe_input(_add",
        "takes step(…), not _add",
        "@pipe_input(step(",
    ),
    "apply_to in a pipe": (
        "def q(u: int) -> int: ...\n@pipe_output(apply_to(q))\n" + R,
        "@pipe_output",
        "takes step(…)",
        "",
    ),
    "no function": ("@pipe_input(step('x'))\n" + R, "@pipe_input", "step() takes a function, not 'x'", "step("),
    "unknown argument": (
        "@pipe_input(step(_add, yy=1))\n" + R,
        "@pipe_input",
        "has no parameter 'yy'; did you mean 'y'?",
        "y=…",
    ),
    "missing argument": (
        "@pipe_input(step(_mul))\n" + R,
        "@pipe_input",
        "the step _mul lacks the argument y",
        "step(_mul, y=…)",
    ),
    "piped argument": (
        "@pipe_input(step(_add, x=1))\n" + R,
        "@pipe_input",
        "gets 'x', which takes the piped value",
        "",
    ),
    "argument twice": ("@pipe_input(step(_add, 1, y=2))\n" + R, "@pipe_input", "gets 'y' twice", ""),
    "too many": (
        "@pipe_input(step(_add, 1, 2))\n" + R,
        "@pipe_input",
        "takes 2 arguments by position, and 3 are given",
        "",
    ),
    "one lacking": (
        "def _scaled(x: int, factor: int) -> int: ...\n@pipe_input(step(_scaled))\n" + R,
        "@pipe_input",
        "the step _scaled lacks the argument factor",
        "step(_scaled, factor=…)",
    ),
    "two lacking": (
        "def _scaled(x: int, factor: int, offset: int) -> int: ...\n@pipe_input(step(_scaled))\n" + R,
        "@pipe_input",
        "the step _scaled lacks the arguments factor, offset",
        "factor=…",
    ),
    "no parameter": (
        "def _none() -> int: ...\n@pipe_input(step(_none))\n" + R,
        "@pipe_input",
        "has no parameter that could take the piped value",
        "",
    ),
    "variadic": (
        "def _many(*x: int) -> int: ...\n@pipe_input(step(_many))\n" + R,
        "@pipe_input",
        "takes arguments that cannot be given by name",
        "",
    ),
    "by position only": (
        "def _first(x: int, /) -> int: ...\n@pipe_input(step(_first))\n" + R,
        "@pipe_input",
        "takes arguments that cannot be given by name",
        "",
    ),
    "no annotation": (
        "def _loose(x, y: int): ...\n@pipe_input(step(_loose, y=1))\n" + R,
        "@pipe_input",
        "the step _loose has no type annotation on 'x', the return value",
        "annotate",
    ),
    "markers in a list": (
        "@pipe_input(step(_sum, parts=[source('a')], named={}))\n" + R,
        "@pipe_input",
        "gets markers inside a list or mapping for 'parts'",
        "",
    ),
    "bare value of a condition": (
        "@pipe_input(step(_add).when_in(a=1))\n" + R,
        "@pipe_input",
        "a takes a list of values, not 1",
        "when_in(a=[1])",
    ),
    "two namespaces": (
        "@pipe_input(step(_add).named('k', namespace='o'), namespace='q')\n" + R,
        "@pipe_input",
        "gives a namespace to the whole pipe and to the step k",
        "leave out",
    ),
    "odd namespace": (
        "@pipe_input(step(_add), namespace=3)\n" + R,
        "@pipe_input",
        "namespace=3 must be a text",
        "namespace=",
    ),
    "odd name": (
        "@pipe_input(step(_add).named(3))\n" + R,
        "@pipe_input",
        "the name 3 of a step must be a text",
        "named(",
    ),
    "names twice": (
        "@pipe_input(step(_add).named('a'), step(_add).named('a'))\n" + R,
        "@pipe_input",
        "two steps make a node 'r.a'",
        "named(",
    ),
    "unknown input": (
        "@pipe_input(step(_add), on_input='uu')\n" + R,
        "@pipe_input",
        "on_input='uu' is no parameter",
        "did you mean 'u'?",
    ),
    "several inputs": (
        "@pipe_input(step(_add), on_input=['u', 'v'])\n" + R,
        "@pipe_input",
        "must name one parameter",
        "on_input='u'",
    ),
    "no input": (
        "@pipe_input(step(_add))\ndef r() -> int: ...\n",
        "@pipe_input",
        "needs a function with a parameter",
        "",
    ),
    "output of an input": (
        "@pipe_input(step(_add).on_output('r'))\n" + R,
        "@pipe_input",
        "the step _add is for results",
        "@pipe_output",
    ),
    "one pipe twice": (
        "@pipe_input(step(_add))\n@pipe_input(step(_add))\n" + R,
        "@pipe_input",
        "the node 'r.with_add' is there already",
        "namespace",
    ),
    "beside parameterize": (
        "@pipe_input(step(_add))\n@parameterize(a={'u': value(1)})\n" + R,
        "@pipe_input",
        "cannot stand beside @parameterize",
        "function of its own",
    ),
    "beside inject": (
        "@inject(v=value(1))\n@pipe_input(step(_add))\n" + R,
        "@inject",
        "@pipe_input on r: cannot stand beside @inject",
        "",
    ),
    "all results": (
        "@pipe_output(step(_add), on_output=...)\n" + R,
        "@pipe_output",
        "on_output takes names",
        "leave it out",
    ),
    "all results of a step": (
        "@pipe_output(step(_add).on_output(...))\n" + R,
        "@pipe_output",
        "on_output() takes names",
        "",
    ),
    "results twice": (
        "@pipe_output(step(_add).on_output('r'), on_output='r')\n" + R,
        "@pipe_output",
        "chooses results for the whole pipe and for the step _add",
        "leave out",
    ),
    "unknown result": (
        "@pipe_output(step(_add), on_output='rr')\n" + R,
        "@pipe_output",
        "it names 'rr', which is not a node of this function",
        "did you mean 'r'?",
    ),
    "unknown result of a step": (
        "@pipe_output(step(_add).on_output('x'))\n" + R,
        "@pipe_output",
        "a step is for 'x', which is not a result",
        "its results are r",
    ),
    "output twice": (
        "@pipe_output(step(_add))\n@pipe_output(step(_mul, y=2))\n" + R,
        "@pipe_output",
        "two nodes would be called 'r.raw'",
        "one @pipe_output",
    ),
    "one step on both sides": (
        "@pipe_output(step(_add))\n@pipe_input(step(_add))\n" + R,
        "@pipe_output",
        "two nodes would be called 'r.with_add'",
        ".named('doubled')",
    ),
    "results in one namespace": (
        "@pipe_output(step(_add), namespace='n')\n@extract_fields({'a': int, 'b': int})\ndef r(u: int) -> dict: ...\n",
        "@pipe_output",
        "two nodes would be called 'n.with_add'",
        "leave out namespace=",
    ),
    "types along the chain": (
        "@pipe_input(step(_text), step(_add))\n" + R,
        None,
        "r.with_add takes x: int, but r.with_text is str",
        "",
    ),
    "type of the last step": (
        "@pipe_input(step(_text))\n" + R,
        "@pipe_input",
        "r takes u: int, but r.with_text is str",
        "",
    ),
    "type of the result": (
        "@pipe_output(step(_text))\n" + R + "def c(r: int) -> int: ...\n",
        "def c(",
        "c takes r: int, but r is str",
        "",
    ),
    "mutate nothing": ("@mutate()\ndef _m(x: int) -> int: ...\n", "@mutate", "names no function", "apply_to("),
    "mutate a name": (
        "@mutate('r')\ndef _m(x: int) -> int: ...\n",
        "@mutate",
        "takes functions or apply_to(…), not 'r'",
        "",
    ),
    "mutate a step": ("@mutate(step(_add))\ndef _m(x: int) -> int: ...\n", "@mutate", "not step(…)", "apply_to("),
    "mutate elsewhere": (
        "import json\n@mutate(json.dumps)\ndef _m(x: int) -> int: ...\n",
        "@mutate",
        "dumps is of json",
        "@pipe_output(step(…))",
    ),
    "mutate, missing argument": (
        R + "@mutate(r)\ndef _m(x: int, q: int) -> int: ...\n",
        "@mutate",
        "@mutate on _m: the step _m lacks the argument q",
        "",
    ),
    "mutate, own condition": (
        R + "@mutate(r)\n@config.when(a=1)\ndef _m(x: int) -> int: ...\n",
        "def r(",
        "@mutate on r: @config.when on _m would have no effect",
        "apply_to(r).when(…)",
    ),
    "mutate, unknown result": (
        R + "@mutate(apply_to(r).on_output('x'))\ndef _m(x: int) -> int: ...\n",
        "def r(",
        "@mutate on r: a step is for 'x'",
        "its results are r",
    ),
}


@pytest.mark.parametrize("case", MISUSES)
def test_each_misuse_is_one_error_with_its_place(make_module: ModuleMaker, case: str) -> None:
    source, place, message, hint = MISUSES[case]
    written = make_module.write(HEAD + source, "misuse")
    with pytest.raises(DefinitionError) as caught:
        build_graph(collect([make_module(HEAD + source, written.stem)]), {})
    (problem,) = caught.value.problems
    assert message in problem.message
    assert hint in (problem.hint or "")
    assert problem.file == str(written)
    if place is not None:
        lines = written.read_text(encoding="utf-8").splitlines()
        assert problem.line == next(number for number, line in enumerate(lines, 1) if place.strip() in line)


def test_what_nodes_call_can_go_to_another_process(make_module: ModuleMaker) -> None:
    module = make_module(ASYNCHRONOUS)
    definitions = collect([module])
    definitions.raise_problems()
    for node in definitions.nodes:
        assert type(pickle.loads(pickle.dumps(node.function))) is type(node.function)


def test_every_argument_of_a_step_is_a_dependency_or_a_constant(make_module: ModuleMaker) -> None:
    nodes = _nodes(make_module, "@pipe_input(step(_mul, value(3)))\ndef r(u: int) -> int: return u\n")
    assert [type(argument) for argument in nodes["r.with_mul"].arguments] == [Dependency, Constant]
