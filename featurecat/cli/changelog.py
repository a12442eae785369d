"""``featurecat changelog``."""

from __future__ import annotations

import click

from featurecat.cli.answers import notify, print_json
from featurecat.cli.diff_text import diff_lines, summary_line
from featurecat.cli.options import shared, shared_options
from featurecat.cli.workspace import CLOCK, project_of
from featurecat.project.diff.markdown import diff_markdown
from featurecat.project.diff.run import snapshot_changes

__all__ = ["command"]


@click.command("changelog", short_help="Show what changed between two snapshots of the definitions.")
@click.argument("older", metavar="[FROM]", required=False)
@click.argument("newer", metavar="[TO]", required=False)
@click.option("--markdown", is_flag=True, help="Answer in Markdown.")
@shared_options
def command(older: str | None, newer: str | None, *, markdown: bool) -> int:
    """Show what changed between two snapshots, the last two by default.

    FROM and TO are the beginning of a snapshot's name, a time such as 2026-11-01, or a commit.
    """
    options = shared()
    report = snapshot_changes(project_of(options), CLOCK, older=older, newer=newer)
    document = report.document()
    notify(report.notices, options)
    if options.as_json:
        print_json(document)
    elif markdown:
        click.echo(diff_markdown(document, title="What changed").rstrip("\n"))
    else:
        for line in diff_lines(document, everything=options.verbose):
            click.echo(line)
        notify([summary_line(document)], options)
    return 0
