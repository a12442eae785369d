"""What is asked of a file, and what an adapter for a file format has to offer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from featurecat.errors import UnsupportedError

__all__ = ["FileFormat", "FileRequest", "InvalidFileError", "refuse_address"]


class InvalidFileError(Exception):
    """A file is not what its format says; the reader turns it into an error that names the file."""


@dataclass(frozen=True, slots=True)
class FileRequest:
    """One file (or database table) to read.

    Attributes:
        path: The file.
        format: Name of its format in the registry.
        options: Options of the format, such as ``delimiter``.
        types: Arrow types that columns are declared to have; formats without types of their own parse by them.
        table: Table of a database file.
        query: A select statement for a database file, instead of ``table``.
    """

    path: Path
    format: str
    options: Mapping[str, Any] = field(default_factory=dict)
    types: Mapping[str, pa.DataType] = field(default_factory=dict)
    table: str | None = None
    query: str | None = None


def refuse_address(what: str, path: str) -> None:
    """Refuse what lies behind an address such as ``s3://bucket/x.parquet``; the address may hold a password.

    Args:
        what: The source or input, for the message.
        path: Where it lies.

    Raises:
        UnsupportedError: When ``path`` is an address.
    """
    scheme, separator, _ = path.partition("://")
    if separator and scheme.replace("+", "").replace("-", "").isalnum():
        raise UnsupportedError(
            f"{what} lies at a {scheme}:// address, and this version reads files only",
            hint="copy it to a file, or load it in a function of your own",
        )


class FileFormat(Protocol):
    """How one format is read. Faults surface as Arrow's, the operating system's or :class:`InvalidFileError`."""

    @property
    def suffixes(self) -> tuple[str, ...]:
        """File name endings, without compression."""
        ...

    @property
    def columnar(self) -> bool:
        """Whether reading one column leaves the others unread."""
        ...

    def schema(self, request: FileRequest) -> pa.Schema:
        """Names and types of the columns, read as cheaply as the format allows."""
        ...

    def read(self, request: FileRequest, columns: Sequence[str] | None, limit: int | None) -> pa.Table:
        """The rows.

        Args:
            request: What to read.
            columns: Columns to read, all of which exist; None means all.
            limit: Read about as many rows and no more than needed; the caller cuts the rest.
        """
        ...
