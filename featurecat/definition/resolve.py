"""Chooses one variant of each name for a config and an engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from featurecat.definition.collect import Definitions
from featurecat.definition.condition import Hidden, concealed_keys, condition_text, holds
from featurecat.definition.deferred import expand
from featurecat.definition.node import Node
from featurecat.errors import DefinitionError, Problem, RequestError, did_you_mean
from featurecat.frames.kinds import ENGINES

__all__ = ["Resolution", "check_engine", "no_variant_problem", "resolve"]


@dataclass(slots=True)
class Resolution:
    """One node per name, the names no variant of which fits, and what only the config shows to be wrong."""

    nodes: dict[str, Node]
    unmatched: dict[str, list[Node]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def check_engine(engine: str | None) -> None:
    """Refuse an engine nobody knows.

    Raises:
        RequestError: When ``engine`` is not one of pandas, polars, polars-lazy.
    """
    if engine is not None and (engine not in ENGINES or engine == "any"):
        known = [name for name in ENGINES if name != "any"]
        hint = did_you_mean(engine, known) or f"one of {', '.join(known)}"
        raise RequestError(f"unknown engine {engine!r}", code="invalid-option", hint=hint)


def resolve(definitions: Definitions, config: Mapping[str, Any], engine: str | None) -> Resolution:
    """Choose the variant of each name that holds.

    Args:
        definitions: All variants.
        config: The run's config.
        engine: pandas, polars or polars-lazy; None takes each name's only engine, and of several the first
            of pandas, polars, polars-lazy.

    Returns:
        The chosen nodes, and the names for which nothing fits.
    """
    if definitions.deferred:
        known = len(definitions.problems)
        definitions = expand(definitions, config)
        resolution = Resolution({}, problems=definitions.problems[known:])
    else:
        resolution = Resolution({})
    nodes, unmatched = resolution.nodes, resolution.unmatched
    for name, variants in definitions.variants.items():
        if len(variants) == 1 and engine is None and (only := variants[0].defined) is not None and not only.condition:
            nodes[name] = variants[0]
            continue
        try:
            chosen = _fitting(variants, config, engine)
        except DefinitionError as error:  # a condition that asks a function of the user's
            resolution.problems += error.problems
            continue
        if not chosen:
            unmatched[name] = variants
            continue
        nodes[name] = chosen[0]
        if len(chosen) > 1 and chosen[0].engine == chosen[1].engine:
            resolution.problems.append(_ambiguous(name, chosen))
    return resolution


def _fitting(variants: list[Node], config: Mapping[str, Any], engine: str | None) -> list[Node]:
    """The variants that hold, those of the engine to be preferred first."""
    fitting = [
        node
        for node in variants
        if (defined := node.defined) is None
        or (
            (engine is None or defined.engine == engine or defined.engine == "any")
            and (not defined.condition or holds(defined.condition, config))
        )
    ]
    return sorted(fitting, key=lambda node: ENGINES.index(node.engine)) if len(fitting) > 1 else fitting


def _ambiguous(name: str, chosen: list[Node]) -> Problem:
    """Two variants hold at once, which their conditions did not show before the config was there."""
    first, second = chosen[:2]
    return Problem(
        "duplicate-definition",
        f"{name!r} is defined twice under this config: {first.variant} and {second.variant}; the other definition is at "
        f"{first.place[0]}:{first.place[1]}",
        *second.place,
        "let their conditions exclude each other",
        name,
    )


def no_variant_problem(name: str, variants: list[Node], *, config: Mapping[str, Any], engine: str | None) -> Problem:
    """Why no variant of ``name`` fits, with all of them listed."""
    keys = sorted({clause.key for node in variants for clause in node.condition})
    concealed = frozenset().union(*(concealed_keys(node.condition) for node in variants))
    given = {key: Hidden(config[key]) if key in concealed and key in config else config.get(key) for key in keys}
    asked = [*(f"{key}={value!r}" for key, value in given.items()), *([f"engine {engine}"] if engine else [])]
    listed = []
    for node in variants[:3]:
        when = f" when {condition_text(node.condition)}" if node.condition else ""
        listed.append(f"{node.engine}{when}: {node.place[0]}:{node.place[1]}")
    if len(variants) > 3:
        listed.append(f"and {len(variants) - 3} more")
    hint = f"give --config {keys[0]}=…" if keys else "choose another --engine"
    return Problem(
        "no-variant",
        f"no variant of {name!r} fits {' and '.join(asked) or 'this run'}",
        *variants[0].place,
        hint,
        name,
        tuple(listed),
    )
