"""Frames to files and back, for all libraries alike.

Without ``options`` every library takes one path, through Arrow: what is read has the same columns and types in pandas
as in Polars, and what is written is the same file. With ``options`` the frame's own library reads or writes.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars
import pyarrow as pa

from featurecat.errors import RequestError, RunError, StoreError, UnsupportedError, did_you_mean
from featurecat.frames.arrow import from_arrow, index_columns, to_arrow, to_arrow_table
from featurecat.frames.kinds import FrameKind, kind_of_type, kind_of_value
from featurecat.frames.logical import parse_logical_type
from featurecat.frames.tables import first_difference
from featurecat.io.formats.compression import COMPRESSIONS
from featurecat.io.metadata import dataframe_metadata, file_metadata, table_metadata
from featurecat.io.reader import Reader
from featurecat.io.replacing import replacing
from featurecat.io.request import FileRequest
from featurecat.io.table_adapters import FrameLoader, FrameSaver

__all__ = ["as_table", "as_type", "load_table", "save_table"]

#: What Arrow takes for a gap in text; a lazy reader is told the same.
_NULLS = [
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "N/A", "NA", "NULL",
    "NaN", "n/a", "nan", "null",
]  # fmt: skip

#: The library's own reader by format and engine, with its names for our arguments.
READERS: Mapping[tuple[str, str], tuple[str, Mapping[str, str]]] = {
    ("parquet", "pandas"): ("read_parquet", {"columns": "columns"}),
    ("parquet", "polars"): ("read_parquet", {"columns": "columns", "rows": "n_rows"}),
    ("parquet", "polars-lazy"): ("scan_parquet", {"rows": "n_rows"}),
    ("parquet", "pyarrow"): ("read_table", {"columns": "columns"}),
    ("csv", "pandas"): (
        "read_csv",
        {
            "columns": "usecols",
            "rows": "nrows",
            "delimiter": "sep",
            "null_values": "na_values",
            "decimal": "decimal",
            "encoding": "encoding",
            "skip": "skiprows",
        },
    ),
    ("csv", "polars"): (
        "read_csv",
        {
            "columns": "columns",
            "rows": "n_rows",
            "delimiter": "separator",
            "null_values": "null_values",
            "encoding": "encoding",
            "skip": "skip_rows",
        },
    ),
    ("csv", "polars-lazy"): (
        "scan_csv",
        {"rows": "n_rows", "delimiter": "separator", "null_values": "null_values", "skip": "skip_rows"},
    ),
    ("csv", "pyarrow"): ("read_csv", {}),
    ("json", "pandas"): ("read_json", {}),
    ("json", "polars"): ("read_json", {}),
    ("json", "pyarrow"): ("read_json", {}),
    ("ndjson", "pandas"): ("read_json", {"rows": "nrows"}),
    ("ndjson", "polars"): ("read_ndjson", {"rows": "n_rows"}),
    ("ndjson", "polars-lazy"): ("scan_ndjson", {"rows": "n_rows"}),
    ("ndjson", "pyarrow"): ("read_json", {}),
    ("feather", "pandas"): ("read_feather", {"columns": "columns"}),
    ("feather", "polars"): ("read_ipc", {"columns": "columns", "rows": "n_rows"}),
    ("feather", "polars-lazy"): ("scan_ipc", {"rows": "n_rows"}),
    ("feather", "pyarrow"): ("read_table", {"columns": "columns"}),
    ("orc", "pandas"): ("read_orc", {"columns": "columns"}),
    ("orc", "pyarrow"): ("read_table", {"columns": "columns"}),
}
#: The library's own writer by format and engine, with its names for our arguments.
WRITERS: Mapping[tuple[str, str], tuple[str, Mapping[str, str]]] = {
    ("parquet", "pandas"): ("to_parquet", {"compression": "compression"}),
    ("parquet", "polars"): ("write_parquet", {"compression": "compression"}),
    ("parquet", "pyarrow"): ("write_table", {"compression": "compression"}),
    ("csv", "pandas"): ("to_csv", {"delimiter": "sep", "header": "header", "null_value": "na_rep"}),
    ("csv", "polars"): (
        "write_csv",
        {"delimiter": "separator", "header": "include_header", "null_value": "null_value"},
    ),
    ("csv", "pyarrow"): ("write_csv", {}),
    ("json", "pandas"): ("to_json", {}),
    ("json", "polars"): ("write_json", {}),
    ("ndjson", "pandas"): ("to_json", {}),
    ("ndjson", "polars"): ("write_ndjson", {}),
    ("feather", "pandas"): ("to_feather", {"compression": "compression"}),
    ("feather", "polars"): ("write_ipc", {"compression": "compression"}),
    ("feather", "pyarrow"): ("write_feather", {"compression": "compression"}),
    ("orc", "pandas"): ("to_orc", {}),
    ("orc", "pyarrow"): ("write_table", {"compression": "compression"}),
}
#: What our formats mean by themselves, where the library's function means something else; options may overrule it.
_READING: Mapping[tuple[str, str], Mapping[str, Any]] = {
    ("json", "pandas"): {"orient": "records"},
    ("ndjson", "pandas"): {"orient": "records", "lines": True},
}
_WRITING: Mapping[tuple[str, str], Mapping[str, Any]] = {
    ("parquet", "pandas"): {"index": False},
    ("csv", "pandas"): {"index": False},
    ("json", "pandas"): {"orient": "records"},
    ("ndjson", "pandas"): {"orient": "records", "lines": True},
}


# --- reading ----------------------------------------------------------------------------------------


def load_table(loader: FrameLoader, type_: Any) -> tuple[Any, dict[str, Any]]:
    """What a loader's file holds, as a frame or column.

    Args:
        loader: What to read, and how.
        type_: The frame or column type.

    Returns:
        The data and its metadata.

    Raises:
        StoreError: ``source-unreadable``, when the file is missing or broken.
        RequestError: When columns are named that it lacks, or one column is asked for where there are several.
    """
    kind = kind_of_type(type_)
    assert kind is not None  # the loader applies to no other type
    path = Path(loader.path).expanduser()
    if _is_address(loader.path):
        data = _one_column(_read_by_library(loader, str(loader.path), kind.engine), kind, "what lies there")
        return data, {**file_metadata(loader.path), **dataframe_metadata(data)}
    if not path.exists():
        raise StoreError(f"there is no file {loader.path}", code="source-unreadable")
    if loader.format == "excel":
        data = as_type(_read_excel(loader, path), kind, str(loader.path))
    elif loader.options:
        data = _one_column(_read_by_library(loader, path, kind.engine), kind, str(loader.path))
    elif _scans(loader, path, kind):
        data = _scan(loader, path)
    else:
        data = as_type(_read_table(loader, path), kind, str(loader.path))
    return data, {**file_metadata(loader.path), **dataframe_metadata(data)}


def _is_address(path: str | os.PathLike[str]) -> bool:
    return "://" in os.fspath(path)


def as_type(table: pa.Table, kind: FrameKind, origin: str) -> Any:
    """A table as a frame of an engine, or as its only column.

    Raises:
        RequestError: When a column is asked for and there are several.
    """
    if kind.shape == "frame":
        return from_arrow(table, kind.engine)
    frame = from_arrow(table, "polars" if kind.engine == "polars-lazy" else kind.engine)
    return _one_column(frame, kind, origin)


def _one_column(frame: Any, kind: FrameKind, origin: str) -> Any:
    if kind.shape == "frame":
        return frame
    names = list(frame.column_names if kind.engine == "pyarrow" else frame.columns)
    if len(names) != 1:
        raise RequestError(
            f"{origin} has {len(names)} columns, and one is asked for",
            code="source-unreadable",
            hint=f"choose it: columns=[{names[0]!r}]" if names else None,
        )
    return frame.column(names[0]) if kind.engine == "pyarrow" else frame[names[0]]


def _read_table(loader: FrameLoader, path: Path) -> pa.Table:
    arguments = loader.arguments()
    columns, rows = arguments.pop("columns", None), arguments.pop("rows", None)
    types = {name: parse_logical_type(dtype) for name, dtype in (arguments.pop("types", None) or {}).items()}
    own = {"skip": "skip_rows", "decimal": "decimal_point"}
    options = {own.get(name, name): value for name, value in arguments.items()}
    if "null_values" in options:
        options["null_values"] = list(options["null_values"])
    request = FileRequest(path, loader.format, options=options, types=types)
    table = Reader().table(request, columns, limit=rows)
    return table if columns is None else table.select(list(columns))


def _scans(loader: FrameLoader, path: Path, kind: FrameKind) -> bool:
    """Whether a lazy frame is read as it is used: not what is packed, nor what the library cannot do lazily."""
    if kind != FrameKind("polars-lazy", "frame") or (loader.format, "polars-lazy") not in READERS:
        return False
    known = READERS[loader.format, "polars-lazy"][1]
    return path.suffix.casefold() not in COMPRESSIONS and loader.arguments().keys() <= {*known, "columns"}


def _scan(loader: FrameLoader, path: Path) -> Any:
    frame = _read_by_library(loader, path, "polars-lazy")
    return frame.fill_nan(None)


def _read_by_library(loader: FrameLoader, path: Path | str, engine: str) -> Any:
    arguments = loader.arguments()
    columns = arguments.pop("columns", None) if engine == "polars-lazy" else None
    own: dict[str, Any] = dict(_READING.get((loader.format, engine), {}))
    function, known = _library_function(READERS, loader, engine)
    own |= _translated(loader, known, arguments, engine)
    if (loader.format, engine) == ("csv", "polars-lazy") and not loader.options:
        own = {"null_values": _NULLS, "try_parse_dates": True, **own}
        own.setdefault("separator", "\t" if str(path).casefold().endswith(".tsv") else ",")
    with _reaching(path):
        frame = function(path, **{**own, **loader.options})
    return frame if columns is None else frame.select(list(columns))


@contextmanager
def _reaching(path: Path | str) -> Iterator[None]:
    try:
        yield
    except ImportError as fault:
        if isinstance(path, Path):
            raise
        scheme = path.partition("://")[0]
        raise UnsupportedError(
            f"what lies at a {scheme}:// address cannot be reached: {fault}", hint="install what it names"
        ) from fault


def _library_function(
    table: Mapping[tuple[str, str], tuple[str, Mapping[str, str]]], adapter: FrameLoader | FrameSaver, engine: str
) -> tuple[Callable[..., Any], Mapping[str, str]]:
    if (adapter.format, engine) not in table:
        raise UnsupportedError(
            f"{engine} has no function of its own for {adapter.format}, which options= and addresses need",
            hint="give a file, and leave options= out",
        )
    name, known = table[adapter.format, engine]
    if engine == "pandas":
        import pandas

        return getattr(pandas if table is READERS else pandas.DataFrame, name), known
    if engine == "pyarrow":
        return getattr(_arrow_module(adapter.format), name), known
    owner: Any = polars if table is READERS else polars.DataFrame
    return getattr(owner, name), known


def _arrow_module(name: str) -> Any:
    import pyarrow.csv
    import pyarrow.feather
    import pyarrow.json
    import pyarrow.orc
    import pyarrow.parquet  # noqa: F401 - each of them becomes an attribute of the package

    return getattr(pa, "json" if name == "ndjson" else name)


def _translated(
    adapter: FrameLoader | FrameSaver, known: Mapping[str, str], arguments: Mapping[str, Any], engine: str
) -> dict[str, Any]:
    """Our arguments under the library's names."""
    for name in arguments:
        if name not in known:
            raise UnsupportedError(
                f"{adapter.format} for {engine} cannot take both {name}= and options=",
                hint=f"say it in options=, in the words of {engine}",
            )
    return {known[name]: _plain(value) for name, value in arguments.items()}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


