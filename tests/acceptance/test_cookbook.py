"""Done: the questions of the cookbook, on ``examples/flights``, from three clients, checked by hand-written Python.

What the answers are compared with is made of snapshot and manifests as they lie in the store, and of the raw columns
that were written down from the function bodies; no SQL and nothing of the product takes part in it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from tests.support.projects import Nursery, ShopProject

pytestmark = pytest.mark.component("flights")

PAGE = Path(__file__).parents[2] / "docs" / "cookbook.md"
WRITTEN = Path(__file__).parent / "expected" / "flights_columns.json"
QUESTIONS = dict(re.findall(r"^## (.+?)\n.*?```sql\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE))
FEW = ["dep_delay_7d", "route", "weather_temperature", "tailnum"]
HELD = ("pass",)

ASK = """
import json, sys
import duckdb
client = duckdb.connect(sys.argv[1], read_only=True)
answers = {title: client.execute(text).fetchall() for title, text in json.load(sys.stdin).items()}
print(json.dumps(answers, default=str))
client.close()
"""

Row = Mapping[str, Any]


class Store:
    """The files of a store as plain data."""

    def __init__(self, root: Path) -> None:
        snapshot = max((root / "snapshots").glob("*.json"))
        self.tables: dict[str, list[Row]] = json.loads(snapshot.read_text(encoding="utf-8"))["tables"]
        manifests = [json.loads(path.read_text(encoding="utf-8")) for path in (root / "manifests").rglob("*.json")]
        self.runs: list[dict[str, Any]] = sorted(manifests, key=lambda run: (run["committed_at"], run["run_id"]))
        self.features = {row["feature"]: row for row in self.tables["features"]}
        self.consumers = self.tables["consumers"]
        self.columns: dict[str, list[str]] = json.loads(WRITTEN.read_text(encoding="utf-8"))["features"]

    def owner_of(self, feature: str) -> str | None:
        owners = {row["owner"] for row in self.tables["owners"] if row["feature"] == feature}
        return ", ".join(sorted(owners)) or None

    def consumers_of(self, feature: str) -> list[str]:
        return sorted(row["consumer"] for row in self.consumers if row["feature"] == feature)

    def named(self, role: str = "feature") -> list[str]:
        return [key for key, row in self.features.items() if row["public"] and row["role"] == role]

    def above(self, feature: str) -> set[str]:
        parents = defaultdict(set)
        for edge in self.tables["edges"]:
            parents[edge["child"]].add(edge["parent"])
        found: set[str] = set()
        waiting = [feature]
        while waiting:
            for parent in parents[waiting.pop()] - found:
                found.add(parent)
                waiting.append(parent)
        return found - {feature}

    def published(self, feature: str) -> tuple[Row, Row] | None:
        """The latest published file of a feature, and its entry in the manifest."""
        for run in reversed(self.runs):
            entries = [one for one in run["features"] if one["feature"] == feature and one["artifact_id"] is not None]
            if run["status"] == "published" and entries:
                files = {one["artifact_id"]: one for one in run["artifacts"]}
                return files[entries[0]["artifact_id"]], entries[0]
        return None

    def verdicts(self) -> dict[tuple[str, str, str], list[tuple[Row, Row]]]:
        """Each expectation's evaluated verdicts, oldest first, with their runs."""
        found = defaultdict(list)
        for run in self.runs:
            for check in run["checks"]:
                if check["status"] != "skip" and not check.get("cached_from"):
                    found[check["feature"], check["variant"], check["check_id"]].append((check, run))
        return found

    def profiles(self) -> dict[str, list[float | None]]:
        found = defaultdict(list)
        for run in self.runs:
            for entry in run["features"]:
                if entry["profile"] is not None:
                    rows, nulls = entry["profile"].get("rows"), entry["profile"].get("nulls")
                    found[entry["feature"]].append(nulls / rows if rows else None)
        return found


def _touched(store: Store) -> list[tuple[Any, ...]]:
    return [
        (feature, store.owner_of(feature), consumer)
        for feature in sorted(store.columns)
        if "flights.tailnum" in store.columns[feature]
        for consumer in store.consumers_of(feature) or [None]
    ]


def _coverage(store: Store) -> list[tuple[Any, ...]]:
    checked = {row["feature"] for row in store.tables["expectations"]}
    by_owner = defaultdict(list)
    for feature in store.named():
        by_owner[store.owner_of(feature)].append(feature)
    rows = [
        (owner, len(own), sum(f not in checked for f in own), sum(store.features[f]["doc"] is None for f in own))
        for owner, own in by_owner.items()
    ]
    return sorted(rows, key=lambda row: (-row[1], row[0]))


def _flips(store: Store) -> list[tuple[Any, ...]]:
    rows = []
    for (feature, _, _), found in store.verdicts().items():
        held = [check["status"] in HELD for check, _ in found]
        flips = sum(before != after for before, after in zip(held, held[1:], strict=False))
        if flips >= 2:
            rows.append((feature, found[0][0]["kind"], flips))
    return sorted(rows, key=lambda row: (-row[2], row[0], row[1]))


def _made_of(store: Store) -> list[tuple[Any, ...]]:
    used = [row["feature"] for row in store.consumers if row["consumer"] == "departure_delay_model"]
    counted = Counter(column for feature in used for column in store.columns[feature])
    rows = [(*column.split("."), count) for column, count in counted.items()]
    return sorted(rows, key=lambda row: (-row[2], row[0], row[1]))


def _deprecated(store: Store) -> list[tuple[Any, ...]]:
    rows = [
        (key, row["sunset"], row["replaced_by"], store.owner_of(key), consumer["consumer"], consumer["owner"])
        for key, row in store.features.items()
        if row["status"] == "deprecated"
        for consumer in store.consumers
        if consumer["feature"] == key
    ]
    return sorted(rows, key=lambda row: (row[1], row[0], row[4]))


def _slowest(store: Store) -> list[tuple[Any, ...]]:
    last = [run for run in store.runs if run["kind"] == "materialize" and run["status"] == "published"][-1]
    timed = [(one["feature"], one["seconds"]) for one in last["features"] if one["seconds"] is not None]
    return sorted(timed, key=lambda row: (-row[1], row[0]))[:5]


def _missing(store: Store) -> list[tuple[Any, ...]]:
    rows = [(f, shares[-1], shares[-2] if len(shares) > 1 else None) for f, shares in store.profiles().items()]
    return sorted((row for row in rows if row[1]), key=lambda row: (-row[1], row[0]))[:10]


def _where(store: Store) -> list[tuple[Any, ...]]:
    found = store.published("dep_delay_7d")
    assert found is not None
    file, entry = found
    return [("dep_delay_7d", file["path"], entry["column"], entry["dtype"], file["rows"])]


def _switches(store: Store) -> list[tuple[Any, ...]]:
    rows = [
        (clause["key"], row["feature"], row["variant"], clause["operator"], clause["value"])
        for row in store.tables["variants"]
        for clause in row["condition"]
    ]
    return sorted(rows, key=lambda row: row[:4])


def _teams(store: Store) -> list[tuple[Any, ...]]:
    owners = defaultdict(set)
    for row in store.tables["owners"]:
        if row["role"] == "owner":
            owners[row["feature"]].add(row["owner"])
    edges = {(edge["parent"], edge["child"]) for edge in store.tables["edges"] if edge["kind"] == "data"}
    counted = Counter(
        (giver, taker)
        for parent, child in edges
        for giver in owners[parent]
        for taker in owners[child]
        if giver != taker
    )
    return sorted(((*teams, count) for teams, count in counted.items()), key=lambda row: (-row[2], row[0], row[1]))


def _carriers(store: Store) -> list[tuple[Any, ...]]:
    features = set(store.named())
    counted = Counter(above for feature in features for above in store.above(feature) & features)
    return sorted(counted.items(), key=lambda row: (-row[1], row[0]))[:5]


def _failing(store: Store) -> list[tuple[Any, ...]]:
    rows = []
    for (feature, _, _), found in store.verdicts().items():
        check, _ = found[-1]
        if check["status"] in ("warn", "fail"):
            streak = [run for _, run in found]
            held = [one["status"] in HELD for one, _ in found]
            since = next(streak[at] for at in range(len(held)) if not any(held[at:]))
            rows.append((feature, check["kind"], check["status"], check["failing_rows"], since["run_id"]))
    return sorted(rows, key=lambda row: (row[0], row[1], (row[3] is None, row[3] or 0)))


def _same(store: Store) -> list[tuple[Any, ...]]:
    """The copy that the fixture plants; no two of the example's own features are the same."""
    return [("route", "way", method, score, "network", "fleet") for method, score in (("body", 1.0), ("profile", 0.95))]


def _set(store: Store) -> list[tuple[Any, ...]]:
    rows = []
    for consumer in store.consumers:
        if (consumer["kind"], consumer["consumer"]) == ("feature set", "before_departure"):
            feature = consumer["feature"]
            run, entry = [(run, one) for run in store.runs for one in run["features"] if one["feature"] == feature][-1]
            kept_back = run["status"] == "published" and entry["artifact_id"] is None
            found = store.published(feature)
            assert found is not None
            dtype = store.features[feature]["dtype"] or entry["dtype"]
            rows.append((feature, dtype, "blocked" if kept_back else run["status"], found[0]["rows"]))
    return sorted(rows)


