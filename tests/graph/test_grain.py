"""Whose rows a node has: every sentence of the contract."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from featurecat.definition.collect import collect
from featurecat.graph.build import build_graph
from featurecat.graph.graph import Graph, SourceNode
from tests.support.modules import ModuleMaker

Build = Callable[..., Graph]
IMPORTS = """
import pandas as pd
import polars as pl
from typing import Any
from featurecat import check_output, config, extract_columns, extract_fields, feature, parameterize, source, tag
"""
SOURCES = {
    "flights": SourceNode("flights", ("carrier", "flight"), "at"),
    "planes": SourceNode("planes", ("plane",)),
    "log": SourceNode("log"),
    "clock": SourceNode("clock", (), "at"),
}


@pytest.fixture
def build(make_module: ModuleMaker) -> Build:
    def graph_of(text: str, sources: dict[str, SourceNode] | None = None, **options: Any) -> Graph:
        return build_graph(collect([make_module(IMPORTS + text)]), {}, sources=sources or SOURCES, **options)

    return graph_of


def _labels(graph: Graph, *names: str) -> list[str | None]:
    return [grain.label if (grain := graph.grain(name)) else None for name in names]


def test_a_source_declares_it_and_edges_inherit_it(build: Build) -> None:
    graph = build(
        """
@extract_columns("delay")
def table(flights: pd.DataFrame) -> pd.DataFrame: ...
def doubled(delay: pd.Series) -> pd.Series: ...
def timed(clock: pd.DataFrame) -> pd.DataFrame: ...
"""
    )
    assert _labels(graph, "flights", "table", "delay", "doubled") == ["carrier+flight@at"] * 4
    assert graph.grain("doubled") is not None
    assert graph.grain("doubled").keys == ("carrier", "flight", "at")  # type: ignore[union-attr]
    assert _labels(graph, "timed") == ["@at"]


def test_a_feature_declares_it(build: Build) -> None:
    graph = build(
        """
@feature(entity=["carrier", "day"], timestamp="at")
def a(x: pd.Series) -> pd.Series: ...
@tag(entity=["carrier", "day"])
def b(x: pd.Series) -> pd.Series: ...
@feature(timestamp="seen")
def c(planes: pd.DataFrame) -> pd.DataFrame: ...
def d(a: pd.Series) -> pd.Series: ...
"""
    )
    assert _labels(graph, "a", "b", "c", "d") == ["carrier+day@at", "carrier+day", "plane@seen", "carrier+day@at"]


def test_where_two_declared_ones_meet_the_node_must_say(build: Build) -> None:
    graph = build(
        """
def joined(flights: pd.DataFrame, planes: pd.DataFrame) -> pd.DataFrame: ...
@feature(entity=["plane"])
def said(flights: pd.DataFrame, planes: pd.DataFrame) -> pd.DataFrame: ...
def below(joined: pd.DataFrame) -> pd.DataFrame: ...
"""
    )
    problems = graph.grains[1]
    assert list(problems) == ["joined"]
    assert problems["joined"].code == "grain"
    assert problems["joined"].hint == "declare it: @feature(entity=['carrier', 'flight'], timestamp='at')"
    assert problems["joined"].details == (
        "flights has one row per carrier+flight@at",
        "planes has one row per plane",
    )
    assert _labels(graph, "said") == ["plane"]


def test_the_hint_for_a_lookup_names_the_rows_it_has(build: Build) -> None:
    graph = build(
        """
def carrier(flights: pd.DataFrame) -> pd.Series: ...
@check_output()
def seats(planes: pd.DataFrame, carrier: pd.Series) -> pd.Series: ...
"""
    )
    (problem,) = graph.grains[1].values()
    assert problem.message.startswith("seats is fed by rows of different entities")
    assert (problem.feature, problem.hint) == (
        "seats",
        "declare it: @feature(entity=['carrier', 'flight'], timestamp='at')",
    )


@pytest.mark.parametrize(
    "decorator", ["@check_output()", "@extract_columns('a', 'b')", "@check_output()\n@extract_columns('a', 'b')"]
)
def test_what_a_result_declares_holds_for_what_it_is_made_of(build: Build, decorator: str) -> None:
    graph = build(
        f"@feature(entity=['plane'])\n{decorator}\ndef joined(flights: pd.DataFrame, planes: pd.DataFrame) -> pd.DataFrame: ...\n"
    )
    assert graph.grains[1] == {}
    made = [name for name in graph.nodes if name not in SOURCES]
    assert _labels(graph, *made) == ["plane"] * len(made)


def test_undeclared_series_inputs_share_one(build: Build) -> None:
    graph = build("def a(x: pd.Series) -> pd.Series: ...\ndef b(y: pd.Series, z: float) -> pd.Series: ...\n")
    assert _labels(graph, "x", "y", "a", "b", "z") == ["rows-inputs"] * 4 + [None]
    polars = build("def a(x: pl.Series) -> pl.Series: ...\n")
    assert _labels(polars, "x", "a") == ["rows-inputs"] * 2


def test_frames_sources_and_loaders_have_their_own(build: Build) -> None:
    graph = build(
        """
