"""Garbage collection: what no manifest, lock or running process needs, found first and removed on request.

A published run is never garbage: manifests are the history, and what one names stays. What goes is what dead runs
left, and what can be made again.

Order makes it safe beside runs that commit meanwhile: files are listed first and manifests afterwards, so a run that
commits in between is seen; a run that has not committed holds its lock. Each file is looked at once more before it is
removed. Links are never followed and never removed.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from featurecat import faults
from featurecat.clock import Clock
from featurecat.errors import Problem, RequestError, StoreError
from featurecat.storage.layout import Store, list_manifests
from featurecat.storage.manifest import read_manifest
from featurecat.storage.sweep import is_locked

__all__ = ["KINDS", "Garbage", "Leftover", "collect_garbage", "find_garbage"]

#: What garbage can be, with the reason why nobody needs it.
KINDS = {
    "staging": "of runs that died before they were published",
    "artifacts": "files that no manifest names",
    "quarantine": "of runs without a manifest",
    "temporary": "half-written files of processes that died",
    "lock": "of runs that ended",
    "cache": "beyond the limit, the least recently used; made again when needed",
}
_RUN = "run="
#: Nobody writes one file for longer.
_LEAST_AGE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Leftover:
    """One file that nobody needs.

    Attributes:
        path: Where it lies, relative to the store, with slashes.
        kind: A key of :data:`KINDS`.
        bytes: Its size.
        mtime_ns: When it was last written.
        run_id: The run that left it, if any.
    """

    path: str
    kind: str
    bytes: int
    mtime_ns: int
    run_id: str | None = None


@dataclass(frozen=True, slots=True)
class Garbage:
    """What was found.

    Attributes:
        leftovers: What may go, by path.
        young: How many files may go once they are old enough.
        running: Ids of runs that are at work, whose files stay.
        problems: Manifests that cannot be read: while there are any, artifacts and quarantine stay as they are.
        older_than: How old something has to be.
    """

    leftovers: tuple[Leftover, ...]
    young: int
    running: tuple[str, ...]
    problems: tuple[Problem, ...]
    older_than: timedelta


def find_garbage(store: Store, *, clock: Clock, older_than: timedelta, cache_bytes: int) -> Garbage:
    """Look for what nobody needs; changes nothing.

    Args:
        store: The store; it need not exist.
        clock: Tells what is old.
        older_than: Younger files stay.
        cache_bytes: How much the cache may take.

    Returns:
        What was found.

    Raises:
        RequestError: ``older_than`` or ``cache_bytes`` is negative.
        StoreError: The store cannot be listed.
    """
    if older_than < timedelta() or cache_bytes < 0:
        raise RequestError("an age or a size is negative", hint="--older-than 7d --cache-size 200")
    try:
        found = [*_cache(store, cache_bytes), *_run_files(store), *_temporaries(store), *_locks(store)]
        faults.point("gc.listed", store.root)
    except OSError as error:
        raise StoreError(f"{error.filename} cannot be listed: {error.strerror}", code="source-unreadable") from error
    files = list({file.path: file for file in found}.values())
    # only now: a run that has committed since its files were listed is among these
    named, problems = _named(store)
    newest = int(clock.now().timestamp() * 1e9)
    running = {run_id for run_id in {file.run_id for file in files} if run_id and is_locked(store.lock_path(run_id))}
    free = [file for file in files if _is_free(store, file, named, bool(problems)) and file.run_id not in running]
    old = [file for file in free if newest - file.mtime_ns >= _age(file, older_than)]
    return Garbage(
        tuple(sorted(old, key=_place)), len(free) - len(old), tuple(sorted(running)), tuple(problems), older_than
    )


def collect_garbage(store: Store, garbage: Garbage, *, clock: Clock) -> tuple[Leftover, ...]:
    """Remove what was found, and folders of runs that are empty then.

    Args:
        store: The store.
        garbage: What :func:`find_garbage` found there.
        clock: Tells what is old.

    Returns:
        What is gone; what another process was faster with, or needs by now, is not among it.

    Raises:
        StoreError: A file cannot be removed; all others are removed first.
    """
    gone: list[Leftover] = []
    problems: list[Problem] = []
    for leftover in garbage.leftovers:
        path = store.root / leftover.path
        try:
            faults.point("gc.before_remove", path)
            if not _is_as_it_was(store, leftover):
                continue
            path.unlink()
            gone.append(leftover)
            faults.point("gc.removed", path)
        except FileNotFoundError:  # another process was faster
            continue
        except OSError as error:
            problems.append(Problem("store-unwritable", f"{path} cannot be removed: {error.strerror}"))
    _remove_hollow(store, gone, int(clock.now().timestamp() * 1e9), int(garbage.older_than.total_seconds() * 1e9))
    if problems:
        raise StoreError(problems)
    return tuple(gone)


# --- what there is --------------------------------------------------------------------------------


def _run_files(store: Store) -> Iterator[Leftover]:
    """Every file below a folder ``run=<id>``."""
    for kind, top in (("staging", store.staging), ("artifacts", store.artifacts), ("quarantine", store.quarantine)):
        for path, facts in _files(top):
            run_id = next((part.removeprefix(_RUN) for part in path.parts if part.startswith(_RUN)), None)
            if run_id is not None:
                yield _leftover(store, path, kind, facts, run_id)


def _temporaries(store: Store) -> Iterator[Leftover]:
    """Files under names that are only used until they are complete."""
    tops = (store.root, store.snapshots, store.manifests, store.cache)
    for top in tops:
        for path, facts in _files(top, deep=top != store.root):
            hidden = path.name.startswith(".") and path.name != ".gitignore"
            if path.name.endswith(".tmp") or ".tmp." in path.name or (hidden and ".part" in path.name):
                yield _leftover(store, path, "temporary", facts, None)


def _locks(store: Store) -> Iterator[Leftover]:
    for path, facts in _files(store.locks):
        if path.name.startswith(_RUN) and path.suffix == ".lock":
            yield _leftover(store, path, "lock", facts, path.stem.removeprefix(_RUN))


def _cache(store: Store, most: int) -> Iterator[Leftover]:
    """The files that are over the limit, when the most recently used ones stay."""
    files = sorted(_files(store.cache), key=lambda file: max(file[1].st_atime_ns, file[1].st_mtime_ns), reverse=True)
    taken = 0
    for path, facts in files:
        taken += facts.st_size
        if taken > most:
            yield _leftover(store, path, "cache", facts, None)


def _files(top: Path, *, deep: bool = True) -> Iterator[tuple[Path, os.stat_result]]:
    """Plain files below a folder; no link is followed, and a folder that is one is left alone."""
    if top.is_symlink() or not top.is_dir():
        return
    with os.scandir(top) as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    for entry in found:
        with contextlib.suppress(FileNotFoundError):  # gone since the listing
            if entry.is_dir(follow_symlinks=False):
                if deep:
                    yield from _files(Path(entry.path))
            elif entry.is_file(follow_symlinks=False):
                yield Path(entry.path), entry.stat(follow_symlinks=False)


def _leftover(store: Store, path: Path, kind: str, facts: os.stat_result, run_id: str | None) -> Leftover:
    return Leftover(store.relative(path), kind, facts.st_size, facts.st_mtime_ns, run_id)


# --- what is needed -------------------------------------------------------------------------------


def _named(store: Store) -> tuple[set[str], list[Problem]]:
    """The files that manifests name, whatever became of their runs, and the manifests that cannot be read."""
    named: set[str] = set()
    problems: list[Problem] = []
    for listed in list_manifests(store):
        try:
            named |= {artifact.path for artifact in read_manifest(store.root / listed.file).artifacts}
        except StoreError as error:
            if (store.root / listed.file).exists():  # else it was set aside just now
                problems += error.problems
    return named, problems


def _is_free(store: Store, file: Leftover, named: set[str], unsure: bool) -> bool:
    """Whether nobody needs a file, as far as manifests tell."""
    if file.kind in ("artifacts", "quarantine"):
        return not unsure and file.path not in named and not _has_record(store, file)
    return True


def _has_record(store: Store, file: Leftover) -> bool:
    """Whether the run of a file is accounted for.

    What a run keeps back is named by its report, not by its manifest. A manifest that could not be read was set aside
    in quarantine: the run's artifacts stay, because it may be mended.
    """
    run_id = str(file.run_id)
    set_aside = any(store.quarantine_directory(run_id).glob("manifest*.json"))
    return set_aside or (file.kind == "quarantine" and _is_committed(store, run_id))


def _is_committed(store: Store, run_id: str) -> bool:
    try:
        return os.path.lexists(store.manifest_path(run_id))
    except RequestError:  # a folder that only looks like a run's
        return True


def _age(file: Leftover, older_than: timedelta) -> int:
    least = max(older_than, _LEAST_AGE) if file.kind == "temporary" else older_than
    return 0 if file.kind == "cache" else int(least.total_seconds() * 1e9)


def _is_as_it_was(store: Store, file: Leftover) -> bool:
    """A last look: the same plain file, inside the store, of a run that neither lives nor has committed since."""
    path = store.root / file.path
    facts = path.lstat()
    if not stat.S_ISREG(facts.st_mode) or (facts.st_size, facts.st_mtime_ns) != (file.bytes, file.mtime_ns):
        return False
    if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(store.root)):
        return False
    if file.run_id is None:
        return True
    if is_locked(store.lock_path(file.run_id)):
        return False
    return file.kind not in ("artifacts", "quarantine") or not (_has_record(store, file) or _names(store, file))


def _names(store: Store, file: Leftover) -> bool:
    """Whether the run's own manifest, which may be new, names the file."""
    try:
        path = store.manifest_path(str(file.run_id))
    except RequestError:
        return True
    if not os.path.lexists(path):
        return False
    try:
        return file.path in {artifact.path for artifact in read_manifest(path).artifacts}
    except StoreError:
        return True


