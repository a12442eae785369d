"""The documentation is true: what docs/reference.md shows runs as it stands, and it lists every setting and decorator."""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

import featurecat.function_modifiers as offered
from featurecat.cli.main import COMMANDS
from featurecat.expectations.registry import KINDS
from featurecat.io.registry import FORMATS
from featurecat.project.settings import Settings, SourceSettings
from tests.support.projects import REPOSITORY, Nursery, ShopProject

TEXT = (REPOSITORY / "docs" / "reference.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    found = re.findall(r"^```(\w*)\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
    return [text for name, text in found if name == language]


def test_a_project_from_nothing(tmp_path: Path, nursery: Nursery) -> None:
    project = ShopProject(tmp_path, nursery)
    project.write("pyproject.toml", blocks("toml")[0])
    project.write("shop_features.py", blocks("python")[0])
    pq.write_table(
        pa.table({"order_id": [1, 2], "amount": [3.0, 8.0], "pieces": [1, 4], "note": ["a", "b"]}),
        tmp_path / "orders.parquet",
    )
    for command in blocks("")[0].splitlines():
        project.ok(*command.partition("#")[0].split()[1:])
    table = pq.read_table(tmp_path / "shop.parquet").to_pydict()
    assert table == {"order_id": [1, 2], "amount": [3.0, 8.0], "pieces": [1, 4], "unit_price": [3.0, 2.0]}
    reading = blocks("python")[1] + "\nprint(features['unit_price'].to_list())\ncatalog.close()"
    done = subprocess.run([sys.executable, "-c", reading], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["[3.0,", "2.0]"]


def test_every_setting_decorator_expectation_and_format_is_listed() -> None:
    keys = [*Settings.model_fields, *SourceSettings.model_fields, *FORMATS]
    settings = (REPOSITORY / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert [name for name in keys if not re.search(rf"\b{name}\b", settings)] == []
    # expectations have a page of their own, with a section each
    expectations = (REPOSITORY / "docs" / "expectations.md").read_text(encoding="utf-8")
    assert [name for name in KINDS if not re.search(rf"^#+ .*\b{name}\b", expectations, re.MULTILINE)] == []
    # what is offered beside a decorator stands on the page of that decorator
    pages = "".join(path.read_text(encoding="utf-8") for path in (REPOSITORY / "docs" / "modifiers").glob("*.md"))
    assert [name for name in offered.__all__ if not re.search(rf"\b{name}\b", pages)] == []


def test_every_command_is_listed_with_what_all_of_them_take() -> None:
    told = re.findall(
        r"^\| `(\w+)[^`]*` \|", TEXT.partition("## Commands")[2].partition("## Settings")[0], re.MULTILINE
    )
    assert told == list(COMMANDS)


def test_what_python_shows_runs_as_it_stands() -> None:
    parser = doctest.DocTestParser()
    for text in blocks("pycon"):
        example = parser.get_doctest(text, {}, "reference", None, None)
        assert doctest.DocTestRunner().run(example).failed == 0
