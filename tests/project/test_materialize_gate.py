"""What expectations do to a run: what is blocked, what is skipped because of it, what is published all the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from featurecat.records import CheckRecord, Manifest
from tests.support.projects import ShopProject

HEADS = {
    "pandas": "import pandas as pd\nfrom featurecat import check_output, feature, tag\n\nFrame, Column = pd.DataFrame, pd.Series\n",
    "polars": "import polars as pl\nfrom featurecat import check_output, feature, tag\n\nFrame, Column = pl.DataFrame, pl.Series\n",
}
#: Amounts are 10 … 200, pieces 1 … 3; customers are 1 … 5.
BODY = """

@check_output(range=(0, 150), importance="fail")
def amount(orders: Frame) -> Column:
    return orders["amount"]


@check_output(range=(0, 200))
def net(amount: Column) -> Column:
    return amount * 0.5


def gross(net: Column) -> Column:
    return net * 1.2


@check_output(range=(1, 3), importance="fail")
def pieces(orders: Frame) -> Column:
    return orders["pieces"]


def total_pieces(pieces: Column) -> float:
    return float(pieces.sum())


def share(pieces: Column, total_pieces: float) -> Column:
    return pieces / total_pieces
"""


@pytest.fixture(params=["pandas", "polars"])
def gated(request: pytest.FixtureRequest, shop: ShopProject) -> ShopProject:
    """The shop, with one module in either library: five orders are too dear."""
    shop.only_module(HEADS[request.param] + BODY)
    if request.param == "polars":
        shop.replace("pyproject.toml", "[tool.featurecat]\n", '[tool.featurecat]\nengine = "polars"\n')
    return shop


@pytest.fixture
def plain(shop: ShopProject) -> ShopProject:
    """As ``gated``, in pandas alone."""
    shop.only_module(HEADS["pandas"] + BODY)
    return shop


def checks_setting(shop: ShopProject, text: str) -> None:
    path = shop.root / "pyproject.toml"
    path.write_text(f"{path.read_text()}\n[tool.featurecat.checks]\n{text}\n")


def verdicts(manifest: Manifest) -> dict[str, tuple[str, str | None]]:
    return {check.feature: (check.status, check.message) for check in manifest.checks}


def checked(manifest: Manifest, feature: str, kind: str = "range") -> CheckRecord:
    (found,) = [check for check in manifest.checks if (check.feature, check.kind) == (feature, kind)]
    return found


def quarantine_of(shop: ShopProject, manifest: Manifest) -> Path:
    return shop.store.quarantine_directory(manifest.run_id)


def report_of(shop: ShopProject, manifest: Manifest) -> Any:
    return json.loads((quarantine_of(shop, manifest) / "report.json").read_text())


# --- a blocked feature ------------------------------------------------------------------------------


def test_a_blocked_feature_takes_along_what_is_made_of_it_and_nothing_else(gated: ShopProject) -> None:
    told = gated.run("materialize", "pieces", "amount", "gross", "net", "share", "--json")
    assert told.code == 1
    (manifest,) = gated.sound()
    assert (manifest.status, manifest.error) == ("published", None)
    assert list(gated.rows_of(manifest)) == ["order", "pieces", "share"]
    assert {one.feature: (one.action, one.column) for one in manifest.features} == {
        "pieces": ("run", "pieces"),
        "amount": ("run", None),
        "gross": ("skip", None),
        "net": ("skip", None),
        "share": ("run", "share"),
    }
    assert verdicts(manifest)["net"] == ("skip", "upstream amount was blocked")
    assert verdicts(manifest)["amount"][0] == "fail"
    assert verdicts(manifest)["pieces"][0] == "pass"
    answer = told.rows[0]
    assert answer["published"] == ["pieces", "share"]
    assert answer["blocked"] == [
        {"feature": "amount", "upstream": None},
        {"feature": "gross", "upstream": "amount"},
        {"feature": "net", "upstream": "amount"},
    ]
    assert {one["feature"]: one["outcome"] for one in answer["checks"]} == {
        "amount": "failed",
        "net": "skipped",
        "pieces": "passed",
    }


def test_what_is_blocked_lies_in_quarantine_with_its_keys_and_a_report(gated: ShopProject) -> None:
    told = gated.run("materialize", "pieces", "amount", "net")
    (manifest,) = gated.sound()
    home = quarantine_of(gated, manifest)
    kept = pq.ParquetFile(home / "default" / "order" / "part-0.parquet").read()
    assert kept.column_names == ["order", "amount", "net"]
    assert kept.column("amount").to_pylist()[-1] == 200.0
    report = report_of(gated, manifest)
    (problem,) = report["reason"]["problems"]
    assert (problem["feature"], problem["check"], problem["file"]) == ("amount", "range", "mine.py")
    assert problem["sample"][0] == {"order": 16, "amount": 160.0}
    assert report["reason"]["skipped"] == [{"feature": "net", "upstream": "amount"}]
    assert report["files"] == [gated.store.relative(home / "default" / "order" / "part-0.parquet")]
    assert f"quarantine/run={manifest.run_id}" in told.err
    assert {one["feature"] for one in gated.ok("sql", "SELECT feature FROM current_artifacts", "--json").rows} == {
        "pieces"
    }


def test_what_is_blocked_on_the_way_blocks_what_is_made_of_it(gated: ShopProject) -> None:
    told = gated.run("materialize", "gross", "pieces")
    assert told.code == 1 and "amount: range does not hold" in told.err
    (manifest,) = gated.sound()
    assert list(gated.rows_of(manifest)) == ["order", "pieces"]
    assert verdicts(manifest)["amount"][0] == "fail"
    assert verdicts(manifest)["net"] == ("skip", "upstream amount was blocked")
    assert report_of(gated, manifest)["reason"]["skipped"] == [{"feature": "gross", "upstream": "amount"}]


def test_all_verdicts_on_a_file_have_seconds_and_samples(gated: ShopProject) -> None:
    gated.run("materialize", "pieces", "amount")
    (manifest,) = gated.manifests()
    assert all(check.seconds is not None and check.seconds >= 0 for check in manifest.checks)
    assert [row["order"] for row in checked(manifest, "amount").sample] == [16, 17, 18, 19, 20]
    assert checked(manifest, "pieces").sample == ()


def test_the_sample_is_as_long_as_the_settings_say(plain: ShopProject) -> None:
    checks_setting(plain, "sample = 2")
    plain.run("materialize", "pieces", "amount")
    assert len(checked(plain.manifests()[0], "amount").sample) == 2


def test_a_sample_of_personal_data_is_masked(shop: ShopProject) -> None:
    shop.replace("pyproject.toml", 'key = ["customer"]\npii = ["email"]', 'key = ["email"]\npii = ["email"]')
    shop.only_module(
        HEADS["pandas"] + "@check_output(range=(0, 1980), importance='fail')\n"
        "def born(customers: Frame) -> Column:\n    return customers['born']\n\n\n"
        "@feature(pii=True)\n@check_output(range=(0, 1980), importance='fail')\n"
        "def birth(customers: Frame) -> Column:\n    return customers['born']\n"
    )
    told = shop.run("materialize", "born", "birth")
    (manifest,) = shop.manifests()
    assert checked(manifest, "born").sample == ({"email": "***", "born": 1985},)
    assert checked(manifest, "birth").sample == ({"email": "***", "birth": "***"},)
    written = (shop.store.root / shop.store.relative(shop.store.manifest_path(manifest.run_id))).read_text()
    written += (quarantine_of(shop, manifest) / "report.json").read_text()
    assert "@mail" not in told.out + told.err + written


@pytest.mark.parametrize("words", [(), ("--on-fail", "feature")], ids=["default", "feature"])
def test_nothing_is_left_when_all_is_blocked(plain: ShopProject, words: tuple[str, ...]) -> None:
    told = plain.run("materialize", "amount", "net", *words)
    assert told.code == 1 and told.out.startswith("quarantined")
    (manifest,) = plain.sound()
    assert (manifest.status, manifest.error.code if manifest.error else None) == ("quarantined", "expectation-failed")
    assert manifest.artifacts[0].path.startswith("quarantine/")


def test_other_grains_are_published(plain: ShopProject) -> None:
    plain.replace(
        "mine.py",
        "def total_pieces",
        "@feature(entity=['customer'])\ndef born(customers: Frame) -> Column:\n    return customers['born']\n\n\ndef total_pieces",
    )
    plain.run("materialize", "amount", "born")
    (manifest,) = plain.sound()
    assert [artifact.entity for artifact in manifest.artifacts] == [("customer",)]
    assert (quarantine_of(plain, manifest) / "default" / "order" / "part-0.parquet").is_file()


def test_a_blocked_key_blocks_its_artifact(shop: ShopProject) -> None:
    """Its values would stand in the file as keys."""
    shop.only_module(
        HEADS["pandas"] + "@feature(entity=['customer'])\n@check_output(range=(1, 4), importance='fail')\n"
        "def customer(orders: Frame) -> Column:\n    return pd.Series(sorted(orders['customer'].unique()))\n\n\n"
        "@feature(entity=['customer'])\ndef spent(orders: Frame) -> Column:\n"
        "    return orders.groupby('customer')['amount'].sum().reset_index(drop=True)\n\n\n"
        "def pieces(orders: Frame) -> Column:\n    return orders['pieces']\n"
    )
    told = shop.run("materialize", "spent", "pieces")
    assert told.code == 1 and "customer: range does not hold" in told.err
    (manifest,) = shop.sound()
    assert [artifact.entity for artifact in manifest.artifacts] == [("order",)]
    assert "skipped       spent (upstream customer was blocked)" in told.out


def test_what_is_compared_with_a_blocked_feature_is_not_made_of_it(plain: ShopProject) -> None:
    plain.replace(
        "mine.py",
        '@check_output(range=(1, 3), importance="fail")',
        '@check_output(compare=("<=", "amount"), importance="fail")',
    )
    told = plain.run("materialize", "pieces", "amount")
    assert told.code == 1
    (manifest,) = plain.sound()
    assert list(plain.rows_of(manifest)) == ["order", "pieces"]
    assert checked(manifest, "pieces", "compare").status == "pass"


def test_comparisons_are_judged_in_the_run_when_the_other_is_in_no_file(gated: ShopProject) -> None:
    gated.replace(
        "mine.py",
        '@check_output(range=(1, 3), importance="fail")',
        '@check_output(compare=(">", "amount"), importance="fail")',
    )
    gated.run("materialize", "pieces", "share")
    (manifest,) = gated.manifests()
    assert manifest.status == "quarantined"
    record = checked(manifest, "pieces", "compare")
    assert (record.status, record.failing_rows) == ("fail", 20)


# --- what stops a run -------------------------------------------------------------------------------


FATAL = [("amount", "net", "pieces"), ("gross", "pieces")]


@pytest.mark.parametrize("selection", FATAL, ids=["on the file", "on the way"])
def test_fatal_stops_the_run(gated: ShopProject, selection: tuple[str, ...]) -> None:
    gated.replace("mine.py", 'range=(0, 150), importance="fail"', 'range=(0, 150), severity="fatal"')
    gated.replace(
        "mine.py",
        "def gross(net: Column) -> Column:\n",
        "def gross(net: Column) -> Column:\n    open('ran', 'w').close()\n",
    )
    told = gated.run("materialize", *selection)
    assert told.code == 1 and "amount: range does not hold" in told.err
    (manifest,) = gated.sound()
    assert manifest.status == "quarantined"
    assert not list(gated.store.artifacts.rglob("*.parquet"))
    assert not (gated.root / "ran").exists()
    assert verdicts(manifest)["amount"][0] == "fail"
    if "gross" in selection:
        assert verdicts(manifest)["pieces"] == ("skip", "not evaluated: the run was stopped by amount: range")
        assert {one.action for one in manifest.features} == {"skip"}
        assert (quarantine_of(gated, manifest) / "report.json").is_file()


@pytest.mark.parametrize("selection", FATAL, ids=["on the file", "on the way"])
def test_a_failure_stops_the_run_where_it_is_told_to(gated: ShopProject, selection: tuple[str, ...]) -> None:
    told = gated.run("materialize", *selection, "--on-fail", "run")
    assert told.code == 1
    assert [manifest.status for manifest in gated.sound()] == ["quarantined"]
    assert not list(gated.store.artifacts.rglob("*.parquet"))


def test_a_later_step_that_fails_tells_of_the_verdicts_before(gated: ShopProject) -> None:
    gated.replace("mine.py", "return net * 1.2", "raise ValueError('too dear')")
    told = gated.run("materialize", "gross")
    assert told.code == 3
    assert "gross raised ValueError" in told.err and "amount: range does not hold" in told.err
    (manifest,) = gated.manifests()
    assert (manifest.status, manifest.error.code if manifest.error else None) == ("failed", "step-failed")
    assert verdicts(manifest)["amount"][0] == "fail"


# --- no data, unevaluated, samples --------------------------------------------------------------------


EMPTY = (
    "@check_output(range=(0, 1), importance='fail')\ndef nothing(orders: Frame) -> Column:\n"
    "    return orders['amount'] * float('nan')\n\n\ndef pieces(orders: Frame) -> Column:\n    return orders['pieces']\n"
)


@pytest.mark.parametrize(
    ("setting", "code", "columns"),
    [(None, 1, ["order", "pieces"]), ('no_data = "pass"', 0, ["order", "nothing", "pieces"])],
)
@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_no_data_is_what_the_settings_make_of_it(
    shop: ShopProject, library: str, setting: str | None, code: int, columns: list[str]
) -> None:
    shop.only_module(HEADS[library] + EMPTY)
    if setting is not None:
        checks_setting(shop, setting)
    told = shop.run("materialize", "nothing", "pieces", "--engine", library)
    (manifest,) = shop.sound()
    assert (told.code, list(shop.rows_of(manifest))) == (code, columns)
    assert verdicts(manifest)["nothing"][0] == "no_data"
    assert ("nothing: range has nothing to judge" in told.err) == bool(code)


def test_a_sample_may_be_without_data_but_not_at_fault(plain: ShopProject) -> None:
    plain.add_module("more", HEADS["pandas"] + EMPTY.partition("\n\n\n")[0] + "\n")
    plain.ok("materialize", "nothing", "--limit", "3", "-o", "few.parquet")
    plain.ok("materialize", "amount", "--limit", "3", "-o", "few.parquet")
    told = plain.run("materialize", "amount", "--limit", "18", "-o", "many.parquet")
    assert told.code == 1 and told.out.startswith("failed") and "no sample was written" in told.err
    assert not (plain.root / "many.parquet").exists()


def test_what_cannot_be_evaluated_blocks(plain: ShopProject) -> None:
    plain.write("judging.py", "def judge(column):\n    raise ValueError('no')\n")
    plain.replace(
        "mine.py", '@check_output(range=(1, 3), importance="fail")', '@check_output(custom=judge, importance="fail")'
    )
    plain.replace("mine.py", "import pandas as pd\n", "import pandas as pd\nfrom judging import judge\n")
    told = plain.run("materialize", "pieces", "net")
    assert told.code == 4
    assert "pieces: judge could not be evaluated" in told.err and "amount: range does not hold" in told.err
    (manifest,) = plain.manifests()
    assert manifest.status == "quarantined"


# --- the switch, overrides, waivers, the baseline -----------------------------------------------------


def test_switched_off_evaluates_nothing_and_says_so(gated: ShopProject) -> None:
    gated.ok("materialize", "amount", "net", "share", "--checks", "off")
    (manifest,) = gated.sound()
    assert list(gated.rows_of(manifest)) == ["order", "amount", "net", "share"]
    assert verdicts(manifest) == dict.fromkeys(
        ("amount", "net", "pieces"), ("skip", "expectations are switched off (--checks off)")
    )


def test_warn_blocks_nothing(gated: ShopProject) -> None:
    told = gated.ok("materialize", "amount", "pieces", "--checks", "warn")
    assert "1 warned" in told.out
    (manifest,) = gated.sound()
    assert (checked(manifest, "amount").severity, checked(manifest, "amount").status) == ("warn", "warn")


@pytest.mark.parametrize(
    ("mode", "words", "code"),
    [("off", [], 0), ("off", ["--checks", "enforce"], 1), ("enforce", ["--checks", "off"], 0)],
)
def test_an_option_goes_before_the_settings(plain: ShopProject, mode: str, words: list[str], code: int) -> None:
    checks_setting(plain, f'mode = "{mode}"')
    assert plain.run("materialize", "amount", *words).code == code


@pytest.mark.parametrize("severity", ["warn", "off"])
def test_an_override_lowers_a_severity(plain: ShopProject, severity: str) -> None:
    checks_setting(plain, f'override = [{{ features = "amount", severity = "{severity}", reason = "a new source" }}]')
    plain.ok("materialize", "amount", "pieces")
    (manifest,) = plain.sound()
    status = {"warn": "warn", "off": "skip"}[severity]
    assert (checked(manifest, "amount").status, checked(manifest, "pieces").status) == (status, "pass")


def test_an_override_of_nothing_there_is_refused_before_anything_runs(plain: ShopProject) -> None:
    checks_setting(plain, 'override = [{ features = "amuont", severity = "warn", reason = "a new source" }]')
    told = plain.run("materialize", "pieces")
    assert told.code == 2 and "amuont" in told.err and "pyproject.toml" in told.err
    assert not plain.manifests()


WAIVER = "# featurecat: allow[range] until={} reason=known fault of the till\n@check_output(range=(0, 150)"


@pytest.mark.parametrize(("until", "code"), [("2999-12-31", 0), ("2020-12-31", 1)], ids=["active", "expired"])
def test_a_waiver_lets_through_until_it_expires(plain: ShopProject, until: str, code: int) -> None:
    plain.replace("mine.py", "@check_output(range=(0, 150)", WAIVER.format(until))
    told = plain.run("materialize", "amount", "pieces")
    assert told.code == code
    (manifest,) = plain.sound()
    assert checked(manifest, "amount").status == "fail"
    assert ("amount" in plain.rows_of(manifest)) == (code == 0)
    assert "1 waived" in told.out if code == 0 else "expired on 2020-12-31" in told.err


def test_a_waiver_that_cannot_be_read_is_refused_before_anything_runs(plain: ShopProject) -> None:
    plain.replace("mine.py", "@check_output(range=(0, 150)", WAIVER.format("soon"))
    told = plain.run("materialize", "amount")
    assert told.code == 2 and "[invalid-waiver]" in told.err and "mine.py:" in told.err
    assert not plain.manifests()


@pytest.mark.parametrize(("rows", "code"), [(5, 0), (4, 1)], ids=["no worse", "worse"])
def test_a_baseline_lets_through_what_is_known(plain: ShopProject, rows: int, code: int) -> None:
    plain.run("materialize", "amount")
    identity = checked(plain.manifests()[0], "amount").check_id
    entry = {
        "feature": "amount",
        "kind": "range",
        "allowed": {"rows": rows},
        "expires": "2999-01-01",
        "owner": "ops",
        "reason": "the till",
    }
    document = {"schema_version": 1, "checks": {identity: entry}}
    (plain.root / "featurecat-baseline.json").write_text(json.dumps(document))
    assert plain.run("materialize", "amount").code == code


# --- the moment, and earlier runs ----------------------------------------------------------------------


FRESH = (
    "@check_output(not_in_future=True, importance='fail')\ndef day(orders: Frame) -> Column:\n"
    "    return pd.Series([pd.Timestamp('2026-05-05 10:00')] * len(orders), index=orders.index)\n\n\n"
    "def hour(day: Column) -> Column:\n    return day.dt.hour\n"
)


@pytest.mark.parametrize("selection", ["day", "hour"], ids=["on the file", "on the way"])
@pytest.mark.parametrize(("as_of", "code"), [("2026-05-05", 0), ("2026-05-04", 1), ("2026-05-05T09:00:00Z", 1)])
def test_the_moment_that_is_judged_by_is_a_setting(shop: ShopProject, selection: str, as_of: str, code: int) -> None:
    shop.only_module(HEADS["pandas"] + FRESH)
    checks_setting(shop, f"as_of = {as_of}")
    assert shop.run("materialize", selection).code == code


CHANGING = '@check_output(range=(0, 150), fail_if="> +2", severity="error")'


@pytest.mark.parametrize("selection", ["amount", "net"], ids=["on the file", "on the way"])
def test_changes_are_told_from_the_last_published_run(gated: ShopProject, selection: str) -> None:
    gated.replace("mine.py", '@check_output(range=(0, 150), importance="fail")', CHANGING)
    gated.ok("materialize", "amount", "pieces")
    assert checked(gated.manifests()[-1], "amount").status == "warn"
    for added, code in ((2, 0), (5, 1)):
        gated.replace("mine.py", 'return orders["amount"]\n', f'return orders["amount"] + {added * 10}\n')
        told = gated.run("materialize", selection, "pieces")
        assert told.code == code, told.err
        gated.replace("mine.py", f" + {added * 10}\n", "\n")


def test_a_missing_file_of_the_last_run_is_never_a_pass(plain: ShopProject) -> None:
    plain.replace("mine.py", '@check_output(range=(0, 150), importance="fail")', CHANGING)
    plain.ok("materialize", "amount")
    (plain.store.root / plain.manifests()[0].artifacts[0].path).unlink()
    told = plain.run("materialize", "amount")
    assert told.code == 4 and "amount: range could not be evaluated" in told.err


# --- rows ----------------------------------------------------------------------------------------------


def test_rows_at_fault_are_kept_back_and_the_rest_is_published(gated: ShopProject) -> None:
    checks_setting(gated, "max_quarantined = 0.25")
    told = gated.run("materialize", "amount", "net", "pieces", "--on-fail", "rows", "-o", "out.parquet")
    assert told.code == 1
    (manifest,) = gated.sound()
    assert manifest.status == "published"
    rows = gated.rows_of(manifest)
    assert list(rows) == ["order", "amount", "net", "pieces"] and rows["order"] == list(range(1, 16))
    assert pq.read_metadata(gated.root / "out.parquet").num_rows == 15
    apart = pq.ParquetFile(quarantine_of(gated, manifest) / "rows-order.parquet").read().to_pydict()
    record = checked(manifest, "amount")
    assert apart["check_ids"] == [[record.check_id]] * 5 and apart["amount"] == [160.0, 170.0, 180.0, 190.0, 200.0]
    assert (record.status, record.failing_rows, record.rows) == ("fail", 5, 20)
    assert record.message is not None and record.message.endswith("these rows are in quarantine")
    assert checked(manifest, "net").rows == 15
    assert "5 of 20 rows" in told.out
    (kept,) = report_of(gated, manifest)["reason"]["rows"]
    assert (kept["rows"], kept["of"], kept["checks"]) == (5, 20, [record.check_id])


def test_too_many_rows_at_fault_block_the_feature(gated: ShopProject) -> None:
    checks_setting(gated, 'max_quarantined = 0.2\non_fail = "rows"')
    gated.run("materialize", "amount", "net", "pieces")
    (manifest,) = gated.sound()
    rows = gated.rows_of(manifest)
    assert (list(rows), len(rows["order"])) == (["order", "pieces"], 20)
    assert not list(quarantine_of(gated, manifest).glob("rows-*"))


def test_expectations_of_whole_columns_block_the_feature(plain: ShopProject) -> None:
    checks_setting(plain, 'max_quarantined = 1.0\non_fail = "rows"')
    plain.replace("mine.py", "range=(0, 150)", "range=(0, 150), mean_in_range=(0, 20)")
    plain.run("materialize", "amount", "pieces")
    assert list(plain.rows_of(plain.sound()[0])) == ["order", "pieces"]


def test_the_rest_is_judged_again(plain: ShopProject) -> None:
    """Without the dear orders there are too few."""
    checks_setting(plain, 'max_quarantined = 1.0\non_fail = "rows"')
    plain.replace("mine.py", 'range=(1, 3), importance="fail"', 'row_count=(18, None), importance="fail"')
    told = plain.run("materialize", "amount", "pieces")
    assert told.code == 1 and "pieces: row_count does not hold" in told.err
    (manifest,) = plain.sound()
    assert list(plain.rows_of(manifest)) == ["order", "amount"] and plain.rows_of(manifest)["order"] == list(
        range(1, 16)
    )
    kept = pq.ParquetFile(quarantine_of(plain, manifest) / "default" / "order" / "part-0.parquet").read()
    assert kept.column_names == ["order", "pieces"] and kept.num_rows == 15


def test_what_other_artifacts_made_of_the_rows_is_blocked(plain: ShopProject) -> None:
    checks_setting(plain, 'max_quarantined = 1.0\non_fail = "rows"')
    with (plain.root / "mine.py").open("a") as module:
        module.write(
            "\n\n@feature(entity=['customer'])\ndef spent(amount: Column, orders: Frame) -> Column:\n"
            "    return amount.groupby(orders['customer']).sum()\n"
        )
    told = plain.run("materialize", "amount", "spent", "-o", "out")
    assert told.code == 1 and "skipped       spent (upstream amount was blocked)" in told.out
    (manifest,) = plain.sound()
    assert [artifact.entity for artifact in manifest.artifacts] == [("order",)]


# --- output --------------------------------------------------------------------------------------------


def test_an_output_that_would_lack_features_is_not_written(plain: ShopProject) -> None:
    told = plain.run("materialize", "amount", "pieces", "-o", "out.parquet")
    (manifest,) = plain.manifests()
    assert told.code == 1 and not (plain.root / "out.parquet").exists()
    assert "out.parquet was not written: 1 of 2 features were blocked" in told.err
    assert f"featurecat export {manifest.run_id} -o out.parquet" in told.err
    plain.ok("export", manifest.run_id, "-o", "out.parquet")
    assert pq.read_schema(plain.root / "out.parquet").names == ["order", "pieces"]
