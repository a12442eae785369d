"""What a run did, in a few lines that fit a terminal."""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from featurecat.cli.answers import counted
from featurecat.project.materialize import MaterializeReport
from featurecat.records import GateResult

__all__ = ["print_plan", "print_summary"]

_MOST_WARNINGS = 3
_MOST_BLOCKED = 3
_MOST_NAMED = 6
_MOST_ROWS = 5
_MOST_CELL = 24
_WIDTH = 80
#: Columns beside a title.
_ROOM = _WIDTH - 16
_OUTCOMES = ("passed", "noted", "warned", "failed", "unevaluated", "skipped", "waived", "known")


def print_summary(report: MaterializeReport) -> None:
    """Print features, rows, bytes, seconds, expectations, what was kept back, where all of it lies, what to type next."""
    prepared = report.prepared
    if report.status == "empty":
        click.echo("nothing is selected, and nothing was done")
        return
    colours = {"published": "green", "sample": "green", "quarantined": "red", "failed": "red"}
    colour = "yellow" if report.quarantine and report.status == "published" else colours.get(report.status)
    status = click.style(report.status, fg=colour, bold=True)
    size = _size(report.bytes)
    features = counted(len(prepared.names), "feature")
    if report.status == "published" and len(report.published) < len(prepared.names):
        features = f"{len(report.published):,} of {features}"
    click.echo(
        f"{status}  {features}, {counted(report.rows, 'row')}, {size}, {report.seconds:.1f} s ({prepared.engine})"
    )
    _print_expectations(report)
    _print_kept_back(report)
    if prepared.left_out:
        click.echo(f"  left out      {len(prepared.left_out)} without rows: {_some(prepared.left_out)}")
    for artifact in report.artifacts:
        place = prepared.project.store.root / artifact.path
        _print_place("in quarantine" if report.status == "quarantined" else "in the store", place)
    for path in report.outputs:
        click.echo(f"  {'written to':<14}{_short(path, Path.cwd())}")
    for saved in report.saved:
        to_where = "" if saved.place is None else f" → {saved.place}"
        click.echo(f"  {'saved':<14}{saved.saver}{to_where}")
    if report.run_id:
        click.echo(f"  {'run':<14}{report.run_id}")
    _print_next(report)


def _print_place(title: str, place: Path) -> None:
    for number, line in enumerate(_wrapped(_short(place, Path.cwd()))):
        click.echo(f"  {title if number == 0 else '':<14}{line}")


def _print_expectations(report: MaterializeReport) -> None:
    if not report.results:
        click.echo("  expectations  none declared")
        return
    counts = Counter(result.outcome for result in report.results)
    shown = ", ".join(f"{counts[outcome]} {outcome}" for outcome in _OUTCOMES if counts[outcome])
    click.echo(f"  expectations  {shown}")
    told = [one for one in report.results if _is_warning(one)]
    for result in told[:_MOST_WARNINGS]:
        check = result.check
        text = f"{check.feature}: {check.kind}: {check.message}"
        for line in textwrap.wrap(text, _WIDTH - 4, subsequent_indent="  ", max_lines=2, placeholder=" …"):
            click.echo(f"    {line}")
    if len(told) > _MOST_WARNINGS:
        click.echo(f"    and {len(told) - _MOST_WARNINGS} more: featurecat sql 'FROM check_history'")


def _is_warning(result: GateResult) -> bool:
    """Whether something is to be told that blocks nothing."""
    harmless = result.check.severity in ("info", "warn")
    return result.outcome == "warned" or (result.outcome == "unevaluated" and harmless)


def _print_kept_back(report: MaterializeReport) -> None:
    """What was blocked and why, what was skipped because of it, and where it lies."""
    blocking = [one for one in report.results if one.outcome in ("failed", "unevaluated") and not _is_warning(one)]
    mended = {identity for kept in report.kept_back for identities in kept.checks.values() for identity in identities}
    for result in blocking[:_MOST_BLOCKED]:
        _print_failure(result, "at fault" if result.check.check_id in mended else "blocked")
    _print_more_failures(blocking[_MOST_BLOCKED:])
    _print_skipped(report.causes)
    for kept in report.kept_back:
        click.echo(f"  {'kept back':<14}{kept.rows:,} of {counted(kept.of, 'row')}")
    if report.quarantine is not None and report.status != "quarantined":
        _print_place("in quarantine", report.quarantine)


def _print_failure(result: GateResult, title: str) -> None:
    check = result.check
    place = "" if result.file is None else f" ({result.file}:{result.line})"
    click.echo(f"  {title:<14}{_cut(f'{check.feature}: {check.kind}{place}', _ROOM)}")
    for line in textwrap.wrap(check.message or "", _ROOM, max_lines=2, placeholder=" …"):
        click.echo(f"  {'':<14}{line}")
    for line in _rows_at_fault(check.sample, check.failing_rows):
        click.echo(f"  {'':<16}{line}")


def _print_more_failures(results: Sequence[GateResult]) -> None:
    """The failures that are not told in full: a line for each feature."""
    by_feature: dict[str, list[GateResult]] = {}
    for result in results:
        by_feature.setdefault(result.check.feature, []).append(result)
    for feature, failed in list(by_feature.items())[:_MOST_NAMED]:
        kinds = ", ".join(dict.fromkeys(one.check.kind for one in failed))
        place = "" if failed[0].file is None else f" ({failed[0].file}:{failed[0].line})"
        text = f"{feature}: {kinds}"
        click.echo(f"  {'and':<14}{_cut(text + place if len(text + place) <= _ROOM else text, _ROOM)}")
    if len(by_feature) > _MOST_NAMED:
        click.echo(f"  {'':<14}and {counted(len(by_feature) - _MOST_NAMED, 'feature')} more: see report.json")


def _print_skipped(causes: Mapping[str, str | None]) -> None:
    """What was skipped, by what it is made of."""
    by_cause: dict[str, list[str]] = {}
    for name, cause in causes.items():
        if cause is not None:
            by_cause.setdefault(cause, []).append(name)
    for number, (cause, names) in enumerate(by_cause.items()):
        because = f" (upstream {cause} was blocked)"
        title = "skipped" if number == 0 else ""
        click.echo(f"  {title:<14}{_cut(_some(names, _ROOM - len(because)) + because, _ROOM)}")


def _rows_at_fault(sample: Sequence[Mapping[str, Any]], failing: int | None) -> list[str]:
    """A few rows as a small table, numbers on the right, and how many more there are."""
    if not sample:
        return []
    names = list(sample[0])
    shown = sample[:_MOST_ROWS]
    table = [names, *([_plain(row.get(name)) for name in names] for row in shown)]
    widths = [min(_MOST_CELL, max(len(row[number]) for row in table)) for number in range(len(names))]
    numeric = [all(_is_number(row.get(name)) for row in shown) for name in names]
    lines = []
    for row in table:
        cells = [_cut(cell, width) for cell, width in zip(row, widths, strict=True)]
        placed = [
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(cells, widths, numeric, strict=True)
        ]
        lines.append(_cut("  ".join(placed).rstrip(), _ROOM - 2))
    if (more := max(failing or 0, len(sample)) - len(shown)) > 0:
        lines.append(f"… {more:,} more")
    return lines


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _plain(value: Any) -> str:
    return "null" if value is None else " ".join(str(value).split())


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


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


def _some(names: list[str] | tuple[str, ...], room: int = _WIDTH - 30) -> str:
    shown = ""
    for number, name in enumerate(names):
        longer = f"{shown}, {name}" if shown else name
        if len(longer) > room and shown:
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
