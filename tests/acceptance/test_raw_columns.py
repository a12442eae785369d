"""Done: the raw columns of the flight features are those that were written down from the function bodies.

The list was there before the code. Precision and recall are over pairs of feature and column.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from featurecat.clock import SystemClock
from featurecat.project.discover import find_project
from featurecat.project.index import index_project

pytestmark = pytest.mark.component("flights")

FLIGHTS = Path(__file__).parents[2] / "examples" / "flights"
WRITTEN = Path(__file__).parent / "expected" / "flights_columns.json"
PAGE = Path(__file__).parents[2] / "docs" / "lineage.md"
EXPECTED = {
    (feature, column)
    for feature, columns in json.loads(WRITTEN.read_text(encoding="utf-8"))["features"].items()
    for column in columns
}


@pytest.fixture(scope="module", params=["pandas", "polars", "both"])
def catalog(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The catalog of the example with the modules of one library, or with both."""
    root = tmp_path_factory.mktemp(request.param)
    shutil.copytree(FLIGHTS / "flight_features", root / "flight_features", ignore=shutil.ignore_patterns("__pycache__"))
    settings = (FLIGHTS / "pyproject.toml").read_text(encoding="utf-8")
    other = {"pandas": "polars", "polars": "pandas"}.get(request.param)
    if other is not None:
        settings = re.sub(rf' *"flight_features\.\w+_{other}",\n', "", settings)
    (root / "pyproject.toml").write_text(settings, encoding="utf-8")
    loaded = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "flight_features"}
    for name in loaded:
        del sys.modules[name]
    try:
        index_project(find_project(root), SystemClock())
    finally:
        for name in [name for name in sys.modules if name.partition(".")[0] == "flight_features"]:
            del sys.modules[name]
        sys.modules.update(loaded)
    (file,) = root.rglob("catalog.duckdb")
    with duckdb.connect(str(file), read_only=True) as connection:
        yield connection


def _raw_columns(catalog: duckdb.DuckDBPyConnection) -> set[tuple[str, str]]:
    statement = (
        "SELECT r.feature, r.source || '.' || r.\"column\" FROM raw_columns r"
        " JOIN features f ON f.feature = r.feature WHERE f.public"
    )
    return set(catalog.execute(statement).fetchall())


def test_raw_columns_are_those_written_down(catalog: duckdb.DuckDBPyConnection) -> None:
    found = _raw_columns(catalog)
    missed, wrong = sorted(EXPECTED - found), sorted(found - EXPECTED)
    recall, precision = 1 - len(missed) / len(EXPECTED), 1 - len(wrong) / len(found)
    told = f"recall {recall:.3f}, precision {precision:.3f}\nmissed: {missed}\nwrong: {wrong}"
    assert min(recall, precision) >= 0.95, told
    assert (missed, wrong) == ([], []), f"{told}\nlist the misses in {PAGE.name}"


def test_the_macro_finds_the_same(catalog: duckdb.DuckDBPyConnection) -> None:
    for feature in ("carrier_arr_delay_7d", "plane_size", "flight_weather", "year", "route_mean_seats_28d"):
        found = catalog.execute(f"SELECT source || '.' || \"column\" FROM columns_upstream('{feature}')").fetchall()
        assert {column for (column,) in found} == {column for name, column in EXPECTED if name == feature}


def test_who_is_hit_when_a_column_is_dropped(catalog: duckdb.DuckDBPyConnection) -> None:
    public = {name for (name,) in catalog.execute("SELECT feature FROM features WHERE public").fetchall()}
    for column in ("weather.visib", "planes.seats", "flights.tailnum"):
        expected = {feature for feature, name in EXPECTED if name == column}
        listed = catalog.execute("SELECT descendant FROM ancestors WHERE ancestor = ?", [column]).fetchall()
        walked = catalog.execute(f"SELECT feature FROM downstream('{column}')").fetchall()
        for found in (listed, walked):
            assert {feature for (feature,) in found} & public == expected


def test_the_page_tells_the_numbers() -> None:
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    assert f"All {len(EXPECTED)} pairs" in text
    assert f"the {len({feature for feature, _ in EXPECTED})} features" in text
