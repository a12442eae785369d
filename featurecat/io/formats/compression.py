"""Opens a text file as a stream of bytes, out of whatever it is packed in."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa

from featurecat.io.request import InvalidFileError

__all__ = ["COMPRESSIONS", "open_stream"]

#: Endings of packed files. All but zip are Arrow's own.
COMPRESSIONS = (".zip", ".gz", ".bz2", ".zst", ".lz4")


@contextmanager
def open_stream(path: Path) -> Iterator[Any]:
    """A readable stream of a file's plain contents, unpacked as it is read.

    Args:
        path: A file; a ``.zip`` holds exactly one.

    Raises:
        InvalidFileError: When a zip archive is broken or does not hold exactly one file.
    """
    if path.suffix.casefold() != ".zip":
        with pa.input_stream(str(path), compression="detect") as stream:
            yield stream
        return
    try:
        with zipfile.ZipFile(path) as archive:
            members = [name for name in archive.namelist() if not name.endswith("/") and name[:8] != "__MACOSX"]
            if len(members) != 1:
                raise InvalidFileError(f"a zip archive with one file in it is needed, this one holds {len(members)}")
            with archive.open(members[0]) as member:
                yield member
    except zipfile.BadZipFile as fault:
        raise InvalidFileError("it is not a sound zip archive") from fault
