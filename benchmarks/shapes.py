"""Graphs of trivial functions, as feature modules and as the handwritten program that does the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    """A graph over integers: each node's inputs (``seed`` is given), and what is asked for."""

    name: str
    nodes: Mapping[str, tuple[str, ...]]
    outputs: tuple[str, ...]

    def feature_source(self) -> str:
        """A module with one function a node."""
        lines = ['"""Generated for a benchmark."""']
        for name, inputs in self.nodes.items():
            arguments = ", ".join(f"{argument}: int" for argument in inputs)
            lines += ["", "", f"def {name}({arguments}) -> int:", f"    return {' + '.join(inputs)} + 1"]
        return "\n".join([*lines, ""])

    def handwritten_source(self) -> str:
        """The same functions, and ``run(seed)`` which calls them one after the other."""
        calls = [f"    {name} = call_{name}({', '.join(inputs)})" for name, inputs in self.nodes.items()]
        answer = ", ".join(f'"{name}": {name}' for name in self.outputs)
        functions = self.feature_source().replace("def ", "def call_")
        return "\n".join([functions, "", "def run(seed):", *calls, f"    return {{{answer}}}", ""])


def chain(length: int) -> Shape:
    """Each node takes the one before."""
    nodes = {f"node_{place}": (f"node_{place - 1}" if place else "seed",) for place in range(length)}
    return Shape(f"chain {length:,}", nodes, (f"node_{length - 1}",))


def fan_out(width: int) -> Shape:
    """One node feeds all others, all of which are asked for."""
    leaves = [f"leaf_{place}" for place in range(width - 1)]
    return Shape(f"fan-out {width:,}", {"root": ("seed",), **dict.fromkeys(leaves, ("root",))}, tuple(leaves))


def layered(count: int, layers: int = 10) -> Shape:
    """Layers of equal width; each node takes three of the layer above, the last layer is asked for."""
    width = count // layers
    nodes: dict[str, tuple[str, ...]] = {}
    above: Sequence[str] = ()
    for layer in range(layers):
        names = [f"node_{layer}_{place}" for place in range(width)]
        for place, name in enumerate(names):
            nodes[name] = tuple(above[(place + step) % width] for step in (0, 1, 7)) if above else ("seed",)
        above = names
    return Shape(f"layered {count:,}", nodes, tuple(above))
