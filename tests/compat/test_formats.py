"""Hamilton's spelling of formats and their arguments, for pandas and Polars alike."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import polars as pl
import pytest

from featurecat.compat.hamilton import driver
from featurecat.compat.hamilton.io.materialization import from_, to
from featurecat.compat.hamilton.registry import LOADER_REGISTRY, SAVER_REGISTRY
from featurecat.errors import RequestError, UnsupportedError
from tests.support.modules import ModuleMaker

FRAMES = {"pandas": ("pd.DataFrame", pd.DataFrame), "polars": ("pl.DataFrame", pl.DataFrame)}


@pytest.fixture(params=FRAMES)
def library(request: pytest.FixtureRequest) -> str:
    """pandas, then Polars."""
    return str(request.param)


@pytest.fixture
def weeks(make_module: ModuleMaker, library: str) -> ModuleType:
    """A frame that is given, and one that is computed."""
    annotation = FRAMES[library][0]
    return make_module(f"""
        import pandas as pd
        import polars as pl

        def weeks() -> {annotation}:
            return {annotation}({{"week": [1, 2], "spend": [1.5, 2.5]}})

        def loaded(given: {annotation}) -> {annotation}:
            return given
    """)


def rows(frame: Any) -> list[tuple[Any, ...]]:
    """The rows of a frame of either library."""
    return [tuple(row) for row in (frame.rows() if isinstance(frame, pl.DataFrame) else frame.to_numpy().tolist())]


@pytest.mark.parametrize("file", ["path", "file"])
@pytest.mark.parametrize("format_name", ["parquet", "csv", "json", "feather"])
def test_frames_are_written_and_read_back(weeks: ModuleType, tmp_path: Path, format_name: str, file: str) -> None:
    where = {file: str(tmp_path / f"weeks.{format_name}")}
    built = driver.Builder().with_modules(weeks).build()
    saved, _ = built.materialize(getattr(to, format_name)(id="saved", dependencies=["weeks"], **where))
    assert saved["saved"]["dataframe_metadata"]["rows"] == 2
    _, values = built.materialize(getattr(from_, format_name)(target="given", **where), additional_vars=["loaded"])
    assert rows(values["loaded"])[1][-2:] == (2, 2.5)


def test_arguments_of_the_library_are_handed_on(make_module: ModuleMaker, tmp_path: Path) -> None:
    module = make_module("""
        import pandas as pd

        def weeks() -> pd.DataFrame:
            return pd.DataFrame({"week": [1, 2], "spend": [1.5, 2.5]})

        def loaded(given: pd.DataFrame) -> pd.DataFrame:
            return given
    """)
    path = tmp_path / "weeks.csv"
    built = driver.Builder().with_modules(module).build()
    built.materialize(to.csv(id="saved", dependencies=["weeks"], path=path, sep="|", index=False, float_format="%.2f"))
    assert path.read_text().splitlines() == ["week|spend", "1|1.50", "2|2.50"]
    loader = from_.csv(target="given", path=path, sep="|", usecols=["spend"], nrows=1)
    _, values = built.materialize(loader, additional_vars=["loaded"])
    assert values["loaded"].to_dict("list") == {"spend": [1.5]}


def test_a_format_that_comes_later_says_so() -> None:
    with pytest.raises(UnsupportedError, match=r"to.avro .* later release"):
        to.avro(id="x", dependencies=["weeks"], file="x")
    with pytest.raises(AttributeError, match="nonsense"):
        from_.nonsense(target="x")


def test_errors_name_the_line_of_the_caller(weeks: ModuleType) -> None:
    built = driver.Builder().with_modules(weeks).build()
    with pytest.raises(ValueError, match=r"test_formats.py:\d+") as caught:
        built.materialize(to.parquet(id="saved", dependencies=["nobody"], path="x"))
    assert caught.value.code == "unknown-feature"  # type: ignore[attr-defined]
    with pytest.raises(RequestError, match="dependencies= is a list"):
        to.parquet(id="saved", dependencies="weeks", path="x")


def test_registries_list_what_there_is() -> None:
    assert {"csv", "parquet", "json"} <= set(LOADER_REGISTRY) & set(SAVER_REGISTRY)
    assert all(loader.can_load() for loader in LOADER_REGISTRY["json"])
    assert len(SAVER_REGISTRY) == len(list(SAVER_REGISTRY))
    assert "nonsense" not in LOADER_REGISTRY
