"""From a request to a plan: everything that can be refused before anything runs."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from featurecat.clock import Clock
from featurecat.definition.collect import Definitions
from featurecat.definition.node import Dependency, Role
from featurecat.definition.types import type_text, value_fits
from featurecat.errors import DefinitionError, Problem, RequestError, UnsupportedError, did_you_mean
from featurecat.frames.describe import describe_value
from featurecat.graph.build import try_build_graph
from featurecat.graph.grain import Grain
from featurecat.graph.graph import Graph
from featurecat.graph.selection.evaluate import Selected, select, select_all
from featurecat.graph.selection.grammar import Selection, parse_several
from featurecat.graph.selection.over_graph import GraphIndex
from featurecat.plan.anyhow import make_plan_anyhow
from featurecat.plan.planner import Plan, Step
from featurecat.plan.tasks import TaskPlan
from featurecat.project.choosing import SelectionBasis
from featurecat.project.disclosure import hidden_secrets
from featurecat.project.discover import Project, relative_problems
from featurecat.project.excluded import excluded_in
from featurecat.project.grains import GrainSelection, by_grain
from featurecat.project.index import ReadProject, source_nodes
from featurecat.project.judging import judged_on_file
from featurecat.project.personal import personal_nodes
from featurecat.project.request import (
    GivenInput,
    RunRequest,
    config_keys,
    parse_inputs,
    read_config,
    resolve_references,
)
from featurecat.project.rows import secret_patterns
from featurecat.project.savers import Apart, SavingIndex, told_apart
from featurecat.project.settings import ChecksSettings
from featurecat.project.targets import check_not_own, saver_problems
from featurecat.storage.export import export_targets
from featurecat.storage.layout import grain_directory
from featurecat.storage.redact import redact_config, redact_text, secret_values

__all__ = ["PreparedRun", "prepare_run", "resolve_graph"]


@dataclass(frozen=True, slots=True)
class PreparedRun:
    """A request that can be run.

    Attributes:
        project: The project.
        request: What was asked.
        graph_name: The graph it is about.
        graph: Resolved with config and engine.
        names: Selected features, in order.
        left_out: Selected by pattern, but not tabular, or computed once per item of a ``Parallelizable``.
        selection_texts: The selection as typed.
        notice: What to tell about the selection, or None.
        grains: The features by grain.
        plan: What will run.
        inputs: Inputs as typed.
        values: Config with references resolved.
        recorded_config: Config as it may be stored.
        redacted: Keys of the config that lost their value.
        secrets: Texts that must appear nowhere.
        limits: Rows to read of some sources.
        pii: Features and sources with personal data, downstream included.
        checked_by: Validator's name to the feature it guards.
        checks: The gate's settings, as they hold for this run.
        on_file: Features whose expectations are judged on the file they are written to.
        savers: What was selected to be saved.
        saving: All savers that run for these, in their order, when everything else is done.
        taken: What the savers take of the run.
    """

    project: Project
    request: RunRequest
    graph_name: str
    graph: Graph
    names: tuple[str, ...]
    left_out: tuple[str, ...]
    selection_texts: tuple[str, ...]
    notice: str | None
    grains: tuple[GrainSelection, ...]
    plan: Plan | TaskPlan
    inputs: Mapping[str, GivenInput]
    values: Mapping[str, Any]
    recorded_config: Mapping[str, Any]
    redacted: tuple[str, ...]
    secrets: tuple[str, ...]
    limits: Mapping[str, int]
    pii: frozenset[str]
    checked_by: Mapping[str, str]
    checks: ChecksSettings
    on_file: frozenset[str] = frozenset()
    savers: tuple[str, ...] = ()
    saving: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()

    @property
    def engine(self) -> str:
        """The engine the run is of."""
        if self.graph.engine is not None:
            return self.graph.engine
        engines = [self.graph.nodes[name].engine for name in self.names]
        return next((engine for engine in engines if engine != "any"), "pandas")

    def selection_of(self, feature: str) -> GrainSelection:
        """The grain a selected feature belongs to."""
        return next(selection for selection in self.grains if feature in selection.features)

    def redact(self, text: str) -> str:
        """A text without the run's secrets."""
        return redact_text(text, self.secrets)


