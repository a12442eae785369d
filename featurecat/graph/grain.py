"""Whose rows a node has: declared entity and timestamp, inherited along edges, or the rows of an input."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from featurecat.definition.metadata import NO_METADATA
from featurecat.definition.node import Dependency, Node, Role
from featurecat.definition.parallel import collects, parallel_types_in_use
from featurecat.errors import Problem
from featurecat.frames.kinds import kind_of_type

__all__ = ["Alignment", "Grain", "SourceNode", "alignment_of", "infer_grains"]

#: Types whose values have no rows; asked first, because most arguments that are no columns are of these.
_ROWLESS = (int, float, str, bool, complex, bytes, type(None))


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
    for name, node in nodes.items():
        if node.given:
            grains[name] = _given_grain(node, sources.get(name))
        elif kind_of_type(node.type) is None:
            grains[name] = None
        else:
            if node.declared is NO_METADATA and "entity" not in node.tags:
                grains[name], problem = _inherited_grain(_whole(node, nodes), grains)
            else:
                grains[name], problem = _declared_grain(node, nodes, grains)
            if problem is not None:
                problems[name] = problem
    return grains, problems


def _whole(node: Node, nodes: Mapping[str, Node]) -> Node:
    """The node that takes what ``node`` is made of: the dictionary where it is a field of one, else itself."""
    while len(node.arguments) == 1 and type(argument := node.arguments[0]) is Dependency:
        parent = nodes.get(argument.name)
        if (
            parent is None
            or parent.defined is not node.defined
            or parent.given
            or kind_of_type(parent.type) is not None
        ):
            break
        node = parent
    return node


def _given_grain(node: Node, source: SourceNode | None) -> Grain | None:
    if source is not None:
        if source.entity or source.timestamp:
            return Grain(source.entity, source.timestamp)
        return Grain(anonymous=node.name)
    kind = kind_of_type(node.type)
    if kind is None:
        return None
    return Grain(anonymous="inputs" if kind.shape == "column" else node.name)


def _declared_grain(
    node: Node, nodes: Mapping[str, Node], grains: Mapping[str, Grain | None]
) -> tuple[Grain, Problem | None]:
    """What the node declares, completed by what it inherits."""
    metadata = node.metadata
    if metadata.entity is not None:
        return Grain(metadata.entity, metadata.timestamp), None
    inherited, problem = _inherited_grain(_whole(node, nodes), grains)
    if metadata.timestamp is None or problem is not None:
        return inherited, problem
    return Grain(inherited.entity, metadata.timestamp), None


def _inherited_grain(node: Node, grains: Mapping[str, Grain | None]) -> tuple[Grain, Problem | None]:
    if getattr(node.function, "own_rows", False):
        return Grain(anonymous=_rows_name(node)), None
    first: Grain | None = None
    for argument in node.arguments:
        if type(argument) is Dependency:
            grain = grains.get(argument.name)
            if grain is None or grain is first or _gathered(argument):
                continue  # who gathers the rows of all items makes rows of its own
            if first is not None and grain != first:
                return _joined_grain(node, grains)
            first = grain
    return (Grain(anonymous=_rows_name(node)) if first is None else first), None


def _gathered(argument: Dependency) -> bool:
    return parallel_types_in_use() and collects(argument.type)


def _rows_name(node: Node) -> str:
    """What rows that begin with a node are called: by the feature people know, also where it is checked."""
    if "featurecat.data_loader" in node.tags:
        return node.name.removeprefix("load_data.").replace(".load_data.", ".").removesuffix(".loader")
    return node.known_as


def _joined_grain(node: Node, grains: Mapping[str, Grain | None]) -> tuple[Grain, Problem | None]:
    """The grain where several meet: that of the columns, the declared one first, else the frames', else its own."""
    producers, columns, frames = _met(node, grains)
    declared = [grain for grain in producers if grain.declared]
    if len(declared) > 1:
        met = {grain: producers[grain] for grain in declared}
        return declared[0], _different_grains(node, met, next((one for one in columns if one.declared), declared[0]))
    if declared and (not columns or declared[0] in columns):
        return declared[0], None
    undeclared = {grain for grain in frames if not grain.declared}
    if len(undeclared) > 1:
        return Grain(anonymous=_rows_name(node)), None
    return next(iter(columns or undeclared)), None


