"""Hostile use: nothing that is there is lost, and each misuse is one message."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from featurecat.definition.collect import collect
from featurecat.definition.deferred import catalogued
from featurecat.driver import Builder
from featurecat.errors import (
    AlignmentError,
    DefinitionError,
    EvaluationError,
    ModifierError,
    RequestError,
    RunError,
    StepError,
    StoreError,
)
from featurecat.expectations.custom import DataValidator, ValidationResult
from featurecat.expectations.judges import ValidatorJudge
from featurecat.io import to
from featurecat.io.replacing import replacing
from featurecat.lifecycle import NodeExecutionHook
from featurecat.project.starting import start_project
from tests.support.modules import ModuleMaker
from tests.support.projects import ShopProject

PLAIN = "def out(x: int) -> int:\n    return x\n"
FRAMES = """
import pandas as pd
import polars as pl
def one(x: int) -> pd.DataFrame:
    return pd.DataFrame({"a": [x]})
def two(x: int) -> pl.DataFrame:
    return pl.DataFrame({"a": [x]})
"""


# --- pictures ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ("graph", "margin", "--format", "svg", "-o", "order_features.py"),
        ("graph", "margin", "--format", "json", "-o", "pyproject.toml"),
        ("graph", "margin", "-o", "link.svg"),
        ("explain", "margin", "-o", "link.svg"),
        ("graph", "margin", "--format", "svg", "-o", ".featurecat/catalog.duckdb"),
    ],
    ids=lambda words: f"{words[0]} {words[-1]}",
)
def test_a_picture_takes_the_place_of_pictures_only(published: ShopProject, words: tuple[str, ...]) -> None:
    (published.root / "link.svg").symlink_to("order_features.py")
    before = (published.root / words[-1]).read_bytes()
    told = published.run(*words)
    assert told.code == 2
    assert "is there and is no picture" in told.err or "lies in the store" in told.err
    assert (published.root / words[-1]).read_bytes() == before


def test_a_picture_spares_sources_and_is_written_again(published: ShopProject) -> None:
    published.write("rates.json", "[]")
    with (published.root / "pyproject.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[tool.featurecat.sources.rates]\npath = "rates.json"\nkey = ["day"]\n')
    assert published.run("graph", "margin", "-o", "rates.json").code == 2
    assert (published.root / "rates.json").read_text(encoding="utf-8") == "[]"
    for words in (("-o", "dag.svg"), ("-o", "dag.md", "--format", "mermaid"), ("-o", os.devnull, "--format", "svg")):
        published.ok("graph", "margin", *words)
        published.ok("graph", "margin", *words)
    assert not list(published.root.glob(".*.part"))


def test_a_picture_without_a_folder_names_the_picture(published: ShopProject) -> None:
    told = published.run("graph", "margin", "-o", "absent/dag.svg")
    assert (told.code, told.err) == (
        3,
        "error: the picture absent/dag.svg cannot be written: No such file or directory [output-unwritable]\n",
    )


# --- saving -----------------------------------------------------------------------------------------


def test_a_device_is_not_replaced_by_a_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(StoreError, match="pipe is no plain file"), replacing(pipe):
        pass
    assert pipe.is_fifo()


def test_two_savers_do_not_share_a_file(make_module: ModuleMaker, tmp_path: Path) -> None:
    driver = Builder().with_modules(make_module(FRAMES)).build()
    path = tmp_path / "a.csv"
    savers = [
        to.csv(id="first", dependencies=["one"], path=str(path)),
        to.csv(id="second", dependencies=["two"], path=tmp_path / "." / "a.csv"),
    ]
    with pytest.raises(DefinitionError, match=r"to.csv\(id='first'\) saves to .*a.csv, too") as caught:
        driver.materialize(*savers, inputs={"x": 1})
    assert caught.value.code == "duplicate-definition"
    assert not path.exists()
    database = str(tmp_path / "a.db")
    tables = [
        to.sqlite(id="first", dependencies=["one"], path=database, table="one"),
        to.sqlite(id="second", dependencies=["two"], path=database, table="two"),
    ]
    assert list(driver.materialize(*tables, inputs={"x": 1})[0]) == ["first", "second"]


@pytest.mark.parametrize("name", ["json", "ndjson"])
def test_bytes_do_not_make_a_writer_panic(
    make_module: ModuleMaker, tmp_path: Path, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    module = make_module("import polars as pl\ndef out() -> pl.DataFrame:\n    return pl.DataFrame({'a': [b'x']})\n")
    saver = getattr(to, name)(id="saved", dependencies=["out"], path=str(tmp_path / "a"))
    with pytest.raises(RequestError, match=f"{name} has no bytes, and a holds some"):
        Builder().with_modules(module).build().materialize(saver)
    assert capfd.readouterr() == ("", "")
    assert not list(tmp_path.glob("*a*"))


# --- commands ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", "  "])
def test_a_project_has_a_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(RequestError, match="cannot be the name of a project"):
        start_project(name, within=tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_project_is_not_made_where_nothing_is(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="there is no directory"):
        start_project("shop", within=tmp_path / "absent")
    assert not list(tmp_path.iterdir())


def test_a_preview_of_more_rows_than_can_be(published: ShopProject) -> None:
    assert published.ok("preview", "margin", "--rows", "9" * 30, "--json").rows[0]["shown"]


def test_features_in_a_circle_are_catalogued_and_told(shop: ShopProject) -> None:
    shop.only_module("def a(b: int) -> int:\n    return b\n\n\ndef b(a: int) -> int:\n    return a\n")
    told = shop.run("index")
    assert told.code == 2
    assert "in a circle: a → b → a (mine.py:1) [cycle]" in told.err
    assert {row["name"] for row in shop.ok("list", "--json").rows} == {"a", "b"}


def test_a_name_with_a_slash_is_explained(shop: ShopProject) -> None:
    shop.only_module(
        'from featurecat import parameterize, value\n\n\n@parameterize(**{"a/b": {"x": value(1)}})\n' + PLAIN
    )
    for name in ("a/b", "default/a/b"):
        assert shop.ok("explain", name, "--json").rows[0]["feature"] == "a/b"


def test_tests_know_of_hamilton(shop: ShopProject) -> None:
    shop.only_module(
        "from hamilton.function_modifiers import tag\n\n\n"
        '@tag(a="b")\ndef net(gross: float) -> float:\n    """Net.\n\n    >>> net(2.0)\n    1.0\n    """\n    return gross / 2\n'
    )
    assert "1 example passed" in shop.ok("test", "net", "--hamilton").out
    shop.replace(
        "mine.py", "from hamilton.function_modifiers", "import hamilton.absent\nfrom hamilton.function_modifiers"
    )
    told = shop.run("index", "--hamilton")
    assert "has no such module" in told.err
    assert "give --hamilton" not in told.err


def test_a_marker_names_a_module_that_is_not_there(shop: ShopProject) -> None:
    shop.only_module("def net(gross: float) -> float:\n    return gross / 2\n")
    shop.write(
        "tests/test_mine.py",
        """
        import pytest

        @pytest.mark.feature("net")
        @pytest.mark.feature_modules("absent")
        def test_net(feature_driver):
            pass
        """,
    )
    told = shop.run("test")
    assert told.code == 2
    assert "'absent' cannot be imported for the tests" in told.err
    assert "INTERNALERROR" not in told.out + told.err


# --- definitions ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("decorator", "said"),
    [
        ("@subdag(inner, config=[1])", "@subdag takes config as a mapping"),
        ("@subdag(inner, inputs='x')", "@subdag takes inputs as a mapping"),
        ("@parameterized_subdag(inner, inputs=[1], out={})", "takes inputs as a mapping"),
        ("@parameterized_subdag(inner, out={'config': [1]})", "takes config as a mapping"),
    ],
)
def test_a_sub_dag_takes_mappings(make_module: ModuleMaker, decorator: str, said: str) -> None:
    source = (
        "from featurecat import parameterized_subdag, subdag\ndef inner(x: int) -> int:\n    return x\n"
        f"{decorator}\ndef out(inner: int) -> int:\n    return inner\n"
    )
    with pytest.raises(ModifierError, match=said) as caught:
        make_module(source)
    assert caught.value.problems[0].line == 4


def test_a_sub_dag_within_itself(make_module: ModuleMaker) -> None:
    module = make_module(
        "import sys\nfrom featurecat import subdag\ndef inner(x: int) -> int:\n    return x\n"
        "@subdag(sys.modules[__name__])\ndef out(inner: int) -> int:\n    return inner\n"
    )
    with pytest.raises(DefinitionError, match="is brought along by what is within itself") as caught:
        Builder().with_modules(module).build()
    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].file == module.__file__


@pytest.mark.parametrize("given", [np.array([1, 2]), pd.DataFrame({"a": [1, 2]}), pl.Series([1, 2])], ids=type)
@pytest.mark.parametrize("condition", ["when(k=1)", "when_not(k=1)", "when_in(k=[1, 2])"])
def test_variants_are_not_chosen_by_frames(make_module: ModuleMaker, given: Any, condition: str) -> None:
    module = make_module(f"from featurecat import config\n@config.{condition}\n{PLAIN}")
    with pytest.raises(DefinitionError, match="config key 'k', whose value of type .* cannot be compared"):
        Builder().with_modules(module).with_config({"k": given}).build()


def test_secrets_within_config_values_are_not_shown(make_module: ModuleMaker) -> None:
    module = make_module(
        "from featurecat import resolve_from_config, tag\n"
        "@resolve_from_config(decorate_with=lambda db, uri, region: tag(region=region))\n" + PLAIN
    )
    config = {"db": {"hosts": [{"password": "hunter2"}]}, "uri": "pg://ann:hunter2@host/x", "region": "eu"}
    ((node,),) = catalogued(collect([module]), [config]).variants.values()
    assert "region='eu'" in node.variant
    assert "hunter2" not in node.variant


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("raise KeyError('m')", "it raised KeyError: 'm'"),
        ("return None", "it made NoneType out of nodes"),
        ("return []", "it made list out of nodes"),
        ("return [defined]", "it made list out of nodes"),
        ("return tuple(nodes)", "it made tuple out of nodes"),
    ],
)
def test_a_decorator_of_ones_own_that_errs(make_module: ModuleMaker, body: str, said: str) -> None:
    module = make_module(
        "from featurecat import Modifier, Phase\nclass mine(Modifier):\n    phase = Phase.EXPAND\n"
        f"    def apply(self, nodes, defined):\n        {body}\n@mine()\n{PLAIN}"
    )
    with pytest.raises(DefinitionError, match=f"@mine on out: {said}") as caught:
        Builder().with_modules(module).build()
    assert (caught.value.problems[0].file, caught.value.problems[0].line) == (module.__file__, 6)


def test_a_decorator_of_ones_own_without_a_phase(make_module: ModuleMaker) -> None:
    with pytest.raises(ModifierError, match="@mine does not say when it applies"):
        make_module(
            "from featurecat import Modifier\nclass mine(Modifier):\n"
            "    def apply(self, nodes, defined):\n        return nodes\n@mine()\ndef out(x: int) -> int:\n    return x\n"
        )


def test_a_model_that_cannot_say_what_it_takes(make_module: ModuleMaker) -> None:
    module = make_module(
        "import pandas as pd\nfrom featurecat import model\nclass _Model:\n    def __init__(self, config, name): ...\n"
        "    def get_dependents(self):\n        return 5\n    def predict(self, **given):\n        return given\n"
        "@model(_Model, 'k')\ndef out() -> pd.Series:\n    pass\n"
    )
    with pytest.raises(DefinitionError, match="@model on out: it raised TypeError: 'int' object is not iterable"):
        Builder().with_modules(module).with_config({"k": {}}).build()


def test_names_that_are_none(make_module: ModuleMaker) -> None:
    driver = Builder().with_modules(make_module(PLAIN)).with_config({1: 2}).build()  # type: ignore[dict-item]
    with pytest.raises(RequestError, match="no feature takes the input 3") as caught:
        driver.execute(["out"], inputs={3: 1, "x": 1})  # type: ignore[dict-item]
    assert caught.value.code == "unknown-input"


@pytest.mark.parametrize("configs", [[{}, {"k": "x"}], [{"k": "x"}, {}], [{"other": 1}, {"k": "x"}]], ids=str)
def test_the_order_of_named_configs_means_nothing(make_module: ModuleMaker, configs: list[dict[str, Any]]) -> None:
    module = make_module(
        "from featurecat import resolve_from_config, tag\n@resolve_from_config(decorate_with=lambda k: tag(a=k))\n"
        + PLAIN
    )
    shown = catalogued(collect([module]), configs)
    assert not shown.problems
    assert [node.variant for node in shown.variants["out"]] == ["any[k='x']"]


# --- runs -------------------------------------------------------------------------------------------


class Raising(NodeExecutionHook):
    """A hook that raises before or after."""

    def __init__(self, when: str) -> None:
        self.when = when

    def run_before_node_execution(self, **facts: Any) -> None:
        if self.when == "before":
            raise KeyError("mine")

    def run_after_node_execution(self, **facts: Any) -> None:
        if self.when == "after":
            raise KeyError("mine")


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_hook_that_raises_is_named_as_such(make_module: ModuleMaker, when: str) -> None:
    driver = Builder().with_modules(make_module(PLAIN)).with_adapters(Raising(when)).build()
    with pytest.raises(StepError, match=f"out: run_{when}_node_execution of an adapter raised KeyError") as caught:
        driver.execute(["out"], inputs={"x": 1})
    assert caught.value.problems[0].file == __file__


def test_an_exception_that_cannot_say_what_it_is(make_module: ModuleMaker) -> None:
    module = make_module(
        "class _Mute(Exception):\n    def __str__(self):\n        raise RuntimeError\n"
        "def out(x: int) -> int:\n    raise _Mute\n"
    )
    with pytest.raises(StepError, match="out raised _Mute"):
        Builder().with_modules(module).build().execute(["out"], inputs={"x": 1})


@pytest.mark.parametrize(("library", "short", "make"), [("pandas", "pd", pd.DataFrame), ("polars", "pl", pl.DataFrame)])
def test_a_shorter_column_does_not_fit(make_module: ModuleMaker, library: str, short: str, make: Any) -> None:
    module = make_module(
        f"import {library} as {short}\nfrom featurecat import with_columns\n"
        f"def b(a: {short}.Series) -> {short}.Series:\n    return a.head(1)\n"
        "@with_columns(b, columns_to_pass=['a'], select=['b'])\n"
        f"def out(frame: {short}.DataFrame) -> {short}.DataFrame:\n    return frame\n"
    )
    with pytest.raises(AlignmentError, match="the column 'b' for out has not the rows of the frame"):
        Builder().with_modules(module).build().execute(["out"], inputs={"frame": make({"a": [1, 2]})})


def test_a_query_of_what_is_no_text(make_module: ModuleMaker) -> None:
    head = "import pandas as pd\nfrom featurecat import sql\n"
    module = make_module(head + '@sql("SELECT \\ud800 FROM t")\ndef out(t: pd.DataFrame) -> pd.DataFrame: ...\n')
    with pytest.raises(DefinitionError, match="which is no character") as caught:
        Builder().with_modules(module).build()
    assert caught.value.code == "invalid-sql"
    module = make_module(head + '@sql("FROM t")\ndef out(t: pd.DataFrame) -> pd.DataFrame: ...\n')
    frame = pd.DataFrame({"a": [1]}, index=pd.Index([7], name="a"))
    with pytest.raises(RunError, match="both an index level and a column named 'a'"):
        Builder().with_modules(module).build().execute(["out"], inputs={"t": frame})


def test_a_result_whose_message_is_no_text() -> None:
    class Odd(DataValidator):
        def applies_to(self, datatype: Any) -> bool:
            return True

        def description(self) -> str:
            return "Odd."

        @classmethod
        def name(cls) -> str:
            return "odd"

        def validate(self, dataset: Any) -> Any:
            return ValidationResult(True, 3)  # type: ignore[arg-type]

    with pytest.raises(EvaluationError, match="the message of its answer is a int, not text"):
        ValidatorJudge(Odd())(1)
