from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from featurecat.catalog.connection import Connection
from featurecat.catalog.rows import manifest_rows
from featurecat.records import DEFINITION_TABLES

#: The contract, as the architecture page words it: every view, its columns in order, and the types it names.
CONTRACT = """
features(graph, feature, name, role, public, doc, summary, dtype, unit, entity VARCHAR[], event_timestamp, grain, pii, status, sunset, replaced_by, freshness, tags MAP(VARCHAR, VARCHAR[]), meta JSON)
variants(feature, variant, engine, condition JSON, module, function, file, line, end_line, dtype, source_text, fingerprint, fingerprint_algorithm, signature, body_hash)
edges(parent, child, variant, parameter, optional, kind)
owners(feature, owner, role, origin)
tags(feature, key, value)
modules(module, file, doc, git_commit, size, mtime_ns, content_hash, status)
index_errors(module, code, file, line, message, hint)
columns(feature, ordinal, name, dtype, nullable, origin, doc)
sources(source, kind, uri, schema_hash, freshness)
expectations(check_id, feature, variant, kind, params JSON, severity, origin, file, line, fail_if, warn_if)
configs(config, key, value JSON)
config_keys(key, feature, variant, operator, value JSON)
consumers(consumer, kind, feature, owner)
doc_sections(feature, ordinal, section, name, type, text)
authors(feature, author, lines)
code_parts(place, part, kind, file, line)
fingerprint_covers(feature, variant, places VARCHAR[])
column_reads(feature, variant, parent, column, output, origin, line)
column_edges(parent, parent_column, child, child_column)
raw_columns(feature, source, column, origin, depth)
taints(feature, taint, origin, via)
taint_steps(feature, column, taint, via, via_column, hops INTEGER, variant, file, line, stopped)
consumer_taints(consumer, kind, feature, taint, cleared)
declassifications(feature, taint, method, reason, approved_by, file, line)
similar_definitions(feature, other, method, score)
runs(run_id, attempt, parent_run_id, kind, status, started_at TIMESTAMP, committed_at TIMESTAMP, seconds, engine, executor, git_commit, dirty, config JSON, versions MAP(VARCHAR, VARCHAR), graph_fingerprint, error JSON, manifest)
run_inputs(run_id, name, kind, uri, bytes, schema_hash, content_hash)
artifacts(artifact_id, run_id, path, format, partition JSON, entity VARCHAR[], event_timestamp, rows, bytes, content_hash, schema_hash)
materializations(run_id, feature, variant, artifact_id, column, dtype, engine_dtype, action, code_hash, config_hash, input_hash, seconds, profile JSON)
check_results(run_id, check_id, feature, variant, severity, status, observed JSON, threshold JSON, rows, failing_rows, message, seconds, kind, params JSON, sample JSON, cached_from)
snapshots(snapshot, git_commit, indexed_at TIMESTAMP, content_hash, features)
manifests(file, size, mtime_ns, run_id, status)
catalog_versions(schema_version, builder, built_at TIMESTAMP, manifests, last_committed_at TIMESTAMP, content_hash)
ancestors(ancestor, descendant, depth)
feature_history(feature, since_snapshot, since TIMESTAMP, git_commit, until_snapshot, until TIMESTAMP, change, changes VARCHAR[], previous, role, dtype, unit, entity VARCHAR[], grain, status, owners VARCHAR[], tags MAP(VARCHAR, VARCHAR[]), doc, file, line, fingerprint, source_text)
"""
DERIVED = {"consumer_lineage", "public_features", "current_artifacts", "check_history", "checks", "profiles", "tainted_consumers", "contacts", "fingerprint_parts", "schemas", "implied_expectations", "search_words", "similar_features"}
MACROS = {"column_of", "column_walk_down", "column_walk_up", "columns_upstream", "consumers_downstream", "snapshot_at", "features_at", "timeline", "upstream", "downstream", "path", "impact", "owners_of_downstream", "search", "taint_path", "words_of", "same_stem", "nearly_equal"}
VIEWS = {line.partition("(")[0]: line.partition("(")[2][:-1] for line in CONTRACT.strip().splitlines()}


def contracted_columns(view: str) -> list[tuple[str, str | None]]:
    columns = re.split(r", (?![^(]*\))", VIEWS[view])
    return [(name, kind or None) for name, _, kind in (column.partition(" ") for column in columns)]


@pytest.fixture
def catalog(sample_catalog: Path):
    with Connection.open(sample_catalog) as connection:
        yield connection


