"""Features, frames and sources as catalogs of data take them: data sets with columns, owners and lineage.

A feature is a data set of one column, its own; frames and sources have the columns they are known to have. Generated
nodes (raw values, validators) are folded into the features they belong to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from featurecat.catalog.connection import Connection
from featurecat.catalog.exports.views import exported_rows

__all__ = ["Column", "ColumnOrigin", "Content", "DataSet", "read_content"]

_VIEWS = (
    "checks", "column_reads", "columns", "consumers", "edges", "features", "materializations", "owners", "profiles",
    "public_features", "run_inputs", "runs", "sources", "tags", "variants",
)  # fmt: skip
_SHOWN = ("feature", "frame", "source", "input")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a data set; ``dtype`` is a logical (Arrow) type."""

    name: str
    dtype: str | None = None
    doc: str | None = None


@dataclass(frozen=True, slots=True)
class ColumnOrigin:
    """A column that is made of a column of another data set."""

    column: str
    parent: str
    parent_column: str


@dataclass(slots=True)
class DataSet:
    """One feature, frame, source or input.

    Attributes:
        row: Its row of ``features``.
        dtype: Declared or last written logical type.
        columns: Its columns.
        owners: Who answers for it.
        tags: Tags with their values.
        parents: Data sets it is made of.
        origins: Columns it is made of, as far as known.
        variant: The row of its first variant, or None for what is given.
        uri: Where a source lies, without secrets.
    """

    row: Mapping[str, Any]
    dtype: str | None
    columns: list[Column] = field(default_factory=list)
    owners: list[str] = field(default_factory=list)
    tags: list[tuple[str, str]] = field(default_factory=list)
    parents: list[str] = field(default_factory=list)
    origins: list[ColumnOrigin] = field(default_factory=list)
    variant: Mapping[str, Any] | None = None
    uri: str | None = None

    @property
    def key(self) -> str:
        """Catalog key."""
        key: str = self.row["feature"]
        return key

    @property
    def made(self) -> bool:
        """Whether a function makes it."""
        return self.row["role"] in ("feature", "frame")


@dataclass(frozen=True, slots=True)
class Content:
    """What an export tells.

    Attributes:
        project: Name of the project.
        sets: Data sets by catalog key.
        rows: Rows of the views they were made of.
        moment: When the catalog was built, UTC.
    """

    project: str
    sets: Mapping[str, DataSet]
    rows: Mapping[str, Sequence[Mapping[str, Any]]]
    moment: str


def read_content(connection: Connection, project: str) -> Content:
    """Read what exports tell of a catalog.

    Args:
        connection: An open catalog.
        project: Name of the project.

    Returns:
        The content.
    """
    rows = exported_rows(connection, _VIEWS)
    dtypes = {row["feature"]: row["dtype"] for row in rows["public_features"]}
    shown = [row for row in rows["features"] if row["role"] in _SHOWN and (row["public"] or row["role"] in _SHOWN[2:])]
    sets = {row["feature"]: DataSet(row, dtypes.get(row["feature"]) or row["dtype"]) for row in shown}
    _add_columns(sets, rows)
    _add_belongings(sets, rows)
    _add_lineage(sets, rows)
    versions = connection.rows("SELECT built_at FROM catalog_versions").dicts()
    return Content(project, sets, rows, versions[0]["built_at"])


def _add_columns(sets: Mapping[str, DataSet], rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    for row in sorted(rows["columns"], key=lambda row: (row["feature"], row["ordinal"])):
        if (one := sets.get(row["feature"])) is not None:
            one.columns.append(Column(row["name"], row["dtype"], row["doc"]))
    reads = defaultdict(set)
    for row in rows["column_reads"]:
        if row["column"] != "*":
            reads[row["parent"]].add(row["column"])
    for one in sets.values():
        if one.row["role"] == "feature" or not (one.columns or reads[one.key]):
            one.columns = [Column(one.row["name"], one.dtype, one.row["summary"])]
            continue
        known = {column.name for column in one.columns}
        one.columns += [Column(name) for name in sorted(reads[one.key] - known)]


def _add_belongings(sets: Mapping[str, DataSet], rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    for row in rows["owners"]:
        if (one := sets.get(row["feature"])) is not None and row["owner"] not in one.owners:
            one.owners.append(row["owner"])
    for row in rows["tags"]:
        if (one := sets.get(row["feature"])) is not None:
            one.tags.append((row["key"], row["value"]))
    for row in rows["variants"]:
        if (one := sets.get(row["feature"])) is not None and one.variant is None:
            one.variant = row
    for row in rows["sources"]:
        if (one := sets.get(row["source"])) is not None:
            one.uri = row["uri"]


def _add_lineage(sets: Mapping[str, DataSet], rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    above: dict[str, set[str]] = defaultdict(set)
    for edge in rows["edges"]:
        if edge["kind"] == "data":
            above[edge["child"]].add(edge["parent"])
    reads: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows["column_reads"]:
        reads[row["feature"], row["parent"]].append(row)
    for one in sets.values():
        origins: dict[ColumnOrigin, None] = {}
        parents: set[str] = set()
        for child, parent in _folded(one.key, above, sets):
            parents.add(parent)
            found = reads.get((child, parent)) or reads.get((one.key, parent), [])
            origins.update(dict.fromkeys(_origins(one, sets[parent], found)))
        one.parents = sorted(parents)
        one.origins = sorted(origins, key=lambda origin: (origin.column, origin.parent, origin.parent_column))


def _folded(key: str, above: Mapping[str, set[str]], sets: Mapping[str, DataSet]) -> list[tuple[str, str]]:
    """Pairs of who takes and what is taken, generated nodes passed through."""
    pairs = []
    waiting, seen = [key], {key}
    while waiting:
        child = waiting.pop()
        for parent in sorted(above.get(child, ())):
            if parent in sets:
                pairs.append((child, parent))
            elif parent not in seen:
                seen.add(parent)
                waiting.append(parent)
    return pairs


def _origins(one: DataSet, parent: DataSet, reads: Sequence[Mapping[str, Any]]) -> list[ColumnOrigin]:
    """Columns of one made of columns of its parent; a feature that reads no column by name reads its parent's only one."""
    single = one.columns[0].name if len(one.columns) == 1 else None
    known = [(row["output"] or single, row["column"]) for row in reads if row["column"] != "*"]
    if not reads and parent.row["role"] != "frame" and len(parent.columns) == 1:
        known = [(single, parent.columns[0].name)]
    return [ColumnOrigin(column, parent.key, taken) for column, taken in known if column is not None]
