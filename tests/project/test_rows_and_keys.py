"""Whose rows an artifact holds: keys go with the values, and nothing is put together by position that is not the same."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.support.projects import ShopProject

HEAD = """
import functools
import pandas as pd
import polars as pl
import polars.selectors as cs
from featurecat import check_output, extract_columns, feature, group, parameterize, source

"""
TRIPS = {"id": [1, 2, 3], "when": [10, 30, 20], "d": [1.0, 2.0, 3.0], "g": ["x", "x", "y"]}
LATE = {"id": [3, 2, 1], "late": [30.0, 20.0, 10.0]}


@pytest.fixture
def trips(shop: ShopProject) -> ShopProject:
    """A project with the sources trips and late, which have the same keys in another order."""
    for name, columns in (("trips", TRIPS), ("late", LATE)):
        pq.write_table(pa.table(columns), shop.root / "data" / f"{name}.parquet")
        settings = (shop.root / "pyproject.toml").read_text()
        declared = f'\n[tool.featurecat.sources.{name}]\npath = "data/{name}.parquet"\nkey = ["id"]\n'
        (shop.root / "pyproject.toml").write_text(settings + declared)
    return shop


def _define(project: ShopProject, text: str) -> None:
    if (project.root / "mine.py").exists():
        project.write("mine.py", HEAD + text)
    else:
        project.only_module(HEAD + text)


def _rows(project: ShopProject, text: str, *arguments: str) -> dict[str, list[Any]]:
    _define(project, text)
    project.ok("materialize", *arguments, "-o", "out.parquet")
    return pq.read_table(project.root / "out.parquet").to_pydict()


def _refused(project: ShopProject, text: str, *arguments: str, code: str) -> str:
    _define(project, text)
    told = project.run("materialize", *arguments, "-o", "out.parquet", "--json")
    assert told.code == 3, (told.out, told.err)
    (problem,) = told.problems
    assert problem["code"] == code
    assert not (project.root / "out.parquet").exists()
    return str(problem["message"])


# --- where the keys come from -----------------------------------------------------------------------

NEWEST = """
def newest(trips: {frame}) -> {frame}: return {sort}
def dist(newest: {frame}) -> {column}: return newest["d"]
def twice(dist: {column}) -> {column}: return dist * 2
"""
ENGINES = [
    ("pd.DataFrame", "pd.Series", "trips.sort_values('when', ascending=False)"),
    ("pd.DataFrame", "pd.Series", "trips.sort_values('when', ascending=False).reset_index(drop=True)"),
    ("pl.DataFrame", "pl.Series", "trips.sort('when', descending=True)"),
]


@pytest.mark.parametrize(("frame", "column", "sort"), ENGINES)
@pytest.mark.parametrize("features", [["twice"], ["dist", "twice"], ["twice", "newest"]])
def test_a_reordered_frame_has_its_own_keys(
    trips: ShopProject, frame: str, column: str, sort: str, features: list[str]
) -> None:
    rows = _rows(trips, NEWEST.format(frame=frame, column=column, sort=sort), *features)
    assert rows["id"] == [2, 3, 1]
    assert rows["twice"] == [4.0, 6.0, 2.0]


@pytest.mark.parametrize("keep", ["trips[trips['d'] > 1]", "trips[trips['d'] > 1].reset_index(drop=True)"])
def test_a_filtered_frame_has_its_own_keys(trips: ShopProject, keep: str) -> None:
    text = f"""
def far(trips: pd.DataFrame) -> pd.DataFrame: return {keep}
def dist(far: pd.DataFrame) -> pd.Series: return far["d"]
"""
    assert _rows(trips, text, "dist") == {"id": [2, 3], "dist": [2.0, 3.0]}
    assert _rows(trips, text, "far")["id"] == [2, 3]


def test_a_frame_without_the_keys_leaves_them_to_its_source(trips: ShopProject) -> None:
    text = """
def plain(trips: pl.DataFrame) -> pl.DataFrame: return trips.select("d")
def dist(plain: pl.DataFrame) -> pl.Series: return plain["d"]
"""
    assert _rows(trips, text, "dist") == {"id": [1, 2, 3], "dist": [1.0, 2.0, 3.0]}


def test_keys_of_a_frame_that_is_handed_on(trips: ShopProject) -> None:
    """The source has no key of its own; the frame made of it does, and its key column is read."""
    text = """
