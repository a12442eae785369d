"""The shape of a piece of code: equal for two pieces that compute the same, whatever they call what is their own.

Local variables, the names of nested functions, and parameters that nobody can pass by name are numbered. Names of the
module are taken out and listed, so that they can be compared by what they stand for. Documentation, comments, layout
and annotations that nothing evaluates do not count. Nothing is known of algebra: ``x * 2`` is not ``2 * x``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from featurecat.definition.fingerprint import digest

__all__ = ["ABSOLUTE", "UNKNOWN", "Shape", "annotation_shape", "function_shape", "one_spelling", "statement_shape"]

#: A name that cannot be followed: what it stands for may be anything.
UNKNOWN: Final = "?"
#: Before the full address of something that is imported where it is used.
ABSOLUTE: Final = "@"

_Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_DOCUMENTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Module)
_SKIPPED: Final = frozenset({"ctx", "kind", "type_comment", "type_ignores"})
#: Functions that see local names as they are written.
_SEE_NAMES: Final = frozenset({"locals", "vars", "dir", "eval", "exec", "globals"})
#: Older spellings of types.
_SPELLINGS: Final = {
    f"typing.{old}": new
    for old, new in {
        "List": "list", "Dict": "dict", "Set": "set", "FrozenSet": "frozenset", "Tuple": "tuple", "Type": "type",
        "Sequence": "collections.abc.Sequence", "Mapping": "collections.abc.Mapping",
        "Iterable": "collections.abc.Iterable", "Callable": "collections.abc.Callable",
    }.items()
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape.

    Attributes:
        digest: Of everything but the names of the module.
        names: Those names, each with the attributes taken from it, in the order of first use. One that begins with
            ``@`` is a full address.
    """

    digest: str
    names: tuple[str, ...]


def function_shape(definition: _Function, decorators: Sequence[ast.expr], given: dict[str, str] | None = None) -> Shape:
    """The shape of a function whose parameters are named by what they are given, as those of features are.

    Args:
        definition: The function; its name, documentation and declared result do not count.
        decorators: Those of its decorators that count.
        given: Parameter to another name to take instead.

    Example:
        >>> one, other = (ast.parse(text).body[0] for text in ("def f(a, b): c = a + b; return c", "def g(b, a): d = a + b; return d"))
        >>> function_shape(one, []) == function_shape(other, [])
        True
    """
    writer = _Writer()
    for decorator in decorators:
        writer.write(decorator, _Scope())
    writer.feature(definition, given or {})
    return writer.shape()


def statement_shape(statement: ast.AST) -> Shape:
    """The shape of a helper, or of another statement of a module that binds a name; that name does not count.

    Example:
        >>> [statement_shape(ast.parse(text).body[0]).names for text in ("RATE = BASE * 2", "FEE: int = BASE * 2")]
        [('BASE',), ('BASE',)]
    """
    writer = _Writer()
    scope = _Scope()
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            writer.function(statement, scope)
        case ast.Assign(targets=[ast.Name()], value=value):
            writer.write(value, scope)
        case ast.AnnAssign(target=ast.Name(), value=ast.expr() as value):
            writer.write(value, scope)
        case ast.ClassDef():
            nameless = ast.ClassDef(**{name: getattr(statement, name) for name in statement._fields} | {"name": ""})
            writer.write(nameless, scope)
        case _:
            writer.write(statement, scope)
    return writer.shape()


def annotation_shape(annotation: ast.expr | None) -> Shape:
    """The shape of a type, however it is spelled: quoted, ``Optional[X]`` or ``X | None``.

    Example:
        >>> annotation_shape(ast.parse("'int | None'").body[0].value).names
        ('int',)
    """
    writer = _Writer()
    if annotation is not None:
        writer.annotation(annotation, _Scope())
    return writer.shape()


@dataclass(slots=True)
class _Scope:
    """The names of a function and of those around it, each with the text that stands for it."""

    names: dict[str, str] = field(default_factory=dict)
    #: Whether names are left as they are written.
    literal: bool = False

    def inner(self, names: dict[str, str]) -> _Scope:
        return _Scope({**self.names, **names}, self.literal)


