"""Whether the files of published values still hold what was published; loads no frame library."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from featurecat.errors import Problem
from featurecat.project.check.reuse import StoredStates
from featurecat.project.check.subjects import Published, Subject
from featurecat.project.discover import Project

__all__ = ["Files"]


@dataclass(slots=True)
class Files:
    """The files of a check.

    Attributes:
        project: The project.
        states: What is known of them.
        anew: Whether they are read again although they look as they did.
        problems: What is wrong with some, each told once.
        whole: Files that hold what was published, by path.
    """

    project: Project
    states: StoredStates
    anew: bool = False
    problems: list[Problem] = field(default_factory=list)
    whole: dict[str, Published] = field(default_factory=dict)
    _faults: dict[str, str] = field(default_factory=dict)
    _seen: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def verify(self, subjects: Iterable[Subject]) -> None:
        """Look at every file that subjects lie in."""
        for published in {one.published.path: one.published for one in subjects if one.published}.values():
            fault = self._fault(published)
            if fault is None:
                self.whole[published.path] = published
            else:
                self._faults[published.path] = fault

    def fault(self, published: Published) -> str | None:
        """Why values cannot be judged, or None."""
        return self._faults.get(published.path)

    def unchanged(self, path: str) -> bool:
        """Whether a file is the one that was looked at; else what was read of it since may be of another."""
        return self._state(path) == self._seen.get(path)

    def usable(self, subject: Subject) -> bool:
        """Whether the values of a subject can be read, and are what was published."""
        return subject.published is not None and subject.published.path not in self._faults

    def _state(self, path: str) -> tuple[int, ...] | None:
        try:
            stat = (self.project.store.root / path).stat()
        except OSError:
            return None
        return stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino

    def _fault(self, published: Published) -> str | None:
        if (state := self._state(published.path)) is not None:
            self._seen[published.path] = state
        path = self.project.store.root / published.path
        shown = self.project.shown(path)
        try:
            if not path.is_file() and path.exists():
                raise OSError(errno.EINVAL, "not a regular file")
            digest = self.states.hash_of(path, published.path, _content_hash, anew=self.anew)
        except FileNotFoundError:
            told, hint = "is not there any more", "restore it, or materialize its features again"
        except OSError as error:
            told, hint = f"cannot be read: {error.strerror}", "check the disk"
        else:
            if published.content_hash is None or digest == published.content_hash:
                return None
            told = "is not what was published"
            hint = f"changed after run {published.run_id}: materialize it again"
        message = f"the file of {published.feature} {told}"
        self.problems.append(Problem("source-unreadable", message, None, None, hint, published.feature, (str(shown),)))
        return f"could not be evaluated: its file {told}"


def _content_hash(path: Path) -> str:
    with path.open("rb") as stream:
        return f"sha256:{hashlib.file_digest(stream, 'sha256').hexdigest()}"
