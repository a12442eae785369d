"""Nodes that save: told apart from features in a selection, for they run last, and only when they are named."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from featurecat.definition.node import Role
from featurecat.errors import Problem, RequestError
from featurecat.function_modifiers.materializing import SAVES
from featurecat.graph.graph import Graph
from featurecat.graph.lineage import distances
from featurecat.graph.selection.evaluate import Selected
from featurecat.graph.selection.over_graph import Beyond, GraphIndex
from featurecat.project.blocks import inner_nodes

__all__ = ["Apart", "SavingIndex", "saving_nodes", "told_apart"]


def saving_nodes(graph: Graph) -> list[str]:
    """The nodes of a graph that save."""
    return list(_saving_among(graph, graph.nodes))


class SavingIndex(GraphIndex):
    """A graph as selections see it, in which patterns find savers, too: what is left out can be counted then.

    Args:
        graph: The resolved graph.
        pii: Features and sources with personal data.
        states: Name to the states that select it; None when nothing was compared.
        beyond: What the graph does not tell itself.
    """

    def __init__(
        self,
        graph: Graph,
        pii: Sequence[str] = (),
        states: Mapping[str, Sequence[str]] | None = None,
        *,
        beyond: Beyond,
    ) -> None:
        super().__init__(graph, pii, states, beyond=beyond)
        self._savers = saving_nodes(graph)

    def names(self) -> Sequence[str]:
        """Public nodes in graph order, then savers."""
        return [*super().names(), *self._savers] if self._savers else super().names()

    def hidden(self) -> Sequence[str]:
        """Generated and given nodes but for savers."""
        return [name for name in super().hidden() if name not in self._savers] if self._savers else super().hidden()


@dataclass(frozen=True, slots=True)
class Apart:
    """A selection, its savers told apart.

    Attributes:
        names: What is no saver, and needs none.
        savers: The savers that were named, in order.
        saving: All savers that run for them, in the order they run.
        taken: What savers, and what lies between them, take of the run before.
        left_out: Savers, and what needs them, that only a pattern selects.
    """

    names: tuple[str, ...]
    savers: tuple[str, ...] = ()
    saving: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


def told_apart(graph: Graph, selected: Selected, *, everything: bool, may_save: bool, given: Collection[str]) -> Apart:
    """Tell savers from features.

    Args:
        graph: The resolved graph.
        selected: What is selected.
        everything: Whether that is every feature there is.
        may_save: Whether savers may run at all.
        given: Names of the inputs that are given.

    Raises:
        RequestError: For named features that need what a saver tells, and for savers that may not run; all at once.
    """
    every = saving_nodes(graph)
    if not every:
        return Apart(selected.names)
    late = distances(every, graph.children.__getitem__)
    touched = [name for name in selected.names if name in late]
    named = [name for name in touched if name in selected.exact]
    savers = _saving_among(graph, named)
    between = graph.in_order(name for name in distances(savers, graph.existing_parents) if name in late)
    problems = _faults(graph, named, between) if may_save else _refused(graph, selected)
    if problems:
        raise RequestError(problems)
    reached = dict.fromkeys([*touched, *every] if everything else touched)
    return Apart(
        names=tuple(name for name in selected.names if name not in late),
        savers=savers,
        saving=_saving_among(graph, between),
        taken=_taken(graph, between, late, given),
        left_out=tuple(name for name in reached if name not in savers),
    )


def _saving_among(graph: Graph, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name in names if SAVES in graph.nodes[name].tags)


def _faults(graph: Graph, named: Sequence[str], between: Sequence[str]) -> list[Problem]:
    """What keeps named savers from running at the end, and named features from being published before."""
    savers = _saving_among(graph, named)
    return [
        *(_needs_saver(graph, name) for name in named if name not in savers),
        *_item_by_item(graph, between),
    ]


def _refused(graph: Graph, selected: Selected) -> list[Problem]:
    """That nothing may be saved: of named savers, and of what named features need."""
    needed = distances([name for name in selected.names if name in selected.exact], graph.existing_parents)
    return [
        Problem(
            "unsupported",
            f"{name} saves; a preview does not",
            *graph.nodes[name].place,
            f"preview what it takes; featurecat materialize {name} saves",
            name,
        )
        for name in _saving_among(graph, graph.in_order(needed))
    ]


def _needs_saver(graph: Graph, name: str) -> Problem:
    above = distances([name], graph.existing_parents)
    saver = _saving_among(graph, above)[0]
    return Problem(
        "unsupported",
        f"{name} needs what {saver} tells about what it saved, and that is saved when the run has been published",
        *graph.nodes[name].place,
        f"featurecat materialize {saver}; driver.execute computes {name}",
        name,
    )


def _item_by_item(graph: Graph, late: Iterable[str]) -> list[Problem]:
    """That what savers take, or themselves, are computed once per item."""
    inside = inner_nodes(graph)
    return [
        Problem(
            "parallel-block",
            f"{name} takes {inner}, which is computed once per item of {inside[inner]}",
            *graph.nodes[name].place,
            f"collect {inner} in a feature, and save that",
            name,
        )
        for name in late
        for inner in graph.existing_parents(name)
        if inner in inside
    ]


def _taken(graph: Graph, between: Iterable[str], late: Collection[str], given: Collection[str]) -> tuple[str, ...]:
    """What nodes take that is no saver's, each once, without optional inputs that are not given."""
    found: dict[str, None] = {}
    for name in between:
        for argument in graph.nodes[name].dependencies:
            taken = graph.nodes.get(argument.name)
            if taken is None or argument.name in late:
                continue
            if not argument.optional or taken.role is not Role.INPUT or argument.name in given:
                found[argument.name] = None
    return tuple(found)
