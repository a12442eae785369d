"""Commands, settings, tables of the catalog, error codes: the pages are written from the code, and are as the code is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from featurecat.errors import CODES
from featurecat.project.gate import _PRECEDENCE
from featurecat.project.settings import Settings, read_settings
from tests.docs.generated import GENERATED, with_generated
from tests.support.projects import REPOSITORY

DOCS = REPOSITORY / "docs"
PAGES = ("commands", "configuration", "catalog-schema", "exit-codes")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_as_the_code_is(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    path = DOCS / f"{name}.md"
    right = with_generated(path.read_text(encoding="utf-8"), tmp_path)
    if request.config.getoption("--regenerate"):
        path.write_text(right, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == right


def test_every_part_stands_on_one_page() -> None:
    texts = "".join((DOCS / f"{name}.md").read_text(encoding="utf-8") for name in PAGES)
    assert sorted(re.findall(r"<!-- generated: ([\w-]+) -->", texts)) == sorted(GENERATED)


def test_every_setting_is_told_with_what_it_is() -> None:
    text = (DOCS / "configuration.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `(\w+)` \| .* \| .+ \|$", text, re.MULTILINE)
    assert set(Settings.model_fields) <= set(told)


def test_the_settings_that_are_shown_are_accepted(tmp_path: Path) -> None:
    shown = (DOCS / "configuration.md").read_text(encoding="utf-8").split("```toml\n")[1].partition("```")[0]
    (tmp_path / "pyproject.toml").write_text(shown, encoding="utf-8")
    assert read_settings(tmp_path / "pyproject.toml").sources["orders"].timestamp == "ordered_at"


def test_every_exit_code_is_told_once() -> None:
    text = (DOCS / "exit-codes.md").read_text(encoding="utf-8")
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)} == set(_PRECEDENCE)
    assert f"the first of {', '.join(str(code) for code in _PRECEDENCE if code)} counts" in text
    assert all(f"`{code}`" in text for code in CODES)
