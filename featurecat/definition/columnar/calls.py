"""What calls return: of functions of the project, of libraries, and methods of values."""

from __future__ import annotations

import ast
import builtins
import functools
from collections.abc import Callable
from dataclasses import replace
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

from featurecat.definition.columnar.arguments import Arguments, is_function, settled
from featurecat.definition.columnar.constants import NO_CONSTANT, call_known, changed_copy, is_plain
from featurecat.definition.columnar.expressions import Expressions, entries_of
from featurecat.definition.columnar.frame_methods import CHANGING, METHODS, relabelled
from featurecat.definition.columnar.group_methods import call_group
from featurecat.definition.columnar.joins import concatenated, join_frames
from featurecat.definition.columnar.polars_expressions import call_method, call_polars, merged, named_columns
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

__all__ = ["Calls"]

#: Functions that can reach a local variable without naming it.
_REFLECTING = frozenset({"locals", "vars", "eval", "exec", "globals", "dir"})
_FRAMES = frozenset({"DataFrame", "LazyFrame", "from_dict", "from_dicts", "from_records"})
_GROWING = frozenset({"append", "extend", "insert", "add", "update", "appendleft", "setdefault"})
_NAMED = (type, FunctionType, BuiltinFunctionType, MethodType)
#: Libraries whose functions return data and nothing that names columns.
_NUMERIC = frozenset({"numpy", "pandas", "math", "scipy", "statistics", "datetime", "narwhals"})


