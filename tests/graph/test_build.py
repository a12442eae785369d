"""Definitions to a graph: wiring, order, and every problem with its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from featurecat.definition.collect import collect
from featurecat.definition.node import Role
from featurecat.errors import DefinitionError, Problem, RequestError
from featurecat.graph.build import build_graph, try_build_graph
from featurecat.graph.graph import Graph, SourceNode
from tests.support.modules import ModuleMaker, line_of

Problems = Callable[..., list[Problem]]
IMPORTS = "import pandas as pd\nimport polars as pl\nfrom typing import Any, Optional\nfrom featurecat import config, parameterize, source, group, check_output\n"


@pytest.fixture
def problems_of(make_module: ModuleMaker) -> Problems:
    """The graph's problems of a source text."""

    def find(source: str, config: dict[str, Any] | None = None, **options: Any) -> list[Problem]:
        definitions = collect([make_module(IMPORTS + source)])
        definitions.raise_problems()
        return try_build_graph(definitions, config or {}, **options)[1]

    return find


@pytest.fixture
def graph_of(make_module: ModuleMaker) -> Callable[..., Graph]:
    """The graph of a source text."""

    def build(source: str, config: dict[str, Any] | None = None, **options: Any) -> Graph:
        return build_graph(collect([make_module(IMPORTS + source)]), config or {}, **options)

    return build


def test_parents_come_before_children_and_given_nodes_have_roles(graph_of: Callable[..., Graph]) -> None:
    graph = graph_of(
        "def c(b: int, rate: int, table: int) -> int: ...\ndef b(a: int, b0: int = 1) -> int: ...\n",
        {"rate": 2, "unused": 3},
        sources={"table": SourceNode("table", doc="The table."), "idle": SourceNode("idle")},
    )
    names = list(graph.nodes)
    assert names.index("b") < names.index("c")
    assert {name: node.role for name, node in graph.nodes.items()} == {
        "rate": Role.CONFIG,
        "unused": Role.CONFIG,
        "table": Role.SOURCE,
        "idle": Role.SOURCE,
        "a": Role.INPUT,
        "b0": Role.INPUT,
        "b": Role.FEATURE,
        "c": Role.FEATURE,
    }
    assert {name: graph.nodes[name].type for name in ("rate", "unused", "a")} == {"rate": int, "unused": Any, "a": int}
    assert graph.nodes["table"].documentation == "The table."
    assert graph.parents("c") == ["b", "rate", "table"]
    assert graph.children["b"] == ["c"]
    assert [name for name in graph.nodes if graph.is_given(name)] == names[:6]
    assert graph.public_names() == ["b", "c"]


@pytest.mark.parametrize("size", [3_000])
def test_a_long_chain_defined_backwards_is_no_matter_of_recursion(
    graph_of: Callable[..., Graph], problems_of: Problems, size: int
) -> None:
    chain = "".join(f"def n{number}(n{number - 1}: int) -> int: ...\n" for number in range(size, 0, -1))
    graph = graph_of(chain)
    assert list(graph.nodes) == [f"n{number}" for number in range(size + 1)]
    (cycle,) = problems_of(chain + f"def n0(n{size}: int) -> int: ...\n")
    assert cycle.code == "cycle"
    assert f"… {size + 2 - 11} more …" in cycle.message


def test_a_cycle_is_shown_as_a_path(problems_of: Problems) -> None:
    source = (
        "def a(c: int) -> int: ...\ndef b(a: int) -> int: ...\ndef c(b: int) -> int: ...\ndef d(c: int) -> int: ...\n"
    )
    (problem,) = problems_of(source)
    assert (problem.code, problem.feature, problem.line) == ("cycle", "a", 5)
    assert problem.message == "features depend on each other in a circle: a → b → c → a"
    assert problem.hint
    (own,) = problems_of("def a(a: int) -> int: ...\n")
    assert own.message.endswith("a → a")


def test_every_circle_is_reported(problems_of: Problems) -> None:
    problems = problems_of(
        "def a(b: int) -> int: ...\ndef b(a: int) -> int: ...\ndef self(self: int) -> int: ...\n"
        "def x(y: int, a: int) -> int: ...\ndef y(x: int) -> int: ...\n"
    )
    shown = [problem.message.rpartition(": ")[2] for problem in problems]
    assert sorted(shown) == ["a → b → a", "self → self", "x → y → x"]


def test_a_node_may_take_one_value_twice(graph_of: Callable[..., Graph]) -> None:
    graph = graph_of(
        "@parameterize(x={'a': source('u'), 'b': source('u')})\ndef f(a: int, b: int) -> int: ...\ndef u() -> int: ...\n"
    )
    assert list(graph.nodes) == ["u", "x"]
    assert graph.parents("x") == ["u"]
    assert graph.children["u"] == ["x", "x"]


