"""@load_from fills a parameter with loaded data."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import polars as pl
import pytest

from featurecat.definition.collect import collect
from featurecat.definition.node import Node
from featurecat.driver import Driver
from featurecat.errors import DefinitionError, ModifierError, RequestError, StepError, StoreError
from tests.support.modules import ModuleMaker, line_of

IMPORTS = """
from dataclasses import dataclass
from typing import Annotated, Any, Optional
import pandas as pd
import polars as pl
from featurecat import check_output, config, extract_columns, parameterize, source, tag, value, group
from featurecat.function_modifiers.loading import dataloader, load_from
"""


def _nodes(make_module: ModuleMaker, source: str) -> dict[str, Node]:
    definitions = collect([make_module(IMPORTS + source)])
    definitions.raise_problems()
    return {name: nodes[0] for name, nodes in definitions.variants.items()}


def _driver(make_module: ModuleMaker, source: str, **config: object) -> Driver:
    return Driver(config, make_module(IMPORTS + source), default_result="dict")


def test_the_nodes_and_what_they_take(make_module: ModuleMaker) -> None:
    nodes = _nodes(
        make_module,
        "@load_from.json(path=source('p'))\ndef weeks(raw: dict[str, int]) -> int:\n    'Weeks.'\n    return 1",
    )
    assert {name: [one.name for one in node.dependencies] for name, node in nodes.items()} == {
        "weeks.load_data.raw": ["p"],
        "weeks.select_data.raw": ["weeks.load_data.raw"],
        "weeks": ["weeks.select_data.raw"],
    }
    assert nodes["weeks.select_data.raw"].type == dict[str, int]
    assert [name for name, node in nodes.items() if node.public] == ["weeks"]
    assert nodes["weeks.load_data.raw"].tags["featurecat.data_loader"] == ("json",)
    assert nodes["weeks"].documentation == "Weeks."


@pytest.mark.parametrize(("library", "frame"), [("pd", pd.DataFrame), ("pl", pl.DataFrame)])
def test_frames_of_both_libraries(make_module: ModuleMaker, tmp_path: Path, library: str, frame: type) -> None:
    (tmp_path / "w.csv").write_text("week,spend\n1,2.5\n2,\n")
    driver = _driver(
        make_module,
        f"@load_from.csv(path=source('p'), columns=['spend'])\n"
        f"def weeks(raw: {library}.DataFrame) -> {library}.DataFrame:\n    return raw",
    )
    found = driver.execute(["weeks", "weeks.load_data.raw"], inputs={"p": tmp_path / "w.csv"})
    assert isinstance(found["weeks"], frame)
    assert list(found["weeks"].columns) == ["spend"]
    data, metadata = found["weeks.load_data.raw"]
    assert data is found["weeks"]
    assert metadata["dataframe_metadata"]["rows"] == 2


def test_it_stacks_with_one_parameter_each(make_module: ModuleMaker, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"a": 1}')
    (tmp_path / "b.json").write_text("[2]")
    driver = _driver(
        make_module,
        "@load_from.json(inject_='first', path=source('p'))\n"
        "@load_from.json(path=source('q'), inject_='second')\n"
        "def both(first: dict, second: list, third: int) -> list:\n    return [first, second, third]",
    )
    inputs = {"p": str(tmp_path / "a.json"), "q": str(tmp_path / "b.json"), "third": 3}
    assert driver.execute(["both"], inputs=inputs) == {"both": [{"a": 1}, [2], 3]}


@pytest.mark.parametrize("written", ["value(3)", "3"])
def test_values_may_be_written_plainly(make_module: ModuleMaker, written: str) -> None:
    driver = _driver(make_module, f"@load_from.literal(value={written})\ndef three(x: int) -> int:\n    return x")
    assert driver.execute(["three"]) == {"three": 3}


def test_one_source_may_fill_several_arguments(make_module: ModuleMaker, tmp_path: Path) -> None:
    (tmp_path / "p").write_text("x", encoding="utf-8")
    driver = _driver(
        make_module,
        "@load_from.file(path=source('p'), encoding=source('how'))\ndef text(x: str) -> str:\n    return x",
    )
    assert driver.execute(["text"], inputs={"p": tmp_path / "p", "how": "utf-8"}) == {"text": "x"}
    with pytest.raises(RequestError, match="the input 'how' was not given"):
        driver.execute(["text"], inputs={"p": tmp_path / "p"})


def test_a_default_gives_way_to_what_is_loaded(make_module: ModuleMaker) -> None:
    driver = _driver(make_module, "@load_from.literal(value=3)\ndef three(x: int = 1) -> int:\n    return x")
    assert driver.execute(["three"]) == {"three": 3}


def test_it_stands_with_what_changes_results(make_module: ModuleMaker, tmp_path: Path) -> None:
    (tmp_path / "w.csv").write_text("week,spend\n1,2.5\n")
    driver = _driver(
        make_module,
        "@extract_columns('spend')\n@tag(kind='raw')\n@load_from.csv(path=source('p'))\n"
        "def weeks(raw: pd.DataFrame) -> pd.DataFrame:\n    return raw\n"
        "@check_output(range=(0, 9))\n@load_from.literal(value=3)\ndef three(x: int) -> int:\n    return x",
    )
    assert driver.execute(["spend"], inputs={"p": tmp_path / "w.csv"})["spend"].tolist() == [2.5]
    assert driver.execute(["three"]) == {"three": 3}
    tagged = [variable.name for variable in driver.list_available_variables(tag_filter={"kind": "raw"})]
    assert tagged == ["spend"]


def test_it_feeds_what_a_creator_makes(make_module: ModuleMaker, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"a": 1}')
    driver = _driver(
        make_module,
        "@load_from.json(path=source('p'))\n@dataloader()\n"
        "def raw(content: dict) -> tuple[dict, dict]:\n    return content, {}",
    )
    assert driver.execute(["raw"], inputs={"p": tmp_path / "a.json"}) == {"raw": {"a": 1}}


def test_variants_have_loaders_of_their_own(make_module: ModuleMaker, tmp_path: Path) -> None:
    (tmp_path / "w.csv").write_text("spend\n2.5\n")
    source = "".join(
        f"@load_from.csv(path=source('p'))\ndef weeks__{name}(raw: {short}.DataFrame) -> {short}.DataFrame:\n"
        "    return raw\n"
        for name, short in (("pandas", "pd"), ("polars", "pl"))
    )
    module = make_module(IMPORTS + source)
    for engine, frame in (("pandas", pd.DataFrame), ("polars", pl.DataFrame)):
        driver = Driver({}, module, engine=engine, default_result="dict")
        assert isinstance(driver.execute(["weeks"], inputs={"p": tmp_path / "w.csv"})["weeks"], frame)


def test_own_loaders_are_found_and_their_results_checked(make_module: ModuleMaker) -> None:
    source = """
