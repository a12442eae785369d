"""``featurecat preview``."""

from __future__ import annotations

import math
import sys
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import click

from featurecat.cli.answers import counted, notify, print_json
from featurecat.cli.options import run_options, shared, shared_options, workers_option
from featurecat.cli.problems import show_warnings
from featurecat.cli.workspace import CLOCK, project_of, run_request
from featurecat.project.preview import PreviewColumn, PreviewReport, preview

__all__ = ["command"]

_WIDTH = 80
_GAP = "  "
_WIDEST_CELL = 24
_WIDEST_NAME = 30
#: Of a value that is no table.
_MOST_LINES = 6
_NUMBERS = ("int", "uint", "float", "double", "halffloat", "decimal")


@click.command("preview", short_help="Compute features and show their first rows.")
@run_options
@click.option("--rows", type=click.IntRange(min=1), default=10, show_default=True, help="How many rows to show.")
@workers_option
@shared_options
def command(**options: Any) -> int:
    """Compute SELECTION on all its input and show the first rows, with their keys. Nothing is published.

    Personal data is masked. Expectations that do not hold are told, and stop nothing.
    """
    common = shared()
    project, rows = project_of(common, options["modules"]), min(options["rows"], sys.maxsize)
    report = preview(project, run_request(options), rows, clock=CLOCK)
    if report.notice:
        notify([report.notice], common)
    show_warnings(report.warnings, common)
    if common.as_json:
        print_json([_document(report)])
        return 0
    _print_values(report.values)
    if report.columns:
        if report.values:
            click.echo()
        hidden = _print_rows(report)
        notify(_remarks(report, hidden), common)
    return 0


def _document(report: PreviewReport) -> dict[str, Any]:
    return {
        "engine": report.engine,
        "grain": report.grain,
        "rows": report.rows,
        "columns": [
            {"name": column.name, "dtype": column.dtype, "role": column.role, "pii": column.pii}
            for column in report.columns
        ],
        "shown": _plain(report.shown),
        "values": _plain(report.values),
        "types": report.types,
        "left_out": list(report.left_out),
    }


def _plain(value: Any) -> Any:
    """A value as JSON can hold it: there is no infinity in it."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _print_values(values: Mapping[str, Any]) -> None:
    """Print each value beside its name; what is longer than a line continues below it, up to a few lines."""
    title = min(_WIDEST_NAME, max(map(len, values), default=0))
    indent = " " * (title + len(_GAP))
    for name, value in values.items():
        room = _WIDTH - len(indent)
        text = _text(value)[: (_MOST_LINES + 1) * room]
        lines = textwrap.wrap(text, room, max_lines=_MOST_LINES, placeholder=" …", break_on_hyphens=False) or [""]
        click.echo(f"{_cut(name, title):<{title}}{_GAP}{lines[0]}".rstrip())
        for line in lines[1:]:
            click.echo(indent + line)


def _remarks(report: PreviewReport, hidden: Sequence[str]) -> list[str]:
    remarks = [f"{min(report.rows, len(report.shown)):,} of {counted(report.rows, 'row')}, grain {report.grain}"]
    if hidden:
        remarks.append(_cut(f"{counted(len(hidden), 'more column')} ({', '.join(hidden)}", 60) + "): --json shows them")
    if report.left_out:
        remarks.append(f"left out, as they have no rows: {', '.join(report.left_out)}")
    if masked := [column.name for column in report.columns if column.pii]:
        remarks.append(f"masked as personal: {', '.join(masked)}{_unmasked(report)}")
    return remarks


def _unmasked(report: PreviewReport) -> str:
    """What tells why a feature is personal; columns of a source are, because the settings say so."""
    name = next((one.name for one in report.columns if one.pii and one.role == "feature"), None)
    return "" if name is None else f" (featurecat pii --explain {name} tells why)"


def _print_rows(report: PreviewReport) -> list[str]:
    """Print as many columns as there is room for; the names of the others are returned."""
    cells = [
        [column.name, column.dtype, *(_text(row[column.name]) for row in report.shown)] for column in report.columns
    ]
    widths = [min(_WIDEST_CELL, max(map(len, column))) for column in cells]
    taken, room = 0, _WIDTH
    for width in widths:
        if taken and width > room:
            break
        room -= width + len(_GAP)
        taken += 1
    for number, line in enumerate(zip(*cells[:taken], strict=True)):
        fitted = list(map(_aligned, line, widths, report.columns))
        text = _GAP.join(fitted).rstrip()
        click.echo(click.style(text, bold=number == 0, dim=number == 1) if number < 2 else text)
    return [column.name for column in report.columns[taken:]]


def _aligned(text: str, width: int, column: PreviewColumn) -> str:
    number = column.dtype.startswith(_NUMBERS)
    return _cut(text, width).rjust(width) if number else _cut(text, width).ljust(width)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _text(value: Any) -> str:
    """A value in a cell: floats to six digits, gaps as null, nothing that would move the cursor."""
    if value is None:
        return "null"
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return "".join(sign if sign.isprintable() else " " for sign in " ".join(text.split()))
