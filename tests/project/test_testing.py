"""``featurecat test`` and the pytest plugin: tests of features found by marker, examples by docstring."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

FEATURES = '''
"""Features with and without tests."""

import pandas as pd

from featurecat import config, extract_columns, tag


@tag(team="sales")
def net(gross: float) -> float:
    """Without tax.

    >>> net(2.0)
    1.0
    """
    return gross / 2


@tag(team="sales")
def twice(net: float) -> float:
    return net * 2


@config.when(region="us")
def tax__us(net: float) -> float:
    """Only there.

    >>> tax__us(2.0)
    4.0
    """
    return net * 2


@extract_columns("low", "high")
def bounds(orders: pd.DataFrame) -> pd.DataFrame:
    return orders


def lonely(gross: float) -> float:
    return gross
'''

TESTS = """
import pytest

import mine


@pytest.mark.feature("twice", "low")
def test_twice(feature_driver):
    assert feature_driver.execute(["twice"], inputs={"gross": 3.0}) == {"twice": 3.0}


class TestTogether:
    @pytest.mark.feature("twice")
    @pytest.mark.parametrize("gross", [1.0, 2.0])
    def test_each(self, gross):
        assert mine.twice(mine.net(gross)) == gross

    def test_of_no_feature(self):
        raise AssertionError("not run")


@pytest.mark.feature("twice")
@pytest.mark.skip
def test_skipped():
    pass
