"""The end of a run: savers write what it computed, when everything else is done and stands."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from featurecat.errors import FeaturecatError, RunError, StepError
from featurecat.execution.anyhow import run_anyhow
from featurecat.frames.describe import describe_value
from featurecat.graph.lineage import distances
from featurecat.plan.anyhow import make_plan_anyhow
from featurecat.project.disclosure import hidden_secrets
from featurecat.project.failing import tell_failure
from featurecat.project.prepare import PreparedRun

__all__ = ["Saved", "save_all"]

_MASKED = "***"


@dataclass(frozen=True, slots=True)
class Saved:
    """What a saver wrote.

    Attributes:
        saver: Name of the node.
        place: Where, as the saver tells it: a path, or a table; None when it does not tell.
        metadata: All that it tells, as JSON can hold it, without secrets; ``***`` where that may be personal.
    """

    saver: str
    place: str | None
    metadata: Any


def save_all(
    prepared: PreparedRun, values: Mapping[str, Any], run_id: str, *, published: bool
) -> tuple[list[Saved], list[FeaturecatError]]:
    """Run the savers of a run, each on its own: one that fails keeps no other from saving.

    Args:
        prepared: The run.
        values: Name to value of what the savers take.
        run_id: The run.
        published: Whether artifacts were published before.

    Returns:
        What was saved, and the errors of those that failed, or could not run because another one failed.
    """
    known = dict(values)
    saved: list[Saved] = []
    failures: list[FeaturecatError] = []
    failed: set[str] = set()
    for name in prepared.saving:
        lacking = sorted(failed.intersection(distances([name], prepared.graph.existing_parents)))
        if lacking:
            failed.add(name)
            message = f"{name} did not run: it needs what {lacking[0]} tells"
            failures.append(RunError(message, hint=f"mend {lacking[0]}", feature=name))
            continue
        try:
            with hidden_secrets(prepared.project.root, prepared.secrets):
                known[name] = _saved(prepared, name, known)
        except FeaturecatError as error:
            failed.add(name)
            tell_failure(prepared, error)
            failures.append(_told(prepared, error, run_id if published else None))
        else:
            saved.append(_record(prepared, name, known[name]))
    return saved, failures


def _saved(prepared: PreparedRun, name: str, known: Mapping[str, Any]) -> Any:
    plan = make_plan_anyhow(prepared.graph, [name], given=tuple(prepared.inputs), overrides=tuple(known))
    with contextlib.redirect_stdout(sys.stderr):  # what savers print is no part of the answer
        outputs = run_anyhow(plan, {given: known[given] for given in plan.given})
    return outputs[name]


def _told(prepared: PreparedRun, error: FeaturecatError, run_id: str | None) -> FeaturecatError:
    """The error of a saver, and that the run stands; whatever it is of, it is one of running."""
    stands = "" if run_id is None else f"; run {run_id} is published and stands"
    problems = [
        replace(problem, message=f"{problem.message}{stands}", file=prepared.project.shown(problem.file))
        for problem in error.problems
    ]
    told = (type(error) if isinstance(error, StepError) else RunError)(problems)
    told.secrets = error.secrets
    told.__cause__ = error.__cause__
    return told


def _record(prepared: PreparedRun, name: str, told: Any) -> Saved:
    place = _place(told)
    return Saved(
        name,
        None if place is None else prepared.redact(place),
        _MASKED if _is_personal(prepared, name) else _plain(told, prepared),
    )


def _is_personal(prepared: PreparedRun, name: str) -> bool:
    """Whether a saver may tell personal data: it is said to, or takes some."""
    graph = prepared.graph
    return graph.nodes[name].metadata.pii is True or not prepared.pii.isdisjoint(graph.parents(name))


def _place(told: Any) -> str | None:
    if not isinstance(told, Mapping):
        return None
    for key, part in (("file_metadata", "path"), ("sql_metadata", "table_name")):
        inner = told.get(key)
        if isinstance(inner, Mapping) and isinstance(inner.get(part), str):
            return str(inner[part])
    path = told.get("path")
    return None if path is None else str(path)


def _plain(told: Any, prepared: PreparedRun) -> Any:
    """What a saver tells as JSON can hold it; of frames and objects a description."""
    if isinstance(told, Mapping):
        return {prepared.redact(str(key)): _plain(value, prepared) for key, value in told.items()}
    if isinstance(told, list | tuple):
        return [_plain(value, prepared) for value in told]
    if told is None or isinstance(told, bool | int):
        return told
    if isinstance(told, float):
        return told if told - told == 0 else str(told)
    return prepared.redact(told) if isinstance(told, str) else describe_value(told)