class Calls(Expressions):
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
                return self._unknown(function, arguments)

    def call_local(self, function: Local, arguments: Arguments) -> Value:
        """What a function returns that is written inside the one that is read."""
        raise NotImplementedError

    def call_project(self, function: Any, arguments: Arguments) -> Value | None:
        """What a function of the project returns; None for one whose source cannot be read."""
        raise NotImplementedError

    def _unknown(self, function: Value, arguments: Arguments) -> Value:
        """What code returns that cannot be read: anything made of what it is given."""
        values = [settled(value) for value in [function, *arguments.values]]
        if any(isinstance(value, Known) and _is_query(value.value) for value in values):
            self.effects |= self._all_parameters()
        if any(isinstance(value, Expression) for value in _deep(values)):
            frames = NOTHING.union(*(self.taken([value]) for value in values))
            made = merged(values)
            if any(isinstance(value, Frame) for value in values):
                return opaque(frames)
            return replace(made, reads=made.reads | frames, unnamed=made.alias is None and made.unnamed)
        return opaque(self.taken(values))

    def _all_parameters(self) -> Reads:
        """All of every frame that is at hand."""
        reads = NOTHING
        scope: Any = self.scope
        while scope is not None:
            reads |= NOTHING.union(*map(everything, scope.names.values()))
            scope = scope.outer
        return reads

    # --- methods --------------------------------------------------------------------------------------

    def _method(self, bound: Bound, arguments: Arguments) -> Value:
        receiver, name = bound.receiver, bound.name
        match receiver:
            case Known():
                return self._known_method(receiver, name, arguments)
            case Frame():
                return self._frame_method(receiver, name, bound.space, arguments)
            case Group():
                return call_group(receiver, name, arguments, self)
            case Expression():
                return call_method(receiver, name, bound.space, arguments, self)
            case Cells():
                return self._cells_method(receiver, name, arguments)
            case Members() | Entries():
                return self._container_method(receiver, name, arguments)
            case _:
                return self._unknown(receiver, arguments)

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
        if isinstance(receiver, Entries) and receiver.rest is None:
            if name == "values":
                return Members(tuple(receiver.entries.values()))
            if name == "items":
                return Members(tuple(Members((Known(key), value)) for key, value in receiver.entries.items()))
            if name == "keys":
                return Known(list(receiver.entries))
            if name in ("get", "pop") and values:
                return self.subscript(receiver, values[0])
        if isinstance(receiver, Entries) and receiver.rest is not None:
            if name == "values":
                return Members(tuple(receiver.entries.values()), receiver.rest)
            if name == "items":
                return Members(
                    (),
                    Members((opaque(NOTHING), self.element(Members(tuple(receiver.entries.values()), receiver.rest)))),
                )
        if name == "copy":
            return replace(receiver)
        return opaque(everything(receiver) | self.taken(values))

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
        values = [settled(value) for value in arguments.values]
        known = [value.value for value in arguments.positional if isinstance(value, Known)]
        named = {key: value.value for key, value in arguments.named.items() if isinstance(value, Known)}
        if is_plain(held):
            return self._plain_method(receiver, name, arguments, known, named)
        if isinstance(held, type) and held is dict and name == "fromkeys" and values:
            made = call_known(dict.fromkeys, known, named) if len(known) == len(values) else NO_CONSTANT
            names = members_of(values[0])
            if made is not NO_CONSTANT:
                return Known(made)
            if names is not None and len(values) == 2:
                return Entries({one.value: values[1] for one in names if isinstance(one, Known)})
        if isinstance(held, type) and _top(held) in ("pandas", "polars") and name in _FRAMES:
            return self._new_frame(arguments)
        return self._unknown(opaque(NOTHING), arguments)

    def _plain_method(
        self, receiver: Known, name: str, arguments: Arguments, known: list[Any], named: dict[str, Any]
    ) -> Value:
        """A method of a constant."""
        held = receiver.value
        exact = len(known) + len(named) == len(arguments.values)
        if exact:
            made = call_known(getattr(held, name, None), known, named)
            if made is not NO_CONSTANT:
                return Known(made)
            changed = changed_copy(held, name, known, named)
            if changed is not NO_CONSTANT:
                self.scope.replace(receiver, Known(changed))
                return Known(None)
        if isinstance(held, list | dict | set) and name in _GROWING:
            members = members_of(receiver) or []
            entries = entries_of(receiver)
            container = Members(tuple(members)) if entries is None else Entries(entries)
            self.scope.replace(receiver, self._grown(container, name, [settled(one) for one in arguments.values]))
            return Known(None)
        return opaque(self.taken(arguments.values))

    # --- functions --------------------------------------------------------------------------------------

    def _known(self, held: Any, arguments: Arguments) -> Value:
        """What an object returns that is known while reading."""
        own = self._builtin(held, arguments)
        if own is not None:
            return own
        library = _top(held)
        if library == "polars":
            return self._polars(held, arguments)
        if library == "pandas":
            return self._pandas(held, arguments)
        if library in _NUMERIC:
            return self._numeric(arguments)
        if library == "duckdb":
            self.effects |= self._all_parameters()
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
        return self._unknown(opaque(NOTHING), arguments)

    def _builtin(self, held: Any, arguments: Arguments) -> Value | None:
        """What a built-in function returns; None for any other."""
        name = _name_of(held)
        if getattr(builtins, name, None) is not held:
            if held is functools.partial or held is functools.reduce:
                return self._functional(held, arguments)
            return None
        values = [settled(value) for value in arguments.values]
        if name in _REFLECTING:
            self.effects |= self._all_parameters()
            return opaque(self._all_parameters() | self.taken(values))
        if len(values) == len(arguments.positional) + len(arguments.named) and all(
            isinstance(one, Known) for one in values
        ):
            named = {key: value.value for key, value in arguments.named.items() if isinstance(value, Known)}
            made = call_known(held, [one.value for one in arguments.positional if isinstance(one, Known)], named)
            if made is not NO_CONSTANT:
                return Known(made)
        special = _BUILTINS.get(name)
        found = special(self, values, arguments) if special is not None and values else None
        return opaque(self.taken(values)) if found is None else found

    def _functional(self, held: Any, arguments: Arguments) -> Value:
        function, *others = arguments.positional
        if held is functools.partial:
            return (
                Entries({"partial": function}, opaque(self.taken(others)))
                if not is_function(function)
                else _Partial(function, arguments).as_value(self)
            )
        members = members_of(others[0]) if others else None
        if members is None:
            return self._unknown(function, Arguments(tuple(others)))
        made = others[1] if len(others) > 1 else members.pop(0)
        for member in members:
            made = settled(self.call(function, Arguments((made, member))))
        return made

    def _polars(self, held: Any, arguments: Arguments) -> Value:
        name = _name_of(held)
        if name in _FRAMES:
            return self._new_frame(arguments)
        if name == "Series":
            values = [value for value in arguments.positional if column_names(value) is None] + list(
                arguments.named.values()
            )
            named = arguments.constant(0, "name")
            return Cells(self.taken(values), named if isinstance(named, str) else None)
        if name == "concat":
            how = arguments.constant(1, "how") or "vertical"
            together = members_of(arguments.positional[0]) if arguments.positional else None
            if together is None:
                return self._loosely_together(arguments)
            return concatenated([settled(value) for value in together], across=str(how).startswith("horizontal"))
        if isinstance(held, type):
            if type(held).__name__ == "DataTypeClass" or not issubclass(held, object):
                return Known(held)
            return opaque(self.taken(arguments.values))
        if name.startswith(("read_", "scan_")):
            return Frame(others=self.taken(arguments.values))
        if name in ("from_pandas", "from_arrow", "collect_all", "from_numpy", "from_dataframe"):
            first = arguments.get(0)
            return first if isinstance(first, Frame) else opaque(self.taken(arguments.values))
        if name == "Col":
            name = "col"
        if name in ("sql", "sql_expr"):
            self.effects |= self._all_parameters()
            return opaque(self._all_parameters())
        if any(isinstance(settled(value), Frame | Group) for value in arguments.values):
            return opaque(self.taken(arguments.values))
        return call_polars(name, _module_of(held), arguments, self)

    def _pandas(self, held: Any, arguments: Arguments) -> Value:
        name = _name_of(held)
        if name in _FRAMES:
            return self._new_frame(arguments)
        if name == "Series":
            named = arguments.constant(None, "name")
            return Cells(self.taken(arguments.values), named if isinstance(named, str) else None)
        if name == "concat":
            return self._pandas_concat(arguments)
        if name in ("merge", "merge_asof", "merge_ordered"):
            left = settled(arguments.get(0, "left") or opaque(NOTHING))
            if isinstance(left, Frame):
                named = {key: value for key, value in arguments.named.items() if key != "left"}
                taken = arguments.positional[1:] if "left" not in arguments.named else arguments.positional
                return join_frames(left, replace(arguments, positional=taken, named=named), self, by_index=False)
        if name == "NamedAgg":
            source = arguments.get(0, "column")
            return Members((source or opaque(NOTHING), opaque(self.taken(arguments.values))))
        if name in ("isna", "isnull", "notna", "notnull") and isinstance(arguments.get(0), Frame):
            return arguments.positional[0]
        if name in ("melt", "pivot", "pivot_table", "get_dummies") and isinstance(
            arguments.get(0, "data", "frame"), Frame
        ):
            frame = arguments.get(0, "data", "frame")
            assert isinstance(frame, Frame)
            given = {key: value for key, value in arguments.named.items() if key not in ("data", "frame")}
            method = METHODS.get(name)
            if method is not None:
                return method(frame, Arguments(arguments.positional[1:], given), self)
        if name.startswith("read_"):
            return Frame(others=self.taken(arguments.values))
        return self._numeric(arguments)

    def _numeric(self, arguments: Arguments) -> Value:
        """What functions of pandas, numpy and their like return: data made of what they are given."""
        values = [settled(value) for value in arguments.values]
        if any(isinstance(value, Expression) for value in _deep(values)):
            return self._unknown(opaque(NOTHING), arguments)
        sure = any(isinstance(value, Frame | Cells) for value in _deep(values))
        return Cells(self.taken(values), sure=sure)

    def _pandas_concat(self, arguments: Arguments) -> Value:
        given = arguments.get(0, "objs")
        axis = arguments.get(1, "axis")
        entries = entries_of(given) if given is not None else None
        values = list(entries.values()) if entries is not None else members_of(given) if given is not None else None
        if values is None or (axis is not None and not isinstance(axis, Known)):
            return self._loosely_together(arguments)
        across = axis is not None and isinstance(axis, Known) and axis.value in (1, "columns")
        names = [str(key) for key in entries] if entries is not None else column_names(arguments.named.get("keys"))
        return concatenated([settled(value) for value in values], across=across, names=names)

    def _loosely_together(self, arguments: Arguments) -> Value:
        """What is put together of a list whose members are not known one by one."""
        first = arguments.get(0, "objs", "items")
        element = settled(self.element(first)) if first is not None else None
        if isinstance(element, Frame):
            return element
        return opaque(self.taken(arguments.values))

    def _new_frame(self, arguments: Arguments) -> Value:
        """A frame of columns that are given one by one."""
        data = arguments.get(0, "data")
        beside = self.taken([value for value in arguments.values if value is not data])
        data = settled(data) if data is not None else Known(None)
        if isinstance(data, Known) and (data.value is None or not isinstance(data.value, dict)):
            return Frame(others=beside)
        if isinstance(data, Frame):
            names = column_names(arguments.named.get("columns"))
            return (data if names is None else data.picked(names)).with_rows(beside)
        entries = named_columns(data)
        if entries is not None:
            return Frame({name: everything(settled(value)) for name, value in entries.items()}, rows=beside)
        labelled = column_names(arguments.named.get("columns") or arguments.named.get("schema"))
        if isinstance(data, Entries):
            known = {str(name): everything(value) for name, value in data.entries.items()}
            return Frame(known, {}, everything(data.rest), beside)
        return (
            relabelled(Frame(others=everything(data), rows=beside), Known(labelled))
            if labelled
            else Frame(others=everything(data), rows=beside)
        )


