"""Done: importing featurecat and asking for help load no data library; ``list`` and ``show`` load duckdb alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.projects import REPOSITORY, ShopProject

HEAVY = ("pandas", "polars", "pyarrow", "duckdb", "narwhals", "numpy")


def loaded(statement: str, directory: Path) -> set[str]:
    """The heavy libraries that a statement loads in a process of its own."""
    report = f"\nimport sys; print('LOADED', *sorted(set({HEAVY!r}) & sys.modules.keys()))"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", statement + report],
        cwd=directory,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.splitlines()[-1].split()[1:])


@pytest.mark.parametrize(
    "statement",
    [
        "import featurecat",
        "from featurecat import driver, tag, check_output, config, feature, parameterize, extract_columns",
        "from featurecat.cli.main import main; assert main(['--help']) == 0",
        *(
            f"from featurecat.cli.main import main; assert main(['{command}', '--help']) == 0"
            for command in ("list", "show", "lineage", "sql", "runs")
        ),
    ],
)
def test_definitions_and_help_load_none(statement: str, tmp_path: Path) -> None:
    of_a_command = "main(['" in statement and "main(['--help'" not in statement
    assert loaded(statement, tmp_path) <= ({"duckdb"} if of_a_command else set())


@pytest.mark.parametrize(
    "words", [["list"], ["list", "tag:team & owner:ops"], ["show", "margin"], ["lineage", "margin"], ["runs"]], ids=" ".join
)
def test_asking_the_catalog_loads_duckdb_alone(words: list[str], published: ShopProject) -> None:
    statement = f"from featurecat.cli.main import main; assert main({words!r}) == 0"
    assert loaded(statement, published.root) == {"duckdb"}


def test_asking_the_catalog_imports_no_user_code(published: ShopProject) -> None:
    published.write("order_features.py", "raise SystemExit('imported')\n")
    for words in (["list"], ["show", "margin"], ["lineage", "margin"], ["sql", "FROM features"]):
        assert published.run(*words).code == 0
