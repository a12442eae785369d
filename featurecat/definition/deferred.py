"""Functions whose nodes depend on the config: expanded once it is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from featurecat.definition.collect import Deferred, Definitions, add_nodes, nodes_of, plain_node
from featurecat.definition.condition import Clause, Hidden, holds
from featurecat.errors import DefinitionError

__all__ = ["catalogued", "expand"]

#: Parts of config keys whose values may not stand in a variant's label.
_SECRET = ("password", "secret", "token", "key")


def expand(definitions: Definitions, config: Mapping[str, Any]) -> Definitions:
    """Definitions with the functions that waited for the config.

    A function whose required keys are absent stays a plain node whose condition says that it wants them.

    Args:
        definitions: The definitions.
        config: The config.

    Returns:
        New definitions, without deferred functions; the same ones when none was deferred.
    """
    if not definitions.deferred:
        return definitions
    expanded = definitions.copy()
    expanded.deferred = []
    for deferred in definitions.deferred:
        _expand_one(deferred, config, expanded)
    return expanded


def catalogued(definitions: Definitions, configs: Iterable[Mapping[str, Any]]) -> Definitions:
    """Definitions for a catalog that knows no config: deferred functions as each of the named configs makes them.

    Args:
        definitions: The definitions.
        configs: The named configs; the empty one is always among them.
    """
    if not definitions.deferred:
        return definitions
    everything = definitions.copy()
    everything.deferred = []
    named = list(configs)
    for deferred in definitions.deferred:
        seen: set[tuple[str, str]] = set()
        # a config that lacks a key says nothing where another one has it, whichever is named first
        for config in sorted([*named, {}], key=lambda config: bool(_missing(deferred, config))):
            if seen and _missing(deferred, config):
                continue  # it is there under other configs: nobody wants to hear that it needs one
            one = Definitions(allow_overrides=definitions.allow_overrides)
            _expand_one(deferred, config, one)
            everything.problems += one.problems
            labels = {(node.name, node.variant) for node in one.nodes}
            if not labels & seen:
                add_nodes(one.nodes, everything)
            seen |= labels
    everything.problems = list(dict.fromkeys(everything.problems))
    return everything


def _missing(deferred: Deferred, config: Mapping[str, Any]) -> list[str]:
    return [key for key in deferred.needs.required if config.get(key) is None]


def _expand_one(deferred: Deferred, config: Mapping[str, Any], definitions: Definitions) -> None:
    defined, needs = deferred
    if missing := _missing(deferred, config):
        wanted = tuple(Clause(key, "not_equal", None) for key in missing)
        add_nodes([plain_node(replace(defined, condition=defined.condition + wanted))], definitions)
        return
    settled = tuple(Clause(key, "equal", _shown(key, config.get(key))) for key in needs.keys)
    try:
        nodes = nodes_of(replace(defined, condition=defined.condition + settled), config)
    except DefinitionError as error:
        # what can only be seen under a config in which the function does not exist at all is no problem
        if holds(defined.condition, config):
            definitions.problems += error.problems
        return
    add_nodes(nodes, definitions)


def _shown(key: str, value: Any) -> Any:
    return Hidden(value) if value is not None and _is_secret(key, value) else value


def _is_secret(key: str, value: Any) -> bool:
    """Whether a value, or a part of it, may not be shown: by its key, or as the user of an address."""
    if any(part in key.casefold() for part in _SECRET):
        return True
    if isinstance(value, Mapping):
        return any(_is_secret(str(inner), part) for inner, part in value.items())
    if isinstance(value, list | tuple | set | frozenset):
        return any(_is_secret("", part) for part in value)
    return isinstance(value, str) and "@" in value.partition("://")[2]
