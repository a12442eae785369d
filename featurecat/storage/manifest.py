"""Manifests as files: read with suspicion, written in one fixed order, quarantined when unreadable."""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path, PurePath, PurePosixPath
from typing import Any

import pydantic
import pydantic_core

from featurecat.errors import Problem, StoreError
from featurecat.records import MANIFEST_VERSION, Manifest
from featurecat.storage.layout import ManifestFile, Store, list_manifests

__all__ = [
    "ManifestFile",
    "dump_manifest",
    "list_manifests",
    "parse_manifest",
    "quarantine_manifest",
    "read_manifest",
]

KINDS = frozenset({"materialize", "check"})
STATUSES = frozenset({"published", "checked", "failed", "quarantined"})

_FIELDS = frozenset(field.name for field in fields(Manifest)) - {"unknown"}
_MOST_REASONS = 5

# The order in which each object's keys are written; a test compares them with
# the records' fields.
_TOP = [
    "schema_version",
    "run_id",
    "attempt",
    "parent_run_id",
    "kind",
    "status",
    "started_at",
    "committed_at",
    "seconds",
    "project",
    "engine",
    "executor",
    "versions",
    "request",
    "graph_fingerprint",
    "inputs",
    "artifacts",
    "features",
    "checks",
    "error",
]
_ORDERS = {
    "project": ["name", "graph", "git_commit", "dirty"],
    "request": ["selection", "features", "config", "redacted", "overrides"],
    "inputs": ["name", "kind", "uri", "bytes", "mtime_ns", "schema_hash", "content_hash"],
    "artifacts": [
        "artifact_id",
        "path",
        "format",
        "partition",
        "entity",
        "timestamp",
        "rows",
        "bytes",
        "content_hash",
        "schema_hash",
    ],
    "features": [
        "feature",
        "variant",
        "artifact_id",
        "column",
        "dtype",
        "engine_dtype",
        "action",
        "fingerprint",
        "seconds",
        "profile",
    ],
    "fingerprint": ["algorithm", "code", "config", "inputs"],
    "checks": [
        "check_id",
        "feature",
        "variant",
        "kind",
        "params",
        "severity",
        "status",
        "observed",
        "threshold",
        "rows",
        "failing_rows",
        "message",
        "seconds",
        "sample",
        "cached_from",
    ],
    "error": ["code", "feature", "file", "line", "message"],
}


def dump_manifest(manifest: Manifest) -> bytes:
    """A manifest as the one text that stands for it: fixed key order, UTF-8, one line.

    Values that JSON lacks are written as text: figures that are not finite, moments (ISO 8601), decimals,
    paths; of any other object only its type is named.

    Args:
        manifest: What to write; unknown top-level fields follow the known ones.
    """
    document = {name: _plain(name, getattr(manifest, name)) for name in _TOP}
    for name, entry in manifest.unknown.items():
        document.setdefault(name, _value(entry))
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return f"{text}\n".encode()