def _met(node: Node, grains: Mapping[str, Grain | None]) -> tuple[dict[Grain, str], list[Grain], list[Grain]]:
    """Each grain with the first argument that brings it, and the grains of columns and of frames in order."""
    producers: dict[Grain, str] = {}
    columns: list[Grain] = []
    frames: list[Grain] = []
    for argument in node.arguments:
        if type(argument) is Dependency and (grain := grains.get(argument.name)) is not None:
            if _gathered(argument):
                continue
            kind = kind_of_type(argument.type)
            (columns if kind is not None and kind.shape == "column" else frames).append(grain)
            producers.setdefault(grain, argument.name)
    return producers, columns, frames


def _different_grains(node: Node, producers: Mapping[Grain, str], likely: Grain) -> Problem:
    """That a node must say whose rows it has; ``likely`` is what it would say, a lookup's columns before its frame."""
    met = [f"{producer} has one row per {grain.label}" for grain, producer in producers.items()]
    said = [f"entity={list(likely.entity)!r}"] if likely.entity else []
    said += [f"timestamp={likely.timestamp!r}"] if likely.timestamp else []
    return Problem(
        "grain",
        f"{node.known_as} is fed by rows of different entities and does not say whose rows it has",
        *node.place,
        f"declare it: @feature({', '.join(said)})",
        node.known_as,
        tuple(met[:3]),
    )


class Alignment(NamedTuple):
    """Arguments (by position) that must share their rows before a step, and how to make them if asked."""

    groups: tuple[tuple[int, ...], ...]
    how: str | None = None


def alignment_of(node: Node, grains: Mapping[str, Grain | None]) -> Alignment | None:
    """Which arguments of a node must share their rows.

    Those of one declared grain must. Columns without a declared grain go with that of other columns; where several
    declared grains meet (a join), each grain is checked for itself and undeclared columns among themselves.
    Frames without a declared grain, or beside columns of another, are lookups and are left alone.

    Args:
        node: A computed node.
        grains: Every node's grain.

    Returns:
        What to align, or None when nothing needs to be.
    """
    if len(node.arguments) < 2 or node.role is Role.VALIDATOR or node.raw is not None:
        return None
    if getattr(node.function, "own_rows", False):
        return None
    columns: list[tuple[int, Grain]] = []
    frames: list[tuple[int, Grain]] = []
    for position, argument in enumerate(node.arguments):
        if type(argument) is Dependency and (grain := _row_grain(argument, grains)) is not None:
            kind = kind_of_type(argument.type)
            (columns if kind is not None and kind.shape == "column" else frames).append((position, grain))
    if len(columns) + len(frames) < 2:
        return None
    shared = _groups(columns, frames)
    return Alignment(shared, node.metadata.align) if shared else None


def _groups(
    columns: Collection[tuple[int, Grain]], frames: Collection[tuple[int, Grain]]
) -> tuple[tuple[int, ...], ...]:
    """Positions of one declared grain, and of undeclared columns, which go with it unless there are several.

    Frames beside columns of which none has their grain are lookups: they share rows among themselves alone.
    """
    several = len({grain for _, grain in (*columns, *frames) if grain.declared}) > 1
    of_columns = {grain for _, grain in columns}
    keyed = [(position, grain if several and grain.declared else None) for position, grain in columns]
    keyed += [(position, None if grain in of_columns and not several else grain) for position, grain in frames]
    groups: dict[Grain | None, list[int]] = {}
    for position, key in sorted(keyed, key=lambda one: one[0]):
        groups.setdefault(key, []).append(position)
    return tuple(tuple(positions) for positions in groups.values() if len(positions) > 1)


def _row_grain(dependency: Dependency, grains: Mapping[str, Grain | None]) -> Grain | None:
    """The grain of an argument whose rows matter: a column, or a frame of a declared grain."""
    if dependency.type in _ROWLESS:
        return None
    kind = kind_of_type(dependency.type)
    grain = grains.get(dependency.name)
    if kind is None or grain is None or not (kind.shape == "column" or grain.declared):
        return None
    return grain
