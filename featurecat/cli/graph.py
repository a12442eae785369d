"""``featurecat graph``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from featurecat.cli.answers import counted, notify
from featurecat.cli.options import OutputPath, selection_options, shared, shared_options
from featurecat.cli.problems import show_warnings
from featurecat.cli.workspace import CLOCK, project_of
from featurecat.errors import RequestError
from featurecat.project.drawing import FORMATS, ORIENTATIONS, Picture, check_picture_file, draw_selection

__all__ = ["command"]


@click.command("graph", short_help="Draw features and what they come from.")
@selection_options
@click.option("-o", "--output", type=OutputPath(), help="The file: .svg, .png, .html, .mmd, .dot or .json.")
@click.option("--format", "form", type=click.Choice(sorted({*FORMATS.values()})), help="Instead of the file's suffix.")
@click.option("--hops", type=click.IntRange(min=0), help="Steps to either side of what is selected.")
@click.option("--orient", type=click.Choice(ORIENTATIONS), default="LR", show_default=True, help="Where edges point.")
@click.option("--layout", type=click.Choice(["own", "dot"]), default="own", help="dot: by Graphviz, if installed.")
@click.option("--clusters", is_flag=True, help="Draw a frame around each module.")
@click.option("--hide-inputs", is_flag=True, help="Leave inputs out.")
@click.option("--show-checks", is_flag=True, help="Draw the nodes that check, too.")
@click.option("--no-legend", is_flag=True, help="Do not explain the colours.")
@shared_options
def command(output: Path | None, form: str | None, **wishes: Any) -> int:
    """Draw what SELECTION is computed from; everything without SELECTION.

    With --hops only so many steps are drawn, but to either side; --hops 0 draws just what is selected. Without -o a
    Mermaid flowchart is printed, for Markdown. No user code is imported.
    """
    options = shared()
    project = project_of(options)
    if output is not None:
        check_picture_file(project, output)
    drawing, answer = draw_selection(
        project,
        CLOCK,
        (*wishes["selection"], *wishes["features"]),
        hops=wishes["hops"],
        fold_checks=not wishes["show_checks"],
        against=wishes["against"],
        allow_empty=wishes["allow_empty"],
    )
    show_warnings(answer.warnings, options)
    notify(answer.notices, options)
    if wishes["why"]:
        notify([f"{row['feature']}: {', '.join(row['why'])}" for row in answer.rows if row["why"]], options)
    picture = Picture(
        drawing.pointing(wishes["orient"]),
        hide_inputs=wishes["hide_inputs"],
        show_legend=not wishes["no_legend"],
        clusters=wishes["clusters"],
        layout=wishes["layout"],
    )
    if output is not None:
        _save(picture, output, form)
        notify([f"wrote {output}, {counted(len(drawing.nodes), 'node')}"], options)
        return 0
    form = form or ("json" if options.as_json else "mermaid")
    if form == "png":
        raise RequestError("png is not for a terminal or a pipe of text", hint="-o graph.png")
    click.echo(str(picture.written(form)).rstrip("\n"))
    if form == "mermaid" and sys.stdout.isatty():
        notify(["-o graph.svg draws it; featurecat lineage FEATURE shows a tree"], options)
    return 0


def _save(picture: Picture, output: Path, form: str | None) -> None:
    if output.is_dir():
        raise RequestError(f"{output} is a directory", hint=f"-o {output / 'graph.svg'}")
    picture.save(output, form)
