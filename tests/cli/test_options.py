"""What every command has in common: options on either side, streams, formats, terminals, exit codes."""

from __future__ import annotations

import csv
import io
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from featurecat.cli.main import COMMANDS
from featurecat.version import VERSION
from tests.support.projects import ShopProject

QUESTIONS = [
    ("list",),
    ("show", "margin"),
    ("lineage", "margin"),
    ("inputs", "margin"),
    ("runs",),
    ("sql", "SELECT feature FROM public_features"),
]
ANSI = re.compile(r"\x1b\[")
STYLES = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize("words", QUESTIONS, ids=lambda words: words[0])
def test_shared_options_stand_before_or_after_the_command(published: ShopProject, words: tuple[str, ...], tmp_path: Path) -> None:
    elsewhere = {"directory": str(tmp_path)}
    plain = published.ok(*words, "--json")
    root = str(published.root)
    assert published.ok("-C", root, "--json", *words, **elsewhere).rows == plain.rows
    assert published.ok(*words, "-C", root, "--json", **elsewhere).rows == plain.rows
    assert published.ok("--json", *words, "-C", root, **elsewhere).rows == plain.rows
    assert published.ok(*words, "--json", environment={"FEATURECAT_PROJECT": root}, **elsewhere).rows == plain.rows
    assert isinstance(plain.rows, dict if words[0] == "lineage" else list)


def test_store_by_option_and_environment(published: ShopProject, tmp_path: Path) -> None:
    published.store.root.rename(tmp_path / "elsewhere")
    there = str(tmp_path / "elsewhere")
    for told in (
        published.ok("--store", there, "runs", "--json"),
        published.ok("runs", "--store", there, "--json"),
        published.ok("runs", "--json", environment={"FEATURECAT_STORE": there}),
        published.ok("runs", "--json", "--store", there, environment={"FEATURECAT_STORE": "absent"}),
    ):
        assert len(told.rows) == 1
    assert not published.store.root.exists()


