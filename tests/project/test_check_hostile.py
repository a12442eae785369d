"""The gate against bad input: caches, files, validators, baselines, reports. Nothing of it may pass, leak or be lost."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from featurecat.clock import SystemClock
from featurecat.expectations.spec import ExpectationSpec
from featurecat.expectations.waivers import parse_waivers
from featurecat.project.check import judging
from featurecat.project.check.request import CheckRequest
from featurecat.project.check.reuse import StoredResults, StoredStates
from featurecat.project.check.run import check_published
from featurecat.project.check.subjects import Published, Subject
from featurecat.project.discover import find_project
from tests.support.projects import ShopProject

HEADS = {
    "pandas": "import pandas as pd\nColumn, Frame = pd.Series, pd.DataFrame\n",
    "polars": "import polars as pl\nColumn, Frame = pl.Series, pl.DataFrame\n",
}
MODULE = """
import os

from featurecat import DataValidator, ValidationResult, check_output, check_output_custom, feature


class Odd(DataValidator):
    def applies_to(self, datatype):
        return True

    def description(self):
        return "It is as the environment says."

    @classmethod
    def name(cls):
        return "odd_validator"

    def validate(self, dataset):
        how = os.environ.get("HOW", "hold")
        if how == "exit":
            raise SystemExit(0)
        if how == "leave":
            raise BaseException(str(dataset[0]))
        if how == "show":
            return ValidationResult(False, f"bad: {dataset[0]}", {"max": str(dataset[0]), "failing": str(dataset[0])})
        return ValidationResult(True, "fine")


@check_output(range=(0, 90), importance="fail")
def amount(orders: Frame) -> Column:
    \"\"\"What was paid.\"\"\"
    return orders["amount"]


@feature(pii=True)
@check_output_custom(Odd("fail"))
@check_output(matches="nothing like it", importance="fail")
def remark(orders: Frame) -> Column:
    \"\"\"What the customer wrote.\"\"\"
    return orders["note"]
