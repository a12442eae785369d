"""A code base written for Hamilton, at work in a project: no line of it is touched."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

MODULE = """
import pandas as pd
from hamilton.function_modifiers import check_output, config, extract_columns, tag


@extract_columns("spend", "signups")
def weeks() -> pd.DataFrame:
    \"\"\"Weeks of a campaign.\"\"\"
    return pd.DataFrame({"spend": [1.0, 2.0, 4.0], "signups": [1, 2, 3]})


@tag(owner="data")
@check_output(range=(0, 10), importance="fail")
def spend_per_signup(spend: pd.Series, signups: pd.Series) -> pd.Series:
    \"\"\"What a signup costs.\"\"\"
    return spend / signups


@config.when(region="us")
def rate__us() -> float:
    return 0.1
"""


def featurecat(project: Path, *words: str) -> str:
    """What a command answers."""
    command = [sys.executable, "-m", "featurecat", *words]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(("setting", "option"), [("hamilton = true", []), ("", ["--hamilton"])])
def test_it_is_indexed_listed_shown_and_materialized(tmp_path: Path, setting: str, option: list[str]) -> None:
    (tmp_path / "weeks_of_spend.py").write_text(MODULE)
    (tmp_path / "pyproject.toml").write_text(f'[tool.featurecat]\nmodules = ["weeks_of_spend"]\n{setting}\n')
    assert "4 features and 1 frame" in featurecat(tmp_path, "index", *option)
    listed = featurecat(tmp_path, "list", *option)
    assert "spend_per_signup" in listed
    assert "What a signup costs." in featurecat(tmp_path, "show", "spend_per_signup", *option)
    output = tmp_path / "out.parquet"
    featurecat(tmp_path, "materialize", "spend_per_signup", "--output", str(output), *option)
    assert output.is_file()
