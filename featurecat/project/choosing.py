"""What a selection over a graph of a project is evaluated with; most of it is made only when a selection asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from featurecat.clock import Clock, SystemClock
from featurecat.graph.selection.evaluate import NamedSet, Selected
from featurecat.graph.selection.grammar import Selection
from featurecat.graph.selection.over_graph import Beyond
from featurecat.project.against import states_against
from featurecat.project.changes import States
from featurecat.project.graphs import choose_graph
from featurecat.project.index import ReadProject, definition_tables
from featurecat.project.request import RunRequest
from featurecat.project.selecting import beyond_graph, selection_notices, states_notices, why_lines
from featurecat.project.sets import declared_sets

__all__ = ["SelectionBasis"]


class SelectionBasis:
    """What selections of one request stand on.

    Args:
        read: The project.
        request: Says what to compare with, and whether to say why something is selected.
        clock: Tells the moment that freshness is measured from; None is the machine's own.
    """

    def __init__(self, read: ReadProject, request: RunRequest, clock: Clock | None = None) -> None:
        self._read = read
        self._request = request
        self._clock = clock or SystemClock()

    @cached_property
    def tables(self) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """The definition tables."""
        return definition_tables(self._read)[0]

    @cached_property
    def sets(self) -> Mapping[str, NamedSet]:
        """The feature sets of the settings."""
        return declared_sets(self._read.project.root)

    @cached_property
    def states(self) -> States | None:
        """What has changed since the reference of the request; None without one.

        Raises:
            RequestError: Code ``against-unusable``.
        """
        against = self._request.against
        if self._request.states is not None or against is None:
            return self._request.states
        return states_against(self._read.project, self._clock, against, tables=self.tables)

    def graph(self, selection: Selection | None, config: Mapping[str, Any]) -> tuple[str, Selection | None]:
        """The graph that a selection is about, and the selection within it.

        Args:
            selection: What was asked; None when everything was.
            config: The config of the request.

        Raises:
            RequestError: As :func:`featurecat.project.graphs.choose_graph`.
        """
        return choose_graph(self._read.definitions, selection, config, sets=self.sets)

    def states_in(self, graph: str) -> Mapping[str, Sequence[str]] | None:
        """The states by the names of one graph; None when nothing is compared.

        Args:
            graph: Its name.
        """
        return None if self.states is None else self.states.in_graph(graph)

    def beyond(self, graph: str) -> Beyond:
        """What an index over one graph asks beside the graph.

        Args:
            graph: Its name.
        """
        return beyond_graph(
            self._read.project,
            self._clock,
            graph,
            definitions=self._read.definitions,
            sets=self.sets,
            tables=lambda: self.tables,
        )

    def notices(self, selected: Selected, graph: str) -> list[str]:
        """What to say beside an answer: about the selection, what was compared, and why, where that is asked for.

        Args:
            selected: The answer.
            graph: The graph it is of.
        """
        why = why_lines(selected, self.states, graph=graph) if self._request.why else []
        return [*states_notices(self.states), *selection_notices(selected), *why]
