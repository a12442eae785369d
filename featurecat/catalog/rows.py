"""What a manifest says, as rows of the run tables."""

from __future__ import annotations

from typing import Any

from featurecat.catalog.canonical import naive_timestamp
from featurecat.records import ArtifactRecord, CheckRecord, ErrorRecord, FeatureRecord, InputRecord, Manifest

__all__ = ["RUN_TABLES", "manifest_rows"]

#: The tables a manifest feeds, the last one with a hash over its rows in the others, each with the columns its rows are kept in order of.
RUN_TABLES: dict[str, tuple[str, ...]] = {
    "runs": ("run_id",),
    "run_inputs": ("run_id", "name", "kind", "uri", "content_hash"),
    "artifacts": ("run_id", "artifact_id", "path"),
    "materializations": ("run_id", "feature", "variant", "artifact_id", "column", "action"),
    "check_results": ("run_id", "feature", "variant", "check_id", "status", "message"),
    "run_hashes": ("run_id",),
}


def manifest_rows(manifest: Manifest, file: str) -> dict[str, list[dict[str, Any]]]:
    """The rows of one manifest by table.

    Args:
        manifest: As read.
        file: Where it was read, relative to the store.
    """
    run_id = manifest.run_id
    return {
        "runs": [_run(manifest, file)],
        "run_inputs": [_input(run_id, record) for record in manifest.inputs],
        "artifacts": [_artifact(run_id, record) for record in manifest.artifacts],
        "materializations": [_materialization(run_id, record) for record in manifest.features],
        "check_results": [_check(run_id, record) for record in manifest.checks],
    }


def _run(manifest: Manifest, file: str) -> dict[str, Any]:
    return {
        "run_id": manifest.run_id,
        "attempt": manifest.attempt,
        "parent_run_id": manifest.parent_run_id,
        "kind": manifest.kind,
        "status": manifest.status,
        "started_at": naive_timestamp(manifest.started_at),
        "committed_at": naive_timestamp(manifest.committed_at),
        "seconds": manifest.seconds,
        "engine": manifest.engine,
        "executor": manifest.executor,
        "git_commit": manifest.project.git_commit,
        "dirty": manifest.project.dirty,
        "config": manifest.request.config,
        "versions": manifest.versions,
        "graph_fingerprint": manifest.graph_fingerprint,
        "error": None if manifest.error is None else _error(manifest.error),
        "manifest": file,
    }


def _error(error: ErrorRecord) -> dict[str, Any]:
    return {
        "code": error.code,
        "feature": error.feature,
        "file": error.file,
        "line": error.line,
        "message": error.message,
    }


def _input(run_id: str, record: InputRecord) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "name": record.name,
        "kind": record.kind,
        "uri": record.uri,
        "bytes": record.bytes,
        "schema_hash": record.schema_hash,
        "content_hash": record.content_hash,
    }


def _artifact(run_id: str, record: ArtifactRecord) -> dict[str, Any]:
    return {
        "artifact_id": record.artifact_id,
        "run_id": run_id,
        "path": record.path,
        "format": record.format,
        "partition": record.partition,
        "entity": record.entity,
        "event_timestamp": record.timestamp,
        "rows": record.rows,
        "bytes": record.bytes,
        "content_hash": record.content_hash,
        "schema_hash": record.schema_hash,
    }


def _materialization(run_id: str, record: FeatureRecord) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "feature": record.feature,
        "variant": record.variant,
        "artifact_id": record.artifact_id,
        "column": record.column,
        "dtype": record.dtype,
        "engine_dtype": record.engine_dtype,
        "action": record.action,
        "code_hash": record.fingerprint.code,
        "config_hash": record.fingerprint.config,
        "input_hash": record.fingerprint.inputs,
        "seconds": record.seconds,
        "profile": record.profile,
    }


def _check(run_id: str, record: CheckRecord) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "check_id": record.check_id,
        "feature": record.feature,
        "variant": record.variant,
        "severity": record.severity,
        "status": record.status,
        "observed": record.observed,
        "threshold": record.threshold,
        "rows": record.rows,
        "failing_rows": record.failing_rows,
        "message": record.message,
        "seconds": record.seconds,
        "kind": record.kind,
        "params": record.params or None,
        "sample": record.sample or None,
        "cached_from": record.cached_from,
    }