@pytest.mark.parametrize(
    ("source", "message", "line"),
    [
        ("def a(x: int) -> str: ...\ndef b(a: int) -> int: ...\n", "b takes a: int, but a is str", 6),
        (
            "def b(a: pd.Series) -> int: ...\ndef a(x: int) -> pd.DataFrame: ...\n",
            "b takes a: pandas.Series, but a is pandas.DataFrame",
            5,
        ),
        ("def a(x: int) -> Optional[int]: ...\ndef b(a: int) -> int: ...\n", "b takes a: int, but a is int | None", 6),
        (
            "def a(x: int) -> str: ...\n@parameterize(c={'b': group(source('a'))})\ndef b(b: list[int]) -> int: ...\n",
            "c takes b: int, but a is str",
            6,
        ),
    ],
)
def test_types_that_do_not_fit_an_edge(problems_of: Problems, source: str, message: str, line: int) -> None:
    (problem,) = problems_of(source)
    assert (problem.code, problem.message, problem.line) == ("type-mismatch", message, line)
    assert problem.details[0].startswith("a is defined at ")
    assert problem.file is not None
    assert problem.hint


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("def a(x: int) -> int: ...\ndef b(x: str) -> int: ...\n", "the input x is int for a and str for b"),
        (
            "def a(x: Any) -> int: ...\ndef b(x: str) -> int: ...\ndef c(x: bytes) -> int: ...\n",
            "the input x is str for b and bytes for c",
        ),
        (
            "@parameterize(p={'a': source('x'), 'b': source('x')})\ndef f(a: int, b: str) -> int: ...\n",
            "the input x is int for p and str for p",
        ),
    ],
)
def test_an_input_that_consumers_type_differently(problems_of: Problems, source: str, message: str) -> None:
    (problem,) = problems_of(source)
    assert (problem.code, problem.message) == ("type-mismatch", message)
    assert problem.line is not None
    assert problem.details


def test_the_narrowest_wish_types_an_input(graph_of: Callable[..., Graph]) -> None:
    graph = graph_of(
        "def a(x: float) -> int: ...\ndef b(x: Any) -> int: ...\ndef c(x: Optional[int]) -> int: ...\ndef d(x: int) -> int: ...\n"
    )
    assert graph.nodes["x"].type is int


def test_a_config_key_or_source_may_not_be_a_feature(problems_of: Problems) -> None:
    problems = problems_of(
        "def a(x: int) -> int: ...\ndef b(x: int) -> int: ...\n", {"a": 3}, sources={"b": SourceNode("b")}
    )
    assert [(problem.code, problem.message, problem.line) for problem in problems] == [
        ("config-conflict", "the config key 'a' is also a feature", 5),
        ("config-conflict", "the source 'b' is also a feature", 6),
    ]
    assert "overrides={'a': …}" in (problems[0].hint or "")


def test_a_variant_that_does_not_hold_is_no_conflict_and_no_node(graph_of: Callable[..., Graph]) -> None:
    source = "@config.when(r=1)\ndef a__x(x: int) -> int: ...\ndef b(a: int) -> int: ...\n"
    graph = graph_of(source, {"r": 2})
    assert graph.nodes["a"].role is Role.INPUT
    assert list(graph.unmatched) == ["a"]
    assert [problem.code for problem in graph.unknown(["a", "nothing", "c"])] == ["unknown-feature", "unknown-feature"]


def test_unknown_names_are_explained(graph_of: Callable[..., Graph]) -> None:
    source = "@config.when(r=1)\ndef spend__x(x: int) -> int: ...\ndef signups(x: int) -> int: ...\n"
    problems = graph_of(source, {"r": 2}).unknown(["signups", "spend", "sginups", "zzz"])
    assert [(problem.code, problem.feature) for problem in problems] == [
        ("no-variant", "spend"),
        ("unknown-feature", "sginups"),
        ("unknown-feature", "zzz"),
    ]
    assert [problem.hint for problem in problems] == [
        "give --config r=…",
        "did you mean 'signups'?",
        "featurecat list shows all features",
    ]


def test_all_problems_are_raised_together(make_module: ModuleMaker) -> None:
    module = make_module(
        IMPORTS
        + """
def untyped(a): ...
def a(x: int) -> str: ...
def b(a: int) -> int: ...
def c(d: int, x: bytes) -> int: ...
def d(c: int) -> int: ...
"""
    )
    with pytest.raises(DefinitionError) as caught:
        build_graph(collect([module]), {"b": 1})
    assert sorted(problem.code for problem in caught.value.problems) == [
        "config-conflict",
        "cycle",
        "missing-annotation",
        "type-mismatch",
        "type-mismatch",
    ]
    assert {problem.file for problem in caught.value.problems} == {module.__file__}
    assert caught.value.problems[0].line == line_of(module, "def untyped")


def test_an_unknown_engine_is_refused_at_once(graph_of: Callable[..., Graph]) -> None:
    with pytest.raises(RequestError, match="unknown engine 'panda'"):
        graph_of("def a(x: int) -> int: ...\n", engine="panda")


def test_both_engines_of_one_project_build_apart(graph_of: Callable[..., Graph]) -> None:
    source = """
def a__pandas(x: pd.Series) -> pd.Series: ...
def a__polars(x: pl.Series) -> pl.Series: ...
def b__pandas(a: pd.Series) -> pd.Series: ...
def b__polars(a: pl.Series) -> pl.Series: ...
"""
    types = {engine: graph_of(source, engine=engine).nodes["x"].type for engine in (None, "pandas", "polars")}
    import polars as pl

    assert types == {None: pd.Series, "pandas": pd.Series, "polars": pl.Series}
