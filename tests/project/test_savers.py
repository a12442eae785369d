"""Savers in a project: they run last, when they are named; they write over nothing that must stay."""

from __future__ import annotations

import json

import pytest

from featurecat.clock import SystemClock
from featurecat.project.discover import find_project
from featurecat.project.materialize import materialize
from featurecat.project.request import RunRequest
from tests.support.modules import ModuleMaker
from tests.support.projects import ShopProject

SAVERS = """
import pandas as pd
import polars as pl

from featurecat import check_output, feature
from featurecat.function_modifiers import datasaver, save_to, source, value


@save_to.csv(path=value("data/customers.csv"), output_name_="over_source")
@save_to.csv(path=value("link.csv"), output_name_="over_link")
@save_to.csv(path=value("savers.py"), output_name_="over_module")
@save_to.csv(path=value("pyproject.toml"), output_name_="over_settings")
@save_to.csv(path=value(".featurecat/week.csv"), output_name_="over_store")
@save_to.csv(path=source("where"), output_name_="anywhere")
@save_to.csv(path=value("out/known.csv"), output_name_="also_known")
@save_to.csv(path=value("out/known.csv"), output_name_="known")
def born(customers: pd.DataFrame) -> pd.Series:
    return customers["born"]


@save_to.csv(path=value("out/few.csv"), output_name_="few")
@check_output(range=(0, 10), importance="fail")
def small_amount(net_amount: pd.Series) -> pd.Series:
    return net_amount


@save_to.csv(path=value("out/lines.csv"), columns=value(["nowhere"]), output_name_="wrong_columns")
def lines(orders: pd.DataFrame) -> pd.DataFrame:
    return orders


@datasaver()
def counted(net_amount: pd.Series, label: str = "orders") -> dict:
    print("counting")
    return {"path": label, "rows": len(net_amount), "mean": float("nan"), "all": net_amount}


@datasaver()
async def later(counted: dict, mean_amount: float) -> dict:
    return {"told": counted["rows"], "mean": mean_amount}


@datasaver()
def broken(mail: pd.Series) -> dict:
    raise ValueError(mail.iloc[0])


@datasaver()
def told_mail(mail: pd.Series) -> dict:
    return {"first": mail.iloc[0]}


@datasaver()
def after_broken(broken: dict) -> dict:
    return {}


@datasaver()
def over_default(net_amount: pd.Series, report_file: str = "savers.py") -> dict:
    return {}


def mean_amount(net_amount: pd.Series) -> float:
    return float(net_amount.mean())


@feature(pii=True)
def mail(customers: pd.DataFrame) -> pd.Series:
    return customers["email"]


def share(counted: dict, net_amount: pd.Series) -> pd.Series:
    return net_amount / counted["rows"]


def saved_rows(counted: dict) -> int:
    return counted["rows"]
"""


@pytest.fixture
def saving(shop: ShopProject) -> ShopProject:
    """The shop with savers."""
    shop.add_module("savers", SAVERS)
    (shop.root / "link.csv").symlink_to("data/customers.csv")
    return shop


def files(shop: ShopProject) -> dict[str, bytes]:
    """Every file outside of the store, with its content."""
    return {
        str(path.relative_to(shop.root)): path.read_bytes()
        for path in shop.root.rglob("*")
        if path.is_file() and ".featurecat" not in path.parts and "__pycache__" not in path.parts
    }


# --- what never saves -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("selection", "saver"),
    [(["over_source"], "over_source"), (["known", "margin"], "known"), (["counted"], "counted"),
     (["share"], "counted"), (["saved_rows", "margin"], "counted")],
)  # fmt: skip
def test_a_preview_saves_nothing(saving: ShopProject, selection: list[str], saver: str) -> None:
    before = files(saving)
    told = saving.run("preview", *selection)
    assert told.code == 2
    assert f"{saver} saves; a preview does not (savers.py:" in told.err
    assert files(saving) == before and not saving.store.root.exists()


@pytest.mark.parametrize("selection", [["--all"], ["*"], ["*known*", "counted*", "margin"], ["net_amount+"]])
def test_patterns_run_no_saver_and_count_them(saving: ShopProject, selection: list[str]) -> None:
    saving.replace("savers.py", "range=(0, 10)", "range=(0, 1000)")
    before = files(saving)
    (told,) = saving.ok("materialize", *selection, "--json").rows
    assert {"counted"} <= set(told["left_out"])
    assert "counted" not in told["steps"] and "share" not in told["features"]
    assert files(saving) == before


