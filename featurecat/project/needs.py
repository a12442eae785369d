"""``featurecat inputs``: what a selection needs to be given, and what of it is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from featurecat.clock import Clock
from featurecat.definition.node import Dependency, Role
from featurecat.definition.types import type_text
from featurecat.errors import RequestError, did_you_mean
from featurecat.graph.graph import Graph
from featurecat.graph.lineage import distances
from featurecat.graph.selection.evaluate import select, select_all
from featurecat.graph.selection.grammar import parse_several
from featurecat.graph.selection.over_graph import GraphIndex
from featurecat.project.choosing import SelectionBasis
from featurecat.project.discover import Project
from featurecat.project.index import read_project
from featurecat.project.personal import personal_nodes
from featurecat.project.prepare import resolve_graph
from featurecat.project.request import RunRequest, parse_inputs, read_config, resolve_references
from featurecat.project.sources import source_spec
from featurecat.storage.redact import redact_uri

__all__ = ["Need", "list_needs"]


@dataclass(frozen=True, slots=True)
class Need:
    """Something a selection must be given.

    ``kind`` is source, input or config; ``status`` is ``given``, ``found``, ``missing`` or ``optional``.
    """

    name: str
    kind: str
    type: str
    status: str
    used_by: tuple[str, ...]
    detail: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The row as plain values."""
        return {
            "name": self.name,
            "kind": self.kind,
            "type": self.type,
            "status": self.status,
            "used_by": list(self.used_by),
            "detail": self.detail,
        }


def list_needs(project: Project, request: RunRequest, *, clock: Clock | None = None) -> tuple[list[Need], list[str]]:
    """What the selected features need, under the given config and engine.

    Args:
        project: The project.
        request: What is selected, under which config and engine.
        clock: Tells the moment that freshness is measured from; None is the machine's own.

    Returns:
        The needs, and what to say about the selection.

    Raises:
        DefinitionError: When modules, config or selection are wrong.
    """
    read = read_project(project)
    config = resolve_references(read_config(project, request))
    inputs = parse_inputs(request)
    selection = parse_several(list(request.features)) if request.features else None
    basis = SelectionBasis(read, request, clock)
    graph_name, selection = basis.graph(selection, config)
    graph = resolve_graph(read, graph_name, config=config, engine=request.engine or project.settings.engine)
    pii = personal_nodes(project, graph, read.fingerprints, definitions=read.definitions[graph_name])
    index = GraphIndex(graph, tuple(pii), basis.states_in(graph_name), beyond=basis.beyond(graph_name))
    empty = request.allow_empty
    selected = (
        select_all(index, allow_empty=empty) if selection is None else select(selection, index, allow_empty=empty)
    )
    closure = distances(selected.names, graph.existing_parents)
    needs = [
        _need(project, graph, name, closure, set(inputs))
        for name in graph.nodes
        if name in closure and graph.is_given(name) and name not in graph.unmatched
    ]
    return [*needs, *_condition_keys(graph, closure, config)], basis.notices(selected, graph_name)


def _need(project: Project, graph: Graph, name: str, closure: dict[str, int], given: set[str]) -> Need:
    node = graph.nodes[name]
    users = [child for child in dict.fromkeys(graph.children[name]) if child in closure]
    shown = tuple(_public(graph, user) for user in users)
    optional = bool(users) and all(
        argument.optional
        for user in users
        for argument in graph.nodes[user].arguments
        if type(argument) is Dependency and argument.name == name
    )
    detail = None
    if name in given or node.role is Role.CONFIG:
        status = "given"
    elif node.role is Role.SOURCE:
        status, detail = _source_status(project, name)
    else:
        status = "optional" if optional else "missing"
        detail = f"--input {name}=…{_meant(graph, name)}" if status == "missing" else None
    return Need(name, str(node.role), type_text(node.type), status, tuple(dict.fromkeys(shown)), detail)


def _meant(graph: Graph, name: str) -> str:
    """The features that an input may be misspelt for: those that do not come from it."""
    below = distances([name], lambda parent: graph.children.get(parent, ()))
    others = [
        other for other, node in graph.nodes.items() if not graph.is_given(other) and node.public and other not in below
    ]
    near = did_you_mean(name, others)
    return f"; {near}" if near else ""


def _public(graph: Graph, name: str) -> str:
    node = graph.nodes[name]
    return node.known_as


def _source_status(project: Project, name: str) -> tuple[str, str]:
    try:
        spec = source_spec(project, name)
    except RequestError as error:
        return "missing", error.problems[0].message
    shown = redact_uri(project.settings.sources[name].path)
    return ("found" if (project.root / spec.path).exists() else "missing"), shown


def _condition_keys(graph: Graph, closure: dict[str, int], config: dict[str, Any]) -> list[Need]:
    """Config keys that the conditions of the chosen variants read."""
    users: dict[str, list[str]] = {}
    unmet: dict[str, str] = {}
    for name in closure:
        variants = graph.unmatched.get(name, [graph.nodes[name]])
        for clause in (clause for node in variants for clause in node.condition):
            users.setdefault(clause.key, []).append(_public(graph, name))
            if name in graph.unmatched:
                known = sorted({repr(value) for node in variants for c in node.condition for value in c.values})
                unmet[clause.key] = f"--config {clause.key}=…; {name} knows {', '.join(known)}"
    return [
        Need(
            key,
            "config",
            "Any",
            "missing" if key in unmet else "given" if key in config else "optional",
            tuple(dict.fromkeys(names)),
            unmet.get(key),
        )
        for key, names in users.items()
        if key not in closure
    ]
