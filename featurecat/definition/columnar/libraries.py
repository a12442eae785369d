"""What functions of libraries return: pandas, Polars, numpy and their like, and code that cannot be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

from featurecat.definition.columnar.arguments import Arguments, settled
from featurecat.definition.columnar.expressions import Expressions
from featurecat.definition.columnar.frame_methods import METHODS, relabelled
from featurecat.definition.columnar.joins import concatenated, join_frames
from featurecat.definition.columnar.polars_expressions import call_polars, merged, named_columns
from featurecat.definition.columnar.values import (
    NOTHING,
    Cells,
    Entries,
    Expression,
    Frame,
    Group,
    Known,
    Members,
    Reads,
    Value,
    column_names,
    entries_of,
    everything,
    members_of,
    opaque,
)

__all__ = ["FRAMES", "Libraries", "name_of", "top_module"]

#: What makes a frame of what it is given.
FRAMES = frozenset({"DataFrame", "LazyFrame", "from_dict", "from_dicts", "from_records"})
_CONVERTING = frozenset({"from_pandas", "from_arrow", "collect_all", "from_numpy", "from_dataframe"})
_TESTING = frozenset({"isna", "isnull", "notna", "notnull"})
_NAMED = (type, FunctionType, BuiltinFunctionType, MethodType)


class Libraries(Expressions):
    """Reads calls of libraries."""

    def unknown(self, function: Value, arguments: Arguments) -> Value:
        """What code returns that cannot be read: anything made of what it is given."""
        values = [settled(value) for value in [function, *arguments.values]]
        if any(isinstance(value, Known) and _is_query(value.value) for value in values):
            self.effects |= self.all_parameters()
        if any(isinstance(value, Expression) for value in _deep(values)):
            frames = NOTHING.union(*(self.taken([value]) for value in values))
            made = merged(values)
            if any(isinstance(value, Frame) for value in values):
                return opaque(frames)
            return replace(made, reads=made.reads | frames, unnamed=made.alias is None and made.unnamed)
        return opaque(self.taken(values))

    def all_parameters(self) -> Reads:
        """All of every frame that is at hand."""
        reads = NOTHING
        scope: Any = self.scope
        while scope is not None:
            reads |= NOTHING.union(*map(everything, scope.names.values()))
            scope = scope.outer
        return reads

    def polars(self, held: Any, arguments: Arguments) -> Value:
        """What a function of Polars returns."""
        name = name_of(held)
        own = _POLARS.get("frame" if name in FRAMES else name)
        if own is not None:
            return own(self, arguments)
        if isinstance(held, type):  # a data type, or what is no expression
            return Known(held) if type(held).__name__ == "DataTypeClass" else opaque(self.taken(arguments.values))
        if name.startswith(("read_", "scan_")):
            return Frame(others=self.taken(arguments.values))
        if name in _CONVERTING:
            first = arguments.get(0)
            return first if isinstance(first, Frame) else opaque(self.taken(arguments.values))
        if any(isinstance(settled(value), Frame | Group) for value in arguments.values):
            return opaque(self.taken(arguments.values))
        return call_polars("col" if name == "Col" else name, arguments, self, module=module_of(held))

    def _polars_series(self, arguments: Arguments) -> Value:
        values = [value for value in arguments.positional if column_names(value) is None]
        name = arguments.constant(0, "name")
        reads = self.taken([*values, *arguments.named.values()])
        return Cells(reads, name if isinstance(name, str) else None)

    def _polars_concat(self, arguments: Arguments) -> Value:
        how = arguments.constant(1, "how") or "vertical"
        together = members_of(arguments.positional[0]) if arguments.positional else None
        if together is None:
            return self._loosely_together(arguments)
        return concatenated([settled(value) for value in together], across=str(how).startswith("horizontal"))

    def _polars_sql(self, arguments: Arguments) -> Value:
        self.effects |= self.all_parameters()
        return opaque(self.all_parameters())

    def pandas(self, held: Any, arguments: Arguments) -> Value:
        """What a function of pandas returns."""
        name = name_of(held)
        own = _PANDAS.get("frame" if name in FRAMES else name)
        if own is not None:
            return own(self, arguments)
        first = arguments.get(0, "data", "frame")
        if isinstance(first, Frame) and name in _TESTING:
            return first
        if isinstance(first, Frame) and name in ("melt", "pivot", "pivot_table"):
            named = {key: value for key, value in arguments.named.items() if key not in ("data", "frame")}
            positional = arguments.positional if len(named) < len(arguments.named) else arguments.positional[1:]
            return METHODS[name](first, Arguments(positional, named), self)
        if name.startswith("read_"):
            return Frame(others=self.taken(arguments.values))
        return self.numeric(arguments)

    def _pandas_series(self, arguments: Arguments) -> Value:
        name = arguments.constant(None, "name")
        return Cells(self.taken(arguments.values), name if isinstance(name, str) else None)

    def _pandas_merge(self, arguments: Arguments) -> Value:
        left = settled(arguments.get(0, "left") or opaque(NOTHING))
        if not isinstance(left, Frame):
            return self.numeric(arguments)
        named = {key: value for key, value in arguments.named.items() if key != "left"}
        positional = arguments.positional if "left" in arguments.named else arguments.positional[1:]
        return join_frames(left, replace(arguments, positional=positional, named=named), self, by_index=False)

    def _named_aggregation(self, arguments: Arguments) -> Value:
        source = arguments.get(0, "column") or opaque(NOTHING)
        return Members((source, opaque(self.taken(arguments.values))))

    def numeric(self, arguments: Arguments) -> Value:
        """What functions of pandas, numpy and their like return: data made of what they are given."""
        values = [settled(value) for value in arguments.values]
        if any(isinstance(value, Expression) for value in _deep(values)):
            return self.unknown(opaque(NOTHING), arguments)
        sure = any(isinstance(value, Frame | Cells) for value in _deep(values))
        return Cells(self.taken(values), sure=sure)

    def _pandas_concat(self, arguments: Arguments) -> Value:
        given = arguments.get(0, "objs") or opaque(NOTHING)
        axis = arguments.get(1, "axis") or Known(0)
        entries = entries_of(given)
        values = members_of(given) if entries is None else list(entries.values())
        if values is None or not isinstance(axis, Known):
            return self._loosely_together(arguments)
        names = column_names(arguments.named.get("keys")) if entries is None else [str(key) for key in entries]
        together = [settled(value) for value in values]
        return concatenated(together, across=axis.value in (1, "columns"), names=names)

    def _loosely_together(self, arguments: Arguments) -> Value:
        """What is put together of a list whose members are not known one by one."""
        first = arguments.get(0, "objs", "items")
        element = settled(self.element(first)) if first is not None else None
        if isinstance(element, Frame):
            return element
        return opaque(self.taken(arguments.values))

    def new_frame(self, arguments: Arguments) -> Value:
        """A frame of columns that are given one by one."""
        given = arguments.get(0, "data")
        beside = self.taken([value for value in arguments.values if value is not given])
        data = Known(None) if given is None else settled(given)
        if isinstance(data, Known) and not isinstance(data.value, dict):
            return Frame(others=beside)
        if isinstance(data, Frame):
            names = column_names(arguments.named.get("columns"))
            return (data if names is None else data.picked(names)).with_rows(beside)
        entries = named_columns(data)
        if entries is not None:
            return Frame({name: everything(settled(value)) for name, value in entries.items()}, rows=beside)
        if isinstance(data, Entries):
            known = {str(name): everything(value) for name, value in data.entries.items()}
            return Frame(known, {}, everything(data.rest), beside)
        made = Frame(others=everything(data), rows=beside)
        labelled = column_names(arguments.named.get("columns") or arguments.named.get("schema"))
        return relabelled(made, Known(labelled)) if labelled else made


_POLARS: Mapping[str, Callable[[Libraries, Arguments], Value]] = {
    "frame": Libraries.new_frame,
    "Series": Libraries._polars_series,
    "concat": Libraries._polars_concat,
    "sql": Libraries._polars_sql,
    "sql_expr": Libraries._polars_sql,
}
_PANDAS: Mapping[str, Callable[[Libraries, Arguments], Value]] = {
    "frame": Libraries.new_frame,
    "Series": Libraries._pandas_series,
    "concat": Libraries._pandas_concat,
    "merge": Libraries._pandas_merge,
    "merge_asof": Libraries._pandas_merge,
    "merge_ordered": Libraries._pandas_merge,
    "NamedAgg": Libraries._named_aggregation,
}


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


def name_of(held: Any) -> str:
    """The name of a function or class; of any other object, that of its class. No code of users runs."""
    return str(held.__name__ if isinstance(held, _NAMED) else type(held).__name__)


def module_of(held: Any) -> str:
    """The module that a function or class is of; of any other object, that of its class."""
    if isinstance(held, ModuleType):
        return held.__name__
    owner = held if isinstance(held, _NAMED) and isinstance(held.__module__, str) else type(held)
    return str(owner.__module__)


def top_module(held: Any) -> str:
    """The library an object is of."""
    return module_of(held).partition(".")[0]


def _is_query(held: Any) -> bool:
    return isinstance(held, str) and "select" in held.lower() and "from" in held.lower()
