"""A small project with every kind of row, and ways to build catalogs from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from featurecat.catalog.build import Built, build_catalog
from featurecat.catalog.canonical import definition_tables
from featurecat.catalog.manifests import IndexedManifest
from featurecat.catalog.snapshot import SnapshotRow
from featurecat.records import (
    ArtifactRecord,
    AuthorRow,
    CheckRecord,
    CodePartRow,
    ColumnReadRow,
    ColumnRow,
    ConfigKeyRow,
    ConfigRow,
    ConsumerRow,
    ConsumerTaintRow,
    CoverageRow,
    DeclassificationRow,
    DefinitionRow,
    DocSectionRow,
    EdgeRow,
    ErrorRecord,
    ExpectationRow,
    FeatureRecord,
    FeatureRow,
    Fingerprint,
    IndexErrorRow,
    InputRecord,
    Manifest,
    ModuleRow,
    OwnerRow,
    ProjectRecord,
    RequestRecord,
    SimilarRow,
    SourceRow,
    TagRow,
    TaintRow,
    TaintStepRow,
    VariantRow,
)


class SteadyClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.moment.timestamp()

    def move(self, **duration: float) -> None:
        self.moment += timedelta(**duration)


def feature_row(feature: str, **changes: Any) -> FeatureRow:
    graph, _, name = feature.rpartition("/")
    columns: dict[str, Any] = {
        "graph": graph or "default",
        "feature": feature,
        "name": name,
        "role": "feature",
        "public": True,
        "doc": None,
        "summary": None,
        "dtype": "double",
        "unit": None,
        "entity": (),
        "event_timestamp": None,
        "grain": None,
        "pii": False,
        "status": None,
        "sunset": None,
        "replaced_by": None,
        "freshness": None,
        "tags": {},
        "meta": {},
    }
    return FeatureRow(**(columns | changes))


def edge_row(parent: str, child: str, **changes: Any) -> EdgeRow:
    columns: dict[str, Any] = {"variant": None, "parameter": parent, "optional": False, "kind": "data"}
    return EdgeRow(parent=parent, child=child, **(columns | changes))


SAMPLE: tuple[DefinitionRow, ...] = (
    feature_row("spend", role="input", dtype=None),
    feature_row("signups", role="input", dtype=None),
    feature_row(
        "avg_3wk_spend",
        doc="Rolling mean.\n\nOver three weeks.",
        summary="Rolling mean.",
        unit="EUR",
        entity=("week",),
        grain="week",
        tags={"team": ("growth", "übrige"), "tier": ("gold",)},
        meta={"formula": "σ", "limit": float("inf")},
    ),
    feature_row("spend_per_signup", doc="Spend by signup: it's a ratio.", summary="Spend by signup."),
    feature_row("spend_per_signup_raw", role="raw", public=False),
    feature_row("report"),
    feature_row("eu/report"),
    feature_row("eu/margin"),
    feature_row("us/margin"),
    VariantRow(
        "avg_3wk_spend", "avg_3wk_spend__pandas", "pandas", [{"key": "region", "operator": "equal", "value": "eu"}],
        "features.spend", "avg_3wk_spend", "features/spend.py", 3, 9, "double", "def avg_3wk_spend(): ...",
        "ab" * 32, "v1",
    ),
    edge_row("spend", "avg_3wk_spend"),
    edge_row("spend", "spend_per_signup_raw"),
    edge_row("signups", "spend_per_signup_raw"),
    edge_row("spend_per_signup_raw", "spend_per_signup"),
    edge_row("avg_3wk_spend", "report"),
    edge_row("spend_per_signup", "report", variant="report__eu", optional=True),
    OwnerRow("avg_3wk_spend", "growth", "owner", "feature"),
    OwnerRow("avg_3wk_spend", "ann", "steward", "feature"),
    OwnerRow("report", "ops", "owner", "tag"),
    TagRow("avg_3wk_spend", "team", "growth"),
    TagRow("avg_3wk_spend", "team", "übrige"),
    TagRow("avg_3wk_spend", "tier", "gold"),
    ModuleRow("features.spend", "features/spend.py", None, "c0ffee", 120, 1_700_000_000_123_456_789, "cd" * 32, "ok"),
    IndexErrorRow("features.broken", "syntax-error", "features/broken.py", 4, "invalid syntax", "mend line 4"),
    ColumnRow("avg_3wk_spend", 0, "value", "double", True, "declared", None),
    SourceRow("spend", "parquet", "data/spend.parquet", None, "P1D"),
    ExpectationRow(
        "0123456789abcdef", "avg_3wk_spend", "avg_3wk_spend__pandas", "range", {"low": 0, "high": 9.5}, "warn",
        "check_output", "features/spend.py", 2, "> 1%",
    ),
    ConfigRow("eu", "region", "eu"),
    ConfigKeyRow("region", "avg_3wk_spend", "avg_3wk_spend__pandas", "equal", "eu"),
    ConsumerRow("churn-model", "model", "report", "ds"),
    ConsumerRow("board", "dashboard", "avg_3wk_spend", None),
    AuthorRow("spend_per_signup", "bob@example.com", 3),
    CodePartRow("features.spend:avg_3wk_spend", "features.spend.avg_3wk_spend", "function", "features/spend.py", 3),
    CoverageRow("avg_3wk_spend", "avg_3wk_spend__pandas", ("features.spend:avg_3wk_spend",)),
    DocSectionRow("avg_3wk_spend", 0, "summary", None, None, "Rolling mean of the spend."),
    ColumnReadRow("avg_3wk_spend", "avg_3wk_spend__pandas", "spend", "amount", None, "subscript", 5),
    ColumnReadRow("report", "any", "avg_3wk_spend", "spend", None, "subscript", 12),
    TaintRow("spend", "pii", "declared", None),
    TaintRow("report", "pii", "inherited", "spend_per_signup"),
    TaintStepRow("spend", "payer", "pii", None, None, 0, None, "pyproject.toml", 7, False),
    TaintStepRow("spend_per_signup", None, "pii", "spend", "payer", 1, "any", "features.py", 5, False),
    TaintStepRow("report", None, "pii", "spend_per_signup", None, 2, "any", "features.py", 9, False),
    DeclassificationRow("report", "pii", "aggregate", "of at least 50 people", "privacy", "features.py", 9),
    ConsumerTaintRow("churn-model", "model", "report", "pii", False),
    SimilarRow("avg_3wk_spend", "report", "tokens", 0.9),
)  # fmt: skip


def profile(number: int) -> dict[str, Any]:
    return {
        "kind": "number", "rows": 5, "nulls": 2, "distinct": 3, "distinct_method": "exact", "min": 0.5, "max": 9.5,
        "mean": 3.0 + number, "std": 4.5, "quantiles": {"0.5": 4.0}, "quantile_rows": 3,
        "histogram": {"low": 0.5, "high": 9.5, "counts": [1, 0, 2]},
    }  # fmt: skip


def manifest(number: int, **changes: Any) -> Manifest:
    """Run ``number``; later numbers commit later and have greater ids."""
    run_id = f"run-{number:03}"
    artifact = ArtifactRecord(
        f"{run_id}-0", f"artifacts/default/week/run={run_id}/part-0.parquet", 5, 321, "aa", "bb", entity=("week",)
    )
    columns: dict[str, Any] = {
        "run_id": run_id,
        "kind": "materialize",
        "status": "published",
        "started_at": f"2026-03-01T10:00:{number % 60:02}.000000Z",
        "committed_at": f"2026-03-01T10:{number % 60:02}:30.250000Z",
        "seconds": 0.1 + number,
        "project": ProjectRecord("talk", git_commit="c0ffee", dirty=False),
        "engine": "pandas",
        "versions": {"python": "3.11.7", "polars": None},
        "request": RequestRecord(("tag:team",), ("avg_3wk_spend",), {"region": "eu", "password": "***"}, ("password",)),
        "graph_fingerprint": "ff",
        "inputs": (InputRecord("spend", "file", "data/spend.parquet", 100, 1, "cc", "dd"),),
        "artifacts": (artifact,),
        "features": (
            FeatureRecord(
                "avg_3wk_spend", "avg_3wk_spend__pandas", "run", artifact.artifact_id, "avg_3wk_spend", "double",
                "float64", Fingerprint("v1", "c", "k", "i"), 0.25, profile(number),
            ),
        ),
        "checks": (
            CheckRecord(
                "0123456789abcdef", "avg_3wk_spend", "avg_3wk_spend__pandas", "range", "warn",
                "pass" if number % 2 else "warn", {"low": 0}, {"min": 0.5}, {"low": 0}, 5, 0, None, 0.01,
            ),
        ),
    }  # fmt: skip
    return Manifest(**(columns | changes))


def failed_manifest(number: int) -> Manifest:
    error = ErrorRecord("step-failed", "division by zero", "report", "features/spend.py", 7)
    return manifest(number, status="failed", artifacts=(), checks=(), error=error)


def indexed(one: Manifest, file: str | None = None) -> IndexedManifest:
    return IndexedManifest(file or f"manifests/2026-03/{one.run_id}.json", 1_000, 1_772_000_000_000_000_001, one)


@pytest.fixture
def clock() -> SteadyClock:
    return SteadyClock()


@pytest.fixture
def sample_tables() -> dict[str, list[dict[str, Any]]]:
    return definition_tables(SAMPLE)


@pytest.fixture
def tables_of() -> Callable[[Iterable[str], Iterable[tuple[str, str]]], dict[str, list[dict[str, Any]]]]:
    """Definition tables of a bare graph, from node names and (parent, child) pairs."""

    def build(names: Iterable[str], edges: Iterable[tuple[str, str]]) -> dict[str, list[dict[str, Any]]]:
        return definition_tables([*map(feature_row, names), *(edge_row(*edge) for edge in edges)])

    return build


@pytest.fixture
def make_manifest() -> Callable[..., Manifest]:
    return manifest


@pytest.fixture
def make_indexed() -> Callable[..., IndexedManifest]:
    return indexed


@pytest.fixture
def build(clock: SteadyClock) -> Callable[..., Built]:
    def run(path: Path, tables: dict[str, list[dict[str, Any]]], manifests: Any = (), **options: Any) -> Built:
        return build_catalog(path, tables, manifests, **({"snapshots": (), "clock": clock} | options))

    return run


#: A state of a feature, as ``history_rows`` gives it.
HISTORY: dict[str, Any] = {
    "feature": "spend", "since_snapshot": "2026-01-02T030405.000006Z-abc.json", "since": "2026-01-02T03:04:05.000006",
    "git_commit": "c0ffee", "until_snapshot": None, "until": None, "change": "added", "changes": ["added"],
    "previous": None, "role": "feature", "dtype": "double", "unit": "EUR", "entity": ["week"], "grain": "week",
    "status": None, "owners": ["ops"], "tags": {"tier": ["gold"]}, "doc": "What was spent.", "file": "features.py",
    "line": 3, "fingerprint": "f0", "source_text": "def spend(payments): ...",
}  # fmt: skip


@pytest.fixture(scope="session")
def sample_catalog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalog of the sample project with one snapshot and four runs, the last one failed. Copy it to change it."""
    path = tmp_path_factory.mktemp("store") / "catalog.duckdb"
    runs = [manifest(1), manifest(2), manifest(3), failed_manifest(4)]
    snapshot = SnapshotRow("2026-01-02T030405.000006Z-abc.json", "c0ffee", "2026-01-02T03:04:05.000006Z", "abc", 9)
    build_catalog(
        path,
        definition_tables(SAMPLE),
        [indexed(one) for one in runs],
        snapshots=[snapshot],
        history=[HISTORY],
        clock=SteadyClock(),
    )
    return path
