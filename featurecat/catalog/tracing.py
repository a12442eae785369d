"""The lineage of one feature, or of one column: the catalog walks, and only what is shown passes Python."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from featurecat.catalog.connection import Connection, sql_text
from featurecat.errors import RequestError, did_you_mean

__all__ = ["Spot", "Traced", "find_spot", "trace"]


@dataclass(frozen=True, slots=True)
class Spot:
    """A feature, or a column of a frame or source."""

    feature: str
    column: str | None = None

    @property
    def text(self) -> str:
        """As users write it."""
        return self.feature if self.column is None else f"{self.feature}.{self.column}"


@dataclass(frozen=True, slots=True)
class Traced:
    """What one feature or column is connected with.

    Attributes:
        spot: What was asked for.
        nodes: By what they are called: ``role``, ``dtype``, ``type``, ``summary``.
        parents: Name to the names that feed it, direct ones only.
    """

    spot: Spot
    nodes: Mapping[str, Mapping[str, Any]]
    parents: dict[str, list[str]] = field(default_factory=dict)


def find_spot(path: Path, text: str) -> Spot | None:
    """The feature or column that a text names; None where there is no such feature, or it could be several.

    Args:
        path: The catalog.
        text: A catalog key, a name that only one graph has, or either with a column after a dot.

    Raises:
        RequestError: Code ``unknown-column``, when the frame has no such column as far as is known.
        CatalogError: When the catalog cannot be read.
    """
    with Connection.open(path) as catalog:
        whole = _feature(catalog, text)
        if whole is not None:
            return Spot(whole)
        parts = text.split(".")
        for count in range(len(parts) - 1, 0, -1):
            feature = _feature(catalog, ".".join(parts[:count]))
            if feature is not None:
                return Spot(feature, _column(catalog, feature, ".".join(parts[count:])))
    return None


def _feature(catalog: Connection, text: str) -> str | None:
    name = sql_text(text)
    rows = catalog.rows(f"SELECT feature FROM features WHERE feature = {name} OR name = {name}").rows
    keys = [row[0] for row in rows]
    if text in keys:
        return text
    return keys[0] if len(keys) == 1 else None


def _column(catalog: Connection, feature: str, column: str) -> str:
    key = sql_text(feature)
    statement = (
        f"SELECT parent_column FROM column_edges WHERE parent = {key} AND parent_column IS NOT NULL"
        f" UNION SELECT child_column FROM column_edges WHERE child = {key} AND child_column IS NOT NULL"
        f" UNION SELECT name FROM columns WHERE feature = {key} ORDER BY ALL"
    )
    known = [row[0] for row in catalog.rows(statement).rows]
    if column in known:
        return column
    if not known:
        hint = f"featurecat lineage {feature}"
    else:
        listed = ", ".join(known[:8]) + (" …" if len(known) > 8 else "")
        hint = did_you_mean(column, known) or f"known are {listed}"
    raise RequestError(
        f"nothing reads a column {column!r} of {feature}", code="unknown-column", hint=hint, feature=feature
    )


_NODES = (
    "SELECT f.feature, f.role, coalesce(f.dtype, p.dtype) AS dtype, f.meta->>'type' AS type, f.summary FROM features f"
    " LEFT JOIN public_features p ON p.feature = f.feature AND f.dtype IS NULL"
)


def trace(path: Path, spot: Spot, *, up: bool, down: bool, columns: bool) -> Traced:
    """What feeds a feature or column, what it feeds, and who uses that.

    Args:
        path: The catalog.
        spot: Where to begin.
        up: Whether to go upstream.
        down: Whether to go downstream, up to consumers.
        columns: Whether to go from column to column; for a column that is so anyway.

    Raises:
        CatalogError: When the catalog cannot be read.
    """
    with Connection.open(path) as catalog:
        if columns or spot.column is not None:
            return _columns_traced(catalog, spot, up=up, down=down)
        return _features_traced(catalog, spot, up=up, down=down)


def _features_traced(catalog: Connection, spot: Spot, *, up: bool, down: bool) -> Traced:
    key = sql_text(spot.feature)
    parts = [f"SELECT {key} AS feature"]
    parts += [f"SELECT feature FROM upstream({key})"] if up else []
    parts += [f"SELECT feature FROM downstream({key})"] if down else []
    reached = " UNION ".join(parts)
    pairs = catalog.fetch(
        f"WITH reached AS MATERIALIZED ({reached}) SELECT DISTINCT e.parent, e.child FROM edges e"
        " SEMI JOIN reached r ON r.feature = e.child SEMI JOIN reached s ON s.feature = e.parent"
        " WHERE e.kind = 'data' ORDER BY ALL"
    ).rows
    names = {spot.feature, *(name for pair in pairs for name in pair)}
    nodes = _node_rows(catalog, names)
    folded = _folded([(str(parent), str(child)) for parent, child in pairs], nodes, spot.feature)
    below = _below(spot.feature, folded) if down else set()
    return Traced(spot, {**nodes, **_with_consumers(catalog, below, folded)}, folded)


def _columns_traced(catalog: Connection, spot: Spot, *, up: bool, down: bool) -> Traced:
    below_edges = _walked(catalog, _WALK_DOWN, spot) if down else []
    own = {parent for parent, _ in below_edges if parent.feature == spot.feature} - {spot}
    edges = [(spot, column) for column in sorted(own, key=lambda one: one.text)] + below_edges
    if up:
        edges += _walked(catalog, _WALK_UP, spot)
    reached = {spot}.union(*edges)
    rows = _node_rows(catalog, {one.feature for one in reached})
    nodes = {one.text: _column_node(rows, one) for one in reached}
    folded = _folded([(parent.text, child.text) for parent, child in dict.fromkeys(edges)], nodes, spot.text)
    below = _below(spot.text, folded) if down else set()
    features = {one.feature for one in reached if one.column is None and one.feature in below}
    return Traced(spot, {**nodes, **_with_consumers(catalog, features, folded)}, folded)


def _walked(catalog: Connection, statement: str, spot: Spot) -> list[tuple[Spot, Spot]]:
    """The steps from column to column on one side of a spot."""
    rows = catalog.fetch(statement.format(feature=sql_text(spot.feature), column=sql_text(spot.column or ""))).rows
    return [(Spot(parent, own), Spot(child, made)) for parent, own, child, made in rows]


def _column_node(rows: Mapping[str, Mapping[str, Any]], spot: Spot) -> dict[str, Any]:
    row = dict(rows.get(spot.feature, {}))
    if spot.column is None:
        return row
    hidden = row.get("role") in ("raw", "validator")
    return {"role": row.get("role") if hidden else "column", "dtype": None, "type": None, "summary": None}


_STEP_UP = (
    "FROM walk w JOIN column_edges e ON e.child = w.feature AND coalesce(e.child_column, '') = w.\"column\""
    " LEFT JOIN recurring.walk seen ON seen.feature = e.parent AND seen.\"column\" = coalesce(e.parent_column, '')"
)
_WALK_UP = (
    'WITH RECURSIVE walk(feature, "column", depth) USING KEY (feature, "column") AS ('
    " SELECT {feature}, {column}, 0"
    " UNION SELECT e.parent, coalesce(e.parent_column, ''), min(w.depth) + 1 "
    + _STEP_UP
    + " WHERE seen.feature IS NULL"
    " GROUP BY e.parent, e.parent_column)"
    " SELECT DISTINCT e.parent, e.parent_column, e.child, e.child_column FROM walk w JOIN column_edges e"
    " ON e.child = w.feature AND coalesce(e.child_column, '') = w.\"column\" ORDER BY ALL"
)
#: What takes the whole of a frame takes the column that it begins with, too.
_WALK_DOWN = (
    'WITH RECURSIVE walk(feature, "column", depth) USING KEY (feature, "column") AS ('
    " SELECT * FROM (SELECT {feature}, {column}, 0 UNION ALL SELECT DISTINCT parent, parent_column, 0 FROM column_edges"
    "  WHERE parent = {feature} AND parent_column IS NOT NULL AND {column} = '')"
    " UNION SELECT e.child, coalesce(e.child_column, ''), min(w.depth) + 1 FROM walk w JOIN column_edges e"
    "  ON e.parent = w.feature AND (coalesce(e.parent_column, '') = w.\"column\" OR (w.depth = 0 AND e.parent_column IS NULL))"
    " LEFT JOIN recurring.walk seen ON seen.feature = e.child AND seen.\"column\" = coalesce(e.child_column, '')"
    " WHERE seen.feature IS NULL GROUP BY e.child, e.child_column)"
    " SELECT DISTINCT w.feature, nullif(w.\"column\", ''), e.child, e.child_column FROM walk w JOIN column_edges e"
    " ON e.parent = w.feature AND (coalesce(e.parent_column, '') = w.\"column\" OR (w.depth = 0 AND e.parent_column IS NULL))"
    " ORDER BY ALL"
)


def _node_rows(catalog: Connection, names: Iterable[str]) -> dict[str, dict[str, Any]]:
    rows = catalog.fetch(f"{_NODES} WHERE f.feature IN {_listed(names)}").rows
    return {
        feature: {"role": role, "dtype": dtype, "type": kind, "summary": summary}
        for feature, role, dtype, kind, summary in rows
    }


def _listed(names: Iterable[str]) -> str:
    """Names as the right side of ``IN``; DuckDB reads one text faster than many."""
    return f"""(SELECT unnest(from_json({sql_text(json.dumps(sorted(names)))}::JSON, '["VARCHAR"]')))"""


def _with_consumers(
    catalog: Connection, features: set[str], parents: dict[str, list[str]]
) -> dict[str, dict[str, Any]]:
    """The consumers of features as nodes; what they use is added to ``parents``."""
    if not features:
        return {}
    rows = catalog.fetch(
        f"SELECT DISTINCT consumer, kind, owner, feature FROM consumers WHERE feature IN {_listed(features)} ORDER BY ALL"
    ).rows
    nodes: dict[str, dict[str, Any]] = {}
    for consumer, kind, owner, feature in rows:
        name = f"{kind} {consumer}"  # no name of a feature has a blank in it
        nodes[name] = {"role": "consumer", "dtype": None, "type": owner, "summary": None}
        parents.setdefault(name, []).append(feature)
    return nodes


def _below(start: str, parents: Mapping[str, list[str]]) -> set[str]:
    """A node and all that is made of it."""
    children: dict[str, list[str]] = {}
    for child, above in parents.items():
        for parent in above:
            children.setdefault(parent, []).append(child)
    reached, waiting = {start}, [start]
    while waiting:
        for child in children.get(waiting.pop(), ()):
            if child not in reached:
                reached.add(child)
                waiting.append(child)
    return reached


def _folded(pairs: Iterable[tuple[str, str]], nodes: Mapping[str, Mapping[str, Any]], key: str) -> dict[str, list[str]]:
    """Edges with generated nodes passed through, unless the question is about one of them."""
    parents: dict[str, list[str]] = {}
    for parent, child in pairs:
        parents.setdefault(child, []).append(parent)
    hidden = {name for name, row in nodes.items() if row.get("role") in ("raw", "validator")} - {key}
    folded: dict[str, list[str]] = {}
    for child, above in parents.items():
        if child in hidden:
            continue
        if hidden.isdisjoint(above):
            folded[child] = [parent for parent in dict.fromkeys(above) if parent != child]
            continue
        reached: dict[str, None] = {}
        passed: set[str] = set()
        waiting = list(reversed(above))
        while waiting:
            parent = waiting.pop()
            if parent not in hidden:
                reached.setdefault(parent)
            elif parent not in passed:
                passed.add(parent)
                waiting += reversed(parents.get(parent, []))
        folded[child] = [parent for parent in reached if parent != child]
    return folded
