"""Formats of plugins: announced by metadata, imported on use, refused with the name of their distribution."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from featurecat.errors import FeaturecatError, RequestError
from featurecat.records import GateReport
from featurecat.reports import REPORTS, ReportFormat, find_report, report_names

EMPTY = GateReport("check", "demo", (), 0)
MODULE = """
from featurecat.reports import ReportFormat

LOADED = True


def lines(report):
    "One line a report."
    return f"{report.project}\\n"


def number(report):
    return 7


def failing(report):
    raise ZeroDivisionError("by zero")


shouting = ReportFormat("anything", "in capitals", ".up", lambda report: report.project.upper())
nothing = None
"""


@pytest.fixture
def announce(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Install a distribution that is only metadata, beside the module its entry points lead to."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "report_plugin", raising=False)
    (tmp_path / "report_plugin.py").write_text(MODULE, encoding="utf-8")

    def made(distribution: str, **points: str) -> None:
        folder = tmp_path / f"{distribution.replace('-', '_')}-1.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
        entries = "".join(f"{name} = {target}\n" for name, target in points.items())
        (folder / "entry_points.txt").write_text(f"[featurecat.reports]\n{entries}")

    yield made
    sys.modules.pop("report_plugin", None)


def refused(name: str) -> str:
    with pytest.raises(RequestError) as refusal:
        find_report(name)
    return str(refusal.value)


@pytest.mark.parametrize("name", REPORTS)
def test_built_in_formats_are_found(name: str) -> None:
    found = find_report(name)
    assert found is REPORTS[name]
    assert found.name == name and found.description and found.suffix.startswith(".")


def test_a_misspelt_format_is_guessed() -> None:
    text = refused("sarfi")
    assert "'sarfi' is not a report format" in text
    assert "did you mean 'sarif'?" in text and "github-summary" in text


def test_a_plugin_is_imported_on_use_only(announce: Callable[..., None]) -> None:
    announce("acme-reports", lines="report_plugin:lines")
    assert report_names() == [*REPORTS, "lines"]
    assert "report_plugin" not in sys.modules
    found = find_report("lines")
    assert (found.name, found.description, found.suffix) == ("lines", "One line a report.", ".txt")
    assert found.render(EMPTY) == "demo\n"


def test_a_plugin_may_describe_its_format(announce: Callable[..., None]) -> None:
    announce("acme-reports", shouting="report_plugin:shouting")
    found = find_report("shouting")
    assert isinstance(found, ReportFormat)
    assert (found.name, found.description, found.suffix) == ("shouting", "in capitals", ".up")
    assert found.render(EMPTY) == "DEMO"


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("report_plugin:absent", "cannot be loaded: AttributeError"),
        ("no_such_module:render", "cannot be loaded: ModuleNotFoundError"),
        ("report_plugin:nothing", "is NoneType, neither a ReportFormat nor a function that renders"),
    ],
    ids=["attribute", "module", "no-function"],
)
def test_a_plugin_that_cannot_be_loaded_is_named(announce: Callable[..., None], target: str, said: str) -> None:
    announce("acme-reports", lines=target)
    text = refused("lines")
    assert "'lines' of acme-reports" in text and said in text and target in text and "[plugin-unusable]" in text


@pytest.mark.parametrize(
    ("function", "said"),
    [("failing", "failed: ZeroDivisionError: by zero"), ("number", "made int instead of a text")],
)
def test_a_plugin_that_fails_at_work_is_named(announce: Callable[..., None], function: str, said: str) -> None:
    announce("acme-reports", lines=f"report_plugin:{function}")
    found = find_report("lines")
    with pytest.raises(FeaturecatError, match=said) as refusal:
        found.render(EMPTY)
    assert "acme-reports" in str(refusal.value)


def test_two_claims_to_one_name_are_refused(announce: Callable[..., None]) -> None:
    announce("acme-reports", lines="report_plugin:lines")
    announce("other-reports", lines="report_plugin:number")
    assert "'lines' is claimed by acme-reports and by other-reports" in refused("lines")


def test_a_built_in_name_cannot_be_taken(announce: Callable[..., None]) -> None:
    announce("acme-reports", json="report_plugin:lines")
    assert "'json' is claimed by featurecat itself and by acme-reports" in refused("json")
    assert report_names() == list(REPORTS)
