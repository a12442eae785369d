from __future__ import annotations

import json
from dataclasses import fields

from hypothesis import given

from featurecat.records import CheckRecord, GateReport, GateResult
from featurecat.reports.counting import ordered
from featurecat.reports.json import render
from featurecat.reports.plain import plain
from tests.reports.samples import reports, rich_report


@given(reports)
def test_everything_comes_back(report: GateReport) -> None:
    document = json.loads(render(report))
    assert document["schema_version"] == 1
    assert document["project"] == plain(report.project)
    assert document["notes"] == plain(report.notes)
    assert len(document["problems"]) == len(report.problems)
    for told, result in zip(document["results"], ordered(report.results), strict=True):
        assert told == {
            **{field.name: plain(getattr(result.check, field.name)) for field in fields(CheckRecord)},
            **{field.name: plain(getattr(result, field.name)) for field in fields(GateResult) if field.name != "check"},
        }


def test_keys_are_sorted_on_every_level() -> None:
    def pairs(found: list[tuple[str, object]]) -> dict[str, object]:
        assert [key for key, _ in found] == sorted(key for key, _ in found)
        return dict(found)

    json.loads(render(rich_report()), object_pairs_hook=pairs)