def resolve_graph(read: ReadProject, graph_name: str, *, config: Mapping[str, Any], engine: str | None) -> Graph:
    """The graph of a project under a config.

    Raises:
        DefinitionError: With every problem of modules and graph.
    """
    project = read.project
    sources = source_nodes(project)
    graph, problems = try_build_graph(read.definitions[graph_name], config, engine, sources=sources)
    problems = [*read.problems, *relative_problems(problems, project)]
    if problems:
        raise DefinitionError(problems)
    return graph


def prepare_run(
    read: ReadProject, request: RunRequest, checks: ChecksSettings | None = None, *, clock: Clock | None = None
) -> PreparedRun:
    """Turn a request into a plan.

    Args:
        read: The project.
        request: What is asked.
        checks: The gate's settings, where options say otherwise than the project's.
        clock: Tells the moment that freshness is measured from; None is the machine's own.

    Raises:
        DefinitionError: With the problems of modules, selection, config, inputs, grains or output.
        StoreError: When the output cannot be written.
    """
    if request.workers < 1:
        raise RequestError(f"--workers {request.workers} computes nothing", hint="give a number from 1")
    if not request.everything and not request.features:
        raise RequestError("nothing is selected", hint="name features, or give --all for every one of them")
    if request.everything and request.features:
        raise RequestError("--all and a selection are both given", hint="give one of them")
    given = _read_given(read.project, request)
    with hidden_secrets(read.project.root, given.secrets):
        basis = SelectionBasis(read, request, clock)
        return _prepared(basis, read, given, request=request, checks=checks or read.project.settings.checks)


@dataclass(frozen=True, slots=True)
class _Given:
    """Config as written and with its references resolved, inputs, and the texts in all of them that are secret."""

    written: Mapping[str, Any]
    values: Mapping[str, Any]
    inputs: Mapping[str, GivenInput]
    secrets: tuple[str, ...]


def _read_given(project: Project, request: RunRequest) -> _Given:
    written = read_config(project, request)
    inputs = parse_inputs(request)
    known = secret_values(
        {**written, **{given.name: given.value for given in inputs.values()}},
        uris=[given.text for given in inputs.values()],
        environment=os.environ,
        patterns=secret_patterns(project),
    )
    return _Given(written, resolve_references(written), inputs, tuple({*known, *project.secrets}))


def _prepared(
    basis: SelectionBasis, read: ReadProject, given: _Given, *, request: RunRequest, checks: ChecksSettings
) -> PreparedRun:
    project, values, inputs = read.project, given.values, given.inputs
    engine = request.engine or project.settings.engine
    if engine == "polars-lazy":
        raise UnsupportedError(
            "materializing with the engine polars-lazy is not built in yet", hint="--engine polars computes eagerly"
        )
    selection = parse_several(list(request.features)) if request.features else None
    graph_name, selection = basis.graph(selection, values)
    graph = resolve_graph(read, graph_name, config=values, engine=engine)
    pii = personal_nodes(project, graph, read.fingerprints, definitions=read.definitions[graph_name])
    index = SavingIndex(graph, tuple(pii), basis.states_in(graph_name), beyond=basis.beyond(graph_name))
    modules = read.definitions[graph_name].modules
    selected = _select(index, graph, selection, modules=modules, allow_empty=request.allow_empty)
    apart = told_apart(graph, selected, everything=request.everything, may_save=request.may_save, given=inputs)
    grains, left_out = by_grain(graph, apart.names, selected.exact)
    _check_inputs(graph, inputs)
    _check_config_keys(read.definitions[graph_name], graph, request)
    _check_config_types(graph, values)
    if not grains and not apart.savers and not request.allow_empty:
        raise RequestError("none of the selected features has rows", code="not-tabular", hint=_others(apart))
    written = _check_output(project, request, grains)
    _check_savers(project, graph, apart, request=request, given=given, written=written, publishes=bool(grains))
    names = [name for selection in grains for name in selection.features]
    requested = _requested(grains, names, apart.taken)
    on_file = _on_file(graph, grains)
    unchecked = on_file if checks.mode != "off" else _checked_nodes(graph)
    plan = make_plan_anyhow(graph, requested, given=tuple(inputs), unchecked=unchecked, record_checks=True)
    recorded, redacted = redact_config(given.written, patterns=secret_patterns(project))
    return PreparedRun(
        project=project,
        request=request,
        graph_name=graph_name,
        graph=graph,
        names=tuple(names),
        left_out=(*left_out, *apart.left_out),
        selection_texts=request.features or ("--all",),
        notice="\n".join([*basis.notices(selected, graph_name), *_other_graphs(read, graph_name, request)]) or None,
        grains=tuple(grains),
        plan=plan,
        inputs=inputs,
        values=values,
        recorded_config=recorded,
        redacted=tuple(redacted),
        secrets=given.secrets,
        limits=_limits(graph, plan, request, grains),
        pii=pii,
        checked_by=_checked_by(graph),
        checks=checks,
        on_file=on_file,
        savers=apart.savers,
        saving=apart.saving,
        taken=apart.taken,
    )


