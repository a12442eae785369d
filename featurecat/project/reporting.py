"""Writes a gate's report in the formats that were asked for, and in those that the service around wants."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from featurecat.errors import Problem, RequestError, StoreError
from featurecat.project.discover import Project
from featurecat.project.stamp import replace_file
from featurecat.records import GateReport
from featurecat.reports import below, counts_line, find_report, report_names, verdict

__all__ = ["Target", "counts_line", "parse_targets", "refuse_kept_files", "verdict", "write_reports"]


@dataclass(frozen=True, slots=True)
class Target:
    """A format, and the file it goes to; None is standard output."""

    format: str
    path: Path | None = None


def parse_targets(texts: Sequence[str], environment: Mapping[str, str]) -> list[Target]:
    """The reports that options and environment ask for.

    On GitHub, annotations and the summary of the step are written without being asked for.

    Args:
        texts: ``format`` or ``format=path``, as typed.
        environment: The environment, in which GitHub says that it is there.

    Raises:
        RequestError: For formats that are not known, and for several that would go to one place.
    """
    problems: list[Problem] = []
    targets: list[Target] = []
    for text in texts:
        name, equals, path = text.partition("=")
        try:
            find_report(name.strip())
        except RequestError as error:
            problems += error.problems
            continue
        if equals and not path.strip():
            problems.append(
                Problem("invalid-option", f"--report {name}= names no file", hint=f"--report {name}=report")
            )
            continue
        targets.append(Target(name.strip(), Path(path) if equals else None))
    if sum(target.path is None for target in targets) > 1:
        problems.append(
            Problem(
                "invalid-option",
                "several reports would go to standard output",
                hint="write all but one of them to files: --report junit=junit.xml",
            )
        )
    if problems:
        raise RequestError(problems)
    return [*targets, *_wanted_by_github(targets, environment)]


def _wanted_by_github(targets: Sequence[Target], environment: Mapping[str, str]) -> list[Target]:
    """What a step on GitHub writes without being asked for."""
    if environment.get("GITHUB_ACTIONS") != "true":
        return []
    named = {target.format for target in targets}
    wanted = []
    if "github" not in named and all(target.path is not None for target in targets):
        wanted.append(Target("github"))
    if "github-summary" not in named and (summary := environment.get("GITHUB_STEP_SUMMARY")):
        wanted.append(Target("github-summary", Path(summary)))
    return wanted


def write_reports(report: GateReport, targets: Sequence[Target], *, root: Path, folder: Path) -> str | None:
    """Write the reports.

    Args:
        report: What a gate found.
        targets: Where to; a file is replaced whole, but a summary of a step on GitHub is added to.
        root: Folder of the project, below which the files of the report lie.
        folder: Where the command runs. Services know files from the root of the repository on.

    Returns:
        What is to go to standard output; None for nothing.

    Raises:
        StoreError: When a file cannot be written, with code ``output-unwritable``.
    """
    problems = []
    printed = None
    placed = below(report, _inside_repository(root))
    for target in targets:
        text = find_report(target.format).render(placed)
        if target.path is None:
            printed = text
            continue
        try:
            _write(folder / target.path, text, add=target.format == "github-summary")
        except (OSError, ValueError) as error:
            told = (isinstance(error, OSError) and error.strerror) or "that is no name of a file"
            message = f"the report {target.path} cannot be written: {told}"
            problems.append(Problem("output-unwritable", message, hint="name another file"))
    if problems:
        raise StoreError(problems)
    return printed


def refuse_kept_files(
    targets: Sequence[Target], project: Project, *, folder: Path, baseline: Path | None = None
) -> None:
    """Refuse reports that would take the place of what the project is made of, or of each other.

    Args:
        targets: Where reports go to.
        project: The project.
        folder: Where the command runs.
        baseline: The baseline file as an option names it.

    Raises:
        RequestError: Code ``invalid-option``, with a problem for each.
    """
    settings = project.settings
    kept = {"pyproject.toml": "holds the settings", str(baseline or settings.checks.baseline): "is the baseline"}
    kept |= {source.path: f"is the source {name}" for name, source in settings.sources.items()}
    known = {os.path.realpath(project.root / path): told for path, told in kept.items() if "\0" not in path}
    store = os.path.realpath(project.store.root)
    problems = []
    for target in targets:
        if target.path is None:
            continue
        place = os.path.realpath(folder / target.path)
        told = known.get(place)
        if told is None and place.endswith(".py"):
            told = "is a Python module"
        if told is None and place.startswith(store + os.sep):
            told = "lies in the store"
        if told is not None:
            message = f"--report {target.format}={target.path} {told}"
            problems.append(Problem("invalid-option", message, hint="name another file"))
        elif not _is_special(Path(place)):
            known[place] = f"takes the file of the report {target.format}"
    if problems:
        raise RequestError(problems)


def _is_special(path: Path) -> bool:
    """Whether a path leads to a device or a pipe, which is written to and never replaced."""
    return path.is_relative_to("/dev") or path.is_relative_to("/proc") or (path.exists() and not path.is_file())


def _write(path: Path, text: str, *, add: bool) -> None:
    """Write a report whole or not at all; a link stays one.

    Args:
        path: Where to.
        text: What.
        add: Whether it goes after what is there: the steps of a job share a summary.

    Raises:
        OSError: When it cannot be written.
    """
    text = text.encode("utf-8", "backslashreplace").decode()
    path.parent.mkdir(parents=True, exist_ok=True)
    if add or (_is_special(path) and not path.is_dir()):
        with path.open("a", encoding="utf-8") as stream:
            stream.write(text)
    else:
        replace_file(Path(os.path.realpath(path)), text)


def _inside_repository(root: Path) -> str:
    """The project's folder as seen from the root of its repository, or nothing."""
    for folder in (root, *root.parents):
        if (folder / ".git").exists():
            inside = os.path.relpath(root, folder)
            return "" if inside == "." else Path(inside).as_posix()
    return ""


def known_formats() -> list[str]:
    """The names of all formats, those of plugins included."""
    with contextlib.suppress(OSError):
        return list(report_names())
    return []
