"""Fingerprints of meaning: what a feature's code is, apart from how it is written.

The canonical text of a function is its syntax tree without docstrings, positions and empty fields. A
fingerprint covers the function, its decorators with their arguments, and every helper, constant and module
it reaches inside the project's own files, followed through imports. What is reached is numbered in the order of
first reach, and every text is listed with the numbers of what it refers to: where a helper lies does not count,
which of two helpers of one name is meant does. The result is the same on every supported Python. What cannot be
read as source has no fingerprint, and is therefore always recomputed.
"""

from __future__ import annotations

import ast
import copy
import hashlib
import sys
import tokenize
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from typing import Any, NamedTuple

from featurecat.definition.modifier import modifiers_of
from featurecat.definition.node import Node
from featurecat.definition.scope import reached_names
from featurecat.definition.types import unwrapped

__all__ = ["ALGORITHM", "Fingerprints", "SourceText", "canonical", "digest"]

ALGORITHM = "v1"

_SKIPPED_FIELDS = frozenset({"ctx", "kind", "type_comment", "type_ignores"})
_DOCUMENTED = (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
#: Built-in functions that may find anything in the module they are called in.
_WHOLE_NAMESPACE = frozenset({"globals", "eval", "exec"})
_DECORATORS = "function_modifiers"
#: Where the same decorators are for code that was written for Hamilton.
_DECORATOR_MODULES = (f"hamilton.{_DECORATORS}", f"featurecat.compat.hamilton.{_DECORATORS}")
#: Names that mean something else there: their arguments have Hamilton's names.
_OTHERS_IN_HAMILTON = frozenset({"load_from", "save_to"})
_FOREIGN_FOLDERS = frozenset({"site-packages", "dist-packages", ".venv", "venv", "node_modules"})


def digest(*parts: str) -> str:
    """SHA-256 of several texts, kept apart from each other, as 64 hexadecimal digits.

    Example:
        >>> digest("ab", "c") == digest("a", "bc")
        False
    """
    hashed = hashlib.sha256()
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass")
        hashed.update(f"{len(encoded)}:".encode())
        hashed.update(encoded)
    return hashed.hexdigest()


def canonical(node: ast.AST) -> str:
    r"""A syntax tree as text that does not depend on layout, comments, docstrings or the Python version.

    Example:
        >>> canonical(ast.parse("def f(a): return a+1")) == canonical(ast.parse("def f( a ):\n  'Doc.'\n  return a + 1"))
        True
    """
    pieces: list[str] = []
    stack: list[Any] = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            pieces.append(item)
            continue
        if isinstance(item, ast.Constant):
            pieces.append(f"({type(item.value).__name__} {ascii(item.value)})")
            continue
        pieces.append(f"({type(item).__name__}")
        inner: list[Any] = []
        for name in item._fields:
            if name in _SKIPPED_FIELDS:
                continue
            value = getattr(item, name, None)
            if name == "body" and isinstance(item, _DOCUMENTED):
                value = _without_docstring(value)
            if value is None or value == []:
                continue
            inner.append(f" {name}=")
            inner += _shown(item, value)
        stack += reversed([*inner, ")"])
    return "".join(pieces)


def _without_docstring(body: Any) -> Any:
    if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        return body[1:] if isinstance(body[0].value.value, str) else body
    return body


def _shown(owner: ast.AST, value: Any) -> list[Any]:
    if isinstance(value, ast.AST):
        return [value]
    if isinstance(value, list):
        members = _joined(value) if isinstance(owner, ast.JoinedStr) else value
        return ["[", *(member if isinstance(member, ast.AST) else ascii(member) for member in members), "]"]
    return [ascii(value)]  # repr shows more characters as themselves with every Unicode version


def _joined(values: Iterable[ast.expr]) -> list[ast.expr]:
    """The pieces of an f-string with neighbouring texts as one; Python versions split them differently."""
    joined: list[ast.expr] = []
    for value in values:
        last = joined[-1] if joined else None
        if isinstance(value, ast.Constant) and isinstance(last, ast.Constant):
            joined[-1] = ast.Constant(str(last.value) + str(value.value))
        elif not (isinstance(value, ast.Constant) and value.value == ""):
            joined.append(value)
    return joined


class SourceText(NamedTuple):
    """A function as written: first and last line, text, and syntax tree."""

    line: int
    end_line: int
    text: str
    tree: ast.FunctionDef | ast.AsyncFunctionDef


class _Module:
    """One source file: its tree, and which top-level statements bind which name."""

    def __init__(self, name: str, is_package: bool, text: str) -> None:
        tree = ast.parse(text)
        self.name = name
        self.lines = text.splitlines(keepends=True)
        self.package = name if is_package else name.rpartition(".")[0]
        self.tree = tree
        self.bindings: dict[str, list[ast.AST]] = {}
        self.star_imports: list[ast.ImportFrom] = []
        for statement in tree.body:
            self._bind(statement)

        self._definitions: dict[tuple[str, int], ast.FunctionDef | ast.AsyncFunctionDef] | None = None

    def definition_at(self, name: str, line: int) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
        """The definition of that name whose first line, decorators included, is ``line``."""
        if self._definitions is None:
            self._definitions = {
                (node.name, _first_line(node)): node
                for node in ast.walk(self.tree)
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            }
        return self._definitions.get((name, line))

    def _bind(self, statement: ast.stmt) -> None:
        if isinstance(statement, ast.ImportFrom) and statement.names[0].name == "*":
            self.star_imports.append(statement)
            return
        for name, binder in _bound_by(statement):
            self.bindings.setdefault(name, []).append(binder)

    def binders_of(self, name: str) -> list[ast.AST]:
        """What binds a name, or may bind it as a star import does, in the order of the file."""
        return sorted([*self.bindings.get(name, ()), *self.star_imports], key=_position)

    def rebindings_of(self, definition: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.AST]:
        """Statements that change what the name of a definition stands for: ``area = cached(area)``."""
        others = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, _ImportedName)
        return [binder for binder in self.bindings.get(definition.name, ()) if not isinstance(binder, others)]

    def absolute(self, statement: ast.ImportFrom) -> str:
        """The module an import statement names, dots resolved."""
        if not statement.level:
            return statement.module or ""
        parts = self.package.split(".")
        kept = parts[: len(parts) - statement.level + 1]
        return ".".join([*kept, *([statement.module] if statement.module else [])])


