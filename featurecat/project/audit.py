"""Expectations of a run: on staged columns, and of what was checked on the way."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from featurecat.definition.node import Node, Role
from featurecat.expectations.evaluate import evaluate_column
from featurecat.expectations.spec import ExpectationSpec, Verdict, check_id
from featurecat.project.assemble import AssembledTable
from featurecat.project.blocks import inner_nodes, verdict_on_all
from featurecat.project.judging import judged_on_file
from featurecat.project.prepare import PreparedRun
from featurecat.project.rows import concealment_of, feature_key
from featurecat.records import CheckRecord
from featurecat.storage.parquet import read_columns

__all__ = ["audit", "in_run_checks"]

_MASKED = "***"


def audit(prepared: PreparedRun, table: AssembledTable, path: Path) -> list[CheckRecord]:
    """Evaluate the expectations of an artifact's features on the file that was staged.

    Args:
        prepared: The run.
        table: What was staged.
        path: Where.
    """
    nodes = prepared.graph.nodes
    checked = [
        column
        for column in table.columns
        if nodes[column.feature].raw is not None and judged_on_file(nodes[column.feature])
    ]
    records: list[CheckRecord] = []
    for column in checked:
        node = nodes[column.feature]
        start = time.perf_counter()
        staged = read_columns(path, [column.column])[column.column]
        verdicts = evaluate_column(list(node.expectations), staged)
        seconds = (time.perf_counter() - start) / max(1, len(verdicts))
        records += [
            _record(prepared, node, spec, verdict, seconds)
            for spec, verdict in zip(node.expectations, verdicts, strict=True)
        ]
    return records


def in_run_checks(prepared: PreparedRun, outputs: Mapping[str, Any]) -> list[CheckRecord]:
    """The verdicts on features that were computed on the way but are in no artifact; one on those of all items."""
    records = []
    inside = inner_nodes(prepared.graph)
    for name, value in outputs.items():
        node = prepared.graph.nodes[name]
        if name in inside:
            value = verdict_on_all(value)
        if node.role is Role.VALIDATOR and isinstance(value, Verdict):
            checked = prepared.checked_by[name]
            records.append(_record(prepared, prepared.graph.nodes[checked], node.expectations[0], value, None))
    return records


def _record(
    prepared: PreparedRun, node: Node, spec: ExpectationSpec, verdict: Verdict, seconds: float | None
) -> CheckRecord:
    key = feature_key(prepared.graph_name, node.name)
    told = concealment_of(prepared.project)
    masked = node.name in prepared.pii
    message = verdict.message
    if masked and message is not None:
        message = f"{verdict.failing_rows or 0:,} of {verdict.rows or 0:,} values (values of personal data are masked)"
    return CheckRecord(
        check_id=check_id(key, spec.kind, spec.params),
        feature=key,
        variant=node.variant,
        kind=spec.kind,
        severity=spec.severity,
        status=verdict.status,
        params=dict(told.told(spec.params)),
        observed=_mask(verdict.observed) if masked else verdict.observed,
        threshold=verdict.threshold,
        rows=verdict.rows,
        failing_rows=verdict.failing_rows,
        message=told.told(message),
        seconds=None if seconds is None else round(seconds, 6),
    )


def _mask(observed: Mapping[str, Any]) -> dict[str, Any]:
    """What was observed of personal data: counts stay, values do not."""
    counts = ("rows", "missing", "outside", "fraction", "missing_fraction", "not_in", "dtype", "type", "items", "items_unmet")
    return {name: value if name in counts else _MASKED for name, value in observed.items()}
