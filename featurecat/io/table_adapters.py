"""Loaders and savers of frames and columns: one argument vocabulary, whichever library the frame is of.

The fields of these classes are that vocabulary. What they do is written in :mod:`featurecat.io.table_files` and
:mod:`featurecat.io.databases`, which load the data libraries and are therefore imported when data is handled.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Literal

from featurecat.frames.kinds import FrameKind, kind_of_type
from featurecat.io.adapters import DataLoader, DataSaver

__all__ = [
    "TABLE_ADAPTERS",
    "CsvLoader",
    "CsvSaver",
    "ExcelLoader",
    "ExcelSaver",
    "FeatherLoader",
    "FeatherSaver",
    "FrameLoader",
    "FrameSaver",
    "NdjsonLoader",
    "NdjsonSaver",
    "OrcLoader",
    "OrcSaver",
    "ParquetLoader",
    "ParquetSaver",
    "SqlLoader",
    "SqlSaver",
    "SqliteLoader",
    "SqliteSaver",
    "TableJsonLoader",
    "TableJsonSaver",
]

_LIBRARY_TYPES = {
    "pandas": ("DataFrame", "Series"),
    "polars": ("DataFrame", "LazyFrame", "Series"),
    "pyarrow": ("Table", "ChunkedArray"),
}


def _loaded_types() -> list[Any]:
    """The frame and column types of the libraries that are loaded: no annotation can name another."""
    return [
        getattr(sys.modules[library], name)
        for library, names in _LIBRARY_TYPES.items()
        if library in sys.modules
        for name in names
    ]


class _Table:
    """What loaders and savers of frames share."""

    format: ClassVar[str]

    @classmethod
    def name(cls) -> str:
        """The name of the format."""
        return cls.format

    @classmethod
    def applicable_types(cls) -> Collection[Any]:
        """Frames and columns of the libraries that are loaded."""
        return _loaded_types() or [FrameKind]

    @classmethod
    def applies_to(cls, type_: Any) -> bool:
        """Whether the type is a frame or a column; an expression is none, for it has no rows."""
        kind = kind_of_type(type_)
        return kind is not None and kind != FrameKind("polars-lazy", "column")

    def arguments(self) -> dict[str, Any]:
        """The arguments that were given, that is, those which are not what they are by default."""
        given: dict[str, Any] = {}
        for argument in fields(self):  # type: ignore[arg-type] # its subclasses are dataclasses
            value = getattr(self, argument.name)
            if argument.name not in ("path", "options") and not _same(value, argument.default):
                given[argument.name] = value
        return given


def _same(value: Any, default: Any) -> bool:
    return value is default or (type(value) is type(default) and bool(value == default))


class FrameLoader(_Table, DataLoader):
    """Reads a file into a frame or a column; see the fields of its subclasses for what each format takes."""

    path: str | os.PathLike[str]
    options: Mapping[str, Any]

    def load_data(self, type_: Any) -> tuple[Any, dict[str, Any]]:
        """The file as a frame or column of the library asked for.

        Args:
            type_: The frame or column type.

        Returns:
            The data; ``file_metadata`` and ``dataframe_metadata``.

        Raises:
            StoreError: ``source-unreadable``, when the file is missing or broken.
            RequestError: When it lacks a column that is named, or is asked for as one column and has several.
        """
        from featurecat.io.table_files import load_table

        return load_table(self, type_)


class FrameSaver(_Table, DataSaver):
    """Writes a frame or a column to a file; see the fields of its subclasses for what each format takes."""

    path: str | os.PathLike[str]
    options: Mapping[str, Any]

    def save_data(self, data: Any) -> dict[str, Any]:
        """Write the file as a whole or not at all.

        Args:
            data: A frame or column; a lazy frame is collected.

        Returns:
            ``file_metadata`` and ``dataframe_metadata``.

        Raises:
            StoreError: ``output-unwritable``, when the operating system refuses.
            RunError: ``not-tabular``, when a column has no type that a file can hold.
        """
        from featurecat.io.table_files import save_table

        return save_table(self, data)


# --- files ------------------------------------------------------------------------------------------


@dataclass
class ParquetLoader(FrameLoader):
    """Parquet: a file, or a folder of files.

    Attributes:
        path: The file.
        columns: Columns to read; all by default.
        rows: At most so many rows, the first ones.
        options: Arguments for the library's own function (``pandas.read_parquet``, ``polars.read_parquet`` or
            ``scan_parquet``, ``pyarrow.parquet.read_table``), which then reads the file. Without them every library
            gets the same columns with the same types, gaps as nulls.
    """

    format: ClassVar[str] = "parquet"
    path: str | os.PathLike[str]
    columns: Sequence[str] | None = None
    rows: int | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class ParquetSaver(FrameSaver):
    """Parquet.

    Attributes:
        path: The file.
        columns: Columns to write; all by default.
        index: Whether a pandas index other than 0, 1, 2 … is written, as leading columns.
        compression: ``zstd``, ``snappy``, ``gzip``, ``brotli``, ``lz4`` or None.
        options: Arguments for the library's own function, which then writes the file.
    """

    format: ClassVar[str] = "parquet"
    path: str | os.PathLike[str]
    columns: Sequence[str] | None = None
    index: bool = True
    compression: Literal["zstd", "snappy", "gzip", "brotli", "lz4"] | None = "zstd"
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class CsvLoader(FrameLoader):
    """Text in columns; also compressed (``.csv.gz``, ``.csv.zip``).

    Attributes:
        path: The file.
        columns: Columns to read; all by default.
        rows: At most so many rows, the first ones.
        delimiter: What stands between fields; a comma by default, a tab for ``.tsv``.
        types: Column to logical type (``{"code": "string"}``); other types are told from the values.
        null_values: What stands for a gap; by default nothing at all, ``NA``, ``NaN``, ``null`` and the like.
        decimal: What stands before the decimals.
        encoding: How the text is encoded.
        skip: Lines to leave out at the top.
        options: As for :class:`ParquetLoader`: ``pandas.read_csv``, ``polars.read_csv`` or ``scan_csv``,
            ``pyarrow.csv.read_csv``.
    """

    format: ClassVar[str] = "csv"
    path: str | os.PathLike[str]
    columns: Sequence[str] | None = None
    rows: int | None = None
    delimiter: str | None = None
    types: Mapping[str, str] | None = None
    null_values: Sequence[str] | None = None
    decimal: str = "."
    encoding: str = "utf8"
    skip: int = 0
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class CsvSaver(FrameSaver):
    """Text in columns; compressed where the name ends so (``.csv.gz``, ``.csv.zst``).

    Attributes:
        path: The file.
        columns: Columns to write; all by default.
        index: Whether a pandas index other than 0, 1, 2 … is written, as leading columns.
        delimiter: What stands between fields; a comma by default, a tab for ``.tsv``.
        header: Whether the first line names the columns.
        null_value: What stands for a gap.
        options: Arguments for the library's own function, which then writes the file.
    """

    format: ClassVar[str] = "csv"
    path: str | os.PathLike[str]
    columns: Sequence[str] | None = None
    index: bool = True
    delimiter: str | None = None
    header: bool = True
    null_value: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class NdjsonLoader(FrameLoader):
    """One JSON object a line; also compressed.

    Attributes:
        path: The file.
        columns: Columns to read; all by default.
        rows: At most so many rows, the first ones.
        types: Column to logical type; other types are told from the values.
        options: As for :class:`ParquetLoader`: ``pandas.read_json``, ``polars.read_ndjson`` or ``scan_ndjson``,
            ``pyarrow.json.read_json``.
    """

    format: ClassVar[str] = "ndjson"
    path: str | os.PathLike[str]
    columns: Sequence[str] | None = None
    rows: int | None = None
    types: Mapping[str, str] | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class NdjsonSaver(FrameSaver):
    """One JSON object a line; compressed where the name ends so.

    Attributes:
        path: The file.
        columns: Columns to write; all by default.
        index: Whether a pandas index other than 0, 1, 2 … is written, as leading columns.
        options: Arguments for the library's own function, which then writes the file.
    """

    format: ClassVar[str] = "ndjson"
    path: str | os.PathLike[str]
    columns: Sequence[str] | None = None
    index: bool = True
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class TableJsonLoader(NdjsonLoader):
    """One JSON array of objects, an object a row; arguments as for ``ndjson``."""

    format: ClassVar[str] = "json"


@dataclass
class TableJsonSaver(NdjsonSaver):
    """One JSON array of objects, an object a row; arguments as for ``ndjson``."""

    format: ClassVar[str] = "json"


@dataclass
class FeatherLoader(FrameLoader):
    """Feather, that is, Arrow's own file format.

    Attributes:
        path: The file.
        columns: Columns to read; all by default.
        rows: At most so many rows, the first ones.
        options: As for :class:`ParquetLoader`: ``pandas.read_feather``, ``polars.read_ipc`` or ``scan_ipc``,
            ``pyarrow.feather.read_table``.
    """

    format: ClassVar[str] = "feather"
    path: str | os.PathLike[str]
    columns: Sequence[str] | None = None
    rows: int | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class FeatherSaver(FrameSaver):
    """Feather, that is, Arrow's own file format.

    Attributes:
        path: The file.
        columns: Columns to write; all by default.
        index: Whether a pandas index other than 0, 1, 2 … is written, as leading columns.
        compression: ``lz4``, ``zstd`` or None.
        options: Arguments for the library's own function, which then writes the file.
    """

    format: ClassVar[str] = "feather"
    path: str | os.PathLike[str]
    columns: Sequence[str] | None = None
    index: bool = True
    compression: Literal["lz4", "zstd"] | None = "zstd"
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class OrcLoader(FrameLoader):
    """ORC.

    Attributes:
        path: The file.
        columns: Columns to read; all by default.
        rows: At most so many rows, the first ones.
        options: As for :class:`ParquetLoader`: ``pandas.read_orc``, ``pyarrow.orc.read_table``; Polars has none.
    """

    format: ClassVar[str] = "orc"
    path: str | os.PathLike[str]
    columns: Sequence[str] | None = None
    rows: int | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class OrcSaver(FrameSaver):
    """ORC.

    Attributes:
        path: The file.
        columns: Columns to write; all by default.
        index: Whether a pandas index other than 0, 1, 2 … is written, as leading columns.
        compression: ``zstd``, ``snappy``, ``zlib``, ``lz4`` or None.
        options: Arguments for the library's own function, which then writes the file; Polars has none.
    """

    format: ClassVar[str] = "orc"
    path: str | os.PathLike[str]
    columns: Sequence[str] | None = None
    index: bool = True
    compression: Literal["zstd", "snappy", "zlib", "lz4"] | None = "zstd"
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class ExcelLoader(FrameLoader):
    """A sheet of an Excel workbook; needs ``featurecat[excel]``.

    Attributes:
        path: The file.
        sheet: Its name, or its number counted from 0.
        columns: Columns to read; all by default.
        rows: At most so many rows, the first ones.
        skip: Lines to leave out at the top.
        options: Arguments for ``pandas.read_excel``, which reads for every library.
    """

    format: ClassVar[str] = "excel"
    path: str | os.PathLike[str]
    sheet: str | int = 0
    columns: Sequence[str] | None = None
    rows: int | None = None
    skip: int = 0
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class ExcelSaver(FrameSaver):
    """A new Excel workbook with one sheet; needs ``featurecat[excel]``.

    Attributes:
        path: The file.
        sheet: Name of the sheet.
        columns: Columns to write; all by default.
        index: Whether a pandas index other than 0, 1, 2 … is written, as leading columns.
        options: Arguments for ``pandas.DataFrame.to_excel``, which writes for every library.
    """

    format: ClassVar[str] = "excel"
    path: str | os.PathLike[str]
    sheet: str = "Sheet1"
    columns: Sequence[str] | None = None
    index: bool = True
    options: Mapping[str, Any] = field(default_factory=dict)


# --- databases --------------------------------------------------------------------------------------


class _DatabaseLoader(_Table, DataLoader):
    query: str | None
    table: str | None
    columns: Sequence[str] | None
    params: Sequence[Any] | Mapping[str, Any] | None

    @classmethod
    def faults_of(cls, names: Collection[str]) -> list[str]:
        """Exactly one of table and query has to be given."""
        if ("query" in names) == ("table" in names):
            return ["takes either table= or query="]
        return ["takes columns= with table= only: name them in the query"] if {"query", "columns"} <= set(names) else []

    def load_data(self, type_: Any) -> tuple[Any, dict[str, Any]]:
        """The rows as a frame or column of the library asked for.

        Returns:
            The data; ``sql_metadata`` and ``dataframe_metadata``.

        Raises:
            StoreError: ``source-unreadable``, when the database is missing or refuses the statement.
        """
        from featurecat.io.databases import load_rows

        return load_rows(self, type_)


class _DatabaseSaver(_Table, DataSaver):
    table: str
    if_exists: str
    columns: Sequence[str] | None
    index: bool

    def save_data(self, data: Any) -> dict[str, Any]:
        """Write the rows in one transaction.

        Returns:
            ``sql_metadata`` and ``dataframe_metadata``.

        Raises:
            StoreError: ``output-unwritable``, when the table exists and must not, or the database refuses.
        """
        from featurecat.io.databases import save_rows

        return save_rows(self, data)


@dataclass
class SqlLoader(_DatabaseLoader):
    """A table or query of a database.

    Attributes:
        connection: A DuckDB connection or path of a DuckDB file; an SQLAlchemy engine, connection or address
            (``postgresql://…``; needs ``featurecat[sql]``); a connection of ``sqlite3``.
        query: A select statement.
        table: A table, instead of ``query``; ``schema.table`` where it has a schema.
        columns: Columns of the table to read; all by default.
        params: Values of the query's parameters.
    """

    format: ClassVar[str] = "sql"
    connection: Any
    query: str | None = None
    table: str | None = None
    columns: Sequence[str] | None = None
    params: Sequence[Any] | Mapping[str, Any] | None = None


@dataclass
class SqlSaver(_DatabaseSaver):
    """A table of a database, written in one transaction.

    Attributes:
        connection: As for :class:`SqlLoader`.
        table: Name of the table; ``schema.table`` where it has a schema.
        if_exists: What to do when there is one: ``fail``, ``replace`` it, or ``append`` to it.
        columns: Columns to write; all by default.
        index: Whether a pandas index other than 0, 1, 2 … is written, as leading columns.
    """

    format: ClassVar[str] = "sql"
    connection: Any
    table: str
    if_exists: Literal["fail", "replace", "append"] = "fail"
    columns: Sequence[str] | None = None
    index: bool = True


@dataclass
class SqliteLoader(_DatabaseLoader):
    """A table or query of an SQLite file. SQLite has no times and no booleans: those come back as text and numbers.

    Attributes:
        path: The file.
        query: A select statement.
        table: A table, instead of ``query``.
        columns: Columns of the table to read; all by default.
        params: Values of the query's parameters.
    """

    format: ClassVar[str] = "sqlite"
    path: str | os.PathLike[str]
    query: str | None = None
    table: str | None = None
    columns: Sequence[str] | None = None
    params: Sequence[Any] | Mapping[str, Any] | None = None


@dataclass
class SqliteSaver(_DatabaseSaver):
    """A table of an SQLite file, written in one transaction.

    Attributes:
        path: The file; made where there is none.
        table: Name of the table.
        if_exists: What to do when there is one: ``fail``, ``replace`` it, or ``append`` to it.
        columns: Columns to write; all by default.
        index: Whether a pandas index other than 0, 1, 2 … is written, as leading columns.
    """

    format: ClassVar[str] = "sqlite"
    path: str | os.PathLike[str]
    table: str
    if_exists: Literal["fail", "replace", "append"] = "fail"
    columns: Sequence[str] | None = None
    index: bool = True


TABLE_ADAPTERS: tuple[type[DataLoader] | type[DataSaver], ...] = (
    ParquetLoader,
    ParquetSaver,
    CsvLoader,
    CsvSaver,
    TableJsonLoader,
    TableJsonSaver,
    NdjsonLoader,
    NdjsonSaver,
    FeatherLoader,
    FeatherSaver,
    OrcLoader,
    OrcSaver,
    ExcelLoader,
    ExcelSaver,
    SqlLoader,
    SqlSaver,
    SqliteLoader,
    SqliteSaver,
)
