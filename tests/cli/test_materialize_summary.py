"""What ``materialize`` tells on a terminal of what it kept back: short, complete, eighty columns wide."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.support.projects import ShopProject

LONG = "what_an_order_is_worth_without_discount_and_without_costs_of_sending"
MODULE = f"""
import pandas as pd
from featurecat import check_output


@check_output(range=(0, 150), importance="fail")
def {LONG}(orders: pd.DataFrame) -> pd.Series:
    return orders["amount"]


@check_output(values_in=["note 1"], importance="fail")
def note(orders: pd.DataFrame) -> pd.Series:
    return orders["note"] + "\\n" + orders["note"] * 9


@check_output(allow_nans=False, importance="fail")
def gaps(orders: pd.DataFrame) -> pd.Series:
    return orders["amount"].where(orders["pieces"] > 2)


@check_output(unique=True, importance="fail")
def customer_again(orders: pd.DataFrame) -> pd.Series:
    return orders["customer"]


def share({LONG}: pd.Series) -> pd.Series:
    return {LONG} / 2


def pieces(orders: pd.DataFrame) -> pd.Series:
    return orders["pieces"]
"""


def steady(text: str) -> str:
    """Without ids, sizes and seconds."""
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "RUN", text)
    return re.sub(r"[\d.]+ k?B, [\d.]+ s", "SIZE, SECONDS", text)


@pytest.mark.parametrize("way", ["feature", "run", "rows"])
def test_what_was_kept_back(shop: ShopProject, way: str, golden: Callable[[str, str], None]) -> None:
    shop.only_module(MODULE)
    settings = shop.root / "pyproject.toml"
    settings.write_text(f"{settings.read_text()}\n[tool.featurecat.checks]\nmax_quarantined = 0.3\n")
    told = shop.run("materialize", "--all", "--on-fail", way)
    assert told.code == 1
    assert max(map(len, told.out.splitlines())) <= 80
    golden(steady(told.out), f"materialize_on_fail_{way}.txt")


def test_quiet_tells_the_errors_alone(shop: ShopProject) -> None:
    shop.only_module(MODULE)
    told = shop.run("materialize", "pieces", "gaps", "--quiet")
    assert (told.code, told.out) == (1, "")
    assert "gaps: allow_nans does not hold" in told.err
