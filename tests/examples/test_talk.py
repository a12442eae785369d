"""The talk's own code runs as it was shown, and alike on pandas and on Polars."""

from __future__ import annotations

import importlib
import math
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from featurecat import driver
from featurecat.frames.arrow import to_arrow

PROJECT = Path(__file__).resolve().parents[2] / "examples" / "talk"
NAMES = [file.stem for file in PROJECT.glob("*.py")]
COLUMNS = [
    *("year", "week", "signups", "spend", "holiday", "holidays", "avg_3wk_spend", "acquisition_cost"),
    *("spend_per_signup", "spend_shift_3weeks", "special_feature1", "spend_b"),
]


@pytest.fixture
def module() -> Iterator[Callable[[str], Any]]:
    """Imports a module of the project; its plain names are gone after the test."""
    with pytest.MonkeyPatch.context() as patch:
        for name in NAMES:
            patch.delitem(sys.modules, name, raising=False)
        patch.syspath_prepend(str(PROJECT))
        yield importlib.import_module
        for name in NAMES:
            sys.modules.pop(name, None)


def _present(column: Any) -> list[Any]:
    return [None if isinstance(item, float) and math.isnan(item) else item for item in to_arrow(column).to_pylist()]


def _slide(region: str, module: Callable[[str], Any]) -> pd.DataFrame:
    dr = driver.Driver({"region": region}, module("data_loader"), module("features"))
    frame = dr.execute(COLUMNS)
    assert isinstance(frame, pd.DataFrame)
    assert list(frame.columns) == COLUMNS
    return frame


def test_hello_world(module: Callable[[str], Any]) -> None:
    columns = {"a": pd.Series([1, 2]), "b": pd.Series([10, 20])}
    frame = driver.Driver(columns, module("hello_world")).execute(["c", "d"])
    assert frame.to_dict("list") == {"c": [11, 22], "d": [121, 484]}


def test_the_slides_rows(module: Callable[[str], Any]) -> None:
    frame = _slide("US", module)
    rows = frame[["year", "week", "signups", "spend", "holiday"]].to_numpy().tolist()
    assert rows == [
        [2015, 2, 57, 123, 0],
        [2015, 3, 58, 123, 0],
        [2015, 4, 59, 123, 1],
        [2015, 5, 59, 123, 1],
        [2021, 16, 1000, 1234, 0],
    ]
    assert _present(frame["avg_3wk_spend"]) == [None, None, 123.0, 123.0, (123 + 123 + 1234) / 3]
    assert _present(frame["acquisition_cost"]) == [None, None, 123 / 59, 123 / 59, (123 + 123 + 1234) / 3 / 1000]
    assert _present(frame["spend_per_signup"]) == [123 / 57, 123 / 58, 123 / 59, 123 / 59, 1.234]
    assert _present(frame["spend_shift_3weeks"]) == [None, None, None, 123.0, 123.0]
    assert _present(frame["special_feature1"]) == [123 / 57, 123 / 58, 0.0, 0.0, 1.234]
    assert _present(frame["spend_b"])[2:4] == [1.5 * (123 / 59)] * 2


@pytest.mark.parametrize(("region", "expected"), [("US", [0, 0, 1, 1, 0]), ("UK", [0, 0, 0, 0, 0])])
def test_the_region_chooses_the_holidays(module: Callable[[str], Any], region: str, expected: list[int]) -> None:
    assert _slide(region, module)["holidays"].tolist() == expected


def test_uk_holidays_are_missing_for_years_nobody_listed(module: Callable[[str], Any]) -> None:
    year, week = pd.Series([2015, 2015, 2021, 1999]), pd.Series([1, 2, 13, 1])
    assert _present(module("features").holidays__uk(year, week)) == [1, 0, 1, None]


@pytest.mark.parametrize("region", ["US", "UK"])
def test_engines_agree(module: Callable[[str], Any], region: str) -> None:
    modules = [module(name) for name in ("data_loader", "data_loader_polars", "features", "features_polars")]
    heights = [module(name) for name in ("heights", "heights_polars")]
    wanted = [*COLUMNS, "height", "height_zero_mean", "height_zero_mean_unit_variance"]
    builder = driver.Builder().with_config({"region": region}).with_modules(*modules, *heights)
    on_pandas, on_polars = (
        builder.copy().with_engine(engine).build().execute(wanted) for engine in ("pandas", "polars")
    )
    for name in wanted:
        left, right = to_arrow(on_pandas[name]), to_arrow(on_polars[name])
        assert left.type == right.type, name
        assert left.is_null().equals(right.is_null()), name
        assert left.drop_null().to_pylist() == pytest.approx(right.drop_null().to_pylist(), rel=1e-12, abs=0.0), name


def test_height_is_tagged_as_on_the_slide_and_is_not_personal(module: Callable[[str], Any]) -> None:
    dr = driver.Driver({}, module("heights"))
    (variable,) = dr.list_available_variables(tag_filter={"pii": "False"})
    assert variable.name == "height_zero_mean_unit_variance"
    assert variable.metadata.owner == ("Data-Science",)
    assert not variable.metadata.pii
    column = dr.execute([variable.name])[variable.name]
    assert column.mean() == pytest.approx(0.0, abs=1e-12)
    assert column.std() == pytest.approx(1.0)


@pytest.mark.parametrize("script", ["run", "us_driver", "uk_driver"])
def test_scripts_print_a_frame(module: Callable[[str], Any], script: str, capsys: pytest.CaptureFixture[str]) -> None:
    module(script).main()
    printed = capsys.readouterr().out
    assert ("1089" if script == "run" else "special_feature1") in printed
