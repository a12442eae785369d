"""Done: "The snippets of the talk run natively"."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from featurecat import check_output, config, driver, tag
from featurecat.errors import AlignmentError
from tests.support.modules import ModuleMaker
from tests.support.projects import Nursery, ShopProject

HELLO_WORLD = """
import pandas as pd


def c(a: pd.Series, b: pd.Series) -> pd.Series:
    '''Sum a with b'''
    return a + b


def d(c: pd.Series) -> pd.Series:
    '''Transforms C to ...'''
    return c**2
"""
HEIGHTS = """
import numpy as np
import pandas as pd
from featurecat import check_output, tag


@tag(owner='Data-Science', pii='False')
@check_output(data_type=np.float64, range=(-5.0, 5.0), allow_nans=False)
def height_zero_mean_unit_variance(height_zero_mean: pd.Series, height_std_dev: pd.Series) -> pd.Series:
    '''Zero mean unit variance value of height'''
    return height_zero_mean / height_std_dev
"""
HOLIDAYS = """
import pandas as pd
from featurecat import config


@config.when(region="US")
def holidays__us(year: pd.Series, week: pd.Series) -> pd.Series:
    '''US holidays'''
    return (week == 4).astype(int)


@config.when(region="UK")
def holidays__uk(year: pd.Series, week: pd.Series) -> pd.Series:
    '''UK holidays'''
    return (week == 1).astype(int)
"""


def test_the_names_of_the_slides_are_there() -> None:
    assert callable(tag) and callable(check_output) and callable(config.when) and callable(driver.Driver)


def test_hello_world(make_module: ModuleMaker) -> None:
    columns = {"a": pd.Series([1, 2, 3]), "b": pd.Series([10, 20, 30])}
    frame = driver.Driver(columns, make_module(HELLO_WORLD)).execute(["a", "b", "c", "d"])
    assert isinstance(frame, pd.DataFrame)
    assert frame.to_dict("list") == {"a": [1, 2, 3], "b": [10, 20, 30], "c": [11, 22, 33], "d": [121, 484, 1089]}


@pytest.mark.parametrize("shifted", [pd.RangeIndex(1, 4), pd.Index([0, 2, 1]), pd.Index(["x", "y", "z"])])
def test_hello_world_with_shifted_indexes_raises_instead_of_giving_nan(make_module: ModuleMaker, shifted: pd.Index) -> None:
    columns = {"a": pd.Series([1, 2, 3]), "b": pd.Series([10, 20, 30], index=shifted)}
    with pytest.raises(AlignmentError, match="'a' \\(3 rows\\) and 'b' \\(3 rows\\) do not share their index") as caught:
        driver.Driver(columns, make_module(HELLO_WORLD)).execute(["c", "d"])
    assert "first difference at position" in str(caught.value)


def test_the_features_stay_plain_functions(make_module: ModuleMaker) -> None:
    heights = make_module(HEIGHTS)
    answer = heights.height_zero_mean_unit_variance(pd.Series([-9.0, 9.0]), pd.Series([2.0, 1.0]))
    assert answer.tolist() == [-4.5, 9.0]


def test_the_decorated_feature_of_the_slide(make_module: ModuleMaker) -> None:
    columns = {"height_zero_mean": pd.Series([-1.0, 0.0, 1.0]), "height_std_dev": pd.Series([2.0, 2.0, 2.0])}
    dr = driver.Driver(columns, make_module(HEIGHTS))
    frame = dr.execute(["height_zero_mean_unit_variance"])
    assert frame["height_zero_mean_unit_variance"].tolist() == [-0.5, 0.0, 0.5]
    (variable,) = [one for one in dr.list_available_variables() if one.name == "height_zero_mean_unit_variance"]
    assert not variable.metadata.pii and variable.metadata.owner == ("Data-Science",)
    assert variable.tags["pii"] == "False"
    assert frame["height_zero_mean_unit_variance"].dtype == np.float64


@pytest.mark.parametrize(("region", "expected"), [("US", [0, 0, 1]), ("UK", [1, 0, 0])])
def test_config_chooses_the_function(make_module: ModuleMaker, region: str, expected: list[int]) -> None:
    columns: dict[str, Any] = {"region": region, "year": pd.Series([2015] * 3), "week": pd.Series([1, 2, 4])}
    assert driver.Driver(columns, make_module(HOLIDAYS)).execute(["holidays"])["holidays"].tolist() == expected


def test_the_example_is_catalogued_and_materialized(repository: Path, tmp_path: Path, nursery: Nursery) -> None:
    root = tmp_path / "talk"
    shutil.copytree(
        repository / "examples" / "talk", root, ignore=shutil.ignore_patterns(".featurecat", "__pycache__", "*.parquet")
    )
    talk = ShopProject(root, nursery)
    for engine in ("pandas", "polars"):
        talk.ok("materialize", "height_zero_mean_unit_variance", "--engine", engine, "-o", f"{engine}.parquet")
        told = talk.ok("materialize", "special_feature1", "spend_b", "--config-name", "us", "--engine", engine)
        assert "5 rows" in told.out
    (found,) = talk.ok("show", "height_zero_mean_unit_variance", "--json").rows
    assert (found["pii"], found["owner"]) == (False, "Data-Science")
    assert "personal data" not in talk.ok("show", "height_zero_mean_unit_variance").out
    assert {row["kind"] for row in found["expectations"]} == {"data_type", "range", "allow_nans"}
    assert {row["last_status"] for row in found["expectations"]} == {"pass"}
    assert talk.ok("list", "pii:true", "--allow-empty", "--json").rows == []