def a(frame: pd.DataFrame) -> pd.Series: ...
def b(log: pd.DataFrame) -> pd.Series: ...
@extract_columns("c")
def loader(path: str) -> pd.DataFrame: ...
def counter() -> pd.Series: ...
"""
    )
    assert _labels(graph, "frame", "a") == ["rows-frame"] * 2
    assert _labels(graph, "log", "b") == ["rows-log"] * 2
    assert _labels(graph, "loader", "c") == ["rows-loader"] * 2
    assert _labels(graph, "counter") == ["rows-counter"]
    assert not graph.grain("c").declared  # type: ignore[union-attr]


def test_an_undeclared_column_takes_the_declared_one(build: Build) -> None:
    graph = build(
        """
def delay(flights: pd.DataFrame) -> pd.Series: ...
def mixed(x: pd.Series, delay: pd.Series) -> pd.Series: ...
"""
    )
    assert _labels(graph, "mixed") == ["carrier+flight@at"]
    assert graph.grains[1] == {}


def test_of_several_anonymous_ones_the_first_parameters_counts(build: Build) -> None:
    graph = build(
        """
@extract_columns("a")
def one() -> pd.DataFrame: ...
@extract_columns("b")
def two() -> pd.DataFrame: ...
def ab(a: pd.Series, b: pd.Series) -> pd.Series: ...
def ba(b: pd.Series, a: pd.Series) -> pd.Series: ...
def looked_up(a: pd.Series, two: pd.DataFrame) -> pd.Series: ...
"""
    )
    assert _labels(graph, "ab", "ba", "looked_up") == ["rows-one", "rows-two", "rows-one"]


def test_a_frame_beside_columns_is_a_lookup(build: Build) -> None:
    graph = build(
        """
def seats(tails: pd.Series, planes: pd.DataFrame) -> pd.Series: ...
def seats_too(planes: pd.DataFrame, tails: pd.Series, other: pd.Series) -> pd.Series: ...
def looked_up(lookup: pd.DataFrame, tails: pd.Series) -> pd.Series: ...
def plane(planes: pd.DataFrame) -> pd.Series: ...
def of_plane(tails: pd.Series, planes: pd.DataFrame, plane: pd.Series) -> pd.Series: ...
"""
    )
    assert _labels(graph, "seats", "seats_too", "looked_up") == ["rows-inputs"] * 3
    assert _labels(graph, "of_plane") == ["plane"]
    assert graph.grains[1] == {}
    groups = [_groups(graph, name) for name in ("seats", "seats_too", "looked_up", "of_plane")]
    assert groups == [None, ((1, 2),), None, ((0, 1, 2),)]


def test_checked_rows_are_called_like_the_feature(build: Build) -> None:
    graph = build(
        """
@check_output()
def loaded() -> pd.Series: ...
def doubled(loaded: pd.Series) -> pd.Series: ...
def one() -> pd.DataFrame: ...
def two() -> pd.DataFrame: ...
@check_output()
def joined(one: pd.DataFrame, two: pd.DataFrame) -> pd.Series: ...
"""
    )
    assert _labels(graph, "loaded_raw", "loaded", "doubled") == ["rows-loaded"] * 3
    assert _labels(graph, "joined_raw", "joined") == ["rows-joined"] * 2


def test_frames_of_several_anonymous_ones_start_a_new_one(build: Build) -> None:
    graph = build(
        """
def one() -> pd.DataFrame: ...
def two() -> pd.DataFrame: ...
def joined(one: pd.DataFrame, two: pd.DataFrame) -> pd.DataFrame: ...
def after(joined: pd.DataFrame) -> pd.Series: ...
def same(one: pd.DataFrame, again: pd.DataFrame) -> pd.DataFrame: ...
def again(one: pd.DataFrame) -> pd.DataFrame: ...
"""
    )
    assert _labels(graph, "joined", "after") == ["rows-joined"] * 2
    assert _labels(graph, "same", "again") == ["rows-one"] * 2


def test_what_has_no_rows_has_none(build: Build) -> None:
    graph = build(
        """