@contextmanager
def _excel() -> Iterator[None]:
    try:
        yield
    except ImportError as fault:
        raise UnsupportedError("excel files need openpyxl", hint="pip install 'featurecat[excel]'") from fault
    except zipfile.BadZipFile as fault:
        raise StoreError("it is not a sound excel file", code="source-unreadable") from fault


def _read_excel(loader: Any, path: Path) -> pa.Table:
    import pandas

    own = {"sheet_name": loader.sheet, "nrows": loader.rows, "skiprows": loader.skip or None}
    with _excel():
        frame = pandas.read_excel(path, **{**own, **loader.options})
    if loader.columns is not None:
        found = list(map(str, frame.columns))
        for name in loader.columns:
            if name not in found:
                raise RequestError(
                    f"{loader.path} has no column {name!r}",
                    code="source-unreadable",
                    hint=did_you_mean(name, found) or f"columns are {', '.join(found)}",
                )
        frame = frame[list(loader.columns)]
    return to_arrow_table(frame)


# --- writing ----------------------------------------------------------------------------------------


def as_table(data: Any, *, columns: Any = None, index: bool = True) -> pa.Table:
    """A frame or column of any library as an Arrow table.

    Args:
        data: The frame or column; a lazy frame is collected.
        columns: Columns to keep; None keeps all.
        index: Whether a pandas index other than 0, 1, 2 … becomes leading columns.

    Raises:
        RequestError: When a column is named that there is none of.
        RunError: ``not-tabular``, when a column has no Arrow type.
    """
    kind = kind_of_value(data)
    if kind is not None and kind.shape == "column":
        table = pa.table({str(getattr(data, "name", None) or "value"): to_arrow(data)})
    else:
        table = to_arrow_table(data.collect() if kind == FrameKind("polars-lazy", "frame") else data)
    _check_columns(columns, table.column_names)
    if columns is not None:
        table = table.select(list(columns))
    for position, (name, level) in enumerate(index_columns(data) if index else ()):
        if name not in table.column_names:
            table = table.add_column(position, name, level)
        elif first_difference(level, table.column(name)) is not None:
            raise RunError(
                f"the index and a column are both called {name!r}, and differ",
                code="not-tabular",
                hint="index=False leaves the index out",
            )
    return table


