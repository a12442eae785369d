"""``featurecat show``: profiles as sparklines, expectations with their history, on terminals of every kind."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from featurecat.cli.sparklines import figure_text, sign_legend, sparkline, statuses
from featurecat.project.profiling import profiles, profiles_in_memory
from featurecat.records import Manifest
from featurecat.storage.manifest import dump_manifest
from featurecat.storage.parquet import read_columns
from tests.support.projects import ShopProject


def add_run(shop: ShopProject, day: int, status: str, **changes: Any) -> Manifest:
    """A further run like the first one, some days later, with one verdict on ``net_amount``."""
    first = shop.manifests()[0]
    run_id = f"0199{day:04}-0000-7000-8000-000000000000"
    moment = f"2027-01-{day:02}T10:00:00.000000Z"
    check = next(check for check in first.checks if check.feature == "net_amount")
    checks = (replace(check, status=status, **changes),)
    run = replace(first, run_id=run_id, committed_at=moment, kind="check", status="checked", checks=checks)
    run = replace(run, artifacts=(), features=())
    path = shop.store.manifest_path(run_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(dump_manifest(run))
    return run


def add_profiles(shop: ShopProject, shift: float = 0.0) -> None:
    """Profiles for the features of every run that has none, as materialize makes them."""
    for manifest in shop.manifests():
        if not manifest.artifacts:
            continue
        path = shop.store.root / manifest.artifacts[0].path
        found = profiles(path, [record.column for record in manifest.features if record.column is not None])
        records = [replace(record, profile=found[record.column or ""]) for record in manifest.features]
        target = shop.store.manifest_path(manifest.run_id)
        target.chmod(0o644)
        target.write_bytes(dump_manifest(replace(manifest, features=tuple(records))))
    shop.store.catalog.unlink()
    shop.ok("index")


def section(text: str, title: str) -> list[str]:
    return text.partition(f"\n{title}")[2].partition("\n\n")[0].splitlines()[1:]


@pytest.fixture
def checked(shop: ShopProject) -> ShopProject:
    """The project with two features published, one of them checked six times since."""
    shop.ok("materialize", "net_amount", "unit_price")
    verdicts = ["pass", "fail", "skip", "error", "fail"]
    for day, status in enumerate(verdicts, 1):
        add_run(shop, day, status, failing_rows=1 if status == "fail" else None, rows=20)
    add_run(shop, 6, "fail", failing_rows=1, rows=20, cached_from="0199")
    add_profiles(shop)
    return shop


def test_a_profile_is_drawn(checked: ShopProject) -> None:
    assert section(checked.ok("show", "net_amount", "--no-source").out, "profile") == [
        "  values        20, none missing; 20 different",
        "  range         9 … 180, median 94.5",
        "  mean          94.5, deviation 53.24",
        "  distribution  ████████████████████",
    ]


def test_history_is_a_line_of_signs(checked: ShopProject) -> None:
    told = section(checked.ok("show", "net_amount", "--no-source").out, "expectations")
    assert told[1].split()[-1] == "✓✓✗–?✗="
    assert told[2:] == [
        "  ? not evaluated, – skipped, = taken over from a run before",
        "  range has not held since 2027-01-02 10:00",
    ]


def test_json_has_everything(checked: ShopProject) -> None:
    (found,) = checked.ok("show", "net_amount", "--json").rows
    (profile,) = found["profiles"]
    assert (profile["kind"], profile["mean"], len(profile["histogram"]["counts"])) == ("number", 94.5, 20)
    (expectation,) = found["expectations"]
    assert [one["status"] for one in expectation["history"]] == [
        "pass", "pass", "fail", "skip", "error", "fail", "fail",
    ]  # fmt: skip
    assert (expectation["flips"], expectation["share"], expectation["cached_from"]) == (1, 0.05, "0199")
    assert expectation["failing_since"] == "01990002-0000-7000-8000-000000000000"


@pytest.mark.parametrize("columns", [80, 60])
def test_it_fits_the_terminal(checked: ShopProject, columns: int) -> None:
    told = checked.ok("show", "net_amount", "--no-source", terminal=True, columns=columns)
    styled = len("\x1b[1m\x1b[0m")
    wide = [line for line in told.out.splitlines() if len(line) - (styled if "\x1b" in line else 0) > columns]
    assert not wide
    assert "✓✓✗–?✗=" in told.out


def test_a_terminal_that_writes_ascii_alone(checked: ShopProject) -> None:
    command = [sys.executable, "-W", "error", "-m", "featurecat", "show", "net_amount", "--no-source"]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    environment["PYTHONPATH"] = os.pathsep.join(entry for entry in sys.path if entry)
    told = subprocess.run(command, cwd=checked.root, env=environment, capture_output=True, check=True)
    text = told.stdout.decode("ascii")
    assert section(text, "expectations")[1].split()[-1] == "..FsEF="
    assert section(text, "profile")[1] == "  range         9 .. 180, median 94.5"
    assert section(text, "profile")[3] == "  distribution  ####################"


def test_what_was_never_profiled_or_checked_has_neither(published: ShopProject) -> None:
    told = published.ok("show", "unit_price", "--no-source").out
    assert "\nprofile" not in told and "\nexpectations" not in told


def test_a_frame_has_a_line_a_column(shop: ShopProject) -> None:
    shop.ok("materialize", "orders")
    add_profiles(shop)
    lines = section(shop.ok("show", "orders").out, "profile")
    assert [line.split() for line in lines] == [
        ["column", "values", "distribution", "from", "to", "missing"],
        ["amount", "20", "████████████████████", "10", "200", "0", "%"],
        ["customer", "20", "█████", "1", "5", "0", "%"],
        ["note", "20", "0", "%"],
        ["pieces", "20", "▇██", "1", "3", "0", "%"],
    ]


def test_trends_over_runs(shop: ShopProject) -> None:
    shop.ok("materialize", "net_amount")
    shop.replace("order_features.py", "DISCOUNT = 0.1", "DISCOUNT = 0.2")
    shop.ok("materialize", "net_amount")
    add_profiles(shop)
    assert section(shop.ok("show", "net_amount").out, "profile")[-1] == "  mean was      █▁  94.5 to 84 in 2 runs"


def test_texts_show_what_is_most_frequent(shop: ShopProject) -> None:
    shop.add_module(
        "noted",
        "import pandas as pd\n\n\ndef kind(orders: pd.DataFrame) -> pd.Series:\n    return orders['note'].str[:6]\n",
    )
    shop.ok("materialize", "kind")
    add_profiles(shop)
    (_, line) = section(shop.ok("show", "kind").out, "profile")
    assert line == "  most often    note 1 55 %, note 2 10 %, note 3 5 %, note 4 5 %, note 5 5 %"


# --- characters -------------------------------------------------------------------------------------


@given(st.lists(st.none() | st.floats(), max_size=30), st.booleans(), st.booleans())
def test_every_figure_has_one_character(figures: list[float | None], unicode: bool, from_zero: bool) -> None:
    drawn = sparkline(figures, unicode=unicode, from_zero=from_zero)
    assert len(drawn) == len(figures)
    assert unicode or drawn.isascii()
    assert all(
        bar == " " for bar, figure in zip(drawn, figures, strict=True) if figure is None or not math.isfinite(figure)
    )


@given(st.lists(st.floats(-1e300, 1e300), min_size=2, max_size=20))
def test_higher_bars_are_higher_figures(figures: list[float]) -> None:
    heights = ["▁▂▃▄▅▆▇█".index(bar) for bar in sparkline(figures)]
    assert [heights[place] for place in sorted(range(len(figures)), key=figures.__getitem__)] == sorted(heights)


def test_what_is_rare_is_not_drawn_as_nothing() -> None:
    assert sparkline([0, 1, 1_000_000], from_zero=True) == " ▁█"
    assert sparkline([2.0, 2.0]) == "▁▁"


def test_signs_in_ascii() -> None:
    history = [
        {"status": status, "cached_from": None}
        for status in ("pass", "fail", "warn", "error", "skip", "no_data", "later")
    ]
    assert statuses(history, unicode=False) == ".FWEsnE"
    assert sign_legend(history[:2]) == ""
    assert sign_legend(history[2:4], unicode=False) == "W warned, E not evaluated"


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        (0, "0"),
        (-12.5, "-12.5"),
        (99999.4, "99,999"),
        (1e20, "1e+20"),
        (10**18, "1e+18"),
        (True, "True"),
        ("a\nb", "a b"),
    ],
)
def test_figures_as_text(figure: Any, text: str) -> None:
    assert figure_text(figure) == text


def test_profiles_of_files_and_of_memory_are_the_same_and_keep_secrets(published: ShopProject) -> None:
    path = published.store.root / published.manifests()[0].artifacts[0].path
    names = [record.column for record in published.manifests()[0].features if record.column is not None]
    assert profiles(path, names) == profiles_in_memory(read_columns(path, names))
    told = profiles_in_memory({"login": ["hunter2"]}, told=lambda profile: {**profile, "top": "***"})
    assert "hunter2" not in str(told["login"]["top"])
