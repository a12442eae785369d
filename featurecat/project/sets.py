"""Selections that the settings give a name: feature sets and consumers, with the place each is written at.

They are read without the rest of the settings, so that a list need not validate these.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from featurecat.errors import Problem, RequestError
from featurecat.graph.selection.evaluate import NamedSet
from featurecat.graph.selection.grammar import Atom, Intersection, Not, Selection, Union, parse
from featurecat.project.setting_lines import line_of_setting

__all__ = ["SETTINGS_FILE", "declared_selections", "declared_sets", "settings_text", "within_graph"]

#: Where settings stand.
SETTINGS_FILE = "pyproject.toml"


def settings_text(root: Path) -> str:
    """The file with the settings; empty where it cannot be read.

    Args:
        root: Folder of the project.
    """
    try:
        return (root / SETTINGS_FILE).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def declared_sets(root: Path) -> dict[str, NamedSet]:
    """The feature sets of a project, ``[tool.featurecat.sets.<name>]``.

    Args:
        root: Its folder.
    """
    return declared_selections(root, "sets")


def declared_selections(root: Path, table: str) -> dict[str, NamedSet]:
    """The selections that the entries of a table of the settings have under ``features``.

    Args:
        root: Folder of the project.
        table: ``sets`` or ``consumers``.

    Returns:
        Name to selection, in the order they are written; one that cannot be read has problems instead, each with file
        and line. Nothing where there is no such table.
    """
    try:
        text = settings_text(root)
        settings = tomllib.loads(text)
    except tomllib.TOMLDecodeError:  # told when the settings are validated
        return {}
    entries: Any = settings
    for key in ("tool", "featurecat", table):
        entries = entries.get(key, {}) if isinstance(entries, dict) else {}
    if not isinstance(entries, dict):
        return {}
    return {name: _named(text, table, name, entry) for name, entry in entries.items()}


def _named(text: str, table: str, name: str, entry: object) -> NamedSet:
    line = line_of_setting(text, [table, name, "features"])
    features = entry.get("features") if isinstance(entry, dict) else None
    if not isinstance(features, str):
        message = f"[tool.featurecat.{table}.{name}] has no selection"
        return NamedSet(
            None,
            SETTINGS_FILE,
            line,
            (Problem("invalid-settings", message, SETTINGS_FILE, line, 'features = "tag:delay"'),),
        )
    try:
        return NamedSet(parse(features), SETTINGS_FILE, line)
    except RequestError as error:
        where = f"[tool.featurecat.{table}.{name}] "
        problems = [replace(one, message=where + one.message, file=SETTINGS_FILE, line=line) for one in error.problems]
        return NamedSet(None, SETTINGS_FILE, line, tuple(problems))


def within_graph(sets: Mapping[str, NamedSet], graph: str, names: Mapping[str, Collection[str]]) -> dict[str, NamedSet]:
    """Sets as one graph has them: without what they take of other graphs, and without the graph before its names.

    Args:
        sets: Of the project.
        graph: The graph.
        names: The names that each graph defines.
    """
    return {
        name: named if named.selection is None else replace(named, selection=_within(named.selection, graph, names))
        for name, named in sets.items()
    }


def _within(selection: Selection, graph: str, names: Mapping[str, Collection[str]]) -> Selection:
    match selection:
        case Atom(kind="name", glob=False):
            return _name_within(selection, graph, names)
        case Atom(kind="name"):
            return replace(selection, value=selection.value.removeprefix(f"{graph}/"))
        case Atom():
            return selection
        case Not(operand):
            return Not(_within(operand, graph, names))
        case Intersection(factors):
            return Intersection(tuple(_within(factor, graph, names) for factor in factors))
    return Union(tuple(_within(term, graph, names) for term in selection.terms), selection.implicit)


def _name_within(atom: Atom, graph: str, names: Mapping[str, Collection[str]]) -> Selection:
    """A name of this graph, or nothing where it is one of another graph; what is in none stays, and is a fault."""
    before, slash, short = atom.value.rpartition("/")
    if slash and before in names:
        return replace(atom, value=short) if before == graph else _NOTHING
    if atom.value in names.get(graph, ()):
        return atom
    return _NOTHING if any(atom.value in others for others in names.values()) else atom


_NOTHING = Union(())
