"""Runs the hello world: give a and b, ask for c and d."""

from __future__ import annotations

import hello_world
import pandas as pd

from featurecat import driver


def main() -> None:
    """Prints the columns a, b, c and d."""
    initial_columns = {"a": pd.Series([1, 2, 3]), "b": pd.Series([10, 20, 30])}
    dr = driver.Driver(initial_columns, hello_world)
    df = dr.execute(["a", "b", "c", "d"])
    print(df)


if __name__ == "__main__":
    main()
