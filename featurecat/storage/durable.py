"""Steps that survive a power cut: file contents, names and directories are synced one by one."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from featurecat.errors import StoreError

__all__ = ["make_directories", "remove_tree", "sync_directory", "sync_file", "unwritable", "write_new_file"]


@contextlib.contextmanager
def unwritable(path: Path, stands: str, *, code: str = "store-unwritable", hint: str | None = None) -> Iterator[None]:
    """Turn the operating system's refusal into a :class:`StoreError`.

    Args:
        path: What is being written, where the refusal itself names nothing.
        stands: What is still in order, as the end of the message.
        code: Code of the error.
        hint: What to do.

    Raises:
        StoreError: The body raised an ``OSError``.
    """
    try:
        yield
    except OSError as error:
        place = os.fsdecode(error.filename) if isinstance(error.filename, (str, bytes)) else str(path)
        reason = error.strerror or str(error)
        raise StoreError(f"{place} cannot be written: {reason}; {stands}", code=code, hint=hint) from error


def sync_file(path: Path) -> None:
    """Force a file's contents to the disk."""
    _sync(path, os.O_RDONLY)


def sync_directory(path: Path) -> None:
    """Force the names in a directory to the disk."""
    _sync(path, os.O_RDONLY | os.O_DIRECTORY)


def make_directories(path: Path) -> None:
    """Make a directory with its parents and sync the parent of each one made."""
    missing = []
    while not path.is_dir():
        missing.append(path)
        path = path.parent
    for directory in reversed(missing):
        directory.mkdir(exist_ok=True)
        sync_directory(directory.parent)


def write_new_file(path: Path, content: bytes) -> None:
    """Write and sync a file that must not exist yet; its name is not synced.

    Raises:
        FileExistsError: ``path`` exists.
    """
    with path.open("xb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def remove_tree(path: Path) -> None:
    """Remove a file or directory as far as possible; what cannot be removed stays for the sweep."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
        return
    with contextlib.suppress(OSError):
        path.unlink()


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
