"""One source file as definitions need it: its functions, what binds which name, what each piece says and reaches."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from featurecat.definition.scope import Path, outer_names, parameters, reached_of_body
from featurecat.definition.syntax import canonical, canonical_definition, described_body

__all__ = [
    "DefinitionParts",
    "FunctionTree",
    "ImportedName",
    "SourceFile",
    "SourceText",
    "first_line",
    "imports_in",
    "one_spelling",
    "position",
]

FunctionTree: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef

_DECORATORS = "function_modifiers"
#: Where the same decorators are for code that was written for Hamilton.
_DECORATOR_MODULES = (f"hamilton.{_DECORATORS}", f"featurecat.compat.hamilton.{_DECORATORS}")
#: Names that mean something else there: their arguments have Hamilton's names.
_OTHERS_IN_HAMILTON = frozenset({"load_from", "save_to"})
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")


class SourceText(NamedTuple):
    """A function as written: first and last line, text, and syntax tree."""

    line: int
    end_line: int
    text: str
    tree: FunctionTree


class ImportedName(ast.AST):
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

    def address(self, owner: SourceFile) -> str:
        """What it imports, by its full name; a decorator of featurecat has one, whatever the way to it."""
        if isinstance(self.statement, ast.ImportFrom):
            return f"import {one_spelling(f'{owner.absolute(self.statement)}.{self.alias.name}')}"
        if not self.alias.asname:  # only a.b's a is bound
            return f"import {self.alias.name}"
        return f"import {one_spelling(self.alias.name)} as"


def one_spelling(address: str) -> str:
    """The address of a decorator as ``featurecat`` offers it; any other one as it is.

    Example:
        >>> one_spelling("hamilton.function_modifiers.tag"), one_spelling("hamilton.function_modifiers")
        ('featurecat.tag', 'featurecat.function_modifiers')
        >>> one_spelling("hamilton.function_modifiers.load_from"), one_spelling("numpy.mean")
        ('hamilton.function_modifiers.load_from', 'numpy.mean')
    """
    own = f"featurecat.{_DECORATORS}"
    if address in _DECORATOR_MODULES:
        return own
    module, _, name = address.rpartition(".")
    if module == own or (module in _DECORATOR_MODULES and name not in _OTHERS_IN_HAMILTON):
        return f"featurecat.{name}"
    return address


class DefinitionParts:
    """A function's canonical text and the names it reaches, part by part.

    Attributes:
        definition: The function.
        nests: Whether other functions are defined inside.
        body: Canonical texts of its statements, without the docstring.
        arguments: That of its arguments.
        decorators: Those of its decorators.
        returns: That of the type it declares.
        parameters: Those of its type parameters.
        imports: The import statements inside, breadth first.
    """

    __slots__ = (
        "_annotations",
        "_decorated",
        "_defaults",
        "_inside",
        "_returned",
        "arguments",
        "body",
        "decorators",
        "definition",
        "imports",
        "nests",
        "parameters",
        "returns",
    )

    def __init__(self, definition: FunctionTree, *, nests: bool, imports: bool) -> None:
        """Take a function apart; ``imports`` says whether there may be import statements inside."""
        arguments = definition.args
        self.definition = definition
        self.nests = nests
        self.arguments = canonical(arguments)
        self.body = [canonical(statement) for statement in described_body(definition.body)]
        self.decorators = [canonical(decorator) for decorator in definition.decorator_list]
        self.returns = None if definition.returns is None else canonical(definition.returns)
        self.parameters = [canonical(parameter) for parameter in getattr(definition, "type_params", ())]
        self.imports = imports_in(definition) if imports else []
        self._defaults = outer_names([*arguments.defaults, *arguments.kw_defaults])
        self._decorated = [outer_names([decorator]) for decorator in definition.decorator_list]
        self._annotations = outer_names([argument.annotation for argument in parameters(arguments)])
        self._returned = outer_names([definition.returns])
        self._inside = reached_of_body(definition)

    def text(self, name: str, kept: Iterable[int] | None = None, *, returns: bool = True) -> str:
        """The canonical text.

        Args:
            name: What to call the function.
            kept: Positions of the decorators to show; None shows all.
            returns: Whether the type it declares to return is shown.
        """
        return canonical_definition(
            type(self.definition).__name__,
            name,
            arguments=self.arguments,
            body=self.body,
            decorators=self.decorators if kept is None else [self.decorators[number] for number in kept],
            returns=self.returns if returns else None,
            parameters=self.parameters,
        )

    def promise(self, kept: Iterable[int] = (), *, returns: bool = True) -> str:
        """The canonical text of the function without name, arguments and body."""
        return canonical_definition(
            type(self.definition).__name__,
            "",
            arguments="(arguments)",
            body=["(Pass)"],
            decorators=[self.decorators[number] for number in kept],
            returns=self.returns if returns else None,
            parameters=self.parameters,
        )

    def names(self, kept: Iterable[int] | None = None, *, returns: bool = True) -> list[Path]:
        """The names that :meth:`text` reaches."""
        decorated = self._decorated if kept is None else [self._decorated[number] for number in kept]
        found = [*self._defaults, *(path for paths in decorated for path in paths), *self._annotations]
        return list(dict.fromkeys([*found, *(self._returned if returns else ()), *self._inside]))

    def promised_names(self, kept: Iterable[int] = (), *, returns: bool = True) -> list[Path]:
        """The names that :meth:`promise` reaches."""
        found = [path for number in kept for path in self._decorated[number]]
        return list(dict.fromkeys([*found, *(self._returned if returns else ())]))


class SourceFile:
    """One source file: its tree, and which top-level statements bind which name.

    Attributes:
        name: The module's name.
        lines: Its text, line by line.
        package: The package that relative imports start from.
        tree: Its syntax tree.
        bindings: Name to what binds it, in order.
        star_imports: Its star imports.
    """

    def __init__(self, name: str, is_package: bool, text: str) -> None:
        self.name = name
        self.lines = text.splitlines(keepends=True)
        self.package = name if is_package else name.rpartition(".")[0]
        self.tree = ast.parse(text)
        self.bindings: dict[str, list[ast.AST]] = {}
        self.star_imports: list[ast.ImportFrom] = []
        self._binders: dict[str, list[ast.AST]] = {}
        self._definitions: dict[tuple[str, int], FunctionTree] | None = None
        self._nesting: set[int] = set()
        self._parts: dict[int, DefinitionParts] = {}
        self._texts: dict[int, SourceText] = {}
        for statement in self.tree.body:
            self._bind(statement)

    def definition_at(self, name: str, line: int) -> FunctionTree | None:
        """The definition of that name whose first line, decorators included, is ``line``."""
        if self._definitions is None:
            self._definitions = {}
            for around, node in _functions(self.tree):
                self._definitions[(node.name, first_line(node))] = node
                self._nesting.update(map(id, around))
        return self._definitions.get((name, line))

    def text_of(self, definition: FunctionTree) -> SourceText:
        """One of its functions as written, decorators included."""
        known = self._texts.get(id(definition))
        if known is None:
            first, last = first_line(definition), definition.end_lineno or definition.lineno
            known = SourceText(first, last, "".join(self.lines[first - 1 : last]), definition)
            self._texts[id(definition)] = known
        return known

    def parts(self, definition: FunctionTree) -> DefinitionParts:
        """One of its functions, taken apart once."""
        known = self._parts.get(id(definition))
        if known is None:
            self.definition_at("", 0)  # finds what nests
            last = definition.end_lineno or definition.lineno
            imports = any("import" in line for line in self.lines[definition.lineno - 1 : last])
            known = DefinitionParts(definition, nests=id(definition) in self._nesting, imports=imports)
            self._parts[id(definition)] = known
        return known

    def _bind(self, statement: ast.stmt) -> None:
        if isinstance(statement, ast.ImportFrom) and statement.names[0].name == "*":
            self.star_imports.append(statement)
            return
        for name, binder in _bound_by(statement):
            self.bindings.setdefault(name, []).append(binder)

    def binders_of(self, name: str) -> list[ast.AST]:
        """What binds a name, or may bind it as a star import does, in the order of the file."""
        if name not in self._binders:
            self._binders[name] = sorted([*self.bindings.get(name, ()), *self.star_imports], key=position)
        return self._binders[name]

    def rebindings_of(self, name: str) -> list[ast.AST]:
        """Statements that change what the name of a definition stands for: ``area = cached(area)``."""
        others = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ImportedName)
        return [binder for binder in self.bindings.get(name, ()) if not isinstance(binder, others)]

    def absolute(self, statement: ast.ImportFrom) -> str:
        """The module an import statement names, dots resolved."""
        if not statement.level:
            return statement.module or ""
        parts = self.package.split(".")
        kept = parts[: len(parts) - statement.level + 1]
        return ".".join([*kept, *([statement.module] if statement.module else [])])


def imports_in(tree: ast.AST) -> list[ast.Import | ast.ImportFrom]:
    """The import statements of a piece of code, breadth first."""
    return [inner for inner in ast.walk(tree) if isinstance(inner, ast.Import | ast.ImportFrom)]


def position(binder: ast.AST) -> tuple[int, int]:
    """Where something that binds a name stands."""
    statement = binder.statement if isinstance(binder, ImportedName) else binder
    return getattr(statement, "lineno", 0), getattr(statement, "col_offset", 0)


def first_line(definition: FunctionTree) -> int:
    """The first line of a function, decorators included."""
    return min([definition.lineno, *(decorator.lineno for decorator in definition.decorator_list)])


def _functions(tree: ast.Module) -> Iterator[tuple[tuple[FunctionTree, ...], FunctionTree]]:
    """Every function of a file with the functions around it; expressions hold none."""
    waiting: list[tuple[tuple[FunctionTree, ...], ast.AST]] = [((), statement) for statement in tree.body]
    for around, node in waiting:  # which grows on the way
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield around, node
            around = (*around, node)
        for block in _BLOCKS:
            inner: Sequence[ast.AST] = getattr(node, block, ())
            if type(inner) is list:  # a lambda's body is an expression, but then no statement has one
                waiting += [(around, statement) for statement in inner]


def _bound_by(statement: ast.stmt) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield statement.name, statement
    elif isinstance(statement, ast.Import | ast.ImportFrom):
        for alias in statement.names:
            name = alias.asname or (alias.name if isinstance(statement, ast.ImportFrom) else alias.name.split(".")[0])
            yield name, ImportedName(statement, alias)
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
                    assert isinstance(binder, ImportedName)  # imports bind nothing else
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
