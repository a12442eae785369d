"""Which columns every definition reads of the frames it takes, told from its source: rows of ``column_reads``.

A row says that ``feature``, in ``variant``, reads ``column`` of ``parent``:

- ``output`` is the column made of it. Null counts for all that is made.
- A column ``*`` is any column of the parent, or the parent itself where it has no columns.
- A row ``*`` with the output ``*`` hands columns on: each column that no other row has as its output is made of the
  parent's column of that name.
- A row whose parent is the feature itself, its origin ``loaded``, says that the feature's columns come from outside.

Where a parent has no row, the whole of it is taken (its edge says so). Of a frame there always is one: where its
columns cannot be told it is ``*``, never fewer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from featurecat.definition.columnar.values import WHOLE, Reads
from featurecat.definition.fingerprint import Fingerprints
from featurecat.definition.node import Dependency, Node, Role
from featurecat.frames.kinds import FrameKind, kind_of_type
from featurecat.project.node_columns import NodeColumns, NodeReader
from featurecat.project.rows import GraphDefinitions, feature_key
from featurecat.records import ColumnReadRow

if TYPE_CHECKING:
    from featurecat.project.enriching import Reading  # contract: typing only

__all__ = ["column_read_rows", "column_reads_of"]

_FRAME = FrameKind("any", "frame")
_GIVEN = (Role.INPUT, Role.CONFIG, Role.SOURCE)


@dataclass(frozen=True, slots=True)
class _Told:
    """One variant of a node, what it is made of, and what kind of values it takes."""

    graph: str
    node: Node
    kinds: Mapping[str, FrameKind | None]
    columns: NodeColumns | None


def column_read_rows(reading: Reading, tables: dict[str, list[dict[str, Any]]]) -> list[ColumnReadRow]:
    """Rows of what definitions read of the frames they take.

    Args:
        reading: The project as it was read.
        tables: Rows by definition table; not looked at.
    """
    return column_reads_of(reading.graphs, reading.fingerprints)


def column_reads_of(graphs: Iterable[GraphDefinitions], fingerprints: Fingerprints) -> list[ColumnReadRow]:
    """As :func:`column_read_rows`, for graphs that were read.

    Args:
        graphs: The definitions, all variants of them.
        fingerprints: Reads source texts; each file is parsed once.
    """
    reader = NodeReader(fingerprints)
    rows: dict[tuple[str, str, str, str, str | None], ColumnReadRow] = {}
    for graph in graphs:
        told = [one for node in _children_first(graph) for one in _told(graph, node, reader)]
        asked: dict[str, set[str]] = {}
        for one in told:
            for row in _rows_of(one, asked.get(one.node.name, ())):
                rows.setdefault((row.feature, row.variant, row.parent, row.column, row.output), row)
                if row.column != WHOLE:
                    asked.setdefault(_own_name(graph.name, row.parent), set()).add(row.column)
    return list(rows.values())


def _own_name(graph: str, key: str) -> str:
    return key if graph == "default" else key.removeprefix(f"{graph}/")


def _children_first(graph: GraphDefinitions) -> list[str]:
    """The names of a graph, each after what takes it, so that it is known which columns are asked of it."""
    names = [*graph.definitions.variants, *graph.union.nodes]
    return list(dict.fromkeys([*reversed(list(graph.union.nodes)), *names]))


def _told(graph: GraphDefinitions, name: str, reader: NodeReader) -> Iterator[_Told]:
    node = graph.union.nodes.get(name)
    variants = graph.definitions.variants.get(name, () if node is None else (node,))
    for one in variants:
        if one.given or one.role is Role.VALIDATOR:
            continue
        kinds = {argument.parameter: _kind(argument, graph) for argument in one.dependencies}
        if not _concerned(one, kinds):
            continue
        yield _Told(graph.name, one, kinds, reader.columns_of(one, kinds))


def _concerned(node: Node, kinds: Mapping[str, FrameKind | None]) -> bool:
    """Whether a node takes a frame, makes one, or takes apart or makes something of several parts."""
    if any(kind is not None and kind.shape == "frame" for kind in (kind_of_type(node.type), *kinds.values())):
        return True
    return getattr(node.function, "field", None) is not None or getattr(node.type, "__origin__", node.type) is dict


def _kind(argument: Dependency, graph: GraphDefinitions) -> FrameKind | None:
    """What kind of value an argument is: by its annotation, or else by what gives it."""
    kind = kind_of_type(argument.type)
    if kind is not None:
        return kind
    node = graph.union.nodes.get(argument.name)
    if node is None:
        return None
    return _FRAME if node.role is Role.SOURCE else kind_of_type(node.type)


def _rows_of(told: _Told, asked: Iterable[str]) -> Iterator[ColumnReadRow]:
    node, columns = told.node, told.columns
    key = feature_key(told.graph, node.name)
    line = None if node.defined is None else node.defined.line
    if _loads(told):
        yield ColumnReadRow(key, node.variant, key, WHOLE, WHOLE, "loaded", line)
        return
    parents = {parameter: feature_key(told.graph, name) for parameter, name in _taken(node).items()}
    frames = {name for name, kind in told.kinds.items() if kind is not None and kind.shape == "frame"} & parents.keys()
    read = [] if columns is None else [one for one in _read(columns, asked, frames) if one[0] in parents]
    for parameter, column, output in read:
        origin, found = _origin(columns, parameter, column, output)
        yield ColumnReadRow(key, node.variant, parents[parameter], column, output, origin, found or line)
    for parameter in sorted(frames.difference(parameter for parameter, _, _ in read)):
        yield ColumnReadRow(key, node.variant, parents[parameter], WHOLE, None, "whole", line)


def _read(columns: NodeColumns, asked: Iterable[str], frames: Collection[str]) -> Iterator[tuple[str, str, str | None]]:
    """Parameter, column, and what is made of it."""
    outputs = _outputs(columns, asked)
    for parameter, column in sorted(columns.all):
        if parameter in frames or outputs or columns.through:  # else the edge is enough
            yield parameter, column, None
    for output, reads in outputs.items():
        for parameter, column in sorted(reads - columns.all or reads):
            yield parameter, column, output
    for parameter in sorted(columns.through):
        yield parameter, WHOLE, WHOLE


def _origin(columns: NodeColumns | None, parameter: str, column: str, output: str | None) -> tuple[str, int]:
    """How it is known that a column is read, and the line that names it; 0 where that is the definition's."""
    if output == WHOLE:
        return "handed on", 0
    seen = {} if columns is None else columns.seen
    return seen.get((parameter, column), ("whole" if column == WHOLE else "expression", 0))


def _taken(node: Node) -> dict[str, str]:
    """Parameter to parent; what only judges a value is none of it."""
    taken = {one.parameter: one.name for one in node.dependencies}
    if node.raw is None:
        return taken
    return {parameter: name for parameter, name in taken.items() if name == node.raw}


def _outputs(columns: NodeColumns, asked: Iterable[str]) -> dict[str, Reads]:
    """The columns of a node: those it makes, and those asked of it that it hands on."""
    outputs = dict(columns.made)
    frame = columns.frame
    if frame is not None and frame.through:
        for name in sorted(asked):
            outputs.setdefault(name, frame.column(name))
    return outputs


def _loads(told: _Told) -> bool:
    """Whether the columns of a node come from outside: it is a frame, and made of no frame and no column."""
    node = told.node
    kind = kind_of_type(node.type)
    if kind is None or kind.shape != "frame":
        return False
    return all(told.kinds.get(one.parameter) is None for one in node.dependencies)