def mean(x: pd.Series) -> float: ...
@check_output(range=(0, 1))
def share(x: pd.Series) -> pd.Series: ...
@feature(entity=["plane"])
def number(x: pd.Series) -> int: ...
def fresh(mean: float) -> pd.Series: ...
"""
    )
    assert _labels(graph, "mean", "share_range_validator", "number") == [None] * 3
    assert _labels(graph, "share_raw", "share") == ["rows-inputs"] * 2
    assert _labels(graph, "fresh") == ["rows-fresh"]


def test_fields_of_a_dictionary_have_the_rows_it_was_made_of(build: Build) -> None:
    graph = build(
        """
@extract_fields("low", "high")
def bounds(x: pd.Series) -> dict[str, pd.Series]: ...
@extract_fields("p", "q")
def loaded() -> dict[str, pd.Series]: ...
@extract_fields({"of_flights": pd.Series, "count": int})
def parts(flights: pd.DataFrame) -> dict: ...
"""
    )
    assert _labels(graph, "bounds", "low", "high") == [None, "rows-inputs", "rows-inputs"]
    assert _labels(graph, "p", "q") == ["rows-loaded"] * 2
    assert _labels(graph, "of_flights", "count") == ["carrier+flight@at", None]


# --- alignment ----------------------------------------------------------------------------------------


def _groups(graph: Graph, name: str) -> tuple[tuple[int, ...], ...] | None:
    alignment = graph.alignment(name)
    return None if alignment is None else alignment.groups


def test_columns_are_aligned_and_frames_of_a_declared_grain(build: Build) -> None:
    graph = build(
        """
def two(x: pd.Series, y: pd.Series, n: int) -> pd.Series: ...
def one(x: pd.Series, n: int) -> pd.Series: ...
def column_and_frame(x: pd.Series, log: pd.DataFrame) -> pd.Series: ...
def late(flights: pd.DataFrame) -> pd.DataFrame: ...
def same(n: int, late: pd.DataFrame, flights: pd.DataFrame) -> pd.DataFrame: ...
def plane(planes: pd.DataFrame) -> pd.Series: ...
@feature(entity=["plane"])
def join(x: pd.Series, plane: pd.Series, late: pd.DataFrame, planes: pd.DataFrame, y: pd.Series) -> pd.Series: ...
"""
    )
    assert _groups(graph, "two") == ((0, 1),)
    assert _groups(graph, "one") is None
    assert _groups(graph, "column_and_frame") is None
    assert _groups(graph, "same") == ((1, 2),)
    assert _groups(graph, "join") == ((0, 4), (1, 3))


def test_checks_are_no_steps_to_align_before(build: Build) -> None:
    graph = build("@check_output(range=(0, 1))\ndef f(x: pd.Series, y: pd.Series) -> pd.Series: ...\n")
    assert _groups(graph, "f_raw") == ((0, 1),)
    assert _groups(graph, "f_range_validator") is None
    assert _groups(graph, "f") is None


@pytest.mark.parametrize(
    ("decorator", "returns", "name"),
    [
        ("", "pd.Series", "f"),
        ("@check_output(range=(0, 1))", "pd.Series", "f_raw"),
        ("@extract_columns('a')", "pd.DataFrame", "f"),
        ("@check_output(range=(0, 1))\n@extract_columns('a')", "pd.DataFrame", "f"),
        ("@extract_fields('a')", "dict[str, pd.Series]", "f"),
    ],
)
def test_how_to_align_reaches_the_step_that_takes_the_columns(
    build: Build, decorator: str, returns: str, name: str
) -> None:
    graph = build(f"@feature(align='outer')\n{decorator}\ndef f(x: pd.Series, y: pd.Series) -> {returns}: ...\n")
    alignment = graph.alignment(name)
    assert alignment is not None
    assert alignment.how == "outer"


def test_what_one_output_declares_is_not_the_other_outputs(build: Build) -> None:
    graph = build(
        """
@feature(entity=["plane"], target_="one")
@parameterize(one={"x": source("x")}, two={"x": source("x")})
def f(x: pd.Series) -> pd.Series: ...
"""
    )
    assert _labels(graph, "one", "two") == ["plane", "rows-inputs"]


def test_the_unchecked_value_is_declared_like_the_checked_one(build: Build) -> None:
    graph = build(
        """
@feature(owner="ops", unit="min", pii=True)
@tag(status="active")
@check_output(range=(0, 1))
def f(x: pd.Series) -> pd.Series: ...
"""
    )
    assert graph.nodes["f_raw"].metadata == graph.nodes["f"].metadata
    assert graph.nodes["f_raw"].metadata.pii is True
    assert not graph.nodes["f_raw"].tags
