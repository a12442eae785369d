"""``featurecat index``."""

from __future__ import annotations

from dataclasses import asdict

import click

from featurecat.cli.answers import counted, print_json
from featurecat.cli.options import shared, shared_options
from featurecat.cli.problems import show_problems, show_warnings
from featurecat.cli.workspace import CLOCK, project_of
from featurecat.project.indexing import index_changes
from featurecat.project.storing import IndexReport

__all__ = ["command"]


@click.command("index", short_help="Read the modules into the catalog.")
@click.option("--module", "modules", multiple=True, metavar="MODULE", help="A further module of features.")
@click.option("--force", is_flag=True, help="Read all modules again, even if nothing has changed.")
@shared_options
def command(modules: tuple[str, ...], *, force: bool) -> int:
    """Read the modules into the catalog: every variant of every feature, whatever the config.

    A module that cannot be imported, hangs or ends its process is reported and hides nothing else; the exit code is
    2 then. Modules are imported in a process of their own, and not at all if nothing has changed.
    """
    options = shared()
    report = index_changes(project_of(options, modules), CLOCK, force=force)
    show_warnings(report.warnings, options)
    if options.as_json:
        print_json([asdict(report)])
    else:
        _print(report, options.verbose)
    if report.problems:
        show_problems(report.problems, options, "error")
        return 2
    return 0


def _print(report: IndexReport, verbose: bool) -> None:
    counts = [f"{len(names)} {word}" for word, names in _changes(report) if names]
    frames = f" and {counted(report.frames, 'frame')}" if report.frames else ""
    click.echo(
        f"{counted(report.features - report.frames, 'feature')}{frames}: {', '.join(counts) or 'nothing changed'}"
    )
    for word, names in _changes(report):
        shown = names if verbose else names[:5]
        if names and (verbose or len(names) < report.features):
            more = f" and {len(names) - len(shown)} more" if len(names) > len(shown) else ""
            click.echo(f"  {word}: {', '.join(shown)}{more}")


def _changes(report: IndexReport) -> list[tuple[str, tuple[str, ...]]]:
    return [("added", report.added), ("changed", report.changed), ("removed", report.removed)]
