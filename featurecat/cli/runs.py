"""``featurecat runs``."""

from __future__ import annotations

import click

from featurecat.cli.answers import print_json, print_table, short_ids, short_time
from featurecat.cli.options import shared, shared_options
from featurecat.cli.problems import show_warnings
from featurecat.cli.workspace import CLOCK, project_of
from featurecat.project.ask import list_runs

__all__ = ["command"]

_COLUMNS = ("run_id", "committed_at", "status", "engine", "features", "rows", "seconds")


@click.command("runs", short_help="List what was materialized when.")
@click.option("--limit", type=click.IntRange(min=1), help="Most runs to list; all by default.")
@shared_options
def command(limit: int | None) -> int:
    """List runs, newest first: when, status, engine, features, rows, seconds."""
    options = shared()
    answer = list_runs(project_of(options), CLOCK, limit)
    show_warnings(answer.warnings, options)
    if options.as_json:
        print_json(answer.rows)
    else:
        rows = [{**row, "committed_at": short_time(row["committed_at"])} for row in short_ids(answer.rows)]
        print_table(rows, _COLUMNS)
        if not rows:
            click.echo("no runs yet: featurecat materialize …", err=True)
    return 0
