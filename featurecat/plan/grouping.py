"""How the nodes of a run are grouped into tasks, the pieces of work that an executor is given.

Example:
    >>> GroupNodesAllAsOne().group_nodes([])
    []
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from featurecat.definition.node import Dependency, Node
from featurecat.definition.parallel import collects, expands
from featurecat.graph.parallel import find_blocks

__all__ = [
    "GroupByRepeatableBlocks",
    "GroupNodesAllAsOne",
    "GroupNodesByLevel",
    "GroupNodesIndividually",
    "GroupingStrategy",
    "NodeGroup",
    "TaskPurpose",
]


class TaskPurpose(Enum):
    """What a task is for; an execution manager may choose the executor by it."""

    #: It returns what the tasks of a block are made for, one an item.
    EXPAND_UNORDERED = "expand_unordered"
    #: It gathers what the tasks of a block computed.
    GATHER = "gather"
    #: Several nodes, or those of a block.
    EXECUTE_BLOCK = "execute_block"
    #: One node that stands alone.
    EXECUTE_SINGLE = "execute_single"

    def is_expander(self) -> bool:
        """Whether a block begins here."""
        return self is TaskPurpose.EXPAND_UNORDERED

    def is_gatherer(self) -> bool:
        """Whether a block ends here."""
        return self is TaskPurpose.GATHER


@dataclass(frozen=True, slots=True)
class NodeGroup:
    """Nodes that are computed together.

    Attributes:
        name: Unique among the groups; the ids of its tasks are made of it.
        nodes: In any order.
        purpose: What its tasks are for.
        spawned_by: Name of the group whose ``Parallelizable`` it is repeated for.
    """

    name: str
    nodes: Sequence[Node]
    purpose: TaskPurpose
    spawned_by: str | None = None


class GroupingStrategy(ABC):
    """Says which nodes are computed together.

    Nodes of one group that cannot run together (some once, some once per item, some after a block) become several
    tasks, so that every strategy works with parallel blocks.
    """

    @abstractmethod
    def group_nodes(self, nodes: Sequence[Node]) -> list[NodeGroup]:
        """The groups.

        Args:
            nodes: What is computed, parents before children.

        Returns:
            Groups that hold each of the nodes once.
        """


def _purpose(node: Node, otherwise: TaskPurpose) -> TaskPurpose:
    if expands(node.type):
        return TaskPurpose.EXPAND_UNORDERED
    gathers = any(type(argument) is Dependency and collects(argument.type) for argument in node.arguments)
    return TaskPurpose.GATHER if gathers else otherwise


class GroupByRepeatableBlocks(GroupingStrategy):
    """What lies between ``Parallelizable`` and ``Collect`` is one group; every other node is one by itself."""

    def group_nodes(self, nodes: Sequence[Node]) -> list[NodeGroup]:
        """The groups ``expand-x``, ``block-x`` and ``collect-x`` of each block, and every other node's own."""
        by_name = {node.name: node for node in nodes}
        blocks = find_blocks(by_name, by_name)
        members: dict[str, list[Node]] = {}
        gathered: set[str] = set()
        groups: dict[str, NodeGroup] = {}
        for node in nodes:
            block = blocks.inside.get(node.name)
            if block is not None:
                members.setdefault(block, []).append(node)
                name = f"block-{block}"
                groups[name] = NodeGroup(name, members[block], TaskPurpose.EXECUTE_BLOCK, f"expand-{block}")
                continue
            purpose = _purpose(node, TaskPurpose.EXECUTE_SINGLE)
            name, spawned_by = node.name, None
            if purpose is TaskPurpose.EXPAND_UNORDERED:
                name = f"expand-{node.name}"
            elif purpose is TaskPurpose.GATHER and (source := _gathered_block(node, blocks.block_of)):
                name = f"collect-{node.name if source in gathered else source}"
                gathered.add(source)
                spawned_by = f"expand-{source}"
            groups[name] = NodeGroup(name, [node], purpose, spawned_by)
        return list(groups.values())


def _gathered_block(node: Node, block_of: Callable[[str], str | None]) -> str | None:
    """The block of which a node collects."""
    for argument in node.arguments:
        if type(argument) is Dependency and collects(argument.type):
            return block_of(argument.name)
    return None


class GroupNodesIndividually(GroupingStrategy):
    """Every node is a group, and may run beside any other."""

    def group_nodes(self, nodes: Sequence[Node]) -> list[NodeGroup]:
        """One group a node, named like it."""
        return [NodeGroup(node.name, [node], _purpose(node, TaskPurpose.EXECUTE_BLOCK)) for node in nodes]


class GroupNodesAllAsOne(GroupingStrategy):
    """All nodes are one group, called ``root``."""

    def group_nodes(self, nodes: Sequence[Node]) -> list[NodeGroup]:
        """One group, or none of no nodes."""
        return [NodeGroup("root", nodes, TaskPurpose.EXECUTE_BLOCK)] if nodes else []


class GroupNodesByLevel(GroupingStrategy):
    """Nodes that are equally far from the inputs are one group: ``level_0``, ``level_1`` and so on."""

    def group_nodes(self, nodes: Sequence[Node]) -> list[NodeGroup]:
        """One group a level."""
        level: dict[str, int] = {}
        groups: dict[int, list[Node]] = {}
        for node in nodes:
            above = [level[dependency.name] for dependency in node.dependencies if dependency.name in level]
            level[node.name] = max(above, default=-1) + 1
            groups.setdefault(level[node.name], []).append(node)
        return [NodeGroup(f"level_{number}", groups[number], TaskPurpose.EXECUTE_BLOCK) for number in sorted(groups)]
