"""The catalog as files that can be downloaded, and as the script that the explorers read."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from featurecat_sphinx.feed import atom_feed
from featurecat_sphinx.model import CHECK_STATES, Feature, Snapshot
from featurecat_sphinx.options import SiteOptions
from featurecat_sphinx.version import VERSION

__all__ = ["catalog_json", "catalog_parquet", "catalog_script", "write_downloads"]

_ROLES = {"feature": 0, "frame": 1}
_SOURCE = 2
_DEPRECATED = ("deprecated", "retired")


def catalog_script(snapshot: Snapshot, options: SiteOptions) -> str:
    """The catalog in columns, as a classic script that sets ``window.FC_CATALOG``: it loads from a folder, too."""
    features = list(snapshot.features.values())
    sources = [one for one in snapshot.sources.values() if one.source not in snapshot.features]
    places = {one.feature: place for place, one in enumerate(features)}
    places |= {one.source: len(features) + place for place, one in enumerate(sources)}
    rest = len(sources)
    modules = _Codes(one.module for one in features)
    types = _Codes(one.dtype or one.observed_dtype or "" for one in features)
    entities = _Codes("+".join(one.entity) for one in features)
    statuses = _Codes(one.status or "active" for one in features)
    owners = _Codes(name for one in features for name, _ in one.owners)
    tags = _Codes(tag for one in features for tag in _tags(one, options))
    told = {
        "version": 1,
        "project": snapshot.project,
        "names": list(places),
        "urls": [one.address for one in features] + [one.address for one in sources],
        "roles": [_ROLES.get(one.role, 0) for one in features] + [_SOURCE] * rest,
        "modules": modules.texts,
        "module": [modules.of(one.module) for one in features] + [-1] * rest,
        "owners": owners.texts,
        "owner": [[owners.of(name) for name, _ in one.owners] for one in features] + [[]] * rest,
        "types": types.texts,
        "type": [types.of(one.dtype or one.observed_dtype or "") for one in features] + [-1] * rest,
        "tags": tags.texts,
        "tag": [[tags.of(tag) for tag in _tags(one, options)] for one in features] + [[]] * rest,
        "entities": entities.texts,
        "entity": [entities.of("+".join(one.entity)) for one in features] + [-1] * rest,
        "statuses": statuses.texts,
        "status": [statuses.of(one.status or "active") for one in features] + [-1] * rest,
        "checkStates": list(CHECK_STATES),
        "check": [CHECK_STATES.index(one.check_state) for one in features] + [-1] * rest,
        "flags": [_flags(one) for one in features] + [0] * rest,
        "summaries": [one.summary for one in features] + [one.kind or "" for one in sources],
        "columns": [" ".join(one.raw_columns) for one in features] + [" ".join(one.columns) for one in sources],
        "units": [one.unit or "" for one in features] + [""] * rest,
        "src": [places[parent] for parent, _ in snapshot.edges],
        "dst": [places[child] for _, child in snapshot.edges],
    }
    return f"window.FC_CATALOG={_script_json(told)};\n"


class _Codes:
    """Texts by number; an empty text has -1."""

    def __init__(self, texts: Any) -> None:
        self.texts = sorted(set(texts) - {""})
        self._numbers = {text: place for place, text in enumerate(self.texts)}

    def of(self, text: str) -> int:
        """The number of a text."""
        return self._numbers.get(text, -1)


def _flags(one: Feature) -> int:
    bits = (
        one.personal_data or "pii" in one.taints,
        one.status in _DEPRECATED,
        one.status == "experimental",
        one.stale,
        one.undocumented,
        not one.owners,
    )
    return sum(1 << place for place, bit in enumerate(bits) if bit)


def _tags(one: Feature, options: SiteOptions) -> list[str]:
    return [f"{key}={text}" for key, texts in one.tags.items() if key not in options.private_tags for text in texts]


def _script_json(told: Any) -> str:
    """JSON that stays JSON inside a script."""
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return (
        text.replace("</", "<\\/")
        .replace("<!--", "\\u003c!--")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029")
    )


def catalog_json(snapshot: Snapshot, options: SiteOptions) -> str:
    """Everything the site shows, as JSON: features, sources, modules, edges and changes."""
    told = {
        "version": 1,
        "project": snapshot.project,
        "as_of": snapshot.as_of,
        "features": [
            {**_plain(one), "tags": _tags(one, options), "module": one.module, "page": one.address}
            for one in snapshot.features.values()
        ],
        "sources": [{**_plain(one), "page": one.address} for one in snapshot.sources.values()],
        "modules": [_plain(one) for one in snapshot.modules.values()],
        "edges": [list(edge) for edge in snapshot.edges],
        "changes": [_plain(one) for one in snapshot.changes],
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"), default=_json_value) + "\n"


def _plain(one: Any) -> dict[str, Any]:
    """The fields of a value; values in it are made plain by :func:`_json_value`."""
    return {name.name: getattr(one, name.name) for name in dataclasses.fields(one)}


def _json_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%S.%fZ}"
    if dataclasses.is_dataclass(value):
        return _plain(value)
    if isinstance(value, Mapping):
        return dict(value)
    return str(value)


def catalog_parquet(snapshot: Snapshot, options: SiteOptions) -> bytes:
    """A row a feature, as Parquet."""
    features = list(snapshot.features.values())
    texts = ("feature", "role", "module", "summary", "doc", "dtype", "observed_dtype", "unit", "event_timestamp", "grain",
             "status", "sunset", "replaced_by", "freshness", "check_state")  # fmt: skip
    lists: dict[str, list[Sequence[str]]] = {
        "entity": [one.entity for one in features],
        "owners": [[name for name, _ in one.owners] for one in features],
        "tags": [_tags(one, options) for one in features],
        "taints": [one.taints for one in features],
        "raw_columns": [one.raw_columns for one in features],
        "upstream": [one.upstream for one in features],
        "downstream": [one.downstream for one in features],
    }
    columns: dict[str, Any] = {
        name: pa.array([_utf8(getattr(one, name)) for one in features], pa.string()) for name in texts
    }
    columns |= {
        name: pa.array([[_utf8(text) for text in row] for row in rows], pa.list_(pa.string()))
        for name, rows in lists.items()
    }
    columns |= {
        name: pa.array([getattr(one, name) for one in features], pa.bool_()) for name in ("personal_data", "stale")
    }
    columns["as_of_run"] = pa.array([one.as_of_run for one in features], pa.timestamp("us", tz="UTC"))
    written = io.BytesIO()
    pq.write_table(pa.table(columns), written, compression="zstd")
    return written.getvalue()


def _utf8(text: str | None) -> str | None:
    return None if text is None else text.encode("utf-8", "replace").decode()


def write_downloads(
    snapshot: Snapshot, options: SiteOptions, catalog: Path, *, output: Path, memory: Path
) -> list[str]:
    """Write what can be downloaded, where it is not there already.

    The DuckDB file is the catalog itself, which every client since 1.4 can open; it is left out where tags are private,
    since it would tell them.

    Args:
        snapshot: The catalog.
        options: How it is shown.
        catalog: Its file.
        output: Folder of the site.
        memory: Folder that remembers of which catalog the files were made, so that they are not made again.

    Returns:
        What is there, relative to ``output``.
    """
    made = hashlib.sha256(
        repr((VERSION, options, snapshot.project, snapshot.as_of, str(output))).encode() + catalog.read_bytes()
    ).hexdigest()
    known = memory / "downloads.json"
    before = _remembered(known)
    if before.get("made") == made and all((output / name).is_file() for name in before["files"]):
        return list(before["files"])
    files: dict[str, bytes | None] = {
        "data/catalog.js": _bytes(catalog_script(snapshot, options)),
        "data/catalog.json": _bytes(catalog_json(snapshot, options)) if options.downloads else None,
        "data/catalog.parquet": catalog_parquet(snapshot, options) if options.downloads else None,
        "data/catalog.duckdb": catalog.read_bytes() if options.downloads and not options.private_tags else None,
        "feed.atom": _bytes(atom_feed(snapshot, options)),
    }
    for name, content in files.items():
        path = output / name
        if content is None:
            path.unlink(missing_ok=True)
        elif not path.is_file() or hashlib.sha256(path.read_bytes()).digest() != hashlib.sha256(content).digest():
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh = path.with_name(f"{path.name}.new")
            fresh.write_bytes(content)
            fresh.replace(path)
    written = [name for name, content in files.items() if content is not None]
    known.write_text(json.dumps({"made": made, "files": written}), encoding="utf-8")
    return written


def _remembered(path: Path) -> dict[str, Any]:
    """What an earlier build wrote; empty where that cannot be told."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and isinstance(found.get("files"), list) else {}


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
