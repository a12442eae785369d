"""The catalog as files that can be downloaded, and as the script that the explorers read."""

from __future__ import annotations

import dataclasses
import filecmp
import hashlib
import io
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from featurecat.catalog.connection import STORAGE_VERSION, Connection, plain_value
from featurecat_sphinx.feed import atom_feed
from featurecat_sphinx.model import CHECK_STATES, Feature, Snapshot
from featurecat_sphinx.options import SiteOptions
from featurecat_sphinx.version import VERSION

__all__ = [
    "SCHEMA_NAME",
    "catalog_json",
    "catalog_parquet",
    "catalog_script",
    "downloads_kept",
    "withheld",
    "write_downloads",
]

#: Name of the JSON schema of :func:`catalog_json`; it lies in this package, and beside that file.
SCHEMA_NAME = "catalog.schema.json"

_ROLES = {"feature": 0, "frame": 1}
_SOURCE = 2
#: What would end or change a script that it stands in, as JSON also writes it.
_HARMLESS = {"</": "<\\/", "<!--": "\\u003c!--", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_DEPRECATED = ("deprecated", "retired")
_TEXTS = ("feature", "role", "module", "summary", "doc", "dtype", "observed_dtype", "unit", "event_timestamp", "grain",
          "status", "sunset", "replaced_by", "freshness", "check_state", "file", "page")  # fmt: skip
_LISTS = ("entity", "owners", "tags", "taints", "raw_columns", "upstream", "downstream", "consumers", "expectations")
_FLAGS = ("personal_data", "stale", "undocumented")
_MADE = ("owners", "tags", "consumers", "expectations", "file", "line", "page")
_AS_THEY_ARE = tuple(name for name in (*_TEXTS, *_LISTS, *_FLAGS, "as_of_run") if name not in _MADE)
#: Features of a row group.
_MOST_ROWS = 1_000
_NAMES = (
    "data/catalog.js",
    "data/catalog.json",
    f"data/{SCHEMA_NAME}",
    "data/catalog.parquet",
    "data/catalog.duckdb",
    "feed.atom",
)
_STORAGE = "SELECT tags['storage_version'] FROM duckdb_databases() WHERE database_name = 'catalog'"
_NOTE = "downloads.json"
_CHUNK = 1 << 20
_MOST_SUMMARY = 300


def catalog_script(snapshot: Snapshot, options: SiteOptions) -> str:
    """The catalog in columns, as a classic script that sets ``window.FC_CATALOG``: it loads from a folder, too.

    Args:
        snapshot: The catalog.
        options: How it is shown.
    """
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
        "summaries": [_short(one.summary) for one in features] + [one.kind or "" for one in sources],
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


def _short(text: str) -> str:
    return text if len(text) <= _MOST_SUMMARY else f"{text[: _MOST_SUMMARY - 1]}…"


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
    for dangerous, harmless in _HARMLESS.items():
        text = text.replace(dangerous, harmless)
    return _sound(text)


def _sound(text: str) -> str:
    """A text that UTF-8 can hold: halves of surrogate pairs become question marks."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def catalog_json(snapshot: Snapshot, options: SiteOptions) -> str:
    """Everything the site shows as JSON, a line a feature; ``catalog.schema.json`` describes it.

    Private tags are left out, and frequent values where they are not shown. Moments are UTC with ``Z``; numbers that
    JSON has not are the texts ``inf``, ``-inf`` and ``nan``.

    Args:
        snapshot: The catalog.
        options: How it is shown.
    """
    return "".join(_json_lines(snapshot, options))


def _json_lines(snapshot: Snapshot, options: SiteOptions, known: _KnownLines | None = None) -> Iterator[str]:
    """The lines of :func:`catalog_json`, so that it need not be held at once.

    Args:
        snapshot: The catalog.
        options: How it is shown.
        known: What was written before, from which lines are taken that are the same.
    """
    runs = {run.run_id: run for one in snapshot.features.values() for run in one.runs}
    parts: dict[str, Iterable[Any]] = {
        "features": ((known and known.get(one.digest)) or _feature(one, options) for one in snapshot.features.values()),
        "sources": ({**_plain(one), "page": one.address} for one in snapshot.sources.values()),
        "modules": ({**_plain(one), "page": one.address} for one in snapshot.modules.values()),
        "runs": (_plain(run, without=("rows", "variant")) for _, run in sorted(runs.items())),
        "edges": snapshot.edges,
        "changes": snapshot.changes,
        "index_errors": ({"module": module, "message": message} for module, message in snapshot.index_errors),
    }
    head = {"$schema": SCHEMA_NAME, "version": 1, "project": snapshot.project, "as_of": snapshot.as_of}
    yield _sound(_json(head))[:-1]
    for name, values in parts.items():
        yield f',\n"{name}":['
        for number, value in enumerate(values):
            line = value if isinstance(value, str) else _sound(_json(value))
            yield f"{',' if number else ''}\n{line}"
        yield "\n]"
    yield "}\n"


def _feature(one: Feature, options: SiteOptions) -> dict[str, Any]:
    told = _plain(one, without=("digest",))
    told |= {
        "module": one.module,
        "page": one.address,
        "undocumented": one.undocumented,
        "tags": {key: texts for key, texts in one.tags.items() if key not in options.private_tags},
        "owners": [{"contact": contact, "origin": origin} for contact, origin in one.owners],
        "columns": [{"name": name, "dtype": dtype, "doc": doc} for name, dtype, doc in one.columns],
        "runs": [{"run_id": run.run_id, "rows": run.rows, "variant": run.variant} for run in one.runs],
    }
    if not options.profile_values:
        told["profiles"] = [{**_plain(profile), "top": None} for profile in one.profiles]
    return told


def _plain(one: Any, without: Sequence[str] = ()) -> dict[str, Any]:
    """The fields of a value; values in it are made plain by :func:`_json_value`."""
    return {name: getattr(one, name) for name in one.__dataclass_fields__ if name not in without}


def _json(told: Any) -> str:
    """A line of JSON, also of numbers that JSON has not."""
    try:
        return _ENCODER.encode(told)
    except ValueError:
        return _ENCODER.encode(_finite(told))


def _finite(told: Any) -> Any:
    if dataclasses.is_dataclass(told):
        told = _plain(told)
    if isinstance(told, Mapping):
        return {key: _finite(item) for key, item in told.items()}
    if isinstance(told, list | tuple):
        return [_finite(item) for item in told]
    return plain_value(told)


def _json_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return _moment(value)
    if hasattr(value, "__dataclass_fields__"):
        return _plain(value)
    if isinstance(value, Mapping):
        return dict(value)
    return plain_value(value)


@lru_cache(maxsize=4096)
def _moment(moment: datetime) -> Any:
    """As text; those of a run are told again with every feature."""
    return plain_value(moment)


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_json_value)


def catalog_parquet(snapshot: Snapshot, options: SiteOptions) -> bytes:
    """A row a feature, as Parquet: what is said of it, without runs, statistics and source.

    Args:
        snapshot: The catalog.
        options: How it is shown.
    """
    # imported here: it is large, and only a build that writes downloads needs it
    import pyarrow as pa
    import pyarrow.json as pj
    import pyarrow.parquet as pq

    schema = pa.schema(
        [(name, pa.string()) for name in _TEXTS]
        + [(name, pa.list_(pa.string())) for name in _LISTS]
        + [(name, pa.bool_()) for name in _FLAGS]
        + [("line", pa.int64()), ("as_of_run", pa.timestamp("us", "UTC"))]
    )
    parquet = io.BytesIO()
    features = iter(snapshot.features.values())
    with pq.ParquetWriter(parquet, schema, compression="zstd") as writer:
        # by way of JSON: making arrays of Python's values would import pandas
        while lines := "\n".join(_json(_row(one, options)) for one in islice(features, _MOST_ROWS)):
            written = _sound(lines).encode()
            table = pj.read_json(
                io.BytesIO(written),
                read_options=pj.ReadOptions(use_threads=False, block_size=len(written) + 1),
                parse_options=pj.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error"),
            )
            writer.write_table(table.select(schema.names))
    return parquet.getvalue()


def _row(one: Feature, options: SiteOptions) -> dict[str, Any]:
    variant = one.variants[0] if one.variants else None
    return {name: getattr(one, name) for name in _AS_THEY_ARE} | {
        "owners": [name for name, _ in one.owners],
        "tags": _tags(one, options),
        "consumers": [consumer.consumer for consumer in one.consumers],
        "expectations": [check.kind for check in one.checks],
        "file": variant.file if variant else None,
        "line": variant.line if variant else None,
        "page": one.address,
    }


def withheld(options: SiteOptions, catalog: Path) -> str | None:
    """Why the DuckDB file is not offered; None where it is.

    It is the catalog itself, so nothing can be left out of it.

    Args:
        options: How the catalog is shown.
        catalog: Its file.

    Raises:
        CatalogError: When it cannot be read.

    Example:
        >>> withheld(SiteOptions(private_tags=("ticket",)), Path("catalog.duckdb"))
        'it holds private tags'
    """
    if not options.downloads:
        return "nothing is offered"
    if options.private_tags:
        return "it holds private tags"
    if not options.profile_values:
        return "it holds frequent values"
    with Connection.open(catalog) as connection:
        found = str(connection.rows(_STORAGE).rows[0][0])
    if found.rstrip("+") != STORAGE_VERSION:
        return f"its storage is {found}, not {STORAGE_VERSION}, which older clients can open, too"
    return None


def write_downloads(
    snapshot: Snapshot, options: SiteOptions, catalog: Path, *, output: Path, memory: Path | None = None
) -> list[str]:
    """Write what can be downloaded, where it is not there already; what is not offered is removed.

    ``data/catalog.js`` and ``feed.atom`` belong to the pages and are always there.

    Args:
        snapshot: The catalog.
        options: How it is shown.
        catalog: Its file.
        output: Folder of the site.
        memory: Folder in which to note of what the files were made, so that they need not be made again.

    Returns:
        What is there, relative to ``output``. The DuckDB file is missing where :func:`withheld` has a reason.

    Raises:
        CatalogError: When the catalog cannot be read.
    """
    made = _made(snapshot, options, catalog)
    if memory is not None and (kept := _remembered(memory / _NOTE, made, output)) is not None:
        return kept
    offered = options.downloads
    known: _KnownLines | None = None
    parts: dict[str, Iterable[bytes]] = {
        "data/catalog.js": [catalog_script(snapshot, options).encode()],
        "feed.atom": [atom_feed(snapshot, options).encode()],
    }
    if offered:
        known = _known_lines(memory, options, output) if memory is not None else None
        parts["data/catalog.json"] = (line.encode() for line in _json_lines(snapshot, options, known))
        parts[f"data/{SCHEMA_NAME}"] = [Path(__file__).with_name(SCHEMA_NAME).read_bytes()]
        parts["data/catalog.parquet"] = [catalog_parquet(snapshot, options)]
    if withheld(options, catalog) is None:
        parts["data/catalog.duckdb"] = _chunks(catalog)
    for name in _NAMES:
        if name in parts:
            _write(output / name, parts[name])
        else:
            (output / name).unlink(missing_ok=True)
    if known is not None:
        known.close()
    written = [name for name in _NAMES if name in parts]
    if memory is not None:
        noted = {
            "made": made,
            "files": {name: _state(output / name) for name in written},
            "options": _options_digest(options),
            "features": [one.digest for one in snapshot.features.values()],
        }
        _write(memory / _NOTE, [json.dumps(noted, sort_keys=True).encode()])
    return written


def _made(snapshot: Snapshot, options: SiteOptions, catalog: Path) -> str:
    """What all files are made of, as a digest."""
    told = repr((VERSION, options, snapshot.project, snapshot.as_of)).encode("utf-8", "surrogatepass")
    digest = hashlib.sha256(told)
    for chunk in _chunks(catalog):
        digest.update(chunk)
    return digest.hexdigest()


def _remembered(memory: Path, made: str, output: Path) -> list[str] | None:
    """What was written of the same and has not been touched since; None where that cannot be told."""
    try:
        noted = json.loads(memory.read_bytes())
    except (OSError, ValueError):
        return None
    files = noted.get("files") if isinstance(noted, dict) and noted.get("made") == made else None
    if not isinstance(files, dict):
        return None
    if any(_state(output / name) != files.get(name) for name in _NAMES):
        return None
    return [name for name in _NAMES if name in files]


def _options_digest(options: SiteOptions) -> str:
    return hashlib.sha256(repr((VERSION, options)).encode("utf-8", "surrogatepass")).hexdigest()


class _KnownLines:
    """Lines of features in the JSON that the last build wrote, read when they are asked for.

    Args:
        path: The file.
        digests: Of its features, in its order.
    """

    def __init__(self, path: Path, digests: Sequence[str]) -> None:
        self._stream = path.open("rb")
        self._places: dict[str, tuple[int, int]] = {}
        waiting = iter(digests)
        inside, start = False, 0
        for line in self._stream:
            if inside and line.startswith(b"{"):
                self._places[next(waiting, "")] = (start, len(line))
            elif inside:
                break
            inside = inside or line == b'"features":[\n'
            start += len(line)

    def get(self, digest: str) -> str | None:
        """The line of the feature that had this digest."""
        place = self._places.get(digest) if digest else None
        if place is None:
            return None
        self._stream.seek(place[0])
        return self._stream.read(place[1]).decode().rstrip("\n,")

    def close(self) -> None:
        self._stream.close()


def _known_lines(memory: Path, options: SiteOptions, output: Path) -> _KnownLines | None:
    """What the last build wrote of the same options, untouched since; None where that cannot be told."""
    name = "data/catalog.json"
    try:
        noted = json.loads((memory / _NOTE).read_bytes())
        if noted["options"] == _options_digest(options) and noted["files"][name] == _state(output / name):
            return _KnownLines(output / name, noted["features"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return None


def downloads_kept(output: Path, memory: Path) -> bool:
    """Whether what the last build wrote is there untouched.

    Args:
        output: Folder of the site.
        memory: Folder that :func:`write_downloads` noted it in.
    """
    try:
        files = json.loads((memory / _NOTE).read_bytes())["files"]
        return all(_state(output / name) == files.get(name) for name in _NAMES)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _state(path: Path) -> list[int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return [found.st_size, found.st_mtime_ns]


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


def _write(path: Path, parts: Iterable[bytes]) -> None:
    """Write a file as a whole, if it is not there with the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with fresh.open("wb") as stream:
            stream.writelines(parts)
        if not (path.is_file() and filecmp.cmp(fresh, path, shallow=False)):
            fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