class _Writer:
    """Writes syntax as text."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._names: dict[str, int] = {}
        self._count = 0

    def shape(self) -> Shape:
        return Shape(digest("".join(self._pieces))[:20], tuple(self._names))

    # --- names ----------------------------------------------------------------------------------

    def _fresh(self) -> str:
        self._count += 1
        return f"${self._count}"

    def _refer(self, path: str) -> None:
        self._pieces.append(f"#{self._names.setdefault(path, len(self._names))}")

    def _attribute(self, node: ast.Attribute, scope: _Scope) -> bool:
        """Write attributes of a name of the module as one reference; False where it is something else."""
        attributes = [node.attr]
        inner = node.value
        while isinstance(inner, ast.Attribute):
            attributes.insert(0, inner.attr)
            inner = inner.value
        if not isinstance(inner, ast.Name) or inner.id in scope.names:
            return False
        self._refer(".".join([inner.id, *attributes]))
        return True

    # --- syntax ---------------------------------------------------------------------------------

    def write(self, node: Any, scope: _Scope) -> None:
        """Write a node, a list of nodes or a plain value."""
        match node:
            case list():
                self._pieces.append("[")
                for member in node:
                    self.write(member, scope)
                self._pieces.append("]")
            case ast.Constant():
                self._pieces.append(f"({type(node.value).__name__} {ascii(node.value)})")
            case ast.Name():
                self._name(node, scope)
            case ast.AST():
                if not (isinstance(node, ast.Attribute) and self._attribute(node, scope)):
                    self._special(node, scope)
            case _:
                self._pieces.append(f" {ascii(node)}")

    def _name(self, node: ast.Name, scope: _Scope) -> None:
        if node.id in scope.names:
            self._pieces.append(f"({scope.names[node.id]})")
        elif isinstance(node.ctx, ast.Load):
            self._refer(node.id)
        else:
            self._pieces.append(f"(:{node.id})")

    def _special(self, node: ast.AST, scope: _Scope) -> None:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                self._pieces.append(f"({scope.names.get(getattr(node, 'name', ''), getattr(node, 'name', ''))}")
                self.function(node, scope)
                self._pieces.append(")")
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                self._comprehension(node, scope)
            case ast.JoinedStr():
                self._joined(node, scope)
            case ast.Import() | ast.ImportFrom():
                self._import(node, scope)
            case ast.AnnAssign(target=ast.Name(id=name)) if name in scope.names:  # annotations of locals are not run
                if node.value is not None:
                    self._plain(ast.Assign(targets=[node.target], value=node.value), scope)
            case ast.ClassDef():
                self._plain(node, scope, inner=scope.inner({name: f":{name}" for name in _stored(node.body)}))
            case _:
                self._plain(node, scope)

    def _plain(self, node: ast.AST, scope: _Scope, inner: _Scope | None = None) -> None:
        self._pieces.append(f"({type(node).__name__}")
        for name in node._fields:
            value = getattr(node, name, None)
            if name == "body" and isinstance(node, _DOCUMENTED):
                value = _undocumented(value or [])
            if name in _SKIPPED or value is None or value == []:
                continue
            self._pieces.append(f" {name}=")
            value = _renamed(node, name, value, scope)
            if inner is None or name != "body":
                self.write(value, scope)
                continue
            for part in value:  # what a class binds is not seen by its methods
                self.write(part, scope if isinstance(part, _FUNCTIONS) else inner)
        self._pieces.append(")")

    def _joined(self, node: ast.JoinedStr, scope: _Scope) -> None:
        """A formatted string, neighbouring texts as one; without anything to format it is a plain one."""
        parts: list[ast.expr] = []
        for part in node.values:
            last = parts[-1] if parts else None
            if isinstance(part, ast.Constant) and isinstance(last, ast.Constant):
                parts[-1] = ast.Constant(str(last.value) + str(part.value))
            elif not (isinstance(part, ast.Constant) and part.value == ""):
                parts.append(part)
        if all(isinstance(part, ast.Constant) for part in parts):
            self.write(parts[0] if parts else ast.Constant(""), scope)
        else:
            self._pieces.append("(JoinedStr")
            self.write(parts, scope)
            self._pieces.append(")")

    def _import(self, node: ast.Import | ast.ImportFrom, scope: _Scope) -> None:
        """An import inside a function: what it imports counts, and the name it gets."""
        for alias in node.names:
            bound = alias.asname or alias.name
            self._pieces.append(f"(import {scope.names.get(bound, bound)} ")
            if isinstance(node, ast.Import):
                self._refer(f"{ABSOLUTE}{alias.name}")
            elif node.level or alias.name == "*":
                self._refer(UNKNOWN)
            else:
                self._refer(f"{ABSOLUTE}{node.module}.{alias.name}")
            self._pieces.append(")")

    def _comprehension(self, node: Any, scope: _Scope) -> None:
        """A comprehension: its variables are its own, and the first thing it goes through is not."""
        self._pieces.append(f"({type(node).__name__}")
        inner = scope
        for generator in node.generators:
            self.write(generator.iter, inner)
            targets = [name.id for name in ast.walk(generator.target) if isinstance(name, ast.Name)]
            inner = inner if scope.literal else inner.inner({name: self._fresh() for name in dict.fromkeys(targets)})
            self.write([generator.target, *generator.ifs], inner)
            self._pieces.append(f" {generator.is_async}")
        parts = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        self.write(parts, inner)
        self._pieces.append(")")

    # --- functions ------------------------------------------------------------------------------

    def function(self, node: _Function | ast.Lambda, scope: _Scope) -> None:
        """A function of the author's own; its name was written, or does not count."""
        self._pieces.append(f"({type(node).__name__}")
        decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
        self.write(decorators, scope)
        body = [node.body] if isinstance(node, ast.Lambda) else _undocumented(node.body)
        literal = scope.literal or _sees_names(body)
        own = self._parameters(node.args, scope, literal=literal)
        for argument in _every(node.args) if decorators else ():
            self.write(argument.annotation, scope)
        inner = self._inside(body, _Scope({**scope.names, **own}, literal), set(own))
        self.write(body, inner)
        self._pieces.append(")")

    def _parameters(self, arguments: ast.arguments, scope: _Scope, *, literal: bool) -> dict[str, str]:
        """Write the parameters of a function, and give each the name it has inside.

        Those that can be left out, or passed by name alone, keep their names. Of the others their order among each
        other by name is written: whoever passes them by name would notice if they changed places.
        """
        required = arguments.args[: max(0, len(arguments.args) - len(arguments.defaults))]
        own: dict[str, str] = {}
        for argument in _every(arguments):
            fixed = literal or not (
                argument in arguments.posonlyargs
                or argument in required
                or argument in (arguments.vararg, arguments.kwarg)
            )
            own[argument.arg] = f":{argument.arg}" if fixed else self._fresh()
            self._pieces.append(f" {own[argument.arg]}")
        named = required[1:] if required and required[0].arg in ("self", "cls") else required
        ranks = sorted(range(len(named)), key=lambda number: named[number].arg)
        self._pieces.append(f" {len(arguments.posonlyargs)}/{len(arguments.args)}{ranks}")
        self._pieces.append(f"{arguments.vararg is not None}{arguments.kwarg is not None}")
        self.write([*arguments.defaults, *(one for one in arguments.kw_defaults if one is not None)], scope)
        return own

    def feature(self, definition: _Function, given: dict[str, str]) -> None:
        """A function that is always called by name."""
        scope = _Scope()
        body = _undocumented(definition.body)
        arguments = definition.args
        positional = [*arguments.posonlyargs, *arguments.args]
        defaults: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
        pairs = [*zip(positional, [*defaults, *arguments.defaults], strict=True)]
        pairs += zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        pairs += [(one, None) for one in (arguments.vararg, arguments.kwarg) if one is not None]
        own = {argument.arg: f":{given.get(argument.arg, argument.arg)}" for argument, _ in pairs}
        self._pieces.append(f"({type(definition).__name__}")
        for argument, default in sorted(pairs, key=lambda pair: own[pair[0].arg]):
            self._pieces.append(f" {own[argument.arg]}")
            if argument.annotation is not None:
                self.annotation(argument.annotation, scope)
            if default is not None:
                self.write(default, scope)
        inner = self._inside(body, _Scope(own, _sees_names(body)), set(own))
        self.write(body, inner)
        self._pieces.append(")")

    def _inside(self, body: Sequence[ast.AST], scope: _Scope, parameters: set[str]) -> _Scope:
        """The scope of a function's body."""
        stored = [name for name in _stored(body) if name not in parameters]
        imported = _imported(body)
        return scope.inner(
            {name: f":{name}" if scope.literal or name in imported else self._fresh() for name in stored}
        )

    # --- types ----------------------------------------------------------------------------------

    def annotation(self, node: ast.expr, scope: _Scope) -> None:
        """A type, one spelling for all that mean the same."""
        match node:
            case ast.Constant(value=str(text)):
                try:
                    self.annotation(ast.parse(text, mode="eval").body, scope)
                except SyntaxError:
                    self.write(node, scope)
            case ast.BinOp(op=ast.BitOr()):
                self._union(_members(node), scope)
            case ast.Subscript(value=ast.Name(id="Optional") | ast.Attribute(attr="Optional"), slice=inner):
                self._union([inner, ast.Constant(None)], scope)
            case ast.Subscript(value=ast.Name(id="Union") | ast.Attribute(attr="Union"), slice=ast.Tuple(elts=members)):
                self._union(members, scope)
            case ast.Subscript(value=value, slice=inner):
                self.annotation(value, scope)
                self._pieces.append("[")
                for member in inner.elts if isinstance(inner, ast.Tuple) else [inner]:
                    self.annotation(member, scope)
                self._pieces.append("]")
            case _:
                self.write(node, scope)

    def _union(self, members: Iterable[ast.expr], scope: _Scope) -> None:
        self._pieces.append("(|")
        for member in members:
            self.annotation(member, scope)
        self._pieces.append(")")


