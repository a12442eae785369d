"""The gate's decision: the whole table, overrides, waivers, the baseline, exit codes, notes."""

from __future__ import annotations

import itertools
import random
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from featurecat.catalog.catalog import Catalog
from featurecat.errors import CODES, DefinitionError, Problem
from featurecat.expectations.baseline import Allowance, Baseline, BaselineEntry
from featurecat.expectations.ratchet import Scope
from featurecat.expectations.severity import NO_DATA_POLICIES, OUTCOMES, SEVERITIES, STATUSES, outcome_of
from featurecat.expectations.waivers import Waiver
from featurecat.project.gate import (
    SWITCHED_OFF,
    Blocked,
    Override,
    Place,
    Policy,
    blocked,
    decide,
    effective_severity,
    exit_code,
    notes,
    places_of,
    policy_of,
    resolve_overrides,
    restated,
)
from featurecat.project.selecting import CatalogIndex
from featurecat.project.settings import ChecksSettings, OverrideSettings, read_settings
from featurecat.records import CheckRecord, GateResult
from tests.support.projects import REPOSITORY, ShopProject

TODAY = date(2026, 6, 15)
BEFORE, AFTER = date(2026, 6, 14), date(2026, 6, 16)
CHECK = "00000000000000aa"
KEY = ("spend", "")


def record(status: str = "fail", severity: str = "error", **fields: Any) -> CheckRecord:
    words = {"check_id": CHECK, "feature": "spend", "variant": "", "kind": "range", "rows": 100, "failing_rows": 5}
    return CheckRecord(**{**words, **fields}, severity=severity, status=status)


def known(allowed: Allowance, expires: date = AFTER, reason: str | None = None) -> Baseline:
    return Baseline({CHECK: BaselineEntry(CHECK, "spend", "range", allowed, expires, reason=reason)})


def decided(one: CheckRecord, policy: Policy | None = None, *waivers: Waiver) -> GateResult:
    (result,) = decide([one], policy or Policy(TODAY), places={KEY: Place("f.py", 3, "growth", waivers)})
    assert (result.file, result.line, result.owner) == ("f.py", 3, "growth")
    return result


WAIVERS: dict[str, tuple[Waiver, ...]] = {
    "none": (),
    "active": (Waiver(("range",), TODAY, "known sensor fault", None, "f.py", 2),),
    "for all": (Waiver(("*",), AFTER, "known sensor fault", "ops", "f.py", 2),),
    "expired": (Waiver(("range",), BEFORE, "known sensor fault", None, "f.py", 2),),
    "of another kind": (Waiver(("unique",), AFTER, "known sensor fault", None, "f.py", 2),),
}
BASELINES = {
    "none": Baseline(),
    "allowed": known(Allowance(rows=5), TODAY),
    "any": known(Allowance()),
    "worse": known(Allowance(rows=4)),
    "expired": known(Allowance(rows=5), BEFORE),
}


# --- the whole table --------------------------------------------------------------------------------


@pytest.mark.parametrize("no_data", NO_DATA_POLICIES)
@pytest.mark.parametrize("baseline", BASELINES)
@pytest.mark.parametrize("waiver", WAIVERS)
@pytest.mark.parametrize("severity", SEVERITIES)
@pytest.mark.parametrize("status", STATUSES)
def test_every_case(status: str, severity: str, waiver: str, baseline: str, no_data: str) -> None:
    one = record(status, severity)
    result = decided(one, Policy(TODAY, no_data=no_data, baseline=BASELINES[baseline]), *WAIVERS[waiver])
    plain = outcome_of(status, severity, no_data=no_data)
    if plain not in ("failed", "warned"):
        expected = plain
    elif waiver in ("active", "for all"):
        expected = "waived"
    elif baseline in ("allowed", "any") and status != "no_data":
        expected = "known"
    else:
        expected = plain
    assert (result.outcome, result.check) == (expected, one)
    # whatever is excused says why; whatever nearly was says why not
    if expected in ("waived", "known"):
        assert result.note
    elif plain in ("failed", "warned"):
        assert ("expired" in (result.note or "")) is (
            waiver == "expired" or (baseline == "expired" and status != "no_data")
        )
    else:
        assert result.note is None


