"""Every file format in one list, by name and by the endings of file names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from featurecat.errors import RequestError, did_you_mean
from featurecat.io.formats.compression import COMPRESSIONS
from featurecat.io.formats.csv import Csv
from featurecat.io.formats.duckdb import DuckDB
from featurecat.io.formats.feather import Feather
from featurecat.io.formats.json import Json
from featurecat.io.formats.orc import Orc
from featurecat.io.formats.parquet import Parquet
from featurecat.io.request import FileFormat

__all__ = ["FORMATS", "find_format", "format_of_path"]

#: Every format by its name; ``ndjson`` and ``arrow`` are second names.
FORMATS: Mapping[str, FileFormat] = MappingProxyType(
    {
        "parquet": Parquet(),
        "csv": Csv(),
        "json": Json(),
        "ndjson": Json(),
        "feather": Feather(),
        "arrow": Feather(),
        "orc": Orc(),
        "duckdb": DuckDB(),
    }
)


def find_format(name: str, *, file: str | None = None) -> FileFormat:
    """The format of that name.

    Args:
        name: Such as ``parquet``; upper and lower case are one.
        file: The file that is to be read, for the message.

    Raises:
        RequestError: When there is none; the hint lists them.
    """
    found = FORMATS.get(name.casefold())
    if found is None:
        known = f"formats are {', '.join(FORMATS)}"
        near = did_you_mean(name, FORMATS)
        raise RequestError(
            f"there is no file format {name!r}",
            code="source-unreadable",
            file=file,
            hint=f"{near} {known}" if near else known,
        )
    return found


def format_of_path(path: str | Path) -> str:
    """The name of a file's format, by its ending; a directory is taken for Parquet.

    Raises:
        RequestError: When the ending is of no known format.

    Example:
        >>> format_of_path("flights.csv.zip"), format_of_path("a/delays.PARQUET")
        ('csv', 'parquet')
    """
    path = Path(path)
    endings = [suffix.casefold() for suffix in path.suffixes]
    if endings and endings[-1] in COMPRESSIONS:
        endings.pop()
    for name, entry in FORMATS.items():
        if endings and endings[-1] in entry.suffixes:
            return name
    if path.is_dir():
        return "parquet"
    known = ", ".join(suffix for name, entry in FORMATS.items() for suffix in entry.suffixes[:1])
    raise RequestError(
        f"the format of {path} cannot be told from its name",
        code="source-unreadable",
        file=str(path),
        hint=f"known endings are {known}, text also compressed (.csv.gz, .csv.zip)",
    )
