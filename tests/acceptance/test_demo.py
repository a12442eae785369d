"""Done: "make demo ends with examples/flights/flights.parquet (336,776 rows, keys first, at least 40 features)"."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from tests.support.projects import Nursery, ShopProject

pytestmark = pytest.mark.component("flights")

KEYS = ["year", "month", "day", "carrier", "flight", "origin"]
ROWS = 336_776


@pytest.fixture(scope="session")
def demo(repository: Path, tmp_path_factory: pytest.TempPathFactory, nursery: Nursery) -> ShopProject:
    """The example in a folder of its own, its data prepared as ``make demo`` does."""
    root = tmp_path_factory.mktemp("demo") / "flights"
    left_out = shutil.ignore_patterns(".featurecat", "__pycache__", "data", "*.parquet")
    shutil.copytree(repository / "examples" / "flights", root, ignore=left_out)
    subprocess.run([sys.executable, str(root / "prepare_data.py")], cwd=root, check=True, capture_output=True)
    project = ShopProject(root, nursery)
    project.ok("index")
    return project


@pytest.fixture(scope="session")
def summaries(demo: ShopProject) -> dict[str, str]:
    """What materializing everything says, by engine."""
    return {
        engine: demo.ok("materialize", "--all", "--engine", engine, "--output", f"{engine}.parquet").out
        for engine in ("pandas", "polars")
    }


def test_the_result(demo: ShopProject, summaries: dict[str, str]) -> None:
    schema, metadata = pq.read_schema(demo.root / "pandas.parquet"), pq.read_metadata(demo.root / "pandas.parquet")
    assert metadata.num_rows == ROWS
    assert schema.names[: len(KEYS)] == KEYS
    assert len(schema.names) - len(KEYS) >= 40
    assert len(json.loads(metadata.metadata[b"featurecat.features"])) >= 40
    assert summaries.keys() == {"pandas", "polars"}


def test_the_summary_fits_80_columns(demo: ShopProject, summaries: dict[str, str]) -> None:
    for engine, summary in summaries.items():
        assert all(len(line) <= 80 for line in summary.splitlines()), summary
        assert re.match(rf"published  \d\d features, {ROWS:,} rows, \d+\.\d MB, \d+\.\d s \({engine}\)", summary)
        assert "expectations" in summary and f"{engine}.parquet" in summary and "featurecat show " in summary
    shown = re.sub(r"\x1b\[[0-9;]*m", "", demo.ok("list", terminal=True).out)
    assert len(shown.splitlines()) > 40 and max(map(len, shown.splitlines())) <= 80


def test_the_catalog_knows_it(demo: ShopProject, summaries: dict[str, str]) -> None:
    rows = demo.ok("list", "--json").rows
    materialized = [row for row in rows if row["last_status"] == "published"]
    assert len(materialized) >= 40 and all(row["dtype"] and row["summary"] and row["owner"] for row in materialized)
    assert [row["rows"] for row in demo.ok("runs", "--json").rows] == [ROWS] * len(summaries)
    assert demo.ok("sql", "SELECT count(*) AS errors FROM index_errors", "--json").rows == [{"errors": 0}]
    assert "flights (source)" in demo.ok("lineage", materialized[0]["feature"]).out


def test_both_engines_give_the_same_values(demo: ShopProject, summaries: dict[str, str]) -> None:
    pandas, polars = (pq.read_table(demo.root / f"{engine}.parquet") for engine in summaries)
    assert pandas.schema.names == polars.schema.names
    unequal = [
        name for name in pandas.schema.names if not _equal(pandas[name].combine_chunks(), polars[name].combine_chunks())
    ]
    assert unequal == []


def _equal(left: pa.Array, right: pa.Array) -> bool:
    if not pa.types.is_floating(left.type):
        return bool(left.equals(right))
    if left.type != right.type or not left.is_null().equals(right.is_null()):
        return False
    difference = pc.abs(pc.subtract(left, right))
    allowed = pc.multiply(pc.max_element_wise(pc.abs(left), pc.abs(right)), 1e-12)
    fits = pc.or_kleene(pc.less_equal(difference, allowed), pc.equal(left, right))
    return pc.all(fits).as_py() is not False