@feature(entity=["when"])
@extract_columns("d")
def table(trips: pd.DataFrame) -> pd.DataFrame: return trips
"""
    trips.replace("pyproject.toml", 'path = "data/trips.parquet"\nkey = ["id"]', 'path = "data/trips.parquet"')
    assert _rows(trips, text, "d") == {"when": [10, 30, 20], "d": [1.0, 2.0, 3.0]}


TWO = """
def dist(trips: {frame}) -> {column}: return trips["d"]
def delay(late: {frame}) -> {column}: return late["late"]
def both(dist: {column}, delay: {column}) -> {column}: return dist + delay
def fields(dist: {column}, delay: {column}) -> {frame}: return {made}
def sum_of(fields: {frame}) -> {column}: return fields["sum"]
"""
PANDAS = {"frame": "pd.DataFrame", "column": "pd.Series", "made": "pd.DataFrame({'sum': dist + delay})"}
POLARS = {"frame": "pl.DataFrame", "column": "pl.Series", "made": "pl.DataFrame({'sum': dist + delay})"}


@pytest.mark.parametrize("engine", [PANDAS, POLARS])
@pytest.mark.parametrize("features", [["both"], ["dist", "delay"], ["delay", "dist"], ["sum_of"]])
def test_sources_in_another_order_are_not_put_together(
    trips: ShopProject, engine: dict[str, str], features: list[str]
) -> None:
    message = _refused(trips, TWO.format(**engine), *features, code="alignment")
    assert "'trips'" in message
    assert "'late'" in message
    assert "id row by row" in message


def test_sources_in_the_same_order_are(trips: ShopProject) -> None:
    ordered = pa.table(LATE).sort_by("id")
    # another layout of the same keys is no difference
    pq.write_table(ordered.set_column(0, "id", ordered["id"].cast(pa.int32())), trips.root / "data" / "late.parquet")
    assert _rows(trips, TWO.format(**POLARS), "both") == {"id": [1, 2, 3], "both": [11.0, 22.0, 33.0]}


def test_a_join_that_keeps_the_keys_is_the_way_out(trips: ShopProject) -> None:
    text = """
def joined(trips: pl.DataFrame, late: pl.DataFrame) -> pl.DataFrame: return trips.join(late, on="id", maintain_order="left")
def both(joined: pl.DataFrame) -> pl.Series: return joined["d"] + joined["late"]
"""
    assert _rows(trips, text, "both") == {"id": [1, 2, 3], "both": [11.0, 22.0, 33.0]}


def test_a_scalar_of_another_frame_brings_no_rows(trips: ShopProject) -> None:
    text = """
def highest(late: pd.DataFrame) -> float: return float(late["late"].max())
def dist(trips: pd.DataFrame, highest: float) -> pd.Series: return trips["d"] + highest
"""
    assert _rows(trips, text, "dist")["dist"] == [31.0, 32.0, 33.0]


def test_a_reordered_and_an_ordered_feature_are_not_one_table(trips: ShopProject) -> None:
    text = NEWEST.format(frame="pl.DataFrame", column="pl.Series", sort="trips.sort('when', descending=True)")
    text += "def plain(trips: pl.DataFrame) -> pl.Series: return trips['d']\n"
    message = _refused(trips, text, "dist", "plain", code="alignment")
    assert "'newest'" in message
    assert "'trips'" in message


# --- columns that are called like keys ------------------------------------------------------------


def test_a_feature_called_like_a_key_does_not_replace_it(trips: ShopProject) -> None:
    text = """
def id(trips: pd.DataFrame) -> pd.Series: return trips["id"] * 100
def dist(trips: pd.DataFrame) -> pd.Series: return trips["d"]
"""
    assert _rows(trips, text, "dist")["id"] == [1, 2, 3]
    (trips.root / "out.parquet").unlink()
    message = _refused(trips, text, "dist", "id", code="case-conflict")
    assert "'id' of id does not have the values of the key" in message


def test_columns_called_like_keys_tell_them_where_no_frame_does(shop: ShopProject) -> None:
    text = """
@feature(entity=["day"])
def day() -> pl.Series: return pl.Series([1, 2])
@feature(entity=["day"])
def rain() -> pl.Series: return pl.Series([0.5, 1.5])
"""
    assert _rows(shop, text, "rain") == {"day": [1, 2], "rain": [0.5, 1.5]}


@pytest.mark.parametrize(("body", "kept"), [("s", [1, 2]), ("s * 100", None)])
def test_a_feature_called_like_its_index(shop: ShopProject, body: str, kept: list[int] | None) -> None:
    text = f"""
def week(weeks: pd.DataFrame) -> pd.Series:
    s = weeks.set_index("week", drop=False)["week"]
    return {body}
"""
    pq.write_table(pa.table({"week": [1, 2]}), shop.root / "weeks.parquet")
    arguments = ("week", "--input", "weeks=weeks.parquet")
    if kept is None:
        assert "the index 'week'" in _refused(shop, text, *arguments, code="case-conflict")
    else:
        assert _rows(shop, text, *arguments) == {"week": kept}


# --- lookups ------------------------------------------------------------------------------------------


def test_a_declared_frame_beside_undeclared_columns_is_a_lookup(trips: ShopProject) -> None:
    text = """
def dist_of(number: pd.Series, trips: pd.DataFrame) -> pd.Series:
    return number.map(trips.set_index("id")["d"])
