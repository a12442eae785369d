"""What each value of a run is made of: code, config and inputs, hashed along the lineage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from featurecat.definition.fingerprint import ALGORITHM, Fingerprints, digest
from featurecat.definition.node import Constant, Dependency, Node
from featurecat.definition.plain import plain_text
from featurecat.graph.graph import Graph
from featurecat.plan.planner import Plan
from featurecat.plan.tasks import TaskPlan
from featurecat.records import Fingerprint
from featurecat.storage.redact import MASK

__all__ = ["graph_fingerprint", "run_fingerprints"]


def graph_fingerprint(graph: Graph, fingerprints: Fingerprints) -> str:
    """One hash over names, code and edges of a whole graph."""
    lines = [
        f"{name} {fingerprints.of_node(node)} {','.join(graph.parents(name))}"
        for name, node in sorted(graph.nodes.items())
    ]
    return digest(ALGORITHM, *lines)


def run_fingerprints(
    graph: Graph,
    plan: Plan | TaskPlan,
    fingerprints: Fingerprints,
    *,
    identities: Mapping[str, str | None],
    config: Mapping[str, Any],
) -> dict[str, Fingerprint]:
    """The fingerprints of all values that a plan computes.

    Args:
        graph: The graph.
        plan: What runs.
        fingerprints: Of code.
        identities: What identifies each given value; None where nothing does.
        config: Config as it is recorded: secrets redacted, references to the environment as written.

    Returns:
        Name to fingerprint. ``code`` is the node's own; ``config`` covers the conditions of its variant and the
        config it reads, and is a hash also where it reads none; ``inputs`` covers all three of everything it takes,
        and the constants and default values it is called with, so it changes with anything upstream.

        A part that cannot be told is None, and so is ``inputs`` of everything downstream. Of the config that is
        every secret and every ``env:NAME``: a hash of a short secret would give it away, and what the environment
        holds is not on record. Of the inputs it is every constant that is not a plain value.
    """
    known: dict[str, Fingerprint] = {}
    for step in plan.steps:
        node = step.node
        own = graph.nodes[node.name]
        code = fingerprints.of_node(own)
        if own.raw in known:  # judging a value changes nothing about what it is made of
            known[node.name] = replace(known[own.raw], code=code)
            continue
        read = {dependency.name for dependency in node.dependencies if dependency.name in graph.config}
        keys = {clause.key for clause in own.condition} | read
        known[node.name] = Fingerprint(
            ALGORITHM, code, _of_config(keys, config), _of_inputs(node, known, identities, graph.config)
        )
    return known


def _of_config(keys: Iterable[str], config: Mapping[str, Any]) -> str | None:
    parts = ["config"]
    for key in sorted(keys):
        if key not in config:
            parts += [key, "absent"]
            continue
        text = None if _is_hidden(config[key]) else plain_text(config[key])
        if text is None:
            return None
        parts += [key, text]
    return digest(*parts)


def _is_hidden(recorded: Any) -> bool:
    """Whether a recorded value, or part of it, stands for one that is not on record."""
    if isinstance(recorded, Mapping):
        return any(_is_hidden(inner) for inner in recorded.values())
    if isinstance(recorded, list | tuple):
        return any(_is_hidden(inner) for inner in recorded)
    return isinstance(recorded, str) and (MASK in recorded or recorded.startswith("env:"))


def _of_inputs(
    node: Node,
    known: Mapping[str, Fingerprint],
    identities: Mapping[str, str | None],
    config: Mapping[str, Any],
) -> str | None:
    parts = []
    for argument in node.arguments:
        told = _of_argument(argument, known, identities, config)
        if told is None:
            return None
        parts += [argument.parameter, told]
    # what an extracted part is filled with, and how a group is laid out
    bound = plain_text([getattr(node.function, "fill", None), getattr(node.function, "layout", None)])
    return None if bound is None else digest(*parts, bound)


def _of_argument(
    argument: Dependency | Constant,
    known: Mapping[str, Fingerprint],
    identities: Mapping[str, str | None],
    config: Mapping[str, Any],
) -> str | None:
    if isinstance(argument, Constant):
        return plain_text(argument.value)
    if argument.name in known:
        above = known[argument.name]
        if above.code is None or above.config is None or above.inputs is None:
            return None
        return f"{above.code} {above.config} {above.inputs}"
    if argument.name in identities:
        return identities[argument.name]
    if argument.name in config:
        return f"config {argument.name}"  # its value is told by the config's own part
    return plain_text(argument.default)
