"""``featurecat check`` on published data: select, judge what changed, decide, put on record.

What judging and importing modules take is loaded only then: a gate that finds nothing changed answers at once.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from featurecat.clock import Clock, timestamp_text
from featurecat.errors import Problem
from featurecat.graph.selection.evaluate import Selected, select
from featurecat.graph.selection.grammar import parse_several
from featurecat.project.access import open_catalog
from featurecat.project.changes import States
from featurecat.project.check.age import judge_age, known_newest
from featurecat.project.check.clearances import clearance_records
from featurecat.project.check.decision import Decision
from featurecat.project.check.files import Files
from featurecat.project.check.recording import CheckedRun, put_on_record
from featurecat.project.check.request import CheckAnswer, CheckRequest
from featurecat.project.check.reuse import StoredResults, StoredStates
from featurecat.project.check.subjects import Definitions, Subject, read_definitions, subjects_of
from featurecat.project.check.verdicts import Confidential, Judged, record_of
from featurecat.project.discover import Project
from featurecat.project.selecting import CatalogIndex, catalog_index, selection_notices, states_notices, why_lines
from featurecat.project.spans import judged_at
from featurecat.project.stamp import definitions_current
from featurecat.records import CheckRecord
from featurecat.storage.layout import new_run_id

__all__ = ["check", "check_published"]

#: What is published may be of the definitions before the change.
_OF_BEFORE = "published values are judged, as they were computed then; --compute judges what changed code makes"


def check(project: Project, request: CheckRequest, clock: Clock) -> CheckAnswer:
    """Judge published values, or those computed for the purpose; see :func:`check_published` and ``computed.py``."""
    if request.compute:
        from featurecat.project.check.computed import check_computed

        return check_computed(project, request, clock)
    return check_published(project, request, clock)


def check_published(project: Project, request: CheckRequest, clock: Clock) -> CheckAnswer:
    """Judge the published values of features by what is expected of them.

    The modules are read only where they changed since they were indexed, or where an expectation takes the user's
    code. Verdicts on values and expectations that have not changed are taken over, unless the request says otherwise.

    Args:
        project: The project.
        request: What to check, and how to decide.
        clock: Tells the time.

    Returns:
        The report; a manifest of kind ``check`` is in the store.

    Raises:
        DefinitionError: When modules, settings, selection or baseline are wrong; nothing was judged then.
        CatalogError: When there is no catalog and none can be made.
        StoreError: When the store cannot be written.
    """
    return _Check(project, request, clock).answer()


class _Check:
    """One check from its start to its manifest."""

    def __init__(self, project: Project, request: CheckRequest, clock: Clock) -> None:
        self.project = project
        self.request = request
        self.clock = clock
        self.run_id = new_run_id(clock)
        self.started_at = clock.now()
        self.start = clock.monotonic()
        self.warnings: list[Problem] = []
        self.modules: Any = None
        self.judged = False

    def answer(self) -> CheckAnswer:
        definitions = self._definitions()
        selected, index, notices = self._selected(definitions)
        decision = Decision(self.project, self.request, self.clock, definitions, index=index)
        subjects = subjects_of(definitions, selected, engine=self.project.settings.engine)
        files = Files(self.project, StoredStates.of(self.project.store), anew=not self.request.cached)
        if decision.policy.mode == "off":
            records = [subject.record("skip") for subject in subjects]
        else:
            files.verify(subjects)
            records = self._records(definitions, subjects, files)
            files.states.save()
        records += clearance_records(self.project, definitions, selected)
        run = CheckedRun(
            run_id=self.run_id,
            started_at=timestamp_text(self.started_at),
            seconds=self.clock.monotonic() - self.start,
            selection=self.request.features,
            features=tuple(selected),
            inputs=tuple(files.whole.values()),
        )
        report = decision.report(records, run, files.problems)
        # what was taken over tells nothing new; whoever asks for the runs finds the manifest
        changed = self.judged or bool(files.problems)
        self.warnings += put_on_record(self.project, run, report, clock=self.clock, index=changed)
        return CheckAnswer(report, tuple(notices), tuple(self.warnings), decision.changed_baseline)

    # --- what is checked ------------------------------------------------------------------------

    def _definitions(self) -> Definitions:
        """The definitions of today; the modules are read where they changed."""
        if not definitions_current(self.project):
            self.warnings += self._modules().index(self.clock)
        catalog, warnings = open_catalog(self.project, self.clock, runs="published")
        catalog.close()
        self.warnings += warnings
        return read_definitions(self.project)

    def _modules(self) -> Any:
        if self.modules is None:
            from featurecat.project.check.modules import Modules

            self.modules = Modules(self.project)
        return self.modules

    def _selected(self, definitions: Definitions) -> tuple[list[str], CatalogIndex, list[str]]:
        request, states = self.request, None
        if request.against is not None:
            from featurecat.project.against import states_against

            states = states_against(self.project, self.clock, request.against)
        notices = states_notices(states, 3)
        if states is not None and any(states.of(feature) != "unmodified" for feature in definitions.checkable()):
            notices.append(_OF_BEFORE)
        index = self._index(states)
        if not request.features:
            return definitions.checkable(), index, notices
        selected: Selected = select(parse_several(list(request.features)), index, allow_empty=request.allow_empty)
        names = [name for name in selected.names if name in definitions.features]
        why = why_lines(selected, states) if request.why else []
        return names, index, [*notices, *selection_notices(selected), *why]

    def _index(self, states: States | None) -> CatalogIndex:
        if not (self.request.features or self.request.require_checks or self.project.settings.checks.override):
            return CatalogIndex([], [], [], [])
        return catalog_index(self.project, self.clock, states=states)

    # --- judging --------------------------------------------------------------------------------

    def _records(self, definitions: Definitions, subjects: Sequence[Subject], files: Files) -> list[CheckRecord]:
        settings = self.project.settings.checks
        sample = settings.sample if self.request.sample is None else self.request.sample
        results = StoredResults.of(self.project.store, sample, definitions.personal_columns())
        as_of = judged_at(self.request.as_of or settings.as_of, self.clock)
        records: list[CheckRecord] = []
        open_ones: list[Subject] = []
        for subject in subjects:
            found = self._known(subject, results, as_of) if files.usable(subject) else None
            if found is None:
                open_ones.append(subject)
            else:
                records.append(found)
        self.judged = bool(open_ones)
        if open_ones:
            from featurecat.project.check.judging import Judging

            judging = Judging(self.project, self.clock, definitions, files, lambda: self._modules().nodes())
            for subject, record in judging.records(open_ones, as_of=as_of, most=sample):
                records.append(record)
                results.keep(subject, record, self.run_id)
        results.forget({one.content_hash for one in definitions.published.values() if one.content_hash})
        results.save()
        return records

    def _known(self, subject: Subject, results: StoredResults, as_of: datetime.datetime) -> CheckRecord | None:
        """The verdict that can be told without reading the values."""
        if not self.request.cached:
            return None
        found = results.find(subject)
        if subject.spec.kind != "age" or subject.published is None:
            return found
        newest = known_newest(subject.published, None if found is None else dict(found.observed))
        if newest is None:
            return None
        verdict = judge_age(subject.spec, subject.published, newest, as_of=as_of)
        return record_of(Judged(subject, verdict), Confidential())
