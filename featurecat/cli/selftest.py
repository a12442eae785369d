"""``featurecat selftest``."""

from __future__ import annotations

import shutil
import sys
import textwrap
from typing import Any

import click

from featurecat.cli.answers import counted, notify, print_json, print_rows
from featurecat.cli.options import Shared, shared, shared_options
from featurecat.cli.workspace import CLOCK, project_of
from featurecat.project.selftest.answer import Alarm, SelftestAnswer, SelftestRequest, Trial
from featurecat.project.selftest.run import alterations, selftest

__all__ = ["command"]

_COLOURS = {"noticed": "green", "green": "green", "let through": "red", "false alarm": "red", "skipped": "cyan"}
_ORDER = tuple(_COLOURS)


@click.command("selftest", short_help="Break a copy of published data, and see whether the gate notices.")
@click.argument("selection", nargs=-1)
@click.option("--features", multiple=True, metavar="SELECTION", help="What to select; may be repeated.")
@click.option("--feature", "aimed", multiple=True, metavar="NAME", help="Alter this feature; may be repeated.")
@click.option("--only", metavar="NAME,…", help="Try only these, as in null-burst,unit-1000.")
@click.option("--benign", is_flag=True, help="Try changes that are none: the gate must stay green.")
@click.option("--list", "listed", is_flag=True, help="List what would be tried, and stop.")
@click.option("--module", "modules", multiple=True, metavar="MODULE", help="A further module of features.")
@shared_options
def command(selection: tuple[str, ...], features: tuple[str, ...], **given: Any) -> int:
    """Corrupt a copy of the published data in twelve ways, and show whether the gate notices.

    SELECTION names the features whose expectations count; without one, all do. The project's own store is only
    read. Exit codes: 0 everything that could be tried was noticed, 1 something would be let through.
    """
    options = shared()
    names = tuple(filter(None, (name.strip() for name in (given["only"] or "").split(","))))
    if given["listed"]:
        found = alterations(names, benign=given["benign"])
        print_rows([{"name": one.name, "what it does": one.doc} for one in found], ("name", "what it does"), options)
        return 0
    project = project_of(options, given["modules"])
    request = SelftestRequest((*selection, *features), given["aimed"], names, given["benign"])
    answer = selftest(project, request, CLOCK)
    notify(answer.notices, options)
    if options.as_json:
        print_json(answer.as_dict())
    else:
        _print(answer, options)
    return answer.exit_code


def _print(answer: SelftestAnswer, options: Shared) -> None:
    if answer.clean_alarms:
        verb = "does" if answer.clean_alarms == 1 else "do"
        failing = counted(answer.clean_alarms, "expectation")
        notify([f"{failing} {verb} not hold on the data as they are; that does not count as noticed"], options)
    width = max((len(trial.name) for trial in answer.trials), default=0)
    for trial in answer.trials:
        if not options.quiet or trial.verdict in ("let through", "false alarm"):
            _print_trial(trial, width, options)
    counts = answer.counts()
    told = ", ".join(f"{counts[verdict]} {verdict}" for verdict in _ORDER if verdict in counts)
    noun = "benign change" if answer.benign else "corruption"
    colour = "red" if answer.exit_code else "green"
    click.echo(click.style(f"{counted(len(answer.trials), noun)}: {told}", fg=colour, bold=True))


def _print_trial(trial: Trial, width: int, options: Shared) -> None:
    """A line that says what was done and what came of it, and one that says by which expectations."""
    verdict = click.style(f"{trial.verdict:<11}", fg=_COLOURS[trial.verdict])
    code = "      " if trial.exit_code is None else f"exit {trial.exit_code}"
    head = f"{trial.verdict:<11} {trial.name:<{width}}  {code}  "
    lines = _folded(trial.what, len(head))
    click.echo(head.replace(f"{trial.verdict:<11}", verdict, 1) + lines[0])
    shown = trial.alarms if options.verbose else trial.alarms[:1]
    said = [_alarm_text(alarm) for alarm in shown]
    if len(trial.alarms) > len(shown):
        said[-1] += f", and {len(trial.alarms) - len(shown):,} more"
    said += trial.problems
    if trial.hint:
        said.append(f"your expectations would let this through: {trial.hint}")
    for line in [*lines[1:], *(line for text in said for line in _folded(text, len(head)))]:
        click.echo(" " * len(head) + line)


def _alarm_text(alarm: Alarm) -> str:
    place = "" if alarm.file is None else f" ({alarm.file}:{alarm.line})"
    return f"{'not evaluated' if alarm.outcome == 'unevaluated' else 'by'} {alarm.feature}: {alarm.kind}{place}"


def _folded(text: str, indent: int) -> list[str]:
    """A text in lines that fit beside what is indented; in a pipe it stays one line."""
    if not sys.stdout.isatty():
        return [text]
    room = max(20, shutil.get_terminal_size().columns - indent)
    return textwrap.wrap(text, room, break_on_hyphens=False) or [""]
