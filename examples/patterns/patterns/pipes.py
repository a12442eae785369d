"""Pipes: small steps before and after a function, some of them only under a config."""

import sys

import pandas as pd
from hamilton import driver
from hamilton.function_modifiers import apply_to, mutate, pipe_input, pipe_output, source, step, value


def _without(reading: pd.Series, impossible: float) -> pd.Series:
    return reading.where(reading != impossible)


def _filled(reading: pd.Series, most: int) -> pd.Series:
    return reading.ffill(limit=most)


def _fahrenheit(reading: pd.Series) -> pd.Series:
    return reading * 9 / 5 + 32


def _rounded(reading: pd.Series, digits: int = 1) -> pd.Series:
    return reading.round(digits)


@pipe_input(
    step(_without, impossible=-99.0),
    step(_filled, most=source("longest_gap")).named("filled"),
    step(_fahrenheit).when(scale="fahrenheit"),
)
def temperature(reading: pd.Series, offset: float) -> pd.Series:
    """The thermometer's reading, put right."""
    return reading + offset


@pipe_output(step(_rounded, digits=value(0)).named("whole"), step(_without, impossible=0.0))
def warming(temperature: pd.Series) -> pd.Series:
    """How much warmer than before, in whole degrees; no change is left out."""
    return temperature.diff()


def coldest(temperature: pd.Series) -> float:
    """The lowest temperature."""
    return float(temperature.min())


def warmest(temperature: pd.Series) -> float:
    """The highest temperature."""
    return float(temperature.max())


@mutate(coldest, apply_to(warmest, margin=source("margin")))
def _with_margin(extreme: float, margin: float = -1.0) -> float:
    """To be on the safe side."""
    return extreme + margin


def _run() -> dict:
    """The same functions under two configs; each step is a node that can be asked for."""
    reading = pd.Series([10.0, -99.0, 11.5, 11.5, 15.0])
    inputs = {"reading": reading, "offset": 0.5, "longest_gap": 1, "margin": 2.0}
    answers = {}
    for scale in ("celsius", "fahrenheit"):
        dr = driver.Builder().with_modules(sys.modules[__name__]).with_config({"scale": scale}).build()
        nodes = [one.name for one in dr.list_available_variables() if one.name.startswith(("temp", "warm", "cold"))]
        found = dr.execute(["temperature", "temperature.filled", "warming", "coldest", "warmest"], inputs=inputs)
        answers[scale] = {"nodes": sorted(nodes)} | {
            name: one.astype(object).where(one.notna(), None).tolist() if isinstance(one, pd.Series) else one
            for name, one in found.items()
        }
    return answers
