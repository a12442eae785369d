"""What stands for the values of a function while its source is read: frames, columns, expressions, constants.

Every value knows what it is made of: columns of the function's parameters. Where that cannot be told, it counts as
made of all that it may be made of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

__all__ = [
    "EMPTY",
    "NOTHING",
    "WHOLE",
    "Bound",
    "Cells",
    "Entries",
    "Expression",
    "Frame",
    "Group",
    "Known",
    "Local",
    "Members",
    "Reads",
    "Value",
    "column_names",
    "combined_cells",
    "entries_of",
    "everything",
    "joined",
    "members_of",
    "opaque",
]

#: Parameter and column; the column :data:`WHOLE` stands for all of them, or for what has none.
Reads: TypeAlias = frozenset[tuple[str, str]]

WHOLE = "*"
NOTHING: Reads = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """A Python object that is known while reading: a constant, a function, a module."""

    value: Any


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """A column or anything else that was computed.

    Attributes:
        reads: What it is made of.
        name: Its name as a column, where it is known.
        sure: Whether it surely is data, and neither a column's name nor an expression.
        index: The levels of its index that are known.
    """

    reads: Reads = NOTHING
    name: str | None = None
    sure: bool = True
    index: Mapping[str, Reads] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """A Polars expression, which reads columns of the frame it will be used on.

    Attributes:
        roots: The columns that it makes columns of, one each.
        also: Further columns that all of these are made of.
        every: Whether the roots are all columns.
        also_every: Whether any column may be among the further ones.
        reads: What it is made of beside the frame.
        alias: The name of what it makes.
        ends: What is put before and after the names.
        unnamed: Whether the names of what it makes are not known.
    """

    roots: tuple[str, ...] = ()
    also: frozenset[str] = frozenset()
    every: bool = False
    also_every: bool = False
    reads: Reads = NOTHING
    alias: str | None = None
    ends: tuple[str, str] = ("", "")
    unnamed: bool = False

    def beside(self, other: Expression) -> Expression:
        """This expression, made of another as well; its name and roots where this one has none."""
        if not self.roots and not self.every:
            return replace(
                other,
                also=other.also | self.also,
                also_every=self.also_every or other.also_every,
                reads=self.reads | other.reads,
                alias=self.alias if other.alias is None else other.alias,
            )
        return replace(
            self,
            also=self.also | other.also | frozenset(other.roots),
            also_every=self.also_every or other.also_every or other.every,
            reads=self.reads | other.reads,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A frame, or one row of it.

    Attributes:
        columns: What columns are made of.
        through: Parameters whose other columns are columns of this frame, each with those that are not.
        others: What columns with unknown names are made of, which may stand in the place of known ones.
        rows: What decides which rows there are, in which order.
        index: The levels of its index.
        suffixes: What a join may have put behind names of columns.
    """

    columns: Mapping[str, Reads] = field(default_factory=dict)
    through: Mapping[str, frozenset[str]] = field(default_factory=dict)
    others: Reads = NOTHING
    rows: Reads = NOTHING
    index: Mapping[str, Reads] = field(default_factory=dict)
    suffixes: frozenset[str] = frozenset()

    @property
    def complete(self) -> bool:
        """Whether all its columns are known by name."""
        return not self.through and not self.others

    @property
    def whole(self) -> Reads:
        """What all of it is made of."""
        return NOTHING.union(
            *self.columns.values(),
            self.others,
            self.rows,
            *self.index.values(),
            {(parameter, WHOLE) for parameter in self.through},
        )

    @property
    def index_reads(self) -> Reads:
        """What its index is made of."""
        return NOTHING.union(*self.index.values())

    def column(self, name: str) -> Reads:
        """What a column is made of, apart from which rows there are; all, when there is no such column."""
        if name in self.columns:
            return self.columns[name] | self.others
        stems = {name.removesuffix(end) for end in self.suffixes if end and name.endswith(end)}
        found = {
            (parameter, own)
            for parameter, missing in self.through.items()
            for own in {name, *stems}
            if own not in missing
        }
        found.update(*(self.columns[stem] for stem in stems if stem in self.columns))
        if found:
            return self.others.union(found)
        return self.index.get(name, self.whole)

    def picked(self, names: Iterable[str]) -> Frame:
        """The frame with these columns only."""
        return replace(self, columns={name: self.column(name) for name in names}, through={}, others=NOTHING)

    def without(self, names: Iterable[str]) -> Frame:
        """The frame without these columns."""
        gone = frozenset(names)
        return replace(
            self,
            columns={name: reads for name, reads in self.columns.items() if name not in gone},
            through={parameter: missing | gone for parameter, missing in self.through.items()},
        )

    def with_columns(self, made: Mapping[str, Reads], unnamed: Reads = NOTHING) -> Frame:
        """The frame with further columns, or others in the place of those of their name."""
        return replace(self, columns={**self.columns, **made}, others=self.others | unnamed)

    def with_rows(self, reads: Reads) -> Frame:
        """The frame, its rows chosen or ordered by something."""
        return replace(self, rows=self.rows | reads) if reads else replace(self)

    def renamed(self, names: Mapping[str, str]) -> Frame:
        """The frame, columns under other names."""
        made = {new: self.column(old) for old, new in names.items()}
        return self.without(names).with_columns(made)

    def mixed(self) -> Frame:
        """The frame, its columns under names that are not known."""
        return Frame(others=self.whole, rows=self.rows)


