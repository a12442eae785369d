"""Decorators of apache-hamilton, met where nobody asked for compatibility."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import os, sys
sys.path[:0] = [folder for folder in [os.environ.get("FEATURECAT_APACHE_HAMILTON")] if folder]
import types
from hamilton.function_modifiers import tag
from featurecat.definition.collect import collect

@tag(owner="me")
def marked(a: int) -> int:
    return a

def plain(a: int) -> int:
    return a

module = types.ModuleType("features")
for function in (marked, plain):
    function.__module__ = "features"
    setattr(module, function.__name__, function)
for problem in collect([module]).problems:
    print(problem.code, problem.line, problem.message, problem.hint)
"""


@pytest.mark.component("hamilton")
def test_they_are_a_problem_and_not_ignored(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    environment = {**os.environ, "HAMILTON_TELEMETRY_ENABLED": "false"}
    done = subprocess.run(
        [sys.executable, str(program)], capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.strip().splitlines()
    assert line.startswith("invalid-modifier 8 marked has decorators of apache-hamilton, which mean nothing here: tag")
    assert "--hamilton" in line
