"""Done: search over names, documentation, tags, owners, columns and units, ranked and typo-tolerant.

The questions were written from the names and documentation of the examples before the search was.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from featurecat.catalog.catalog import Catalog
from tests.support.projects import REPOSITORY, Nursery, ShopProject

#: Project, question, what must be found, and at which place at the latest.
QUESTIONS = [
    ("flights", "dep_delay_7d", "dep_delay_7d", 1),
    ("flights", "dep delay 7d", "dep_delay_7d", 1),
    ("flights", "departure delay", "dep_delay", 3),
    ("flights", "dep_dleay", "dep_delay", 1),
    ("flights", "arrival delay carrier", "carrier_arr_delay_7d", 1),
    ("flights", "arival delay", "arr_delay", 3),
    ("flights", "late departure", "is_late_departure", 1),
    ("flights", "cancelled", "is_cancelled", 1),
    ("flights", "canceled flights share", "cancelled_share_7d", 1),
    ("flights", "holiday", "is_holiday", 1),
    ("flights", "days until holiday", "days_to_holiday", 1),
    ("flights", "holliday", "is_holiday", 2),
    ("flights", "wind speed", "weather_wind_speed", 1),
    ("flights", "metres per second", "wind_metres_per_second", 1),
    ("flights", "temprature celsius", "temperature_celsius", 1),
    ("flights", "humidity", "weather_humidity", 1),
    ("flights", "millibars", "weather_pressure", 1),
    ("flights", "rain and snow", "precipitation_24h", 2),
    ("flights", "age of the aircraft", "plane_age", 3),
    ("flights", "plane age", "plane_age", 1),
    ("flights", "manufacturer", "plane_manufacturer", 1),
    ("flights", "manufaturer family", "manufacturer_family", 1),
    ("flights", "seat miles", "seat_miles", 1),
    ("flights", "seats on the route", "route_mean_seats_28d", 1),
    ("flights", "weekend", "is_weekend", 1),
    ("flights", "weekday", "day_of_week", 3),
    ("flights", "day of week", "day_of_week", 1),
    ("flights", "midnight minutes", "minutes_since_midnight", 1),
    ("flights", "distanceBand", "distance_band", 1),
    ("flights", "registration", "tailnum", 1),
    ("flights", "kilometres", "distance_kilometres", 1),
    ("flights", "kilometers", "distance_kilometres", 1),
    ("flights", "severity of the weather", "weather_severity", 1),
    ("flights", "precip", "weather_precipitation", 2),
    ("flights", "aircraft rotation", "hours_since_aircraft_flight", 4),
    ("flights", "congestion", "congestion", 1),
    ("people", "body mass index", "bmi_1971", 3),
    ("people", "bmi change", "bmi_change", 1),
    ("people", "cigarettes", "cigarettes_per_day", 1),
    ("people", "cigaretes per day", "cigarettes_per_day", 1),
    ("people", "weight kilograms 1982", "weight_1982_kg", 1),
    ("people", "height inches", "height_in", 1),
    ("people", "standard deviation of height", "height_std_dev", 1),
    ("people", "years of smoking", "years_smoked", 2),
    ("people", "prediction error", "prediction_error_kg", 1),
    ("people", "predicted wieght", "predicted_weight_1982_kg", 1),
    ("people", "exercise", "recreation", 1),
    ("people", "score_weights", "health_score", 1),
]


@pytest.fixture(scope="module")
def projects(repository: Path, tmp_path_factory: pytest.TempPathFactory, nursery: Nursery) -> dict[str, ShopProject]:
    """The examples, indexed in folders of their own; their data are not needed for that."""
    made = {}
    for name in ("flights", "people"):
        root = tmp_path_factory.mktemp("search") / name
        left_out = shutil.ignore_patterns(".featurecat", "__pycache__", "data", "*.parquet")
        shutil.copytree(repository / "examples" / name, root, ignore=left_out)
        made[name] = ShopProject(root, nursery)
        made[name].ok("index")
    return made


@pytest.mark.component("scikit-learn")
@pytest.mark.parametrize(("project", "question", "wanted", "place"), QUESTIONS, ids=[one[1] for one in QUESTIONS])
def test_what_is_meant_comes_first(
    projects: dict[str, ShopProject], project: str, question: str, wanted: str, place: int
) -> None:
    with Catalog.open(projects[project].store.catalog) as catalog:
        rows = catalog.search(question)
    assert wanted in [row["feature"] for row in rows[:place]], [(row["feature"], row["score"]) for row in rows[:6]]


@pytest.mark.component("scikit-learn")
def test_the_command_and_the_macro_answer_alike(projects: dict[str, ShopProject]) -> None:
    for project, question, _, _ in QUESTIONS[::9]:
        told = projects[project].ok("search", question, "--json", "--limit", "1000").rows
        asked = projects[project].ok("sql", f"SELECT feature, score FROM search('{question}')", "--json").rows
        assert [(row["feature"], row["score"]) for row in told] == [(row["feature"], row["score"]) for row in asked]


@pytest.mark.component("scikit-learn")
@pytest.mark.component("duckdb14")
def test_every_client_orders_alike(projects: dict[str, ShopProject], duckdb14_directory: Path) -> None:
    program = """
