"""Where results point to: files seen from the root of a repository instead of the project's."""

from __future__ import annotations

from dataclasses import replace

from featurecat.records import GateReport

__all__ = ["PROJECT_FILE", "below"]

#: Where a result points to that has no place of its own, in formats that ask for one.
PROJECT_FILE = "pyproject.toml"


def below(report: GateReport, folder: str) -> GateReport:
    """The report with its files seen from further up, for a project that is not the root of its repository.

    GitHub and GitLab take paths from the root of the repository; a gate names files from the root of the project.

    Args:
        report: What a gate found.
        folder: Where the project is, seen from the root of the repository, with slashes; empty changes nothing.

    Returns:
        A report with other files. Absolute paths stay as they are.

    Example:
        >>> from featurecat.records import CheckRecord, GateResult
        >>> check = CheckRecord("1f", "spend", "any", "range", "error", "pass")
        >>> report = GateReport("check", "demo", (GateResult(check, "passed", file="spend.py"),), 0)
        >>> below(report, "services/ads").results[0].file
        'services/ads/spend.py'
    """
    prefix = folder.strip("/")
    if prefix in ("", "."):
        return report

    def moved(file: str | None) -> str | None:
        return file if file is None or file.startswith("/") else f"{prefix}/{file}"

    results = tuple(replace(result, file=moved(result.file)) for result in report.results)
    problems = tuple(replace(problem, file=moved(problem.file)) for problem in report.problems)
    return replace(report, results=results, problems=problems)
