"""Hamilton's ``base``: result builders and graph adapters.

Where featurecat insists that columns share their rows, :class:`PandasDataFrameResult` joins them on the index, as
Hamilton does: rows that a column lacks are NaN. It logs what kinds of index it met.
"""

from __future__ import annotations

import logging
from abc import ABC
from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from featurecat.compat.hamilton._offer import offer
from featurecat.compat.hamilton.lifecycle.api import GraphAdapter, LegacyResultMixin
from featurecat.definition.types import value_fits
from featurecat.errors import RequestError

if TYPE_CHECKING:
    import numpy
    import pandas

    from featurecat.compat.hamilton.node import Node

__all__ = [
    "DefaultAdapter",
    "DictResult",
    "HamiltonGraphAdapter",
    "NumpyMatrixResult",
    "PandasDataFrameResult",
    "ResultMixin",
    "SimplePythonDataFrameGraphAdapter",
    "SimplePythonGraphAdapter",
    "StrictIndexTypePandasDataFrameResult",
]

__getattr__, __dir__, _ = offer(
    __name__,
    {
        "htypes": "featurecat.compat.hamilton.htypes:",
        "lifecycle_api": "featurecat.compat.hamilton.lifecycle.api:",
        "node": "featurecat.compat.hamilton.node:",
    },
    own=__all__,
)

_logger = logging.getLogger("hamilton.base")

#: Kind of index to the outputs that have it.
_ByKind = dict[str, list[str]]
_NO_INDEX = "no-index"


class ResultMixin(LegacyResultMixin):
    """A result builder whose ``build_result`` is a static method."""


class DictResult(ResultMixin):
    """Name to value, as they are."""

    @staticmethod
    def build_result(**outputs: Any) -> dict[str, Any]:
        """The values themselves."""
        return outputs

    def output_type(self) -> Any:
        """A dictionary."""
        return dict[str, Any]


class PandasDataFrameResult(ResultMixin):
    """One pandas DataFrame, a column an output; columns are joined on their index.

    A single DataFrame is returned as it is; scalars alone make one row. Beside others a frame is taken apart into
    columns called ``output.column``.
    """

    @staticmethod
    def pandas_index_types(outputs: Mapping[str, Any]) -> tuple[_ByKind, _ByKind, _ByKind]:
        """The outputs by kind of index: all, those of times and categories, and those without an index."""
        import pandas

        every: _ByKind = defaultdict(list)
        times: _ByKind = defaultdict(list)
        without: _ByKind = defaultdict(list)
        for name, value in outputs.items():
            if isinstance(value, pandas.DataFrame | pandas.Series):
                kind = f"{type(value.index).__name__}:::{value.index.dtype}"
                if isinstance(value.index, _time_indexes(pandas)):
                    times[kind].append(name)
            elif isinstance(value, pandas.Index):
                kind = "Index:::int64"
            else:
                kind = _NO_INDEX
                without[kind].append(name)
            every[kind].append(name)
        return every, times, without

    @staticmethod
    def check_pandas_index_types_match(all_index_types: _ByKind, time_indexes: _ByKind, no_indexes: _ByKind) -> bool:
        """Whether the kinds of index go together; what does not is logged, and nothing else happens."""
        kinds, with_index = len(all_index_types), len(all_index_types) - len(no_indexes)
        match = True
        if len(time_indexes) > 1:
            _logger.warning("outputs have indexes of different times or categories; check that they join as intended")
            match = False
        if with_index > 1 and kinds > len(time_indexes):
            _logger.warning("outputs have indexes of several types; check that they join as intended")
            match = False
        elif with_index == 1 and no_indexes:
            _logger.warning(
                "%s outputs have no index, beside others of one; check the frame", len(no_indexes[_NO_INDEX])
            )
        elif not with_index:
            _logger.warning("no output has a pandas index; check the frame")
            match = False
        if _logger.isEnabledFor(logging.DEBUG):
            _logger.debug("types of index: %s", dict(all_index_types))
        return match

    @staticmethod
    def build_result(**outputs: Any) -> Any:
        """The frame.

        Raises:
            RequestError: A ValueError when two columns would have one name.
        """
        import pandas

        PandasDataFrameResult.check_pandas_index_types_match(*PandasDataFrameResult.pandas_index_types(outputs))
        if len(outputs) == 1 and isinstance(value := next(iter(outputs.values())), pandas.DataFrame):
            return value
        if not any(pandas.api.types.is_list_like(value) for value in outputs.values()):
            return pandas.DataFrame([outputs])
        if any(isinstance(value, pandas.DataFrame) for value in outputs.values()):
            return PandasDataFrameResult.build_dataframe_with_dataframes(outputs)
        return pandas.DataFrame(outputs)

    @staticmethod
    def build_dataframe_with_dataframes(outputs: Mapping[str, Any]) -> pandas.DataFrame:
        """The frame of outputs some of which are frames.

        Raises:
            RequestError: A ValueError when two columns would have one name.
        """
        import pandas

        members: dict[str, Any] = {}
        for name, value in outputs.items():
            if isinstance(value, pandas.DataFrame):
                members |= {f"{name}.{column}": value[column] for column in value.columns}
                continue
            if name in members:
                raise RequestError(
                    f"{name} already exists in the output: it is also a column of a frame before it",
                    code="duplicate-definition",
                    hint="ask for one of them at a time",
                )
            members[name] = value
        return pandas.DataFrame(members)

    def output_type(self) -> Any:
        """A pandas DataFrame."""
        import pandas

        return pandas.DataFrame


