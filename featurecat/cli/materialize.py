"""``featurecat materialize``."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

import click

from featurecat.cli.answers import counted, notify, print_json
from featurecat.cli.options import OutputPath, Shared, run_options, shared, shared_options, workers_option
from featurecat.cli.problems import show_problems, show_warnings
from featurecat.cli.summary import print_plan, print_summary
from featurecat.cli.workspace import CLOCK, project_of, run_request
from featurecat.errors import Problem
from featurecat.project.blocking import chosen_checks
from featurecat.project.materialize import MaterializeReport, materialize

__all__ = ["command"]

_OF_EXPECTATIONS = ("expectation-failed", "expectation-unevaluated")
_MOST_NAMED = 3


@click.command("materialize", short_help="Compute features and publish them as Parquet.")
@run_options
@click.option("--all", "everything", is_flag=True, help="Every public feature.")
@click.option("--limit", type=int, metavar="N", help="A sample of N rows, written only to --output.")
@click.option("-o", "--output", type=OutputPath(), help="Export to a file, or a directory per grain.")
@click.option("--dry-run", is_flag=True, help="Say what would run, and stop.")
@click.option("--checks", type=click.Choice(["enforce", "warn", "off"]), help="Whether what does not hold blocks.")
@click.option("--on-fail", type=click.Choice(["feature", "run", "rows"]), help="What a failure keeps back.")
@workers_option
@shared_options
def command(**options: Any) -> int:
    """Compute SELECTION and what it needs, check it, and publish it as Parquet.

    What an expectation blocks goes to quarantine, and what is made of it is skipped; the rest is published. The catalog
    is brought up to date afterwards; no index run is needed before.
    """
    common = shared()
    project = project_of(common, options["modules"])
    checks = chosen_checks(project.settings.checks, options["checks"], options["on_fail"])
    with _progress(common) as progress:
        report = materialize(project, run_request(options), CLOCK, progress=progress, checks=checks)
    return _answer(report, common)


def _answer(report: MaterializeReport, options: Shared) -> int:
    if report.prepared.notice:
        notify([report.prepared.notice], options)
    show_warnings(report.warnings, options)
    if options.as_json:
        print_json([_document(report)])
    elif report.status == "planned":
        print_plan(report)
    elif not options.quiet:
        print_summary(report)
    for failure in report.failures:
        show_problems(_not_twice(failure.problems, options), options, "error")
    precedence = (130, 2, 5, 3, 4, 1)
    codes = {failure.exit_code for failure in report.failures}
    return next((code for code in precedence if code in codes), 0)


def _not_twice(problems: Sequence[Problem], options: Shared) -> Sequence[Problem]:
    """What is told on standard error: of failures that the same screen already shows, no more than the features."""
    told = not (options.quiet or options.as_json) and sys.stdout.isatty() and sys.stderr.isatty()
    if not told or any(problem.code not in _OF_EXPECTATIONS for problem in problems):
        return problems
    features = list(dict.fromkeys(problem.feature for problem in problems if problem.feature))
    names = ", ".join(features[:_MOST_NAMED])
    more = f" and {len(features) - _MOST_NAMED} more" if len(features) > _MOST_NAMED else ""
    verb = "do not hold" if len(problems) > 1 else "does not hold"
    if problems[0].code == "expectation-unevaluated":
        verb = "could not be evaluated"
    message = f"{counted(len(problems), 'expectation')} {verb}: {names}{more}"
    return [Problem(problems[0].code, message, hint=problems[0].hint)]


def _document(report: MaterializeReport) -> dict[str, Any]:
    prepared = report.prepared
    return {
        "run_id": report.run_id,
        "status": report.status,
        "engine": prepared.engine,
        "features": list(prepared.names),
        "steps": prepared.plan.names,
        "left_out": list(prepared.left_out),
        "rows": report.rows,
        "bytes": report.bytes,
        "seconds": round(report.seconds, 3),
        "artifacts": [asdict(artifact) for artifact in report.artifacts],
        "outputs": [str(path) for path in report.outputs],
        "saved": [asdict(saved) for saved in report.saved],
        "published": list(report.published),
        "blocked": [{"feature": name, "upstream": cause} for name, cause in report.causes.items()],
        "quarantine": None if report.quarantine is None else str(report.quarantine),
        "rows_kept_back": [{"file": str(kept.place), "rows": kept.rows, "of": kept.of} for kept in report.kept_back],
        "checks": [{**asdict(one.check), "outcome": one.outcome, "note": one.note} for one in report.results],
    }


@contextlib.contextmanager
def _progress(options: Shared) -> Iterator[Callable[[int, int, str], None] | None]:
    """A progress bar on a terminal; nothing elsewhere."""
    if options.quiet or options.as_json or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description:<28.28}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading modules", total=None)

        def advance(done: int, total: int, name: str) -> None:
            bar.update(task, completed=done, total=total, description=name)

        yield advance
