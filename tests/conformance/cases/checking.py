"""§3: expectations of values."""

from __future__ import annotations

from tests.conformance.case import BOTH, Case, Raises

__all__ = ["CASES"]

#: Whether a value passes a check: what the node with importance ``fail`` hands on, or that it refuses.
JUDGED = """
dr = driver.Builder().with_modules(module).build()
return [attempt(lambda: dr.execute(["f"], inputs={"x": one}) and True) is True for one in module.values]
"""


def series(check: str, *values: str) -> dict[str, str]:
    """A checked column, and columns to judge."""
    source = f"@check_output({check}, importance='fail')\ndef f(x: px.Series) -> px.Series: return x\nvalues = [{', '.join(values)}]\n"
    return {"source": source, "program": JUDGED}


def scalar(check: str, kind: str, *values: str) -> dict[str, str]:
    """A checked value of another type, and values to judge."""
    source = f"@check_output({check}, importance='fail')\ndef f(x: {kind}) -> {kind}: return x\nvalues = [{', '.join(values)}]\n"
    return {"source": source, "program": JUDGED}


REFUSED = "return attempt(lambda: driver.Builder().with_modules(module).build() and None)"
CHECKED = "def a(x: px.Series) -> px.Series: return x * 2"
NAN = "px.Series([1.0, float('nan')])"

