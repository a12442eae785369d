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

__all__ = [
    "aligned_lines",
    "counted",
    "fits_terminal",
    "notify",
    "plain",
    "print_csv",
    "print_fields",
    "print_json",
    "print_rows",
    "print_table",
    "short_ids",
    "short_time",
]

_GAP = "  "
_LEAST_LAST = 16
# of a column that is cut
_LEAST_READABLE = 8
# of a column of a small table
_LEAST_SHOWN = 4
# less would be shown as 0
_LEAST_PLAIN = 0.0005
# the time of a run id to the millisecond
_SHORTEST_ID = 13


def print_json(answer: Any) -> None:
    """Print an answer as JSON."""
    click.echo(json.dumps(answer, indent=2, ensure_ascii=False, default=str))


def print_csv(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """Print rows as CSV with a header; lists are joined by ``|``."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_text(row.get(column), "|") for column in columns])


def print_rows(
    rows: Sequence[Mapping[str, Any]],
    columns: Sequence[str],
    shared: Shared,
    *,
    limits: Mapping[str, int] | None = None,
    firm: Sequence[str] = (),
) -> None:
    """Print rows as a table, or as JSON where asked."""
    if shared.as_json:
        print_json([{column: row.get(column) for column in columns} for row in rows])
    else:
        print_table(rows, columns, limits=limits, firm=firm)


def print_table(
    rows: Sequence[Mapping[str, Any]],
    columns: Sequence[str],
    *,
    limits: Mapping[str, int] | None = None,
    firm: Sequence[str] = (),
    raw: bool = False,
) -> None:
    """Print an aligned table. A terminal gets no wider lines than it has and no empty columns; a pipe gets all.

    Args:
        rows: The rows.
        columns: What to show of them.
        limits: Column to characters that it is cut to when a terminal is too narrow; then the last one gives way.
        firm: Columns that give way after all others, the firmest last.
        raw: Keep column names and empty columns as they are.
    """
    if not rows:
        return
    terminal = sys.stdout.isatty()
    if terminal and not raw:
        columns = _filled(rows, columns)
    header = list(columns) if raw else [column.replace("_", " ") for column in columns]
    lines = [header, *([_text(row.get(column)) for column in columns] for row in rows)]
    widths = [max(map(len, cells)) for cells in zip(*lines, strict=True)]
    if terminal:
        _narrow(
            widths, header, [(limits or {}).get(column) for column in columns], [_rank(one, firm) for one in columns]
        )
    numeric = [_is_numeric(rows, column) for column in columns]
    click.echo(click.style(_joined(header, widths, [False] * len(header)), bold=True))
    for line in lines[1:]:
        click.echo(_joined(line, widths, numeric))


def aligned_lines(rows: Sequence[Mapping[str, Any]], width: int) -> list[str]:
    """Rows as an aligned table with a header, no line wider than ``width``: the widest columns are cut.

    Args:
        rows: The rows; the columns are those of the first.
        width: Characters a line has.

    Example:
        >>> aligned_lines([{"carrier": "AA", "flight": 1}], 40)
        ['carrier  flight', 'AA            1']
    """
    columns = list(rows[0]) if rows else []
    lines = [
        columns,
        *([_text(row.get(column)) if row.get(column) is not None else "null" for column in columns] for row in rows),
    ]
    widths = [max(map(len, cells)) for cells in zip(*lines, strict=True)]
    while sum(widths) + len(_GAP) * (len(widths) - 1) > width and max(widths, default=0) > _LEAST_SHOWN:
        widths[widths.index(max(widths))] -= 1
    numeric = [_is_numeric(rows, column) for column in columns]
    return [_joined(line, widths, numeric)[:width] for line in lines]


def print_fields(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """Print each row as a block of its own: a line a field, for rows that no line could hold."""
    title = max(map(len, columns))
    for number, row in enumerate(rows, 1):
        click.echo(click.style(f"row {number}", bold=True))
        for column in columns:
            click.echo(f"  {column:<{title}}  {_text(row.get(column))}".rstrip())


def fits_terminal(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a line of the terminal holds all columns, cut to a few characters where they need more."""
    widths = [max(len(column), *(len(_text(row.get(column))) for row in rows)) for column in columns]
    room = shutil.get_terminal_size().columns - len(_GAP) * (len(columns) - 1)
    return sum(min(width, _LEAST_READABLE) for width in widths) <= room


def _filled(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> list[str]:
    return [column for column in columns if any(_text(row.get(column)) for row in rows)]


def _joined(line: Sequence[str], widths: Sequence[int], numeric: Sequence[bool]) -> str:
    cells = zip(line, widths, numeric, strict=True)
    return _GAP.join(_fit(text, width, right) for text, width, right in cells).rstrip()


def _is_numeric(rows: Sequence[Mapping[str, Any]], column: str) -> bool:
    return all(isinstance(row.get(column), int | float | None) for row in rows)


def short_ids(rows: Sequence[Mapping[str, Any]], column: str = "run_id") -> list[dict[str, Any]]:
    """Rows whose ids are cut, on a terminal, to a beginning that still tells them apart; a pipe gets them whole."""
    ids = [str(row[column]) for row in rows]
    length = _SHORTEST_ID
    while sys.stdout.isatty() and len({identity[:length] for identity in ids}) < len(set(ids)):
        length += 1
    return [{**row, column: str(row[column])[: length if sys.stdout.isatty() else None]} for row in rows]


def short_time(moment: str | None) -> str:
    """A UTC time to the minute."""
    return "" if moment is None else moment[:16].replace("T", " ")


def counted(number: int, noun: str) -> str:
    """A number with its noun.

    Example:
        >>> counted(1, "feature"), counted(1200, "row")
        ('1 feature', '1,200 rows')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _rank(column: str, firm: Sequence[str]) -> int:
    return list(firm).index(column) + 1 if column in firm else 0


def _narrow(widths: list[int], header: Sequence[str], limits: Sequence[int | None], ranks: Sequence[int]) -> None:
    """Shrink columns until the line fits the terminal: to their limits, then the last one, then the widest."""
    room = shutil.get_terminal_size().columns - len(_GAP) * (len(widths) - 1)
    if sum(widths) <= room:
        return
    least = [max(6, len(title)) for title in header]
    for position, limit in enumerate(limits):
        if limit is not None:
            widths[position] = max(least[position], min(widths[position], limit))
    if not ranks[-1]:
        widths[-1] = min(widths[-1], max(_LEAST_LAST, room - sum(widths[:-1])))
    while sum(widths) > room:
        loose = [position for position, width in enumerate(widths) if width > least[position]]
        if not loose:
            return
        widest = max(loose, key=lambda position: (-ranks[position], widths[position] - least[position]))
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
        if 0 < abs(value) < _LEAST_PLAIN:
            return f"{value:.1g}"
        return f"{value:,.3f}".rstrip("0").rstrip(".")
    if isinstance(value, Mapping):
        return separator.join(f"{key}={_text(item, '/')}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return separator.join(_text(item) for item in value)
    text = " ".join(str(value).split())
    return text if text.isprintable() else "".join(sign if sign.isprintable() else " " for sign in text)


def plain(value: Any) -> Any:
    r"""A value of the catalog with blanks for what would steer a terminal; lines and tabs stay.

    Example:
        >>> plain({"doc": "a\x1b[31m\nb", "rows": 1})
        {'doc': 'a [31m\nb', 'rows': 1}
    """
    match value:
        case str():
            steering = not value.isprintable()
            return "".join(sign if sign.isprintable() or sign in "\n\t" else " " for sign in value) if steering else value
        case Mapping():
            return {key: plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
    return value


def notify(notices: Iterable[str], shared: Shared) -> None:
    """Say something beside the answer, on standard error."""
    if not shared.quiet:
        for notice in notices:
            click.echo(notice, err=True)
