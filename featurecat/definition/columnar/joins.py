"""Frames put side by side: by keys, by index, by position."""

from __future__ import annotations

from dataclasses import replace

from featurecat.definition.columnar.arguments import Arguments, Caller
from featurecat.definition.columnar.polars_expressions import reads_on
from featurecat.definition.columnar.values import (
    NOTHING,
    Cells,
    Frame,
    Known,
    Members,
    Reads,
    Value,
    column_names,
    everything,
    joined,
    members_of,
    opaque,
)

__all__ = ["concatenated", "join_frames"]


def join_frames(frame: Frame, given: Arguments, caller: Caller, *, by_index: bool) -> Value:
    """What ``merge``, ``join`` and their kin return.

    Args:
        frame: The left side.
        given: The arguments after it.
        caller: Reads functions among them.
        by_index: Whether the method joins by the index of the right side where it has one (pandas' ``join``).
    """
    right = given.get(0, "right", "other")
    if isinstance(right, Cells) and right.name is not None and right.sure:
        right = Frame({right.name: right.reads}, index=right.index)
    if not isinstance(right, Frame):
        members = members_of(right) if right is not None else None
        if members and all(isinstance(one, Frame) for one in members):
            made: Value = frame
            for one in members:
                assert isinstance(made, Frame)
                made = join_frames(
                    made, replace(given, positional=(one, *given.positional[1:])), caller, by_index=by_index
                )
            return made
        return opaque(frame.whole | caller.taken(given.values))
    keys = _key_reads(frame, right, given, by_index=by_index)
    how = given.constant(None, "how")
    if how in ("semi", "anti"):
        return frame.with_rows(keys | right.rows)
    return replace(_beside(frame, right, _suffixes(given), _key_names(given)), rows=frame.rows | right.rows | keys)


def _key_reads(left: Frame, right: Frame, given: Arguments, *, by_index: bool) -> Reads:
    """What the keys on both sides are made of."""
    if given.constant(None, "how") == "cross":
        return NOTHING
    indexed = bool(right.index) and by_index
    reads = NOTHING
    told = False
    for option in ("on", "by", "left_on", "left_by"):
        value = given.named.get(option) or (given.get(1) if option == "on" and not by_index else None)
        value = given.get(1) if option == "on" and value is None else value
        if value is not None and not (isinstance(value, Known) and value.value is None):
            reads |= reads_on(left, value)
            told = True
            if option in ("on", "by"):
                reads |= right.index_reads if indexed else reads_on(right, value)
    for option in ("right_on", "right_by"):
        if option in given.named:
            reads |= reads_on(right, given.named[option])
            told = True
    for value in given.positional[2:] if not by_index else ():
        reads |= everything(value)
    if given.constant(None, "left_index"):
        reads |= left.index_reads
        told = True
    if given.constant(None, "right_index"):
        reads |= right.index_reads
        told = True
    if given.loose is not None:
        return reads | left.whole | right.whole
    if told:
        return reads
    if by_index:
        return left.index_reads | right.index_reads
    if left.complete and right.complete:
        common = [name for name in left.columns if name in right.columns]
        return NOTHING.union(*(left.column(name) | right.column(name) for name in common))
    return left.whole | right.whole


def _key_names(given: Arguments) -> set[str]:
    values = [given.named.get(option) for option in ("on", "by")] + [given.get(1)]
    return {name for value in values for name in column_names(value) or ()}


def _suffixes(given: Arguments) -> tuple[str, str]:
    """What is put behind the names that both sides have."""
    pair = given.named.get("suffixes")
    members = members_of(pair) if pair is not None else None
    if members is not None and len(members) == 2:
        texts = [str(one.value or "") if isinstance(one, Known) else "" for one in members]
        return texts[0], texts[1]
    one = given.constant(None, "suffix", "rsuffix")
    if isinstance(one, str):
        left = given.constant(None, "lsuffix")
        return (left if isinstance(left, str) else "", one)
    return "_x", "_y"


def _beside(left: Frame, right: Frame, suffixes: tuple[str, str], keys: set[str]) -> Frame:
    """The columns of two frames in one."""
    ends = {*suffixes, "_right", "_x", "_y"} - {""}
    columns: dict[str, Reads] = {}
    for name in dict.fromkeys([*left.columns, *right.columns]):
        own = left.column(name) if name in left.columns or left.through else NOTHING
        other = right.column(name) if name in right.columns or right.through else NOTHING
        columns[name] = own | other
        if name in keys:
            continue
        if name in left.columns and (name in right.columns or right.through):
            columns[f"{name}{suffixes[0]}"] = own if suffixes[0] else own | other
        if name in right.columns and (name in left.columns or left.through):
            for end in (suffixes[1], "_right"):
                columns[f"{name}{end}"] = other if end else own | other
    through = {
        parameter: left.through.get(parameter, missing) & right.through.get(parameter, missing)
        for parameter, missing in {**left.through, **right.through}.items()
    }
    suffixed = frozenset(ends) if through else frozenset()
    return Frame(
        columns, through, left.others | right.others, NOTHING, left.index, left.suffixes | right.suffixes | suffixed
    )


def concatenated(values: list[Value], *, across: bool | None, names: list[str] | None = None) -> Value:
    """Frames and columns put together.

    Args:
        values: What is put together.
        across: Whether side by side; None where that is not known.
        names: The names of single columns, where they are given.
    """
    if across is None or not values:
        return opaque(NOTHING.union(*map(everything, values)))
    made: Value | None = None
    for number, value in enumerate(values):
        if across:
            name = names[number] if names is not None and number < len(names) else None
            value = _as_frame(value, name)
            if not isinstance(value, Frame):
                return opaque(NOTHING.union(*map(everything, values)))
        if made is None:
            made = value
        elif isinstance(made, Frame) and isinstance(value, Frame):
            made = (
                replace(_beside(made, value, ("", ""), set()), rows=made.rows | value.rows)
                if across
                else joined(made, value)
            )
        else:
            made = joined(made, value)
    return Members(()) if made is None else made


def _as_frame(value: Value, name: str | None) -> Value:
    if isinstance(value, Cells):
        own = name or value.name
        if own is None:
            return Frame({}, {}, value.reads)
        return Frame({own: value.reads}, index=value.index)
    return value