@pytest.mark.parametrize("mode", ["enforce", "warn", "off"])
@pytest.mark.parametrize("severity", SEVERITIES)
@pytest.mark.parametrize("status", STATUSES)
def test_every_mode(status: str, severity: str, mode: str) -> None:
    result = decided(record(status, severity), Policy(TODAY, mode=mode))
    if mode == "off":
        assert (result.outcome, result.check.status, result.check.message) == ("skipped", "skip", SWITCHED_OFF)
        return
    lowered = "warn" if mode == "warn" and severity in ("error", "fatal") else severity
    assert result.outcome == outcome_of(status, lowered)
    assert result.check.severity == lowered
    if mode == "warn":
        assert result.outcome != "failed" and blocked([result], Policy(TODAY, mode=mode)) == Blocked()


@pytest.mark.parametrize(
    ("waiver", "baseline", "note"),
    [
        ("active", "none", "waived until 2026-06-15: known sensor fault (f.py:2)"),
        ("for all", "expired", "waived until 2026-06-16 by ops: known sensor fault (f.py:2)"),
        ("none", "allowed", "the baseline allows 5 rows until 2026-06-15"),
        ("none", "any", "the baseline allows any until 2026-06-16"),
        ("expired", "none", "the waiver at f.py:2 expired on 2026-06-14"),
        ("none", "expired", "its entry in the baseline expired on 2026-06-14"),
        ("none", "worse", "worse than the baseline, which allows 4 rows"),
        (
            "expired",
            "worse",
            "the waiver at f.py:2 expired on 2026-06-14; worse than the baseline, which allows 4 rows",
        ),
        ("expired", "allowed", "the baseline allows 5 rows until 2026-06-15"),
        ("of another kind", "none", None),
    ],
)
def test_what_a_note_says(waiver: str, baseline: str, note: str | None) -> None:
    assert decided(record(), Policy(TODAY, baseline=BASELINES[baseline]), *WAIVERS[waiver]).note == note


def test_the_reason_of_a_baseline_entry_is_told() -> None:
    policy = Policy(TODAY, baseline=known(Allowance(share=0.05), reason="hall 3"))
    assert decided(record(), policy).note == "the baseline allows 5% of the rows until 2026-06-16: hall 3"


def test_of_several_waivers_one_that_is_good_counts() -> None:
    result = decided(record(), None, *WAIVERS["expired"], *WAIVERS["active"], *WAIVERS["for all"])
    assert (result.outcome, result.note) == ("waived", "waived until 2026-06-16 by ops: known sensor fault (f.py:2)")


def test_a_misspelt_waiver_is_pointed_at() -> None:
    result = decided(record(), None, Waiver(("rnge",), AFTER, "x", None, "f.py", 2))
    assert (result.outcome, result.note) == ("failed", "the waiver at f.py:2 allows 'rnge', not 'range'")


def test_a_waiver_is_good_for_its_own_variant() -> None:
    places = {("spend", "us"): Place("us.py", 1, None, WAIVERS["active"]), ("spend", "eu"): Place("eu.py", 1)}
    results = decide([record(variant=name) for name in ("us", "eu", "elsewhere")], Policy(TODAY), places=places)
    assert [(one.check.variant, one.outcome, one.file) for one in results] == [
        ("elsewhere", "failed", None),
        ("eu", "failed", "eu.py"),
        ("us", "waived", "us.py"),
    ]


