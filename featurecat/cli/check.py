"""``featurecat check``."""

from __future__ import annotations

import contextlib
import datetime
import os
from pathlib import Path
from typing import Any

import click

from featurecat.cli.answers import notify
from featurecat.cli.gate_text import print_gate
from featurecat.cli.options import Shared, run_options, shared, shared_options, workers_option
from featurecat.cli.problems import show_problems
from featurecat.cli.unjudged import reported_errors
from featurecat.cli.workspace import CLOCK, project_of, run_request
from featurecat.errors import FeaturecatError
from featurecat.project.check.request import CheckAnswer, CheckRequest
from featurecat.project.check.run import check
from featurecat.project.reporting import Target, parse_targets, refuse_kept_files, write_reports

__all__ = ["command"]


@click.command("check", short_help="Judge data by what is expected of them; the gate of a CI.")
@run_options
@click.option("--compute", is_flag=True, help="Compute the values, and publish nothing; else published ones are read.")
@click.option("--checks", "mode", type=click.Choice(["enforce", "warn", "off"]), help="Whether failures block.")
@click.option("--warn-as-error", is_flag=True, help="Let a warning make the exit code 1.")
@click.option("--require-checks", multiple=True, metavar="SELECTION", help="Features that must have expectations.")
@click.option("--as-of", metavar="MOMENT", help="Judge freshness by this moment instead of now.")
@click.option("--no-samples", is_flag=True, help="Keep no rows at fault, neither in reports nor in the store.")
@click.option("--no-cache", is_flag=True, help="Judge everything anew, whatever is known.")
@click.option(
    "--report", "reports", multiple=True, metavar="FORMAT[=FILE]", help="Write a report, too; formats are named above."
)
@click.option("--baseline", type=click.Path(path_type=Path), metavar="FILE", help="The baseline file.")
@click.option("--update-baseline", is_flag=True, help="Let the baseline allow what does not hold now.")
@click.option("--ratchet", is_flag=True, help="Take out of the baseline what holds again.")
@click.option("--force", is_flag=True, help="Change the baseline in CI, or though little of it was seen.")
@workers_option
@shared_options
def command(**options: Any) -> int:
    """Judge the published data of SELECTION, or of every feature, by what is expected of them.

    Exit codes: 0 all is as expected, 1 something is not, 3 a file cannot be read, 4 an expectation could not be
    evaluated. Verdicts on what has not changed are taken over and said to be cached. Nothing is published.

    Reports: json, junit, sarif, github, github-summary, gitlab, markdown. On GitHub, annotations and the summary of the
    step are written without being asked for.
    """
    common = shared()
    project = project_of(common, options["modules"])
    targets = parse_targets(options["reports"], os.environ)
    if common.as_json:
        targets = [*(one for one in targets if one.path is not None), Target("json")]
    refuse_kept_files(targets, project, folder=Path.cwd(), baseline=options["baseline"])
    _refuse_idle(options)
    request = _request(options)
    with reported_errors("check", project, targets):
        answer = check(project, request, CLOCK)
    try:
        printed = write_reports(answer.report, targets, root=project.root, folder=Path.cwd())
    except FeaturecatError:  # what was found is told, whatever becomes of the reports
        if not common.as_json:
            _answer(answer, None, common)
        raise
    return _answer(answer, printed, common)


#: Options that say how values are computed, and what they are without it.
_OF_A_RUN = {"engine": None, "config": (), "config_file": None, "config_name": None, "inputs": (), "workers": 1}


def _refuse_idle(options: dict[str, Any]) -> None:
    """Refuse options that nothing would heed."""
    idle = [name for name, nothing in _OF_A_RUN.items() if options[name] != nothing]
    if idle and not options["compute"]:
        named = ", ".join(f"--{'input' if name == 'inputs' else name.replace('_', '-')}" for name in idle)
        raise click.UsageError(f"{named} says how values are computed, and published ones are not; add --compute")


def _request(options: dict[str, Any]) -> CheckRequest:
    return CheckRequest(
        features=(*options["selection"], *options["features"]),
        against=options["against"],
        allow_empty=options["allow_empty"],
        compute=options["compute"],
        run=run_request(options),
        mode=options["mode"],
        warn_as_error=options["warn_as_error"],
        as_of=_moment(options["as_of"]),
        sample=0 if options["no_samples"] else None,
        cached=not options["no_cache"],
        baseline=options["baseline"],
        update_baseline=options["update_baseline"],
        ratchet=options["ratchet"],
        force=options["force"],
        require_checks=options["require_checks"],
        why=options["why"],
    )


def _moment(text: str | None) -> datetime.datetime | None:
    """A moment as typed; a day means its last moment, and no zone UTC."""
    if text is None:
        return None
    with contextlib.suppress(ValueError):
        return datetime.datetime.combine(datetime.date.fromisoformat(text), datetime.time.max, datetime.UTC)
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(
            "takes a day or moment such as 2026-12-31 or 2026-12-31T18:00", param_hint="--as-of"
        ) from None
    return moment.replace(tzinfo=datetime.UTC) if moment.tzinfo is None else moment


def _answer(answer: CheckAnswer, printed: str | None, options: Shared) -> int:
    report = answer.report
    notify(answer.notices, options)
    if printed is not None:
        click.echo(printed, nl=not printed.endswith("\n"))
        if options.as_json:
            return report.exit_code
    print_gate(report, verbose=options.verbose, quiet=options.quiet)
    if answer.changed_baseline is not None:
        notify([answer.changed_baseline], options)
    if report.problems:
        show_problems(report.problems, options, "error" if report.exit_code else "warning")
    return report.exit_code
