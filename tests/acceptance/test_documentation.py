"""Docs: one page a decorator; a migration guide and a five-minute start whose commands are run (``tests/docs``)."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from featurecat import function_modifiers

REPOSITORY = Path(__file__).resolve().parents[2]
PAGES = REPOSITORY / "docs" / "modifiers"
TEXTS = ("five-minute-start.md", "migrating-from-hamilton.md", "decorator-order.md")


@pytest.mark.parametrize("name", function_modifiers.__all__)
def test_every_public_name_stands_on_a_page(name: str) -> None:
    pages = {page: page.read_text(encoding="utf-8") for page in PAGES.glob("*.md")}
    assert any(page.stem == name or re.search(rf"[`@ ]{name}\b", text) for page, text in pages.items())


def test_every_text_and_page_is_run_by_a_test() -> None:
    collected = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--collect-only", "-p", "no:cacheprovider", "tests/docs"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    missing = [page.stem for page in PAGES.glob("*.md") if page.stem != "README" and f"[{page.stem}" not in collected]
    assert not missing, f"no test runs the pages {missing}"
    for text in TEXTS:
        assert (REPOSITORY / "docs" / text).stem in collected.replace("_", "-"), text
