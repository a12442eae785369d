"""The entry point: commands are loaded when they are called, errors become messages and exit codes."""

from __future__ import annotations

import importlib
import os
import sys
from typing import TYPE_CHECKING, Any

import click

from featurecat.cli.options import Shared, shared_in, shared_of, shared_options
from featurecat.errors import FeaturecatError, StoreError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

__all__ = ["COMMANDS", "cli", "main"]

#: Every command with its one line of help; its module is loaded when it is called.
COMMANDS = {
    "init": "Make a small project that runs at once.",
    "index": "Read the modules into the catalog.",
    "list": "List features, or those a selection matches.",
    "show": "Show everything known about one feature.",
    "search": "Find features by words, slips of the pen forgiven.",
    "similar": "Show features that are nearly the same, and why.",
    "graph": "Draw features and what they come from.",
    "lineage": "Show what feeds a feature and what it feeds.",
    "diff": "Show which features differ from another commit, and whom that touches.",
    "impact": "Show what a change reaches: features, consumers, owners.",
    "changelog": "Show what changed between two snapshots of the definitions.",
    "history": "Show what became of one feature, state by state.",
    "explain": "Show which decorator made which node, phase by phase.",
    "inputs": "List what a selection needs to be given, and what is missing.",
    "preview": "Compute features and show their first rows.",
    "materialize": "Compute features and publish them as Parquet.",
    "pii": "List what bears personal data or another taint, and why.",
    "lint": "Hold rules against definitions: owners, docstrings, names, sunsets.",
    "check": "Judge data by what is expected of them; the gate of a CI.",
    "selftest": "Break a copy of published data, and see whether the gate notices.",
    "runs": "List what was materialized when.",
    "export": "Copy a published run out again, or the catalog for other programs.",
    "docs": "Build, serve or check the discovery site of the catalog.",
    "sql": "Ask the catalog in SQL, read-only.",
    "test": "Run the tests and examples of features.",
    "doctor": "Look for what is wrong with installation, project and store.",
    "gc": "Show or remove what dead runs left in the store.",
    "completion": "Print the completion script of a shell.",
}

#: Set by the script of ``featurecat completion``.
_COMPLETE = "_FEATURECAT_COMPLETE"


class _Commands(click.Group):
    """A group whose commands are imported one by one, and never for the help of the group."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"featurecat.cli.{cmd_name}").command
        if _COMPLETE in os.environ:
            importlib.import_module("featurecat.cli.words").offer_words(command)
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        names = [CompletionItem(name, help=text) for name, text in COMMANDS.items() if name.startswith(incomplete)]
        return [*names, *click.Command.shell_complete(self, ctx, incomplete)]

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            raise _unknown_command(args[0], ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _unknown_command(name: str, context: click.Context) -> click.UsageError:
    import difflib

    near = difflib.get_close_matches(name, COMMANDS, n=1)
    hint = f"did you mean {near[0]!r}?" if near else "featurecat --help lists them"
    return click.UsageError(f"there is no command {name!r}; {hint}", context)


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 ok, 1 an expectation or a rule said no, 2 usage or definitions, 3 computing or writing failed, "
    "4 an expectation could not be evaluated, 5 catalog unusable, 130 interrupted.",
)
@shared_options
def cli() -> None:
    """One Python function per feature, a DAG of them, and a catalog of what they are."""


def main(arguments: list[str] | None = None) -> int:
    """Run a command line.

    Args:
        arguments: Words after the program's name; None takes the process's own.

    Returns:
        The exit code, when the interpreter is not to be left (see ``__main__``).
    """
    if instruction := os.environ.get(_COMPLETE):  # a shell asks, not a person
        return int(importlib.import_module("featurecat.cli.words").answer_shell(cli, instruction))
    arguments = sys.argv[1:] if arguments is None else arguments
    if sys.stdout is None:  # closed by whoever started the process
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - for the rest of the process
    context: click.Context | None = None
    try:
        context = cli.make_context("featurecat", list(arguments), color=False if os.environ.get("NO_COLOR") else None)
        with context:
            code = cli.invoke(context)
        return _finished(int(code or 0))
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        return _report_usage(error, arguments)
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
        return 130
    except BrokenPipeError:  # whoever read the answer has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except FeaturecatError as error:
        assert context is not None  # only a command raises these
        with context.scope(cleanup=False):
            return _report(error, shared_in(context), arguments)
    except Exception as error:  # noqa: BLE001 - a fault of featurecat itself: named, never a bare traceback
        return _report_internal(error, arguments)


def _finished(code: int) -> int:
    """The exit code once the answer is written out; an answer that cannot be written is a failure."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # or the interpreter tries again at its end
        raise StoreError(f"the answer cannot be written: {error}", code="output-unwritable") from error
    return code


def _report(error: FeaturecatError, options: Shared, arguments: list[str]) -> int:
    from featurecat.cli.problems import show_error

    show_error(error, options, arguments)
    return error.exit_code


def _report_usage(error: click.ClickException, arguments: list[str]) -> int:
    """Words that click refused; a command line without a command gets the help."""
    context = getattr(error, "ctx", None)
    if not arguments:
        error.show()
        return 2
    from featurecat.cli.problems import show_usage

    named = next((word for word in arguments if word in COMMANDS), None)
    path = context.command_path if context is not None else f"featurecat {named}" if named else "featurecat"
    show_usage(error.format_message(), path, shared_of(arguments))
    return 2


def _report_internal(error: Exception, arguments: list[str]) -> int:
    from featurecat.cli.problems import show_fault

    show_fault(error, shared_of(arguments), arguments)
    return 3


def entry() -> None:
    """The console script."""
    sys.exit(main())


if __name__ == "__main__":
    entry()
