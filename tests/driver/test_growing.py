"""Nodes that ``from_`` and ``to`` ask for: where they are declared, and what they must not write over."""

from __future__ import annotations

import inspect
import pickle
from pathlib import Path
from typing import Any

import pytest

from featurecat.driver import Driver
from featurecat.errors import DefinitionError, FeaturecatError, RunError, StepError, StoreError
from featurecat.io import from_, to
from tests.support.modules import ModuleMaker

SOURCE = """
import pandas as pd
from featurecat.function_modifiers import load_from, value
def weeks(rows: pd.DataFrame) -> pd.DataFrame:
    return rows
def mean(rows: pd.DataFrame) -> dict:
    return {"mean": float("inf")}
def stream(rows: pd.DataFrame) -> dict:
    return {"rows": (row for row in rows)}
@load_from.csv(path=value("no/such.csv"))
def loaded(raw: pd.DataFrame) -> int:
    return len(raw)
"""


@pytest.fixture
def module(make_module: ModuleMaker) -> Any:
    return make_module(SOURCE)


@pytest.mark.parametrize("target", ["rows", "weeks"])
def test_loaders_say_where_they_are_declared(module: Any, tmp_path: Path, target: str) -> None:
    loading = from_.csv(target=target, path=tmp_path / "none.csv")
    line = inspect.currentframe().f_lineno - 1  # type: ignore[union-attr]
    with pytest.raises(StoreError, match="there is no file") as caught:
        Driver({}, module).materialize(loading, additional_vars=["weeks"])
    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == (__file__, line)


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (lambda folder: to.csv(id="saved", dependencies=["weeks"], path=folder), StoreError),
        (lambda folder: to.csv(id="saved", dependencies=["weeks"], columns=["b"], path=folder / "x"), FeaturecatError),
        (lambda folder: to.json(id="saved", dependencies=["mean"], path=folder / "x"), RunError),
    ],
)
def test_savers_say_where_they_are_declared(module: Any, tmp_path: Path, make: Any, kind: type[Exception]) -> None:
    with pytest.raises(kind) as caught:
        Driver({}, module).materialize(
            from_.literal(target="rows", value=module.pd.DataFrame({"a": [1]})), make(tmp_path)
        )
    assert isinstance(caught.value, FeaturecatError)
    (problem,) = caught.value.problems
    assert problem.file == __file__ and "featurecat materialize" not in (problem.hint or "")


def test_load_from_says_where_the_function_is(module: Any) -> None:
    with pytest.raises(StoreError) as caught:
        Driver({}, module).execute(["loaded"])
    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == (
        module.__file__,
        SOURCE.splitlines().index('@load_from.csv(path=value("no/such.csv"))') + 1,
    )


def test_a_driver_that_saves_travels(module: Any, tmp_path: Path) -> None:
    saving = to.csv(id="saved", dependencies=["weeks"], path=tmp_path / "x.csv")
    function = Driver({}, module).with_materializers(saving).graph.nodes["saved"].function
    again = pickle.loads(pickle.dumps(function))
    assert again.declared_at == saving.place
    again(module.pd.DataFrame({"a": [1]}), tmp_path / "x.csv")
    assert (tmp_path / "x.csv").read_text() == "a\n1\n"


@pytest.mark.parametrize(
    ("name", "said"),
    [("link.py", "is a module and would be lost"), ("pyproject.toml", "is a project's settings"),
     (".featurecat/x.csv", "lies in a project's store")],
)  # fmt: skip
def test_nothing_is_saved_over_what_must_stay(module: Any, tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "pyproject.toml").write_text("kept")
    (tmp_path / "link.py").symlink_to(__file__)
    with pytest.raises(DefinitionError, match=said) as caught:
        Driver({}, module).validate_materialization(to.csv(id="saved", dependencies=["weeks"], path=tmp_path / name))
    assert caught.value.problems[0].file == __file__
    assert (tmp_path / "pyproject.toml").read_text() == "kept"


def test_what_a_saver_of_others_raises_is_told_of_its_declaration(module: Any, tmp_path: Path) -> None:
    saving = to.pickle(id="saved", dependencies=["stream"], path=tmp_path / "x")
    with pytest.raises(StepError) as caught:
        Driver({}, module).materialize(saving, inputs={"rows": module.pd.DataFrame({"a": [1]})})
    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == saving.place
    assert "featurecat materialize" not in (problem.hint or "")
