"""What calls return: of functions of the project, of libraries, and methods of values."""

from __future__ import annotations

import ast
import builtins
import functools
from dataclasses import replace
from types import FunctionType
from typing import Any

from featurecat.definition.columnar.arguments import Arguments, settled
from featurecat.definition.columnar.builtin_functions import BUILTINS, partial_of
from featurecat.definition.columnar.constants import NO_CONSTANT, call_known, changed_copy, is_plain
from featurecat.definition.columnar.frame_methods import CHANGING, METHODS
from featurecat.definition.columnar.group_methods import call_group
from featurecat.definition.columnar.libraries import FRAMES, Libraries, name_of, top_module
from featurecat.definition.columnar.polars_expressions import call_method
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
    entries_of,
    everything,
    joined,
    members_of,
    opaque,
)

__all__ = ["Calls"]

#: Functions that can reach a local variable without naming it.
_REFLECTING = frozenset({"locals", "vars", "eval", "exec", "globals", "dir"})
_GROWING = frozenset({"append", "extend", "insert", "add", "update", "appendleft", "setdefault"})
#: Libraries whose functions return data and nothing that names columns.
_NUMERIC = frozenset({"numpy", "pandas", "math", "scipy", "statistics", "datetime", "narwhals"})


class Calls(Libraries):
    """Reads calls."""

    def call_node(self, node: ast.Call) -> Value:
        """What a call returns."""
        function = self.value(node.func)
        arguments = self._arguments(node)
        if self.depth == 0:
            self.line = node.lineno
        made = self.call(function, arguments)
        origin = "expression" if isinstance(made, Frame | Expression) else "call"
        self.note(everything(made), origin)
        return made

    def _arguments(self, node: ast.Call) -> Arguments:
        positional: list[Value] = []
        named: dict[str, Value] = {}
        loose: list[Value] = []
        for argument in node.args:
            value = self.value(argument)
            if not isinstance(argument, ast.Starred):
                positional.append(settled_data(value))
                continue
            members = members_of(value)
            if members is None:
                loose.append(self.element(value))
            else:
                positional += members
        for keyword in node.keywords:
            value = settled_data(self.value(keyword.value))
            entries = entries_of(value) if keyword.arg is None else None
            if keyword.arg is not None:
                named[keyword.arg] = value
            elif entries is not None and all(isinstance(key, str) for key in entries):
                named.update(entries)
            else:
                loose.append(value)
        rest = functools.reduce(joined, loose) if loose else None
        if rest is not None and not isinstance(rest, Expression):
            rest = opaque(everything(rest))
        return Arguments(tuple(positional), named, rest)

    def call(self, function: Value, arguments: Arguments) -> Value:
        """What a function returns for arguments."""
        match function:
            case Bound():
                return self._method(function, arguments)
            case Local():
                return self.call_local(function, arguments)
            case Known(value=held):
                return self._known(held, arguments)
            case _:
                return self.unknown(function, arguments)

    def call_local(self, function: Local, arguments: Arguments) -> Value:
        """What a function returns that is written inside the one that is read."""
        raise NotImplementedError

    def call_project(self, function: Any, arguments: Arguments) -> Value | None:
        """What a function of the project returns; None for one whose source cannot be read."""
        raise NotImplementedError

    # --- methods --------------------------------------------------------------------------------------

    def _method(self, bound: Bound, arguments: Arguments) -> Value:
        receiver, name = bound.receiver, bound.name
        match receiver:
            case Known():
                return self._known_method(receiver, name, arguments)
            case Frame():
                return self._frame_method(receiver, name, bound.space, arguments)
            case Group():
                return call_group(receiver, arguments, self, name=name)
            case Expression():
                return call_method(receiver, bound, arguments, caller=self)
            case Cells():
                return self._cells_method(receiver, name, arguments)
            case Members() | Entries():
                return self._container_method(receiver, name, arguments)
            case _:
                return self.unknown(receiver, arguments)

    def _frame_method(self, frame: Frame, name: str, space: str | None, arguments: Arguments) -> Value:
        if name in CHANGING and space is None:
            made, changed = CHANGING[name](frame, arguments, self)
            if not self.scope.replace(frame, changed):
                self.effects |= everything(made)
            return made
        method = METHODS.get(name) if space is None else None
        if method is None:
            return opaque(frame.whole | self.taken(arguments.values))
        made = method(frame, arguments, self)
        if arguments.constant(None, "inplace") is True:
            if not self.scope.replace(frame, made):
                self.effects |= everything(made)
            return Known(None)
        return made

    def _cells_method(self, cells: Cells, name: str, arguments: Arguments) -> Value:
        first = arguments.constant(0, "name", "index", "names")
        reads = everything(cells) | self._called_with(cells, arguments)
        if name in ("to_frame", "to_pandas_frame"):
            own = first if isinstance(first, str) else cells.name
            return Frame({own: cells.reads} if own else {}, {}, NOTHING if own else cells.reads, index=cells.index)
        if name in ("rename", "alias") and isinstance(first, str):
            return replace(cells, name=first)
        if name == "reset_index":
            named = arguments.constant(None, "name")
            own = named if isinstance(named, str) else cells.name
            if arguments.constant(None, "drop") is True:
                return replace(cells, index={})
            return Frame({**cells.index, **({own: cells.reads} if own else {})}, {}, NOTHING if own else cells.reads)
        if name in ("groupby", "group_by"):
            keys = {"key": self.taken(arguments.values)}
            own = cells.name or "values"
            return Group(Frame({own: cells.reads}, rows=keys["key"]), keys, own)
        if name in ("set_axis", "reset_index", "to_numpy", "to_list"):
            return Cells(reads, cells.name, sure=cells.sure)
        return Cells(reads, cells.name, sure=cells.sure, index=cells.index)

    def _called_with(self, cells: Cells, arguments: Arguments) -> Reads:
        """What the arguments of a method of a column are made of; functions are given its values."""
        reads = NOTHING
        for value in arguments.values:
            if isinstance(value, Local):
                value = self.call(value, Arguments((Cells(cells.reads),)))
            reads |= everything(value)
        return reads

    def _container_method(self, receiver: Members | Entries, name: str, arguments: Arguments) -> Value:
        values = [settled(value) for value in arguments.values]
        if name in _GROWING:
            grown = self._grown(receiver, name, values)
            if not self.scope.replace(receiver, grown):
                self.effects |= NOTHING.union(*map(everything, values))
            return Known(None)
        found = self._entries_method(receiver, name, values) if isinstance(receiver, Entries) else None
        if found is not None:
            return found
        if name == "copy":
            return replace(receiver)
        return opaque(everything(receiver) | self.taken(values))

    def _entries_method(self, receiver: Entries, name: str, values: list[Value]) -> Value | None:
        """What a method of a mapping returns; None for any other."""
        held = Members(tuple(receiver.entries.values()), receiver.rest)
        if name == "values":
            return held
        if name == "items" and receiver.rest is not None:
            return Members((), Members((opaque(NOTHING), self.element(held))))
        if name == "items":
            return Members(tuple(Members((Known(key), value)) for key, value in receiver.entries.items()))
        if name == "keys" and receiver.rest is None:
            return Known(list(receiver.entries))
        if name in ("get", "pop") and values and receiver.rest is None:
            return self.subscript(receiver, values[0])
        return None

    def _grown(self, receiver: Members | Entries, name: str, values: list[Value]) -> Value:
        """A list or mapping after something was put into it."""
        if isinstance(receiver, Members):
            if name == "append" and receiver.rest is None and len(values) == 1:
                return Members((*receiver.members, values[0]))
            added = [self.element(value) if name in ("extend", "update") else value for value in values]
            return Members(receiver.members, functools.reduce(joined, added, receiver.rest or added[0]))
        made = dict(receiver.entries)
        rest = receiver.rest
        for value in values:
            entries = entries_of(value)
            if entries is None:
                rest = opaque(everything(rest) | everything(value))
            else:
                made |= entries
        return Entries(made, rest)

    def _known_method(self, receiver: Known, name: str, arguments: Arguments) -> Value:
        held = receiver.value
        if is_plain(held):
            return self._plain_method(receiver, name, arguments)
        if held is dict and name == "fromkeys" and arguments.positional:
            return self._from_keys(arguments)
        if isinstance(held, type) and top_module(held) in ("pandas", "polars") and name in FRAMES:
            return self.new_frame(arguments)
        return self.unknown(opaque(NOTHING), arguments)

    def _from_keys(self, arguments: Arguments) -> Value:
        made = _computed(dict.fromkeys, arguments)
        if made is not NO_CONSTANT:
            return Known(made)
        names = members_of(arguments.positional[0])
        if names is None or len(arguments.positional) != 2:
            return opaque(self.taken(arguments.values))
        return Entries({one.value: arguments.positional[1] for one in names if isinstance(one, Known)})

    def _plain_method(self, receiver: Known, name: str, arguments: Arguments) -> Value:
        """A method of a constant."""
        held = receiver.value
        made = _computed(getattr(held, name, None), arguments)
        if made is not NO_CONSTANT:
            return Known(made)
        if all(isinstance(value, Known) for value in arguments.positional) and not arguments.named:
            known = [value.value for value in arguments.positional if isinstance(value, Known)]
            changed = changed_copy(held, name, known) if arguments.loose is None else NO_CONSTANT
            if changed is not NO_CONSTANT:
                self.scope.replace(receiver, Known(changed))
                return Known(None)
        if isinstance(held, list | dict | set) and name in _GROWING:
            entries = entries_of(receiver)
            container = Members(tuple(members_of(receiver) or ())) if entries is None else Entries(entries)
            self.scope.replace(receiver, self._grown(container, name, [settled(one) for one in arguments.values]))
            return Known(None)
        return opaque(self.taken(arguments.values))

    # --- functions --------------------------------------------------------------------------------------

    def _known(self, held: Any, arguments: Arguments) -> Value:
        """What an object returns that is known while reading."""
        own = self._builtin(held, arguments)
        if own is not None:
            return own
        library = top_module(held)
        if library == "polars":
            return self.polars(held, arguments)
        if library == "pandas":
            return self.pandas(held, arguments)
        if library in _NUMERIC:
            return self.numeric(arguments)
        if library == "duckdb":
            self.effects |= self.all_parameters()
        if isinstance(held, functools.partial):
            values = tuple(Known(value) for value in held.args)
            kept = {key: Known(value) for key, value in held.keywords.items()}
            return self.call(
                Known(held.func),
                Arguments((*values, *arguments.positional), {**kept, **arguments.named}, arguments.loose),
            )
        if isinstance(held, FunctionType):
            made = self.call_project(held, arguments)
            if made is not None:
                return made
        return self.unknown(opaque(NOTHING), arguments)

    def _builtin(self, held: Any, arguments: Arguments) -> Value | None:
        """What a built-in function returns; None for any other."""
        if held is functools.partial or held is functools.reduce:
            return self._functional(held, arguments)
        name = name_of(held)
        if getattr(builtins, name, None) is not held:
            return None
        values = [settled(value) for value in arguments.values]
        if name in _REFLECTING:
            self.effects |= self.all_parameters()
            return opaque(self.all_parameters() | self.taken(values))
        made = _computed(held, arguments)
        if made is not NO_CONSTANT:
            return Known(made)
        special = BUILTINS.get(name)
        found = special(self, values, arguments) if special is not None and values else None
        return opaque(self.taken(values)) if found is None else found

    def _functional(self, held: Any, arguments: Arguments) -> Value:
        function, *others = arguments.positional
        if held is functools.partial:
            return partial_of(function, arguments, self.scope)
        members = members_of(others[0]) if others else None
        if members is None or not (members or len(others) > 1):
            return self.unknown(function, Arguments(tuple(others)))
        made = others[1] if len(others) > 1 else members.pop(0)
        for member in members:
            made = settled(self.call(function, Arguments((made, member))))
        return made


def _computed(function: Any, arguments: Arguments) -> Any:
    """What a built-in function or method returns for constants alone; else no constant."""
    if not all(isinstance(value, Known) for value in arguments.values):
        return NO_CONSTANT
    named = {key: value.value for key, value in arguments.named.items() if isinstance(value, Known)}
    return call_known(function, [value.value for value in arguments.positional if isinstance(value, Known)], named)


def settled_data(value: Value) -> Value:
    """An argument, attributes looked at unless they are methods handed over as functions."""
    if isinstance(value, Bound) and not isinstance(value.receiver, Known):
        return settled(value)
    return value
