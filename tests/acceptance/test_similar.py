"""Done: near duplicates are found by body, by tokens and by figures; near misses are not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.projects import Nursery, ShopProject

PLANTED = '''
"""Copies of the order features, some of them faithful."""

import pandas as pd

from featurecat import check_output, config, extract_columns, feature, parameterize, source, tag, value

from order_features import _without_discount

RATE = 0.1


def _net(amount: pd.Series) -> pd.Series:
    return amount * (1 - RATE)


@feature(owner="finance")
def revenue_after_discount(orders: pd.DataFrame) -> pd.Series:
    """Another team's net_amount."""
    return _without_discount(orders["amount"])


def net_by_another_helper(orders: pd.DataFrame) -> pd.Series:
    return _net(orders["amount"])


@tag(team="growth")
@check_output(range=(0, 10_000))
def price_of_piece(orders: "pd.DataFrame") -> "pd.Series":
    """unit_price, written with other words.

    Args:
        orders: All of them.
    """
    # the same division
    return (
        orders['amount']
        / orders["pieces"]
    )


def pieces_per_amount(orders: pd.DataFrame) -> pd.Series:
    return orders["pieces"] / orders["amount"]


def price_plus_one(orders: pd.DataFrame) -> pd.Series:
    return orders["amount"] / orders["pieces"] + 1


def rolled_up(net_amount: pd.Series, shipping: pd.Series) -> pd.Series:
    """A longer body, to be copied with a slip."""
    both = net_amount.fillna(0.0) + shipping.fillna(0.0)
    rolled = both.rolling(window=7, min_periods=1).mean()
    scaled = (rolled - rolled.min()) / (rolled.max() - rolled.min())
    return scaled.clip(lower=0.0, upper=1.0).round(4)


def rolled_up_again(shipping: pd.Series, net_amount: pd.Series) -> pd.Series:
    total = net_amount.fillna(0.0) + shipping.fillna(0.0)
    smooth = total.rolling(window=7, min_periods=1).mean()
    unit = (smooth - smooth.min()) / (smooth.max() - smooth.min())
    return unit.clip(lower=0.0, upper=1.0).round(3)


def rolled_up_elsewhere(unit_price: pd.Series, shipping: pd.Series) -> pd.Series:
    both = unit_price.fillna(0.0) + shipping.fillna(0.0)
    rolled = both.rolling(window=7, min_periods=1).mean()
    scaled = (rolled - rolled.min()) / (rolled.max() - rolled.min())
    return scaled.clip(lower=0.0, upper=1.0).round(4)


def price_from_columns(unit_price: pd.Series, net_amount: pd.Series) -> pd.Series:
    return unit_price - net_amount


def price_from_columns_swapped(net_amount: pd.Series, unit_price: pd.Series) -> pd.Series:
    return net_amount - unit_price


def price_from_columns_reordered(net_amount: pd.Series, unit_price: pd.Series) -> pd.Series:
    return unit_price - net_amount


@parameterize(
    lag_1={"of": source("net_amount"), "steps": value(1)}, also_lag_1={"of": source("net_amount"), "steps": value(1)}
)
def lagged(of: pd.Series, steps: int) -> pd.Series:
    return of.shift(steps)


@config.when(region="us")
def tax__us(net_amount: pd.Series) -> pd.Series:
    return net_amount * 0.07


@config.when_not(region="us")
def tax__elsewhere(net_amount: pd.Series) -> pd.Series:
    return net_amount * 0.07


@extract_columns("first_note", "second_note")
def notes(orders: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({"first_note": orders["note"], "second_note": orders["note"]})
'''

#: What must be told to be alike, and how; nothing else may be.
EXPECTED = {
    ("net_amount", "revenue_after_discount"): "body",
    ("price_of_piece", "unit_price"): "body",
    ("price_from_columns", "price_from_columns_reordered"): "body",
    ("rolled_up", "rolled_up_again"): "tokens",
    ("rolled_up", "rolled_up_elsewhere"): "body-other-inputs",
}


@pytest.fixture
def planted(shop: ShopProject) -> ShopProject:
    shop.add_module("copied_features", PLANTED)
    shop.ok("index")
    return shop


def test_planted_duplicates_are_found_and_near_misses_are_not(planted: ShopProject) -> None:
    rows = planted.ok("similar", "--json").rows
    assert {(row["feature"], row["other"]): row["methods"][0] for row in rows} == EXPECTED
    assert [row["score"] for row in rows] == sorted((row["score"] for row in rows), reverse=True)
    assert rows[0]["score"] == 1.0 > rows[-1]["score"]


def test_both_sides_are_told_with_place_and_owner(planted: ShopProject) -> None:
    (row,) = planted.ok("similar", "revenue_after_discount", "--json").rows
    assert (row["other"], row["owner"], row["other_owner"]) == ("net_amount", "finance", "ops")
    assert row["place"].startswith("copied_features.py:") and row["other_place"].startswith("order_features.py:")
    told = planted.ok("similar", "revenue_after_discount")
    assert "same body, same inputs" in told.out and told.err.strip() == "1 pair"
    assert max(map(len, told.out.splitlines())) <= 80
    assert "nothing is like margin" in planted.ok("similar", "margin").err
    assert "did you mean 'margin'?" in planted.run("similar", "margn").err


def test_the_body_hash_is_in_the_catalog(planted: ShopProject) -> None:
    question = "SELECT feature FROM variants SEMI JOIN (SELECT body_hash FROM variants WHERE feature = 'unit_price') USING (body_hash) ORDER BY ALL"
    rows = planted.ok("sql", question, "--json").rows
    assert [row["feature"] for row in rows] == ["price_of_piece", "unit_price"]


def test_equal_figures_are_found_after_a_run(shop: ShopProject) -> None:
    shop.add_module(
        "copied_features",
        """
        import pandas as pd


        def amount_in_euro(orders: pd.DataFrame) -> pd.Series:
            return orders["amount"] * 1.0


        def amount_by_other_means(orders: pd.DataFrame) -> pd.Series:
            return (orders["amount"] * 2 + orders["amount"]) / 3


        def always_one(orders: pd.DataFrame) -> pd.Series:
            return orders["amount"] * 0 + 1


        def one_always(orders: pd.DataFrame) -> pd.Series:
            return orders["amount"].clip(1, 1)
        """,
    )
    shop.ok("materialize", "amount_in_euro", "amount_by_other_means", "always_one", "one_always", "unit_price")
    (row,) = shop.ok("similar", "amount_in_euro", "--json").rows
    assert (row["other"], row["methods"], row["score"]) == ("amount_by_other_means", ["profile"], 0.95)
    assert len(shop.ok("similar", "--json").rows) == 1


@pytest.mark.component("scikit-learn")
def test_the_examples_have_no_false_copies(repository: Path, tmp_path: Path, nursery: Nursery) -> None:
    for name in ("flights", "people", "forecast"):
        left_out = shutil.ignore_patterns(".featurecat", "__pycache__", "data", "*.parquet")
        shutil.copytree(repository / "examples" / name, tmp_path / name, ignore=left_out)
        project = ShopProject(tmp_path / name, nursery)
        project.ok("index")
        assert [row for row in project.ok("similar", "--json").rows if "body" in row["methods"]] == []
