"""Selected features by grain, and where each grain's key columns come from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from featurecat.definition.node import Node, Role
from featurecat.errors import Problem, RequestError
from featurecat.frames.kinds import kind_of_type
from featurecat.graph.grain import Grain
from featurecat.graph.graph import Graph
from featurecat.graph.lineage import distances

__all__ = ["GrainSelection", "by_grain"]


@dataclass(frozen=True, slots=True)
class GrainSelection:
    """The features of one grain, in selection order.

    Attributes:
        grain: Whose rows they have.
        features: Node names.
        keys: Nodes that provide the key columns: one frame or source, or one column per key; empty when the
            keys can only come from the features' own index.
    """

    grain: Grain
    features: tuple[str, ...]
    keys: tuple[str, ...]


def by_grain(graph: Graph, names: Sequence[str], exact: Iterable[str]) -> tuple[list[GrainSelection], list[str]]:
    """Sort selected features into grains.

    Args:
        graph: The resolved graph.
        names: The selection, in order.
        exact: Names that were selected by their exact name.

    Returns:
        One selection per grain in the order of their first feature, and the names left out because their
        values are not tabular.

    Raises:
        RequestError: For exactly named features whose values are not tabular, or rows of different entities
            that meet; all at once.
    """
    grains, faults = graph.grains
    named = set(exact)
    problems = [faults[name] for name in names if name in faults]
    left_out = []
    sorted_names: dict[Grain, list[str]] = {}
    for name in names:
        grain = grains.get(name)
        if grain is not None:
            sorted_names.setdefault(grain, []).append(name)
        elif name in named:
            problems.append(_not_tabular(graph.nodes[name]))
        else:
            left_out.append(name)
    if problems:
        raise RequestError(problems)
    return [
        GrainSelection(grain, tuple(members), _key_providers(graph, grain, members))
        for grain, members in sorted_names.items()
    ], left_out


def _not_tabular(node: Node) -> Problem:
    return Problem(
        "not-tabular",
        f"{node.name} has no rows: it cannot be a column of an artifact",
        *node.place,
        "driver.execute returns such values; leave it out here",
        node.name,
    )


def _key_providers(graph: Graph, grain: Grain, members: Sequence[str]) -> tuple[str, ...]:
    """The nodes the keys are read from: columns called like the keys, else the nearest source or frame."""
    if not grain.declared:
        return ()
    if all(graph.grain(key) == grain and graph.nodes[key].role is not Role.SOURCE for key in grain.keys):
        return grain.keys
    steps = distances(members, graph.existing_parents)
    frames = [
        name
        for name in steps
        if graph.grain(name) == grain and (kind := kind_of_type(graph.nodes[name].type)) and kind.shape == "frame"
    ]
    sources = [name for name in frames if graph.nodes[name].role is Role.SOURCE]
    return tuple((sources or frames)[:1])
