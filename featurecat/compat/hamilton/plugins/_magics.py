"""Hamilton's notebook magics: cells that become modules, shown and executed where they stand."""

from __future__ import annotations

import argparse
import importlib
import inspect
import json
import re
import shlex
from collections.abc import Mapping
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any, NoReturn

from featurecat.compat.hamilton.ad_hoc_utils import module_from_source
from featurecat.compat.hamilton.driver import Builder, Driver
from featurecat.errors import RequestError
from featurecat.io.literals import toml_scalar

__all__ = ["HamiltonMagics", "load_ipython_extension", "parse_key_value_config", "topological_sort"]

_MAGICS = (
    ("cell", "cell_to_module"),
    ("cell", "incr_cell_to_module"),
    ("cell", "set_dict"),
    ("line", "module_to_cell"),
)


def load_ipython_extension(ipython: Any) -> None:
    """Register the magics; IPython calls this for ``%load_ext hamilton.plugins.jupyter_magic``.

    Args:
        ipython: The IPython shell.
    """
    magics = HamiltonMagics(ipython)
    for kind, name in _MAGICS:
        ipython.register_magic_function(getattr(magics, name), kind, name)


def parse_key_value_config(config_string: str) -> dict[str, Any]:
    """``name=value,name=value`` as config.

    Example:
        >>> parse_key_value_config("region=us,year=2013")
        {'region': 'us', 'year': 2013}
    """
    pairs = [pair.partition("=") for pair in config_string.strip("'\"").split(",")]
    if wrong := [name for name, equals, _ in pairs if not equals or not name.strip()]:
        raise RequestError(f"config takes name=value, not {wrong[0]!r}", hint="--config region=us")
    return {name.strip(): toml_scalar(text.strip()) for name, _, text in pairs}


def topological_sort(nodes: list[Any]) -> list[str]:
    """Names of variables, each after what it takes."""
    names = {node.name for node in nodes}
    graph = {node.name: sorted((node.required_dependencies | node.optional_dependencies) & names) for node in nodes}
    return list(TopologicalSorter(graph).static_order())


class _Words(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise RequestError(message, hint=" ".join(self.format_usage().removeprefix("usage: ").split()))


def _words(magic: str, *, numbered: bool) -> _Words:
    words = _Words(magic, add_help=False, allow_abbrev=False)
    words.add_argument("name", nargs=None if numbered else "?")
    if numbered:
        words.add_argument("identifier", type=int)
    for flag, name in (("-c", "config"), ("-b", "builder"), ("-i", "inputs"), ("-o", "overrides")):
        words.add_argument(flag, f"--{name}")
    for flag, name in (("-m", "module_name"), ("-d", "display"), ("-x", "execute"), ("-w", "write_to_file")):
        words.add_argument(flag, f"--{name}", nargs="?", const=True)
    words.add_argument("--show_results", action="store_true")
    return words


class HamiltonMagics:
    """The magics.

    Args:
        shell: The IPython shell they work in.
    """

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        #: Module to its cells by their numbers.
        self._cells: dict[str, dict[int, str]] = {}
        self._sources: dict[str, str] = {}

    def cell_to_module(self, line: str, cell: str) -> None:
        """Turn the cell into a module, whose functions the notebook has, too.

        ::

            %%cell_to_module NAME [-d [OPTIONS]] [-x [NAMES]] [-b BUILDER] [-c CONFIG] [-i INPUTS] [-o OVERRIDES]
                [--show_results] [-w [FILE]]

        What stands after a letter is the name of a variable; a config may be written out.
        """
        words = _words("%%cell_to_module", numbered=False).parse_known_args(shlex.split(line))[0]
        name = words.module_name if isinstance(words.module_name, str) else words.name
        if name is None:
            raise RequestError("the module has no name", hint="%%cell_to_module my_module")
        self.shell.ex(cell)
        self._built(name, cell, words)

    def incr_cell_to_module(self, line: str, cell: str) -> None:
        """Make the cell one part of a module, by its number: ``%%incr_cell_to_module NAME NUMBER``."""
        words = _words("%%incr_cell_to_module", numbered=True).parse_known_args(shlex.split(line))[0]
        self.shell.ex(cell)
        cells = self._cells.setdefault(words.name, {})
        cells[words.identifier] = cell
        driver = self._built(words.name, "\n\n".join(cells[number] for number in sorted(cells)), words)
        self.shell.push({f"{words.name}_dr": driver})

    def module_to_cell(self, line: str) -> None:
        """Put the source of a module into the next cell."""
        name = line.strip()
        module = self._variable(name)
        source = self._sources.get(name) or inspect.getsource(module)
        self.shell.set_next_input(f"%%cell_to_module {name}\n{source.strip()}\n")

    def set_dict(self, line: str, cell: str) -> None:
        """Make a dictionary of the assignments in the cell: ``%%set_dict NAME``."""
        found: dict[str, Any] = {}
        exec(compile(cell, f"<{line.strip()}>", "exec"), dict(self.shell.user_ns), found)
        self.shell.push({line.strip(): found})

    def _built(self, name: str, source: str, words: argparse.Namespace) -> Driver:
        builder = self._variable(words.builder) if words.builder else Builder()
        config = self._config(words.config)
        if config and builder.config:
            raise RequestError("config is given twice: with -c and in the builder", hint="give it once")
        if words.write_to_file:
            path = words.write_to_file if isinstance(words.write_to_file, str) else f"{name}.py"
            Path(path).write_text(source, encoding="utf-8")
        module = module_from_source(source, name)
        self._sources[name] = source
        self.shell.push({name: module})
        driver: Driver = builder.copy().with_config(config).with_modules(module).build()
        asked, given = self._asked(words, driver), self._given(words)
        if words.display:
            options: Mapping[str, Any] = {} if words.display is True else self._variable(words.display)
            show = driver.visualize_execution(asked, **given, **options) if words.execute else None
            _display(show or driver.display_all_functions(**options))
        if words.execute:
            results = driver.execute(asked, **given)
            self.shell.push({re.sub(r"\W", "__", key): result for key, result in results.items()})
            if words.show_results:
                _display(*(results[key] for key in asked))
        return driver

    def _asked(self, words: argparse.Namespace, driver: Driver) -> list[str]:
        if isinstance(words.execute, str):
            return list(self._variable(words.execute))
        return topological_sort([node for node in driver.list_available_variables() if not node.is_external_input])

    def _given(self, words: argparse.Namespace) -> dict[str, Any]:
        named = {"inputs": words.inputs, "overrides": words.overrides}
        return {kind: self._variable(name) for kind, name in named.items() if name}

    def _variable(self, name: str) -> Any:
        if name not in self.shell.user_ns:
            raise RequestError(f"there is no variable {name!r} in this notebook", hint=f"{name} = …")
        return self.shell.user_ns[name]

    def _config(self, text: str | None) -> dict[str, Any]:
        if text is None:
            return {}
        if text in self.shell.user_ns:
            return dict(self.shell.user_ns[text])
        if "=" in text:
            return parse_key_value_config(text)
        try:
            return dict(json.loads(text.strip("'\"")))
        except ValueError as error:
            raise RequestError(f"the config cannot be read: {error}", hint="--config region=us") from error


def _display(*values: Any) -> None:
    importlib.import_module("IPython.display").display(*values)
