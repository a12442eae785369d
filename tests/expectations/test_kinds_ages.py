"""``freshness`` and ``not_in_future``: judged at a given moment, never by the clock of the machine."""

from __future__ import annotations

import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from featurecat.expectations.evaluate import Asking, evaluate, evaluate_frame
from featurecat.expectations.kind import Surroundings
from featurecat.expectations.registry import make_spec

AS_OF = datetime.datetime(2013, 12, 31, 12, tzinfo=datetime.UTC)
AT_NOON = Surroundings(as_of=AS_OF)
HOUR = datetime.timedelta(hours=1)
FORMS = ("pandas", "polars", "arrow")


@pytest.fixture(autouse=True)
def _time_zones_count(monkeypatch):
    # pandera, once imported, makes Arrow ignore the time zones of Python's datetimes, of which columns are made here
    monkeypatch.delenv("PYARROW_IGNORE_TIMEZONE", raising=False)


def column(values: list[Any], form: str) -> Any:
    array = pa.array(values)
    if form == "arrow":
        return array
    return pl.from_arrow(array) if form == "polars" else array.to_pandas(types_mapper=pd.ArrowDtype)


def naive(**back: float) -> datetime.datetime:
    return (AS_OF - datetime.timedelta(**back)).replace(tzinfo=None)


TOKYO = ZoneInfo("Asia/Tokyo")
CASES = [
    ("freshness", "36h", [naive(days=9), naive(hours=35), None], "pass", 0, "is 35 hours old, at most 36h expected"),
    ("freshness", "36h", [naive(hours=36)], "pass", 0, ""),
    ("freshness", "36h", [naive(hours=36, seconds=1)], "warn", None, "at most 36h expected"),
    ("freshness", "1d", [datetime.date(2013, 12, 30), datetime.date(2013, 12, 1)], "warn", None, "is 36 hours old"),
    ("freshness", "2d", [datetime.date(2013, 12, 30)], "pass", 0, ""),
    ("freshness", "2d", [naive(hours=-3), naive(hours=1)], "warn", 1, "lies 3h after 2013-12-31T12:00:00+00:00"),
    ("freshness", "1h", [AS_OF.astimezone(TOKYO)], "pass", 0, "0 seconds old"),
    ("freshness", "1h", [AS_OF.astimezone(TOKYO) - 2 * HOUR], "warn", None, "2 hours old"),
    ("freshness", "1h", [None, None], "no_data", 0, "no values whose age could be judged"),
    ("freshness", "1h", ["2013-12-31"], "error", None, "string values are neither days nor moments"),
    ("not_in_future", True, [naive(hours=0), naive(days=2), None], "pass", 0, "0 of 2 values after 2013-12-31T12:00"),
    ("not_in_future", True, [naive(hours=-1), naive(hours=-2), naive(days=2)], "warn", 2, "2 of 3 values after 2013-12-"),
    ("not_in_future", "2h", [naive(hours=-1), naive(hours=-2)], "pass", 0, ""),
    ("not_in_future", "90min", [naive(hours=-1), naive(hours=-2)], "warn", 1, "after 2013-12-31T13:30:00+00:00"),
    ("not_in_future", True, [datetime.date(2013, 12, 31)], "pass", 0, ""),
    ("not_in_future", True, [datetime.date(2014, 1, 1), datetime.date(2013, 1, 1)], "warn", 1, "(newest 2014-01-01)"),
    ("not_in_future", True, [AS_OF.astimezone(TOKYO) + HOUR], "warn", 1, ""),
    ("not_in_future", True, [None], "no_data", 0, ""),
    ("not_in_future", True, [20131231], "error", None, "int64 values are neither days nor moments"),
]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "number", range(len(CASES)), ids=lambda number: f"{CASES[number][0]}-{CASES[number][3]}-{number}"
)
def test_verdicts(number, form):
    kind, argument, values, status, failing, message = CASES[number]
    verdict = evaluate(make_spec(kind, argument), column(values, form), surroundings=AT_NOON)
    assert (verdict.status, verdict.failing_rows) == (status, failing), verdict
    assert message in str(verdict.message)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", ["freshness", "not_in_future"])
def test_without_a_moment_to_judge_by_nothing_is_judged(kind, form):
    spec = make_spec(kind, "1h")
    verdict = evaluate(spec, column([naive(days=-900)], form))
    assert (verdict.status, verdict.message) == ("skip", "no moment to judge by")


@pytest.mark.parametrize(
    ("kind", "value", "status"),
    [
        ("freshness", naive(hours=1), "pass"),
        ("freshness", naive(days=1), "warn"),
        ("freshness", datetime.date(2013, 12, 31), "warn"),
        ("freshness", AS_OF + HOUR, "warn"),
        ("freshness", None, "no_data"),
        ("not_in_future", AS_OF + 2 * HOUR, "warn"),
        ("not_in_future", AS_OF.astimezone(TOKYO), "pass"),
        ("not_in_future", pd.Timestamp("2014-06-01"), "warn"),
        ("not_in_future", 5, "error"),
    ],
    ids=str,
)
def test_scalars(kind, value, status):
    assert evaluate(make_spec(kind, "1h"), value, surroundings=AT_NOON).status == status


@pytest.mark.parametrize("kind", ["freshness", "not_in_future"])
def test_rows_of_the_future_are_named(kind):
    frame = pl.DataFrame({"key": [1, 2, 3], "at": [naive(hours=3), naive(hours=-3), None]})
    asking = Asking(keys=["key"], surroundings=lambda name: AT_NOON)
    verdict = evaluate_frame(frame, {"at": [make_spec(kind, "1h")]}, asking)["at"][0]
    assert [row["key"] for row in verdict.sample] == [2]


def test_what_was_observed():
    verdict = evaluate(make_spec("freshness", "1d"), pl.Series([naive(hours=30)]), surroundings=AT_NOON)
    assert verdict.observed == {"newest": "2013-12-30T06:00:00", "age": "30h", "as_of": "2013-12-31T12:00:00+00:00"}
    assert verdict.threshold == {"at_most": "1d"}
