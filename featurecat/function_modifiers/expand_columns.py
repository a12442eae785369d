"""One function, many frames, and the columns of each: parameters rewired per frame."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from featurecat.definition.modifier import Modifier, Phase
from featurecat.definition.node import DefinedFunction, Node
from featurecat.definition.types import type_text
from featurecat.errors import RunError
from featurecat.frames.columns import column_names
from featurecat.frames.kinds import kind_of_type, kind_of_value
from featurecat.function_modifiers.dependencies import Marker, source, value
from featurecat.function_modifiers.expand import check_wiring, parameterize
from featurecat.function_modifiers.extract import extract_columns
from featurecat.function_modifiers.wiring import After, repeated_name

__all__ = ["ParameterizedExtract", "parameterize_extract_columns", "parameterize_frame"]

_KINDS = ("out", "source", "value")


@dataclass(frozen=True, slots=True)
class ParameterizedExtract:
    """One frame of :class:`parameterize_extract_columns`.

    Attributes:
        outputs: Names of the frame's columns, each a node.
        input_mapping: Parameter to ``source()``, ``value()`` or ``group()``.
    """

    outputs: tuple[str, ...]
    input_mapping: Mapping[str, Marker]


class _Renamed:
    """Gives the columns of a frame new names, by position."""

    __slots__ = ("names", "producer")

    def __init__(self, names: Sequence[str], producer: str) -> None:
        self.names = list(names)
        self.producer = producer

    def __call__(self, frame: Any) -> Any:
        found = column_names(frame)
        if len(found) != len(self.names):
            raise RunError(
                f"{self.producer} returned {len(found)} columns for the {len(self.names)} names {', '.join(self.names)}",
                hint="return one column an output, in their order",
            )
        kind = kind_of_value(frame)
        assert kind is not None  # column_names raised otherwise
        if kind.engine == "pandas":
            return frame.set_axis(self.names, axis=1)
        if kind.engine == "pyarrow":
            return frame.rename_columns(self.names)
        return frame.rename(dict(zip(found, self.names, strict=True)))


class parameterize_extract_columns(Modifier):  # noqa: N801 - the name users know
    """Run the function once per set of inputs, and make nodes of the columns of each frame.

    The k-th frame is the node ``<function>__<k>``; each of its outputs is a node that depends on it.

    Args:
        extracts: One for each frame.
        reassign_columns: Whether the outputs become the frame's column names, by position; else the frame must have
            columns of these names.

    Example:
        >>> import pandas as pd
        >>> @parameterize_extract_columns(
        ...     ParameterizedExtract(("low_1", "high_1"), {"spend": source("spend_1")}),
        ...     ParameterizedExtract(("low_2", "high_2"), {"spend": source("spend_2")}),
        ... )
        ... def bounds(spend: pd.Series) -> pd.DataFrame:
        ...     return pd.DataFrame({"low": spend - 1, "high": spend + 1})
        >>> list(bounds(pd.Series([2.0])))
        ['low', 'high']
    """

    phase: ClassVar[Phase] = Phase.EXPAND
    single: ClassVar[bool] = True

    def __init__(self, *extracts: ParameterizedExtract, reassign_columns: bool = True) -> None:
        self.extracts = extracts
        self.reassign = reassign_columns

    def check(self, function: Callable[..., Any]) -> None:
        """Check every extract, and the return annotation where it is known already."""
        example = f"@{self.name}(ParameterizedExtract(('low',), {{'parameter': source('other')}}))"
        if not self.extracts:
            raise self.error("names no frame", function, example)
        for number, extract in enumerate(self.extracts):
            if not isinstance(extract, ParameterizedExtract):
                raise self.error(f"takes ParameterizedExtract(…), not {extract!r}", function, example)
            outputs = extract.outputs
            if not isinstance(outputs, list | tuple) or not outputs or not all(isinstance(one, str) for one in outputs):
                raise self.error(f"the outputs {outputs!r} are no tuple of names", function, example)
            check_wiring(self, f"{function.__name__}__{number}", extract.input_mapping, function=function)
        repeated = repeated_name(name for extract in self.extracts for name in extract.outputs)
        if repeated is not None:
            raise self.error(f"the output {repeated!r} is named twice", function, "name each once")
        returns = function.__annotations__.get("return")
        if returns is not None and not isinstance(returns, str):
            self._check_frame(returns, function)

    def _check_frame(self, annotation: Any, function: Any) -> None:
        kind = kind_of_type(annotation)
        if kind is None or kind.shape != "frame":
            raise self.error(
                f"needs a function that returns a frame, not {type_text(annotation)}",
                function,
                "annotate -> pd.DataFrame or -> pl.DataFrame",
            )

    def apply(self, nodes: list[Node], defined: DefinedFunction) -> list[Node]:
        """The frames, each followed by its columns."""
        (node,) = nodes
        self._check_frame(node.type, defined)
        made: list[Node] = []
        for number, extract in enumerate(self.extracts):
            name = f"{node.name}__{number}"
            frame = parameterize().output(node, name, extract.input_mapping, defined=defined)
            if self.reassign:
                renamed = _Renamed(extract.outputs, node.name)
                frame = frame.with_(function=After(frame.function, renamed))
            made += [frame, *extract_columns(*extract.outputs).parts(frame, defined)]
        return made


class parameterize_frame(parameterize_extract_columns):  # noqa: N801 - the name users know
    """As :class:`parameterize_extract_columns`, the frames told by a table: one row each.

    Args:
        table: A pandas DataFrame whose columns have two levels, parameter and ``out``, ``source`` or ``value``; or a
            Polars DataFrame or any rows, together with ``columns``.
        columns: The two levels as pairs, where the table does not have them itself.

    Example:
        >>> import polars as pl
        >>> @parameterize_frame(
        ...     [("low_1", "spend_1", 1.0), ("low_2", "spend_2", 2.0)],
        ...     columns=[("low", "out"), ("spend", "source"), ("step", "value")],
        ... )
        ... def bounds(spend: pl.Series, step: float) -> pl.DataFrame:
        ...     return pl.DataFrame({"low": spend - step})
        >>> bounds(pl.Series([2.0]), 1.0).columns
        ['low']
    """

    def __init__(self, table: Any, columns: Iterable[tuple[str, str]] | None = None) -> None:
        extracts: list[ParameterizedExtract] = []
        self.fault: str | None = None
        try:
            pairs, rows = _pairs_and_rows(table, columns)
            extracts += (_extract(pairs, row) for row in rows)
        except _TableError as error:
            self.fault = str(error)  # told with the place of the function
        super().__init__(*extracts)

    def check(self, function: Callable[..., Any]) -> None:
        """Check the table, then as :class:`parameterize_extract_columns`."""
        if self.fault is not None:
            example = f"@{self.name}([('total_1', 'spend')], columns=[('total', 'out'), ('amount', 'source')])"
            raise self.error(self.fault, function, example)
        super().check(function)


class _TableError(Exception):
    """What is wrong with a table of extracts."""


def _pairs_and_rows(table: Any, columns: Iterable[tuple[str, str]] | None) -> tuple[list[tuple[str, str]], list[Any]]:
    pairs: list[Any] = list(columns) if columns is not None else list(getattr(table, "columns", ()))
    well_formed = all(
        isinstance(pair, list | tuple) and len(pair) == 2 and isinstance(pair[0], str) and pair[1] in _KINDS
        for pair in pairs
    )
    if not pairs or not well_formed or not any(kind == "out" for _, kind in pairs):
        raise _TableError(
            f"the columns must be pairs of a parameter and one of {', '.join(_KINDS)}, at least one of them an out"
        )
    rows = _rows(table)
    for row in rows:
        if not isinstance(row, list | tuple) or len(row) != len(pairs):
            raise _TableError(f"the row {row!r} must have {len(pairs)} cells, one for each column")
    return [(name, kind) for name, kind in pairs], rows


def _rows(table: Any) -> list[Any]:
    if hasattr(table, "itertuples"):
        return list(table.itertuples(index=False, name=None))
    return list(table.iter_rows() if hasattr(table, "iter_rows") else table)


def _extract(pairs: Sequence[tuple[str, str]], row: Sequence[Any]) -> ParameterizedExtract:
    outputs: list[str] = []
    wiring: dict[str, Marker] = {}
    for (parameter, kind), cell in zip(pairs, row, strict=True):
        if kind != "value" and not isinstance(cell, str):
            raise _TableError(f"the cell {cell!r} of {parameter} must be the name of a node")
        if kind == "out":
            outputs.append(cell)
        else:
            wiring[parameter] = source(cell) if kind == "source" else value(cell)
    return ParameterizedExtract(tuple(outputs), wiring)
