"""Functions as their syntax, without what an author is free to choose: names of locals, layout, documentation.

Two functions with equal normal forms compute the same from the same inputs, as far as the syntax tells.
"""

from __future__ import annotations

import ast
import builtins
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import CodeType, ModuleType
from typing import Any

from featurecat.definition.types import unwrapped

__all__ = ["NormalForm", "normal_form"]

#: Decorators that say something of a function, or what it is applied to, and not what it computes.
_BESIDE = frozenset(
    {
        "cache", "check_output", "check_output_custom", "config", "exclude", "extract_columns", "extract_fields",
        "extract_outputs", "feature", "inject", "parameterize", "parameterize_extract_columns", "parameterize_frame",
        "parameterize_sources", "parameterize_values", "parameterized_subdag", "schema", "tag", "tag_outputs",
        "unpack_fields",
    }
)  # fmt: skip
_SKIPPED = frozenset({"ctx", "kind", "type_comment", "type_ignores", "annotation", "returns", "type_params"})
#: Fields that bind a name of the author's choice.
_BINDING = frozenset({("FunctionDef", "name"), ("AsyncFunctionDef", "name"), ("arg", "arg"), ("ExceptHandler", "name"),
                      ("alias", "asname"), ("MatchAs", "name"), ("MatchStar", "name"), ("MatchMapping", "rest")})  # fmt: skip
_PLAIN = (bool, int, float, complex, str, bytes, type(None))
#: Longer constants are told by their hash.
_LONG = 40
_Fields = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class NormalForm:
    """A function without what its author is free to choose.

    Attributes:
        tokens: Its syntax in order: kinds of nodes, names from outside, constants, numbered locals.
        parameters: Its parameters in the order in which the body first uses them; the unused ones after, by name.
        digest: Hash of the tokens, 32 hexadecimal digits.
    """

    tokens: tuple[str, ...]
    parameters: tuple[str, ...]
    digest: str


def normal_form(function: Callable[..., Any], tree: ast.FunctionDef | ast.AsyncFunctionDef) -> NormalForm | None:
    """The normal form of a function.

    Locals and parameters are numbered in the order of first use; the function's own name, documentation, annotations
    and decorators that only describe it are left out. What comes from outside is named by what it is, wherever it was
    imported from: two helpers of one name differ.

    Args:
        function: The function.
        tree: Its syntax tree.

    Returns:
        The normal form, or None for a function inside another one, whose variables are not known from its source.

    Example:
        >>> def spend_per_head(spend, heads):
        ...     '''Spend of one.'''
        ...     return spend / heads
        >>> def ratio(total, number):
        ...     return total / number
        >>> first, second = (normal_form(one, ast.parse(text).body[0]) for one, text in [
        ...     (spend_per_head, "def spend_per_head(spend, heads): return spend / heads"),
        ...     (ratio, "def ratio(total, number): return total / number")])
        >>> first.digest == second.digest, first.parameters
        (True, ('spend', 'heads'))
    """
    function = unwrapped(function)
    code = function.__code__
    if code.co_freevars:
        return None
    writer = _Writer(function.__globals__, frozenset(_local_names(code)))
    for statement in _without_documentation(tree.body):
        writer.write(statement)
    parameters = _parameters(tree.args)
    used = [name for name in writer.numbers if name in parameters]
    unused = sorted(parameters.difference(used))
    if tree.args.defaults or tree.args.kw_defaults:
        writer.write_defaults(tree.args)
    for decorator in tree.decorator_list:
        if not _BESIDE.intersection(_decorator_names(decorator)):
            writer.tokens.append("@")
            writer.write(decorator)
    hashed = hashlib.sha256("\x1f".join(writer.tokens).encode("utf-8", "surrogatepass"))
    return NormalForm(tuple(writer.tokens), (*used, *unused), hashed.hexdigest()[:32])


def _local_names(code: CodeType) -> Iterator[str]:
    """The names that a function binds, and those bound inside it."""
    yield from code.co_varnames
    yield from code.co_cellvars
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _local_names(constant)


def _parameters(given: ast.arguments) -> set[str]:
    names = {one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)}
    return names | {one.arg for one in (given.vararg, given.kwarg) if one is not None}


def _without_documentation(body: list[ast.stmt]) -> list[ast.stmt]:
    first = body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return body[1:] if documented and isinstance(first.value.value, str) else body  # type: ignore[attr-defined]


