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
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from featurecat.definition.modifier import modifiers_of
from featurecat.definition.node import Node
from featurecat.definition.scope import reached_names
from featurecat.definition.source_file import (
    FunctionTree,
    ImportedName,
    SourceFile,
    SourceText,
    first_line,
    imports_in,
    one_spelling,
    position,
)
from featurecat.definition.source_files import SourceFiles, Symbol
from featurecat.definition.syntax import canonical
from featurecat.definition.types import unwrapped

__all__ = ["ALGORITHM", "CodePart", "Fingerprints", "Shown", "SourceText", "canonical", "digest"]

ALGORITHM = "v1"

#: A canonical text, and what it refers to.
Shown: TypeAlias = tuple[str, tuple[Symbol | None, ...]]


def digest(*parts: str) -> str:
    """SHA-256 of several texts, kept apart from each other, as 64 hexadecimal digits.

    Example:
        >>> digest("ab", "c") == digest("a", "bc")
        False
    """
    return hashlib.sha256(b"".join(map(_encoded, parts))).hexdigest()


def _encoded(part: str) -> bytes:
    encoded = part.encode("utf-8", "surrogatepass")
    return b"%d:%b" % (len(encoded), encoded)


class CodePart(NamedTuple):
    """A piece of code that a fingerprint covers.

    Attributes:
        place: Module and name, joined by a colon; that of a file begins with ``file:``.
        part: Dotted name; of an import, of what is imported.
        kind: ``function``, ``class``, ``constant``, ``import``, ``module`` or ``file``.
        file: Absolute path.
        line: First line, counted from 1; None for a whole file.
    """

    place: str
    part: str
    kind: str
    file: str
    line: int | None


class _Reached:
    """Symbols, numbered in the order in which they are first reached."""

    def __init__(self, symbols: Iterable[Symbol] = ()) -> None:
        self.order: list[Symbol] = list(symbols)
        self._numbers: dict[Symbol, int] = {symbol: number for number, symbol in enumerate(self.order)}
        # per module, the statements that bind what was reached: place in the file, number, which binding
        self._statements: dict[str, list[tuple[tuple[int, int], int, int]]] = {}

    def number_of(self, symbol: Symbol) -> int:
        """The number of a symbol, given to it now if it is new."""
        number = self._numbers.get(symbol)
        if number is None:
            number = self._numbers[symbol] = len(self.order)
            self.order.append(symbol)
        return number

    def with_numbers(self, shown: Shown) -> str:
        """A text with the numbers of what it refers to."""
        text, symbols = shown
        return f"{text} " + ",".join(["-" if symbol is None else str(self.number_of(symbol)) for symbol in symbols])

    def note(self, symbol: Symbol, statements: Sequence[ast.AST]) -> None:
        """Remember where the statements that bind a symbol stand."""
        placed = self._statements.setdefault(symbol.module, [])
        placed += [
            (position(statement), self.number_of(symbol), nth)
            for nth, statement in enumerate(statements)
            if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        ]

    def orders(self) -> Iterator[str]:
        """The order of the statements in each module that binds some name more than once; elsewhere it is idle."""
        for placed in self._statements.values():
            if any(nth for _, _, nth in placed):
                yield "order " + " ".join(f"{number}.{nth}" for _, number, nth in sorted(placed))


class _Following(NamedTuple):
    """What follows the text of a definition: texts as digested, all symbols in order, the statements they are of."""

    encoded: bytes
    order: tuple[Symbol, ...]
    binders: frozenset[int]


