from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from markdown_it import MarkdownIt

from featurecat.records import CheckRecord, GateReport, GateResult
from featurecat.reports import counts_line
from featurecat.reports.markdown import MOST_BYTES, MOST_CHARACTERS, render, render_summary
from featurecat.reports.plain import printable, shown
from tests.reports.samples import HOSTILE, reports, rich_report, texts

MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
#: What our own pages are made of; anything else would come from a text.
OWN = {"h3", "p", "code", "table", "thead", "tbody", "tr", "th", "td", "details", "summary", "strong", "ul", "li"} | {
    "br",
    "span",
}


class Page(HTMLParser):
    """A page as a browser has it: its elements, and the text of each cell."""

    def __init__(self, markdown: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.cells: list[str] = []
        self._inside = False
        self.feed(MARKDOWN.render(markdown))

    def handle_starttag(self, tag: str, attributes: object) -> None:
        self.elements.add(tag)
        if tag == "td":
            self._inside = True
            self.cells.append("")
        elif tag == "br" and self._inside:
            self.cells[-1] += "\n"

    def handle_endtag(self, tag: str) -> None:
        if tag == "td":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.cells[-1] += data


def words(text: str) -> list[str]:
    return printable(text).split()


def failure(text: str) -> GateReport:
    check = CheckRecord("1f", text, "any", "range", "error", "fail", message=text, sample=({"key": 1, text: text},))
    return GateReport("check", text, (GateResult(check, "failed", file=text, line=7, owner=text),), 1)


@pytest.mark.parametrize("renderer", [render, render_summary], ids=["comment", "summary"])
@given(report=reports)
def test_no_text_makes_elements(renderer, report: GateReport) -> None:
    text = renderer(report)
    assert Page(text).elements <= OWN
    assert text.splitlines()[-1] == counts_line(report)
    assert text.count("<details>") == text.count("</details>")


@given(texts.filter(lambda text: text.strip() and "\t" not in text))
def test_texts_come_back(text: str) -> None:
    cells = Page(render(failure(text))).cells
    assert len(cells) == 5 + 2
    outcome, feature, message, owner, place = cells[:5]
    escaped = printable(text).replace("\n", "\\n")
    assert outcome == "failed"
    assert feature.split() == f"{escaped}: range".split()
    assert words(message) == words(text)
    assert owner.split() == escaped.split()
    assert place.split() == f"{escaped}:7".split()
    assert cells[5] == "1"
    assert cells[6].split() == shown(text).split()


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_nothing_of_a_text_is_acted_on(text: str) -> None:
    page = Page(render(failure(text)))
    assert page.elements <= OWN
    assert words(page.cells[2]) == words(text)


def test_nobody_is_called() -> None:
    # a mention or a reference is looked for in running text only, a formula between two signs of the same text
    outside_code = re.sub(r"<code>.*?</code>|`.*?`", "", render(failure("@team #12 $x$")))
    assert re.findall(r"@\w|#\d|\$\w", outside_code) == []


def many(count: int, *, rows: int, text: str) -> GateReport:
    sample = tuple({"key": number, "value": text} for number in range(rows))
    checks = [
        CheckRecord(f"{number:x}", f"feature_{number}", "any", "range", "error", "fail", message=text, sample=sample)
        for number in range(count)
    ]
    results = tuple(GateResult(check, outcome) for check in checks for outcome in ("failed", "waived", "skipped"))
    return replace(rich_report(), results=results, unchecked=tuple(f"other_{number}" for number in range(count)))


@pytest.mark.parametrize("text", ["plain", "|`@<" * 100, "数値" * 200], ids=["plain", "escaped", "wide"])
@pytest.mark.parametrize("count", [5, 400, 6_000])
def test_what_does_not_fit_is_counted(count: int, text: str) -> None:
    report = many(count, rows=2, text=text)
    comment, summary = render(report), render_summary(report)
    assert len(comment) <= MOST_CHARACTERS
    assert len(summary.encode()) <= MOST_BYTES
    for page in (comment, summary):
        assert page.splitlines()[-1] == counts_line(report)
        cut = dict(re.findall(r"^… and ([\d,]+) more (.*)\.$", page, re.MULTILINE))
        assert page.count("<details>") == page.count("</details>")
        listed = page.count("| **failed** |") + sum(
            int(number.replace(",", "")) for number, noun in cut.items() if noun == "results"
        )
        assert listed == count


def test_long_samples_are_cut_with_a_count() -> None:
    text = render(many(1, rows=25, text="x"))
    assert text.count("`x` |\n") == 20
    assert "… and 5 more in the sample." in text
