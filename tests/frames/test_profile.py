"""Profiles of columns: figures against plain Python, whatever library and whatever pieces the values come in."""

from __future__ import annotations

import datetime
import json
import math
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from featurecat.errors import EvaluationError, RunError
from featurecat.frames import profile as profiling
from featurecat.frames.profile import MOST_EXACT, MOST_SORTED, profile_columns, profile_file

UTC = datetime.UTC
ZONED = [datetime.datetime(2026, 1, 1, 12, tzinfo=UTC), datetime.datetime(2026, 1, 3, 12, tzinfo=UTC), None]


def profiled(column: Any, **options: Any) -> dict[str, Any]:
    found = profile_columns({"x": column}, **options)["x"]
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    return found


# --- numbers ----------------------------------------------------------------------------------------

numbers = st.one_of(
    st.lists(st.none() | st.integers(-(2**53), 2**53), max_size=30),
    st.lists(st.none() | st.floats(-1e9, 1e9).map(lambda number: round(number, 3)), max_size=30),
    st.lists(st.none() | st.integers(-5, 5), max_size=60),
)


@given(values=numbers)
def test_figures_of_numbers_are_those_of_plain_python(values: list[float | None]) -> None:
    whole = all(value is None or isinstance(value, int) for value in values)
    found = profiled(pl.Series(values, dtype=pl.Int64 if whole else pl.Float64))
    present = [value for value in values if value is not None]
    assert (found["rows"], found["nulls"]) == (len(values), len(values) - len(present))
    assert (found["distinct"], found["distinct_method"]) == (len(set(present)), "exact")
    if not present:
        assert (found["min"], found["mean"], found["quantiles"], found["histogram"]) == (None, None, {}, None)
        return
    assert (found["min"], found["max"]) == (min(present), max(present))
    assert found["mean"] == pytest.approx(statistics.fmean(present), rel=1e-9, abs=1e-6)
    if len(present) > 1:
        assert found["std"] == pytest.approx(statistics.stdev(present), rel=1e-6, abs=1e-6)
        quarters = statistics.quantiles(present, n=4, method="inclusive")
        assert [found["quantiles"][share] for share in ("0.25", "0.5", "0.75")] == pytest.approx(
            quarters, rel=1e-9, abs=1e-6
        )
    histogram = found["histogram"]
    assert sum(histogram["counts"]) == len(present)
    assert len(histogram["counts"]) <= 20
    assert (histogram["low"], histogram["high"]) == (min(present), max(present))


def test_bins_are_equally_wide_and_the_upper_end_belongs_to_the_last() -> None:
    values = [number / 10 for number in range(101)]
    assert profiled(values)["histogram"] == {"low": 0.0, "high": 10.0, "counts": [5] * 19 + [6]}


def test_few_whole_numbers_have_a_bin_each() -> None:
    assert profiled([3, 4, 4, 7, 7, 7])["histogram"] == {"low": 3, "high": 7, "counts": [1, 2, 0, 0, 3]}
    assert profiled([5, 5])["histogram"] == {"low": 5, "high": 5, "counts": [2]}


def test_nan_is_missing_and_what_is_infinite_is_counted_apart() -> None:
    found = profiled(pl.Series([1.0, math.nan, None, math.inf, -math.inf, 3.0]))
    figures = ("rows", "nulls", "distinct", "infinite", "min", "max", "mean")
    assert [found[name] for name in figures] == [6, 2, 4, 2, 1.0, 3.0, 2.0]
    only = profiled(pl.Series([math.inf, math.inf]))
    assert (only["infinite"], only["min"], only["quantiles"], only["histogram"]) == (2, None, {}, None)


EDGES = {
    "huge whole numbers": (pl.Series([2**64 - 1, 0], dtype=pl.UInt64), 0, 2**64 - 1),
    "the span of all whole numbers": (pl.Series([-(2**63), 2**63 - 1]), -(2**63), 2**63 - 1),
    "the greatest floats": ([1e308, -1e308], -1e308, 1e308),
    "the least float": ([5e-324, 0.0], 0.0, 5e-324),
    "minus zero": ([-0.0], 0.0, 0.0),
    "decimals": (pl.Series([1, 2]).cast(pl.Decimal(10, 2)), 1.0, 2.0),
    "small floats": (pl.Series([1.5, 2.5], dtype=pl.Float32), 1.5, 2.5),
    "very wide whole numbers": (pl.Series([1, 2], dtype=pl.Int128), 1.0, 2.0),
    "durations": ([datetime.timedelta(minutes=1), datetime.timedelta(days=1)], 60.0, 86_400.0),
}


@pytest.mark.parametrize(("column", "low", "high"), EDGES.values(), ids=EDGES)
def test_odd_numbers(column: Any, low: float, high: float) -> None:
    found = profiled(column)
    assert (found["kind"], found["min"], found["max"]) == ("number", low, high)
    assert math.copysign(1, found["min"]) == (-1 if low < 0 else 1)
    assert found["histogram"] is None or sum(found["histogram"]["counts"]) == found["rows"]


# --- moments, texts, other --------------------------------------------------------------------------

