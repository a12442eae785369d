"""What features bear and hand on: personal data and other taints, with the way each took and where it ends."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from featurecat.definition.metadata import PII, Declassify, Metadata
from featurecat.definition.node import Node, Role
from featurecat.project.discover import Project
from featurecat.project.rows import GraphDefinitions, feature_key
from featurecat.project.tainting import Bearer, Read, Spread, Step, spread
from featurecat.records import ConsumerTaintRow, DeclassificationRow, DefinitionRow, TaintRow, TaintStepRow

if TYPE_CHECKING:
    from featurecat.project.enriching import Reading  # contract: typing only

__all__ = ["clearance_rows", "spread_taints", "taint_rows"]


def taint_rows(reading: Reading, tables: dict[str, list[dict[str, Any]]]) -> list[DefinitionRow]:
    """Rows of taints, of the steps they took, and of declassifications; ``features.pii`` is set to say the same.

    Args:
        reading: The project as it was read.
        tables: Rows by definition table; those of ``column_reads`` are used.
    """
    found = spread_taints(reading.project, reading.graphs, tables.get("column_reads", ()))
    personal = found.bearing(PII)
    for row in tables.get("features", ()):
        row["pii"] = row["feature"] in personal
    places = {(row["feature"], row["variant"]): (row["file"], row["line"]) for row in tables.get("variants", ())}
    rows: list[DefinitionRow] = [
        TaintRow(feature, taint, "declared" if step.via is None else "inherited", step.via)
        for (feature, taint), step in sorted(found.nearest.items())
    ]
    rows += _step_rows(reading, found.steps, places)
    rows += _declassification_rows(reading, places)
    return rows


def clearance_rows(reading: Reading, tables: dict[str, list[dict[str, Any]]]) -> list[ConsumerTaintRow]:
    """Rows of consumers that are given tainted features. Feature sets only gather, and need no clearance.

    Args:
        reading: The project as it was read.
        tables: Rows by definition table; those of ``taints`` and ``consumers`` are used.
    """
    borne: dict[str, list[str]] = {}
    for row in tables.get("taints", ()):
        borne.setdefault(row["feature"], []).append(row["taint"])
    found = []
    for row in tables.get("consumers", ()):
        settings = reading.project.settings.consumers.get(row["consumer"])
        if settings is not None and settings.kind == row["kind"]:
            found += [
                ConsumerTaintRow(row["consumer"], row["kind"], row["feature"], taint, taint in settings.cleared)
                for taint in sorted(borne.get(row["feature"], ()))
            ]
    return found


def spread_taints(
    project: Project, graphs: Iterable[GraphDefinitions], column_reads: Iterable[Mapping[str, Any]]
) -> Spread:
    """Where the taints of a project are, over all variants of all features.

    This is the one answer to what is personal: the catalog keeps it, and runs mask by it.

    Args:
        project: Its settings say which columns of sources are tainted.
        graphs: The definitions. Taints do not follow the edges around validators.
        column_reads: Rows of the table ``column_reads``; where a parent has none, all of it is taken.
    """
    graphs = list(graphs)
    columns = {key: tainted for graph in graphs for key, tainted in _tainted_columns(project, graph)}
    nodes = [(graph, node) for graph in graphs for node in _computed(graph)]
    said = {id(node): _said(node) for _, node in nodes}
    if not columns and not any(metadata.tainted for metadata in said.values()):
        return Spread([], {})
    known = _reads_of(column_reads)
    checked = _checked_values(nodes)
    bearers = []
    for graph, node in nodes:
        key = feature_key(graph.name, node.name)
        speaking = [said[id(node)], *(said[id(one)] for one in checked.get((key, node.variant), ()))]
        bearers.append(
            Bearer(
                key,
                node.variant,
                tuple(feature_key(graph.name, name) for name in _taken(node)),
                known.get((key, node.variant), {}),
                frozenset().union(*(metadata.tainted for metadata in speaking)),
                frozenset(one.taint for metadata in speaking for one in metadata.declassify),
            )
        )
    return spread(bearers, columns)


# --- what taints see of definitions -------------------------------------------------------------


def _computed(graph: GraphDefinitions) -> Iterator[Node]:
    """Every variant of every computed node; validators hand nothing on."""
    variants = graph.definitions.variants
    alone = (node for name, node in graph.union.nodes.items() if name not in variants)
    for node in [*(node for nodes in variants.values() for node in nodes), *alone]:
        if not node.given and node.role is not Role.VALIDATOR:
            yield node


def _tainted_columns(project: Project, graph: GraphDefinitions) -> Iterator[tuple[str, dict[str, list[str]]]]:
    for name, source in project.settings.sources.items():
        tainted = {taint: list(columns) for taint, columns in source.taints.items() if columns}
        if source.pii:
            tainted[PII] = [*tainted.get(PII, ()), *source.pii]
        if tainted and name in graph.union.nodes and graph.union.nodes[name].role is Role.SOURCE:
            yield feature_key(graph.name, name), tainted


def _said(node: Node) -> Metadata:
    """What is said of a node's taints; of all tags only ``pii`` has a say in it."""
    return node.metadata if PII in node.tags else node.declared


