"""Done, item 1: everything about a feature is in the catalog, and ``featurecat show`` tells it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.projects import Nursery, ShopProject

GOOGLE = '''
import pandas as pd

def spend(orders: pd.DataFrame, weeks: int = 3) -> pd.Series:
    """Spend of a customer.

    Discounts are taken off.

    Args:
        orders (pd.DataFrame): What was ordered.
        weeks (int): How many weeks.

    Returns:
        pd.Series: EUR.

    Raises:
        ValueError: Without orders.

    Example:
        >>> spend(orders)
    """
    return orders["amount"]
'''
NUMPY = '''
import pandas as pd

def spend(orders: pd.DataFrame, weeks: int = 3) -> pd.Series:
    """Spend of a customer.

    Discounts are taken off.

    Parameters
    ----------
    orders : pd.DataFrame
        What was ordered.
    weeks : int
        How many weeks.

    Returns
    -------
    pd.Series
        EUR.

    Raises
    ------
    ValueError
        Without orders.

    Examples
    --------
    >>> spend(orders)
    """
    return orders["amount"]
'''
RESTRUCTURED = '''
import pandas as pd

def spend(orders: pd.DataFrame, weeks: int = 3) -> pd.Series:
    """Spend of a customer.

    Discounts are taken off.

    :param orders: What was ordered.
    :type orders: pd.DataFrame
    :param int weeks: How many weeks.
    :returns: EUR.
    :rtype: pd.Series
    :raises ValueError: Without orders.

    .. example::

        >>> spend(orders)
    """
    return orders["amount"]
'''
SECTIONS = [
    ("summary", None, None, "Spend of a customer."),
    ("text", None, None, "Discounts are taken off."),
    ("args", "orders", "pd.DataFrame", "What was ordered."),
    ("args", "weeks", "int", "How many weeks."),
    ("returns", None, "pd.Series", "EUR."),
    ("raises", "ValueError", None, "Without orders."),
    ("examples", None, None, ">>> spend(orders)"),
]


def shown(shop: ShopProject, feature: str) -> dict[str, Any]:
    (found,) = shop.ok("show", feature, "--json").rows
    return found


def asked(shop: ShopProject, statement: str) -> list[dict[str, Any]]:
    return json.loads(shop.ok("sql", statement, "--json").out)


# --- documentation and signature ------------------------------------------------------------------


@pytest.mark.parametrize("text", [GOOGLE, NUMPY, RESTRUCTURED], ids=["google", "numpy", "restructured-text"])
def test_documentation_is_split_into_sections_in_every_style(shop: ShopProject, text: str) -> None:
    shop.only_module(text)
    shop.ok("index")
    found = shown(shop, "spend")
    assert [
        tuple(row[name] for name in ("section", "name", "type", "text")) for row in found["doc_sections"]
    ] == SECTIONS
    assert found["summary"] == "Spend of a customer."
    assert found["variants"][0]["signature"] == "(orders: pd.DataFrame, weeks: int = 3) -> pd.Series"
    told = shop.ok("show", "spend", "--no-source", terminal=True, columns=80).out
    assert "    weeks (int): How many weeks.\n" in told and "    pd.Series: EUR.\n" in told


def test_documentation_of_one_paragraph_is_a_summary(published: ShopProject) -> None:
    rows = asked(published, "SELECT section, text FROM doc_sections WHERE feature = 'margin'")
    assert rows == [{"section": "summary", "text": "What is left."}]


# --- owners -----------------------------------------------------------------------------------------

OWNED = """
import pandas as pd
from featurecat import feature, tag

@feature(owner="ops")
@tag(team="x")
def by_decorator(orders: pd.DataFrame) -> pd.Series:
    return orders["amount"]

@tag(owner="crm")
def by_tag(orders: pd.DataFrame) -> pd.Series:
    return orders["amount"]

def by_nobody(orders: pd.DataFrame) -> pd.Series:
    return orders["amount"]
