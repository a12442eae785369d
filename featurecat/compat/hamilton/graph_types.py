"""Hamilton's ``graph_types``: nodes and graphs as its users are shown them."""

from __future__ import annotations

import ast
import hashlib
import inspect
import logging
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from featurecat.compat.hamilton._offer import offer
from featurecat.compat.hamilton._translation import inner_node, inner_nodes
from featurecat.compat.hamilton.htypes import get_type_as_string
from featurecat.compat.hamilton.node import DependencyType, Node
from featurecat.definition.node import Node as OwnNode
from featurecat.graph.graph import Graph

__all__ = ["HamiltonGraph", "HamiltonNode", "hash_source_code"]

__getattr__, __dir__, _ = offer(
    __name__,
    {f"{module}": f"featurecat.compat.hamilton.{module}:" for module in ("graph", "htypes", "node")},
    own=[*__all__, "get_type_as_string"],
)

_logger = logging.getLogger("hamilton.graph_types")


def hash_source_code(source: str | Callable[..., Any], strip: bool = False) -> str:
    """The SHA-256 of a function's text.

    Args:
        source: The text, or the function.
        strip: Whether comments, docstrings and layout are to make no difference.

    Example:
        >>> hash_source_code("def f(): return 1", strip=True) == hash_source_code("def f(): return 1  # one", strip=True)
        True
    """
    text = (source if isinstance(source, str) else inspect.getsource(source)).strip()
    return hashlib.sha256((_plain(text) if strip else text).encode()).hexdigest()


def _plain(text: str) -> str:
    """The text without comments, docstrings and layout; itself where it is no Python by itself."""
    try:
        tree = ast.parse(textwrap.dedent(text))
    except SyntaxError:
        return text
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(function) is not None:
            del function.body[0]
    return ast.unparse(tree)


@dataclass
class HamiltonNode:
    """What a user is told about a node.

    Attributes:
        name: Its name.
        type: Type of its value.
        tags: Its tags; a value is a string or a list of them.
        is_external_input: Whether it is given rather than computed.
        originating_functions: The functions it was made from.
        documentation: Its documentation.
        required_dependencies: Names it cannot do without.
        optional_dependencies: Names it can do without.
        optional_dependencies_default_values: What stands in for those.
    """

    name: str
    type: Any
    tags: dict[str, str | list[str]]
    is_external_input: bool
    originating_functions: tuple[Callable[..., Any], ...] | None
    documentation: str | None
    required_dependencies: set[str]
    optional_dependencies: set[str]
    optional_dependencies_default_values: dict[str, Any]

    @staticmethod
    def from_node(n: Node | OwnNode) -> HamiltonNode:
        """What is told of a node of the inside, Hamilton's or featurecat's."""
        if isinstance(n, OwnNode):
            n = inner_node(n)
        kinds = {name: kind for name, (_, kind) in n.input_types.items()}
        return HamiltonNode(
            name=n.name,
            type=n.type,
            tags=n.tags,
            is_external_input=n.user_defined,
            originating_functions=n.originating_functions,
            documentation=n.documentation,
            required_dependencies={name for name, kind in kinds.items() if kind is DependencyType.REQUIRED},
            optional_dependencies={name for name, kind in kinds.items() if kind is DependencyType.OPTIONAL},
            optional_dependencies_default_values=dict(n.default_parameter_values),
        )

    def as_dict(self, include_optional_dependencies_default_values: bool = False) -> dict[str, Any]:
        """All of it as values that JSON knows, the default values aside."""
        facts: dict[str, Any] = {
            "name": self.name,
            "tags": self.tags,
            "output_type": get_type_as_string(self.type) or "",
            "required_dependencies": sorted(self.required_dependencies),
            "optional_dependencies": sorted(self.optional_dependencies),
            "source": inspect.getsource(self.originating_functions[0]) if self.originating_functions else None,
            "documentation": self.documentation,
            "version": self.version,
        }
        if include_optional_dependencies_default_values:
            facts["optional_dependencies_default_values"] = self.optional_dependencies_default_values
        return facts

    @cached_property
    def version(self) -> str | None:
        """Hash of the first function it was made from; the name of an input; None where the text cannot be had."""
        if not self.originating_functions:
            return self.name if self.is_external_input else None
        try:
            return hash_source_code(self.originating_functions[0], strip=True)
        except OSError:
            _logger.warning("the source of %s cannot be read, so it has no version", self.name)
            return None

    def __repr__(self) -> str:
        return f'Node("{self.name}": {get_type_as_string(self.type)})'


@dataclass
class HamiltonGraph:
    """The nodes of a driver, as its users are shown them.

    Attributes:
        nodes: All of them.
    """

    nodes: list[HamiltonNode]

    @staticmethod
    def from_graph(fn_graph: Any) -> HamiltonGraph:
        """What is told of a graph of the inside.

        Args:
            fn_graph: A driver's ``graph``, or a :class:`~featurecat.compat.hamilton.graph.FunctionGraph`.
        """
        nodes = inner_nodes(fn_graph) if isinstance(fn_graph, Graph) else fn_graph.nodes
        return HamiltonGraph([HamiltonNode.from_node(node) for node in nodes.values()])

    @cached_property
    def version(self) -> str:
        """Hash of the versions of the nodes."""
        versions = sorted(node.version for node in self.nodes if node.version is not None)
        return hashlib.sha256(str(versions).encode()).hexdigest()

    @cached_property
    def _by_name(self) -> dict[str, HamiltonNode]:
        return {node.name: node for node in self.nodes}

    def __getitem__(self, key: str) -> HamiltonNode:
        return self._by_name[key]

    def filter_nodes(self, filter: Callable[[HamiltonNode], bool]) -> list[HamiltonNode]:
        """The nodes for which ``filter`` says True."""
        return [node for node in self.nodes if filter(node) is True]
