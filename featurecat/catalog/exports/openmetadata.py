"""The catalog as the request bodies of OpenMetadata's REST interface: service, database, schema, tables, lineage.

OpenMetadata's tables lie in schemas of databases of a service: featurecat is the service, the project the database, a
graph the schema, and each feature, frame, source and input a table. Lineage is asked for by full name, as
``PUT /api/v1/lineage/{entity}/name/{from}/{entity}/name/{to}`` takes it, since ids are given by the server.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from featurecat.catalog.exports.described import Content, DataSet

__all__ = ["openmetadata_requests"]

_SERVICE = "featurecat"
#: Beginnings of logical types to OpenMetadata's.
_TYPES = {
    "string": "STRING",
    "large_string": "STRING",
    "bool": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "time": "TIME",
    "duration": "INTERVAL",
    "binary": "BINARY",
    "list": "ARRAY",
    "struct": "STRUCT",
    "map": "MAP",
    "dictionary": "STRING",
    "double": "DOUBLE",
    "float": "FLOAT",
    "int64": "BIGINT",
    "uint": "UINT",
    "int32": "INT",
    "int16": "SMALLINT",
    "int8": "TINYINT",
    "decimal": "DECIMAL",
}


def openmetadata_requests(content: Content) -> dict[str, list[dict[str, Any]]]:
    """Request bodies by file, in the order in which they have to be sent.

    Args:
        content: What the catalog tells.

    Returns:
        ``services``, ``databases``, ``schemas``, ``classifications``, ``tags`` and ``tables`` hold bodies of ``PUT``
        requests; ``lineage`` holds ``from``, ``to`` (full names of tables) and ``details``, the body.
    """
    database = f"{_SERVICE}.{_quoted(content.project)}"
    graphs = sorted({one.row["graph"] for one in content.sets.values()})
    names = {
        one.key: f"{database}.{_quoted(one.row['graph'])}.{_quoted(one.row['name'])}" for one in content.sets.values()
    }
    personal = any(one.row["pii"] for one in content.sets.values())
    return {
        "services": [{"name": _SERVICE, "serviceType": "CustomDatabase"}],
        "databases": [{"name": content.project, "service": _SERVICE}],
        "schemas": [{"name": graph, "database": database} for graph in graphs],
        "classifications": [{"name": _SERVICE, "description": "What featurecat's catalog says of a feature."}],
        "tags": [{"classification": _SERVICE, "name": "pii", "description": "Personal data."}] if personal else [],
        "tables": [_table(database, one) for one in content.sets.values()],
        "lineage": [edge for one in content.sets.values() for edge in _edges(names, one)],
    }


def _table(database: str, one: DataSet) -> dict[str, Any]:
    table: dict[str, Any] = {
        "name": one.row["name"],
        "tableType": "External" if one.row["role"] == "source" else "Regular",
        "databaseSchema": f"{database}.{_quoted(one.row['graph'])}",
        "columns": [_column(name.name, name.dtype, name.doc) for name in one.columns],
    }
    if description := _description(one):
        table["description"] = description
    if one.row["pii"]:
        label = {"tagFQN": f"{_SERVICE}.pii", "source": "Classification", "labelType": "Derived", "state": "Confirmed"}
        table["tags"] = [label]
    return table


def _column(name: str, dtype: str | None, doc: str | None) -> dict[str, Any]:
    kind = _type(dtype)
    return {
        "name": name,
        "dataType": kind,
        **({"arrayDataType": "UNKNOWN"} if kind == "ARRAY" else {}),
        **({"dataTypeDisplay": dtype} if dtype else {}),
        **({"description": doc} if doc else {}),
    }


def _description(one: DataSet) -> str:
    """The documentation, and what OpenMetadata has no field for: owners there are users and teams of the server."""
    told = {
        "unit": one.row["unit"],
        "owner": ", ".join(one.owners),
        "status": one.row["status"],
        "sunset": one.row["sunset"],
        "replaced by": one.row["replaced_by"],
        "tags": ", ".join(f"{key}={value}" for key, value in one.tags),
        "defined in": one.variant and one.variant["file"],
        "read from": one.uri,
    }
    lines = "\n".join(f"- {name}: {value}" for name, value in told.items() if value)
    return "\n\n".join(part for part in (one.row["doc"], lines) if part)


def _edges(names: dict[str, str], one: DataSet) -> list[dict[str, Any]]:
    taken: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for origin in one.origins:
        column = f"{names[origin.parent]}.{_quoted(origin.parent_column)}"
        taken[origin.parent][f"{names[one.key]}.{_quoted(origin.column)}"].append(column)
    return [
        {
            "from": names[parent],
            "to": names[one.key],
            "details": {
                "source": "Manual",
                "columnsLineage": [
                    {"fromColumns": sorted(set(columns)), "toColumn": column}
                    for column, columns in taken[parent].items()
                ],
            },
        }
        for parent in one.parents
    ]


def _quoted(name: str) -> str:
    """A part of a full name; those with a dot or a quote are quoted."""
    return '"' + name.replace('"', '""') + '"' if "." in name or '"' in name else name


def _type(dtype: str | None) -> str:
    if dtype is None:
        return "UNKNOWN"
    found = [kind for beginning, kind in _TYPES.items() if dtype.startswith(beginning)]
    return found[-1] if found else "UNKNOWN"
