"""Polars expressions: what columns they read, and how the columns they make are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from featurecat.definition.columnar.arguments import Arguments, Caller, expressions_in
from featurecat.definition.columnar.values import (
    NOTHING,
    Bound,
    Cells,
    Entries,
    Expression,
    Frame,
    Known,
    Reads,
    Value,
    column_names,
    everything,
)

__all__ = ["call_method", "call_polars", "made_columns", "merged", "named_columns", "reads_on"]

_SELECTORS = "polars.selectors"
#: Functions whose texts are no columns.
_LITERAL = frozenset({"lit", "element", "field", "int_range", "arange", "duration", "format"})
#: Functions that may make columns of all columns.
_EVERY = frozenset({"all", "exclude", "first", "last", "nth"})
#: Functions that make an expression of no column.
_CONSTANT = frozenset({"lit", "element", "int_range", "arange", "field", "struct"})
#: Functions that make a column of each column they are given.
_EACH = frozenset({"sum", "mean", "min", "max", "median", "std", "var", "any", "count"})
#: Methods all of whose texts are columns.
_COLUMN_METHODS = frozenset({"over", "sort_by", "then", "otherwise", "when", "rolling", "partition_by"})
#: Methods that end in ``_by`` and take no column.
_NO_COLUMNS = frozenset({"offset_by", "to_physical_by"})
#: Arguments that name columns whatever the method.
_COLUMN_ARGUMENTS = ("by", "order_by", "index_column", "partition_by", "group_by")


def call_polars(name: str, given: Arguments, caller: Caller, *, module: str) -> Value:
    """What a function of Polars returns: an expression, or what is made of the columns it is given.

    Args:
        name: The function.
        given: Its arguments.
        caller: Reads functions among them.
        module: Where it is from.
    """
    if module.startswith(_SELECTORS):
        return _selected(name, given)
    names = _plain_names(given.positional)
    if name == "col":
        return Expression(every=True) if names is None else Expression(roots=tuple(names))
    if name in _EVERY and not _texts(given):
        return Expression(every=True)
    made, reads = _gathered(name, given, caller)
    if made is None:
        if name in ("len", "count"):
            return Expression(reads=reads, alias="len")
        return Expression(reads=reads, alias="literal") if name in _CONSTANT else Cells(reads)
    made = replace(made, reads=made.reads | reads)
    if name == "when":  # the condition names nothing
        return Expression(also=made.also | set(made.roots), also_every=made.also_every or made.every, reads=made.reads)
    if len(made.roots) > 1 and name not in _EACH:
        return replace(made, roots=made.roots[:1], also=made.also | set(made.roots[1:]))
    return made


def _gathered(name: str, given: Arguments, caller: Caller) -> tuple[Expression | None, Reads]:
    """The expression that arguments make, texts being columns, and what else they are made of."""
    made: Expression | None = None
    reads = NOTHING if given.loose is None else everything(given.loose)
    named = name in ("struct", "when")
    values = [(value, name not in _LITERAL) for value in given.positional]
    values += [(value, named) for value in given.named.values()]
    for one, texts in [(one, texts) for value, texts in values for one in expressions_in(value)]:
        expression = _as_expression(one, texts=texts)
        if expression is None:
            reads |= caller.taken([one])
        else:
            made = expression if made is None else made.beside(expression)
    return made, reads


def _as_expression(value: Value, *, texts: bool) -> Expression | None:
    """An expression, or the column that a text names."""
    if texts and isinstance(value, Known) and isinstance(value.value, str):
        return Expression(roots=(value.value,))
    return value if isinstance(value, Expression) else None


def _texts(given: Arguments) -> list[str]:
    return [text for value in given.positional for text in column_names(value) or ()]


def _selected(name: str, given: Arguments) -> Value:
    names = _plain_names(given.positional)
    if name == "by_name" and names is not None:
        return Expression(roots=tuple(names))
    return Expression(every=True)


def _plain_names(values: tuple[Value, ...]) -> list[str] | None:
    """Column names written out; None where one of them is a pattern, a data type or not known."""
    names: list[str] = []
    for value in values:
        found = column_names(value)
        if found is None or any(text == "*" or (text.startswith("^") and text.endswith("$")) for text in found):
            return None
        names += found
    return names


def merged(values: list[Value]) -> Expression:
    """The expression that several values make together, the first expression giving the name."""
    made: Expression | None = None
    reads = NOTHING
    for value in values:
        for one in expressions_in(value):
            if isinstance(one, Expression):
                made = one if made is None else made.beside(one)
            else:
                reads |= everything(one)
    made = made or Expression()
    return replace(made, reads=made.reads | reads)


def call_method(made: Expression, method: Bound, given: Arguments, *, caller: Caller) -> Value:
    """What a method of an expression returns."""
    name = method.name
    if name == "alias" or method.space == "name":
        return _renamed(made, name, given.constant(0, "name", "suffix", "prefix"))
    if name == "field":
        made = replace(made, unnamed=True)
    for one, texts in [(one, texts) for value, texts in _method_values(name, given) for one in expressions_in(value)]:
        expression = _as_expression(one, texts=texts)
        if expression is not None:
            made = made.beside(expression)
        elif texts and isinstance(one, Cells) and not one.sure:
            made = replace(made, also_every=True, reads=made.reads | one.reads)
        else:
            made = replace(made, reads=made.reads | caller.taken([one]))
    return made


def _renamed(made: Expression, method: str, text: object) -> Expression:
    """An expression under another name."""
    if method == "keep":
        return made
    if not isinstance(text, str) or method not in ("alias", "prefix", "suffix"):
        return replace(made, unnamed=True)
    if method == "alias":
        return replace(made, alias=text, ends=("", ""))
    start, end = made.ends
    return replace(made, ends=(text + start, end) if method == "prefix" else (start, end + text))


def _method_values(name: str, given: Arguments) -> list[tuple[Value, bool]]:
    every = name in _COLUMN_METHODS
    leading = name.endswith("_by") and name not in _NO_COLUMNS
    values = [(value, every or (leading and place == 0)) for place, value in enumerate(given.positional)]
    values += [(value, key in _COLUMN_ARGUMENTS or every) for key, value in given.named.items()]
    return values if given.loose is None else [*values, (given.loose, True)]


def reads_on(frame: Frame, value: Value, *, texts: bool = True) -> Reads:
    """What a value is made of when it is used on a frame: names are its columns, expressions read them."""
    reads = NOTHING
    for one in expressions_in(value):
        match one:
            case Known(value=str() as name) if texts:
                reads |= frame.column(name) if _plain_names((one,)) is not None else frame.whole
            case Expression():
                for _, made in _made(frame, one):
                    reads |= made
            case Cells(sure=False):
                reads |= one.reads | frame.whole
            case _:
                reads |= everything(one)
    return reads


def _made(frame: Frame, expression: Expression) -> list[tuple[str | None, Reads]]:
    """The columns that an expression without the star makes, each with what it is made of."""
    beside = expression.reads.union(*(frame.column(name) for name in expression.also))
    if expression.also_every:
        beside |= frame.whole
    if expression.every:
        return [(expression.alias, beside | frame.whole)]
    if not expression.roots:
        return [(None if expression.unnamed else expression.alias, beside)]
    start, end = expression.ends
    return [
        (None if expression.unnamed else start + (expression.alias or root) + end, frame.column(root) | beside)
        for root in expression.roots
    ]


def made_columns(frame: Frame, values: list[Value], named: Mapping[str, Value]) -> tuple[Frame, bool]:
    """The columns that the arguments of ``select`` make of a frame.

    Returns:
        A frame of these columns alone, and whether all columns of the frame are among them as they are.
    """
    made: dict[str, Reads] = {}
    unnamed, rows, all_kept = NOTHING, NOTHING, False
    for value in values:
        for one in expressions_in(value):
            if isinstance(one, Expression) and one.every and one.alias is None and one.ends == ("", ""):
                beside = one.reads.union(*(frame.column(name) for name in one.also))
                rows |= beside | (frame.whole if one.also_every or one.unnamed else NOTHING)
                unnamed |= frame.whole if one.unnamed else NOTHING
                all_kept = True
                continue
            for name, reads in _one_made(frame, one):
                if name is None:
                    unnamed |= reads
                else:
                    made[name] = reads
    for name, value in named.items():
        made[name] = reads_on(frame, value)
    return Frame(made, {}, unnamed, frame.rows | rows, frame.index), all_kept


def _one_made(frame: Frame, value: Value) -> list[tuple[str | None, Reads]]:
    match value:
        case Known(value=str() as name):
            if _plain_names((value,)) is None:
                return [(None, frame.whole)]
            return [(name, frame.column(name))]
        case Expression():
            return _made(frame, value)
        case Cells(sure=True, name=name):
            return [(name, value.reads)]
        case Known():
            return []
        case _:
            return [(None, everything(value) | frame.whole)]


def named_columns(value: Value | None) -> dict[str, Value] | None:
    """A mapping of column names to what they hold; None where that is not known."""
    if isinstance(value, Entries) and value.rest is None:
        entries = dict(value.entries)
    elif isinstance(value, Known) and isinstance(value.value, dict):
        entries = {key: Known(held) for key, held in value.value.items()}
    else:
        return None
    return entries if all(isinstance(key, str) for key in entries) else None