class _Partial:
    """A function with some of its arguments."""

    def __init__(self, function: Value, arguments: Arguments) -> None:
        self.function = function
        self.arguments = arguments

    def as_value(self, reader: Calls) -> Value:
        """The function as a value: one that is read when it is called."""
        given = self.arguments
        names = [f"argument_{number}" for number in range(len(given.positional) - 1)]
        call = ast.parse(f"lambda *a, **k: function({', '.join([*names, '*a'])}, **kept, **k)", mode="eval").body
        scope = type(reader.scope)(reader.scope)
        scope.names["function"] = self.function
        scope.names.update(zip(names, given.positional[1:], strict=True))
        scope.names["kept"] = Entries(dict(given.named))
        return Local(call, scope)


def settled_data(value: Value) -> Value:
    """An argument, attributes looked at unless they are methods handed over as functions."""
    if isinstance(value, Bound) and not isinstance(value.receiver, Known):
        return settled(value)
    return value


def _deep(values: list[Value]) -> list[Value]:
    """Values and the members they hold."""
    found: list[Value] = []
    for value in values:
        if isinstance(value, Members):
            found += _deep([*value.members, *([value.rest] if value.rest is not None else [])])
        elif isinstance(value, Entries):
            found += _deep([*value.entries.values(), *([value.rest] if value.rest is not None else [])])
        else:
            found.append(value)
    return found


