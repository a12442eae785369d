"""``featurecat selftest`` at the prompt: what it prints, and what it ends with."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from featurecat.frames.alterations.benign import BENIGN
from featurecat.frames.alterations.corruptions import CORRUPTIONS
from tests.support.projects import REPOSITORY, Nursery, ShopProject

FEATURES = '''
import pandas as pd

from featurecat import check_output, feature


@feature(owner="ops", dtype="double")
@check_output(range=(0, 200), mean_in_range=(100, 110), importance="fail")
def amount(orders: pd.DataFrame) -> pd.Series:
    """What an order costs."""
    return orders["amount"]


@check_output(range=(1, 3))
def pieces(orders: pd.DataFrame) -> pd.Series:
    """How many pieces it has."""
    return orders["pieces"]


@feature(pii=True)
@check_output(matches=r"note \\d+", importance="fail")
def note(orders: pd.DataFrame) -> pd.Series:
    """What the customer wrote."""
    return orders["note"]
'''


@pytest.fixture
def tried(shop: ShopProject) -> ShopProject:
    """A project with published data, of which little is expected."""
    shop.only_module(FEATURES)
    shop.ok("materialize", "--all", "-q")
    return shop


def test_lines_for_each_corruption_and_the_counts(tried: ShopProject, golden) -> None:
    told = tried.run("selftest")
    assert (told.code, told.err) == (1, "")
    golden(told.out, "selftest.txt")


def test_on_a_terminal_lines_fit(tried: ShopProject) -> None:
    told = tried.run("selftest", "-v", terminal=True, columns=80)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", told.out)
    assert plain != told.out and max(map(len, plain.splitlines())) <= 80
    assert told.code == 1


def test_only_what_is_wrong_when_quiet(tried: ShopProject) -> None:
    told = tried.run("selftest", "-q", "--only", "unit-1000,null-burst,duplicate-keys")
    assert told.code == 1
    assert [line[:11] if line[0].isalpha() else line for line in told.out.splitlines() if line[0] != " "] == [
        "let through",
        "let through",
        "3 corruptions: 1 noticed, 2 let through",
    ]


def test_benign_changes_stay_green(tried: ShopProject, golden) -> None:
    golden(tried.ok("selftest", "--benign").out, "selftest_benign.txt")


def test_what_is_tried_is_listed_anywhere(shop: ShopProject, tmp_path) -> None:
    rows = shop.ok("selftest", "--list", "--json", directory=tmp_path).rows
    assert [row["name"] for row in rows] == list(CORRUPTIONS) and len(rows) == 12
    rows = shop.ok("selftest", "--list", "--benign", "--json").rows
    assert [row["name"] for row in rows] == list(BENIGN) and len(rows) == 12
    (row,) = shop.ok("selftest", "--list", "--only", "unit-1000", "--json").rows
    assert row == {"name": "unit-1000", "what it does": CORRUPTIONS["unit-1000"].doc}
    told = shop.ok("selftest", "--list", terminal=True, columns=80)
    assert max(len(re.sub(r"\x1b\[[0-9;]*m", "", line)) for line in told.out.splitlines()) <= 80


def test_json_holds_everything_and_no_personal_data(tried: ShopProject) -> None:
    told = tried.run("selftest", "--feature", "note", "--json")
    assert told.code == told.rows["exit_code"]
    trials = {trial["name"]: trial for trial in told.rows["trials"]}
    assert trials["null-burst"]["features"] == ["note"]
    assert {"name", "doc", "verdict", "what", "features", "place", "rows", "exit_code", "alarms", "hint"} <= trials[
        "null-burst"
    ].keys()
    assert "note 1" not in told.out
    trial = tried.ok("selftest", "--feature", "amount", "--only", "unit-1000", "--json").rows["trials"][0]
    assert trial["rows"] == 20 and trial["alarms"][0]["failing_rows"] > 0
    assert {int(row["order"]) for row in trial["alarms"][0]["sample"]} <= set(range(1, 21))


PAGE = (REPOSITORY / "docs" / "selftest.md").read_text(encoding="utf-8")


def test_the_page_lists_what_is_tried() -> None:
    rows = dict(re.findall(r"^\| `([a-z0-9-]+)` \| (.+?) \|", PAGE, re.MULTILINE))
    assert rows == {one.name: one.doc for one in [*CORRUPTIONS.values(), *BENIGN.values()]}
    remedies = dict(re.findall(r"^\| `([a-z0-9-]+)` \| .+? \| (.+) \|$", PAGE, re.MULTILINE))
    assert {name: text.replace("`", "") for name, text in remedies.items()} == {
        name: one.remedy for name, one in CORRUPTIONS.items()
    }


def test_what_the_page_shows_is_what_happens(tmp_path: Path, nursery: Nursery) -> None:
    shown = re.findall(r"^```console\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    commands = [line[2:].split() for line in shown[0].splitlines() if line.startswith("$ ")]
    project = ShopProject(tmp_path, nursery)
    project.ok(*commands[0][1:])
    project = ShopProject(tmp_path / "shop", nursery)
    project.ok(*commands[2][1:])
    told = project.run(*commands[3][1:])
    assert told.code == 1
    assert told.out == shown[0].partition("$ featurecat selftest\n")[2]
    words = shown[1].partition(" > ")[0].split()[2:]
    assert project.run(*words).rows["exit_code"] == 1
