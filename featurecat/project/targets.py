"""What a run must not write over: sources, inputs, settings, modules, the store, and what it writes itself."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from featurecat.definition.node import Constant, Node, Role
from featurecat.errors import Problem, RequestError
from featurecat.frames.kinds import kind_of_type
from featurecat.graph.graph import Graph
from featurecat.io.sources import SourceSpec
from featurecat.io.targets import SETTINGS_FILE, code_files, local_path, targets_among
from featurecat.project.discover import Project
from featurecat.project.request import GivenInput, RunRequest
from featurecat.project.sources import source_spec

__all__ = ["check_not_own", "saver_problems"]


def check_not_own(project: Project, request: RunRequest, targets: Sequence[Path]) -> None:
    """Refuse to write over what the run reads or is made of.

    Raises:
        RequestError: Naming the first such target.
    """
    own = _own_files(project, request.inputs)
    for target in targets:
        what = own.get(os.path.realpath(target))
        if what is not None:
            raise RequestError(f"the output {target} is {what} and would be lost", hint="name another file")


def _own_files(project: Project, inputs: Iterable[str]) -> dict[str, str]:
    """Real path to what it is."""
    own = code_files()
    own[os.path.realpath(project.root / SETTINGS_FILE)] = "the project's settings"
    for spec in _specs(project):
        if path := local_path(spec.path):
            own[path] = f"the source {spec.name!r}"
    for text in inputs:
        if path := local_path(text.partition("=")[2].partition("#")[0]):
            own[path] = "an input"
    return own


def _specs(project: Project) -> list[SourceSpec]:
    specs = []
    for name in project.settings.sources:
        try:
            specs.append(source_spec(project, name))
        except RequestError:  # its variable is not set: whoever reads it is told, and nobody can write there
            continue
    return specs


def saver_problems(
    project: Project,
    graph: Graph,
    savers: Sequence[str],
    *,
    values: Mapping[str, Any],
    inputs: Mapping[str, GivenInput],
    written: Iterable[Path] = (),
) -> list[Problem]:
    """What is wrong with where savers write, as far as their arguments tell before the run.

    Args:
        project: The project.
        graph: The resolved graph.
        savers: All nodes that will save.
        values: The config.
        inputs: Inputs as typed.
        written: Files that the run writes besides.
    """
    own = _own_files(project, [f"{given.name}={given.text}" for name, given in inputs.items() if _is_read(graph, name)])
    own |= dict.fromkeys(map(os.path.realpath, written), "the --output")
    specs = _specs(project)
    taken: dict[tuple[str, Any], str] = {}
    problems = []
    for name in savers:
        arguments = _known_arguments(graph.nodes[name], values, inputs)
        for target in targets_among(arguments):
            what = _what(project, specs, own, target, arguments)
            other = taken.setdefault((target, arguments.get("table")), name)
            shown = project.shown(target)
            if what is not None:
                message = f"{name} saves to {shown}, which {what}"
                problems.append(_problem(graph, name, message, "name another file"))
            elif other != name:
                message = f"{name} and {other} both save to {shown}, and one would overwrite the other"
                problems.append(_problem(graph, name, message, "give each a file of its own, or run them one by one"))
    return problems


def _is_read(graph: Graph, name: str) -> bool:
    """Whether an input is a file that is read; the text of others may say where something is saved."""
    node = graph.nodes.get(name)
    return node is not None and (node.role is Role.SOURCE or kind_of_type(node.type) is not None)


def _what(
    project: Project, specs: Sequence[SourceSpec], own: Mapping[str, str], target: str, arguments: Mapping[str, Any]
) -> str | None:
    """What is so about a target that it must stay as it is; None where it may be written."""
    if Path(target).is_relative_to(os.path.realpath(project.store.root)):
        return "lies in the store"
    sources = [spec for spec in specs if _holds(spec, target)]
    if not sources:
        return f"is {own[target]} and would be lost" if target in own else None
    table = arguments.get("table")
    read = next((spec.name for spec in sources if _has_table(spec, table)), None)
    return None if read is None else f"is the source {read!r} and would be lost"


def _holds(spec: SourceSpec, target: str) -> bool:
    """Whether a file is a source, or lies in one that is a folder."""
    place = local_path(spec.path)
    return place is not None and (place == target or (Path(place).is_dir() and Path(target).is_relative_to(place)))


def _has_table(spec: SourceSpec, table: Any) -> bool:
    """Whether writing a table changes what a source reads: of a database file, others may be written."""
    if not isinstance(table, str):
        return True
    if spec.query is not None:
        return re.search(rf"\b{re.escape(table)}\b", spec.query, re.IGNORECASE) is not None
    return spec.table is None or spec.table.casefold() == table.casefold()


def _known_arguments(node: Node, values: Mapping[str, Any], inputs: Mapping[str, GivenInput]) -> dict[str, Any]:
    """The arguments of a node whose values are known before the run: constants, config, inputs and defaults."""
    known: dict[str, Any] = {}
    for argument in node.arguments:
        if isinstance(argument, Constant):
            known[argument.parameter] = argument.value
        elif argument.name in values:
            known[argument.parameter] = values[argument.name]
        elif argument.name in inputs:
            known[argument.parameter] = inputs[argument.name].value
        elif argument.optional:
            known[argument.parameter] = argument.default
    return known


def _problem(graph: Graph, name: str, message: str, hint: str) -> Problem:
    return Problem("invalid-option", message, *graph.nodes[name].place, hint, name)
