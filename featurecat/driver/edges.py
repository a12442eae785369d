"""Edges that an adapter allows although their types do not fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from featurecat.definition.collect import Definitions
from featurecat.definition.node import Argument, Dependency, Node, dependency_on
from featurecat.definition.types import accepts, narrower

__all__ = ["loosened"]


def loosened(definitions: Definitions, allowed: Sequence[Callable[..., bool]]) -> Definitions:
    """The definitions, with parameters as Any where an adapter allows what the types do not.

    Args:
        definitions: All variants.
        allowed: Methods that are asked with ``type_from`` and ``type_to``.
    """
    asked: dict[str, list[Any]] = {}
    for variants in definitions.variants.values():
        for node in variants:
            for dependency in node.dependencies:
                if dependency.name not in definitions.variants:
                    asked.setdefault(dependency.name, []).append(dependency.type)

    def fits(dependency: Dependency) -> bool:
        given = [node.type for node in definitions.variants.get(dependency.name, ())]
        if all(accepts(dependency.type, one) for one in given) and all(
            narrower(dependency.type, one) is not None for one in asked.get(dependency.name, ())
        ):
            return True
        others = [*given, *asked.get(dependency.name, ())]
        return not any(method(type_from=one, type_to=dependency.type) for one in others for method in allowed)

    def changed(node: Node) -> Node:
        arguments: list[Argument] = [
            dependency_on(one.name, Any, one.parameter, default=one.default)
            if type(one) is Dependency and not fits(one)
            else one
            for one in node.arguments
        ]
        return node if arguments == list(node.arguments) else node.with_(arguments=tuple(arguments))

    loose = {name: list(map(changed, nodes)) for name, nodes in definitions.variants.items()}
    return replace(definitions, variants=loose)