def test_a_pattern_that_only_savers_match_says_how_they_run(saving: ShopProject) -> None:
    told = saving.run("materialize", "*known")
    assert told.code == 2 and "savers run when they are named: " in told.err and "known" in told.err


# --- what saves -------------------------------------------------------------------------------------


@pytest.mark.parametrize("features", [[], ["born"], ["margin", "born"]])
def test_a_named_saver_runs_with_the_run(saving: ShopProject, features: list[str]) -> None:
    (told,) = saving.ok("materialize", "known", *features, "--json").rows
    assert told["status"] == ("published" if features else "checked")
    assert (told["features"], told["left_out"]) == (features, [])
    assert (saving.root / "out" / "known.csv").read_text().splitlines()[:2] == ["born", "1957"]
    (manifest,) = saving.sound()
    assert manifest.status == told["status"] and len(manifest.artifacts) == len(features)  # two grains
    assert saving.ok("runs").out.count(manifest.run_id) == 1


def test_what_savers_tell_is_reported_as_json_can_hold_it(
    saving: ShopProject, make_module: ModuleMaker, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(saving.root)
    saving.replace("savers.py", "range=(0, 10)", "range=(0, 1000)")
    for name in ("savers", "order_features", "customer_features"):
        make_module((saving.root / f"{name}.py").read_text(), name)
    request = RunRequest(features=("later", "counted", "few", "told_mail"))
    report = materialize(find_project(saving.root), request, SystemClock())
    found = {saved.saver: saved for saved in report.saved}
    assert set(found) == {"few", "counted", "later", "told_mail"}
    assert list(found).index("counted") < list(found).index("later")
    assert found["told_mail"].metadata == "***"
    assert found["counted"].place == "orders" and found["counted"].metadata["mean"] == "nan"
    assert "Series" in found["counted"].metadata["all"]
    assert (found["few"].place, found["few"].metadata["dataframe_metadata"]["rows"]) == ("out/few.csv", 20)
    assert found["later"].metadata == {"told": 20, "mean": 94.5}
    json.dumps([saved.metadata for saved in report.saved], allow_nan=False)
    assert (report.status, report.failures, capsys.readouterr().out) == ("checked", [], "")


def test_a_saver_runs_after_checks_that_pass_only(saving: ShopProject) -> None:
    for selection in (["few"], ["few", "small_amount"], ["known", "small_amount"]):
        told = saving.run("materialize", *selection)
        assert told.code == 1, told.err
        assert "small_amount: range does not hold" in told.err
    assert "nothing was saved; report.json is in" in saving.run("materialize", "few").err
    assert not (saving.root / "out").exists()
    assert {manifest.status for manifest in saving.manifests()} == {"quarantined"}


def test_a_saver_of_a_blocked_feature_keeps_nothing_else_from_being_published(saving: ShopProject) -> None:
    told = saving.run("materialize", "few", "known", "margin")
    assert told.code == 1
    assert "small_amount: range does not hold" in told.err
    assert "skipped       few (upstream small_amount was blocked)" in told.out
    assert [path.name for path in (saving.root / "out").iterdir()] == ["known.csv"]
    (manifest,) = saving.sound()
    assert (manifest.status, [one.feature for one in manifest.features]) == ("published", ["margin"])


def test_a_saver_that_fails_leaves_the_run_published(saving: ShopProject) -> None:
    told = saving.run("materialize", "broken", "after_broken", "known", "born")
    (manifest,) = saving.sound()
    assert told.code == 3 and manifest.status == "published"
    assert f"run {manifest.run_id} is published and stands" in told.err
    assert "featurecat materialize broken" in told.err
    assert "@mail" not in told.err + told.out and "may quote personal data" in told.err
    assert "after_broken did not run: it needs what broken tells" in told.err
    assert (saving.root / "out" / "known.csv").exists()


def test_what_is_wrong_with_what_is_saved_is_a_failure_of_the_run(saving: ShopProject) -> None:
    told = saving.run("materialize", "wrong_columns", "margin")
    assert told.code == 3 and "there is no column 'nowhere' to write" in told.err and "savers.py:" in told.err
    assert saving.sound()[0].status == "published"


def test_a_feature_that_needs_a_saver_is_published_by_no_run(saving: ShopProject) -> None:
    told = saving.run("materialize", "share")
    assert told.code == 2 and "share needs what counted tells about what it saved" in told.err


# --- what is refused before anything runs -----------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["over_source"], "over_source saves to data/customers.csv, which is the source 'customers' and would be lost"),
        (["over_link"], "over_link saves to data/customers.csv, which is the source 'customers'"),
        (["over_module"], "over_module saves to savers.py, which is a module"),
        (["over_settings"], "over_settings saves to pyproject.toml, which is the project's settings"),
        (["over_store"], "over_store saves to .featurecat/week.csv, which lies in the store"),
        (["over_default"], "over_default saves to savers.py, which is a module"),
        (["known", "also_known"], "both save to out/known.csv"),
        (["anywhere"], "the input 'where' was not given; anywhere needs it"),
        (["anywhere", "--input", "where=data/orders.parquet"], "which is the source 'orders'"),
        (["anywhere", "--config", "where=link.csv"], "which is the source 'customers'"),
        (["anywhere", "--input", "orders=o.parquet", "--input", "where=o.parquet"], "which is an input"),
        (["anywhere", "born", "--input", "where=x.parquet", "-o", "./x.parquet"], "would be lost"),
        (["known", "born", "--limit", "2", "-o", "x.parquet"], "--limit makes a sample"),
        (["known", "-o", "x.parquet"], "known alone publishes nothing"),
    ],
)
def test_savers_write_over_nothing_that_must_stay(saving: ShopProject, arguments: list[str], said: str) -> None:
    before = files(saving)
    told = saving.run("materialize", *arguments)
    assert told.code == 2
    assert said in told.err
    assert files(saving) == before and not saving.manifests()


