"""``featurecat list``."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click

from featurecat.cli.answers import counted, notify, print_csv, print_json, print_table
from featurecat.cli.options import selection_options, shared, shared_options
from featurecat.cli.problems import show_warnings
from featurecat.cli.workspace import CLOCK, project_of
from featurecat.errors import RequestError
from featurecat.project.ask import list_features

__all__ = ["command"]

_LIMITS = {"feature": 30, "why": 40, "dtype": 10, "grain": 24, "owner": 10, "tags": 14}
_COLUMNS = ("feature", "dtype", "grain", "owner", "tags", "summary")


@click.command("list", short_help="List features, or those a selection matches.")
@selection_options
@click.option("--csv", "as_csv", is_flag=True, help="Answer in CSV.")
@shared_options
def command(selection: tuple[str, ...], features: tuple[str, ...], *, as_csv: bool, why: bool, **given: Any) -> int:
    """List features with type, grain, owner, tags and one line of documentation.

    SELECTION is names, globs and attributes: 'tag:delay & owner:ops', '+dep_delay_7d', 'not status:deprecated'.
    No user code is imported; --against imports the modules of a commit once, in a process of its own.
    """
    options = shared()
    project, asked = project_of(options), (*selection, *features)
    if why and not asked and given["against"] is None:
        raise RequestError(
            "--why says by which term a feature is selected, and nothing is",
            hint="featurecat list 'tag:delay' --why; --against REF says what has changed",
        )
    answer = list_features(project, CLOCK, asked, why=why, **given)
    offered = [*_COLUMNS[:1], "why", *_COLUMNS[1:]] if why else list(_COLUMNS)
    show_warnings(answer.warnings, options)
    notify(answer.notices, options)
    if options.as_json:
        print_json(answer.rows)
        return 0
    if as_csv:
        print_csv(answer.rows, offered)
    else:
        notify([_print(answer.rows, offered, why=why)], options)
    return 0


def _print(rows: Sequence[Mapping[str, Any]], offered: Sequence[str], *, why: bool) -> str:
    """Print the table; returns the line to say below it."""
    grains = {row["grain"] for row in rows}
    alike = sys.stdout.isatty() and len(grains) == 1 and None not in grains
    columns = [column for column in offered if not (alike and column == "grain")]
    if why and sys.stdout.isatty():  # both in full matter more than what list shows without it
        columns = ["feature", "why"]
    print_table(rows, columns, limits=_LIMITS, firm=("grain", "why"))
    count = counted(len(rows), "feature")
    return f"{count}, grain {grains.pop()}" if alike else count
