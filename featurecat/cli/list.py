"""``featurecat list``."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import click

from featurecat.cli.answers import counted, notify, print_csv, print_json, print_table
from featurecat.cli.options import shared, shared_options
from featurecat.cli.problems import show_warnings
from featurecat.cli.workspace import CLOCK, project_of
from featurecat.errors import RequestError
from featurecat.project.ask import list_features

__all__ = ["command"]

_LIMITS = {"feature": 30, "why": 24, "dtype": 10, "grain": 24, "owner": 10, "tags": 14}
_COLUMNS = ("feature", "dtype", "grain", "owner", "tags", "summary")


@click.command("list", short_help="List features, or those a selection matches.")
@click.argument("selection", nargs=-1)
@click.option("--csv", "as_csv", is_flag=True, help="Answer in CSV.")
@click.option("--against", metavar="REF", help="Compare with a branch, tag, commit or snapshot:NAME.")
@click.option("--why", is_flag=True, help="Show what has changed since --against REF.")
@click.option("--allow-empty", is_flag=True, help="A selection may match nothing.")
@shared_options
def command(selection: tuple[str, ...], *, as_csv: bool, against: str | None, why: bool, allow_empty: bool) -> int:
    """List features with type, grain, owner, tags and one line of documentation.

    SELECTION is names, globs and attributes: 'tag:delay & owner:ops', '+dep_delay_7d', 'not status:deprecated'.
    No user code is imported; --against imports the modules of a commit once, in a process of its own.
    """
    options = shared()
    if why and against is None:
        raise RequestError("--why needs --against REF: what to compare with", hint="for example --against origin/main")
    answer = list_features(project_of(options), CLOCK, selection, allow_empty=allow_empty, against=against)
    offered = [*_COLUMNS[:1], "why", *_COLUMNS[1:]] if why else list(_COLUMNS)
    show_warnings(answer.warnings, options)
    notify(answer.notices, options)
    if options.as_json:
        print_json(answer.rows)
        return 0
    rows = [{**row, "why": _why(row)} for row in answer.rows] if why else answer.rows
    if as_csv:
        print_csv(rows, offered)
    else:
        grains = {row["grain"] for row in answer.rows}
        alike = sys.stdout.isatty() and len(grains) == 1 and None not in grains
        columns = [column for column in offered if not (alike and column == "grain")]
        print_table(rows, columns, limits=_LIMITS, firm=("grain", "why"))
        count = counted(len(answer.rows), "feature")
        notify([f"{count}, grain {grains.pop()}" if alike else count], options)
    return 0


def _why(row: Mapping[str, Any]) -> str:
    """``new``, or why a feature is modified."""
    return ", ".join(row["reasons"]) or ("new" if row["state"] == "new" else "")
