"""Whether two definitions compute the same: shapes compared, and helpers followed, on both sides at once.

Digests of the whole definitions are compared first; what is here is asked where they differ. Where something cannot be
followed, the digests have the last word: a difference that is not understood is one.
"""

from __future__ import annotations

import ast
import builtins
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any, Final, NamedTuple, TypeAlias

from featurecat.project.diff.bindings import OPAQUE
from featurecat.project.diff.reduction import ReducedVariant, Side
from featurecat.project.diff.shape import (
    ABSOLUTE,
    UNKNOWN,
    Shape,
    annotation_shape,
    function_shape,
    one_spelling,
)

__all__ = ["CodeChange", "CodeComparison"]

_DECORATORS: Final = (
    "featurecat", "featurecat.function_modifiers", "hamilton.function_modifiers",
    "featurecat.compat.hamilton.function_modifiers",
)  # fmt: skip
#: Decorators that say something of a feature, or choose it.
_DESCRIBE: Final = frozenset({"tag", "tag_outputs", "feature", "schema", "cache", "config"})
_CHECK: Final = frozenset({"check_output", "check_output_custom", "check_schema", "check_model"})
#: Decorators with an argument for each feature that they make.
_MAKE: Final = frozenset({"parameterize", "parameterize_sources", "parameterize_values", "parameterized_subdag"})
#: Decorators that list columns, each a feature of its own.
_TAKE_APART: Final = frozenset({"extract_columns", "extract_fields"})
_SEE_ALL: Final = frozenset({"globals", "eval", "exec", UNKNOWN})
_BUILT_IN: Final = frozenset(dir(builtins))

_Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class CodeChange:
    """What differs in the code of a variant.

    Attributes:
        body: Whether its functions as written compute something else.
        helpers: What it reaches that differs, by name; ``?`` for what cannot be named.
        returns: Whether the type it declares is another one.
        checks: Whether the code of its expectations differs.
    """

    body: bool = False
    helpers: tuple[str, ...] = ()
    returns: bool = False
    checks: bool = False


class _Symbol(NamedTuple):
    """What a name stands for: something of a module of the project, or of the world outside, where that is empty."""

    module: str
    name: str
    rest: str = ""


_OPAQUE: Final = _Symbol(UNKNOWN, UNKNOWN)


class _Parts(NamedTuple):
    """A function taken apart."""

    module: str
    code: Shape
    returns: Shape
    checks: tuple[Shape, ...]


