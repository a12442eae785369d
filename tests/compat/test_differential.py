"""Modules written for Hamilton give the same answers under apache-hamilton and under featurecat.

Each of ``modules/`` is what a user would write: functions, and in ``_answers()`` the program around them. Both worlds
run in processes of their own. Where featurecat mends a defect of Hamilton, the module does not ask, or says why. What can
be caught under Hamilton can be caught here; featurecat's errors are often a ValueError as well.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
MODULES = sorted(path.stem for path in (HERE / "modules").glob("*.py"))


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """World to module to what it told."""
    return {world: told_in(world, tmp_path_factory.mktemp(world)) for world in ("hamilton", "featurecat")}


def told_in(world: str, work: Path) -> dict[str, Any]:
    environment = {**os.environ, "HAMILTON_TELEMETRY_ENABLED": "false", "PYTHONDONTWRITEBYTECODE": "1"}
    folder = environment.pop("FEATURECAT_APACHE_HAMILTON", "") if world == "hamilton" else ""
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [folder, os.environ.get("PYTHONPATH", "")]))
    paths = [str(HERE / "modules" / f"{module}.py") for module in MODULES]
    command = [sys.executable, str(HERE / "run_module.py"), world, *paths]
    done = subprocess.run(command, env=environment, cwd=work, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = [line.split(maxsplit=2) for line in done.stdout.splitlines() if line.startswith("ANSWERS ")]
    return {module: json.loads(told) for _, module, told in lines}


@pytest.mark.component("hamilton")
@pytest.mark.parametrize("module", MODULES)
def test_both_worlds_answer_alike(module: str, worlds: dict[str, dict[str, Any]]) -> None:
    told = {world: modules[module] for world, modules in worlds.items()}
    for world, answer in told.items():
        assert "failed" not in answer, f"{world}: {answer['failed']}"
    theirs, ours = told["hamilton"]["answers"], told["featurecat"]["answers"]
    assert list(ours) == list(theirs)
    for question, answer in theirs.items():
        assert agreed(ours[question], answer), (question, ours[question], answer)


def agreed(ours: Any, theirs: Any) -> bool:
    """Whether two answers are equal, and an error can be caught as what it is there."""
    if isinstance(ours, dict) and isinstance(theirs, dict) and theirs.keys() == {"raised"} == ours.keys():
        return set(theirs["raised"]) <= set(ours["raised"])
    return bool(ours == theirs)
