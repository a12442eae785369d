"""``import hamilton`` means featurecat's modules: the same objects, pickles included, and never two at once."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest


def run(program: str, tmp_path: Path, *, path: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a process of its own, with a folder that may hold another hamilton first on the path."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(program)],
        env={**os.environ, "PYTHONPATH": path, "HAMILTON_TELEMETRY_ENABLED": "false", **environment},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )


def answer(program: str, tmp_path: Path, **options: str) -> str:
    done = run(program, tmp_path, **options)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def other_hamilton(tmp_path: Path) -> str:
    """A folder with a package hamilton that is not ours."""
    package = tmp_path / "elsewhere" / "hamilton"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("whose = 'theirs'\n")
    (package / "driver.py").write_text("class Driver: ...\n")
    return str(package.parent)


def test_modules_are_the_same_under_both_names(tmp_path: Path) -> None:
    program = """
        from featurecat.compat import hamilton
        hamilton.install()
        hamilton.install()
        import hamilton as theirs
        import hamilton.driver
        import hamilton.lifecycle.base as base
        from hamilton.function_modifiers import tag
        import featurecat.compat.hamilton.lifecycle.base
        from featurecat.function_modifiers import tag as own
        assert theirs is hamilton
        assert base is featurecat.compat.hamilton.lifecycle.base
        assert theirs.driver.__name__ == "featurecat.compat.hamilton.driver" == theirs.driver.__spec__.name
        assert tag is own
        import importlib
        assert importlib.reload(base) is base
    """
    answer(program, tmp_path)


def test_uninstall_takes_it_back(tmp_path: Path, other_hamilton: str) -> None:
    program = """
        import sys
        from featurecat.compat import hamilton
        hamilton.install()
        import hamilton.driver
        hamilton.uninstall()
        hamilton.uninstall()
        assert not [name for name in sys.modules if name.split(".")[0] == "hamilton"]
        import hamilton
        print(hamilton.whose)
    """
    assert answer(program, tmp_path, path=other_hamilton) == "theirs\n"


@pytest.mark.parametrize("written_as", ["hamilton", "featurecat.compat.hamilton"])
def test_pickles_load_whichever_name_they_hold(tmp_path: Path, written_as: str) -> None:
    program = f"""
        import pickle
        from featurecat.compat import hamilton
        hamilton.install()
        from hamilton.base import DictResult
        from hamilton.graph_types import HamiltonNode
        node = HamiltonNode("x", int, {{}}, False, (), "", set(), set(), {{}})
        for value in (DictResult, node):
            data = pickle.dumps(value, protocol=0).replace(b"featurecat.compat.hamilton", b"{written_as}")
            assert b"{written_as}." in data
            assert pickle.loads(data) == value
    """
    answer(program, tmp_path)


def test_what_is_imported_already_is_not_taken_over(tmp_path: Path, other_hamilton: str) -> None:
    program = """
        import hamilton.driver
        from featurecat.compat import hamilton as ours
        from featurecat.errors import UnsupportedError
        try:
            ours.install()
        except UnsupportedError as error:
            print(error)
        assert hamilton.whose == "theirs"
    """
    said = answer(program, tmp_path, path=other_hamilton)
    assert "apache-hamilton is already imported" in said
    assert "before anything imports hamilton" in said


def test_what_is_installed_is_shadowed_with_one_notice(tmp_path: Path, other_hamilton: str) -> None:
    program = """
        from featurecat.compat import hamilton
        for _ in range(3):
            hamilton.install()
            import hamilton.driver
            hamilton.uninstall()
    """
    done = run(program, tmp_path, path=other_hamilton)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("apache-hamilton is installed, too") == 1


def test_an_unknown_module_is_not_found(tmp_path: Path) -> None:
    program = """
        from featurecat.compat import hamilton
        hamilton.install()
        try:
            import hamilton.nothing.like_this
        except ModuleNotFoundError as error:
            print(error)
    """
    assert "hamilton.nothing" in answer(program, tmp_path)


def test_importing_and_installing_load_nothing_heavy(tmp_path: Path) -> None:
    program = """
        import sys
        from featurecat.compat import hamilton
        assert not any(type(finder).__module__.startswith("featurecat") for finder in sys.meta_path)
        hamilton.install()
        from hamilton import base, driver, function_modifiers, lifecycle, node, registry
        from hamilton.function_modifiers import config, extract_columns, parameterize, tag
        print(sorted({"pandas", "polars", "pyarrow", "duckdb", "narwhals", "numpy"} & sys.modules.keys()))
    """
    assert answer(program, tmp_path) == "[]\n"
