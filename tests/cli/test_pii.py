"""``featurecat pii``: what it prints, and what it refuses."""

from __future__ import annotations

import csv
import io

import click
import pytest

from tests.support.projects import ShopProject

SPEAKING = '''
"""What is made of mail."""

import pandas as pd

from featurecat import Declassify, feature


@feature(declassify=Declassify("pii", method="aggregate", reason="a count over all customers", approved_by="privacy"))
def domain_size(mail_domain: pd.Series) -> pd.Series:
    """Customers with mail in the same place."""
    return mail_domain.groupby(mail_domain).transform("count")


def mail_length(customers: pd.DataFrame) -> pd.Series:
    """Letters of the address."""
    return customers["email"].str.len()
'''
CONSUMER = """
[tool.featurecat.consumers.newsletter]
kind = "service"
features = "mail_*"
owner = "crm"
"""


@pytest.fixture
def mailing(shop: ShopProject) -> ShopProject:
    shop.add_module("mailing", SPEAKING)
    shop.write("pyproject.toml", (shop.root / "pyproject.toml").read_text() + CONSUMER)
    shop.ok("index")
    return shop


def test_the_list_in_every_form(mailing: ShopProject) -> None:
    told = mailing.ok("pii")
    header, *lines = told.out.splitlines()
    assert header.split() == ["feature", "taint", "origin", "via", "columns", "owner", "consumers", "cleared"]
    assert [line.split()[:3] for line in lines] == [
        ["customers", "pii", "declared"],
        ["mail_domain", "pii", "declared"],
        ["mail_length", "pii", "inherited"],
    ]
    assert told.err.splitlines() == [
        "not cleared: the service newsletter is given mail_domain (pii)",
        "not cleared: the service newsletter is given mail_length (pii)",
        "3 tainted features, sources included",
    ]
    rows = list(csv.DictReader(io.StringIO(mailing.ok("pii", "--csv").out)))
    assert [(row["feature"], row["consumers"], row["cleared"]) for row in rows] == [
        ("customers", "", ""), ("mail_domain", "newsletter", "no"), ("mail_length", "newsletter", "no"),
    ]  # fmt: skip
    (_, domain, _) = mailing.ok("pii", "--json").rows
    assert domain["consumers"] == [{"consumer": "newsletter", "kind": "service", "owner": "crm", "cleared": False}]
    assert (domain["via"], domain["columns"], domain["owner"]) == (None, [], "crm")


def test_a_terminal_gets_no_wider_lines_than_it_has(mailing: ShopProject) -> None:
    for words in (("pii",), ("pii", "--explain", "mail_length"), ("pii", "--explain", "domain_size")):
        told = mailing.ok(*words, terminal=True, columns=80)
        assert max(map(len, click.unstyle(told.out).splitlines())) <= 80, words


def test_proofs(mailing: ShopProject) -> None:
    assert mailing.ok("pii", "--explain", "mail_length").out.splitlines() == [
        "mail_length bears pii, inherited",
        "  customers.email  declares it            pyproject.toml:15",
        "  mail_length      takes customers.email  mailing.py:16",
        "  @feature(declassify=…) would end it at mail_length",
    ]
    assert mailing.ok("pii", "--explain", "mail_domain").out.splitlines() == [
        "mail_domain bears pii, declared",
        "  mail_domain  declares it  customer_features.py:14",
    ]
    assert mailing.ok("pii", "--explain", "domain_size").out.splitlines() == [
        "domain_size does not bear pii",
        "  ended at domain_size: aggregate of mail_domain, approved by privacy",
        "    a count over all customers (mailing.py:8)",
    ]
    assert mailing.ok("pii", "--explain", "margin").out == "margin bears no taint, and nothing it is made of does\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--taint", "pi"], "nothing bears the taint 'pi'"),
        (["--taint", "pi"], "did you mean 'pii'?"),
        (["--explain", "mail_lenght"], "did you mean 'mail_length'?"),
        (["--explain", "mail_length", "--taint", "licence"], "there are pii"),
        (["--explain", "mail_length", "--check"], "--explain goes with neither --check nor --csv"),
    ],
)
def test_wrong_requests(mailing: ShopProject, words: list[str], message: str) -> None:
    told = mailing.run("pii", *words)
    assert told.code == 2
    assert message in told.err


def test_a_project_without_taints(shop: ShopProject) -> None:
    shop.replace("pyproject.toml", 'pii = ["email"]\n', "")
    shop.replace("customer_features.py", ", pii=True", "")
    shop.ok("index")
    assert shop.ok("pii").err == "0 tainted features, sources included\n"
    assert shop.ok("pii", "--json", "--check").rows == []
    told = shop.run("pii", "--taint", "licence")
    assert told.code == 2
    assert "none is declared" in told.err
