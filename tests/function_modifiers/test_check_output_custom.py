"""check_output_custom, check_schema, check_model, and what check_output takes besides the built-in kinds."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pandas as pd
import polars as pl
import pytest

from featurecat import driver
from featurecat.definition.asynchronous import is_asynchronous
from featurecat.definition.collect import collect
from featurecat.definition.node import Node, Role
from featurecat.errors import ExpectationError, ModifierError
from tests.support.modules import ModuleMaker, line_of

IMPORTS = """
import pandas as pd, polars as pl, pydantic
from typing import Annotated, Any, List, Optional
from featurecat import extract_columns, extract_fields, parameterize, value
from featurecat.expectations.custom import *
from featurecat.function_modifiers.validation import check_output
from featurecat.function_modifiers.custom_validation import check_model, check_output_custom, check_schema

class AtMost(DataValidator):
    def __init__(self, most, importance="warn"):
        super().__init__(importance)
        self.most = most
    def applies_to(self, datatype):
        return issubclass(datatype, (pd.Series, pl.Series, float))
    def description(self):
        return f"Values are at most {self.most}."
    @classmethod
    def name(cls):
        return "at_most"
    def validate(self, dataset):
        greatest = dataset if isinstance(dataset, float) else dataset.max()
        return ValidationResult(bool(greatest <= self.most), f"the greatest is {greatest}", {"greatest": greatest})

class Rows(BaseDefaultValidator):
    def __init__(self, rows, importance):
        super().__init__(importance)
        self.rows = int(rows)
    @classmethod
    def applies_to(cls, datatype):
        return issubclass(datatype, (pd.Series, pl.Series))
    def description(self):
        return "There are so many rows."
    @classmethod
    def arg(cls):
        return "rows"
    def validate(self, data):
        return ValidationResult(len(data) == self.rows, f"{len(data)} rows")

class Later(AsyncDataValidator):
    def applies_to(self, datatype):
        return True
    def description(self):
        return "A service says so."
    @classmethod
    def name(cls):
        return "later"
    async def validate(self, dataset):
        return ValidationResult(dataset > 0, "asked")

class Person(pydantic.BaseModel):
    age: int

def _rising(values):
    return bool((values.diff().drop_nulls() if isinstance(values, pl.Series) else values.diff().dropna()).min() >= 0)

def _whole(number: float) -> bool:
    return number == int(number)
"""

SCHEMAS = """
import pandera.pandas, pandera.polars, pandera.typing, pandera.typing.polars

class People(pandera.pandas.DataFrameModel):
    age: int = pandera.pandas.Field(ge=0)

class LazyPeople(pandera.polars.DataFrameModel):
    age: int = pandera.polars.Field(ge=0)
"""


def _text(source: str) -> str:
    return IMPORTS + (SCHEMAS if "People" in source else "") + source


def _nodes(make_module: ModuleMaker, source: str) -> dict[str, Node]:
    definitions = collect([make_module(_text(source))])
    definitions.raise_problems()
    return {name: nodes[0] for name, nodes in definitions.variants.items()}


def _wiring(nodes: dict[str, Node]) -> dict[str, list[str]]:
    return {name: [dependency.name for dependency in node.dependencies] for name, node in nodes.items()}


def _run(make_module: ModuleMaker, source: str, wanted: list[str], **inputs: Any) -> dict[str, Any]:
    built = driver.Builder().with_modules(make_module(_text(source))).build()
    result: dict[str, Any] = built.execute(wanted, inputs=inputs)
    return result


# --- nodes ------------------------------------------------------------------------------------------


def test_validators_are_nodes_that_are_called_as_they_name_themselves(make_module: ModuleMaker) -> None:
    nodes = _nodes(
        make_module, "@check_output_custom(AtMost(1), AtMost(2, 'fail'), Later())\ndef a(u: float) -> float: ...\n"
    )
    assert _wiring(nodes) == {
        "a_raw": ["u"],
        "a_at_most": ["a_raw"],
        "a_at_most_1": ["a_raw"],
        "a_later": ["a_raw"],
        "a": ["a_raw", "a_at_most", "a_at_most_1", "a_later"],
    }
    assert nodes["a_at_most"].role is Role.VALIDATOR
    assert nodes["a_at_most"].documentation == "Values are at most 1."
    assert [is_asynchronous(nodes[name].function) for name in ("a_at_most", "a_later")] == [False, True]
    assert [(spec.kind, spec.severity) for spec in nodes["a"].expectations] == [
        ("at_most", "warn"),
        ("at_most", "error"),
        ("later", "warn"),
    ]
    assert nodes["a"].expectations[1].params["arguments"] == {"most": 2}


@pytest.mark.parametrize("above", [True, False])
def test_it_stacks_with_check_output(make_module: ModuleMaker, above: bool) -> None:
    decorators = ["@check_output(range=(0, 1), importance='fail')", "@check_output_custom(AtMost(1))"]
    lines = "\n".join(decorators if above else reversed(decorators))
    nodes = _nodes(make_module, f"{lines}\ndef a(u: float) -> float: ...\n")
    assert set(nodes) == {"a_raw", "a_at_most", "a_range_validator", "a"}
    assert {spec.kind: spec.severity for spec in nodes["a"].expectations} == {"at_most": "warn", "range": "error"}


def test_without_validators_there_is_still_a_raw_node(make_module: ModuleMaker) -> None:
    assert set(_nodes(make_module, "@check_output_custom()\ndef a(u: float) -> float: ...\n")) == {"a_raw", "a"}


def test_columns_and_outputs_are_checked_each(make_module: ModuleMaker) -> None:
    nodes = _nodes(
        make_module,
        """
