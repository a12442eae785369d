"""What the catalog says of definitions."""

from __future__ import annotations

from tests.support.projects import ShopProject

FEATURES = """
from featurecat import config


@config.when(model="ridge")
def weight__ridge(x: int, penalty: float) -> float:
    return x * penalty


@config.when(model="forest")
def weight__forest(x: int, trees: int) -> float:
    return x * trees
"""


def test_inputs_that_only_one_variant_takes_are_catalogued(shop: ShopProject) -> None:
    shop.only_module(FEATURES)
    shop.ok("index")
    roles = shop.ok("sql", "select name, role from features order by name", "--json").rows
    assert {row["name"]: row["role"] for row in roles if row["name"] in ("x", "penalty", "trees")} == {
        "x": "input",
        "penalty": "input",
        "trees": "input",
    }
    edges = shop.ok("sql", "select parent, variant from edges where child = 'weight' order by parent", "--json").rows
    assert [row["parent"] for row in edges] == ["penalty", "trees", "x"]
