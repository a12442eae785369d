"""The catalog as OpenLineage events (spec 2-0-2): a data set and a job for each feature, and every run.

Names are stable: the namespace is the project's, data sets and jobs are named by catalog key.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from featurecat.catalog.exports.described import Content, DataSet
from featurecat.version import VERSION

__all__ = ["openlineage_events"]

_SPEC = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs"
_FACETS = "https://openlineage.io/spec/facets"
_PRODUCER = f"urn:featurecat:{VERSION}"
#: Facet to its version and definition.
_SCHEMAS = {
    "schema": ("1-2-0", "SchemaDatasetFacet"),
    "columnLineage": ("1-2-0", "ColumnLineageDatasetFacet"),
    "dataQualityMetrics": ("1-0-1", "DataQualityMetricsDatasetFacet"),
    "documentation": ("1-1-0", "DocumentationDatasetFacet"),
    "errorMessage": ("1-0-1", "ErrorMessageRunFacet"),
    "jobType": ("2-0-4", "JobTypeJobFacet"),
    "outputStatistics": ("1-0-2", "OutputStatisticsOutputDatasetFacet"),
    "ownership": ("1-0-1", "OwnershipDatasetFacet"),
    "sourceCode": ("1-0-1", "SourceCodeJobFacet"),
    "tags": ("1-0-0", "TagsDatasetFacet"),
}
#: The same names are other facets on jobs.
_JOB_SCHEMAS = {
    "documentation": ("1-1-0", "DocumentationJobFacet"),
    "ownership": ("1-0-1", "OwnershipJobFacet"),
}
_ENDED = {"published": "COMPLETE", "checked": "COMPLETE", "quarantined": "FAIL", "failed": "FAIL"}


def openlineage_events(content: Content) -> Iterator[dict[str, Any]]:
    """Events in an order in which they can be sent.

    Args:
        content: What the catalog tells.

    Returns:
        A ``DatasetEvent`` for each feature, frame, source and input; a ``JobEvent`` for each feature and frame; a START
        and a COMPLETE or FAIL ``RunEvent`` for each run.
    """
    namespace = f"featurecat://{content.project}"
    for one in content.sets.values():
        yield _event("DatasetEvent", content.moment, {"dataset": _data_set(namespace, one)})
    for one in content.sets.values():
        if one.made:
            yield _event("JobEvent", content.moment, _job_of(namespace, one))
    yield from _run_events(namespace, content)


def _event(kind: str, moment: str, told: Mapping[str, Any]) -> dict[str, Any]:
    return {"eventTime": moment, "producer": _PRODUCER, "schemaURL": f"{_SPEC}/{kind}", **told}


def _facet(name: str, told: Mapping[str, Any], schemas: Mapping[str, tuple[str, str]] = _SCHEMAS) -> dict[str, Any]:
    version, definition = schemas.get(name) or _SCHEMAS[name]
    url = f"{_FACETS}/{version}/{definition}.json#/$defs/{definition}"
    return {name: {"_producer": _PRODUCER, "_schemaURL": url, **told}}


def _data_set(namespace: str, one: DataSet) -> dict[str, Any]:
    fields = [
        _without_nothing({"name": column.name, "type": column.dtype, "description": column.doc})
        for column in one.columns
    ]
    facets = _facet("schema", {"fields": fields})
    if one.row["doc"]:
        facets |= _facet("documentation", {"description": one.row["doc"]})
    if one.owners:
        facets |= _facet("ownership", {"owners": [{"name": owner, "type": "OWNER"} for owner in one.owners]})
    if tags := _tags(one):
        facets |= _facet("tags", {"tags": tags})
    return {"namespace": namespace, "name": one.key, "facets": facets | _column_lineage(namespace, one)}


def _tags(one: DataSet) -> list[dict[str, str]]:
    told = [*one.tags]
    told += [(name, one.row[name]) for name in ("status", "sunset", "replaced_by", "unit") if one.row[name]]
    told += [("pii", "true")] if one.row["pii"] else []
    return [{"key": key, "value": value, "source": "featurecat"} for key, value in told]


def _column_lineage(namespace: str, one: DataSet) -> dict[str, Any]:
    origins: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for origin in one.origins:
        origins[origin.column].append(
            {
                "namespace": namespace,
                "name": origin.parent,
                "field": origin.parent_column,
                "transformations": [{"type": "DIRECT", "subtype": "TRANSFORMATION"}],
            }
        )
    if not origins:
        return {}
    return _facet("columnLineage", {"fields": {name: {"inputFields": taken} for name, taken in origins.items()}})


def _job_of(namespace: str, one: DataSet) -> dict[str, Any]:
    facets = _facet("jobType", {"processingType": "BATCH", "integration": "FEATURECAT", "jobType": "FEATURE"})
    if one.row["doc"]:
        facets |= _facet("documentation", {"description": one.row["doc"]}, _JOB_SCHEMAS)
    if one.owners:
        owners = [{"name": owner, "type": "OWNER"} for owner in one.owners]
        facets |= _facet("ownership", {"owners": owners}, _JOB_SCHEMAS)
    if one.variant is not None and one.variant["source_text"]:
        facets |= _facet("sourceCode", {"language": "python", "sourceCode": one.variant["source_text"]})
    return {
        "job": {"namespace": namespace, "name": one.key, "facets": facets},
        "inputs": [{"namespace": namespace, "name": parent} for parent in one.parents],
        "outputs": [{"namespace": namespace, "name": one.key, "facets": _column_lineage(namespace, one)}],
    }


def _run_events(namespace: str, content: Content) -> Iterator[dict[str, Any]]:
    inputs, outputs = _by_run(content.rows["run_inputs"]), _by_run(content.rows["materializations"])
    profiles = {(row["run_id"], row["feature"]): row for row in content.rows["profiles"]}
    for run in sorted(content.rows["runs"], key=lambda row: (row["started_at"], row["run_id"])):
        job = {"namespace": namespace, "name": run["kind"], "facets": {}}
        taken = [{"namespace": namespace, "name": row["name"]} for row in inputs[run["run_id"]]]
        start = {"eventType": "START", "run": {"runId": run["run_id"], "facets": {}}, "job": job, "inputs": taken}
        yield _event("RunEvent", run["started_at"], {**start, "outputs": []})
        made = [
            _output(namespace, row, profiles.get((run["run_id"], row["feature"])))
            for row in outputs[run["run_id"]]
            if row["artifact_id"] is not None and row["feature"] in content.sets
        ]
        facets = {}
        if run["error"]:
            facets = _facet(
                "errorMessage", {"message": str(run["error"].get("message")), "programmingLanguage": "python"}
            )
        end = {"eventType": _ENDED.get(run["status"], "OTHER"), "run": {"runId": run["run_id"], "facets": facets}}
        yield _event("RunEvent", run["committed_at"], {**end, "job": job, "inputs": taken, "outputs": made})


def _output(namespace: str, row: Mapping[str, Any], profile: Mapping[str, Any] | None) -> dict[str, Any]:
    output: dict[str, Any] = {"namespace": namespace, "name": row["feature"], "facets": {}, "outputFacets": {}}
    if profile is not None and profile["rows"] is not None:
        figures = {
            "nullCount": profile["nulls"],
            "distinctCount": profile["distinct_values"],
            "min": profile["min"],
            "max": profile["max"],
        }
        metrics = {
            "rowCount": profile["rows"],
            "columnMetrics": {row["column"] or row["feature"]: _without_nothing(figures)},
        }
        output["facets"] = _facet("dataQualityMetrics", metrics)
        output["outputFacets"] = _facet("outputStatistics", {"rowCount": profile["rows"]})
    return output


def _by_run(rows: Sequence[Mapping[str, Any]]) -> Mapping[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row["run_id"]].append(row)
    return found


def _without_nothing(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value is not None}
