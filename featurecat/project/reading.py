"""Reads what a plan must be given: sources, of which only the columns consumed, and inputs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from featurecat.definition.fingerprint import Fingerprints, digest
from featurecat.definition.node import Dependency, Node, Role
from featurecat.definition.plain import plain_text
from featurecat.definition.reads import columns_taken, passes_through
from featurecat.frames.columns import MISSING
from featurecat.frames.kinds import kind_of_type
from featurecat.graph.graph import Graph
from featurecat.io.inputs import describe_input, input_request, read_input
from featurecat.io.reader import Reader, file_columns
from featurecat.io.request import FileRequest
from featurecat.io.sources import read_source, source_request
from featurecat.plan.planner import Plan
from featurecat.plan.tasks import TaskPlan
from featurecat.project.discover import Project
from featurecat.project.request import GivenInput
from featurecat.project.sources import source_spec
from featurecat.records import InputRecord
from featurecat.storage.redact import redact_uri

__all__ = ["ConsumedColumns", "GivenValues", "consumed_columns", "read_given"]


#: In a query: files read by function or by name, and functions whose answers change.
_READS_MORE = re.compile(
    r"read_|scan|glob|(from|join)\s+['\"]|random|now\s*\(|today|current_|uuid|nextval|getenv|setseed|\battach\b",
    re.IGNORECASE,
)


@dataclass(slots=True)
class GivenValues:
    """What a plan was given: values, records for the manifest, and what identifies each value (None: nothing)."""

    values: dict[str, Any] = field(default_factory=dict)
    records: list[InputRecord] = field(default_factory=list)
    identities: dict[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Readings:
    """What is to be read for a plan.

    Attributes:
        project: The project with its sources.
        graph: The graph.
        plan: What will run.
        inputs: Inputs as typed.
        config: Config with references resolved.
        limits: Rows to read of some sources; others are read whole.
    """

    project: Project
    graph: Graph
    plan: Plan | TaskPlan
    inputs: Mapping[str, GivenInput]
    config: Mapping[str, Any]
    limits: Mapping[str, int] = field(default_factory=dict)


def read_given(readings: Readings, fingerprints: Fingerprints) -> GivenValues:
    """Read every source and input that the plan needs, each file once.

    Args:
        readings: What is to be read.
        fingerprints: Reads the consumers' source texts.

    Raises:
        StoreError: When a file is missing or broken.
        RequestError: When an input does not fit or a column is absent.
    """
    reader = Reader()
    given = GivenValues()
    for name in readings.plan.given:
        node = readings.graph.nodes[name]
        if name in readings.inputs:
            _read_typed_input(readings.inputs[name], node, given, reader=reader, limit=readings.limits.get(name))
        elif node.role is Role.SOURCE:
            _read_declared_source(readings, name, node, given, reader, fingerprints)
        else:
            given.values[name] = readings.config[name]
    return given


def _read_typed_input(
    typed: GivenInput, node: Node, given: GivenValues, *, reader: Reader, limit: int | None
) -> None:
    name = typed.name
    value = read_input(name, typed.text, node.type, as_json=typed.as_json, reader=reader, limit=limit)
    is_frame = kind_of_type(node.type) is not None
    given.values[name] = value[:limit] if is_frame and typed.as_json and limit is not None else value
    if is_frame and not typed.as_json:
        request, column = input_request(name, typed.text, node.type)
        record = describe_input(name, typed.text, request=request)
        given.records.append(replace(record, uri=redact_uri(typed.text)))
        given.identities[name] = _identity(record, request, (column,))
    else:
        given.records.append(InputRecord(name, "value"))
        given.identities[name] = digest("json" if typed.as_json else "text", typed.text)


def _read_declared_source(
    readings: Readings, name: str, node: Node, given: GivenValues, reader: Reader, fingerprints: Fingerprints
) -> None:
    spec = source_spec(readings.project, name)
    kind = kind_of_type(node.type)
    engine = kind.engine if kind is not None else readings.graph.engine or "pandas"
    request = source_request(spec)
    columns = consumed_columns(readings.graph, readings.plan, name, fingerprints=fingerprints)
    wanted = None
    if columns is not None:
        optional = columns.optional - columns.needed
        there = optional.intersection(file_columns(request)) if optional else frozenset()
        wanted = sorted(columns.needed | there)
    given.values[name] = read_source(spec, engine, wanted, limit=readings.limits.get(name), reader=reader)
    record = describe_input(name, spec.path, request=request)
    shown = redact_uri(readings.project.settings.sources[name].path)
    given.records.append(replace(record, uri=shown))
    given.identities[name] = _identity(record, request, spec.grain)


def _identity(record: InputRecord, request: FileRequest, columns: tuple[str | None, ...]) -> str | None:
    """What tells one reading of a file from another: its content, and all that was asked of it.

    The content is told by its hash, and where it was not hashed by place, size and time. None when nothing tells:
    of a directory, of a database with changes that are not yet in its file, and of a query that may read more than
    the database, such as another file or the time.
    """
    if record.mtime_ns is None or request.path.with_name(f"{request.path.name}.wal").exists():
        return None
    if request.query is not None and _READS_MORE.search(request.query):
        return None
    content = [record.content_hash]
    if record.content_hash is None:
        content = ["stat", str(request.path.absolute()), str(record.bytes), str(record.mtime_ns)]
    options = plain_text(sorted(request.options.items()))
    if options is None:
        return None
    types = sorted((column, str(dtype)) for column, dtype in request.types.items())
    return digest(
        *map(str, content), request.format, options, ascii([types, request.table, request.query, list(columns)])
    )


class ConsumedColumns(NamedTuple):
    """Columns of a source that a plan takes: those it cannot do without, and those it takes if they are there."""

    needed: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()


def consumed_columns(graph: Graph, plan: Plan | TaskPlan, source: str, *, fingerprints: Fingerprints) -> ConsumedColumns | None:
    """The columns of a source that a plan's steps take; None when some step may take any of them."""
    if source in plan.outputs:
        return None
    needed: set[str] = set()
    optional: set[str] = set()
    for step in plan.steps:
        for argument in step.node.arguments:
            if type(argument) is Dependency and argument.name == source:
                taken = _taken_by(step.node, argument.parameter, graph, plan, fingerprints=fingerprints)
                if taken is None:
                    return None
                needed |= taken.needed
                optional |= taken.optional
    return ConsumedColumns(frozenset(needed), frozenset(optional))


