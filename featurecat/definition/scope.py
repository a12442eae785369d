"""Which module-level names a piece of code reaches: loads that no enclosing function binds."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TypeAlias

__all__ = ["Path", "children", "outer_names", "parameters", "reached_names", "reached_of_body"]

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_SCOPES = (*_FUNCTIONS, ast.ClassDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
#: Kinds of nodes that are more than the names inside them.
_PARTICULAR = frozenset({ast.Attribute, ast.Name, *_FUNCTIONS, *_COMPREHENSIONS})
#: Fields that hold no syntax in which a name could stand.
_IDLE_FIELDS = frozenset({"ctx", "op", "ops", "id", "attr", "kind", "type_comment", "level", "module", "is_async"})
_FIELDS: dict[type, tuple[str, ...]] = {}

Path: TypeAlias = tuple[str, ...]


def reached_names(tree: ast.AST) -> list[Path]:
    """Names taken from the module's namespace, each with the attributes taken from it, in a fixed order.

    Args:
        tree: A definition, a statement or a module.

    Returns:
        Paths such as ``("np", "log")``; the same path once.

    Example:
        >>> reached_names(ast.parse("def f(a, b=LIMIT): return np.log(a) + helper(b)").body[0])
        [('LIMIT',), ('np', 'log'), ('helper',)]
    """
    return outer_names([tree])


def outer_names(trees: Sequence[ast.AST | None]) -> list[Path]:
    """As :func:`reached_names`, of several pieces one after the other."""
    found: list[Path] = []
    for tree in trees:
        if tree is not None:
            _walk(tree, frozenset(), found)
    return list(dict.fromkeys(found))


def reached_of_body(definition: ast.FunctionDef | ast.AsyncFunctionDef) -> list[Path]:
    """The part of :func:`reached_names` that running a function reaches: its body."""
    found: list[Path] = []
    bound = _bound_inside(definition, definition.body, frozenset())
    for statement in definition.body:
        _walk(statement, bound, found)
    return list(dict.fromkeys(found))


def parameters(arguments: ast.arguments) -> list[ast.arg]:
    """All parameters of a function."""
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return every + [argument for argument in (arguments.vararg, arguments.kwarg) if argument is not None]


def children(node: ast.AST) -> list[ast.AST]:
    """The nodes directly inside another that can hold names, in the order of their fields."""
    kind = type(node)
    fields = _FIELDS.get(kind)
    if fields is None:
        fields = _FIELDS[kind] = tuple(name for name in kind._fields if name not in _IDLE_FIELDS)
    found: list[ast.AST] = []
    for name in fields:
        value = getattr(node, name, None)
        if type(value) is list:
            found += [member for member in value if isinstance(member, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def _walk(tree: ast.AST, outside: frozenset[str], found: list[Path]) -> None:
    """Add what a piece of code reaches; by a stack, because expressions may be nested a thousand deep."""
    waiting: list[tuple[ast.AST, frozenset[str]]] = [(tree, outside)]
    while waiting:
        node, bound = waiting.pop()
        kind = type(node)
        if kind in _PARTICULAR:
            if isinstance(node, ast.Attribute):
                path = _attribute_path(node)
                if path is not None:
                    if path[0] not in bound:
                        found.append(path)
                    continue
            elif isinstance(node, ast.Name):
                if node.id not in bound and isinstance(node.ctx, ast.Load):
                    found.append((node.id,))
                continue
            elif isinstance(node, _FUNCTIONS):
                waiting += reversed(_inside_function(node, bound))
                continue
            elif isinstance(node, _COMPREHENSIONS):
                waiting += reversed(_inside_comprehension(node, bound))
                continue
        inner = children(node)
        if len(inner) > 1:
            inner.reverse()
        waiting += [(child, bound) for child in inner]


def _inside_comprehension(
    node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp, bound: frozenset[str]
) -> list[tuple[ast.AST, frozenset[str]]]:
    targets = {
        name.id for generator in node.generators for name in ast.walk(generator.target) if isinstance(name, ast.Name)
    }
    first = (node.generators[0].iter, bound)  # evaluated outside, before the targets are bound
    return [first, *((child, bound | targets) for child in children(node))]


def _attribute_path(node: ast.Attribute) -> Path | None:
    names = [node.attr]
    value = node.value
    while isinstance(value, ast.Attribute):
        names.append(value.attr)
        value = value.value
    return (value.id, *reversed(names)) if isinstance(value, ast.Name) else None


def _inside_function(
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, bound: frozenset[str]
) -> list[tuple[ast.AST, frozenset[str]]]:
    outside: list[ast.AST | None] = [*node.args.defaults, *node.args.kw_defaults]
    body: list[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else list(node.body)
    if not isinstance(node, ast.Lambda):
        outside += [*node.decorator_list, *(argument.annotation for argument in parameters(node.args)), node.returns]
    inner = _bound_inside(node, body, bound)
    # what stands outside is evaluated where the function is defined
    return [*((child, bound) for child in outside if child is not None), *((child, inner) for child in body)]


def _bound_inside(
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, body: Sequence[ast.AST], bound: frozenset[str]
) -> frozenset[str]:
    return bound.union([argument.arg for argument in parameters(node.args)], _stored(body))


def _stored(body: Sequence[ast.AST]) -> set[str]:
    """Names a function body binds itself; nested functions and classes have scopes of their own."""
    stored: set[str] = set()
    declared: set[str] = set()
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        kind = type(node)
        if kind in _BINDING:
            if isinstance(node, ast.Global):
                declared.update(node.names)
            elif isinstance(node, _COMPREHENSIONS):  # of their names only those that := binds outlive them
                stored.update(
                    inner.target.id
                    for inner in ast.walk(node)
                    if isinstance(inner, ast.NamedExpr) and isinstance(inner.target, ast.Name)
                )
                continue
            stored.update(_bound_by(node))
            if isinstance(node, _SCOPES):
                continue
        waiting += children(node)
    return stored - declared


#: Kinds of nodes that bind a name, or keep what is inside them from doing so.
_BINDING = frozenset(
    {ast.Global, ast.Name, ast.Import, ast.ImportFrom, ast.MatchMapping, ast.ExceptHandler, ast.MatchAs, ast.MatchStar}
    | {*_COMPREHENSIONS, *_SCOPES}
)


def _bound_by(node: ast.AST) -> list[str]:
    """The names that one piece of syntax binds, apart from what is inside it."""
    match node:
        case ast.Name(id=name):
            return [name] if isinstance(node.ctx, ast.Store) else []
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
