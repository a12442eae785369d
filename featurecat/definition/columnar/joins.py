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
        return _joined_with_several(frame, right, given, caller)
    keys = _key_reads(frame, right, given, by_index=by_index)
    if given.constant(None, "how") in ("semi", "anti"):
        return frame.with_rows(keys | right.rows)
    return replace(_beside(frame, right, _suffixes(given), _key_names(given)), rows=frame.rows | right.rows | keys)


def _joined_with_several(frame: Frame, right: Value | None, given: Arguments, caller: Caller) -> Value:
    """A frame joined by index with each of a list; anything else may read all of it."""
    members = None if right is None else members_of(right)
    if not members or not all(isinstance(one, Frame) for one in members):
        return opaque(frame.whole | caller.taken(given.values))
    made: Value = frame
    for one in members:
        if isinstance(made, Frame):
            made = join_frames(made, replace(given, positional=(one, *given.positional[1:])), caller, by_index=True)
    return made


def _key_reads(left: Frame, right: Frame, given: Arguments, *, by_index: bool) -> Reads:
    """What the keys on both sides are made of."""
    if given.constant(None, "how") == "cross":
        return NOTHING
    if given.loose is not None:
        return left.whole | right.whole
    told = _told_keys(left, right, given, by_index=by_index)
    if told:
        return NOTHING.union(*told)
    if by_index:
        return left.index_reads | right.index_reads
    if left.complete and right.complete:
        common = [name for name in left.columns if name in right.columns]
        return NOTHING.union(*(left.column(name) | right.column(name) for name in common))
    return left.whole | right.whole


def _told_keys(left: Frame, right: Frame, given: Arguments, *, by_index: bool) -> list[Reads]:
    """What each key is made of that the arguments name; none when they name none."""
    indexed = bool(right.index) and by_index
    told = [reads_on(left, value) for value in _given(given, "left_on", "left_by")]
    told += [reads_on(right, value) for value in _given(given, "right_on", "right_by")]
    for value in [*_given(given, "on", "by"), *given.positional[1:]]:
        told += [reads_on(left, value), right.index_reads if indexed else reads_on(right, value)]
    told += [
        frame.index_reads
        for frame, option in ((left, "left_index"), (right, "right_index"))
        if given.constant(None, option)
    ]
    return told


def _given(given: Arguments, *options: str) -> list[Value]:
    """The arguments that are given, and not as None."""
    values = [given.named[option] for option in options if option in given.named]
    return [value for value in values if not (isinstance(value, Known) and value.value is None)]


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
        if name in left.columns and name in right.columns:
            columns[f"{name}{suffixes[0]}"] = own if suffixes[0] else own | other
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
