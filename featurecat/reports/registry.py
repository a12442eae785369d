"""Every report format in one list: the built-in ones, and those that installed plugins announce."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from featurecat.errors import RequestError, did_you_mean
from featurecat.plugins import Announcement, announced, contested, load, told, unusable
from featurecat.records import GateReport
from featurecat.reports import github, gitlab, json, junit, markdown, sarif

__all__ = ["PLUGIN_GROUP", "REPORTS", "ReportFormat", "find_report", "report_names"]

#: The entry-point group in which plugins announce formats: a :class:`ReportFormat`, or a function that renders.
PLUGIN_GROUP = "featurecat.reports"


@dataclass(frozen=True, slots=True)
class ReportFormat:
    """One way to write down what a gate found.

    Attributes:
        name: What users ask for, such as ``sarif``.
        description: What it is for, in a few words.
        suffix: How the names of such files end, the dot included.
        render: Makes the whole text of a report; equal reports make equal texts.
    """

    name: str
    description: str
    suffix: str
    render: Callable[[GateReport], str]


_BUILTIN = (
    ReportFormat("json", "everything, for programs", ".json", json.render),
    ReportFormat("junit", "test results, for nearly every CI server", ".xml", junit.render),
    ReportFormat("sarif", "SARIF 2.1.0, for code scanning", ".sarif", sarif.render),
    ReportFormat("github", "annotations of GitHub Actions, for the output of a step", ".txt", github.render),
    ReportFormat("github-summary", "summary of a step in GitHub Actions", ".md", markdown.render_summary),
    ReportFormat("gitlab", "Code Quality of GitLab", ".json", gitlab.render),
    ReportFormat("markdown", "comment on a pull request", ".md", markdown.render),
)

#: The built-in formats by name.
REPORTS: Mapping[str, ReportFormat] = MappingProxyType({known.name: known for known in _BUILTIN})


def report_names() -> list[str]:
    """The names of all formats, those of plugins last; no plugin is imported.

    Example:
        >>> report_names()[:3]
        ['json', 'junit', 'sarif']
    """
    return [*REPORTS, *sorted({point.name for point in _announced()} - REPORTS.keys())]


def find_report(name: str) -> ReportFormat:
    """The format of that name; the code of a plugin is imported now.

    Args:
        name: Such as ``sarif``.

    Returns:
        A format. What its plugin raises while rendering comes as an error that names the plugin.

    Raises:
        RequestError: When there is no such format, when two plugins claim the name or one claims that of a built-in
            format, or when the plugin cannot be loaded.

    Example:
        >>> find_report("junit").suffix
        '.xml'
    """
    claims = [one for one in _announced() if one.name == name]
    if len(claims) > 1 or (claims and name in REPORTS):
        raise contested(name, claims, reserved=name in REPORTS)
    if name in REPORTS:
        return REPORTS[name]
    if claims:
        return _loaded(claims[0])
    names = report_names()
    known = f"formats are {', '.join(names)}"
    near = did_you_mean(name, names)
    raise RequestError(f"{name!r} is not a report format", hint=f"{near} {known}" if near else known)


def _announced() -> list[Announcement]:
    return announced(PLUGIN_GROUP, "report format")


def _loaded(claim: Announcement) -> ReportFormat:
    found = load(claim)
    if isinstance(found, ReportFormat):
        return ReportFormat(claim.name, found.description, found.suffix, _guarded(claim, found.render))
    if not callable(found):
        raise unusable(claim, f"is {type(found).__name__}, neither a ReportFormat nor a function that renders")
    description = (getattr(found, "__doc__", None) or "").strip().partition("\n")[0]
    return ReportFormat(claim.name, description or f"from {claim.owner}", ".txt", _guarded(claim, found))


def _guarded(claim: Announcement, render: Callable[[GateReport], Any]) -> Callable[[GateReport], str]:
    def rendered(report: GateReport) -> str:
        try:
            text = render(report)
        except Exception as error:
            raise unusable(claim, f"failed: {told(error)}") from error
        if not isinstance(text, str):
            raise unusable(claim, f"made {type(text).__name__} instead of a text")
        return text

    return rendered