@pytest.mark.parametrize("view", sorted(VIEWS))
def test_view_has_the_documented_columns_in_order(catalog: Connection, view: str) -> None:
    found = catalog.rows(f"FROM {view} LIMIT 0")
    assert list(found.columns) == [name for name, _ in contracted_columns(view)]
    for (name, kind), actual in zip(contracted_columns(view), found.types, strict=True):
        assert kind in (None, actual), f"{view}.{name}"


def test_views_and_macros_are_exactly_the_documented_ones(catalog: Connection) -> None:
    views = catalog.rows("SELECT view_name FROM duckdb_views() WHERE database_name = 'catalog' AND NOT internal").rows
    assert {name for (name,) in views} == VIEWS.keys() | DERIVED
    macros = catalog.rows(
        "SELECT DISTINCT function_name FROM duckdb_functions() WHERE database_name = 'catalog' AND NOT internal"
    ).rows
    assert {name for (name,) in macros} == MACROS


@pytest.mark.parametrize("listing", ["duckdb_tables()", "duckdb_views()", "duckdb_columns()"])
def test_everything_has_a_comment(catalog: Connection, listing: str) -> None:
    bare = catalog.rows(f"FROM {listing} WHERE database_name = 'catalog' AND NOT internal AND comment IS NULL")
    assert bare.rows == []


def test_macros_have_comments(catalog: Connection) -> None:
    commented = catalog.rows(
        "SELECT DISTINCT function_name FROM duckdb_functions() WHERE database_name = 'catalog' AND comment IS NOT NULL"
    ).rows
    assert {name for (name,) in commented} == MACROS


def test_there_are_no_constraints_and_no_indexes(catalog: Connection) -> None:
    assert catalog.rows("FROM duckdb_constraints() WHERE database_name = 'catalog'").rows == []
    assert catalog.rows("FROM duckdb_indexes() WHERE database_name = 'catalog'").rows == []


def test_severity_and_status_are_plain_text_and_no_time_has_a_zone(catalog: Connection) -> None:
    kinds = {kind for (kind,) in catalog.rows("SELECT DISTINCT data_type FROM duckdb_columns()"
                                              " WHERE database_name = 'catalog'").rows}  # fmt: skip
    assert not [kind for kind in kinds if "ENUM" in kind or "TIME ZONE" in kind]


def test_records_have_the_columns_of_their_tables(sample_tables, make_manifest) -> None:
    assert [row.table for row in DEFINITION_TABLES] == list(sample_tables)
    for table, rows in sample_tables.items():
        assert rows, table
        assert list(rows[0]) == [name for name, _ in contracted_columns(table)]
    for table, rows in manifest_rows(make_manifest(1), "manifests/x.json").items():
        assert list(rows[0]) == [name for name, _ in contracted_columns(table)]


def test_the_file_is_in_the_widest_format(sample_catalog: Path) -> None:
    with duckdb.connect(sample_catalog, read_only=True) as plain:
        (tags,) = plain.execute("SELECT tags FROM duckdb_databases() WHERE NOT internal").fetchone()
    assert tags["storage_version"].startswith("v1.2.0")


def test_views_answer_where_the_file_is_attached_under_another_name(sample_catalog: Path) -> None:
    with duckdb.connect() as plain:
        plain.execute(f"ATTACH '{sample_catalog}' AS other (READ_ONLY)")
        for view in VIEWS.keys() | DERIVED:
            assert plain.execute(f"FROM other.{view}").fetchall(), view
        plain.execute("USE other")  # which macros need
        assert plain.execute("SELECT feature FROM upstream('avg_3wk_spend')").fetchall() == [("spend",)]


def test_values_survive_unchanged(catalog: Connection) -> None:
    (row,) = catalog.rows("FROM features WHERE feature = 'avg_3wk_spend'").dicts()
    assert row["tags"] == {"team": ["growth", "übrige"], "tier": ["gold"]}
    assert row["meta"] == {"formula": "σ", "limit": "inf"}
    assert row["entity"] == ["week"]
    assert row["doc"] == "Rolling mean.\n\nOver three weeks."
    (module,) = catalog.rows("FROM modules").dicts()
    assert module["mtime_ns"] == 1_700_000_000_123_456_789
    (run,) = catalog.rows("FROM runs WHERE run_id = 'run-004'").dicts()
    assert run["committed_at"] == "2026-03-01T10:04:30.250000Z"
    assert run["versions"] == {"polars": None, "python": "3.11.7"}
    assert run["error"]["code"] == "step-failed"
    assert run["config"] == {"password": "***", "region": "eu"}
