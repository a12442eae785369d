"""Expectations of a run: verdicts on staged files and on what was computed on the way, as records without secrets."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from featurecat.definition.node import Node, Role
from featurecat.errors import ExpectationError
from featurecat.execution.hooks import Hook
from featurecat.expectations.evaluate import Asking, evaluate_file
from featurecat.expectations.kind import Surroundings
from featurecat.expectations.spec import ExpectationSpec, Verdict, check_id
from featurecat.project.assemble import AssembledTable
from featurecat.project.blocks import inner_nodes, verdict_on_all
from featurecat.project.masking import MASK, masked_figures, masked_message
from featurecat.project.prepare import PreparedRun
from featurecat.project.rows import concealment_of, feature_key
from featurecat.records import CheckRecord

__all__ = ["Around", "StoppedRunError", "VerdictWatch", "audit", "in_run_checks", "not_evaluated", "personal_columns"]

#: What is known beside the values of a node, by its name.
Around = Callable[[str], Surroundings]

#: The value and the number of a row in samples of a column alone.
_VALUE, _ROW = "value", "row"


class StoppedRunError(ExpectationError):
    """An expectation did not hold that stops the whole run."""


def audit(prepared: PreparedRun, table: AssembledTable, path: Path, *, around: Around) -> list[CheckRecord]:
    """Evaluate the expectations of an artifact's features on the file that was staged, in one pass over it.

    Args:
        prepared: The run.
        table: What was staged.
        path: Where.
        around: Tells what is known beside the values of a feature.
    """
    nodes = prepared.graph.nodes
    checked = {column.column: nodes[column.feature] for column in table.columns if column.feature in prepared.on_file}
    asking = Asking(
        keys=table.keys, surroundings=lambda column: around(checked[column].name), most=prepared.checks.sample
    )
    verdicts = evaluate_file(path, {column: node.expectations for column, node in checked.items()}, asking)
    return [
        _record(prepared, node, spec, verdict, shown_as=column)
        for column, node in checked.items()
        for spec, verdict in zip(node.expectations, verdicts[column], strict=True)
    ]


def in_run_checks(prepared: PreparedRun, outputs: Mapping[str, Any]) -> list[CheckRecord]:
    """The verdicts on features that were judged while the run went on; one on those of all items.

    Args:
        prepared: The run.
        outputs: Name to value; of validators within a ``Parallelizable`` a list of verdicts. Others are passed over.
    """
    records = []
    inside = inner_nodes(prepared.graph)
    for name, value in outputs.items():
        node = prepared.graph.nodes[name]
        if name in inside:
            value = verdict_on_all(value)
        if node.role is Role.VALIDATOR and isinstance(value, Verdict):
            records.append(_in_run_record(prepared, node, value))
    return records


def not_evaluated(
    prepared: PreparedRun, reason: str, *, known: Collection[tuple[str, str]] = (), names: Iterable[str] | None = None
) -> list[CheckRecord]:
    """Records that say of the expectations of a run that they were not evaluated.

    Args:
        prepared: The run.
        reason: Why.
        known: Feature and check id of those that were evaluated all the same.
        names: Of which nodes; None means all that the run computes.
    """
    nodes = [prepared.graph.nodes[name] for name in (prepared.plan.names if names is None else names)]
    return [
        _record(prepared, node, spec, Verdict("skip", message=reason))
        for node in nodes
        if node.raw is not None
        for spec in node.expectations
        if (_key(prepared, node), check_id(_key(prepared, node), spec.kind, spec.params)) not in known
    ]


def personal_columns(prepared: PreparedRun, names: Iterable[str]) -> frozenset[str]:
    """Which columns of a table hold personal data: those of personal features, and what the settings say of sources."""
    declared = {column for source in prepared.project.settings.sources.values() for column in source.pii}
    return frozenset(name for name in names if name in declared or name in prepared.pii)


class VerdictWatch(Hook):
    """Keeps the verdicts of a run as they come, and ends the run with the first that stops it.

    Args:
        prepared: The run.
        stops: Whether a record stops the run.
    """

    def __init__(self, prepared: PreparedRun, stops: Callable[[CheckRecord], bool]) -> None:
        self._prepared = prepared
        self._stops = stops
        self._inside = inner_nodes(prepared.graph)
        self._verdicts: dict[str, list[Verdict]] = {}
        self._lock = threading.Lock()

    def after_step(self, node: Node, value: Any, seconds: float) -> None:
        """Keep the verdict of a validator.

        Raises:
            StoppedRunError: When it stops the run.
        """
        if node.role is not Role.VALIDATOR or not isinstance(value, Verdict):
            return
        with self._lock:
            self._verdicts.setdefault(node.name, []).append(value)
        if value.status in ("fail", "error", "no_data"):
            record = _in_run_record(self._prepared, node, value)
            if self._stops(record):
                feature = self._prepared.checked_by[node.name]
                raise StoppedRunError(f"{record.feature}: {record.kind} stops the run", feature=feature)

    def records(self) -> list[CheckRecord]:
        """The verdicts so far, as records."""
        with self._lock:
            found = {name: list(verdicts) for name, verdicts in self._verdicts.items()}
        outputs = {name: verdicts if name in self._inside else verdicts[-1] for name, verdicts in found.items()}
        return in_run_checks(self._prepared, outputs)


# --- records --------------------------------------------------------------------------------------


def _key(prepared: PreparedRun, node: Node) -> str:
    return feature_key(prepared.graph_name, node.name)


def _in_run_record(prepared: PreparedRun, validator: Node, verdict: Verdict) -> CheckRecord:
    node = prepared.graph.nodes[prepared.checked_by[validator.name]]
    return _record(prepared, node, validator.expectations[0], verdict)


def _record(
    prepared: PreparedRun, node: Node, spec: ExpectationSpec, verdict: Verdict, *, shown_as: str | None = None
) -> CheckRecord:
    key = _key(prepared, node)
    told = concealment_of(prepared.project).told
    masked = node.name in prepared.pii
    sample = [_shown_row(row, shown_as or node.name, renamed=shown_as is None) for row in verdict.sample]
    return CheckRecord(
        check_id=check_id(key, spec.kind, spec.params),
        feature=key,
        variant=node.variant,
        kind=spec.kind,
        severity=spec.severity,
        status=verdict.status,
        params=dict(told(spec.params)),
        observed=masked_figures(verdict.observed) if masked else verdict.observed,
        threshold=verdict.threshold,
        rows=verdict.rows,
        failing_rows=verdict.failing_rows,
        message=told(masked_message(verdict) if masked else verdict.message),
        seconds=None if verdict.seconds is None else round(verdict.seconds, 6),
        sample=tuple(told(_impersonal(prepared, sample, node.name))),
    )


def _shown_row(row: Mapping[str, Any], name: str, *, renamed: bool) -> dict[str, Any]:
    """A row at fault, with the value under the feature's name."""
    return {name if renamed and column == _VALUE else column: value for column, value in row.items()}


def _impersonal(prepared: PreparedRun, sample: Sequence[Mapping[str, Any]], name: str) -> list[dict[str, Any]]:
    """Rows at fault without personal data: of a personal feature only the keys that are not stay."""
    columns = {column for row in sample for column in row}
    hidden = personal_columns(prepared, columns)
    if name in prepared.pii:
        hidden |= {name}
        if prepared.graph.nodes[name].role is Role.FRAME:
            hidden = frozenset(columns - {_ROW})
    return [
        {column: MASK if column in hidden and value is not None else value for column, value in row.items()}
        for row in sample
    ]
