"""What a check decides by, and the report it makes of its records."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from featurecat.clock import Clock
from featurecat.errors import Problem
from featurecat.expectations.baseline import read_baseline
from featurecat.expectations.ratchet import Scope
from featurecat.graph.selection.evaluate import select
from featurecat.graph.selection.grammar import parse_several
from featurecat.project.check.faults import fault_query
from featurecat.project.check.recording import CheckedRun
from featurecat.project.check.request import CheckRequest
from featurecat.project.check.subjects import Definitions
from featurecat.project.discover import Project
from featurecat.project.excuses import Change, changed_baseline
from featurecat.project.gate import Place, decide, exit_code, notes, places_of, policy_of, resolve_overrides
from featurecat.project.git import git_state
from featurecat.project.selecting import CatalogIndex
from featurecat.project.sets import SETTINGS_FILE, settings_text
from featurecat.records import CheckRecord, GateReport, GateResult

__all__ = ["Decision"]


class Decision:
    """Settings, options, waivers and baseline of one check.

    Args:
        project: The project.
        request: The options.
        clock: Tells the day.
        definitions: What the catalog says.
        index: What selections are evaluated over.

    Attributes:
        policy: What is decided by.
        changed_baseline: What was done to the baseline, in words, or None.
    """

    def __init__(
        self, project: Project, request: CheckRequest, clock: Clock, definitions: Definitions, *, index: CatalogIndex
    ) -> None:
        self.project = project
        self.request = request
        self.definitions = definitions
        self.index = index
        self.today = clock.now().date()
        self.changed_baseline: str | None = None
        settings = project.settings.checks
        self.change = Change(request.update_baseline, request.ratchet, request.force)
        self.change.check()
        self.baseline_path = project.root / (request.baseline or Path(settings.baseline))
        self.places, self.waiver_problems = places_of(definitions.variants, definitions.owners, project.root)
        self.places |= _places_of_keys(project, definitions, self.places)
        self.policy = policy_of(
            settings,
            self.today,
            mode=request.mode,
            warn_as_error=request.warn_as_error,
            baseline=read_baseline(self.baseline_path),
            overrides=resolve_overrides(
                settings.override, index, file=SETTINGS_FILE, text=lambda: settings_text(project.root)
            ),
        )

    def report(self, records: Sequence[CheckRecord], run: CheckedRun, problems: Sequence[Problem]) -> GateReport:
        """The report; the baseline is changed first, where that was asked for.

        Args:
            records: One for each expectation.
            run: The run that they are of.
            problems: Files that cannot be trusted, and what was set aside.
        """
        results = [self._placed(result, run) for result in decide(records, self.policy, places=self.places)]
        selected = frozenset(run.features)
        scope = Scope(
            features=selected if self.request.features else None,
            defined=frozenset(row["check_id"] for rows in self.definitions.expectations.values() for row in rows)
            | frozenset(record.check_id for record in records),
        )
        said = notes(results, self.policy, places=self.places, scope=scope)
        self.changed_baseline = changed_baseline(
            self.project, self.baseline_path, self.policy.baseline, results=results, scope=scope, change=self.change,
            today=self.today,
        )  # fmt: skip
        checked = {result.check.feature for result in results}
        unchecked = tuple(name for name in run.features if name not in checked)
        everything = [*problems, *self.waiver_problems, *self._lacking(unchecked)]
        return GateReport(
            tool="check",
            project=self.project.name,
            results=tuple(results),
            exit_code=exit_code(results, everything, self.policy),
            run_id=run.run_id,
            started_at=run.started_at,
            seconds=round(run.seconds, 6),
            git_commit=git_state(self.project.root).commit,
            selected=run.features,
            unchecked=unchecked,
            problems=tuple(everything),
            notes=tuple(said),
        )

    def _placed(self, result: GateResult, run: CheckedRun) -> GateResult:
        """A result with a statement that lists all rows at fault, where some are."""
        published = self.definitions.published.get(result.check.feature)
        if published is None or not result.check.failing_rows or not result.check.sample:
            return result
        path = self.project.shown(self.project.store.root / published.path)
        return fault_query(result, published, path or published.path)

    def _lacking(self, unchecked: Sequence[str]) -> list[Problem]:
        """Features that must have expectations and have none."""
        if not self.request.require_checks:
            return []
        required = select(parse_several(list(self.request.require_checks)), self.index, allow_empty=True).names
        found = []
        for feature in required:
            if feature in unchecked or (feature not in self.definitions.expectations):
                place = next((place for (name, _), place in self.places.items() if name == feature), None)
                file, line = (None, None) if place is None else (place.file, place.line)
                found.append(
                    Problem(
                        "expectation-failed",
                        f"{feature} has no expectations, and --require-checks wants some",
                        file,
                        line,
                        "add @check_output(…)",
                        feature,
                    )
                )
        return found


def _places_of_keys(
    project: Project, definitions: Definitions, known: Mapping[tuple[str, str], Place]
) -> dict[tuple[str, str], Place]:
    """Where grains are declared: in the settings of a source, or at a feature, whatever its variant."""
    found: dict[tuple[str, str], Place] = {}
    for (feature, _), place in known.items():
        found.setdefault((feature, ""), replace(place, waivers=()))
    lines = None
    for feature, row in definitions.features.items():
        if row["role"] == "source" and row["name"] in project.settings.sources:
            lines = lines or (project.root / "pyproject.toml").read_text(encoding="utf-8").splitlines()
            header = re.compile(rf"\s*\[tool\.featurecat\.sources\.[\"']?{re.escape(row['name'])}[\"']?\]")
            line = next((number for number, text in enumerate(lines, 1) if header.match(text)), None)
            found[feature, ""] = Place("pyproject.toml", line)
    return found