def _on_file(graph: Graph, grains: Sequence[GrainSelection]) -> frozenset[str]:
    """The features whose expectations are judged on the file they are written to."""
    return frozenset(
        name
        for selection in grains
        for name in selection.features
        if graph.nodes[name].raw is not None and judged_on_file(graph.nodes[name], selection.features)
    )


def _checked_nodes(graph: Graph) -> frozenset[str]:
    return frozenset(name for name, node in graph.nodes.items() if node.raw is not None)


def _requested(grains: Sequence[GrainSelection], names: Sequence[str], taken: Sequence[str]) -> list[str]:
    """What the run has to compute: features, their keys, what savers take."""
    return list(dict.fromkeys([*names, *(key for selection in grains for key in selection.keys), *taken]))


def _others(apart: Apart) -> str:
    return f"savers run when they are named: {', '.join(apart.left_out[:3])}" if apart.left_out else "select others"


def _check_savers(
    project: Project,
    graph: Graph,
    apart: Apart,
    *,
    request: RunRequest,
    given: _Given,
    written: Sequence[Path],
    publishes: bool,
) -> None:
    """Refuse savers that cannot run, or would write over what must stay.

    Raises:
        RequestError: With everything that is wrong.
    """
    if not apart.savers:
        return
    named = ", ".join(apart.savers)
    if request.limit is not None:
        raise RequestError(
            f"--limit makes a sample, and {named} would save it as if it were all", hint="leave --limit out"
        )
    if request.output is not None and not publishes:
        raise RequestError(
            f"--output gets what is published, and {named} alone publishes nothing", hint="select features, too"
        )
    # what is missing is told of the savers that need it
    make_plan_anyhow(graph, apart.savers, given=tuple(given.inputs))
    if problems := saver_problems(
        project, graph, apart.saving, values=given.values, inputs=given.inputs, written=written
    ):
        raise RequestError(relative_problems(problems, project))


def _checked_by(graph: Graph) -> dict[str, str]:
    """Name of a validator to that of the feature it guards."""
    return {
        argument.name: node.name
        for node in graph.nodes.values()
        if node.raw is not None
        for argument in node.dependencies[1:]
    }


def _other_graphs(read: ReadProject, graph_name: str, request: RunRequest) -> list[str]:
    """That a run is about one graph, where a selection by attribute or ``--all`` leaves others out."""
    others = [name for name, found in read.definitions.items() if found.variants and name != graph_name]
    by_pattern = request.everything or any(set(text) & set("*?[:") for text in request.features)
    return [f"only the graph {graph_name}; {', '.join(others)} not selected"] if others and by_pattern else []


def _select(
    index: GraphIndex,
    graph: Graph,
    selection: Selection | None,
    *,
    modules: Sequence[ModuleType],
    allow_empty: bool,
) -> Selected:
    if selection is None:
        return select_all(index, allow_empty=allow_empty)
    try:
        return select(selection, index, allow_empty=allow_empty)
    except RequestError as error:
        raise RequestError([_explained(problem, graph, modules) for problem in error.problems]) from error


def _explained(problem: Problem, graph: Graph, modules: Sequence[ModuleType]) -> Problem:
    """An unknown name that has variants, none of which fits, is explained by them; an excluded one is said to be so."""
    if problem.code != "unknown-feature":
        return problem
    for name in graph.unmatched:
        if f"'{name}'" in problem.message:
            return graph.unknown([name])[0]
    excluded = None if problem.feature is None else excluded_in(modules, problem.feature)
    return excluded or problem


