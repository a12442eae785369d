"""Puts the columns of one grain together: key columns first, then features in selection order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from featurecat.errors import AlignmentError, FeaturecatError, Problem, RunError
from featurecat.frames.alignment import AlignmentMemo, check_aligned
from featurecat.frames.arrow import engine_dtype, index_columns, logical_type, to_arrow
from featurecat.frames.columns import column_names, extract_column
from featurecat.frames.describe import describe_value
from featurecat.frames.kinds import kind_of_value
from featurecat.frames.tables import cast_column, first_difference, key_faults, table_of
from featurecat.graph.graph import Graph
from featurecat.project.grains import GrainSelection, KeyFrames, nearest_frames

__all__ = ["AssembledColumn", "AssembledTable", "assemble"]


@dataclass(frozen=True, slots=True)
class AssembledColumn:
    """A feature's column in an artifact."""

    feature: str
    column: str
    dtype: str
    engine_dtype: str


@dataclass(frozen=True, slots=True)
class AssembledTable:
    """An artifact's rows (an Arrow table), and which feature each of its columns is.

    ``keys`` are the columns that tell its rows apart: the key columns, or those of an index.
    """

    table: Any
    columns: tuple[AssembledColumn, ...]
    keys: tuple[str, ...] = ()

    @property
    def features(self) -> tuple[str, ...]:
        """Its features, in column order."""
        return tuple(dict.fromkeys(column.feature for column in self.columns))


def assemble(
    graph: Graph, selection: GrainSelection, values: Mapping[str, Any], *, key_frames: KeyFrames
) -> AssembledTable:
    """The table of one grain.

    Args:
        graph: The graph.
        selection: Features and key columns of the grain.
        values: Name to value of both.
        key_frames: The key columns of the frames that the features come from.

    Raises:
        AlignmentError: When columns do not share their rows, or come from frames with different keys.
        RunError: When keys cannot be found, are null or repeat, when two columns have one name, or values do
            not fit the declared dtype.
    """
    members = {name: values[name] for name in selection.features}
    for name in selection.features:
        _check_tabular(graph, name, members[name])
    keys = _keys(graph, selection, values, key_frames)
    columns: dict[str, Any] = dict(keys)
    described: list[AssembledColumn] = []
    problems: list[Problem] = []
    for name in selection.features:
        for column, value in _feature_columns(name, members[name]):
            try:
                _put(graph, selection, (name, column, value), keys=keys, columns=columns)
            except FeaturecatError as error:
                problems += [_placed(graph, name, problem) for problem in error.problems]
                continue
            if column not in keys or value is members[name]:  # a frame's keys are nobody's feature
                described.append(_described(name, column, columns[column], value))
    if problems:
        raise RunError(problems)
    table = table_of(columns)
    if selection.grain.declared:
        _check_keys(selection, table)
    return AssembledTable(table, tuple(described), tuple(keys))


def _put(
    graph: Graph,
    selection: GrainSelection,
    found: tuple[str, str, Any],
    *,
    keys: Mapping[str, Any],
    columns: dict[str, Any],
) -> None:
    """Put a column of a feature into the table; one called like a key stands there already, and must equal it."""
    name, column, value = found
    if column in keys:
        if first_difference(keys[column], to_arrow(value)) is not None:
            raise RunError(_other_than_key(graph, selection, name, column))
        return
    if column.casefold() in {taken.casefold() for taken in columns}:
        raise RunError(_name_taken(graph, name, column))
    columns[column] = _typed(graph, name, to_arrow(value))


def _check_tabular(graph: Graph, name: str, value: Any) -> None:
    kind = kind_of_value(value)
    if kind is None or kind.engine == "polars-lazy":
        reason = "lazy frames are materialized by a later version" if kind else "return a Series or a DataFrame"
        message = f"{name} returned {describe_value(value)}"
        raise RunError(_placed(graph, name, Problem("not-tabular", message, hint=reason, feature=name)))


def _placed(graph: Graph, name: str, problem: Problem) -> Problem:
    file, line = graph.nodes[name].place
    told = problem.feature == name and name in problem.message  # else it is of values, whoever they are of
    message = problem.message if told else f"{name}: {problem.message}"
    return Problem(problem.code, message, file, line, problem.hint, name, problem.details)


def _typed(graph: Graph, name: str, column: Any) -> Any:
    declared = graph.nodes[name].metadata.dtype
    return column if declared is None else cast_column(column, declared)


def _described(feature: str, column: str, arrow: Any, value: Any) -> AssembledColumn:
    return AssembledColumn(feature, column, logical_type(arrow), engine_dtype(value))