def _check_columns(columns: Any, found: list[str]) -> None:
    for name in columns or ():
        if name not in found:
            hint = did_you_mean(name, found) or f"columns are {', '.join(found)}"
            raise RequestError(f"there is no column {name!r} to write", code="not-tabular", hint=hint)


def save_table(saver: FrameSaver, data: Any) -> dict[str, Any]:
    """Write what a saver is given to its file, as a whole or not at all.

    Args:
        saver: Where to write, and how.
        data: A frame or column.

    Returns:
        The metadata of the file and of what is in it.

    Raises:
        StoreError: ``output-unwritable``, when the operating system refuses.
        RunError: ``not-tabular``, when a column has no type that a file can hold.
    """
    arguments = saver.arguments()
    table = as_table(data, columns=arguments.pop("columns", None), index=arguments.pop("index", True))
    kind = kind_of_value(data)
    assert kind is not None  # the saver applies to no other type
    if _is_address(saver.path):
        _write_by_library(saver, table, str(saver.path), kind.engine)
    else:
        with replacing(saver.path) as path:
            if saver.options and saver.format != "excel":
                _write_by_library(saver, table, path, kind.engine)
            else:
                _WRITE[saver.format](saver, table, path)
    return {**file_metadata(saver.path), **table_metadata(table.column_names, table.schema.types, table.num_rows)}


