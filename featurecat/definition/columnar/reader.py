"""Reads a function: statement by statement, both ways at every fork, and the functions it calls."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from featurecat.definition.columnar.arguments import Arguments, settled
from featurecat.definition.columnar.binding import (
    as_read,
    bind_parameters,
    defaults,
    frame_with,
    imported,
    leaves,
)
from featurecat.definition.columnar.calls import Calls
from featurecat.definition.columnar.frame_methods import relabelled
from featurecat.definition.columnar.scope import Scope, scope_of_function
from featurecat.definition.columnar.values import (
    NOTHING,
    Bound,
    Cells,
    Entries,
    Expression,
    Frame,
    Group,
    Known,
    Local,
    Members,
    Reads,
    Value,
    column_names,
    everything,
    joined,
    members_of,
    opaque,
)
from featurecat.definition.types import unwrapped

__all__ = ["FunctionRead", "Sources", "read_function"]

#: Functions are followed through so many calls.
_DEEPEST = 8
_MOST_TURNS = 300
#: Nodes of syntax that one function and all it calls may take: a limit against exploding ones.
_MOST_STATEMENTS = 20_000

#: What odd code may make the reader stumble over.
_FAULTS = (RecursionError, TypeError, ValueError, KeyError, IndexError, AttributeError, AssertionError)

_Function = ast.FunctionDef | ast.AsyncFunctionDef


class Sources(Protocol):
    """Finds the syntax tree of a function of the project; ``Fingerprints.text_of`` does."""

    def text_of(self, function: Callable[..., Any]) -> Any:
        """What has the tree of a function under ``tree``, or None."""


@dataclass(frozen=True, slots=True)
class FunctionRead:
    """What a function makes of its parameters.

    Attributes:
        returned: What it returns.
        effects: What decides on the way: conditions, what is stored or printed.
        seen: Where columns are named: how, and the line of the function's file.
    """

    returned: Value
    effects: Reads
    seen: Mapping[tuple[str, str], tuple[str, int]]


class _TooLongError(Exception):
    """More statements than are read."""


class Reader(Calls):
    """Reads one function and those it calls."""

    def __init__(self, sources: Sources, frame_names: frozenset[str]) -> None:
        super().__init__(frame_names)
        self._sources = sources
        self._returned: list[Value] = []
        self._left = _MOST_STATEMENTS
        self._stack: list[Any] = []

    # --- functions --------------------------------------------------------------------------------------

    def run(self, tree: _Function | ast.Lambda, scope: Scope) -> Value:
        """What a function returns whose parameters are in ``scope``."""
        outer, self.scope = self.scope, scope
        returned, self._returned = self._returned, []
        try:
            if isinstance(tree, ast.Lambda):
                return settled(self.value(tree.body))
            self._block(tree.body)
            made: Value | None = None
            for value in self._returned:
                made = value if made is None else joined(made, value)
            return Known(None) if made is None else made
        finally:
            self.scope, self._returned = outer, returned

    def call_local(self, function: Local, arguments: Arguments) -> Value:
        """What a function returns that is written inside the one that is read."""
        if self._stack.count(function.tree) > 1 or len(self._stack) >= _DEEPEST:
            return opaque(self.taken([value for value in arguments.values if not isinstance(value, Local)]))
        scope = Scope(function.scope)
        self._bind_parameters(function.tree.args, arguments, scope, {})
        return self._entered(function.tree, scope)

    def call_project(self, function: Any, arguments: Arguments) -> Value | None:
        """What a function of the project returns; None for one whose source cannot be read."""
        if function in self._stack or len(self._stack) >= _DEEPEST or unwrapped(function) is not function:
            return None
        text = self._sources.text_of(function)
        if text is None:
            return None
        scope = scope_of_function(function)
        self._bind_parameters(text.tree.args, arguments, scope, defaults(function))
        given = dict(scope.names)
        made = self._entered(text.tree, scope, function)
        for name, value in given.items():  # what the function changed in place
            after = scope.names.get(name)
            if (
                isinstance(value, Frame)
                and isinstance(after, Frame)
                and after is not value
                and name not in scope.rebound
            ):
                self.scope.replace(value, after)
        return made

    def _entered(self, tree: Any, scope: Scope, key: Any = None) -> Value:
        self._stack.append(tree if key is None else key)
        self.depth += 1
        try:
            return self.run(tree, scope)
        finally:
            self.depth -= 1
            self._stack.pop()

    def _bind_parameters(
        self, parameters: ast.arguments, arguments: Arguments, scope: Scope, held: Mapping[str, Any]
    ) -> None:
        bind_parameters(parameters, arguments, scope, held=held)
        names = [one.arg for one in [*parameters.posonlyargs, *parameters.args]]
        written = [*zip(names[::-1], parameters.defaults[::-1], strict=False)]
        written += [
            (one.arg, node) for one, node in zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True) if node
        ]
        for name, node in written:
            if name not in scope.names:
                scope.names[name] = self.value(node)

    # --- statements -------------------------------------------------------------------------------------

    def _block(self, statements: Sequence[ast.stmt]) -> None:
        for statement in statements:
            self._left -= 1
            if self._left < 0:
                raise _TooLongError
            _STATEMENTS.get(type(statement), Reader._other)(self, statement)

    def _other(self, statement: ast.stmt) -> None:
        """Any other statement: what it reads counts."""
        for node in ast.iter_child_nodes(statement):
            if isinstance(node, ast.expr):
                self.effects |= everything(self.value(node))
            elif isinstance(node, ast.stmt):
                self._block([node])

    def _import(self, statement: ast.Import | ast.ImportFrom) -> None:
        for alias in statement.names:
            self.scope.names[alias.asname or alias.name.partition(".")[0]] = imported(self.scope, statement, alias)

    def _pass(self, statement: ast.stmt) -> None:
        """Nothing is read."""

    def _return(self, statement: ast.Return) -> None:
        if statement.value is not None:
            self._returned.append(settled(self.value(statement.value)))

    def _expression(self, statement: ast.Expr) -> None:
        value = statement.value
        if isinstance(value, ast.Yield | ast.YieldFrom):
            if value.value is not None:
                self._returned.append(settled(self.value(value.value)))
            return
        if isinstance(value, ast.Constant):
            return
        made = self.value(value)
        if not isinstance(made, Frame | Local | Group):
            self.effects |= everything(made)

    def _assign(self, statement: ast.Assign) -> None:
        value = self._held(statement.value)
        for target in statement.targets:
            self.bind(target, value)

    def _annotated(self, statement: ast.AnnAssign) -> None:
        if statement.value is not None:
            self.bind(statement.target, self._held(statement.value))

    def _held(self, node: ast.expr) -> Value:
        """A value that is kept under a name: a method stays one."""
        value = self.value(node)
        return value if isinstance(value, Bound) else settled(value)

    def _augmented(self, statement: ast.AugAssign) -> None:
        read = ast.copy_location(as_read(statement.target), statement.target)
        self.bind(
            statement.target, self.value(ast.copy_location(ast.BinOp(read, statement.op, statement.value), statement))
        )

    def _delete(self, statement: ast.Delete) -> None:
        for target in statement.targets:
            if isinstance(target, ast.Subscript):
                receiver, names = self.value(target.value), column_names(self.value(target.slice))
                if isinstance(receiver, Frame) and names is not None:
                    self.scope.replace(receiver, receiver.without(names))

    def _function(self, statement: _Function) -> None:
        made: Value = Local(statement, self.scope)
        if statement.decorator_list:
            made = opaque(everything(self.call_local(Local(statement, self.scope), Arguments(loose=opaque(NOTHING)))))
        self.scope.names[statement.name] = made

    def _class(self, statement: ast.ClassDef) -> None:
        for inner in statement.body:
            if isinstance(inner, _Function):
                self.effects |= everything(self.call_local(Local(inner, self.scope), Arguments(loose=opaque(NOTHING))))
        self.scope.names[statement.name] = opaque(NOTHING)

    def _fork(self, statement: ast.If) -> None:
        self.effects |= self._decides(statement.test)
        self._ways([statement.body, statement.orelse])

    def _decides(self, test: ast.expr) -> Reads:
        """What a condition is made of; a frame that is only compared with None decides nothing."""
        if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Is | ast.IsNot):
            return NOTHING
        return everything(self.value(test))

    def _ways(self, ways: Sequence[Sequence[ast.stmt]]) -> None:
        """Read each way from here on, and know afterwards what holds after any of them."""
        before = dict(self.scope.names)
        ends: list[dict[str, Value]] = []
        for way in ways:
            self.scope.names = dict(before)
            self._block(way)
            ends.append(self.scope.names)
        made = ends[0]
        for end in ends[1:]:
            self.scope.merge(made, end)
            made = self.scope.names
        self.scope.names = made

    def _loop(self, statement: ast.For | ast.AsyncFor) -> None:
        values = self.value(statement.iter)
        members = members_of(values)
        if members is not None and len(members) <= _MOST_TURNS:
            for member in members:
                self.bind(statement.target, member)
                if leaves(statement.body):
                    self._ways([statement.body, []])
                else:
                    self._block(statement.body)
        else:
            element = self.element(values)
            if isinstance(settled(values), Cells):
                self.effects |= everything(settled(values))
            for _ in range(2):  # the second turn finds what the first one left
                self.bind(statement.target, element)
                self._ways([statement.body, []])
        self._block(statement.orelse)

    def _while(self, statement: ast.While) -> None:
        for _ in range(2):
            self.effects |= everything(self.value(statement.test))
            self._ways([statement.body, []])
        self._block(statement.orelse)

    def _try(self, statement: Any) -> None:
        self._ways(
            [[*statement.body, *statement.orelse], *([*statement.body, *one.body] for one in statement.handlers)]
        )
        self._block(statement.finalbody)

    def _with(self, statement: ast.With | ast.AsyncWith) -> None:
        for item in statement.items:
            value = self.value(item.context_expr)
            if item.optional_vars is not None:
                self.bind(item.optional_vars, settled(value))
        self._block(statement.body)

    def _match(self, statement: ast.Match) -> None:
        subject = everything(self.value(statement.subject))
        self.effects |= subject
        for case in statement.cases:
            for node in ast.walk(case.pattern):
                name = getattr(node, "name", None) or getattr(node, "rest", None)
                if isinstance(name, str):
                    self.scope.names[name] = opaque(subject)
            if case.guard is not None:
                self.effects |= everything(self.value(case.guard))
        self._ways([*(case.body for case in statement.cases), []])

    # --- binding ----------------------------------------------------------------------------------------

    def bind(self, target: ast.expr, value: Value) -> None:
        """Let names, subscripts or attributes hold a value."""
        match target:
            case ast.Name():
                self.scope.names[target.id] = value
                self.scope.rebound.add(target.id)
            case ast.Tuple() | ast.List():
                self._unpack(target.elts, value)
            case ast.Starred():
                self.bind(target.value, Members((), value))
            case ast.Subscript():
                self._put(target, settled(value))
            case ast.Attribute():
                self._put_attribute(target, settled(value))

    def _unpack(self, targets: list[ast.expr], value: Value) -> None:
        members = members_of(value)
        if (
            members is not None
            and len(members) == len(targets)
            and not any(isinstance(one, ast.Starred) for one in targets)
        ):
            for target, member in zip(targets, members, strict=True):
                self.bind(target, member)
            return
        element = self.element(value)
        for target in targets:
            self.bind(target, element)

    def _put(self, target: ast.Subscript, value: Value) -> None:
        """``frame["a"] = value``, ``frame.loc[rows, "a"] = value``, ``mapping["a"] = value``."""
        receiver, key = self.value(target.value), self.value(target.slice)
        located = isinstance(receiver, Bound) and receiver.name in ("loc", "at", "iloc", "iat")
        frame = receiver.receiver if located and isinstance(receiver, Bound) else receiver
        if isinstance(frame, Frame):
            self._replaced(frame, frame_with(frame, key, value, located=located), value)
            return
        changed: Value | None = None
        if isinstance(receiver, Entries | Members) or (
            isinstance(receiver, Known) and isinstance(receiver.value, dict)
        ):
            changed = self._with_entry(receiver, key, value)
        elif isinstance(settled(receiver), Cells):
            cells = settled(receiver)
            assert isinstance(cells, Cells)
            changed = replace(cells, reads=cells.reads | everything(value) | everything(key))
            receiver = frame.receiver if isinstance(frame, Bound) else receiver
        self._replaced(receiver, changed, value)

    def _with_entry(self, receiver: Value, key: Value, value: Value) -> Value:
        if isinstance(receiver, Known):
            receiver = Entries({name: Known(held) for name, held in receiver.value.items()})
        if isinstance(receiver, Entries):
            if isinstance(key, Known) and isinstance(key.value, str | int):
                return Entries({**receiver.entries, key.value: value}, receiver.rest)
            return replace(receiver, rest=value if receiver.rest is None else joined(receiver.rest, value))
        assert isinstance(receiver, Members)
        return Members((), joined(self.element(receiver), value))

    def _put_attribute(self, target: ast.Attribute, value: Value) -> None:
        receiver = self.value(target.value)
        changed: Value | None = None
        if isinstance(receiver, Frame):
            if target.attr == "columns":
                changed = relabelled(receiver, value)
            elif target.attr == "index":
                changed = replace(receiver, index={"index": everything(value)})
            else:
                changed = receiver.with_columns({target.attr: everything(value)})
        elif isinstance(receiver, Cells):
            changed = replace(receiver, reads=receiver.reads | everything(value))
            if target.attr == "name" and isinstance(value, Known):
                changed = replace(receiver, name=value.value)
        self._replaced(receiver, changed, value)

    def _replaced(self, old: Value, new: Value | None, value: Value) -> None:
        """Let what holds ``old`` hold ``new``; where nothing does, what was stored counts for all."""
        if new is None or not self.scope.replace(old, new):
            self.effects |= everything(value)
            if isinstance(value, Expression):
                self.effects |= self.all_parameters()


def read_function(
    function: Callable[..., Any],
    given: Mapping[str, Value],
    *,
    sources: Sources,
    frame_names: frozenset[str] = frozenset(),
) -> FunctionRead | None:
    """Read what a function makes of its parameters; nothing is run.

    Args:
        function: The function.
        given: What its parameters hold.
        sources: Finds the syntax trees of it and of what it calls.
        frame_names: Names of the attributes of frames that are no columns.

    Returns:
        What was read, or None where its source cannot be read or is too long.
    """
    text = sources.text_of(function)
    if text is None or unwrapped(function) is not function:
        return None
    reader = Reader(sources, frame_names)
    scope = scope_of_function(function)
    for name, default in defaults(function).items():
        scope.names[name] = Known(default)
    for name in [*(one.arg for one in (text.tree.args.vararg, text.tree.args.kwarg) if one is not None)]:
        scope.names[name] = opaque(NOTHING)
    scope.names.update(given)
    try:
        returned = reader.run(text.tree, scope)
    except (_TooLongError, *_FAULTS):  # code that is not understood reads everything; indexing goes on
        return None
    return FunctionRead(returned, reader.effects, reader.seen)


_STATEMENTS: Mapping[type[ast.stmt], Callable[[Reader, Any], None]] = {
    ast.Import: Reader._import,
    ast.ImportFrom: Reader._import,
    ast.Pass: Reader._pass,
    ast.Break: Reader._pass,
    ast.Continue: Reader._pass,
    ast.Global: Reader._pass,
    ast.Nonlocal: Reader._pass,
    ast.Return: Reader._return,
    ast.Expr: Reader._expression,
    ast.Assign: Reader._assign,
    ast.AnnAssign: Reader._annotated,
    ast.AugAssign: Reader._augmented,
    ast.Delete: Reader._delete,
    ast.FunctionDef: Reader._function,
    ast.AsyncFunctionDef: Reader._function,
    ast.ClassDef: Reader._class,
    ast.If: Reader._fork,
    ast.For: Reader._loop,
    ast.AsyncFor: Reader._loop,
    ast.While: Reader._while,
    ast.Try: Reader._try,
    ast.TryStar: Reader._try,
    ast.With: Reader._with,
    ast.AsyncWith: Reader._with,
    ast.Match: Reader._match,
}
