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


def _outcome(tests: FeatureTests) -> str:
    """How many tests and examples failed, or passed."""
    counts = {outcome: _kinds(tests, (outcome,)) for outcome in ("failed", "passed", "skipped")}
    if tests.failed:
        failed = sum(test["outcome"] == "failed" for test in tests.tests)
        text = f"{failed:,} of {_kinds(tests, ('failed', 'passed'))} failed" if failed else "pytest failed"
        styled = click.style(text, fg="red", bold=True)
    elif counts["passed"]:
        styled = click.style(f"{counts['passed']} passed", fg="green", bold=True)
    else:
        styled = "no tests" if not counts["skipped"] else "none passed"
    return styled + (f", {counts['skipped']} skipped" if counts["skipped"] else "")


def _kinds(tests: FeatureTests, outcomes: tuple[str, ...]) -> str:
    """``3 tests and 1 example``, of those that ended in one of some ways."""
    numbers = {kind: sum(tests.count(kind, outcome) for outcome in outcomes) for kind in ("test", "example")}
    return " and ".join(counted(number, kind) for kind, number in numbers.items() if number)


def _summarize(tests: FeatureTests) -> None:
    features = counted(len(tests.selected), "feature")
    if tests.untested:
        features += f", {len(tests.untested)} without tests"
    click.echo(f"{_outcome(tests)}; {features}")
    if tests.untested:
        names = ", ".join(tests.untested[:6])
        more = f" and {len(tests.untested) - 6} more" if len(tests.untested) > 6 else ""
        click.echo(f"  without tests  {names}{more}")