def _write_by_library(saver: FrameSaver, table: pa.Table, path: Path | str, engine: str) -> None:
    engine = "polars" if engine == "polars-lazy" else engine
    arguments = {name: value for name, value in saver.arguments().items() if name not in ("columns", "index")}
    function, known = _library_function(WRITERS, saver, engine)
    own = {**_WRITING.get((saver.format, engine), {}), **_translated(saver, known, arguments, engine), **saver.options}
    with _reaching(path):
        function(from_arrow(table, engine), path, **own)


def _write_parquet(saver: Any, table: pa.Table, path: Path) -> None:
    import pyarrow.parquet

    pyarrow.parquet.write_table(table, path, compression=saver.compression or "none")


def _write_feather(saver: Any, table: pa.Table, path: Path) -> None:
    import pyarrow.feather

    pyarrow.feather.write_feather(table, str(path), compression=saver.compression or "uncompressed")


def _write_orc(saver: Any, table: pa.Table, path: Path) -> None:
    import pyarrow.orc

    # the format has no categories
    plain = [
        column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column
        for column in table.columns
    ]
    table = pa.Table.from_arrays(plain, names=table.column_names)
    pyarrow.orc.write_table(table, str(path), compression=saver.compression or "uncompressed")


def _write_csv(saver: Any, table: pa.Table, path: Path) -> None:
    tabbed = ".tsv" in (suffix.casefold() for suffix in path.suffixes)
    delimiter = saver.delimiter or ("\t" if tabbed else ",")
    text = _polars_frame(table).write_csv(
        include_header=saver.header, separator=delimiter, null_value=saver.null_value or None
    )
    _write_text(text, path)


