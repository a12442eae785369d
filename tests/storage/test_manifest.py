from __future__ import annotations

import json
import math
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path, PurePosixPath
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from featurecat import records
from featurecat.errors import StoreError
from featurecat.records import Manifest
from featurecat.storage import manifest as manifest_module
from featurecat.storage.layout import Store, list_manifests
from featurecat.storage.manifest import dump_manifest, parse_manifest, quarantine_manifest, read_manifest

RUN = "019b7e7c-6c00-7000-8000-000000000000"
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
FIGURES = st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | FIGURES | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
MAPPINGS = st.dictionaries(WORDS, JSON, max_size=3)
COUNTS = st.none() | st.integers(0, 2**53)
SECONDS = st.none() | st.floats(0, 1e6)
TEXT = st.none() | WORDS
NAMES = st.lists(WORDS, max_size=3).map(tuple)
ARTIFACTS = st.builds(
    records.ArtifactRecord,
    artifact_id=WORDS,
    path=st.from_regex(r"artifacts/[a-z]{1,5}/part-0\.parquet", fullmatch=True),
    rows=st.integers(0, 2**53),
    bytes=st.integers(0, 2**53),
    content_hash=TEXT,
    schema_hash=TEXT,
    partition=MAPPINGS,
    entity=NAMES,
    timestamp=TEXT,
)
FINGERPRINTS = st.builds(records.Fingerprint, code=TEXT, config=TEXT, inputs=TEXT)
FEATURES = st.builds(
    records.FeatureRecord,
    feature=WORDS,
    variant=WORDS,
    action=st.sampled_from(["run", "reuse", "input", "skip"]),
    artifact_id=TEXT,
    column=TEXT,
    dtype=TEXT,
    engine_dtype=TEXT,
    fingerprint=FINGERPRINTS,
    seconds=SECONDS,
    profile=st.none() | MAPPINGS,
)
CHECKS = st.builds(
    records.CheckRecord,
    check_id=WORDS,
    feature=WORDS,
    variant=WORDS,
    kind=WORDS,
    severity=WORDS,
    status=WORDS,
    params=MAPPINGS,
    observed=MAPPINGS,
    threshold=MAPPINGS,
    rows=COUNTS,
    failing_rows=COUNTS,
    message=TEXT,
    seconds=SECONDS,
)
INPUTS = st.builds(
    records.InputRecord,
    name=WORDS,
    kind=WORDS,
    uri=TEXT,
    bytes=COUNTS,
    mtime_ns=COUNTS,
    schema_hash=TEXT,
    content_hash=TEXT,
)
KNOWN = {field.name for field in fields(Manifest)} - {"unknown"}
MANIFESTS = st.builds(
    Manifest,
    run_id=st.just(RUN),
    kind=st.sampled_from(["materialize", "check"]),
    status=st.sampled_from(["published", "checked", "failed", "quarantined"]),
    started_at=WORDS,
    committed_at=WORDS,
    seconds=st.floats(0, 1e6),
    project=st.builds(records.ProjectRecord, name=WORDS, graph=WORDS, git_commit=TEXT, dirty=st.none() | st.booleans()),
    engine=WORDS,
    versions=st.dictionaries(WORDS, TEXT, max_size=3),
    request=st.builds(
        records.RequestRecord, selection=NAMES, features=NAMES, config=MAPPINGS, redacted=NAMES, overrides=NAMES
    ),
    graph_fingerprint=TEXT,
    schema_version=st.just(1),
    attempt=st.integers(1, 9),
    parent_run_id=TEXT,
    executor=WORDS,
    inputs=st.lists(INPUTS, max_size=2).map(tuple),
    artifacts=st.lists(ARTIFACTS, max_size=2).map(tuple),
    features=st.lists(FEATURES, max_size=2).map(tuple),
    checks=st.lists(CHECKS, max_size=2).map(tuple),
    error=st.none()
    | st.builds(
        records.ErrorRecord, code=WORDS, message=WORDS, feature=TEXT, file=TEXT, line=st.none() | st.integers(1, 99)
    ),
    unknown=st.dictionaries(WORDS.filter(lambda name: name not in KNOWN), JSON, max_size=2),
)


