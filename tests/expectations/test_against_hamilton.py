"""Row by row of check_output: the verdict is Hamilton's, or it differs where the row says why."""

from __future__ import annotations

import datetime
import math
import warnings
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest

from featurecat.expectations.evaluate import evaluate
from featurecat.expectations.registry import make_spec

pytestmark = [pytest.mark.component("hamilton"), pytest.mark.filterwarnings("ignore")]

NAN = math.nan
DAYS = pd.Series(pd.to_datetime(["2013-01-01", "2013-12-31"]))


class Row(NamedTuple):
    kind: str
    argument: Any
    value: Any
    passes: bool
    #: Whether Hamilton's verdict is another one; an error counts as not passing.
    mended: bool = False


ROWS = [
    Row("range", (0, 1), pd.Series([0.0, 1.0]), True),
    Row("range", (0, 1), pd.Series([0.0, 1.5]), False),
    Row("range", (0, 1), pd.Series([0.5, NAN]), True, mended=True),
    Row("range", (0, 1), pd.Series([0.5, None], dtype="Float64"), True),
    Row("range", (0, 1), pd.Series([], dtype=float), True),
    Row("range", ("a", "m"), pd.Series(["a", "m"]), True),
    Row("range", ("a", "m"), pd.Series(["z"]), False),
    Row("range", (datetime.datetime(2013, 1, 1), datetime.datetime(2014, 1, 1)), DAYS, True),
    Row("range", (0, 1), 0.5, True),
    Row("range", (0, 1), 2, False),
    Row("range", (0, 1), NAN, True, mended=True),
    Row("values_in", ["a", "b"], pd.Series(["a", None]), True),
    Row("values_in", ["a", "b"], pd.Series(["a", "c"]), False),
    Row("values_in", [1, 2], 2, True),
    Row("values_in", [1, 2], 3, False),
    Row("values_in", ["a"], "a", True),
    Row("values_in", [1, 2], NAN, True, mended=True),
    Row("data_type", float, pd.Series([1.0]), True),
    Row("data_type", float, pd.Series([1]), False),
    Row("data_type", int, pd.Series([1], dtype="Int64"), True),
    Row("data_type", np.float64, pd.Series([1.0]), True),
    Row("data_type", "float64", pd.Series([1.0]), True),
    Row("data_type", float, 1, False),
    Row("data_type", str, "a", True),
    Row("data_type", int, True, False, mended=True),
    Row("allow_nans", False, pd.Series([1.0]), True),
    Row("allow_nans", False, pd.Series([1.0, NAN]), False),
    Row("allow_nans", False, pd.Series([], dtype=float), True),
    Row("max_fraction_nans", 0.5, pd.Series([1.0, NAN]), True),
    Row("max_fraction_nans", 0.4, pd.Series([1.0, NAN]), False),
    Row("max_fraction_nans", 0.0, pd.Series([], dtype=float), True),
    Row("max_standard_dev", 1.0, pd.Series([1.0, 2.0, 3.0]), True),
    Row("max_standard_dev", 0.9, pd.Series([1.0, 2.0, 3.0]), False),
    Row("max_standard_dev", 1.0, pd.Series([1.0, NAN, 2.0]), True),
    Row("max_standard_dev", 1.0, pd.Series([1.0]), True, mended=True),
    Row("mean_in_range", (0, 1), pd.Series([0.0, 2.0]), True),
    Row("mean_in_range", (0, 1), pd.Series([2.0, 2.0]), False),
    Row("mean_in_range", (0, 1), pd.Series([1.0, NAN]), True),
    Row("mean_in_range", (0, 1), pd.Series([], dtype=float), True, mended=True),
    Row("allow_none", False, 3, True),
    Row("allow_none", False, None, False),
    Row("allow_none", True, None, True),
    Row("contains", "a", "abc", True),
    Row("contains", ["a", "z"], "abc", False),
    Row("does_not_contain", ["x", "z"], "abc", True),
    Row("does_not_contain", ["x", "c"], "abc", False),
]


def hamiltons_verdict(row: Row) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from hamilton.data_quality.default_validators import resolve_default_validators

        (validator,) = resolve_default_validators(type(row.value), importance="warn", **{row.kind: row.argument})
        return bool(validator.validate(row.value).passes)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.kind}={row.argument!r} of {type(row.value).__name__}")
def test_verdicts_agree_or_are_mended(row: Row) -> None:
    assert evaluate(make_spec(row.kind, row.argument), row.value).passes is row.passes
    assert hamiltons_verdict(row) is (row.passes != row.mended)
