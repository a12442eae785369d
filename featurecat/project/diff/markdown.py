"""Differences and impacts as Markdown that can be pasted into a pull request: bounded, nothing in it is taken for markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from featurecat.project.diff.classes import CLASSES

__all__ = ["diff_markdown", "impact_markdown"]

#: Platforms refuse comments of more than 65,536 characters.
_MOST_CHARACTERS: Final = 60_000
_MOST_ROWS: Final = 50
_MOST_QUIET: Final = 10
_MOST_NAMED: Final = 5
_MOST_TEXT: Final = 160
_QUIET: Final = ("metadata", "cosmetic")
_MARKUP = re.compile(r"([\\`*_{}\[\]<|~#@])")


def diff_markdown(document: Mapping[str, Any], *, title: str = "Features that differ") -> str:
    """Differences as Markdown.

    Args:
        document: As ``DiffReport.document`` gives it.
        title: The heading.

    Example:
        >>> print(diff_markdown({"base": "main", "head": "the work tree", "counts": {}, "features": []}))
        ### Features that differ
        <BLANKLINE>
        Between main and the work tree no feature differs.
        <BLANKLINE>
    """
    lines = [f"### {title}", "", _sentence(document), ""]
    for name in CLASSES:
        found = [one for one in document["features"] if one["class"] == name]
        if found:
            lines += [*_class_section(name, found), ""]
    return _bounded(lines)


def impact_markdown(document: Mapping[str, Any]) -> str:
    """An impact as Markdown.

    Args:
        document: As ``ImpactReport.document`` gives it.
    """
    names = ", ".join(_code(name) for name in document["of"][:_MOST_NAMED])
    rows = document["groups"]
    lines = [f"### Impact of {names}", "", f"{len(document['features'])} features downstream.", ""]
    lines += ["| " + " | ".join((str(document["by"]), "features", "which")) + " |", "| --- | ---: | --- |"]
    lines += [
        f"| {_plain(row['name'])} | {len(row['features'])} | {_several(row['features'], len(row['features']))} |"
        for row in rows[:_MOST_ROWS]
    ]
    lines += ["", f"and {len(rows) - _MOST_ROWS} more"] if len(rows) > _MOST_ROWS else []
    used = document["consumers"]
    if used:
        lines += ["", "| consumer | kind | owner | uses |", "| --- | --- | --- | --- |"]
        lines += [
            f"| {_plain(row['consumer'])} | {_plain(row['kind'])} | {_code(row['owner']) if row['owner'] else ''}"
            f" | {_several(row['features'], len(row['features']))} |"
            for row in used[:_MOST_ROWS]
        ]
    return _bounded([*lines, ""])


def _sentence(document: Mapping[str, Any]) -> str:
    sides = f"Between {_plain(document['base'])} and {_plain(document['head'])}"
    counts = document["counts"]
    if not counts:
        return f"{sides} no feature differs."
    total = sum(counts.values())
    listed = ", ".join(f"{number} {name}" for name, number in counts.items())
    return f"{sides} {total} {'feature differs' if total == 1 else 'features differ'}: {listed}."


def _class_section(name: str, found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    folded = name in _QUIET
    most = _MOST_QUIET if folded else _MOST_ROWS
    heading = f"{name} ({len(found)}): {CLASSES[name]}"
    yield f"<details><summary>{heading}</summary>" if folded else f"**{heading}**"
    yield ""
    yield "| feature | changes | owner |" if folded else "| feature | changes | owner | feeds | used by |"
    yield "| --- | --- | --- |" if folded else "| --- | --- | --- | --- | --- |"
    for one in found[:most]:
        cells = [_code(one["feature"]), _changes(one["changes"]), ", ".join(map(_code, one["owners"]))]
        if not folded:
            cells += [
                _several(one["downstream"], one["downstream_count"]),
                _several(one["consumers"], len(one["consumers"])),
            ]
        yield f"| {' | '.join(cells)} |"
    if len(found) > most:
        yield ""
        yield f"and {len(found) - most} more"
    if folded:
        yield ""
        yield "</details>"


def _changes(changes: Iterable[Mapping[str, Any]]) -> str:
    told = [f"{change['kind']} {change['text']}".strip() for change in changes]
    text = "; ".join(told)
    return _plain(text if len(text) <= _MOST_TEXT else f"{text[: _MOST_TEXT - 1]}…")


def _several(names: Sequence[str], count: int) -> str:
    shown = ", ".join(_code(name) for name in names[:_MOST_NAMED])
    return f"{shown} and {count - _MOST_NAMED} more" if count > _MOST_NAMED else shown


def _code(name: str) -> str:
    """A name as code; a name that cannot stand in a cell of a table as plain text."""
    return _plain(name) if any(sign in name for sign in "`|\n\r") else f"`{name}`"


def _plain(text: str) -> str:
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))


def _bounded(lines: Sequence[str]) -> str:
    text = "\n".join(lines)
    if len(text) <= _MOST_CHARACTERS:
        return text
    kept: list[str] = []
    size = 0
    for line in lines:
        size += len(line) + 1
        if size > _MOST_CHARACTERS:
            break
        kept.append(line)
    return "\n".join([*kept, "", "The rest is left out; `--json` has all of it.", ""])
