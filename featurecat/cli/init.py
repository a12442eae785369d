"""``featurecat init``."""

from __future__ import annotations

import click

from featurecat.cli.answers import print_json
from featurecat.cli.options import shared, shared_options
from featurecat.project.starting import start_project

__all__ = ["command"]


@click.command("init", short_help="Make a small project that runs at once.")
@click.argument("name")
@click.option("--polars", is_flag=True, help="Features on Polars instead of pandas.")
@shared_options
def command(name: str, polars: bool) -> int:
    """Make the directory NAME ('.' for this one) with a project in it: settings, five features, data and a test.

    A directory that is not empty is left as it is.
    """
    options = shared()
    made = start_project(name, within=options.directory, library="polars" if polars else "pandas")
    if options.as_json:
        print_json([{"directory": str(made.directory), "files": list(made.files), "next": list(made.commands)}])
        return 0
    click.echo(f"{click.style('made', fg='green', bold=True)}  {made.directory.name}: {', '.join(made.files)}")
    if not options.quiet:
        for number, line in enumerate(made.commands):
            click.echo(f"  {'next' if number == 0 else '':<6}{line}")
    return 0
