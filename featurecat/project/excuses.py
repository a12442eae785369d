"""What excuses findings of lint: waivers in the code, and the baseline, which may be changed by them."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from featurecat.errors import DefinitionError, RequestError
from featurecat.expectations.baseline import Baseline, BaselineEntry, read_baseline, write_baseline
from featurecat.expectations.ratchet import Scope, ratcheted, refuse_in_ci, updated
from featurecat.project.discover import Project
from featurecat.project.gate import Override, decide, notes, places_of, policy_of, resolve_overrides
from featurecat.project.selecting import tables_index
from featurecat.project.sets import SETTINGS_FILE, declared_sets, settings_text
from featurecat.project.settings import OverrideSettings
from featurecat.records import GateResult

__all__ = ["Change", "Excuses", "changed_baseline"]


@dataclass(frozen=True, slots=True)
class Change:
    """What is to become of the baseline.

    Attributes:
        update: Write what does not hold into it.
        ratchet: Take out of it what holds again.
        force: Although little of it was seen, or in CI.
    """

    update: bool = False
    ratchet: bool = False
    force: bool = False

    @property
    def asked(self) -> bool:
        """Whether there is to be a change at all."""
        return self.update or self.ratchet

    def check(self) -> None:
        """Refuse a change in CI, and two at once.

        Raises:
            RequestError: Code ``baseline-refused`` in CI, ``invalid-option`` for two.
        """
        if self.update and self.ratchet:
            raise RequestError(
                "--update-baseline allows what is new, --ratchet only takes away",
                code="invalid-option",
                hint="give one of them",
            )
        if self.asked:
            refuse_in_ci(os.environ, force=self.force)


class Excuses:
    """Waivers and baseline of a project.

    Args:
        project: The project.
        tables: The definition tables, for places and owners.
        today: The day it is, UTC.
        tool: ``lint``.
        file: The baseline file; None leaves it to the settings.
        change: What is to become of it.
        warn_as_error: Whether warnings count as failures.

    Attributes:
        problems: Waivers that cannot be read, and overrides that cannot be resolved.
        notes: What to say beside the results.

    Raises:
        DefinitionError: Code ``invalid-baseline``.
        RequestError: When the baseline must not be changed here.
    """

    def __init__(
        self,
        project: Project,
        tables: Mapping[str, Sequence[Mapping[str, Any]]],
        today: date,
        *,
        tool: str,
        file: Path | None,
        change: Change,
        warn_as_error: bool,
    ) -> None:
        change.check()
        self._project = project
        self._tool = tool
        self._change = change
        self._path = project.root / (file or Path(project.settings.checks.baseline))
        self._places, self.problems = places_of(tables.get("variants", ()), tables.get("owners", ()), project.root)
        # what a module that cannot be read would show cannot be told from what was mended
        self._incomplete = bool(tables.get("index_errors"))
        settings = project.settings.checks
        self._policy = policy_of(
            settings,
            today,
            mode="enforce",
            warn_as_error=warn_as_error,
            baseline=read_baseline(self._path),
            overrides=self._overrides(settings.override, tables),
        )
        self.notes: list[str] = []

    def _overrides(
        self, overrides: Sequence[OverrideSettings], tables: Mapping[str, Sequence[Mapping[str, Any]]]
    ) -> tuple[Override, ...]:
        if not overrides:
            return ()
        root = self._project.root
        index = tables_index(tables, sets=lambda: declared_sets(root))
        try:
            return resolve_overrides(overrides, index, file=SETTINGS_FILE, text=lambda: settings_text(root))
        except DefinitionError as error:
            self.problems += error.problems
            return ()

    def applied(self, found: Sequence[GateResult], *, whole: bool, features: Collection[str]) -> list[GateResult]:
        """The results with what excuses them; the baseline is changed where that was asked for.

        Args:
            found: What the rules found; file, line and owner stay, a note is kept where none is added.
            whole: Whether the whole project was looked at.
            features: Catalog keys of what was looked at.
        """
        known = {(one.check.feature, one.check.variant, one.check.check_id): one for one in found}
        results = []
        for decided in decide([one.check for one in found], self._policy, places=self._places):
            own = known[decided.check.feature, decided.check.variant, decided.check.check_id]
            results.append(replace(own, outcome=decided.outcome, check=decided.check, note=decided.note or own.note))
        scope = Scope(features=None if whole else frozenset(features), tool=self._tool)
        if self._incomplete:
            if self._change.asked:
                self.notes.append("the baseline is left as it is: not all modules could be read")
            return results
        self.notes += notes(results, self._policy, places={}, scope=scope)
        said = changed_baseline(
            self._project, self._path, self._policy.baseline, results=results, scope=scope, change=self._change,
            today=self._policy.today,
        )  # fmt: skip
        self.notes += [] if said is None else [said]
        return results


def changed_baseline(
    project: Project,
    path: Path,
    baseline: Baseline,
    *,
    results: Sequence[GateResult],
    scope: Scope,
    change: Change,
    today: date,
) -> str | None:
    """Change the baseline file as asked.

    Args:
        project: The project.
        path: The file.
        baseline: What it holds.
        results: All results of the run.
        scope: What the run was about.
        change: What is to become of it.
        today: The day it is, UTC.

    Returns:
        What was done, in words; None when nothing was asked for.

    Raises:
        RequestError: Code ``baseline-refused``: the run saw too little of it.
        StoreError: When the file cannot be written.
    """
    if change.update:
        days = project.settings.checks.baseline_days
        revision = updated(baseline, results, scope=scope, today=today, days=days, force=change.force)
    elif change.ratchet:
        revision = ratcheted(baseline, results, scope=scope, force=change.force)
    else:
        return None
    written = write_baseline(path, revision.baseline, root=project.root)
    if not written:
        return f"{project.shown(path)}: nothing to change"
    added = [revision.baseline.entries[check_id] for check_id in revision.added]
    # no rows are at fault that could be counted, so nothing could be worse
    boundless = [f"{entry.feature}: {entry.kind}" for entry in added if entry.tool == "check" and not _counts(entry)]
    said = f"{project.shown(path)}: {revision.words}"
    return f"{said}; allowed whatever becomes of it: {', '.join(boundless)}" if boundless else said


def _counts(entry: BaselineEntry) -> bool:
    """Whether an entry allows a number or share of rows, which more of them exceed."""
    return entry.allowed.rows is not None or entry.allowed.share is not None
