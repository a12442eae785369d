"""One table of cases: values, an expectation of them, and what is said of them, whatever frame they are in.

Every kind in the registry has cases here, or the suite fails.
"""

from __future__ import annotations

import datetime
import math
from typing import Any, NamedTuple

import numpy as np

__all__ = ["AS_OF", "CASES", "Case"]

NAN = math.nan
DAYS = [datetime.date(2013, 1, 1), None, datetime.date(2013, 12, 31)]
MOMENTS = [datetime.datetime(2013, 1, 1, 5), None, datetime.datetime(2013, 12, 31, 23)]
ZONED = [moment.replace(tzinfo=datetime.UTC) if moment else None for moment in MOMENTS]
AS_OF = datetime.datetime(2013, 12, 31, 12, tzinfo=datetime.UTC)
FAR = datetime.timezone(datetime.timedelta(hours=9))


class Case(NamedTuple):
    """Values and an expectation of them.

    Attributes:
        others: Other columns by name: their type, and their values.
        earlier: The values of the last published run.
        judged: Whether a moment to judge by is known: :data:`AS_OF`.
    """

    values: list[Any]
    dtype: str
    kind: str
    argument: Any
    status: str
    failing: int = 0
    message: str = ""
    others: dict[str, tuple[str, list[Any]]] = {}
    earlier: list[Any] | None = None
    judged: bool = False


