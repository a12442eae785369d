from __future__ import annotations

import json

import pytest

FEATURES = """
import pandas as pd
from featurecat.function_modifiers import *


@tag(owner="ops")
@check_output(range=(0, 10))
@parameterize(lag_1={"steps": value(1)}, lag_2={"steps": value(2)})
def lag(spend: pd.Series, steps: int) -> pd.Series:
    '''Spend, {steps} rows before.'''
    return spend.shift(steps)


@config.when(region="US")
def season__us(spend: pd.Series) -> pd.Series:
    return spend


@config.when_not(region="US")
def season__other(spend: pd.Series) -> pd.Series:
    return spend


@tag(level="frame", target_="weeks")
@extract_columns("cost", "uses")
def weeks(path: str) -> pd.DataFrame:
    return pd.DataFrame()


def rent(spend: pd.Series) -> pd.Series:
    return spend


@mutate(rent)
def _doubled(rent: pd.Series) -> pd.Series:
    return rent * 2


@resolve_from_config(decorate_with=lambda factor=2: tag(factor=str(factor)))
def scaled(spend: pd.Series) -> pd.Series:
    return spend
"""


@pytest.fixture
def explain(shop):
    shop.only_module(FEATURES, "explained_features")
    return lambda *words: shop.run("explain", *words)


def test_each_phase_says_what_it_made_and_where_it_is_written(explain):
    answer = explain("lag_1")
    assert answer.code == 0
    assert [" ".join(line.split()) for line in answer.out.splitlines()] == [
        "lag_1 pandas",
        "Spend, 1 rows before.",
        "",
        "1 define def lag explained_features.py:8",
        "+ lag ← spend, steps",
        "2 expand @parameterize(lag_1={'steps': value(1)}, lag_2={'steps': valu… explained_features.py:7",
        "- lag",
        "+ lag_1 ← spend",
        "+ lag_2 ← spend",
        "3 transform @check_output(range=(0, 10)) explained_features.py:6",
        "+ lag_1_raw ← spend",
        "+ lag_1_range_validator ← lag_1_raw",
        "+ lag_1 ← lag_1_raw, lag_1_range_validator",
        "+ lag_2_raw ← spend",
        "+ lag_2_range_validator ← lag_2_raw",
        "+ lag_2 ← lag_2_raw, lag_2_range_validator",
        "4 decorate @tag(owner='ops') explained_features.py:5",
        "~ lag_1",
        "~ lag_2",
    ]


def test_generated_names_are_explained_too(explain):
    answer = explain("lag_2_raw", "--json")
    (explanation,) = json.loads(answer.out)
    assert explanation["function"] == "lag"
    assert [stage["phase"] for stage in explanation["stages"]] == ["define", "expand", "transform", "decorate"]


def test_every_variant_is_explained_unless_one_is_chosen(explain):
    explained = json.loads(explain("season", "--json").out)
    assert {one["function"]: one["variants"] for one in explained} == {
        "season__us": ["pandas[region='US']"],
        "season__other": ["pandas[region!='US']"],
    }
    (chosen,) = json.loads(explain("season", "--json", "--config", "region=US").out)
    assert chosen["function"] == "season__us"


def test_what_mutates_a_function_is_where_that_is_written(explain):
    answer = explain("rent")
    (stage,) = [line for line in answer.out.splitlines() if "@mutate(…)" in line]
    number = FEATURES.strip("\n").splitlines().index("@mutate(rent)") + 1
    assert stage.endswith(f"explained_features.py:{number}")


def test_what_is_made_is_not_told_to_be_changed_as_well(explain):
    lines = [line.split() for line in explain("rent").out.splitlines()]
    assert ["+", "rent", "←", "rent.with_doubled"] in [line[:4] for line in lines]
    assert ["~", "rent"] not in lines


def test_a_frame_that_is_tagged_again_is_drawn_as_a_frame(explain, tmp_path):
    target = tmp_path / "weeks.mmd"
    assert explain("weeks", "-o", str(target)).code == 0
    drawn = [line.split(":::")[1] for line in target.read_text().splitlines() if '["weeks"]' in line and ":::" in line]
    assert drawn == ["frame", "frame"]


def test_what_the_config_chooses_is_explained(explain):
    out = explain("scaled", "--config", "factor=3").out
    assert "factor=3" in out
    assert "chosen by @resolve_from_config" in out


def test_it_can_be_a_picture(explain, tmp_path):
    target = tmp_path / "lag.svg"
    assert explain("lag_1", "-o", str(target)).code == 0
    text = target.read_text()
    assert text.startswith(("<svg", "<?xml"))
    assert "lag_2_range_validator" in text
    assert explain("lag_1", "-o", str(target)).code == 0
    assert target.read_text() == text


def test_unknown_names_get_a_suggestion(explain):
    answer = explain("lag_3")
    assert answer.code == 2
    assert "did you mean 'lag_" in answer.err