def _time_indexes(pandas: Any) -> tuple[type, ...]:
    """The indexes that join to nonsense unless they are of one kind."""
    return (pandas.DatetimeIndex, pandas.TimedeltaIndex, pandas.PeriodIndex, pandas.CategoricalIndex)


class StrictIndexTypePandasDataFrameResult(PandasDataFrameResult):
    """As :class:`PandasDataFrameResult`, but outputs whose indexes are of several types are refused."""

    @staticmethod
    def build_result(**outputs: Any) -> Any:
        """The frame.

        Raises:
            RequestError: A ValueError when the types of index differ.
        """
        found = PandasDataFrameResult.pandas_index_types(outputs)
        if not PandasDataFrameResult.check_pandas_index_types_match(*found):
            listed = "; ".join(f"{kind}: {', '.join(names)}" for kind, names in found[0].items())
            raise RequestError(
                f"pandas index types did not match exactly: {listed}",
                code="alignment",
                hint="give the outputs one kind of index, or use PandasDataFrameResult",
            )
        return PandasDataFrameResult.build_result(**outputs)


class NumpyMatrixResult(ResultMixin):
    """One NumPy matrix, a column an output; scalars are repeated."""

    @staticmethod
    def build_result(**outputs: Any) -> numpy.matrix[Any, Any]:
        """The matrix.

        Raises:
            RequestError: A ValueError when columns differ in length.
        """
        import numpy

        lengths = {name: len(value) for name, value in outputs.items() if not isinstance(value, int | float)}
        if len(set(lengths.values())) > 1:
            listed = ", ".join(f"{name}: {length}" for name, length in lengths.items())
            raise RequestError(
                f"the outputs differ in length ({listed})", code="alignment", hint="ask for one at a time"
            )
        rows = next(iter(lengths.values()), 1)
        columns = [list(value) if name in lengths else [value] * rows for name, value in outputs.items()]
        return numpy.asmatrix(columns).T

    def output_type(self) -> Any:
        """A NumPy matrix."""
        import numpy

        return numpy.matrix


class HamiltonGraphAdapter(GraphAdapter, ABC):
    """Decides how types are compared, how a node is computed, and what the result is."""


class SimplePythonDataFrameGraphAdapter(HamiltonGraphAdapter, PandasDataFrameResult):
    """Computes node after node in this process; the result is a pandas DataFrame."""

    @staticmethod
    def check_input_type(node_type: Any, input_value: Any) -> bool:
        """Whether an input's value fits its type."""
        return value_fits(node_type, input_value)

    @staticmethod
    def check_node_type_equivalence(node_type: Any, input_type: Any) -> bool:
        """Whether two types are the same."""
        return bool(node_type == input_type)

    def execute_node(self, node: Node, kwargs: dict[str, Any]) -> Any:
        """The node's value."""
        return node(**kwargs)


class SimplePythonGraphAdapter(SimplePythonDataFrameGraphAdapter):
    """Computes node after node in this process; the result is what a builder makes, a dictionary by default.

    Args:
        result_builder: What makes the result.
    """

    def __init__(self, result_builder: Any = None) -> None:
        self.result_builder = DictResult() if result_builder is None else result_builder

    def build_result(self, **outputs: Any) -> Any:  # type: ignore[override]  # Hamilton's is static above and bound here
        """What the builder makes."""
        return self.result_builder.build_result(**outputs)

    def output_type(self) -> Any:
        """What the builder makes."""
        return self.result_builder.output_type()


class DefaultAdapter(SimplePythonGraphAdapter):
    """Computes node after node in this process; the result is a dictionary."""
