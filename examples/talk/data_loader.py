"""Where the weeks come from (pandas): a loader is a function like any other."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from featurecat import check_output, extract_columns, tag

__all__ = ["table"]


@tag(owner="Data-Engineering")
@check_output(allow_nans=False, importance="fail")
@extract_columns(
    ("year", "ISO year of the week."),
    ("week", "ISO week of the year."),
    ("signups", "People who signed up in the week."),
    ("spend", "Money spent on marketing in the week, in dollars."),
    ("holiday", "1 when the file marks the week as having a holiday in the US, else 0."),
)
def table(location: str = "data.csv") -> pd.DataFrame:
    """The weeks, one row each, in the order of the file.

    Args:
        location: A CSV file; a relative path starts beside this module.
    """
    return pd.read_csv(Path(__file__).parent / location)
