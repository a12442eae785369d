"""check_output: the nodes it makes, stacked or not, its verdicts on both engines, and misuse."""

from __future__ import annotations

import logging

import pandas as pd
import polars as pl
import pytest

from featurecat import driver
from featurecat.definition.collect import collect
from featurecat.definition.node import Node, Role
from featurecat.errors import ExpectationError, ModifierError
from featurecat.expectations.spec import Verdict
from tests.support.modules import ModuleMaker, line_of

IMPORTS = """
import pandas as pd
import polars as pl
from typing import Annotated, Any, Optional
from featurecat import check_output, config, extract_columns, extract_fields, parameterize, tag, value
"""


def _nodes(make_module: ModuleMaker, source: str) -> dict[str, Node]:
    definitions = collect([make_module(IMPORTS + source)])
    definitions.raise_problems()
    return {name: nodes[0] for name, nodes in definitions.variants.items()}


def _wiring(nodes: dict[str, Node]) -> dict[str, list[str]]:
    return {name: [dependency.name for dependency in node.dependencies] for name, node in nodes.items()}


def test_raw_validators_and_gate(make_module: ModuleMaker) -> None:
    nodes = _nodes(
        make_module,
        "@check_output(range=(0, 1), allow_nans=False)\ndef a(u: pd.Series, *, v: int = 3) -> pd.Series:\n    '''Doc.'''\n",
    )
    assert _wiring(nodes) == {
        "a_raw": ["u", "v"],
        "a_range_validator": ["a_raw"],
        "a_allow_nans_validator": ["a_raw"],
        "a": ["a_raw", "a_range_validator", "a_allow_nans_validator"],
    }
    assert [node.role for node in nodes.values()] == [Role.RAW, Role.VALIDATOR, Role.VALIDATOR, Role.FEATURE]
    assert [node.public for node in nodes.values()] == [False, False, False, True]
    assert (nodes["a_raw"].keywords, nodes["a"].keywords) == (("v",), ())
    assert nodes["a"].type is nodes["a_raw"].type is pd.Series
    assert nodes["a_range_validator"].type is Verdict
    assert nodes["a"].documentation == "Doc."
    assert nodes["a"].raw == "a_raw"


def test_without_expectations_there_is_still_a_raw_node(make_module: ModuleMaker) -> None:
    assert _wiring(_nodes(make_module, "@check_output()\ndef a(u: int) -> int: ...\n")) == {
        "a_raw": ["u"],
        "a": ["a_raw"],
    }


def test_stacked_checks_share_one_raw_node_and_keep_their_importance(make_module: ModuleMaker) -> None:
    nodes = _nodes(
        make_module,
        """
@check_output(range=(0, 9), importance="fail")
@check_output(range=(0, 5), allow_nans=False)
@check_output(range=(0, 1), importance="warn")
def a(u: float) -> float: ...
""",
    )
    validators = ["a_range_validator", "a_range_validator_1", "a_allow_nans_validator", "a_range_validator_2"]
    assert _wiring(nodes) == {"a_raw": ["u"], **dict.fromkeys(validators, ["a_raw"]), "a": ["a_raw", *validators]}
    assert [(spec.kind, spec.params.get("high"), spec.severity) for spec in nodes["a"].expectations] == [
        ("range", 1.0, "warn"),
        ("range", 5.0, "warn"),
        ("allow_nans", None, "warn"),
        ("range", 9.0, "error"),
    ]


def test_above_extract_columns_every_column_is_checked(make_module: ModuleMaker) -> None:
    nodes = _nodes(
        make_module, "@check_output(range=(0, 1))\n@extract_columns('a', 'b')\ndef df() -> pd.DataFrame: ...\n"
    )
    assert _wiring(nodes) == {
        "df": [],
        "a_raw": ["df"],
        "a_range_validator": ["a_raw"],
        "a": ["a_raw", "a_range_validator"],
        "b_raw": ["df"],
        "b_range_validator": ["b_raw"],
        "b": ["b_raw", "b_range_validator"],
    }


def test_below_extract_columns_the_frame_is_checked(make_module: ModuleMaker) -> None:
    nodes = _nodes(make_module, "@extract_columns('a')\n@check_output()\ndef df() -> pd.DataFrame: ...\n")
    assert _wiring(nodes) == {"df_raw": [], "df": ["df_raw"], "a": ["df"]}
    assert (nodes["df_raw"].role, nodes["df"].role) == (Role.RAW, Role.FRAME)


def test_a_target_chooses_what_is_checked(make_module: ModuleMaker) -> None:
    nodes = _nodes(
        make_module,
        "@check_output(range=(0, 1), target_='b')\n@extract_columns('a', 'b')\ndef df() -> pd.DataFrame: ...\n",
    )
    assert set(nodes) == {"df", "a", "b_raw", "b_range_validator", "b"}


def test_fields_may_be_checked_where_they_can_be_judged(make_module: ModuleMaker) -> None:
    nodes = _nodes(make_module, "@check_output(range=(0, 1))\n@extract_fields('a')\ndef f() -> dict[str, float]: ...\n")
    assert set(nodes) == {"f", "a_raw", "a_range_validator", "a"}


@pytest.mark.parametrize(
    "annotation", ["Optional[float]", "float | None", "Annotated[float, 'm']", "Optional[pd.Series]"]
)
def test_optional_and_annotated_results_can_be_judged(make_module: ModuleMaker, annotation: str) -> None:
    assert "a_range_validator" in _nodes(
        make_module, f"@check_output(range=(0, 1))\ndef a(u: int) -> {annotation}: ...\n"
    )


# --- verdicts ---------------------------------------------------------------------------------------

