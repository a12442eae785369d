"""Every report format in one list: the built-in ones, and those that installed plugins announce."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from types import MappingProxyType
from typing import Any

from featurecat.errors import Problem, RequestError, did_you_mean
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
    claims = [point for point in _announced() if point.name == name]
    if len(claims) > 1 or (claims and name in REPORTS):
        raise _contested(name, claims)
    if name in REPORTS:
        return REPORTS[name]
    if claims:
        return _loaded(claims[0])
    names = report_names()
    known = f"formats are {', '.join(names)}"
    near = did_you_mean(name, names)
    raise RequestError(f"{name!r} is not a report format", hint=f"{near} {known}" if near else known)


def _announced() -> Iterator[metadata.EntryPoint]:
    seen = set()
    for point in metadata.entry_points(group=PLUGIN_GROUP):
        # a distribution that is found twice on the path claims nothing twice
        claim = (point.name, point.value, _distribution(point))
        if claim not in seen:
            seen.add(claim)
            yield point


def _distribution(point: metadata.EntryPoint) -> str:
    return point.dist.name if point.dist is not None else "an unknown distribution"


def _contested(name: str, claims: list[metadata.EntryPoint]) -> RequestError:
    owners = sorted(_distribution(point) for point in claims)
    everybody = (["featurecat itself"] if name in REPORTS else []) + owners
    return RequestError(
        f"the report format {name!r} is claimed by {' and by '.join(everybody)}",
        code="plugin-unusable",
        hint=f"uninstall {' or '.join(owners)}, or ask its authors for another name",
    )


def _loaded(point: metadata.EntryPoint) -> ReportFormat:
    try:
        found = point.load()
    except Exception as error:  # whatever a plugin's code raises, it is the plugin that cannot be used
        raise _unusable(point, f"cannot be loaded: {_told(error)}") from error
    if isinstance(found, ReportFormat):
        return ReportFormat(point.name, found.description, found.suffix, _guarded(point, found.render))
    if not callable(found):
        raise _unusable(point, f"is {type(found).__name__}, neither a ReportFormat nor a function that renders")
    description = (getattr(found, "__doc__", None) or "").strip().partition("\n")[0]
    return ReportFormat(point.name, description or f"from {_distribution(point)}", ".txt", _guarded(point, found))


def _guarded(point: metadata.EntryPoint, render: Callable[[GateReport], Any]) -> Callable[[GateReport], str]:
    def rendered(report: GateReport) -> str:
        try:
            text = render(report)
        except Exception as error:
            raise _unusable(point, f"failed: {_told(error)}") from error
        if not isinstance(text, str):
            raise _unusable(point, f"made {type(text).__name__} instead of a text")
        return text

    return rendered


def _told(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__


def _unusable(point: metadata.EntryPoint, what: str) -> RequestError:
    return RequestError(
        Problem(
            "plugin-unusable",
            f"the report format {point.name!r} of {_distribution(point)} {what}",
            hint=f"update or uninstall {_distribution(point)}; it announces {point.value!r}",
        )
    )
