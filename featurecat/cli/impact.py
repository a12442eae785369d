"""``featurecat impact``."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

import click

from featurecat.cli.answers import counted, notify, print_csv, print_json
from featurecat.cli.options import shared, shared_options
from featurecat.cli.problems import show_warnings
from featurecat.cli.workspace import CLOCK, project_of
from featurecat.project.diff.impact import GROUPS, impact_of
from featurecat.project.diff.markdown import impact_markdown

__all__ = ["command"]

_WIDTH = 80
_INDENT = 2
_MOST_SHOWN = 60
_COLUMNS = ("feature", "depth", "owners", "module", "consumers", "because")


@click.command("impact", short_help="Show what a change reaches: features, consumers, owners.")
@click.argument("feature", nargs=-1)
@click.option("--against", metavar="REF", help="Take everything that changed since REF, too.")
@click.option("--depth", type=click.IntRange(min=1), metavar="N", help="At most N steps downstream.")
@click.option("--group-by", type=click.Choice(GROUPS), default="owner", show_default=True, help="What to group by.")
@click.option("--csv", "as_csv", is_flag=True, help="Answer in CSV: a row a feature.")
@click.option("--markdown", is_flag=True, help="Answer in Markdown, for a pull request.")
@shared_options
def command(
    feature: tuple[str, ...], *, against: str | None, depth: int | None, group_by: str, as_csv: bool, markdown: bool
) -> int:
    """Show what is made of FEATURE, grouped by who answers for it, and what uses it.

    FEATURE is a feature, a source, or a column of one: flights.dep_delay. Several may be named. No user code is
    imported; --against imports the modules of a commit once, in a process of its own.
    """
    options = shared()
    report = impact_of(project_of(options), CLOCK, feature, against=against, depth=depth, by=group_by)
    document = report.document()
    show_warnings(report.warnings, options)
    notify(report.notices, options)
    if options.as_json:
        print_json(document)
    elif as_csv:
        print_csv(document["features"], _COLUMNS)
    elif markdown:
        click.echo(impact_markdown(document).rstrip("\n"))
    else:
        for line in _lines(document, everything=options.verbose):
            click.echo(line)
        notify([_summary(document)], options)
    return 0


def _summary(document: Mapping[str, Any]) -> str:
    owners = {owner for row in document["features"] for owner in row["owners"]}
    counts = [counted(len(document["features"]), "feature"), counted(len(document["consumers"]), "consumer")]
    return ", ".join([*counts, counted(len(owners), "owner")])


def _lines(document: Mapping[str, Any], *, everything: bool) -> Iterator[str]:
    depths = {row["feature"]: row["depth"] for row in document["features"]}
    for group in document["groups"]:
        names = group["features"]
        yield f"{click.style(group['name'], bold=True)}  {counted(len(names), 'feature')}"
        shown = names if everything else names[:_MOST_SHOWN]
        text = "  ".join(f"{name}·{depths[name]}" for name in shown)
        margin = " " * _INDENT
        yield from textwrap.wrap(
            text,
            _WIDTH,
            initial_indent=margin,
            subsequent_indent=margin,
            break_on_hyphens=False,
            break_long_words=False,
        )
        if len(names) > len(shown):
            yield f"{margin}and {len(names) - len(shown):,} more; -v lists them"
    for row in document["consumers"]:
        owner = f" of {row['owner']}" if row["owner"] else ""
        used = ", ".join(row["features"])
        yield textwrap.shorten(f"used by {row['kind']} {row['consumer']}{owner}: {used}", _WIDTH, placeholder=" …")