def _bound_by(statement: ast.stmt) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield statement.name, statement
    elif isinstance(statement, ast.Import | ast.ImportFrom):
        for alias in statement.names:
            name = alias.asname or (alias.name if isinstance(statement, ast.ImportFrom) else alias.name.split(".")[0])
            yield name, _ImportedName(statement, alias)
    else:
        for inner in ast.walk(statement):
            if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                yield inner.id, statement
            elif (changed := _changed_name(inner)) is not None:
                yield changed, statement
            elif isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                yield inner.name, statement
            elif isinstance(inner, ast.Import | ast.ImportFrom):
                for _, binder in _bound_by(inner):
                    assert isinstance(binder, _ImportedName)  # imports bind nothing else
                    yield binder.bound, binder


def _changed_name(node: ast.AST) -> str | None:
    """The name whose value a piece of a statement changes in place: ``LIMITS["a"] = 1``, ``NAMES.append("x")``."""
    inner: ast.AST
    if isinstance(node, ast.Subscript | ast.Attribute) and not isinstance(node.ctx, ast.Load):
        inner = node.value
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
        inner = node.value.func.value
    else:
        return None
    while isinstance(inner, ast.Subscript | ast.Attribute):
        inner = inner.value
    return inner.id if isinstance(inner, ast.Name) else None


class _ImportedName(ast.AST):
    """One name of an import statement."""

    def __init__(self, statement: ast.Import | ast.ImportFrom, alias: ast.alias) -> None:
        super().__init__()
        self.statement = statement
        self.alias = alias

    @property
    def bound(self) -> str:
        """The name it binds."""
        own = self.alias.name if isinstance(self.statement, ast.ImportFrom) else self.alias.name.split(".")[0]
        return self.alias.asname or own

    def address(self, owner: _Module) -> str:
        """What it imports, by its full name; a decorator of featurecat has one, whatever the way to it."""
        if isinstance(self.statement, ast.ImportFrom):
            return f"import {_one_spelling(f'{owner.absolute(self.statement)}.{self.alias.name}')}"
        if not self.alias.asname:  # only a.b's a is bound
            return f"import {self.alias.name}"
        return f"import {_one_spelling(self.alias.name)} as"


def _one_spelling(address: str) -> str:
    """The address of a decorator as ``featurecat`` offers it; any other one as it is.

    Example:
        >>> _one_spelling("hamilton.function_modifiers.tag"), _one_spelling("hamilton.function_modifiers")
        ('featurecat.tag', 'featurecat.function_modifiers')
        >>> _one_spelling("hamilton.function_modifiers.load_from"), _one_spelling("numpy.mean")
        ('hamilton.function_modifiers.load_from', 'numpy.mean')
    """
    own = f"featurecat.{_DECORATORS}"
    if address in _DECORATOR_MODULES:
        return own
    module, _, name = address.rpartition(".")
    if module == own or (module in _DECORATOR_MODULES and name not in _OTHERS_IN_HAMILTON):
        return f"featurecat.{name}"
    return address


