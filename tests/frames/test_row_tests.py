"""Which rows are at fault, as conditions."""

from __future__ import annotations

import math

import polars as pl
import pytest

from featurecat.errors import EvaluationError
from featurecat.frames.fields import polars_field
from featurecat.frames.measures import RowTest
from featurecat.frames.row_tests import condition

NAN = math.nan


def at_fault(test: RowTest, values: list, other: list | None = None) -> list[int]:
    frame = pl.DataFrame({"a": values, "b": [None] * len(values) if other is None else other}, strict=False)
    fields = [polars_field(pl.col(name), dtype) for name, dtype in frame.schema.items()]
    found = frame.select(condition(test, *fields[: 1 if other is None else 2])).to_series()
    return [row for row, wrong in enumerate(found) if wrong]


CASES = [
    (RowTest("missing"), [1.0, NAN, None], None, [1, 2]),
    (RowTest("nan"), [1.0, NAN, None], None, [1]),
    (RowTest("nan"), ["a", None], None, []),
    (RowTest("outside", (0, 1)), [0.0, -0.1, 1.1, NAN, None], None, [1, 2]),
    (RowTest("outside", (None, None)), [0.0], None, []),
    (RowTest("outside", (0.5, None)), [0, 1], None, [0]),
    (RowTest("outside", (2**70, None)), [0, None], None, [0]),
    (RowTest("outside", (-(2**70), 2**70)), [0, 1], None, []),
    (RowTest("not_in", (1, 2.5)), [1, 2, None], None, [1]),
    (RowTest("not_in", (2.5,)), [1, None], None, [0]),
    (RowTest("not_in", ("a",)), ["a", "b", None], None, [1]),
    (RowTest("lacking", ("a", "b")), ["ab", "a", None], None, [1]),
    (RowTest("holding", ("a", "b")), ["c", "a", None], None, [1]),
    (RowTest("unmatched", ("a|b",)), ["a", "b", "ab", None], None, [2]),
    (RowTest("repeated"), [1, 1, 2, None, None], None, [0, 1]),
    (RowTest("unordered", ("increasing", False, None)), [1, 3, None, 2, 2], None, [3]),
    (RowTest("unordered", ("decreasing", True, None)), [3, 2, None, 2], None, [3]),
    (RowTest("unordered", ("increasing", False, "b")), [2, 9, 1, 0], [2, None, 1, 3], [3]),
    (RowTest("unordered", ("decreasing", False, "b")), ["a", "b", "c"], [1, 1, 2], [2]),
    (RowTest("unrelated", ("<", None), "b"), [1, 2, None], [2, 2, 2], [1]),
    (RowTest("unrelated", ("<", 1.5), "b"), [1, 2, 3], [1, 1, 1], [2]),
    (RowTest("unrelated", ("<=", 1.5), "b"), [1, 2, 3], [1, 1, 1], [2]),
    (RowTest("unrelated", (">", 1.0), "b"), [1, 0, -1], [1, 1, 1], [1, 2]),
    (RowTest("unrelated", ("==", 0.5), "b"), [1.0, 1.6, math.inf], [1.2, 1.0, math.inf], [1]),
    (RowTest("unrelated", ("!=", None), "b"), ["a", "b"], ["a", None], [0]),
    (RowTest("outside", (0, 1)), [None, None], None, []),
]


@pytest.mark.parametrize(("test", "values", "other", "rows"), CASES, ids=str)
def test_rows_at_fault(test, values, other, rows):
    assert at_fault(test, values, other) == rows


@pytest.mark.parametrize(
    ("test", "values", "other"),
    [
        (RowTest("lacking", ("a",)), [1], None),
        (RowTest("outside", (0, 1)), [[1]], None),
        (RowTest("repeated"), [[1]], None),
        (RowTest("unrelated", ("<", None), "b"), [1], ["a"]),
    ],
    ids=str,
)
def test_what_cannot_be_tested_says_so(test, values, other):
    with pytest.raises(EvaluationError, match="values"):
        at_fault(test, values, other)