def test_a_rule_of_lint_is_decided_on_alike() -> None:
    finding = record("fail", kind="docstring", rows=None, failing_rows=None)
    assert decided(finding, None, Waiver(("docstring",), AFTER, "generated")).outcome == "waived"
    assert decided(finding, Policy(TODAY, baseline=known(Allowance()))).outcome == "known"
    assert decided(finding, Policy(TODAY, baseline=known(Allowance(rows=3)))).outcome == "failed"


@given(st.randoms())
def test_the_order_is_that_of_the_results(chance: random.Random) -> None:
    records = [
        record(feature=feature, variant=variant, kind=kind, check_id=check)
        for feature, variant, kind, check in itertools.product(["a", "b"], ["", "us"], ["range", "unique"], ["1", "2"])
    ]
    shuffled = list(records)
    chance.shuffle(shuffled)
    assert [one.check for one in decide(shuffled, Policy(TODAY), places={})] == records


# --- overrides --------------------------------------------------------------------------------------


def override(severity: str, kind: str | None = None, reason: str = "a new source") -> Override:
    return Override(frozenset({"spend"}), severity, reason, kind, "spend")


@pytest.mark.parametrize(
    ("overrides", "mode", "found"),
    [
        ((), "enforce", ("error", None)),
        ((override("warn"),), "enforce", ("warn", "severity warn instead of error: a new source")),
        ((override("error"),), "enforce", ("error", None)),
        ((override("warn", "unique"),), "enforce", ("error", None)),
        ((override("warn"), override("fatal", "range", "must hold")), "enforce", ("fatal", "severity fatal instead of error: must hold")),
        ((override("fatal", "range"), override("info")), "enforce", ("info", "severity info instead of error: a new source")),
        ((override("off"),), "enforce", ("off", "severity off instead of error: a new source")),
        ((override("fatal"),), "warn", ("warn", "severity warn instead of error: --checks warn")),
        ((override("info"),), "warn", ("info", "severity info instead of error: a new source")),
    ],
    ids=str,
)  # fmt: skip
def test_effective_severity(overrides: tuple[Override, ...], mode: str, found: tuple[str, str | None]) -> None:
    policy = Policy(TODAY, mode=mode, overrides=overrides)
    assert effective_severity("spend", "range", "error", policy=policy) == found
    assert effective_severity("signups", "range", "info", policy=policy) == ("info", None)


def test_what_is_switched_off_is_skipped_and_says_why() -> None:
    result = decided(record(), Policy(TODAY, overrides=(override("off", reason="moved: see #12"),)))
    assert (result.outcome, result.check.status) == ("skipped", "skip")
    assert result.check.message == "switched off for this feature: moved: see #12"


@pytest.mark.parametrize(
    ("status", "severity", "to", "threshold", "found"),
    [
        ("fail", "error", "warn", {}, "warn"),
        ("fail", "fatal", "info", {}, "warn"),
        ("fail", "error", "fatal", {}, "fail"),
        ("warn", "warn", "error", {}, "fail"),
        ("warn", "info", "warn", {}, "warn"),
        ("warn", "error", "fatal", {}, "warn"),  # only warn_if was exceeded, whatever the severity
        ("warn", "warn", "error", {"fail_if": "> 10", "warn_if": "> 0"}, "warn"),
        ("warn", "warn", "error", {"fail_if": "> 4", "warn_if": "> 0"}, "fail"),
        ("warn", "warn", "error", {"fail_if": "> +4", "warn_if": "> 0"}, "fail"),
        ("warn", "warn", "error", {"fail_if": "unreadable", "warn_if": "> 0"}, "fail"),
        ("warn", "warn", "error", {"fail_if": "> 4"}, "fail"),
        ("pass", "warn", "fatal", {}, "pass"),
        ("error", "warn", "fatal", {}, "error"),
        ("no_data", "warn", "fatal", {}, "no_data"),
    ],
    ids=str,
)
def test_another_severity_makes_another_status(
    status: str, severity: str, to: str, threshold: dict[str, str], found: str
) -> None:
    one = record(status, severity, threshold=threshold)
    assert restated(one, to) == replace(one, severity=to, status=found)


