"""The forecast example: its README's commands, and its values beside plain pandas."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pandas as pd
import pytest

pytestmark = [pytest.mark.component("flights"), pytest.mark.component("holidays")]


@pytest.fixture(scope="module")
def forecast(tmp_path_factory, repository_path) -> Path:
    root = tmp_path_factory.mktemp("forecast") / "forecast"
    shutil.copytree(
        repository_path / "examples" / "forecast",
        root,
        ignore=shutil.ignore_patterns("data", ".featurecat", "__pycache__", "*.parquet", "out"),
    )
    return root


@pytest.fixture(scope="module")
def repository_path() -> Path:
    return Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def made(forecast):
    """Every command of the README, in order, with what it answered."""
    import subprocess

    answers = {}
    for line in re.findall(r"^    ((?:python|featurecat) [^#\n]*)", (forecast / "README.md").read_text(), re.MULTILINE):
        words = line.strip().replace("featurecat ", f"{sys.executable} -m featurecat ", 1) if line.startswith(
            "featurecat"
        ) else line.strip().replace("python", sys.executable, 1)
        done = subprocess.run(words, shell=True, cwd=forecast, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (line, done.stdout, done.stderr)
        answers[line.strip()] = done.stdout
    return answers


@pytest.fixture(scope="module")
def weeks(forecast, made) -> pd.DataFrame:
    return pd.read_parquet(forecast / "out" / "origin@week.parquet")


@pytest.fixture(scope="module")
def plain(forecast, made) -> pd.DataFrame:
    flights = pd.read_parquet(forecast / "data" / "flights.parquet")
    flights["week"] = flights["local_day"].dt.to_period("W-SUN").dt.start_time.astype("datetime64[us]")
    return flights


def test_the_readmes_commands_run(made):
    assert len(made) == 6
    (explained,) = [out for command, out in made.items() if "explain" in command]
    assert "generate" in explained
    assert "+ week_history.lag_1 ← week_history.amount, week_history.airport" in explained


def test_two_grains_are_two_files(forecast, weeks):
    assert list(weeks.columns[:2]) == ["origin", "week"]
    assert len(weeks) == 159
    assert len(pd.read_parquet(forecast / "out" / "origin@month.parquet")) == 36


def test_departures_are_counted(weeks, plain):
    counted = plain[plain["dep_time"].notna()].groupby(["origin", "week"]).size()
    expected = weeks.set_index(["origin", "week"])["week_departures"]
    assert counted.reindex(expected.index).tolist() == expected.tolist()
    assert weeks["week_departures"].sum() + weeks["week_cancelled"].sum() == 336_776


def test_history_looks_back_within_one_airport(weeks):
    for _, airport in weeks.groupby("origin"):
        before = airport["week_departures"].shift(1)
        pd.testing.assert_series_equal(airport["week_departures_lag_1"], before, check_names=False)
        mean = before.rolling(4, min_periods=1).mean()
        pd.testing.assert_series_equal(airport["week_departures_mean"], mean, check_names=False)


def test_the_month_looks_back_two_periods(forecast, made):
    months = pd.read_parquet(forecast / "out" / "origin@month.parquet")
    airport = months[months["origin"] == "JFK"]
    mean = airport["month_departures"].shift(1).rolling(2, min_periods=1).mean()
    pd.testing.assert_series_equal(airport["month_departures_mean"], mean, check_names=False)


def test_the_country_chooses_the_holidays(forecast, weeks):
    week = pd.Timestamp("2013-11-25")  # Thanksgiving
    assert weeks[weeks["week"] == week]["holidays_in_week"].eq(1).all()
    british = pd.read_parquet(forecast / "gb.parquet")
    assert british[british["week"] == week]["holidays_in_week"].eq(0).all()
    assert british[british["week"] == pd.Timestamp("2013-04-01")]["holidays_in_week"].ge(1).all()


def test_the_weather_lies_on_the_same_index(forecast, weeks):
    weather = pd.read_parquet(forecast / "data" / "weather.parquet")
    weather["week"] = weather["local_day"].dt.to_period("W-SUN").dt.start_time.astype("datetime64[us]")
    rain = weather.groupby(["origin", "week"])["precip"].sum()
    expected = weeks.set_index(["origin", "week"])["week_rain"]
    pd.testing.assert_series_equal(rain.reindex(expected.index), expected, check_names=False, rtol=1e-12)