def _refuse_bytes(table: pa.Table, name: str) -> None:
    """Polars does not refuse them: it panics, on standard error, too."""
    kinds = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary, pa.types.is_binary_view)
    if found := [field.name for field in table.schema if any(kind(field.type) for kind in kinds)]:
        raise RequestError(
            f"{name} has no bytes, and {', '.join(found)} holds some",
            code="not-tabular",
            hint="write them as text first",
        )


def _write_json(saver: Any, table: pa.Table, path: Path) -> None:
    _refuse_bytes(table, "json")
    _write_text(_polars_frame(table).write_json(), path)


def _write_ndjson(saver: Any, table: pa.Table, path: Path) -> None:
    _refuse_bytes(table, "ndjson")
    _write_text(_polars_frame(table).write_ndjson(), path)


def _polars_frame(table: pa.Table) -> Any:
    return polars.from_arrow(table)


def _write_text(text: str, path: Path) -> None:
    if path.suffix.casefold() == ".zip":
        raise UnsupportedError("text cannot be written into a .zip", hint="end the name in .gz or .zst")
    with pa.output_stream(str(path), compression="detect") as stream:
        stream.write(text.encode("utf-8"))


def _write_excel(saver: Any, table: pa.Table, path: Path) -> None:
    zoned = [name for name, one in zip(table.column_names, table.schema.types, strict=True) if getattr(one, "tz", None)]
    if zoned:
        raise RequestError(
            f"excel has no time zones, and {', '.join(zoned)} has one",
            code="not-tabular",
            hint="take it off first: .dt.tz_localize(None), .dt.replace_time_zone(None)",
        )
    with _excel():
        frame = from_arrow(table, "pandas")
        frame.to_excel(path, **{"sheet_name": saver.sheet, "index": False, "engine": "openpyxl", **saver.options})


_WRITE: Mapping[str, Callable[[Any, pa.Table, Path], None]] = {
    "parquet": _write_parquet,
    "csv": _write_csv,
    "json": _write_json,
    "ndjson": _write_ndjson,
    "feather": _write_feather,
    "orc": _write_orc,
    "excel": _write_excel,
}
