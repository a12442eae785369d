"""The people example: its README's commands, its values beside plain pandas, and the model that is kept."""

from __future__ import annotations

import json
import os
import pickle
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

PROJECT = Path(__file__).resolve().parents[2] / "examples" / "people"
pytestmark = [pytest.mark.component("people"), pytest.mark.component("scikit-learn")]


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-W", "error", *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("people") / "people"
    left_out = shutil.ignore_patterns("data", ".featurecat", "__pycache__", "*.parquet", "*.pkl", "report.json")
    shutil.copytree(PROJECT, root, ignore=left_out)
    return root


@pytest.fixture(scope="module")
def made(people: Path) -> dict[str, str]:
    """Every command of the README, in order, with what it answered."""
    answers = {}
    text = (people / "README.md").read_text(encoding="utf-8")
    for line in re.findall(r"^    ((?:python|featurecat) [^#\n]*)", text, re.M):
        program, *words = shlex.split(line)
        done = run(people, *(words if program == "python" else ["-m", "featurecat", *words]))
        assert done.returncode == 0, (line, done.stdout, done.stderr)
        answers[line.strip()] = done.stdout
    return answers


@pytest.fixture(scope="module")
def ridge(people: Path, made: dict[str, str]) -> pd.DataFrame:
    return pd.read_parquet(people / "ridge.parquet")


@pytest.fixture(scope="module")
def plain(people: Path, made: dict[str, str]) -> pd.DataFrame:
    return pd.read_parquet(people / "data" / "people.parquet")


def test_the_readmes_commands_run(made: dict[str, str]) -> None:
    assert len(made) == 8
    (explained,) = [said for command, said in made.items() if "explain" in command]
    assert "+ predictors.is_male ← predictors.sex" in explained


def test_everybody_is_there_once(ridge: pd.DataFrame) -> None:
    assert len(ridge) == 1_629
    assert ridge["seqn"].is_unique
    assert ridge["weight_1982_kg"].isna().sum() == 63
    assert ridge["predicted_weight_1982_kg"].notna().all()


def test_units_are_converted(ridge: pd.DataFrame, plain: pd.DataFrame) -> None:
    assert (ridge["height_m"] * 100).round(6).tolist() == plain["ht"].round(6).tolist()
    assert (ridge["height_in"] * 2.54 - plain["ht"]).abs().max() < 0.0128  # half a hundredth of an inch
    assert (ridge["weight_1971_lb"] * 0.45359237 - plain["wt71"]).abs().max() < 0.0023


def test_the_body_mass_index_and_what_follows(ridge: pd.DataFrame, plain: pd.DataFrame) -> None:
    before, after = (plain[name] / (plain["ht"] / 100) ** 2 for name in ("wt71", "wt82"))
    pd.testing.assert_series_equal(ridge["bmi_1971"], before, check_names=False)
    pd.testing.assert_series_equal(ridge["bmi_change"], after - before, check_names=False)
    assert ridge["weight_class_1971"].value_counts().to_dict() == {
        "underweight": int((before < 18.5).sum()),
        "normal": int(before.between(18.5, 25, inclusive="left").sum()),
        "overweight": int(before.between(25, 30, inclusive="left").sum()),
        "obese": int((before >= 30).sum()),
    }


def test_height_is_made_comparable(ridge: pd.DataFrame) -> None:
    assert ridge["height_zero_mean"].mean() == pytest.approx(0, abs=1e-9)
    assert ridge["height_zero_mean_unit_variance"].std() == pytest.approx(1)


def test_polars_gives_the_same_values(people: Path, ridge: pd.DataFrame) -> None:
    polars = pd.read_parquet(people / "body.parquet")
    assert len(polars.columns) == 13
    pd.testing.assert_frame_equal(polars, ridge[list(polars.columns)], rtol=1e-12)


def test_the_model_is_tried_on_people_it_has_not_seen(ridge: pd.DataFrame) -> None:
    tried = ridge[~ridge["is_training"]]
    assert ridge.loc[ridge["is_training"], "weight_1982_kg"].notna().all()
    assert 0.7 < ridge["is_training"].mean() < 0.8
    error = tried["prediction_error_kg"].abs().mean()
    assert error < tried["weight_change_kg"].abs().mean()


def test_the_model_equals_plain_scikit_learn(ridge: pd.DataFrame) -> None:
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    predictors = pd.DataFrame(
        {
            "height_cm": ridge["height_cm"],
            "weight_1971_kg": ridge["weight_1971_kg"],
            "age": ridge["age"].astype(float),
            "age_squared": ridge["age"].astype(float) ** 2,
            "is_male": (ridge["sex"] == "male").astype(float),
            "is_inactive": ((ridge["usual_day"] == "inactive") & (ridge["recreation"] == "little")).astype(float),
            "cigarettes_per_day": ridge["cigarettes_per_day"].astype(float),
        }
    )
    seen = ridge["is_training"]
    pipeline = make_pipeline(StandardScaler(), Ridge(alpha=1.0)).fit(predictors[seen], ridge["weight_1982_kg"][seen])
    assert pipeline.predict(predictors) == pytest.approx(ridge["predicted_weight_1982_kg"].to_numpy())


def test_the_config_chooses_model_and_score(people: Path, ridge: pd.DataFrame) -> None:
    forest = pd.read_parquet(people / "forest.parquet")
    assert forest["seqn"].tolist() == ridge["seqn"].tolist()
    assert not forest["predicted_weight_1982_kg"].equals(ridge["predicted_weight_1982_kg"])
    score = 0.02 * ridge["pack_years"] + 0.1 * ridge["bmi_1971"]
    pd.testing.assert_series_equal(ridge["health_score"], score, check_names=False)
    pd.testing.assert_series_equal(forest["health_score"], score + 0.01 * ridge["age"], check_names=False)


def test_the_model_is_no_column_but_can_be_kept(people: Path, made: dict[str, str], ridge: pd.DataFrame) -> None:
    (told,) = [said for command, said in made.items() if "--all" in command]
    assert "weight_model" in told  # as left out: it has no rows
    assert "weight_model" not in ridge.columns
    refused = run(people, "-m", "featurecat", "materialize", "weight_model", "--config-name", "ridge")
    assert refused.returncode == 2
    assert "weight_model has no rows" in refused.stderr
    kept = pickle.loads((people / "weight_model.pkl").read_bytes())
    assert type(kept).__name__ == "Ridge"
    assert len(kept.coef_) == 7


def test_the_report_tells_of_the_model(people: Path, made: dict[str, str], ridge: pd.DataFrame) -> None:
    tried = ridge[~ridge["is_training"]]
    assert json.loads((people / "report.json").read_text(encoding="utf-8")) == {
        "training_people": int(ridge["is_training"].sum()),
        "error_kg": round(tried["prediction_error_kg"].abs().mean(), 3),
        "error_without_model_kg": round(tried["weight_change_kg"].abs().mean(), 3),
    }
