"""Alters copies of published data one way after another, and runs the real gate on each."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType

from featurecat.clock import Clock
from featurecat.errors import RequestError, did_you_mean
from featurecat.frames.alterations.benign import BENIGN
from featurecat.frames.alterations.change import Alteration, Altered
from featurecat.frames.alterations.corruptions import CORRUPTIONS
from featurecat.project.check.request import CheckRequest
from featurecat.project.check.run import check_published
from featurecat.project.check.subjects import Definitions, read_definitions
from featurecat.project.discover import Project
from featurecat.project.selftest.answer import Alarm, SelftestAnswer, SelftestRequest, Trial
from featurecat.project.selftest.copying import copied_project
from featurecat.project.selftest.publishing import publish_altered
from featurecat.project.selftest.tables import Aim, PublishedTable, Reader, find_aim, published_tables
from featurecat.project.spans import judged_at
from featurecat.records import GateReport, GateResult

__all__ = ["AlteredProject", "Bench", "alterations", "selftest"]

_ALARMING = frozenset({"failed", "unevaluated"})


def alterations(names: Sequence[str] = (), *, benign: bool = False) -> list[Alteration]:
    """The alterations of these names, or all of them, in their order.

    Args:
        names: As ``null-burst``; none means all.
        benign: Whether the benign ones are meant, rather than the corruptions.

    Raises:
        RequestError: When there is none of such a name.
    """
    known: Mapping[str, Alteration] = BENIGN if benign else CORRUPTIONS
    for name in names:
        if name not in known:
            kind = "benign change" if benign else "corruption"
            hint = did_you_mean(name, known) or "featurecat selftest --list shows them"
            raise RequestError(f"there is no {kind} {name!r}", code="invalid-option", hint=hint)
    return [one for name, one in known.items() if not names or name in names]


def selftest(project: Project, request: SelftestRequest, clock: Clock) -> SelftestAnswer:
    """Try whether the expectations of a project notice data that break, or stay quiet about changes that are none.

    Everything happens in copies of the store, which are removed; settings, baseline and waivers are the project's own.

    Args:
        project: The project; its store is only read.
        request: What to try.
        clock: Tells the time.

    Returns:
        What the gate made of each alteration.

    Raises:
        DefinitionError: When modules, settings or selection are wrong.
        RequestError: When nothing is published, or what the request names is not there.
        CatalogError: When there is no catalog and none can be made.
        StoreError: When there is no room for the copies.
    """
    chosen = alterations(request.only, benign=request.benign)
    with Bench(project, request, clock) as bench:
        trials = tuple(bench.trial(alteration, benign=request.benign) for alteration in chosen)
        return SelftestAnswer(
            project.name,
            request.benign,
            bench.clean.exit_code,
            sum(result.outcome in _ALARMING for result in bench.clean.results),
            trials,
            bench.notices,
        )


@dataclass(frozen=True, slots=True)
class AlteredProject:
    """A project whose published data were altered.

    Attributes:
        project: The project; its store is a copy.
        aim: What was altered.
        altered: What became of it.
    """

    project: Project
    aim: Aim
    altered: Altered


class Bench:
    """Where alterations are tried; used in a ``with`` statement.

    Args:
        project: The project; its store is only read.
        request: What to try.
        clock: Tells the time.

    Attributes:
        clean: What the gate says of the data as they are.
        notices: About the selection.
    """

    clean: GateReport
    notices: tuple[str, ...]
    definitions: Definitions
    tables: list[PublishedTable]

    def __init__(self, project: Project, request: SelftestRequest, clock: Clock) -> None:
        self._project = project
        self._request = request
        self._clock = clock
        self._opened = contextlib.ExitStack()

    def __enter__(self) -> Bench:
        with contextlib.ExitStack() as opened:
            # each trial starts from here: the modules are indexed, and what will not be altered is judged already
            self._start = opened.enter_context(copied_project(self._project))
            self._reader = Reader(self._start.store.root)
            answer = check_published(self._start, self._check, self._clock)
            self.clean, self.notices = answer.report, answer.notices
            self.definitions = read_definitions(self._start)
            self.tables = published_tables(
                self.definitions,
                self.clean.selected,
                aimed=self._request.aimed,
                as_of=judged_at(self._start.settings.checks.as_of, self._clock),
            )
            self._opened = opened.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opened.close()

    @contextlib.contextmanager
    def altered(self, alteration: Alteration) -> Iterator[AlteredProject | str]:
        """A copy of the project after an alteration, removed in the end; or why it cannot be applied.

        Args:
            alteration: The alteration.
        """
        aim = find_aim(alteration, self.tables, self._reader)
        if isinstance(aim, str):
            yield aim
            return
        with copied_project(self._start) as copy:
            altered = alteration.apply(aim.values, aim.target)
            publish_altered(copy, aim.table, altered, definitions=self.definitions, clock=self._clock)
            yield AlteredProject(copy, aim, altered)

    def trial(self, alteration: Alteration, *, benign: bool) -> Trial:
        """What the gate makes of an alteration.

        Args:
            alteration: The alteration.
            benign: Whether it is to stay quiet.
        """
        start = self._clock.monotonic()
        with self.altered(alteration) as found:
            if isinstance(found, str):
                return Trial(alteration.name, alteration.doc, "skipped", found)
            report = check_published(found.project, self._check, self._clock).report
        features = tuple(column.feature for column in found.aim.target.columns)
        alarms = self._new(report, _ALARMING, features)
        warnings = self._new(report, frozenset({"warned"}), features)
        problems = _messages(report, found.project) - _messages(self.clean, self._start)
        quiet = not alarms and not problems
        verdict = ("green" if quiet else "false alarm") if benign else ("let through" if quiet else "noticed")
        place = self._place(features)
        return Trial(
            alteration.name,
            alteration.doc,
            verdict,
            found.altered.what,
            features,
            place,
            None if found.altered.rows is None else len(found.altered.rows),
            report.exit_code,
            alarms,
            warnings,
            tuple(sorted(problems)),
            self._hint(alteration, features, place, warnings) if verdict == "let through" else None,
            round(self._clock.monotonic() - start, 6),
        )

    @property
    def _check(self) -> CheckRequest:
        return CheckRequest(features=self._request.features)

    def _new(self, report: GateReport, outcomes: frozenset[str], altered: Collection[str]) -> tuple[Alarm, ...]:
        """What did not hold only after the alteration, or holds even less."""
        before = {_identity(result): result for result in self.clean.results}
        found = [
            Alarm.of(result)
            for result in report.results
            if result.outcome in outcomes and _is_worse(result, before.get(_identity(result)))
        ]
        # those that name rows at fault say most
        return tuple(sorted(found, key=lambda one: (one.feature not in altered, not one.sample)))

    def _place(self, features: Sequence[str]) -> str | None:
        """Where the first of some features is defined."""
        for feature in features[:1]:
            published = self.definitions.published.get(feature)
            for row in self.definitions.variants:
                if published is not None and (row["feature"], row["variant"]) == (feature, published.variant):
                    return f"{row['file']}:{row['line']}"
        return None

    def _hint(
        self, alteration: Alteration, features: Sequence[str], place: str | None, warnings: Sequence[Alarm]
    ) -> str:
        settings = self._start.settings.checks
        if settings.mode != "enforce":
            return f'mode = "{settings.mode}" in [tool.featurecat.checks] lets everything through'
        if warnings:
            first = warnings[0]
            return f"{first.kind} of {first.feature} only warns: give it severity error"
        where = f" ({place})" if place else ""
        what = f" on {' or '.join(features)}{where}" if features else ""
        return f"add {alteration.remedy}{what}"


def _identity(result: GateResult) -> tuple[str, str, str]:
    return result.check.feature, result.check.variant, result.check.check_id


def _is_worse(result: GateResult, before: GateResult | None) -> bool:
    if before is None or before.outcome != result.outcome:
        return True
    return (result.check.failing_rows or 0) > (before.check.failing_rows or 0)


def _messages(report: GateReport, project: Project) -> set[str]:
    """What a report says beside its results, without the folder of the copy."""
    return {problem.message.replace(f"{project.store.root}/", "") for problem in report.problems}
