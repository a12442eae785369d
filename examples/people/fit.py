"""Fits the model, keeps it, and shows that what was kept expects the same.

python fit.py [ridge | forest]
"""

from __future__ import annotations

import json
import pickle
import sys
from pathlib import Path

import pandas as pd
from people_features import body_pandas, prediction

from featurecat import driver, to

__all__ = ["main"]

HERE = Path(__file__).resolve().parent


def main(arguments: list[str]) -> int:
    """Writes ``weight_model.pkl`` and ``report.json`` and prints the report.

    Args:
        arguments: At most one: which model, else ridge.

    Returns:
        The exit code: 0, or 1 when the model that was read back expects something else.
    """
    which = arguments[0] if arguments else "ridge"
    people = {"people": pd.read_parquet(HERE / "data" / "people.parquet")}
    dr = driver.Builder().with_modules(body_pandas, prediction).with_config({"model": which}).build()
    _, values = dr.materialize(
        to.pickle(id="saved_model", dependencies=["weight_model"], path=HERE / "weight_model.pkl"),
        additional_vars=["saved_report", "predicted_weight_1982_kg"],
        inputs={**people, "report_path": HERE / "report.json"},
    )
    print(json.dumps({"model": which, **json.loads((HERE / "report.json").read_text(encoding="utf-8"))}))
    kept = pickle.loads((HERE / "weight_model.pkl").read_bytes())
    again = dr.execute(["predicted_weight_1982_kg"], inputs=people, overrides={"weight_model": kept})
    alike = again["predicted_weight_1982_kg"].equals(values["predicted_weight_1982_kg"])
    return 0 if alike else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
