"""Judges published values: the columns of an artifact together, what takes the user's code one by one."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from featurecat.catalog.gating import frame_columns, run_before
from featurecat.clock import Clock
from featurecat.definition.node import Node
from featurecat.errors import EvaluationError, FeaturecatError, Problem
from featurecat.expectations.evaluate import MOST_ROWS, Asking, evaluate_file, evaluate_frame, evaluate_in_time
from featurecat.expectations.kind import Surroundings
from featurecat.expectations.spec import ExpectationSpec, Verdict, check_id
from featurecat.frames.joining import ColumnOfFile, joined_columns
from featurecat.frames.measuring import table_of_file
from featurecat.project.check.files import Files
from featurecat.project.check.implied import IMPLIED, judge_implied
from featurecat.project.check.subjects import NOT_PUBLISHED, Definitions, Published, Subject
from featurecat.project.check.values import published_value
from featurecat.project.check.verdicts import Confidential, Judged, record_of
from featurecat.project.discover import Project
from featurecat.project.earlier import EarlierRuns
from featurecat.project.rows import concealment_of
from featurecat.records import CheckRecord

__all__ = ["Judging"]

#: The nodes of the project by catalog key and variant.
Nodes = Callable[[], Mapping[tuple[str, str], Node]]


@dataclass(slots=True)
class Judging:
    """Judges the published values of a project.

    Attributes:
        project: The project.
        clock: Tells the time.
        definitions: What the catalog says.
        files: The files, looked at.
        nodes: Reads the modules, where an expectation takes the user's code.
        as_of: The moment that freshness and the future are judged by.
        most: Rows at fault to keep of each expectation.
    """

    project: Project
    clock: Clock
    definitions: Definitions
    files: Files
    nodes: Nodes
    as_of: datetime.datetime = field(init=False)
    most: int = field(init=False, default=MOST_ROWS)
    _earlier: EarlierRuns = field(init=False)

    def records(
        self, subjects: Sequence[Subject], *, as_of: datetime.datetime, most: int
    ) -> list[tuple[Subject, CheckRecord]]:
        """The records of verdicts, one for each subject.

        Args:
            subjects: What to judge.
            as_of: The moment that freshness and the future are judged by.
            most: Rows at fault to keep of each expectation.
        """
        self.as_of, self.most = as_of, most
        self._earlier = EarlierRuns(self.project, self.clock)
        definitions = self.definitions
        told = concealment_of(self.project).told
        confidential = Confidential(definitions.personal_columns(), definitions.frames(), told)
        return [(one.subject, record_of(one, confidential)) for one in self.judge(subjects)]

    def judge(self, subjects: Sequence[Subject]) -> list[Judged]:
        """The verdicts, one for each subject."""
        by_file: dict[str, list[Subject]] = {}
        judged: list[Judged] = []
        for subject in subjects:
            if subject.published is None:
                judged.append(Judged(subject, Verdict("error", message=NOT_PUBLISHED)))
            elif (fault := self.files.fault(subject.published)) is not None:
                judged.append(Judged(subject, Verdict("error", message=fault)))
            else:
                by_file.setdefault(subject.published.path, []).append(subject)
        for path, found in by_file.items():
            verdicts = self._judge_file(self.project.store.root / path, found)
            if not self.files.unchanged(path):
                told = Verdict("error", message="could not be evaluated: its file changed while it was judged")
                verdicts = [Judged(one.subject, told) for one in verdicts]
            judged += verdicts
        return judged

    def _judge_file(self, path: Path, subjects: Sequence[Subject]) -> list[Judged]:
        try:
            table = table_of_file(path)
        except FeaturecatError as error:
            shown = self.project.shown(path)
            self.files.problems.append(
                Problem("source-unreadable", error.problems[0].message, shown, None, "check the disk")
            )
            return [
                Judged(one, Verdict("error", message="could not be evaluated: unreadable file")) for one in subjects
            ]
        judged = []
        plain: list[Subject] = []
        for subject in subjects:
            published = subject.published
            assert published is not None  # grouped by it
            if subject.spec.kind in IMPLIED:
                verdict = judge_implied(subject.spec, published, path, table=table, as_of=self.as_of, most=self.most)
                judged.append(Judged(subject, verdict))
            elif subject.needs_code:
                judged.append(Judged(subject, self._judged_by_code(subject, published, path)))
            elif any(other not in table.fields for other in subject.spec.others):
                judged.append(Judged(subject, self._judged_beside(subject, published, path)))
            else:
                plain.append(subject)
        return [*judged, *self._judged_together(path, plain)]

    def _judged_together(self, path: Path, subjects: Sequence[Subject]) -> list[Judged]:
        """All that is judged on columns of one file, in one pass over it."""
        by_column: dict[str, list[Subject]] = {}
        for subject in subjects:
            assert subject.published is not None
            by_column.setdefault(subject.published.column, []).append(subject)
        if not by_column:
            return []
        specs = {column: [one.spec for one in found] for column, found in by_column.items()}
        features = {column: found[0] for column, found in by_column.items()}
        verdicts = evaluate_file(path, specs, self._asking(features))
        return [
            Judged(subject, verdict)
            for column, found in by_column.items()
            for subject, verdict in zip(found, verdicts[column], strict=True)
        ]

    def _asking(self, features: Mapping[str, Subject]) -> Asking:
        some = next(iter(features.values())).published
        assert some is not None
        keys = [*some.entity, *([some.timestamp] if some.timestamp else [])]
        return Asking(keys, lambda column: self._surroundings(features[column]), self.most)

    def _surroundings(self, subject: Subject) -> Surroundings:
        published = subject.published
        assert published is not None
        return Surroundings(
            self.as_of,
            lambda run: self._column_of(published, run),
            datetime.datetime.fromisoformat(published.committed_at),
        )

    def _column_of(self, published: Published, run: str | None) -> Any:
        """The values of an earlier run; of the last one before that which published these, unless one is named."""
        before = run or run_before(self.project.store.catalog, published.run_id, published.feature)
        return None if before is None else self._earlier.column(published.feature, before)

    def _judged_beside(self, subject: Subject, published: Published, path: Path) -> Verdict:
        """The verdict on a feature compared with one that lies in another file."""
        graph = subject.feature.rpartition("/")[0]
        others = []
        for name in subject.spec.others:
            other = self.definitions.published.get(f"{graph}/{name}" if graph else name)
            if other is None:
                return Verdict(
                    "error", message=f"could not be evaluated: {name}, which it compares with, is not published"
                )
            if (other.entity, other.timestamp) != (published.entity, published.timestamp) or not published.entity:
                return Verdict("error", message=f"could not be evaluated: {name} was published for other rows")
            others.append(ColumnOfFile(self.project.store.root / other.path, other.column, name))
        asking = self._asking({published.column: subject})
        try:
            frame = joined_columns(path, [published.column], others, keys=asking.keys)
        except FeaturecatError as error:
            return Verdict("error", message=f"could not be evaluated: {error.problems[0].message}")
        return evaluate_frame(frame, {published.column: [subject.spec]}, asking)[published.column][0]

    def _judged_by_code(self, subject: Subject, published: Published, path: Path) -> Verdict:
        node = self.nodes().get((subject.feature, subject.variant))
        spec = None if node is None else _spec_of(node, subject)
        if node is None or spec is None:
            return Verdict("error", message="could not be evaluated: its function is not in the modules any more")
        try:
            columns = [published.column]
            if self.definitions.features[subject.feature]["role"] == "frame":
                columns = frame_columns(self.project.store.catalog, published.run_id, subject.feature)
            value = published_value(path, columns, node.type)
        except EvaluationError as error:
            return Verdict("error", message=f"could not be evaluated: {error.problems[0].message}")
        try:
            verdict = asyncio.run(evaluate_in_time(spec, value))
        except KeyboardInterrupt:
            raise
        except BaseException as fault:  # noqa: BLE001 - a validator that leaves must not take the gate along
            return Verdict("error", message=f"could not be evaluated: it raised {type(fault).__name__}")
        return replace(verdict, rows=published.rows if verdict.rows is None else verdict.rows)


def _spec_of(node: Node, subject: Subject) -> ExpectationSpec | None:
    """The expectation with its judge, as the modules declare it."""
    return next(
        (
            spec
            for spec in node.expectations
            if check_id(subject.feature, spec.kind, spec.params) == subject.check_id or _same(spec, subject.spec)
        ),
        None,
    )


def _same(spec: ExpectationSpec, declared: ExpectationSpec) -> bool:
    """Whether a spec is the declared one, whose parameters may be masked in the catalog."""
    return spec.kind == declared.kind and (spec.file, spec.line) == (declared.file, declared.line)
