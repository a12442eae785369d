"""``featurecat similar``."""

from __future__ import annotations

import click

from featurecat.cli.answers import counted, notify, print_json
from featurecat.cli.options import shared, shared_options
from featurecat.cli.problems import show_warnings
from featurecat.cli.workspace import CLOCK, project_of
from featurecat.project.resemblance import similar_features

__all__ = ["command"]


@click.command("similar", short_help="Show features that are nearly the same, and why.")
@click.argument("feature", required=False)
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="Most pairs to show.")
@shared_options
def command(feature: str | None, *, limit: int) -> int:
    """Show what is nearly the same as FEATURE; without it all such pairs, the most alike first.

    Bodies and inputs are compared, and the figures of the last published runs. No user code is imported.
    """
    options = shared()
    answer = similar_features(project_of(options), CLOCK, feature)
    show_warnings(answer.warnings, options)
    notify(answer.notices, options)
    rows = answer.found[:limit]
    if options.as_json:
        print_json(rows)
        return 0
    for row in rows:
        click.echo(click.style(f"{row['feature']}  {row['other']}", bold=True) + f"  {row['score']:.2f}")
        click.echo(f"  {row['why']}")
        _print_side(row["feature"], row["place"], row["owner"])
        _print_side(row["other"], row["other_place"], row["other_owner"])
    notify([_summary(feature, len(rows), len(answer.found))], options)
    return 0


def _print_side(feature: str, place: str | None, owner: str | None) -> None:
    parts = [feature, *([place] if place else []), *([f"owner {owner}"] if owner else [])]
    click.echo(f"  {', '.join(parts)}")


def _summary(feature: str | None, shown: int, every: int) -> str:
    if not every:
        return "no two features are alike" if feature is None else f"nothing is like {feature}"
    return counted(shown, "pair") + (f"; {every - shown:,} more, --limit shows them" if every > shown else "")