"""
OUTSIDE_CI = {"CI": "", "GITHUB_ACTIONS": ""}


def made_red(shop: ShopProject, engine: str) -> ShopProject:
    """The shop with published values that are not as expected; its key and its notes are personal."""
    shop.only_module(HEADS[engine] + MODULE)
    shop.replace("pyproject.toml", "[tool.featurecat]\n", f'[tool.featurecat]\nengine = "{engine}"\n')
    shop.replace("pyproject.toml", 'key = ["order"]', 'key = ["order"]\npii = ["order", "note"]')
    shop.ok("materialize", "--all", "--checks", "warn")
    return shop


@pytest.fixture(params=["pandas", "polars"])
def red(request: pytest.FixtureRequest, shop: ShopProject) -> ShopProject:
    """See :func:`made_red`; in either library."""
    return made_red(shop, request.param)


@pytest.fixture
def one(shop: ShopProject) -> ShopProject:
    """See :func:`made_red`; where the library does not matter."""
    return made_red(shop, "pandas")


def checked(project: ShopProject, *words: str, **environment: str) -> Any:
    told = project.run("check", *words, environment={**OUTSIDE_CI, **environment})
    assert "Traceback" not in told.out + told.err
    assert "fault of featurecat" not in told.err
    return told


# --- personal data ----------------------------------------------------------------------------------


def everything_told(project: ShopProject) -> str:
    """Records, reports and caches, all that a check leaves behind but the data."""
    files = [
        *project.store.cache.glob("*.json"),
        *project.store.root.glob("manifests/*/*.json"),
        *project.root.glob("r.*"),
    ]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def test_keys_that_a_source_lists_as_personal_are_masked(red: ShopProject) -> None:
    formats = [("json", "r.json"), ("junit", "r.xml"), ("sarif", "r.sarif"), ("markdown", "r.md"), ("gitlab", "r.gl")]
    told = checked(red, *(word for name, file in formats for word in ("--report", f"{name}={file}")))
    assert told.code == 1
    report = json.loads((red.root / "r.json").read_text(encoding="utf-8"))
    samples = {result["kind"]: result["sample"] for result in report["results"] if result["sample"]}
    assert {row["order"] for row in samples["range"]} == {"***"}
    assert {value for row in samples["matches"] for value in row.values()} == {"***"}
    assert "note 1" not in everything_told(red) + told.out + told.err


def test_what_becomes_personal_is_not_taken_from_a_cache_that_shows_it(red: ShopProject) -> None:
    red.replace("pyproject.toml", 'pii = ["order", "note"]', 'pii = ["note"]')
    shown = json.loads(checked(red, "--json").out)
    assert any(row.get("order", "***") != "***" for result in shown["results"] for row in result["sample"])
    red.replace("pyproject.toml", 'pii = ["note"]', 'pii = ["order", "note"]')
    masked = json.loads(checked(red, "--json").out)
    assert {row["order"] for result in masked["results"] for row in result["sample"]} == {"***"}


@pytest.mark.parametrize("how", ["show", "leave"])
def test_a_validator_cannot_tell_personal_values(red: ShopProject, how: str) -> None:
    told = checked(red, "--no-cache", "--report", "json=r.json", HOW=how)
    assert told.code in (1, 4)
    assert "note 1" not in everything_told(red) + told.out + told.err


# --- validators that leave --------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["exit", "leave"])
def test_a_validator_that_leaves_is_not_evaluated(red: ShopProject, how: str) -> None:
    red.replace("mine.py", '@check_output(range=(0, 90), importance="fail")\n', "")
    red.replace("mine.py", '@check_output(matches="nothing like it", importance="fail")\n', "")
    told = checked(red, "--no-cache", HOW=how)
    assert told.code == 4
    assert "1 unevaluated" in told.out


# --- caches and files -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(lambda text: text[: len(text) // 2], id="truncated"),
        pytest.param(lambda text: "[" * 100_000, id="deep"),
        pytest.param(lambda text: text.replace('"results":{', '"results":[],"old":{'), id="results-a-list"),
        pytest.param(lambda text: text.replace('"status":"fail"', '"status":["pass"]'), id="status-a-list"),
        pytest.param(lambda text: text.replace('"status":"fail"', '"status":"fine"'), id="status-unknown"),
        pytest.param(lambda text: text.replace('"message":', '"message":[],"x":'), id="message-a-list"),
        pytest.param(lambda text: text.replace('"rows":20', '"rows":"20"'), id="rows-a-text"),
    ],
)
def test_a_damaged_cache_is_found_out_anew(one: ShopProject, harm: Any) -> None:
    before = checked(one)
    cache = one.store.cache / "checks.json"
    cache.write_text(harm(cache.read_text(encoding="utf-8")), encoding="utf-8")
    after = checked(one)
    assert (after.code, after.out.splitlines()[:4]) == (before.code, before.out.splitlines()[:4])


def test_verdicts_on_another_expectation_are_not_taken_over(tmp_path: Path) -> None:
    values = Published("f", "pandas", "pandas", "a", "r", "2026-01-01T00:00:00Z", "p", "f", (), None, 1, 1, "h", None)
    subject = Subject("1", "f", "pandas", ExpectationSpec("range", {}, "error", "o"), values)
    results = StoredResults(tmp_path / "checks.json", 20)
    results.keep(subject, subject.record("pass", "fine"), "run")
    results.save()
    assert StoredResults(tmp_path / "checks.json", 20).find(subject) is not None
    text = (tmp_path / "checks.json").read_text(encoding="utf-8")
    (tmp_path / "checks.json").write_text(text.replace('"check_id":"1"', '"check_id":"2"'), encoding="utf-8")
    assert StoredResults(tmp_path / "checks.json", 20).find(subject) is None
    assert StoredResults(tmp_path / "checks.json", 20, ["f"]).find(subject) is None


def test_a_file_with_its_old_size_and_time_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "part-0.parquet"
    path.write_text("old", encoding="utf-8")
    states = StoredStates(tmp_path / "artifacts.json")
    before = path.stat()
    assert states.hash_of(path, "p", Path.read_text) == "old"
    with path.open("r+") as stream:
        stream.write("new")
    # whatever the granularity of the clock: a change of its times is a change of the file
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    known = states._known["p"]
    states._known["p"] = [*known[:2], known[2] - 1, *known[3:]]
    assert states.hash_of(path, "p", Path.read_text) == "new"


def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(one: ShopProject) -> None:
    (path,) = one.store.root.glob("artifacts/*/*/*/part-0.parquet")
    path.unlink()
    os.mkfifo(path)
    told = checked(one)
    assert told.code == 3
    assert "not a regular file" in told.out


def test_a_file_that_is_replaced_while_it_is_judged_is_not_evaluated(
    one: ShopProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    (path,) = one.store.root.glob("artifacts/*/*/*/part-0.parquet")
    judge = judging.evaluate_file

    def judged(*given: Any) -> Any:
        path.write_bytes(path.read_bytes())
        os.utime(path, ns=(0, 0))
        return judge(*given)

    monkeypatch.setattr(judging, "evaluate_file", judged)
    monkeypatch.chdir(one.root)
    request = CheckRequest(("amount",), cached=False)
    report = check_published(find_project(one.root), request, SystemClock()).report
    assert {result.outcome for result in report.results} == {"unevaluated"}
    assert report.exit_code == 4


# --- baseline ---------------------------------------------------------------------------------------


def test_update_then_green_then_one_row_more_is_red(one: ShopProject) -> None:
    checked(one, "--update-baseline")
    assert checked(one).code == 0
    baseline = one.root / "featurecat-baseline.json"
    text = baseline.read_text(encoding="utf-8")
    baseline.write_text(text.replace('"rows": 11', '"rows": 10'), encoding="utf-8")
    assert checked(one).code == 1


def test_update_and_ratchet_at_once_are_refused(one: ShopProject) -> None:
    for command in ("check", "lint"):
        told = one.run(command, "--update-baseline", "--ratchet", environment=OUTSIDE_CI)
        assert (told.code, "give one of them" in told.err) == (2, True)
    assert not (one.root / "featurecat-baseline.json").exists()


@pytest.mark.parametrize("option", ["--ratchet", "--update-baseline"])
def test_lint_keeps_entries_of_modules_that_cannot_be_read(one: ShopProject, option: str) -> None:
    one.add_module("more", HEADS["pandas"] + "\n\ndef other(amount: Column) -> Column:\n    return amount\n")
    one.ok("lint", "--update-baseline", environment=OUTSIDE_CI)
    before = (one.root / "featurecat-baseline.json").read_bytes()
    one.write("more.py", "import no_such_module\n")
    told = one.run("lint", option, environment=OUTSIDE_CI)
    assert told.code == 2
    assert (one.root / "featurecat-baseline.json").read_bytes() == before


@pytest.mark.parametrize("name", ["a\\u0000b", "pipe", "round"])
def test_a_baseline_that_is_no_file_is_an_error(one: ShopProject, name: str) -> None:
    os.mkfifo(one.root / "pipe")
    (one.root / "elsewhere").mkdir()
    (one.root / "round").symlink_to("round")
    one.write(
        "pyproject.toml",
        (one.root / "pyproject.toml").read_text() + f'\n[tool.featurecat.checks]\nbaseline = "{name}"\n',
    )
    (one.root / "round").unlink() if name != "round" else None
    for words in ((), ("--update-baseline",)):
        assert checked(one, *words).code in (2, 3)


# --- overrides --------------------------------------------------------------------------------------


def override(project: ShopProject, features: str, kind: str, severity: str) -> None:
    path = project.root / "pyproject.toml"
    more = f'features = "{features}"\nkind = "{kind}"\nseverity = "{severity}"\nreason = "for a while"\n'
    path.write_text(
        path.read_text(encoding="utf-8") + "\n[[tool.featurecat.checks.override]]\n" + more, encoding="utf-8"
    )


def test_overrides_hold_for_rules_of_lint(one: ShopProject) -> None:
    assert "warn owner amount" in one.ok("lint", "amount").out
    override(one, "amount", "owner", "off")
    override(one, "remark", "owner", "fatal")
    told = one.run("lint")
    assert told.code == 1
    assert "owner amount" not in told.out
    assert "fatal owner remark" in told.out


def test_a_broken_override_ends_lint_as_it_ends_check(one: ShopProject) -> None:
    override(one, "(((", "range", "warn")
    assert (one.run("lint").code, checked(one).code) == (2, 2)


def test_an_override_of_a_misspelt_kind_is_told(one: ShopProject) -> None:
    override(one, "amount", "rnge", "fatal")
    told = checked(one)
    assert "the override of kind 'rnge'" in told.out
    assert "'range'" in told.out


# --- reports ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "file",
    [
        "pyproject.toml",
        "mine.py",
        "data/orders.parquet",
        "featurecat-baseline.json",
        ".featurecat/catalog.duckdb",
        "to-it",
    ],
)
@pytest.mark.parametrize("command", ["check", "lint"])
def test_a_report_takes_no_file_of_the_project(one: ShopProject, command: str, file: str) -> None:
    (one.root / "to-it").symlink_to("mine.py")
    before = (one.root / "mine.py").read_bytes(), (one.root / "pyproject.toml").read_bytes()
    told = one.run(command, "--report", f"json={file}")
    assert (told.code, "name another file" in told.err) == (2, True)
    assert ((one.root / "mine.py").read_bytes(), (one.root / "pyproject.toml").read_bytes()) == before


def test_two_reports_do_not_share_a_file(one: ShopProject) -> None:
    told = checked(one, "--report", "json=r.json", "--report", "junit=./r.json")
    assert told.code == 2
    assert not (one.root / "r.json").exists()


def test_a_link_stays_one_when_a_report_is_written(one: ShopProject) -> None:
    (one.root / "r.json").symlink_to("real.json")
    assert checked(one, "--report", "json=r.json").code == 1
    assert (one.root / "r.json").is_symlink()
    assert json.loads((one.root / "real.json").read_text(encoding="utf-8"))["exit_code"] == 1


def test_a_pipe_is_written_to_and_stays(one: ShopProject) -> None:
    pipe = one.root / "r.json"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert checked(one, "--report", "gitlab=r.json").code == 1
        assert json.loads(os.read(reader, 1 << 16))
    finally:
        os.close(reader)
    assert pipe.is_fifo()


def test_what_was_found_is_told_although_a_report_cannot_be_written(one: ShopProject) -> None:
    (one.root / "folder").mkdir()
    told = checked(one, "--report", "json=folder")
    assert told.code == 3
    assert "amount: range" in told.out
    assert "output-unwritable" in told.err


# --- the terminal -----------------------------------------------------------------------------------


def test_a_long_message_is_cut(one: ShopProject) -> None:
    one.replace("mine.py", 'f"bad: {dataset[0]}"', '"long words " * 500')
    one.replace("mine.py", "@feature(pii=True)\n", "@feature(pii=False)\n")
    told = checked(one, "--no-cache", HOW="show")
    lines = told.out.splitlines()
    assert max(map(len, (line for line in lines if "/" not in line))) <= 80
    assert sum("long words" in line for line in lines) <= 5


# --- waivers ----------------------------------------------------------------------------------------


def test_two_waivers_on_a_line_are_told_and_not_half_read() -> None:
    comment = "# featurecat: allow[range] until=2099-12-31 reason=x"
    waivers, problems = parse_waivers(f"{comment} {comment}")
    assert waivers == []
    assert "on the same line" in problems[0].message
