"""Nodes of other functions that a decorator brings along: steps of pipes, members of sub-DAGs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from types import ModuleType
from typing import Any

from featurecat.definition.collect import collect, collect_functions
from featurecat.definition.condition import decided
from featurecat.definition.deferred import expand
from featurecat.definition.modifier import ConfigNeeds
from featurecat.definition.node import DefinedFunction, Node
from featurecat.errors import DefinitionError

__all__ = ["Members", "brought_by", "members", "members_need"]

#: The modules and functions whose members are being read right now, one within the other.
_BEING_READ: ContextVar[frozenset[ModuleType | Callable[..., Any]]] = ContextVar("being_read", default=frozenset())


@dataclass(slots=True)
class Members:
    """What modules and functions define, with some of the config settled.

    Attributes:
        variants: Name to its variants, their conditions reduced to what is still open.
        unmatched: Names none of whose variants can hold any more, with those variants.
    """

    variants: dict[str, list[Node]] = field(default_factory=dict)
    unmatched: dict[str, list[Node]] = field(default_factory=dict)

    @property
    def nodes(self) -> list[Node]:
        """Every variant of every name."""
        return [node for variants in self.variants.values() for node in variants]


def members(
    load_from: Sequence[ModuleType | Callable[..., Any]],
    settled: Mapping[str, Any],
    config: Mapping[str, Any] | None = None,
) -> Members:
    """The nodes that modules and functions define.

    Args:
        load_from: Modules, functions, or both.
        settled: Config keys that whoever brings them along has fixed.
        config: The run's config, where members depend on more of it than their conditions.

    Raises:
        DefinitionError: With every problem of the modules and functions.
    """
    found = Members()
    definitions = _collected(load_from)
    if config is not None:
        definitions = expand(definitions, {**config, **settled})
    definitions.raise_problems()
    for name, variants in definitions.variants.items():
        left = []
        for node in variants:
            condition = decided(node.condition, settled)
            if condition is not None:
                left.append(node if condition == node.condition else _with_condition(node, condition))
        if left:
            found.variants[name] = left
        else:
            found.unmatched[name] = variants
    return found


def members_need(load_from: Sequence[ModuleType | Callable[..., Any]], settled: Iterable[str]) -> ConfigNeeds | None:
    """The config keys that members depend on beyond their conditions and beyond what is settled."""
    fixed = set(settled)
    needs: ConfigNeeds | None = None
    for deferred in _collected(load_from).deferred:
        own = ConfigNeeds(
            tuple(key for key in deferred.needs.required if key not in fixed),
            tuple(key for key in deferred.needs.optional if key not in fixed),
        )
        needs = own if needs is None else needs | own
    return needs


def _collected(load_from: Sequence[ModuleType | Callable[..., Any]]) -> Any:
    around = _BEING_READ.get()
    for one in around.intersection(load_from):
        code = getattr(one, "__code__", None)
        raise DefinitionError(
            f"{one.__name__} is brought along by what is within itself, and that without end",
            file=getattr(one, "__file__", None) if code is None else code.co_filename,
            line=None if code is None else code.co_firstlineno,
            hint="put what is brought along into a module of its own",
        )
    token = _BEING_READ.set(around.union(load_from))
    try:
        definitions = collect([one for one in load_from if isinstance(one, ModuleType)])
        collect_functions([one for one in load_from if not isinstance(one, ModuleType)], definitions)
    finally:
        _BEING_READ.reset(token)
    return definitions


def _with_condition(node: Node, condition: Any) -> Node:
    assert node.defined is not None  # only what functions define has a condition
    return node.with_(defined=replace(node.defined, condition=condition))


def brought_by(outer: DefinedFunction, node: Node) -> Node:
    """A node as the function ``outer`` brings it along: under its condition and in its engine.

    Args:
        outer: The decorated function.
        node: A node of another function, or a generated one (its ``defined`` is None or ``outer``).

    Returns:
        The node with ``via`` set, which keeps it out of lists.
    """
    defined = node.defined
    if defined is None or defined is outer:
        defined = outer
    elif outer.condition or outer.engine not in ("any", defined.engine):
        engine = defined.engine if outer.engine == "any" else outer.engine
        extra = tuple(clause for clause in defined.condition if clause not in outer.condition)
        defined = replace(defined, engine=engine, condition=outer.condition + extra)
    return node.with_(defined=defined, via=(*node.via, outer))
