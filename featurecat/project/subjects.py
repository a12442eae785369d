"""What tests are about: the features of a project, their functions, and the examples in their docstrings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from featurecat.definition.collect import Definitions, collect
from featurecat.definition.deferred import catalogued
from featurecat.definition.types import unwrapped
from featurecat.errors import DefinitionError, Problem, RequestError, did_you_mean
from featurecat.graph.grain import SourceNode
from featurecat.graph.graph import Graph
from featurecat.graph.selection.evaluate import select
from featurecat.graph.selection.grammar import Selection, parse_several
from featurecat.graph.selection.over_graph import Beyond, GraphIndex
from featurecat.project.discover import Project, find_project
from featurecat.project.graphs import choose_graph
from featurecat.project.index import read_project, source_nodes, union_graph
from featurecat.project.rows import feature_key
from featurecat.project.sets import declared_sets, within_graph

__all__ = ["SubjectGraph", "Subjects", "project_around", "subjects_of_modules", "subjects_of_project"]


@dataclass(frozen=True, slots=True)
class SubjectGraph:
    """One graph.

    Attributes:
        definitions: All variants of its names.
        graph: One variant of each, wired whatever the config.
    """

    definitions: Definitions
    graph: Graph


@dataclass(frozen=True, slots=True)
class Subjects:
    """The features that tests can be about.

    Attributes:
        modules: Their modules by graph.
        graphs: Graph name to what it holds.
        project: The project they are of, or None.
    """

    modules: Mapping[str, Sequence[ModuleType]]
    graphs: Mapping[str, SubjectGraph] = field(repr=False)
    project: Project | None = None

    def selected(self, selections: Sequence[str]) -> list[str]:
        """The catalog keys of the public features that selections name; of all of them without one.

        Raises:
            RequestError: When a selection cannot be parsed, names what is not there, or matches nothing.
        """
        if not selections:
            return [
                feature_key(name, feature) for name, one in self.graphs.items() for feature in one.graph.public_names()
            ]
        asked: Selection | None = parse_several(list(selections))
        sets = {} if self.project is None else declared_sets(self.project.root)
        name, asked = choose_graph({name: one.definitions for name, one in self.graphs.items()}, asked, sets=sets)
        assert asked is not None  # it was parsed just now
        named = {graph: one.definitions.variants for graph, one in self.graphs.items()}
        beyond = Beyond(self.graphs[name].definitions.variants, sets=within_graph(sets, name, named))
        index = GraphIndex(self.graphs[name].graph, beyond=beyond)
        return [feature_key(name, each) for each in select(asked, index).names]

    def resolved(self, names: Iterable[str]) -> tuple[list[str], list[Problem]]:
        """The catalog keys of features as tests name them, and a problem for each name that nothing has."""
        keys: list[str] = []
        problems = []
        every = [feature_key(graph, name) for graph, one in self.graphs.items() for name in one.graph.nodes]
        for name in names:
            holders = [key for key in every if key == name or key.endswith(f"/{name}")]
            if name in holders or len(holders) == 1:
                keys.append(name if name in holders else holders[0])
            elif holders:
                message = f"{name!r} is the name of {len(holders)} features"
                problems.append(Problem("ambiguous-name", message, hint=f"one of {', '.join(holders)}", feature=name))
            else:
                hint = did_you_mean(name, every) or "featurecat list shows all features"
                message = f"there is no feature {name!r}"
                problems.append(Problem("unknown-feature", message, hint=hint, feature=name))
        return keys, problems

    def functions(self, key: str) -> list[Callable[..., Any]]:
        """The functions that define a feature, one a variant; several features may have one in common."""
        graph, slash, name = key.rpartition("/")
        variants = self.graphs[graph if slash else "default"].definitions.variants.get(name, ())
        found = [unwrapped(node.defined.function) for node in variants if node.defined is not None]
        return list(dict.fromkeys(found))


def project_around(path: Path) -> Project | None:
    """The declared project that a file or folder lies in, or None.

    Raises:
        DefinitionError: When its settings are wrong.
    """
    project = find_project(path if path.is_dir() else path.parent)
    return project if project.declared else None


def subjects_of_project(project: Project) -> Subjects:
    """The features of all graphs of a project; its modules are imported.

    Raises:
        DefinitionError: With every problem of its modules.
    """
    read = read_project(project)
    if read.problems:
        raise DefinitionError(read.problems)
    configs = list(project.settings.configs.values())
    sources = source_nodes(project)
    graphs = {name: _named(definitions, configs, sources) for name, definitions in read.definitions.items()}
    return Subjects(read.loaded.by_graph, graphs, project)


def subjects_of_modules(modules: Sequence[ModuleType], config: Mapping[str, Any] | None = None) -> Subjects:
    """The features of some modules, under the name of the default graph.

    Raises:
        DefinitionError: With every problem of the modules.
    """
    if not modules:
        raise RequestError(
            "no modules are named", code="no-project", hint='@pytest.mark.feature_modules("my_features")'
        )
    definitions = collect(modules)
    definitions.raise_problems()
    return Subjects({"default": modules}, {"default": _named(definitions, [config or {}], {})})


def _named(
    definitions: Definitions, configs: Iterable[Mapping[str, Any]], sources: Mapping[str, SourceNode]
) -> SubjectGraph:
    shown = catalogued(definitions, configs)
    return SubjectGraph(shown, union_graph(shown, sources))
