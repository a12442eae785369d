"""Selected features by grain, and where each grain's key columns come from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from featurecat.definition.node import Node, Role
from featurecat.definition.parallel import collects
from featurecat.errors import Problem, RequestError
from featurecat.execution.hooks import Hook
from featurecat.frames.columns import column_names, extract_column
from featurecat.frames.kinds import kind_of_type, kind_of_value
from featurecat.graph.grain import Grain
from featurecat.graph.graph import Graph
from featurecat.graph.lineage import distances
from featurecat.plan.tasks import asked_inside
from featurecat.project.blocks import inner_nodes

__all__ = ["GrainSelection", "KeyFrames", "by_grain", "nearest_frames"]


@dataclass(frozen=True, slots=True)
class GrainSelection:
    """The features of one grain, in selection order.

    Attributes:
        grain: Whose rows they have.
        features: Node names.
        frames: Frames and sources of the grain that the features come from, nearest first; the nearest that have
            the key columns tell the keys.
        keys: Columns called like the keys, one for each; they tell the keys where no frame does.
    """

    grain: Grain
    features: tuple[str, ...]
    frames: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()


def by_grain(graph: Graph, names: Sequence[str], exact: Iterable[str]) -> tuple[list[GrainSelection], list[str]]:
    """Sort selected features into grains.

    Args:
        graph: The resolved graph.
        names: The selection, in order.
        exact: Names that were selected by their exact name.

    Returns:
        One selection per grain in the order of their first feature, and the names left out because their
        values are not tabular, or there is one value per item of a ``Parallelizable``.

    Raises:
        RequestError: For exactly named features that are of these, or rows of different entities that meet; all
            at once.
    """
    grains, faults = graph.grains
    inside = inner_nodes(graph)
    named = set(exact)
    problems = [faults[name] for name in names if name in faults]
    left_out = []
    sorted_names: dict[Grain, list[str]] = {}
    for name in names:
        grain = None if name in inside else grains.get(name)
        if grain is not None:
            sorted_names.setdefault(grain, []).append(name)
        elif name in named:
            inner = asked_inside(graph, name, inside[name]) if name in inside else None
            problems.append(inner or _not_tabular(graph.nodes[name]))
        else:
            left_out.append(name)
    if problems:
        raise RequestError(problems)
    return [_selection(graph, grain, tuple(members)) for grain, members in sorted_names.items()], left_out


def _not_tabular(node: Node) -> Problem:
    return Problem(
        "not-tabular",
        f"{node.name} has no rows: it cannot be a column of an artifact",
        *node.place,
        "driver.execute returns such values; leave it out here",
        node.name,
    )


def _selection(graph: Graph, grain: Grain, features: tuple[str, ...]) -> GrainSelection:
    if not grain.declared:
        return GrainSelection(grain, features)
    kinds = {name: kind_of_type(graph.nodes[name].type) for name in _walk(graph, grain, features)}
    frames = tuple(name for name, kind in kinds.items() if kind is not None and kind.shape == "frame")
    if any(graph.nodes[name].role is Role.SOURCE for name in frames):
        return GrainSelection(grain, features, frames)  # a source always has its keys
    named = all(graph.grain(key) == grain and graph.nodes[key].role is not Role.SOURCE for key in grain.keys)
    return GrainSelection(grain, features, frames, grain.keys if named else ())


def _walk(graph: Graph, grain: Grain, features: Iterable[str], stop: Collection[str] = ()) -> dict[str, int]:
    """What features have their rows from, nearest first: only along nodes of their grain, and not beyond ``stop``.

    What is collected has its rows from nowhere else: they are put together anew, in an order of their own.
    """

    def with_the_rows(name: str) -> list[str]:
        node = graph.nodes[name]
        return [
            parent
            for parent in (() if name in stop else graph.existing_parents(name))
            if (graph.grain(parent) == grain or _holds(graph.nodes[parent], node)) and not _gathers(node, parent)
        ]

    return distances(features, with_the_rows)


def _gathers(node: Node, parent: str) -> bool:
    """Whether a node takes the values of ``parent`` for all items."""
    return any(argument.name == parent and collects(argument.type) for argument in node.dependencies)


def _holds(parent: Node, node: Node) -> bool:
    """Whether a node is a field of the dictionary ``parent``, whose own grain nobody knows."""
    return node.defined is not None and parent.defined is node.defined and kind_of_type(parent.type) is None


class KeyFrames(Hook):
    """Keeps the key columns of frames, and only these, while a run goes on.

    Attributes:
        columns: Frame's name to its key columns, in its engine's own form.
        lacking: Frame's name to the key columns it does not have.

    Args:
        selections: Say which frames, and what their keys are.
        given: Values that the run was given: sources and inputs.
    """

    def __init__(self, selections: Iterable[GrainSelection], given: Mapping[str, Any]) -> None:
        self.columns: dict[str, dict[str, Any]] = {}
        self.lacking: dict[str, list[str]] = {}
        self._keys = {name: selection.grain.keys for selection in selections for name in selection.frames}
        for name in self._keys:
            if name in given:
                self._keep(name, given[name])

    def after_step(self, node: Node, value: Any, seconds: float) -> None:
        """Keep the keys of a frame that was computed."""
        if node.name in self._keys:
            self._keep(node.name, value)

    def _keep(self, name: str, frame: Any) -> None:
        kind = kind_of_value(frame)
        if kind is None or kind.shape != "frame" or kind.engine == "polars-lazy":
            return
        keys, present = self._keys[name], column_names(frame)
        if lacking := [key for key in keys if present.count(key) != 1]:
            self.lacking[name] = lacking
            return
        columns = {key: extract_column(frame, key) for key in keys}
        # a column of pandas may be a view, which would keep the whole frame
        self.columns[name] = {key: column.copy() for key, column in columns.items()} if kind.engine == "pandas" else columns


def nearest_frames(graph: Graph, selection: GrainSelection, found: KeyFrames) -> list[str]:
    """The frames that tell the keys of a selection: on each way up from a feature the first that has key columns.

    Args:
        graph: The graph.
        selection: The features.
        found: The frames that were seen to have key columns.

    Returns:
        Their names, nearest first; empty when no frame has them.
    """
    reached = _walk(graph, selection.grain, selection.features, found.columns)
    return [name for name in reached if name in found.columns]
