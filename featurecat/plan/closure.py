"""The closure of a request: what must be computed for it, and whether it can be."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from featurecat.definition.node import REQUIRED, Dependency, Role
from featurecat.definition.resolve import no_variant_problem
from featurecat.errors import Problem, RequestError, did_you_mean
from featurecat.graph.graph import Graph

__all__ = ["Scope", "closure", "raise_problems"]


class Scope(NamedTuple):
    """What a plan is made for: ``bare`` are checked nodes whose validators are left out."""

    graph: Graph
    given: Collection[str]
    overrides: Collection[str]
    bare: Collection[str]

    def is_given(self, name: str) -> bool:
        """Whether the value is given rather than computed."""
        return name in self.overrides or self.graph.nodes[name].given

    def arguments(self, name: str) -> Sequence[Any]:
        """What a node really takes: the raw value alone where its checks are judged elsewhere."""
        node = self.graph.nodes[name]
        return node.arguments[:1] if name in self.bare and node.raw is not None else node.arguments

    def has(self, dependency: Dependency) -> bool:
        """Whether a dependency has something to be taken from; a required one always must."""
        if dependency.default is REQUIRED:
            return True
        name = dependency.name
        node = self.graph.nodes.get(name)
        return node is not None and (node.role is not Role.INPUT or name in self.given or name in self.overrides)


def closure(scope: Scope, requested: Sequence[str]) -> list[str]:
    """The closure of the request, parents first.

    Args:
        scope: What is planned for.
        requested: Names of nodes of the graph.
    """
    done: set[str] = set()
    order: list[str] = []
    # a name on its own is to be walked, a tuple of one is to be put in order: its parents are
    stack: list[Any] = list(reversed(requested))
    while stack:
        name = stack.pop()
        if type(name) is tuple:
            order.append(name[0])
            continue
        if name in done:
            continue
        done.add(name)
        if name in scope.overrides:
            order.append(name)
            continue
        above = [
            argument.name
            for argument in scope.arguments(name)
            if type(argument) is Dependency and argument.name not in done and scope.has(argument)
        ]
        if above:
            stack.append((name,))
            above.reverse()
            stack += above
        else:
            order.append(name)
    return order


def raise_problems(scope: Scope, order: Sequence[str]) -> None:
    """Raise what keeps a closure from being computed.

    Raises:
        RequestError: When a needed input is not given, or rows of different entities meet; all at once.
    """
    problems = _missing_inputs(scope, order)
    if met := scope.graph.grains[1]:
        problems += [met[name] for name in order if name in met and name not in scope.overrides]
    if problems:
        raise RequestError(problems)


def _missing_inputs(scope: Scope, order: Sequence[str]) -> list[Problem]:
    graph, given, overrides = scope.graph, scope.given, scope.overrides
    nodes = graph.nodes
    missing: dict[str, list[str]] = {
        name: [] for name in order if nodes[name].role is Role.INPUT and name not in given and name not in overrides
    }
    if not missing:
        return []
    for name in order:
        if name not in overrides:
            for dependency in nodes[name].dependencies:
                if dependency.name in missing:
                    missing[dependency.name].append(name)
    return [_missing_input(graph, name, consumers, given) for name, consumers in missing.items()]


def _missing_input(graph: Graph, name: str, consumers: Sequence[str], given: Collection[str]) -> Problem:
    node = graph.nodes[consumers[0]] if consumers else None
    shown = ", ".join(consumers[:3]) + (f" and {len(consumers) - 3} more" if len(consumers) > 3 else "")
    place = (None, None) if node is None else node.place
    if name in graph.unmatched:
        return no_variant_problem(name, graph.unmatched[name], config=graph.config, engine=graph.engine)
    unused = [other for other in given if other not in graph.nodes]
    hint = did_you_mean(name, [*unused, *graph.public_names()])
    return Problem(
        "missing-input",
        f"the input {name!r} was not given" + (f"; {shown} need{'s' if len(consumers) == 1 else ''} it" if shown else ""),
        *place,
        hint or f"give inputs={{{name!r}: …}}, on the command line --input {name}=…",
        name,
    )
