"""What a manifest says of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = [
    "MANIFEST_VERSION",
    "ArtifactRecord",
    "CheckRecord",
    "ErrorRecord",
    "FeatureRecord",
    "Fingerprint",
    "InputRecord",
    "Manifest",
    "ProjectRecord",
    "RequestRecord",
]

MANIFEST_VERSION = 1


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a value is made of: its code, the config it saw, its inputs (Merkle hashes, or None)."""

    algorithm: str = "v1"
    code: str | None = None
    config: str | None = None
    inputs: str | None = None


@dataclass(frozen=True, slots=True)
class ProjectRecord:
    """The project at the time of a run."""

    name: str
    graph: str = "default"
    git_commit: str | None = None
    dirty: bool | None = None


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """What was asked for; secrets in ``config`` are ``***`` and their keys stand in ``redacted``."""

    selection: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    config: Mapping[str, Any] = field(default_factory=dict)
    redacted: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InputRecord:
    """Something read: ``kind`` is file, value or frame; sizes in bytes, times in ns since the epoch."""

    name: str
    kind: str
    uri: str | None = None
    bytes: int | None = None
    mtime_ns: int | None = None
    schema_hash: str | None = None
    content_hash: str | None = None


@dataclass(frozen=True, slots=True)
class ArtifactRecord:
    """One published file; ``path`` is relative to the store."""

    artifact_id: str
    path: str
    rows: int
    bytes: int
    content_hash: str | None
    schema_hash: str | None
    format: str = "parquet"
    partition: Mapping[str, Any] = field(default_factory=dict)
    entity: tuple[str, ...] = ()
    timestamp: str | None = None


@dataclass(frozen=True, slots=True)
class FeatureRecord:
    """One feature of a run; ``action`` is run, reuse, input or skip."""

    feature: str
    variant: str
    action: str
    artifact_id: str | None = None
    column: str | None = None
    dtype: str | None = None
    engine_dtype: str | None = None
    fingerprint: Fingerprint = field(default_factory=Fingerprint)
    seconds: float | None = None
    profile: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class CheckRecord:
    """One expectation's verdict: ``status`` is pass, warn, fail, error, skip or no_data.

    ``sample`` holds rows at fault, each its keys and the value under the feature's column; ``cached_from`` is the run
    that a verdict was taken over from, because neither code nor data had changed since.
    """

    check_id: str
    feature: str
    variant: str
    kind: str
    severity: str
    status: str
    params: Mapping[str, Any] = field(default_factory=dict)
    observed: Mapping[str, Any] = field(default_factory=dict)
    threshold: Mapping[str, Any] = field(default_factory=dict)
    rows: int | None = None
    failing_rows: int | None = None
    message: str | None = None
    seconds: float | None = None
    sample: tuple[Mapping[str, Any], ...] = ()
    cached_from: str | None = None


@dataclass(frozen=True, slots=True)
class ErrorRecord:
    """Why a run failed."""

    code: str
    message: str
    feature: str | None = None
    file: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """One run, as its immutable file says. ``status`` is published, checked, failed or quarantined.

    ``unknown`` keeps top-level fields that a newer minor version wrote.
    """

    run_id: str
    kind: str
    status: str
    started_at: str
    committed_at: str
    seconds: float
    project: ProjectRecord
    engine: str
    versions: Mapping[str, str | None]
    request: RequestRecord
    graph_fingerprint: str | None = None
    schema_version: int = MANIFEST_VERSION
    attempt: int = 1
    parent_run_id: str | None = None
    executor: str = "local"
    inputs: tuple[InputRecord, ...] = ()
    artifacts: tuple[ArtifactRecord, ...] = ()
    features: tuple[FeatureRecord, ...] = ()
    checks: tuple[CheckRecord, ...] = ()
    error: ErrorRecord | None = None
    unknown: Mapping[str, Any] = field(default_factory=dict)