ANSWERS: dict[str, Callable[[Store], list[tuple[Any, ...]]]] = {
    "Who is touched when a raw column goes away?": _touched,
    "What is unchecked or undocumented, by owner?": _coverage,
    "Which expectations flip?": _flips,
    "What is a model made of?": _made_of,
    "Who still uses what is deprecated?": _deprecated,
    "Which features take the time?": _slowest,
    "What is missing, and where is it growing?": _missing,
    "Where do the values of a feature lie now?": _where,
    "What does a config key switch?": _switches,
    "Which teams build on which?": _teams,
    "What carries the most?": _carriers,
    "What does not hold now, and since when?": _failing,
    "Which features may be one and the same?": _same,
    "What is a set made of, and is all of it published?": _set,
}
#: ``route`` as another team wrote it again, with names of its own.
COPY = '''
import polars as pl
from featurecat import feature


@feature(owner="fleet", dtype="string")
def way(origin: pl.Series, dest: pl.Series) -> pl.Series:
    """From where to where."""
    return origin + "-" + dest
'''


@pytest.fixture(scope="module")
def flights(repository: Path, tmp_path_factory: pytest.TempPathFactory, nursery: Nursery) -> ShopProject:
    """The example with four runs: two on all rows, two on so few that expectations do not hold."""
    root = tmp_path_factory.mktemp("cookbook") / "flights"
    left_out = shutil.ignore_patterns(".featurecat", "__pycache__", "data", "*.parquet")
    shutil.copytree(repository / "examples" / "flights", root, ignore=left_out)
    subprocess.run([sys.executable, str(root / "prepare_data.py")], cwd=root, check=True, capture_output=True)
    pq.write_table(pq.read_table(root / "data" / "flights.parquet").slice(0, 5_000), root / "few.parquet")
    (root / "flight_features" / "fleet_polars.py").write_text(COPY)
    settings = root / "pyproject.toml"
    settings.write_text(settings.read_text().replace("modules = [", 'modules = [\n    "flight_features.fleet_polars",', 1))
    project = ShopProject(root, nursery)
    project.ok("index")
    project.ok("materialize", "--all", "--engine", "polars")
    for inputs in (["--input", "flights=few.parquet"], [], ["--input", "flights=few.parquet"]):
        code = project.run("materialize", *FEW, "--engine", "polars", *inputs).code
        assert code == (1 if inputs else 0)
    project.ok("runs")  # brings the catalog up to date
    return project


@pytest.fixture(scope="module")
def store(flights: ShopProject) -> Store:
    return Store(flights.root / ".featurecat")


def plain(value: Any) -> Any:
    """A value as every client may give it: JSON columns come parsed or as text."""
    if isinstance(value, float):
        return pytest.approx(value, rel=1e-12)
    return value


def agree(found: Sequence[Sequence[Any]], wanted: Sequence[Sequence[Any]], title: str) -> None:
    if title == "What does a config key switch?":
        found = [[*row[:4], json.loads(row[4]) if isinstance(row[4], str) else row[4]] for row in found]
        wanted = [[*row[:4], row[4]] for row in wanted]
    assert [list(row) for row in found] == [[plain(value) for value in row] for row in wanted], title


def test_the_page_has_the_questions_of_the_idea_and_ten_more() -> None:
    assert list(QUESTIONS) == list(ANSWERS)
    assert len(QUESTIONS) >= 13


@pytest.mark.parametrize("title", ANSWERS)
def test_the_sql_command_answers_as_python_does(title: str, flights: ShopProject, store: Store) -> None:
    found = json.loads(flights.ok("sql", QUESTIONS[title], "--json").out)
    wanted = ANSWERS[title](store)
    assert wanted, "a question without an answer shows nothing"
    values = [list(row.values()) for row in found]
    if title == "What does a config key switch?":
        values = [[*row[:4], json.dumps(row[4])] for row in values]
    agree(values, wanted, title)


@pytest.mark.parametrize("title", ANSWERS)
def test_the_current_client_answers_as_python_does(title: str, flights: ShopProject, store: Store) -> None:
    with duckdb.connect(flights.root / ".featurecat" / "catalog.duckdb", read_only=True) as client:
        found = client.execute(QUESTIONS[title]).fetchall()
    agree(found, ANSWERS[title](store), title)


@pytest.mark.component("duckdb14")
def test_the_old_client_answers_as_python_does(flights: ShopProject, store: Store) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ASK, str(flights.root / ".featurecat" / "catalog.duckdb")],
        env={**os.environ, "PYTHONPATH": os.environ["FEATURECAT_DUCKDB14"]},
        input=json.dumps(QUESTIONS),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for title, found in json.loads(done.stdout).items():
        agree(found, ANSWERS[title](store), title)
