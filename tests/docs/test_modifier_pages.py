"""Every decorator has its page, and the page is right: ``--regenerate`` writes what the code says into it."""

from __future__ import annotations

import importlib
import re
import shlex
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from featurecat import function_modifiers
from tests.docs.phases import phase_of
from tests.docs.running import Desk
from tests.docs.signatures import formats_of, signature_of
from tests.docs.written import Block, blocks_of, matches, section_texts, with_texts
from tests.support.projects import Nursery

PAGES = Path(__file__).resolve().parents[2] / "docs" / "modifiers"
NAMES = sorted(path.stem for path in PAGES.glob("*.md") if path.stem != "README")
SECTIONS = (
    "Signature",
    "Arguments",
    "Example",
    "What it makes",
    "Phase, targets, combinations",
    "Common mistakes",
    "Beside Hamilton",
)
#: Pages about what is no decorator: there is nothing for it to make.
WITHOUT_PICTURE = {"dependencies"}
SETTINGS = Block("toml", "pyproject.toml", '[tool.featurecat]\nmodules = ["features"]', 0, 0, ())
WIDEST = 120
#: Pages whose example needs more than the core.
NEEDS = {"check_schema": "pandera"}


def _tried(names: Iterable[str]) -> list[Any]:
    """The names as parameters, each marked with the component that its page needs."""
    return [pytest.param(one, marks=pytest.mark.component(NEEDS[one])) if one in NEEDS else one for one in names]


def _subjects(page: str) -> list[str]:
    listed = re.search(r"<!-- names: (.+) -->", page)
    assert listed, "the page does not say whose it is: <!-- names: … -->"
    return listed[1].split(", ")


def _text(name: str) -> str:
    return (PAGES / f"{name}.md").read_text(encoding="utf-8")


class Reader:
    """Follows a page: in one directory, but for mistakes, which are made each in its own."""

    def __init__(self, root: Path, nursery: Nursery) -> None:
        self.root = root
        self.nursery = nursery
        self.desk = self._sit_down("page")
        self.place = ""
        self.count = 0

    def _sit_down(self, name: str) -> Desk:
        desk = Desk(self.root / name, self.nursery)
        desk.write(SETTINGS)
        return desk

    def follow(self, block: Block, names: list[str]) -> str:
        """What the block should say."""
        if block.sections[-1] != self.place and "Common mistakes" in block.sections:
            self.count += 1
            self.place = block.sections[-1]
            self.desk = self._sit_down(f"mistake{self.count}")
        if block.file:
            self.desk.write(block)
        elif block.sections[-1] == "Signature":
            return "\n".join(signature_of(name) for name in names)
        elif block.sections[-1] == "Formats":
            return formats_of(names[0].partition("_")[0])
        elif block.language == "console":
            return self.desk.typed(block)
        elif block.text.startswith(">>>"):
            return self._examples(block)
        elif block.language == "text" and "Common mistakes" in block.sections:
            told = self.desk.told(["index"], terminal="")
            return block.text if matches(block.text, told) else told
        return block.text

    def _examples(self, block: Block) -> str:
        sys.path.insert(0, str(self.desk.directory))
        importlib.invalidate_caches()
        own = [path.stem for path in self.desk.directory.glob("*.py")]
        try:
            return self.desk.answered(block)
        finally:
            sys.path.remove(str(self.desk.directory))
            for name in own:
                sys.modules.pop(name, None)


@pytest.fixture
def regenerate(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--regenerate"))


@pytest.mark.parametrize("name", _tried(NAMES))
def test_what_a_page_says_is_so(name, tmp_path, nursery, regenerate, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    page = _text(name)
    reader = Reader(tmp_path, nursery)
    monkeypatch.chdir(reader.desk.directory)
    right = with_texts(page, {block.start: reader.follow(block, _subjects(page)) for block in blocks_of(page)})
    if regenerate:
        (PAGES / f"{name}.md").write_text(right, encoding="utf-8")
    assert page == right or regenerate


@pytest.mark.parametrize("name", _tried(name for name in NAMES if name not in WITHOUT_PICTURE))
def test_the_picture_of_a_page_is_that_of_its_example(name, tmp_path, nursery, regenerate):
    page = _text(name)
    desk = Desk(tmp_path / "page", nursery)
    desk.write(SETTINGS)
    for block in blocks_of(page):
        if block.file and "Common mistakes" not in block.sections:
            desk.write(block)
    command = re.search(r"^\$ featurecat (explain .+)$", page, re.MULTILINE)
    assert command, "no featurecat explain on the page"
    told = desk.told([*shlex.split(command[1]), "-o", "picture.svg"])
    picture = desk.directory / "picture.svg"
    assert picture.is_file(), told
    drawn = picture.read_text(encoding="utf-8")
    path = PAGES / f"{name}.svg"
    if regenerate:
        path.write_text(drawn, encoding="utf-8")
    assert f"]({name}.svg)" in page
    assert drawn == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_a_page_has_its_sections_each_with_something_in_it(name):
    texts = section_texts(_text(name))
    wanted = [section for section in SECTIONS if section != "What it makes" or name not in WITHOUT_PICTURE]
    assert [title for title in texts if title in SECTIONS] == wanted
    assert all(len(texts[title].splitlines()) > 2 for title in wanted)
    mistakes = [one for one in blocks_of(_text(name)) if one.language == "text" and "Common mistakes" in one.sections]
    assert mistakes
    assert all(block.text.startswith("error: ") for block in mistakes)


@pytest.mark.parametrize("name", NAMES)
def test_a_page_explains_every_argument(name):
    page = _text(name)
    signature = next(block.text for block in blocks_of(page) if block.sections[-1] == "Signature")
    arguments = re.findall(r"^    \*{0,2}(\w+)|[(,] ?\*{0,2}(\w+):", re.sub(r"(?s)^class .*?(?=^\w|\Z)", "", signature))
    told = section_texts(page)["Arguments"]
    assert [one for pair in arguments for one in pair if one and not re.search(rf"`[^`\n]*\b{one}\b", told)] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_phase_of_a_page_is_that_of_the_code(name):
    page = _text(name)
    told = re.search(r"Phase: (\w+)", section_texts(page)["Phase, targets, combinations"])
    subject = _subjects(page)[0]
    assert told is None or told[1] == phase_of(subject).name.lower()


@pytest.mark.parametrize("name", NAMES)
def test_lines_of_a_page_fit(name):
    page = _text(name)
    told = ("console", "text")
    answers = [one for one in blocks_of(page) if one.language in told or one.text.startswith(">>> ")]
    shown = with_texts(page, {block.start: "" for block in answers}).splitlines()
    assert [line for line in shown if len(line) > WIDEST and not line.startswith("| ")] == []
    typed = [line for block in answers for line in block.text.splitlines()]
    assert [line for line in typed if line.startswith("$ ") and len(line) > 82] == []
    assert [line for line in typed if line.startswith((">>> ", "... ")) and len(line) > WIDEST] == []


def test_every_public_name_is_on_exactly_one_page():
    told = [subject for name in NAMES for subject in _subjects(_text(name))]
    assert sorted(told) == sorted(set(told))
    assert set(told) == set(function_modifiers.__all__)


def test_the_index_lists_every_page():
    text = (PAGES / "README.md").read_text(encoding="utf-8")
    assert sorted(set(re.findall(r"\]\((\w+)\.md\)", text))) == NAMES


def test_every_picture_has_its_page():
    assert {path.stem for path in PAGES.glob("*.svg")} == set(NAMES) - WITHOUT_PICTURE
