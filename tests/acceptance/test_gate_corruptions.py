"""Done: one expectation set for ``examples/flights`` catches twelve corruptions, and stays green on twelve benign changes.

The data are published once; each alteration is published in a copy of the store, as a broken pipeline would do it, and
``featurecat check`` is run on that. The columns are chosen by the alterations themselves, by name: nothing here aims.
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from featurecat.clock import SystemClock
from featurecat.frames.alterations.benign import BENIGN
from featurecat.frames.alterations.change import Alteration, Altered
from featurecat.frames.alterations.corruptions import CORRUPTIONS
from featurecat.project.check.subjects import read_definitions
from featurecat.project.discover import find_project
from featurecat.project.selftest.copying import copied_project
from featurecat.project.selftest.publishing import publish_altered
from featurecat.project.selftest.tables import Aim, Reader, find_aim, published_tables
from featurecat.project.spans import judged_at
from tests.support.projects import Nursery, ShopProject, Told

pytestmark = pytest.mark.component("flights")

KEYS = ["year", "month", "day", "carrier", "flight", "origin"]
ROWS = 336_776


@dataclass(frozen=True)
class Outcome:
    """What ``featurecat check`` made of an alteration."""

    told: Told
    report: dict[str, Any]
    aim: Aim
    altered: Altered

    @property
    def alarms(self) -> list[dict[str, Any]]:
        return [one for one in self.report["results"] if one["outcome"] in ("failed", "unevaluated")]

    def altered_keys(self) -> set[tuple[Any, ...]]:
        """Keys of the rows that were altered."""
        assert self.altered.rows is not None
        rows = self.altered.table.select(KEYS).take(pa.array(self.altered.rows, pa.int64())).to_pylist()
        return {tuple(row.values()) for row in rows}


@pytest.fixture(scope="session")
def prepared(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example in a folder of its own, with its data."""
    root = tmp_path_factory.mktemp("corrupted") / "flights"
    left_out = shutil.ignore_patterns(".featurecat", "__pycache__", "data", "*.parquet")
    shutil.copytree(repository / "examples" / "flights", root, ignore=left_out)
    subprocess.run([sys.executable, str(root / "prepare_data.py")], cwd=root, check=True, capture_output=True)
    return root


@pytest.fixture(scope="session")
def published_flights(prepared: Path, nursery: Nursery) -> dict[str, ShopProject]:
    """What both engines published, each in a store of its own; the gate has seen it and is green."""
    found = {}
    for engine in ("pandas", "polars"):
        project = ShopProject(prepared, nursery)
        project.store = type(project.store)(prepared / f".featurecat-{engine}")
        project.ok("materialize", "--all", "--engine", engine, "--store", project.store.root)
        project.ok("check", "--store", project.store.root)
        found[engine] = project
    return found


@contextlib.contextmanager
def altered_flights(flights: ShopProject, alteration: Alteration) -> Iterator[Callable[[], Outcome]]:
    project, clock = find_project(flights.root, flights.store.root), SystemClock()
    definitions = read_definitions(project)
    as_of = judged_at(project.settings.checks.as_of, clock)
    tables = published_tables(definitions, definitions.checkable(), aimed=(), as_of=as_of)
    aim = find_aim(alteration, tables, Reader(project.store.root))
    assert isinstance(aim, Aim), aim
    altered = alteration.apply(aim.values, aim.target)
    with copied_project(project) as copy:
        publish_altered(copy, aim.table, altered, definitions=definitions, clock=clock)

        def check() -> Outcome:
            answer = copy.store.root.parent / "report.json"
            told = flights.run("check", "--store", copy.store.root, "--report", f"json={answer}")
            return Outcome(told, json.loads(answer.read_text(encoding="utf-8")), aim, altered)

        yield check


#: Exit code, and whether rows at fault are named: what is wrong with a type, an age or a whole file is in no row.
EXPECTED = {
    "null-burst": (1, True),
    "duplicate-keys": (1, True),
    "dtype-drift": (1, False),
    "unit-1000": (1, True),
    "time-zone-shift": (1, True),
    "stale-partition": (1, False),
    "truncated-file": (3, False),
    "category-drift": (1, True),
    "nan-for-null": (1, True),
    "empty-file": (1, False),
    "swapped-values": (1, True),
    "future-timestamps": (1, True),
}


@pytest.mark.parametrize("engine", ["pandas", "polars"])
@pytest.mark.parametrize("name", CORRUPTIONS)
def test_corruptions_are_caught(published_flights: dict[str, ShopProject], name: str, engine: str) -> None:
    flights = published_flights[engine]
    with altered_flights(flights, CORRUPTIONS[name]) as check:
        outcome = check()
    code, named = EXPECTED[name]
    told, alarms = outcome.told, outcome.alarms
    assert (told.code, outcome.report["exit_code"]) == (code, code), (told.out, told.err)
    names = [column.feature for column in outcome.aim.target.columns]
    about = [one for one in alarms if one["feature"] in names] if names else alarms
    assert about, (names, [(one["feature"], one["kind"]) for one in alarms])
    for alarm in about[:5]:
        assert_placed(flights.root, alarm)
    if name != "truncated-file":  # of a file that is broken, features are told together
        assert f"{about[0]['file']}:{about[0]['line']} {about[0]['feature']}: " in told.out
    sample = [row for one in about for row in one["sample"]]
    assert bool(sample) or not named, about
    if named:
        found = {tuple(row[key] for key in KEYS) for row in sample}
        assert found <= outcome.altered_keys()
        assert str(sample[0]["flight"]) in told.out
    if name == "truncated-file":
        assert "part-0.parquet" in told.err and {one["outcome"] for one in alarms} == {"unevaluated"}
        assert len(alarms) == len([one for one in outcome.report["results"] if one["outcome"] != "skipped"])


def assert_placed(root: Path, alarm: dict[str, Any]) -> None:
    """The place is that of the feature: its function with its decorators, or its source in the settings."""
    lines = (root / alarm["file"]).read_text(encoding="utf-8").splitlines()[alarm["line"] - 1 :]
    if alarm["file"] == "pyproject.toml":
        assert lines[0] == f"[tool.featurecat.sources.{alarm['feature']}]"
        return
    number = next(number for number, line in enumerate(lines) if line.startswith("def "))
    name = re.match(r"def (\w+)\(", lines[number])
    assert lines[0].startswith(("@", "def ")) and name is not None
    assert name[1].split("__")[0] == alarm["feature"] or f'"{alarm["feature"]}"' in " ".join(lines[: number + 1])


@pytest.mark.parametrize("name", BENIGN)
def test_benign_changes_stay_green(published_flights: dict[str, ShopProject], name: str) -> None:
    with altered_flights(published_flights["pandas"], BENIGN[name]) as check:
        outcome = check()
    assert outcome.told.code == 0, (outcome.told.out, outcome.told.err)
    assert outcome.alarms == [] and not [one for one in outcome.report["results"] if one["outcome"] == "warned"]
    values = [one for one in outcome.report["results"] if one["rows"] == ROWS]
    assert len(values) > 300 and not any(one["cached_from"] for one in values), "everything was judged anew"


def test_the_command_says_the_same(published_flights: dict[str, ShopProject]) -> None:
    flights = published_flights["pandas"]
    told = flights.ok("selftest", "--store", flights.store.root, "--only", "null-burst,truncated-file")
    assert told.out.splitlines()[-1] == "2 corruptions: 2 noticed"
