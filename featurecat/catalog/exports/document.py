"""The catalog as one JSON document; ``document.schema.json`` beside this file says what is in it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from featurecat.catalog.connection import Connection
from featurecat.catalog.exports.views import exported_rows
from featurecat.version import VERSION

__all__ = ["DOCUMENT_VERSION", "catalog_document", "document_schema"]

DOCUMENT_VERSION = 1
#: Lists inside each feature: name, view.
_INSIDE = {
    "variants": "variants",
    "owners": "owners",
    "columns": "columns",
    "column_reads": "column_reads",
    "doc_sections": "doc_sections",
    "taints": "taints",
    "expectations": "expectations",
    "checks": "checks",
    "profiles": "profiles",
    "materializations": "materializations",
    "similar": "similar_features",
}
#: Lists of the document itself.
_BESIDE = ("sources", "consumers", "modules", "index_errors", "runs", "artifacts", "configs")


def catalog_document(connection: Connection, project: str) -> dict[str, Any]:
    """Everything the catalog knows, nested by feature.

    Args:
        connection: An open catalog.
        project: Name of the project.

    Returns:
        JSON-ready; no values of personal data.
    """
    views = ("features", "edges", *_INSIDE.values(), *_BESIDE)
    rows = exported_rows(connection, views)
    inside = {name: _by_feature(rows[view]) for name, view in _INSIDE.items()}
    parents: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for edge in rows["edges"]:
        child = edge["child"]
        parents[child].append({name: told for name, told in edge.items() if name != "child"})
    (versions,) = connection.rows("FROM catalog_versions").dicts()
    return {
        "format": "featurecat-catalog",
        "version": DOCUMENT_VERSION,
        "generator": f"featurecat {VERSION}",
        "project": project,
        "catalog": versions,
        "features": {
            row["feature"]: {
                **row,
                "parents": parents.get(row["feature"], []),
                **{name: found.get(row["feature"], []) for name, found in inside.items()},
            }
            for row in rows["features"]
        },
        **{view: rows[view] for view in _BESIDE},
    }


def _by_feature(rows: Sequence[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row["feature"]].append({name: told for name, told in row.items() if name != "feature"})
    return found


def document_schema() -> dict[str, Any]:
    """The JSON schema of :func:`catalog_document`.

    Example:
        >>> document_schema()["properties"]["format"]
        {'const': 'featurecat-catalog'}
    """
    text = Path(__file__).with_name("document.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema
