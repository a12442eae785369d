"""The whole selection grammar in every command that takes one: each atom, the same features everywhere."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from featurecat.clock import SystemClock
from featurecat.project.ask import list_features
from featurecat.project.discover import find_project
from featurecat.project.standing import CatalogStanding
from tests.support.projects import Nursery, ShopProject, Told, make_shop

MORE = """
[tool.featurecat.index]
isolated = false

[tool.featurecat.sets.money]
features = "tag:team=sales, unit_price"
owner = "ops"

[tool.featurecat.consumers.churn]
kind = "model"
features = "set:money & not shipping"

[tool.featurecat.configs.us]
"""
TIMES = '''
import pandas as pd

from featurecat import check_output, feature


@feature(freshness="1h", status="deprecated")
def recent(orders: pd.DataFrame) -> pd.Series:
    """Published just now."""
    return orders["amount"]


@feature(freshness="1h")
@check_output(range=(0.0, 100.0), importance="fail")
def too_much(orders: pd.DataFrame) -> pd.Series:
    """Does not hold."""
    return orders["amount"]


@check_output(range=(0.0, 100.0), importance="warn")
def rather_much(orders: pd.DataFrame) -> pd.Series:
    """Warned about."""
    return orders["amount"]
'''

#: Every kind of atom, and what it takes of the project.
ATOMS = {
    "name": ("margin", "margin"),
    "glob": ("*_price, net*", "unit_price net_amount"),
    "tag": ("tag:team=sales", "net_amount margin"),
    "owner": ("owner:ops", "net_amount"),
    "module": ("module:order_features", "net_amount unit_price shipping margin"),
    "entity": ("entity:order & *price", "unit_price"),
    "status": ("status:deprecated", "recent"),
    "pii": ("pii:true", "mail_domain"),
    "config": ("config:region", "shipping"),
    "config value": ("config:region=us & shipping", "shipping"),
    "state": ("state:modified", "net_amount shipping"),
    "new": ("state:new", "shipping"),
    "unmodified": ("state:unmodified & module:customer_features & not pii:true", "age_in_years"),
    "result": ("result:pass", "net_amount margin"),
    "warned": ("result:warn", "rather_much"),
    "blocked": ("result:blocked", "too_much"),
    "fresh": ("freshness:fresh", "recent"),
    "unknown": ("freshness:unknown", "too_much"),
    "set": ("set:money", "net_amount margin unit_price"),
    "sql": ("sql:\"SELECT feature FROM features WHERE unit = 'EUR'\"", "net_amount unit_price"),
    "walk": ("1+margin", "margin net_amount shipping"),
    "walk from a source": ('sql:"SELECT source AS feature FROM sources WHERE source = \'customers\'"+', "age_in_years mail_domain"),
    "all of it": ("(set:money | result:warn) & not state:modified, 0+tag:none", "margin unit_price rather_much"),
}  # fmt: skip
#: The commands that take a selection; what they are about is told by --why.
COMMANDS = (
    ["graph"], ["materialize", "--dry-run"], ["lint"], ["preview"], ["inputs"],
)  # fmt: skip


@pytest.fixture(scope="module")
def sold_once(tmp_path_factory: pytest.TempPathFactory, nursery: Nursery) -> ShopProject:
    """A project that has changed since it was committed, and was materialized."""
    shop = make_shop(tmp_path_factory.mktemp("selections") / "shop", nursery)
    shop.replace("pyproject.toml", "[tool.featurecat.configs.us]\n", MORE)
    shop.add_module("time_features", TIMES)
    whole = (shop.root / "order_features.py").read_text(encoding="utf-8")
    before, _, after = whole.partition("@config.when(")
    shop.write("order_features.py", before + "@tag" + after.partition("@tag")[2])
    shop.write(".gitignore", ".featurecat/\n__pycache__/\n")
    for words in (
        ["init", "--quiet", "--initial-branch=main"],
        ["add", "--all"],
        ["-c", "user.name=a", "-c", "user.email=a@b.example", "commit", "--quiet", "--message", "first"],
    ):
        subprocess.run(["git", *words], cwd=shop.root, check=True, capture_output=True)
    shop.write("order_features.py", whole.replace("DISCOUNT = 0.1", "DISCOUNT = 0.2"))
    assert shop.run("materialize", "--all", "--config", "region=us").code == 1
    shop.ok("list", "--against", "main")
    return shop


@pytest.fixture
def sold(sold_once: ShopProject, tmp_path: Path) -> ShopProject:
    """A copy of it."""
    shutil.copytree(sold_once.root, tmp_path / "shop")
    return ShopProject(tmp_path / "shop", sold_once.nursery)


def about(told: Told) -> list[str]:
    """The features that --why gives a reason for, beside an answer."""
    lines = [line.partition(": ") for line in told.err.splitlines()]
    return sorted(name for name, _, reason in lines if reason and name.isidentifier() and name != "warning")


@pytest.mark.parametrize(("selection", "names"), ATOMS.values(), ids=ATOMS)
def test_each_atom_selects_the_same_in_each_command(sold: ShopProject, selection: str, names: str) -> None:
    options = ["--why", *(["--against", "main"] if "state:" in selection else [])]
    listed = sold.ok("list", selection, *options, "--json").rows
    assert sorted(row["feature"] for row in listed) == sorted(names.split())
    assert all(row["why"] for row in listed)
    answers = sold.together(*([*command, selection, *options] for command in COMMANDS))
    for command, told in zip(COMMANDS, answers, strict=True):
        assert told.code == 0, (command, told)
        assert about(told) == sorted(names.split()), (command, told.err)
    # a check is a run of its own, after which other verdicts are the last ones
    assert about(sold.run("check", selection, *options)) == sorted(names.split())


def test_several_ways_to_say_a_selection(sold: ShopProject) -> None:
    rows = sold.ok("list", "margin", "--features", "tag:team & owner:ops", "--features", "pii:true", "--json").rows
    assert [row["feature"] for row in rows] == ["margin", "net_amount", "mail_domain"]
    for command in ("graph", "lint", "inputs", "check"):
        assert sold.ok(command, "tag:nobody", "--allow-empty").code == 0
        assert sold.run(command, "tag:nobody").code == 2


def test_a_check_computes_what_has_changed(sold: ShopProject) -> None:
    words = [
        "check",
        "state:modified & not state:new",
        "--against",
        "main",
        "--compute",
        "--why",
        "--config",
        "region=us",
    ]
    told = sold.ok(*words)
    assert "net_amount: state:modified & not state:new (helper)" in told.err


def test_the_notice_of_a_union_stays(sold: ShopProject) -> None:
    for command in ("list", "graph", "lint", "inputs", "check"):
        told = sold.run(command, "tag:team, owner:ops")
        assert "union of 2 terms: 2 features (use & for both)" in told.err, command


def test_all_faults_come_at_once_in_every_command(sold: ShopProject) -> None:
    selection = "margn, result:faild, set:mony, freshness:old, state:mod"
    hints = [
        "did you mean 'margin'?",
        "did you mean 'fail'?",
        "did you mean 'money'?",
        "values are fresh",
        "states are new",
    ]
    for command in (["list"], *COMMANDS, ["check"]):
        told = sold.run(*command, selection, "--json")
        assert told.code == 2, (command, told)
        found = [problem["hint"] or "" for problem in told.problems]
        assert [hint in text for hint, text in zip(hints, found, strict=True)] == [True] * len(hints), (command, found)


def test_python_selects_too(sold: ShopProject) -> None:
    answer = list_features(find_project(sold.root), SystemClock(), ["set:money & result:pass"], why=True)
    assert [(row["feature"], row["why"]) for row in answer.rows] == [
        ("margin", ["set:money & result:pass"]), ("net_amount", ["set:money & result:pass"]),
    ]  # fmt: skip


def test_settings_are_read_by_the_same_parser_and_name_the_line(sold: ShopProject) -> None:
    text = (sold.root / "pyproject.toml").read_text(encoding="utf-8")
    override = '\n[[tool.featurecat.checks.override]]\nfeatures = "set:money & tag:team, margn"\nseverity = "warn"\nreason = "new"\n'
    sold.write("pyproject.toml", text + override)
    line = text.count("\n") + 3
    for command in (["check"], ["materialize", "margin", "--config", "region=us"], ["lint"]):
        told = sold.run(*command, "--json")
        (problem,) = [one for one in told.problems if one["code"] == "unknown-feature"]
        assert (told.code, problem["file"], problem["line"]) == (2, "pyproject.toml", line), command
        assert "did you mean 'margin'?" in problem["hint"]
    sold.replace("pyproject.toml", ", margn", "")
    assert sold.run("materialize", "margin", "--config", "region=us").code == 0


def test_consumers_are_in_the_catalog(sold: ShopProject) -> None:
    rows = sold.ok("sql", "SELECT consumer, kind, feature, owner FROM consumers ORDER BY ALL", "--json").rows
    assert [tuple(row.values()) for row in rows] == [
        ("churn", "model", "margin", None), ("churn", "model", "net_amount", None), ("churn", "model", "unit_price", None),
        ("money", "feature set", "margin", "ops"), ("money", "feature set", "net_amount", "ops"),
        ("money", "feature set", "unit_price", "ops"),
    ]  # fmt: skip


def test_a_consumer_of_what_is_not_there_is_a_problem_of_the_index(sold: ShopProject) -> None:
    sold.replace("pyproject.toml", "set:money & not shipping", "set:money, shiping")
    told = sold.run("index", "--json")
    (problem,) = told.problems
    assert (told.code, problem["code"], problem["file"]) == (2, "unknown-consumer-feature", "pyproject.toml")
    assert "did you mean 'shipping'?" in problem["hint"]
    errors = sold.ok("sql", "SELECT code, line, message FROM index_errors", "--json").rows
    assert [(row["code"], row["line"], row["message"]) for row in errors] == [
        ("unknown-consumer-feature", problem["line"], "[tool.featurecat.consumers.churn] there is no feature 'shiping'")
    ]
    assert len(sold.ok("sql", "FROM consumers WHERE consumer = 'churn'", "--json").rows) == 3


def test_freshness_goes_with_the_clock(sold: ShopProject) -> None:
    project = find_project(sold.root)

    class Later(SystemClock):
        def now(self) -> datetime:
            return super().now() + timedelta(hours=2)

    assert CatalogStanding(project, SystemClock()).values("freshness") == {"recent": ["fresh"], "too_much": ["unknown"]}
    assert CatalogStanding(project, Later()).values("freshness") == {"recent": ["stale"], "too_much": ["unknown"]}


def test_the_freshness_of_a_source_is_that_of_the_file_last_read(sold: ShopProject) -> None:
    sold.replace("pyproject.toml", 'path = "data/orders.parquet"\n', 'path = "data/orders.parquet"\nfreshness = "2d"\n')
    os.utime(sold.root / "data/orders.parquet", (1_700_000_000, 1_700_000_000))
    sold.ok("index")
    assert "freshness:stale+ selects" not in sold.run("list", "freshness:stale").err  # read before it was touched
    sold.ok("materialize", "margin", "--config", "region=us")
    told = sold.run("list", "freshness:stale")
    assert "it matches orders, which are no features; freshness:stale+ selects" in told.err
    rows = sold.ok("list", "freshness:stale+1 & unit_price", "--json", "--why").rows
    assert [row["why"] for row in rows] == [["freshness:stale+1 & unit_price from orders"]]
