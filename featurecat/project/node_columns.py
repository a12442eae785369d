"""What the columns of a node's value are made of: by its function's source, or by what the decorator's code does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any

from featurecat.definition.columnar.reader import FunctionRead, Sources, read_function
from featurecat.definition.columnar.values import (
    NOTHING,
    WHOLE,
    Cells,
    Entries,
    Frame,
    Known,
    Members,
    Reads,
    Value,
    everything,
    opaque,
)
from featurecat.definition.node import Constant, Dependency, GroupedCall, Node
from featurecat.frames.kinds import FrameKind, kind_of_type
from featurecat.function_modifiers.queries import QueryCall

__all__ = ["NodeColumns", "NodeReader"]

#: Plain types of values that can name no column.
_NUMBERS = (int, float, bool, complex)
#: Code of decorators that hands a frame on as it is, by module and name.
_HANDING_ON = frozenset(
    {
        "featurecat.function_modifiers.schemas._Held",
        "featurecat.function_modifiers.subdags._same",
        "featurecat.function_modifiers.validation.Gate",
    }
)
_MODIFIERS = "featurecat.function_modifiers"


@dataclass(frozen=True, slots=True)
class NodeColumns:
    """What the value of a node is made of; parameters stand for parents.

    Attributes:
        made: Its columns, each with what it is made of; empty where they are not known one by one.
        all: What counts for all of it.
        through: Parameters whose other columns are columns of it under their own names.
        frame: The frame it returns, to ask for further columns.
        seen: Where columns are named: how, and the line.
        loaded: Whether its columns come from outside.
    """

    made: Mapping[str, Reads] = field(default_factory=dict)
    all: Reads = NOTHING
    through: frozenset[str] = frozenset()
    frame: Frame | None = None
    seen: Mapping[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    loaded: bool = False


@dataclass(slots=True)
class NodeReader:
    """Reads the functions of nodes, each once.

    Attributes:
        sources: Finds their syntax trees.
    """

    sources: Sources
    _read: dict[tuple[Any, ...], FunctionRead | None] = field(default_factory=dict)
    _frame_names: dict[type, frozenset[str]] = field(default_factory=dict)

    def columns_of(self, node: Node, kinds: Mapping[str, FrameKind | None]) -> NodeColumns | None:
        """What a node is made of; None where nothing can be told but that it takes its parents.

        Args:
            node: The node.
            kinds: Parameter to what kind of value its parent is.
        """
        function: Any = node.function
        if node.raw is not None:
            return _handed_on(next(one.parameter for one in node.dependencies if one.name == node.raw))
        for attribute in ("column", "field"):
            part = getattr(function, attribute, None)
            if isinstance(part, str) and type(function).__module__.startswith(_MODIFIERS):
                (parameter,) = (one.parameter for one in node.dependencies)
                read = (parameter, part)
                return NodeColumns({}, frozenset({read}), seen={read: ("extracted", 0)})
        if isinstance(function, QueryCall):
            return _of_query(node, function)
        if _name_of(function) in _HANDING_ON:
            return _handed_on(node.dependencies[0].parameter)
        if _name_of(function) == f"{_MODIFIERS}.columns._Append":
            return _appended(node, function.names)
        return self._of_function(node, kinds)

    def _of_function(self, node: Node, kinds: Mapping[str, FrameKind | None]) -> NodeColumns | None:
        function, given, names = _called(node, self._values(node, kinds))
        if function is None:
            return None
        frame_names = frozenset().union(
            *(self._names_of(one.type) for one in node.dependencies if _is_frame(kinds.get(one.parameter)))
        )
        plain = all(type(argument) is Dependency for argument in node.arguments)
        key = (function, names, tuple((one.parameter, kinds.get(one.parameter)) for one in node.dependencies))
        if plain and key in self._read:
            found = self._read[key]
        else:
            found = read_function(function, given, sources=self.sources, frame_names=frame_names)
            if plain:
                self._read[key] = found
        if found is None:
            return None
        return _node_columns(node, found, reassigned=getattr(getattr(node.function, "change", None), "names", None))

    def _values(self, node: Node, kinds: Mapping[str, FrameKind | None]) -> list[Value]:
        """What the arguments of a node stand for, in order."""
        values: list[Value] = []
        for argument in node.arguments:
            if isinstance(argument, Constant):
                values.append(Known(argument.value))
            else:
                values.append(_parameter_value(argument, kinds.get(argument.parameter)))
        return values

    def _names_of(self, annotation: Any) -> frozenset[str]:
        """The names of the attributes of a frame type that are no columns."""
        if not isinstance(annotation, type):
            return frozenset()
        if annotation not in self._frame_names:
            self._frame_names[annotation] = frozenset(dir(annotation))
        return self._frame_names[annotation]


def _is_frame(kind: FrameKind | None) -> bool:
    return kind is not None and kind.shape == "frame"


def _parameter_value(argument: Dependency, kind: FrameKind | None) -> Value:
    parameter = argument.parameter
    if _is_frame(kind):
        return Frame(through={parameter: frozenset()})
    whole = frozenset({(parameter, WHOLE)})
    if kind is not None:
        return Cells(whole, parameter)
    return Cells(whole) if argument.type in _NUMBERS else opaque(whole)


def _name_of(function: Any) -> str:
    owner = function if isinstance(function, FunctionType) else type(function)
    return f"{owner.__module__}.{owner.__qualname__}"


def _called(node: Node, values: list[Value]) -> tuple[Callable[..., Any] | None, dict[str, Value], tuple[str, ...]]:
    """The function that computes a node, what its parameters hold, and their names; None where it is none of users'."""
    function: Any = node.function
    keywords = node.keywords
    if _name_of(function) == f"{_MODIFIERS}.wiring.After":
        function = function.function
    if isinstance(function, GroupedCall):
        values, keywords = _gathered(function, values), function.keywords
        function = function.function
    if _name_of(function) == f"{_MODIFIERS}.creators._Called":
        function, keywords = function.function, function.names
    if not isinstance(function, FunctionType) or hasattr(function, "__wrapped__"):
        return None, {}, ()
    code = function.__code__
    positional = code.co_varnames[: code.co_argcount]
    split = len(values) - len(keywords)
    given = dict(zip(positional, values[:split], strict=False))
    named = dict(zip(keywords, values[split:], strict=True))
    own = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    given |= {name: value for name, value in named.items() if name in own}
    after = code.co_argcount + code.co_kwonlyargcount
    if code.co_flags & 0x04:  # *args
        given[code.co_varnames[after]] = Members(tuple(values[len(positional) : split]))
        after += 1
    if code.co_flags & 0x08:  # **kwargs
        given[code.co_varnames[after]] = Entries({name: value for name, value in named.items() if name not in own})
    return function, given, tuple(given)


