from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest

from featurecat.catalog.catalog import Catalog
from featurecat.catalog.connection import Rows, plain_value
from featurecat.errors import CatalogError, RequestError


@pytest.fixture
def catalog(sample_catalog: Path):
    with Catalog.open(sample_catalog) as opened:
        yield opened


def test_lists(catalog: Catalog) -> None:
    listed = catalog.list_features()
    assert [row["feature"] for row in listed] == sorted(row["feature"] for row in listed)
    assert "spend_per_signup_raw" not in {row["feature"] for row in listed}
    assert "spend_per_signup_raw" in {row["feature"] for row in catalog.features()}
    assert ("spend_per_signup", "report", "report__eu", "spend_per_signup", True, "data") in catalog.edges()
    assert [row["module"] for row in catalog.modules()] == ["features.spend"]
    assert [row["code"] for row in catalog.index_errors()] == ["syntax-error"]
    assert catalog.versions()["manifests"] == 4
    assert catalog.search("rolling")[0]["feature"] == "avg_3wk_spend"
    assert catalog.table("configs") == [{"config": "eu", "key": "region", "value": "eu"}]


def test_runs_come_newest_first_with_what_they_wrote(catalog: Catalog) -> None:
    runs = catalog.runs()
    assert [row["run_id"] for row in runs] == ["run-004", "run-003", "run-002", "run-001"]
    assert [row["checks_failed"] for row in runs] == [0, 0, 1, 0]
    assert (runs[1]["features"], runs[1]["files"], runs[1]["rows"], runs[1]["bytes"]) == (1, 1, 5, 321)
    assert (runs[0]["files"], runs[0]["error"]["message"]) == (0, "division by zero")
    assert [row["run_id"] for row in catalog.runs(1)] == ["run-004"]


def test_show_knows_everything(catalog: Catalog) -> None:
    shown = catalog.show("avg_3wk_spend")
    assert shown["owner"] == "ann, growth"
    assert [row["role"] for row in shown["owners"]] == ["steward", "owner"]
    assert [row["parent"] for row in shown["parents"]] == ["spend"]
    assert [(row["child"], row["variant"]) for row in shown["children"]] == [("report", None)]
    assert shown["variants"][0]["condition"] == [{"key": "region", "operator": "equal", "value": "eu"}]
    (expectation,) = shown["expectations"]
    assert (expectation["last_status"], expectation["previous_status"], expectation["last_run"]) == (
        "pass", "warn", "run-003",
    )  # fmt: skip
    assert [row["run_id"] for row in shown["materializations"]] == ["run-004", "run-003", "run-002", "run-001"]
    assert shown["current"][0]["run_id"] == "run-003"
    assert [row["name"] for row in shown["columns"]] == ["value"]
    assert [row["consumer"] for row in shown["consumers"]] == ["board"]
    assert [row["key"] for row in shown["config_keys"]] == ["region"]
    assert json.loads(json.dumps(shown)) == shown


def test_show_takes_hidden_nodes_and_short_names(catalog: Catalog) -> None:
    hidden = catalog.show("spend_per_signup_raw")
    assert (hidden["public"], hidden["owner"], hidden["n_checks"]) == (False, None, 0)
    assert set(hidden) == set(catalog.show("report"))


def test_names_resolve(catalog: Catalog) -> None:
    assert catalog.resolve_name("report") == "report"  # the key itself, though eu/report has the name too
    assert catalog.resolve_name("eu/report") == "eu/report"
    with pytest.raises(RequestError) as caught:
        catalog.resolve_name("margin")
    (problem,) = caught.value.problems
    assert (problem.code, problem.details) == ("ambiguous-name", ("eu/margin", "us/margin"))
    with pytest.raises(RequestError) as caught:
        catalog.show("spned")
    assert (caught.value.code, caught.value.problems[0].hint) == ("unknown-feature", "did you mean 'spend'?")
    with pytest.raises(RequestError) as caught:
        catalog.show("it's '' OR true --")
    assert "featurecat list" in (caught.value.problems[0].hint or "")


def test_a_short_name_that_one_graph_has(tmp_path: Path, tables_of, build) -> None:
    build(tmp_path / "catalog.duckdb", tables_of(["eu/spend"], []))
    with Catalog.open(tmp_path / "catalog.duckdb") as catalog:
        assert catalog.resolve_name("spend") == "eu/spend"


def test_a_word_that_is_not_utf8_fits_nothing(catalog: Catalog) -> None:
    assert catalog.search("zqxj\udcff") == []


def test_an_unknown_view_is_refused(catalog: Catalog) -> None:
    with pytest.raises(RequestError, match="did you mean 'features'"):
        catalog.table("feature")


def test_opening_nothing(tmp_path: Path) -> None:
    with pytest.raises(CatalogError) as caught:
        Catalog.open(tmp_path / "catalog.duckdb")
    assert (caught.value.code, caught.value.exit_code) == ("catalog-missing", 5)


def test_answers_are_json_ready() -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5)
    assert plain_value(moment) == "2026-01-02T03:04:05.000000Z"
    assert plain_value(moment.replace(tzinfo=timezone(timedelta(hours=1)))) == "2026-01-02T02:04:05.000000Z"
    assert plain_value(moment.replace(tzinfo=UTC)) == "2026-01-02T03:04:05.000000Z"
    assert plain_value({1: (date(2026, 1, 2), Decimal("1.5"), b"\xff", float("nan"), timedelta(1))}) == {
        "1": ["2026-01-02", 1.5, "ff", "nan", "1 day, 0:00:00"]
    }
    assert Rows(("a", "a", "a_1"), ("INTEGER",) * 3, [(1, 2, 3)]).dicts() == [{"a": 1, "a_1": 2, "a_1_1": 3}]


def test_reading_loads_no_other_library(sample_catalog: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from featurecat.catalog.catalog import Catalog\n"
        "with Catalog.open(Path(sys.argv[1])) as catalog:\n"
        "    catalog.list_features(), catalog.show('avg_3wk_spend'), catalog.runs(3), catalog.search('spend')\n"
        "heavy = {'numpy', 'pandas', 'polars', 'pyarrow', 'narwhals', 'pydantic', 'pytz'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}
    child = subprocess.run(
        [sys.executable, "-c", code, str(sample_catalog)], env=environment, capture_output=True, text=True, check=False
    )
    assert (child.stdout.strip(), child.stderr) == ("[]", "")