def one_spelling(address: str) -> str:
    """The address of a type under its present name.

    Example:
        >>> one_spelling("typing.List"), one_spelling("numpy.log")
        ('list', 'numpy.log')
    """
    return _SPELLINGS.get(address, address)


def _members(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        yield from _members(node.left)
        yield from _members(node.right)
    else:
        yield node


def _undocumented(body: list[ast.stmt]) -> list[ast.stmt]:
    match body:
        case [ast.Expr(value=ast.Constant(value=str())), *rest]:
            return rest
    return body


def _every(arguments: ast.arguments) -> list[ast.arg]:
    further = [one for one in (arguments.vararg, arguments.kwarg) if one is not None]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *further]


def _binds(node: ast.AST, name: str) -> bool:
    """Whether a plain text of a node is a name that it binds."""
    return (name == "name" and isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar | ast.ClassDef)) or (
        name == "rest" and isinstance(node, ast.MatchMapping)
    )


def _renamed(node: ast.AST, name: str, value: Any, scope: _Scope) -> Any:
    """A field of a node, names in it that are plain text as they are called here."""
    if isinstance(value, str) and _binds(node, name):
        return scope.names.get(value, value)
    if name == "names" and isinstance(node, ast.Global | ast.Nonlocal):
        return [scope.names.get(one, one) for one in value]
    return value


