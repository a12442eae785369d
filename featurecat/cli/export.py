"""``featurecat export``."""

from __future__ import annotations

from pathlib import Path

import click

from featurecat.cli.answers import counted, notify, print_json, short_time
from featurecat.cli.options import OutputPath, shared, shared_options
from featurecat.cli.workspace import project_of
from featurecat.project.exporting import export_published

__all__ = ["command"]


@click.command("export", short_help="Copy a published run out again.")
@click.argument("run")
@click.option("-o", "--output", type=OutputPath(), required=True, help="A file, or a directory.")
@shared_options
def command(run: str, output: Path) -> int:
    """Copy a published RUN (its id, the beginning of it, or 'latest') to a file or directory."""
    options = shared()
    manifest, written = export_published(project_of(options), run, output)
    count = counted(len(manifest.features), "feature")
    notify([f"run {manifest.run_id}, {short_time(manifest.committed_at)}: {count}"], options)
    if options.as_json:
        print_json([{"file": str(path)} for path in written])
    else:
        for path in written:
            click.echo(str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path))
    return 0
