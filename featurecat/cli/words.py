"""What a shell offers while a command line is typed."""

from __future__ import annotations

import os
from pathlib import Path

import click
from click.shell_completion import CompletionItem, ShellComplete

from featurecat.cli.options import shared_in
from featurecat.cli.shells import BREAKS, LINE, SCRIPTS, TypedLine, answer_lines, read_line
from featurecat.project.naming import selection_words

__all__ = ["VARIABLE", "answer_shell", "offer_words"]

#: Set by the completion script in the environment: what the shell wants to know.
VARIABLE = "_FEATURECAT_COMPLETE"

#: Arguments that name features.
_SELECTIONS = ("selection", "feature")
#: Commands of which every word that is no option is one of those.
_ABOUT_FEATURES = frozenset(
    {"check", "explain", "graph", "inputs", "lineage", "lint", "list", "materialize", "preview", "show", "test"}
)
#: Options before which a project or store is to be looked for elsewhere.
_PLACES = ("-C", "--store")


class SelectionWord(click.types.StringParamType):
    """Text that is a selection, or a part of one, which the catalog completes."""

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Names and attributes of the catalog that begin like this."""
        options = shared_in(ctx)
        return [CompletionItem(word) for word in selection_words(incomplete, options.directory, options.store)]


def offer_words(command: click.Command) -> click.Command:
    """Let the catalog complete the arguments and options of a command that name features."""
    for parameter in command.params:
        names_features = isinstance(parameter, click.Argument) and parameter.name in _SELECTIONS
        if names_features or (parameter.name == "features" and isinstance(parameter, click.Option)):
            parameter.type = SelectionWord()
    return command


def answer_shell(group: click.Command, instruction: str) -> int:
    """Answer what a completion script asks, on standard output.

    Args:
        group: The whole command line.
        instruction: What it wants, such as ``bash_complete``.

    Returns:
        The exit code.
    """
    shell, _, wish = instruction.partition("_")
    if shell not in SCRIPTS or wish != "complete":
        click.echo(f"featurecat: {instruction!r} is no question of a completion script", err=True)
        return 1
    line = read_line(os.environ.get(LINE, ""), os.environ.get(BREAKS, "") if shell == "bash" else "")
    try:
        items = _at_once(line)
        if items is None:
            complete = ShellComplete(group, {}, "featurecat", VARIABLE).get_completions
            items = complete(list(line.words), line.typed)
    except (click.ClickException, OSError, KeyError, ValueError) as error:
        # a line that is still being typed may be wrong; the script throws away what is said
        click.echo(f"featurecat: {error}", err=True)
        return 1
    # bash has no room for what a word means
    offered = [(item.type, str(item.value), None if shell == "bash" else item.help) for item in items]
    for answer in answer_lines(offered, line.kept):
        click.echo(answer)
    return 0


def _at_once(line: TypedLine) -> list[CompletionItem] | None:
    """Names for a word that can be nothing but a selection, without loading its command; None when it may be more."""
    places: dict[str, Path] = {}
    rest = iter(line.words)
    plain = []
    for word in rest:
        if word in _PLACES:
            places[word] = Path(next(rest, "."))
        else:
            plain.append(word)
    if not plain or plain[0] not in _ABOUT_FEATURES or line.typed.startswith("-") or line.words[-1].startswith("-"):
        return None
    return [CompletionItem(word) for word in selection_words(line.typed, places.get("-C"), places.get("--store"))]