MOMENTS = {
    "dates": ([datetime.date(2026, 1, 1), datetime.date(2026, 1, 3), None], "2026-01-01", "2026-01-02", "2026-01-03"),
    "datetimes": (pl.Series(ZONED).dt.replace_time_zone(None), *(f"2026-01-0{day}T12:00:00" for day in (1, 2, 3))),
    "zoned": (ZONED, *(f"2026-01-0{day}T12:00:00Z" for day in (1, 2, 3))),
    "of a zone": (
        pl.Series(ZONED).dt.convert_time_zone("Asia/Tokyo"),
        *(f"2026-01-0{day}T12:00:00Z" for day in (1, 2, 3)),
    ),
    "nanoseconds": (
        pl.Series(ZONED).cast(pl.Datetime("ns", "UTC")),
        *(f"2026-01-0{day}T12:00:00Z" for day in (1, 2, 3)),
    ),
    "pandas": (pd.Series(pd.to_datetime(ZONED)), *(f"2026-01-0{day}T12:00:00Z" for day in (1, 2, 3))),
}


@pytest.mark.parametrize(("column", "low", "mean", "high"), MOMENTS.values(), ids=MOMENTS)
def test_moments(column: Any, low: str, mean: str, high: str) -> None:
    found = profiled(column)
    assert [found[name] for name in ("kind", "nulls", "min", "mean", "max")] == ["moment", 1, low, mean, high]
    assert found["std"] == pytest.approx(2 * 86_400 / math.sqrt(2))
    assert (found["quantiles"]["0.01"], found["quantiles"]["0.99"]) == (low, low)  # a moment that is there
    assert (found["histogram"]["low"], sum(found["histogram"]["counts"])) == (low, 2)


def test_times_of_day_and_years_that_python_does_not_know() -> None:
    found = profiled([datetime.time(1), datetime.time(3)])
    assert (found["min"], found["mean"], found["std"]) == ("01:00:00", "02:00:00", pytest.approx(7200 / math.sqrt(2)))
    far = profiled(pl.Series([-(2**62), 2**62]).cast(pl.Datetime("us")))
    assert (far["min"], far["max"], sum(far["histogram"]["counts"])) == (None, None, 2)


TEXTS = ["b", "a", "b", None, "c", "a", "ü"]
LABELS = {
    "pandas": pd.Series(TEXTS),
    "pandas category": pd.Series(TEXTS, dtype="category"),
    "polars": pl.Series(TEXTS),
    "polars category": pl.Series(TEXTS, dtype=pl.Categorical),
    "polars enumeration": pl.Series(TEXTS, dtype=pl.Enum(["ü", "c", "b", "a"])),
    "arrow": pa.array(TEXTS),
    "arrow dictionary": pa.array(TEXTS).dictionary_encode(),
}


@pytest.mark.parametrize("column", LABELS.values(), ids=LABELS)
def test_texts_of_every_library(column: Any) -> None:
    assert profiled(column) == {
        "kind": "text", "rows": 7, "nulls": 1, "distinct": 4, "distinct_method": "exact", "min": "a", "max": "ü",
        "top": [{"value": value, "count": count} for value, count in (("a", 2), ("b", 2), ("c", 1), ("ü", 1))],
    }  # fmt: skip


def test_long_texts_are_cut_and_only_ten_are_kept() -> None:
    found = profiled(["x" * 65, "y" * 64, *(f"text {number}" for number in range(20))])
    assert found["max"] == "y" * 64
    assert [len(one["value"]) for one in profiled(["x" * 65])["top"]] == [64]
    assert (len(found["top"]), found["distinct"]) == (10, 22)


def test_booleans() -> None:
    found = profiled([True, False, True, None])
    assert found["mean"] == pytest.approx(2 / 3)
    assert found["top"] == [{"value": True, "count": 2}, {"value": False, "count": 1}]


OTHERS = {
    "lists": ([[1], [2], [1]], 0, 2),
    "records": (pl.Series([{"a": 1}, {"a": 1}, {"a": 2}]), 0, 2),
    "bytes": ([b"x", None, b"y"], 1, 2),
    "nothing": (pa.nulls(3), 3, 0),
}


@pytest.mark.parametrize(("column", "nulls", "distinct"), OTHERS.values(), ids=OTHERS)
def test_of_other_values_only_the_numbers_are_told(column: Any, nulls: int, distinct: int) -> None:
    told = {"kind": "other", "rows": 3, "nulls": nulls, "distinct": distinct, "distinct_method": "exact"}
    assert profiled(column) == told


@pytest.mark.parametrize(
    "column", [["ann@example.org", None], [1.5, 2.5], ZONED, [True]], ids=["text", "number", "moment", "boolean"]
)
def test_of_personal_data_no_value_is_told(column: Any) -> None:
    found = profiled(column, personal={"x"})
    assert set(found) == {"kind", "rows", "nulls", "distinct", "distinct_method", "personal"}


def test_empty_columns_and_no_columns() -> None:
    assert profile_columns({}) == {}
    assert profiled(pl.Series([], dtype=pl.Float64))["histogram"] is None
    assert profiled(pl.Series([], dtype=pl.String)) == {
        "kind": "text", "rows": 0, "nulls": 0, "distinct": 0, "distinct_method": "exact", "min": None, "max": None, "top": [],
    }  # fmt: skip


