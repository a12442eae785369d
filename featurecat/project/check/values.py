"""Published values as the functions of a project returned them: for expectations that judge the value itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from featurecat.errors import EvaluationError, FeaturecatError
from featurecat.frames.arrow import from_arrow
from featurecat.frames.columns import extract_column
from featurecat.frames.kinds import kind_of_type
from featurecat.frames.tables import table_of
from featurecat.storage.parquet import read_columns

__all__ = ["published_value"]


def published_value(path: Path, columns: Sequence[str], annotation: Any) -> Any:
    """The columns of a published feature as its return annotation has them.

    Args:
        path: The file.
        columns: Of a frame all its columns, else the feature's.
        annotation: What the feature's function returns.

    Raises:
        EvaluationError: When it returns what files do not hold, or the file cannot be read.
    """
    kind = kind_of_type(annotation)
    if kind is None:
        raise EvaluationError("its expectation judges values that are not kept in files; check it with --compute")
    try:
        frame = from_arrow(table_of(read_columns(path, columns)), kind.engine)
    except (FeaturecatError, KeyError) as error:
        raise EvaluationError(f"the columns {', '.join(columns)} cannot be read from {path.name}") from error
    if kind.shape == "frame":
        return frame
    if kind.engine == "polars-lazy":
        return frame.collect().to_series()
    return extract_column(frame, columns[0])
