"""``featurecat test``."""

from __future__ import annotations

import sys
from typing import Any

import click

from featurecat.cli.answers import counted, notify, print_json, print_table
from featurecat.cli.options import shared, shared_options
from featurecat.cli.workspace import project_of
from featurecat.project.testing import FeatureTests, run_feature_tests

__all__ = ["command"]


@click.command("test", short_help="Run the tests and examples of features.")
@click.argument("selection", nargs=-1)
@click.option("--list", "listing", is_flag=True, help="Only list which tests there are.")
@click.option("--fail-untested", is_flag=True, help="Fail when a feature has neither test nor example.")
@shared_options
def command(selection: tuple[str, ...], *, listing: bool, fail_untested: bool) -> int:
    """Run what is marked @pytest.mark.feature("name") for SELECTION, and the examples in docstrings.

    Without a SELECTION all features are taken. Features without tests are listed.
    """
    options = shared()
    tests = run_feature_tests(
        project_of(options),
        selection,
        listing=listing,
        verbose=options.verbose,
        output=sys.stderr if options.as_json else None,
    )
    if options.as_json:
        print_json(
            [{"feature": feature, "tests": [_plain(test) for test in tests.of(feature)]} for feature in tests.selected]
        )
    elif listing:
        print_table([_row(tests, feature) for feature in tests.selected], ("feature", "tests"), limits={"feature": 30})
    elif not options.quiet:
        _summarize(tests)
    if listing and not options.as_json:
        notify([f"{counted(len(tests.selected), 'feature')}, {len(tests.untested)} without tests"], options)
    return 1 if tests.failed or (fail_untested and tests.untested) else 0


def _plain(test: dict[str, Any]) -> dict[str, Any]:
    return {name: test[name] for name in ("id", "kind", "outcome")}


def _row(tests: FeatureTests, feature: str) -> dict[str, Any]:
    return {"feature": feature, "tests": [test["id"] for test in tests.of(feature)] or "none"}


def _summarize(tests: FeatureTests) -> None:
    status = (
        click.style("failed", fg="red", bold=True) if tests.failed else click.style("tested", fg="green", bold=True)
    )
    covered = len(tests.selected) - len(tests.untested)
    parts = []
    for kind in ("test", "example"):
        for outcome in ("passed", "failed", "skipped"):
            if number := tests.count(kind, outcome):
                parts.append(f"{counted(number, kind)} {outcome}")
    click.echo(f"{status}  {covered} of {counted(len(tests.selected), 'feature')}: {', '.join(parts) or 'no tests'}")
    if tests.untested:
        names = ", ".join(tests.untested[:6])
        more = f" and {len(tests.untested) - 6} more" if len(tests.untested) > 6 else ""
        click.echo(f"  without tests  {names}{more}")
