"""Answers on standard output: tables for people, JSON and CSV for programs."""

from __future__ import annotations

import csv
import json
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click

from featurecat.cli.options import Shared

__all__ = ["notify", "print_csv", "print_json", "print_rows", "print_table"]

_GAP = "  "


def print_json(answer: Any) -> None:
    """Print an answer as JSON."""
    click.echo(json.dumps(answer, indent=2, ensure_ascii=False, default=str))


def print_csv(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """Print rows as CSV with a header; lists are joined by ``|``."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_text(row.get(column), "|") for column in columns])


def print_rows(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], shared: Shared) -> None:
    """Print rows as a table, or as JSON where asked."""
    if shared.as_json:
        print_json([{column: row.get(column) for column in columns} for row in rows])
    else:
        print_table(rows, columns)


def print_table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], *, wide: str | None = None) -> None:
    """Print an aligned table. On a terminal the last column is cut to the width; in a pipe nothing is.

    Args:
        rows: The rows.
        columns: What to show of them.
        wide: The column to shorten first; the last one by default.
    """
    if not rows:
        return
    cells = [[_text(row.get(column)) for column in columns] for row in rows]
    header = [column.replace("_", " ") for column in columns]
    numeric = [all(isinstance(row.get(column), int | float | None) for row in rows) for column in columns]
    widths = [max(len(line[position]) for line in [header, *cells]) for position in range(len(columns))]
    if sys.stdout.isatty():
        _narrow(widths, header, columns.index(wide) if wide else len(columns) - 1)
    for number, line in enumerate([header, *cells]):
        shown = _GAP.join(
            _fit(text, width, right and number > 0) for text, width, right in zip(line, widths, numeric, strict=True)
        ).rstrip()
        click.echo(click.style(shown, bold=True) if number == 0 else shown)


def _narrow(widths: list[int], header: Sequence[str], first: int) -> None:
    """Shrink columns until the line fits the terminal: the wide one first, then the widest others."""
    room = shutil.get_terminal_size().columns - len(_GAP) * (len(widths) - 1)
    least = [max(6, len(title)) for title in header]
    widths[first] = max(least[first], min(widths[first], room - sum(widths) + widths[first]))
    while sum(widths) > room:
        widest = max(range(len(widths)), key=lambda position: widths[position] - least[position])
        if widths[widest] <= least[widest]:
            return
        widths[widest] -= 1


def _fit(text: str, width: int, right: bool) -> str:
    if len(text) > width:
        return text[: width - 1] + "…"
    return text.rjust(width) if right else text.ljust(width)


def _text(value: Any, separator: str = ", ") -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.3f}".rstrip("0").rstrip(".")
    if isinstance(value, Mapping):
        return separator.join(f"{key}={_text(item, '/')}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return separator.join(_text(item) for item in value)
    return " ".join(str(value).split())


def notify(notices: Iterable[str], shared: Shared) -> None:
    """Say something beside the answer, on standard error."""
    if not shared.quiet:
        for notice in notices:
            click.echo(notice, err=True)
