"""A graph: one node per name, and who feeds whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from featurecat.definition.node import Dependency, Node, Role
from featurecat.definition.resolve import no_variant_problem
from featurecat.errors import Problem, did_you_mean
from featurecat.graph.grain import Grain, SourceNode, infer_grains

__all__ = ["Graph", "SourceNode"]


@dataclass(slots=True)
class Graph:
    """A resolved, validated graph.

    Attributes:
        nodes: Name to node, parents before children.
        children: Name to the names it feeds, each once per parameter.
        config: The config it was resolved with.
        engine: The engine it was resolved for; None when each name has its only one.
        unmatched: Names of which no variant fits, with their variants.
        sources: Declared sources by name.
    """

    nodes: dict[str, Node]
    children: dict[str, list[str]]
    config: Mapping[str, Any] = field(default_factory=dict)
    engine: str | None = None
    unmatched: Mapping[str, list[Node]] = field(default_factory=dict)
    sources: Mapping[str, SourceNode] = field(default_factory=dict)
    _grains: tuple[dict[str, Grain | None], dict[str, Problem]] | None = None

    def parents(self, name: str) -> list[str]:
        """The names that feed ``name``, in the order of its parameters, each once."""
        arguments = self.nodes[name].arguments
        return list(dict.fromkeys(argument.name for argument in arguments if type(argument) is Dependency))

    def existing_parents(self, name: str) -> list[str]:
        """As :meth:`parents`, without optional ones that nothing provides."""
        return [parent for parent in self.parents(name) if parent in self.nodes]

    @property
    def parent_map(self) -> dict[str, list[str]]:
        """Name to the names that feed it, for the whole graph."""
        return {name: self.existing_parents(name) for name in self.nodes}

    def grain(self, name: str) -> Grain | None:
        """Whose rows a node has; None for what has no rows."""
        return self.grains[0].get(name)

    @property
    def grains(self) -> tuple[dict[str, Grain | None], dict[str, Problem]]:
        """Every node's grain, and the problems of nodes where different grains meet."""
        if self._grains is None:
            self._grains = infer_grains(self.nodes, self.sources)
        return self._grains

    def public_names(self) -> list[str]:
        """Names of the public nodes, in graph order."""
        return [name for name, node in self.nodes.items() if node.public]

    def unknown(self, names: Sequence[str]) -> list[Problem]:
        """A problem for each of ``names`` that is not in the graph, saying why."""
        problems = []
        for name in names:
            if name in self.nodes:
                continue
            if name in self.unmatched:
                problems.append(no_variant_problem(name, self.unmatched[name], self.config, self.engine))
                continue
            hint = did_you_mean(name, self.nodes) or "featurecat list shows all features"
            problems.append(Problem("unknown-feature", f"there is no feature {name!r}", hint=hint, feature=name))
        return problems

    def is_given(self, name: str) -> bool:
        """Whether the node is given rather than computed: an input, a config key or a source."""
        return self.nodes[name].role in (Role.INPUT, Role.CONFIG, Role.SOURCE)