#: A frame that comes from outside.
EMPTY = Frame()


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Rows put together by keys, or the windows of rows.

    Attributes:
        frame: What is grouped; its rows are made of the keys.
        keys: The keys.
        single: The one column that was picked of the frame.
    """

    frame: Frame
    keys: Mapping[str, Reads]
    single: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Members:
    """A list or tuple: members in their places, and what further ones may be."""

    members: tuple[Value, ...]
    rest: Value | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Entries:
    """A mapping: entries under known keys, and what further ones may be."""

    entries: Mapping[Any, Value]
    rest: Value | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Local:
    """A function written inside the one that is read; ``scope`` is where it was written."""

    tree: Any
    scope: Any


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """An attribute of a value that is not looked at yet, such as a method before it is called."""

    receiver: Value
    name: str
    space: str | None = None


Value: TypeAlias = Known | Cells | Expression | Frame | Group | Members | Entries | Local | Bound


def opaque(reads: Reads) -> Cells:
    """Something made of ``reads`` of which nothing else is known."""
    return Cells(reads, sure=False)


def everything(value: Value | None) -> Reads:
    """All that a value is made of."""
    match value:
        case Cells(reads=reads, index=index):
            return reads.union(*index.values())
        case Expression(reads=reads):
            return reads
        case Frame():
            return value.whole
        case Group(frame=frame, keys=keys):
            return frame.whole.union(*keys.values())
        case Members(members=members, rest=rest):
            return everything(rest).union(*map(everything, members))
        case Entries(entries=entries, rest=rest):
            return everything(rest).union(*map(everything, entries.values()))
        case Bound(receiver=receiver):
            return everything(receiver)
        case _:
            return NOTHING


def members_of(value: Value) -> list[Value] | None:
    """The members of a list, tuple, set or mapping that is known; None for anything else."""
    match value:
        case Members(members=members, rest=None):
            return list(members)
        case Entries(entries=entries, rest=None):
            return [Known(key) for key in entries]
        case Known(value=held) if isinstance(held, list | tuple | set | frozenset | dict | range) or (
            type(held).__name__ in ("dict_keys", "dict_values", "dict_items")
        ):
            return [Known(member) for member in held]
        case _:
            return None


def entries_of(value: Value) -> dict[Any, Value] | None:
    """The entries of a mapping that is known."""
    if isinstance(value, Entries) and value.rest is None:
        return dict(value.entries)
    if isinstance(value, Known) and isinstance(value.value, dict):
        return {key: Known(held) for key, held in value.value.items()}
    return None


def combined_cells(cells: list[Cells], reads: Reads) -> Cells:
    """What an operator makes of columns: data, where one of them surely is."""
    if cells and not any(value.sure and value.reads for value in cells):
        return opaque(reads)
    index = next((value.index for value in cells if value.index), {})
    names = {value.name for value in cells}
    return Cells(reads, names.pop() if len(names) == 1 else None, index=index)


def column_names(value: Value | None) -> list[str] | None:
    """The column names that a value holds, one or several; None when that cannot be told."""
    if value is None:
        return None
    if isinstance(value, Known) and isinstance(value.value, str):
        return [value.value]
    members = members_of(value)
    if members is None:
        return None
    names: list[str] = []
    for member in members:
        if not (isinstance(member, Known) and isinstance(member.value, str)):
            return None
        names.append(member.value)
    return names


def joined(first: Value, second: Value) -> Value:
    """What is either of two values."""
    if first is second:
        return first
    match first, second:
        case Known(), Known():
            return _joined_constants(first, second)
        case (Known(), _):
            return _with_known(second, first)
        case (_, Known()):
            return _with_known(first, second)
        case Frame(), Frame():
            return _joined_frames(first, second)
        case Expression(), Expression():
            return replace(first.beside(second), unnamed=True)
        case Members(), Members():
            return _either(first.members, second.members, (first.rest, second.rest))
        case Entries(), Entries():
            return _joined_entries(first, second)
        case _:
            return _unlike(first, second)


def _joined_constants(first: Known, second: Known) -> Value:
    one, other = first.value, second.value
    if one is other or (type(one) is type(other) and isinstance(one, str | int | float) and one == other):
        return first
    members, others = members_of(first), members_of(second)
    return opaque(NOTHING) if members is None or others is None else _either(members, others)


def _unlike(first: Value, second: Value) -> Value:
    """What may be of different kinds; an expression among them may read any column."""
    reads = everything(first) | everything(second)
    if isinstance(first, Expression) or isinstance(second, Expression):
        return Expression(every=True, reads=reads, unnamed=True)
    if isinstance(first, Cells) and isinstance(second, Cells):
        return Cells(reads, first.name if first.name == second.name else None, sure=first.sure and second.sure)
    return opaque(reads)


def _with_known(value: Value, known: Known) -> Value:
    """A value that may be a constant instead."""
    members = members_of(known)
    if isinstance(value, Members) and members is not None:
        return _either(value.members, members, (value.rest,))
    if isinstance(value, Entries) and isinstance(known.value, dict):
        return _joined_entries(value, Entries({key: Known(held) for key, held in known.value.items()}))
    if isinstance(value, Cells) and isinstance(known.value, str):
        return replace(value, sure=False)
    if isinstance(value, Expression) and isinstance(known.value, str):
        return replace(value, every=True, unnamed=True)
    if isinstance(value, Local) or (isinstance(value, Members | Entries) and known.value is not None):
        return opaque(everything(value))
    return value


def _either(first: Sequence[Value], second: Sequence[Value], rests: Sequence[Value | None] = ()) -> Value:
    loose = [rest for rest in rests if rest is not None]
    if len(first) == len(second) and not loose:
        return Members(tuple(joined(one, other) for one, other in zip(first, second, strict=True)))
    members = [*first, *second, *loose]
    rest: Value | None = None
    for member in members:
        rest = member if rest is None else joined(rest, member)
    return Members((), rest)


def _joined_entries(first: Entries, second: Entries) -> Entries:
    entries = {
        key: joined(first.entries[key], second.entries[key])
        if key in first.entries and key in second.entries
        else first.entries.get(key) or second.entries[key]
        for key in [*first.entries, *(key for key in second.entries if key not in first.entries)]
    }
    if first.rest is None or second.rest is None:
        return Entries(entries, first.rest or second.rest)
    return Entries(entries, joined(first.rest, second.rest))


def _joined_frames(first: Frame, second: Frame) -> Frame:
    names = dict.fromkeys([*first.columns, *second.columns])
    columns = {
        name: NOTHING.union(
            *(frame.column(name) for frame in (first, second) if name in frame.columns or frame.through)
        )
        for name in names
    }
    through = {
        parameter: first.through[parameter] & second.through[parameter]
        if parameter in first.through and parameter in second.through
        else {**first.through, **second.through}[parameter]
        for parameter in {**first.through, **second.through}
    }
    levels = dict.fromkeys([*first.index, *second.index])
    return Frame(
        columns,
        through,
        first.others | second.others,
        first.rows | second.rows,
        {level: first.index.get(level, NOTHING) | second.index.get(level, NOTHING) for level in levels},
        first.suffixes | second.suffixes,
    )