def read_manifest(path: Path) -> Manifest:
    """Read one manifest.

    Args:
        path: A file of the store's manifests, named after its run.

    Raises:
        StoreError: The file's content cannot be trusted (code ``manifest-unusable``: quarantine it), was written by
            a newer featurecat (code ``unsupported``), or cannot be read at all (code ``source-unreadable``).
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror}", code="source-unreadable") from error
    return parse_manifest(raw, path)


def parse_manifest(raw: bytes, path: Path) -> Manifest:
    """Validate a manifest's text.

    Args:
        raw: The text.
        path: The file it comes from or goes to, named after its run.

    Raises:
        StoreError: As :func:`read_manifest`.
    """
    try:
        document = pydantic_core.from_json(raw, allow_inf_nan=False)
    except ValueError as error:
        raise _unusable(path, [f"not JSON: {error}"]) from error
    if not isinstance(document, dict):
        raise _unusable(path, ["not a JSON object"])
    _check_version(path, document.get("schema_version"))
    unknown = {name: document.pop(name) for name in list(document) if name not in _FIELDS}
    try:
        manifest = _adapter().validate_json(pydantic_core.to_json(document) if unknown else raw, strict=True)
    except pydantic.ValidationError as error:
        raise _unusable(path, _reasons(error)) from error
    contradictions = _contradictions(path, manifest)
    if contradictions:
        raise _unusable(path, contradictions)
    return replace(manifest, unknown=unknown)


def quarantine_manifest(store: Store, path: Path, reason: str) -> Problem:
    """Move an unusable manifest out of the way, with the reason beside it.

    Args:
        store: The store.
        path: The manifest.
        reason: Why it cannot be used.

    Returns:
        The problem to warn with; it names where the file is now. When the store cannot be written, or another
        process was faster, the file is left alone and the problem says so.
    """
    target = _free_name(store.quarantine_directory(path.stem))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        report = {"reason": reason, "moved_from": store.relative(path)}
        target.with_suffix(".reason.json").write_text(json.dumps(report) + "\n", encoding="utf-8")
        path.rename(target)
    except FileNotFoundError:
        return Problem("manifest-unusable", f"manifest {path} is unusable and was moved away meanwhile: {reason}")
    except OSError as error:
        return Problem(
            "manifest-unusable",
            f"manifest {path} is unusable and left out: {reason}",
            hint=f"it could not be moved to {target}: {error.strerror}",
        )
    return Problem(
        "manifest-unusable",
        f"manifest {path} is unusable and was moved to {target}: {reason}",
        hint="its run is left out; the artifacts of the run are untouched",
    )


@functools.cache
def _adapter() -> pydantic.TypeAdapter[Manifest]:
    return pydantic.TypeAdapter(Manifest)


def _check_version(path: Path, version: object) -> None:
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise _unusable(path, [f"schema_version is {version!r}"])
    if version > MANIFEST_VERSION:
        raise StoreError(
            f"manifest {path} has schema version {version}; this featurecat reads up to version {MANIFEST_VERSION}",
            code="unsupported",
            hint="use the newer featurecat that wrote it",
        )


def _contradictions(path: Path, manifest: Manifest) -> list[str]:
    """What the types cannot say: closed sets of words, the file's name, paths that leave the store."""
    found = []
    # kinds and statuses this version does not know are kept: a newer minor version may have written them
    for field in ("kind", "status"):
        if not getattr(manifest, field).replace("-", "_").isidentifier():
            found.append(f"{field} is {getattr(manifest, field)!r}")
    if manifest.run_id != path.stem:
        found.append(f"run_id is {manifest.run_id!r}, unlike the file's name")
    for artifact in manifest.artifacts:
        place = PurePosixPath(artifact.path)
        if place.is_absolute() or ".." in place.parts or not place.parts or "\0" in artifact.path:
            found.append(f"artifact path {artifact.path!r} leaves the store")
    return found


def _reasons(error: pydantic.ValidationError) -> list[str]:
    return [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors(include_input=False)]


def _unusable(path: Path, reasons: list[str]) -> StoreError:
    shown = "; ".join(reasons[:_MOST_REASONS])
    rest = len(reasons) - _MOST_REASONS
    more = f"; {rest} more" if rest > 0 else ""
    return StoreError(f"manifest {path} cannot be used: {shown}{more}", code="manifest-unusable")


def _free_name(directory: Path) -> Path:
    names = (f"manifest-{number}.json" if number else "manifest.json" for number in range(1_000_000))
    return next(target for name in names if not (target := directory / name).exists())


def _plain(name: str, entry: Any) -> Any:
    """A record, or a tuple of records, in the order of ``name``'s keys; anything else as JSON."""
    order = _ORDERS.get(name)
    if order is None or entry is None:
        return _value(entry)
    if isinstance(entry, tuple):
        return [_ordered(order, record) for record in entry]
    return _ordered(order, entry)


def _ordered(order: list[str], record: Any) -> dict[str, Any]:
    # "inputs" names a list of records at the top and a hash inside a fingerprint
    return {
        name: _plain(name, getattr(record, name)) if name == "fingerprint" else _value(getattr(record, name))
        for name in order
    }


def _number(number: float) -> Any:
    return number if math.isfinite(number) else {math.inf: "Infinity", -math.inf: "-Infinity"}.get(number, "NaN")


def _text(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


_WRITERS: dict[type, Callable[[Any], Any]] = {
    str: _text,
    float: _number,
    bool: bool,
    int: int,
    Mapping: lambda entry: {_text(str(key)): _value(inner) for key, inner in entry.items()},
    list: lambda entry: [_value(inner) for inner in entry],
    tuple: lambda entry: [_value(inner) for inner in entry],
    set: lambda entry: sorted((_value(inner) for inner in entry), key=repr),
    frozenset: lambda entry: sorted((_value(inner) for inner in entry), key=repr),
    date: lambda entry: entry.isoformat(),
    time: lambda entry: entry.isoformat(),
    timedelta: str,
    Decimal: str,
    PurePath: lambda entry: _text(str(entry)),
}


def _value(entry: Any) -> Any:
    """Anything as JSON: the exact type first, then what it derives from, then numpy's scalars."""
    if entry is None:
        return None
    writer = _WRITERS.get(type(entry))
    if writer is not None:
        return writer(entry)
    for kind, writer in _WRITERS.items():
        if isinstance(entry, kind):
            return writer(entry)
    unboxed = entry.item() if type(entry).__module__ == "numpy" and getattr(entry, "ndim", None) == 0 else entry
    if unboxed is not entry:
        return _value(unboxed)
    return f"<{type(entry).__module__}.{type(entry).__qualname__}>"
