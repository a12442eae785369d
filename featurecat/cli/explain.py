"""``featurecat explain``."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import click

from featurecat.cli.answers import notify, print_json
from featurecat.cli.options import OutputPath, config_options, shared, shared_options
from featurecat.cli.workspace import project_of, run_request
from featurecat.project.drawing import check_picture_file
from featurecat.project.explaining import Explanation, explain

__all__ = ["command"]

#: Colours by phase, as the picture has them.
_COLOURS = {"resolve": "yellow", "generate": "magenta", "inject": "cyan", "expand": "green", "transform": "blue"}


@click.command("explain", short_help="Show which decorator made which node, phase by phase.")
@click.argument("feature")
@config_options
@click.option("-o", "--output", type=OutputPath(), help="Write it as a picture: .svg, .png, .html, .mmd or .dot.")
@shared_options
def command(feature: str, output: Path | None, **options: Any) -> int:
    """Show how the function behind FEATURE becomes its nodes.

    Decorators apply in phases, whatever their order above the function; within a phase the one closest to
    def applies first.
    """
    common = shared()
    project = project_of(common, options["modules"])
    explanations = explain(project, feature, run_request(options))
    if output is not None:
        check_picture_file(project, output)
        explanations[0].picture().save(output)
        notify([f"wrote {output}"], common)
        return 0
    if common.as_json:
        print_json([explanation.as_dict() for explanation in explanations])
        return 0
    for position, explanation in enumerate(explanations):
        if position:
            click.echo()
        _print(explanation)
    notify(["+ made or rewired, - gone, ~ described anew; phases apply in this order whatever the order above def"], common)
    return 0


def _print(explanation: Explanation) -> None:
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 100
    variants = "" if explanation.variants == ("any",) else f"  {', '.join(explanation.variants)}"
    click.echo(click.style(explanation.feature, bold=True) + variants)
    if explanation.doc:
        click.echo(f"  {explanation.doc}"[:width])
    click.echo()
    for number, stage in enumerate(explanation.stages, 1):
        place = f"{stage.file}:{stage.line}" if stage.line else stage.file or ""
        head = f"{number:>2} {stage.phase:<9} "
        room = max(20, width - len(head) - len(place) - 2)
        text = stage.decorator if len(stage.decorator) <= room else stage.decorator[: room - 1] + "…"
        colour = _COLOURS.get(stage.phase)
        click.echo(f"{number:>2} {click.style(f'{stage.phase:<9}', fg=colour)} {text:<{room}}  {click.style(place, dim=True)}")
        for line, asked in _effects(explanation.feature, stage):
            shown = line if len(line) <= width - 13 else line[: width - 14] + "…"
            click.echo(" " * 13 + click.style(shown, bold=asked))


def _effects(feature: str, stage: Any) -> list[tuple[str, bool]]:
    lines = [(f"- {name}", name == feature) for name in stage.removed]
    for node in stage.made:
        parents = f" ← {', '.join(node.parents)}" if node.parents else ""
        origin = f"   from {node.function} at {node.file}:{node.line}" if node.function else ""
        lines.append((f"+ {node.name}{parents}{origin}", node.name == feature))
    lines += [(f"~ {name}", name == feature) for name in stage.changed]
    return lines or [("(nothing)", False)]
