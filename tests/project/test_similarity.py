from __future__ import annotations

from collections import Counter

from tests.support.projects import ShopProject


def test_a_crowd_of_copies_is_paired_with_neighbours(shop: ShopProject) -> None:
    shop.add_module(
        "crowd",
        "import pandas as pd\n"
        + "\n".join(
            f"def copy_{number:03}(net_amount: pd.Series) -> pd.Series:\n    return net_amount.fillna(0).clip(0, 9)\n"
            for number in range(60)
        ),
    )
    shop.ok("index")
    rows = shop.ok("sql", "FROM similar_definitions WHERE feature LIKE 'copy%'", "--json").rows
    assert {row["method"] for row in rows} == {"body"}
    assert max(Counter(row["feature"] for row in rows).values()) == 5
    assert {row["feature"] for row in rows} | {row["other"] for row in rows} == {f"copy_{n:03}" for n in range(60)}


def test_variants_and_what_is_generated_have_one_body_hash_each(shop: ShopProject) -> None:
    shop.ok("index")
    rows = shop.ok("sql", "SELECT feature, variant, body_hash FROM variants", "--json").rows
    hashes = {(row["feature"], row["variant"]): row["body_hash"] for row in rows}
    shipping = [found for (feature, _), found in hashes.items() if feature == "shipping"]
    assert len(set(shipping)) == 2 and None not in shipping
    assert hashes["margin", "pandas"] is not None
    assert all(found is None for (feature, _), found in hashes.items() if feature.endswith(("_raw", "_validator")))
    again = shop.ok("index").out
    assert "nothing changed" in again


def test_what_an_index_says_does_not_depend_on_the_process(shop: ShopProject) -> None:
    shop.ok("index")
    question = ("sql", "SELECT feature, variant, body_hash FROM variants ORDER BY ALL", "--json")
    first = shop.ok(*question).rows
    shop.ok("index", environment={"PYTHONHASHSEED": "7"})
    assert shop.ok(*question).rows == first