from featurecat.io import DataLoader
from featurecat.io.adapter_registry import ADAPTERS, AdapterRegistry
from featurecat.function_modifiers.loading import load_decorators
@dataclass
class _Model(DataLoader):
    stage: str
    whole: bool = True
    @classmethod
    def name(cls):
        return "model"
    @classmethod
    def applicable_types(cls):
        return [dict]
    def load_data(self, type_):
        return ({"stage": self.stage}, {"asked": str(type_)}) if self.whole else {"stage": self.stage}
registry = AdapterRegistry(ADAPTERS)
registry.register(_Model)
own = load_decorators(registry)
@own.model(stage=source("stage"))
def model(found: dict) -> dict:
    return found
@own.model(stage="x", whole=False)
def broken(found: dict) -> dict:
    return found
"""
    driver = _driver(make_module, source)
    assert driver.execute(["model"], inputs={"stage": "trial"}) == {"model": {"stage": "trial"}}
    with pytest.raises(DefinitionError, match="stage") as wrong:
        driver.execute(["model"], inputs={"stage": 3})
    assert wrong.value.code == "input-type"
    with pytest.raises(Exception, match="_Model.load_data returned a value of type dict, which is no tuple"):
        driver.execute(["broken"])


def test_a_missing_file_names_feature_and_place(make_module: ModuleMaker, tmp_path: Path) -> None:
    source = "@load_from.json(path=source('p'))\ndef weeks(found: dict) -> dict:\n    return found"
    driver = _driver(make_module, source)
    with pytest.raises(StoreError, match="weeks.load_data.found: there is no file .*no.json") as caught:
        driver.execute(["weeks"], inputs={"p": tmp_path / "no.json"})
    assert (caught.value.problems[0].file, caught.value.problems[0].line) == driver.graph.nodes["weeks"].place


def test_what_a_library_raises_is_a_step_that_failed(make_module: ModuleMaker, tmp_path: Path) -> None:
    (tmp_path / "w.csv").write_text("spend\n2.5\n")
    driver = _driver(
        make_module,
        "@load_from.csv(path=source('p'), options={'nothing': 1})\ndef weeks(found: pl.DataFrame) -> int:\n    return 1",
    )
    with pytest.raises(StepError, match="weeks.load_data.found raised TypeError"):
        driver.execute(["weeks"], inputs={"p": tmp_path / "w.csv"})


@pytest.mark.parametrize(
    ("source", "message", "hint"),
    [
        ("@load_from.json\ndef f(a: dict) -> int: ...", "it is a decorator with arguments", "@load_from.json(…)"),
        (
            "@load_from.jsn(path='x')\ndef f(a: dict) -> int: ...",
            "nothing loads the format 'jsn'",
            "did you mean 'json'",
        ),
        (
            "@load_from(path='x')\ndef f(a: dict) -> int: ...",
            "is used with the name of a format",
            "load_from.parquet(…)",
        ),
        ("@load_from.json(path='x')\ndef f() -> int: ...", "has no parameter to load into", "def weeks"),
        (
            "@load_from.json(path='x')\ndef f(a: dict, b: dict) -> int: ...",
            "which of the parameters a, b is loaded is not said",
            "inject_='a'",
        ),
        (
            "@load_from.json(path='x', inject_='rwa')\ndef f(raw: dict, b: dict) -> int: ...",
            "inject_='rwa' is no parameter of the function",
            "did you mean 'raw'",
        ),
        ("@load_from.json(pth='x')\ndef f(a: dict) -> int: ...", "json takes no argument 'pth'", "did you mean 'path'"),
        ("@load_from.json(file='x')\ndef f(a: dict) -> int: ...", "json takes no argument 'file'", "it needs path; it takes"),
        ("@load_from.json()\ndef f(a: dict) -> int: ...", "json needs path", "path=…"),
        ("@load_from.json(path=3)\ndef f(a: dict) -> int: ...", "not a value of type int", None),
        ("@load_from.json(path=None)\ndef f(a: dict) -> int: ...", "not a value of type NoneType", None),
        (
            "@load_from.csv(path='x', columns='spend')\ndef f(a: pd.DataFrame) -> int: ...",
            "columns= takes Sequence[str] | None, not a value of type str",
            "columns=['spend']",
        ),
        (
            "@load_from.json(path=group(source('a')))\ndef f(a: dict) -> int: ...",
            "path= takes no group()",
            "source('node')",
        ),
        (
            "@load_from.parquet(path='x')\ndef f(a: dict) -> int: ...",
            "no parquet adapter loads dict",
            "for dict there are",
        ),
        (
            "@load_from.csv(path='x')\ndef f(a: Any) -> int: ...",
            "what type csv is to be loaded as is not known",
            "annotate",
        ),
        (
            "@load_from.sql(connection='x')\ndef f(a: pd.DataFrame) -> int: ...",
            "sql takes either table= or query=",
            None,
        ),
        (
            "@load_from.sql(connection='x', query='q', columns=['a'])\ndef f(a: pd.DataFrame) -> int: ...",
            "takes columns= with table= only",
            None,
        ),
        ("@load_from.literal(value='x')\ndef f(a: int) -> int: ...", "the value is of type str, where int", None),
    ],
)
def test_misuse_is_one_error_at_import(make_module: ModuleMaker, source: str, message: str, hint: str | None) -> None:
    with pytest.raises(DefinitionError) as caught:
        make_module(IMPORTS + source, "broken_module")
    (problem,) = caught.value.problems
    assert message in problem.message
    assert hint is None or hint in (problem.hint or "")
    assert problem.file is not None
    text = Path(problem.file).read_text(encoding="utf-8").splitlines()
    assert "load_from" in text[(problem.line or 0) - 1]


def test_all_faults_of_one_decorator_are_told_at_once(make_module: ModuleMaker) -> None:
    with pytest.raises(ModifierError) as caught:
        make_module(IMPORTS + "@load_from.csv(nothing=3, rows='x')\ndef f(a: pd.DataFrame) -> int: ...")
    assert len(caught.value.problems) == 2
    assert "it needs path" in str(caught.value)


def test_what_cannot_be_read_at_import_is_told_at_build(make_module: ModuleMaker) -> None:
    module = make_module(
        IMPORTS
        + "@load_from.parquet(path='x')\ndef f(a: 'Later') -> int: ...\nclass Later: ...\n"
        + "@load_from.json(path='x')\ndef g(a: 'Fine') -> int: ...\nFine = dict\n"
    )
    with pytest.raises(DefinitionError, match="no parquet adapter loads Later") as caught:
        Driver({}, module)
    assert caught.value.problems[0].line == line_of(module, "load_from.parquet")
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize(
    "expander", ["parameterize(x={'b': value(1)})", "parameterize(x={'b': value(1)}, y={'b': value(2)})"]
)
@pytest.mark.parametrize("above", [True, False])
def test_beside_an_expander_it_says_why_not(make_module: ModuleMaker, expander: str, above: bool) -> None:
    lines = [f"@{expander}", "@load_from.json(path='x', inject_='a')"]
    module = make_module(IMPORTS + "\n".join(lines if above else lines[::-1]) + "\ndef f(a: dict, b: int) -> int: ...")
    with pytest.raises(DefinitionError, match="cannot stand beside @parameterize") as caught:
        Driver({}, module)
    assert "@dataloader()" in (caught.value.problems[0].hint or "")
    assert caught.value.problems[0].line == line_of(module, "@")


def test_one_parameter_is_loaded_once(make_module: ModuleMaker) -> None:
    module = make_module(IMPORTS + "@load_from.json(path='x')\n@load_from.json(path='y')\ndef f(a: dict) -> int: ...")
    with pytest.raises(DefinitionError, match="the parameter 'a' is filled by another decorator already"):
        Driver({}, module)


def test_the_function_itself_stays_as_it_is(make_module: ModuleMaker) -> None:
    module = make_module(IMPORTS + "@load_from.json(path='x')\ndef f(a: dict) -> int:\n    return len(a)")
    assert module.f({"a": 1}) == 1