@pytest.fixture
def catalog_of_shop(shop: ShopProject) -> ShopProject:
    shop.replace(
        "order_features.py",
        "def shipping__us(",
        "# featurecat: allow[range] until=2026-12-31 reason=carrier changed\ndef shipping__us(",
    )
    shop.ok("index")
    return shop


def test_places_and_overrides_of_a_project(catalog_of_shop: ShopProject) -> None:
    with Catalog.open(catalog_of_shop.store.catalog) as catalog:
        variants, owners = catalog.table("variants"), catalog.table("owners")
        index = CatalogIndex(catalog.features(), variants, owners, catalog.edges())
    places, problems = places_of(variants, owners, catalog_of_shop.root)
    assert problems == []
    lines = (catalog_of_shop.root / "order_features.py").read_text(encoding="utf-8").splitlines()
    waived = {key: place for key, place in places.items() if place.waivers}
    ((key, place),) = waived.items()
    assert key[0] == "shipping" and place.file == "order_features.py"
    (waiver,) = place.waivers
    assert "carrier changed" in lines[(waiver.line or 0) - 1] and waiver.reason == "carrier changed"
    assert {row["owner"] for row in owners} == {
        owner for one in places.values() if one.owner for owner in one.owner.split(", ")
    }

    found = resolve_overrides(
        [
            OverrideSettings(features="shipping, age_in_years", severity="warn", reason="x"),
            OverrideSettings(features="tag:absent", kind="range", severity="off", reason="y"),
        ],
        index,
    )
    assert [(sorted(one.features), one.severity, one.kind) for one in found] == [
        (["age_in_years", "shipping"], "warn", None),
        ([], "off", "range"),
    ]
    with pytest.raises(DefinitionError) as caught:
        resolve_overrides(
            [
                OverrideSettings(features="shiping", severity="warn", reason="x"),
                OverrideSettings(features="(a", severity="off", reason="y"),
            ],
            index,
            file="pyproject.toml",
        )
    first, second = caught.value.problems
    assert (first.code, first.file, second.code) == ("unknown-feature", "pyproject.toml", "invalid-selection")
    assert "override]] 1:" in first.message and "shipping" in (first.hint or "") and "override]] 2:" in second.message


def test_a_waiver_that_cannot_be_read_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "f.py").write_text("# featurecat: allow[range] reason=x\ndef f():\n    return 1\n")
    variant = {"variant": "", "file": "f.py", "line": 2, "end_line": 3, "source_text": "def f():\n    return 1\n"}
    places, problems = places_of([{"feature": "a", **variant}, {"feature": "b", **variant}], [], tmp_path)
    assert [(one.code, one.place) for one in problems] == [("invalid-waiver", "f.py:1")]
    assert places["a", ""] == places["b", ""] == Place("f.py", 2)


def test_lines_are_those_of_python(tmp_path: Path) -> None:
    (tmp_path / "f.py").write_text('x = "\x0c\u2028"\n# featurecat: allow[*] until=2026-12-31 reason=x\ndef f(): ...\n')
    row = {"feature": "a", "variant": "", "file": "f.py", "line": 3, "end_line": 3, "source_text": ""}
    places, _ = places_of([row], [], tmp_path)
    assert [waiver.line for waiver in places["a", ""].waivers] == [2]


def test_without_its_file_a_feature_has_what_the_catalog_knows(tmp_path: Path) -> None:
    text = "def f():\n    # featurecat: allow[range] until=2026-12-31 reason=x\n    return 1\n"
    row = {"feature": "a", "variant": "", "file": "f.py", "line": 2, "end_line": 4, "source_text": text}
    unknown = {"feature": "b", "variant": "", "file": None, "line": None, "end_line": None, "source_text": None}
    owners = [{"feature": "a", "owner": "ops"}, {"feature": "a", "owner": "growth"}]
    places, problems = places_of([row, unknown], owners, tmp_path)
    waiver = Waiver(("range",), date(2026, 12, 31), "x", None, "f.py", 3)
    assert places == {("a", ""): Place("f.py", 2, "ops, growth", (waiver,)), ("b", ""): Place()}
    assert problems == []