def _taken(node: Node) -> list[str]:
    """The parents that a node's values are made of."""
    return [one.name for one in node.dependencies] if node.raw is None else [node.raw]


def _checked_values(nodes: Iterable[tuple[GraphDefinitions, Node]]) -> dict[tuple[str, str], list[Node]]:
    """Raw value to the checked features it becomes unchanged: what is said of them is said of it."""
    found: dict[tuple[str, str], list[Node]] = {}
    for graph, node in nodes:
        if node.raw is not None:
            found.setdefault((feature_key(graph.name, node.raw), node.variant), []).append(node)
    return found


def _reads_of(rows: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], dict[str, list[Read]]]:
    found: dict[tuple[str, str], dict[str, list[Read]]] = {}
    for row in rows:
        by_parent = found.setdefault((row["feature"], row["variant"]), {})
        by_parent.setdefault(row["parent"], []).append(Read(row["column"], row["output"], row["line"]))
    return found


# --- rows ---------------------------------------------------------------------------------------


def _step_rows(
    reading: Reading, steps: Iterable[Step], places: Mapping[tuple[str, str], tuple[str | None, int | None]]
) -> Iterator[TaintStepRow]:
    declared = _SettingLines(reading.project)
    known_as = {
        feature_key(graph.name, node.name): feature_key(graph.name, node.known_as)
        for graph in reading.graphs
        for node in _computed(graph)
        if node.role is Role.RAW
    }
    for step in steps:
        file, line = places.get((step.feature, step.variant or ""), (None, None))
        if step.variant is None:
            file, line = "pyproject.toml", declared.line(step.feature.rpartition("/")[2], step.taint)
        yield TaintStepRow(
            known_as.get(step.feature, step.feature) if step.stopped else step.feature,
            step.column,
            step.taint,
            step.via,
            step.via_column,
            step.hops,
            step.variant,
            file,
            step.line or line,
            step.stopped,
        )


def _declassification_rows(
    reading: Reading, places: Mapping[tuple[str, str], tuple[str | None, int | None]]
) -> list[DeclassificationRow]:
    """A row for each taint that a feature takes away; of several variants the first that says so."""
    found: dict[tuple[str, str], DeclassificationRow] = {}
    for graph in reading.graphs:
        for node in _computed(graph):
            if node.role is Role.RAW:
                continue
            key = feature_key(graph.name, node.name)
            for one in node.declared.declassify:
                found.setdefault(
                    (key, one.taint), _declassification(key, one, *places.get((key, node.variant), (None, None)))
                )
    return [found[pair] for pair in sorted(found)]


def _declassification(key: str, one: Declassify, file: str | None, line: int | None) -> DeclassificationRow:
    return DeclassificationRow(key, one.taint, one.method, one.reason, one.approved_by, file, line)


class _SettingLines:
    """Finds the lines of ``pyproject.toml`` that taint columns of sources.

    Args:
        project: The project.
    """

    def __init__(self, project: Project) -> None:
        self._path = project.root / "pyproject.toml"
        self._lines: list[str] | None = None

    def line(self, source: str, taint: str) -> int | None:
        """The line that taints columns of a source; the source's own where that is written in another way."""
        if self._lines is None:
            self._lines = self._path.read_text(encoding="utf-8").splitlines() if self._path.is_file() else []
        table = rf"\s*\[tool\.featurecat\.sources\.[\"']?{re.escape(source)}[\"']?(?P<below>\.taints)?\]"
        inside, header, nested = False, None, False
        for number, text in enumerate(self._lines, 1):
            if match := re.match(table, text):
                inside, nested = True, match["below"] is not None
                header = header or number
            elif text.lstrip().startswith("["):
                inside = False
            elif inside and self._sets(text, taint, nested=nested):
                return number
        return header

    @staticmethod
    def _sets(text: str, taint: str, *, nested: bool) -> bool:
        key = text.partition("=")[0].strip().strip("\"'")
        if nested:
            return key == taint
        return (key == PII and taint == PII) or key in (f"taints.{taint}", "taints")
