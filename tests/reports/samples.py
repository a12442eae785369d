"""Reports to write down: one of every outcome, one of a linter, and any that Hypothesis thinks of."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

from featurecat.errors import Problem
from featurecat.records import CheckRecord, GateReport, GateResult
from featurecat.reports.counting import OUTCOMES

__all__ = ["HOSTILE", "lint_report", "reports", "rich_report"]

RUN_ID = "01939c3a-0000-7000-8000-00000000c0de"
STARTED = "2026-11-23T18:00:00.000000Z"

#: Texts that some format would act on.
HOSTILE = {
    "markup": "<b onclick='x'>&amp;</b> ]]> <!-- --> </failure>",
    "markdown": "| a | `b` **c** [d](e) ![f](g) ~h~ \\ _i_ $j$ <details>",
    "commands": "::error file=a.py,line=1::not mine\n::set-output name=a::b\r\n%0A%25",
    "control": "\x00\x07\x1b[31mred\x1b[0m\x7f\x85 \ufffe \u202egnp.exe",
    "surrogate": "half \ud800 a pair",
    "calling": "@everyone #12 !7 &3 $x^2$ https://example.com :tada:",
    "unicode": "naïve Größe 数値 🚲 e\u0301",
    "placeholders": "[0, 1](2) and {0} or {{1}} in {'a'}",
    "lines": "first\nsecond\r\nthird\tlast",
}


def check(feature: str, kind: str, status: str, severity: str = "error", **fields: Any) -> CheckRecord:
    number = f"{sum(map(ord, feature + kind + str(fields.get('params', '')))):016x}"
    return CheckRecord(number, feature, fields.pop("variant", "any"), kind, severity, status, **fields)


def rich_report(run_id: str = RUN_ID, started_at: str = STARTED, seconds: float = 1.25) -> GateReport:
    """Every outcome, several severities, masked rows, results without a place, problems and notes."""
    spend = {"file": "features/spend.py", "line": 12, "owner": "growth@example.com"}
    results = (
        GateResult(
            check(
                "spend", "range", "fail", "fatal", variant="pandas",
                params={"low": 0, "high": None}, observed={"min": -3.5, "max": float("inf")},
                threshold={"fail_if": "> 0"}, rows=1_200, failing_rows=3, seconds=0.002,
                message="3 of 1,200 values outside [0, …]",
                sample=(
                    {"day": "2026-01-02", "region": "north|east", "spend": -3.5},
                    {"day": "2026-01-03", "region": None, "spend": -1.0},
                    {"day": date(2026, 1, 4), "region": "null", "spend": float("inf")},
                ),
            ),
            "failed", query="SELECT day, spend FROM 'artifacts/day/run=1/part-0.parquet' WHERE spend < 0", **spend,
        ),
        GateResult(
            check("spend", "range", "pass", "warn", variant="pandas", params={"low": -10}, rows=1_200, failing_rows=0),
            "passed", **spend,
        ),
        GateResult(
            check(
                "email", "matches", "fail", params={"pattern": "***"}, rows=1_200, failing_rows=1,
                message="1 of 1,200 values do not match", sample=({"customer": 7, "email": "***"},),
            ),
            "failed", file="features/people.py", line=3,
            note="the waiver expired on 2026-10-01",
        ),
        GateResult(
            check("signups", "distribution", "error", "warn", message="no run to compare with, and `reference` is empty"),
            "unevaluated", file="features/spend.py", line=20, owner="growth@example.com, data@example.com",
        ),
        GateResult(
            check("signups", "row_count", "warn", "warn", rows=0, message="0 rows; at least 1 expected"),
            "warned", file="features/spend.py", line=20,
        ),
        GateResult(check("signups", "unique", "fail", "info", rows=9, failing_rows=2), "noted", file="features/spend.py"),
        GateResult(
            check("delay", "not_null", "fail", rows=50, failing_rows=4, message="4 of 50 values are missing"),
            "waived", file="features/flights.py", line=8, note="until 2026-12-31: known sensor fault",
        ),
        GateResult(
            check("delay", "values_in", "fail", rows=50, failing_rows=2, message="2 of 50 values are not allowed"),
            "known", file="features/flights.py", line=8, note="the baseline allows 2 rows until 2026-12-31",
        ),
        GateResult(
            check("delay_mean", "range", "skip", message="upstream feature spend is blocked"), "skipped",
        ),
        GateResult(
            check("carrier", "not_null", "pass", rows=50, failing_rows=0, seconds=0.5, cached_from="01939c3a-0000-7000-8000-00000000abcd"),
            "passed", file="features/flights.py", line=30,
        ),
    )  # fmt: skip
    return GateReport(
        "check",
        "demo",
        results,
        4,
        run_id=run_id,
        started_at=started_at,
        seconds=seconds,
        git_commit="0123456789abcdef0123456789abcdef01234567",
        selected=("carrier", "delay", "delay_mean", "email", "signups", "spend", "weather"),
        unchecked=("weather",),
        problems=(
            Problem(
                "manifest-unusable",
                "the manifest cannot be read",
                ".featurecat/manifests/2026-11/1.json",
                hint="delete it",
                details=("it ends after 12 bytes",),
            ),
        ),
        notes=("1 entry of the baseline can be tightened: featurecat check --ratchet",),
    )


def lint_report() -> GateReport:
    """What a linter finds: no rows, no values, no run."""
    results = (
        GateResult(
            check("spend", "docstring", "warn", "warn", message="has no docstring"),
            "warned", file="features/spend.py", line=12,
        ),
        GateResult(
            check("signups", "sunset", "fail", message="was to be gone by 2026-06-30", variant="any[region='US']"),
            "failed", file="features/spend.py", line=20, owner="growth@example.com",
        ),
        GateResult(
            check("signups", "unchecked", "warn", "info", message="has no expectations"), "noted",
            file="features/spend.py", line=20, owner="growth@example.com",
        ),
    )  # fmt: skip
    return GateReport("lint", "demo", results, 1, selected=("signups", "spend"), notes=("13 rules were applied",))


texts = st.text(st.characters(codec=None), max_size=12) | st.sampled_from(sorted(HOSTILE.values()))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts | st.dates() | st.binary(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)
counts = st.none() | st.integers(0, 2**70)
checks = st.builds(
    CheckRecord,
    check_id=st.text("0123456789abcdef", min_size=1, max_size=16),
    feature=texts,
    variant=texts,
    kind=texts,
    severity=st.sampled_from(["info", "warn", "error", "fatal"]),
    status=st.sampled_from(["pass", "warn", "fail", "error", "skip", "no_data"]),
    params=st.dictionaries(texts, values, max_size=2),
    observed=st.dictionaries(texts, values, max_size=2),
    threshold=st.dictionaries(texts, values, max_size=2),
    rows=counts,
    failing_rows=counts,
    message=st.none() | texts,
    seconds=st.none() | st.floats(0, 1e6),
    sample=st.lists(st.dictionaries(texts, values, max_size=3), max_size=3).map(tuple),
    cached_from=st.none() | texts,
)
results = st.builds(
    GateResult,
    check=checks,
    outcome=st.sampled_from(OUTCOMES),
    file=st.none() | texts,
    line=st.none() | st.integers(1, 10**6),
    owner=st.none() | texts,
    note=st.none() | texts,
    query=st.none() | texts,
)
problems = st.builds(
    Problem,
    code=st.sampled_from(["manifest-unusable", "source-unreadable"]),
    message=texts,
    file=st.none() | texts,
    line=st.none() | st.integers(1, 10**6),
    hint=st.none() | texts,
    feature=st.none() | texts,
    details=st.lists(texts, max_size=2).map(tuple),
)
#: Any report, however odd its texts and values.
reports = st.builds(
    GateReport,
    tool=st.sampled_from(["check", "lint"]),
    project=texts,
    results=st.lists(results, max_size=4).map(tuple),
    exit_code=st.sampled_from([0, 1, 2, 3, 4, 5]),
    run_id=st.none() | texts,
    started_at=st.none() | st.just(STARTED),
    seconds=st.none() | st.floats(0, 1e6),
    git_commit=st.none() | texts,
    selected=st.lists(texts, max_size=3).map(tuple),
    unchecked=st.lists(texts, max_size=3).map(tuple),
    problems=st.lists(problems, max_size=2).map(tuple),
    notes=st.lists(texts, max_size=2).map(tuple),
)
