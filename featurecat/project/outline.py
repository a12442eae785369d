"""The few settings that finding the store and naming the modules takes, read without validating the rest.

Commands that only ask the catalog need no more. Whatever looks wrong here is left to the full reading in
:mod:`featurecat.project.settings`, which says what is wrong with it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["Outline", "has_settings", "read_outline"]

_KEYS = frozenset({"name", "modules", "graphs", "configs", "sources", "engine", "store", "redact", "hamilton", "plugins", "checks", "lint", "profile"})


@dataclass(frozen=True, slots=True)
class Outline:
    """Name, store and modules by graph, ``default`` first."""

    name: str | None = None
    store: str = ".featurecat"
    modules: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: {"default": ()})


def has_settings(pyproject: Path) -> bool:
    """Whether a ``pyproject.toml`` has a ``[tool.featurecat]`` table; a broken file counts as having one."""
    try:
        text = pyproject.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    if "featurecat" not in text:
        return False
    try:
        tool = tomllib.loads(text).get("tool", {})
    except tomllib.TOMLDecodeError:
        return "tool.featurecat" in text
    return isinstance(tool, dict) and "featurecat" in tool


def read_outline(pyproject: Path) -> Outline | None:
    """The outline of the settings, or None when something about them is wrong.

    Args:
        pyproject: Path of the ``pyproject.toml``.
    """
    try:
        table = tomllib.loads(pyproject.read_text(encoding="utf-8"))["tool"]["featurecat"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if not isinstance(table, dict) or not table.keys() <= _KEYS:
        return None
    modules = _modules(table)
    name, store = table.get("name"), table.get("store", ".featurecat")
    if modules is None or not isinstance(name, str | None) or not isinstance(store, str):
        return None
    return Outline(name, store, modules)


def _modules(table: Mapping[str, Any]) -> dict[str, tuple[str, ...]] | None:
    graphs = table.get("graphs", {})
    if not isinstance(graphs, dict) or not all(isinstance(graph, dict) for graph in graphs.values()):
        return None
    named = {"default": table.get("modules", [])} | {name: graph.get("modules") for name, graph in graphs.items()}
    if not all(
        isinstance(modules, list) and all(isinstance(module, str) for module in modules) for modules in named.values()
    ):
        return None
    return {name: tuple(modules) for name, modules in named.items()}
