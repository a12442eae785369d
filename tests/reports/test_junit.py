from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest
import xmlschema
from hypothesis import given

from featurecat.records import CheckRecord, GateReport, GateResult
from featurecat.reports.junit import render
from tests.reports.samples import HOSTILE, lint_report, reports, rich_report, texts

SCHEMA = xmlschema.XMLSchema10(str(Path(__file__).parent / "schemas" / "junit-10.xsd"))
ELEMENTS = {"failed": "failure", "unevaluated": "error", "skipped": "skipped", "waived": "skipped", "known": "skipped"}


def readable(text: str) -> str:
    """What must come back: characters that XML cannot hold are written out as in Python."""
    legal = re.compile("[\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
    return "".join(one if legal.match(one) else one.encode("unicode_escape").decode() for one in text)


def one_failure(message: str) -> GateReport:
    check = CheckRecord("1f", message, "any", "range", "error", "fail", message=message)
    return GateReport("check", message, (GateResult(check, "failed", file=message or None),), 1)


@pytest.mark.parametrize("report", [rich_report(), lint_report()], ids=["check", "lint"])
def test_valid(report: GateReport) -> None:
    SCHEMA.validate(render(report))


@given(reports)
def test_valid_whatever_is_in_it(report: GateReport) -> None:
    text = render(report)
    SCHEMA.validate(text)
    root = ElementTree.fromstring(text)
    found = Counter(child.tag for case in root.iter("testcase") for child in case)
    expected = Counter(ELEMENTS[result.outcome] for result in report.results if result.outcome in ELEMENTS)
    expected["error"] += len(report.problems)
    assert {tag: found[tag] for tag in expected} == dict(expected)
    for total, tag in [("failures", "failure"), ("errors", "error"), ("tests", "testcase")]:
        assert int(root.attrib[total]) == len(list(root.iter(tag)))
        assert int(root.attrib[total]) == sum(int(suite.attrib[total]) for suite in root)
    assert sum(int(suite.attrib["skipped"]) for suite in root) == len(list(root.iter("skipped")))


@given(texts)
def test_texts_come_back(text: str) -> None:
    root = ElementTree.fromstring(render(one_failure(text)))
    failure = next(root.iter("failure"))
    if text:
        assert failure.attrib["message"] == readable(text)
        assert (failure.text or "").startswith(readable(text))
        assert next(root.iter("testsuite")).attrib["name"] == readable(text)
        assert next(root.iter("property")).attrib["value"] == readable(text)
    assert next(root.iter("testcase")).attrib["name"] == f"{readable(text)}: range"


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_texts_come_back(text: str) -> None:
    root = ElementTree.fromstring(render(one_failure(text)))
    assert next(root.iter("failure")).attrib["message"] == readable(text)


def test_checks_that_are_alike_have_names_of_their_own() -> None:
    names = [case.attrib["name"] for case in ElementTree.fromstring(render(rich_report())).iter("testcase")]
    assert len(set(names)) == len(names)
    assert sum(name.startswith("spend[pandas]: range (") for name in names) == 2
