"""``featurecat gc``."""

from __future__ import annotations

import click

from featurecat.cli.answers import counted, notify, print_json, print_table
from featurecat.cli.options import shared, shared_options
from featurecat.cli.problems import show_warnings
from featurecat.cli.workspace import CLOCK, project_of
from featurecat.project.garbage import collect

__all__ = ["command"]

_UNITS = ((1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB"))


@click.command("gc", short_help="Show or remove what dead runs left in the store.")
@click.option("--apply", is_flag=True, help="Remove it; without this it is only shown.")
@click.option(
    "--older-than", default="7d", show_default=True, metavar="AGE", help="Younger files stay: 12h, 30min, 7d."
)
@click.option(
    "--cache-size",
    type=click.IntRange(min=0),
    default=200,
    show_default=True,
    metavar="MB",
    help="How much the cache may take; the least recently used goes first.",
)
@shared_options
def command(apply: bool, older_than: str, cache_size: int) -> int:
    """Show what no manifest, lock or running process needs, and why; --apply removes it.

    What a run has published stays, however old it is.
    """
    options = shared()
    collected = collect(project_of(options), CLOCK, older_than=older_than, cache_size=cache_size, apply=apply)
    show_warnings(list(collected.garbage.problems), options)
    files = collected.files(removed=apply)
    if options.as_json:
        print_json(files)
    elif options.verbose:
        print_table(files, ["path", "kind", "bytes", "why"])
    else:
        print_table(collected.rows(), ["kind", "files", "bytes", "why"])
    gone = collected.removed if apply else collected.garbage.leftovers
    size = _size(sum(leftover.bytes for leftover in gone))
    if not collected.garbage.leftovers:
        notify(["nothing to remove"], options)
    elif apply:
        notify([f"removed {counted(len(gone), 'file')}, {size}"], options)
    else:
        notify([f"{counted(len(gone), 'file')}, {size}: featurecat gc --apply removes them"], options)
    notify(collected.kept(), options)
    return 0


def _size(count: int) -> str:
    for unit, name in _UNITS:
        if count >= unit:
            return f"{count / unit:.1f} {name}"
    return counted(count, "byte")
