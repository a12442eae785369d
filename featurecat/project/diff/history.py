"""The states that features were in, told from all snapshots; what lies between two snapshots is worked out once.

What was found is kept in the store's cache, by the pair of snapshots. It follows from them, so nothing is lost with it.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from featurecat.catalog.canonical import naive_timestamp
from featurecat.catalog.snapshot import SNAPSHOT_VERSION, SnapshotRow
from featurecat.project.diff.reduction import REDUCTION, Side, reduce_tables
from featurecat.project.diff.whole import compare_sides
from featurecat.project.stamp import replace_file
from featurecat.storage.layout import Store

__all__ = ["history_rows"]

#: Rises whenever equal snapshots would give something else.
_VERSION: Final = f"1.{REDUCTION}"
_STATE: Final = ("role", "dtype", "unit", "entity", "grain", "status", "tags", "doc")
_WRITTEN: Final = ("file", "line", "fingerprint", "source_text")

#: What became of features between two snapshots, as kept: rows with ``feature``, ``change``, ``changes`` and more.
Steps = list[dict[str, Any]]


def history_rows(store: Store, snapshots: Sequence[SnapshotRow]) -> list[dict[str, Any]]:
    """The rows of the table ``feature_history``.

    Args:
        store: The store, whose cache keeps what was found before.
        snapshots: Its snapshots. One that cannot be read is passed over.
    """
    kept = _Kept(store.cache / "history.json")
    ordered = sorted(snapshots, key=lambda row: row.snapshot)
    reader = _Reader(store.snapshots)
    steps: list[tuple[SnapshotRow, Steps]] = []
    before: SnapshotRow | None = None
    for row in ordered:
        found = kept.step(before, row, lambda first, second: _steps(reader, first, second))
        if found is not None:
            steps.append((row, found))
            before = row
    kept.write()
    return list(_states(steps))


class _Read:
    """A snapshot that was read."""

    def __init__(self, tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        self._tables = tables
        self.public = {row["feature"]: row for row in tables.get("features", ()) if row["public"]}
        self._variants: dict[str, Mapping[str, Any]] = {}
        for row in tables.get("variants", ()):
            self._variants.setdefault(row["feature"], row)
        self._owners: dict[str, list[str]] = {}
        for row in tables.get("owners", ()):
            self._owners.setdefault(row["feature"], []).append(row["owner"])

    @cached_property
    def side(self) -> Side:
        """What of it is compared."""
        return reduce_tables(self._tables)

    def state(self, feature: str) -> dict[str, Any] | None:
        """What it says of a feature; None when that is not there."""
        row = self.public.get(feature)
        if row is None:
            return None
        written = self._variants.get(feature, {})
        return {
            **{name: row.get(name) for name in _STATE},
            "owners": sorted(set(self._owners.get(feature, ()))),
            **{name: written.get(name) for name in _WRITTEN},
        }


class _Reader:
    """Reads snapshots; the last one stays at hand, because the next is compared with it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._last: tuple[str, _Read] | None = None

    def read(self, row: SnapshotRow) -> _Read | None:
        """The definitions of a snapshot; None when it cannot be read."""
        if self._last is not None and self._last[0] == row.snapshot:
            return self._last[1]
        try:
            document = json.loads((self._folder / row.snapshot).read_text(encoding="utf-8"))
            if document["schema_version"] != SNAPSHOT_VERSION or document["content_hash"] != row.content_hash:
                return None
            found = _Read(document["tables"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None
        self._last = (row.snapshot, found)
        return found


def _steps(reader: _Reader, before: SnapshotRow | None, now: SnapshotRow) -> Steps | None:
    """What became of features; None when a snapshot cannot be read."""
    old = None if before is None else reader.read(before)
    new = reader.read(now)
    if new is None or (before is not None and old is None):
        return None
    if old is None:
        added = {"change": "added", "changes": ["added"], "previous": None}
        return [{"feature": name, **added, "state": new.state(name)} for name in sorted(new.public)]
    steps: Steps = []
    for one in compare_sides(old.side, new.side):
        kinds = list(dict.fromkeys(change.kind for change in one.changes))
        step = {"feature": one.feature, "change": one.change_class, "changes": kinds, "previous": one.previous}
        steps.append({**step, "state": new.state(one.feature)})
        if one.previous is not None:
            steps.append({"feature": one.previous, "state": None})
    return sorted(steps, key=lambda step: str(step["feature"]))


def _states(steps: Sequence[tuple[SnapshotRow, Steps]]) -> Iterator[dict[str, Any]]:
    """A row for each state, its end filled in."""
    open_rows: dict[str, dict[str, Any]] = {}
    for snapshot, found in steps:
        moment = naive_timestamp(snapshot.indexed_at)
        for step in found:
            feature = step["feature"]
            last = open_rows.pop(feature, None)
            if last is not None:
                yield {**last, "until_snapshot": snapshot.snapshot, "until": moment}
            if step["state"] is not None:
                open_rows[feature] = {
                    "feature": feature,
                    "since_snapshot": snapshot.snapshot,
                    "since": moment,
                    "git_commit": snapshot.git_commit,
                    "until_snapshot": None,
                    "until": None,
                    "change": step["change"],
                    "changes": step["changes"],
                    "previous": step["previous"],
                    **step["state"],
                }
    yield from open_rows.values()


class _Kept:
    """What was found before, in one file; what cannot be read or written is found again.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, Steps | None] = {}
        self._used: dict[str, Steps | None] = {}
        self._stored: frozenset[str] | None = None
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            document = json.loads(path.read_text(encoding="utf-8"))
            if document["version"] == _VERSION:
                self._known = dict(document["steps"])
                self._stored = frozenset(self._known)

    def step(
        self,
        before: SnapshotRow | None,
        now: SnapshotRow,
        find: Callable[[SnapshotRow | None, SnapshotRow], Steps | None],
    ) -> Steps | None:
        """What lies between two snapshots."""
        key = f"{before.content_hash[:20] if before else ''} {now.snapshot} {now.content_hash[:20]}"
        if key not in self._known:
            self._known[key] = find(before, now)
        found = self._used[key] = self._known[key]
        return found

    def write(self) -> None:
        """Keep what is of use."""
        if self._used.keys() == self._stored:
            return
        document: Mapping[str, Any] = {"version": _VERSION, "steps": self._used}
        with contextlib.suppress(OSError):  # a store that cannot be written only costs time
            replace_file(self._path, json.dumps(document, separators=(",", ":")))
