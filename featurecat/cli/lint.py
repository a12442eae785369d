"""``featurecat lint``."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from featurecat.cli.answers import counted, notify, print_json, print_rows
from featurecat.cli.options import Shared, selection_options, shared, shared_options
from featurecat.cli.problems import show_problems
from featurecat.cli.unjudged import reported_errors
from featurecat.cli.workspace import CLOCK, project_of
from featurecat.project.lint.registry import RULES, severities
from featurecat.project.lint.run import LintRequest, lint_project
from featurecat.project.reporting import parse_targets, refuse_kept_files, write_reports
from featurecat.records import GateReport, GateResult

__all__ = ["command"]

_COLOURS = {"fatal": "red", "error": "red", "warn": "yellow", "info": "cyan"}
_COUNTED = (("fatal", "fatal error"), ("error", "error"), ("warn", "warning"), ("info", "note"))
_MOST_NAMED = 3
#: What a waiver or the baseline excuses.
_EXCUSED = ("waived", "known", "skipped")


@click.command("lint", short_help="Hold rules against definitions: owners, docstrings, names, sunsets.")
@selection_options
@click.option("--rules", "only_rules", is_flag=True, help="List the rules, each with its severity, and stop.")
@click.option("--warn-as-error", is_flag=True, help="Let a warning make the exit code 1.")
@click.option("--report", "reports", multiple=True, metavar="FORMAT[=FILE]", help="Also write a report, as check does.")
@click.option("--baseline", type=click.Path(path_type=Path), metavar="FILE", help="The baseline file.")
@click.option("--update-baseline", is_flag=True, help="Let the baseline allow what is not right now.")
@click.option("--ratchet", is_flag=True, help="Take out of the baseline what was mended.")
@click.option("--force", is_flag=True, help="Change the baseline in CI, or though little of it was seen.")
@click.option("--module", "modules", multiple=True, metavar="MODULE", help="A further module of features.")
@shared_options
def command(selection: tuple[str, ...], features: tuple[str, ...], **given: Any) -> int:
    """Read the modules and say which definitions are not as the rules want them; no data is read.

    Severities and options of the rules are set in [tool.featurecat.lint]. A broken rule of severity error makes
    the exit code 1. Notes, of severity info, are listed with -v.
    """
    options = shared()
    project = project_of(options, given["modules"])
    if given["only_rules"]:
        print_rows(_rules(project.settings.lint.rules), ("rule", "severity", "asks", "example"), options)
        return 0
    targets = parse_targets(given["reports"], os.environ)
    refuse_kept_files(targets, project, folder=Path.cwd(), baseline=given["baseline"])
    names = ("allow_empty", "against", "why", "warn_as_error", "baseline", "update_baseline", "ratchet", "force")
    request = LintRequest((*selection, *features), **{name: given[name] for name in names})
    with reported_errors("lint", project, targets):
        report = lint_project(project, CLOCK, request)
    printed = write_reports(report, targets, root=project.root, folder=Path.cwd())
    if options.as_json:
        print_json(asdict(report))
    elif printed is not None:
        click.echo(printed, nl=not printed.endswith("\n"))
    else:
        _print(report, options)
    notify(report.notes, options)
    if report.problems:
        show_problems(report.problems, options, "error")
    return report.exit_code


def _rules(chosen: Mapping[str, str]) -> list[dict[str, str]]:
    return [
        {"rule": name, "severity": severity, "asks": RULES[name].doc, "example": RULES[name].example}
        for name, severity in severities(chosen).items()
    ]


def _print(report: GateReport, options: Shared) -> None:
    """A line a finding, those of one file together, alike ones of one function as one; then the counts."""
    shown = [
        result
        for result in report.results
        if options.verbose or (result.check.severity != "info" and result.outcome not in _EXCUSED)
    ]
    alike: dict[tuple[object, ...], list[GateResult]] = {}
    for result in sorted(shown, key=_position):
        check = result.check
        alike.setdefault((result.file, result.line, check.severity, check.kind, check.message), []).append(result)
    for results in alike.values():
        _print_finding(results, options)
    if not options.quiet:
        click.echo(_counts(report, hidden=len(report.results) - len(shown)))


def _position(result: GateResult) -> tuple[str, int, str, str]:
    return (result.file or "", result.line or 0, result.check.kind, result.check.feature)


def _print_finding(results: Sequence[GateResult], options: Shared) -> None:
    first = results[0]
    check = first.check
    names = [result.check.feature for result in results]
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    place = first.file if first.line is None else f"{first.file}:{first.line}"
    line = f"{place}: {check.severity} {check.kind} {', '.join(names[:_MOST_NAMED])}{more}: {check.message}"
    text = _fitting(line, "  ")
    click.echo(text.replace(f" {check.severity} ", f" {click.style(check.severity, fg=_COLOURS[check.severity])} ", 1))
    if options.verbose and first.note:
        click.echo(click.style(_fitting(f"  {first.note}", "  "), dim=True))


def _fitting(line: str, indent: str) -> str:
    """A line as it is in a pipe; on a terminal folded to its width."""
    if not sys.stdout.isatty():
        return line
    width = shutil.get_terminal_size().columns
    return textwrap.fill(line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _counts(report: GateReport, hidden: int) -> str:
    number = Counter(result.check.severity for result in report.results if result.outcome not in _EXCUSED)
    parts = [counted(number[severity], noun) for severity, noun in _COUNTED if number[severity]]
    excused = Counter(result.outcome for result in report.results)
    parts += [f"{excused[outcome]:,} {outcome}" for outcome in _EXCUSED if excused[outcome]]
    if hidden:
        parts[-1] += " (-v lists them)" if hidden > 1 else " (-v shows it)"
    return f"{counted(len(report.selected), 'feature')}: {', '.join(parts) or 'nothing to say'}"
