"""Verdicts of before, kept where neither code nor data have changed since; all of it can be made again."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable, Collection
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from featurecat.project.check.subjects import Subject
from featurecat.project.stamp import replace_file
from featurecat.records import CheckRecord
from featurecat.storage.layout import Store
from featurecat.version import VERSION

__all__ = ["StoredResults", "StoredStates"]

_FORMAT = 2
_TRACED = tuple(one.name for one in fields(CheckRecord) if one.name not in ("seconds", "cached_from"))
#: Kinds that look at more than the values of the feature: the clock, or an earlier run. (Age is told anew each time.)
_BEYOND = frozenset({"freshness", "not_in_future", "categories", "distribution", "change"})
#: The verdicts that are kept.
_KEPT = frozenset({"pass", "warn", "fail", "no_data"})


class StoredResults:
    """The verdicts of earlier checks by what they depend on.

    Args:
        path: The file, below the store's cache.
        sample: Rows at fault that are kept of each expectation.
        personal: Columns whose values are masked in these rows.
    """

    def __init__(self, path: Path, sample: int, personal: Collection[str] = ()) -> None:
        self.path = path
        masked = hashlib.sha256(json.dumps(sorted(personal)).encode()).hexdigest()[:16] if personal else "-"
        self._shown = (sample, masked)
        self._known = _read(path, "results")
        self._used: dict[str, Any] = {}

    @classmethod
    def of(cls, store: Store, sample: int, personal: Collection[str] = ()) -> StoredResults:
        """The results of a store."""
        return cls(store.cache / "checks.json", sample, personal)

    def find(self, subject: Subject) -> CheckRecord | None:
        """The verdict on the same values by the same expectation, or None."""
        key = self._key(subject)
        found = None if key is None else self._known.get(key)
        if key is None or found is None:
            return None
        record = _record(found, subject)
        if record is not None:
            self._used[key] = found
        return record

    def keep(self, subject: Subject, record: CheckRecord, run_id: str) -> None:
        """Keep a verdict; one that could not be reached, or was not, is not worth it."""
        key = self._key(subject)
        if key is not None and record.status not in ("error", "skip"):
            traced = {name: getattr(record, name) for name in _TRACED}
            self._used[key] = {"run_id": run_id, "record": traced}

    def save(self) -> None:
        """Write what was used or found, and what may be of use to a check of other features."""
        document = {"format": _FORMAT, "version": VERSION, "results": {**self._known, **self._used}}
        if self._used.keys() - self._known.keys():
            _write(self.path, document)

    def forget(self, content_hashes: set[str]) -> None:
        """Drop the verdicts on values that are not current any more, when something is written."""
        self._known = {key: found for key, found in self._known.items() if key.split(" ", 1)[0] in content_hashes}

    def _key(self, subject: Subject) -> str | None:
        published, spec = subject.published, subject.spec
        if published is None or published.content_hash is None or spec.kind in _BEYOND or spec.others:
            return None
        if spec.fail_if and "+" in spec.fail_if or spec.warn_if and "+" in spec.warn_if:
            return None  # looks at the run before
        if subject.needs_code and subject.code is None:
            return None
        parts = (published.content_hash, published.column, subject.check_id, subject.variant, spec.severity)
        more = (spec.fail_if, spec.warn_if, subject.code, subject.pii, *self._shown)
        return " ".join([*parts, *map(str, more)])


class StoredStates:
    """Which files were found to hold what their manifests say, by their size and time of change.

    Args:
        path: The file, below the store's cache.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._known = _read(path, "files")
        self._changed = False

    @classmethod
    def of(cls, store: Store) -> StoredStates:
        """The states of a store's files."""
        return cls(store.cache / "artifacts.json")

    def hash_of(self, path: Path, name: str, hashed: Callable[[Path], str], *, anew: bool = False) -> str:
        """The SHA-256 of a file.

        Args:
            path: The file.
            name: What it is kept under.
            hashed: Reads it.
            anew: Whether to read it even if it looks as it did before.

        Raises:
            OSError: When it cannot be read.
        """
        stat = path.stat()
        # whoever writes to a file may set its time of modification, but not that of its last change
        state = [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]
        known = self._known.get(name)
        if isinstance(known, list) and known[:-1] == state and isinstance(known[-1], str) and not anew:
            return known[-1]
        digest = hashed(path)
        self._known[name] = [*state, digest]
        self._changed = True
        return digest

    def save(self) -> None:
        """Write what was found."""
        if self._changed:
            _write(self.path, {"format": _FORMAT, "version": VERSION, "files": self._known})


def _record(found: Any, subject: Subject) -> CheckRecord | None:
    """A stored verdict; None where it is none, or not on this expectation."""
    try:
        traced = dict(found["record"])
        record = CheckRecord(**{**traced, "sample": tuple(dict(row) for row in traced["sample"])})
        run_id = found["run_id"]
    except (KeyError, TypeError, ValueError):
        return None
    counted = all(one is None or type(one) is int for one in (record.rows, record.failing_rows))
    told = all(isinstance(one, dict) for one in (record.params, record.observed, record.threshold))
    worded = isinstance(run_id, str) and (record.message is None or isinstance(record.message, str))
    sound = counted and told and worded and isinstance(record.status, str) and record.status in _KEPT
    same = (record.check_id, record.feature, record.variant, record.kind, record.severity) == (
        subject.check_id,
        subject.feature,
        subject.variant,
        subject.spec.kind,
        subject.spec.severity,
    )
    return replace(record, cached_from=run_id) if sound and same else None


def _read(path: Path, part: str) -> dict[str, Any]:
    """A part of a cache; nothing, where it is missing, damaged or of another version."""
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    usable = isinstance(document, dict) and (document.get("format"), document.get("version")) == (_FORMAT, VERSION)
    found = document.get(part) if usable else None
    return found if isinstance(found, dict) else {}


def _write(path: Path, document: dict[str, Any]) -> None:
    """Write a cache; what cannot be kept is found out again next time."""
    with contextlib.suppress(OSError):
        replace_file(path, json.dumps(document, default=str, separators=(",", ":")))
