"""Done: exports that other programs read: Parquet, JSON, OpenLineage, DataHub, OpenMetadata; validated by their own means."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import types
import typing
from pathlib import Path
from typing import Any
from uuid import UUID

import jsonschema
import pyarrow.parquet as pq
import pytest

from featurecat.catalog.exports.document import document_schema
from tests.support.projects import REPOSITORY, ShopProject

READERS = REPOSITORY / "tests" / "support" / "export_readers.py"
FILES = {"json": "catalog.json", "openlineage": "events.ndjson", "datahub": "datahub.json", "parquet": "tables"}


@pytest.fixture
def shop_with_runs(shop: ShopProject) -> ShopProject:
    """Two grains published, one of them with personal data, and a run that failed."""
    shop.replace("customer_features.py", 'owner="crm", pii=True', 'owner="crm", pii=True, sunset="2031-05-01"')
    shop.ok("index")
    shop.ok("materialize", "margin", "unit_price", "--config", "region=us")
    shop.ok("materialize", "age_in_years", "mail_domain")
    shop.replace(
        "order_features.py", 'orders["amount"] / orders["pieces"]', 'orders["amount"] / orders["pieces"] + 1 / 0'
    )
    assert shop.run("materialize", "unit_price").code == 3
    return shop


def exported(shop: ShopProject, form: str, name: str | None = None) -> Path:
    target = shop.root.parent / (name or FILES[form])
    shop.ok("export", "catalog", "--format", form, "-o", target)
    return target


def read(reader: str, component: str, path: Path) -> dict[str, int]:
    """What the classes of another program read in a file, in a process where they can be imported."""
    done = subprocess.run(
        [sys.executable, str(READERS), reader, str(path)],
        env={**os.environ, "PYTHONPATH": os.environ[component]},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2_000:]
    counts: dict[str, int] = json.loads(done.stdout.splitlines()[-1])
    return counts


def test_parquet_holds_every_public_view(shop_with_runs: ShopProject) -> None:
    folder = exported(shop_with_runs, "parquet")
    question = "SELECT view_name FROM duckdb_views() WHERE database_name = 'catalog' AND NOT internal"
    views = {row["view_name"] for row in shop_with_runs.ok("sql", question, "--json").rows}
    assert {path.stem for path in folder.glob("*.parquet")} == views
    for view in views:
        count = shop_with_runs.ok("sql", f"SELECT count(*) AS n FROM {view}", "--json").rows[0]["n"]
        assert pq.read_metadata(folder / f"{view}.parquet").num_rows == count, view
    features = {row["feature"]: row for row in pq.read_table(folder / "features.parquet").to_pylist()}
    assert dict(features["margin"]["tags"]) == {"team": ["sales"]}
    assert features["net_amount"]["entity"] == ["order"]


def test_json_is_valid_by_the_schema_that_ships(shop_with_runs: ShopProject) -> None:
    document = json.loads(exported(shop_with_runs, "json").read_text())
    schema = document_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(document)
    margin = document["features"]["margin"]
    assert {parent["parent"] for parent in margin["parents"] if parent["kind"] == "data"} == {"margin_raw"}
    assert margin["variants"][0]["file"] == "order_features.py" and margin["materializations"]
    assert [run["status"] for run in document["runs"]].count("failed") == 1
    assert document["features"]["shipping"]["variants"][0]["body_hash"]


@pytest.mark.component("openlineage")
def test_openlineage_events_are_those_of_its_own_classes(shop_with_runs: ShopProject) -> None:
    from openlineage.client import event_v2

    events = [json.loads(line) for line in exported(shop_with_runs, "openlineage").read_text().splitlines()]
    kinds = {"DatasetEvent": [], "JobEvent": [], "RunEvent": []}  # type: ignore[var-annotated]
    for event in events:
        kind = event["schemaURL"].rpartition("/")[2]
        kinds[kind].append(event)
        structured(getattr(event_v2, kind), event)
    names = {event["dataset"]["name"] for event in kinds["DatasetEvent"]}
    assert names >= {"margin", "net_amount", "orders", "customers", "mail_domain"} and "margin_raw" not in names
    jobs = {event["job"]["name"]: event for event in kinds["JobEvent"]}
    assert [one["name"] for one in jobs["margin"]["inputs"]] == ["net_amount", "shipping"]
    lineage = jobs["margin"]["outputs"][0]["facets"]["columnLineage"]["fields"]["margin"]["inputFields"]
    assert [(one["name"], one["field"]) for one in lineage] == [("net_amount", "net_amount"), ("shipping", "shipping")]
    assert [event["eventType"] for event in kinds["RunEvent"]] == ["START", "COMPLETE"] * 2 + ["START", "FAIL"]
    assert all(UUID(event["run"]["runId"]) for event in kinds["RunEvent"])
    (outputs,) = [
        event["outputs"] for event in kinds["RunEvent"] if any(one["name"] == "margin" for one in event["outputs"])
    ]
    metrics = {one["name"]: one["facets"]["dataQualityMetrics"] for one in outputs}
    assert metrics["margin"]["rowCount"] == 20 and metrics["margin"]["columnMetrics"]["margin"]["nullCount"] == 0


def structured(kind: Any, told: Any) -> Any:
    """A JSON value as one of the classes that OpenLineage generates from its schemas; a key they do not have is refused."""
    import attr

    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        inner = [one for one in typing.get_args(kind) if one is not type(None)]
        return None if told is None else structured(inner[0], told)
    if origin is list:
        assert isinstance(told, list), told
        return [structured(typing.get_args(kind)[0], one) for one in told]
    if origin is dict:
        value = typing.get_args(kind)[1]
        facets = isinstance(value, type) and value.__name__.endswith("Facet")
        return {name: facet(one) if facets else structured(value, one) for name, one in told.items()}
    if not attr.has(kind):
        accepted = (int, float) if kind is float else kind
        assert (
            kind is Any or not isinstance(kind, type) or isinstance(told, accepted) or kind.__name__ == "EventType"
        ), (kind, told)
        return told
    hints = typing.get_type_hints(kind, localns={**vars(sys.modules[kind.__module__]), "ClassVar": typing.ClassVar})
    fields = {field.name: field for field in attr.fields(kind)}
    assert told.keys() <= fields.keys(), (kind, told.keys() - fields.keys())
    made = {name: structured(hints[name], one) for name, one in told.items() if fields[name].init}
    one = kind(**{name.lstrip("_"): value for name, value in made.items()})
    for name, field in fields.items():
        if name in told and not field.init:  # the address of the schema
            assert getattr(one, name) == told[name], (kind, name)
    return one


def facet(told: dict[str, Any]) -> Any:
    """A facet as the class that its schema's address names."""
    import importlib
    import pkgutil

    from openlineage.client import generated

    name = told["_schemaURL"].rpartition("/")[2]
    for module in pkgutil.iter_modules(generated.__path__):
        kind = getattr(importlib.import_module(f"{generated.__name__}.{module.name}"), name, None)
        if kind is not None:
            return structured(kind, told)
    raise AssertionError(f"OpenLineage has no facet {name}")


