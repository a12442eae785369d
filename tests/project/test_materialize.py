"""From a request to rows: what is read, how grains and keys are put together, what is judged and recorded."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from featurecat.clock import SystemClock
from featurecat.io import reader
from featurecat.project.discover import find_project
from featurecat.project.materialize import materialize
from featurecat.project.request import RunRequest
from featurecat.records import Manifest
from tests.support.modules import ModuleMaker
from tests.support.projects import ShopProject

HEAD = "import pandas as pd\nimport polars as pl\nfrom featurecat import check_output, config, extract_columns, feature, tag\n\n\n"


def by_feature(manifest: Manifest):
    return {record.feature: record for record in manifest.features}


# --- what is read ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "read"),
    [
        ("return orders['amount']", {"order", "amount"}),
        ("return orders['amount'] / orders['pieces']", {"order", "amount", "pieces"}),
        ("return orders[['amount', 'pieces']].sum(axis=1)", {"order", "amount", "pieces"}),
        ("return orders[WANTED].sum(axis=1)", {"order", "pieces"}),
        ("return orders.assign(x=1)['x']", None),
        ("name = 'amount'\n    return orders[name]", None),
        ("return orders.iloc[:, 2]", None),
    ],
)
def test_only_the_columns_consumed_are_read(
    shop: ShopProject, monkeypatch: pytest.MonkeyPatch, make_module: ModuleMaker, body: str, read: set[str] | None
) -> None:
    """In this process, to see what the reader is asked for."""
    shop.only_module(f"{HEAD}WANTED = ['pieces']\n\n\ndef wanted(orders: pd.DataFrame) -> pd.Series:\n    {body}\n", "reading_features")
    asked: list[set[str] | None] = []
    original = reader.Reader.table

    def recorded(self, request, columns=None, **more):
        asked.append(None if columns is None else set(columns))
        return original(self, request, columns, **more)

    monkeypatch.setattr(reader.Reader, "table", recorded)
    monkeypatch.syspath_prepend(str(shop.root))
    make_module((shop.root / "reading_features.py").read_text(), "reading_features")
    materialize(find_project(shop.root), RunRequest(features=("wanted",)), SystemClock())
    assert asked == [read]


def test_a_source_that_two_features_read_is_read_for_both(shop: ShopProject) -> None:
    shop.ok("materialize", "net_amount", "unit_price")
    (manifest,) = shop.manifests()
    assert [record.name for record in manifest.inputs] == ["orders"]
    assert manifest.inputs[0].uri == "data/orders.parquet" and manifest.inputs[0].content_hash
    assert shop.rows_of(manifest)["unit_price"][:3] == [5.0, 20 / 3, 30.0]


def test_a_source_path_from_the_environment(shop: ShopProject, tmp_path: Path) -> None:
    shop.replace("pyproject.toml", '"data/orders.parquet"', '"env:SHOP_ORDERS"\nformat = "parquet"')
    told = shop.run("materialize", "net_amount")
    assert told.code == 2 and "SHOP_ORDERS" in told.err and "not set" in told.err
    (shop.root / "data" / "orders.parquet").rename(tmp_path / "moved.parquet")
    there = {"SHOP_ORDERS": str(tmp_path / "moved.parquet")}
    shop.ok("materialize", "net_amount", environment=there)
    assert shop.manifests()[-1].inputs[0].uri == "env:SHOP_ORDERS"
    assert shop.ok("inputs", "net_amount", "--json", environment=there).rows[0]["status"] == "found"
    shop.ok("index")


def test_an_input_takes_the_place_of_a_source(shop: ShopProject) -> None:
    table = pq.read_table(shop.root / "data" / "orders.parquet").slice(0, 3)
    pq.write_table(table, shop.root / "few.parquet")
    shop.ok("materialize", "net_amount", "--input", "orders=few.parquet")
    (manifest,) = shop.manifests()
    assert shop.rows_of(manifest) == {"order": [1, 2, 3], "net_amount": [9.0, 18.0, 27.0]}
    assert manifest.request.overrides == ("orders",) and manifest.inputs[0].uri == "few.parquet"


# --- grain and keys -------------------------------------------------------------------------------


def test_keys_come_first_and_features_in_selection_order(shop: ShopProject) -> None:
    shop.ok("materialize", "unit_price", "margin", "net_amount", "-o", "out.parquet")
    table = pq.read_table(shop.root / "out.parquet")
    assert table.column_names == ["order", "unit_price", "margin", "net_amount"]
    assert table.schema.field("order").type == pa.int64()


def test_a_selected_key_stands_once(shop: ShopProject) -> None:
    shop.add_module("key_features", f"{HEAD}def order(orders: pd.DataFrame) -> pd.Series:\n    return orders['order']\n")
    shop.ok("materialize", "net_amount", "order", "-o", "out.parquet")
    assert pq.read_table(shop.root / "out.parquet").column_names == ["order", "net_amount"]
    (manifest,) = shop.manifests()
    assert by_feature(manifest)["order"].column == "order"


def test_an_aggregate_with_an_entity_has_its_own_file(shop: ShopProject) -> None:
    shop.add_module(
        "buyer_features",
        f"{HEAD}@feature(entity=['customer'])\ndef spent(orders: pd.DataFrame) -> pd.Series:\n"
        "    return orders.groupby('customer')['amount'].sum()\n",
    )
    shop.ok("materialize", "spent", "net_amount", "-o", "out")
    assert pq.read_table(shop.root / "out" / "customer.parquet").to_pydict() == {
        "customer": [1, 2, 3, 4, 5],
        "spent": [500.0, 340.0, 380.0, 420.0, 460.0],
    }
    assert pq.read_table(shop.root / "out" / "order.parquet").num_rows == 20


def test_keys_that_cannot_be_found(shop: ShopProject) -> None:
    shop.add_module(
        "buyer_features",
        f"{HEAD}@feature(entity=['customer'])\ndef spent(orders: pd.DataFrame) -> pd.Series:\n"
        "    return orders.groupby('customer')['amount'].sum().reset_index(drop=True)\n",
    )
    told = shop.run("materialize", "spent")
    assert told.code == 3 and "[grain]" in told.err and "key columns of customer cannot be found" in told.err
    assert "buyer_features.py:6" in told.err


@pytest.mark.parametrize(
    ("rows", "said"), [("[1, None, 3, 4, 5]", "1 of 5 rows have no complete key"), ("[1, 1, 3, 4, 4]", "2 of 5 rows repeat")]
)
def test_keys_must_be_complete_and_distinct(shop: ShopProject, rows: str, said: str) -> None:
    shop.add_module(
        "buyer_features",
        f"{HEAD}@feature(entity=['customer'])\ndef spent(orders: pd.DataFrame) -> pd.DataFrame:\n"
        f"    return pd.DataFrame({{'customer': {rows}, 'spent': range(5)}})\n",
    )
    told = shop.run("materialize", "spent")
    assert told.code == 3 and "[grain]" in told.err and said in told.err
    assert shop.manifests()[0].status == "failed"


def test_two_columns_of_one_name(shop: ShopProject) -> None:
    shop.add_module(
        "wide_features",
        f"{HEAD}def wide(orders: pd.DataFrame) -> pd.DataFrame:\n"
        "    return orders[['order', 'amount']].rename(columns={'amount': 'net_amount'})\n",
    )
    told = shop.run("materialize", "net_amount", "wide")
    assert told.code == 3 and "two columns" in told.err and "'net_amount'" in told.err and "wide_features.py:6" in told.err


def test_a_declared_dtype_is_kept(shop: ShopProject) -> None:
    shop.add_module(
        "typed_features",
        f"{HEAD}@feature(dtype='int64')\ndef whole(orders: pd.DataFrame) -> pd.Series:\n"
        "    return orders['pieces'].where(orders['pieces'] > 1)\n\n\n"
        "@feature(dtype='int32')\ndef broken(orders: pd.DataFrame) -> pd.Series:\n    return orders['amount'] + 0.5\n",
    )
    shop.ok("materialize", "whole")
    (manifest,) = shop.manifests()
    record = by_feature(manifest)["whole"]
    assert (record.dtype, record.engine_dtype) == ("int64", "float64")
    assert shop.rows_of(manifest)["whole"][:3] == [2, 3, None]
    told = shop.run("materialize", "broken")
    assert told.code == 3 and "[type-mismatch]" in told.err and "int32" in told.err and "typed_features.py:" in told.err


# --- verdicts -------------------------------------------------------------------------------------

JUDGED = HEAD + """
@check_output(range=(0, 100), importance="warn")
@check_output(allow_nans=False, importance="warn")
def checked{suffix}(orders: {frame}) -> {column}:
    return {body}


