"""What holds for every format: golden files, and that equal reports make equal texts."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from featurecat.records import GateReport
from featurecat.reports import REPORTS, below, find_report
from featurecat.version import VERSION
from tests.reports.samples import RUN_ID, STARTED, lint_report, reports, rich_report

EMPTY = GateReport("check", "demo", (), 0)


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize(("tool", "report"), [("check", rich_report()), ("lint", lint_report())], ids=["check", "lint"])
def test_golden(name: str, tool: str, report: GateReport, golden: Callable[[str, str], None]) -> None:
    text = find_report(name).render(report).replace(f'"semanticVersion": "{VERSION}"', '"semanticVersion": "…"')
    golden(text, f"{tool}-{name}{REPORTS[name].suffix}")


@pytest.mark.parametrize("name", REPORTS)
@given(report=reports, seed=st.integers(0, 100))
def test_the_order_of_what_was_found_does_not_matter(name: str, report: GateReport, seed: int) -> None:
    results, problems = list(report.results), list(report.problems)
    random.Random(seed).shuffle(results)
    random.Random(seed).shuffle(problems)
    render = REPORTS[name].render
    assert render(report) == render(report)
    assert render(replace(report, results=tuple(results), problems=tuple(problems))) == render(report)


@pytest.mark.parametrize("name", REPORTS)
def test_runs_differ_in_ids_and_times_only(name: str) -> None:
    render = REPORTS[name].render
    other = rich_report(run_id="RUN-ID", started_at="STARTED", seconds=2.75)
    told = render(other).replace("RUN-ID", RUN_ID).replace("STARTED", STARTED).replace("2.75", "1.25")
    assert told == render(rich_report())


@pytest.mark.parametrize("name", REPORTS)
@given(report=reports)
def test_every_text_is_utf8_and_ends_its_last_line(name: str, report: GateReport) -> None:
    text = REPORTS[name].render(report)
    assert text.encode("utf-8").decode("utf-8") == text
    assert text.endswith("\n") and not text.endswith("\n\n")


@pytest.mark.parametrize("name", REPORTS)
def test_nothing_found_is_a_report_too(name: str) -> None:
    assert REPORTS[name].render(EMPTY)


@pytest.mark.parametrize("name", ["github", "gitlab", "sarif"])
def test_files_seen_from_the_repository(name: str) -> None:
    text = REPORTS[name].render(below(rich_report(), "services/ads/"))
    assert "services/ads/features/spend.py" in text
    assert text.count("features/spend.py") == text.count("services/ads/features/spend.py")


@pytest.mark.parametrize("folder", ["", ".", "/"])
def test_a_project_at_the_root_of_its_repository_stays(folder: str) -> None:
    assert below(rich_report(), folder) == rich_report()