class _Symbol(NamedTuple):
    """A name bound in a module, with the attributes taken from it; an empty name stands for the whole module."""

    module: str
    name: str
    rest: tuple[str, ...] = ()


class _Reached:
    """Symbols, numbered in the order in which they are first reached."""

    def __init__(self) -> None:
        self.order: list[_Symbol] = []
        self._numbers: dict[_Symbol, int] = {}
        # per module, the statements that bind what was reached: place in the file, number, which binding
        self._statements: dict[str, list[tuple[tuple[int, int], int, int]]] = {}

    def number_of(self, symbol: _Symbol) -> int:
        """The number of a symbol, given to it now if it is new."""
        if symbol not in self._numbers:
            self._numbers[symbol] = len(self.order)
            self.order.append(symbol)
        return self._numbers[symbol]

    def note(self, symbol: _Symbol, statements: Sequence[ast.AST]) -> None:
        """Remember where the statements that bind a symbol stand."""
        placed = self._statements.setdefault(symbol.module, [])
        placed += [
            (_position(statement), self.number_of(symbol), nth)
            for nth, statement in enumerate(statements)
            if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        ]

    def orders(self) -> Iterator[str]:
        """The order of the statements in each module that binds some name more than once; elsewhere it is idle."""
        for placed in self._statements.values():
            if any(nth for _, _, nth in placed):
                yield "order " + " ".join(f"{number}.{nth}" for _, number, nth in sorted(placed))


