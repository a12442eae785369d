"""``featurecat lineage``: columns of sources, columns of frames, consumers."""

from __future__ import annotations

import pytest

from tests.support.projects import ShopProject

MODULE = '''
"""Orders, column by column."""

import pandas as pd

from featurecat import check_output, extract_columns, feature


@extract_columns("amount", "pieces")
@feature(entity=["order"])
def order_table(orders: pd.DataFrame) -> pd.DataFrame:
    """Orders that count."""
    return orders[orders["state"] == "paid"]


@check_output(range=(0, 100))
def unit_price(amount: pd.Series, pieces: pd.Series) -> pd.Series:
    """Amount of one piece."""
    return amount / pieces


def volume(orders: pd.DataFrame) -> pd.Series:
    """Anything of an order."""
    return orders.prod(axis=1)
'''
CONSUMER = '\n[tool.featurecat.consumers.pricing]\nkind = "model"\nfeatures = "unit_price"\nowner = "ds"\n'


@pytest.fixture
def columns(shop: ShopProject) -> ShopProject:
    shop.only_module(MODULE)
    path = shop.root / "pyproject.toml"
    path.write_text(path.read_text(encoding="utf-8") + CONSUMER, encoding="utf-8")
    shop.ok("index")
    return shop


def test_a_tree_of_columns(columns: ShopProject) -> None:
    assert columns.ok("lineage", "unit_price", "--columns", "--down", "1").out.splitlines() == [
        "unit_price (pandas.Series)",
        "├── amount (pandas.Series)",
        "│   └── order_table.amount (column)",
        "│       ├── orders.amount (column)",
        "│       └── orders.state (column)",
        "└── pieces (pandas.Series)",
        "    └── order_table.pieces (column)",
        "        ├── orders.pieces (column)",
        "        └── orders.state (column)",
        "feeds:",
        "unit_price (pandas.Series)",
        "└── model pricing (ds)",
    ]


def test_what_takes_a_source_as_a_whole_takes_each_column(columns: ShopProject) -> None:
    told = columns.ok("lineage", "orders.amount", "--up", "0", "--down", "9").out
    assert "volume" in told and "model pricing" in told and "pieces" not in told
    assert columns.ok("lineage", "volume", "--columns").out.splitlines()[1:] == ["└── orders (source)"]


def test_a_source_from_column_to_column(columns: ShopProject) -> None:
    lines = columns.ok("lineage", "orders", "--up", "0", "--down", "1", "--columns").out.splitlines()
    assert [line[4:] for line in lines[1:]] == [
        "orders.amount (column) …(3 more)", "orders.pieces (column) …(3 more)", "orders.state (column) …(4 more)",
        "order_table (pandas.DataFrame)", "volume (pandas.Series)",
    ]  # fmt: skip


def test_a_column_of_a_frame(columns: ShopProject) -> None:
    lines = columns.ok("lineage", "order_table.pieces", "--down", "1").out.splitlines()
    assert lines[:3] == ["order_table.pieces (column)", "├── orders.pieces (column)", "└── orders.state (column)"]
    assert lines[-1].endswith("pieces (pandas.Series) …(1 more)")


def test_a_column_that_nobody_reads(columns: ShopProject) -> None:
    told = columns.run("lineage", "orders.amonut")
    assert (told.code, told.err.splitlines()) == (
        2,
        [
            "error: nothing reads a column 'amonut' of orders [unknown-column]",
            "  hint: did you mean 'amount'?",
        ],
    )
    assert "known are amount, order, pieces" in columns.run("lineage", "orders.x").err
    assert columns.run("lineage", "ordres.amount").code == 2


def test_other_formats(columns: ShopProject) -> None:
    document = columns.ok("lineage", "orders.amount", "--down", "9", "--json").rows
    roles = {node["name"]: node["role"] for node in document["nodes"]}
    assert roles["model pricing"] == "consumer" and roles["order_table.amount"] == "column"
    assert {"parent": "unit_price", "child": "model pricing", "optional": False} in document["edges"]
    assert "orders.amount" in columns.ok("lineage", "unit_price", "--columns", "--format", "dot").out
    assert "model pricing" in columns.ok("lineage", "amount", "--down", "3", "--format", "mermaid").out


def test_consumers_stand_at_the_end_of_features(columns: ShopProject) -> None:
    lines = columns.ok("lineage", "order_table", "--up", "0", "--down", "5").out.splitlines()
    assert sum(line.endswith("model pricing (ds)") for line in lines) == 1
    document = columns.ok("lineage", "pieces", "--down", "5", "--format", "json").rows
    assert {"parent": "unit_price", "child": "model pricing", "optional": False} in document["edges"]
