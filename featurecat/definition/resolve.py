"""Chooses one variant of each name for a config and an engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from featurecat.definition.collect import Definitions
from featurecat.definition.condition import condition_text, holds
from featurecat.definition.node import Node
from featurecat.errors import Problem, RequestError, did_you_mean
from featurecat.frames.kinds import ENGINES

__all__ = ["Resolution", "check_engine", "no_variant_problem", "resolve"]


@dataclass(slots=True)
class Resolution:
    """One node per name, and the names no variant of which fits."""

    nodes: dict[str, Node]
    unmatched: dict[str, list[Node]] = field(default_factory=dict)


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
    resolution = Resolution({})
    nodes, unmatched = resolution.nodes, resolution.unmatched
    for name, variants in definitions.variants.items():
        if len(variants) == 1 and engine is None and (only := variants[0].defined) is not None and not only.condition:
            nodes[name] = variants[0]
        elif (chosen := _choose(variants, config, engine)) is not None:
            nodes[name] = chosen
        else:
            unmatched[name] = variants
    return resolution


def _choose(variants: list[Node], config: Mapping[str, Any], engine: str | None) -> Node | None:
    fitting = [
        node
        for node in variants
        if (defined := node.defined) is None
        or (
            (engine is None or defined.engine == engine or defined.engine == "any")
            and (not defined.condition or holds(defined.condition, config))
        )
    ]
    if len(fitting) < 2:
        return fitting[0] if fitting else None
    return min(fitting, key=lambda node: ENGINES.index(node.engine))


def no_variant_problem(name: str, variants: list[Node], *, config: Mapping[str, Any], engine: str | None) -> Problem:
    """Why no variant of ``name`` fits, with all of them listed."""
    keys = sorted({clause.key for node in variants for clause in node.condition})
    asked = [*(f"{key}={config.get(key)!r}" for key in keys), *([f"engine {engine}"] if engine else [])]
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
