"""What built-in functions return for values that are not known."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from featurecat.definition.columnar.arguments import Arguments, settled
from featurecat.definition.columnar.libraries import Libraries
from featurecat.definition.columnar.scope import Scope
from featurecat.definition.columnar.values import (
    NOTHING,
    Cells,
    Entries,
    Frame,
    Known,
    Local,
    Members,
    Value,
    column_names,
    entries_of,
    members_of,
    opaque,
)

__all__ = ["BUILTINS", "partial_of"]


def partial_of(function: Value, given: Arguments, scope: Scope) -> Value:
    """``functools.partial``: a function that is read when it is called."""
    names = [f"argument_{number}" for number in range(len(given.positional) - 1)]
    call = ast.parse(f"lambda *a, **k: function({', '.join([*names, '*a'])}, **kept, **k)", mode="eval").body
    inner = Scope(scope)
    inner.names["function"] = function
    inner.names.update(zip(names, given.positional[1:], strict=True))
    inner.names["kept"] = Entries(dict(given.named))
    return Local(call, inner)


def _zipped(reader: Libraries, values: list[Value], arguments: Arguments) -> Value | None:
    columns = [members_of(value) for value in values]
    if any(column is None for column in columns):
        return Members((), Members(tuple(reader.element(value) for value in values)))
    rows = zip(*(column for column in columns if column is not None), strict=False)
    return Members(tuple(Members(row) for row in rows))


def _enumerated(reader: Libraries, values: list[Value], arguments: Arguments) -> Value | None:
    members = members_of(values[0])
    if members is None:
        return Members((), Members((opaque(NOTHING), reader.element(values[0]))))
    return Members(tuple(Members((Known(number), member)) for number, member in enumerate(members)))


def _same_members(reader: Libraries, values: list[Value], arguments: Arguments) -> Value | None:
    first = values[0]
    if isinstance(first, Frame):  # iterating over a frame gives the names of its columns
        return Known(list(first.columns)) if first.complete else opaque(NOTHING)
    if isinstance(first, Members | Entries):
        members = members_of(first)
        return first if members is None else Members(tuple(members))
    return None


def _as_dict(reader: Libraries, values: list[Value], arguments: Arguments) -> Value | None:
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


def _attribute_by_name(reader: Libraries, values: list[Value], arguments: Arguments) -> Value | None:
    names = column_names(values[1]) if len(values) > 1 else None
    if names is None or len(names) != 1:
        return None
    return reader.attribute(values[0], names[0])


def _mapped(reader: Libraries, values: list[Value], arguments: Arguments) -> Value | None:
    function, *others = arguments.positional
    members = members_of(others[0]) if len(others) == 1 else None
    if members is not None:
        return Members(tuple(settled(reader.call(function, Arguments((member,)))) for member in members))
    element = [reader.element(other) for other in others]
    return Members((), settled(reader.call(function, Arguments(tuple(element)))))


def _length(reader: Libraries, values: list[Value], arguments: Arguments) -> Value | None:
    if isinstance(values[0], Frame):
        return Cells(values[0].rows | values[0].index_reads)
    return None


def _summed(reader: Libraries, values: list[Value], arguments: Arguments) -> Value | None:
    members = members_of(values[0])
    return (
        reader.combined([*members, *values[1:]])
        if members
        else reader.combined([reader.element(values[0]), *values[1:]])
    )


BUILTINS: dict[str, Callable[[Libraries, list[Value], Arguments], Value | None]] = {
    "zip": _zipped,
    "enumerate": _enumerated,
    "dict": _as_dict,
    "getattr": _attribute_by_name,
    "map": _mapped,
    "len": _length,
    "sum": _summed,
    **dict.fromkeys(("list", "tuple", "iter", "reversed", "sorted", "set"), _same_members),
}