def _sees_names(body: Sequence[ast.AST]) -> bool:
    return any(isinstance(node, ast.Name) and node.id in _SEE_NAMES for part in body for node in ast.walk(part))


def _imported(body: Sequence[ast.AST]) -> set[str]:
    return {
        alias.asname or alias.name.partition(".")[0]
        for part in body
        for node in ast.walk(part)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }


def _stored(body: Sequence[ast.AST]) -> list[str]:
    """Names that a body binds itself, in the order of the text; functions and classes inside have their own."""
    stored: dict[str, None] = {}
    declared: set[str] = set()
    waiting = list(reversed(body))
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Global | ast.Nonlocal):
            declared.update(node.names)
        elif isinstance(node, _COMPREHENSIONS):  # of their names only those that := binds outlive them
            stored |= {inner.target.id: None for inner in ast.walk(node) if isinstance(inner, ast.NamedExpr)}
            continue
        stored |= dict.fromkeys(_bound_by(node))
        if not isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            waiting += reversed(list(ast.iter_child_nodes(node)))
    return [name for name in stored if name not in declared]


def _bound_by(node: ast.AST) -> list[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            return [name]
        case ast.Import() | ast.ImportFrom():
            return [alias.asname or alias.name.partition(".")[0] for alias in node.names]
        case ast.MatchMapping(rest=str(name)):
            return [name]
        case (
            ast.FunctionDef()
            | ast.AsyncFunctionDef()
            | ast.ClassDef()
            | ast.ExceptHandler()
            | ast.MatchAs()
            | ast.MatchStar()
        ):
            return [node.name] if node.name else []
    return []