# --- what follows -----------------------------------------------------------------------------------


def results_of(*outcomes: tuple[str, str]) -> list[GateResult]:
    return [
        GateResult(record(severity=severity, feature=f"f{number}"), outcome)
        for number, (outcome, severity) in enumerate(outcomes)
    ]


@pytest.mark.parametrize(
    ("outcomes", "codes", "expected"),
    [
        ([], [], 0),
        (["passed", "noted", "warned", "skipped", "waived", "known"], [], 0),
        (["failed", "passed"], [], 1),
        (["failed", "unevaluated"], [], 4),
        (["unevaluated"], [], 4),
        (["passed"], ["invalid-waiver"], 2),
        (["failed", "unevaluated"], ["source-unreadable"], 3),
        (["failed"], ["source-unreadable", "catalog-unusable"], 5),
        (["failed"], ["catalog-unusable", "import-error"], 2),
        (["failed"], ["import-error", "interrupted"], 130),
        ([], ["expectation-failed"], 1),
        ([], ["expectation-unevaluated", "expectation-failed"], 4),
    ],
    ids=str,
)
def test_exit_codes(outcomes: list[str], codes: list[str], expected: int) -> None:
    problems = [Problem(code, "x") for code in codes]
    assert exit_code(results_of(*((one, "error") for one in outcomes)), problems, Policy(TODAY)) == expected


@pytest.mark.parametrize("severity", SEVERITIES)
def test_what_could_not_be_evaluated_counts_whatever_its_severity(severity: str) -> None:
    assert exit_code(results_of(("unevaluated", severity)), [], Policy(TODAY)) == 4


@pytest.mark.parametrize(
    ("outcome", "expected"), [("warned", 1), ("noted", 0), ("waived", 0), ("known", 0), ("unevaluated", 4)]
)
def test_warnings_as_errors(outcome: str, expected: int) -> None:
    assert exit_code(results_of((outcome, "warn")), [], Policy(TODAY, warn_as_error=True)) == expected


@pytest.mark.parametrize("code", CODES)
def test_no_problem_ends_with_zero(code: str) -> None:
    assert exit_code([], [Problem(code, "x")], Policy(TODAY)) != 0


@pytest.mark.parametrize(
    ("outcomes", "on_fail", "expected"),
    [
        ([("failed", "error"), ("failed", "warn"), ("passed", "fatal")], "feature", Blocked(False, ("f0",))),
        ([("passed", "error"), ("unevaluated", "error")], "feature", Blocked(False, ("f1",))),
        ([("unevaluated", "warn")], "feature", Blocked()),
        ([("failed", "fatal"), ("failed", "error")], "feature", Blocked(True, ("f0", "f1"))),
        ([("failed", "error")], "run", Blocked(True, ("f0",))),
        ([("failed", "error")], "rows", Blocked(False, ("f0",))),
        ([("waived", "fatal"), ("known", "error"), ("skipped", "fatal")], "run", Blocked()),
    ],
    ids=str,
)
def test_what_is_kept_back(outcomes: list[tuple[str, str]], on_fail: str, expected: Blocked) -> None:
    assert blocked(results_of(*outcomes), Policy(TODAY, on_fail=on_fail)) == expected


