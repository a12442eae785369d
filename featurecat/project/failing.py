"""What is told of a step that failed: nothing that may quote personal data, and how to see it again."""

from __future__ import annotations

import shlex
from dataclasses import replace

from featurecat.errors import FeaturecatError, Problem, StepError
from featurecat.project.blocks import collector_of
from featurecat.project.prepare import PreparedRun
from featurecat.project.rows import feature_key

__all__ = ["tell_failure"]


def tell_failure(prepared: PreparedRun, error: FeaturecatError, command: str = "materialize") -> None:
    """Take personal data out of an error's problems, and give those of steps the command that repeats the step alone.

    Args:
        prepared: The run.
        error: What it raised; its problems are replaced.
        command: The subcommand that runs a step again.
    """
    error.problems = tuple(_impersonal(prepared, problem) for problem in error.problems)
    if isinstance(error, StepError):
        error.problems = tuple(_reproducible(prepared, problem, command) for problem in error.problems)


def _impersonal(prepared: PreparedRun, problem: Problem) -> Problem:
    """A problem of a feature with personal data, without what may quote it."""
    graph, personal = prepared.graph, prepared.pii
    if problem.feature not in graph.nodes:
        return problem
    if not personal.intersection([problem.feature, *graph.parents(problem.feature)]):
        return problem
    if problem.code == "step-failed":
        raised = problem.message.partition(": ")[0]
        return replace(problem, message=f"{raised} (its text may quote personal data and is not shown)")
    return replace(problem, details=()) if problem.code == "alignment" else problem


def _reproducible(prepared: PreparedRun, problem: Problem, command: str) -> Problem:
    """The problem of a step, with the whole command that runs this step alone, or what gathers its values."""
    request, name = prepared.request, problem.feature or ""
    gathered = collector_of(prepared.graph, name, prepared.names) if name in prepared.graph.nodes else None
    words = [feature_key(prepared.graph_name, gathered or name)]
    for option, values in (
        ("--engine", [request.engine] if request.engine else []),
        ("--config-file", [str(request.config_file)] if request.config_file else []),
        ("--config-name", [request.config_name] if request.config_name else []),
        ("--config", request.config),
        ("--input", request.inputs),
    ):
        words += [word for value in values for word in (option, value)]
    what = "it alone" if gathered is None else "it"
    return replace(problem, hint=f"reproduce {what}: featurecat {command} {shlex.join(words)}")
