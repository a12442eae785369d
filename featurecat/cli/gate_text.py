"""A gate's report on a terminal: progress by file, then every failure with its rows, then one line that counts."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import click

from featurecat.cli.answers import aligned_lines
from featurecat.project.reporting import counts_line
from featurecat.records import GateReport, GateResult

__all__ = ["print_gate"]

_WIDTH = 80
_MOST_ROWS = 5
#: Further lines of one message.
_MOST_LINES = 4
_MOST_IN_FULL = 20
#: Results of one reason that are listed one by one.
_MOST_ALIKE = 5
_MARKS = {
    "passed": (".", None),
    "noted": ("i", "cyan"),
    "warned": ("w", "yellow"),
    "failed": ("F", "red"),
    "unevaluated": ("E", "red"),
    "skipped": ("s", "cyan"),
    "waived": ("x", "cyan"),
    "known": ("k", "cyan"),
}
_TITLES = (("failed", "FAILED"), ("unevaluated", "NOT EVALUATED"), ("warned", "WARNED"))
_VERBOSE_TITLES = (("noted", "NOTED"), ("waived", "WAIVED"), ("known", "KNOWN"), ("skipped", "SKIPPED"))


def print_gate(report: GateReport, *, verbose: bool = False, quiet: bool = False) -> None:
    """Print a report, at most 80 columns wide.

    Args:
        report: What a gate found.
        verbose: Also list what was noted, waived, known and skipped.
        quiet: Print nothing but failures and the last line.
    """
    if not quiet:
        _print_progress(report.results)
    for outcome, title in (*_TITLES, *(_VERBOSE_TITLES if verbose else ())):
        found = [result for result in report.results if result.outcome == outcome]
        if found:
            _print_section(title, found, "red" if outcome in ("failed", "unevaluated") else "yellow")
    for note in () if quiet else report.notes:
        click.echo(click.style("note: ", fg="cyan") + note)
    colour = (
        "red" if report.exit_code else "yellow" if any(one.outcome == "warned" for one in report.results) else "green"
    )
    for line in _folded(counts_line(report), _WIDTH):
        click.echo(click.style(line, fg=colour, bold=True))


def _print_progress(results: Sequence[GateResult]) -> None:
    """One line a file: its name, and a mark for each expectation."""
    done = 0
    by_file = sorted(results, key=lambda result: result.file or "")
    for file, group in groupby(by_file, key=lambda result: result.file or "(settings)"):
        found = list(group)
        done += len(found)
        share = f"[{done * 100 // len(results):>3}%]"
        name = file if len(file) <= 44 else "…" + file[-43:]
        room = _WIDTH - len(name) - len(share) - 2
        marks = [_MARKS.get(result.outcome, ("?", None)) for result in found]
        if len(marks) > room:
            # what did not pass is never left out of a long line
            notable = [mark for mark in marks if mark[0] != "."]
            rest = f"{len(marks) - len(notable)} passed "
            marks = [*((character, None) for character in rest), *notable][:room]
        line = "".join(click.style(character, fg=colour) for character, colour in marks)
        click.echo(f"{name} {line}{' ' * (room - len(marks))} {share}")
    if results:
        click.echo()


def _print_section(title: str, results: Sequence[GateResult], colour: str) -> None:
    rule = f" {title} "
    click.echo(click.style(rule.center(_WIDTH, "="), fg=colour))
    alike, results = _alike(results)
    for message, count in alike.items():
        for line in _folded(f"{count:,} expectations: {message}", _WIDTH):
            click.echo(line)
    for result in results[:_MOST_IN_FULL]:
        _print_result(result, colour)
    rest = results[_MOST_IN_FULL:]
    for result in rest[:_MOST_IN_FULL]:
        for line in _folded(f"{_place(result)}{result.check.feature}: {result.check.kind}", _WIDTH):
            click.echo(line)
    if len(rest) > _MOST_IN_FULL:
        click.echo(f"and {len(rest) - _MOST_IN_FULL:,} more: --json, or --report, lists them all")
    click.echo()


def _alike(results: Sequence[GateResult]) -> tuple[dict[str, int], list[GateResult]]:
    """Reasons that many results share, with how many features they are of, and the other results."""
    by_reason: dict[str, list[GateResult]] = {}
    for result in results:
        if result.outcome in ("unevaluated", "skipped") and not result.check.sample:
            by_reason.setdefault(_message(result), []).append(result)
    alike = {reason: found for reason, found in by_reason.items() if len(found) > _MOST_ALIKE}
    told = {}
    for reason, found in alike.items():
        features = sorted({result.check.feature for result in found})
        more = f" and {len(features) - 3:,} more features" if len(features) > 3 else ""
        told[f"{reason}: {', '.join(features[:3])}{more}"] = len(found)
    return told, [result for result in results if _message(result) not in alike]


def _message(result: GateResult) -> str:
    return (result.check.message or "").removeprefix("could not be evaluated: ")


def _print_result(result: GateResult, colour: str) -> None:
    check = result.check
    head = f"{_place(result)}{check.feature}: {check.kind}"
    message = _message(result)
    first, *more = _folded(f"{head}: {message}" if message else head, _WIDTH, hanging="    ")
    if len(more) > _MOST_LINES:
        more = [*more[: _MOST_LINES - 1], "    …"]
    shown = first
    if first.startswith(head):
        shown = (
            _place(result) + click.style(f"{check.feature}: {check.kind}", fg=colour, bold=True) + first[len(head) :]
        )
    click.echo(shown)
    for line in more:
        click.echo(line)
    if result.note:
        for line in _folded(f"    {result.note}", _WIDTH, hanging="    "):
            click.echo(line)
    if result.owner:
        click.echo(f"    owner {result.owner}, severity {check.severity}")
    if check.sample:
        _print_rows(check.sample, check.failing_rows)
        if result.query and len(check.sample) > _MOST_ROWS or (check.failing_rows or 0) > len(check.sample):
            _print_query(result.query)


def _print_rows(rows: Sequence[Mapping[str, Any]], failing: int | None) -> None:
    """The first rows at fault as a small table."""
    # a name with a line break in it must not break the table
    named = [{" ".join(name.split()): value for name, value in row.items()} for row in rows[:_MOST_ROWS]]
    for line in aligned_lines(named, width=_WIDTH - 4):
        click.echo(f"    {line}")
    rest = (failing or len(rows)) - min(len(rows), _MOST_ROWS)
    if rest > 0:
        click.echo(f"    … {rest:,} more")


def _print_query(query: str | None) -> None:
    if query:
        click.echo("    all of them, in DuckDB:")
        for line in _folded(f"    {query}", _WIDTH, hanging="      "):
            click.echo(line)


def _place(result: GateResult) -> str:
    if result.file is None:
        return ""
    return f"{result.file}:{result.line} " if result.line else f"{result.file} "


def _folded(text: str, width: int, hanging: str = "  ") -> list[str]:
    """A text over several lines, broken between words."""
    return textwrap.wrap(
        text.lstrip(),
        width,
        subsequent_indent=hanging,
        initial_indent=text[: len(text) - len(text.lstrip())],
        break_long_words=False,
        break_on_hyphens=False,
    )
