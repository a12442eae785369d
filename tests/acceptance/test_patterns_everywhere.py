"""The patterns answer alike through compat, natively, and under apache-hamilton; their README's commands run."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

PROJECT = Path(__file__).resolve().parents[2] / "examples" / "patterns"
pytestmark = pytest.mark.component("pandera")


def _run_module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("patterns_run", PROJECT / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


RUN = _run_module()


def answers(*words: str, strict: bool = True) -> dict[str, Any]:
    """What ``python run.py`` prints; featurecat's own worlds are to work without a warning."""
    environment = {**os.environ, "HAMILTON_TELEMETRY_ENABLED": "false", "PYTHONDONTWRITEBYTECODE": "1"}
    if "--apache" in words and (folder := os.environ.get("FEATURECAT_APACHE_HAMILTON")):
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, [folder, os.environ.get("PYTHONPATH", "")]))
    flags = ["-W", "error"] if strict else []
    done = subprocess.run(
        [sys.executable, *flags, "run.py", *words],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, (words, done.stderr)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def commands() -> dict[str, dict[str, Any]]:
    """Every command of the README that runs the patterns, with what it answered."""
    lines = re.findall(r"^    python run\.py *([^#\n]*)", (PROJECT / "README.md").read_text(encoding="utf-8"), re.M)
    return {line.strip(): answers(*line.split()) for line in lines}


@pytest.fixture(scope="module")
def compat(commands: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return commands[""]


@pytest.fixture(scope="module")
def native(commands: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return commands["--native"]


def test_the_readmes_commands_run(commands: dict[str, dict[str, Any]]) -> None:
    assert [*commands] == ["", "--native", "--native pipes"]
    assert [*commands["--native pipes"]] == ["pipes"]


@pytest.mark.parametrize("pattern", RUN.PATTERNS)
def test_compat_and_native_answer_alike(pattern: str, compat: dict[str, Any], native: dict[str, Any]) -> None:
    assert compat[pattern] == native[pattern]


@pytest.fixture(scope="module")
def apache() -> dict[str, Any]:
    return answers("--apache", strict=False)


@pytest.mark.component("hamilton")
@pytest.mark.parametrize("pattern", RUN.PATTERNS)
def test_apache_hamilton_answers_alike(pattern: str, compat: dict[str, Any], apache: dict[str, Any]) -> None:
    assert compat[pattern] == apache[pattern]


# --- what each pattern is about -------------------------------------------------------------------


def test_hello_world(native: dict[str, Any]) -> None:
    found = native["hello_world"]
    assert found["columns"]["takings_three_days"] == [None, None, 120.0, 146.666667]
    assert found["columns"]["visitors_next_week"] == [44.0, 33.0, 66.0, 55.0]
    assert found["mean"] == 140.0
    assert found["owned by the bakery"] == ["takings_per_visitor"]
    assert found["upstream"] == ["mean_takings", "takings", "takings_above_mean"]


def test_one_graph_runs_four_times(native: dict[str, Any]) -> None:
    found = native["reuse_subdags"]
    assert found["guests everywhere"] == [f"{one}.guests" for one in ("guests_by_day", "north", "south", "weekly")]
    assert found["values"]["guests_by_day"] == [2, 2, 0, 0, 0, 0, 1, 1, 2, 1]
    assert found["values"]["weeks"] == [3, 3]
    assert found["values"]["busiest_house"] == "north"


def test_steps_are_nodes_and_follow_the_config(native: dict[str, Any]) -> None:
    celsius, fahrenheit = native["pipes"]["celsius"], native["pipes"]["fahrenheit"]
    assert set(fahrenheit["nodes"]) - set(celsius["nodes"]) == {"temperature.with_fahrenheit"}
    assert celsius["temperature"] == [10.5, 10.5, 12.0, 12.0, 15.5]
    assert fahrenheit["temperature"] == [50.5, 50.5, 53.2, 53.2, 59.5]
    assert celsius["warming"] == [None, None, 2.0, None, 4.0]
    assert (celsius["coldest"], celsius["warmest"]) == (12.5, 17.5)


def test_bad_rows_are_refused(native: dict[str, Any]) -> None:
    found = native["data_quality"]
    assert found["refused"] is True
    assert found["amount_in_cents"] == [2000, 3000]  # a warning lets it through
    assert "orders_pandera_schema_validator" in found["checks"]


def test_threads_give_what_one_thread_gives(native: dict[str, Any]) -> None:
    found = native["parallel_collect"]
    assert found["in threads"] == found["one by one"]
    assert found["in threads"]["richest"] == 5
    assert found["no item"] == {"richest": 0}


def test_requests_are_answered_together(native: dict[str, Any]) -> None:
    assert [one["total"] for one in native["async_service"]["answers"]] == [2.25, 8.0, 2.5]


def test_files_hold_what_was_computed(native: dict[str, Any]) -> None:
    found = native["materializers"]
    assert found["saved"] == ["saved_price", "saved_rooms"]
    assert found["rooms file"] == {"house": ["north", "south"], "price": [80.0, 60.0], "town": ["Kiel", "Ulm"]}
    assert found["summary file"] == {"rooms": 2, "mean_price": 70.0}
    assert found["price file"] == found["mean price"] == 70.0
    assert found["signpost file"] == ["Kiel", "Ulm"]


def test_both_libraries_get_the_same_columns(native: dict[str, Any]) -> None:
    assert native["with_columns"]["alike"] is True
    assert native["with_columns"]["polars"]["stays"]["_per_night"] == [150.0, 100.0, 30.0]


def test_the_diary_keeps_secrets(native: dict[str, Any]) -> None:
    found = native["lifecycle_hooks"]
    assert "salary = ***" in found["diary"]
    assert found["diary"][-2:] == ["quotient failed", "run failed"]
    assert found["failed"] == "ZeroDivisionError"
    assert found["in whole euros"] == {"take_home": 2462.0, "tax": 615.0}


# --- the rewriting --------------------------------------------------------------------------------


def test_only_import_lines_change() -> None:
    text = '"""About hamilton."""\nfrom hamilton.htypes import Collect\nimport hamilton.driver\nname = "hamilton"\n'
    assert RUN.native_text(text) == (
        '"""About hamilton."""\nfrom featurecat import Collect\nimport featurecat.driver\nname = "hamilton"\n'
    )


def test_the_readme_tells_every_name() -> None:
    rows = re.findall(r"^\| `(hamilton[\w.]*)` \| `([\w.]+)` \|$", (PROJECT / "README.md").read_text("utf-8"), re.M)
    assert dict(rows) == RUN.NATIVE_NAMES


def test_every_pattern_is_told_of() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", (PROJECT / "README.md").read_text(encoding="utf-8"), re.M)
    assert tuple(row for row in rows if row != "hamilton") == RUN.PATTERNS


def test_no_pattern_has_another_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert RUN.main(["goodbye_world"]) == 2
    assert "goodbye_world is not known" in capsys.readouterr().err