def _taken_by(
    node: Node, parameter: str, graph: Graph, plan: Plan | TaskPlan, *, fingerprints: Fingerprints
) -> ConsumedColumns | None:
    defined = node.defined
    # only what calls the very function that was read, with the frame itself, does what its source text says
    if defined is None or node.function is not defined.function or hasattr(defined.function, "__wrapped__"):
        return None
    text = fingerprints.text_of(defined.function)
    if text is None:
        return None
    if passes_through(text.tree, parameter):
        return _extracted(node, graph, plan)
    columns = columns_taken(text.tree, parameter, getattr(defined.function, "__globals__", {}))
    return None if columns is None else ConsumedColumns(frozenset(columns))


def _extracted(node: Node, graph: Graph, plan: Plan | TaskPlan) -> ConsumedColumns | None:
    """The columns a plan extracts from a frame, or None when something takes the frame itself."""
    if node.name in plan.outputs:
        return None
    needed: set[str] = set()
    grain = graph.grain(node.name)
    optional = set(grain.keys) if grain is not None else set()  # an artifact's keys may be the frame's
    for step in plan.steps:
        takes = any(type(argument) is Dependency and argument.name == node.name for argument in step.node.arguments)
        if takes:
            taking: Any = step.node.function
            column = getattr(taking, "column", None)
            if column is None or step.node.defined is not node.defined:
                return None
            (needed if taking.fill is MISSING else optional).add(column)
    return ConsumedColumns(frozenset(needed), frozenset(optional))
