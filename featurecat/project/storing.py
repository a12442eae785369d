"""What was found in the modules, into the store: snapshot, catalog, stamp. Imports no user code."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, Final

from featurecat.catalog.canonical import EncodedTables, canonical_json
from featurecat.catalog.snapshot import Kept, keep_snapshot
from featurecat.clock import Clock
from featurecat.errors import Problem
from featurecat.project.discover import Project
from featurecat.project.git import git_state
from featurecat.project.refresh import refresh_catalog
from featurecat.project.stamp import drop_stamp, note_catalog, stamped, write_stamp
from featurecat.storage.durable import unwritable
from featurecat.storage.layout import Store, list_manifests
from featurecat.storage.sweep import sweep_staging

__all__ = ["Findings", "IndexReport", "read_findings", "store_findings", "unchanged", "write_findings"]

#: Tables whose rows make a feature another one.
_STATES = ("variants", "owners", "expectations")


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What indexing found: how many public nodes, how many of them frames; their catalog keys; problems."""

    features: int
    frames: int
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found in the modules.

    Attributes:
        encoded: The definition tables.
        features: Number of public nodes.
        frames: How many of them are frames.
        problems: Everything that is wrong, files as the user would type them.
        files: The project's own files that all this comes from.
        began_ns: The time before the first module was imported, as nanoseconds since 1970; None when modules of the
            project were there already.
    """

    encoded: EncodedTables
    features: int
    frames: int
    problems: tuple[Problem, ...]
    files: tuple[Path, ...]
    began_ns: int | None


def write_findings(findings: Findings, stream: IO[bytes]) -> None:
    """Write findings for :func:`read_findings`: a line about them, then each row as a line of JSON."""
    encoded = findings.encoded
    head = {
        "content_hash": encoded.content_hash,
        "rows": {table: len(texts) for table, texts in encoded.texts.items()},
        "nodes": encoded.features,
        "features": findings.features,
        "frames": findings.frames,
        "problems": [asdict(problem) for problem in findings.problems],
        "files": list(map(str, findings.files)),
        "began_ns": findings.began_ns,
    }
    lines = [json.dumps(head), *(text for texts in encoded.texts.values() for text in texts)]
    stream.write("\n".join(lines).encode("utf-8", "replace"))
    stream.flush()


def read_findings(stream: IO[bytes]) -> Findings:
    """Read what :func:`write_findings` wrote.

    Raises:
        ValueError: When it is not complete.
    """
    first, *lines = stream.read().decode("utf-8").split("\n")
    head = json.loads(first)
    texts: dict[str, Sequence[str]] = {}
    begin = 0
    for table, count in head["rows"].items():
        texts[table] = lines[begin : begin + count]
        begin += count
    if begin != len(lines):
        raise ValueError(f"{len(lines)} rows instead of {begin}")
    return Findings(
        EncodedTables(texts, head["content_hash"], head["nodes"]),
        head["features"],
        head["frames"],
        tuple(problem_of(one) for one in head["problems"]),
        tuple(map(Path, head["files"])),
        head["began_ns"],
    )


def problem_of(values: Mapping[str, Any]) -> Problem:
    """A problem that was written as JSON."""
    return Problem(**{**values, "details": tuple(values["details"])})


#: Problems of files beside the definitions: told, but no definition is wrong.
_BESIDE: Final = frozenset({"invalid-codeowners"})


def store_findings(project: Project, findings: Findings, clock: Clock) -> IndexReport:
    """Keep a snapshot if anything changed, rebuild the catalog, and stamp the files.

    Raises:
        StoreError: When the store cannot be written.
        CatalogError: When the catalog cannot be written.
    """
    store = project.store
    store.create()
    sweep_staging(store)
    commit = git_state(project.root).commit
    kept = keep_snapshot(store.snapshots, findings.encoded, clock=clock, git_commit=commit)
    refreshed = refresh_catalog(store, clock, newest=findings.encoded)
    with unwritable(store.cache, "the definitions are indexed"):
        if findings.problems:  # they have to be told again
            drop_stamp(project)
        else:
            told = {"features": findings.features, "frames": findings.frames, "state": _catalog_state(store)}
            write_stamp(project, findings.files, began_ns=findings.began_ns, catalog=told)
    added, changed, removed = _difference(kept, findings) if kept.path is not None else ((), (), ())
    return IndexReport(
        features=findings.features,
        frames=findings.frames,
        added=added,
        changed=changed,
        removed=removed,
        problems=tuple(one for one in findings.problems if one.code not in _BESIDE),
        warnings=tuple(
            dict.fromkeys(
                [*(one for one in findings.problems if one.code in _BESIDE), *kept.problems, *refreshed.warnings]
            )
        ),
    )


def unchanged(project: Project, clock: Clock) -> IndexReport | None:
    """The report of an index that would find what the catalog holds; None where that cannot be told.

    A catalog that another process has built meanwhile, or that somebody touched, is built again, and so is one that
    other manifests lie beside than those it was built from.

    Raises:
        CatalogError: When the catalog cannot be written.
    """
    told = stamped(project)
    if told is None:
        return None
    warnings: tuple[Problem, ...] = ()
    if told["state"] != _catalog_state(project.store):
        warnings = refresh_catalog(project.store, clock).warnings
        with contextlib.suppress(OSError):  # then it is built again next time
            note_catalog(project, {**told, "state": _catalog_state(project.store)})
    return IndexReport(told["features"], told["frames"], (), (), (), (), warnings)


def _catalog_state(store: Store) -> list[Any] | None:
    """What tells the catalog's file, and what it was built from, from others; None where there is no catalog."""
    try:
        stat = store.catalog.stat()
    except OSError:
        return None
    manifests = sorted((listed.file, listed.size, listed.mtime_ns) for listed in list_manifests(store))
    return [stat.st_size, stat.st_mtime_ns, hashlib.sha256(repr(manifests).encode()).hexdigest()]


def _difference(kept: Kept, findings: Findings) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The public features that are new, another, and gone since the snapshot before."""
    if kept.before is None:
        rows = map(json.loads, findings.encoded.texts.get("features", ()))
        return tuple(sorted(row["feature"] for row in rows if row["public"])), (), ()
    old, new = _states(kept.before.tables), _states(findings.encoded.tables())
    differing = [key for key in new.keys() & old.keys() if new[key] != old[key]]
    changed = [key for key in differing if _comparable(new[key]) != _comparable(old[key])]
    return tuple(sorted(new.keys() - old.keys())), tuple(sorted(changed)), tuple(sorted(old.keys() - new.keys()))


def _states(tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, list[Mapping[str, Any]]]:
    """The rows that say what each public feature is."""
    states: dict[str, list[Mapping[str, Any]]] = {
        row["feature"]: [row] for row in tables.get("features", ()) if row["public"]
    }
    for table in _STATES:
        for row in tables.get(table, ()):
            if row["feature"] in states:
                states[row["feature"]].append(row)
    return states


def _comparable(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Rows without where they stand, whatever their order; source text counts where there is no fingerprint."""
    texts = []
    for row in rows:
        left_out = ("line", "end_line", "source_text") if row.get("fingerprint") else ("line", "end_line")
        texts.append(canonical_json({key: value for key, value in row.items() if key not in left_out}))
    return sorted(texts)
