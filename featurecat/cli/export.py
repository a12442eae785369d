"""``featurecat export``."""

from __future__ import annotations

from pathlib import Path

import click

from featurecat.cli.answers import counted, notify, print_json, short_time
from featurecat.cli.options import OutputPath, Shared, shared, shared_options
from featurecat.cli.problems import show_warnings
from featurecat.cli.workspace import CLOCK, project_of
from featurecat.errors import RequestError
from featurecat.project.catalog_exports import FORMATS, export_catalog
from featurecat.project.exporting import export_published

__all__ = ["command"]

_CATALOG = "catalog"


@click.command("export", short_help="Copy a published run out again, or the catalog for other programs.")
@click.argument("what", metavar="RUN|catalog")
@click.option("-o", "--output", type=OutputPath(), required=True, help="A file, or a directory.")
@click.option("--format", "form", type=click.Choice(list(FORMATS)), help="Of the catalog; json by default.")
@shared_options
def command(what: str, *, output: Path, form: str | None) -> int:
    """Copy a published RUN (its id, the beginning of it, or 'latest') to a file or directory.

    'catalog' writes what is known of features, lineage and runs: parquet and openmetadata into a directory, json,
    openlineage and datahub into a file. Personal data stay out. Nothing is sent anywhere.
    """
    options = shared()
    project = project_of(options)
    if what == _CATALOG:
        written, warnings = export_catalog(project, CLOCK, output, form=form or "json")
        show_warnings(warnings, options)
        _print_files(written, options)
        return 0
    if form is not None:
        raise RequestError(
            "--format is for the catalog; a run is Parquet",
            code="invalid-option",
            hint=f"featurecat export catalog --format {form} -o {output}",
        )
    manifest, files = export_published(project, what, output)
    count = counted(len(manifest.features), "feature")
    notify([f"run {manifest.run_id}, {short_time(manifest.committed_at)}: {count}"], options)
    _print_files(files, options)
    return 0


def _print_files(written: list[Path] | tuple[Path, ...], options: Shared) -> None:
    if options.as_json:
        print_json([{"file": str(path)} for path in written])
        return
    for path in written:
        click.echo(str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path))