"""


@pytest.fixture
def tested(shop):
    """A project whose module has features with and without tests."""
    shop.only_module(FEATURES)
    shop.write("tests/test_mine.py", TESTS)
    return shop


def plain_pytest(project, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run pytest itself in a project, its plugin named, as the entry point does."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "featurecat.pytest_plugin",
        "-p",
        "no:cacheprovider",
        *arguments,
    ]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(project.root), os.environ.get("PYTHONPATH", "")])}
    return subprocess.run(command, cwd=project.root, env=environment, capture_output=True, text=True, check=False)


def test_tests_and_examples_of_all_features(tested):
    told = tested.ok("test")
    assert "3 tests and 2 examples passed, 1 test skipped; 7 features, 3 without tests\n" in told.out
    assert "without tests  bounds, high, lonely" in told.out
    assert tested.run("test", "--fail-untested", "-q").code == 1
    assert tested.run("test", "twice", "net", "--fail-untested").code == 0


def test_which_tests_there_are(tested):
    told = tested.ok("test", "tag:team=sales", "lonely", "--list", "--json")
    rows = {row["feature"]: row["tests"] for row in told.rows}
    assert list(rows) == ["net", "twice", "lonely"]
    assert rows["lonely"] == []
    assert rows["net"] == [{"id": "mine.py::net[example]", "kind": "example", "outcome": None}]
    assert [test["id"] for test in rows["twice"]] == [
        "tests/test_mine.py::test_twice",
        "tests/test_mine.py::TestTogether::test_each[1.0]",
        "tests/test_mine.py::TestTogether::test_each[2.0]",
        "tests/test_mine.py::test_skipped",
    ]
    assert tested.ok("test", "tag:team=sales", "lonely", "--list").out.splitlines()[-1].split() == ["lonely", "none"]


def test_failures_decide_the_exit_code(tested):
    tested.replace("mine.py", "return net * 2\n\n\n@config", "return net * 3\n\n\n@config")
    told = tested.run("test", "twice", "--json")
    assert told.code == 1
    outcomes = [test["outcome"] for test in told.rows[0]["tests"]]
    assert outcomes == ["failed", "failed", "failed", "skipped"]
    assert "assert" in told.err  # what pytest says is no part of the answer
    assert tested.run("test", "net").code == 0


def test_an_example_that_fails(tested):
    tested.replace("mine.py", "    1.0\n", "    7.0\n")
    told = tested.run("test", "net")
    assert told.code == 1
    assert "1 of 1 example failed; 1 feature\n" in told.out
    assert "Expected:" in told.out


def test_misspelt_names_are_refused_before_anything_runs(tested):
    told = tested.run("test", "twicee", "--json")
    assert told.code == 2
    assert told.problems[0]["code"] == "unknown-feature"
    tested.replace("tests/test_mine.py", '"twice", "low"', '"twise", "lwo"')
    told = tested.run("test", "net", "--json")
    assert told.code == 2
    assert [(problem["feature"], problem["hint"]) for problem in told.problems] == [
        ("twise", "did you mean 'twice'?"),
        ("lwo", "did you mean 'low'?"),
    ]
    assert all(problem["file"].endswith("tests/test_mine.py") and problem["line"] for problem in told.problems)


def test_modules_and_test_files_that_cannot_be_imported(tested):
    tested.write("tests/test_broken.py", "import nix\n")
    assert tested.run("test").code == 2
    tested.write("mine.py", "import nix\n")
    (tested.root / "tests" / "test_mine.py").unlink()
    (tested.root / "tests" / "test_broken.py").unlink()
    told = tested.run("test", "--json")
    assert told.code == 2
    assert told.problems[0]["code"] == "import-error"


def test_a_project_without_any_test(shop):
    shop.only_module("def lonely(gross: float) -> float:\n    return gross\n")
    told = shop.ok("test")
    assert "no tests; 1 feature, 1 without tests" in told.out


def test_features_of_further_graphs(tested):
    tested.write(
        "other.py",
        "def net(gross: float) -> float:\n    return gross\n\n\ndef only_here(net: float) -> float:\n    return net\n",
    )
    tested.replace(
        "pyproject.toml",
        "[tool.featurecat.configs.us]",
        '[tool.featurecat.graphs.more]\nmodules = ["other"]\n\n[tool.featurecat.configs.us]',
    )
    tested.write(
        "tests/test_other.py",
        'import pytest\n\n\n@pytest.mark.feature("only_here", "more/net")\ndef test_it():\n    pass\n',
    )
    rows = {row["feature"]: len(row["tests"]) for row in tested.ok("test", "--json").rows}
    assert (rows["more/only_here"], rows["more/net"], rows["net"]) == (1, 1, 1)


# --- the plugin by itself -------------------------------------------------------------------------


@pytest.mark.parametrize("folder", ["", "src/"])
@pytest.mark.parametrize("start", [".", "tests"])
def test_pytest_by_itself_finds_the_modules_of_the_project(tested, folder, start):
    if folder:
        (tested.root / folder).mkdir()
        (tested.root / "mine.py").rename(tested.root / folder / "mine.py")
    tested.write("tests/conftest.py", "import mine\n")
    command = [sys.executable, "-P", "-c", "import sys, pytest; sys.exit(pytest.console_main())", "-q", "-p", "featurecat.pytest_plugin"]
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider", "-k", "twice"],
        cwd=tested.root / start, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "1 passed" in done.stdout, done.stdout + done.stderr


def test_pytest_by_itself_runs_everything(tested):
    done = plain_pytest(tested)
    assert done.returncode == 1, done.stdout  # the test of no feature, too
    assert "1 failed, 3 passed, 1 skipped" in done.stdout


def test_pytest_by_itself_refuses_misspelt_markers(tested):
    tested.replace("tests/test_mine.py", '"twice", "low"', '"twise"')
    done = plain_pytest(tested)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "did you mean 'twice'?" in done.stderr
    assert "Traceback" not in done.stderr


def test_modules_of_a_marker_and_of_the_settings(tested, tmp_path):
    text = """
        import pytest


        @pytest.mark.feature_modules("mine", config={"region": "us"})
        @pytest.mark.feature("tax")
        def test_marked(feature_driver):
            assert feature_driver.execute(["tax"], inputs={"gross": 2.0}) == {"tax": 2.0}


        @pytest.mark.feature_modules("not_there")
        def test_absent(feature_driver):
            pass
        """
    tested.write("pyproject.toml", "[tool.pytest.ini_options]\nfeaturecat_modules = ['mine']")
    tested.write("tests/test_mine.py", text)
    tested.write(
        "tests/test_more.py",
        'import pytest\n\n\n@pytest.mark.feature("net")\ndef test_net(feature_driver):\n    pass\n',
    )
    done = plain_pytest(tested, "--strict-markers", "--featurecat-features=tax net")
    assert "4 passed, 1 deselected" in done.stdout, done.stdout + done.stderr


def test_without_project_and_modules_the_fixture_says_what_to_do(tested):
    (tested.root / "pyproject.toml").unlink()
    done = plain_pytest(tested, "-k", "test_twice")
    assert "feature_modules" in done.stdout
    assert done.returncode == 1


def test_a_driver_that_cannot_be_built_is_told_without_frames(tested):
    tested.replace("mine.py", "def lonely(gross: float)", "def lonely(gross: str)")
    done = plain_pytest(tested, "-k", "test_twice")
    assert "mine.py:" in done.stdout
    assert "driver.py" not in done.stdout


def test_the_plugin_is_light(repository, tmp_path):
    heavy = ("pandas", "polars", "pyarrow", "duckdb", "narwhals", "numpy", "featurecat.driver", "featurecat.project")
    statement = f"import featurecat.pytest_plugin, sys; print(sorted({heavy!r} & sys.modules.keys()))".replace(
        "('", "{'"
    ).replace("')", "'}")
    command = [sys.executable, "-W", "error", "-c", statement]
    environment = {**os.environ, "PYTHONPATH": str(repository)}
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout == "[]\n", done.stderr
