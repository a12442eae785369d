"""A code base written for Hamilton is indexed, listed, shown, explained, materialized and run without an edit."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

PROJECT = Path(__file__).resolve().parents[2] / "examples" / "hamilton"
pytestmark = pytest.mark.component("flights")


def python(folder: Path, *words: str, path: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "HAMILTON_TELEMETRY_ENABLED": "false"}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [path, os.environ.get("PYTHONPATH", "")]))
    command = [sys.executable, *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def answer(folder: Path, *words: str, path: str = "") -> str:
    done = python(folder, *words, path=path)
    assert done.returncode == 0, (words, done.stdout, done.stderr)
    return done.stdout


def copied(folder: Path) -> Path:
    left_out = shutil.ignore_patterns("data", "out", ".featurecat", "__pycache__", "*.parquet")
    shutil.copytree(PROJECT, folder, ignore=left_out)
    return folder


def commands() -> dict[str, list[str]]:
    """The README's commands by their lines, the program's name left out of the words."""
    text = (PROJECT / "README.md").read_text(encoding="utf-8")
    lines = re.findall(r"^    ((?:python|featurecat) [^#\n]*)", text, re.M)
    return {line.strip(): shlex.split(line) for line in lines}


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(tmp_path_factory.mktemp("hamilton") / "fleet")


@pytest.fixture(scope="module")
def made(fleet: Path) -> dict[str, str]:
    """What the README's commands answer, in order."""
    return {
        line: answer(fleet, "-W", "error", *(words if program == "python" else ["-m", "featurecat", *words]))
        for line, (program, *words) in commands().items()
    }


def said(made: dict[str, str], word: str) -> str:
    (found,) = [text for line, text in made.items() if f"--hamilton {word} " in f"{line} "]
    return found


@pytest.fixture(scope="module")
def report(fleet: Path, made: dict[str, str]) -> dict[str, Any]:
    """What ``run.py`` prints through compat."""
    (text,) = [text for line, text in made.items() if "run.py" in line]
    found: dict[str, Any] = json.loads(text)
    return found


def test_the_code_has_never_heard_of_featurecat() -> None:
    texts = [path.read_text(encoding="utf-8") for path in [*(PROJECT / "fleet").glob("*.py"), PROJECT / "run.py"]]
    assert len(texts) == 6
    assert not [text for text in texts if "featurecat" in text]
    assert sum("from hamilton" in text for text in texts) == 5


def test_it_is_indexed_and_listed(made: dict[str, str]) -> None:
    assert re.search(r"\b29 added", said(made, "index"))
    names = [line.split()[0] for line in said(made, "list").splitlines()[1:] if line.strip()]
    assert {"age", "maker", "is_more_even", "tailnum", "seats"} <= set(names)
    assert "departures" not in names  # another team's


def test_a_feature_is_shown_with_its_check(made: dict[str, str]) -> None:
    shown = said(made, "show")
    assert "Age of the plane; missing where nobody knows when it was built." in shown
    assert "fleet-team" in shown
    assert re.search(r"range +low=0, high=80 +warn", shown)
    assert "fleet/aircraft.py" in shown


def test_a_pipe_is_explained_step_by_step(made: dict[str, str]) -> None:
    explained = said(made, "explain")
    assert "+ maker.with_renamed ← maker.raw" in explained
    assert "fleet/aircraft.py" in explained


def test_what_is_materialized_is_what_the_program_computes(
    fleet: Path, made: dict[str, str], report: dict[str, Any]
) -> None:
    materialized = pd.read_parquet(fleet / "fleet.parquet")
    written = pd.read_csv(fleet / "out" / "report.csv")
    assert len(materialized) == len(written) == report["rows"] == 3_322
    for name in materialized.columns:
        left, right = materialized[name], written[name]
        pd.testing.assert_series_equal(left, right, check_dtype=False)
    flown = pd.read_parquet(fleet / "flown.parquet")
    assert list(flown.columns) == ["departures", "miles_per_engine"]
    assert (flown["departures"] >= 0).all()


def test_the_program_runs(fleet: Path, report: dict[str, Any]) -> None:
    assert report["leading maker"] == "Boeing"
    assert report["more even"] is True
    assert sum(report["sizes"].values()) == 3_322
    assert report["saved"] == ["report_file"]
    assert report["ages saved"] == len(pd.read_csv(fleet / "out" / "ages.csv")) == 3_322


@pytest.mark.component("hamilton")
def test_apache_hamilton_computes_the_same(tmp_path: Path, fleet: Path, report: dict[str, Any]) -> None:
    theirs = copied(tmp_path / "theirs")
    shutil.copytree(fleet / "data", theirs / "data")
    told = answer(theirs, "run.py", path=os.environ.get("FEATURECAT_APACHE_HAMILTON", ""))
    assert json.loads(told) == report
    for name in ("report.csv", "ages.csv"):
        pd.testing.assert_frame_equal(pd.read_csv(theirs / "out" / name), pd.read_csv(fleet / "out" / name))


def test_the_other_variant_needs_only_another_config(fleet: Path, made: dict[str, str]) -> None:
    options = ["--config", "planes_path=data/planes.csv", "--config", "sizes=coarse", "-o", "coarse.parquet"]
    answer(fleet, "-m", "featurecat", "--hamilton", "materialize", "size", *options)
    coarse, fine = (pd.read_parquet(fleet / f"{name}.parquet")["size"] for name in ("coarse", "fleet"))
    assert set(coarse) == {"small", "large"}
    assert set(fine) == {"small", "middle", "large"}


# --- the setting, and none ------------------------------------------------------------------------


def test_the_setting_says_what_the_option_says(tmp_path: Path, fleet: Path, made: dict[str, str]) -> None:
    project = copied(tmp_path / "setting")
    shutil.copytree(fleet / "data", project / "data")
    settings = project / "pyproject.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("[tool.featurecat]\n", "[tool.featurecat]\nhamilton = true\n"), encoding="utf-8")
    assert answer(project, "-m", "featurecat", "index") == said(made, "index")
    (words,) = [words for words in commands().values() if "fleet.parquet" in words]
    answer(project, "-m", "featurecat", *words[2:])
    pd.testing.assert_frame_equal(*(pd.read_parquet(one / "fleet.parquet") for one in (project, fleet)))