def _check_inputs(graph: Graph, inputs: Mapping[str, GivenInput]) -> None:
    problems = []
    for name in inputs:
        node = graph.nodes.get(name)
        if node is None:
            given = [other for other in graph.nodes if graph.is_given(other)]
            hint = did_you_mean(name, given) or "featurecat inputs SELECTION lists what is needed"
            problems.append(Problem("unknown-input", f"no feature takes the input {name!r}", hint=hint))
        elif node.role is Role.CONFIG:
            message = f"{name!r} is given as config and as input"
            problems.append(Problem("config-conflict", message, hint="give it once"))
        elif not graph.is_given(name):
            message = f"the input {name!r} is a computed feature"
            problems.append(Problem("unknown-input", message, *node.place, "leave it out"))
    if problems:
        raise RequestError(problems)


def _check_config_keys(definitions: Definitions, graph: Graph, request: RunRequest) -> None:
    """Refuse single keys that nothing in the graph reads: most are misspelt. Named configs may hold more."""
    conditions = _condition_keys(definitions)
    if conditions is None:
        return
    problems = []
    for name in config_keys(request):
        if name not in conditions and not graph.children.get(name):
            given = [other for other in graph.nodes if graph.is_given(other) and graph.children.get(other)]
            hint = did_you_mean(name, {*conditions, *given}) or "leave it out, or put it into a named config"
            problems.append(Problem("unknown-input", f"no feature reads the config key {name!r}", hint=hint))
    if problems:
        raise RequestError(problems)


def _condition_keys(definitions: Definitions) -> set[str] | None:
    """The keys that variants and decorators look at; None when one of them may look at any."""
    clauses = [clause for node in definitions.nodes for clause in node.condition]
    if any(clause.operator == "resolves" for clause in clauses):
        return None
    return {clause.key for clause in clauses} | {key for _, needs in definitions.deferred for key in needs.keys}


def _check_config_types(graph: Graph, values: Mapping[str, Any]) -> None:
    """Refuse config values that do not fit the parameters that take them; the values themselves are not shown."""
    problems = [
        Problem(
            "input-type",
            f"the config key {name!r} must be {type_text(node.type)}, not {describe_value(values[name])}",
            hint="convert it, or change the annotation",
        )
        for name, node in graph.nodes.items()
        if node.role is Role.CONFIG and name in values and not value_fits(node.type, values[name])
    ]
    if problems:
        raise RequestError(problems)


def _check_output(project: Project, request: RunRequest, grains: Sequence[GrainSelection]) -> tuple[Path, ...]:
    """The files that ``--output`` will write, found fit."""
    if request.limit is not None:
        if request.limit < 1:
            raise RequestError(f"--limit {request.limit} leaves no rows", hint="give a number from 1")
        if request.output is None:
            raise RequestError("--limit makes a sample, which needs --output", hint="--output sample.parquet")
        if len(grains) > 1:
            labels = ", ".join(selection.grain.label for selection in grains)
            raise RequestError(
                f"a sample is one file, and the selection has {len(grains)} grains: {labels}",
                code="mixed-grain",
                hint="select features of one grain",
            )
    if request.output is not None and grains and not request.dry_run:
        directories = [
            grain_directory(selection.grain.entity, selection.grain.timestamp, selection.grain.anonymous)
            for selection in grains
        ]
        targets = export_targets(request.output, directories, store=project.store)
        check_not_own(project, request, targets)
        return targets
    return ()


def _limits(
    graph: Graph, plan: Plan | TaskPlan, request: RunRequest, grains: Sequence[GrainSelection]
) -> dict[str, int]:
    """A sample reads so many rows of what has the rows of its grain, or goes row by row with it; of lookups all."""
    if request.limit is None:
        return {}
    wanted = {selection.grain for selection in grains}
    for step in reversed(plan.steps):
        if graph.grain(step.node.name) in wanted and step.node.metadata.entity is None:
            wanted |= _aligned_grains(graph, step)
    return {
        name: request.limit
        for name in plan.given
        if graph.nodes[name].role in (Role.SOURCE, Role.INPUT) and graph.grain(name) in wanted
    }


def _aligned_grains(graph: Graph, step: Step) -> set[Grain]:
    """The grains of the arguments that a step takes row by row."""
    groups = step.alignment.groups if step.alignment is not None else ()
    arguments = [step.node.arguments[position] for group in groups for position in group]
    grains = [graph.grain(argument.name) for argument in arguments if isinstance(argument, Dependency)]
    return {grain for grain in grains if grain is not None}
