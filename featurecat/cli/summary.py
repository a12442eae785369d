"""What a run did, in a few lines that fit a terminal."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import click

from featurecat.cli.answers import counted
from featurecat.project.materialize import MaterializeReport

__all__ = ["print_plan", "print_summary"]

_MOST_WARNINGS = 3
_WIDTH = 80


def print_summary(report: MaterializeReport) -> None:
    """Print features, rows, bytes, seconds, expectations, where the result lies, and what to type next."""
    prepared = report.prepared
    if report.status == "empty":
        click.echo("nothing is selected, and nothing was done")
        return
    colours = {"published": "green", "sample": "green", "quarantined": "red", "failed": "red"}
    status = click.style(report.status, fg=colours.get(report.status), bold=True)
    size = _size(report.bytes)
    click.echo(
        f"{status}  {counted(len(prepared.names), 'feature')}, {counted(report.rows, 'row')}, {size}, "
        f"{report.seconds:.1f} s ({prepared.engine})"
    )
    _print_expectations(report)
    if prepared.left_out:
        click.echo(f"  left out      {len(prepared.left_out)} without rows: {_some(prepared.left_out)}")
    for artifact in report.artifacts:
        place = prepared.project.store.root / artifact.path
        title = "in quarantine" if report.status == "quarantined" else "in the store"
        for number, line in enumerate(_wrapped(_short(place, Path.cwd()))):
            click.echo(f"  {title if number == 0 else '':<14}{line}")
    for path in report.outputs:
        click.echo(f"  {'written to':<14}{_short(path, Path.cwd())}")
    for saved in report.saved:
        to_where = "" if saved.place is None else f" → {saved.place}"
        click.echo(f"  {'saved':<14}{saved.saver}{to_where}")
    if report.run_id:
        click.echo(f"  {'run':<14}{report.run_id}")
    _print_next(report)


def _print_expectations(report: MaterializeReport) -> None:
    if not report.checks:
        click.echo("  expectations  none declared")
        return
    counts = Counter(check.status for check in report.checks)
    order = ("pass", "no_data", "warn", "fail", "error", "skip")
    words = {"pass": "passed", "no_data": "without data", "warn": "warned", "fail": "failed", "error": "unevaluated"}
    shown = ", ".join(f"{counts[status]} {words.get(status, status)}" for status in order if counts[status])
    click.echo(f"  expectations  {shown}")
    warned = [check for check in report.checks if check.status in ("warn", "error") and check.severity == "warn"]
    for check in warned[:_MOST_WARNINGS]:
        text = f"{check.feature}: {check.kind}: {check.message}"
        click.echo(f"    {text if len(text) <= _WIDTH - 4 else text[: _WIDTH - 5] + '…'}")
    if len(warned) > _MOST_WARNINGS:
        click.echo(f"    and {len(warned) - _MOST_WARNINGS} more: featurecat sql 'FROM check_history'")


def _print_next(report: MaterializeReport) -> None:
    if report.status != "published" or report.failures:
        return
    feature = report.prepared.names[0]
    click.echo(f"  {'next':<14}featurecat show {feature}")
    if not report.outputs:
        click.echo(f"  {'':<14}featurecat export latest -o features.parquet")


def print_plan(report: MaterializeReport) -> None:
    """Print what a run would do."""
    prepared = report.prepared
    given = ", ".join(prepared.plan.given) or "nothing"
    click.echo(
        f"would compute {counted(len(prepared.names), 'feature')} in {counted(len(prepared.plan.steps), 'step')} "
        f"with {prepared.engine}"
    )
    click.echo(f"  {'reads':<14}{given}")
    for selection in prepared.grains:
        click.echo(f"  {'grain':<14}{selection.grain.label}: {counted(len(selection.features), 'feature')}")
    if prepared.saving:
        click.echo(f"  {'saves':<14}{_some(prepared.saving)}")
    if prepared.left_out:
        click.echo(f"  {'left out':<14}{_some(prepared.left_out)}")
    click.echo(f"  {'order':<14}{_some(prepared.plan.names)}")


def _some(names: list[str] | tuple[str, ...]) -> str:
    shown = ""
    for number, name in enumerate(names):
        longer = f"{shown}, {name}" if shown else name
        if len(longer) > _WIDTH - 30:
            return f"{shown} and {len(names) - number} more"
        shown = longer
    return shown


def _short(path: Path, root: Path) -> str:
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)


def _wrapped(text: str) -> list[str]:
    """A long path over several lines, cut at its slashes."""
    room = _WIDTH - 16
    lines = [""]
    for piece in re.findall(r"/?[^/]+", text):
        if len(lines[-1]) + len(piece) > room and lines[-1]:
            lines.append("")
        lines[-1] += piece
    return lines


def _size(count: int) -> str:
    size = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{count} B"
