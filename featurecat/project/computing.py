"""Computes what a run asks for: values are read, steps run and watched, columns put together by grain."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from featurecat.clock import Clock
from featurecat.definition.node import Node, Role
from featurecat.execution.anyhow import run_anyhow
from featurecat.execution.hooks import Hook, Timing
from featurecat.expectations.evaluate import evaluate, evaluate_column
from featurecat.expectations.spec import ExpectationSpec, Verdict
from featurecat.plan.planner import Plan
from featurecat.plan.tasks import TaskPlan
from featurecat.project.assemble import AssembledTable, assemble
from featurecat.project.audit import Around, VerdictWatch, in_run_checks
from featurecat.project.earlier import EarlierRuns
from featurecat.project.grains import KeyFrames
from featurecat.project.index import ReadProject
from featurecat.project.prepare import PreparedRun
from featurecat.project.provenance import run_fingerprints
from featurecat.project.reading import GivenValues, Readings, read_given
from featurecat.project.rows import feature_key
from featurecat.project.spans import judged_at
from featurecat.records import CheckRecord, Fingerprint

__all__ = ["Computation", "surroundings_of"]


def surroundings_of(prepared: PreparedRun, clock: Clock) -> Around:
    """What the expectations of a run may know beside the values of a feature: the moment, and earlier runs.

    Args:
        prepared: The run.
        clock: Tells the moment where the settings do not.
    """
    earlier = EarlierRuns(prepared.project, clock)
    as_of = judged_at(prepared.checks.as_of, clock)
    return lambda name: earlier.surroundings(feature_key(prepared.graph_name, name), as_of)


class Computation:
    """The computing part of a run; what is known of it so far is known also when it fails half-way.

    Args:
        read: The project.
        prepared: The run.
        around: Tells what is known beside the values of a feature.
        stops: Whether a verdict stops the run.

    Attributes:
        given: What was read.
        fingerprints: What each value is made of.
        timing: How long each step took.
        tables: The artifacts, in the order of the grains.
        to_save: Name to value of what savers take.
    """

    def __init__(
        self, read: ReadProject, prepared: PreparedRun, *, around: Around, stops: Callable[[CheckRecord], bool]
    ) -> None:
        self._read = read
        self._prepared = prepared
        self._around = around
        self._watch = VerdictWatch(prepared, stops)
        self._records: list[CheckRecord] | None = None
        self.given = GivenValues()
        self.fingerprints: dict[str, Fingerprint] = {}
        self.timing = Timing()
        self.tables: list[AssembledTable] = []
        self.to_save: dict[str, Any] = {}

    @property
    def records(self) -> list[CheckRecord]:
        """The verdicts on values that were judged on the way, as far as the run got."""
        return self._watch.records() if self._records is None else list(self._records)

    def switched_off(self, records: Sequence[CheckRecord]) -> None:
        """Take these records for the verdicts: nothing was evaluated."""
        self._records = list(records)

    def run(self, hooks: Sequence[Hook] = ()) -> None:
        """Read, compute and put together.

        Args:
            hooks: What else watches the steps.

        Raises:
            StoppedRunError: When an expectation stops the run.
            DefinitionError: When an input does not fit.
            RunError: When reading, computing or putting together failed.
        """
        prepared = self._prepared
        readings = Readings(
            prepared.project,
            prepared.graph,
            prepared.plan,
            prepared.inputs,
            prepared.values,
            prepared.limits,
        )
        self.given = read_given(readings, self._read.fingerprints)
        key_frames = KeyFrames(prepared.grains, self.given.values)
        plan = _surrounded(prepared.plan, lambda validator: self._around(prepared.checked_by[validator]))
        with contextlib.redirect_stdout(sys.stderr):  # what features print is no part of the answer
            watching = [self.timing, key_frames, self._watch, *hooks]
            outputs = run_anyhow(plan, self.given.values, watching, workers=prepared.request.workers)
        self.fingerprints = run_fingerprints(
            prepared.graph,
            prepared.plan,
            self._read.fingerprints,
            identities=self.given.identities,
            config=prepared.recorded_config,
        )
        self._records = in_run_checks(prepared, outputs)
        self.to_save = {name: outputs[name] for name in prepared.taken}
        for selection in prepared.grains:
            self.tables.append(assemble(prepared.graph, selection, outputs, key_frames=key_frames))
            for name in selection.features:  # a column that is in its table is needed no more
                if not any(name in other.keys for other in prepared.grains):
                    outputs.pop(name, None)

    def seconds(self, name: str) -> float | None:
        """Seconds of a feature's own function: of its raw node where it is checked."""
        own = self.timing.seconds.get(self._prepared.graph.nodes[name].raw or name)
        return None if own is None else round(own, 6)


class _Surrounded:
    """A validator's function that judges once more, with what is known beside the values, where that may be lacking."""

    def __init__(self, function: Callable[..., Any], spec: ExpectationSpec, around: Callable[[], Any]) -> None:
        self._function = function
        self._spec = spec
        self._around = around

    def __call__(self, value: Any, *beside: Any) -> Any:
        """The verdict on a value."""
        verdict = self._function(value, *beside)
        if not isinstance(verdict, Verdict) or not self._lacks(verdict):
            return verdict
        if self._spec.others:
            others = dict(zip(self._spec.others, beside, strict=True))
            return evaluate_column([self._spec], value, others=others, surroundings=self._around())[0]
        return evaluate(self._spec, value, *beside, surroundings=self._around())

    def _lacks(self, verdict: Verdict) -> bool:
        """Whether a verdict may be another one for what was before: it was skipped, or is of a limit on a change."""
        changes = any("+" in limit for limit in (self._spec.fail_if, self._spec.warn_if) if limit is not None)
        return verdict.status == "skip" or (changes and verdict.status in ("warn", "fail"))


def _surrounded(plan: Plan | TaskPlan, around: Around) -> Plan | TaskPlan:
    """A plan whose validators know what is beside the values they judge; ``around`` goes by their own names."""
    if isinstance(plan, TaskPlan):
        return replace(plan, tasks=tuple(replace(task, plan=_knowing(task.plan, around)) for task in plan.tasks))
    return _knowing(plan, around)


def _knowing(plan: Plan, around: Around) -> Plan:
    return replace(
        plan,
        steps=tuple(
            step._replace(node=_with_surroundings(step.node, around)) if step.node.role is Role.VALIDATOR else step
            for step in plan.steps
        ),
    )


def _with_surroundings(validator: Node, around: Around) -> Node:
    (spec,) = validator.expectations
    if spec.judge is not None:
        return validator
    return validator.with_(function=_Surrounded(validator.function, spec, lambda: around(validator.name)))
