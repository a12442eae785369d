"""Writing that either happens as a whole or not at all: beside the target first, renamed when it is complete."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from featurecat.errors import StoreError

__all__ = ["replacing"]


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """A file to write beside ``path``; when the body is through, it is synced and takes the place of ``path``.

    When the body raises, ``path`` is what it was before. The file to write has the same endings as ``path``. Missing
    folders are made; a link is followed; a folder may be written in the place of a folder.

    Args:
        path: The target.

    Raises:
        StoreError: ``output-unwritable``, when the operating system refuses, or ``path`` is a device or a pipe.

    Example:
        >>> import tempfile
        >>> target = Path(tempfile.mkdtemp()) / "week.txt"
        >>> with replacing(target) as beside:
        ...     size = beside.write_text("36")
        >>> target.read_text()
        '36'
    """
    target = Path(os.path.realpath(Path(path).expanduser()))
    if target.exists() and not (target.is_file() or target.is_dir()):  # renamed over, a device would be gone
        raise StoreError(f"{path} is no plain file", code="output-unwritable", hint="name a file")
    endings = "".join(target.suffixes[-2:])
    beside = target.with_name(f".{uuid.uuid4().hex}.part{endings}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield beside
        _sync(beside)
        if target.is_dir():
            _replace_folder(target, beside, path)
        else:
            if target.exists():
                beside.chmod(target.stat().st_mode & 0o7777)
            beside.replace(target)
        _sync(target.parent)
    except OSError as fault:
        reason = fault.strerror or str(fault)
        raise StoreError(
            f"{path} cannot be written: {reason}; what was there is unchanged",
            code="output-unwritable",
            hint="check the folder, its permissions and the space left",
        ) from fault
    finally:
        _remove(beside)


def _replace_folder(target: Path, beside: Path, shown: str | os.PathLike[str]) -> None:
    """Put a folder in the place of another: two names change, one right after the other."""
    if not beside.is_dir():
        raise StoreError(f"{shown} is a folder", code="output-unwritable", hint="name a file in it")
    former = target.with_name(f".{uuid.uuid4().hex}.former")
    target.replace(former)
    beside.replace(target)
    _remove(former)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
        return
    with suppress(OSError):
        path.unlink()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
