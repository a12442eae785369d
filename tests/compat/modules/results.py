"""Result builders: shipped ones, and one of one's own."""

import sys
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
from hamilton import ad_hoc_utils, base, driver, lifecycle
from hamilton.plugins import h_polars, h_polars_lazyframe, h_pyarrow


def spend() -> pd.Series:
    return pd.Series([1.0, 2.0], index=["x", "y"])


def signups() -> pd.Series:
    return pd.Series([1, 2], index=["y", "z"])


def total(spend: pd.Series) -> float:
    return spend.sum()


def frame() -> pd.DataFrame:
    return pd.DataFrame({"a": [1, 2], "b": ["u", "v"]}, index=["x", "z"])


def array() -> np.ndarray:
    return np.array([5, 6])


def column() -> pl.Series:
    return pl.Series([1, 2])


def lazy() -> pl.LazyFrame:
    return pl.LazyFrame({"a": [1, 2]})


class Named(lifecycle.ResultBuilder):
    def build_result(self, **outputs: Any) -> Any:
        return [f"{name}={value}" for name, value in outputs.items()]

    def output_type(self) -> type:
        return list


class Legacy(base.ResultMixin):
    @staticmethod
    def build_result(**outputs: Any) -> Any:
        return sorted(outputs)


class Counting(base.HamiltonGraphAdapter, base.DictResult):
    """Computes nodes itself, counts them, and takes whole numbers for text."""

    def __init__(self) -> None:
        self.computed: list = []

    @staticmethod
    def check_input_type(node_type: Any, input_value: Any) -> bool:
        return isinstance(input_value, int)

    @staticmethod
    def check_node_type_equivalence(node_type: Any, input_type: Any) -> bool:
        return {node_type, input_type} == {str, float}

    def execute_node(self, node: Any, kwargs: dict) -> Any:
        self.computed.append((node.name, sorted(kwargs)))
        return node.callable(**kwargs)


mismatched = ad_hoc_utils.module_from_source(
    """
def total() -> float:
    return 1.5


def described(total: str, note: str) -> str:
    return f"{total} {note}"
""",
    "mismatched",
)


def _counted() -> Any:
    adapter = Counting()
    value = driver.Driver({}, mismatched, adapter=adapter).execute(["described"], inputs={"note": 5})
    return [value, adapter.computed]


def _answers() -> dict:
    module = sys.modules[__name__]

    def legacy(adapter: Any, *names: str) -> Any:
        try:
            return driver.Driver({}, module, adapter=adapter).execute(list(names))
        except Exception as error:
            return error

    def built(adapter: Any, *names: str) -> Any:
        return driver.Builder().with_modules(module).with_adapters(adapter).build().execute(list(names))

    def simple(builder: Any) -> Any:
        return base.SimplePythonGraphAdapter(builder)

    return {
        "joined": legacy(None, "spend", "signups", "total"),
        "frame alone": legacy(None, "frame"),
        "frame beside others": legacy(None, "frame", "spend", "total"),
        "dictionary": legacy(simple(base.DictResult()), "total", "signups"),
        "default adapter": legacy(base.DefaultAdapter(), "total"),
        "data frame adapter": legacy(base.SimplePythonDataFrameGraphAdapter(), "spend"),
        "strict refuses": legacy(simple(base.StrictIndexTypePandasDataFrameResult()), "spend", "column"),
        "strict": legacy(simple(base.StrictIndexTypePandasDataFrameResult()), "spend", "signups"),
        "matrix": legacy(simple(base.NumpyMatrixResult()), "array", "total"),
        "own": built(Named(), "total"),
        "own legacy": built(Legacy(), "total", "spend"),
        "own legacy through an adapter": legacy(simple(Legacy()), "total", "spend"),
        "an adapter that decides everything": _counted(),
        "polars": built(h_polars.PolarsDataFrameResult(), "column", "total"),
        "polars lazy": built(h_polars_lazyframe.PolarsLazyFrameResult(), "lazy"),
        "arrow": built(h_pyarrow.PyarrowTableResult(), "frame"),
        "with_adapter": driver.Builder().with_modules(module).with_adapter(simple(Named())).build().execute(["total"]),
    }