def _remove_hollow(store: Store, gone: list[Leftover], newest: int, least: int) -> None:
    """Remove what is left of folders of runs. Those above stay: a run may be about to make its own in there."""
    runs = {str(file.run_id) for file in gone if file.run_id}
    for top in (store.staging, store.artifacts, store.quarantine):
        for folder in [*_run_folders(top)]:
            run_id = folder.name.removeprefix(_RUN)
            with contextlib.suppress(OSError):  # somebody's files are in it
                old = newest - folder.stat().st_mtime_ns >= least or run_id in runs
                if old and not is_locked(store.lock_path(run_id)):
                    _remove_folders(folder)


def _run_folders(top: Path) -> Iterator[Path]:
    if top.is_symlink() or not top.is_dir():
        return
    with os.scandir(top) as entries:
        folders = [Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=False)]
    for folder in folders:
        if folder.name.startswith(_RUN):
            yield folder
        else:
            yield from _run_folders(folder)


def _remove_folders(folder: Path) -> None:
    """Remove a folder that holds nothing but such folders."""
    with os.scandir(folder) as entries:
        inner = [Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=False)]
    for below in inner:
        _remove_folders(below)
    folder.rmdir()


def _place(leftover: Leftover) -> tuple[int, str]:
    return list(KINDS).index(leftover.kind), leftover.path