def _gathered(call: GroupedCall, values: list[Value]) -> list[Value]:
    """The arguments of a call some of which are lists or mappings of several."""
    gathered: list[Value] = []
    position = 0
    for shape in call.layout:
        if shape is None:
            gathered.append(values[position])
            position += 1
            continue
        count = shape if isinstance(shape, int) else len(shape)
        members = values[position : position + count]
        gathered.append(
            Members(tuple(members)) if isinstance(shape, int) else Entries(dict(zip(shape, members, strict=True)))
        )
        position += count
    return gathered


def _node_columns(node: Node, found: FunctionRead, *, reassigned: Iterable[str] | None) -> NodeColumns:
    returned = found.returned
    if isinstance(returned, Entries) and returned.rest is None and not _is_frame(kind_of_type(node.type)):
        made = {str(key): everything(value) for key, value in returned.entries.items()}
        return NodeColumns(made, found.effects, seen=found.seen)
    if not isinstance(returned, Frame):
        return NodeColumns({}, everything(returned) | found.effects, seen=found.seen)
    if reassigned is not None:
        names = list(reassigned)
        if not returned.complete or len(names) != len(returned.columns):
            return NodeColumns({}, returned.whole | found.effects, seen=found.seen)
        returned = Frame(
            dict(zip(names, returned.columns.values(), strict=True)), rows=returned.rows, index=returned.index
        )
    beside = returned.rows | returned.index_reads | returned.others | found.effects
    if not _is_frame(kind_of_type(node.type)):
        return NodeColumns({}, returned.whole | found.effects, seen=found.seen)
    return NodeColumns(dict(returned.columns), beside, frozenset(returned.through), frame=returned, seen=found.seen)


def _handed_on(parameter: str) -> NodeColumns:
    frame = Frame(through={parameter: frozenset()})
    return NodeColumns({}, NOTHING, frozenset({parameter}), frame=frame)


def _appended(node: Node, names: Iterable[str]) -> NodeColumns:
    """The frame that ``with_columns`` puts columns into."""
    frame, *columns = node.dependencies
    made = {name: frozenset({(one.parameter, WHOLE)}) for name, one in zip(names, columns, strict=False)}
    shown = Frame(made, {frame.parameter: frozenset()})
    return NodeColumns(made, NOTHING, frozenset({frame.parameter}), frame=shown)


def _of_query(node: Node, call: QueryCall) -> NodeColumns:
    from featurecat.catalog.columns import query_reads  # only graphs with queries pay for reading them

    found = query_reads(call.text, call.tables)
    parameters = {one.parameter for one in node.dependencies}
    made = {name: frozenset(reads) for name, reads in found.columns if name != WHOLE}
    rest = frozenset().union(*(reads for name, reads in found.columns if name == WHOLE))
    starred = frozenset(table for table, column in rest if column == WHOLE) & parameters
    values = {(parameter, WHOLE) for parameter in parameters.difference(call.tables)}
    others = frozenset(read for read in rest if read[0] not in starred)
    seen = dict.fromkeys(rest.union(found.beside, *made.values()), ("query", 0))
    shown = Frame(made, dict.fromkeys(starred, frozenset()), others=others)
    return NodeColumns(made, others.union(found.beside, values), starred, frame=shown, seen=seen)
