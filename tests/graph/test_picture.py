"""Pictures a driver draws: which nodes, how they are marked, what the options do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from featurecat.driver import Builder, Driver
from featurecat.errors import RequestError
from featurecat.graph.picture import Picture
from tests.support.modules import ModuleMaker

SOURCE = '''
    import pandas as pd
    from featurecat import check_output, config, extract_columns, parameterize, tag, value
    from featurecat.function_modifiers.schemas import schema

    @schema.output(("departures", "int"), ("seats", "int"))
    def weekly(flights: str) -> pd.DataFrame:
        """All flights
        by week."""
        return pd.DataFrame({"departures": [1], "seats": [2]})

    @extract_columns("departures", "seats")
    def parts(weekly: pd.DataFrame, year: int = 2013) -> pd.DataFrame:
        return weekly

    @check_output(range=(0, 1000), allow_nans=False)
    @tag(display_name="cost of a seat")
    def cost(seats: pd.Series, price: float) -> pd.Series:
        """What <seats> cost."""
        return seats * price

    @config.when(region="us")
    def holiday__us(weekly: pd.DataFrame) -> pd.Series:
        return weekly["departures"]

    @config.when_not(region="us")
    def holiday__elsewhere(weekly: pd.DataFrame) -> pd.Series:
        return weekly["departures"]

    @parameterize(lag_1={"n": value(1)}, lag_2={"n": value(2)})
    def lag(departures: pd.Series, n: int) -> pd.Series:
        return departures

    def demand(lag_1: pd.Series, lag_2: pd.Series, holiday: pd.Series, cost: pd.Series) -> pd.Series:
        return cost
'''
INPUTS: dict[str, Any] = {"flights": "x", "price": 2.0}
CHECKS = {"cost_raw", "cost_range_validator", "cost_allow_nans_validator"}
EVERYTHING = {"region", "flights", "year", "price", "weekly", "parts", "departures", "seats", "cost", "holiday", "lag_1", "lag_2", "demand"}  # fmt: skip


@pytest.fixture
def driver(make_module: ModuleMaker) -> Driver:
    return Driver({"region": "us"}, make_module(SOURCE, "forecast"))


def names(picture: Picture) -> set[str]:
    return {node.name for node in picture.drawing.nodes}


def marks(picture: Picture) -> dict[str, str | None]:
    return {name: mark for name, mark in picture.drawing.marks.items() if mark}


def edges(picture: Picture) -> set[tuple[str, str]]:
    return {(edge.parent, edge.child) for edge in picture.drawing.drawn_edges()}


# --- which nodes ----------------------------------------------------------------------------------


def test_the_whole_graph_with_checks_folded(driver: Driver) -> None:
    picture = driver.display_all_functions()
    assert names(picture) == EVERYTHING
    cost = next(node for node in picture.drawing.nodes if node.name == "cost")
    assert (cost.checks, cost.label, cost.doc) == (("range", "allow_nans"), "cost of a seat", "What <seats> cost.")
    assert {("seats", "cost"), ("price", "cost"), ("cost", "demand")} < edges(picture)
    unfolded = driver.display_all_functions(fold_checks=False)
    assert names(unfolded) == EVERYTHING | CHECKS
    assert ("cost_raw", "cost_range_validator") in edges(unfolded)


def test_names_groups_and_columns(driver: Driver) -> None:
    nodes = {node.name: node for node in driver.display_all_functions().drawing.nodes}
    assert nodes["holiday"].label == "holiday: region"
    assert nodes["weekly"].columns == (("departures", "int"), ("seats", "int"))
    assert (nodes["weekly"].doc, nodes["weekly"].group, nodes["flights"].group) == ("All flights", "forecast", None)
    assert nodes["region"].type_text is None
    hidden = driver.display_all_functions(show_schema=False)
    assert not any(node.columns for node in hidden.drawing.nodes)


def test_upstream_and_downstream(driver: Driver) -> None:
    up = driver.display_upstream_of("cost")
    assert names(up) == {"flights", "year", "price", "weekly", "parts", "seats", "cost"}
    assert marks(up) == {"cost": "output"}
    down = driver.display_downstream_of("departures")
    assert names(down) == {"departures", "lag_1", "lag_2", "demand", "holiday", "cost", "parts"}
    assert "year" not in names(down)


@pytest.mark.parametrize(
    ("hops", "expected"),
    [
        (0, {"cost"}),
        (1, {"cost", "seats", "price", "demand"}),
        (2, {"cost", "seats", "price", "demand", "parts"}),
        (None, EVERYTHING - {"region", "departures", "lag_1", "lag_2", "holiday"}),
    ],
)
def test_hops_are_steps_between_features(driver: Driver, hops: int | None, expected: set[str]) -> None:
    assert names(driver.display_around("cost", hops=hops)) == expected
    assert names(driver.display_around("cost", hops=hops, fold_checks=False)) == expected | CHECKS
    assert names(driver.display_upstream_of("cost", hops=hops)) == expected - {"demand"}


def test_what_an_execution_would_run(driver: Driver) -> None:
    picture = driver.visualize_execution(["demand"], inputs=INPUTS, overrides={"cost": 3})
    assert names(picture) == EVERYTHING - {"region", "year", "price", "seats"}
    assert marks(picture) == {"demand": "output", "cost": "override"}
    function = driver.list_available_variables()
    demand = next(variable for variable in function if variable.name == "demand")
    assert names(driver.visualize_execution([demand], inputs=INPUTS)) == EVERYTHING - {"region", "year"}


def test_missing_inputs_are_named_unless_bypassed(driver: Driver) -> None:
    with pytest.raises(RequestError) as caught:
        driver.visualize_execution(["cost"])
    assert [problem.code for problem in caught.value.problems] == ["missing-input", "missing-input"]
    assert "bypass_validation=True" in str(caught.value)
    assert names(driver.visualize_execution(["cost"], bypass_validation=True)) >= {"flights", "price", "cost"}
    with pytest.raises(RequestError, match="unknown-feature"):
        driver.visualize_execution(["cots"], bypass_validation=True)


def test_paths(driver: Driver) -> None:
    strict = driver.visualize_path_between("seats", "demand", strict_path_visualization=True)
    assert names(strict) == {"seats", "cost", "demand"}
    assert set(marks(strict).values()) == {"path"}
    assert strict.svg.count("fc-redtip") == 4  # two rules, by day and by night, and two tips
    around = driver.visualize_path_between("seats", "demand")
    assert names(around) == {"seats", "cost", "demand", "parts", "price", "lag_1", "lag_2", "holiday"}
    assert set(marks(around)) == {"seats", "cost", "demand"}
    with pytest.raises(RequestError, match="no path leads from 'demand' to 'seats'"):
        driver.visualize_path_between("demand", "seats")


def test_parallel_blocks_and_savers_have_looks_of_their_own(make_module: ModuleMaker) -> None:
    module = make_module(
        """
        from featurecat.definition.parallel import Collect, Parallelizable
        from featurecat.function_modifiers import value
        from featurecat.function_modifiers.materializing import save_to

        def part(count: int) -> Parallelizable[int]:
            yield from range(count)

        def square(part: int) -> int:
            return part * part

        @save_to.json(path=value("total.json"), output_name_="saved")
        def total(square: Collect[int]) -> dict:
            return {"total": sum(square)}
        """
    )
    builder = Builder().with_modules(module).enable_dynamic_execution(allow_experimental_mode=True)
    picture = builder.build().display_all_functions()
    roles = {node.name: node.role for node in picture.drawing.nodes}
    assert roles == {
        "count": "input",
        "part": "expand",
        "square": "feature",
        "total": "collect",
        "saved": "materializer",
    }
    assert 'arrowhead="crow"' in picture.dot
    assert names(builder.build().visualize_execution(["total"], inputs={"count": 3})) == {
        "count",
        "part",
        "square",
        "total",
    }


# --- options --------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["svg", "html", "mermaid", "dot", "json"])
def test_pictures_are_always_the_same(driver: Driver, form: str) -> None:
    first = driver.display_all_functions(clusters=True, title="All").written(form)
    assert first == driver.display_all_functions(clusters=True, title="All").written(form)
    assert "All" in str(first)


def test_the_file_chooses_the_format(driver: Driver, tmp_path: Path) -> None:
    driver.display_all_functions(tmp_path / "dag.svg")
    assert ElementTree.parse(tmp_path / "dag.svg").getroot().get("class") == "featurecat"
    driver.visualize_execution(["cost"], str(tmp_path / "run.dot"), {}, INPUTS, {"graph_attr": {"ranksep": "3"}})
    assert 'ranksep="3"' in (tmp_path / "run.dot").read_text(encoding="utf-8")
    driver.display_upstream_of("cost", output_file_path=tmp_path / "up", render_kwargs={"format": "svg"}, keep_dot=True)
    assert {path.name for path in tmp_path.glob("up*")} == {"up.svg", "up.dot"}
    driver.visualize_path_between("seats", "cost", tmp_path / "path.html", clusters=True, orient="TB")
    assert "forecast" in (tmp_path / "path.html").read_text(encoding="utf-8")


@pytest.mark.component("resvg")
def test_without_a_suffix_it_is_png(driver: Driver, tmp_path: Path) -> None:
    driver.display_all_functions(tmp_path / "whole")
    assert (tmp_path / "whole.png").exists()


def test_inputs_hidden_gathered_and_deduplicated(driver: Driver) -> None:
    assert "price" not in driver.display_all_functions(hide_inputs=True).svg
    assert "price" not in driver.display_all_functions(hide_inputs=True).json
    assert driver.display_all_functions().svg.count("node-_cost_inputs") == 1
    assert "legend" not in driver.display_all_functions(show_legend=False).dot.casefold()


def test_styles_of_ones_own(driver: Driver) -> None:
    seen: dict[str, str] = {}

    def style(*, node: Any, node_class: str) -> tuple[dict[str, str], str | None, str | None]:
        seen[node.name] = node_class
        if node.tags.get("display_name"):
            return {"fillcolor": "gold"}, node_class, "with a name"
        return {}, "source" if node.name == "flights" else node_class, None

    picture = driver.display_all_functions(custom_style_function=style)
    assert (seen["weekly"], seen["flights"], seen["region"]) == ("function", "input", "config")
    nodes = {node.name: node for node in picture.drawing.nodes}
    assert nodes["flights"].role == "source"
    assert nodes["lag_1"].style is None
    assert "fill:gold" in picture.svg
    assert "with a name" in picture.svg
    assert 'fillcolor="gold"' in picture.dot


def broken(*, node: Any, node_class: str) -> Any:
    raise ValueError(node_class)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"hide_input": True}, "did you mean 'hide_inputs'"),
        ({"orient": "lr"}, "did you mean 'LR'"),
        ({"layout": "dto"}, "did you mean 'dot'"),
        ({"render_kwargs": {"formt": "svg"}}, "did you mean 'format'"),
        ({"graphviz_kwargs": {"graph_attr": 3}, "output_file_path": "absent.dot"}, "graph_attr"),
        ({"custom_style_function": lambda node, node_class: ({}, None, None)}, "by keyword only"),
        ({"custom_style_function": lambda *, node: ({}, None, None)}, "node and node_class"),
        ({"custom_style_function": 3}, "must be a function"),
        ({"custom_style_function": lambda **_: {}}, "must return a style"),
        ({"custom_style_function": lambda **_: ({}, "functoin", None)}, "did you mean 'function'"),
        ({"custom_style_function": broken}, "ValueError: "),
    ],
)
def test_options_that_cannot_work(driver: Driver, options: Mapping[str, Any], said: str) -> None:
    with pytest.raises(RequestError, match=said):
        driver.display_all_functions(**options)


@pytest.mark.parametrize("hops", [-1, 1.5, True, "2"])
def test_hops_that_cannot_be_gone(driver: Driver, hops: Any) -> None:
    with pytest.raises(RequestError, match="hops must be a number of steps"):
        driver.display_around("cost", hops=hops)


def test_a_picture_of_nothing(driver: Driver) -> None:
    with pytest.raises(RequestError, match="no node is named"):
        driver.display_upstream_of()


# --- other views ----------------------------------------------------------------------------------


def test_export_of_an_execution(driver: Driver) -> None:
    document = json.loads(driver.export_execution(["cost"], inputs=INPUTS))
    nodes = {node["name"]: node for node in document["nodes"]}
    assert list(nodes) == sorted({"flights", "price", "weekly", "parts", "seats", "cost", *CHECKS})
    raw = nodes["cost_raw"]
    assert (raw["output_type"], raw["required_dependencies"]) == ("pandas.Series", ["price", "seats"])
    assert raw["source"].lstrip().startswith("@check_output")
    assert raw["version"] == nodes["cost"]["version"] != nodes["weekly"]["version"]
    assert (nodes["price"]["source"], nodes["price"]["version"]) == (None, None)
    assert nodes["parts"]["optional_dependencies"] == ["year"]
    with pytest.raises(RequestError, match="missing-input"):
        driver.export_execution(["cost"])


def test_versions_do_not_depend_on_layout_and_docstrings(make_module: ModuleMaker) -> None:
    def version(body: str) -> str:
        module = make_module(f"def a(x: int) -> int:\n    {body}\n")
        (node,) = (
            one for one in json.loads(Driver({}, module).export_execution(["a"], {"x": 1}))["nodes"] if one["source"]
        )
        text: str = node["version"]
        return text

    assert version("return x+1") == version('"""Doc."""\n    return x + 1  # comment') != version("return x + 2")


def test_a_graph_never_has_circles(driver: Driver) -> None:
    assert driver.has_cycles(["demand"]) is False
    with pytest.raises(RequestError, match="unknown-feature"):
        driver.has_cycles(["demnad"])


def test_notebooks_show_the_driver(driver: Driver, make_module: ModuleMaker) -> None:
    bundle = driver._repr_mimebundle_()
    assert "<svg" in bundle["text/html"] and "&lt;seats&gt;" in bundle["text/html"]
    many = "".join(f"def f{number}(x: int) -> int:\n    return x\n\n\n" for number in range(250))
    shown = Driver({}, make_module(many))._repr_html_()
    assert "the first 200 of 251 nodes" in shown
    picture = driver.display_all_functions()
    assert set(picture._repr_mimebundle_()) == {"text/plain", "text/html"}
    assert repr(picture) == "Picture(13 nodes, 14 edges)"
