"""``featurecat graph``: pictures of what the catalog knows."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from featurecat.cli.graph import command
from tests.support.projects import ShopProject

SVG = "{http://www.w3.org/2000/svg}"


def shown(shop: ShopProject, *words: str | Path) -> set[str]:
    return {node["name"] for node in shop.ok("graph", *words, "--format", "json").rows["nodes"]}


def test_the_picture_shows_what_a_selection_is_computed_from(published: ShopProject) -> None:
    assert shown(published, "margin") == {"margin", "shipping", "net_amount", "orders"}
    assert shown(published, "tag:team=sales & owner:ops") == {"net_amount", "orders"}
    assert {"margin", "mail_domain", "customers", "orders"} < shown(published)


def test_hops_go_to_either_side(published: ShopProject) -> None:
    assert shown(published, "shipping", "--hops", "0") == {"shipping"}
    assert shown(published, "shipping", "--hops", "1") == {"shipping", "net_amount", "margin"}
    assert shown(published, "orders", "--hops", "1") == {"orders", "net_amount", "unit_price"}


def test_checks_are_folded_into_what_they_check(published: ShopProject) -> None:
    document = published.ok("graph", "margin", "--json").rows
    margin = next(node for node in document["nodes"] if node["name"] == "margin")
    assert (margin["checks"], margin["mark"], margin["group"]) == (["allow_nans"], "output", "order_features")
    assert {(edge["parent"], edge["child"]) for edge in document["edges"]} == {
        ("orders", "net_amount"),
        ("net_amount", "shipping"),
        ("net_amount", "margin"),
        ("shipping", "margin"),
    }
    whole = shown(published, "margin", "--show-checks")
    assert {"margin_raw", "net_amount_raw", "net_amount_range_validator"} < whole
    assert "margin_raw" in shown(published, "margin_raw")


def test_a_variant_is_labelled_with_what_chooses_it(published: ShopProject) -> None:
    nodes = {node["name"]: node for node in published.ok("graph", "shipping", "--json").rows["nodes"]}
    assert nodes["shipping"]["label"] == "shipping: region"


@pytest.mark.parametrize("suffix", ["svg", "html", "mmd", "dot", "json"])
def test_the_suffix_chooses_the_format(published: ShopProject, suffix: str) -> None:
    told = published.ok("graph", "margin", "-o", f"dag.{suffix}")
    assert (told.out, told.err) == ("", f"wrote dag.{suffix}, 4 nodes\n")
    first = (published.root / f"dag.{suffix}").read_bytes()
    published.ok("graph", "margin", "-o", f"again.{suffix}")
    assert first == (published.root / f"again.{suffix}").read_bytes()
    assert b"margin" in first


def test_svg(published: ShopProject) -> None:
    published.ok("graph", "-o", "dag.svg", "--clusters", "--orient", "TB", "--no-legend")
    drawn = ElementTree.parse(published.root / "dag.svg").getroot()
    frames = [text.text for text in drawn.iter(f"{SVG}text") if text.text and text.text.endswith("_features")]
    assert sorted(frames) == ["customer_features", "order_features"]
    assert any(group.get("id") == "node-margin" for group in drawn.iter(f"{SVG}g"))


@pytest.mark.component("resvg")
def test_png(published: ShopProject) -> None:
    published.ok("graph", "margin", "-o", "dag.png")
    assert (published.root / "dag.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.component("graphviz")
def test_graphviz_lays_out_where_asked(published: ShopProject) -> None:
    published.ok("graph", "margin", "-o", "dag.svg", "--layout", "dot")
    assert "<svg" in (published.root / "dag.svg").read_text(encoding="utf-8")


def test_without_a_file_a_flowchart_is_printed(published: ShopProject) -> None:
    told = published.ok("graph", "margin")
    assert told.out.startswith('---\ntitle: "margin"\n---\nflowchart LR\n')
    assert told.err == ""
    assert published.ok("graph", "margin", "--format", "svg").out.startswith("<svg")
    assert "orders" not in published.ok("graph", "margin", "--hops", "1").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("margn",), "did you mean 'margin'?"),
        (("margin", "-o", "dag.bmp"), "a picture cannot be written as .bmp"),
        (("margin", "-o", "dag"), "a file without suffix"),
        (("margin", "-o", "."), "is a directory"),
        (("margin", "--format", "png"), "-o graph.png"),
        (("margin", "--orient", "XY"), "XY"),
        (("owner:nobody",), "nothing is selected"),
    ],
)
def test_what_cannot_be_drawn(published: ShopProject, words: tuple[str, ...], said: str) -> None:
    told = published.run("graph", *words)
    assert told.code == 2
    assert said in told.err
    assert "Traceback" not in told.err


def test_a_file_that_cannot_be_written(published: ShopProject) -> None:
    told = published.run("graph", "margin", "-o", "absent/dag.svg")
    assert told.code == 3
    assert "[output-unwritable]" in told.err


def test_no_user_code_is_imported(published: ShopProject) -> None:
    published.replace("order_features.py", "import pandas as pd", "raise SystemExit(9)")
    assert "margin" in published.ok("graph", "margin").out


def test_the_help_fits_eighty_columns(published: ShopProject, golden: Callable[[str, str], None]) -> None:
    told = published.ok("graph", "--help", columns=80)
    assert max(map(len, told.out.splitlines())) <= 80
    for parameter in command.params:
        assert all(option in told.out for option in parameter.opts if option.startswith("--"))
    golden(told.out, "help_graph_80.txt")


def test_a_catalog_of_a_project_that_was_never_indexed_says_what_to_do(shop: ShopProject) -> None:
    told = shop.run("graph", "--json")
    assert told.code == 5
    assert json.loads(told.err)["errors"][0]["code"] == "catalog-missing"
