"""``featurecat preview``: first rows with keys, personal data masked, nothing published."""

from __future__ import annotations

import pytest

SCALARS = """
import pandas as pd

from featurecat import check_output, feature


def mean_amount(net_amount: pd.Series) -> float:
    return float(net_amount.mean())


def oldest_mail(customers: pd.DataFrame) -> str:
    return customers["email"].iloc[0]


@check_output(range=(0, 10))
def small_amount(net_amount: pd.Series) -> pd.Series:
    return net_amount


def broken(net_amount: pd.Series) -> pd.Series:
    raise ValueError("no")


def broken_mail(customers: pd.DataFrame) -> pd.Series:
    raise ValueError(customers["email"].iloc[0])


def endless(net_amount: pd.Series) -> pd.Series:
    print("working")
    return net_amount / 0
"""


def test_ten_rows_with_their_keys_and_types(shop):
    told = shop.ok("preview", "margin")
    lines = told.out.splitlines()
    assert [line.split() for line in lines[:3]] == [["order", "margin"], ["int64", "double"], ["1", "8.1"]]
    assert len(lines) == 12
    assert told.err == "10 of 20 rows, grain order\n"


def test_nothing_is_published_and_no_store_is_made(shop):
    shop.ok("preview", "margin")
    assert not (shop.root / ".featurecat").exists()


def test_several_features_and_fewer_rows_as_json(shop):
    (found,) = shop.ok("preview", "margin", "net_amount", "--rows", "2", "--json").rows
    assert found["shown"] == [
        {"order": 1, "margin": 8.1, "net_amount": 9.0},
        {"order": 2, "margin": 16.2, "net_amount": 18.0},
    ]
    assert [column["role"] for column in found["columns"]] == ["key", "feature", "feature"]
    assert (found["rows"], found["grain"], found["engine"]) == (20, "order", "pandas")


def test_config_and_inputs_are_those_of_a_run(shop):
    us = shop.ok("preview", "shipping", "--config", "region=us", "--rows", "1", "--json").rows[0]
    assert us["shown"][0]["shipping"] == pytest.approx(1.8)
    assert (
        shop.ok("preview", "shipping", "--config-name", "us", "--rows", "1", "--json").rows[0]["shown"] == us["shown"]
    )
    shop.write("other.csv", "order,amount,pieces\n7,100,1\n")
    other = shop.ok("preview", "net_amount", "--input", "orders=other.csv", "--json").rows[0]
    assert other["shown"] == [{"order": 7, "net_amount": 90.0}]


def test_personal_data_is_masked(shop):
    told = shop.ok("preview", "mail_domain", "age_in_years")
    assert "mail0" not in told.out
    assert [line.split() for line in told.out.splitlines()[2:4]] == [["1", "***", "69"], ["2", "***", "62"]]
    assert "masked as personal: mail_domain" in told.err
    assert shop.ok("preview", "mail_domain", "--json").rows[0]["shown"][0] == {"customer": 1, "mail_domain": "***"}


def test_of_a_source_only_the_personal_columns_are_masked(shop):
    (row,) = shop.ok("preview", "customers", "--rows", "1", "--json").rows[0]["shown"]
    assert row == {"customer": 1, "born": 1957, "email": "***"}


def test_values_without_rows(shop):
    shop.add_module("scalars", SCALARS)
    assert shop.ok("preview", "mean_amount").out == "mean_amount  94.5\n"
    (found,) = shop.ok("preview", "mean_amount", "margin", "oldest_mail", "--rows", "1", "--json").rows
    assert found["values"] == {"mean_amount": 94.5, "oldest_mail": "***"}
    assert found["types"] == {"mean_amount": "float", "oldest_mail": "str"}
    assert list(found["shown"][0]) == ["order", "margin"]
    assert "left out, as they have no rows: mean_amount" in shop.ok("preview", "mean*", "margin").err


def test_one_table_has_one_grain(shop):
    told = shop.run("preview", "margin", "age_in_years")
    assert told.code == 2
    assert "2 grains: order: margin; customer: age_in_years" in told.err
    assert "featurecat preview margin" in told.err


def test_expectations_that_do_not_hold_are_told_and_stop_nothing(shop):
    shop.add_module("scalars", SCALARS)
    told = shop.ok("preview", "small_amount")
    assert "small_amount: range does not hold" in told.err
    assert "scalars.py:" in told.err
    assert len(told.out.splitlines()) == 12


def test_a_step_that_fails_is_told_as_in_a_run(shop):
    shop.add_module("scalars", SCALARS)
    told = shop.run("preview", "broken", "--config-name", "us")
    assert told.code == 3
    assert "reproduce it alone: featurecat preview broken --config-name us" in told.err
    personal = shop.run("preview", "broken_mail")
    assert personal.code == 3
    assert "@mail" not in personal.err
    assert "may quote personal data" in personal.err


def test_what_features_print_is_no_part_of_the_answer(shop):
    shop.add_module("scalars", SCALARS)
    told = shop.ok("preview", "endless", "--rows", "1", "--json")
    assert told.rows[0]["shown"] == [{"order": 1, "endless": "inf"}]
    assert "working" in told.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nonsense"], "there is no feature 'nonsense'"),
        ([], "featurecat preview FEATURE"),
        (["margin", "--rows", "0"], "--rows"),
        (["margin", "--input", "nix=3"], "no feature takes the input 'nix'"),
    ],
)
def test_wrong_requests(shop, words, said):
    told = shop.run("preview", *words)
    assert told.code == 2
    assert said in told.err


def test_a_table_is_no_wider_than_eighty_columns(shop):
    names = [f"a_feature_with_a_long_name_{number}" for number in range(9)]
    text = "import pandas as pd\n" + "".join(
        f"\n\ndef {name}(orders: pd.DataFrame) -> pd.Series:\n    return orders['note'] * 9\n" for name in names
    )
    shop.add_module("wide", text)
    told = shop.ok("preview", *names)
    assert max(map(len, told.out.splitlines())) <= 80
    assert "more columns" in told.err
    assert "--json shows them" in told.err
    (found,) = shop.ok("preview", *names, "--json").rows
    assert len(found["columns"]) == 10


def test_polars_shows_the_same(shop):
    text = """
        import polars as pl

        from featurecat import feature

        def doubled(orders: pl.DataFrame) -> pl.Series:
            return orders["amount"] * 2
        """
    shop.only_module(text)
    (found,) = shop.ok("preview", "doubled", "--rows", "1", "--json").rows
    assert (found["engine"], found["shown"]) == ("polars", [{"order": 1, "doubled": 20.0}])


def test_a_long_value_gets_the_lines_it_needs(shop):
    shop.add_module(
        "told",
        "def outlook(seed: int = 1) -> str:\n    return 'as far as one can see ' * 6\n\n\n"
        "def endless_list(seed: int = 1) -> list:\n    return list(range(10_000))\n",
    )
    told = shop.ok("preview", "outlook", "endless_list")
    lines = told.out.splitlines()
    assert " ".join(" ".join(lines[:2]).split()) == "outlook " + " ".join(["as far as one can see"] * 6)
    assert all(60 < len(line) <= 80 for line in lines[:1] + lines[2:]) and len(lines) == 8 and lines[-1].endswith(" …")


def test_a_masked_feature_is_told_why_it_is_personal(shop):
    assert "mail_domain (featurecat pii --explain mail_domain tells why)" in shop.ok("preview", "mail_domain").err
