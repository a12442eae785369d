"""``featurecat gc``: what the store holds that nobody needs; shown first, removed when asked to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from featurecat.clock import Clock
from featurecat.errors import RequestError
from featurecat.expectations.builtin.arguments import span_of, span_text
from featurecat.project.discover import Project
from featurecat.storage.garbage import KINDS, Garbage, Leftover, collect_garbage, find_garbage

__all__ = ["Collected", "collect"]

_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Collected:
    """What ``gc`` found, and what became of it.

    Attributes:
        garbage: What was found.
        removed: What is gone; empty when nothing was to be removed.
        older_than: How old something had to be, as text.
    """

    garbage: Garbage
    removed: tuple[Leftover, ...]
    older_than: str

    def rows(self) -> list[dict[str, Any]]:
        """A row a kind: number of files, bytes, and why they may go."""
        return [
            {"kind": kind, "files": len(found), "bytes": sum(one.bytes for one in found), "why": why}
            for kind, why in KINDS.items()
            if (found := [one for one in self.garbage.leftovers if one.kind == kind])
        ]

    def files(self, *, removed: bool) -> list[dict[str, Any]]:
        """A row a file."""
        gone = {one.path for one in self.removed}
        return [
            {
                "path": one.path,
                "kind": one.kind,
                "bytes": one.bytes,
                "run_id": one.run_id,
                "removed": removed and one.path in gone,
                "why": KINDS[one.kind],
            }
            for one in self.garbage.leftovers
        ]

    def kept(self) -> Sequence[str]:
        """What stays although no manifest names it, in lines."""
        garbage = self.garbage
        lines = []
        if garbage.young:
            lines.append(f"{_files(garbage.young)} younger than {self.older_than}: kept")
        if garbage.running:
            count = len(garbage.running)
            lines.append(f"{count} {'run is' if count == 1 else 'runs are'} at work: their files are kept")
        if garbage.problems:
            lines.append("artifacts and quarantine are kept: what some manifests name is not known")
        return lines


def _files(number: int) -> str:
    return f"{number:,} file{'' if number == 1 else 's'}"


def collect(project: Project, clock: Clock, *, older_than: str, cache_size: int, apply: bool) -> Collected:
    """Find garbage in the store, and remove it when asked to.

    Args:
        project: The project.
        clock: Tells what is old.
        older_than: Younger files stay, such as ``7d`` or ``12h``.
        cache_size: Megabytes that the cache may take.
        apply: Whether to remove what is found.

    Raises:
        RequestError: ``older_than`` is no span of time.
        StoreError: The store cannot be listed, or a file cannot be removed.
    """
    span = span_of(older_than.strip()) if older_than.strip() != "0" else timedelta()
    if span is None:
        raise RequestError(f"{older_than!r} is no span of time", hint="--older-than 7d, 12h or 30min")
    garbage = find_garbage(project.store, clock=clock, older_than=span, cache_bytes=cache_size * _MEGABYTE)
    removed = collect_garbage(project.store, garbage, clock=clock) if apply else ()
    return Collected(garbage, removed, span_text(span))
