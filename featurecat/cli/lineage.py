"""``featurecat lineage``."""

from __future__ import annotations

import click

from featurecat.cli.answers import notify, print_json
from featurecat.cli.options import shared, shared_options
from featurecat.cli.problems import show_warnings
from featurecat.cli.workspace import CLOCK, project_of
from featurecat.project.ask import trace_lineage

__all__ = ["command"]


@click.command("lineage", short_help="Show what feeds a feature and what it feeds.")
@click.argument("feature")
@click.option("--up", type=click.IntRange(min=0), help="Steps upstream; all of them by default.")
@click.option("--down", type=click.IntRange(min=0), help="Steps downstream; none by default.")
@click.option("--columns", is_flag=True, help="From column to column, down to the columns of sources.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["tree", "json", "dot", "mermaid"]),
    default="tree",
    help="How to write it.",
)
@shared_options
def command(feature: str, *, up: int | None, down: int | None, columns: bool, form: str) -> int:
    """Show what feeds FEATURE, and with --down what it feeds and who uses that. No user code is imported.

    FEATURE may be a column of a source or frame, too: flights.dep_delay.
    """
    options = shared()
    below = down if down is not None else 0
    lineage, answer = trace_lineage(project_of(options), CLOCK, feature, up=up, down=below, columns=columns)
    show_warnings(answer.warnings, options)
    notify(answer.notices, options)
    if options.as_json or form == "json":
        print_json(lineage.document())
    else:
        click.echo(lineage.written(form).rstrip("\n"))
    return 0
