"""Methods of frames, pandas and Polars alike: what they read, and what the frame they return is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias

from featurecat.definition.columnar.arguments import Arguments, Caller, expressions_in, is_function
from featurecat.definition.columnar.joins import join_frames
from featurecat.definition.columnar.polars_expressions import made_columns, reads_on
from featurecat.definition.columnar.queries import evaluated
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
    joined,
    opaque,
)

__all__ = ["CHANGING", "METHODS", "PROPERTIES", "frame_property", "grouped"]

Method: TypeAlias = Callable[[Frame, Arguments, Caller], Value]
#: Attributes that are no columns, and no methods either.
PROPERTIES = frozenset(
    ["T", "at", "attrs", "axes", "columns", "dtypes", "empty", "flags", "height", "iat", "iloc", "index", "loc", "ndim", "plot", "schema", "shape", "size", "style", "values", "width"]
)  # fmt: skip
_ACROSS = (1, "columns", "columns_")
_SAME = (
    "abs add add_suffix_ applymap asfreq asof astype at_time between_time bfill cache cast clip clone collect combine_first "
    "convert_dtypes copy cummax cummin cumprod cumsum diff div divide eq expand ffill fill_nan fill_null fillna first "
    "floordiv gather_every ge gt head infer_objects interpolate isin isna isnull last lazy le limit lt map mod mul multiply ne "
    "notna notnull pad pct_change pow rank rechunk reindex_like rename_axis replace reverse round rsub sample set_flags "
    "set_sorted shift shrink_to_fit slice sort_index sub subtract swaplevel tail to_pandas to_polars transform truediv "
    "truncate tz_convert tz_localize where mask collect_async approx_n_unique from_pandas"
)
_REDUCING = (
    "all any bottom count describe idxmax idxmin kurt kurtosis max mean median min mode null_count nunique prod product "
    "quantile sem skew std sum var"
)
_WHOLE = (
    "sum_horizontal mean_horizontal max_horizontal min_horizontal corr cov corrwith equals compare hash_rows to_numpy "
    "to_series to_struct item squeeze get_columns iter_columns items to_records to_string to_csv to_markdown to_html fold "
    "is_duplicated is_unique n_unique transpose stack unstack get_column_index dot memory_usage estimated_size info "
    "to_arrow to_dummies to_json write_csv write_parquet to_parquet sql map_batches"
)


def _same(frame: Frame, given: Arguments, caller: Caller) -> Value:
    """The rows may be others; every column is made of itself."""
    return frame.with_rows(caller.taken(given.values))


def _reduced(frame: Frame, given: Arguments, caller: Caller) -> Value:
    axis = given.get(0, "axis")
    if axis is None or (isinstance(axis, Known) and axis.value not in _ACROSS):
        return _same(frame, given, caller)
    return Cells(frame.whole | caller.taken(given.values))


def _whole(frame: Frame, given: Arguments, caller: Caller) -> Value:
    return Cells(frame.whole | caller.taken(given.values), sure=False)


def _select(frame: Frame, given: Arguments, caller: Caller) -> Value:
    made, all_kept = made_columns(frame, list(given.positional), given.named)
    loose = caller.taken([] if given.loose is None else [given.loose])
    if all_kept:
        return frame.with_columns(made.columns, made.others | loose).with_rows(made.rows)
    return replace(made, others=made.others | loose | (frame.whole if given.loose is not None else NOTHING))


def _with_columns(frame: Frame, given: Arguments, caller: Caller) -> Value:
    made, _ = made_columns(frame, list(given.positional), given.named)
    unnamed = made.others | (NOTHING if given.loose is None else everything(given.loose) | frame.whole)
    return frame.with_columns(made.columns, unnamed).with_rows(made.rows)


def _assign(frame: Frame, given: Arguments, caller: Caller) -> Value:
    for name, value in given.named.items():
        made = caller.call(value, Arguments((frame,))) if is_function(value) else value
        frame = frame.with_columns({name: everything(made)})
    if given.loose is not None:
        frame = frame.with_columns({}, everything(given.loose) | frame.whole)
    return frame


def _filter(frame: Frame, given: Arguments, caller: Caller) -> Value:
    names = column_names(given.named.get("items"))
    if names is not None:
        return frame.picked(names)
    if "like" in given.named or "regex" in given.named:
        return replace(frame)
    reads = NOTHING.union(*(reads_on(frame, value) for value in given.positional))
    for name, value in given.named.items():
        if name != "axis":
            reads |= frame.column(name) | everything(value)
    if given.loose is not None:
        reads |= frame.whole | everything(given.loose)
    return frame.with_rows(reads)


def _drop(frame: Frame, given: Arguments, caller: Caller) -> Value:
    wanted = [value for key, value in given.named.items() if key in ("columns", "labels")] + list(given.positional)
    names = [name for value in wanted for name in column_names(value) or ()]
    return frame.without(names)


def _rename(frame: Frame, given: Arguments, caller: Caller) -> Value:
    mapping = given.get(0, "columns", "mapper", "mapping")
    if mapping is None:
        return replace(frame)  # of the index
    if isinstance(mapping, Known) and isinstance(mapping.value, dict):
        return frame.renamed({old: new for old, new in mapping.value.items() if isinstance(old, str)})
    return replace(frame.mixed(), others=frame.whole | caller.taken([mapping]))


def _set_index(frame: Frame, given: Arguments, caller: Caller) -> Value:
    keys = given.get(0, "keys")
    names = column_names(keys)
    kept = frame.index if given.constant(None, "append") else {}
    if names is None:
        reads = NOTHING if keys is None else reads_on(frame, keys, texts=False)
        return replace(frame, index={**kept, "index": reads})
    index = {**kept, **{name: frame.column(name) for name in names}}
    frame = frame if given.constant(None, "drop") is False else frame.without(names)
    return replace(frame, index=index)


def _reset_index(frame: Frame, given: Arguments, caller: Caller) -> Value:
    if given.constant(None, "drop") is True:
        return replace(frame, index={}, rows=frame.rows)
    return replace(frame, columns={**frame.columns, **frame.index}, index={})


def _by_names(frame: Frame, given: Arguments, *names: str, position: int | None = 0) -> Reads:
    """What the columns under an argument are made of; all, when they are not told."""
    value = given.get(position, *names)
    return frame.whole if value is None else reads_on(frame, value)


def _sort(frame: Frame, given: Arguments, caller: Caller) -> Value:
    values = [*given.positional, *(value for key, value in given.named.items() if key in ("by", "more_by"))]
    reads = NOTHING.union(*(reads_on(frame, value) for value in values))
    return frame.with_rows(reads | (frame.whole if given.loose is not None or not values else NOTHING))


def _subset(frame: Frame, given: Arguments, caller: Caller) -> Value:
    value = given.get(0, "subset")
    told = column_names(value) is not None or (value is not None and not isinstance(value, Known))
    named = NOTHING if value is None or not told else reads_on(frame, value)
    beside = [reads_on(frame, other) for key, other in given.named.items() if key in ("on", "by")]
    if not told:
        named = frame.whole
        if isinstance(given.named.get("axis"), Known) and given.constant(None, "axis") in _ACROSS:
            named = frame.whole
    return frame.with_rows(named.union(*beside))


def _largest(frame: Frame, given: Arguments, caller: Caller) -> Value:
    return frame.with_rows(_by_names(frame, given, "columns", "by", position=1))


def _get(frame: Frame, given: Arguments, caller: Caller) -> Value:
    names = given.get(0, "key", "name")
    default = caller.taken([value for value in given.values if value is not names])
    if isinstance(names, Known) and isinstance(names.value, str):
        return Cells(frame.column(names.value) | frame.rows | default, names.value, index=frame.index)
    found = column_names(names)
    return frame.picked(found) if found is not None else opaque(frame.whole | default)


def _join(frame: Frame, given: Arguments, caller: Caller) -> Value:
    return join_frames(frame, given, caller, by_index=False)


def _join_index(frame: Frame, given: Arguments, caller: Caller) -> Value:
    return join_frames(frame, given, caller, by_index=True)


def grouped(frame: Frame, given: Arguments, caller: Caller) -> Value:
    """``groupby`` and ``group_by``: rows put together by keys."""
    keys: dict[str, Reads] = {}
    values = [*given.positional, *(value for key, value in given.named.items() if key in ("by", "more_by"))]
    for value in values:
        for one in expressions_in(value):
            if isinstance(one, Known) and isinstance(one.value, bool | int):
                continue
            if is_function(one):
                keys["index"] = frame.index_reads | caller.taken([one])
                continue
            made, _ = made_columns(frame, [one], {})
            keys |= made.columns
            if made.others:
                keys["key"] = keys.get("key", NOTHING) | made.others
    for name, value in given.named.items():
        if name not in _GROUP_OPTIONS:
            keys[name] = reads_on(frame, value)
    if "level" in given.named:
        keys |= frame.index
    if given.loose is not None:
        keys["key"] = frame.whole
    return Group(frame.with_rows(NOTHING.union(*keys.values())), keys)


_GROUP_OPTIONS = frozenset({"by", "more_by", "level", "as_index", "sort", "group_keys", "observed", "dropna", "axis", "maintain_order"})  # fmt: skip


def windowed(frame: Frame, given: Arguments, caller: Caller) -> Value:
    """``rolling``, ``resample`` and their kin: windows over the rows, in the order of a column or of the index."""
    keys: dict[str, Reads] = {}
    for name in ("on", "index_column", "group_by", "by"):
        value = given.named.get(name)
        keys |= {one: frame.column(one) for one in column_names(value) or ()}
        if value is not None and column_names(value) is None and not (isinstance(value, Known) and value.value is None):
            keys[name] = reads_on(frame, value)
    first = given.get(0)
    if isinstance(first, Known) and isinstance(first.value, str) and first.value[:1].isalpha() and not keys:
        keys[first.value] = frame.column(first.value)  # Polars names the column first; durations begin with a digit
    reads = NOTHING.union(*keys.values()) | (frame.index_reads if not keys else NOTHING)
    return Group(frame.with_rows(reads | caller.taken(list(given.positional))), keys)


def _apply(frame: Frame, given: Arguments, caller: Caller) -> Value:
    function = given.get(0, "func", "function")
    axis = given.get(1, "axis")
    others = [value for value in given.values if value is not function]
    if function is None or not is_function(function):
        return _reduced(frame, given, caller)
    if isinstance(axis, Known) and axis.value in _ACROSS:
        made = caller.call(function, Arguments((frame, *_extra(given))))
        return _on_rows(made, frame, caller.taken(others))
    return _same(frame, given, caller) if axis is None or isinstance(axis, Known) else _whole(frame, given, caller)


def _extra(given: Arguments) -> tuple[Value, ...]:
    extra = given.named.get("args")
    return extra.members if isinstance(extra, Members) else ()


def _on_rows(made: Value, frame: Frame, beside: Reads) -> Value:
    """What is returned for every row of a frame."""
    if isinstance(made, Frame):
        return made.with_rows(frame.rows | beside)
    return Cells(everything(made) | frame.rows | beside, index=frame.index)


def _pipe(frame: Frame, given: Arguments, caller: Caller) -> Value:
    if not given.positional:
        return _whole(frame, given, caller)
    function, *others = given.positional
    members = function.members if isinstance(function, Members) else ()
    if len(members) == 2 and isinstance(members[1], Known):  # the frame goes under a name
        return caller.call(members[0], Arguments(tuple(others), {**given.named, str(members[1].value): frame}))
    return caller.call(function, Arguments((frame, *others), given.named, given.loose))


def _rows_of(frame: Frame, given: Arguments, caller: Caller) -> Value:
    return Members((), replace(frame))


def _numbered_rows(frame: Frame, given: Arguments, caller: Caller) -> Value:
    return Members((), Members((Cells(frame.index_reads | frame.rows), replace(frame))))


def _evaluated(frame: Frame, given: Arguments, caller: Caller) -> Value:
    return evaluated(frame, given.constant(0, "expr"), caller.taken(given.values))


def _query(frame: Frame, given: Arguments, caller: Caller) -> Value:
    made = evaluated(frame, given.constant(0, "expr"), caller.taken(given.values))
    return frame.with_rows(everything(made) if isinstance(made, Cells) else made.whole)


def _pivot(frame: Frame, given: Arguments, caller: Caller) -> Value:
    index = column_names(given.named.get("index")) or []
    named = [given.named.get(key) for key in ("index", "columns", "on", "values")]
    told = all(
        value is not None and column_names(value) is not None for value in (named[0], named[1] or named[2], named[3])
    )
    reads = frame.whole
    if told:
        reads = frame.rows.union(*(reads_on(frame, value) for value in named if value is not None))
    levels = {name: frame.column(name) for name in index} if told else {}
    return Frame(dict(levels), {}, reads, frame.rows | reads, levels)


def _melt(frame: Frame, given: Arguments, caller: Caller) -> Value:
    names = given.get(0, "id_vars", "index") if "on" not in given.named else given.named.get("index")
    kept = column_names(names) or []
    measured = given.get(1, "value_vars") if "on" not in given.named else given.named.get("on")
    values = column_names(measured)
    reads = frame.whole if values is None else NOTHING.union(*map(frame.column, values))
    called = [
        given.constant(None, "value_name") or "value",
        given.constant(None, "var_name", "variable_name") or "variable",
    ]
    made = {name: frame.column(name) for name in kept} | {str(name): reads for name in called}
    return Frame(made, {}, reads, frame.rows)


def _explode(frame: Frame, given: Arguments, caller: Caller) -> Value:
    return frame.with_rows(NOTHING.union(*(reads_on(frame, value) for value in given.positional)))


def _numbered(frame: Frame, given: Arguments, caller: Caller) -> Value:
    name = given.constant(0, "name")
    return frame.with_columns({name if isinstance(name, str) else "index": frame.rows})


def _set_axis(frame: Frame, given: Arguments, caller: Caller) -> Value:
    labels = given.get(0, "labels")
    if given.constant(1, "axis") not in _ACROSS:
        return replace(frame, index={"index": everything(labels)})
    return relabelled(frame, labels)


def relabelled(frame: Frame, labels: Value | None) -> Frame:
    """A frame under new names of columns, in order."""
    names = column_names(labels)
    if names is not None and frame.complete and len(names) == len(frame.columns):
        return replace(frame, columns=dict(zip(names, frame.columns.values(), strict=True)))
    return frame.mixed() if names is None else replace(frame, columns=dict.fromkeys(names, frame.whole), through={})


def _affixed(before: bool) -> Method:
    def change(frame: Frame, given: Arguments, caller: Caller) -> Value:
        text = given.constant(0, "prefix", "suffix")
        if not isinstance(text, str) or not frame.complete:
            return frame.mixed()
        return frame.renamed({name: text + name if before else name + text for name in frame.columns})

    return change


def _reindex(frame: Frame, given: Arguments, caller: Caller) -> Value:
    names = column_names(given.named.get("columns"))
    others = caller.taken([value for key, value in given.named.items() if key != "columns"] + list(given.positional))
    made = frame if names is None else frame.picked(names)
    return made.with_rows(others | (frame.index_reads if others else NOTHING))


def _stacked(frame: Frame, given: Arguments, caller: Caller) -> Value:
    made: Value = frame
    for other in given.positional:
        for one in expressions_in(other):
            if isinstance(one, Frame):
                made = joined(made, one)
            elif isinstance(one, Cells) and isinstance(made, Frame):
                made = made.with_columns({one.name: one.reads} if one.name else {}, NOTHING if one.name else one.reads)
    return made if isinstance(made, Frame) else opaque(everything(made))


def _column_values(frame: Frame, given: Arguments, caller: Caller) -> Value:
    reads = NOTHING.union(*(reads_on(frame, value) for key, value in given.named.items() if key == "subset"))
    values = [value for value in given.positional if column_names(value) is not None]
    reads = reads.union(*(reads_on(frame, value) for value in values)) or frame.whole
    return Cells(reads | frame.rows)


def _schema(frame: Frame, given: Arguments, caller: Caller) -> Value:
    return opaque(NOTHING)


def _partitions(frame: Frame, given: Arguments, caller: Caller) -> Value:
    group = grouped(frame, given, caller)
    assert isinstance(group, Group)
    return opaque(group.frame.whole) if given.constant(None, "as_dict") else Members((), group.frame)


METHODS: Mapping[str, Method] = {
    **dict.fromkeys(_SAME.split(), _same),
    **dict.fromkeys(_REDUCING.split(), _reduced),
    **dict.fromkeys(_WHOLE.split(), _whole),
    **dict.fromkeys(("select", "select_seq"), _select),
    **dict.fromkeys(("with_columns", "with_columns_seq"), _with_columns),
    **dict.fromkeys(("sort", "sort_values"), _sort),
    **dict.fromkeys(("drop_duplicates", "unique", "dropna", "drop_nulls", "drop_nans", "duplicated"), _subset),
    **dict.fromkeys(("nlargest", "nsmallest", "top_k", "bottom_k"), _largest),
    **dict.fromkeys(("get", "get_column", "get_column_or_none"), _get),
    **dict.fromkeys(("merge", "join_asof", "merge_asof", "join_where", "merge_ordered"), _join),
    **dict.fromkeys(("groupby", "group_by"), grouped),
    **dict.fromkeys(("rolling", "expanding", "ewm", "resample", "group_by_dynamic", "groupby_dynamic", "upsample"), windowed),
    **dict.fromkeys(("apply", "agg", "aggregate", "map_rows"), _apply),
    **dict.fromkeys(("to_dicts", "iter_rows", "rows", "itertuples", "to_dict", "iter_slices", "row"), _rows_of),
    **dict.fromkeys(("pivot", "pivot_table"), _pivot),
    **dict.fromkeys(("melt", "unpivot"), _melt),
    **dict.fromkeys(("explode", "unnest"), _explode),
    **dict.fromkeys(("with_row_index", "with_row_count"), _numbered),
    **dict.fromkeys(("vstack", "hstack", "extend", "append"), _stacked),
    **dict.fromkeys(("collect_schema", "lazy_schema", "get_schema"), _schema),
    "add_prefix": _affixed(True),
    "add_suffix": _affixed(False),
    "assign": _assign,
    "drop": _drop,
    "eval": _evaluated,
    "filter": _filter,
    "iterrows": _numbered_rows,
    "join": _join_index,
    "partition_by": _partitions,
    "pipe": _pipe,
    "query": _query,
    "reindex": _reindex,
    "rename": _rename,
    "reset_index": _reset_index,
    "set_axis": _set_axis,
    "set_index": _set_index,
    "value_counts": _column_values,
}  # fmt: skip


def _popped(frame: Frame, given: Arguments, caller: Caller) -> tuple[Value, Frame]:
    names = column_names(given.get(0, "item"))
    return _get(frame, given, caller), frame.without(names or [])


def _inserted(frame: Frame, given: Arguments, caller: Caller) -> tuple[Value, Frame]:
    name, value = given.constant(1, "column"), given.get(2, "value")
    if isinstance(name, str):
        return Known(None), frame.with_columns({name: everything(value)})
    series = given.get(1, "column")
    return Known(None), frame.with_columns({}, everything(series) | everything(value))


def _updated(frame: Frame, given: Arguments, caller: Caller) -> tuple[Value, Frame]:
    return Known(None), frame.with_columns({}, caller.taken(given.values))


#: Methods that change the frame they are called on: what they return, and the frame afterwards.
CHANGING: Mapping[str, Callable[[Frame, Arguments, Caller], tuple[Value, Frame]]] = {
    "pop": _popped,
    "insert": _inserted,
    "insert_column": _inserted,
    "update": _updated,
    "replace_column": _updated,
    "drop_in_place": _popped,
}


def frame_property(frame: Frame, name: str) -> Value | None:
    """What a property holds; None for one that is looked at only when it is used."""
    if name in ("index", "shape", "height", "size", "empty"):
        return Cells(frame.rows | frame.index_reads)
    if name == "columns":
        return Known(list(frame.columns)) if frame.complete and frame.columns else opaque(NOTHING)
    if name in ("dtypes", "schema", "width", "ndim", "attrs", "flags", "axes"):
        return opaque(NOTHING)
    if name in ("values", "T"):
        return opaque(frame.whole)
    return None
