"""Parallel blocks: which nodes are computed once per item of which ``Parallelizable``, and what cannot run so."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from featurecat.definition.node import Dependency, Node, Role
from featurecat.definition.parallel import collects, expands, parallel_types_in_use, whole_annotation
from featurecat.definition.types import type_text
from featurecat.errors import Problem

__all__ = ["Blocks", "find_blocks", "has_blocks", "parallel_problems"]


@dataclass(slots=True)
class Blocks:
    """The parallel blocks among some nodes.

    Attributes:
        inside: Node to the ``Parallelizable`` whose items it is computed for, one by one.
        expanders: The nodes that return ``Parallelizable``, in order.
        problems: What cannot run, each with file, line and the way out.
    """

    inside: dict[str, str] = field(default_factory=dict)
    expanders: dict[str, Node] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def block_of(self, name: str) -> str | None:
        """Whose items stand where ``name`` is taken: its own, or those it is computed for; None outside of blocks."""
        return name if name in self.expanders else self.inside.get(name)


def has_blocks(nodes: Iterable[Node]) -> bool:
    """Whether any of the nodes expands or collects."""
    return parallel_types_in_use() and any(
        expands(node.type)
        or any(type(argument) is Dependency and collects(argument.type) for argument in node.arguments)
        for node in nodes
    )


def parallel_problems(nodes: Mapping[str, Node]) -> list[Problem]:
    """What is wrong with the parallel blocks of a graph; costs nothing where nobody uses them.

    Args:
        nodes: The graph's nodes, parents before children.
    """
    if not parallel_types_in_use():
        return []
    return find_blocks(nodes, nodes).problems


def find_blocks(nodes: Mapping[str, Node], order: Iterable[str], overridden: Collection[str] = ()) -> Blocks:
    """Find the parallel blocks.

    Args:
        nodes: Nodes by name.
        order: Which of them to look at, parents before children.
        overridden: Nodes whose values are given: what is overridden is in no block.
    """
    blocks = Blocks()
    for name in order:
        node = nodes[name]
        if name in overridden:
            if expands(node.type):
                blocks.expanders[name] = node  # its items are given
        elif not node.given:
            _place(node, nodes, blocks, overridden)
    return blocks


def _place(node: Node, nodes: Mapping[str, Node], blocks: Blocks, overridden: Collection[str]) -> None:
    """Find whose items a node is computed for."""
    per_item: dict[str, Dependency] = {}
    collected: dict[str, Dependency] = {}
    for argument in node.dependencies:
        block = blocks.block_of(argument.name)
        if collects(argument.type):
            collected[argument.name] = argument
            given = argument.name in overridden or (argument.optional and argument.name not in nodes)
            if block is None and not given:
                blocks.problems.append(_nothing_to_collect(node, argument))
        elif block is not None:
            per_item.setdefault(block, argument)
    blocks.problems += _misplaced_types(node)
    blocks.problems += _mixed(node, per_item, collected)
    if expands(node.type):
        blocks.expanders[node.name] = node
    elif per_item and not collected:
        blocks.inside[node.name] = next(iter(per_item))


def _mixed(node: Node, per_item: Mapping[str, Dependency], collected: Mapping[str, Dependency]) -> list[Problem]:
    """Complaints about a node that is in several blocks, or ends one and is in another."""
    if expands(node.type):
        if per_item:
            return [_nested(node, per_item)]
        return [_collects_and_expands(node, collected)] if collected else []
    if per_item and collected:
        return [_both(node, per_item, collected)]
    return [_two_blocks(node, per_item)] if len(per_item) > 1 else []


def _problem(node: Node, message: str, hint: str, *details: str) -> Problem:
    return Problem("parallel-block", message, *node.place, hint, node.name, details)


def _misplaced_types(node: Node) -> list[Problem]:
    """Complaints about the two types where they mean nothing: inside others, or on the wrong side of a function."""
    if node.role is Role.VALIDATOR:
        return []  # the checked node says it
    if node.raw is not None and expands(node.type):
        text = f"{node.name} is Parallelizable, and an expectation cannot judge items that are yet to come"
        return [_problem(node, text, "put the expectation on the function that takes its items")]
    problems = []
    for argument in node.arguments:
        if type(argument) is Dependency and (expands(argument.type) or not whole_annotation(argument.type)):
            text = f"{node.name} takes {argument.parameter}: {type_text(argument.type)}"
            hint = f"annotate {argument.parameter} with the type of one item, or with Collect[…] of it for all of them"
            problems.append(_problem(node, text, hint))
    if collects(node.type) or not whole_annotation(node.type):
        text = f"{node.name} returns {type_text(node.type)}"
        problems.append(_problem(node, text, "return Parallelizable[…] of a plain type, or list[…]"))
    return problems


def _nothing_to_collect(node: Node, argument: Dependency) -> Problem:
    name = argument.name
    return _problem(
        node,
        f"{node.name} collects {name!r}, which is not computed once per item: nothing above it is Parallelizable",
        f"annotate {argument.parameter} with a list of it, or let a function above return Parallelizable[…]",
    )


def _nested(node: Node, per_item: Mapping[str, Dependency]) -> Problem:
    outer, argument = next(iter(per_item.items()))
    return _problem(
        node,
        f"{node.name} returns Parallelizable and is itself computed once per item of {outer} (through {argument.name}): "
        "blocks cannot be nested",
        f"let {outer} yield the pairs of both, or return a list here and loop over it in the function that takes it",
    )


def _collects_and_expands(node: Node, collected: Mapping[str, Dependency]) -> Problem:
    name, argument = next(iter(collected.items()))
    return _problem(
        node,
        f"{node.name} collects {name!r} and returns Parallelizable at once",
        f"split it: def all_{name}({argument.parameter}: Collect[…]) -> list: …, and {node.name} takes all_{name}",
    )


def _both(node: Node, per_item: Mapping[str, Dependency], collected: Mapping[str, Dependency]) -> Problem:
    block, argument = next(iter(per_item.items()))
    name = next(iter(collected))
    return _problem(
        node,
        f"{node.name} collects {name!r} and takes {argument.name!r}, which is computed once per item of {block}",
        f"collect {argument.name} too, or collect {name} in a function of its own and take what that returns",
    )


def _two_blocks(node: Node, per_item: Mapping[str, Dependency]) -> Problem:
    (first, one), (second, other) = list(per_item.items())[:2]
    return _problem(
        node,
        f"{node.name} takes {one.name!r} once per item of {first} and {other.name!r} once per item of {second}: "
        "nobody says which items meet",
        f"collect one of them before, or let one Parallelizable yield the pairs of {first} and {second}",
    )
