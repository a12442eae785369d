"""Hamilton's ``node``: a node as Hamilton's internals see it, made from ours for the hooks and queries that ask for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, get_origin

from featurecat.compat.hamilton._offer import offer
from featurecat.definition.node import REQUIRED
from featurecat.definition.parallel import Collect
from featurecat.definition.signature import define

__all__ = ["DependencyType", "Node", "NodeType", "matches_query"]

__getattr__, __dir__, _ = offer(
    __name__,
    {"Parallelizable": "featurecat.compat.hamilton.htypes"},
    own=[*__all__, "Collect"],
)


class NodeType(Enum):
    """Where a node's value comes from."""

    STANDARD = 1
    EXTERNAL = 2
    PRIOR_RUN = 3
    EXPAND = 4
    COLLECT = 5


class DependencyType(Enum):
    """Whether a node can do without one of its dependencies."""

    REQUIRED = 1
    OPTIONAL = 2

    @staticmethod
    def from_parameter(param: Any) -> DependencyType:
        """Optional where the parameter has a default."""
        return DependencyType.REQUIRED if param.default is param.empty else DependencyType.OPTIONAL


class Node:
    """A node: what computes it, what it takes, and its neighbours in the graph.

    Args:
        name: Its name.
        typ: Type of its value.
        doc_string: Its documentation.
        callabl: What computes it; takes the dependencies by name.
        node_source: Where its value comes from.
        input_types: Dependency to its type, or to type and :class:`DependencyType`.
        tags: Its tags.
        namespace: Names before its own, joined by dots.
        originating_functions: The functions it was made from.
        optional_values: Defaults of the optional dependencies.
    """

    def __init__(
        self,
        name: str,
        typ: Any,
        doc_string: str = "",
        callabl: Callable[..., Any] | None = None,
        node_source: NodeType = NodeType.STANDARD,
        input_types: Mapping[str, Any] | None = None,
        tags: Mapping[str, Any] | None = None,
        namespace: tuple[str, ...] = (),
        originating_functions: tuple[Callable[..., Any], ...] | None = None,
        optional_values: Mapping[str, Any] | None = None,
    ) -> None:
        self.namespace = namespace
        self.name = ".".join((*namespace, name))
        self.type = typ
        self.documentation = doc_string
        self.callable = callabl
        self.node_role = node_source
        self.tags = dict(tags or {})
        self.originating_functions = originating_functions
        self.default_parameter_values = dict(optional_values or {})
        self.input_types: dict[str, tuple[Any, DependencyType]] = {
            dependency: known if isinstance(known, tuple) else (known, DependencyType.REQUIRED)
            for dependency, known in (input_types or {}).items()
        }
        self.dependencies: list[Node] = []
        self.depended_on_by: list[Node] = []

    @property
    def user_defined(self) -> bool:
        """Whether its value is given rather than computed."""
        return self.node_role is NodeType.EXTERNAL

    @property
    def collect_dependency(self) -> str | None:
        """The dependency whose values it collects.

        Raises:
            ValueError: When it collects nothing.
        """
        if self.node_role is not NodeType.COLLECT:
            raise ValueError(f"Node {self.name} is not a collect node.")
        return next((name for name, (kind, _) in self.input_types.items() if get_origin(kind) is Collect), None)

    def requires(self, dependency: str) -> bool:
        """Whether it cannot do without this dependency."""
        return dependency in self.input_types and self.input_types[dependency][1] is DependencyType.REQUIRED

    def add_tag(self, tag_name: str, tag_value: Any) -> None:
        """Set a tag, here and not in the graph."""
        self.tags[tag_name] = tag_value

    def __call__(self, *values: Any, **named: Any) -> Any:
        """What its function returns."""
        assert self.callable is not None  # nodes that are given are not called
        return self.callable(*values, **named)

    def __repr__(self) -> str:
        return f"<{self.name} {self.tags}>"

    @staticmethod
    def from_fn(fn: Callable[..., Any], name: str | None = None) -> Node:
        """The plain node of a function, its decorators left aside."""
        defined = define(fn)
        return Node(
            name or fn.__name__,
            defined.returns,
            fn.__doc__ or "",
            fn,
            input_types={
                one.name: (one.type, DependencyType.OPTIONAL if one.optional else DependencyType.REQUIRED)
                for one in defined.dependencies
            },
            tags={"module": fn.__module__},
            originating_functions=(fn,),
            optional_values={one.name: one.default for one in defined.dependencies if one.default is not REQUIRED},
        )


def matches_query(tags: Mapping[str, str | list[str]], query_dict: Mapping[str, str | list[str] | None]) -> bool:
    """Whether tags have every key asked for, with one of the values asked for.

    Args:
        tags: Key to value or values.
        query_dict: Key to a value, to several of which one will do, or to None for any.

    Example:
        >>> matches_query({"team": ["ops", "data"]}, {"team": "data"}), matches_query({}, {"team": None})
        (True, False)
    """
    for key, wanted in query_dict.items():
        if key not in tags:
            return False
        if wanted is not None and set(_many(wanted)).isdisjoint(_many(tags[key])):
            return False
    return True


def _many(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]
