"""Done: each misuse that the reference names raises one clear error at the earliest moment, with its place and a way out."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from featurecat import async_driver
from featurecat.driver import Builder, Driver
from featurecat.errors import CODES, DefinitionError, FeaturecatError, RunError
from featurecat.execution.executors import DefaultExecutionManager, SynchronousLocalTaskExecutor
from featurecat.execution.results import DictResult
from featurecat.io import from_, register_adapter, to
from tests.conformance.misuses import MISUSES, PENDING, Misuse
from tests.support.modules import ModuleMaker

HEADER = """
from typing import *
import pandas as pd
import polars as pl
from featurecat import Collect, Parallelizable
from featurecat.function_modifiers import *
"""


def tasks(module: ModuleType) -> Driver:
    return Builder().with_modules(module).enable_dynamic_execution(allow_experimental_mode=True).build()


class Module:
    """What a program of a misuse is given."""

    def __init__(self, module: ModuleType) -> None:
        self.module = module

    def driver(self) -> Driver:
        return Builder().with_modules(self.module).build()

    def tasks(self) -> Driver:
        return tasks(self.module)


def stages(misuse: Misuse, make_module: ModuleMaker) -> Any:
    """Goes on from stage to stage; gives the name of the one that comes next."""
    yield "import"
    module = make_module(HEADER + misuse.source)
    if misuse.program:
        yield misuse.stage
        scope = {"from_": from_, "to": to, "Builder": Builder, "DictResult": DictResult}
        scope |= {
            "DefaultExecutionManager": DefaultExecutionManager,
            "async_driver": async_driver,
            "register_adapter": register_adapter,
        }
        scope |= {"SynchronousLocalTaskExecutor": SynchronousLocalTaskExecutor, "module": module}
        exec(
            misuse.program.replace("module.driver()", "of.driver()").replace("module.tasks()", "of.tasks()"),
            {**scope, "of": Module(module)},
        )
        return
    yield "build"
    built = Builder().with_modules(module).with_config(misuse.config).build()
    yield "plan"
    built.validate_execution(list(misuse.ask), inputs=misuse.inputs, overrides=misuse.overrides)
    yield "run"
    built.execute(list(misuse.ask), inputs=misuse.inputs, overrides=misuse.overrides)


def raised(misuse: Misuse, make_module: ModuleMaker) -> tuple[str, FeaturecatError]:
    """The error, and the stage that raised it."""
    reached: list[str] = []
    try:
        reached.extend(stages(misuse, make_module))
    except FeaturecatError as error:
        return reached[-1], error
    pytest.fail(f"nothing was said, up to {reached[-1]}")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(
    "misuse",
    [
        pytest.param(one, id=name, marks=[pytest.mark.xfail(reason=PENDING[name])] if name in PENDING else [])
        for name, one in MISUSES.items()
    ],
)
def test_one_clear_error_at_the_earliest_moment(
    misuse: Misuse, make_module: ModuleMaker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    stage, error = raised(misuse, make_module)
    print(error)
    assert stage == misuse.stage
    assert isinstance(error, RunError if stage == "run" else DefinitionError)
    assert len(error.problems) == misuse.problems, error.problems
    for problem in error.problems:
        assert problem.code == misuse.code and problem.code in CODES
        assert problem.hint and problem.hint.strip(), "there is no way out"
        assert "Traceback" not in "\n".join(problem.lines())
        assert len(problem.lines()) <= 6
    first = error.problems[0]
    assert any(re.search(misuse.said, problem.message) for problem in error.problems), first.message
    if misuse.at:
        assert first.file is not None and first.line is not None, "there is no place"
        assert Path(first.file).is_relative_to(tmp_path), first.file
        line = Path(first.file).read_text(encoding="utf-8").splitlines()[first.line - 1]
        assert re.search(misuse.at, line), f"points at {line!r}"
