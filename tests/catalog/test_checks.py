"""Verdicts and profiles over time, as the catalog's views tell them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from featurecat.catalog.catalog import Catalog
from featurecat.catalog.connection import Connection
from featurecat.records import CheckRecord, FeatureRecord, Manifest

CHECK = CheckRecord("0123456789abcdef", "avg_3wk_spend", "avg_3wk_spend__pandas", "range", "error", "pass", {"low": 0})
HISTORY = "SELECT * FROM check_history WHERE feature = 'avg_3wk_spend' ORDER BY run_id"


class Told(NamedTuple):
    """A verdict of a run, and what it should be in the history."""

    status: str
    cached_from: str | None = None
    rows: int | None = 10
    failing_rows: int | None = None


@pytest.fixture
def history_of(tmp_path: Path, sample_tables, build, make_manifest, make_indexed):
    """The history of one expectation that had these verdicts, one a run from run-001 on."""

    def query(told: list[Told], statement: str = HISTORY) -> list[dict[str, Any]]:
        runs = [make_manifest(number, checks=(checked(one),)) for number, one in enumerate(told, 1)]
        path = tmp_path / "catalog.duckdb"
        build(path, sample_tables, [make_indexed(run) for run in runs])
        with Connection.open(path) as catalog:
            return catalog.rows(statement).dicts()

    return query


def checked(told: Told) -> CheckRecord:
    return replace(CHECK, **told._asdict())


def test_flips_streaks_and_trends(history_of) -> None:
    rows = history_of(
        [
            Told("pass", failing_rows=0),
            Told("fail", failing_rows=1),
            Told("error", rows=None),
            Told("skip", rows=None),
            Told("fail", failing_rows=4),
            Told("pass", failing_rows=0),
            Told("pass", cached_from="run-006", failing_rows=0),
        ]
    )
    columns = (
        "run_number",
        "previous_status",
        "evaluated",
        "flipped",
        "flips",
        "failing_since",
        "share",
        "share_change",
    )
    assert [tuple(row[column] for column in columns) for row in rows] == [
        (1, None, True, False, 0, None, 0.0, None),
        (2, "pass", True, True, 1, "run-002", 0.1, 0.1),
        (3, "fail", True, False, 1, "run-002", None, None),
        (4, "error", False, False, 1, "run-002", None, None),
        (5, "error", True, False, 1, "run-002", 0.4, pytest.approx(0.3)),
        (6, "fail", True, True, 2, None, 0.0, -0.4),
        (7, "pass", False, False, 2, None, 0.0, 0.0),
    ]
    assert {(row["kind"], str(row["params"]), row["run_kind"]) for row in rows} == {
        ("range", "{'low': 0}", "materialize")
    }


def test_a_verdict_that_is_taken_over_tells_where_from(history_of) -> None:
    rows = history_of([Told("pass"), Told("fail", cached_from="run-gone"), Told("fail", cached_from="run-gone")])
    assert [(row["flipped"], row["failing_since"], row["cached_from"]) for row in rows] == [
        (False, None, None),
        (False, "run-gone", "run-gone"),
        (False, "run-gone", "run-gone"),
    ]


verdicts = st.builds(
    Told,
    st.sampled_from(["pass", "warn", "fail", "error", "skip", "no_data"]),
    st.sampled_from([None, None, None, "run-gone"]),
    st.sampled_from([None, 0, 4]),
    st.sampled_from([None, 0, 1, 3]),
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=st.lists(verdicts, min_size=1, max_size=8))
def test_histories_are_what_following_them_gives(history_of, told: list[Told]) -> None:
    previous: Told | None = None
    flips, since = 0, None
    expected = []
    for number, one in enumerate(told, 1):
        evaluated = one.status != "skip" and one.cached_from is None
        flipped = evaluated and previous is not None and (one.status == "pass") != (previous.status == "pass")
        if flipped or (evaluated and previous is None):
            since = None if one.status == "pass" else f"run-{number:03}"
        shown = since
        if one.cached_from and one.status != "skip":
            shown = None if one.status == "pass" else since or one.cached_from
        flips += flipped
        expected.append((previous and previous.status, flipped, flips, shown))
        previous = one if evaluated else previous
    rows = history_of(told)
    assert [(row["previous_status"], row["flipped"], row["flips"], row["failing_since"]) for row in rows] == expected


def test_samples_are_kept_as_json(tmp_path, sample_tables, build, make_manifest, make_indexed) -> None:
    at_fault = replace(CHECK, status="fail", sample=({"week": 3, "avg_3wk_spend": "***"},))
    build(
        tmp_path / "c.duckdb",
        sample_tables,
        [make_indexed(make_manifest(1, checks=(CHECK, replace(at_fault, check_id="b"))))],
    )
    with Catalog.open(tmp_path / "c.duckdb") as catalog:
        samples = {row["check_id"]: row["sample"] for row in catalog.table("check_results")}
    assert samples == {CHECK.check_id: None, "b": [{"week": 3, "avg_3wk_spend": "***"}]}


def test_checks_have_the_latest_verdict_of_each(tmp_path, sample_tables, build, make_manifest, make_indexed) -> None:
    gone = replace(CHECK, check_id="gone", kind="unique", params={})
    sample_tables["expectations"].append({**sample_tables["expectations"][0], "check_id": "new", "kind": "not_null"})
    runs = [
        make_manifest(1, checks=(CHECK, gone)),
        make_manifest(
            2, checks=(replace(CHECK, status="fail", rows=4, failing_rows=1),), kind="check", status="checked"
        ),
    ]
    build(tmp_path / "c.duckdb", sample_tables, [make_indexed(run) for run in runs])
    with Catalog.open(tmp_path / "c.duckdb") as catalog:
        rows = {row["check_id"]: row for row in catalog.table("checks")}
    assert {check: (row["status"], row["run_id"], row["declared"]) for check, row in rows.items()} == {
        CHECK.check_id: ("fail", "run-002", True),
        "gone": ("pass", "run-001", False),
        "new": (None, None, True),
    }
    latest = rows[CHECK.check_id]
    places = ("owner", "file", "line", "severity", "fail_if", "share", "run_kind", "kind")
    assert [latest[name] for name in places] == [
        "ann, growth",
        "features/spend.py",
        2,
        "warn",
        "> 1%",
        0.25,
        "check",
        "range",
    ]
    assert (rows["gone"]["kind"], rows["gone"]["line"]) == ("unique", None)


# --- profiles -------------------------------------------------------------------------------------

PROFILES: dict[str, tuple[dict[str, Any] | None, tuple[Any, ...]]] = {
    "number": (
        {"kind": "number", "rows": 4, "nulls": 1, "distinct": 3, "min": 18446744073709551615, "mean": 2.5, "std": None},
        ("number", 4, 1, 0.25, 3, 1.8446744073709552e19, 2.5, None),
    ),
    "day": (
        {"kind": "moment", "rows": 4, "nulls": 0, "min": "2026-01-02", "mean": "2026-01-02", "std": 86400.0},
        ("moment", 4, 0, 0.0, None, None, None, "2026-01-02T00:00:00.000000Z"),
    ),
    "zoned": (
        {"kind": "moment", "rows": 4, "nulls": 0, "min": "2026-01-02T03:04:05.5Z"},
        ("moment", 4, 0, 0.0, None, None, None, "2026-01-02T03:04:05.500000Z"),
    ),
    "text": ({"kind": "text", "rows": 0, "nulls": 0, "min": "7"}, ("text", 0, 0, None, None, None, None, None)),
    "odd": ({"rows": "many", "nulls": [1], "kind": {}}, ("{}", None, None, None, None, None, None, None)),
    "none": (None, ()),
}


def test_profiles_have_typed_columns(tmp_path, sample_tables, build, make_manifest, make_indexed) -> None:
    features = tuple(
        FeatureRecord(name, name, "run", column=name, profile=given) for name, (given, _) in PROFILES.items()
    )
    build(tmp_path / "c.duckdb", sample_tables, [make_indexed(make_manifest(1, features=features))])
    with Catalog.open(tmp_path / "c.duckdb") as catalog:
        rows = {row["feature"]: row for row in catalog.table("profiles")}
    names = ("kind", "rows", "nulls", "null_share", "distinct_values", "min", "mean", "earliest")
    found = {name: tuple(row[column] for column in names) for name, row in rows.items()}
    assert found == {name: expected for name, (given, expected) in PROFILES.items() if given is not None}


def test_show_has_profiles_and_histories(sample_catalog: Path) -> None:
    with Catalog.open(sample_catalog) as catalog:
        shown = catalog.show("avg_3wk_spend")
    assert [row["run_id"] for row in shown["profiles"]] == ["run-004", "run-003", "run-002", "run-001"]
    assert shown["profiles"][0]["histogram"] == {"low": 0.5, "high": 9.5, "counts": [1, 0, 2]}
    (expectation,) = shown["expectations"]
    assert [(row["run_id"], row["status"], row["flipped"]) for row in expectation["history"]] == [
        ("run-001", "pass", False),
        ("run-002", "warn", True),
        ("run-003", "pass", True),
    ]
    assert (expectation["flips"], expectation["failing_since"], expectation["fail_if"]) == (2, None, "> 1%")


def test_show_keeps_the_last_twenty_verdicts(tmp_path, sample_tables, build, make_manifest, make_indexed) -> None:
    runs: list[Manifest] = [make_manifest(number) for number in range(1, 26)]
    build(tmp_path / "c.duckdb", sample_tables, [make_indexed(run) for run in runs])
    with Catalog.open(tmp_path / "c.duckdb") as catalog:
        shown = catalog.show("avg_3wk_spend")
    kept = [run.run_id for run in runs[5:]]
    assert [row["run_id"] for row in shown["expectations"][0]["history"]] == kept
    assert [row["run_id"] for row in shown["profiles"]] == kept[::-1]


def test_a_run_before_those_that_are_held_falls_into_its_place(
    tmp_path, sample_tables, build, make_manifest, make_indexed
) -> None:
    path, again = tmp_path / "c.duckdb", tmp_path / "again.duckdb"
    later = make_indexed(make_manifest(2))
    build(path, sample_tables, [later])
    earlier = make_indexed(make_manifest(1))
    held = replace(later, manifest=None)
    assert (
        build(path, sample_tables, [earlier, held], previous=path).content_hash
        == build(again, sample_tables, [earlier, later]).content_hash
    )
    with Connection.open(path) as catalog:
        assert [row[0] for row in catalog.rows("SELECT run_id FROM check_results").rows] == ["run-001", "run-002"]


def test_snapshots_of_before_there_were_limits_can_be_read(tmp_path, sample_tables, build) -> None:
    for row in sample_tables["expectations"]:
        del row["fail_if"], row["warn_if"]
    build(tmp_path / "c.duckdb", sample_tables)
    with Catalog.open(tmp_path / "c.duckdb") as catalog:
        (row,) = catalog.table("expectations")
    assert (row["kind"], row["fail_if"], row["warn_if"]) == ("range", None, None)
