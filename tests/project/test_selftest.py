"""Selftest on a small project: a careful set of expectations notices everything, a careless one is told what it lacks."""

from __future__ import annotations

import datetime
import hashlib
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from featurecat.clock import SystemClock
from featurecat.errors import StoreError
from featurecat.frames.alterations.benign import BENIGN
from featurecat.frames.alterations.corruptions import CORRUPTIONS
from featurecat.project.check.subjects import read_definitions
from featurecat.project.discover import find_project
from featurecat.project.refresh import refresh_catalog
from featurecat.project.selftest.copying import copied_project
from featurecat.project.selftest.publishing import publish_altered
from featurecat.project.selftest.tables import Aim, Reader, find_aim, published_tables
from featurecat.records import Manifest
from tests.support.projects import Nursery, ShopProject, make_shop

HEADS = {
    "pandas": "import pandas as pd\nfrom featurecat import check_output, feature\n\nFrame, Column = pd.DataFrame, pd.Series\n",
    "polars": "import polars as pl\nfrom featurecat import check_output, feature\n\nFrame, Column = pl.DataFrame, pl.Series\n",
}
ORDERS = 400
AS_OF = datetime.datetime(2026, 4, 11, tzinfo=datetime.UTC)
CAREFUL = """

@feature(dtype="int64")
@check_output(range=(1, 7), mean_in_range=(3.9, 4.1), not_null=True, importance="fail")
def pieces(orders: Frame) -> Column:
    return orders["pieces"]


@feature(dtype="int64")
@check_output(range=(100, 499), not_null=True, importance="fail")
def weight(orders: Frame) -> Column:
    return orders["weight"]


@feature(dtype="double")
@check_output(range=(0.0, 650.0), max_fraction_nans=0.12, nans=0, mean_in_range=(270.0, 330.0), importance="fail")
def amount(orders: Frame) -> Column:
    return orders["amount"]


@feature(dtype="string")
@check_output(values_in=["north", "south", "west"], not_null=True, importance="fail")
def area(orders: Frame) -> Column:
    return orders["region"]


@check_output(freshness="36h", not_in_future=True, not_null=True, importance="fail")
def placed(orders: Frame) -> Column:
    return orders["placed"]


@check_output(compare=("==", "placed"), freshness="36h", not_in_future=True, not_null=True, importance="fail")
def known_at(orders: Frame) -> Column:
    return orders["placed"]
"""
CARELESS = """

def amount(orders: Frame) -> Column:
    return orders["amount"]


@check_output(range=(1, 7))
def pieces(orders: Frame) -> Column:
    return orders["pieces"]
"""


def write_orders(folder: Path) -> None:
    numbers = range(ORDERS)
    start = datetime.datetime(2026, 4, 1, tzinfo=datetime.UTC)
    columns = {
        "order": pa.array(numbers, pa.int64()),
        "pieces": pa.array([1 + number % 7 for number in numbers], pa.int64()),
        "weight": pa.array([100 + number for number in numbers], pa.int64()),
        "amount": pa.array([None if number % 10 == 3 else number * 1.5 for number in numbers], pa.float64()),
        "region": pa.array([("north", "south", "west")[number % 3] for number in numbers]),
        "placed": pa.array(
            [start + datetime.timedelta(minutes=36 * number) for number in numbers], pa.timestamp("us", "UTC")
        ),
    }
    pq.write_table(pa.table(columns), folder / "orders.parquet")


def make(root: Path, nursery: Nursery, *, engine: str, body: str) -> ShopProject:
    shop = make_shop(root, nursery)
    shop.only_module(HEADS[engine] + body)
    shop.replace("pyproject.toml", "[tool.featurecat]\n", f'[tool.featurecat]\nengine = "{engine}"\n')
    path = shop.root / "pyproject.toml"
    path.write_text(
        path.read_text(encoding="utf-8") + "\n[tool.featurecat.checks]\nas_of = 2026-04-11T00:00:00Z\n",
        encoding="utf-8",
    )
    write_orders(shop.root / "data")
    shop.ok("materialize", "--all")
    return shop


