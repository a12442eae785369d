"""``featurecat inputs``."""

from __future__ import annotations

from pathlib import Path

import click

from featurecat.cli.answers import notify, print_rows
from featurecat.cli.options import run_options, shared, shared_options
from featurecat.cli.workspace import project_of
from featurecat.project.needs import list_needs
from featurecat.project.request import RunRequest

__all__ = ["command"]


@click.command("inputs", short_help="List what a selection needs to be given, and what is missing.")
@run_options
@shared_options
def command(
    selection: tuple[str, ...],
    features: tuple[str, ...],
    engine: str | None,
    config: tuple[str, ...],
    config_file: Path | None,
    config_name: str | None,
    inputs: tuple[str, ...],
    modules: tuple[str, ...],
) -> int:
    """List the sources, inputs and config keys that SELECTION needs; all features without one."""
    options = shared()
    request = RunRequest(
        features=(*selection, *features),
        engine=engine,
        config=config,
        config_file=config_file,
        config_name=config_name,
        inputs=inputs,
    )
    needs = list_needs(project_of(options, modules), request)
    print_rows([need.as_dict() for need in needs], ("name", "kind", "type", "status", "used_by", "detail"), options)
    missing = sum(need.status == "missing" for need in needs)
    notify([f"{len(needs)} needed, {missing} missing"], options)
    return 0
