"""Puts the columns of one grain together: key columns first, then features in selection order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from featurecat.errors import FeaturecatError, Problem, RunError
from featurecat.frames.alignment import AlignmentMemo, check_aligned
from featurecat.frames.arrow import engine_dtype, index_columns, logical_type, to_arrow
from featurecat.frames.columns import column_names, extract_column
from featurecat.frames.describe import describe_value
from featurecat.frames.kinds import kind_of_value
from featurecat.frames.tables import cast_column, key_faults, table_of
from featurecat.graph.graph import Graph
from featurecat.project.grains import GrainSelection

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
    """An artifact's rows (an Arrow table), and which feature each of its columns is."""

    table: Any
    columns: tuple[AssembledColumn, ...]


def assemble(graph: Graph, selection: GrainSelection, values: Mapping[str, Any]) -> AssembledTable:
    """The table of one grain.

    Args:
        graph: The graph.
        selection: Features and key providers of the grain.
        values: Name to value of both.

    Raises:
        AlignmentError: When columns do not share their rows.
        RunError: When keys cannot be found, are null or repeat, when two columns have one name, or values do
            not fit the declared dtype.
    """
    members = {name: values[name] for name in dict.fromkeys([*selection.features, *selection.keys])}
    for name in selection.features:
        _check_tabular(graph, name, members[name])
    check_aligned(list(members.items()), AlignmentMemo())
    keys = _keys(graph, selection, members)
    columns: dict[str, Any] = dict(keys)
    described: list[AssembledColumn] = []
    problems: list[Problem] = []
    for name in selection.features:
        for column, value in _feature_columns(name, members[name], set(keys)):
            if column in columns and column in keys and name in keys:
                described.append(_described(name, column, columns[column], value))
                continue  # a selected key stands once, among the keys
            if column.casefold() in {taken.casefold() for taken in columns}:
                problems.append(_name_taken(graph, name, column))
                continue
            try:
                columns[column] = _typed(graph, name, to_arrow(value))
            except FeaturecatError as error:
                problems += [_placed(graph, name, problem) for problem in error.problems]
                continue
            described.append(_described(name, column, columns[column], value))
    if problems:
        raise RunError(problems)
    table = table_of(columns)
    if selection.grain.declared:
        _check_keys(selection, table)
    return AssembledTable(table, tuple(described))


def _check_tabular(graph: Graph, name: str, value: Any) -> None:
    kind = kind_of_value(value)
    if kind is None or kind.engine == "polars-lazy":
        reason = "lazy frames are materialized by a later version" if kind else "return a Series or a DataFrame"
        raise RunError(
            _placed(graph, name, Problem("not-tabular", f"{name} returned {describe_value(value)}", hint=reason))
        )


def _placed(graph: Graph, name: str, problem: Problem) -> Problem:
    file, line = graph.nodes[name].place
    message = problem.message if name in problem.message else f"{name}: {problem.message}"
    return Problem(problem.code, message, file, line, problem.hint, name, problem.details)


def _typed(graph: Graph, name: str, column: Any) -> Any:
    declared = graph.nodes[name].metadata.dtype
    return column if declared is None else cast_column(column, declared)


def _described(feature: str, column: str, arrow: Any, value: Any) -> AssembledColumn:
    return AssembledColumn(feature, column, logical_type(arrow), engine_dtype(value))


def _feature_columns(name: str, value: Any, keys: set[str]) -> list[tuple[str, Any]]:
    """A column under the feature's name; a frame's columns, its keys left out, under their own."""
    kind = kind_of_value(value)
    if kind is None or kind.shape == "column":
        return [(name, value)]
    return [(column, extract_column(value, column)) for column in column_names(value) if column not in keys]


def _keys(graph: Graph, selection: GrainSelection, members: Mapping[str, Any]) -> dict[str, Any]:
    """The key columns: of the features' own index, of one column per key, or of the frame that has them."""
    grain = selection.grain
    index = dict(index_columns(next(iter(members.values()))))
    if not grain.declared:
        return index
    if set(index) == set(grain.keys):
        return {key: index[key] for key in grain.keys}
    if selection.keys == grain.keys:
        return {key: to_arrow(_key_column(members[key], key)) for key in grain.keys}
    if not selection.keys:
        raise RunError(_no_keys(graph, selection, list(grain.keys), None))
    provider = selection.keys[0]
    present = column_names(members[provider])
    if absent := [key for key in grain.keys if key not in present]:
        raise RunError(_no_keys(graph, selection, absent, provider))
    return {key: to_arrow(extract_column(members[provider], key)) for key in grain.keys}


def _key_column(value: Any, key: str) -> Any:
    """A key's own column; a frame that is called like its only key holds it."""
    kind = kind_of_value(value)
    return extract_column(value, key) if kind is not None and kind.shape == "frame" else value


def _no_keys(graph: Graph, selection: GrainSelection, absent: list[str], provider: str | None) -> Problem:
    where = f"{provider} has no column {', '.join(absent)}" if provider else "no frame or index has them"
    feature = selection.features[0]
    return Problem(
        "grain",
        f"the key columns of {selection.grain.label} cannot be found: {where}",
        *graph.nodes[feature].place,
        f"return a frame with {', '.join(selection.grain.keys)}, or name the index levels like that",
        feature,
    )


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