@given(MANIFESTS)
def test_round_trip(manifest: Manifest) -> None:
    text = dump_manifest(manifest)
    again = parse_manifest(text, Path(f"{RUN}.json"))
    assert again == manifest
    assert dump_manifest(again) == text


def test_the_written_keys_are_the_records_fields() -> None:
    kinds = {
        "project": records.ProjectRecord,
        "request": records.RequestRecord,
        "inputs": records.InputRecord,
        "artifacts": records.ArtifactRecord,
        "features": records.FeatureRecord,
        "fingerprint": records.Fingerprint,
        "checks": records.CheckRecord,
        "error": records.ErrorRecord,
    }
    assert set(manifest_module._TOP) == KNOWN
    assert {name: set(order) for name, order in manifest_module._ORDERS.items()} == {
        name: {field.name for field in fields(kind)} for name, kind in kinds.items()
    }


def test_the_key_order_is_the_contract(runs: ModuleType) -> None:
    artifact = records.ArtifactRecord("a", "artifacts/x/part-0.parquet", 1, 2, None, None)
    document = json.loads(dump_manifest(runs.manifest(RUN, artifacts=(artifact,))))
    assert list(document)[:8] == [
        "schema_version", "run_id", "attempt", "parent_run_id", "kind", "status", "started_at", "committed_at",
    ]  # fmt: skip
    assert list(document["artifacts"][0])[:4] == ["artifact_id", "path", "format", "partition"]
    assert list(document["features"][0])[-4:] == ["action", "fingerprint", "seconds", "profile"]
    assert document["features"][0]["fingerprint"] == {"algorithm": "v1", "code": None, "config": None, "inputs": None}


class Custom:
    def __repr__(self) -> str:
        return "Custom(password='hunter2')"


@pytest.mark.parametrize(
    ("entry", "written"),
    [
        (math.inf, "Infinity"),
        (-math.inf, "-Infinity"),
        (math.nan, "NaN"),
        (np.float64("nan"), "NaN"),
        (np.float32(0.5), 0.5),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (np.str_("x"), "x"),
        (date(2026, 1, 2), "2026-01-02"),
        (datetime(2026, 1, 2, tzinfo=UTC), "2026-01-02T00:00:00+00:00"),
        (pd.Timestamp("2026-01-02"), "2026-01-02T00:00:00"),
        (Decimal("1.50"), "1.50"),
        (PurePosixPath("a/b"), "a/b"),
        ({1: (2, {3})}, {"1": [2, [3]]}),
        ("\udcff", "\\udcff"),
        (Custom(), f"<{__name__}.Custom>"),
        (10**30, 10**30),
    ],
    ids=repr,
)
def test_what_json_lacks_is_written_readably(entry: Any, written: Any, runs: ModuleType) -> None:
    manifest = runs.manifest(RUN, request=records.RequestRecord(config={"entry": entry}))
    assert parse_manifest(dump_manifest(manifest), Path(f"{RUN}.json")).request.config == {"entry": written}