def _name_of(held: Any) -> str:
    """The name of a function or class; of any other object, that of its class. No code of users runs."""
    return str(held.__name__ if isinstance(held, _NAMED) else type(held).__name__)


def _module_of(held: Any) -> str:
    """The module that a function or class is of; of any other object, that of its class."""
    if isinstance(held, ModuleType):
        return held.__name__
    owner = held if isinstance(held, _NAMED) and isinstance(held.__module__, str) else type(held)
    return str(owner.__module__)


def _top(held: Any) -> str:
    """The library an object is of."""
    return _module_of(held).partition(".")[0]


def _is_query(held: Any) -> bool:
    return isinstance(held, str) and "select" in held.lower() and "from" in held.lower()


def _zipped(reader: Calls, values: list[Value], arguments: Arguments) -> Value | None:
    columns = [members_of(value) for value in values]
    if any(column is None for column in columns):
        return Members((), Members(tuple(reader.element(value) for value in values)))
    rows = zip(*(column for column in columns if column is not None), strict=False)
    return Members(tuple(Members(row) for row in rows))


def _enumerated(reader: Calls, values: list[Value], arguments: Arguments) -> Value | None:
    members = members_of(values[0])
    if members is None:
        return Members((), Members((opaque(NOTHING), reader.element(values[0]))))
    return Members(tuple(Members((Known(number), member)) for number, member in enumerate(members)))


def _same_members(reader: Calls, values: list[Value], arguments: Arguments) -> Value | None:
    first = values[0]
    if isinstance(first, Frame):  # iterating over a frame gives the names of its columns
        return Known(list(first.columns)) if first.complete else opaque(NOTHING)
    if isinstance(first, Members | Entries):
        members = members_of(first)
        return first if members is None else Members(tuple(members))
    return None


def _as_dict(reader: Calls, values: list[Value], arguments: Arguments) -> Value | None:
    made: dict[Any, Value] = {}
    for value in arguments.positional:
        entries = entries_of(value)
        if entries is None:
            pairs = members_of(value)
            keyed = [members_of(pair) for pair in pairs] if pairs is not None else [None]
            if not all(pair and len(pair) == 2 and isinstance(pair[0], Known) for pair in keyed):
                return Entries({}, opaque(reader.taken(values)))
            entries = {pair[0].value: pair[1] for pair in keyed if pair and isinstance(pair[0], Known)}
        made |= entries
    return Entries({**made, **arguments.named}, arguments.loose)


def _attribute_by_name(reader: Calls, values: list[Value], arguments: Arguments) -> Value | None:
    names = column_names(values[1]) if len(values) > 1 else None
    if names is None or len(names) != 1:
        return None
    return reader.attribute(values[0], names[0])


def _mapped(reader: Calls, values: list[Value], arguments: Arguments) -> Value | None:
    function, *others = arguments.positional
    members = members_of(others[0]) if len(others) == 1 else None
    if members is not None:
        return Members(tuple(settled(reader.call(function, Arguments((member,)))) for member in members))
    element = [reader.element(other) for other in others]
    return Members((), settled(reader.call(function, Arguments(tuple(element)))))


def _length(reader: Calls, values: list[Value], arguments: Arguments) -> Value | None:
    if isinstance(values[0], Frame):
        return Cells(values[0].rows | values[0].index_reads)
    return None


def _summed(reader: Calls, values: list[Value], arguments: Arguments) -> Value | None:
    members = members_of(values[0])
    return (
        reader.combined([*members, *values[1:]])
        if members
        else reader.combined([reader.element(values[0]), *values[1:]])
    )


_BUILTINS: dict[str, Callable[[Calls, list[Value], Arguments], Value | None]] = {
    "zip": _zipped,
    "enumerate": _enumerated,
    "dict": _as_dict,
    "getattr": _attribute_by_name,
    "map": _mapped,
    "len": _length,
    "sum": _summed,
    **dict.fromkeys(("list", "tuple", "iter", "reversed", "sorted", "set"), _same_members),
}
