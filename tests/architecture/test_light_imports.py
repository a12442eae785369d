"""Importing featurecat is light: what a command does not need is not loaded."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("pandas", "polars", "pyarrow", "duckdb", "narwhals", "numpy", "sphinx")
CASES = {
    "the package": "import featurecat",
    "the names of a feature module": "from featurecat import driver, tag, check_output, config",
    "every decorator": "import featurecat.function_modifiers as offered; [getattr(offered, n) for n in offered.__all__]",
    "the command line's help": """
from featurecat.cli.main import main
try:
    main(["--help"])
except SystemExit as stop:
    assert not stop.code, stop.code
""",
}


@pytest.mark.parametrize("statement", CASES.values(), ids=CASES.keys())
def test_nothing_heavy_is_loaded(statement: str, repository: Path, tmp_path: Path) -> None:
    report = f"\nimport sys; print('LOADED', *sorted(set({HEAVY!r}) & sys.modules.keys()))"
    environment = {**os.environ, "PYTHONPATH": str(repository)}
    command = [sys.executable, "-W", "error", "-c", statement + report]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].split() == ["LOADED"]