CASES: dict[str, Case] = {
    "nodes of a check": Case(
        rows=("3-nodes", "2.8-check-output", "3-optional-parameter"),
        source="@check_output(range=(0, 9), allow_nans=False)\ndef a(x: px.Series, by: int = 2) -> px.Series: return x * by",
        inputs="{'x': px.Series([1, 2])}",
        frames=BOTH,
        agrees=("pandas",),
        ours={
            "nodes": {
                "a": [["a_allow_nans_validator", "a_range_validator", "a_raw"], []],
                "a_raw": [["x"], ["by"]],
                "a_range_validator": [["a_raw"], []],
                "a_allow_nans_validator": [["a_raw"], []],
            },
            "values": {"a": {"polars": [2, 4]}, "a_raw": {"polars": [2, 4]}},
        },
    ),
    "no checks": Case(rows=("3-no-checks",), source="@check_output()\n" + CHECKED, inputs="{'x': px.Series([1, 2])}", frames=BOTH),
    "warn and fail": Case(
        rows=("3-importance", "3-raw-without-failing"),
        source="@check_output(range=(0, 1))\ndef warned(x: int) -> int: return x\n"
        "@check_output(range=(0, 1), values_in=[7], importance='fail')\ndef refused(x: int) -> int: return x\n",
        program="dr = driver.Builder().with_modules(module).build()\n"
        "return [dr.execute(['warned'], inputs={'x': 5}), 'raised' in attempt(lambda: dr.execute(['refused'], inputs={'x': 5})),"
        " dr.execute(['refused_raw'], inputs={'x': 5}), dr.execute(['refused_range_validator'], inputs={'x': 5})['refused_range_validator'].passes]",
    ),
    "every failing check is told": Case(
        rows=("3-messages",),
        source="@check_output(range=(0, 1), values_in=[7], importance='fail')\ndef refused(x: int) -> int: return x\n",
        program="return attempt(lambda: driver.Builder().with_modules(module).build().execute(['refused'], inputs={'x': 5}))",
        agrees=(),
        ours=Raises("expectation-failed", "values_in"),
    ),
    "an importance that does not exist": Case(
        rows=("3-bad-importance",),
        program="def f(x: int) -> int: return x\nreturn attempt(lambda: check_output(range=(0, 1), importance='explode')(f) and None)",
        agrees=(),
        ours=Raises("invalid-modifier", "explode"),
    ),
    "stacked checks": Case(
        rows=("3-stacking",),
        source="@check_output(range=(0, 5), importance='fail')\n@check_output(values_in=[1, 9], importance='warn')\ndef f(x: int) -> int: return x\nvalues = [1, 9, 3]",
        program=JUDGED,
        agrees=(),
        ours=[True, False, True],
    ),
    "checks per output and variant": Case(
        rows=("3-per-output",),
        source="@check_output(range=(0, 5))\n@parameterize(p={'x': value(1)}, q={'x': value(2)})\ndef f(x: int) -> int: return x\n"
        "@config.when(k=1)\n@check_output(range=(0, 5))\ndef g__one(x: int) -> int: return x\n",
        config={"k": 1},
        inputs="{'x': 1}",
    ),
    "optional values and lists": Case(
        rows=("3-optional-types",),
        source="@check_output(range=(0, 5), importance='fail')\ndef f(x: Optional[float]) -> Optional[float]: return x\nvalues = [1.0, 9.0, None]",
        program=JUDGED,
        agrees=(),
        ours=[True, False, True],
    ),
    "lists are judged": Case(
        rows=("3-optional-types",),
        source="@check_output(allow_none=False, importance='fail')\ndef f(x: int) -> List[int]: return [x]\nvalues = [1]",
        program=JUDGED,
    ),
    "a check for nobody": Case(
        rows=("3-selection-faults",), source="@check_output(no_such_check=1)\n" + CHECKED, program=REFUSED, frames=BOTH
    ),
    "a check for another type": Case(
        rows=("3-selection-faults",), source="@check_output(contains='x')\ndef f(x: int) -> int: return x", program=REFUSED
    ),
    "range of columns": Case(
        rows=("3-range-series", "3-polars"),
        **series("range=(1, 3)", "px.Series([1, 2, 3])", "px.Series([1, 4])", "px.Series([], dtype={'pandas': 'float64', 'polars': pl.Float64}[px.__name__])"),
        frames=BOTH,
        agrees=("pandas",),
        ours=[True, False, True],
    ),
    "range of texts and times": Case(
        rows=("3-range-series",),
        source="import datetime\n@check_output(range=('b', 'd'), importance='fail')\ndef f(x: px.Series) -> px.Series: return x\n"
        "@check_output(range=(datetime.datetime(2020, 1, 1), datetime.datetime(2021, 1, 1)), importance='fail')\ndef g(y: px.Series) -> px.Series: return y\n",
        program="dr = driver.Builder().with_modules(module).build()\nday = module.datetime.datetime\n"
        "return [attempt(lambda: dr.execute(['f'], inputs={'x': px.Series(one)}) and True) is True for one in (['b', 'c'], ['a'])]"
        " + [attempt(lambda: dr.execute(['g'], inputs={'y': px.Series(one)}) and True) is True for one in ([day(2020, 5, 1)], [day(2022, 5, 1)])]",
        frames=BOTH,
        agrees=("pandas",),
        ours=[True, False, True, False],
    ),
    "range and what is absent": Case(
        rows=("3-range-series",), **series("range=(0, 3)", NAN), frames=BOTH, agrees=(), ours=[True]
    ),
    "range of numbers": Case(
        rows=("3-range-number",), **scalar("range=(0, 3)", "float", "1.0", "3.0", "3.5"),
    ),
    "range of what is no number": Case(
        rows=("3-range-number",), **scalar("range=(0, 3)", "float", "float('nan')"), agrees=(), ours=[True],
    ),
    "range of nothing": Case(
        rows=("3-range-number",),
        source="@check_output(range=(0, 3), allow_none=False, importance='fail')\ndef f(x: int) -> int: return None",
        program="return attempt(lambda: driver.Builder().with_modules(module).build().execute(['f'], inputs={'x': 1}))",
        agrees=(),
        ours=Raises("expectation-failed", "allow_none"),
    ),
    "values_in of columns": Case(
        rows=("3-values-in-series",),
        **series("values_in=['a', 'b']", "px.Series(['a', 'b'])", "px.Series(['a', 'c'])", "px.Series(['a', None])"),
        frames=BOTH,
        agrees=("pandas",),
        ours=[True, False, True],
    ),
    "values_in of numbers and texts": Case(rows=("3-values-in-scalar",), **scalar("values_in=[1, 2]", "int", "1", "3")),
    "values_in of texts": Case(rows=("3-values-in-scalar",), **scalar("values_in=['a']", "str", "'a'", "'b'")),
    "data_type of columns": Case(
        rows=("3-data-type-series",),
        **series("data_type=float", "px.Series([1.0])", "px.Series([1])", "px.Series(['a'])"),
        frames=BOTH,
        agrees=("pandas",),
        ours=[True, False, False],
    ),
    "data_type of texts": Case(
        rows=("3-data-type-series",),
        **series("data_type=str", "px.Series(['a'])", "px.Series([1])"),
        frames=BOTH,
        agrees=("pandas",),
        ours=[True, False],
    ),
    "data_type int": Case(
        rows=("3-data-type-series",), **series("data_type=int", "px.Series([1])", "px.Series([1.0])"), frames=BOTH, agrees=(), ours=[True, False]
    ),
    "data_type of values": Case(rows=("3-data-type-scalar",), **scalar("data_type=int", "int", "1")),
    "data_type of what is true": Case(rows=("3-data-type-scalar",), **scalar("data_type=int", "int", "True"), agrees=(), ours=[False]),
    "data_type of other values": Case(rows=("3-data-type-scalar",), **scalar("data_type=str", "str", "'a'")),
    "allow_nans": Case(
        rows=("3-allow-nans",), **series("allow_nans=False", "px.Series([1.0])", NAN), frames=BOTH, agrees=("pandas",), ours=[True, False]
    ),
    "allow_nans=True": Case(rows=("3-allow-nans-true",), source="@check_output(allow_nans=True)\n" + CHECKED, frames=BOTH, program=REFUSED),
    "max_fraction_nans": Case(
        rows=("3-max-fraction-nans",),
        **series("max_fraction_nans=0.5", NAN, "px.Series([float('nan'), float('nan'), 1.0])"),
        frames=BOTH,
        agrees=("pandas",),
        ours=[True, False],
    ),
    "max_fraction_nans out of bounds": Case(
        rows=("3-max-fraction-nans",), source="@check_output(max_fraction_nans=2)\n" + CHECKED, frames=BOTH, program=REFUSED
    ),
    "max_standard_dev": Case(
        rows=("3-max-standard-dev",),
        **series("max_standard_dev=1.0", "px.Series([1.0, 2.0, 3.0])", "px.Series([1.0, 9.0])"),
        frames=BOTH,
        agrees=("pandas",),
        ours=[True, False],
    ),
    "the spread of one row": Case(
        rows=("3-max-standard-dev",), **series("max_standard_dev=1.0", "px.Series([1.0])"), frames=BOTH, agrees=(), ours=[True]
    ),
    "mean_in_range": Case(
        rows=("3-mean-in-range",),
        **series("mean_in_range=(1, 2)", "px.Series([1.0, 2.0])", "px.Series([5.0])"),
        frames=BOTH,
        agrees=("pandas",),
        ours=[True, False],
    ),
    "allow_none": Case(
        rows=("3-allow-none", "3-polars"),
        source="@check_output(allow_none=False, importance='fail')\ndef f(x: px.Series) -> px.Series: return x\nvalues = [px.Series([1]), None]",
        program=JUDGED,
        frames=BOTH,
    ),
    "contains": Case(rows=("3-contains",), **scalar("contains=['a', 'b']", "str", "'cab'", "'ca'")),
    "does_not_contain": Case(rows=("3-contains",), **scalar("does_not_contain='z'", "str", "'cab'", "'zoo'")),
    "a pandera schema": Case(
        components=("pandera",),
        rows=("3-schema",),
        source="import pandera.{px} as pa\n".replace("{px}", "pandas")
        + "@check_output(schema=pa.DataFrameSchema({'a': pa.Column(int, pa.Check.ge(0))}), importance='fail')\n"
        "def f(x: pd.DataFrame) -> pd.DataFrame: return x\nvalues = [pd.DataFrame({'a': [1]}), pd.DataFrame({'a': [-1]})]",
        program=JUDGED,
    ),
    "a pandera schema on Polars": Case(
        components=("pandera",),
        rows=("3-schema", "3-polars"),
        source="import pandera.polars as pa\n@check_output(schema=pa.DataFrameSchema({'a': pa.Column(int, pa.Check.ge(0))}), importance='fail')\n"
        "def f(x: pl.DataFrame) -> pl.DataFrame: return x\nvalues = [pl.DataFrame({'a': [1]}), pl.DataFrame({'a': [-1]})]",
        program=JUDGED,
    ),
    "a schema that would change the value": Case(
        components=("pandera",),
        rows=("3-schema",),
        source="import pandera.pandas as pa\n@check_output(schema=pa.DataFrameSchema({'a': pa.Column(float)}, coerce=True))\n"
        "def f(x: pd.DataFrame) -> pd.DataFrame: return x",
        program="return str(driver.Builder().with_modules(module).build().execute(['f'], inputs={'x': pd.DataFrame({'a': [1]})})['f']['a'].dtype)",
        agrees=(),
        ours="int64",
    ),
    "nodes of a schema": Case(
        components=("pandera",),
        rows=("3-schema", "3-nodes"),
        source="import pandera.pandas as pa\n@check_output(schema=pa.DataFrameSchema({'a': pa.Column(int)}))\n"
        "def f(x: pd.DataFrame) -> pd.DataFrame: return x\n",
        inputs="{'x': pd.DataFrame({'a': [1]})}",
    ),
    "nodes of a model": Case(
        rows=("3-model", "3-nodes"),
        source="from pydantic import BaseModel\nclass Point(BaseModel):\n    x: int\n"
        "@check_output(model=Point)\ndef f(x: dict) -> dict: return x\n",
        inputs="{'x': {'x': 1}}",
    ),
    "two validators of one name": Case(
        rows=("3-nodes", "3-custom"),
        source="""
            class Above(DataValidator):
                def __init__(self, limit, importance):
                    super().__init__(importance)
                    self.limit = limit
                def applies_to(self, datatype): return True
                def description(self): return "above"
                @classmethod
                def name(cls): return "above_validator"
                def validate(self, dataset): return ValidationResult(dataset > self.limit, "above?", {})
            @check_output_custom(Above(1, importance="fail"), Above(5, importance="warn"))
            def f(x: int) -> int: return x
        """,
        ask=("f", "f_raw"),
        inputs="{'x': 2}",
    ),
    "checks of both kinds of Series": Case(
        rows=("3-polars",),
        source="@check_output(range=(0, 9), data_type=float, allow_nans=False, values_in=[1.0, 2.0], mean_in_range=(1, 2), max_standard_dev=1.0,"
        " max_fraction_nans=0.1, importance='fail')\ndef f(x: px.Series) -> px.Series: return x\nvalues = [px.Series([1.0, 2.0]), px.Series([1.0, 5.0])]",
        program=JUDGED,
        frames=BOTH,
        agrees=("pandas",),
        ours=[True, False],
    ),
    "a pydantic model": Case(
        rows=("3-model",),
        source="from pydantic import BaseModel\nclass Point(BaseModel):\n    x: int\n"
        "@check_output(model=Point, importance='fail')\ndef f(x: dict) -> dict: return x\nvalues = [{'x': 1}, {'x': 'no'}]",
        program=JUDGED,
    ),
    "validators of one's own": Case(
        rows=("3-custom",),
        source="""
            class Even(DataValidator):
                def applies_to(self, datatype): return datatype is int
                def description(self): return "even"
                @classmethod
                def name(cls): return "even_validator"
                def validate(self, dataset): return ValidationResult(dataset % 2 == 0, "even?", {"rest": dataset % 2})
            @check_output_custom(Even(importance="fail"))
            def f(x: int) -> int: return x
            values = [2, 3]
        """,
        program=JUDGED,
    ),
    "a validator of another type": Case(
        rows=("3-custom",),
        source="""
            class Even(DataValidator):
                def applies_to(self, datatype): return datatype is int
                def description(self): return "even"
                @classmethod
                def name(cls): return "even_validator"
                def validate(self, dataset): return ValidationResult(True, "")
            @check_output_custom(Even(importance="fail"))
            def f(x: str) -> str: return x
        """,
        program=REFUSED,
        agrees=(),
        ours=Raises("invalid-modifier", "Even"),
    ),
}  # fmt: skip
