"""``featurecat diff``."""

from __future__ import annotations

import click

from featurecat.cli.answers import notify, print_json
from featurecat.cli.diff_text import diff_lines, summary_line
from featurecat.cli.options import shared, shared_options
from featurecat.cli.problems import show_warnings
from featurecat.cli.workspace import CLOCK, project_of
from featurecat.project.diff.classes import FAIL_ON
from featurecat.project.diff.markdown import diff_markdown
from featurecat.project.diff.run import diff_project

__all__ = ["command"]


@click.command("diff", short_help="Show which features differ from another commit, and whom that touches.")
@click.argument("base", required=False)
@click.argument("head", required=False)
@click.option("--features", multiple=True, metavar="SELECTION", help="Tell only of these; may be repeated.")
@click.option("--markdown", is_flag=True, help="Answer in Markdown, for a pull request.")
@click.option("--exit-code", "as_gate", is_flag=True, help="Exit with 1 when a change is as severe as --fail-on.")
@click.option(
    "--fail-on",
    type=click.Choice(list(FAIL_ON)),
    default="breaking",
    show_default=True,
    help="What --exit-code refuses.",
)
@shared_options
def command(
    base: str | None, head: str | None, *, features: tuple[str, ...], markdown: bool, as_gate: bool, fail_on: str
) -> int:
    """Show which features differ between BASE and HEAD, and how much that matters.

    Both are a branch, tag or commit, snapshot:NAME, or a snapshot's file. Without HEAD it is the files as they are,
    without BASE the commit at which they left the main branch. Each feature is told with the most severe of its
    changes: breaking, behavioural, checks, added, metadata or cosmetic.
    """
    options = shared()
    report = diff_project(project_of(options), CLOCK, base=base, head=head, selections=features)
    document = report.document()
    show_warnings(report.warnings, options)
    notify(report.notices, options)
    if options.as_json:
        print_json(document)
    elif markdown:
        click.echo(diff_markdown(document).rstrip("\n"))
    else:
        for line in diff_lines(document, everything=options.verbose):
            click.echo(line)
        notify([summary_line(document)], options)
    return int(as_gate and report.fails(fail_on))