class _Modules:
    """The names of the modules of one side."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self._bound: dict[str, dict[str, list[Mapping[str, Any]]]] = {}

    def bound(self, module: str) -> dict[str, list[Mapping[str, Any]]] | None:
        """What the names of a module are bound by; the empty name is there for every module that was read."""
        if module not in self._bound and module in self._side.bindings:
            named: dict[str, list[Mapping[str, Any]]] = {}
            for row in self._side.bindings[module]:
                named.setdefault(row["name"], []).append(row)
            self._bound[module] = named
        return self._bound.get(module)

    @cached_property
    def texts(self) -> dict[tuple[str, str], str]:
        """The source text of the functions that are features, by module and name."""
        return {
            (text[0], text[1]): text[2]
            for one in self._side.features.values()
            for variant in one.variants
            for text in variant.texts
        }

    def resolve(self, module: str, path: str) -> _Symbol:
        """What a name, with the attributes taken from it, stands for in a module."""
        if path in _SEE_ALL:
            return _OPAQUE
        if path.startswith(ABSOLUTE):
            return self._address(path.removeprefix(ABSOLUTE), 0)
        return self._in_module(module, path, 0)

    def _in_module(self, module: str, path: str, depth: int) -> _Symbol:
        first, _, rest = path.partition(".")
        known = self.bound(module) or {}
        rows = known.get(first, [])
        if depth > 20 or (not rows and first in ("globals", "eval", "exec")):
            return _OPAQUE
        if len(rows) == 1 and rows[0].get("address") is not None:
            address = rows[0]["address"]
            return self._address(f"{address}.{rest}" if rest else address, depth + 1)
        if rows or (module, first) in self.texts:
            return _Symbol(module, first, rest)
        return self._unbound(module, path, known, depth)

    def _unbound(self, module: str, path: str, known: Mapping[str, Sequence[Mapping[str, Any]]], depth: int) -> _Symbol:
        """A name that a module does not bind itself: of a star import, built in, or made while it is imported."""
        stars = [origin for row in known.get("", ()) for origin in row["names"]]
        for origin in reversed(stars):
            if self.bound(origin) is None:
                return _OPAQUE
            found = self._in_module(origin, path, depth + 1)
            if found.module:
                return found
        return _Symbol("", path) if path.partition(".")[0] in _BUILT_IN else _OPAQUE

    def _address(self, address: str, depth: int) -> _Symbol:
        """A full address: in the longest of its beginnings that is a module of the project."""
        parts = address.split(".")
        for length in range(len(parts), 0, -1):
            module = ".".join(parts[:length])
            if self.bound(module) is not None:
                rest = ".".join(parts[length:])
                return self._in_module(module, rest, depth + 1) if rest else _Symbol(module, "")
        return _Symbol("", one_spelling(address))


class CodeComparison:
    """Compares the code of definitions of two sides.

    Args:
        before: The older side.
        now: The newer side.
        renamed: Features that have another name now.
    """

    def __init__(self, before: Side, now: Side, renamed: Mapping[str, str] | None = None) -> None:
        self._sides = (_Modules(before), _Modules(now))
        self._renamed = dict(renamed or {})
        self._symbols: dict[tuple[_Symbol, _Symbol], tuple[str, ...]] = {}
        self._parts: dict[tuple[int, str, str, str, str], _Parts | None] = {}

    def variants(self, before: ReducedVariant, now: ReducedVariant, *, names: tuple[str, str]) -> CodeChange:
        """What differs between two variants of a feature.

        Args:
            before: The older one.
            now: The newer one.
            names: The names of the feature then and now.
        """
        if before.own is None or now.own is None:
            return _by_fingerprint(before, now)
        compared = ("own", "code", "returns", "checks", "beside")
        differing = {name for name in compared if getattr(before, name) != getattr(now, name)}
        if not differing:
            return CodeChange()
        told = CodeChange(
            body="own" in differing,
            helpers=("?",) if differing & {"code", "beside"} and "own" not in differing else (),
            returns="returns" in differing,
            checks="checks" in differing,
        )
        opaque = OPAQUE in before.beside or OPAQUE in now.beside
        if opaque or not before.texts or len(before.texts) != len(now.texts):
            return told
        return self._followed(before, now, names, told)

    def same(self, before: ReducedVariant, now: ReducedVariant, *, names: tuple[str, str]) -> bool:
        """Whether two variants certainly compute the same."""
        change = self.variants(before, now, names=names)
        return not change.body and not change.helpers

    def _followed(
        self, before: ReducedVariant, now: ReducedVariant, names: tuple[str, str], told: CodeChange
    ) -> CodeChange:
        """What is left of the differences once what does not count is taken away."""
        body, returns, checks = False, False, False
        helpers: list[str] = []
        for old, new in zip(before.texts, now.texts, strict=True):
            first, second = self._taken_apart(0, old, names[0]), self._taken_apart(1, new, names[1])
            if first is None or second is None:
                return told
            if first.code.digest != second.code.digest or len(first.code.names) != len(second.code.names):
                body = True
            else:
                helpers += self._names(first, second, first.code, second.code)
            returns = returns or bool(self._shapes(first, second, [first.returns], [second.returns]))
            checks = checks or bool(self._shapes(first, second, first.checks, second.checks))
        if before.beside != now.beside:
            helpers.append("a file that it reads")
        told = self._decided(before, now, told, helpers=helpers, differs=body or "" in helpers)
        return replace(told, returns=told.returns and returns, checks=told.checks and checks)

    def _decided(
        self, before: ReducedVariant, now: ReducedVariant, told: CodeChange, *, helpers: Sequence[str], differs: bool
    ) -> CodeChange:
        """What is told of body and helpers: only what digests confirm, and never less than they do unexplained."""
        named = tuple(dict.fromkeys(name for name in helpers if name))
        certain = differs or bool(named) or self._explained(before, now, told)
        if told.body:
            return replace(told, body=differs or not certain, helpers=() if differs else named)
        if told.helpers:
            return replace(told, helpers=named or (("what it imports",) if differs else () if certain else ("?",)))
        return told

    def _explained(self, before: ReducedVariant, now: ReducedVariant, told: CodeChange) -> bool:
        """Whether something that does not count is seen to differ where digests do."""
        if before.texts != now.texts:
            return True
        return bool(told.helpers) and any(self._moved(first, second) for first, second in self._symbols)

    def _moved(self, first: _Symbol, second: _Symbol) -> bool:
        old, new = self._exact(0, first), self._exact(1, second)
        return (first.module, first.name, old) != (second.module, second.name, new)

    def _exact(self, side: int, symbol: _Symbol) -> Any:
        modules = self._sides[side]
        rows = (modules.bound(symbol.module) or {}).get(symbol.name, [])
        return [row.get("exact") for row in rows] or modules.texts.get((symbol.module, symbol.name))

    # --- functions ------------------------------------------------------------------------------

    def _taken_apart(self, side: int, text: Sequence[str], name: str) -> _Parts | None:
        module, function, source = text
        key = (side, module, function, source, name)
        if key not in self._parts:
            self._parts[key] = self._parts_of(side, module, source, name)
        return self._parts[key]

    def _parts_of(self, side: int, module: str, source: str, name: str) -> _Parts | None:
        definition = _definition(source)
        if definition is None:
            return None
        code: list[ast.expr] = []
        checks: list[ast.expr] = []
        for decorator in definition.decorator_list:
            known = self._decorator(side, module, decorator)
            if known in _CHECK:
                checks.append(decorator)
            elif known in _MAKE or known in _TAKE_APART:
                code.append(_narrowed(decorator, known, name))
            elif known not in _DESCRIBE:
                code.append(decorator)
        given = self._renamed if side == 0 else {}
        return _Parts(
            module,
            function_shape(definition, code, given),
            annotation_shape(definition.returns),
            tuple(annotation_shape(one) for one in checks),
        )

    def _decorator(self, side: int, module: str, decorator: ast.expr) -> str:
        """The name of a decorator of featurecat; empty for any other."""
        inner = decorator.func if isinstance(decorator, ast.Call) else decorator
        attributes: list[str] = []
        while isinstance(inner, ast.Attribute):
            attributes.insert(0, inner.attr)
            inner = inner.value
        if not isinstance(inner, ast.Name):
            return ""
        symbol = self._sides[side].resolve(module, ".".join([inner.id, *attributes]))
        if symbol.module:
            return ""
        for package in _DECORATORS:
            if symbol.name.startswith(f"{package}."):
                name = symbol.name.removeprefix(f"{package}.").partition(".")[0]
                if name != "function_modifiers":
                    return name
        return ""

    # --- names ----------------------------------------------------------------------------------

    def _shapes(self, first: _Parts, second: _Parts, old: Sequence[Shape], new: Sequence[Shape]) -> list[str]:
        if [one.digest for one in old] != [one.digest for one in new]:
            return [""]
        return [name for one, other in zip(old, new, strict=True) for name in self._names(first, second, one, other)]

    def _names(self, first: _Parts, second: _Parts, old: Shape, new: Shape) -> list[str]:
        """Names that stand for something else now; an empty one where another name altogether is used."""
        if len(old.names) != len(new.names):
            return [""]
        found: list[str] = []
        for one, other in zip(old.names, new.names, strict=True):
            found += self._pair(self._sides[0].resolve(first.module, one), self._sides[1].resolve(second.module, other))
        return found

    def _pair(self, first: _Symbol, second: _Symbol) -> tuple[str, ...]:
        """What differs between what two names stand for, each with all it reaches; nothing when they mean the same."""
        if (first, second) in self._symbols:
            return self._symbols[first, second]
        self._symbols[first, second] = ()  # what reaches itself is equal as long as nothing speaks against it
        found = tuple(dict.fromkeys(self._differences(first, second)))
        self._symbols[first, second] = found
        return found

    def _differences(self, first: _Symbol, second: _Symbol) -> Iterator[str]:
        if _OPAQUE in (first, second):
            yield "?"
        elif not first.module or not second.module or first.rest != second.rest or not (first.name and second.name):
            if first != second:
                yield ""
        else:
            yield from self._followed_symbols(first, second)

    def _followed_symbols(self, first: _Symbol, second: _Symbol) -> Iterator[str]:
        old, new = self._bound(0, first), self._bound(1, second)
        if old is None or new is None or len(old) != len(new):
            yield second.name
            return
        several = len(old) > 1
        for (digest, exact, names), (other_digest, other_exact, other_names) in zip(old, new, strict=True):
            if digest != other_digest or len(names) != len(other_names) or (several and exact != other_exact):
                yield second.name
                continue
            for one, other in zip(names, other_names, strict=True):
                deeper = self._pair(
                    self._sides[0].resolve(first.module, one), self._sides[1].resolve(second.module, other)
                )
                yield from (name or second.name for name in deeper)

    def _bound(self, side: int, symbol: _Symbol) -> list[tuple[str, str | None, Sequence[str]]] | None:
        """Shape, exact text and names of what binds a symbol."""
        modules = self._sides[side]
        rows = (modules.bound(symbol.module) or {}).get(symbol.name, [])
        text = modules.texts.get((symbol.module, symbol.name))
        if rows and text is None and all(row.get("shape") is not None for row in rows):
            return [(row["shape"], row.get("exact"), row["names"]) for row in rows]
        if text is not None and not rows:
            parts = self._taken_apart(side, [symbol.module, symbol.name, text], symbol.name)
            return None if parts is None else [(parts.code.digest, text, parts.code.names)]
        return None


def _by_fingerprint(before: ReducedVariant, now: ReducedVariant) -> CodeChange:
    """All that an older version's snapshot tells: the fingerprint, which covers every decorator."""
    if before.fingerprint == now.fingerprint:
        return CodeChange()
    body = before.texts != now.texts
    return CodeChange(body=body, helpers=() if body else ("?",))


@lru_cache(maxsize=256)
def _definition(source: str) -> _Function | None:
    """The function of a source text; None where it cannot be read alone."""
    try:
        tree = ast.parse(textwrap.dedent(source))
    except (SyntaxError, ValueError, RecursionError):
        return None
    match tree.body:
        case [ast.FunctionDef() | ast.AsyncFunctionDef() as definition]:
            return definition
    return None


def _narrowed(decorator: ast.expr, known: str, name: str) -> ast.expr:
    """A decorator without what it says of other features."""
    if not isinstance(decorator, ast.Call):
        return decorator
    keywords = decorator.keywords
    if known in _MAKE and any(one.arg == name for one in keywords):
        keywords = [ast.keyword(arg="", value=one.value) for one in keywords if one.arg == name]
        return ast.Call(func=decorator.func, args=decorator.args, keywords=keywords)
    if known in _TAKE_APART:
        return ast.Call(func=decorator.func, args=[], keywords=keywords)
    return decorator
