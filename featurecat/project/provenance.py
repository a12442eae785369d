"""What each value of a run is made of: code, config and inputs, hashed along the lineage."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from featurecat.definition.fingerprint import ALGORITHM, Fingerprints, digest
from featurecat.definition.node import Constant, Dependency
from featurecat.graph.graph import Graph
from featurecat.plan.planner import Plan
from featurecat.records import Fingerprint

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
    plan: Plan,
    fingerprints: Fingerprints,
    *,
    identities: Mapping[str, str],
    config: Mapping[str, Any],
) -> dict[str, Fingerprint]:
    """The fingerprints of all values that a plan computes.

    Args:
        graph: The graph.
        plan: What runs.
        fingerprints: Of code.
        identities: What identifies each given value.
        config: Config with secrets redacted: they identify nothing.

    Returns:
        Name to fingerprint. ``code`` is the node's own; ``config`` covers the conditions of its variant and the
        config it reads; ``inputs`` covers all three of everything it takes, so it changes with anything
        upstream. A part that cannot be told is None, and so is ``inputs`` of everything downstream.
    """
    known: dict[str, Fingerprint] = {}
    for step in plan.steps:
        node = step.node
        own = graph.nodes[node.name]
        code = fingerprints.of_node(own)
        if own.raw in known:  # judging a value changes nothing about what it is made of
            known[node.name] = replace(known[own.raw], code=code)
            continue
        parents = [argument for argument in node.arguments if type(argument) is Dependency]
        keys = sorted(
            {clause.key for clause in own.condition}
            | {parent.name for parent in parents if parent.name in graph.config}
        )
        seen = {key: config.get(key) for key in keys}
        known[node.name] = Fingerprint(
            ALGORITHM,
            code,
            digest(json.dumps(seen, sort_keys=True, default=str)) if seen else None,
            _inputs(node.arguments, known, identities, graph.config),
        )
    return known


def _inputs(
    arguments: Sequence[Any],
    known: Mapping[str, Fingerprint],
    identities: Mapping[str, str],
    config: Mapping[str, Any],
) -> str | None:
    parts = []
    for argument in arguments:
        if isinstance(argument, Constant) or argument.name in config:
            continue  # part of the code, or of the config
        if argument.name in known:
            above = known[argument.name]
            if above.code is None or above.inputs is None:
                return None
            parts.append(f"{argument.parameter} {above.code} {above.config} {above.inputs}")
        elif argument.name in identities:
            parts.append(f"{argument.parameter} {identities[argument.name]}")
    return digest(*parts)
