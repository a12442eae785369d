from __future__ import annotations

import re

import pytest
from hypothesis import given

from featurecat.records import CheckRecord, GateReport, GateResult
from featurecat.reports import counts_line
from featurecat.reports.github import render
from featurecat.reports.plain import printable
from tests.reports.samples import HOSTILE, reports, texts

COMMAND = re.compile(r"::(?P<name>error|warning|notice)(?: (?P<properties>.*?))?::(?P<text>.*)")


def unescaped(text: str) -> str:
    for code, character in [("%2C", ","), ("%3A", ":"), ("%0A", "\n"), ("%0D", "\r"), ("%25", "%")]:
        text = text.replace(code, character)
    return text


def commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """The output as the runner reads it: a command ends at the first ``::`` after its properties."""
    found = []
    for line in text.split("\n")[:-2]:
        match = COMMAND.fullmatch(line)
        assert match, line
        properties = dict(part.split("=", 1) for part in (match["properties"] or "").split(",") if part)
        found.append((match["name"], {k: unescaped(v) for k, v in properties.items()}, unescaped(match["text"])))
    return found


@given(reports)
def test_every_line_is_one_command_but_for_the_last(report: GateReport) -> None:
    text = render(report)
    assert "\r" not in text
    assert text.split("\n")[-2:] == [counts_line(report), ""]
    found = [name for name, _, _ in commands(text)]
    outcomes = [result.outcome for result in report.results]
    errors = sum(name in ("failed", "unevaluated") for name in outcomes) + len(report.problems)
    assert found.count("error") == errors
    assert found.count("warning") == outcomes.count("warned")
    assert found.count("notice") == outcomes.count("noted") + len(report.notes)


def failure(text: str, file: str = "a.py") -> GateReport:
    check = CheckRecord("1f", text, "any", "range", "error", "fail", message=text)
    return GateReport("check", "demo", (GateResult(check, "failed", file=file, line=7),), 1)


@given(texts)
def test_texts_come_back(text: str) -> None:
    ((name, properties, told),) = commands(render(failure(text, file=text)))
    assert name == "error"
    assert properties == {"file": printable(text), "line": "7", "title": printable(f"{text}: range")}
    if text:
        assert told.startswith(printable(text))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_nothing_of_a_text_becomes_a_command(text: str) -> None:
    ((_, properties, told),) = commands(render(failure(text)))
    assert properties["title"] == printable(f"{text}: range")
    assert told.startswith(printable(text))
