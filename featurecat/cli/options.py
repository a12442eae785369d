"""Options that every command takes, before or after its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from featurecat.version import VERSION

__all__ = [
    "OutputPath",
    "Shared",
    "config_options",
    "run_options",
    "selection_options",
    "shared",
    "shared_in",
    "shared_of",
    "shared_options",
    "workers_option",
]

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

_KEY = "featurecat.shared"


@dataclass(slots=True)
class Shared:
    """The values of the shared options, and the folder of the project once it is found."""

    directory: Path | None = None
    store: Path | None = None
    as_json: bool = False
    quiet: bool = False
    verbose: bool = False
    traceback: bool = False
    hamilton: bool = False
    root: Path | None = None


def shared() -> Shared:
    """The shared options of the running command, wherever they stood."""
    return shared_in(click.get_current_context())


def shared_in(context: click.Context) -> Shared:
    """The shared options of a context."""
    values: Shared = context.find_root().meta.setdefault(_KEY, Shared())
    return values


def shared_of(arguments: Sequence[str]) -> Shared:
    """Those shared options that decide how an error is shown, read from the words of a command line."""
    words = set(arguments)
    return Shared(as_json="--json" in words, traceback="--traceback" in words)


def _remember(name: str) -> Callable[[click.Context, click.Parameter, Any], Any]:
    def callback(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
        if value:
            setattr(shared_in(context), name, value)
        return value

    return callback


def shared_options(function: Decorated) -> Decorated:
    """Give a command the shared options."""
    directory = click.Path(path_type=Path, file_okay=False)
    options = [
        click.option("-C", "directory_", type=directory, metavar="DIR", help="Work in the project around DIR."),
        click.option("--store", "store_", type=click.Path(path_type=Path), metavar="DIR", help="Where the store lies."),
        click.option("--json", "as_json_", is_flag=True, help="Answer in JSON: rows as an array of objects."),
        click.option("-q", "--quiet", "quiet_", is_flag=True, help="Say nothing beside the answer and errors."),
        click.option("-v", "--verbose", "verbose_", is_flag=True, help="Say more."),
        click.option("--traceback", "traceback_", is_flag=True, help="Show your own frames when a feature fails."),
        click.option(
            "--hamilton", "hamilton_", is_flag=True, help="Let modules written for Hamilton import it from here."
        ),
    ]
    names = ["directory", "store", "as_json", "quiet", "verbose", "traceback", "hamilton"]
    for option, name in reversed(list(zip(options, names, strict=True))):
        function = option(function)
        parameter = function.__click_params__[-1]  # type: ignore[attr-defined]
        parameter.callback = _remember(name)
        parameter.expose_value = False
    return click.version_option(VERSION, prog_name="featurecat")(function)


class OutputPath(click.Path):
    """A file or directory to write to; what ends in a slash must be a directory that is there."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path, its closing slash checked while it is still there."""
        if isinstance(value, str) and value.endswith("/") and not Path(value).is_dir():
            self.fail(f"there is no directory {value}; make it, or leave out the slash", param, ctx)
        return super().convert(value, param, ctx)


def config_options(function: Decorated) -> Decorated:
    """Give a command the options that choose variants: engine and config, and further modules."""
    options = [
        click.option(
            "--engine",
            type=click.Choice(["pandas", "polars", "polars-lazy"]),
            help="Which engine's variants to take; the project's own by default.",
        ),
        click.option("--config", multiple=True, metavar="K=V", help="A config value; k:=json for JSON."),
        click.option("--config-file", type=click.Path(path_type=Path), help="A TOML or JSON file of config."),
        click.option("--config-name", metavar="NAME", help="A config of [tool.featurecat.configs]."),
        click.option("--module", "modules", multiple=True, metavar="MODULE", help="A further module of features."),
    ]
    for option in reversed(options):
        function = option(function)
    return function


def selection_options(function: Decorated) -> Decorated:
    """Give a command the argument SELECTION, and the options that go with it."""
    options = [
        click.option("--features", multiple=True, metavar="SELECTION", help="What to select; may be repeated."),
        click.option("--against", metavar="REF", help="What state: compares with: a commit, or snapshot:NAME."),
        click.option("--why", is_flag=True, help="Say by which term each name is selected, and what has changed."),
        click.option("--allow-empty", is_flag=True, help="A selection may match nothing."),
    ]
    for option in reversed(options):
        function = option(function)
    return click.argument("selection", nargs=-1)(function)


def run_options(function: Decorated) -> Decorated:
    """Give a command the options that choose features, variants, config and inputs of a run."""
    function = click.option(
        "--input", "inputs", multiple=True, metavar="NAME=VALUE", help="An input: a file, path#column or a literal."
    )(function)
    return selection_options(config_options(function))


def workers_option(function: Decorated) -> Decorated:
    """Give a command that computes features the number of its threads."""
    return click.option(
        "--workers",
        type=click.IntRange(min=1),
        default=1,
        show_default=True,
        metavar="N",
        help="Compute N items of a Parallelizable at a time, in threads.",
    )(function)
