"""Hamilton's ``graph``: the graph as Hamilton's inner hooks see it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property
from types import ModuleType
from typing import Any

from featurecat.compat.hamilton._offer import INTERNAL, offer
from featurecat.compat.hamilton._translation import inner_nodes, legacy_graph
from featurecat.compat.hamilton.node import Node
from featurecat.graph.graph import Graph
from featurecat.graph.lineage import distances

__all__ = ["FunctionGraph"]

__getattr__, __dir__, _ = offer(
    __name__,
    {
        "find_functions": "featurecat.compat.hamilton.graph_utils",
        "fm_base": "featurecat.compat.hamilton.function_modifiers.base:",
        "get_type_as_string": "featurecat.compat.hamilton.htypes",
        "graph_functions": "featurecat.compat.hamilton.execution.graph_functions:",
        "graph_types": "featurecat.compat.hamilton.graph_types:",
        "node": "featurecat.compat.hamilton.node:",
        "schema": "featurecat.function_modifiers",
        "types_match": "featurecat.compat.hamilton.htypes",
    },
    later={
        INTERNAL: (
            "VisualizationNodeModifiers",
            "add_dependency",
            "create_function_graph",
            "create_graphviz_graph",
            "create_networkx_graph",
            "update_dependencies",
        )
    },
    own=[*__all__, "Node"],
)


class FunctionGraph:
    """A graph, read only.

    Args:
        graph: One of featurecat's.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    @staticmethod
    def from_modules(
        *modules: ModuleType, config: Mapping[str, Any], adapter: Any = None, allow_module_overrides: bool = False
    ) -> FunctionGraph:
        """The graph of modules, by Hamilton's rules.

        Raises:
            DefinitionError: A ValueError with every problem.
        """
        del adapter
        return FunctionGraph(legacy_graph(modules, config, allow_overrides=allow_module_overrides))

    @property
    def config(self) -> Mapping[str, Any]:
        """The config it was resolved with."""
        return self.graph.config

    @cached_property
    def nodes(self) -> dict[str, Node]:
        """Name to node."""
        return inner_nodes(self.graph)

    def get_nodes(self) -> list[Node]:
        """All nodes."""
        return list(self.nodes.values())

    def get_upstream_nodes(
        self,
        final_vars: Collection[str],
        runtime_inputs: Mapping[str, Any] | None = None,
        runtime_overrides: Mapping[str, Any] | None = None,
    ) -> tuple[set[Node], set[Node]]:
        """What feeds the named nodes, themselves included, and those among it that are given.

        Args:
            final_vars: Names; unknown ones count for nothing.
            runtime_inputs: Inputs that are given: optional ones that are not are left out.
            runtime_overrides: Nodes that are given; what only feeds them is left out.
        """
        inputs, overrides = runtime_inputs or {}, runtime_overrides or {}
        known = [name for name in final_vars if name in self.nodes]
        names = distances(known, lambda name: [] if name in overrides else self._needed(name, inputs))
        nodes = {self.nodes[name] for name in names}
        return nodes, {node for node in nodes if node.user_defined}

    def _needed(self, name: str, inputs: Mapping[str, Any]) -> list[str]:
        node = self.nodes[name]
        return [
            one.name
            for one in node.dependencies
            if node.requires(one.name) or not one.user_defined or one.name in inputs or one.name in self.config
        ]
