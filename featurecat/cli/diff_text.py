"""Differences for the terminal: one block a feature, no line wider than 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import click

from featurecat.cli.answers import counted

__all__ = ["diff_lines", "summary_line"]

_WIDTH: Final = 80
_CLASS_WIDTH: Final = 12
_MOST_BLOCKS: Final = 40
_MOST_NAMED: Final = 3
_COLORS: Final = {"breaking": "red", "behavioural": "yellow", "checks": "cyan", "added": "green"}


def summary_line(document: Mapping[str, Any]) -> str:
    """One line that says how much differs.

    Example:
        >>> summary_line({"base": "main", "head": "the work tree", "counts": {"breaking": 1, "cosmetic": 2}})
        'main -> the work tree: 1 breaking, 2 cosmetic'
        >>> summary_line({"base": "main", "head": "the work tree", "counts": {}})
        'main -> the work tree: no feature differs'
    """
    counts = ", ".join(f"{number:,} {name}" for name, number in document["counts"].items())
    return f"{document['base']} -> {document['head']}: {counts or 'no feature differs'}"


def diff_lines(document: Mapping[str, Any], *, everything: bool = False) -> Iterator[str]:
    """Differences as lines.

    Args:
        document: As ``DiffReport.document`` gives it.
        everything: List all features; else the first 40 of each class.
    """
    for name in document["counts"]:
        found = [one for one in document["features"] if one["class"] == name]
        shown = found if everything else found[:_MOST_BLOCKS]
        for one in shown:
            yield from _block(one)
        if len(found) > len(shown):
            yield f"{'':{_CLASS_WIDTH}} and {len(found) - len(shown):,} more {name}; -v lists them, --json has all"


def _block(one: Mapping[str, Any]) -> Iterator[str]:
    name = one["class"]
    label = click.style(f"{name.upper():<{_CLASS_WIDTH}}", fg=_COLORS.get(name), bold=name == "breaking")
    feature, first, *others = one["feature"], *(_told(change) for change in one["changes"])
    indent = " " * (_CLASS_WIDTH + 3)
    text = "; ".join([first, *others])
    room = _WIDTH - len(indent)
    place = f"{one['file']}:{one['line']}" if one["file"] and one["line"] else ""
    gap = room + 2 - len(feature) - len(place)
    yield f"{label} {feature}{' ' * gap + place if place and gap >= 2 else ''}"
    for line in textwrap.wrap(text, room, break_on_hyphens=False):
        yield f"{indent}{line}"
    if one["downstream"] or one["consumers"]:
        for line in textwrap.wrap(_touched(one), room, break_on_hyphens=False):
            yield f"{indent}{line}"


def _told(change: Mapping[str, Any]) -> str:
    if change["kind"] == "text":
        return str(change["text"])
    return f"{change['kind']} {change['text']}".strip()


def _touched(one: Mapping[str, Any]) -> str:
    parts = []
    if below := one["downstream"]:
        count = one["downstream_count"]
        parts.append(f"feeds {counted(count, 'feature')}: {_listed(below, count)}")
    if used := one["consumers"]:
        parts.append(f"used by {_listed(used, len(used))}")
    if owners := one["affected_owners"]:
        parts.append(f"{'owner' if len(owners) == 1 else 'owners'} {_listed(owners, len(owners))}")
    return "; ".join(parts)


def _listed(names: Sequence[str], count: int) -> str:
    more = f" and {count - _MOST_NAMED:,} more" if count > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more
