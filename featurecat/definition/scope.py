"""Which module-level names a piece of code reaches: loads that no enclosing function binds."""

from __future__ import annotations

import ast
from collections.abc import Iterator

__all__ = ["reached_names"]

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_SCOPES = (*_FUNCTIONS, ast.ClassDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)

Path = tuple[str, ...]


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
    return list(dict.fromkeys(_walk(tree, frozenset())))


def _walk(node: ast.AST, bound: frozenset[str]) -> Iterator[Path]:
    if isinstance(node, ast.Attribute):
        path = _attribute_path(node)
        if path is not None:
            if path[0] not in bound:
                yield path
            return
    elif isinstance(node, ast.Name):
        if isinstance(node.ctx, ast.Load) and node.id not in bound:
            yield (node.id,)
        return
    if isinstance(node, _FUNCTIONS):
        yield from _walk_function(node, bound)
        return
    if isinstance(node, _COMPREHENSIONS):
        targets = {
            name.id for generator in node.generators for name in ast.walk(generator.target) if isinstance(name, ast.Name)
        }
        first = node.generators[0].iter
        yield from _walk(first, bound)  # evaluated outside, before the targets are bound
        bound = bound | targets
    for child in ast.iter_child_nodes(node):
        yield from _walk(child, bound)


def _attribute_path(node: ast.Attribute) -> Path | None:
    names = [node.attr]
    value = node.value
    while isinstance(value, ast.Attribute):
        names.append(value.attr)
        value = value.value
    return (value.id, *reversed(names)) if isinstance(value, ast.Name) else None


def _walk_function(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, bound: frozenset[str]) -> Iterator[Path]:
    arguments = node.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    every += [argument for argument in (arguments.vararg, arguments.kwarg) if argument is not None]
    outside: list[ast.AST | None] = [*arguments.defaults, *arguments.kw_defaults]
    body: list[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else list(node.body)
    if not isinstance(node, ast.Lambda):
        outside += [*node.decorator_list, *(argument.annotation for argument in every), node.returns]
    for child in outside:  # evaluated where the function is defined
        if child is not None:
            yield from _walk(child, bound)
    inner = bound | {argument.arg for argument in every} | _stored(body)
    for child in body:
        yield from _walk(child, frozenset(inner))


def _stored(body: list[ast.AST]) -> set[str]:
    """Names a function body binds itself; nested functions and classes have scopes of their own."""
    stored: set[str] = set()
    declared: set[str] = set()
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Global):
            declared.update(node.names)
        elif isinstance(node, _COMPREHENSIONS):  # of their names only those that := binds outlive them
            stored.update(inner.target.id for inner in ast.walk(node) if isinstance(inner, ast.NamedExpr))
            continue
        stored.update(_bound_by(node))
        if not isinstance(node, _SCOPES):
            waiting += ast.iter_child_nodes(node)
    return stored - declared


def _bound_by(node: ast.AST) -> list[str]:
    """The names that one piece of syntax binds, apart from what is inside it."""
    match node:
        case ast.Name(id=name, ctx=ast.Store()):
            return [name]
        case ast.Import() | ast.ImportFrom():
            return [alias.asname or alias.name.partition(".")[0] for alias in node.names]
        case ast.MatchMapping(rest=str(name)):
            return [name]
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.ExceptHandler() | ast.MatchAs() | ast.MatchStar():
            return [node.name] if node.name else []
    return []
