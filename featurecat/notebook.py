"""The IPython extension: ``%load_ext featurecat``, then cells that are modules of features.

``%%feature_module NAME`` turns its cell into the module NAME, checks its graph and shows it; running the cell again
replaces the module. ``%%incremental_feature_module NAME`` adds to a module, or replaces some of its definitions.
``%module_to_cell NAME`` puts a module's source into a new cell.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import importlib.util
import inspect
import keyword
import linecache
import shlex
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any, NoReturn

from featurecat.driver import Driver
from featurecat.errors import DefinitionError, FeaturecatError, Problem, RequestError, did_you_mean
from featurecat.io.literals import toml_scalar

__all__ = ["FeatureMagics", "load_ipython_extension", "module_from_cell", "unload_ipython_extension"]

#: In a module that a cell made: the cell.
_CELL = "__featurecat_cell__"
_DEFINES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_MAGICS = (("cell", "feature_module"), ("cell", "incremental_feature_module"), ("line", "module_to_cell"))


def load_ipython_extension(shell: Any) -> None:
    """Register the magics; IPython calls this for ``%load_ext featurecat``.

    Args:
        shell: The IPython shell.
    """
    magics = FeatureMagics(shell)
    for kind, name in _MAGICS:
        shell.register_magic_function(getattr(magics, name), kind, name)


def unload_ipython_extension(shell: Any) -> None:
    """Take the magics out again; IPython calls this for ``%unload_ext featurecat``."""
    for kind, name in _MAGICS:
        shell.magics_manager.magics[kind].pop(name, None)


def module_from_cell(name: str, source: str) -> ModuleType:
    """A module out of a text, imported under its name: tracebacks show its lines.

    Args:
        name: A name that no other module has, but for one that this function made before.
        source: Python.

    Returns:
        The module; it is in ``sys.modules`` once its text has run without an error.

    Raises:
        RequestError: When the name cannot be one, or belongs to another module.
        DefinitionError: Code ``duplicate-definition``, when a function stands in the text twice.
            Code ``syntax-error``, when it is no Python. What the text itself raises is raised as it is.
    """
    __tracebackhide__ = True  # IPython then shows the cell's own lines only
    _check_name(name)
    filename = _free_filename(name)
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    tree = _parsed(source, name, filename)
    if repeated := list(_repeated(tree, filename)):
        raise DefinitionError(repeated)
    module = ModuleType(name)
    setattr(module, _CELL, source)
    earlier = sys.modules.get(name)
    sys.modules[name] = module
    try:
        exec(compile(tree, filename, "exec", dont_inherit=True), vars(module))
    except BaseException:
        _put_back(name, earlier)
        raise
    return module


def _free_filename(name: str) -> str:
    """A name for the cell's text: each run of a cell has its own, so that lines are right in older functions, too."""
    filename, number = f"<feature module {name}>", 1
    while filename in linecache.cache:
        number += 1
        filename = f"<feature module {name}, run {number}>"
    return filename


def _parsed(source: str, name: str, filename: str) -> ast.Module:
    try:
        return ast.parse(source, filename)
    except SyntaxError as error:
        raise DefinitionError(
            f"{name} is not valid Python: {error.msg}",
            code="syntax-error",
            file=filename,
            line=error.lineno,
            hint="mend the cell; the module is what it was before",
        ) from None


def _put_back(name: str, earlier: ModuleType | None) -> None:
    """What worked before is not lost to what does not."""
    sys.modules.pop(name, None)
    if earlier is not None:
        sys.modules[name] = earlier


def _check_name(name: str) -> None:
    if not name.isidentifier() or keyword.iskeyword(name):
        raise RequestError(f"{name!r} cannot be the name of a module", hint="%%feature_module my_features")
    present = sys.modules.get(name)
    foreign = present is not None and not hasattr(present, _CELL)
    if foreign or (present is None and importlib.util.find_spec(name) is not None):
        raise RequestError(f"{name!r} is another module, which the cell would hide", hint="choose another name")


def _repeated(tree: ast.Module, filename: str) -> Iterator[Problem]:
    """Functions that stand twice in a cell: Python would keep the last."""
    first: dict[str, int] = {}
    for statement in tree.body:
        if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        overloads = any(ast.unparse(decorator).endswith("overload") for decorator in statement.decorator_list)
        if statement.name in first and not overloads:
            message = f"{statement.name!r} is defined twice in one cell, first in line {first[statement.name]}"
            yield Problem(
                "duplicate-definition", message, filename, statement.lineno, "rename one of them", statement.name
            )
        if not overloads:
            first[statement.name] = statement.lineno


def _merged(earlier: str, added: str) -> str:
    """A text with the definitions of another one added, or in the place of those of the same names."""
    replaced = {name for statement in ast.parse(added).body for name in _names_bound(statement)}
    lines = earlier.splitlines()
    for statement in reversed(ast.parse(earlier).body):
        names = _names_bound(statement)
        if names and replaced.issuperset(names):
            decorators = statement.decorator_list if isinstance(statement, _DEFINES) else []
            start = min([statement.lineno, *(decorator.lineno for decorator in decorators)])
            del lines[start - 1 : statement.end_lineno]
    kept = "\n".join(lines).strip("\n")
    return f"{kept}\n\n\n{added}" if kept.strip() else added


