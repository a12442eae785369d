"""``materialize``: what is loaded first and saved last, around a run."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest

from featurecat import source, value
from featurecat.driver import Builder, Driver
from featurecat.driver.materializing import extended_graph
from featurecat.errors import DefinitionError, RequestError, StoreError
from featurecat.execution.results import PandasDataFrameResult
from featurecat.io import AdapterRegistry, DataSaver, from_, to
from featurecat.io.adapter_registry import ADAPTERS
from featurecat.io.materializers import savings
from tests.support.modules import ModuleMaker

SOURCE = """
import pandas as pd
import polars as pl
from featurecat import check_output, feature
def spend_twice(spend: pd.Series) -> pd.Series:
    'Twice.'
    return spend * 2
@check_output(range=(0, 100), importance="fail")
def share(spend: pd.Series, total: float) -> pd.Series:
    return spend / total
@feature(entity="week")
def weeks(path: str, lowest: int = 0) -> pd.DataFrame:
    raise AssertionError("weeks must be loaded")
def lines(weeks: pd.DataFrame) -> int:
    return len(weeks)
def frame(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(twice=pl.col("a") * 2)
def settings(total: float) -> dict:
    return {"total": total}
"""


@pytest.fixture
def module(make_module: ModuleMaker) -> Any:
    return make_module(SOURCE)


@pytest.fixture
def driver(module: Any) -> Driver:
    return Driver({}, module)


SPEND = pd.Series([1.0, 2.0], name="spend")


def test_saved_results_tell_about_themselves(driver: Driver, tmp_path: Path) -> None:
    metadata, values = driver.materialize(
        to.csv(id="twice_csv", dependencies=["spend_twice"], path=tmp_path / "twice.csv"),
        to.json(id="kept", dependencies=["settings"], path=tmp_path / "kept.json"),
        additional_vars=["settings", "spend_twice"],
        inputs={"spend": SPEND, "total": 4.0},
    )
    assert list(metadata) == ["twice_csv", "kept"]
    assert metadata["twice_csv"]["file_metadata"]["size"] == (tmp_path / "twice.csv").stat().st_size
    assert metadata["twice_csv"]["dataframe_metadata"]["rows"] == 2
    assert json.loads((tmp_path / "kept.json").read_text()) == {"total": 4.0}
    assert list(values) == ["settings", "spend_twice"]
    assert values["spend_twice"].tolist() == [2.0, 4.0]


def test_functions_and_variables_name_nodes(driver: Driver, module: Any, tmp_path: Path) -> None:
    (variable,) = [one for one in driver.list_available_variables() if one.name == "settings"]
    metadata, values = driver.materialize(
        to.parquet(id="a", dependencies=[module.spend_twice], path=tmp_path / "a"),
        to.json(id="b", dependencies=[variable], path=tmp_path / "b"),
        additional_vars=[module.settings],
        inputs={"spend": SPEND, "total": 4.0},
    )
    assert list(metadata) == ["a", "b"]
    assert values == {"settings": {"total": 4.0}}


@pytest.mark.parametrize(
    "combine",
    ["pandas", "polars", "arrow", PandasDataFrameResult()],
    ids=lambda one: one if isinstance(one, str) else "builder",
)
def test_several_results_are_combined(driver: Driver, tmp_path: Path, combine: Any) -> None:
    materializer = to.parquet(id="both", dependencies=["spend_twice", "share"], combine=combine, path=source("where"))
    inputs = {"spend": SPEND, "total": 4.0, "where": tmp_path / "both.parquet"}
    metadata, values = driver.materialize(materializer, additional_vars=["both_build_result"], inputs=inputs)
    assert metadata["both"]["dataframe_metadata"]["column_names"] == ["spend_twice", "share"]
    assert len(values["both_build_result"]) == 2
    assert pd.read_parquet(tmp_path / "both.parquet")["share"].tolist() == [0.25, 0.5]


def test_combined_as_a_dictionary(driver: Driver, tmp_path: Path) -> None:
    materializer = to.json(id="all", dependencies=["settings", "total"], combine="dict", path=tmp_path / "a")
    driver.materialize(materializer, inputs={"total": 4.0})
    assert json.loads((tmp_path / "a").read_text()) == {"settings": {"total": 4.0}, "total": 4.0}


def test_an_input_is_loaded(driver: Driver, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("a\n1\n2\n")
    metadata, values = driver.materialize(
        from_.csv(target="rows", path=source("where")),
        to.ndjson(id="frame_json", dependencies=["frame"], path=value(str(tmp_path / "f.ndjson"))),
        additional_vars=["frame", "load_data.rows"],
        inputs={"where": str(tmp_path / "rows.csv")},
    )
    assert values["frame"].to_dict(as_series=False) == {"a": [1, 2], "twice": [2, 4]}
    data, loaded = values["load_data.rows"]
    assert isinstance(data, pl.DataFrame)
    assert loaded["dataframe_metadata"]["rows"] == 2
    assert (tmp_path / "f.ndjson").read_text() == '{"a":1,"twice":2}\n{"a":2,"twice":4}\n'
    assert metadata["frame_json"]["dataframe_metadata"]["column_names"] == ["a", "twice"]


def test_a_feature_is_loaded_and_not_computed(driver: Driver, module: Any, tmp_path: Path) -> None:
    (tmp_path / "weeks.csv").write_text("week\n1\n2\n3\n")
    loading = from_.csv(target="weeks", path=tmp_path / "weeks.csv")
    # what only the computation takes may be given as ever
    _, values = driver.materialize(loading, additional_vars=["lines", module.weeks], inputs={"path": "x"})
    assert values["lines"] == 3
    assert values["weeks"]["week"].tolist() == [1, 2, 3]
    graph = extended_graph(driver.graph, [loading])
    assert "path" not in graph.nodes
    assert graph.nodes["weeks"].metadata.entity == ("week",)
    assert graph.nodes["weeks"].public
    assert [one.name for one in graph.nodes["weeks"].dependencies] == ["load_data.weeks"]


def test_a_checked_feature_is_loaded_as_it_is(driver: Driver, tmp_path: Path) -> None:
    pd.DataFrame({"share": [1000.0]}).to_csv(tmp_path / "s.csv", index=False)
    _, values = driver.materialize(from_.csv(target="share", path=tmp_path / "s.csv"), additional_vars=["share"])
    assert values["share"].tolist() == [1000.0]


def test_what_is_loaded_may_depend_on_what_is_computed(driver: Driver, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("a\n1\n")
    module_driver = driver.materialize(
        from_.csv(target="rows", path=str(tmp_path / "rows.csv"), rows=source("lines")),
        additional_vars=["frame"],
        overrides={"lines": 1},
    )
    assert module_driver[1]["frame"].height == 1
    with pytest.raises(DefinitionError, match="circle"):
        driver.materialize(from_.csv(target="weeks", path="x", rows=source("lines")), additional_vars=["lines"])


def test_overrides_hold_and_the_driver_stays_as_it_was(driver: Driver, tmp_path: Path) -> None:
    before = dict(driver.graph.nodes)
    driver.materialize(
        to.json(id="kept", dependencies=["settings"], path=tmp_path / "a"), overrides={"settings": {"total": 1.0}}
    )
    assert json.loads((tmp_path / "a").read_text()) == {"total": 1.0}
    assert driver.graph.nodes == before
    assert isinstance(driver.execute(["spend_twice"], inputs={"spend": SPEND}), pd.DataFrame)


def test_materializers_of_a_driver_are_nodes_like_others(module: Any, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("a\n1\n")
    static = [
        from_.csv(target="rows", path=tmp_path / "rows.csv"),
        to.memory(id="kept", dependencies=["frame"]),
    ]
    driver = Builder().with_modules(module).with_materializers(*static).build()
    assert driver.execute(["kept"])["kept"].height == 1
    assert {"load_data.rows", "rows", "kept"} <= {one.name for one in driver.list_available_variables()}
    (tmp_path / "other.csv").write_text("a\n1\n2\n")
    _, values = driver.materialize(from_.csv(target="rows", path=tmp_path / "other.csv"), additional_vars=["kept"])
    assert values["kept"].height == 2
    with pytest.raises(DefinitionError, match=r"to.memory\(id='kept'\): there is a node 'kept' already"):
        driver.materialize(static[1])
    assert extended_graph(driver.graph, []) is driver.graph
    with pytest.raises(RequestError, match="not as a list"):
        Builder().with_materializers(static)


def test_tasks_load_and_save_too(module: Any, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("a\n1\n")
    builder = Builder().with_modules(module).enable_dynamic_execution(allow_experimental_mode=True)
    metadata, values = builder.build().materialize(
        from_.csv(target="rows", path=tmp_path / "rows.csv"),
        to.parquet(id="kept", dependencies=["frame"], path=tmp_path / "f.parquet"),
        additional_vars=["frame"],
    )
    assert metadata["kept"]["dataframe_metadata"]["rows"] == 1
    assert values["frame"].equals(pl.read_parquet(tmp_path / "f.parquet"))


def test_own_savers_are_used(driver: Driver) -> None:
    @dataclass
    class Registry(DataSaver):
        stage: str

        @classmethod
        def name(cls) -> str:
            return "model_registry"

        @classmethod
        def applicable_types(cls) -> Collection[Any]:
            return [dict]

        def save_data(self, data: Any) -> dict[str, Any]:
            return {"stage": self.stage, "size": len(data)}

    registry = AdapterRegistry(ADAPTERS)
    registry.register(Registry)
    own = savings(registry)
    metadata, _ = driver.materialize(
        own.model_registry(id="m", dependencies=["settings"], stage=source("stage")),
        inputs={"total": 4.0, "stage": "trial"},
    )
    assert metadata == {"m": {"stage": "trial", "size": 1}}


def test_validation_runs_nothing(driver: Driver, tmp_path: Path) -> None:
    materializer = to.json(id="kept", dependencies=["settings"], path=tmp_path / "a")
    driver.validate_materialization(materializer, inputs={"total": 4.0})
    driver.validate_materialization(from_.csv(target="weeks", path="no.csv"), additional_vars=["lines"])
    assert list(tmp_path.iterdir()) == [tmp_path / "modules"]
    with pytest.raises(RequestError, match="the input 'total' was not given"):
        driver.validate_materialization(materializer)
    with pytest.raises(StoreError, match="lines|load_data.weeks: there is no file no.csv"):
        driver.materialize(from_.csv(target="weeks", path="no.csv"), additional_vars=["lines"])


def test_a_picture_shows_what_would_run(driver: Driver, tmp_path: Path) -> None:
    picture = driver.visualize_materialization(
        to.json(id="kept", dependencies=["settings"], path="a"),
        inputs={"total": 4.0},
        output_file_path=str(tmp_path / "m.dot"),
    )
    assert "kept" in (tmp_path / "m.dot").read_text(encoding="utf-8")
    assert picture is not None


@pytest.mark.parametrize(
    ("attempt", "message", "hint"),
    [
        (lambda driver: driver.materialize(), "nothing is asked for", "additional_vars"),
        (lambda driver: driver.materialize(from_.csv(target="weeks", path="x")), "nothing is asked for", "to.parquet"),
        (lambda driver: driver.materialize([to.memory(id="a", dependencies=["lines"])]), "not as a list", "unpack it"),
        (lambda driver: driver.materialize("weeks"), "str is no materializer", "to.parquet"),
        (
            lambda driver: driver.materialize(to.memory(id="a", dependencies=["lnies"])),
            "to.memory(id='a'): there is no feature or input 'lnies'",
            "did you mean 'lines'",
        ),
        (
            lambda driver: driver.materialize(from_.csv(target="weks", path="x"), additional_vars=["lines"]),
            "from_.csv(target='weks'): there is no feature or input 'weks'",
            "did you mean 'weeks'",
        ),
        (
            lambda driver: driver.materialize(to.memory(id="lines", dependencies=["weeks"])),
            "there is a node 'lines' already, defined at",
            "another id",
        ),
        (
            lambda driver: driver.materialize(
                to.memory(id="a", dependencies=["lines"]), to.memory(id="a", dependencies=["weeks"])
            ),
            "to.memory(id='a') makes 'a', too",
            "once",
        ),
        (
            lambda driver: driver.materialize(
                from_.csv(target="weeks", path="x"), from_.csv(target="weeks", path="y"), additional_vars=["lines"]
            ),
            "from_.csv(target='weeks') makes 'load_data.weeks', too",
            "once",
        ),
        (
            lambda driver: driver.materialize(to.memory(id="a", dependencies=["lines", "weeks"])),
            "it saves lines, weeks: what makes one value of them is not said",
            "combine='pandas'",
        ),
        (
            lambda driver: driver.materialize(to.memory(id="a", dependencies=["lines"], combine="pands")),
            "there is no result builder 'pands'",
            "did you mean 'pandas'",
        ),
        (
            lambda driver: driver.materialize(to.memory(id="a", dependencies=["lines"], combine=3)),
            "combine= takes a result builder, not a value of type int",
            "combine='pandas'",
        ),
        (
            lambda driver: driver.materialize(to.csv(id="a", dependencies=["weeks"], pth="x")),
            "csv takes no argument 'pth'",
            "did you mean 'path'",
        ),
        (
            lambda driver: driver.materialize(to.csv(id="a", dependencies=["lines"], path="x")),
            "no csv adapter saves int",
            "for int there are",
        ),
        (
            lambda driver: driver.materialize(from_.json(target="weeks", pth="x"), additional_vars=["lines"]),
            "json takes no argument 'pth'",
            "did you mean 'path'",
        ),
        (
            lambda driver: driver.materialize(from_.parquet(target="total", path="x"), additional_vars=["settings"]),
            "no parquet adapter loads float",
            "for float there are",
        ),
        (
            lambda driver: driver.materialize(to.memory(id="a", dependencies=[len])),
            "the function len is no feature of this driver",
            None,
        ),
    ],
)
def test_misuse_is_one_clear_error(
    driver: Driver, attempt: Callable[[Any], Any], message: str, hint: str | None
) -> None:
    with pytest.raises(DefinitionError) as caught:
        attempt(driver)
    (problem,) = caught.value.problems
    assert message in problem.message
    assert hint is None or hint in (problem.hint or "")
    if problem.message.startswith(("to.", "from_.")):
        assert problem.file == __file__
        assert problem.line


def test_a_config_key_is_not_loaded(module: Any) -> None:
    with pytest.raises(DefinitionError, match="'total' is a config key") as caught:
        Driver({"total": 4.0}, module).materialize(
            from_.literal(target="total", value=2.0), additional_vars=["settings"]
        )
    assert caught.value.code == "config-conflict"


def test_everything_wrong_is_told_at_once(driver: Driver) -> None:
    with pytest.raises(DefinitionError) as caught:
        driver.materialize(
            from_.csv(target="weks", path="x"),
            to.memory(id="lines", dependencies=["weeks"]),
            to.csv(id="a", dependencies=["weeks"], nothing="x"),
        )
    assert len(caught.value.problems) == 3
    assert "it needs path" in str(caught.value)


def test_a_loaded_input_cannot_be_given_too(driver: Driver) -> None:
    with pytest.raises(RequestError, match="the input 'spend' is a computed feature"):
        driver.materialize(
            from_.literal(target="spend", value=SPEND), additional_vars=["spend_twice"], inputs={"spend": SPEND}
        )
