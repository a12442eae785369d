"""One builder at a time: the others leave their work to the holder of the lock."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from featurecat.errors import CatalogError

__all__ = ["catalog_lock"]


@contextmanager
def catalog_lock(path: Path) -> Iterator[bool]:
    """Try to take the catalog lock, without waiting.

    Who does not get it need not build: the holder lists manifests and modules again after it has finished, and builds
    again when something was added meanwhile. The lock goes with the process, however that ends; the file stays.

    Args:
        path: The lock file, ``locks/catalog.lock`` in the store; created with its folder when absent.

    Yields:
        Whether the lock is held.

    Raises:
        CatalogError: When the lock file cannot be opened.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as store, catalog_lock(Path(store) / "catalog.lock") as held:
        ...     held
        True
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise CatalogError(
            f"the catalog lock cannot be taken: {error.strerror or error}",
            code="store-unwritable",
            file=str(path),
            hint="make the store writable",
        ) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            held = True
        except BlockingIOError:
            held = False
        yield held
    finally:
        os.close(descriptor)  # and with it the lock
