"""What expressions of the language stand for."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any

from featurecat.definition.columnar.arguments import Arguments, settled
from featurecat.definition.columnar.constants import (
    NO_CONSTANT,
    compare,
    compute,
    is_hashable,
    is_plain,
    member_under,
)
from featurecat.definition.columnar.frame_methods import CHANGING, METHODS, PROPERTIES, frame_property
from featurecat.definition.columnar.group_methods import GROUP_NAMES
from featurecat.definition.columnar.polars_expressions import merged
from featurecat.definition.columnar.scope import Scope
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
    combined_cells,
    entries_of,
    everything,
    joined,
    members_of,
    opaque,
)

__all__ = ["Expressions"]

#: A loop over more constants than these is read as a loop over any.
_MOST_TURNS = 300


class Expressions:
    """Reads expressions; calls and statements are read by what derives from it.

    Args:
        frame_names: Names of the attributes of frames that are no columns.
    """

    def __init__(self, frame_names: frozenset[str]) -> None:
        self.frame_names = frame_names
        self.scope = Scope()
        self.effects: Reads = NOTHING
        self.line = 0
        self.depth = 0
        #: Where a column was named first, and how.
        self.seen: dict[tuple[str, str], tuple[str, int]] = {}

    def call_node(self, node: ast.Call) -> Value:
        """What a call returns."""
        raise NotImplementedError

    def call(self, function: Value, arguments: Arguments) -> Value:
        """What a function returns for arguments."""
        raise NotImplementedError

    def value(self, node: ast.expr) -> Value:
        """What an expression stands for."""
        reader = _READERS.get(type(node))
        if reader is None:
            inner = (one for one in ast.iter_child_nodes(node) if isinstance(one, ast.expr))
            return opaque(NOTHING.union(*(everything(self.value(one)) for one in inner)))
        made = reader(self, node)
        if self.depth == 0:
            self.line = getattr(node, "lineno", self.line)
        return made

    def taken(self, values: list[Value]) -> Reads:
        """All that values are made of, functions among them called with nothing known."""
        reads = NOTHING
        for value in values:
            if isinstance(value, Local):
                value = self.call(value, Arguments(loose=opaque(NOTHING)))
            reads |= everything(value)
        return reads

    def note(self, reads: Reads, origin: str) -> None:
        """Remember where columns are named first."""
        for read in reads:
            self.seen.setdefault(read, (origin, self.line))

    # --- names, attributes, subscripts --------------------------------------------------------------

    def _name(self, node: ast.Name) -> Value:
        return self.scope.find(node.id)

    def _attribute(self, node: ast.Attribute) -> Value:
        return self.attribute(self.value(node.value), node.attr)

    def attribute(self, receiver: Value, name: str) -> Value:
        """What an attribute of a value is."""
        match receiver:
            case Known(value=ModuleType() as module):
                found = vars(module).get(name, NO_CONSTANT)
                if found is NO_CONSTANT:
                    return Bound(receiver, name)
                return Known(found)
            case Known(value=held) if is_plain(held) or isinstance(held, type):
                return Bound(receiver, name)
            case Known(value=held) if type(held).__module__.startswith("polars.") and type(held).__name__ == "Col":
                return Expression(roots=(name,))
            case Known(value=held):
                return Bound(receiver, name)
            case Frame():
                return self._frame_attribute(receiver, name)
            case Group(single=None) if name not in GROUP_NAMES and name not in METHODS and name not in self.frame_names:
                return self.picked_group(receiver, Known(name))
            case Bound(receiver=inner_receiver, name=space) if not isinstance(inner_receiver, Known):
                return Bound(inner_receiver, name, space)
            case _:
                return Bound(receiver, name)

    def _frame_attribute(self, frame: Frame, name: str) -> Value:
        if name in METHODS or name in CHANGING or name in PROPERTIES or name in self.frame_names:
            found = frame_property(frame, name)
            if found is not None:
                self.note(everything(found), "attribute")
            return Bound(frame, name) if found is None else found
        reads = frame.column(name)
        self.note(reads, "attribute")
        return Cells(reads | frame.rows, name, index=frame.index)

    def _subscript(self, node: ast.Subscript) -> Value:
        receiver = self.value(node.value)
        key = self.value(node.slice)
        made = self.subscript(receiver, key)
        self.note(everything(made), "subscript")
        return made

    def subscript(self, receiver: Value, key: Value) -> Value:
        """What stands under a key of a value."""
        match receiver:
            case Frame():
                return self._of_frame(receiver, key)
            case Bound(receiver=Frame() as frame, name="loc" | "iloc" | "at" | "iat" as name):
                return self._located(frame, key, by_name=name in ("loc", "at"))
            case Group():
                return self.picked_group(receiver, key)
            case Known(value=held) if isinstance(key, Known) and is_plain(held) and is_plain(key.value):
                found = member_under(held, key.value)
                return opaque(NOTHING) if found is NO_CONSTANT else Known(found)
            case Members() | Entries():
                return _member(receiver, key)
            case Cells():
                return replace(receiver, reads=receiver.reads | everything(key), name=receiver.name)
            case Expression():
                return merged([receiver, key])
            case _:
                receiver, key = settled(receiver), settled(key)
                if isinstance(receiver, Expression):
                    return merged([receiver, key])
                return opaque(everything(receiver) | everything(key))

    def _of_frame(self, frame: Frame, key: Value) -> Value:
        key = settled(key)
        if isinstance(key, Known) and isinstance(key.value, str):
            return Cells(frame.column(key.value) | frame.rows, key.value, index=frame.index)
        names = column_names(key)
        if names is not None:
            return frame.picked(names)
        match key:
            case Members(members=(rows, columns)):
                return self._located(frame, Members((rows, columns)), by_name=True)
            case Known(value=slice() | int()):
                return replace(frame)
            case Frame():
                return frame.with_rows(key.whole)
            case Cells(sure=True):
                return frame.with_rows(everything(key))
            case _:
                return opaque(frame.whole | everything(key))

    def _located(self, frame: Frame, key: Value, *, by_name: bool) -> Value:
        if isinstance(key, Known) and isinstance(key.value, tuple) and len(key.value) == 2:
            key = Members((Known(key.value[0]), Known(key.value[1])))
        if not (isinstance(key, Members) and len(key.members) == 2 and key.rest is None):
            if isinstance(key, Local):
                key = self.call(key, Arguments((frame,)))
            return frame.with_rows(everything(key) | frame.index_reads)
        rows, columns = key.members
        if isinstance(rows, Local):
            rows = self.call(rows, Arguments((frame,)))
        chosen = NOTHING if isinstance(rows, Known) else everything(rows) | frame.index_reads
        frame = frame.with_rows(chosen)
        if isinstance(columns, Known) and isinstance(columns.value, slice):
            return frame
        if by_name and column_names(columns) is not None:
            return self._of_frame(frame, columns)
        return opaque(frame.whole | everything(columns))

    def picked_group(self, group: Group, key: Value) -> Value:
        """The columns of a group under a key."""
        names = column_names(key)
        if names is None:
            return opaque(group.frame.whole | everything(key))
        single = names[0] if isinstance(key, Known) and isinstance(key.value, str) else None
        frame = group.frame.picked(names)
        self.note(frame.column(names[0]) if single else NOTHING.union(*map(frame.column, names)), "subscript")
        return replace(group, frame=frame, single=single)

    # --- literals -------------------------------------------------------------------------------------

    def _constant(self, node: ast.Constant) -> Value:
        return Known(node.value)

    def _text(self, node: ast.JoinedStr) -> Value:
        pieces: list[str] = []
        reads, known = NOTHING, True
        for piece in node.values:
            if isinstance(piece, ast.Constant):
                pieces.append(str(piece.value))
                continue
            assert isinstance(piece, ast.FormattedValue)
            value = self.value(piece.value)
            if isinstance(value, Known) and isinstance(value.value, str | int) and piece.format_spec is None:
                pieces.append(str(value.value))
            else:
                known = False
                reads |= everything(value)
        return Known("".join(pieces)) if known else opaque(reads)

    def _list(self, node: ast.List | ast.Tuple | ast.Set) -> Value:
        members: list[Value] = []
        rest: Value | None = None
        for element in node.elts:
            if not isinstance(element, ast.Starred):
                members.append(settled(self.value(element)))
                continue
            value = self.value(element.value)
            inner = members_of(value)
            if inner is not None:
                members += inner
            else:
                loose = self.element(value)
                rest = loose if rest is None else joined(rest, loose)
        if rest is None and all(isinstance(member, Known) for member in members):
            held = [member.value for member in members if isinstance(member, Known)]
            try:
                return Known({ast.List: list, ast.Tuple: tuple, ast.Set: set}[type(node)](held))
            except TypeError:  # members of a set that cannot be hashed
                return Members(tuple(members))
        return Members(tuple(members), rest)

    def _dict(self, node: ast.Dict) -> Value:
        entries: dict[Any, Value] = {}
        rest: Value | None = None
        for key_node, value_node in zip(node.keys, node.values, strict=True):
            value = settled(self.value(value_node))
            if key_node is None:
                inner = entries_of(value)
                if inner is not None:
                    entries.update(inner)
                    continue
            else:
                key = self.value(key_node)
                if isinstance(key, Known) and is_plain(key.value) and is_hashable(key.value):
                    entries[key.value] = value
                    continue
                value = joined(value, opaque(everything(key)))
            rest = value if rest is None else joined(rest, value)
        if rest is None and all(isinstance(value, Known) for value in entries.values()):
            return Known({key: value.value for key, value in entries.items() if isinstance(value, Known)})
        return Entries(entries, rest)

    def _slice(self, node: ast.Slice) -> Value:
        parts = [self.value(part) for part in (node.lower, node.upper, node.step) if part is not None]
        reads = NOTHING.union(*map(everything, parts))
        return Cells(reads) if reads else Known(slice(None))

    # --- operators ------------------------------------------------------------------------------------

    def _binary(self, node: ast.BinOp) -> Value:
        left, right = settled(self.value(node.left)), settled(self.value(node.right))
        if isinstance(left, Known) and isinstance(right, Known):
            made = compute(node.op, left.value, right.value)
            return opaque(NOTHING) if made is NO_CONSTANT else Known(made)
        members, others = members_of(left), members_of(right)
        if isinstance(node.op, ast.Add) and members is not None and others is not None:
            return Members((*members, *others))
        if isinstance(node.op, ast.BitOr) and (isinstance(left, Entries) or isinstance(right, Entries)):
            first, second = entries_of(left), entries_of(right)
            if first is not None and second is not None:
                return Entries({**first, **second})
        return self.combined([left, right])

    def combined(self, values: list[Value]) -> Value:
        """What an operator makes of several values."""
        values = [settled(value) for value in values]
        if any(isinstance(value, Expression) for value in values):
            return merged([opaque(value.whole) if isinstance(value, Frame) else value for value in values])
        frames = [value for value in values if isinstance(value, Frame)]
        if len(frames) == 1:
            return frames[0].with_rows(NOTHING.union(*(everything(one) for one in values if one is not frames[0])))
        reads = NOTHING.union(*map(everything, values))
        cells = [value for value in values if isinstance(value, Cells)]
        return combined_cells(cells, reads)

    def _unary(self, node: ast.UnaryOp) -> Value:
        value = settled(self.value(node.operand))
        if isinstance(value, Known) and isinstance(value.value, int | float) and isinstance(node.op, ast.USub):
            return Known(-value.value)
        return Known(None) if isinstance(value, Known) else self.combined([value])

    def _compare(self, node: ast.Compare) -> Value:
        values = [self.value(one) for one in (node.left, *node.comparators)]
        known = [value.value for value in values if isinstance(value, Known)]
        if len(known) == len(values):
            made = compare(node.ops[0], *known) if len(known) == 2 else NO_CONSTANT
            return opaque(NOTHING) if made is NO_CONSTANT else Known(made)
        return self.combined(values)

    def _either(self, node: ast.BoolOp) -> Value:
        values = [settled(self.value(one)) for one in node.values]
        self.effects |= NOTHING.union(*map(everything, (value for value in values if not isinstance(value, Frame))))
        made = values[0]
        for value in values[1:]:
            made = joined(made, value)
        return made

    def _conditional(self, node: ast.IfExp) -> Value:
        test = everything(self.value(node.test))
        made = joined(settled(self.value(node.body)), settled(self.value(node.orelse)))
        self.effects |= test
        return made

    def _walrus(self, node: ast.NamedExpr) -> Value:
        value = self.value(node.value)
        self.scope.names[node.target.id] = value
        return value

    def _lambda(self, node: ast.Lambda) -> Value:
        return Local(node, self.scope)

    def _passed(self, node: ast.Await | ast.Starred) -> Value:
        return self.value(node.value)

    # --- comprehensions -------------------------------------------------------------------------------

    def _comprehended(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> Value:
        made: list[Value] = []
        exact = self._turns(node.generators, lambda: made.append(settled(self.value(node.elt))))
        if exact:
            if all(isinstance(one, Known) for one in made):
                return Known([one.value for one in made if isinstance(one, Known)])
            return Members(tuple(made))
        rest = made[0] if made else opaque(NOTHING)
        for one in made[1:]:
            rest = joined(rest, one)
        return Members((), rest)

    def _comprehended_dict(self, node: ast.DictComp) -> Value:
        made: list[tuple[Value, Value]] = []
        exact = self._turns(
            node.generators, lambda: made.append((settled(self.value(node.key)), settled(self.value(node.value))))
        )
        keyed = {key.value: one for key, one in made if isinstance(key, Known) and is_hashable(key.value)}
        if exact and len(keyed) == len(made):
            if all(isinstance(one, Known) for one in keyed.values()):
                return Known({key: one.value for key, one in keyed.items() if isinstance(one, Known)})
            return Entries(keyed)
        return Entries({}, opaque(NOTHING.union(*(everything(key) | everything(one) for key, one in made))))

    def _turns(self, generators: list[ast.comprehension], body: Callable[[], None]) -> bool:
        """Run ``body`` for every turn; whether the turns are known one by one."""
        outer, self.scope = self.scope, Scope(self.scope)
        try:
            return self._turn(generators, body)
        finally:
            self.scope = outer

    def _turn(self, generators: list[ast.comprehension], body: Callable[[], None]) -> bool:
        if not generators:
            body()
            return True
        first, *others = generators
        values = self.value(first.iter)
        members = members_of(values)
        exact = members is not None and len(members) <= _MOST_TURNS
        for member in members if members is not None and len(members) <= _MOST_TURNS else [self.element(values)]:
            self.bind(first.target, member)
            conditions = [self.value(condition) for condition in first.ifs]
            self.effects |= NOTHING.union(*map(everything, conditions))
            if any(isinstance(one, Known) and one.value is False for one in conditions):
                continue
            turned = self._turn(others, body)
            exact = exact and turned and all(isinstance(one, Known) for one in conditions)
        return exact

    def element(self, value: Value) -> Value:
        """What one member of a value may be."""
        members = members_of(value)
        if members:
            made = members[0]
            for member in members[1:]:
                made = joined(made, member)
            return made
        match value:
            case Members(members=known, rest=rest) if rest is not None:
                for member in known:
                    rest = joined(rest, member)
                return rest
            case Group():
                return Members((Cells(value.frame.rows), value.frame))
            case Entries(rest=rest) if rest is not None:
                return opaque(everything(rest))
            case Frame():
                return opaque(value.whole)
            case Expression():
                return value
        made_of = settled(value)
        return replace(made_of, name=None) if isinstance(made_of, Cells) else opaque(everything(made_of))

    def bind(self, target: ast.expr, value: Value) -> None:
        """Let names, subscripts or attributes hold a value."""
        raise NotImplementedError


def _member(receiver: Members | Entries, key: Value) -> Value:
    known = key.value if isinstance(key, Known) else None
    if isinstance(receiver, Entries):
        if known is not None and is_hashable(known) and known in receiver.entries:
            return receiver.entries[known]
    elif isinstance(known, int) and receiver.rest is None and -len(receiver.members) <= known < len(receiver.members):
        return receiver.members[known]
    elif isinstance(known, slice):
        return receiver
    return opaque(everything(receiver) | everything(key))


_READERS: dict[type[ast.expr], Callable[[Any, Any], Value]] = {
    ast.Name: Expressions._name,
    ast.Attribute: Expressions._attribute,
    ast.Subscript: Expressions._subscript,
    ast.Constant: Expressions._constant,
    ast.JoinedStr: Expressions._text,
    ast.List: Expressions._list,
    ast.Tuple: Expressions._list,
    ast.Set: Expressions._list,
    ast.Dict: Expressions._dict,
    ast.Slice: Expressions._slice,
    ast.BinOp: Expressions._binary,
    ast.UnaryOp: Expressions._unary,
    ast.Compare: Expressions._compare,
    ast.BoolOp: Expressions._either,
    ast.IfExp: Expressions._conditional,
    ast.NamedExpr: Expressions._walrus,
    ast.Lambda: Expressions._lambda,
    ast.Await: Expressions._passed,
    ast.Starred: Expressions._passed,
    ast.ListComp: Expressions._comprehended,
    ast.SetComp: Expressions._comprehended,
    ast.GeneratorExp: Expressions._comprehended,
    ast.DictComp: Expressions._comprehended_dict,
    ast.Call: lambda reader, node: reader.call_node(node),
}
