"""``featurecat index``: modules into definition tables, a snapshot and the catalog."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from featurecat.catalog.canonical import encode_tables
from featurecat.clock import Clock
from featurecat.definition.collect import Definitions, collect
from featurecat.definition.deferred import catalogued, conceal
from featurecat.definition.fingerprint import Fingerprints
from featurecat.definition.node import Node, Role
from featurecat.definition.pause import GarbagePause
from featurecat.errors import FeaturecatError, Problem
from featurecat.frames.kinds import ENGINES
from featurecat.graph.build import given_node, try_build_graph
from featurecat.graph.grain import SourceNode
from featurecat.graph.graph import Graph
from featurecat.project.changes import MEANINGS
from featurecat.project.discover import LoadedModules, Project, load_modules, relative_problems
from featurecat.project.enriching import Reading, further_rows
from featurecat.project.git import git_state
from featurecat.project.meanings import Meanings, source_rows
from featurecat.project.rows import GraphDefinitions, RowWriter, concealment_of
from featurecat.project.stamp import own_files
from featurecat.project.storing import Findings, IndexReport, store_findings
from featurecat.storage.redact import redact_uri

__all__ = [
    "IndexReport",
    "ReadProject",
    "definition_tables",
    "findings_of",
    "index_project",
    "read_project",
    "source_nodes",
    "store_definitions",
    "union_graph",
]


@dataclass(slots=True)
class ReadProject:
    """A project with its modules read.

    Attributes:
        project: The project.
        loaded: Its modules.
        definitions: Graph name to definitions.
        fingerprints: Reads its sources.
        problems: Everything wrong with modules and definitions, files as the user would type them.
        began_ns: The time before the first module was imported, as nanoseconds since 1970; None when modules of the
            project were there already.
        meanings: Takes its definitions apart.
    """

    project: Project
    loaded: LoadedModules
    definitions: dict[str, Definitions]
    fingerprints: Fingerprints
    problems: list[Problem]
    began_ns: int | None
    meanings: Meanings


def read_project(
    project: Project,
    *,
    left_out: Mapping[str, Problem] | None = None,
    announce: Callable[[str], None] | None = None,
) -> ReadProject:
    """Import the modules and collect their definitions; nothing is raised for what users wrote in them.

    Args:
        project: The project.
        left_out: Modules that are not to be imported, and why.
        announce: Is called with the name of each module before it is imported.

    Raises:
        DefinitionError: Code ``no-project``, when no module is named.
    """
    began_ns = None if own_files(project.root) else time.time_ns()
    loaded = load_modules(project, left_out=left_out, announce=announce)
    problems = list(loaded.problems)
    definitions = {}
    hides = concealment_of(project).hides
    for graph, modules in loaded.by_graph.items():
        definitions[graph] = collect(modules)
        conceal(definitions[graph], hides)
        problems += relative_problems(definitions[graph].problems, project)
    meanings = Meanings(project.root)
    return ReadProject(project, loaded, definitions, meanings.fingerprints, problems, began_ns, meanings)


def source_nodes(project: Project) -> dict[str, SourceNode]:
    """The declared sources as a graph takes them."""
    return {
        name: SourceNode(name, tuple(source.key), source.timestamp, source.doc)
        for name, source in project.settings.sources.items()
    }


def index_project(project: Project, clock: Clock) -> IndexReport:
    """Read the modules, keep a snapshot if anything changed, and rebuild the catalog.

    Raises:
        DefinitionError: Code ``no-project``, when no module is named.
        StoreError: When the store cannot be written.
        CatalogError: When the catalog cannot be written.
    """
    return store_definitions(read_project(project), clock)


def store_definitions(read: ReadProject, clock: Clock) -> IndexReport:
    """As :func:`index_project`, for a project that was read already."""
    return store_findings(read.project, findings_of(read), clock)


def findings_of(read: ReadProject) -> Findings:
    """What was found in the modules, as it is stored."""
    with GarbagePause():
        tables, problems = definition_tables(read)
        encoded = encode_tables(tables)
    public = [row for row in tables.get("features", ()) if row["public"]]
    return Findings(
        encoded,
        features=len(public),
        frames=sum(row["role"] == Role.FRAME for row in public),
        problems=tuple(problems),
        files=tuple(sorted(own_files(read.project.root, read.meanings.files()))),
        began_ns=read.began_ns,
    )


def definition_tables(
    read: ReadProject, *, meanings: bool = True
) -> tuple[dict[str, list[dict[str, Any]]], list[Problem]]:
    """The rows of all definitions by table, as snapshots keep them, and everything that is wrong with them.

    Args:
        read: The project, its modules read.
        meanings: Whether the definitions are taken apart, too, which only comparing them takes.

    Returns:
        Rows by table, and problems with files as the user would type them.
    """
    project = read.project
    writer = RowWriter(project, read.fingerprints, git_state(project.root).commit)
    problems = list(read.problems)
    sources = source_nodes(project)
    meant = source_rows(project) if meanings else []
    graphs = []
    for name, definitions in read.definitions.items():
        found = _config_problems(definitions, project, sources)
        problems += relative_problems(found, project)
        shown = catalogued(definitions, project.settings.configs.values())
        problems += relative_problems(shown.problems[len(definitions.problems) :], project)
        union = union_graph(shown, sources)
        graphs.append(GraphDefinitions(name, shown, union))
        writer.graph_rows(graphs[-1])
        if meanings:
            meant += read.meanings.rows(name, shown)
    problems = list(dict.fromkeys([*problems, *_source_problems(project)]))
    writer.project_rows()
    modules = [module for graph in read.loaded.by_graph.values() for module in graph]
    writer.module_rows(modules, read.loaded.failed)
    files = {project.shown(getattr(module, "__file__", None)) or "": module.__name__ for module in modules}
    files |= {problem.file: name for name, problem in read.loaded.failed.items() if problem.file}
    writer.problem_rows(problems, files, {problem: name for name, problem in read.loaded.failed.items()})
    tables = writer.tables()
    told = len(tables.get("index_errors", ()))
    tables = further_rows(Reading(project, graphs, read.fingerprints), tables)
    problems += [_problem(row) for row in tables.get("index_errors", ())[told:]]
    return {**tables, MEANINGS: meant} if meanings else tables, problems


def _problem(row: Mapping[str, Any]) -> Problem:
    """A problem out of the table ``index_errors``."""
    return Problem(row["code"], row["message"], row["file"], row["line"], row["hint"])


def _source_problems(project: Project) -> list[Problem]:
    """Sources whose format nobody reads."""
    problems: list[Problem] = []
    if not project.settings.sources:
        return problems
    from featurecat.io.registry import find_format, format_of_path

    for name, source in project.settings.sources.items():
        try:
            find_format(source.format or format_of_path(Path(source.path)))
        except FeaturecatError as error:
            found = error.problems[0]
            written = found.message.replace(str(Path(source.path)), redact_uri(source.path))
            message = f"source {name!r}: {written}"
            problems.append(Problem("invalid-settings", message, "pyproject.toml", hint=found.hint))
    return problems


def union_graph(definitions: Definitions, sources: Mapping[str, SourceNode]) -> Graph:
    """A graph with one variant of every name, whatever the config: lineage and grain are read from it.

    Variants that never meet meet here, so what does not fit in it is no problem; the resolved graphs are checked.
    """
    everything = Definitions(
        {name: [_representative(variants)] for name, variants in definitions.variants.items()}, definitions.modules, []
    )
    for variants in everything.variants.values():
        defined = variants[0].defined
        if defined is not None and defined.condition:
            variants[0] = variants[0].with_(defined=_unconditional(variants[0]))
    graph = try_build_graph(everything, {}, sources=sources)[0]
    others = {  # inputs that only the variants left out take
        one.name: given_node(one.name, one.type)
        for variants in definitions.variants.values()
        for node in variants
        for one in node.dependencies
        if one.name not in graph.nodes and one.name not in definitions.variants
    }
    return Graph({**others, **graph.nodes}, {}, sources=sources) if others else graph


def _representative(variants: Sequence[Node]) -> Node:
    return min(variants, key=lambda node: (ENGINES.index(node.engine), node.variant))


def _unconditional(node: Node) -> Any:
    assert node.defined is not None  # the caller asked for a conditional definition
    return replace(node.defined, condition=())


def _config_problems(definitions: Definitions, project: Project, sources: Mapping[str, SourceNode]) -> list[Problem]:
    """Problems of the graphs that the named configs give, with every engine that variants are written for."""
    written = {node.engine for variants in definitions.variants.values() for node in variants} - {"any"}
    engines: list[str | None] = [*sorted(written)] or [None]
    problems = []
    for config in [{}, *project.settings.configs.values()]:
        for engine in engines:
            graph, found = try_build_graph(definitions, config, engine, sources=sources)
            problems += [*found, *graph.grains[1].values()]
    return problems
