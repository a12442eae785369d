"""The project's source files by module, each read and parsed once, and what names in them stand for."""

from __future__ import annotations

import ast
import sys
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from typing import NamedTuple

from featurecat.definition.scope import Path as NamePath
from featurecat.definition.source_file import ImportedName, SourceFile

__all__ = ["SourceFiles", "Symbol"]

#: Built-in functions that may find anything in the module they are called in.
_WHOLE_NAMESPACE = frozenset({"globals", "eval", "exec"})
_FOREIGN_FOLDERS = frozenset({"site-packages", "dist-packages", ".venv", "venv", "node_modules"})


class Symbol(NamedTuple):
    """A name bound in a module, with the attributes taken from it; an empty name stands for the whole module."""

    module: str
    name: str
    rest: tuple[str, ...] = ()


class SourceFiles:
    """The source files of a project.

    Args:
        roots: Folders whose files count as the project's own. Files of installed packages never do.

    Attributes:
        parsed: Names of the modules that were parsed, in order.
        read: Their files, as imports name them.
    """

    def __init__(self, roots: Sequence[Path]) -> None:
        self.parsed: list[str] = []
        self.read: set[Path] = set()
        self._roots = [root.resolve() for root in roots]
        self._modules: dict[str, SourceFile | None] = {}
        self._symbols: dict[tuple[str, NamePath], Symbol | None] = {}

    def of(self, name: str) -> SourceFile | None:
        """A module of the project as source, or None when it is not the project's or cannot be read."""
        if name not in self._modules:
            self._modules[name] = self._read(name)
        return self._modules[name]

    def path_of(self, name: str) -> str | None:
        """The file that a module was imported from, or would be; whether it is the project's or not."""
        return getattr(sys.modules[name], "__file__", None) if name in sys.modules else self._file_of(name)

    def reached(
        self, owner: SourceFile, names: Iterable[NamePath], imports: Iterable[ast.Import | ast.ImportFrom]
    ) -> Iterator[Symbol | None]:
        """What names and imports in a piece of a module stand for; None for what lies outside the project.

        Args:
            owner: The module.
            names: Names that the piece takes from it.
            imports: Import statements that run with the piece.
        """
        for path in names:
            key = (owner.name, path)
            if key not in self._symbols:
                self._symbols[key] = self.resolved(Symbol(owner.name, path[0], path[1:]))
            yield self._symbols[key]
            if path[0] in _WHOLE_NAMESPACE and path[0] not in owner.bindings:
                yield self.resolved(Symbol(owner.name, ""))
        for statement in imports:
            for alias in statement.names:
                yield self.resolved(self.imported(owner, ImportedName(statement, alias), ()))
                if isinstance(statement, ast.Import):
                    yield self.resolved(Symbol(alias.name, ""))  # of a.b.c a is bound, and c is what is used

    def resolved(self, symbol: Symbol) -> Symbol | None:
        """The symbol behind plain imports from module to module, or None when it lies outside the project."""
        passed: set[Symbol] = set()
        while True:
            owner = self.of(symbol.module)
            if owner is None:
                return None
            if not symbol.name or symbol in passed:
                return symbol
            passed.add(symbol)
            binders = owner.binders_of(symbol.name)
            if not any(isinstance(binder, ast.ImportFrom | ImportedName) for binder in binders):
                name = symbol.name if binders else "__getattr__"  # which answers for what is not bound
                return Symbol(symbol.module, name) if name in owner.bindings else None
            if len(binders) > 1 or not isinstance(binders[0], ImportedName):
                return symbol
            origin = self.imported(owner, binders[0], symbol.rest)
            if self.of(origin.module) is None:
                return Symbol(symbol.module, symbol.name)
            symbol = origin

    def imported(self, owner: SourceFile, binder: ImportedName, rest: tuple[str, ...]) -> Symbol:
        """What an imported name stands for, with the attributes taken from it."""
        statement = binder.statement
        if isinstance(statement, ast.ImportFrom):
            origin = owner.absolute(statement)
            if binder.alias.name == "*":
                return Symbol(origin, "")
            target = f"{origin}.{binder.alias.name}"
            if self.of(target) is None:
                return Symbol(origin, binder.alias.name, rest)
        elif binder.alias.asname:
            target = binder.alias.name
        else:
            target = binder.alias.name.split(".")[0]
        while rest and self.of(f"{target}.{rest[0]}") is not None:
            target, rest = f"{target}.{rest[0]}", rest[1:]
        return Symbol(target, rest[0], rest[1:]) if rest else Symbol(target, "")

    def _read(self, name: str) -> SourceFile | None:
        file = self.path_of(name)
        if file is None or not file.endswith(".py"):
            return None
        path = Path(file).resolve()
        if not self._owns(path):
            return None
        try:
            with tokenize.open(path) as stream:  # honours the file's own encoding
                source = SourceFile(name, path.name == "__init__.py", stream.read())
        except (OSError, SyntaxError, ValueError):
            return None
        self.parsed.append(name)
        self.read.add(Path(file))
        return source

    def _file_of(self, name: str) -> str | None:
        """The file of a module that nobody has imported yet, as a helper imported inside a function."""
        spec = self._spec_of(name)
        return spec.origin if spec is not None and spec.has_location else None

    def _spec_of(self, name: str) -> ModuleSpec | None:
        """How a module would be imported; packages around it are looked up, and nothing is run."""
        package, _, own = name.rpartition(".")
        if not own:
            return None
        folders = None
        if package:
            if package in sys.modules:
                folders = getattr(sys.modules[package], "__path__", None)
            elif (around := self._spec_of(package)) is not None:
                folders = around.submodule_search_locations
            if folders is None:
                return None
        try:
            return PathFinder.find_spec(name, folders)
        except (ImportError, ValueError, AttributeError):  # a finder of somebody else's that cannot tell
            return None

    def _owns(self, path: Path) -> bool:
        for root in self._roots:
            if path.is_relative_to(root):
                return not _FOREIGN_FOLDERS & set(path.relative_to(root).parts)
        return False
