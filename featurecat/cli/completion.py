"""``featurecat completion``."""

from __future__ import annotations

import click
from click.shell_completion import ShellComplete, get_completion_class

from featurecat.cli.options import shared_options
from featurecat.cli.words import VARIABLE

__all__ = ["command"]


@click.command("completion", short_help="Print the completion script of a shell.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@shared_options
def command(shell: str) -> int:
    """Print the script that completes commands, options and feature names in SHELL.

    \b
    bash  featurecat completion bash >> ~/.bashrc
    zsh   featurecat completion zsh >> ~/.zshrc
    fish  featurecat completion fish > ~/.config/fish/completions/featurecat.fish

    Names come from the catalog of the project at hand.
    """  # noqa: D301 - the backslash is what click looks for
    shape = get_completion_class(shell)
    assert shape is not None  # these three are click's own
    script = shape(click.get_current_context().find_root().command, {}, "featurecat", VARIABLE)
    click.echo(ShellComplete.source(script))  # bash's own looks for the version of bash first
    return 0
