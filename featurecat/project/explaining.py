"""``featurecat explain``: which decorator made which node."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from featurecat.definition.collect import Definitions
from featurecat.definition.condition import holds
from featurecat.definition.deferred import catalogued
from featurecat.definition.expansion import ExplainedStage, explain_function
from featurecat.definition.modifier import config_needs
from featurecat.definition.node import DefinedFunction, Node
from featurecat.errors import RequestError, did_you_mean
from featurecat.graph.drawn import drawn_role
from featurecat.graph.picture import Picture
from featurecat.graph.render.expansion import ExpansionStage, expansion_drawing
from featurecat.project.discover import Project, relative_problems
from featurecat.project.excluded import excluded_in
from featurecat.project.index import read_project
from featurecat.project.request import RunRequest, read_config

__all__ = ["Explanation", "explain"]


@dataclass(frozen=True, slots=True)
class Explanation:
    """How one variant of a name came to be.

    Attributes:
        feature: The name that was asked for.
        variants: Which variants of it; one function may make several.
        function: The decorated function.
        file: Its file, as the user would type it.
        line: Its first line.
        doc: First line of the node's documentation.
        stages: What each decorator did.
    """

    feature: str
    variants: tuple[str, ...]
    function: str
    file: str | None
    line: int | None
    doc: str | None
    stages: tuple[ExplainedStage, ...]

    def as_dict(self) -> dict[str, Any]:
        """As JSON-ready data."""
        return {
            "feature": self.feature,
            "variants": list(self.variants),
            "function": self.function,
            "file": self.file,
            "line": self.line,
            "doc": self.doc,
            "stages": [stage.as_dict() for stage in self.stages],
        }

    def picture(self) -> Picture:
        """The stages as a picture, each a column."""
        stages = [ExpansionStage(stage.phase, stage.decorator, stage.nodes, stage.touched) for stage in self.stages]
        return Picture(expansion_drawing(stages, title=self.feature), clusters=True)


def explain(project: Project, name: str, request: RunRequest) -> list[Explanation]:
    """How a node came to be, for each of its variants (or for the one that a given config and engine choose).

    Args:
        project: The project.
        name: A node's name, generated ones included; ``graph/name`` for a node of another graph.
        request: Config and engine, where given.

    Raises:
        RequestError: When nothing of that name is defined.
        DefinitionError: When the modules declare nothing at all, or a decorator does not fit.
    """
    read = read_project(project)
    config = read_config(project, request)
    given = bool(request.config or request.config_file or request.config_name)
    graph, short = _divided(name, read.definitions)
    known: list[str] = []
    for graph_name, definitions in read.definitions.items():
        if graph and graph != graph_name:
            continue
        configs: list[Mapping[str, Any]] = [config] if given else list(project.settings.configs.values())
        shown = catalogued(definitions, configs)
        known += shown.variants
        found = _variants(shown, short, request.engine, config if given else None)
        if found:
            return _merged([_explanation(project, node, read.fingerprints, configs) for node in found])
    modules = [module for definitions in read.definitions.values() for module in definitions.modules]
    if (excluded := excluded_in(modules, name)) is not None:
        raise RequestError(relative_problems([excluded], project))
    if problems := relative_problems(read.problems, project):
        raise RequestError([*problems, *RequestError(f"there is no feature {name!r}", code="unknown-feature").problems])
    raise RequestError(
        f"there is no feature {name!r}",
        code="unknown-feature",
        hint=did_you_mean(short, known) or "featurecat list shows all features",
    )


def _divided(name: str, graphs: Mapping[str, Any]) -> tuple[str, str]:
    """A graph and a name within it; names may have slashes of their own."""
    graph, _, short = name.partition("/")
    return (graph, short) if graph in graphs and short else ("", name)


def _variants(
    definitions: Definitions, name: str, engine: str | None, config: Mapping[str, Any] | None
) -> list[Node]:
    """The variants that the engine and the config leave; all of them where none is left, so that each says what it wants."""
    nodes = [
        node for node in definitions.variants.get(name, []) if engine is None or node.engine in (engine, "any")
    ]
    if config is None:
        return nodes
    return [node for node in nodes if holds(node.condition, config)] or nodes


def _explanation(project: Project, node: Node, sources: Any, configs: Iterable[Mapping[str, Any]]) -> Explanation:
    outer: DefinedFunction | None = node.via[-1] if node.via else node.defined
    assert outer is not None  # definitions hold computed nodes only
    config = _config_of(outer, configs)
    stages = [
        replace(
            stage,
            file=project.shown(stage.file),
            made=tuple(replace(made, file=project.shown(made.file)) for made in stage.made),
        )
        for stage in explain_function(outer, sources, config, drawn_as=drawn_role)
    ]
    doc = (node.documentation or "").strip().partition("\n")[0] or None
    return Explanation(
        node.name, (node.variant,), outer.function.__name__, project.shown(outer.file), outer.line, doc, tuple(stages)
    )


def _merged(explanations: list[Explanation]) -> list[Explanation]:
    """One explanation for variants that came to be in the same way."""
    merged: list[Explanation] = []
    for one in explanations:
        if merged and replace(merged[-1], variants=(), doc=None) == replace(one, variants=(), doc=None):
            merged[-1] = replace(merged[-1], variants=(*merged[-1].variants, *one.variants))
        else:
            merged.append(one)
    return merged


def _config_of(defined: DefinedFunction, configs: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The config that makes this variant of a function whose nodes depend on it."""
    if config_needs(defined.modifiers) is None:
        return None
    for config in [*configs, {}]:
        if all(clause.holds(config) for clause in defined.condition):
            return config
    return {}
