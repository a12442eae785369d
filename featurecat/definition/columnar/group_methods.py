"""Methods of grouped rows and of windows."""

from __future__ import annotations

from dataclasses import replace

from featurecat.definition.columnar.arguments import Arguments, Caller, is_function
from featurecat.definition.columnar.frame_methods import grouped, windowed
from featurecat.definition.columnar.polars_expressions import made_columns
from featurecat.definition.columnar.values import (
    NOTHING,
    Cells,
    Frame,
    Group,
    Known,
    Members,
    Reads,
    Value,
    column_names,
    everything,
    opaque,
)

__all__ = ["GROUP_NAMES", "call_group"]

_WINDOWS = frozenset({"rolling", "expanding", "ewm", "resample"})
_COUNTING = frozenset({"size", "ngroup", "cumcount", "groups", "indices", "ngroups"})
_CALLING = frozenset({"apply", "map_groups", "pipe", "transform"})
GROUP_NAMES = frozenset(
    {*_WINDOWS, *_COUNTING, *_CALLING, "get_group", "len", "nth", "having", "ohlc", "cumprod", "all"}
)


def call_group(group: Group, given: Arguments, caller: Caller, *, name: str) -> Value:
    """What a method of grouped rows returns."""
    if name in _WINDOWS:
        inner = windowed(group.frame, given, caller)
        assert isinstance(inner, Group)
        return Group(inner.frame, {**group.keys, **inner.keys}, group.single)
    if name in ("groupby", "group_by"):
        inner = grouped(group.frame, given, caller)
        assert isinstance(inner, Group)
        return Group(inner.frame, {**group.keys, **inner.keys}, group.single)
    if name == "having":
        made, _ = made_columns(group.frame, list(given.positional), given.named)
        return replace(group, frame=group.frame.with_rows(made.whole))
    if name in _COUNTING:
        return Cells(group.frame.rows, index=group.keys)
    if name in ("len", "count") and group.single is None:
        return _with_keys(group, replace(Frame({"len": NOTHING, "count": NOTHING}), rows=group.frame.rows), group.frame)
    if name in ("agg", "aggregate"):
        return _aggregated(group, given, caller)
    function = given.get(0, "func", "function")
    if name in _CALLING and function is not None and is_function(function):
        return _called(group, function, given, caller)
    if name == "get_group":
        return group.frame
    return _each(group, caller.taken(given.values))


def _each(group: Group, beside: Reads) -> Value:
    """Every column of the group made of itself."""
    if group.single is not None:
        reads = group.frame.column(group.single) | group.frame.rows | beside
        return Cells(reads, group.single, index=group.keys)
    return _with_keys(group, group.frame.with_rows(beside), group.frame)


def _with_keys(group: Group, made: Frame, frame: Frame) -> Frame:
    """A result with the keys beside it: as columns for Polars, as index for pandas."""
    keys = {name: reads for name, reads in group.keys.items() if name not in made.columns}
    return replace(made, columns={**made.columns, **keys}, index=dict(group.keys), rows=made.rows | frame.rows)


def _aggregated(group: Group, given: Arguments, caller: Caller) -> Value:
    if group.single is not None:
        return _single_aggregated(group, given, caller)
    first = given.get(0, "func")
    if isinstance(first, Known) and not given.named:
        found = _by_functions(group, first)
        if found is not None:
            return found
    frame = group.frame
    sources = {name: _named_source(value) for name, value in given.named.items()}
    named = {name: frame.column(source) for name, source in sources.items() if source is not None}
    expressions = {name: given.named[name] for name, source in sources.items() if source is None}
    made, all_kept = made_columns(frame, list(given.positional), expressions)
    if given.loose is not None or any(is_function(value) for value in given.positional):
        made = made.with_columns({}, frame.whole | caller.taken(given.values))
    if all_kept:
        return _with_keys(group, frame.with_columns({**made.columns, **named}, made.others), frame)
    return _with_keys(group, made.with_columns(named), frame)


def _single_aggregated(group: Group, given: Arguments, caller: Caller) -> Value:
    """``agg`` of one picked column."""
    assert group.single is not None  # the caller asked
    reads = group.frame.column(group.single)
    made = {name: reads | caller.taken([value]) for name, value in given.named.items() if name != "func"}
    return _with_keys(group, Frame(made), group.frame) if made else _each(group, caller.taken(given.values))


def _by_functions(group: Group, told: Known) -> Value | None:
    """``agg`` with a mapping of columns, a function or several; None for expressions."""
    if isinstance(told.value, dict):
        return _with_keys(group, group.frame.picked(str(name) for name in told.value), group.frame)
    if isinstance(told.value, str) or callable(told.value):
        return _each(group, NOTHING)
    if column_names(told) is not None:  # one column per function, under two names
        return Frame({}, {}, group.frame.whole, group.frame.rows, dict(group.keys))
    return None


def _named_source(value: Value) -> str | None:
    """The column of ``("column", "mean")``, as pandas' named aggregation has it."""
    if isinstance(value, Known) and isinstance(value.value, tuple) and len(value.value) == 2:
        return value.value[0] if isinstance(value.value[0], str) else None
    if isinstance(value, Members) and len(value.members) == 2:
        names = column_names(value.members[0])
        return names[0] if names is not None and len(names) == 1 else None
    return None


def _called(group: Group, function: Value, given: Arguments, caller: Caller) -> Value:
    frame = group.frame
    given_to: Value = frame
    if group.single is not None:
        given_to = Cells(frame.column(group.single) | frame.rows, group.single)
    made = caller.call(function, Arguments((given_to, *given.positional[1:]), {}))
    beside = caller.taken([value for value in given.values if value is not function])
    if isinstance(made, Frame):
        return _with_keys(group, made.with_rows(beside), frame)
    if isinstance(made, Cells):
        return Cells(everything(made) | frame.rows | beside, made.name, index=group.keys)
    return opaque(everything(made) | frame.rows | beside)
