"""Documentation and long lists, set for the terminal."""

from __future__ import annotations

import re
import shutil
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

__all__ = ["print_documentation", "print_field", "wrapped"]

_TITLE = 14
_MOST_LINES = 24
#: What is not to be filled: lists, tables, directives, examples.
_SET = re.compile(r"\s|[-*+•|>#]|\d+[.)]\s|\.\. |:\w+:")
_WIDEST = 100


def width() -> int | None:
    """Characters a line may have; None for a pipe, which gets lines whole."""
    return min(shutil.get_terminal_size().columns, _WIDEST) if sys.stdout.isatty() else None


def wrapped(text: str, *, indent: str = "", hanging: str | None = None) -> list[str]:
    r"""A text as lines that fit the terminal; lines of lists, tables and examples stay as they are.

    Args:
        text: Paragraphs, parted by empty lines.
        indent: Stands before every line.
        hanging: Stands before every line but the first, instead.

    Example:
        >>> wrapped("One.\nTwo.\n\n- a list", indent="  ")
        ['  One.', '  Two.', '', '  - a list']
    """
    rest = indent if hanging is None else hanging
    lines: list[str] = []
    room = width()
    for paragraph in text.split("\n\n"):
        written = paragraph.split("\n")
        if lines:
            lines.append("")
        if room is None or any(_SET.match(line) for line in written):
            parts = [piece for line in written for piece in _cut_up(line, room, rest)]
            lines += [f"{rest if lines else indent}{parts[0]}", *(f"{rest}{part}" for part in parts[1:])]
        else:
            filled = " ".join(" ".join(written).split())
            lines += _filled(filled, room, rest if lines else indent, rest)
    return [line.rstrip() for line in lines]


def _filled(text: str, room: int, indent: str, rest: str) -> list[str]:
    return textwrap.wrap(text, room, initial_indent=indent, subsequent_indent=rest, break_on_hyphens=False) or [indent]


def _cut_up(line: str, room: int | None, indent: str) -> list[str]:
    """A line that is set as it stands, in as many as it takes."""
    if room is None or len(line) + len(indent) <= room:
        return [line]
    own = line[: len(line) - len(line.lstrip())]
    return _filled(line.strip(), max(room - len(indent), len(own) + 8), own, f"{own}  ")


def print_field(title: str, text: str) -> None:
    """Print a titled text; on a terminal it goes on below itself.

    Args:
        title: What it is.
        text: One line.
    """
    for line in wrapped(text, indent=f"  {title:<{_TITLE}}", hanging=" " * (_TITLE + 2)):
        click.echo(line)


def print_documentation(sections: Sequence[Mapping[str, Any]], *, full: bool) -> None:
    """Print the sections of a documentation, the summary left out.

    Args:
        sections: Rows of ``doc_sections``.
        full: Whether to print all of it, however long.
    """
    lines = list(_lines([row for row in sections if row["section"] != "summary"]))
    if not lines:
        return
    click.echo(f"\n{click.style('documentation', bold=True)}")
    shown = lines if full or len(lines) <= _MOST_LINES + 1 else lines[:_MOST_LINES]
    for line in shown:
        click.echo(line)
    if len(shown) < len(lines):
        click.echo(f"  and {len(lines) - len(shown)} more lines: --full")


def _lines(sections: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    before = None
    for row in sections:
        if row["section"] == "text":
            if before is not None:
                yield ""
            yield from wrapped(row["text"], indent="  ")
        else:
            if row["section"] != before:
                if before == "text":
                    yield ""
                yield f"  {row['section']}"
            yield from _entry(row)
        before = row["section"]


def _entry(row: Mapping[str, Any]) -> Iterator[str]:
    """An entry: its name and type, then what is said of it."""
    about = " ".join(
        [row["name"] or "", f"({row['type']})" if row["name"] and row["type"] else row["type"] or ""]
    ).strip()
    text = row["text"] or ""
    if not about:
        yield from wrapped(text, indent="    ")
        return
    first, _, rest = text.partition("\n\n")
    yield from wrapped(f"{about}: {first}" if first else about, indent="    ", hanging="      ")
    if rest:
        yield from wrapped(rest, indent="      ")