@pytest.mark.component("datahub")
def test_datahub_reads_its_file(shop_with_runs: ShopProject) -> None:
    path = exported(shop_with_runs, "datahub")
    aspects = read("datahub", "FEATURECAT_DATAHUB", path)
    assert aspects["schemaMetadata"] == aspects["status"] == aspects["datasetProperties"] == 8
    assert aspects["ownership"] and aspects["globalTags"] and aspects["upstreamLineage"] and aspects["deprecation"] == 1
    proposals = json.loads(path.read_text())
    (lineage,) = [
        one["aspect"]["json"] for one in proposals
        if one["aspectName"] == "upstreamLineage" and ".margin," in one["entityUrn"]
    ]  # fmt: skip
    assert len(lineage["upstreams"]) == 2 and len(lineage["fineGrainedLineages"][0]["upstreams"]) == 2


@pytest.mark.component("openmetadata")
def test_openmetadata_takes_the_requests(shop_with_runs: ShopProject) -> None:
    folder = exported(shop_with_runs, "openmetadata", "openmetadata")
    counts = read("openmetadata", "FEATURECAT_OPENMETADATA", folder)
    assert counts["1-services"] == counts["2-databases"] == counts["3-schemas"] == counts["5-tags"] == 1
    assert counts["6-tables"] == 8 and counts["7-lineage"] > 5
    tables = json.loads((folder / "6-tables.json").read_text())
    (personal,) = [table for table in tables if table["name"] == "mail_domain"]
    assert personal["tags"][0]["tagFQN"] == "featurecat.pii"
    spoiled = [{**tables[0], "no_such_field": 1}]
    (folder / "6-tables.json").write_text(json.dumps(spoiled))
    with pytest.raises(AssertionError, match="no_such_field"):
        read("openmetadata", "FEATURECAT_OPENMETADATA", folder)


@pytest.mark.parametrize("form", ["json", "openlineage", "datahub", "parquet", "openmetadata"])
def test_no_value_of_personal_data_leaves(shop: ShopProject, form: str) -> None:
    """Recorded before anybody said that it was personal; exported after."""
    shop.replace("customer_features.py", ", pii=True", "")
    shop.replace("pyproject.toml", 'pii = ["email"]\n', "")
    shop.ok("materialize", "mail_domain", "age_in_years")
    assert "mail1.example" in json.dumps(shop.ok("sql", "FROM profiles", "--json").rows)
    shop.replace("customer_features.py", 'owner="crm")\ndef mail', 'owner="crm", pii=True)\ndef mail')
    shop.ok("index")
    target = exported(shop, form, "out" if form in ("parquet", "openmetadata") else "out.json")
    paths = sorted(target.glob("*")) if target.is_dir() else [target]
    for path in paths:
        told = str(pq.read_table(path).to_pylist()) if path.suffix == ".parquet" else path.read_text()
        assert "mail1.example" not in told, path.name


def test_a_target_is_replaced_whole_or_not_at_all(shop_with_runs: ShopProject) -> None:
    folder = exported(shop_with_runs, "parquet")
    (folder / "stale.parquet").write_bytes(b"")
    exported(shop_with_runs, "parquet")
    assert not (folder / "stale.parquet").exists()
    other = shop_with_runs.root / "data"
    before = sorted(path.name for path in other.iterdir())
    refused = shop_with_runs.run("export", "catalog", "--format", "parquet", "-o", other)
    assert refused.code == 3 and "no export made" in refused.err
    assert sorted(path.name for path in other.iterdir()) == before
    assert shop_with_runs.run("export", "catalog", "-o", shop_with_runs.store.root / "x.json").code == 2
    assert shop_with_runs.run("export", "catalog", "-o", other).code == 2
    assert shop_with_runs.run("export", "latest", "--format", "json", "-o", "x").code == 2
    assert not list(shop_with_runs.root.parent.glob(".*"))


def test_exports_are_the_same_every_time(shop_with_runs: ShopProject) -> None:
    for form in ("json", "openlineage", "datahub"):
        first = exported(shop_with_runs, form).read_text()
        assert exported(shop_with_runs, form).read_text() == first