@given(
    st.lists(st.tuples(st.sampled_from(STATUSES), st.sampled_from(SEVERITIES))),
    st.sampled_from(sorted(WAIVERS)),
    st.sampled_from(sorted(BASELINES)),
    st.booleans(),
)
def test_laws(verdicts: list[tuple[str, str]], waiver: str, baseline: str, strict: bool) -> None:
    policy = Policy(TODAY, baseline=BASELINES[baseline], warn_as_error=strict)
    records = [record(status, severity, variant=str(number)) for number, (status, severity) in enumerate(verdicts)]
    places = {("spend", str(number)): Place(waivers=WAIVERS[waiver]) for number in range(len(records))}
    results = decide(records, policy, places=places)
    assert len(results) == len(records) and {one.outcome for one in results} <= set(OUTCOMES)
    # an error is never green, and what holds back publication never ends with 0
    assert ("unevaluated" in {one.outcome for one in results}) is any(one.status == "error" for one in records)
    if blocked(results, policy) != Blocked():
        assert exit_code(results, [], policy) in (1, 4)
    # waivers and the baseline only ever help
    bare = decide(records, replace(policy, baseline=Baseline()), places={})
    assert exit_code(results, [], policy) in (exit_code(bare, [], policy), 0)


# --- notes ------------------------------------------------------------------------------------------


def noted(records: list[CheckRecord], policy: Policy, *waivers: Waiver) -> list[str]:
    places = {KEY: Place("f.py", 3, None, waivers)}
    return notes(decide(records, policy, places=places), policy, places=places, scope=Scope())


def test_what_can_be_tightened_is_told() -> None:
    told = ["1 entry of the baseline can be tightened: featurecat check --ratchet"]
    assert noted([record("pass", failing_rows=0)], Policy(TODAY, baseline=known(Allowance(rows=5)))) == told
    assert noted([record(failing_rows=3)], Policy(TODAY, baseline=known(Allowance(rows=5), BEFORE))) == told
    assert noted([record(failing_rows=5)], Policy(TODAY, baseline=known(Allowance(rows=5)))) == []
    assert noted([record("error")], Policy(TODAY, baseline=known(Allowance(rows=5)))) == []


def test_waivers_that_nothing_needs_are_told() -> None:
    active, expired = WAIVERS["active"][0], replace(WAIVERS["expired"][0], line=9)
    told = "2 waivers are not needed any more: f.py:2, f.py:9"
    assert noted([record("pass")], Policy(TODAY), active, expired) == [told]
    assert noted([record("pass")], Policy(TODAY), active) == ["1 waiver is not needed any more: f.py:2"]
    assert noted([record("fail")], Policy(TODAY), active, expired) == []
    assert noted([record("skip")], Policy(TODAY), active) == []
    assert noted([record("pass"), record("fail", kind="unique")], Policy(TODAY), WAIVERS["for all"][0]) == []
    many = [replace(active, line=line) for line in (1, 2, 3, 4, 5)]
    assert noted([record("pass")], Policy(TODAY), *many) == [
        "5 waivers are not needed any more: f.py:1, f.py:2, f.py:3 and 2 more"
    ]


def test_an_override_without_features_is_told() -> None:
    policy = Policy(TODAY, overrides=(Override(frozenset(), "warn", "x", None, "tag:absent"),))
    assert noted([], policy) == ["the override of features 'tag:absent' in the settings is about no feature"]


# --- settings ---------------------------------------------------------------------------------------


def settings_of(folder: Path, text: str) -> ChecksSettings:
    path = folder / "pyproject.toml"
    path.write_text(text, encoding="utf-8")
    return read_settings(path).checks


def test_settings_without_a_word(tmp_path: Path) -> None:
    found = settings_of(tmp_path, "[tool.featurecat]\n")
    assert policy_of(found, TODAY) == Policy(TODAY)
    assert (found.max_quarantined, found.sample, found.baseline, found.baseline_days) == (
        0.01, 20, "featurecat-baseline.json", 90,
    )  # fmt: skip


