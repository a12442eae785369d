"""What the names of modules stand for: rows that snapshots keep, so that helpers can be compared without their files.

Features are not among them: their text is in the snapshot. Constants may hold secrets, so only digests are kept.
"""

from __future__ import annotations

import ast
import sys
import tokenize
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

from featurecat.definition.fingerprint import digest
from featurecat.definition.modifier import modifiers_of
from featurecat.definition.types import unwrapped
from featurecat.project.diff.shape import ABSOLUTE, statement_shape
from featurecat.project.rows import feature_key
from featurecat.project.stamp import own_files
from featurecat.records import DefinitionRow

if TYPE_CHECKING:
    from featurecat.project.enriching import Reading  # contract: typing only

__all__ = ["BESIDE", "BINDINGS", "OPAQUE", "BesideRow", "BindingRow", "binding_rows"]

#: The table of a snapshot; catalogs have none of that name.
BINDINGS: Final = "bindings"
#: What stands for the files beside a function whose variables are another function's.
OPAQUE: Final = "opaque"
#: The table of what definitions mean beside their text.
BESIDE: Final = "beside"
_MODULE: Final = ""

Tables = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class BindingRow(DefinitionRow):
    """One statement that binds a name of a module; the empty name stands for the module itself.

    ``address`` is what is imported, ``shape`` the shape of any other statement, ``exact`` a digest of its text, and
    ``names`` are those of the module that it takes. Of a module they are the modules it imports everything from.
    """

    table: ClassVar[str] = BINDINGS
    key: ClassVar[tuple[str, ...]] = ("module", "name", "ordinal")
    module: str
    name: str
    ordinal: int
    address: str | None
    shape: str | None
    exact: str | None
    names: tuple[str, ...]
    line: int | None


@dataclass(frozen=True, slots=True)
class BesideRow(DefinitionRow):
    """What a definition means beside its text: a digest of the files that its decorators read, or ``opaque``."""

    table: ClassVar[str] = BESIDE
    key: ClassVar[tuple[str, ...]] = ("feature", "variant")
    feature: str
    variant: str
    files: str


def binding_rows(reading: Reading, tables: Tables) -> Sequence[DefinitionRow]:
    """Rows of the modules that hold features, and of those they import from the project's own files.

    Args:
        reading: The project as it was read.
        tables: Rows by definition table.
    """
    reader = _Reader(reading.project.root, tables)
    return [*reader.rows(), *_beside(reading)]


class _Reader:
    """Reads modules, without the functions that are features."""

    def __init__(self, root: Path, tables: Tables) -> None:
        self._root = root
        self._files = {
            **_imported_files(root),
            **{row["module"]: root / row["file"] for row in tables.get("modules", ()) if row["file"] is not None},
        }
        self._features: dict[str, list[tuple[int, int]]] = {}
        self._inside: list[str] = []
        for row in tables.get("variants", ()):
            text, last = row["source_text"], row["end_line"]
            if text is not None and last is not None and row["module"] is not None:
                self._features.setdefault(row["module"], []).append((last - len(text.splitlines()), last))
                if "import " in text:
                    self._inside.append(text)
        self._waiting = list(self._features)  # and what they import; others may be there by chance

    def rows(self) -> Iterator[BindingRow]:
        """Rows of every module, each once."""
        done: set[str] = set()
        for text in self._inside:
            self._waiting += _imported_inside(text)
        while self._waiting:
            module = self._waiting.pop()
            if module not in done:
                done.add(module)
                yield from self._module(module)

    def _module(self, module: str) -> Iterator[BindingRow]:
        file = self._files.get(module) or self._file_of(module)
        if file is None:
            return
        try:
            with tokenize.open(file) as stream:
                lines = stream.read().splitlines(keepends=True)
        except (OSError, SyntaxError, ValueError):
            return
        tree = _parsed(lines, self._features.get(module, ()))
        if tree is None:
            return
        package = module if file.name == "__init__.py" else module.rpartition(".")[0]
        stars = [_absolute(one, package) for one in tree.body if isinstance(one, ast.ImportFrom) and _is_star(one)]
        self._waiting += stars
        yield BindingRow(module, _MODULE, 0, None, None, None, tuple(stars), None)
        counts: dict[str, int] = {}
        for statement in tree.body:
            if isinstance(statement, ast.Import | ast.ImportFrom):
                found = list(self._imports(module, statement, package))
            else:
                found = list(self._code(module, statement, lines))
            for row in found:
                number = counts[row.name] = counts.get(row.name, -1) + 1
                yield row if not number else BindingRow(**{**row.as_dict(), "ordinal": number})

    def _imports(self, module: str, statement: ast.Import | ast.ImportFrom, package: str) -> Iterator[BindingRow]:
        if isinstance(statement, ast.ImportFrom) and _is_star(statement):
            return
        origin = _absolute(statement, package) if isinstance(statement, ast.ImportFrom) else ""
        for alias in statement.names:
            address = f"{origin}.{alias.name}" if origin else alias.name
            self._waiting += _prefixes(address)
            bound = alias.asname or (alias.name if origin else alias.name.partition(".")[0])
            if not origin and not alias.asname:
                address = bound
            yield BindingRow(module, bound, 0, address, None, None, (), None)

    def _code(self, module: str, statement: ast.stmt, lines: Sequence[str]) -> Iterator[BindingRow]:
        bound = list(dict.fromkeys(_bound(statement)))
        if not bound:
            return
        shape = statement_shape(statement)
        for name in shape.names:
            if name.startswith(ABSOLUTE):
                self._waiting += _prefixes(name.removeprefix(ABSOLUTE))
        first = min([statement.lineno, *(one.lineno for one in getattr(statement, "decorator_list", ()))])
        exact = digest("".join(lines[first - 1 : statement.end_lineno]))[:20]
        for name in bound:
            yield BindingRow(module, name, 0, None, shape.digest, exact, shape.names, first)

    def _file_of(self, module: str) -> Path | None:
        """The file of a module that nobody has imported yet."""
        stem = Path(*module.split("."))
        for folder in (self._root, self._root / "src"):
            for path in (folder / stem.with_suffix(".py"), folder / stem / "__init__.py"):
                if path.is_file():
                    return path
        return None


