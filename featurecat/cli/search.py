"""``featurecat search``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from featurecat.cli.answers import counted, notify, print_json, print_table
from featurecat.cli.options import shared, shared_options
from featurecat.cli.problems import show_warnings
from featurecat.cli.workspace import CLOCK, project_of
from featurecat.project.searching import search_features

__all__ = ["command"]

_LIMITS = {"feature": 30, "why": 26, "owner": 12}
_COLUMNS = ("feature", "why", "owner", "summary")


@click.command("search", short_help="Find features by words, slips of the pen forgiven.")
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="Most features to show.")
@shared_options
def command(words: tuple[str, ...], *, limit: int) -> int:
    """Find features by WORDS in names, documentation, tags, owners, columns and units, best first.

    'why' says in which field a word was found. No user code is imported.
    """
    options = shared()
    answer = search_features(project_of(options), CLOCK, " ".join(words))
    show_warnings(answer.warnings, options)
    notify(answer.notices, options)
    rows = answer.found[:limit]
    if options.as_json:
        print_json(rows)
        return 0
    print_table([{**row, "why": _why(row)} for row in rows], _COLUMNS, limits=_LIMITS)
    more = len(answer.found) - len(rows)
    notify([counted(len(rows), "feature") + (f"; {more:,} more fit, --limit shows them" if more else "")], options)
    return 0


def _why(row: Mapping[str, Any]) -> str:
    """``name: delay, dep; summary: departure``: each field once."""
    fields: dict[str, list[str]] = {}
    for reason in row["why"]:
        field, _, word = reason.partition(": ")
        fields.setdefault(field, []).append(word)
    return "; ".join(f"{field}: {', '.join(words)}" for field, words in fields.items())
