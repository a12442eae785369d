"""Whose rows a node has: declared entity and timestamp, inherited along edges, or the rows of an input."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from featurecat.definition.node import Dependency, Node, Role
from featurecat.errors import Problem
from featurecat.frames.kinds import kind_of_type

__all__ = ["Grain", "SourceNode", "infer_grains"]


@dataclass(frozen=True, slots=True)
class SourceNode:
    """A declared source as the graph sees it: its name and whose rows it has."""

    name: str
    entity: tuple[str, ...] = ()
    timestamp: str | None = None
    doc: str | None = None


class Grain(NamedTuple):
    """Key columns and event timestamp; or, without them, the name of what brought the rows in."""

    entity: tuple[str, ...] = ()
    timestamp: str | None = None
    anonymous: str | None = None

    @property
    def declared(self) -> bool:
        """Whether somebody said what a row is."""
        return self.anonymous is None

    @property
    def keys(self) -> tuple[str, ...]:
        """Key columns, the timestamp last."""
        return self.entity if self.timestamp is None else (*self.entity, self.timestamp)

    @property
    def label(self) -> str:
        """For people: ``carrier+flight``, ``user@ts``, ``rows-weeks``."""
        if self.anonymous is not None:
            return f"rows-{self.anonymous}"
        return "+".join(self.entity) + (f"@{self.timestamp}" if self.timestamp else "")


def infer_grains(
    nodes: Mapping[str, Node], sources: Mapping[str, SourceNode]
) -> tuple[dict[str, Grain | None], dict[str, Problem]]:
    """Every node's grain.

    Args:
        nodes: Parents before children.
        sources: Declared sources by name.

    Returns:
        Name to grain (None for what has no rows), and name to problem for nodes fed by different declared
        grains that do not say which is theirs.
    """
    grains: dict[str, Grain | None] = {}
    problems: dict[str, Problem] = {}
    own = _declared_by_function(nodes)
    for name, node in nodes.items():
        kind = kind_of_type(node.type)
        if node.role in (Role.INPUT, Role.CONFIG, Role.SOURCE):
            grains[name] = _given_grain(node, sources.get(name))
            continue
        if kind is None:
            grains[name] = None
            continue
        if (declared := own.get(id(node.defined))) is not None and node.metadata.entity is None:
            grains[name] = declared
            continue
        grains[name], problem = _computed_grain(node, grains)
        if problem is not None:
            problems[name] = problem
    return grains, problems


def _declared_by_function(nodes: Mapping[str, Node]) -> dict[int, Grain]:
    """The entity that the results of a function declare, which its frame and raw nodes share."""
    declared: dict[int, set[Grain]] = {}
    for node in nodes.values():
        if node.declared.entity is not None and node.defined is not None:
            grain = Grain(node.declared.entity, node.declared.timestamp)
            declared.setdefault(id(node.defined), set()).add(grain)
    return {function: next(iter(grains)) for function, grains in declared.items() if len(grains) == 1}


def _given_grain(node: Node, source: SourceNode | None) -> Grain | None:
    if source is not None:
        if source.entity or source.timestamp:
            return Grain(source.entity, source.timestamp)
        return Grain(anonymous=node.name)
    kind = kind_of_type(node.type)
    if kind is None:
        return None
    return Grain(anonymous="inputs" if kind.shape == "column" else node.name)


def _computed_grain(node: Node, grains: Mapping[str, Grain | None]) -> tuple[Grain | None, Problem | None]:
    metadata = node.metadata
    if metadata.entity is not None:
        return Grain(metadata.entity, metadata.timestamp), None
    found: dict[Grain, list[tuple[str, str]]] = {}
    for argument in node.arguments:
        if type(argument) is Dependency and (grain := grains.get(argument.name)) is not None:
            kind = kind_of_type(argument.type)
            found.setdefault(grain, []).append((argument.name, kind.shape if kind else "frame"))
    declared = [grain for grain in found if grain.declared]
    if len(declared) > 1:
        problem = _different_grains(node, {grain: found[grain][0][0] for grain in declared})
        return declared[0], problem
    if metadata.timestamp is not None:
        entity = declared[0].entity if declared else ()
        return Grain(entity, metadata.timestamp), None
    if declared:
        return declared[0], None
    if not found:
        return Grain(anonymous=node.name), None
    frames = [grain for grain, members in found.items() if any(shape == "frame" for _, shape in members)]
    return (Grain(anonymous=node.name) if len(frames) > 1 else next(iter(found))), None


def _different_grains(node: Node, producers: Mapping[Grain, str]) -> Problem:
    met = [f"{producer} has one row per {grain.label}" for grain, producer in producers.items()]
    first = next(iter(producers))
    keys = ", ".join(repr(key) for key in first.entity)
    return Problem(
        "grain",
        f"{node.name} is fed by rows of different entities and does not say whose rows it has",
        *node.place,
        f"declare it: @feature(entity=[{keys}])",
        node.name,
        tuple(met[:3]),
    )
