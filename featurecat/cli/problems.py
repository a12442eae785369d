"""Problems on standard error: bounded for people, complete as JSON."""

from __future__ import annotations

import json
import traceback
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

import click

from featurecat.cli.options import Shared
from featurecat.errors import FeaturecatError, Problem
from featurecat.project.disclosure import known_secrets, redact_text, without_folders, without_secrets

__all__ = ["show_error", "show_fault", "show_problems", "show_usage", "show_warnings"]

_MOST_IN_FULL = 5
_MOST_LINES = 6
_MOST_SHORT = 20


def show_error(error: FeaturecatError, shared: Shared, words: Sequence[str]) -> None:
    """Print an error's problems, and the user's own frames where asked.

    Args:
        error: The error.
        shared: The shared options.
        words: The command line, which may hold secrets that must not be shown.
    """
    secrets = known_secrets(words, error.secrets)
    if shared.traceback:
        _show_own_frames(error, secrets)
    show_problems([without_secrets(problem, secrets) for problem in error.problems], shared, "error")


def show_usage(message: str, command: str, shared: Shared) -> None:
    """Print what is wrong with the words of a command line."""
    show_problems([Problem("invalid-option", message.rstrip("."), hint=f"{command} --help")], shared, "error")


def show_fault(error: Exception, shared: Shared, words: Sequence[str]) -> None:
    """Print a fault of featurecat itself, with its frames where asked."""
    secrets = known_secrets(words, ())
    if shared.traceback:
        click.echo(redact_text("".join(traceback.format_exception(error)), secrets), err=True)
    text = redact_text(f"featurecat failed: {type(error).__name__}: {error}", secrets)
    click.echo(text, err=True)
    click.echo("  hint: this is a fault of featurecat; --traceback shows where", err=True)


def show_problems(problems: Sequence[Problem], shared: Shared, kind: str) -> None:
    """Print problems: the first five in at most six lines each, of the rest one line each, then a count.

    Paths below the project or the current directory are shown as they would be typed.
    """
    folders = [folder for folder in (shared.root, _current_directory()) if folder is not None]
    problems = [without_folders(problem, folders) for problem in problems]
    if shared.as_json:
        click.echo(json.dumps({f"{kind}s": [asdict(problem) for problem in problems]}), err=True)
        return
    for problem in problems[:_MOST_IN_FULL]:
        for number, line in enumerate(_bounded(problem)):
            prefix = click.style(f"{kind}: ", fg="red" if kind == "error" else "yellow") if number == 0 else "  "
            click.echo(prefix + line.removeprefix("  ").rstrip(), err=True)
    rest = problems[_MOST_IN_FULL:]
    for problem in rest[:_MOST_SHORT]:
        click.echo(f"  also: {problem.lines()[0]}", err=True)
    if rest:
        click.echo(f"{len(problems)} {kind}s in all; --json lists them", err=True)


def _current_directory() -> Path | None:
    """Where the command runs; None when that folder is gone."""
    try:
        return Path.cwd()
    except FileNotFoundError:
        return None


def _bounded(problem: Problem) -> list[str]:
    """At most six lines; the hint is the last of them and never lost."""
    lines = [line for text in problem.lines() for line in text.splitlines()]
    if len(lines) <= _MOST_LINES:
        return lines
    if problem.hint:
        hint = next(position for position, line in enumerate(lines) if line.startswith("  hint:"))
        return [*lines[: _MOST_LINES - 1], lines[hint]]
    return lines[:_MOST_LINES]


def show_warnings(warnings: Iterable[Problem], shared: Shared) -> None:
    """Print warnings."""
    found = list(dict.fromkeys(warnings))
    if found:
        show_problems(found, shared, "warning")


def _show_own_frames(error: BaseException, secrets: Sequence[str]) -> None:
    """The frames of the user's code that led to the cause of an error."""
    cause = error.__cause__ or error
    own = Path(__file__).parent.parent
    frames = [
        frame for frame in traceback.extract_tb(cause.__traceback__) if not Path(frame.filename).is_relative_to(own)
    ]
    click.echo("Traceback (your own frames, most recent call last):", err=True)
    for text in traceback.format_list(frames):
        click.echo(redact_text(text.rstrip(), secrets), err=True)
    click.echo(redact_text(f"{type(cause).__name__}: {cause}", secrets), err=True)