def _names_bound(statement: ast.stmt) -> list[str]:
    if isinstance(statement, _DEFINES):
        return [statement.name]
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    if isinstance(statement, ast.AnnAssign):
        targets = [statement.target]
    return [target.id for target in targets if isinstance(target, ast.Name)]


class _Words(argparse.ArgumentParser):
    """Reads the words after a magic; what is wrong with them is an error like every other."""

    def read(self, line: str) -> argparse.Namespace:
        """The words of a line."""
        try:
            return self.parse_args(shlex.split(line))
        except ValueError as error:
            self.error(f"the words cannot be told apart: {error}")

    def error(self, message: str) -> NoReturn:
        """Raise what is wrong, with the words that could stand there."""
        raise RequestError(message, hint=" ".join(self.format_usage().removeprefix("usage: ").split()))


def _words(magic: str, *, makes_module: bool) -> _Words:
    words = _Words(magic, add_help=False, allow_abbrev=False)
    words.add_argument("name")
    if makes_module:
        words.add_argument("--config", "-c", action="append", default=[], metavar="K=V")
        words.add_argument("--config-from", metavar="VARIABLE")
        words.add_argument("--with", dest="others", action="append", default=[], metavar="MODULE")
        words.add_argument("--engine", choices=["pandas", "polars"])
        words.add_argument("--display", action=argparse.BooleanOptionalAction, default=True)
    return words


class FeatureMagics:
    """The magics that turn cells into modules of features.

    Args:
        shell: The IPython shell they work in.
    """

    def __init__(self, shell: Any) -> None:
        self.shell = shell

    def feature_module(self, line: str, cell: str) -> None:
        """Turn the cell into a module of features, check its graph, and show it.

        ::

            %%feature_module NAME [--config K=V] [--config-from VARIABLE] [--with MODULE] [--engine ENGINE] [--no-display]

        The module is bound to its name in the notebook. ``--config-from`` names a dictionary of config, ``--with`` a
        further module of the graph.
        """
        __tracebackhide__ = True
        with _messages():
            self._make(_words("%%feature_module", makes_module=True).read(line), cell)

    def incremental_feature_module(self, line: str, cell: str) -> None:
        """Add the cell to a module that cells made; what it defines replaces what had its names.

        It takes the options of ``%%feature_module``.
        """
        __tracebackhide__ = True
        with _messages():
            words = _words("%%incremental_feature_module", makes_module=True).read(line)
            _parsed(cell, words.name, "<cell>")
            self._make(words, _merged(getattr(sys.modules.get(words.name), _CELL, ""), cell))

    def module_to_cell(self, line: str) -> None:
        """Put the source of a module into the next cell, ready to be changed and run: ``%module_to_cell NAME``."""
        __tracebackhide__ = True
        with _messages():
            name = _words("%module_to_cell", makes_module=False).read(line).name
            module = self._module(name)
            source = getattr(module, _CELL, None) or _source_of(module)
        self.shell.set_next_input(f"%%feature_module {name.rpartition('.')[2]}\n{source.strip()}\n")

    def _make(self, words: argparse.Namespace, source: str) -> None:
        __tracebackhide__ = True
        others = [self._module(name) for name in words.others]
        config = self._config(words)
        earlier = sys.modules.get(words.name)
        module = module_from_cell(words.name, source)
        try:
            driver = Driver(config, module, *others, engine=words.engine)
        except FeaturecatError:
            _put_back(words.name, earlier)
            raise
        self.shell.user_ns[words.name] = module
        if words.display:
            _display(driver.display_all_functions())

    def _module(self, name: str) -> ModuleType:
        found = self.shell.user_ns.get(name, sys.modules.get(name))
        if isinstance(found, ModuleType):
            return found
        modules = [key for key, value in self.shell.user_ns.items() if isinstance(value, ModuleType)]
        raise RequestError(f"there is no module {name!r} here", hint=did_you_mean(name, modules) or "import it first")

    def _config(self, words: argparse.Namespace) -> dict[str, Any]:
        config: dict[str, Any] = {}
        variable = words.config_from
        if variable is not None:
            found = self.shell.user_ns.get(variable)
            if not isinstance(found, dict):
                raise RequestError(
                    f"{variable!r} is no dictionary of this notebook", hint=f'{variable} = {{"region": "us"}}'
                )
            config |= found
        for text in words.config:
            key, equals, value = text.partition("=")
            if not equals or not key:
                raise RequestError(f"--config takes name=value, not {text!r}", hint="--config region=us")
            config[key] = toml_scalar(value)
        return config


def _source_of(module: ModuleType) -> str:
    try:
        return inspect.getsource(module)
    except (OSError, TypeError) as error:
        raise RequestError(
            f"{module.__name__} has no source text", hint="only modules written in Python have"
        ) from error


def _display(picture: Any) -> None:
    import IPython.display

    show: Any = IPython.display.display  # untyped in some of its versions
    show(picture)


@contextlib.contextmanager
def _messages() -> Iterator[None]:
    """Let IPython show featurecat's errors as messages, without frames."""
    __tracebackhide__ = True
    try:
        yield
    except FeaturecatError as error:
        lines = [line for problem in error.problems for line in problem.lines()]
        # IPython's own name for what shows an exception
        error._render_traceback_ = lambda: [f"error: {lines[0]}", *lines[1:]]  # type: ignore[attr-defined]
        raise