class Fingerprints:
    """Computes fingerprints of nodes; files are read and parsed once.

    Args:
        roots: Folders whose files count as the project's own. Files of installed packages never do.
    """

    def __init__(self, roots: Sequence[Path]) -> None:
        self._roots = [root.resolve() for root in roots]
        self._modules: dict[str, _Module | None] = {}
        self._functions: dict[int, str | None] = {}

    def of_node(self, node: Node) -> str | None:
        """The code fingerprint of a node, or None when its function cannot be read as source.

        Several nodes of one function differ by their names.
        """
        if node.defined is None:
            return None
        codes = [self._code_of(defined.function) for defined in (node.defined, *node.via)]
        return None if None in codes else digest(ALGORITHM, node.name, *map(str, codes))

    def _code_of(self, function: Callable[..., Any]) -> str | None:
        if id(function) not in self._functions:
            self._functions[id(function)] = self.of_function(function)
        return self._functions[id(function)]

    def of_function(self, function: Callable[..., Any]) -> str | None:
        """The fingerprint of a function with all it reaches, or None."""
        found = self._definition(function)
        if found is None or unwrapped(function).__code__.co_freevars:
            return None  # made by other code, whose variables are not to be read from source
        try:
            beside = [
                f"beside {path.read_text(encoding='utf-8')}"
                for modifier in modifiers_of(function)
                for path in modifier.reads(function)
            ]
        except (OSError, UnicodeDecodeError):
            return None  # building the graph says what is wrong with the file
        return digest(ALGORITHM, *self._texts(*found), *beside)

    def text_of(self, function: Callable[..., Any]) -> SourceText | None:
        """The source of a function, decorators included, or None when it cannot be read."""
        found = self._definition(function)
        if found is None:
            return None
        module, definition = found
        first, last = _first_line(definition), definition.end_lineno or definition.lineno
        return SourceText(first, last, "".join(module.lines[first - 1 : last]), definition)

    def _definition(
        self, function: Callable[..., Any]
    ) -> tuple[_Module, ast.FunctionDef | ast.AsyncFunctionDef] | None:
        function = unwrapped(function)
        module = self._module(function.__module__)
        if module is None:
            return None
        definition = module.definition_at(function.__name__, function.__code__.co_firstlineno)
        return None if definition is None else (module, definition)

    def _texts(self, module: _Module, definition: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
        """The texts of a definition and of everything it reaches, each with the numbers of what it refers to."""
        reached = _Reached()
        yield self._with_numbers(_anonymous(definition), self._references(module, definition), reached)
        for binder in module.rebindings_of(definition):
            yield self._text(module, binder, (), reached)
        for symbol in reached.order:  # which grows on the way
            owner = self._module(symbol.module)
            assert owner is not None  # only what lies in the project has a number
            yield f"{reached.number_of(symbol)} {symbol.name}"
            binders = owner.binders_of(symbol.name) if symbol.name else [owner.tree]
            reached.note(symbol, binders if symbol.name else ())
            for binder in binders:
                if binder is definition:
                    yield "itself"
                elif isinstance(binder, ast.ImportFrom):
                    yield self._star_text(owner, binder, symbol, reached)
                else:
                    yield self._text(owner, binder, symbol.rest, reached)
        yield from reached.orders()

    def _text(self, owner: _Module, binder: ast.AST, rest: tuple[str, ...], reached: _Reached) -> str:
        if not isinstance(binder, _ImportedName):
            return self._with_numbers(canonical(binder), self._references(owner, binder), reached)
        origin = self._imported(owner, binder, rest)
        # where a helper of the project lies is not what it means
        text = "import" if self._module(origin.module) is not None else binder.address(owner)
        return self._with_numbers(text, [origin], reached)

    def _star_text(self, owner: _Module, statement: ast.ImportFrom, symbol: _Symbol, reached: _Reached) -> str:
        origin = owner.absolute(statement)
        text = "star" if self._module(origin) is not None else f"star {_one_spelling(origin)}"
        return self._with_numbers(text, [_Symbol(origin, symbol.name, symbol.rest)], reached)

    def _with_numbers(self, text: str, references: Iterable[_Symbol], reached: _Reached) -> str:
        resolved = [self._resolved(symbol) for symbol in references]
        return f"{text} " + ",".join("-" if symbol is None else str(reached.number_of(symbol)) for symbol in resolved)

    def _resolved(self, symbol: _Symbol) -> _Symbol | None:
        """The symbol behind plain imports from module to module, or None when it lies outside the project."""
        passed: set[_Symbol] = set()
        while True:
            owner = self._module(symbol.module)
            if owner is None:
                return None
            if not symbol.name or symbol in passed:
                return symbol
            passed.add(symbol)
            binders = owner.binders_of(symbol.name)
            if not any(isinstance(binder, ast.ImportFrom | _ImportedName) for binder in binders):
                name = symbol.name if binders else "__getattr__"  # which answers for what is not bound
                return _Symbol(symbol.module, name) if name in owner.bindings else None
            if len(binders) > 1 or not isinstance(binders[0], _ImportedName):
                return symbol
            origin = self._imported(owner, binders[0], symbol.rest)
            if self._module(origin.module) is None:
                return _Symbol(symbol.module, symbol.name)
            symbol = origin

    def _references(self, module: _Module, tree: ast.AST) -> Iterator[_Symbol]:
        """The symbols a piece of a module refers to."""
        for path in reached_names(tree):
            yield _Symbol(module.name, path[0], path[1:])
            if path[0] in _WHOLE_NAMESPACE and path[0] not in module.bindings:
                yield _Symbol(module.name, "")
        for inner in ast.walk(tree):
            if isinstance(inner, ast.Import | ast.ImportFrom):  # imported when the function runs
                for _, binder in _bound_by(inner):
                    assert isinstance(binder, _ImportedName)  # imports bind nothing else
                    yield self._imported(module, binder, ())
                    if isinstance(inner, ast.Import):
                        yield _Symbol(binder.alias.name, "")  # of a.b.c a is bound, and c is what is used

    def _imported(self, module: _Module, binder: _ImportedName, rest: tuple[str, ...]) -> _Symbol:
        """What an imported name stands for, with the attributes taken from it."""
        statement = binder.statement
        if isinstance(statement, ast.ImportFrom):
            origin = module.absolute(statement)
            if binder.alias.name == "*":
                return _Symbol(origin, "")
            target = f"{origin}.{binder.alias.name}"
            if self._module(target) is None:
                return _Symbol(origin, binder.alias.name, rest)
        elif binder.alias.asname:
            target = binder.alias.name
        else:
            target = binder.alias.name.split(".")[0]
        while rest and self._module(f"{target}.{rest[0]}") is not None:
            target, rest = f"{target}.{rest[0]}", rest[1:]
        return _Symbol(target, rest[0], rest[1:]) if rest else _Symbol(target, "")

    def _module(self, name: str) -> _Module | None:
        """A module of the project as source, or None when it is not the project's or cannot be read."""
        if name not in self._modules:
            self._modules[name] = self._read(name)
        return self._modules[name]

    def _read(self, name: str) -> _Module | None:
        file = getattr(sys.modules[name], "__file__", None) if name in sys.modules else self._file_of(name)
        if file is None or not file.endswith(".py"):
            return None
        path = Path(file).resolve()
        if not self._owns(path):
            return None
        try:
            with tokenize.open(path) as stream:  # honours the file's own encoding
                return _Module(name, path.name == "__init__.py", stream.read())
        except (OSError, SyntaxError, ValueError):
            return None

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


def _position(binder: ast.AST) -> tuple[int, int]:
    statement = binder.statement if isinstance(binder, _ImportedName) else binder
    return getattr(statement, "lineno", 0), getattr(statement, "col_offset", 0)


def _first_line(definition: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return min([definition.lineno, *(decorator.lineno for decorator in definition.decorator_list)])


def _anonymous(definition: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """The canonical text of a definition without its own name: a node's name is digested beside it."""
    nameless = copy.copy(definition)
    nameless.name = ""
    return canonical(nameless)