class Fingerprints:
    """Computes fingerprints of nodes; files are read and parsed once.

    Args:
        roots: Folders whose files count as the project's own. Files of installed packages never do.
        files: Files that others read, too; instead of ``roots``.
    """

    def __init__(self, roots: Sequence[Path] = (), *, files: SourceFiles | None = None) -> None:
        self.files = SourceFiles(roots) if files is None else files
        self._functions: dict[int, str | None] = {}
        self._covered: dict[int, tuple[Symbol, ...]] = {}
        self._parts: dict[Symbol, CodePart | None] = {}
        self._shown_binders: dict[tuple[int, tuple[str, ...]], Shown] = {}
        self._following: dict[tuple[Symbol, ...], _Following] = {}

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
        module, definition = found
        code, order = self._code(module, definition.name, self._shown(module, definition, ""), itself=definition)
        self._covered[id(function)] = order
        hashed = hashlib.sha256(_encoded(ALGORITHM) + code)
        for text in beside:
            hashed.update(_encoded(text))
        return hashed.hexdigest()

    def parts_of(self, function: Callable[..., Any]) -> list[CodePart]:
        """What the fingerprint of a function covers: the function itself first; empty where it has none.

        Args:
            function: The function.
        """
        found = self._definition(function)
        if found is None or self._code_of(function) is None:
            return []
        module, definition = found
        file = self.files.path_of(module.name) or ""
        name = unwrapped(function).__qualname__
        own = CodePart(f"{module.name}:{name}", f"{module.name}.{name}", "function", file, first_line(definition))
        others = [part for symbol in self._covered[id(function)] if (part := self._part(symbol)) is not None]
        read = (path for modifier in modifiers_of(function) for path in modifier.reads(function))
        files = [CodePart(f"file:{path}", path.name, "file", str(path), None) for path in read]
        return list({part.place: part for part in [own, *others, *files]}.values())

    def _part(self, symbol: Symbol) -> CodePart | None:
        """A symbol as a piece of code; None for what nothing binds, which a star import may."""
        if symbol not in self._parts:
            owner = self.files.of(symbol.module)
            binders = owner.binders_of(symbol.name) if owner is not None and symbol.name else []
            file, place = self.files.path_of(symbol.module) or "", f"{symbol.module}:{symbol.name}"
            if owner is None or (symbol.name and not binders):
                self._parts[symbol] = None
            elif not symbol.name:
                self._parts[symbol] = CodePart(place, symbol.module, "module", file, 1)
            else:
                part, kind = _named_and_sorted(owner, symbol.name, binders[0])
                self._parts[symbol] = CodePart(place, part, kind, file, _binder_line(binders[0]))
        return self._parts[symbol]

    def text_of(self, function: Callable[..., Any]) -> SourceText | None:
        """The source of a function, decorators included, or None when it cannot be read."""
        found = self._definition(function)
        return None if found is None else found[0].text_of(found[1])

    def _definition(self, function: Callable[..., Any]) -> tuple[SourceFile, FunctionTree] | None:
        function = unwrapped(function)
        module = self.files.of(function.__module__)
        if module is None:
            return None
        definition = module.definition_at(function.__name__, function.__code__.co_firstlineno)
        return None if definition is None else (module, definition)

    def _code(
        self, module: SourceFile, name: str, shown: Shown, *, itself: FunctionTree | None = None
    ) -> tuple[bytes, tuple[Symbol, ...]]:
        """The texts of a definition and of everything it reaches, as digested, and all that it reaches.

        Args:
            module: Where it stands.
            name: Its name, which other statements may bind again.
            shown: Its own text.
            itself: Is not shown again where it is reached.
        """
        reached = _Reached()
        first = _encoded(reached.with_numbers(shown))
        rebindings = module.rebindings_of(name)
        if not rebindings:
            key = tuple(reached.order)
            following = self._following.get(key)
            if following is None:
                following = self._following[key] = self._all_following(_Reached(key))
            if id(itself) not in following.binders:
                return first + following.encoded, following.order
        again = [_encoded(reached.with_numbers(self._binder_shown(module, one, ()))) for one in rebindings]
        following = self._all_following(reached, itself)
        return b"".join([first, *again, following.encoded]), following.order

    def _all_following(self, reached: _Reached, itself: FunctionTree | None = None) -> _Following:
        """The texts of all that was reached, and of all that those reach, each with the numbers of what it refers to."""
        texts: list[str] = []
        seen: set[int] = set()
        for symbol in reached.order:  # which grows on the way
            owner = self.files.of(symbol.module)
            assert owner is not None  # only what lies in the project has a number
            texts.append(f"{reached.number_of(symbol)} {symbol.name}")
            binders = owner.binders_of(symbol.name) if symbol.name else [owner.tree]
            reached.note(symbol, binders if symbol.name else ())
            seen.update(map(id, binders))
            for binder in binders:
                if binder is itself:
                    texts.append("itself")
                elif isinstance(binder, ast.ImportFrom):
                    texts.append(self._star_text(owner, binder, symbol, reached))
                else:
                    texts.append(reached.with_numbers(self._binder_shown(owner, binder, symbol.rest)))
        texts += reached.orders()
        return _Following(b"".join(map(_encoded, texts)), tuple(reached.order), frozenset(seen))

    def _binder_shown(self, owner: SourceFile, binder: ast.AST, rest: tuple[str, ...]) -> Shown:
        key = (id(binder), rest)
        if key not in self._shown_binders:
            self._shown_binders[key] = self._shown_anew(owner, binder, rest)
        return self._shown_binders[key]

    def _shown_anew(self, owner: SourceFile, binder: ast.AST, rest: tuple[str, ...]) -> Shown:
        if isinstance(binder, ImportedName):
            origin = self.files.imported(owner, binder, rest)
            # where a helper of the project lies is not what it means
            text = "import" if self.files.of(origin.module) is not None else binder.address(owner)
            return text, (self.files.resolved(origin),)
        if isinstance(binder, ast.FunctionDef | ast.AsyncFunctionDef):
            return self._shown(owner, binder, binder.name)
        return self._shown_whole(owner, binder)

    def _shown(self, owner: SourceFile, definition: FunctionTree, name: str) -> Shown:
        """A function under a name, or under none: a node's name is digested beside it."""
        parts = owner.parts(definition)
        return parts.text(name), tuple(self.files.reached(owner, parts.names(), parts.imports))

    def _shown_whole(self, owner: SourceFile, binder: ast.AST) -> Shown:
        """Any other statement, or a whole module."""
        return canonical(binder), tuple(self.files.reached(owner, reached_names(binder), imports_in(binder)))

    def _star_text(self, owner: SourceFile, statement: ast.ImportFrom, symbol: Symbol, reached: _Reached) -> str:
        origin = owner.absolute(statement)
        text = "star" if self.files.of(origin) is not None else f"star {one_spelling(origin)}"
        return reached.with_numbers((text, (self.files.resolved(Symbol(origin, symbol.name, symbol.rest)),)))


def _binder_line(binder: ast.AST) -> int:
    return first_line(binder) if isinstance(binder, ast.FunctionDef | ast.AsyncFunctionDef) else position(binder)[0]


def _named_and_sorted(owner: SourceFile, name: str, binder: ast.AST) -> tuple[str, str]:
    """What a name of a module stands for, and what kind of code that is."""
    if isinstance(binder, ImportedName):
        return binder.address(owner).removeprefix("import ").removesuffix(" as"), "import"
    if isinstance(binder, ast.ImportFrom):
        return f"{owner.absolute(binder)}.{name}", "import"
    if isinstance(binder, ast.FunctionDef | ast.AsyncFunctionDef):
        return f"{owner.name}.{name}", "function"
    return f"{owner.name}.{name}", "class" if isinstance(binder, ast.ClassDef) else "constant"