def test_settings_and_options(tmp_path: Path) -> None:
    found = settings_of(
        tmp_path,
        """
[tool.featurecat.checks]
mode = "warn"
no_data = "pass"
on_fail = "rows"
max_quarantined = 0
as_of = 2026-01-02T03:04:05Z

[[tool.featurecat.checks.override]]
features = "tag:delay"
kind = "range"
severity = "off"
reason = "the source moves"
""",
    )
    assert found.as_of == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert found.override == [
        OverrideSettings(features="tag:delay", kind="range", severity="off", reason="the source moves")
    ]
    baseline = known(Allowance(rows=1))
    policy = policy_of(found, TODAY, mode="off", warn_as_error=True, baseline=baseline, overrides=[override("warn")])
    assert policy == Policy(TODAY, "off", "pass", "rows", True, baseline, (override("warn"),))
    assert policy_of(found, TODAY).mode == "warn"
    assert settings_of(tmp_path, "[tool.featurecat.checks]\nas_of = 2026-01-02\n").as_of == date(2026, 1, 2)


def test_the_documented_settings_are_the_defaults(tmp_path: Path) -> None:
    page = (REPOSITORY / "docs" / "gate.md").read_text(encoding="utf-8")
    text = page.partition("```toml\n")[2].partition("```")[0]
    found = settings_of(tmp_path, text)
    assert found.model_copy(update={"override": []}) == ChecksSettings()
    missing = [name for name in ChecksSettings.model_fields if not re.search(rf"\b{name}\b", page)]
    assert missing == []


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('mode = "strict"', 2, "checks.mode: Input should be 'enforce', 'warn' or 'off'"),
        ('no_data = "skip"', 2, "checks.no_data: Input should be 'fail' or 'pass'"),
        ('on_fail = "row"', 2, "checks.on_fail: Input should be 'feature', 'run' or 'rows'"),
        ("max_quarantined = 2", 2, "checks.max_quarantined: Input should be less than or equal to 1"),
        ("max_quarantined = nan", 2, "checks.max_quarantined"),
        ("sample = 1.5", 2, "checks.sample"),
        ("sample = 1001", 2, "checks.sample: Input should be less than or equal to 1000"),
        ('as_of = "2026-01-01"', 2, "checks.as_of: is a TOML date or date-time, such as 2026-12-31, without quotes"),
        ("as_of = 12:00:00", 2, "checks.as_of: is a TOML date"),
        ('baseline = ""', 2, "checks.baseline: names no file"),
        ("baseline_days = 0", 2, "checks.baseline_days: Input should be greater than or equal to 1"),
        ('mdoe = "warn"', 2, "unknown key checks.mdoe"),
        ('[[tool.featurecat.checks.override]]\nfeatures = "a"\nseverity = "off"', 2, "checks.override.0.reason: Field required"),
        ('[[tool.featurecat.checks.override]]\nfeatures = " "\nseverity = "off"\nreason = "x"', 3, "checks.override.0.features: says nothing"),
        ('[[tool.featurecat.checks.override]]\nfeatures = "a"\nseverity = "loud"\nreason = "x"', 4, "checks.override.0.severity: Input should be 'info', 'warn', 'error', 'fatal' or 'off'"),
        (
            '[[tool.featurecat.checks.override]]\nfeatures = "a"\nseverity = "off"\nreason = "x"\n'
            '[[tool.featurecat.checks.override]]\nfeatures = "a"\nsverity = "off"\nseverity = "off"\nreason = "x"',
            8,
            "unknown key checks.override.1.sverity",
        ),
    ],
    ids=lambda given_value: str(given_value)[:40],
)  # fmt: skip
def test_what_is_wrong_with_settings(tmp_path: Path, text: str, line: int, message: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        settings_of(tmp_path, f"[tool.featurecat.checks]\n{text}\n")
    (problem,) = caught.value.problems
    assert (problem.code, problem.line) == ("invalid-settings", line)
    assert message in problem.message
    if "unknown key" in message:
        assert "did you mean" in (problem.hint or "")