@check_output_custom(AtMost(1))
@extract_columns("a", "b")
def frame() -> pd.DataFrame: ...
@check_output_custom(AtMost(1), target_="c")
@parameterize(c={"u": value(1.0)}, d={"u": value(2.0)})
def made(u: float) -> float: ...
""",
    )
    assert {name for name in nodes if name.endswith("at_most")} == {"a_at_most", "b_at_most", "c_at_most"}


@pytest.mark.component("pandera")
def test_schema_and_model_nodes_are_called_as_in_hamilton(make_module: ModuleMaker) -> None:
    nodes = _nodes(
        make_module,
        """
@check_output(schema=People)
def a() -> pd.DataFrame: ...
@check_schema(importance="fail")
def b() -> pandera.typing.DataFrame[People]: ...
@check_schema()
def c() -> pandera.typing.polars.LazyFrame[LazyPeople]: ...
@check_output(model=Person)
def d() -> dict[str, Any]: ...
@check_model("fail")
def e() -> Optional[Person]: ...
""",
    )
    assert {name for name in nodes if name.endswith("_validator")} == {
        "a_pandera_schema_validator",
        "b_pandera_schema_validator",
        "c_pandera_schema_validator",
        "d_pydantic_validator",
        "e_pydantic_validator",
    }
    assert [nodes[name].expectations[0].severity for name in "abcde"] == ["warn", "error", "warn", "warn", "error"]
    assert nodes["a"].expectations[0].params == nodes["b"].expectations[0].params


def test_a_shared_decorator_is_placed_at_each_function(make_module: ModuleMaker) -> None:
    nodes = _nodes(
        make_module,
        "shared = check_output(range=(0, 1))\n@shared\ndef a(u: float) -> float: ...\n@shared\ndef b(u: float) -> float: ...\n",
    )
    lines = [nodes[name].expectations[0].line for name in "ab"]
    assert lines[0] is not None
    assert lines[1] == lines[0] + 2


# --- verdicts ---------------------------------------------------------------------------------------

CHECKED = """
@check_output_custom(AtMost(1, {importance!r}))
@check_output(custom=_rising, importance={importance!r})
def share(part: {column}) -> {column}:
    return part * 2
"""


@pytest.mark.parametrize(("column", "made"), [("pd.Series", pd.Series), ("pl.Series", pl.Series)])
def test_all_that_blocks_is_raised_at_once(make_module: ModuleMaker, column: str, made: type) -> None:
    module = make_module(IMPORTS + CHECKED.format(column=column, importance="fail"))
    built = driver.Builder().with_modules(module).build()
    assert built.execute(["share"], inputs={"part": made([0.1, 0.5])})["share"].to_list() == [0.2, 1.0]
    with pytest.raises(ExpectationError) as caught:
        built.execute(["share"], inputs={"part": made([4.0, 0.5])})
    assert [problem.message for problem in caught.value.problems] == [
        "share: rising does not hold: rising does not hold",
        "share: at_most does not hold: the greatest is 8.0",
    ]
    assert {(problem.file, problem.line) for problem in caught.value.problems} == {
        (module.__file__, line_of(module, "@check_output_custom"))
    }


@pytest.mark.parametrize(("column", "made"), [("pd.Series", pd.Series), ("pl.Series", pl.Series)])
def test_warnings_are_logged(
    make_module: ModuleMaker, column: str, made: type, caplog: pytest.LogCaptureFixture
) -> None:
    source = CHECKED.format(column=column, importance="warn")
    with caplog.at_level(logging.WARNING):
        result = _run(make_module, source, ["share", "share_at_most"], part=made([4.0, 0.5]))
    assert result["share"].to_list() == [8.0, 1.0]
    assert result["share_at_most"].diagnostics == {"greatest": 8.0}
    assert [record.getMessage() for record in caplog.records] == [
        "[share:rising] rising does not hold",
        "[share:at_most] the greatest is 8.0",
    ]


def test_a_validator_that_breaks_blocks_where_it_matters(make_module: ModuleMaker) -> None:
    source = "def _broken(value):\n    raise KeyError(value)\n"
    source += "@check_output(custom=_broken, importance='fail')\ndef a(u: float) -> float:\n    return u\n"
    with pytest.raises(ExpectationError) as caught:
        _run(make_module, source, ["a"], u=1.0)
    assert caught.value.code == "expectation-unevaluated"
    assert "KeyError in _broken" in caught.value.problems[0].message


FRAMES = """
@check_output(schema={model}, importance="fail")
def people(ages: list) -> {frame}:
    return {frame}({{"age": ages}})