def _decorator_names(decorator: ast.expr) -> Iterator[str]:
    """The parts of a decorator's name: ``config`` and ``when`` of ``@config.when(…)``."""
    node: ast.AST = decorator
    while isinstance(node, ast.Call | ast.Attribute):
        if isinstance(node, ast.Attribute):
            yield node.attr
            node = node.value
        else:
            node = node.func
    if isinstance(node, ast.Name):
        yield node.id


#: Kind of node to its fields that count, each with whether it binds a name.
_fields: dict[type[ast.AST], _Fields] = {}


def _fields_of(kind: type[ast.AST]) -> _Fields:
    found = _fields[kind] = tuple(
        (name, (kind.__name__, name) in _BINDING) for name in kind._fields if name not in _SKIPPED
    )
    return found


class _Writer:
    """Writes tokens of the trees it is given; locals are numbered as they come."""

    __slots__ = ("_locals", "_outside", "numbers", "tokens")

    def __init__(self, outside: dict[str, Any], local_names: frozenset[str]) -> None:
        self.tokens: list[str] = []
        self.numbers: dict[str, str] = {}
        self._outside = outside
        self._locals = local_names

    def write(self, node: ast.AST) -> None:
        """Write one tree."""
        kind = type(node)
        if kind is ast.Name:
            self.tokens.append(self._name(node.id))  # type: ignore[attr-defined]
            return
        if kind is ast.Constant:
            self.tokens.append(_constant(node.value))  # type: ignore[attr-defined]
            return
        if kind is ast.AnnAssign:
            self._write_annotated(node)  # type: ignore[arg-type]
            return
        self.tokens.append(kind.__name__)
        fields = _fields.get(kind)
        for name, binds in _fields_of(kind) if fields is None else fields:
            value = getattr(node, name, None)
            if value is None:
                continue
            if isinstance(value, ast.AST):
                self.write(value)
            elif type(value) is list:
                self._write_several(value)
            else:
                self.tokens.append(self._name(value) if binds else str(value))

    def write_defaults(self, given: ast.arguments) -> None:
        """Write the defaults of parameters, in the order of their numbers."""
        positional = [*given.posonlyargs, *given.args]
        pairs = [*zip(positional[len(positional) - len(given.defaults) :], given.defaults, strict=True)]
        pairs += [(one, default) for one, default in zip(given.kwonlyargs, given.kw_defaults, strict=True) if default]
        for one, default in sorted(pairs, key=lambda pair: (self.numbers.get(pair[0].arg, "~"), pair[0].arg)):
            self.tokens += ["default", self.numbers.get(one.arg, "unused")]
            self.write(default)

    def _write_annotated(self, node: ast.AnnAssign) -> None:
        """Write ``x: int = 1`` as ``x = 1``, and ``x: int`` as nothing."""
        if node.value is not None:
            self.tokens.append("Assign")
            self._write_several([node.target])
            self.write(node.value)

    def _write_several(self, values: list[Any]) -> None:
        self.tokens.append("[")
        for value in values:
            if isinstance(value, ast.AST):
                self.write(value)
            else:
                self.tokens.append(str(value))
        self.tokens.append("]")

    def _name(self, name: str) -> str:
        if name in self._locals:
            number = self.numbers.get(name)
            if number is None:
                number = self.numbers[name] = f"${len(self.numbers)}"
            return number
        if name in self._outside:
            return _outside_name(self._outside, name)
        return f"builtin {name}" if hasattr(builtins, name) else f"unknown {name}"


def _constant(value: Any) -> str:
    text = f"{type(value).__name__} {ascii(value)}"
    return text if len(text) <= _LONG else f"{type(value).__name__} {hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _outside_name(outside: dict[str, Any], name: str) -> str:
    """What a name of a module stands for: where it was defined, or its value where that is plain."""
    value = outside[name]
    if isinstance(value, ModuleType):
        return f"module {value.__name__}"
    if isinstance(value, _PLAIN) or (isinstance(value, tuple) and all(isinstance(one, _PLAIN) for one in value)):
        return _constant(value)
    own, qualified = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
    if isinstance(own, str) and isinstance(qualified, str):
        return f"{own}.{qualified}"
    return f"{outside.get('__name__')}.{name}"
