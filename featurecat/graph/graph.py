"""A graph: one node per name, and who feeds whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from featurecat.definition.node import Dependency, Node
from featurecat.definition.resolve import no_variant_problem
from featurecat.errors import Problem, did_you_mean
from featurecat.graph.grain import Alignment, Grain, SourceNode, alignment_of, infer_grains
from featurecat.graph.needs import Needs

__all__ = ["Graph", "SourceNode"]


class Graph:
    """A resolved, validated graph. What is asked of it is found when first asked, and kept: a graph never changes.

    Attributes:
        nodes: Name to node, parents before children, otherwise as defined.
        config: The config it was resolved with.
        engine: The engine it was resolved for; None when each name has its only one.
        unmatched: Names of which no variant fits, with their variants.
        sources: Declared sources by name.
    """

    __slots__ = (
        "_alignments",
        "_children",
        "_grains",
        "_needs",
        "_parents",
        "_positions",
        "config",
        "engine",
        "nodes",
        "sources",
        "unmatched",
    )

    def __init__(
        self,
        nodes: dict[str, Node],
        config: Mapping[str, Any],
        engine: str | None = None,
        unmatched: Mapping[str, list[Node]] | None = None,
        sources: Mapping[str, SourceNode] | None = None,
    ) -> None:
        self.nodes = nodes
        self.config = config
        self.engine = engine
        self.unmatched = unmatched or {}
        self.sources = sources or {}
        self._children: dict[str, list[str]] | None = None
        self._parents = _Parents(nodes)
        self._positions: dict[str, int] | None = None
        self._grains: tuple[dict[str, Grain | None], dict[str, Problem]] | None = None
        self._alignments: dict[str, Alignment | None] = {}
        self._needs: Needs | None = None

    @property
    def children(self) -> dict[str, list[str]]:
        """Name to the names it feeds, each once per parameter."""
        if self._children is None:
            children: dict[str, list[str]] = {name: [] for name in self.nodes}
            for name, node in self.nodes.items():
                for argument in node.arguments:
                    if type(argument) is Dependency and argument.name in children:
                        children[argument.name].append(name)
            self._children = children
        return self._children

    def parents(self, name: str) -> list[str]:
        """The names that feed ``name``, in the order of its parameters, each once."""
        arguments = self.nodes[name].arguments
        return list(dict.fromkeys(argument.name for argument in arguments if type(argument) is Dependency))

    def existing_parents(self, name: str) -> list[str]:
        """As :meth:`parents`, without optional ones that nothing provides."""
        return self._parents[name]

    @property
    def walk_up(self) -> Callable[[str], list[str]]:
        """:meth:`existing_parents` for walks over many nodes: a plain look-up once a name has been seen."""
        return self._parents.__getitem__

    @property
    def parent_map(self) -> dict[str, list[str]]:
        """Name to the names that feed it, for the whole graph."""
        return {name: self._parents[name] for name in self.nodes}

    def in_order(self, names: Iterable[str]) -> list[str]:
        """Each of ``names`` once, parents before children."""
        if self._positions is None:
            self._positions = {name: position for position, name in enumerate(self.nodes)}
        return sorted(set(names), key=self._positions.__getitem__)

    def grain(self, name: str) -> Grain | None:
        """Whose rows a node has; None for what has no rows."""
        return self.grains[0].get(name)

    @property
    def grains(self) -> tuple[dict[str, Grain | None], dict[str, Problem]]:
        """Every node's grain, and the problems of nodes where different grains meet."""
        if self._grains is None:
            self._grains = infer_grains(self.nodes, self.sources)
        return self._grains

    def alignment(self, name: str) -> Alignment | None:
        """Which arguments of a node must share their rows before it is computed."""
        try:
            return self._alignments[name]
        except KeyError:
            found = self._alignments[name] = alignment_of(self.nodes[name], self.grains[0])
            return found

    @property
    def needs(self) -> Needs:
        """Which inputs each node needs."""
        if self._needs is None:
            self._needs = Needs(self.nodes, self.grains[1])
        return self._needs

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
                problems.append(no_variant_problem(name, self.unmatched[name], config=self.config, engine=self.engine))
                continue
            hint = did_you_mean(name, self.nodes) or "featurecat list shows all features"
            problems.append(Problem("unknown-feature", f"there is no feature {name!r}", hint=hint, feature=name))
        return problems

    def is_given(self, name: str) -> bool:
        """Whether the node is given rather than computed: an input, a config key or a source."""
        return self.nodes[name].given


class _Parents(dict[str, list[str]]):
    """The names that feed a name, looked up in the nodes when first asked for."""

    def __init__(self, nodes: Mapping[str, Node]) -> None:
        super().__init__()
        self._nodes = nodes

    def __missing__(self, name: str) -> list[str]:
        nodes = self._nodes
        names = [argument.name for argument in nodes[name].arguments if type(argument) is Dependency]
        found = self[name] = list(dict.fromkeys(parent for parent in names if parent in nodes))
        return found