def test_what_has_no_common_type_is_refused() -> None:
    with pytest.raises(RunError) as caught:
        profile_columns({"x": pl.Series([object()], dtype=pl.Object)})
    assert caught.value.code == "not-tabular"


# --- many rows --------------------------------------------------------------------------------------

MANY = 3 * MOST_SORTED + 17


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, pl.DataFrame]:
    number = pl.int_range(MANY, eager=True)
    frame = pl.DataFrame(
        {
            "even": number.cast(pl.Float64),
            "skewed": (number % 1000 + 1).cast(pl.Float64).log(),
            "few": number % 7,
            "weekly": pl.select(pl.when(number % 7 == 0).then(100.0).otherwise(number % 7)).to_series(),
            "named": pl.select(
                pl.format("name {}", pl.when(number % 3 == 0).then(number % 20).otherwise(number))
            ).to_series(),
            "gaps": pl.select(pl.when(number % 10 > 0).then(number)).to_series(),
        }
    )
    path = tmp_path_factory.mktemp("many") / "many.parquet"
    frame.write_parquet(path)
    return path, frame


def test_many_rows_are_estimated_and_say_so(many: tuple[Path, pl.DataFrame]) -> None:
    path, frame = many
    found = profile_file(path, frame.columns)
    for name, one in found.items():
        assert one["distinct_method"] == "hyperloglog"
        present = frame[name].drop_nulls()
        assert one["distinct"] == pytest.approx(present.n_unique(), rel=0.03)
        if one["kind"] == "number":
            assert one["quantile_rows"] <= MOST_SORTED
            assert sum(one["histogram"]["counts"]) == len(present)
            for share, value in one["quantiles"].items():
                # the share of the values that lie below the estimate is the share that was asked for
                below, up_to = (present < value).mean(), (present <= value).mean()
                assert below - 0.005 <= float(share) <= up_to + 0.005, (name, share)


def test_the_most_frequent_of_very_many_texts_are_counted_exactly(many: tuple[Path, pl.DataFrame]) -> None:
    path, frame = many
    top = profile_file(path, ["named"])["named"]["top"]
    assert len(top) == 10
    assert all(one["count"] == (frame["named"] == one["value"]).sum() > MANY // 100 for one in top)


def test_pieces_and_row_groups_make_no_difference(many: tuple[Path, pl.DataFrame], tmp_path: Path) -> None:
    path, frame = many
    whole = json.dumps(profile_file(path, frame.columns))
    for rows in (1_000, 100_003, MANY):
        pq.write_table(frame.to_arrow(), tmp_path / "other.parquet", row_group_size=rows, compression="gzip")
        assert json.dumps(profile_file(tmp_path / "other.parquet", frame.columns)) == whole
    pieces = frame.to_arrow().to_batches(max_chunksize=50_000)
    table = pa.Table.from_batches(pieces)
    assert json.dumps(profile_columns({name: table.column(name) for name in frame.columns})) == whole


def test_batches_of_columns_make_no_difference(
    many: tuple[Path, pl.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, frame = many
    whole = profile_file(path, frame.columns)
    monkeypatch.setattr(profiling, "_MOST_BYTES", 1)
    assert profile_file(path, frame.columns) == whole


def test_another_process_finds_the_same(many: tuple[Path, pl.DataFrame]) -> None:
    path, frame = many
    code = (
        "import json, sys; from pathlib import Path; from featurecat.frames.profile import profile_file\n"
        "print(json.dumps(profile_file(Path(sys.argv[1]), sys.argv[2].split(','))))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7", "POLARS_MAX_THREADS": "1"}
    environment["PYTHONPATH"] = os.pathsep.join(entry for entry in sys.path if entry)
    command = [sys.executable, "-W", "error", "-c", code, str(path), ",".join(frame.columns)]
    child = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert child.stdout.strip() == json.dumps(profile_file(path, frame.columns))


def test_the_number_of_different_values_is_exact_up_to_a_bound() -> None:
    assert profiled(list(range(MOST_EXACT)))["distinct_method"] == "exact"
    beyond = profiled(list(range(MOST_EXACT + 1)))
    assert beyond["distinct_method"] == "hyperloglog" and beyond["distinct"] <= MOST_EXACT + 1


# --- files ------------------------------------------------------------------------------------------


def test_only_what_is_asked_for_is_read(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [1], "b": [2]}), tmp_path / "x.parquet")
    assert list(profile_file(tmp_path / "x.parquet", ["b"])) == ["b"]


@pytest.mark.parametrize("fault", ["missing", "cut", "column"])
def test_what_cannot_be_read_is_told_without_its_content(tmp_path: Path, fault: str) -> None:
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"a": ["secret"] * 100}), path)
    if fault == "missing":
        path.unlink()
    if fault == "cut":
        path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(EvaluationError, match=r"x\.parquet cannot be profiled") as caught:
        profile_file(path, ["b" if fault == "column" else "a"])
    assert "secret" not in str(caught.value)
