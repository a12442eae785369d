"""A copy of a store to experiment in: what is published is shared, whatever a run writes is the copy's own."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from featurecat.errors import StoreError
from featurecat.project.discover import Project
from featurecat.storage.layout import Store

__all__ = ["copied_project"]


@contextlib.contextmanager
def copied_project(project: Project) -> Iterator[Project]:
    """The same project with a store of its own, which holds the same runs; it is removed in the end.

    Args:
        project: The project; its store is only read.

    Raises:
        StoreError: When there is no room for the copy, or the store cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix="featurecat-selftest-", ignore_cleanup_errors=True) as folder:
        store = Store(Path(folder).resolve() / "store")
        try:
            _copy(project.store, store)
        except OSError as error:
            raise StoreError(
                f"the store cannot be copied to {folder}: {error.strerror}",
                hint="make room there, or set TMPDIR to a folder with more of it",
            ) from error
        copy = Project(
            project.root,
            store,
            project.outline,
            declared=project.declared,
            modules=project.modules,
            hamilton=project.hamilton,
        )
        yield copy


def _copy(source: Store, target: Store) -> None:
    target.create()
    for name in ("snapshots", "manifests", "artifacts"):
        _share(source.root / name, target.root / name)
    if source.cache.is_dir():
        shutil.copytree(source.cache, target.cache, dirs_exist_ok=True)
    if source.catalog.is_file():
        shutil.copy2(source.catalog, target.catalog)


def _share(source: Path, target: Path) -> None:
    """Files that are never written again, by another name; nobody writes through it."""
    for folder, _, files in os.walk(source):
        home = target / Path(folder).relative_to(source)
        home.mkdir(parents=True, exist_ok=True)
        for name in files:
            _name_again(Path(folder, name).resolve(), home / name)


def _name_again(path: Path, name: Path) -> None:
    """A symbolic link, which changes nothing about the file; elsewhere a hard link, or a copy."""
    with contextlib.suppress(OSError):
        name.symlink_to(path)
        return
    with contextlib.suppress(OSError):
        name.hardlink_to(path)
        return
    shutil.copy2(path, name)