CHECKED = """
@check_output(range=(0.0, 1.0), importance="{importance}")
@check_output(allow_nans=False)
def share(part: {column}) -> {column}:
    return part * 2
def after(share: {column}) -> {column}:
    return share
"""


@pytest.mark.parametrize(("column", "made"), [("pd.Series", pd.Series), ("pl.Series", pl.Series)])
def test_a_failing_blocking_check_raises_with_all_that_failed(
    make_module: ModuleMaker, column: str, made: type, caplog: pytest.LogCaptureFixture
) -> None:
    module = make_module(IMPORTS + CHECKED.format(column=column, importance="fail"))
    dr = driver.Builder().with_modules(module).build()
    good = dr.execute(["after"], inputs={"part": made([0.25, 0.5])})
    assert good["after"].to_list() == [0.5, 1.0]
    assert caplog.records == []
    with pytest.raises(ExpectationError) as caught, caplog.at_level(logging.WARNING):
        dr.execute(["after"], inputs={"part": made([0.25, 7.5, None])})
    (problem,) = caught.value.problems
    assert problem.message == "share: range does not hold: 1 of 2 values outside 0.0 … 1.0 (min 0.5, max 15.0)"
    assert (problem.code, problem.feature) == ("expectation-failed", "share")
    assert (problem.file, problem.line) == (module.__file__, line_of(module, "@check_output(range"))
    assert [record.getMessage().split("]")[0] for record in caplog.records] == ["[share:allow_nans"]


@pytest.mark.parametrize(("column", "made"), [("pd.Series", pd.Series), ("pl.Series", pl.Series)])
def test_a_failing_warning_is_logged_and_the_value_goes_on(
    make_module: ModuleMaker, column: str, made: type, caplog: pytest.LogCaptureFixture
) -> None:
    module = make_module(IMPORTS + CHECKED.format(column=column, importance="warn"))
    dr = driver.Builder().with_modules(module).build()
    with caplog.at_level(logging.WARNING):
        result = dr.execute(["after"], inputs={"part": made([7.5])})
    assert result["after"].to_list() == [15.0]
    assert [record.getMessage() for record in caplog.records] == [
        "[share:range] 1 of 1 values outside 0.0 … 1.0 (min 15.0, max 15.0)"
    ]


def test_raw_values_and_verdicts_can_be_asked_for_without_raising(make_module: ModuleMaker) -> None:
    module = make_module(IMPORTS + CHECKED.format(column="pd.Series", importance="fail"))
    dr = driver.Builder().with_modules(module).build()
    result = dr.execute(["share_raw", "share_range_validator"], inputs={"part": pd.Series([7.5])})
    assert result["share_raw"].to_list() == [15.0]
    verdict = result["share_range_validator"]
    assert (verdict.status, verdict.passes, verdict.failing_rows) == ("fail", False, 1)


def test_what_cannot_be_evaluated_never_passes(make_module: ModuleMaker) -> None:
    module = make_module(IMPORTS + CHECKED.format(column="pd.Series", importance="fail"))
    dr = driver.Builder().with_modules(module).build()
    with pytest.raises(ExpectationError) as caught:
        dr.execute(["share"], inputs={"part": pd.Series(["a"])})
    assert caught.value.code == "expectation-unevaluated"


# --- misuse -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        ("importance='maybe'", "importance='maybe' is not known", "'warn' or 'fail'"),
        ("rang=(0, 1)", "'rang' is not an expectation", "did you mean 'range'?"),
        ("range=3", "range needs two bounds", "range=("),
        ("range=(1, 0)", "range has its lower bound above its upper one", "range=("),
        ("allow_nans='no'", "allow_nans", "allow_nans="),
        ("max_fraction_nans=2", "max_fraction_nans", "max_fraction_nans="),
        ("values_in=3", "values_in", "values_in="),
        ("data_type='flaot'", "data_type", ""),
    ],
)
def test_misuse_is_told_at_decoration(make_module: ModuleMaker, arguments: str, message: str, hint: str) -> None:
    with pytest.raises(ModifierError) as caught:
        make_module(f"{IMPORTS}\n@check_output({arguments})\ndef a(u: float) -> float: ...\n")
    (problem,) = caught.value.problems
    assert problem.message.startswith(f"@check_output on a: {message}")
    assert hint in (problem.hint or "")
    assert (problem.code, problem.line) == ("invalid-modifier", 7)


def test_all_bad_arguments_are_told_at_once(make_module: ModuleMaker) -> None:
    with pytest.raises(ModifierError) as caught:
        make_module(f"{IMPORTS}\n@check_output(range=3, nope=1, values_in=2)\ndef a(u: float) -> float: ...\n")
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("@check_output(range=(0, 1))\ndef a(u: int) -> list[int]: ...", "range cannot judge a, which is list[int]"),
        ("@check_output(range=(0, 1))\ndef a(u: int) -> pd.DataFrame: ...", "range cannot judge a, which is pandas.DataFrame"),
        ("@check_output(range=(0, 1))\ndef a(u: int) -> Any: ...", "range cannot judge a, which is Any"),
        (
            "@extract_columns('c')\n@check_output(range=(0, 1))\ndef a(u: int) -> pd.DataFrame: ...",
            "range cannot judge a, which is pandas.DataFrame",
        ),
        (
            "@check_output(range=(0, 1))\n@check_output(range=(0, 1))\ndef a(u: float) -> float: ...",
            "a has the same range expectation twice",
        ),
    ],
)
def test_misuse_that_the_types_show(make_module: ModuleMaker, source: str, message: str) -> None:
    module = make_module(f"{IMPORTS}\n{source}\n")
    (problem,) = collect([module]).problems
    assert problem.message == f"@check_output on a: {message}"
    assert (problem.file, problem.line) == (module.__file__, 7)
    assert problem.hint
