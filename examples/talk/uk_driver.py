"""Runs the forecast features for the UK: the config chooses which ``holidays`` there is."""

from __future__ import annotations

import data_loader
import features

from featurecat import driver

COLUMNS = [
    "year",
    "week",
    "signups",
    "spend",
    "holidays",
    "avg_3wk_spend",
    "acquisition_cost",
    "spend_per_signup",
    "spend_shift_3weeks",
    "special_feature1",
    "spend_b",
]


def main() -> None:
    """Prints the columns, one row a week."""
    config = {"region": "UK"}
    dr = driver.Driver(config, data_loader, features)
    df = dr.execute(COLUMNS)
    print(df.to_string())


if __name__ == "__main__":
    main()
