"""The catalog as metadata change proposals, in the form that DataHub's file source ingests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote

from featurecat.catalog.exports.described import Content, DataSet

__all__ = ["datahub_proposals"]

_PLATFORM = "urn:li:dataPlatform:featurecat"
_ACTOR = "urn:li:corpuser:featurecat"
#: Beginnings of logical types to DataHub's classes; the rest are numbers.
_TYPES = {
    "string": "StringType",
    "large_string": "StringType",
    "bool": "BooleanType",
    "date": "DateType",
    "timestamp": "TimeType",
    "time": "TimeType",
    "duration": "TimeType",
    "binary": "BytesType",
    "list": "ArrayType",
    "struct": "RecordType",
    "map": "MapType",
    "dictionary": "EnumType",
}


def datahub_proposals(content: Content) -> Iterator[dict[str, Any]]:
    """Proposals, one an aspect, as ``datahub ingest`` reads them with a ``file`` source.

    Args:
        content: What the catalog tells.

    Returns:
        For each feature, frame, source and input: ``status``, ``datasetProperties``, ``schemaMetadata``, and where there is
        something to tell ``ownership``, ``globalTags``, ``upstreamLineage`` (with columns) and ``deprecation``.
    """
    stamp = {"time": _milliseconds(content.moment), "actor": _ACTOR}
    for one in content.sets.values():
        urn = _urn(content.project, one.key)
        for name, aspect in _aspects(content, one, stamp):
            yield {
                "entityType": "dataset",
                "entityUrn": urn,
                "changeType": "UPSERT",
                "aspectName": name,
                "aspect": {"json": aspect},
            }


def _aspects(content: Content, one: DataSet, stamp: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "status", {"removed": False}
    yield "datasetProperties", _properties(one)
    yield "schemaMetadata", _schema(one, stamp)
    if one.owners:
        owners = [{"owner": f"urn:li:corpGroup:{_part(owner)}", "type": "TECHNICAL_OWNER"} for owner in one.owners]
        yield "ownership", {"owners": owners, "lastModified": stamp}
    tags = [f"{key}:{told}" for key, told in one.tags] + (["pii"] if one.row["pii"] else [])
    if tags:
        yield "globalTags", {"tags": [{"tag": f"urn:li:tag:{_part(tag)}"} for tag in tags]}
    if one.parents:
        yield "upstreamLineage", _lineage(content, one, stamp)
    if one.row["status"] == "deprecated" or one.row["sunset"]:
        yield "deprecation", _deprecation(one)


def _properties(one: DataSet) -> dict[str, Any]:
    told = {name: one.row[name] for name in ("role", "unit", "grain", "status", "sunset", "replaced_by", "freshness")}
    if one.variant is not None:
        told |= {"file": one.variant["file"], "function": one.variant["function"]}
    told["uri"] = one.uri
    properties = {name: str(value) for name, value in sorted(told.items()) if value is not None}
    return {
        "customProperties": properties,
        "name": one.row["name"],
        "qualifiedName": one.key,
        **({"description": one.row["doc"]} if one.row["doc"] else {}),
        "tags": [],
    }


def _schema(one: DataSet, stamp: dict[str, Any]) -> dict[str, Any]:
    fields = [
        {
            "fieldPath": column.name,
            "nullable": True,
            **({"description": column.doc} if column.doc else {}),
            "type": {"type": {f"com.linkedin.schema.{_type(column.dtype)}": {}}},
            "nativeDataType": column.dtype or "unknown",
            "recursive": False,
            "isPartOfKey": column.name in (one.row["entity"] or ()),
        }
        for column in one.columns
    ]
    return {
        "schemaName": one.key,
        "platform": _PLATFORM,
        "version": 0,
        "created": stamp,
        "lastModified": stamp,
        "hash": "",
        "platformSchema": {"com.linkedin.schema.OtherSchema": {"rawSchema": ""}},
        "fields": fields,
    }


def _lineage(content: Content, one: DataSet, stamp: dict[str, Any]) -> dict[str, Any]:
    upstreams = [
        {"auditStamp": stamp, "dataset": _urn(content.project, parent), "type": "TRANSFORMED"} for parent in one.parents
    ]
    taken: dict[str, list[str]] = defaultdict(list)
    for origin in one.origins:
        taken[origin.column].append(_field(content.project, origin.parent, origin.parent_column))
    fine = [
        {
            "upstreamType": "FIELD_SET",
            "upstreams": sorted(set(fields)),
            "downstreamType": "FIELD",
            "downstreams": [_field(content.project, one.key, column)],
            "confidenceScore": 1.0,
        }
        for column, fields in taken.items()
    ]
    return {"upstreams": upstreams, **({"fineGrainedLineages": fine} if fine else {})}


def _deprecation(one: DataSet) -> dict[str, Any]:
    note = (
        f"use {one.row['replaced_by']} instead"
        if one.row["replaced_by"]
        else f"status {one.row['status'] or 'unknown'}"
    )
    told: dict[str, Any] = {"deprecated": one.row["status"] == "deprecated", "note": note, "actor": _ACTOR}
    day = _day(one.row["sunset"])
    return told if day is None else {**told, "decommissionTime": day}


def _urn(project: str, key: str) -> str:
    return f"urn:li:dataset:({_PLATFORM},{_part(project)}.{_part(key)},PROD)"


def _field(project: str, key: str, column: str) -> str:
    return f"urn:li:schemaField:({_urn(project, key)},{_part(column)})"


def _part(name: str) -> str:
    """A name inside a URN, where commas and parentheses mean something."""
    return quote(name, safe=" /:.@#-_=+")


def _type(dtype: str | None) -> str:
    if dtype is None:
        return "NullType"
    found = [kind for beginning, kind in _TYPES.items() if dtype.startswith(beginning)]
    return found[-1] if found else "NumberType"


def _milliseconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment.replace("Z", "+00:00")).timestamp() * 1000)


def _day(text: str | None) -> int | None:
    try:
        day = date.fromisoformat(text or "")
    except ValueError:  # the declaration of a sunset is checked by lint
        return None
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)
