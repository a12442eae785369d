"""Which inputs nodes need, remembered node by node, so that asking whether a request can run costs next to nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from featurecat.definition.node import REQUIRED, Dependency, Node, Role

__all__ = ["Needs"]


class Needs:
    """The inputs below each node, as the bits of one integer.

    An input has two bits: the lower one says that it must be given, the upper one that it is used at all, perhaps
    only if given. A node that nothing can be given for, because rows of different entities meet there, has a lower
    bit of its own.

    Args:
        nodes: The nodes of a graph, by name.
        faulty: Names of the nodes that cannot be computed.
    """

    __slots__ = ("_bits", "_faulty", "_known", "_must", "_nodes")

    def __init__(self, nodes: Mapping[str, Node], faulty: Collection[str]) -> None:
        self._nodes = nodes
        self._faulty = faulty
        self._known: dict[str, int] = {}
        self._bits: dict[str, int] = {}
        self._must = 0

    def used_inputs(self, names: Iterable[str], given: Iterable[str]) -> list[str] | None:
        """The given inputs that ``names`` use, or None when ``names`` need more, or cannot be computed.

        Args:
            names: Nodes of the graph.
            given: Names of the inputs that will be given.
        """
        known = self._known
        needed = 0
        for name in names:
            if name not in known:
                self._find(name)
            needed |= known[name]
        used = []
        for name in given:
            bit = self._bits.get(name)
            if bit is not None and name not in self._faulty and needed & (bit << 1):
                used.append(name)
                needed &= ~bit
        return used if not needed & self._must else None

    def _find(self, name: str) -> None:
        nodes, known = self._nodes, self._known
        path = [name]
        while path:
            node = nodes[path[-1]]
            unknown = [
                argument.name
                for argument in node.arguments
                if type(argument) is Dependency and argument.name not in known and argument.name in nodes
            ]
            if unknown:
                path += unknown
            else:
                known[path.pop()] = self._of(node)

    def _of(self, node: Node) -> int:
        if node.role is Role.INPUT:
            bit = self._bit(node.name)
            return bit | bit << 1
        needed = self._bit(node.name) if node.name in self._faulty else 0
        for argument in node.arguments:
            if type(argument) is Dependency and argument.name in self._nodes:
                needed |= self._through(argument)
        return needed

    def _through(self, dependency: Dependency) -> int:
        below = self._known[dependency.name]
        if dependency.default is not REQUIRED and self._nodes[dependency.name].role is Role.INPUT:
            return below & ~self._bits[dependency.name]
        return below

    def _bit(self, name: str) -> int:
        if name not in self._bits:
            self._bits[name] = 1 << 2 * len(self._bits)
            self._must |= self._bits[name]
        return self._bits[name]