def _stored(store: Store, text: bytes | str) -> Path:
    path = store.manifest_path(RUN)
    path.parent.mkdir(parents=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def _changed(runs: ModuleType, **changes: Any) -> str:
    return json.dumps({**json.loads(dump_manifest(runs.manifest(RUN))), **changes})


def test_unknown_fields_are_kept_on_top_and_tolerated_below(runs: ModuleType, store: Store) -> None:
    nested = {"name": "flights", "graph": "default", "git_commit": None, "dirty": None, "branch": "main"}
    path = _stored(store, _changed(runs, project=nested, hosts=["h"], unknown={"x": 1}))
    manifest = read_manifest(path)
    assert manifest.unknown == {"hosts": ["h"], "unknown": {"x": 1}}
    assert manifest.project == records.ProjectRecord("flights")
    assert json.loads(dump_manifest(manifest))["hosts"] == ["h"]
    assert dump_manifest(replace(manifest, unknown={"status": "failed"})) == dump_manifest(
        replace(manifest, unknown={})
    )


def test_a_newer_major_is_refused_by_name(runs: ModuleType, store: Store) -> None:
    path = _stored(store, _changed(runs, schema_version=2, status="glorious"))
    with pytest.raises(StoreError, match=rf"{RUN}\.json has schema version 2; this featurecat reads up to version 1"):
        read_manifest(path)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"schema_version": None}, "schema_version is None"),
        ({"schema_version": "1"}, "schema_version is '1'"),
        ({"schema_version": True}, "schema_version is True"),
        ({"seconds": "3"}, "seconds: Input should be a valid number"),
        ({"run_id": "other"}, "run_id is 'other', unlike the file's name"),
        ({"status": "no word"}, "status is 'no word'"),
        ({"kind": 3, "engine": 4}, r"kind: .*; engine: "),
        ({"project": None}, "project: "),
        ({"artifacts": [{"path": "x"}]}, r"artifacts\.0\.artifact_id: Field required"),
    ],
    ids=str,
)
def test_what_contradicts_the_contract_is_unusable(
    changes: dict[str, Any], reason: str, runs: ModuleType, store: Store
) -> None:
    with pytest.raises(StoreError, match=rf"{RUN}\.json cannot be used: .*{reason}") as caught:
        read_manifest(_stored(store, _changed(runs, **changes)))
    assert caught.value.code == "manifest-unusable"


@pytest.mark.parametrize("place", ["/etc/passwd", "../x", "artifacts/../../x", "", "a\0b"])
def test_artifacts_outside_of_the_store_are_refused(place: str, runs: ModuleType, store: Store) -> None:
    artifact = records.ArtifactRecord("a", place, 1, 2, None, None)
    with pytest.raises(StoreError, match="leaves the store"):
        read_manifest(_stored(store, dump_manifest(runs.manifest(RUN, artifacts=(artifact,)))))


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"\xff\xfe", b'{"a": NaN}', b"null", b"{}"])
def test_a_corrupt_manifest_is_quarantined_with_its_reason(text: bytes, runs: ModuleType, store: Store) -> None:
    store.create()
    path = _stored(store, text)
    with pytest.raises(StoreError, match=RUN) as caught:
        read_manifest(path)
    assert caught.value.code == "manifest-unusable"
    problem = quarantine_manifest(store, path, caught.value.problems[0].message)
    moved = store.quarantine_directory(RUN) / "manifest.json"
    assert problem.code == "manifest-unusable" and str(path) in problem.message and str(moved) in problem.message
    assert moved.read_bytes() == text
    assert json.loads(moved.with_name("manifest.reason.json").read_text())["moved_from"] == store.relative(path)
    assert list_manifests(store) == []

    path.write_bytes(text)
    quarantine_manifest(store, path, "again")
    assert moved.with_name("manifest-1.json").exists() and moved.exists()
    assert "meanwhile" in quarantine_manifest(store, path, "once more").message


def test_a_store_that_cannot_be_written_still_lists(store: Store) -> None:
    path = _stored(store, b"{")
    store.quarantine.write_text("a file in the way")
    problem = quarantine_manifest(store, path, "not JSON")
    assert "left out" in problem.message and path.exists()


def test_a_manifest_that_cannot_be_opened_is_not_called_corrupt(store: Store) -> None:
    path = store.manifest_path(RUN)
    with pytest.raises(StoreError, match=RUN) as caught:
        read_manifest(path)
    assert caught.value.code == "source-unreadable"


def test_words_of_a_newer_minor_version_are_kept(runs: ModuleType, store: Store) -> None:
    path = _stored(store, _changed(runs, kind="backfill", status="superseded"))
    assert (read_manifest(path).kind, read_manifest(path).status) == ("backfill", "superseded")