def _imported_files(root: Path) -> dict[str, Path]:
    """The files of the project's own modules that were imported."""
    own = own_files(root)
    files = {}
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and file.endswith(".py") and (path := Path(file)) in own and name != "__main__":
            files[name] = path
    return files


def _parsed(lines: Sequence[str], features: Iterable[tuple[int, int]]) -> ast.Module | None:
    """The tree of a file without its features; whole where nothing else would be left of a block."""
    rest = list(lines)
    for start, end in features:
        rest[start:end] = ["\n"] * (end - start)
    for text in ("".join(rest), "".join(lines)):
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError):
            continue
    return None


def _is_star(statement: ast.ImportFrom) -> bool:
    return statement.names[0].name == "*"


def _absolute(statement: ast.ImportFrom, package: str) -> str:
    if not statement.level:
        return statement.module or ""
    parts = package.split(".")
    kept = parts[: len(parts) - statement.level + 1]
    return ".".join([*kept, *([statement.module] if statement.module else [])])


def _prefixes(address: str) -> list[str]:
    """The modules that an address may lie in."""
    parts = address.split(".")
    return [".".join(parts[:length]) for length in range(1, len(parts) + 1)]


def _imported_inside(text: str) -> Iterator[str]:
    """The modules that a feature imports when it runs."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            origin = f"{node.module}." if isinstance(node, ast.ImportFrom) and node.module else ""
            for alias in node.names:
                yield from _prefixes(f"{origin}{alias.name}")


def _bound(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement binds or changes."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield statement.name
        return
    for inner in ast.walk(statement):
        match inner:
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Import() | ast.ImportFrom():
                yield from (alias.asname or alias.name.partition(".")[0] for alias in inner.names)
            case ast.Subscript(ctx=ast.Store() | ast.Del()) | ast.Attribute(ctx=ast.Store() | ast.Del()):
                yield from _owner(inner.value)
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=value))):
                yield from _owner(value)


def _owner(node: ast.expr) -> Iterator[str]:
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id


def _beside(reading: Reading) -> Iterator[BesideRow]:
    known: dict[int, str | None] = {}
    for graph in reading.graphs:
        for name, nodes in graph.definitions.variants.items():
            for node in nodes:
                for defined in () if node.defined is None else (node.defined, *node.via):
                    function = defined.function
                    if id(function) not in known:
                        known[id(function)] = _files_beside(function)
                    if (files := known[id(function)]) is not None:
                        yield BesideRow(feature_key(graph.name, name), node.variant, files)


def _files_beside(function: Any) -> str | None:
    code = getattr(unwrapped(function), "__code__", None)
    if code is None or code.co_freevars:
        return OPAQUE
    paths = [path for modifier in modifiers_of(function) for path in modifier.reads(function)]
    if not paths:
        return None
    try:
        return digest(*(path.read_text(encoding="utf-8") for path in paths))[:20]
    except (OSError, UnicodeDecodeError):
        return OPAQUE