@check_output(values_in=["note 1", "note 2"], importance="warn")
def noted{suffix}(orders: {frame}) -> {column}:
    return orders["note"]


@check_output(data_type={dtype}, max_fraction_nans=0.1, importance="warn")
def typed{suffix}(orders: {frame}) -> {column}:
    return {body}
"""


def test_verdicts_are_equal_on_both_engines(shop: ShopProject) -> None:
    pandas = JUDGED.format(
        suffix="__pandas", frame="pd.DataFrame", column="pd.Series", dtype="float",
        body="orders['amount'].where(orders['pieces'] > 1)",
    )  # fmt: skip
    polars = JUDGED.format(
        suffix="__polars", frame="pl.DataFrame", column="pl.Series", dtype="float",
        body="orders.select(pl.when(pl.col('pieces') > 1).then(pl.col('amount'))).to_series()",
    )  # fmt: skip
    shop.add_module("judged_pandas", pandas)
    shop.add_module("judged_polars", polars)
    checks = []
    for engine in ("pandas", "polars"):
        shop.ok("materialize", "checked", "noted", "typed", "--engine", engine)
        manifest = shop.manifests()[-1]
        assert manifest.engine == engine
        checks.append(
            {
                (check.feature, check.kind): (check.status, check.rows, check.failing_rows, check.message, json.dumps(check.observed, sort_keys=True))
                for check in manifest.checks
            }
        )
    assert checks[0] == checks[1]
    statuses = {key: verdict[0] for key, verdict in checks[0].items()}
    assert statuses[("checked", "range")] == statuses[("checked", "allow_nans")] == statuses[("noted", "values_in")] == "warn"


def test_what_warns_is_published_with_a_warning(shop: ShopProject) -> None:
    shop.replace("order_features.py", 'range=(0.0, 1000.0), importance="fail"', 'range=(0.0, 100.0), importance="warn"')
    told = shop.ok("materialize", "net_amount", "-o", "out.parquet")
    assert "published" in told.out and "1 warned" in told.out and "net_amount: range:" in told.out
    assert (shop.root / "out.parquet").is_file()
    (check,) = shop.manifests()[0].checks
    assert (check.severity, check.status, check.failing_rows) == ("warn", "warn", 9)


def test_what_fails_is_quarantined(shop: ShopProject) -> None:
    shop.replace("order_features.py", "range=(0.0, 1000.0)", "range=(0.0, 100.0)")
    told = shop.run("materialize", "net_amount", "-o", "out.parquet")
    assert told.code == 1 and "quarantined" in told.out
    assert not (shop.root / "out.parquet").exists()
    (manifest,) = shop.sound()
    assert (manifest.status, manifest.error.code if manifest.error else None) == ("quarantined", "expectation-failed")
    folder = shop.store.quarantine / f"run={manifest.run_id}"
    assert f".featurecat/quarantine/run={manifest.run_id}" in told.err
    assert "range does not hold" in (folder / "report.json").read_text()
    assert pq.read_table(folder / "default" / "order" / "part-0.parquet").num_rows == 20
    assert not list(shop.store.artifacts.rglob("*.parquet"))
    assert shop.ok("sql", "SELECT count(*) AS n FROM current_artifacts", "--json").rows == [{"n": 0}]


def test_what_is_checked_on_the_way_blocks_too(shop: ShopProject) -> None:
    """``net_amount`` is not selected, but ``margin`` is made of it."""
    shop.replace("order_features.py", "range=(0.0, 1000.0)", "range=(0.0, 100.0)")
    told = shop.run("materialize", "margin")
    assert told.code == 1 and "net_amount: range does not hold" in told.err
    assert [manifest.status for manifest in shop.manifests()] == ["quarantined"]


# --- what a manifest says -------------------------------------------------------------------------


def prints(shop: ShopProject, *words: str) -> dict[str, tuple[str | None, str | None, str | None]]:
    shop.ok("materialize", "net_amount", "shipping", "margin", *words)
    records = by_feature(shop.manifests()[-1])
    return {name: (one.fingerprint.code, one.fingerprint.config, one.fingerprint.inputs) for name, one in records.items()}


def test_fingerprints_change_with_what_they_cover(shop: ShopProject) -> None:
    first = prints(shop)
    assert prints(shop) == first
    assert all(code and inputs for code, _, inputs in first.values())

    by_config = prints(shop, "--config", "region=de")
    assert by_config["net_amount"] == first["net_amount"]
    assert by_config["shipping"][1] != first["shipping"][1]
    assert by_config["margin"][2] != first["margin"][2] and by_config["margin"][0] == first["margin"][0]

    shop.replace("order_features.py", "amount * (1 - DISCOUNT)", "amount * (1.0 - DISCOUNT)")
    by_helper = prints(shop)
    assert by_helper["net_amount"][0] != first["net_amount"][0] and by_helper["net_amount"][2] == first["net_amount"][2]
    assert by_helper["margin"][0] == first["margin"][0] and by_helper["margin"][2] != first["margin"][2]

    table = pq.read_table(shop.root / "data" / "orders.parquet")
    pq.write_table(table.slice(0, 19), shop.root / "data" / "orders.parquet")
    by_input = prints(shop)
    assert by_input["net_amount"][0] == by_helper["net_amount"][0]
    assert by_input["net_amount"][2] != by_helper["net_amount"][2]
    assert by_input["margin"][2] != by_helper["margin"][2]


def test_a_manifest_is_complete(shop: ShopProject) -> None:
    shop.ok("materialize", "margin, mail_domain", "--config-name", "us", "-o", "out")
    (manifest,) = shop.manifests()
    assert manifest.request.selection == ("margin, mail_domain",) and manifest.request.features == ("margin", "mail_domain")
    assert manifest.request.config == {"region": "us"}
    assert manifest.project.name == "shop" and manifest.versions["featurecat"] and manifest.graph_fingerprint
    assert [artifact.entity for artifact in manifest.artifacts] == [("order",), ("customer",)]
    assert {record.name for record in manifest.inputs} == {"orders", "customers"}
    records = by_feature(manifest)
    assert records["margin"].artifact_id == manifest.artifacts[0].artifact_id
    assert records["mail_domain"].artifact_id == manifest.artifacts[1].artifact_id
    assert records["mail_domain"].dtype == "string" and records["margin"].seconds is not None
    assert {check.feature for check in manifest.checks} == {"net_amount", "margin"}
    footer = pq.read_metadata(shop.store.root / manifest.artifacts[0].path).metadata
    assert footer[b"featurecat.run_id"].decode() == manifest.run_id


def test_a_feature_that_fails_says_how_to_reproduce_it(shop: ShopProject) -> None:
    shop.add_module(
        "failing_features",
        f"{HEAD}def _divide(one: pd.Series) -> float:\n    return 1 / 0\n\n\n"
        "@check_output(range=(0, 1))\ndef failing(net_amount: pd.Series, unit_price: pd.Series) -> pd.Series:\n    return net_amount * _divide(unit_price)\n",
    )
    told = shop.run("materialize", "failing", "margin")
    assert told.code == 3 and "failing raised ZeroDivisionError: division by zero (failing_features.py:7)" in told.err
    assert "net_amount: Series float64 (20)" in told.err and "featurecat materialize failing" in told.err
    told = shop.run("materialize", "failing", "--config-name", "us", "--config", "region=two words", "--engine", "pandas")
    assert "featurecat materialize failing --engine pandas --config-name us --config 'region=two words'" in told.err
    manifest = shop.manifests()[0]
    assert manifest.error is not None
    assert (manifest.error.code, manifest.error.file, manifest.error.line) == ("step-failed", "failing_features.py", 7)
    shown = shop.run("materialize", "failing", "--traceback").err
    assert "_divide" in shown and "return 1 / 0" in shown and "featurecat/execution" not in shown


def test_what_has_no_rows_is_left_out_unless_named(shop: ShopProject) -> None:
    shop.add_module("total_features", f"{HEAD}def total(net_amount: pd.Series) -> float:\n    return float(net_amount.sum())\n")
    told = shop.ok("materialize", "net_amount", "tot*")
    assert "left out" in told.out and "total" in told.out
    told = shop.ok("materialize", "--all", "-o", "out", "--json")
    assert told.rows[0]["left_out"] == ["total"]
    assert shop.run("materialize", "tot*").code == 2
    assert shop.run("materialize", "total").code == 2
