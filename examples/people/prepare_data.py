"""Writes ``data/people.parquet`` from the causaldata package: people who smoked in 1971, and their weight in 1982.

The package's file is read where it lies; the package itself is never imported.

    python prepare_data.py [DIRECTORY]
"""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pandas as pd

__all__ = ["main", "prepare"]

_WHOLE = ["seqn", "age", "smokeintensity", "smokeyrs"]
_MEASURES = ["ht", "wt71", "wt82"]
_CODED = {
    "sex": {"0": "male", "1": "female"},
    "active": {"0": "very active", "1": "moderately active", "2": "inactive"},
    "exercise": {"0": "much", "1": "moderate", "2": "little"},
}


def prepare(directory: Path) -> int:
    """Writes the file.

    Args:
        directory: Where; it is made when absent.

    Returns:
        How many people there are.

    Raises:
        PackageNotFoundError: When causaldata is not installed.
    """
    path = distribution("causaldata").locate_file("causaldata/nhefs/nhefs.dta")
    table = pd.read_stata(str(path), columns=[*_WHOLE, *_CODED, *_MEASURES])
    for name in _WHOLE:
        table[name] = table[name].astype("int64")
    for name, texts in _CODED.items():
        table[name] = table[name].astype("string").map(texts)
    directory.mkdir(parents=True, exist_ok=True)
    table.sort_values("seqn", ignore_index=True).to_parquet(directory / "people.parquet", index=False)
    return len(table)


def main(arguments: list[str]) -> int:
    """Prepares the data and prints how many rows there are.

    Args:
        arguments: At most one: the directory, else ``data`` beside this file.

    Returns:
        The exit code: 0, or 2 when the package is missing.
    """
    directory = Path(arguments[0]) if arguments else Path(__file__).resolve().parent / "data"
    try:
        count = prepare(directory)
    except PackageNotFoundError as error:
        print(f"prepare_data: {error}; install it: pip install 'featurecat[examples]'", file=sys.stderr)
        return 2
    print(f"  people {count:>9,} rows")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
