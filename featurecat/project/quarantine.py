"""What is kept back of a run: the columns of blocked features, single rows at fault, and the report beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from featurecat.errors import EvaluationError, FeaturecatError
from featurecat.expectations.facts import ColumnFacts
from featurecat.expectations.registry import find_kind
from featurecat.expectations.spec import ExpectationSpec, check_id
from featurecat.frames.measurement import Suspect, Table
from featurecat.frames.measures import RowTest
from featurecat.frames.measuring import table_of_file
from featurecat.frames.row_sets import split_rows
from featurecat.project.assemble import AssembledTable
from featurecat.project.audit import Around
from featurecat.project.blocking import Decision
from featurecat.project.grains import GrainSelection
from featurecat.project.prepare import PreparedRun
from featurecat.project.rows import feature_key
from featurecat.records import CheckRecord, GateResult
from featurecat.storage.publish import ArtifactDraft, Publication, StagedArtifact

__all__ = ["KeptBack", "Shelf", "keep_back_columns", "keep_back_rows", "quarantine_report"]

#: The first column of rows that are kept back.
_MARKS = "check_ids"


@dataclass(frozen=True, slots=True)
class KeptBack:
    """Rows of an artifact that went to quarantine.

    Attributes:
        place: The file.
        rows: How many there are.
        of: How many rows the artifact had.
        checks: Node to the ids of the checks that they are at fault of.
    """

    place: Path
    rows: int
    of: int
    checks: Mapping[str, tuple[str, ...]]


@dataclass(slots=True)
class Shelf:
    """One artifact on its way.

    Attributes:
        selection: Whose rows it has, and the features that were selected.
        table: Its rows.
        draft: What it will be.
        staged: Where it is staged; None when nothing of it is.
        records: The verdicts on its columns.
        kept_back: Rows that were taken out of it.
        profiles: Column to its profile, of what is published.
    """

    selection: GrainSelection
    table: AssembledTable
    draft: ArtifactDraft
    staged: StagedArtifact | None = None
    records: list[CheckRecord] = field(default_factory=list)
    kept_back: KeptBack | None = None
    profiles: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


# --- columns --------------------------------------------------------------------------------------


def keep_back_columns(shelf: Shelf, causes: Mapping[str, str | None], publication: Publication) -> None:
    """Stage an artifact anew without the columns of blocked features, which are set aside with the keys.

    Args:
        shelf: The artifact; what is left of it, or nothing, is staged afterwards.
        causes: The blocked nodes.
        publication: Where it is staged.
    """
    table, draft, staged = shelf.table, shelf.draft, shelf.staged
    blocked = [column for column in table.columns if column.feature in causes]
    if not blocked or staged is None:
        return
    kept = [column for column in table.columns if column.feature not in causes]
    publication.withdraw(staged)
    shelf.staged = None
    if not kept:
        publication.set_aside(_aside(draft, table.features), table.table)
        return
    columns = [*table.keys, *(column.column for column in blocked)]
    features = tuple(dict.fromkeys(column.feature for column in blocked))
    publication.set_aside(_aside(draft, features), table.table.select(list(dict.fromkeys(columns))))
    lost = {column.column for column in blocked} - {*table.keys}
    names = [name for name in table.table.column_names if name not in lost]
    rest = AssembledTable(table.table.select(names), tuple(kept), table.keys)
    shelf.draft = replace(draft, features=rest.features)
    shelf.staged = publication.stage(shelf.draft, rest.table)


def _aside(draft: ArtifactDraft, features: tuple[str, ...]) -> ArtifactDraft:
    return replace(draft, artifact_id=f"{draft.artifact_id}-quarantined", features=features)


# --- rows -----------------------------------------------------------------------------------------


def keep_back_rows(
    prepared: PreparedRun,
    shelf: Shelf,
    decision: Decision,
    *,
    publication: Publication,
    audited: Callable[[AssembledTable, Path], list[CheckRecord]],
    around: Around,
) -> None:
    """Take the rows at fault out of an artifact, and judge the rest anew.

    Only expectations of severity error that name single rows are mended like this. A feature with others that failed,
    and one with more rows at fault than ``max_quarantined`` allows, is left to be blocked as a whole.

    Args:
        prepared: The run.
        shelf: The artifact; without the rows, and with the verdicts on the rest, afterwards.
        decision: What was decided on all of it.
        publication: Where it is staged.
        audited: Judges what is staged.
        around: Tells what is known beside the values of a feature.
    """
    staged = shelf.staged
    faults = None if staged is None else _rows_at_fault(prepared, shelf, decision, around)
    if staged is None or not faults:
        return
    by_check = {identity: rows for checks in faults.values() for identity, rows in checks.items()}
    count = shelf.table.table.num_rows
    kept, apart = split_rows(shelf.table.table, by_check, _MARKS)
    publication.withdraw(staged)
    place = publication.set_aside(_aside(shelf.draft, shelf.table.features), apart, rows=True)
    shelf.table = replace(shelf.table, table=kept)
    shelf.staged = publication.stage(shelf.draft, kept)
    anew = audited(shelf.table, shelf.staged.path)
    # rows left out may put others at fault, of the order of rows for instance: then nothing is mended
    mended = {record.check_id for record in anew if record.check_id in by_check and record.status == "pass"}
    checks = {name: tuple(identity for identity in own if identity in mended) for name, own in faults.items()}
    shelf.kept_back = KeptBack(place, apart.num_rows, count, checks)
    before = {record.check_id: record for record in shelf.records}
    shelf.records = [_with_rows_at_fault(before[one.check_id]) if one.check_id in mended else one for one in anew]


def _with_rows_at_fault(first: CheckRecord) -> CheckRecord:
    """The verdict on all rows, which is kept of an expectation that holds of the rest."""
    return replace(first, message=f"{first.message}; these rows are in quarantine")


def _rows_at_fault(
    prepared: PreparedRun, shelf: Shelf, decision: Decision, around: Around
) -> dict[str, dict[str, list[int]]]:
    """Node to check id to rows, of the features that can be mended by leaving rows out."""
    assert shelf.staged is not None  # the caller asked
    table = table_of_file(shelf.staged.path)
    most = prepared.checks.max_quarantined * shelf.table.table.num_rows
    found: dict[str, dict[str, list[int]]] = {}
    for column in shelf.table.columns:
        name = column.feature
        failed = [result for result in decision.results if _keeps_back(prepared, result, name)]
        if not failed or name not in prepared.on_file or decision.causes.get(name, name) is not None:
            continue
        rows: dict[str, list[int]] = {}
        for result in failed:
            test = _row_test(prepared, table, column.column, result, around)
            if numbers := None if test is None else _numbers(table, column.column, test, most):
                rows[result.check.check_id] = numbers
        if len(rows) == len(failed):
            found[name] = rows
    return _few(found, most)


def _few(found: dict[str, dict[str, list[int]]], most: float) -> dict[str, dict[str, list[int]]]:
    """Without the features that have too many rows at fault, and none at all if the others have too many together."""
    few = {name: checks for name, checks in found.items() if len(_together(checks)) <= most}
    every = set().union(*map(_together, few.values()))
    return few if len(every) <= most else {}


def _together(checks: Mapping[str, list[int]]) -> set[int]:
    return {number for numbers in checks.values() for number in numbers}


def _keeps_back(prepared: PreparedRun, result: GateResult, name: str) -> bool:
    blocking = result.outcome in ("failed", "unevaluated") and result.check.severity == "error"
    return blocking and result.check.feature == feature_key(prepared.graph_name, name)


def _row_test(prepared: PreparedRun, table: Table, column: str, result: GateResult, around: Around) -> RowTest | None:
    """Which rows are at fault of an expectation that failed; None where it is not about single rows."""
    if result.outcome != "failed":
        return None
    name = result.check.feature.rpartition("/")[2]
    spec = _spec(prepared, name, result.check)
    facts = ColumnFacts(table, column, surroundings=around(name))
    try:
        return find_kind(spec.kind).evaluate(spec.params, facts).at_fault
    except FeaturecatError:  # it was judged before: what failed since keeps the whole feature back
        return None


def _spec(prepared: PreparedRun, name: str, record: CheckRecord) -> ExpectationSpec:
    specs = prepared.graph.nodes[name].expectations
    return next(spec for spec in specs if check_id(record.feature, spec.kind, spec.params) == record.check_id)


def _numbers(table: Table, column: str, test: RowTest, most: float) -> list[int] | None:
    """The numbers of the rows at fault, from 0; None where they cannot be told, or are too many."""
    suspect = Suspect(column, test)
    (counted,) = table.find([suspect], most=0)
    if isinstance(counted, EvaluationError) or counted.failing > most:
        return None
    (found,) = table.find([suspect], most=counted.failing)
    # without keys, a row begins with its number
    return None if isinstance(found, EvaluationError) else [next(iter(row.values())) for row in found.rows]


# --- the report -----------------------------------------------------------------------------------


def quarantine_report(
    decision: Decision, causes: Mapping[str, str | None], shelves: Sequence[Shelf], *, shown: Callable[[Path], str]
) -> dict[str, Any]:
    """What ``report.json`` says: each failure with its rows, what is skipped because of it, rows that were taken out.

    Args:
        decision: What was decided.
        causes: The selected features and savers that are blocked, with what they are made of.
        shelves: The artifacts.
        shown: A path as it is told.
    """
    failed = [result for result in decision.results if result.outcome in ("failed", "unevaluated")]
    return {
        "problems": [_failure(result) for result in failed],
        "skipped": [{"feature": name, "upstream": cause} for name, cause in causes.items() if cause is not None],
        "rows": [
            {
                "file": shown(kept.place),
                "rows": kept.rows,
                "of": kept.of,
                "checks": sorted(identity for checks in kept.checks.values() for identity in checks),
            }
            for shelf in shelves
            if (kept := shelf.kept_back) is not None
        ],
    }


def _failure(result: GateResult) -> dict[str, Any]:
    check = result.check
    verdict = "does not hold" if result.outcome == "failed" else "could not be evaluated"
    return {
        "feature": check.feature,
        "check": check.kind,
        "check_id": check.check_id,
        "severity": check.severity,
        "outcome": result.outcome,
        "message": f"{check.kind} {verdict}: {(check.message or '').removeprefix(f'{verdict}: ')}",
        "rows": check.rows,
        "failing_rows": check.failing_rows,
        "sample": [dict(row) for row in check.sample],
        "file": result.file,
        "line": result.line,
    }
