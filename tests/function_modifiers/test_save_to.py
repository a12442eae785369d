"""@save_to adds a node that saves the result."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import polars as pl
import pytest

from featurecat.definition.collect import collect
from featurecat.definition.node import Node
from featurecat.driver import Driver
from featurecat.errors import DefinitionError, ModifierError, StepError
from tests.support.modules import ModuleMaker, line_of

IMPORTS = """
from typing import Any
import pandas as pd
import polars as pl
from featurecat import check_output, extract_columns, extract_fields, parameterize, source, tag, value
from featurecat.function_modifiers.materializing import datasaver, save_to
"""


def _nodes(make_module: ModuleMaker, source: str) -> dict[str, Node]:
    definitions = collect([make_module(IMPORTS + source)])
    definitions.raise_problems()
    return {name: nodes[0] for name, nodes in definitions.variants.items()}


def _driver(make_module: ModuleMaker, source: str) -> Driver:
    return Driver({}, make_module(IMPORTS + source), default_result="dict")


def test_the_node_runs_only_where_it_is_asked_for(make_module: ModuleMaker, tmp_path: Path) -> None:
    driver = _driver(make_module, "@save_to.json(path=source('p'))\ndef f(x: int) -> dict:\n    return {'x': x}")
    path = tmp_path / "f.json"
    assert driver.execute(["f"], inputs={"x": 1}) == {"f": {"x": 1}}
    assert not path.exists()
    metadata = driver.execute(["save.f"], inputs={"x": 1, "p": path})["save.f"]
    assert json.loads(path.read_text()) == {"x": 1}
    assert metadata["file_metadata"]["path"] == str(path)


def test_the_node_and_what_it_takes(make_module: ModuleMaker) -> None:
    nodes = _nodes(make_module, "@save_to.json(path=source('p'), indent=2)\ndef f(x: int) -> dict: ...")
    assert {name: [one.name for one in node.dependencies] for name, node in nodes.items()} == {
        "f": ["x"],
        "save.f": ["f", "p"],
    }
    assert not nodes["save.f"].public
    assert nodes["save.f"].tags["featurecat.data_saver"] == ("json",)


@pytest.mark.parametrize(("library", "engine"), [("pd", pd), ("pl", pl)])
@pytest.mark.parametrize("name", ["parquet", "csv", "feather", "orc", "ndjson", "json"])
def test_frames_of_both_libraries(
    make_module: ModuleMaker, tmp_path: Path, library: str, engine: object, name: str
) -> None:
    path = str(tmp_path / f"w.{name}")
    driver = _driver(
        make_module,
        f"@save_to.{name}(path={path!r})\ndef w() -> {library}.DataFrame:\n"
        f"    return {library}.DataFrame({{'a': [1, 2]}})",
    )
    assert driver.execute(["save.w"])["save.w"]["dataframe_metadata"]["column_names"] == ["a"]
    assert Path(path).stat().st_size


def test_several_of_them_save_the_same_value(make_module: ModuleMaker, tmp_path: Path) -> None:
    driver = _driver(
        make_module,
        f"@save_to.pickle(path='{tmp_path}/b', output_name_='kept')\n@save_to.json(path='{tmp_path}/a')\n"
        "def f() -> dict:\n    return {'x': 1}",
    )
    assert driver.execute(["save.f", "kept"]).keys() == {"save.f", "kept"}
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["a", "b"]
    assert (tmp_path / "a").read_text() == '{"x": 1}'


def test_what_is_saved_may_be_chosen(make_module: ModuleMaker) -> None:
    nodes = _nodes(
        make_module,
        "@save_to.json(path='a', target_='low')\n@save_to.json(path='b', target_='bounds', output_name_='all')\n"
        "@extract_fields({'low': float, 'high': float})\ndef bounds() -> dict: ...",
    )
    assert [one.name for one in nodes["save.low"].dependencies] == ["low"]
    assert [one.name for one in nodes["all"].dependencies] == ["bounds"]


def test_a_checked_value_is_saved_whatever_the_order(make_module: ModuleMaker) -> None:
    for order in (
        ("check_output(range=(0, 9))", "save_to.json(path='a')"),
        ("save_to.json(path='a')", "check_output(range=(0, 9))"),
    ):
        nodes = _nodes(make_module, "".join(f"@{one}\n" for one in order) + "def f() -> float: ...")
        assert set(nodes) == {"f", "f_raw", "f_range_validator", "save.f"}
        assert [one.name for one in nodes["save.f"].dependencies] == ["f"]


@pytest.mark.parametrize("above", [True, False])
def test_tags_and_columns_are_those_of_the_result_not_of_the_saving(make_module: ModuleMaker, above: bool) -> None:
    lines = ["@tag(kind='raw')", "@save_to.csv(path='a')"]
    nodes = _nodes(make_module, "\n".join(lines if above else lines[::-1]) + "\ndef f() -> pd.DataFrame: ...")
    assert "kind" in nodes["f"].tags
    assert "kind" not in nodes["save.f"].tags
    nodes = _nodes(make_module, "@extract_columns('a')\n@save_to.csv(path='a')\ndef f() -> pd.DataFrame: ...")
    assert [one.name for one in nodes["a"].dependencies] == ["f"]


def test_of_any_type_the_saver_is_chosen_by_the_value(make_module: ModuleMaker, tmp_path: Path) -> None:
    driver = _driver(
        make_module,
        "@save_to.json(path=source('p'))\ndef f(x: int) -> Any:\n"
        "    return {1: {'x': 1}, 2: pl.DataFrame({'x': [1]}), 3: object()}[x]",
    )
    driver.execute(["save.f"], inputs={"x": 1, "p": tmp_path / "a"})
    assert json.loads((tmp_path / "a").read_text()) == {"x": 1}
    driver.execute(["save.f"], inputs={"x": 2, "p": tmp_path / "a"})
    assert json.loads((tmp_path / "a").read_text()) == [{"x": 1}]
    with pytest.raises(Exception, match="no json adapter saves object") as caught:
        driver.execute(["save.f"], inputs={"x": 3, "p": tmp_path / "a"})
    assert not isinstance(caught.value, StepError)


@pytest.mark.parametrize(
    ("source", "message", "hint"),
    [
        ("@save_to.json\ndef f() -> dict: ...", "it is a decorator with arguments", "@save_to.json(…)"),
        (
            "@save_to.parqet(path='x')\ndef f() -> dict: ...",
            "nothing saves the format 'parqet'",
            "did you mean 'parquet'",
        ),
        ("@save_to(path='x')\ndef f() -> dict: ...", "is used with the name of a format", "save_to.parquet(…)"),
        ("@save_to.json(pth='x')\ndef f() -> dict: ...", "json takes no argument 'pth'", "did you mean 'path'"),
        ("@save_to.json()\ndef f() -> dict: ...", "json needs path", "path=…"),
        ("@save_to.parquet(path='x')\ndef f() -> dict: ...", "no parquet adapter saves dict", "for dict there are"),
        ("@save_to.csv(path='x', delimiter=1)\ndef f() -> pd.DataFrame: ...", "delimiter= takes str | None", None),
        (
            "@save_to.sqlite(path='x', table='t', if_exists='drop')\ndef f() -> pd.DataFrame: ...",
            "if_exists= takes",
            None,
        ),
        ("@save_to.json(path='x', output_name_=3)\ndef f() -> dict: ...", "output_name_=3 is no name", "output_name_="),
    ],
)
def test_misuse_is_told_at_import(make_module: ModuleMaker, source: str, message: str, hint: str | None) -> None:
    with pytest.raises(DefinitionError) as caught:
        make_module(IMPORTS + source)
    assert any(message in problem.message for problem in caught.value.problems), caught.value
    assert hint is None or any(hint in (problem.hint or "") for problem in caught.value.problems)


@pytest.mark.parametrize(
    ("source", "message", "hint"),
    [
        (
            "@save_to.json(path='x')\n@extract_fields({'low': float, 'high': float})\ndef f() -> dict: ...",
            "needs a single node to save, got 2: low, high",
            "target_='low'",
        ),
        (
            "@save_to.json(path='x', target_='lwo')\n@extract_fields({'low': float})\ndef f() -> dict: ...",
            "it names 'lwo', which is not a node",
            "did you mean 'low'",
        ),
        (
            "@save_to.json(path='x')\n@save_to.json(path='y')\ndef f() -> dict: ...",
            "there is a node 'save.f' already",
            "output_name_=",
        ),
        (
            "@save_to.csv(path='x')\n@extract_columns('a')\ndef f() -> pl.LazyFrame: ...",
            "no csv adapter saves polars.Expr",
            None,
        ),
        ("@save_to.json(path='x')\n@datasaver()\ndef f() -> dict: ...", "needs a single node to save, got 0", None),
    ],
)
def test_misuse_is_told_at_build(make_module: ModuleMaker, source: str, message: str, hint: str | None) -> None:
    module = make_module(IMPORTS + source)
    with pytest.raises(DefinitionError) as caught:
        Driver({}, module)
    (problem,) = caught.value.problems
    assert message in problem.message
    assert hint is None or hint in (problem.hint or "")
    assert problem.line == line_of(module, "@")


def test_all_faults_of_one_decorator_are_told_at_once(make_module: ModuleMaker) -> None:
    with pytest.raises(ModifierError) as caught:
        make_module(IMPORTS + "@save_to.csv(nothing=3, header='x')\ndef f() -> pd.DataFrame: ...")
    assert len(caught.value.problems) == 2
    assert "it needs path" in str(caught.value)


def test_the_function_itself_stays_as_it_is(make_module: ModuleMaker) -> None:
    module = make_module(IMPORTS + "@save_to.json(path='x')\ndef f() -> dict:\n    return {}")
    assert module.f() == {}