"""
    rows = _rows(trips, text, "dist_of", "--input", "number:=[3, 3, 1, 2]")
    assert rows == {"dist_of": [3.0, 3.0, 1.0, 2.0]}


# --- what is read ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "values"),
    [
        ("trips.select(pl.sum_horizontal(cs.float(), 'when')).to_series()", [11.0, 32.0, 23.0]),
        ("trips.select(pl.col('d').sum().over('g')).to_series()", [3.0, 3.0, 3.0]),
        ("trips.select(pl.col('d').sort_by('when')).to_series()", [1.0, 3.0, 2.0]),
        ("trips.select(pl.col.d).to_series()", [1.0, 2.0, 3.0]),
        ("trips.select(pl.col('d').sum().over(pl.col('g')).alias('d')).to_series()", [3.0, 3.0, 3.0]),
    ],
)
def test_expressions_find_all_their_columns(trips: ShopProject, body: str, values: list[float]) -> None:
    assert _rows(trips, f"def f(trips: pl.DataFrame) -> pl.Series: return {body}\n", "f")["f"] == values


def test_functions_in_disguise_find_all_their_columns(trips: ShopProject) -> None:
    text = """
def _by_when(function):
    @functools.wraps(function)
    def inner(trips): return function(trips.assign(d=trips["when"]))
    return inner
@_by_when
def wrapped(trips: pd.DataFrame) -> pd.Series: return trips["d"]
@parameterize(grouped={"frames": group(a=source("trips"))})
def _grouped(frames: dict[str, pd.DataFrame]) -> pd.Series: return frames["a"]["when"]
def changed(trips: pd.DataFrame) -> pd.Series:
    trips = trips.copy()
    trips["new"] = trips["d"] + 1
    return trips["new"]
"""
    rows = _rows(trips, text, "wrapped", "changed")
    assert (rows["wrapped"], rows["changed"]) == ([10, 30, 20], [2.0, 3.0, 4.0])


def test_a_group_is_no_frame(trips: ShopProject) -> None:
    text = """
@parameterize(grouped={"frames": group(a=source("trips"))})
def grouped_by_key(frames: dict[str, pd.DataFrame]) -> pd.Series: return frames["a"]["when"]
"""
    assert _rows(trips, text, "grouped")["grouped"] == [10, 30, 20]


@pytest.mark.parametrize(("column", "values"), [("absent", [0.0, 0.0, 0.0]), ("d", [1.0, 2.0, 3.0])])
def test_a_filled_column_is_read_if_it_is_there(trips: ShopProject, column: str, values: list[float]) -> None:
    text = """
@extract_columns("absent", "d", fill_with=0.0)
def table(trips: pd.DataFrame) -> pd.DataFrame: return trips
"""
    assert _rows(trips, text, column)[column] == values


# --- samples ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", ["x=x.parquet", "x:=[5.0, 6.0, 7.0]"])
def test_a_sample_cuts_what_goes_row_by_row(trips: ShopProject, given: str) -> None:
    text = """
def dist(trips: pd.DataFrame) -> pd.Series: return trips["d"]
def more(dist: pd.Series, x: pd.Series) -> pd.Series: return dist + x
def alone(x: pd.Series) -> pd.Series: return x
"""
    pq.write_table(pa.table({"x": [5.0, 6.0, 7.0]}), trips.root / "x.parquet")
    assert _rows(trips, text, "more", "--input", given, "--limit", "2") == {"id": [1, 2], "more": [6.0, 8.0]}
    trips.ok("materialize", "alone", "--input", given, "--limit", "2", "-o", "out.parquet")
    assert pq.read_table(trips.root / "out.parquet").to_pydict() == {"alone": [5.0, 6.0]}


def test_a_sample_reads_lookups_whole(trips: ShopProject) -> None:
    text = """
def dist_of(number: pd.Series, trips: pd.DataFrame) -> pd.Series:
    return number.map(trips.set_index("id")["d"])
"""
    rows = _rows(trips, text, "dist_of", "--input", "number:=[3, 3, 1, 2]", "--limit", "2")
    assert rows == {"dist_of": [3.0, 3.0]}


def test_a_sample_goes_into_a_directory(trips: ShopProject) -> None:
    trips.only_module(HEAD + "def dist(trips: pd.DataFrame) -> pd.Series: return trips['d']\n")
    (trips.root / "there").mkdir()
    trips.ok("materialize", "dist", "--limit", "2", "-o", "there")
    (written,) = (trips.root / "there").iterdir()
    assert written.name == "id.parquet"
    assert pq.read_metadata(written).num_rows == 2


# --- declared types -----------------------------------------------------------------------------------


def test_the_declared_unit_is_the_one_that_is_stored(trips: ShopProject) -> None:
    text = """
@feature(dtype="timestamp[ms]")
def at(trips: pd.DataFrame) -> pd.Series: return pd.to_datetime(trips["when"], unit="s")
"""
    _rows(trips, text, "at")
    assert str(pq.read_schema(trips.root / "out.parquet").field("at").type) == "timestamp[ms]"
    assert trips.manifests()[-1].features[0].dtype == "timestamp[ms]"


def test_what_the_declared_type_would_lose_is_refused(trips: ShopProject) -> None:
    text = """
@feature(dtype="bool")
def flag(trips: pd.DataFrame) -> pd.Series: return trips["when"]
"""
    assert "does not fit the declared dtype 'bool'" in _refused(trips, text, "flag", code="type-mismatch")
