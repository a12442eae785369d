"""``featurecat init``: a small project that runs at once, made whole or not at all."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from featurecat.errors import RequestError, StoreError
from featurecat.project.starting import start_project
from tests.support.projects import Nursery, ShopProject


@pytest.fixture
def place(tmp_path: Path, nursery: Nursery) -> ShopProject:
    """An empty folder to work in."""
    return ShopProject(tmp_path, nursery)


def typed(place: ShopProject, line: str, directory: Path):
    """Type a line after ``cd``, as it was printed."""
    words = line.split()
    assert words[0] == "featurecat"
    return place.run(*words[1:], directory=directory)


@pytest.mark.parametrize("options", [(), ("--polars",)], ids=["pandas", "polars"])
def test_what_is_printed_works_as_printed(place, options):
    told = place.ok("init", "shop", *options)
    assert not told.err
    lines = [line.split("next")[-1].strip() for line in told.out.splitlines()[1:]]
    assert lines == ["cd shop", "featurecat preview margin", "featurecat materialize --all -o features.parquet"]
    shop = place.root / "shop"
    readme = [
        line.partition("#")[0].strip() for line in (shop / "README.md").read_text().splitlines() if "featurecat" in line
    ]
    for line in [*lines[1:], *readme, "featurecat test margin", "featurecat list"]:
        answer = typed(place, line, shop)  # warnings are errors in these processes
        assert answer.code == 0, (line, answer)
        assert "arning" not in answer.err
    assert (shop / "features.parquet").is_file()


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_it_is_small_and_has_what_a_project_needs(tmp_path, library):
    made = start_project("shop", within=tmp_path, library=library)
    texts = {file: (made.directory / file).read_text() for file in made.files}
    assert sum(len(text.splitlines()) for text in texts.values()) <= 60
    assert set(texts) == {"README.md", "pyproject.toml", "features.py", "data/orders.csv", "tests/test_features.py"}
    functions = [each for each in ast.parse(texts["features.py"]).body if isinstance(each, ast.FunctionDef)]
    assert len(functions) == 5
    assert all(ast.get_docstring(each) for each in functions)
    for word in ("owner=", "unit=", "@check_output", ">>>", f"import {library}"):
        assert word in texts["features.py"]


def test_plain_python_runs_its_modules_without_a_warning(tmp_path):
    made = start_project("shop", within=tmp_path)
    command = [sys.executable, "-W", "error", "-c", "import features"]
    done = subprocess.run(command, cwd=made.directory, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_here(place):
    told = place.ok("init", ".")
    assert "cd " not in told.out
    assert told.out.count("featurecat ") == 3
    assert (place.root / "pyproject.toml").is_file()
    assert place.ok("preview", "margin").out.startswith("order_id  margin")


def test_elsewhere(place):
    (place.root / "there").mkdir()
    assert "cd there/shop" in place.ok("init", "shop", "-C", "there").out
    assert (place.root / "there" / "shop" / "features.py").is_file()
    assert place.ok("init", "new/folder/shop", "--json").rows[0]["next"][0] == "cd new/folder/shop"


def test_a_directory_that_is_not_empty_is_left_as_it_is(place):
    (place.root / "shop").mkdir()
    for name in "abcdef":
        (place.root / "shop" / name).touch()
    told = place.run("init", "shop")
    assert told.code == 2
    assert "not empty: it holds a, b, c, d and 2 more" in told.err
    assert sorted(path.name for path in (place.root / "shop").iterdir()) == list("abcdef")
    assert place.run("init", ".").code == 2


def test_what_versioning_and_editors_put_there_does_not_count(tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / ".venv").mkdir()
    start_project(".", within=tmp_path)
    assert (tmp_path / "features.py").is_file()


@pytest.mark.parametrize("name", ["1a", "-a", "a b", "ä", "", "..", "a.b"])
def test_bad_names(tmp_path, name):
    within = tmp_path / "x"
    within.mkdir()
    with pytest.raises(RequestError):
        start_project(name, within=within)
    assert not list(within.iterdir())


def test_a_file_in_the_way(tmp_path):
    (tmp_path / "shop").touch()
    with pytest.raises(RequestError, match="is no directory"):
        start_project("shop", within=tmp_path)


@pytest.mark.parametrize("there_before", [False, True])
def test_nothing_is_left_of_what_could_not_be_finished(tmp_path, monkeypatch, there_before):
    if there_before:
        (tmp_path / "shop").mkdir()
    before = sorted(os.walk(tmp_path))
    renamed = []
    whole = Path.rename

    def fails_at_last(self, target):
        if there_before and len(renamed) < 2:
            renamed.append(target)
            return whole(self, target)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "rename", fails_at_last)
    with pytest.raises(StoreError, match="No space left"):
        start_project("shop", within=tmp_path)
    assert sorted(os.walk(tmp_path)) == before


def test_a_folder_that_cannot_be_written(tmp_path):
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    tmp_path.chmod(0o500)
    with pytest.raises(StoreError):
        start_project("shop", within=tmp_path)


def test_a_file_on_the_way(tmp_path):
    (tmp_path / "shop").touch()
    for name in ("shop/inner", "shop/a/b"):
        with pytest.raises(RequestError, match="is no directory") as caught:
            start_project(name, within=tmp_path)
        assert "shop is there" in caught.value.problems[0].message