"""


@pytest.mark.component("pandera")
@pytest.mark.parametrize(
    ("model", "frame"), [("People", "pd.DataFrame"), ("LazyPeople", "pl.DataFrame"), ("LazyPeople", "pl.LazyFrame")]
)
def test_schemas_block_on_every_engine(make_module: ModuleMaker, model: str, frame: str) -> None:
    source = FRAMES.format(model=model, frame=frame)
    good = _run(make_module, source, ["people"], ages=[1, 2])["people"]
    assert type(good).__name__ == frame.partition(".")[2]
    with pytest.raises(ExpectationError) as caught:
        _run(make_module, source, ["people"], ages=[1, -2])
    assert "age: greater_than_or_equal_to(0) (1 row)" in caught.value.problems[0].message


LAZY = """
@check_output(range=(0, 1))
@check_output(max_fraction_nans=0.1, allow_none=False)
@extract_columns("a", "b")
def frame() -> pl.LazyFrame:
    return pl.LazyFrame({"a": [0.5, 7.0], "b": [None, 1.0]})
"""


def test_columns_of_a_lazy_frame_are_judged_on_their_values(make_module: ModuleMaker) -> None:
    kinds = ("range", "max_fraction_nans", "allow_none")
    wanted = [f"{column}_{kind}_validator" for column in "ab" for kind in kinds]
    result = _run(make_module, LAZY, [*wanted, "a"])
    assert [result[name].status for name in wanted] == ["warn", "pass", "pass", "pass", "warn", "pass"]
    assert isinstance(result["a"], pl.Expr)


def test_a_query_that_fails_is_an_error_verdict(make_module: ModuleMaker) -> None:
    source = LAZY.replace('{"a":', '{"other":')
    verdict = _run(make_module, source, ["a_range_validator"])["a_range_validator"]
    assert verdict.status == "error"
    assert "ColumnNotFoundError" in verdict.message


def test_asynchronous_validators_can_be_awaited(make_module: ModuleMaker) -> None:
    nodes = _nodes(make_module, "@check_output_custom(Later('fail'))\ndef a(u: float) -> float: ...\n")
    verdict = asyncio.run(nodes["a_later"].function(-1.0))
    assert (verdict.status, verdict.message) == ("fail", "asked")


def test_candidates_are_made_by_their_keyword(make_module: ModuleMaker) -> None:
    source = "@check_output(default_validator_candidates=[Rows], rows=2, range=(0, 9), importance='fail')\n"
    source += "def a(u: pd.Series) -> pd.Series:\n    return u\n"
    wanted = ["a_rows_validator", "a_range_validator"]
    result = _run(make_module, source, wanted, u=pd.Series([1.0]))
    assert [result[name].status for name in wanted] == ["fail", "pass"]
    assert result["a_rows_validator"].message == "1 rows"


# --- misuse -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("decorator", "message", "hint"),
    [
        ("check_output_custom(AtMost)", "AtMost is a class; an instance is needed", "@check_output_custom("),
        ("check_output_custom(3)", "a int is no validator", "DataValidator"),
        ("check_output(custom=3)", "custom takes a function, not a int", "custom="),
        ("check_output(custom=[_whole, 4])", "custom takes a function, not a int", "custom="),
        ("check_output(rows=2)", "'rows' is not an expectation", "expectations are range"),
        ("check_output(default_validator_candidates=[Rows], row=2)", "'row' is not an expectation", "'rows'"),
        (
            "check_output(default_validator_candidates=[Rows], rows='many')",
            "rows='many' cannot work: Rows raised ValueError",
            "takes rows",
        ),
        ("check_output(schema=3)", "schema takes a schema of pandera or Great Expectations, not a int", "schema="),
        ("check_output(model=dict)", "model takes a pydantic model, not dict", "model="),
        ("check_output(mean_in_range=3)", "mean_in_range needs two numbers", "mean_in_range="),
        ("check_output(max_standard_dev=-1)", "max_standard_dev needs", "max_standard_dev="),
        ("check_output(allow_none=3)", "allow_none takes", "allow_none="),
        ("check_output(contains=3)", "contains needs", "contains="),
        ("check_schema('loud')", "importance='loud' is not known", "'warn' or 'fail'"),
        ("check_model('loud')", "importance='loud' is not known", "'warn' or 'fail'"),
    ],
)
def test_misuse_is_told_at_decoration(make_module: ModuleMaker, decorator: str, message: str, hint: str) -> None:
    with pytest.raises(ModifierError) as caught:
        make_module(f"{IMPORTS}\n@{decorator}\ndef a(u: float) -> float: ...\n")
    (problem,) = caught.value.problems
    assert problem.message.startswith(f"@{decorator.partition('(')[0]} on a: {message}")
    assert hint in (problem.hint or "")
    assert problem.line == IMPORTS.count("\n") + 2


@pytest.mark.parametrize("decorator", ["check_output", "check_output_custom", "check_schema", "check_model"])
def test_parentheses_must_not_be_forgotten(make_module: ModuleMaker, decorator: str) -> None:
    with pytest.raises(ModifierError, match="write it with parentheses"):
        make_module(f"{IMPORTS}\n@{decorator}\ndef a(u: float) -> float: ...\n")


@pytest.mark.parametrize(
    ("source", "message", "hint"),
    [
        (
            "@check_output_custom(AtMost(1))\ndef a() -> int: ...",
            "@check_output_custom on a: at_most cannot judge a, which is int",
            "AtMost.applies_to",
        ),
        (
            "@check_output_custom(AtMost(1))\ndef a() -> List[int]: ...",
            "@check_output_custom on a: at_most cannot judge a, which is list[int]",
            "AtMost.applies_to",
        ),
        (
            "@check_output(custom=_whole)\ndef a() -> str: ...",
            "@check_output on a: whole cannot judge a, which is str",
            "<class 'float'>",
        ),
        pytest.param(
            "@check_output(schema=People)\ndef a() -> pl.DataFrame: ...",
            "@check_output on a: schema cannot judge a, which is polars.DataFrame",
            "pandas.DataFrame",
            marks=pytest.mark.component("pandera"),
        ),
        (
            "@check_output(model=Person)\ndef a() -> int: ...",
            "@check_output on a: model cannot judge a, which is int",
            "Person, dict",
        ),
        (
            "@check_output(mean_in_range=(0, 1))\ndef a() -> float: ...",
            "@check_output on a: mean_in_range cannot judge a, which is float",
            "columns",
        ),
        (
            "@check_output(contains='a')\ndef a() -> Optional[int]: ...",
            "@check_output on a: contains cannot judge a, which is int | None",
            "str and columns",
        ),
        (
            "@check_output(default_validator_candidates=[Rows], rows=1)\ndef a() -> Any: ...",
            "@check_output on a: rows cannot judge a, which is Any",
            "Rows.applies_to",
        ),
        (
            "@check_schema()\ndef a() -> pd.DataFrame: ...",
            "@check_schema on a: a is pandas.DataFrame, which names no schema",
            "pandera.typing.DataFrame[Model]",
        ),
        (
            "@check_model()\ndef a() -> dict: ...",
            "@check_model on a: a is dict, which names no model",
            "pydantic.BaseModel",
        ),
        (
            "@check_output_custom(AtMost(1), AtMost(1))\ndef a() -> float: ...",
            "@check_output_custom on a: a has the same at_most expectation twice",
            "keep one",
        ),
        (
            "@check_output(range=(0, 1))\ndef a(u: pl.Expr) -> pl.Expr: ...",
            "@check_output on a: a is an expression, which has no values without its frame",
            "LazyFrame",
        ),
    ],
)
def test_misuse_that_the_types_show(make_module: ModuleMaker, source: str, message: str, hint: str) -> None:
    module = make_module(_text(f"\n{source}\n"))
    (problem,) = collect([module]).problems
    assert problem.message == message
    assert hint in (problem.hint or "")
    assert (problem.file, problem.line) == (module.__file__, line_of(module, source.partition("\n")[0]))


def test_a_feature_may_take_what_a_validator_found(make_module: ModuleMaker) -> None:
    module = make_module(
        """
        from featurecat import ValidationResult, check_output

        @check_output(range=(0, 1))
        def share(part: float) -> float:
            return part

        def is_sound(share_range_validator: ValidationResult) -> bool:
            return share_range_validator.passes
        """
    )
    built = driver.Builder().with_modules(module).build()
    assert built.execute(["is_sound"], inputs={"part": 2.0}) == {"is_sound": False}