@pytest.fixture(scope="module")
def careful(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, nursery: Nursery) -> ShopProject:
    """A project whose expectations a careful team has written."""
    return make(
        tmp_path_factory.mktemp("careful") / "shop", nursery, engine=getattr(request, "param", "pandas"), body=CAREFUL
    )


@pytest.fixture(scope="module")
def _careless(tmp_path_factory: pytest.TempPathFactory, nursery: Nursery) -> ShopProject:
    return make(tmp_path_factory.mktemp("careless") / "shop", nursery, engine="pandas", body=CARELESS)


@pytest.fixture
def careless(_careless: ShopProject, tmp_path: Path, nursery: Nursery) -> ShopProject:
    """A project that expects little; a copy, which a test may change."""
    shutil.copytree(_careless.root, tmp_path / "shop")
    return ShopProject(tmp_path / "shop", nursery)


def everything(root: Path) -> dict[str, Any]:
    """All files below a folder: what they hold, and when they were changed in any way."""
    found = {}
    for path in sorted(root.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            stat = path.stat()
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            found[str(path)] = (digest, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_nlink)
    return found


def by_name(answer: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {trial["name"]: trial for trial in answer["trials"]}


#: What notices each corruption, and what the gate ends with.
NOTICED = {
    "null-burst": ({"not_null"}, 1),
    "duplicate-keys": ({"key"}, 1),
    "dtype-drift": ({"dtype"}, 1),
    "unit-1000": ({"range"}, 1),
    "time-zone-shift": ({"compare", "not_in_future"}, 1),
    "stale-partition": ({"freshness"}, 1),
    "truncated-file": (set(), 3),
    "category-drift": ({"values_in"}, 1),
    "nan-for-null": ({"nans"}, 1),
    "empty-file": ({"range", "not_null"}, 1),
    "swapped-values": ({"range"}, 1),
    "future-timestamps": ({"not_in_future"}, 1),
}


@pytest.mark.parametrize("careful", ["pandas", "polars"], indirect=True)
def test_careful_expectations_notice_everything_and_the_store_stays_as_it_was(careful: ShopProject) -> None:
    careful.ok("check")
    before = everything(careful.root)
    answer = careful.ok("selftest", "--json").rows
    assert everything(careful.root) == before
    assert (answer["exit_code"], answer["clean_exit_code"], answer["clean_alarms"]) == (0, 0, 0)
    trials = by_name(answer)
    assert list(trials) == list(CORRUPTIONS) == list(NOTICED)
    for name, (kinds, code) in NOTICED.items():
        trial = trials[name]
        assert (trial["verdict"], trial["exit_code"]) == ("noticed", code), trial
        assert kinds <= {alarm["kind"] for alarm in trial["alarms"]}, trial["alarms"]
        if trial["features"]:
            assert trial["alarms"][0]["feature"] in trial["features"] and trial["place"].startswith("mine.py:")
            assert (trial["alarms"][0]["file"], trial["alarms"][0]["line"]) == ("mine.py", int(trial["place"][8:]))
    assert trials["truncated-file"]["problems"]


@pytest.mark.parametrize("careful", ["pandas", "polars"], indirect=True)
def test_careful_expectations_stay_quiet_about_changes_that_are_none(careful: ShopProject) -> None:
    before = everything(careful.root)
    answer = careful.ok("selftest", "--benign", "--json").rows
    assert everything(careful.root) == before
    assert [trial["name"] for trial in answer["trials"]] == list(BENIGN)
    assert {(trial["verdict"], trial["exit_code"]) for trial in answer["trials"]} == {("green", 0)}


def test_careless_expectations_are_told_what_they_lack(careless: ShopProject) -> None:
    told = careless.run("selftest", "--json")
    assert told.code == 1 and told.rows["exit_code"] == 1
    trials = by_name(told.rows)
    assert {name: trial["verdict"] for name, trial in trials.items()} == {
        "null-burst": "let through",
        "duplicate-keys": "noticed",
        "dtype-drift": "let through",
        "unit-1000": "let through",
        "time-zone-shift": "skipped",
        "stale-partition": "skipped",
        "truncated-file": "noticed",
        "category-drift": "skipped",
        "nan-for-null": "let through",
        "empty-file": "noticed",
        "swapped-values": "skipped",
        "future-timestamps": "skipped",
    }
    assert trials["null-burst"]["hint"].startswith("add not_null=True, or max_fraction_nans=0.01 on pieces (mine.py:")
    assert trials["unit-1000"]["hint"] == "range of pieces only warns: give it severity error"
    assert trials["unit-1000"]["warnings"][0]["kind"] == "range"
    assert trials["category-drift"]["what"] == "no feature holds categories"
    assert trials["swapped-values"]["what"] == "no two features of one type have different values"


def test_switched_off_expectations_let_everything_through(careless: ShopProject) -> None:
    careless.replace("pyproject.toml", "as_of = ", 'mode = "off"\nas_of = ')
    (trial,) = careless.run("selftest", "--only", "null-burst", "--json").rows["trials"]
    assert (trial["verdict"], trial["exit_code"]) == ("let through", 0)
    assert trial["hint"] == 'mode = "off" in [tool.featurecat.checks] lets everything through'


def test_what_did_not_hold_before_does_not_count(careless: ShopProject) -> None:
    careless.replace("mine.py", "@check_output(range=(1, 7))", '@check_output(range=(1, 5), importance="fail")')
    told = careless.run("selftest", "--only", "null-burst,unit-1000", "--json")
    assert told.code == 1 and (told.rows["clean_exit_code"], told.rows["clean_alarms"]) == (1, 1)
    trials = by_name(told.rows)
    assert (trials["null-burst"]["verdict"], trials["null-burst"]["exit_code"]) == ("let through", 1)
    assert trials["unit-1000"]["verdict"] == "noticed"
    words = careless.run("selftest", "--only", "unit-1000").err
    assert words == "1 expectation does not hold on the data as they are; that does not count as noticed\n"


def test_waivers_and_baseline_apply(careless: ShopProject) -> None:
    careless.replace("mine.py", "@check_output(range=(1, 7))", '@check_output(range=(1, 7), importance="fail")')
    assert careless.ok("selftest", "--only", "unit-1000").out
    waiver = "# featurecat: allow[range] until=2999-12-31 reason=being looked at\n"
    careless.replace("mine.py", "@check_output(range=(1, 7)", f"{waiver}@check_output(range=(1, 7)")
    (trial,) = careless.run("selftest", "--only", "unit-1000", "--json").rows["trials"]
    assert (trial["verdict"], trial["exit_code"]) == ("let through", 0)


def test_features_that_are_no_longer_defined_stay_in_the_file(careless: ShopProject) -> None:
    text = (careless.root / "mine.py").read_text(encoding="utf-8")
    careless.write("mine.py", text.partition("@check_output")[0])
    told = careless.run("selftest", "--only", "null-burst,duplicate-keys,unit-1000", "--json")
    trials = by_name(told.rows)
    assert [trial["verdict"] for trial in trials.values()] == ["skipped", "noticed", "let through"]
    assert trials["unit-1000"]["features"] == ["amount"]


def test_one_feature_is_aimed_at(careful: ShopProject) -> None:
    told = careful.ok("selftest", "--feature", "weight", "--only", "null-burst,unit-1000,swapped-values", "--json")
    for trial in told.rows["trials"]:
        assert trial["features"][0] == "weight" and trial["alarms"][0]["feature"] in trial["features"]


def test_a_selection_is_what_counts(careful: ShopProject) -> None:
    told = careful.ok("selftest", "area", "--json")
    trials = by_name(told.rows)
    assert trials["category-drift"]["features"] == ["area"]
    assert {alarm["feature"] for alarm in trials["empty-file"]["alarms"]} <= {"area", "orders"}
    assert trials["unit-1000"]["verdict"] == "skipped"


@pytest.mark.parametrize(
    ("words", "code", "message", "hint"),
    [
        (
            ("--only", "null-brust"),
            "invalid-option",
            "there is no corruption 'null-brust'",
            "did you mean 'null-burst'?",
        ),
        (("--benign", "--only", "null-burst"), "invalid-option", "there is no benign change 'null-burst'", "--list"),
        (("--feature", "weigth"), "unknown-feature", "no feature 'weigth'", "did you mean 'weight'?"),
        (("area", "--feature", "weight"), "empty-selection", "weight is not selected", None),
        (("aera",), "unknown-feature", "'aera'", "did you mean 'area'?"),
    ],
    ids=["corruption", "benign", "feature", "not selected", "selection"],
)
def test_what_is_not_there_is_a_mistake(
    careful: ShopProject, words: tuple[str, ...], code: str, message: str, hint: str | None
) -> None:
    told = careful.run("selftest", *words, "--json")
    assert told.code == 2 and not told.out
    (problem,) = told.problems
    assert problem["code"] == code and message in problem["message"]
    assert hint is None or hint in problem["hint"]


def test_without_published_data_there_is_nothing_to_try(shop: ShopProject) -> None:
    told = shop.run("selftest", "--json")
    assert told.code == 2 and told.problems[0]["code"] == "empty-selection"
    assert told.problems[0]["hint"] == "featurecat materialize publishes features"
    assert not shop.store.root.exists(), "not even a store is made"


# --- the copy ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("links", ["symbolic", "hard", "none"])
def test_the_copy_shares_what_is_published_and_is_removed(
    careful: ShopProject, links: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("not on this file system")

    if links != "symbolic":
        monkeypatch.setattr(Path, "symlink_to", refuse)
    if links == "none":
        monkeypatch.setattr(Path, "hardlink_to", refuse)
    before = everything(careful.root)
    project = find_project(careful.root)
    with copied_project(project) as copy:
        folder = copy.store.root
        found = {path.relative_to(folder) for path in folder.rglob("*.parquet")}
        assert found == {path.relative_to(project.store.root) for path in project.store.artifacts.rglob("*.parquet")}
        assert (
            copy.settings == project.settings
            and copy.store.catalog.stat().st_ino != project.store.catalog.stat().st_ino
        )
    assert not folder.exists()
    after = everything(careful.root)
    assert {path: facts[:2] for path, facts in after.items()} == {path: facts[:2] for path, facts in before.items()}


def test_no_room_for_the_copy_is_said(careful: ShopProject, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copytree", full)
    refused = pytest.raises(StoreError, match="the store cannot be copied to .*: No space left on device")
    with refused, copied_project(find_project(careful.root)):
        pytest.fail("there is no copy")


# --- what is published ------------------------------------------------------------------------------


def aim_at(careful: ShopProject, name: str) -> tuple[Any, Aim]:
    project = find_project(careful.root)
    definitions = read_definitions(project)
    tables = published_tables(definitions, definitions.checkable(), aimed=(), as_of=AS_OF)
    aim = find_aim({**CORRUPTIONS, **BENIGN}[name], tables, Reader(project.store.root))
    assert isinstance(aim, Aim)
    return definitions, aim


@pytest.mark.parametrize("name", ["null-burst", "one-more-day", "compression", "truncated-file"])
def test_an_altered_table_is_the_latest_run_of_the_copy(careful: ShopProject, name: str) -> None:
    definitions, aim = aim_at(careful, name)
    altered = {**CORRUPTIONS, **BENIGN}[name].apply(aim.values, aim.target)
    with copied_project(find_project(careful.root)) as copy:
        publish_altered(copy, aim.table, altered, definitions=definitions, clock=SystemClock())
        found = ShopProject(copy.root, careful.nursery)
        found.store = copy.store
        manifests: list[Manifest] = [one for one in found.manifests() if one.status == "published"]
        assert len(manifests) == (3 if name == "one-more-day" else 2)
        first, last = manifests[0], manifests[-1]
        assert last.run_id != first.run_id and last.committed_at > first.committed_at
        assert {one.feature for one in last.features} == {one.feature for one in first.features}
        assert last.artifacts[0].content_hash != first.artifacts[0].content_hash or name in (
            "truncated-file",
            "one-more-day",
        )
        current = {one.run_id for one in read_definitions(copy).published.values()}
        assert current == {last.run_id}
        if name != "truncated-file":
            found.sound()
        assert not refresh_catalog(copy.store, SystemClock()).warnings