def test_an_input_says_where(saving: ShopProject) -> None:
    saving.ok("materialize", "anywhere", "--input", "where=there.csv")
    assert (saving.root / "there.csv").read_text().startswith("born\n")


def test_a_dry_run_checks_and_saves_nothing(saving: ShopProject) -> None:
    assert saving.run("materialize", "over_source", "--dry-run").code == 2
    before = files(saving)
    saving.ok("materialize", "known", "born", "--dry-run")
    assert files(saving) == before and not saving.store.root.exists()


PARALLEL = """
from featurecat import Collect, Parallelizable
from featurecat.function_modifiers import datasaver


def number() -> Parallelizable[int]:
    yield from range(3)


def double(number: int) -> int:
    return number * 2


def doubles(double: Collect[int]) -> list:
    return list(double)


@datasaver()
def kept(doubles: list) -> dict:
    return {"kept": doubles}


@datasaver()
def gathered(double: Collect[int]) -> dict:
    return {"kept": list(double)}
"""


def test_what_is_collected_is_saved(shop: ShopProject) -> None:
    shop.add_module("several", PARALLEL)
    shop.ok("materialize", "kept", "margin")
    told = shop.run("materialize", "gathered")
    assert told.code == 2 and "collect double in a feature, and save that" in told.err


POLARS = """
import polars as pl

from featurecat.function_modifiers import save_to, value


@save_to.sqlite(path=value("data/weeks.db"), table=value("weeks"), output_name_="other_table")
@save_to.sqlite(path=value("data/weeks.db"), table=value("Read"), if_exists=value("replace"), output_name_="same_table")
@save_to.parquet(path=value("out/orders.parquet"), output_name_="kept_orders")
def kept(orders: pl.DataFrame) -> pl.DataFrame:
    return orders
"""


def test_polars_and_the_tables_of_a_database(shop: ShopProject) -> None:
    shop.only_module(POLARS, "weeks_features")
    settings = (
        '[tool.featurecat.sources.read]\npath = "data/weeks.db"\nformat = "sqlite"\ntable = "read"\nkey = ["order"]\n\n'
    )
    shop.replace("pyproject.toml", "[tool.featurecat.sources.orders]", f"{settings}[tool.featurecat.sources.orders]")
    shop.ok("materialize", "kept_orders", "other_table", "kept", "--engine", "polars")
    assert (shop.root / "out" / "orders.parquet").exists() and (shop.root / "data" / "weeks.db").exists()
    told = shop.run("materialize", "same_table")
    assert told.code == 2 and "which is the source 'read'" in told.err


def test_the_summary_says_what_was_saved(saving: ShopProject) -> None:
    told = saving.ok("materialize", "known", "counted", "born")
    assert "  saved         known → out/known.csv\n" in told.out and "  saved         counted → orders\n" in told.out
    assert "  saves         known\n" in saving.ok("materialize", "known", "--dry-run").out
    (found,) = saving.ok("materialize", "counted", "--json").rows
    assert found["saved"][0] | {"metadata": None} == {"saver": "counted", "place": "orders", "metadata": None}
