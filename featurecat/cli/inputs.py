"""``featurecat inputs``."""

from __future__ import annotations

from typing import Any

import click

from featurecat.cli.answers import notify, print_rows
from featurecat.cli.options import run_options, shared, shared_options
from featurecat.cli.workspace import CLOCK, project_of, run_request
from featurecat.project.needs import list_needs

__all__ = ["command"]

_COLUMNS = ("name", "kind", "type", "status", "used_by", "detail")


@click.command("inputs", short_help="List what a selection needs to be given, and what is missing.")
@run_options
@shared_options
def command(**options: Any) -> int:
    """List the sources, inputs and config keys that SELECTION needs; all features without one."""
    common = shared()
    needs, notices = list_needs(project_of(common, options["modules"]), run_request(options), clock=CLOCK)
    notify(notices, common)
    print_rows([need.as_dict() for need in needs], _COLUMNS, common, firm=("name", "kind", "status", "detail"))
    missing = sum(need.status == "missing" for need in needs)
    optional = sum(need.status == "optional" for need in needs)
    notify(
        [f"{len(needs) - optional} needed, {missing} missing" + (f"; {optional} optional" if optional else "")], common
    )
    return 0