def test_version() -> None:
    command = [sys.executable, "-m", "featurecat.cli.main", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == f"featurecat, version {VERSION}\n"


@pytest.mark.parametrize("words", [*QUESTIONS, ("index",), ("materialize", "margin"), ("export", "latest", "-o", "x.parquet")], ids=lambda words: words[0])
def test_pipes_get_no_colours_and_quiet_no_notices(published: ShopProject, words: tuple[str, ...]) -> None:
    told = published.ok(*words)
    assert not ANSI.search(told.out + told.err)
    quiet = published.ok(*words, "--quiet")
    assert quiet.err == ""


@pytest.mark.parametrize("command", [None, *COMMANDS])
def test_help(shop: ShopProject, command: str | None, golden) -> None:
    words = ["--help"] if command is None else [command, "--help"]
    told = shop.ok(*words, environment={"COLUMNS": "100"})
    assert told.err == ""
    assert shop.ok(*words[:-1], "-h", environment={"COLUMNS": "100"}).out == told.out
    golden(told.out, f"help_{command or 'featurecat'}.txt")


def test_every_module_of_a_command_is_listed(repository: Path) -> None:
    texts = {path.stem: path.read_text(encoding="utf-8") for path in (repository / "featurecat" / "cli").glob("*.py")}
    assert {name for name, text in texts.items() if "@click.command(" in text or "@click.group(\"docs" in text} == set(COMMANDS)
    for name, summary in COMMANDS.items():
        assert f'("{name}", short_help="{summary}")' in texts[name]


def test_csv(published: ShopProject) -> None:
    rows = list(csv.DictReader(io.StringIO(published.ok("list", "--csv").out)))
    assert [row["feature"] for row in rows] == [row["feature"] for row in published.ok("list", "--json").rows]
    assert rows[2]["tags"] == "team=sales"
    told = published.ok("sql", "SELECT feature, n_checks FROM public_features ORDER BY 1", "--csv")
    assert told.out.splitlines()[:2] == ["feature,n_checks", "age_in_years,0"]
    assert published.ok("sql", "SELECT 1 AS one WHERE false", "--csv").out == "one\n"


def test_sql_from_standard_input(published: ShopProject) -> None:
    told = published.ok("sql", "-", "--json", stdin="SELECT count(*) AS features FROM public_features")
    assert told.rows == [{"features": 6}]


# --- terminals ------------------------------------------------------------------------------------


def test_a_terminal_gets_lines_that_fit(published: ShopProject) -> None:
    lengthy = "of everything, after all is said and done"
    published.replace("order_features.py", "What is left.", f"What is left {lengthy} {lengthy}")
    published.ok("materialize", "--all")
    for words in [*QUESTIONS, ("index",), ("materialize", "margin"), ("materialize", "margin", "--dry-run")]:
        for columns in (80, 120):
            told = published.ok(*words, terminal=True, columns=columns)
            assert ANSI.search(told.out) or words[0] in ("index", "lineage") or "--dry-run" in words
            lines = STYLES.sub("", told.out).splitlines()
            # what somebody wrote is not cut where it stands alone
            assert [line for line in lines if len(line) > columns and lengthy not in line] == []
        plain = published.ok(*words, terminal="both", environment={"NO_COLOR": "1"})
        assert not STYLES.search(plain.out)
    told = published.run("show", "absent", terminal="both", environment={"NO_COLOR": "1"})
    assert told.code == 2 and not STYLES.search(told.out)
    assert STYLES.search(published.run("show", "absent", terminal="both").out)


def test_long_grains_and_tags_leave_room_for_the_summary(shop: ShopProject) -> None:
    shop.replace("pyproject.toml", 'key = ["order"]', 'key = ["order", "customer", "amount", "pieces"]')
    shop.replace("order_features.py", '@tag(team="sales")', '@tag(team="sales", reviewed_by="the council of elders")')
    shop.ok("index")
    shown = STYLES.sub("", shop.ok("list", terminal=True).out)
    assert "Amount without …" in shown and "order+customer+amount+p…" in shown
    assert "order+customer+amount+pieces" in shop.ok("list").out
    told = shop.ok("list", "module:order_features", terminal=True)
    assert "4 features, grain order+customer+amount+pieces" in told.err
    assert "grain" not in told.out


def test_run_ids_are_short_on_a_terminal_and_can_be_typed(published: ShopProject) -> None:
    published.ok("materialize", "unit_price")
    shown = STYLES.sub("", published.ok("runs", terminal=True).out)
    short = [line.split()[0] for line in shown.splitlines()[1:]]
    whole = [row["run_id"] for row in published.ok("runs", "--json").rows]
    assert [identity.startswith(beginning) for identity, beginning in zip(whole, short, strict=True)] == [True, True]
    assert max(map(len, short)) < 20
    assert published.ok("export", short[1], "-o", "again.parquet").out == "again.parquet\n"
    assert whole[0] in published.ok("runs").out


def test_progress_is_shown_on_a_terminal_only(shop: ShopProject) -> None:
    told = shop.ok("materialize", "margin", terminal="both")
    assert "margin" in told.out and "published" in told.out
    assert shop.ok("materialize", "margin", terminal=True).err == ""
    told = shop.run("materialize", "absent", terminal="both")
    assert told.code == 2 and "[unknown-feature]" in told.out


# --- ends -----------------------------------------------------------------------------------------


def test_interrupted(shop: ShopProject) -> None:
    """Ctrl-C in the middle of a feature: 130, a run that failed, nothing published."""
    shop.add_module(
        "slow_features",
        "import os\nimport signal\nimport pandas as pd\n\n\ndef slow(net_amount: pd.Series) -> pd.Series:\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n    for _ in range(10**6):\n        pass\n    return net_amount\n",
    )
    told = shop.run("materialize", "slow", "--output", "slow.parquet")
    assert (told.code, told.out, told.err) == (130, "", "interrupted\n")
    (manifest,) = shop.sound()
    assert manifest.status == "failed" and manifest.error is not None and manifest.error.code == "interrupted"
    assert not (shop.root / "slow.parquet").exists()
    assert list(shop.store.staging.iterdir()) == []


def test_a_reader_that_has_seen_enough(published: ShopProject) -> None:
    """``featurecat list | head -1``: no error, no traceback."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUNBUFFERED": "1"}
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-c", "from featurecat.cli.main import entry; entry()", "list", "--json"],
        cwd=published.root, env=environment, stdout=write, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    os.close(write)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.returncode != -signal.SIGPIPE


def test_exit_codes_take_the_worst_cause(shop: ShopProject) -> None:
    """An expectation that fails and one that cannot be evaluated: 4 goes before 1; a failing export before both."""
    shop.add_module(
        "judged_features",
        "import pandas as pd\nfrom featurecat import check_output\n\n\n"
        "@check_output(range=(0, 1), importance='fail')\ndef low(orders: pd.DataFrame) -> pd.Series:\n    return orders['amount']\n\n\n"
        "@check_output(range=(0, 1), importance='fail')\ndef texts(orders: pd.DataFrame) -> pd.Series:\n    return orders['note']\n",
    )
    failed, unevaluated, both = (shop.run("materialize", *names) for names in (["low"], ["texts"], ["low", "texts"]))
    assert [failed.code, unevaluated.code, both.code] == [1, 4, 4]
    assert "[expectation-failed]" in both.err and "[expectation-unevaluated]" in both.err
    assert [manifest.status for manifest in shop.sound()] == ["quarantined"] * 3
    full = {"FEATURECAT_FAULT": "export.written=raise:ENOSPC;catalog.after_load=raise:ENOSPC"}
    told = shop.run("materialize", "margin", "--output", "out.parquet", environment=full)
    assert told.code == 5 and "[output-unwritable]" in told.err and "catalog" in told.err


def test_many_problems_are_counted(shop: ShopProject) -> None:
    bare = "\n\n".join(f"def bare_{number}(x):\n    return x\n" for number in range(30))
    shop.add_module("bare_features", bare)
    told = shop.run("index")
    assert told.code == 2
    assert len(told.err.splitlines()) <= 5 * 6 + 20 + 1
    assert told.err.splitlines()[-1].startswith("30 errors in all")
    assert len(shop.run("index", "--json").problems) == 30


def test_a_fault_of_featurecat_itself_is_named(shop: ShopProject) -> None:
    told = shop.run("index", environment={"FEATURECAT_FAULT": "catalog.after_load=explode"})
    assert told.code == 3 and "Traceback" not in told.err and "this is a fault of featurecat" in told.err
    told = shop.run("index", "--traceback", environment={"FEATURECAT_FAULT": "catalog.after_load=explode"})
    assert told.code == 3 and "Traceback" in told.err


def test_an_option_without_its_value_is_told_like_every_other_mistake(published: ShopProject) -> None:
    told = published.run("lineage", "margin", "--down")
    assert (told.code, told.out) == (2, "")
    assert told.err.splitlines() == [
        "error: Option '--down' requires an argument [invalid-option]",
        "  hint: featurecat lineage --help",
    ]