"""


def owners(shop: ShopProject) -> dict[str, set[tuple[str, str, str]]]:
    found: dict[str, set[tuple[str, str, str]]] = {}
    for row in asked(shop, "FROM contacts"):
        found.setdefault(row["feature"], set()).add((row["contact"], row["role"], row["origin"]))
    return found


def test_owners_come_from_the_first_place_that_names_one(shop: ShopProject) -> None:
    shop.only_module(OWNED)
    shop.write(".github/CODEOWNERS", "*.py @all\n/mine.py @org/data ann@example.com\n")
    shop.ok("index")
    assert owners(shop) == {
        "by_decorator": {("ops", "owner", "feature")},
        "by_tag": {("crm", "owner", "tag")},
        "by_nobody": {("@org/data", "owner", "codeowners"), ("ann@example.com", "owner", "codeowners")},
    }
    shop.replace(
        "pyproject.toml",
        "[tool.featurecat.sources.orders]",
        '[tool.featurecat.owners]\n"mi*" = "pricing"\n\n[tool.featurecat.sources.orders]',
    )
    shop.ok("index")
    assert owners(shop)["by_nobody"] == {("pricing", "owner", "module")}
    assert "owner         pricing (default of the module)" in shop.ok("show", "by_nobody").out
    assert shop.ok("list", "owner:pricing", "--json").rows[0]["feature"] == "by_nobody"


def test_lines_of_codeowners_that_cannot_be_used_are_told(shop: ShopProject) -> None:
    shop.only_module(OWNED)
    shop.write("CODEOWNERS", "* nobody\n/mine.py @data\n")
    shop.ok("index")
    (row,) = asked(shop, "SELECT code, file, line FROM index_errors")
    assert row == {"code": "invalid-codeowners", "file": "CODEOWNERS", "line": 1}
    assert owners(shop)["by_nobody"] == {("@data", "owner", "codeowners")}


@pytest.mark.parametrize(
    ("setting", "expected"),
    [('codeowners = "own/OWNERS"', {("@own", "owner", "codeowners")}), ('codeowners = ""', None)],
    ids=["another file", "none"],
)
def test_where_codeowners_are_looked_for_is_a_setting(shop: ShopProject, setting: str, expected: Any) -> None:
    shop.only_module(OWNED)
    shop.write("CODEOWNERS", "* @all\n")
    shop.write("own/OWNERS", "* @own\n")
    shop.replace(
        "pyproject.toml",
        "[tool.featurecat.sources.orders]",
        f"[tool.featurecat.index]\n{setting}\n\n[tool.featurecat.sources.orders]",
    )
    shop.ok("index")
    assert owners(shop).get("by_nobody") == expected


def git(root: Path, *words: str, author: str = "Ann <ann@example.com>") -> None:
    name, _, address = author.rstrip(">").partition(" <")
    person = {
        f"GIT_{role}_{what}": text
        for role in ("AUTHOR", "COMMITTER")
        for what, text in (("NAME", name), ("EMAIL", address))
    }
    environment = {**os.environ, **person, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    subprocess.run(["git", "-C", str(root), *words], check=True, capture_output=True, env=environment)


@pytest.fixture
def written(shop: ShopProject) -> ShopProject:
    """The project in a git repository: Ann wrote everything, Bob most of ``by_nobody`` since."""
    shop.only_module(OWNED)
    shop.write(".gitignore", ".featurecat/\n")
    git(shop.root, "init", "--quiet")
    git(shop.root, "add", ".")
    git(shop.root, "commit", "--quiet", "-m", "all")
    body = "    amount = orders['amount']\n    half = amount / 2\n    return half + half\n"
    text = (shop.root / "mine.py").read_text(encoding="utf-8")
    head, _, tail = text.rpartition('    return orders["amount"]\n')
    shop.write("mine.py", head + body + tail)
    git(shop.root, "commit", "--quiet", "-am", "halves", author="Bob <bob@example.com>")
    return shop


def test_blame_names_an_author_who_owns_nothing(written: ShopProject) -> None:
    written.ok("index")
    assert owners(written)["by_nobody"] == {("bob@example.com", "author", "blame")}
    assert asked(written, "FROM owners WHERE feature = 'by_nobody'") == []
    assert asked(written, "SELECT lines FROM authors") == [{"lines": 3}]
    assert "author        bob@example.com (git blame; nobody owns it)" in written.ok("show", "by_nobody").out
    checks = [row["check"] for row in written.run("lint", "--json").rows["results"]]
    assert "by_nobody" in {check["feature"] for check in checks if check["kind"] == "owner"}
    assert written.run("list", "owner:bob*").code == 2


def test_another_history_is_no_reason_for_a_snapshot(written: ShopProject) -> None:
    written.ok("index")
    before = sorted(path.name for path in written.store.snapshots.iterdir())
    git(written.root, "commit", "--quiet", "--amend", "--no-edit", "--reset-author", author="Eve <eve@example.com>")
    os.utime(written.root / "mine.py")
    written.ok("index")
    assert sorted(path.name for path in written.store.snapshots.iterdir()) == before


def test_lines_that_are_not_committed_have_no_author(written: ShopProject) -> None:
    written.write("mine.py", OWNED.replace("by_nobody", "brand_new"))
    text = (
        (written.root / "mine.py")
        .read_text(encoding="utf-8")
        .replace(
            'def brand_new(orders: pd.DataFrame) -> pd.Series:\n    return orders["amount"]',
            "def brand_new(orders: pd.DataFrame) -> pd.Series:\n    return orders['pieces']",
        )
    )
    written.write("mine.py", text)
    written.ok("index")
    assert "brand_new" not in owners(written)


def test_blame_can_be_left_out(written: ShopProject) -> None:
    written.replace(
        "pyproject.toml",
        "[tool.featurecat.sources.orders]",
        "[tool.featurecat.index]\nblame = false\n\n[tool.featurecat.sources.orders]",
    )
    written.ok("index")
    assert asked(written, "FROM authors") == []


# --- types and fingerprints -------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["pandas", "polars"])
def test_declared_and_observed_types_stand_side_by_side(shop: ShopProject, engine: str) -> None:
    kind = {"pandas": "pd.DataFrame) -> pd.Series", "polars": "pl.DataFrame) -> pl.Series"}[engine]
    shop.only_module(
        f"""
        import pandas as pd
        import polars as pl
        from featurecat import feature

        @feature(dtype="int64")
        def pieces_twice(orders: {kind}:
            return orders["pieces"] * 2

        def undeclared(orders: {kind}:
            return orders["amount"]

        @feature(dtype="string")
        def never_run(orders: {kind}:
            return orders["note"]
        """
    )
    shop.ok("materialize", "pieces_twice", "undeclared", "--engine", engine)
    rows = {row["feature"]: row for row in asked(shop, 'FROM schemas WHERE "column" = feature')}
    types = {
        name: (row["declared_dtype"], row["observed_dtype"], row["rows"], row["nulls"]) for name, row in rows.items()
    }
    assert types == {
        "pieces_twice": ("int64", "int64", 20, 0),
        "undeclared": (None, "double", 20, 0),
        "never_run": ("string", None, None, None),
    }
    assert {row["engine_dtype"] for row in rows.values()} == {
        "pandas": {"int64", "float64", None}, "polars": {"Int64", "Float64", None}
    }[engine]  # fmt: skip
    assert "dtype         int64 (declared and observed" in shop.ok("show", "pieces_twice").out
    assert "dtype         double (observed, as" in shop.ok("show", "undeclared").out
    assert "dtype         string (declared)" in shop.ok("show", "never_run").out


def test_what_a_fingerprint_covers(published: ShopProject) -> None:
    rows = asked(published, "SELECT part, kind, file, line FROM fingerprint_parts WHERE feature = 'net_amount'")
    assert sorted((row["kind"], row["part"], row["file"], row["line"]) for row in rows) == [
        ("constant", "order_features.DISCOUNT", "order_features.py", 7),
        ("function", "order_features._without_discount", "order_features.py", 10),
        ("function", "order_features.net_amount", "order_features.py", 14),
        ("import", "featurecat.check_output", "order_features.py", 5),
        ("import", "featurecat.feature", "order_features.py", 5),
        ("import", "featurecat.tag", "order_features.py", 5),
        ("import", "pandas", "order_features.py", 3),
    ]
    told = published.ok("show", "net_amount", "--no-source").out
    assert "fingerprint   covers 1 constant, 2 functions, 4 imports" in told and "_without_discount" not in told
    assert "order_features._without_discount" in published.ok("show", "net_amount", "--full", "--no-source").out


def test_implied_expectations_are_told_as_such(shop: ShopProject) -> None:
    shop.only_module(
        """
        import pandas as pd
        from featurecat import feature

        @feature(dtype="int64", freshness="26h", owner="ops")
        def pieces(orders: pd.DataFrame) -> pd.Series:
            return orders["pieces"]
        """
    )
    shop.ok("materialize", "pieces")
    shop.run("check")
    found = {row["kind"]: row for row in shown(shop, "pieces")["implied"]}
    assert {kind: row["params"] for kind, row in found.items()} == {
        "age": {"freshness": "26h"}, "dtype": {"dtype": "int64"}, "key": {"columns": ["order"]}
    }  # fmt: skip
    assert found["dtype"]["last_status"] == "pass" and found["key"]["last_status"] == "pass"
    assert "\nimplied expectations\n" in shop.ok("show", "pieces").out


# --- the command ------------------------------------------------------------------------------------


EVERYTHING = '''
from typing import Annotated

import pandas as pd

from featurecat import check_output, config, feature, tag

SCALE = 2


def _scaled(amount: pd.Series) -> pd.Series:
    return amount * SCALE


@tag(team="sales", known="before")
@feature(owner="ops", unit="EUR", dtype="double", status="deprecated", sunset="2099-01-01", replaced_by="net",
         freshness="26h")
@check_output(range=(0.0, 1000.0))
@config.when_not(region="us")
def gross__abroad(orders: pd.DataFrame, customers: pd.DataFrame, scale: int = 3, password: str = "hunter2") -> pd.Series:
    """Gross amount of an order as the shop wrote it on the bill, taxes and everything else included.

    The tax is the one of the state. It is taken from the bill and not computed, because nobody could tell
    what it was at the time; see the notes of the accountants.

    - a list stays
    - as it is

    Args:
        orders (pd.DataFrame): What was ordered, with everything that was on the bill, and many more words
            than a line has room for.
        scale (int): By how much.

    Returns:
        pd.Series: EUR.

    Business meaning:
        What the customer paid.
    """
    return _scaled(orders["amount"]) + 0 * len(customers)


@feature(owner="ops", dtype="double")
@config.when(region="us")
def gross__us(orders: pd.DataFrame) -> pd.Series:
    """Gross amount of an order."""
    return orders["amount"]


@feature(entity=["order"])
def net(gross: pd.Series) -> pd.Series:
    """What is left."""
    return gross / 1.2
'''


@pytest.mark.parametrize("option", [None, "--full"], ids=["as it comes", "in full"])
@pytest.mark.parametrize("feature", ["gross", "net"])
def test_show_at_80_columns(
    shop: ShopProject, golden: Callable[[str, str], None], feature: str, option: str | None
) -> None:
    shop.only_module(EVERYTHING)
    shop.replace("pyproject.toml", 'key = ["customer"]', 'key = ["order"]')
    shop.write("CODEOWNERS", "*.py @org/data ann@example.com\n")
    shop.ok("index")
    told = shop.ok("show", feature, *([option] if option else ["--no-source"]), terminal=True, columns=80).out
    plain = re.sub(r"\x1b\[\d*m", "", told)
    head, _, source = plain.partition("\nmine.py:")
    assert max(map(len, head.splitlines())) <= 80
    assert "hunter2" not in head
    golden(plain, f"show_{feature}{'_full' if option else ''}.txt")


def test_long_documentation_is_cut_and_told_so(shop: ShopProject) -> None:
    notes = "\n".join(f"    - point {number}" for number in range(40))
    shop.only_module(f'''
import pandas as pd

def noted(orders: pd.DataFrame) -> pd.Series:
    """With notes.

{notes}
    """
    return orders["amount"]
''')
    shop.ok("index")
    told = shop.ok("show", "noted", "--no-source").out
    assert "point 23" in told and "point 24" not in told and "and 16 more lines: --full" in told
    assert "point 39" in shop.ok("show", "noted", "--no-source", "--full").out


def test_flights(repository: Path, tmp_path: Path, nursery: Nursery) -> None:
    root = tmp_path / "flights"
    shutil.copytree(
        repository / "examples" / "flights",
        root,
        ignore=shutil.ignore_patterns("data", ".featurecat", "__pycache__", "*.parquet"),
    )
    flights = ShopProject(root, nursery)
    flights.run("index")
    rows = asked(
        flights,
        "SELECT v.feature, v.signature, v.source_text, v.file, v.line FROM variants v JOIN features f ON f.feature = v.feature WHERE f.public",
    )
    assert len(rows) > 40
    assert all(row["signature"].startswith("(") and row["file"] and row["line"] for row in rows)
    covered = {row["feature"] for row in asked(flights, "SELECT DISTINCT feature FROM fingerprint_parts")}
    assert covered == {row["feature"] for row in rows}
    documented = asked(flights, "SELECT feature, doc FROM features WHERE public AND doc IS NOT NULL")
    sections = {
        row["feature"] for row in asked(flights, "SELECT DISTINCT feature FROM doc_sections WHERE section = 'summary'")
    }
    assert sections == {row["feature"] for row in documented}
    for row in rows[:3]:
        told = flights.ok("show", row["feature"], terminal=True, columns=80).out
        assert row["file"].rpartition("/")[2] in told
