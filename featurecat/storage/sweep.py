"""Which runs live, and what dead ones left in staging."""

from __future__ import annotations

import contextlib
import fcntl
import os
from pathlib import Path

from featurecat.errors import StoreError
from featurecat.storage.durable import remove_tree, unwritable
from featurecat.storage.layout import Store

__all__ = ["RunLock", "is_locked", "stale_staging", "sweep_staging"]


class RunLock:
    """A file a run holds locked while it lives; the system frees it however the run ends.

    Args:
        store: The store.
        run_id: The run.
    """

    def __init__(self, store: Store, run_id: str) -> None:
        self._path = store.lock_path(run_id)
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._descriptor is not None

    def acquire(self) -> None:
        """Take the lock; holding it already is fine.

        Raises:
            StoreError: Another process holds it, or the lock file cannot be written.
        """
        if self.held:
            return
        with unwritable(self._path, "nothing was published"):
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            raise StoreError(f"another process works on this run: {self._path} is locked") from error
        self._descriptor = descriptor

    def release(self) -> None:
        """Give the lock back and remove its file; not holding it is fine."""
        if self._descriptor is None:
            return
        with contextlib.suppress(OSError):
            self._path.unlink()
        os.close(self._descriptor)
        self._descriptor = None


def stale_staging(store: Store) -> list[Path]:
    """Staging directories whose runs are dead, sorted; harmless, but they take room.

    Args:
        store: The store; it need not exist.
    """
    if not store.staging.is_dir():
        return []
    return sorted(
        directory for directory in store.staging.iterdir() if not is_locked(store.locks / f"{directory.name}.lock")
    )


def sweep_staging(store: Store) -> list[Path]:
    """Remove what dead runs left in staging, with their lock files.

    Args:
        store: The store.

    Returns:
        The directories that are gone; what could not be removed is not among them.
    """
    swept = []
    for directory in stale_staging(store):
        remove_tree(directory)
        remove_tree(store.locks / f"{directory.name}.lock")
        if not directory.exists():
            swept.append(directory)
    return swept


def is_locked(path: Path) -> bool:
    """Whether a living process holds a lock file.

    Args:
        path: The file, as :meth:`Store.lock_path` names it; it need not exist.
    """
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    except OSError:  # not ours to judge: somebody else's lock counts as held
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False
