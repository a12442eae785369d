"""Functions whose nodes depend on the config: expanded once it is known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from featurecat.definition.collect import Deferred, Definitions, add_nodes, nodes_of, plain_node
from featurecat.definition.condition import Clause, Condition, Hidden, holds
from featurecat.definition.node import DefinedFunction, Node
from featurecat.errors import DefinitionError, Problem

__all__ = ["catalogued", "conceal", "expand"]

#: Parts of config keys whose values may not stand in a variant's label.
_SECRET = ("password", "secret", "token", "key")
#: Shorter texts are part of half of all names.
_SHORTEST_PART = 4


def conceal(definitions: Definitions, hides: Callable[[str, Any], bool]) -> None:
    """Take secrets out of what the definitions' conditions show, now and when they are expanded.

    Args:
        definitions: Are changed.
        hides: Says by key and value of the config what is secret, beside what always is.
    """
    definitions.hides = hides
    known: dict[int, tuple[DefinedFunction, DefinedFunction]] = {}
    for name, nodes in definitions.variants.items():
        if any(node.defined is not None and (node.defined.condition or node.via) for node in nodes):
            definitions.variants[name] = _concealed(nodes, hides, known)
    definitions.deferred = [
        deferred._replace(defined=_concealed_function(deferred.defined, hides, known))
        for deferred in definitions.deferred
    ]


def _concealed(
    nodes: list[Node],
    hides: Callable[[str, Any], bool],
    known: dict[int, tuple[DefinedFunction, DefinedFunction]],
) -> list[Node]:
    changed = []
    for node in nodes:
        defined = None if node.defined is None else _concealed_function(node.defined, hides, known)
        via = tuple(_concealed_function(one, hides, known) for one in node.via)
        same = defined is node.defined and all(one is other for one, other in zip(via, node.via, strict=True))
        changed.append(node if same else node.with_(defined=defined, via=via))
    return changed


def _concealed_function(
    defined: DefinedFunction,
    hides: Callable[[str, Any], bool],
    known: dict[int, tuple[DefinedFunction, DefinedFunction]],
) -> DefinedFunction:
    """The function with its condition concealed; of one function there is one, since nodes are told by it."""
    if id(defined) not in known:
        condition = tuple(_concealed_clause(clause, hides) for clause in defined.condition)
        same = all(one is other for one, other in zip(condition, defined.condition, strict=True))
        known[id(defined)] = (defined, defined if same else replace(defined, condition=condition))
    return known[id(defined)][1]


def _concealed_clause(clause: Clause, hides: Callable[[str, Any], bool]) -> Clause:
    if clause.operator == "resolves":
        return clause
    values = tuple(
        Hidden(value, told_apart=True)
        if value is not None and not isinstance(value, Hidden) and hides(clause.key, value)
        else value
        for value in clause.values
    )
    if all(one is other for one, other in zip(values, clause.values, strict=True)):
        return clause
    return clause._replace(value=values if clause.operator in ("in", "not_in") else values[0])


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
            one = Definitions(allow_overrides=definitions.allow_overrides, hides=definitions.hides)
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
    hides = definitions.hides
    if missing := _missing(deferred, config):
        wanted = tuple(Clause(key, "not_equal", None) for key in missing)
        add_nodes([plain_node(replace(defined, condition=defined.condition + wanted))], definitions)
        return
    settled: Condition = tuple(Clause(key, "equal", _shown(key, config.get(key), hides)) for key in needs.keys)
    try:
        nodes = nodes_of(replace(defined, condition=defined.condition + settled), config)
    except DefinitionError as error:
        # what can only be seen under a config in which the function does not exist at all is no problem
        if holds(defined.condition, config):
            definitions.problems += error.problems
        return
    if hides is not None:
        if problems := _telling_names(nodes, defined, {key: config.get(key) for key in needs.keys}, hides):
            definitions.problems += problems
            return
        nodes = _concealed(nodes, hides, {})
    add_nodes(nodes, definitions)


def _shown(key: str, value: Any, hides: Callable[[str, Any], bool] | None) -> Any:
    if value is None:
        return None
    return Hidden(value) if _is_secret(key, value) or (hides is not None and hides(key, value)) else value


def _telling_names(
    nodes: Iterable[Node], defined: DefinedFunction, config: Mapping[str, Any], hides: Callable[[str, Any], bool]
) -> list[Problem]:
    """A problem for each secret config key whose value is part of a node's name: names are shown everywhere."""
    names = {name for node in nodes for name in (node.name, *(one.name for one in node.dependencies))}
    return [
        Problem(
            "invalid-modifier",
            f"{defined.function.__name__}: the value of the config key {key!r}, which is secret, is part of a node's name",
            *defined.place,
            "name nodes by another key; if its value is no secret, call the key otherwise",
        )
        for key, value in config.items()
        for texts in [_secret_texts(key, value, hides)]
        if any(text == name or (len(text) >= _SHORTEST_PART and text in name) for text in texts for name in names)
    ]


def _secret_texts(key: str, value: Any, hides: Callable[[str, Any], bool], *, within: bool = False) -> set[str]:
    """The texts of a config value that are secret."""
    within = within or hides(key, value)
    if isinstance(value, Mapping):
        return {text for inner, part in value.items() for text in _secret_texts(str(inner), part, hides, within=within)}
    if isinstance(value, list | tuple | set | frozenset):
        return {text for part in value for text in _secret_texts("", part, hides, within=within)}
    return (
        {str(value)} - {""}
        if within and isinstance(value, str | int | float) and not isinstance(value, bool)
        else set()
    )


def _is_secret(key: str, value: Any) -> bool:
    """Whether a value, or a part of it, may not be shown: by its key, or as the user of an address."""
    if any(part in key.casefold() for part in _SECRET):
        return True
    if isinstance(value, Mapping):
        return any(_is_secret(str(inner), part) for inner, part in value.items())
    if isinstance(value, list | tuple | set | frozenset):
        return any(_is_secret("", part) for part in value)
    return isinstance(value, str) and "@" in value.partition("://")[2]
