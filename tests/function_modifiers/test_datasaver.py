"""@datasaver marks a function that saves."""

from __future__ import annotations

from pathlib import Path

import pytest

from featurecat.driver import Driver
from featurecat.errors import DefinitionError, ModifierError
from tests.support.modules import ModuleMaker, line_of

IMPORTS = """
from typing import Any, Dict
import pandas as pd
from featurecat import source
from featurecat.function_modifiers.loading import dataloader
from featurecat.function_modifiers.materializing import datasaver
"""


@pytest.mark.parametrize("returns", ["dict", "dict[str, Any]", "Dict[str, int]"])
def test_it_runs_like_any_node_and_is_no_feature(make_module: ModuleMaker, tmp_path: Path, returns: str) -> None:
    module = make_module(
        IMPORTS + f"@datasaver()\ndef saved(text: str, path: str) -> {returns}:\n"
        "    'Keeps the text.'\n    with open(path, 'w') as stream:\n        return {'size': stream.write(text)}"
    )
    driver = Driver({}, module, default_result="dict")
    path = tmp_path / "t"
    assert driver.execute(["saved"], inputs={"text": "ab", "path": str(path)}) == {"saved": {"size": 2}}
    assert path.read_text() == "ab"
    node = driver.graph.nodes["saved"]
    assert not node.public
    assert node.documentation == "Keeps the text."
    assert node.tags["featurecat.data_saver"] == ("function",)


@pytest.mark.parametrize("returns", ["int", "pd.DataFrame", "None", "dict[int, str]", "tuple[dict, dict]", "'int'"])
def test_another_return_type_is_an_error_at_import(make_module: ModuleMaker, returns: str) -> None:
    with pytest.raises(ModifierError, match="needs a function that returns metadata") as caught:
        make_module(IMPORTS + f"\n@datasaver()\ndef saved(text: str) -> {returns}: ...")
    (problem,) = caught.value.problems
    assert problem.hint == "annotate -> dict"
    assert problem.line == IMPORTS.count("\n") + 2


def test_what_cannot_be_read_at_import_is_told_at_build(make_module: ModuleMaker) -> None:
    module = make_module(IMPORTS + "@datasaver()\ndef saved() -> 'Later': ...\nLater = int\n")
    with pytest.raises(DefinitionError, match="returns metadata, a dictionary with text keys, not int") as caught:
        Driver({}, module)
    assert caught.value.problems[0].line == line_of(module, "@datasaver")


def test_it_needs_its_parentheses(make_module: ModuleMaker) -> None:
    with pytest.raises(ModifierError, match="it is a decorator with arguments"):
        make_module(IMPORTS + "@datasaver\ndef saved() -> dict: ...")


def test_it_is_the_only_creator(make_module: ModuleMaker) -> None:
    module = make_module(IMPORTS + "@datasaver()\n@datasaver()\ndef saved() -> dict: ...")
    with pytest.raises(DefinitionError, match="cannot stand beside @datasaver"):
        Driver({}, module)


def test_the_function_itself_stays_as_it_is(make_module: ModuleMaker) -> None:
    module = make_module(IMPORTS + "@datasaver()\ndef saved() -> dict:\n    return {'a': 1}")
    assert module.saved() == {"a": 1}
