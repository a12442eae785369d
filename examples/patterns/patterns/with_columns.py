"""with_columns: columns computed by functions of their own, put into the frame before a function gets it.

The same for both libraries: ``with_columns_pandas`` and ``with_columns_polars``.
"""

import pandas as pd
import polars as pl
from hamilton import driver

from patterns import with_columns_pandas, with_columns_polars

BOOKED = {"guest": ["ann", "bob", "cy"], "paid": [200.0, 90.0, 450.0], "nights": [2, 3, 3]}


def _run() -> dict:
    """Both libraries, and a column by its own name."""
    answers = {}
    for module, booked in ((with_columns_pandas, pd.DataFrame(BOOKED)), (with_columns_polars, pl.DataFrame(BOOKED))):
        dr = driver.Builder().with_modules(module).build()
        inputs = {"booked": booked, "limit": 95.0}
        found = dr.execute(["stays", "dear_stays"], inputs=inputs)
        frame = found["stays"]
        library = type(frame).__module__.partition(".")[0]
        per_night = dr.execute(["stays._per_night"], inputs={"booked": booked})["stays._per_night"]
        answers[library] = {
            "stays": {name: frame[name].to_list() for name in frame.columns},
            "dear": found["dear_stays"],
            "per night": per_night.to_list(),
            "nodes": sorted(variable.name for variable in dr.list_available_variables()),
        }
    answers["alike"] = answers["pandas"] == answers["polars"]
    return answers
