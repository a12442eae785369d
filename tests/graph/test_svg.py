"""SVG, HTML and PNG: well-formed, self-contained, always the same, whatever the names."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from featurecat.errors import RequestError, StoreError, UnsupportedError
from featurecat.graph.render.drawing import Drawing, DrawnEdge, DrawnNode, Style
from featurecat.graph.render.expansion import ExpansionStage, expansion_drawing
from featurecat.graph.render.page import to_page, to_table
from featurecat.graph.render.shapes import identifier
from featurecat.graph.render.svg import to_svg
from featurecat.graph.render.written import Picture, capped

SVG = "{http://www.w3.org/2000/svg}"
SERIES = "pandas.Series"
FORECAST = Drawing(
    nodes=(
        DrawnNode("flights", "source", "pandas.DataFrame"),
        DrawnNode("weeks", "config", "int"),
        DrawnNode("seat_price", "input", "float"),
        DrawnNode("offset", "input", "int"),
        DrawnNode(
            "weekly", "frame", "pandas.DataFrame", group="forecast.weekly", columns=(("origin", "str"), ("week", "int"))
        ),
        DrawnNode(
            "departures", "feature", SERIES, group="forecast.weekly", doc="How many left.", checks=("range", "nan")
        ),
        DrawnNode("is_holiday", "feature", SERIES, label="is_holiday: region", group="forecast.calendar"),
        DrawnNode("seat_cost", "feature", SERIES, group="forecast.cost", mark="override"),
        DrawnNode("flat_raw", "raw", SERIES, public=False, group="forecast.cost"),
        DrawnNode("flat_check", "validator", "Verdict", public=False, group="forecast.cost"),
        DrawnNode("flat", "feature", SERIES, group="forecast.cost", style=Style((("fillcolor", "gold"),), "money")),
        DrawnNode("parts", "expand", "str", group="forecast.model"),
        DrawnNode("total", "collect", "int", group="forecast.model"),
        DrawnNode("score", "feature", "float", group="forecast.model", mark="output"),
        DrawnNode("save.score", "materializer", "CSVDataSaver", group="forecast.model"),
    ),
    edges=(
        DrawnEdge("flights", "weekly"),
        DrawnEdge("weekly", "departures"),
        DrawnEdge("weekly", "is_holiday"),
        DrawnEdge("weeks", "departures", optional=True),
        DrawnEdge("departures", "seat_cost"),
        DrawnEdge("seat_price", "seat_cost"),
        DrawnEdge("offset", "seat_cost", optional=True),
        DrawnEdge("seat_cost", "flat_raw"),
        DrawnEdge("flat_raw", "flat_check"),
        DrawnEdge("flat_raw", "flat"),
        DrawnEdge("flat_check", "flat"),
        DrawnEdge("flat", "score"),
        DrawnEdge("is_holiday", "score"),
        DrawnEdge("departures", "parts"),
        DrawnEdge("parts", "total"),
        DrawnEdge("total", "score"),
        DrawnEdge("score", "save.score"),
    ),
    title="Forecast <weekly> & more",
)
NASTY = (
    'a"b',
    "a'b",
    "a\\",
    "<b>&amp;</b>",
    "größe 😀",
    "a\nb\t",
    "]]>",
    "a--b",
    "\x00\x1b[31m",
    "\ud800",
    "${x}",
    "-->",
)


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def texts(svg: str) -> list[str]:
    return [text.text or "" for text in parsed(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("forecast.svg", {}),
        ("forecast_framed.svg", {"group_modules": True, "orient": "TB", "deduplicate_inputs": True}),
        ("forecast_dark.svg", {"theme": "dark", "show_legend": False, "hide_inputs": True}),
    ],
)
def test_golden_pictures(name: str, options: dict[str, object], golden: Callable[[str, str], None]) -> None:
    golden(to_svg(FORECAST, **options), name)  # type: ignore[arg-type]


def test_svg_shows_every_node_with_its_tooltip() -> None:
    drawn = parsed(to_svg(FORECAST))
    nodes = {group.get("id"): group for group in drawn.iter(f"{SVG}g") if group.get("class") == "fc-node"}
    boxed = {"seat_price", "offset"}
    assert set(nodes) == {identifier(node.name) for node in FORECAST.nodes if node.name not in boxed} | {
        identifier("_seat_cost_inputs")
    }
    title = nodes["node-departures"].findtext(f"{SVG}title")
    assert title == "How many left.\nforecast.weekly\nchecked: range, nan"
    assert [text.text for text in nodes["node-weekly"].iter(f"{SVG}text")] == [
        *("weekly", "pandas.DataFrame"),
        *("origin", "str", "week", "int"),
    ]
    assert [text.text for text in nodes["node-_seat_cost_inputs"].iter(f"{SVG}text")] == [
        *("seat_price", "float"),
        *("offset", "int, optional"),
    ]


def test_the_legend_lists_the_kinds_that_occur() -> None:
    legend = texts(to_svg(FORECAST))[-13:]
    assert legend == [
        *("feature", "frame", "unchecked value", "check", "parallelizable", "collect", "input", "config", "source"),
        *("materializer", "output", "override", "money"),
    ]
    assert texts(to_svg(Drawing((DrawnNode("a", mark="output"),))))[1:] == ["output"]
    assert "output" not in texts(to_svg(FORECAST, show_legend=False))


def test_edges_say_what_they_are() -> None:
    nodes = (DrawnNode("a", mark="path"), DrawnNode("b", mark="path"), DrawnNode("c"))
    svg = to_svg(Drawing(nodes, (DrawnEdge("a", "b"), DrawnEdge("a", "c", optional=True), DrawnEdge("a", "a"))))
    assert [path.get("class") for path in parsed(svg).iter(f"{SVG}path") if "fc-edge" in (path.get("class") or "")] == [
        "fc-edge fc-optional",
        "fc-edge fc-red fc-path",
    ]


def test_looks_of_ones_own() -> None:
    style = Style(
        (("fillcolor", "gold"), ("color", "gray40"), ("penwidth", "3"), ("style", "dashed"), ("shape", "ellipse"))
    )
    svg = to_svg(Drawing((DrawnNode("a", style=style),)), show_legend=False)
    assert 'style="fill:gold;stroke:#666666;stroke-width:3;stroke-dasharray:5 4"' in svg
    assert 'style="fill:#111111"' in svg
    harmless = to_svg(Drawing((DrawnNode("a", style=Style((("fillcolor", "red;}</style>"), ("penwidth", "1;x")))),)))
    assert "style=" not in harmless


@pytest.mark.parametrize("name", NASTY)
def test_nasty_names_break_nothing(name: str) -> None:
    node = DrawnNode(name, type_text=name, doc=name, group=name, columns=((name, name),), checks=(name,))
    drawing = Drawing((node, DrawnNode("x", "input")), (DrawnEdge("x", name),), title=name, note=name)
    svg = to_svg(drawing, group_modules=True)
    assert len({group.get("id") for group in parsed(svg).iter(f"{SVG}g") if group.get("id")}) == 2
    page = to_page(drawing, svg)
    page.encode()
    assert page.count("<table") == page.count("</table") == 1
    assert re.search(r"<(b|script)>", page) is None


@given(st.lists(st.text(min_size=1), min_size=1, max_size=4, unique=True))
def test_ids_are_as_different_as_names(names: list[str]) -> None:
    assert len({identifier(name) for name in names}) == len(names)
    assert parsed(to_svg(Drawing(tuple(DrawnNode(name, type_text=name) for name in names)))).tag == f"{SVG}svg"


def test_nothing_is_fetched_and_nothing_runs() -> None:
    page = Picture(FORECAST, clusters=True).html
    assert re.findall(r"(?:src=|url\(|href=\"[^#]|@import)", page) == []
    assert "<script" not in page
    assert re.findall(r"https?://[^\"]*", page) == ["http://www.w3.org/2000/svg"]
    assert "prefers-color-scheme" in page
    links = set(re.findall(r'href="#([^"]*)"', page))
    assert links <= set(re.findall(r' id="([^"]*)"', page))


def test_themes() -> None:
    assert "@media" in to_svg(FORECAST)
    assert "@media" not in to_svg(FORECAST, theme="light")
    with pytest.raises(RequestError, match="did you mean 'dark'"):
        to_svg(FORECAST, theme="drak")
    with pytest.raises(RequestError, match="did you mean 'LR'"):
        to_svg(FORECAST, orient="lr")


def test_an_empty_drawing_is_a_picture_too() -> None:
    for form in ("svg", "html", "mermaid", "dot", "json"):
        assert Picture(Drawing(())).written(form)


def test_large_drawings_are_cut_for_notebooks() -> None:
    nodes = tuple(DrawnNode(f"n{number}") for number in range(2_100))
    assert capped(Drawing(nodes), 200).note == "the first 200 of 2,100 nodes; save it to see them all"
    shown = Picture(Drawing(nodes))._repr_html_()
    assert "the first 2,000 of 2,100 nodes" in shown
    assert shown.count("<title>") == 0


# --- writing --------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".svg", ".html", ".htm", ".mmd", ".mermaid", ".dot", ".gv", ".json", ".SVG"])
def test_save(tmp_path: Path, suffix: str) -> None:
    path = Picture(FORECAST).save(tmp_path / f"dag{suffix}")
    assert path.read_text(encoding="utf-8").endswith("\n")


def test_save_says_what_it_cannot_write(tmp_path: Path) -> None:
    picture = Picture(FORECAST)
    with pytest.raises(RequestError, match=r"did you mean '\.svg'"):
        picture.save(tmp_path / "dag.svgg")
    with pytest.raises(RequestError, match="a file without suffix"):
        picture.save(tmp_path / "dag")
    with pytest.raises(StoreError, match="output-unwritable"):
        picture.save(tmp_path / "absent" / "dag.svg")
    with pytest.raises(RequestError, match="did you mean 'own'"):
        Picture(FORECAST, layout="onw")
    assert picture.save(tmp_path / "dag", "svg", keep_dot=True).exists()
    assert (tmp_path / "dag.dot").read_text(encoding="utf-8").startswith("digraph")


@pytest.mark.component("resvg")
def test_png_is_twice_as_large(tmp_path: Path) -> None:
    picture = Picture(FORECAST)
    written = picture.save(tmp_path / "dag.png").read_bytes()
    assert written.startswith(b"\x89PNG\r\n\x1a\n")
    width = re.search(r' width="([\d.]+)"', picture.svg)
    assert width is not None
    assert int.from_bytes(written[16:20]) == int(2 * float(width[1]))


@pytest.mark.component("graphviz")
def test_graphviz_draws_where_asked(tmp_path: Path) -> None:
    picture = Picture(FORECAST, layout="dot", clusters=True, graphviz_kwargs={"graph_attr": {"ranksep": "1"}})
    assert picture.svg.startswith("<svg")
    assert picture.save(tmp_path / "dag.pdf").read_bytes().startswith(b"%PDF")
    assert picture.save(tmp_path / "dag.png").read_bytes().startswith(b"\x89PNG")
    assert picture.graphviz().source == picture.dot


def test_graphviz_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnsupportedError, match="install Graphviz"):
        Picture(FORECAST, layout="dot").save(tmp_path / "dag.svg")


def test_attributes_for_graphviz() -> None:
    wishes = {"graph_attr": {"ranksep": 2}, "node_attr": {"fontsize": "9"}, "edge_attr": {"color": 'a"b'}}
    lines = Picture(FORECAST, graphviz_kwargs=wishes).dot.splitlines()
    assert 'ranksep="2"' in lines[1]
    assert 'fontsize="9"' in lines[2]
    assert 'color="a\\"b"' in lines[3]
    for wrong in ({"graph_attrs": {}}, {"graph_attr": 3}, {"graph_attr": {"a b": "1"}}):
        with pytest.raises(RequestError):
            _ = Picture(FORECAST, graphviz_kwargs=wrong).dot


# --- expansion, tables ----------------------------------------------------------------------------


def test_the_drawing_of_an_expansion() -> None:
    stages = [
        ("define", "def a", ["a"]),
        ("expand", "@parameterize(…)", ["x", "y"]),
        ExpansionStage("transform", "@check_output(…)", ["x", "x_raw", "y"], {"x": "feature", "x_raw": "raw"}),
    ]
    drawing = expansion_drawing(stages, "a")
    labels = {node.name: node.shown_name for node in drawing.nodes}
    assert [(labels[edge.parent], labels[edge.child]) for edge in drawing.edges] == [
        ("def a", "a"),
        ("a", "@parameterize(…)"),
        ("@parameterize(…)", "x"),
        ("@parameterize(…)", "y"),
        ("x", "@check_output(…)"),
        ("@check_output(…)", "x"),
        ("@check_output(…)", "x_raw"),
    ]
    assert [node.shown_name for node in drawing.nodes if not node.public] == ["a", "x"]
    assert {node.group for node in drawing.nodes} == {"define", "expand", "transform"}
    assert parsed(Picture(drawing, clusters=True).svg) is not None


def test_tables_are_escaped() -> None:
    table = to_table(["<a>"], [["<b>"], [3]], caption="<c>")
    assert re.findall(r"&lt;(\w)&gt;", table) == ["c", "a", "b"]
    assert table.count("<tr>") == 3


def test_custom_looks_in_text_formats() -> None:
    node = replace(FORECAST.nodes[-1], style=Style((("fillcolor", "gold"), ("style", "dashed"))), checks=("range",))
    picture = Picture(Drawing((node,)))
    assert "  style n0 fill:gold,stroke-dasharray:5 4" in picture.mermaid
    assert "✓1" in picture.mermaid
    assert 'fillcolor="gold"' in picture.dot
