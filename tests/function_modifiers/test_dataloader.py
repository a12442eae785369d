"""@dataloader marks a function that returns data and metadata."""

from __future__ import annotations

import pandas as pd
import polars as pl
import pytest

from featurecat.definition.collect import collect
from featurecat.definition.node import Node, Role
from featurecat.driver import Driver
from featurecat.errors import DefinitionError, ModifierError
from tests.support.modules import ModuleMaker, line_of

IMPORTS = """
from typing import Any, Dict, Tuple
import pandas as pd
import polars as pl
from featurecat import check_output, config, extract_columns, feature, parameterize, source, tag, value
from featurecat.function_modifiers.loading import dataloader
"""


def _nodes(make_module: ModuleMaker, source: str) -> dict[str, Node]:
    definitions = collect([make_module(IMPORTS + source)])
    definitions.raise_problems()
    return {name: nodes[0] for name, nodes in definitions.variants.items()}


@pytest.mark.parametrize(("library", "frame"), [("pd", pd.DataFrame), ("pl", pl.DataFrame)])
@pytest.mark.parametrize("returns", ["tuple[{}.DataFrame, dict]", "Tuple[{}.DataFrame, Dict[str, Any]]"])
def test_data_and_metadata_are_apart(make_module: ModuleMaker, library: str, frame: type, returns: str) -> None:
    module = make_module(
        IMPORTS + f"@dataloader()\ndef weeks(path: str) -> {returns.format(library)}:\n    'Weeks.'\n"
        f"    return {library}.DataFrame({{'a': [1]}}), {{'path': path}}"
    )
    driver = Driver({}, module, default_result="dict")
    found = driver.execute(["weeks", "weeks.loader"], inputs={"path": "p"})
    assert isinstance(found["weeks"], frame)
    assert found["weeks.loader"] == (found["weeks"], {"path": "p"})
    nodes = driver.graph.nodes
    assert nodes["weeks"].type is frame
    assert nodes["weeks"].role is Role.FRAME
    assert nodes["weeks"].documentation == "Weeks."
    assert not nodes["weeks.loader"].public
    assert [one.name for one in nodes["weeks"].dependencies] == ["weeks.loader"]


def test_what_stands_above_is_about_the_data(make_module: ModuleMaker) -> None:
    nodes = _nodes(
        make_module,
        "@feature(entity='week')\n@tag(kind='raw')\n@dataloader()\n"
        "def weeks(path: str) -> tuple[pd.DataFrame, dict]: ...",
    )
    assert "kind" in nodes["weeks"].tags
    assert nodes["weeks"].metadata.entity == ("week",)
    assert "kind" not in nodes["weeks.loader"].tags
    nodes = _nodes(
        make_module, "@check_output(range=(0, 1))\n@dataloader()\ndef share(p: str) -> tuple[float, dict]: ..."
    )
    assert set(nodes) == {"share.loader", "share_raw", "share_range_validator", "share"}


def test_columns_of_the_data(make_module: ModuleMaker) -> None:
    for order in (("extract_columns('a')", "dataloader()"), ("dataloader()", "extract_columns('a')")):
        decorators = "".join(f"@{one}\n" for one in order)
        nodes = _nodes(make_module, f"{decorators}def weeks(path: str) -> tuple[pd.DataFrame, dict]: ...")
        assert list(nodes) == ["weeks.loader", "weeks", "a"]


def test_variants_by_config(make_module: ModuleMaker) -> None:
    module = make_module(
        IMPORTS
        + "@config.when(region='US')\n@dataloader()\ndef codes__us() -> tuple[list, dict]:\n    return ['AA'], {}\n"
        + "@config.when(region='EU')\n@dataloader()\ndef codes__eu() -> tuple[list, dict]:\n    return ['LH'], {}\n"
    )
    for region, code in (("US", "AA"), ("EU", "LH")):
        driver = Driver({"region": region}, module, default_result="dict")
        assert driver.execute(["codes", "codes.loader"]) == {"codes": [code], "codes.loader": ([code], {})}


@pytest.mark.parametrize(
    ("returns", "message"),
    [
        ("pd.DataFrame", "a tuple of data and metadata, not pandas.DataFrame"),
        ("tuple[pd.DataFrame]", "a tuple of data and metadata"),
        ("tuple[int, dict, dict]", "a tuple of data and metadata"),
        ("tuple[int, ...]", "a tuple of data and metadata"),
        ("tuple", "a tuple of data and metadata"),
        ("tuple[int, list]", "the metadata is list"),
        ("tuple[int, dict[int, str]]", "the metadata is dict[int, str]"),
    ],
)
@pytest.mark.parametrize("text", [False, True])
def test_another_return_type_is_an_error_at_import(
    make_module: ModuleMaker, returns: str, message: str, text: bool
) -> None:
    annotation = repr(returns) if text else returns
    with pytest.raises(ModifierError) as caught:
        make_module(IMPORTS + f"\n@dataloader()\ndef weeks() -> {annotation}: ...")
    (problem,) = caught.value.problems
    assert message in problem.message
    assert problem.hint == "annotate -> tuple[pd.DataFrame, dict]"
    assert problem.file
    assert problem.line == IMPORTS.count("\n") + 2


def test_what_cannot_be_read_at_import_is_told_at_build(make_module: ModuleMaker) -> None:
    module = make_module(IMPORTS + "@dataloader()\ndef weeks() -> 'Later': ...\nLater = int\n")
    with pytest.raises(DefinitionError, match="a tuple of data and metadata, not int") as caught:
        Driver({}, module)
    assert caught.value.problems[0].line == line_of(module, "@dataloader")


def test_it_needs_its_parentheses(make_module: ModuleMaker) -> None:
    with pytest.raises(ModifierError, match="it is a decorator with arguments"):
        make_module(IMPORTS + "@dataloader\ndef weeks() -> tuple[int, dict]: ...")


def test_it_is_the_only_creator(make_module: ModuleMaker) -> None:
    with pytest.raises(DefinitionError, match="cannot stand beside @dataloader"):
        Driver({}, make_module(IMPORTS + "@dataloader()\n@dataloader()\ndef weeks() -> tuple[int, dict]: ..."))


@pytest.mark.parametrize("returned", ["1", "(1, 2)", "(1, {}, {})"])
def test_what_is_no_pair_is_told_when_it_is_returned(make_module: ModuleMaker, returned: str) -> None:
    module = make_module(IMPORTS + f"@dataloader()\ndef weeks() -> tuple[int, dict]:\n    return {returned}")
    with pytest.raises(Exception, match=r"weeks\.loader returned a value of type .*no tuple of data and metadata"):
        Driver({}, module, default_result="dict").execute(["weeks"])


def test_beside_an_expander_it_says_why_not(make_module: ModuleMaker) -> None:
    module = make_module(
        IMPORTS + "@parameterize(x={'p': value('a')})\n@dataloader()\ndef weeks(p: str) -> tuple[int, dict]: ..."
    )
    with pytest.raises(DefinitionError, match="needs exactly one node to expand, got 2 from @dataloader"):
        Driver({}, module)


def test_the_function_itself_stays_as_it_is(make_module: ModuleMaker) -> None:
    module = make_module(IMPORTS + "@dataloader()\ndef weeks() -> tuple[int, dict]:\n    return 1, {}")
    assert module.weeks() == (1, {})