CASES = [
    Case([1.0, 2.0], "float", "range", (1, 2), "pass", 0, "0 of 2 values outside 1.0 … 2.0 (min 1.0, max 2.0)"),
    Case([-7.5, NAN, 11.5], "float", "range", (-5, 5), "warn", 2, "2 of 2 values outside -5.0 … 5.0 (min -7.5"),
    Case([0.5, None, 11.5], "float", "range", (0, 5), "warn", 1, "1 of 2 values outside"),
    Case([0.5, 11.5], "float", "range", (0, None), "pass"),
    Case([0.5, 11.5], "float", "range", (None, 5), "warn", 1),
    Case([1.0, math.inf], "float", "range", (0, 5), "warn", 1),
    Case([NAN, None], "float", "range", (0, 5), "no_data"),
    Case([], "float", "range", (0, 5), "no_data"),
    Case([0.5, 2.5], "float32", "range", (0, 2), "warn", 1),
    Case([1, None, 7], "int", "range", (0, 5), "warn", 1),
    Case([1, 2, 3], "int", "range", (1.5, 2.5), "warn", 2),
    Case([1, 2, 3], "int", "range", (10, 20), "warn", 3),
    Case([2**62 + 1, 5], "int", "range", (0, 2**62), "warn", 1),
    Case([2**64 - 1, 2], "uint", "range", (2, 2**63), "warn", 1),
    Case([2**64 - 1, 2], "uint", "range", (-3, 1e30), "pass"),
    Case([True, None], "bool", "range", (0, 1), "pass"),
    Case(["a", None, "x"], "text", "range", ("a", "m"), "warn", 1),
    Case(["a", "x"], "category", "range", ("a", "m"), "warn", 1),
    Case(DAYS, "date", "range", (datetime.date(2013, 1, 1), datetime.date(2013, 12, 30)), "warn", 1),
    Case(DAYS, "date", "range", (datetime.datetime(2013, 1, 1, 12), None), "warn", 1),
    Case(MOMENTS, "datetime", "range", (datetime.date(2013, 1, 1), datetime.date(2013, 12, 31)), "warn", 1),
    Case(ZONED, "zoned", "range", (ZONED[0], ZONED[2]), "pass"),
    Case(ZONED, "zoned", "range", (MOMENTS[0], MOMENTS[2]), "error", 0, "could not be evaluated: bounds of type datet"),
    Case(["a"], "text", "range", (0, 1), "error", 0, "bounds of type number cannot be compared with string values"),
    Case([1.0, NAN], "float", "allow_nans", False, "warn", 1, "1 of 2 values missing (50.00%), at most 0.00% expected"),
    Case(["a", None], "text", "allow_nans", False, "warn", 1),
    Case([1, None], "int", "allow_nans", False, "warn", 1),
    Case([1, 2], "int", "allow_nans", False, "pass"),
    Case([None, None], "float", "allow_nans", False, "warn", 2),
    Case([], "float", "allow_nans", False, "no_data"),
    Case([1.0, NAN, None, 2.0], "float", "max_fraction_nans", 0.5, "pass", 2),
    Case([1.0, NAN, None, 2.0], "float", "max_fraction_nans", 0.49, "warn", 2),
    Case([], "float", "max_fraction_nans", 0.0, "no_data"),
    Case(["a", None, "b"], "text", "values_in", ["a"], "warn", 1, "1 of 2 values not among the 1 expected"),
    Case(["a", None, "b"], "category", "values_in", ["a", "b"], "pass"),
    Case([1, None, 3], "int", "values_in", [1, 2.5, 10**30], "warn", 1),
    Case([2**53 + 1, 3], "int", "values_in", [2**53 + 1, 3], "pass"),
    Case([0.5, -0.0, NAN], "float", "values_in", [0.5, 0], "pass"),
    Case([True, False], "bool", "values_in", [True], "warn", 1),
    Case(DAYS, "date", "values_in", [DAYS[0]], "warn", 1),
    Case(MOMENTS, "datetime", "values_in", [MOMENTS[0], MOMENTS[2]], "pass"),
    Case(ZONED, "zoned", "values_in", [ZONED[0]], "warn", 1),
    Case(["a"], "text", "values_in", [1], "error", 0, "could not be evaluated"),
    Case([None, None], "text", "values_in", ["a"], "no_data"),
    Case([1.0, 2.0], "float", "data_type", float, "pass"),
    Case([1.0, 2.0], "float", "data_type", np.float64, "pass"),
    Case([1.0, 2.0], "float32", "data_type", np.float64, "warn", 2, "values are float, expected double"),
    Case([1, None], "int", "data_type", int, "pass"),
    Case([1, None], "int", "data_type", np.float64, "warn", 2),
    Case([True], "bool", "data_type", int, "warn", 1),
    Case(["a", "b"], "text", "data_type", str, "pass"),
    Case(["a", "b"], "category", "data_type", "category", "pass"),
    Case(["a", "b"], "category", "data_type", str, "warn", 2),
    Case(MOMENTS, "datetime", "data_type", "datetime64[ns]", "pass"),
    Case(ZONED, "zoned", "data_type", datetime.datetime, "pass"),
    Case(DAYS, "date", "data_type", datetime.date, "pass"),
    Case([], "float", "data_type", str, "no_data"),
    Case([1.0, 2.0, 3.0], "float", "max_standard_dev", 1.0, "pass", 0, "standard deviation 1.0, at most 1.0 expected"),
    Case([1.0, NAN, 3.0], "float", "max_standard_dev", 1.4, "warn"),
    Case([1, None, 3], "int", "max_standard_dev", 1.5, "pass"),
    Case([True, False], "bool", "max_standard_dev", 0.5, "warn"),
    Case([1.0], "float", "max_standard_dev", 0.0, "no_data"),
    Case([], "float", "max_standard_dev", 0.0, "no_data"),
    Case([1.0, math.inf], "float", "max_standard_dev", 9.0, "warn"),
    Case(["a", "b"], "text", "max_standard_dev", 9.0, "error", 0, "string values have no standard deviation"),
    Case(DAYS, "date", "max_standard_dev", 9.0, "error"),
    Case([1.0, 2.0], "float32", "mean_in_range", (1.5, 1.5), "pass", 0, "mean 1.5, expected in 1.5 … 1.5"),
    Case([0.0, NAN, 3.0], "float", "mean_in_range", (0, 1), "warn"),
    Case([0, None, 3], "int", "mean_in_range", (1, None), "pass"),
    Case([2**64 - 1], "uint", "mean_in_range", (None, 1), "warn"),
    Case([math.inf, -math.inf], "float", "mean_in_range", (0, 1), "warn"),
    Case([NAN, None], "float", "mean_in_range", (0, 1), "no_data"),
    Case([], "float", "mean_in_range", (0, 1), "no_data"),
    Case(["a"], "category", "mean_in_range", (0, 1), "error"),
    Case([None, NAN], "float", "allow_none", False, "pass"),
    Case([], "text", "allow_none", False, "pass"),
    Case(["a@b", None, "c"], "text", "contains", "@", "warn", 1, "1 of 2 texts do not contain '@'"),
    Case(["a@b", "b@a"], "category", "contains", ["a", "b"], "pass"),
    Case(["ab", "a", "b", None], "text", "contains", ["a", "b"], "warn", 2, "do not contain all of 'a', 'b'"),
    Case(["a.b", "axb"], "text", "contains", "a.b", "warn", 1),
    Case(["ab", "c", None], "text", "does_not_contain", ["a", "b"], "warn", 1, "1 of 2 texts contain some of 'a', 'b'"),
    Case(["A", None], "category", "does_not_contain", "a", "pass"),
    Case([None, None], "text", "does_not_contain", "a", "no_data"),
    Case([1.0], "float", "contains", "1", "error", 0, "double values are no texts"),
    # what is at the edge of a type
    Case([2**64 - 1, 2**63], "uint", "values_in", [2**64 - 1, 2**63], "pass"),
    Case([2**64 - 1, 2**63], "uint", "values_in", [2**63 - 1, -1, 2**63], "warn", 1),
    Case([2**63 - 1, -(2**63)], "int", "range", (-(2**63), 2**63 - 2), "warn", 1),
    Case([2.0**62, 1.0], "float", "range", (None, 2**62 - 1), "warn", 1),
    Case([math.inf, -math.inf, 1.0], "float", "range", (-1e308, 10**400), "warn", 2),
    Case([-0.0, 0.0], "float", "range", (0, 0), "pass"),
    Case(["ä", "z", "日本"], "text", "range", ("a", "z"), "warn", 2),
    Case(["ß😀"], "text", "values_in", ["ß😀"], "pass"),
    Case(["ß😀", "a"], "text", "contains", "😀", "warn", 1),
    Case([True, True], "bool", "max_standard_dev", 0.0, "pass"),
    Case(ZONED, "zoned", "range", (ZONED[0].astimezone(FAR), None), "pass"),
    Case(ZONED, "zoned", "values_in", [ZONED[0].astimezone(FAR), ZONED[2]], "pass"),
    Case([1.5, None], "decimal", "range", (0, 1), "warn", 1, "1 of 1 values outside 0.0 … 1.0 (min 1.5, max 1.5)"),
    Case([1.5, 0.25], "decimal", "values_in", [1.5, 0.25], "pass"),
    Case([None, None], "null", "range", (0, 1), "no_data"),
    Case([None, None], "null", "values_in", ["a"], "no_data"),
    Case([None, None], "null", "allow_nans", False, "warn", 2),
    Case([[1], [2]], "list", "range", (0, 1), "error", 0, "bounds of type number cannot be compared with list<int64>"),
    Case([[1], None], "list", "not_null", True, "warn", 1),
    Case([[1], [1]], "list", "unique", True, "error", 0, "list<int64> values cannot be compared with each other"),
    Case([[1], [1]], "list", "row_count", 2, "pass"),
    # kinds that judge rows
    Case([1.0, NAN, None], "float", "not_null", True, "warn", 2),
    Case([1, 2], "int", "not_null", True, "pass"),
    Case([], "text", "not_null", True, "no_data"),
    Case([1, 2, 2, 3, 3, 3, None, None], "int", "unique", True, "warn", 5),
    Case([NAN, None, NAN, 1.0], "float", "unique", True, "pass"),
    Case([0.0, -0.0], "float", "unique", True, "warn", 2),
    Case([2**64 - 1, 2**64 - 2], "uint", "unique", True, "pass"),
    Case(["a", "A", "a"], "category", "unique", True, "warn", 2),
    Case([True, False, None], "bool", "unique", True, "pass"),
    Case(MOMENTS, "datetime", "unique", True, "pass"),
    Case(["UA12", "ua12", "UA", "UA1\n", None], "text", "matches", r"[A-Z]{2}\d+", "warn", 3),
    Case(["12", "١٢"], "category", "matches", r"\d+", "warn", 1),
    Case(["Ewr", "JFK"], "text", "matches", "(?i)ewr|jfk", "pass"),
    Case([1.0], "float", "matches", "1", "error", 0),
    # bounds on figures
    Case([1.0, 5.0, NAN], "float", "min", (0, 2), "pass", 0),
    Case([-1.0, -2.0, 5.0], "float", "min", (0, None), "warn", 2),
    Case(DAYS, "date", "min", (datetime.date(2013, 1, 2), None), "warn", 1),
    Case([1, 3, 4], "int", "max", (0, 2), "warn", 2),
    Case([math.inf, 1.0], "float", "max", (None, 1e9), "warn", 1),
    Case(["a", "c"], "text", "max", ("b", None), "pass"),
    Case([1.0, 2.0, NAN], "float", "mean", (1.5, 1.5), "pass", 0),
    Case([math.inf, -math.inf], "float", "mean", (0, 1), "warn", 0),
    Case([2**63 - 1, 2**63 - 1], "int", "mean", (0, 1), "warn"),
    Case([1, 2, 3, 4, None], "int", "median", (2.5, 2.5), "pass", 0),
    Case([1.0, 2.0, NAN], "float", "median", (0, 1), "warn"),
    Case([NAN], "float", "median", (0, 1), "no_data"),
    Case([1.0, 2.0, 3.0], "float", "std", (1, 1), "pass", 0),
    Case([1.0, math.inf], "float", "std", (1, 1), "warn", 0),
    Case([1], "int", "std", (0, 1), "no_data"),
    Case([1, 2, 3, 4, 5], "int", "quantile", {0.5: (3, 3), 1: (None, 5)}, "pass", 0),
    Case([1, 2, None, 9], "int", "quantile", {0.5: (3, 9)}, "warn"),
    Case([1.0, 2.0, NAN], "float", "quantile", {0.75: (1.75, 1.75)}, "pass"),
    Case([], "float", "row_count", (1, None), "warn", 0),
    Case([None, "a"], "text", "row_count", (0, 2), "pass"),
    Case(["a", "b", "a", None], "text", "distinct", (2, 3), "pass", 0),
    Case([1.0, 1.0, NAN, None], "float", "distinct", (2, None), "warn", 0),
    # kinds that look at rows in their order, and at other columns
    Case([1, 1, None, 3, 2, 4], "int", "monotonic", "increasing", "warn", 1),
    Case([3.0, NAN, 2.0, -math.inf], "float", "monotonic", "decreasing", "pass"),
    Case(
        [5, 1, None, 3, 2],
        "int",
        "monotonic",
        {"direction": "increasing", "by": "place"},
        "warn",
        1,
        others={"place": ("int", [5, 1, 2, 3, 4])},
    ),
    Case(
        ["c", "b", "b", "a"],
        "text",
        "monotonic",
        {"direction": "decreasing", "strict": True, "by": "place"},
        "warn",
        1,
        others={"place": ("float", [0.5, 1.5, 1.5, NAN])},
    ),
    Case(
        [2, 1, 9],
        "int",
        "monotonic",
        {"direction": "decreasing", "by": "place"},
        "pass",
        0,
        others={"place": ("int", [1, 1, None])},
    ),
    Case([1, 5, None, 2], "int", "compare", ("<=", "other"), "warn", 1, others={"other": ("int", [1, 3, 4, None])}),
    Case(
        [1.0, 5.0, NAN],
        "float",
        "compare",
        {"operator": "==", "other": "other", "tolerance": 0.5},
        "warn",
        1,
        others={"other": ("int", [1, 3, 4])},
    ),
    Case([2**63 - 1, 5], "int", "compare", ("<", "other"), "pass", 0, others={"other": ("uint", [2**63, 6])}),
    Case([math.inf, 1.0], "float", "compare", ("==", "other"), "pass", 0, others={"other": ("float", [math.inf, 1.0])}),
    Case(MOMENTS, "datetime", "compare", (">=", "other"), "pass", 0, others={"other": ("date", DAYS)}),
    Case(["a", "b"], "text", "compare", ("!=", "other"), "warn", 1, others={"other": ("text", ["a", None])}),
    Case(
        ["a"], "text", "compare", ("<", "other"), "error", 0, "could not be evaluated", others={"other": ("int", [1])}
    ),
    Case(["a"], "text", "compare", ("<", "another"), "error", 0),
    # kinds that look at time, and at an earlier run
    Case([AS_OF - datetime.timedelta(hours=35), None], "zoned", "freshness", "36h", "pass", judged=True),
    Case([AS_OF - datetime.timedelta(hours=37)], "zoned", "freshness", "36h", "warn", judged=True),
    Case(DAYS, "date", "freshness", "36h", "pass", judged=True),
    Case(DAYS, "date", "freshness", "36h", "skip"),
    Case([AS_OF, AS_OF + datetime.timedelta(hours=1)], "zoned", "not_in_future", True, "warn", 1, judged=True),
    Case([AS_OF, None], "zoned", "not_in_future", True, "pass", judged=True),
    Case(MOMENTS, "datetime", "not_in_future", True, "warn", 1, judged=True),
    Case(["a"], "text", "not_in_future", True, "error", judged=True),
    Case(["a", "b", "c", None], "text", "categories", {"new": 0, "missing": 0}, "warn", 1, earlier=["a", "b"]),
    Case(["a", "b"], "category", "categories", {"new": 0}, "pass", earlier=["a", "b", "c"]),
    Case(["a"], "text", "categories", {"new": 0}, "skip"),
    Case(["a", "a", "b", None], "text", "categories", {"a": 0.6, "b": 0.4, "tolerance": 0.1}, "pass"),
    Case(
        [float(number) for number in range(20)],
        "float",
        "distribution",
        {"psi": 0.2},
        "pass",
        earlier=[float(number) for number in range(20)],
    ),
    Case(
        [float(number) for number in range(20)],
        "float",
        "distribution",
        {"psi": 0.2},
        "warn",
        earlier=[float(number) + 15 for number in range(20)],
    ),
    Case([1.0], "float", "distribution", {"psi": 0.2}, "skip"),
    Case([11.0, 11.0, NAN], "float", "change", {"mean": 0.1, "rows": 0.5}, "pass", earlier=[10.0, 10.0]),
    Case([1, 2, 3], "int", "change", {"rows": 0.1}, "warn", 0, earlier=[1, 2]),
    Case(["a"], "text", "change", {"rows": 0.1}, "skip"),
    Case(["a", None], "text", "nans", 0, "pass"),
    Case([], "int", "nans", 0, "no_data"),
]
