"""Where the planes come from, and where the register goes."""

import logging
from pathlib import Path

import pandas as pd
from hamilton.function_modifiers import check_output, dataloader, datasaver, extract_columns, tag

logger = logging.getLogger(__name__)


@dataloader()
def planes_file(planes_path: str) -> tuple[pd.DataFrame, dict]:
    """The register of planes as it was published."""
    frame = pd.read_csv(planes_path)
    logger.info("%d planes", len(frame))
    return frame, {"path": planes_path, "bytes": Path(planes_path).stat().st_size}


@dataloader()
def flights_file(flights_path: str) -> tuple[pd.DataFrame, dict]:
    """How often each plane left, and how many miles it went."""
    return pd.read_csv(flights_path), {"path": flights_path}


@tag(owner="fleet-team", source="register")
@extract_columns("tailnum", "year_built", "plane_type", "manufacturer", "seats", "engines", "engine_type")
def planes(planes_file: pd.DataFrame) -> pd.DataFrame:
    """The planes under the names that we use."""
    names = {"year": "year_built", "type": "plane_type", "engine": "engine_type"}
    return planes_file.rename(columns=names)


@tag(owner="network-team")
@extract_columns("departures", "miles")
@check_output(importance="fail", allow_none=False)
def flown(planes: pd.DataFrame, flights_file: pd.DataFrame) -> pd.DataFrame:
    """What each plane of the register flew, in the register's order; nothing for those that stayed."""
    joined = planes[["tailnum"]].merge(flights_file, on="tailnum", how="left")
    return joined.fillna({"departures": 0, "miles": 0})


@datasaver()
def ages_saved(tailnum: pd.Series, age: pd.Series, ages_path: str) -> dict:
    """Writes the ages of the planes for those who ask every month."""
    pd.DataFrame({"tailnum": tailnum, "age": age}).to_csv(ages_path, index=False)
    return {"path": ages_path, "rows": len(age)}
