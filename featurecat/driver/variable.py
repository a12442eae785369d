"""What a driver says about a node."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from featurecat.definition.metadata import Metadata
from featurecat.definition.node import Node

__all__ = ["Variable"]


class Variable:
    """What is known about a node; read from it when asked, so that lists of thousands cost little.

    Args:
        node: The node.
    """

    __slots__ = ("_node",)

    def __init__(self, node: Node) -> None:
        self._node = node

    @property
    def name(self) -> str:
        """Its name."""
        return self._node.name

    @property
    def type(self) -> Any:
        """Type of its value."""
        return self._node.type

    @property
    def tags(self) -> dict[str, str | list[str]]:
        """Tags; a single value as a string, several as a list."""
        return {key: values[0] if len(values) == 1 else list(values) for key, values in self._node.tags.items()}

    @property
    def is_external_input(self) -> bool:
        """Whether it is given rather than computed."""
        return self._node.given

    @property
    def originating_functions(self) -> tuple[Callable[..., Any], ...]:
        """The functions it comes from."""
        return () if self._node.defined is None else (self._node.defined.function,)

    @property
    def documentation(self) -> str | None:
        """Its docstring."""
        return self._node.documentation

    @property
    def required_dependencies(self) -> frozenset[str]:
        """Names it cannot do without."""
        return frozenset(dependency.name for dependency in self._node.dependencies if not dependency.optional)

    @property
    def optional_dependencies(self) -> frozenset[str]:
        """Names it can do without."""
        return frozenset(dependency.name for dependency in self._node.dependencies if dependency.optional)

    @property
    def metadata(self) -> Metadata:
        """Owner, entity, unit and the other typed fields."""
        return self._node.metadata

    @property
    def role(self) -> str:
        """What it is: feature, frame, raw, validator, input, config or source."""
        return str(self._node.role)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Variable):
            return NotImplemented
        return self._node is other._node or self._facts() == other._facts()

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return f"Variable({', '.join(f'{name}={fact!r}' for name, fact in self._facts().items())})"

    def _repr_html_(self) -> str:
        from featurecat.graph.picture import node_table

        return node_table(self._node)

    def _facts(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name, kind in vars(Variable).items() if isinstance(kind, property)}
