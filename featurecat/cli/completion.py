"""``featurecat completion``."""

from __future__ import annotations

import click

from featurecat.cli.options import shared_options
from featurecat.cli.shells import SCRIPTS

__all__ = ["command"]


@click.command("completion", short_help="Print the completion script of a shell.")
@click.argument("shell", type=click.Choice(list(SCRIPTS)))
@shared_options
def command(shell: str) -> int:
    """Print the script that completes commands, options and selections in SHELL.

    \b
    bash  featurecat completion bash >> ~/.bashrc
    zsh   featurecat completion zsh >> ~/.zshrc
    fish  featurecat completion fish > ~/.config/fish/completions/featurecat.fish

    Names, and the values after 'tag:' and its like, come from the catalog of the project at hand; in quotes, and after
    '+', '&' or a comma, too.
    """  # noqa: D301 - the backslash is what click looks for
    click.echo(SCRIPTS[shell], nl=False)
    return 0
