"""The page about reports shows what reports say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from featurecat.records import GateReport
from featurecat.reports import REPORTS, counts_line
from featurecat.reports.counting import OUTCOMES
from tests.docs.written import blocks_of, section_texts
from tests.reports.samples import rich_report

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "reports.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", REPORTS)
def test_every_excerpt_is_in_the_report(name: str) -> None:
    text = REPORTS[name].render(rich_report())
    excerpts = [block.text for block in blocks_of(section_texts(PAGE)[name]) if block.language]
    assert excerpts
    for excerpt in excerpts:
        for part in re.split(r"\n?^…\n", excerpt, flags=re.MULTILINE):
            assert re.search(re.escape(part).replace("…", ".*"), text), part


@pytest.mark.parametrize("name", REPORTS)
def test_every_format_says_how_it_is_asked_for(name: str) -> None:
    assert re.search(rf'--report "?{name}\b', section_texts(PAGE)[name])


def test_every_outcome_is_in_the_table() -> None:
    told = re.findall(r"^\| ([a-z, ]+) \| [^|]*(?:skipped|passes|failure|error)", PAGE, flags=re.MULTILINE)
    assert {word for cell in told for word in cell.split(", ")} == set(OUTCOMES)


def test_the_format_of_ones_own_works() -> None:
    (block,) = (block for block in blocks_of(PAGE) if block.file == "acme_reports.py")
    names: dict[str, object] = {}
    exec(compile(block.text, block.file, "exec", dont_inherit=True), names)
    report = GateReport("check", "demo", (), 0)
    assert names["one_line"](report) == counts_line(report) + "\n"
