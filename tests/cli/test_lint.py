"""``featurecat lint`` at the prompt: what it prints, and what it ends with."""

from __future__ import annotations

import json
import re

import pytest

from tests.support.projects import Nursery, ShopProject

FEATURES = '''
import pandas as pd

from featurecat import check_output, extract_columns, feature, tag


@extract_columns("price", "pieces", "discount", "email", "note")
def order_table(orders: pd.DataFrame) -> pd.DataFrame:
    return orders


@feature(owner="sales", unit="EUR", replaced_by="net_amount")
@check_output(range=(0, 1000), importance="fail")
def netAmount(price: pd.Series) -> pd.Series:
    """What is paid for an order."""
    return price


@feature(owner="sales", sunset="2020-01-31")
def old_margin(netAmount: pd.Series) -> pd.Series:
    """Old margin."""
    return netAmount


@feature(owner="sales", replaced_by="amount", dtype="double")
@check_output(range=(0, 1000))
def amount_in_cents(price: pd.Series) -> pd.Series:
    """The price of an order, a hundred times."""
    return price * 100
'''
QUIET = """
[tool.featurecat.lint.rules]
owner = "off"
docstring = "off"
naming = "off"
pii = "off"
sunset = "off"
replaced = "off"
"""


@pytest.fixture
def untidy(shop: ShopProject) -> ShopProject:
    shop.only_module(FEATURES)
    return shop


def test_a_line_a_finding_and_the_counts(untidy: ShopProject, golden) -> None:
    told = untidy.run("lint")
    assert (told.code, told.err) == (1, "looked at 13 rules; off: dtype, unused\n")
    golden(told.out, "lint.txt")
    for line in told.out.splitlines()[:-1]:
        assert re.fullmatch(r"mine\.py:\d+: (error|warn|info) [a-z]+ [\w, ]+: .+", line)


def test_notes_and_what_to_do_come_with_more_words(untidy: ShopProject, golden) -> None:
    golden(untidy.run("lint", "-v").out, "lint_verbose.txt")


def test_on_a_terminal_lines_fit(untidy: ShopProject) -> None:
    told = untidy.run("lint", "-v", terminal=True, columns=80)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", told.out)
    assert plain != told.out and max(map(len, plain.splitlines())) <= 80
    rules = untidy.ok("lint", "--rules", terminal=True, columns=80)
    assert max(len(re.sub(r"\x1b\[[0-9;]*m", "", line)) for line in rules.out.splitlines()) <= 80


def test_json_is_the_whole_report(untidy: ShopProject) -> None:
    told = untidy.run("lint", "owner:sales", "--json", "-q")
    report = told.rows
    assert told.code == report["exit_code"] == 1 and told.err == ""
    assert (report["tool"], report["selected"]) == ("lint", ["amount_in_cents", "netAmount", "old_margin"])
    keys = [(one["check"]["feature"], one["check"]["kind"]) for one in report["results"]]
    assert keys == sorted(keys) and ("netAmount", "replaced") in keys and ("old_margin", "sunset") in keys
    assert {one["file"] for one in report["results"]} == {"mine.py"}
    again = untidy.run("lint", "owner:sales", "--json").rows
    for one in (report, again):
        del one["started_at"], one["seconds"]
    assert again == report


def test_rules_as_they_stand(shop: ShopProject, golden) -> None:
    golden(shop.ok("lint", "--rules").out, "lint_rules.txt")
    shop.write(
        "pyproject.toml", (shop.root / "pyproject.toml").read_text() + '[tool.featurecat.lint.rules]\nowner = "error"\n'
    )
    rows = {row["rule"]: row for row in shop.ok("lint", "--rules", "--json").rows}
    assert rows["owner"]["severity"] == "error" and set(rows["owner"]) == {"rule", "severity", "asks", "example"}
    assert not shop.store.root.exists()


def test_exit_codes(untidy: ShopProject) -> None:
    assert untidy.ok("lint", "price").out.endswith("1 feature: 2 warnings, 1 note (-v shows it)\n")
    assert untidy.run("lint", "price", "--warn-as-error").code == 1
    assert untidy.run("lint", "--features", "old_margin").code == 1
    assert untidy.run("lint", "absent").code == 2
    assert untidy.run("lint", "tag:none").code == 2
    allowed = untidy.ok("lint", "tag:none", "--allow-empty")
    assert allowed.out == "0 features: nothing to say\n"
    untidy.write("pyproject.toml", (untidy.root / "pyproject.toml").read_text() + QUIET)
    told = untidy.ok("lint")
    assert told.out == "9 features: 7 notes (-v lists them)\n"
    assert untidy.ok("lint", "-q").out == "" and untidy.ok("lint", "-q").err == ""


def test_modules_that_cannot_be_read_make_it_2(untidy: ShopProject) -> None:
    untidy.replace("pyproject.toml", "modules = [", 'modules = ["broken", ')
    untidy.write("broken.py", "def broken(:\n")
    told = untidy.run("lint")
    assert told.code == 2 and "broken.py:1" in told.err and "mine.py" in told.out
    told = untidy.run("lint", "--json")
    assert [one["code"] for one in told.rows["problems"]] == [one["code"] for one in told.problems] == ["syntax-error"]


def test_settings_that_are_wrong(shop: ShopProject) -> None:
    shop.write(
        "pyproject.toml", (shop.root / "pyproject.toml").read_text() + '[tool.featurecat.lint.rules]\nownr = "error"\n'
    )
    for words in ("lint", "lint --rules"):
        told = shop.run(*words.split())
        assert told.code == 2 and "did you mean 'owner'?" in told.err and re.search(r"pyproject\.toml:\d+", told.err)


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_new_project_is_not_drowned(tmp_path, nursery: Nursery, library: str) -> None:
    project = ShopProject(tmp_path, nursery)
    project.ok("init", "shop", *(["--polars"] if library == "polars" else []))
    told = project.ok("lint", directory=tmp_path / "shop")
    assert told.out.splitlines() == [
        "features.py:14: warn owner shipping_cost: nobody answers for it",
        "features.py:29: warn owner margin_share: nobody answers for it",
        "features.py:34: warn owner is_large: nobody answers for it",
        "5 features: 3 warnings, 4 notes (-v lists them)",
    ]


def test_the_store_is_left_alone(published: ShopProject) -> None:
    before = published.files()
    catalog = (published.store.root / "catalog.duckdb").stat().st_mtime_ns
    published.run("lint")
    assert (published.files(), (published.store.root / "catalog.duckdb").stat().st_mtime_ns) == (before, catalog)


def test_one_json_document_whatever_else_is_said(shop: ShopProject) -> None:
    told = shop.ok("lint", "owner:crm", "tag:team", "--json")
    assert json.loads(told.out)["notes"][0].startswith("union of 2 terms") and "union of 2 terms" in told.err


def test_without_a_project(tmp_path, nursery: Nursery) -> None:
    project = ShopProject(tmp_path, nursery)
    project.write("mine.py", "def doubled(x: float) -> float:\n    return 2 * x\n")
    told = project.run("lint", "--module", "mine", "--warn-as-error")
    assert told.code == 1 and told.out.splitlines()[0] == "mine.py:1: warn docstring doubled: it has no docstring"
    assert project.run("lint").code == 2
