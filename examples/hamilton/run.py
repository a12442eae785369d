"""Prints what the monthly report is made of, and writes it to ``out/``."""

import json
import logging
from pathlib import Path

from fleet import aircraft, loading, makers
from hamilton import base, driver
from hamilton.io.materialization import to

HERE = Path(__file__).resolve().parent
COLUMNS = ["tailnum", "maker", "age", "size", "is_jet", "seats_per_engine", "seats_above_mean", "seat_miles"]


def main() -> None:
    config = {
        "planes_path": str(HERE / "data" / "planes.csv"),
        "flights_path": str(HERE / "data" / "flights.csv"),
        "as_of_year": 2013,
        "sizes": "fine",
        "report": "long",
    }
    adapter = base.SimplePythonGraphAdapter(base.PandasDataFrameResult())
    dr = driver.Driver(config, loading, aircraft, makers, adapter=adapter)
    frame = dr.execute(COLUMNS)

    (HERE / "out").mkdir(exist_ok=True)
    saved, values = dr.materialize(
        to.csv(
            id="report_file", dependencies=COLUMNS, combine=base.PandasDataFrameResult(), path=HERE / "out/report.csv"
        ),
        additional_vars=["mean_seats", "is_more_even", "young_share", "ages_saved", "planes_by_maker"],
        inputs={"ages_path": str(HERE / "out" / "ages.csv")},
    )
    owned = dr.list_available_variables(tag_filter={"owner": "fleet-team"})
    report = {
        "rows": len(frame),
        "columns": list(frame.columns),
        "mean age": round(float(frame["age"].mean()), 3),
        "sizes": frame["size"].value_counts().sort_index().to_dict(),
        "leading maker": values["planes_by_maker"].index[0],
        "young share": round(values["young_share"], 3),
        "more even": values["is_more_even"],
        "ages saved": values["ages_saved"]["rows"],
        "saved": sorted(saved),
        "owned": sorted(variable.name for variable in owned),
    }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    logging.basicConfig(level=logging.ERROR)
    main()
