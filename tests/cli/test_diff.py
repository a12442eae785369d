"""``featurecat diff`` and ``featurecat impact`` as they are seen, and what they answer when they are used wrongly."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from featurecat.project.diff.classes import CLASSES
from featurecat.project.diff.markdown import diff_markdown
from tests.support.projects import Nursery, ShopProject, make_shop

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")

CONSUMERS = """
[tool.featurecat.consumers.churn]
kind = "model"
features = "margin"
owner = "ml-team"
"""


def git(folder: Path, *words: str) -> str:
    environment = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    who = ["-c", "user.name=Ann", "-c", "user.email=ann@shop.example", "-c", "commit.gpgsign=false"]
    command = ["git", "-C", str(folder), *who, *words]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture(scope="module")
def _changed_once(tmp_path_factory: pytest.TempPathFactory, nursery: Nursery) -> Path:
    """A branch on which something of every class changed."""
    shop = make_shop(tmp_path_factory.mktemp("changed") / "shop", nursery)
    shop.write("pyproject.toml", (shop.root / "pyproject.toml").read_text() + CONSUMERS)
    shop.write(".gitignore", ".featurecat/\n__pycache__/\n")
    git(shop.root, "init", "--quiet", "--initial-branch", "main")
    git(shop.root, "add", "--all")
    git(shop.root, "commit", "--quiet", "--message", "the beginning")
    git(shop.root, "checkout", "--quiet", "-b", "work")
    shop.replace("order_features.py", "DISCOUNT = 0.1", "DISCOUNT = 0.2")
    shop.replace("order_features.py", "def unit_price(", "def piece_price(")
    shop.replace("order_features.py", "def margin(", "@check_output(range=(0.0, 9_000.0))\ndef margin(")
    shop.replace("customer_features.py", "Age of the customer.", "Their age.")
    shop.replace("customer_features.py", '@feature(owner="crm", pii=True)', '@feature(owner="mail", pii=True)')
    shop.write(
        "customer_features.py",
        (shop.root / "customer_features.py").read_text()
        + "\n\ndef is_old(age_in_years: pd.Series) -> pd.Series:\n    return age_in_years > 60\n",
    )
    shop.ok("diff")
    return shop.root


@pytest.fixture
def changed(_changed_once: Path, tmp_path: Path, nursery: Nursery) -> ShopProject:
    shutil.copytree(_changed_once, tmp_path / "shop", symlinks=True)
    return ShopProject(tmp_path / "shop", nursery)


def steady(text: str) -> str:
    """The text without what another commit would have."""
    return re.sub(r"\b[0-9a-f]{12,40}\b", "<commit>", text)


@pytest.mark.parametrize(
    ("words", "name"),
    [((), "diff.txt"), (("--json",), "diff.json"), (("--markdown",), "diff.md")],
    ids=["text", "json", "markdown"],
)
def test_a_diff_as_it_is_seen(changed: ShopProject, golden, words: tuple[str, ...], name: str) -> None:
    told = changed.ok("diff", *words)
    if name == "diff.txt":
        assert max(len(line) for line in told.out.splitlines()) <= 80
        assert steady(told.err).startswith("main (<commit>) -> the work tree: ")
    golden(steady(told.out), name)


def test_every_class_is_there(changed: ShopProject) -> None:
    counts = changed.ok("diff", "--json").rows["counts"]
    assert set(counts) == set(CLASSES)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((), 0),
        (("--exit-code",), 1),
        (("--exit-code", "--fail-on", "any"), 1),
        (("--exit-code", "--features", "age_in_years"), 0),
        (("--exit-code", "--fail-on", "checks", "--features", "mail_domain"), 0),
        (("--exit-code", "--fail-on", "any", "--features", "mail_domain"), 1),
        (("HEAD", "main", "--exit-code", "--fail-on", "any"), 0),
    ],
    ids=["no gate", "breaking", "any", "selected", "checks", "metadata", "equal commits"],
)
def test_the_exit_code_is_that_of_what_is_told(changed: ShopProject, words: tuple[str, ...], code: int) -> None:
    assert changed.run("diff", *words).code == code


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("nowhere",), "against-unusable", "git knows no commit 'nowhere' here"),
        (("snapshot:1999",), "against-unusable", "there is no snapshot '1999'"),
        (("--fail-on", "sometimes"), "invalid-option", "sometimes"),
        (("--features", "("), "invalid-selection", ""),
    ],
    ids=["no commit", "no snapshot", "no class", "no selection"],
)
def test_what_cannot_be_told_apart_is_refused(
    changed: ShopProject, words: tuple[str, ...], code: str, message: str
) -> None:
    told = changed.run("diff", *words, "--json")
    assert (told.code, told.problems[0]["code"]) == (2, code)
    assert message in told.problems[0]["message"]


def test_without_a_main_branch_the_base_has_to_be_named(changed: ShopProject) -> None:
    git(changed.root, "branch", "-m", "main", "elsewhere")
    told = changed.run("diff", "--json")
    assert (told.code, told.problems[0]["code"]) == (2, "against-unusable")
    assert "featurecat diff BASE" in told.problems[0]["hint"]
    assert changed.ok("diff", "elsewhere", "--json").rows["counts"]["breaking"] == 1


def test_the_branch_of_a_pull_request_is_taken(changed: ShopProject) -> None:
    git(changed.root, "update-ref", "refs/remotes/origin/release", "main")
    told = changed.ok("diff", "--json", environment={"GITHUB_BASE_REF": "release"})
    assert told.rows["base"].startswith("origin/release (")


def test_a_module_that_cannot_be_imported_is_told(changed: ShopProject) -> None:
    changed.write("customer_features.py", "def broken(:\n")
    told = changed.run("diff", "--json")
    assert told.code == 2
    assert told.problems[0]["code"] == "syntax-error"


def test_markdown_is_bounded_and_nothing_in_it_is_markup() -> None:
    one = {
        "feature": "a|b", "class": "breaking", "owners": ["@all"], "downstream": ["x"] * 9, "downstream_count": 9,
        "consumers": [], "changes": [{"kind": "tags", "text": "<b>*bold*</b> @someone #1 " + "x" * 500}],
    }  # fmt: skip
    document = {"base": "main", "head": "work", "counts": {"breaking": 5_000}, "features": [one] * 5_000}
    text = diff_markdown(document)
    assert len(text) < 65_536
    assert "and 4950 more" in text
    row = next(line for line in text.splitlines() if line.startswith("| a"))
    assert row.startswith(r"| a\|b | tags \<b>\*bold\*\</b> \@someone \#1 ")
    assert "`@all`" in row
    assert "and 4 more" in row


# --- impact --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (("orders.amount",), "impact.txt"),
        (("orders.amount", "--json"), "impact.json"),
        (("orders.amount", "--markdown"), "impact.md"),
        (("orders.amount", "customers", "--csv", "--group-by", "module"), "impact.csv"),
    ],
    ids=["text", "json", "markdown", "csv"],
)
def test_an_impact_as_it_is_seen(changed: ShopProject, golden, words: tuple[str, ...], name: str) -> None:
    golden(changed.ok("impact", *words).out, name)


def test_an_impact_is_what_lineage_says(changed: ShopProject) -> None:
    rows = changed.ok("impact", "net_amount", "--json").rows
    assert [(row["feature"], row["depth"]) for row in rows["features"]] == [("margin", 1), ("shipping", 1)]
    assert rows["consumers"] == [{"consumer": "churn", "kind": "model", "owner": "ml-team", "features": ["margin"]}]
    assert changed.ok("impact", "orders", "--depth", "1", "--json").rows["features"] != []
    for group in ("owner", "module", "consumer"):
        groups = changed.ok("impact", "orders", "--group-by", group, "--json").rows["groups"]
        assert groups
        assert all(one["features"] for one in groups)


@pytest.mark.parametrize("column", ["orders.amount", "orders.pieces"])
def test_the_impact_of_a_column_follows_columns(changed: ShopProject, column: str) -> None:
    query = f"SELECT d.feature FROM downstream('{column}') d JOIN public_features p ON p.feature = d.feature"
    below = {row["feature"] for row in changed.ok("sql", query, "--json").rows}
    assert below
    assert {row["feature"] for row in changed.ok("impact", column, "--json").rows["features"]} == below


def test_the_impact_of_what_changed(changed: ShopProject) -> None:
    rows = changed.ok("impact", "--against", "main", "--json").rows
    assert "net_amount" in rows["of"]
    assert [row["feature"] for row in rows["features"] if row["feature"] == "margin"] == ["margin"]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ((), "invalid-option", "nothing is named"),
        (("net_amonut",), "unknown-feature", "there is no feature 'net_amonut'"),
        (("orders.amuont",), "unknown-feature", "nothing is known of a column 'amuont' of orders"),
    ],
    ids=["nothing", "misspelt", "no column"],
)
def test_what_has_no_impact_is_refused(changed: ShopProject, words: tuple[str, ...], code: str, message: str) -> None:
    told = changed.run("impact", *words, "--json")
    assert (told.code, told.problems[0]["code"]) == (2, code)
    assert message in told.problems[0]["message"]
    assert told.problems[0]["hint"]


def test_what_is_told_as_json_is_complete(changed: ShopProject) -> None:
    document = json.loads(changed.ok("diff", "--json").out)
    one = next(one for one in document["features"] if one["feature"] == "net_amount")
    assert one["class"] == "behavioural"
    assert one["downstream"] == ["margin", "shipping"]
    assert one["consumers"] == ["churn"]
    assert "ml-team" in one["affected_owners"]
    assert [change["kind"] for change in one["changes"]][0] == "helper"