def _feature_columns(name: str, value: Any) -> list[tuple[str, Any]]:
    """A column under the feature's name; a frame's columns under their own."""
    kind = kind_of_value(value)
    if kind is None or kind.shape == "column":
        return [(name, value)]
    return [(column, extract_column(value, column)) for column in column_names(value)]


def _keys(graph: Graph, selection: GrainSelection, values: Mapping[str, Any], key_frames: KeyFrames) -> dict[str, Any]:
    """The key columns: of the features' own index, of the nearest frames that have them, or of one column per key.

    What the keys are taken from must share its rows with the features.
    """
    grain, memo = selection.grain, AlignmentMemo()
    members = [(name, values[name]) for name in selection.features]
    check_aligned(members, memo)
    index = next((found for _, value in members if (found := dict(index_columns(value)))), {})
    if not grain.declared:
        return index
    if set(index) == set(grain.keys):
        return {key: index[key] for key in grain.keys}
    if frames := nearest_frames(graph, selection, key_frames):
        found = {name: key_frames.columns[name] for name in frames}
        check_aligned([*members, *((name, next(iter(columns.values()))) for name, columns in found.items())], memo)
        return _shared_keys(selection, found)
    if selection.keys:
        named = {key: _key_column(values[key], key) for key in grain.keys}
        check_aligned([*members, *named.items()], memo)
        return {key: to_arrow(column) for key, column in named.items()}
    raise RunError(_no_keys(graph, selection, key_frames))


def _shared_keys(selection: GrainSelection, found: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The key columns of frames that must agree on them row by row."""
    (first, columns), *others = found.items()
    keys = {key: to_arrow(column) for key, column in columns.items()}
    problems = []
    for other, other_columns in others:
        differences = [first_difference(keys[key], to_arrow(column)) for key, column in other_columns.items()]
        positions = [position for position in differences if position is not None]
        if positions:
            problems.append(_different_keys(selection, first, other, min(positions)))
    if problems:
        raise AlignmentError(problems)
    return keys


def _different_keys(selection: GrainSelection, first: str, other: str, position: int) -> Problem:
    named = ", ".join(selection.grain.keys)
    return Problem(
        "alignment",
        f"{first!r} and {other!r} do not hold the same {selection.grain.label} row by row",
        hint=f"sort both by {named}, or join them by it in a frame that keeps {named}",
        feature=selection.features[0],
        details=(f"first difference of {named} in row {position:,}",),
    )


def _key_column(value: Any, key: str) -> Any:
    """A key's own column; a frame that is called like its only key holds it."""
    kind = kind_of_value(value)
    return extract_column(value, key) if kind is not None and kind.shape == "frame" else value


def _no_keys(graph: Graph, selection: GrainSelection, key_frames: KeyFrames) -> Problem:
    nearest = next((name for name in selection.frames if name in key_frames.lacking), None)
    where = "no frame or index has them"
    if nearest is not None:
        where = f"{nearest} has no column {', '.join(key_frames.lacking[nearest])}"
    feature = selection.features[0]
    return Problem(
        "grain",
        f"the key columns of {selection.grain.label} cannot be found: {where}",
        *graph.nodes[feature].place,
        f"return a frame with {', '.join(selection.grain.keys)}, or name the index levels like that",
        feature,
    )


def _other_than_key(graph: Graph, selection: GrainSelection, name: str, column: str) -> Problem:
    file, line = graph.nodes[name].place
    whose = f"the key {column!r} of {selection.grain.label}" if selection.grain.declared else f"the index {column!r}"
    hint = "rename it" if selection.grain.declared else "rename it, or reset_index(drop=True)"
    message = f"{column!r} of {name} does not have the values of {whose}, whose name it bears"
    return Problem("case-conflict", message, file, line, hint, name)


def _name_taken(graph: Graph, name: str, column: str) -> Problem:
    file, line = graph.nodes[name].place
    message = f"two columns of the artifact would be called {column!r}"
    return Problem("case-conflict", message, file, line, "leave one of them out, or rename it", name)


def _check_keys(selection: GrainSelection, table: Any) -> None:
    faults = key_faults(table, selection.grain.keys)
    if not faults.nulls and not faults.duplicates:
        return
    said = []
    if faults.nulls:
        said.append(f"{faults.nulls:,} of {table.num_rows:,} rows have no complete key")
    if faults.duplicates:
        said.append(f"{faults.duplicates:,} of {table.num_rows:,} rows repeat the key of another")
    raise RunError(
        f"{selection.grain.label} does not tell the rows apart: {'; '.join(said)}",
        code="grain",
        hint="declare the entity of the rows: key in the source's settings, @feature(entity=[…])",
        feature=selection.features[0],
    )
