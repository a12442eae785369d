"""Hamilton's ``lifecycle.api``: the hooks that users write, result builders, and legacy graph adapters."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from featurecat.compat.hamilton._offer import offer
from featurecat.compat.hamilton.lifecycle import base as _moments

if TYPE_CHECKING:
    from featurecat.compat.hamilton.node import Node

__all__ = ["GraphAdapter", "LegacyResultMixin", "ResultBuilder"]

_HOOKS = (
    "EdgeConnectionHook",
    "GraphConstructionHook",
    "GraphExecutionHook",
    "NodeExecutionHook",
    "NodeExecutionMethod",
    "StaticValidator",
    "TaskExecutionHook",
    "TaskGroupingHook",
    "TaskReturnHook",
    "TaskSubmissionHook",
)
_MODULES = "featurecat.compat.hamilton"

__getattr__, __dir__, _ = offer(
    __name__,
    {
        **dict.fromkeys(_HOOKS, "featurecat.lifecycle"),
        **{
            name: _moments.__name__ for name in vars(_moments) if name.startswith("Base") and not name.endswith("Async")
        },
        "FunctionGraph": f"{_MODULES}.graph",
        "HamiltonGraph": f"{_MODULES}.graph_types",
        "HamiltonNode": f"{_MODULES}.graph_types",
        "NodeGroupPurpose": f"{_MODULES}.execution.grouping",
        "graph_types": f"{_MODULES}.graph_types:",
        "node": f"{_MODULES}.node:",
    },
    own=__all__,
)


class ResultBuilder(ABC):
    """Makes the result of a run of the values that were asked for."""

    @abstractmethod
    def build_result(self, **outputs: Any) -> Any:
        """The result of the named values, in the order of the request."""

    def do_build_result(self, outputs: dict[str, Any]) -> Any:
        """The same, of a mapping."""
        return self.build_result(**outputs)

    def input_types(self) -> list[Any]:
        """Types of values it can take."""
        return [Any]

    def output_type(self) -> Any:
        """Type of what it makes."""
        return Any


class LegacyResultMixin(ResultBuilder, ABC):
    """A result builder whose ``build_result`` is a static method."""

    @staticmethod
    def build_result(**outputs: Any) -> Any:
        """The result of the named values, in the order of the request."""
        raise NotImplementedError("build_result")


class GraphAdapter(LegacyResultMixin, ABC):
    """Decides how types are compared, how a node is computed, and what the result is."""

    @staticmethod
    @abstractmethod
    def check_input_type(node_type: Any, input_value: Any) -> bool:
        """Whether an input's value fits its type."""

    @staticmethod
    @abstractmethod
    def check_node_type_equivalence(node_type: Any, input_type: Any) -> bool:
        """Whether a node's value may go to a parameter, beside what is allowed anyway."""

    @abstractmethod
    def execute_node(self, node: Node, kwargs: dict[str, Any]) -> Any:
        """The node's value, of its dependencies by name."""

    def do_node_execute(self, run_id: str, node_: Node, kwargs: dict[str, Any], task_id: str | None = None) -> Any:
        """As :meth:`execute_node`."""
        del run_id, task_id
        return self.execute_node(node_, kwargs)

    def do_validate_input(self, node_type: Any, input_value: Any) -> bool:
        """As :meth:`check_input_type`."""
        return self.check_input_type(node_type, input_value)

    def do_check_edge_types_match(self, type_from: Any, type_to: Any) -> bool:
        """As :meth:`check_node_type_equivalence`."""
        return self.check_node_type_equivalence(type_to, type_from)
