"""``featurecat history``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from featurecat.cli.answers import counted, notify, print_json, print_table, short_time
from featurecat.cli.options import shared, shared_options
from featurecat.cli.problems import show_warnings
from featurecat.cli.workspace import CLOCK, project_of
from featurecat.project.diff.timeline import timeline_of

__all__ = ["command"]

_COLUMNS = ("when", "commit", "class", "what", "dtype", "unit", "owners")
_SHORT_COMMIT = 8
_LIMITS = {"what": 30, "owners": 12}


@click.command("history", short_help="Show what became of one feature, state by state.")
@click.argument("feature")
@shared_options
def command(feature: str) -> int:
    """Show when FEATURE was added, changed and removed, oldest first, and how much each change mattered.

    A renamed feature is followed back through its former names. No user code is imported.
    """
    options = shared()
    timeline = timeline_of(project_of(options), CLOCK, feature)
    show_warnings(timeline.warnings, options)
    notify(timeline.notices, options)
    if options.as_json:
        print_json(list(timeline.states))
        return 0
    print_table([_row(state) for state in timeline.states], _COLUMNS, limits=_LIMITS)
    notify([counted(len(timeline.states), "state")], options)
    return 0


def _row(state: Mapping[str, Any]) -> dict[str, Any]:
    kinds = list(state["changes"])
    if state["previous"]:
        kinds = [f"renamed from {state['previous']}" if kind == "renamed" else kind for kind in kinds]
    return {
        "when": short_time(state["at"]),
        "commit": (state["git_commit"] or "")[:_SHORT_COMMIT],
        "class": state["change"],
        "what": kinds,
        "dtype": state["dtype"],
        "unit": state["unit"],
        "owners": state["owners"],
    }
