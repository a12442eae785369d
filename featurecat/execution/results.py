"""Builds what ``execute`` returns: a mapping, or one strictly aligned frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Any, Protocol

from featurecat.errors import RequestError, RunError, did_you_mean
from featurecat.frames.alignment import AlignmentMemo, check_aligned
from featurecat.frames.arrow import to_arrow, to_arrow_table
from featurecat.frames.describe import describe_value
from featurecat.frames.kinds import kind_of_value
from featurecat.frames.tables import repeated, table_of

__all__ = ["DictResult", "PandasDataFrameResult", "PolarsDataFrameResult", "PyarrowTableResult", "ResultBuilder"]


class ResultBuilder(Protocol):
    """Turns the values of the requested nodes into what ``execute`` returns."""

    def build_result(self, **outputs: Any) -> Any:
        """The result of the named values, in the order of the request."""
        ...


class DictResult:
    """Name to value, as they are."""

    def build_result(self, **outputs: Any) -> dict[str, Any]:
        """The values themselves."""
        return outputs


def _columns(outputs: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Columns and scalars of a result frame; frames among several values are taken apart as ``name.column``."""
    columns: dict[str, Any] = {}
    scalars: dict[str, Any] = {}
    for name, value in outputs.items():
        kind = kind_of_value(value)
        if kind is None:
            if not _is_scalar(value):
                raise RunError(
                    f"{name} is {describe_value(value)}, which is no column of a frame",
                    code="not-tabular",
                    hint="ask for a dictionary instead: driver.Builder()…build()",
                    feature=name,
                )
            scalars[name] = value
        elif kind.engine == "polars-lazy":
            raise RunError(
                f"{name} is lazy and has no values yet",
                code="not-tabular",
                hint="collect it in a feature of its own",
                feature=name,
            )
        elif kind.shape == "column":
            columns[name] = value
        else:
            for column in _frame_columns(value, kind.engine):
                flat = f"{name}.{column}"
                if flat in outputs or flat in columns:
                    raise RequestError(
                        f"two columns of the result would be called {flat!r}", hint="ask for one of them at a time"
                    )
                columns[flat] = value.column(column) if kind.engine == "pyarrow" else value[column]
    return columns, scalars


def _is_scalar(value: Any) -> bool:
    """Whether a value can be repeated down a frame: text, or nothing that holds others."""
    if isinstance(value, str | bytes):
        return True
    return not isinstance(value, Sequence | Mapping | Set) and getattr(value, "shape", ()) in ((), None)


def _single_frame(outputs: Mapping[str, Any]) -> Any:
    """The value, when it is the only one and an eager frame; else None."""
    if len(outputs) != 1:
        return None
    (value,) = outputs.values()
    kind = kind_of_value(value)
    return value if kind is not None and kind.shape == "frame" and kind.engine != "polars-lazy" else None


def _frame_columns(frame: Any, engine: str) -> list[Any]:
    return list(frame.column_names if engine == "pyarrow" else frame.columns)


class PandasDataFrameResult:
    """One pandas DataFrame: columns share an index, scalars are repeated; nothing is joined or filled.

    A single DataFrame is returned as it is; scalars alone make one row.
    """

    def build_result(self, **outputs: Any) -> Any:
        """The frame.

        Raises:
            RunError: When a value is no column and cannot be repeated down one.
            AlignmentError: When the columns do not share their rows.
        """
        import pandas

        if (single := _single_frame(outputs)) is not None:
            return single if isinstance(single, pandas.DataFrame) else to_arrow_table(single).to_pandas()
        columns, scalars = _columns(outputs)
        if not columns:
            return pandas.DataFrame({name: [value] for name, value in scalars.items()})
        check_aligned(list(columns.items()), AlignmentMemo())
        index = next((column.index for column in columns.values() if isinstance(column, pandas.Series)), None)
        members = scalars | {name: _pandas_array(column) for name, column in columns.items()}
        ordered = [name for output in outputs for name in _names_of(output, members)]
        return pandas.DataFrame({name: members[name] for name in ordered}, index=index, copy=False)


def _names_of(output: str, members: Mapping[str, Any]) -> list[str]:
    return [output] if output in members else [name for name in members if name.startswith(f"{output}.")]


def _pandas_array(column: Any) -> Any:
    kind = kind_of_value(column)
    assert kind is not None  # _columns let only columns through
    if kind.engine == "pandas":
        return column.array
    return column.to_pandas().array


class PolarsDataFrameResult:
    """One Polars DataFrame: columns have equal height, scalars are repeated."""

    def build_result(self, **outputs: Any) -> Any:
        """The frame.

        Raises:
            AlignmentError: When the columns differ in height.
        """
        import polars

        if (single := _single_frame(outputs)) is not None:
            return single if isinstance(single, polars.DataFrame) else polars.from_arrow(to_arrow_table(single))
        columns, scalars = _columns(outputs)
        check_aligned(list(columns.items()), AlignmentMemo())
        members = {name: _polars_column(column) for name, column in columns.items()}
        rows = len(next(iter(members.values()))) if members else 1
        # a Series types 3 as 64 bits, where a literal would have 32
        members |= {name: polars.Series([value]).new_from_index(0, rows) for name, value in scalars.items()}
        return polars.DataFrame({name: members[name] for output in outputs for name in _names_of(output, members)})


def _polars_column(column: Any) -> Any:
    import polars

    return column if isinstance(column, polars.Series) else polars.from_arrow(to_arrow(column))


class PyarrowTableResult:
    """One Arrow table, written straight from the columns; NaN becomes null."""

    def build_result(self, **outputs: Any) -> Any:
        """The table.

        Raises:
            AlignmentError: When the columns do not share their rows.
        """
        if (single := _single_frame(outputs)) is not None:
            return to_arrow_table(single)
        columns, scalars = _columns(outputs)
        check_aligned(list(columns.items()), AlignmentMemo())
        arrays = {name: to_arrow(column) for name, column in columns.items()}
        rows = len(next(iter(arrays.values()))) if arrays else 1
        arrays |= {name: repeated(value, rows) for name, value in scalars.items()}
        return table_of({name: arrays[name] for output in outputs for name in _names_of(output, arrays)})


def result_builder(name: str) -> ResultBuilder:
    """The shipped builder called ``dict``, ``pandas``, ``polars`` or ``arrow``.

    Raises:
        RequestError: When there is none of that name.
    """
    builders: dict[str, type[ResultBuilder]] = {
        "dict": DictResult,
        "pandas": PandasDataFrameResult,
        "polars": PolarsDataFrameResult,
        "arrow": PyarrowTableResult,
    }
    if name not in builders:
        raise RequestError(f"unknown result {name!r}", hint=did_you_mean(name, builders) or ", ".join(builders))
    return builders[name]()