import json, sys
from pathlib import Path
from featurecat.catalog.catalog import Catalog
questions = json.loads(sys.argv[2])
with Catalog.open(Path(sys.argv[1])) as catalog:
    print(json.dumps([[row["feature"] for row in catalog.search(question)] for question in questions]))
"""
    questions = [question for project, question, _, _ in QUESTIONS if project == "flights"]
    answers = []
    for extra in ([], [str(duckdb14_directory)]):
        done = subprocess.run(
            [sys.executable, "-c", program, str(projects["flights"].store.catalog), json.dumps(questions)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join([*extra, str(REPOSITORY)])},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        answers.append(json.loads(done.stdout))
    assert answers[0] == answers[1]


def test_every_field_is_searched_and_told(shop: ShopProject) -> None:
    shop.replace("order_features.py", '"""What is left."""', '"""What is left.\n\n    Of every zeppelin.\n    """')
    shop.ok("index")
    found = {
        "net amount": ("net_amount", "name: net, amount"),
        "discount": ("net_amount", "summary: discount"),
        "zeppelin": ("margin", "doc: zeppelin"),
        "sales": ("margin", "tag: sales"),
        "crm": ("age_in_years", "owner: crm"),
        "EUR": ("net_amount", "unit: eur"),
    }
    for question, (feature, why) in found.items():
        rows = shop.ok("search", question, "--json").rows
        (row,) = [row for row in rows if row["feature"] == feature]
        field, _, words = why.partition(": ")
        assert set(row["why"]) == {f"{field}: {word}" for word in words.split(", ")}, question
        assert why in shop.ok("search", question).out


def test_few_are_shown_and_nothing_is_explained(shop: ShopProject) -> None:
    shop.ok("index")
    told = shop.ok("search", "amount", "--limit", "1")
    assert len(told.out.splitlines()) == 2 and "--limit shows them" in told.err
    assert max(map(len, shop.ok("search", "amount", terminal=True).out.splitlines())) <= 80
    nothing = shop.run("search", "xylophone")
    assert nothing.code == 2 and "nothing fits 'xylophone'" in nothing.err
    assert "no word" in shop.run("search", "?!").err
    assert [row["feature"] for row in shop.ok("search", "it's \\ % _ net", "--json").rows][0] == "net_amount"


def test_generated_and_hidden_nodes_are_not_found(shop: ShopProject) -> None:
    shop.ok("index")
    rows = shop.ok("search", "margin raw validator", "--json").rows
    assert [row["feature"] for row in rows] == ["margin"]


@pytest.mark.parametrize("words", [["search", "net"], ["similar"]], ids=" ".join)
def test_asking_loads_duckdb_alone(shop: ShopProject, words: list[str]) -> None:
    shop.ok("index")
    program = (
        f"from featurecat.cli.main import main; assert main({words!r}) == 0; import sys;"
        " print(*sorted({'pandas', 'polars', 'pyarrow', 'numpy', 'narwhals', 'duckdb'} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=shop.root, env={**os.environ, "PYTHONPATH": str(REPOSITORY)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == "duckdb"
