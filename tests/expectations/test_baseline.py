"""The baseline: its text, what it allows, and how runs change it."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from featurecat.errors import DefinitionError, RequestError, StoreError
from featurecat.expectations.baseline import (
    Allowance,
    Allowed,
    Baseline,
    BaselineEntry,
    Expired,
    Unknown,
    Worse,
    dump_baseline,
    parse_baseline,
    read_baseline,
    write_baseline,
)
from featurecat.expectations.ratchet import Revision, Scope, in_ci, ratcheted, refuse_in_ci, updated
from featurecat.expectations.severity import outcome_of
from featurecat.records import CheckRecord, GateResult

TODAY = date(2026, 6, 15)
UNTIL = date(2026, 8, 1)


def identity(number: int) -> str:
    return f"{number:016x}"


def entry(number: int, allowed: Allowance | None = None, **fields: Any) -> BaselineEntry:
    given_fields = {"feature": f"f{number}", "kind": "range", "expires": UNTIL, **fields}
    return BaselineEntry(identity(number), allowed=allowed or Allowance(rows=10), **given_fields)


def baseline_of(*entries: BaselineEntry) -> Baseline:
    return Baseline({each.check_id: each for each in entries})


def result(number: int, status: str, failing: int | None = None, rows: int | None = 100, **fields: Any) -> GateResult:
    severity = fields.pop("severity", "error")
    check = CheckRecord(identity(number), f"f{number}", "", "range", severity, status, rows=rows, failing_rows=failing)
    return GateResult(check, fields.pop("outcome", outcome_of(status, severity)), **fields)


# --- the file ---------------------------------------------------------------------------------------


GOLDEN = """{
  "checks": {
    "0000000000000001": {
      "allowed": {
        "rows": 12
      },
      "expires": "2026-08-01",
      "feature": "größe",
      "kind": "range",
      "owner": "growth",
      "reason": "the sensor in hall 3"
    },
    "0000000000000002": {
      "allowed": true,
      "expires": "2026-08-01",
      "feature": "f2",
      "kind": "mean_in_range",
      "owner": null,
      "reason": null
    }
  },
  "lint": {
    "0000000000000003": {
      "allowed": {
        "share": 0.25
      },
      "expires": "2026-08-01",
      "feature": "f3",
      "kind": "range",
      "owner": null,
      "reason": null
    }
  },
  "schema_version": 1
}
"""
FULL = baseline_of(
    entry(3, Allowance(share=0.25), tool="lint"),
    entry(2, Allowance(), kind="mean_in_range"),
    entry(1, Allowance(rows=12), feature="größe", owner="growth", reason="the sensor in hall 3"),
)


def test_the_text_is_sorted_and_read_back() -> None:
    assert dump_baseline(FULL) == GOLDEN
    assert parse_baseline(GOLDEN) == FULL


def test_a_file_that_is_not_there_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "featurecat-baseline.json"
    assert read_baseline(path) == Baseline()
    assert write_baseline(path, Baseline(), root=tmp_path) is False
    assert not path.exists()


def test_what_is_written_is_read_and_not_written_twice(tmp_path: Path) -> None:
    path = tmp_path / "featurecat-baseline.json"
    assert write_baseline(path, FULL, root=tmp_path) is True
    path.chmod(0o640)
    assert read_baseline(path) == FULL
    assert write_baseline(path, read_baseline(path), root=tmp_path) is False
    assert write_baseline(path, Baseline(), root=tmp_path) is True
    assert json.loads(path.read_text()) == {"checks": {}, "lint": {}, "schema_version": 1}
    assert path.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_a_link_that_leads_out_is_not_followed(tmp_path: Path) -> None:
    root, other = tmp_path / "project", tmp_path / "other"
    root.mkdir()
    other.mkdir()
    (root / "there.json").symlink_to(other / "there.json")
    (root / "folder").symlink_to(other)
    for path in (root / "there.json", root / "folder" / "b.json", root / ".." / "b.json"):
        with pytest.raises(StoreError, match="outside of the project") as caught:
            write_baseline(path, FULL, root=root)
        assert caught.value.code == "output-unwritable"
    assert list(other.iterdir()) == []
    (root / "real.json").write_text("")
    (root / "near.json").symlink_to(root / "real.json")
    assert write_baseline(root / "near.json", FULL, root=root)
    assert (root / "near.json").is_symlink() and (root / "real.json").read_text() == GOLDEN


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be written") as caught:
        write_baseline(tmp_path / "absent" / "b.json", FULL, root=tmp_path)
    assert caught.value.code == "output-unwritable"


def test_what_cannot_be_read_is_no_empty_baseline(tmp_path: Path) -> None:
    (tmp_path / "b.json").write_bytes(b"\xff\xfe")
    for path in (tmp_path, tmp_path / "b.json"):
        with pytest.raises(DefinitionError) as caught:
            read_baseline(path)
        assert (caught.value.code, caught.value.exit_code) == ("invalid-baseline", 2)


ENTRY = '"00000000000000aa": {"allowed": {"rows": 1}, "expires": "2026-08-01", "feature": "f", "kind": "range"}'


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('{"schema_version": 1,\n', 2, "not valid JSON"),
        ("", 1, "not valid JSON"),
        ("[]", 1, "no JSON object"),
        ("{}", None, "no schema_version"),
        ('{"schema_version": true}', 1, "no schema_version"),
        ('{\n"schema_version": 2}', 2, "newer featurecat (schema 2)"),
        ('{"schema_version": 1,\n"check": {}}', 2, "unknown key 'check'"),
        ('{"schema_version": 1,\n"checks": []}', 2, "'checks' of the baseline is no JSON object"),
        ('{"schema_version": 1,\n"checks": {},\n"checks": {}}', 2, "'checks' stands twice"),
        (f'{{"schema_version": 1, "checks": {{\n{ENTRY},\n{ENTRY}}}}}', 3, "'00000000000000aa' stands twice"),
        ("{\n<<<<<<< HEAD\n=======\n>>>>>>> main\n}", 2, "conflict markers"),
        ('{"schema_version": ' + "1" * 5000 + "}", None, "not valid JSON"),
    ],
    ids=lambda given_value: str(given_value)[:30],
)
def test_a_text_that_is_no_baseline(text: str, line: int | None, message: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        parse_baseline(text, "b.json")
    (problem,) = caught.value.problems
    assert (problem.code, problem.file, problem.line) == ("invalid-baseline", "b.json", line)
    assert message in problem.message


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ('"rows": 12', '"rows": -1', 4, "allows what cannot be allowed"),
        ('"rows": 12', '"rows": 1.5', 4, "allows what cannot be allowed"),
        ('"rows": 12', '"rows": true', 4, "allows what cannot be allowed"),
        ('"rows": 12', '"row": 12', 4, "allows what cannot be allowed"),
        ('"rows": 12', '"rows": 12, "share": 0.1', 4, "allows what cannot be allowed"),
        ('"share": 0.25', '"share": 25', 24, "allows what cannot be allowed"),
        ('"share": 0.25', '"share": NaN', 24, "allows what cannot be allowed"),
        ('"allowed": true', '"allowed": false', 14, "allows what cannot be allowed"),
        (
            '"expires": "2026-08-01",\n      "feature": "f2"',
            '"expires": "soon",\n      "feature": "f2"',
            15,
            "expires on what is no date",
        ),
        (
            '"expires": "2026-08-01",\n      "feature": "f2"',
            '"expires": 3,\n      "feature": "f2"',
            15,
            "expires on what is no date",
        ),
        ('"feature": "f2"', '"feature": null', 16, "needs a text as feature"),
        ('"owner": "growth"', '"owner": ["growth"]', 10, "needs a text as owner"),
        ('"owner": "growth"', '"oner": "growth"', 10, "unknown key 'oner'"),
        ('"kind": "mean_in_range",\n', "", 13, "lacks kind"),
        ('"0000000000000002"', '"2"', 13, "has no check id"),
        ('"kind": "mean_in_range"', '"kind": "a", "kind": "b"', 17, "says 'kind' twice"),
    ],
    ids=lambda given_value: str(given_value)[:40],
)
def test_an_entry_that_is_wrong(old: str, new: str, line: int, message: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        parse_baseline(GOLDEN.replace(old, new), "b.json")
    (problem,) = caught.value.problems
    assert message in problem.message and problem.line == line


def test_all_faults_at_once() -> None:
    with pytest.raises(DefinitionError) as caught:
        parse_baseline(GOLDEN.replace('"rows": 12', '"rows": "12"').replace('"share": 0.25', '"share": 2'))
    assert [problem.line for problem in caught.value.problems] == [4, 24]


TEXTS = st.text(max_size=8)
ENTRIES = st.builds(
    BaselineEntry,
    check_id=st.text("0123456789abcdef", min_size=16, max_size=16),
    feature=TEXTS,
    kind=TEXTS,
    allowed=st.one_of(
        st.builds(Allowance, rows=st.integers(0, 10**20)),
        st.builds(Allowance, share=st.floats(0, 1)),
        st.just(Allowance()),
    ),
    expires=st.dates(),
    owner=st.none() | TEXTS,
    reason=st.none() | TEXTS,
    tool=st.sampled_from(["check", "lint"]),
)


@given(st.lists(ENTRIES, unique_by=lambda each: each.check_id), st.randoms())
def test_a_baseline_survives_its_text_whatever_the_order(entries: list[BaselineEntry], chance: random.Random) -> None:
    shuffled = list(entries)
    chance.shuffle(shuffled)
    text = dump_baseline(baseline_of(*entries))
    assert text == dump_baseline(baseline_of(*shuffled))
    assert parse_baseline(text) == baseline_of(*entries)


def test_half_a_surrogate_pair_survives(tmp_path: Path) -> None:
    text = GOLDEN.replace("the sensor in hall 3", "\\ud800")
    path = tmp_path / "b.json"
    path.write_text(text, encoding="utf-8")
    once = read_baseline(path)
    write_baseline(path, once, root=tmp_path)
    assert read_baseline(path) == once


def test_two_branches_merge_line_by_line() -> None:
    lines = dump_baseline(baseline_of(entry(1), entry(5))).splitlines()
    more = dump_baseline(baseline_of(entry(1), entry(3), entry(5))).splitlines()
    assert [line for line in lines if line not in more] == []
    assert len(more) - len(lines) == 10


# --- what it allows ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("allowed", "failing", "rows", "holds"),
    [
        (Allowance(rows=10), 10, 100, True),
        (Allowance(rows=10), 11, 100, False),
        (Allowance(rows=0), 0, 0, True),
        (Allowance(rows=10), None, None, False),
        (Allowance(share=0.1), 10, 100, True),
        (Allowance(share=0.1), 11, 100, False),
        (Allowance(share=0.3), 3, 10, True),  # 0.3 is less than 3/10 as a float
        (Allowance(share=0.5), 1, 0, False),
        (Allowance(share=0.5), None, 10, False),
        (Allowance(), 10**9, 10**9, True),
        (Allowance(), None, None, True),
    ],
)
def test_how_bad_it_may_be(allowed: Allowance, failing: int | None, rows: int | None, holds: bool) -> None:
    expected = Allowed(entry(1, allowed)) if holds else Worse(entry(1, allowed))
    assert baseline_of(entry(1, allowed)).judge(identity(1), failing, rows=rows, today=TODAY) == expected


def test_entries_expire_after_their_last_day() -> None:
    known = baseline_of(entry(1))
    judged = [known.judge(identity(1), 3, rows=9, today=day) for day in (TODAY, UNTIL, date(2026, 8, 2))]
    assert [type(one) for one in judged] == [Allowed, Allowed, Expired]
    assert known.judge(identity(2), 3, rows=9, today=TODAY) == Unknown()


@pytest.mark.parametrize(
    ("allowed", "text"),
    [(Allowance(rows=1), "1 row"), (Allowance(rows=1200), "1,200 rows"), (Allowance(share=0.015), "1.5% of the rows"), (Allowance(), "any")],
)  # fmt: skip
def test_in_words(allowed: Allowance, text: str) -> None:
    assert str(allowed) == text


# --- how it changes ---------------------------------------------------------------------------------


def test_update_allows_what_fails_now() -> None:
    known = baseline_of(
        entry(1, owner="growth", reason="old"),
        entry(2, Allowance(share=0.5)),
        entry(3),
        entry(4, expires=date(2026, 1, 1), reason="late"),
        entry(6, Allowance()),
    )
    found = [
        result(1, "fail", 20, outcome="failed"),
        result(2, "fail", 1, rows=3, outcome="known"),
        result(3, "pass", 0),
        result(4, "fail", 10),
        result(5, "warn", 7, severity="warn", owner="ops"),
        result(6, "fail", None, rows=None, outcome="known"),
        result(7, "fail", 3, outcome="waived"),
        result(8, "warn", 3, severity="info"),
        result(9, "error"),
        result(10, "no_data", 0, rows=0),
    ]
    revision = updated(known, found, scope=Scope(), today=TODAY, days=30)
    ends = date(2026, 7, 15)
    assert (
        revision.baseline.entries
        == baseline_of(
            entry(1, Allowance(rows=20), owner="growth", reason="old"),
            entry(2, Allowance(share=0.333334)),
            entry(4, expires=ends, reason="late"),
            entry(5, Allowance(rows=7), owner="ops", expires=ends),
            entry(6, Allowance()),
        ).entries
    )
    assert revision.added == (identity(5),)
    assert revision.raised == (identity(1), identity(4))
    assert revision.lowered == (identity(2),)
    assert revision.removed == (identity(3),)
    assert revision.words == "1 entry added, 2 raised, 1 lowered, 1 removed"


def test_the_ratchet_only_takes_away() -> None:
    known = baseline_of(entry(1), entry(2), entry(3), entry(4, Allowance(share=0.5)), entry(5, Allowance()))
    found = [
        result(1, "fail", 4),
        result(2, "fail", 40),
        result(3, "pass", 0),
        result(4, "fail", 1, rows=8),
        result(5, "fail", 3),
        result(6, "fail", 9),
    ]
    revision = ratcheted(known, found, scope=Scope())
    assert revision.baseline == baseline_of(
        entry(1, Allowance(rows=4)), entry(2), entry(4, Allowance(share=0.125)), entry(5, Allowance())
    )
    assert (revision.added, revision.raised) == ((), ())
    assert revision.lowered == (identity(1), identity(4)) and revision.removed == (identity(3),)
    assert ratcheted(revision.baseline, found, scope=Scope(), force=True).words == "nothing to change"


@pytest.mark.parametrize("change", ["updated", "ratcheted"])
def test_what_the_run_was_not_about_stays(change: str) -> None:
    known = baseline_of(entry(1), entry(2), entry(3, tool="lint"))
    found = [result(1, "pass", 0)]
    scope = Scope(features=frozenset({"f1"}))
    revised = revise(change, known, found, scope)
    assert sorted(revised.baseline.entries) == [identity(2), identity(3)]


@pytest.mark.parametrize("change", ["updated", "ratcheted"])
def test_entries_of_expectations_that_are_no_more(change: str) -> None:
    known = baseline_of(entry(1), entry(2))
    scope = Scope(defined=frozenset({identity(1)}))
    assert sorted(revise(change, known, [result(1, "fail", 10)], scope).baseline.entries) == [identity(1)]


@pytest.mark.parametrize("change", ["updated", "ratcheted"])
@pytest.mark.parametrize(("judged", "refused"), [(10, False), (9, False), (8, True), (0, True)])
def test_a_run_that_saw_too_little(change: str, judged: int, refused: bool) -> None:
    known = baseline_of(*(entry(number) for number in range(10)))
    found = [result(number, "pass" if number < judged else "error", 0) for number in range(10)]
    if not refused:
        assert len(revise(change, known, found, Scope()).removed) == judged
        return
    with pytest.raises(RequestError, match=rf"judged {judged} of the 10 entries") as caught:
        revise(change, known, found, Scope())
    assert caught.value.code == "baseline-refused"
    # forced, what was not judged still stays
    assert len(revise(change, known, found, Scope(), force=True).removed) == judged


def revise(change: str, known: Baseline, found: list[GateResult], scope: Scope, *, force: bool = False) -> Revision:
    if change == "updated":
        return updated(known, found, scope=scope, today=TODAY, force=force)
    return ratcheted(known, found, scope=scope, force=force)


@pytest.mark.parametrize("status", ["error", "skip", "no_data"])
def test_what_could_not_be_judged_keeps_its_entry(status: str) -> None:
    known = baseline_of(*(entry(number) for number in range(10)))
    found = [result(0, status), *(result(number, "fail", 10) for number in range(1, 10))]
    assert ratcheted(known, found, scope=Scope()).baseline == known
    assert updated(known, found, scope=Scope(), today=TODAY).baseline == known


def test_what_lint_does_not_find_passes() -> None:
    known = baseline_of(entry(1, Allowance(), tool="lint"), entry(2, Allowance(), tool="lint"), entry(3))
    found = [result(1, "warn", None, rows=None, severity="warn")]
    revision = ratcheted(known, found, scope=Scope(tool="lint"))
    assert revision.removed == (identity(2),)
    assert sorted(revision.baseline.entries) == [identity(1), identity(3)]


def test_of_one_check_with_several_results_the_worst_counts() -> None:
    found = [result(1, "fail", 3), result(1, "fail", 7), result(1, "pass", 0)]
    assert updated(Baseline(), found, scope=Scope(), today=TODAY).baseline.entries[identity(1)].allowed.rows == 7
    assert ratcheted(baseline_of(entry(1)), found, scope=Scope()).baseline.entries[identity(1)].allowed.rows == 7


@given(
    st.dictionaries(st.integers(0, 8), st.tuples(st.sampled_from(["pass", "fail", "error"]), st.integers(0, 20))),
    st.dictionaries(st.integers(0, 8), st.integers(0, 20)),
)
def test_laws(found: dict[int, tuple[str, int]], allowed: dict[int, int]) -> None:
    results = [
        result(number, status, 0 if status == "pass" else failing) for number, (status, failing) in found.items()
    ]
    known = baseline_of(*(entry(number, Allowance(rows=rows)) for number, rows in allowed.items()))
    after = ratcheted(known, results, scope=Scope(), force=True).baseline
    assert set(after.entries) <= set(known.entries)
    assert all((one.allowed.rows or 0) <= (known.entries[key].allowed.rows or 0) for key, one in after.entries.items())
    fresh = updated(known, results, scope=Scope(), today=TODAY, force=True).baseline
    for one in results:
        judged = fresh.judge(one.check.check_id, one.check.failing_rows, rows=100, today=TODAY)
        # exactly what fails is allowed, exactly as it is
        assert isinstance(judged, Allowed) or one.check.status != "fail"
        assert one.check.status != "pass" or isinstance(judged, Unknown)
    assert updated(fresh, results, scope=Scope(), today=TODAY, force=True).baseline == fresh


def test_nothing_is_changed_in_place() -> None:
    known = baseline_of(entry(1), entry(2))
    before = dump_baseline(known)
    updated(known, [result(1, "pass", 0), result(2, "fail", 3)], scope=Scope(), today=TODAY)
    assert dump_baseline(known) == before
    assert known.replaced([replace(entry(1), reason="x")]).entries[identity(1)].reason == "x"


# --- never in CI ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stated", "ci"), [("true", True), ("1", True), ("woodpecker", True), ("", False), ("0", False), ("False ", False), (None, False)]
)  # fmt: skip
def test_a_job_does_not_allow_what_it_finds(stated: str | None, ci: bool) -> None:
    environment = {} if stated is None else {"CI": stated}
    assert in_ci(environment) is ci
    refuse_in_ci(environment, force=True)
    if not ci:
        refuse_in_ci(environment)
        return
    with pytest.raises(RequestError, match="not rewritten in CI") as caught:
        refuse_in_ci(environment)
    assert caught.value.code == "baseline-refused"
