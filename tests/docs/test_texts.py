"""The texts that are read from top to bottom: everything in them is done as it is printed, in an empty directory."""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path

import pytest

from featurecat import Phase
from tests.docs.phases import ALIASES, DECORATORS, phase_of
from tests.docs.running import Desk
from tests.docs.test_modifier_pages import SETTINGS
from tests.docs.written import blocks_of, with_texts

DOCS = Path(__file__).resolve().parents[2] / "docs"
#: Texts, and the one whose settings are told elsewhere.
TEXTS = (
    "five-minute-start",
    "rows-keys-lookups",
    "parallel-and-async",
    "notebooks-and-tests",
    "migrating-from-hamilton",
    "decorator-order",
    "lint",
    "only-what-changed",
    "first-gate",
    "taints",
    "lineage",
    "your-own-expectations",
)
WITH_SETTINGS = ("decorator-order",)


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_can_be_followed_as_it_stands(name, tmp_path, nursery, request):
    path = DOCS / f"{name}.md"
    page = path.read_text(encoding="utf-8")
    desk = Desk(tmp_path / "empty", nursery)
    if name in WITH_SETTINGS:
        desk.write(SETTINGS)
    texts: dict[int, str] = {}
    for block in blocks_of(page):
        if block.file:
            desk.write(block)
        elif block.language == "console":
            texts[block.start] = desk.typed(block)
    right = with_texts(page, texts)
    if request.config.getoption("--regenerate"):
        path.write_text(right, encoding="utf-8")
    else:
        assert page == right


def test_the_cells_of_a_notebook_run_one_after_the_other(capsys):
    interactive = pytest.importorskip("IPython.core.interactiveshell")
    shell = interactive.InteractiveShell(history_length=0)
    shell.history_manager.enabled = False
    cells = blocks_of((DOCS / "notebooks-and-tests.md").read_text(encoding="utf-8"))
    try:
        results = [shell.run_cell(cell.text) for cell in cells if cell.language == "ipython"]
    finally:
        shell.history_manager.end_session()
        interactive.InteractiveShell.clear_instance()
        sys.modules.pop("spend_features", None)
    assert [result.success for result in results] == [True] * 3, capsys.readouterr().out
    assert results[-1].result["spend_per_signup"].tolist() == [2.5]


def test_every_link_leads_somewhere():
    for path in DOCS.rglob("*.md"):
        for target, _, anchor in (link.partition("#") for link in _links(path)):
            there = path.parent / target if target else path
            assert there.is_file(), (path.name, target)
            assert not anchor or anchor in _anchors(there), (path.name, target, anchor)


def _links(path: Path) -> list[str]:
    found = re.findall(r"\]\(([^)\s]+)\)", re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL))
    return [link for link in found if "://" not in link]


def _anchors(path: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_what_the_guide_names_is_there_under_both_names():
    text = (DOCS / "migrating-from-hamilton.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(hamilton\.[\w.]+)`.* \| `(featurecat[\w.]+)`", text, flags=re.MULTILINE)
    assert len(rows) > 10
    for theirs, ours in rows:
        assert _named(f"featurecat.compat.{theirs}") is not None
        assert _named(ours) is not None


def _named(path: str) -> object:
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(module), name)


def test_the_phases_of_the_table_are_those_of_the_code():
    text = (DOCS / "decorator-order.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d) \| (\w+) \| .* \| (.*) \|$", text, flags=re.MULTILINE)
    told = {name: Phase(int(number)) for number, _, names in rows for name in re.findall(r"`([\w.]+)`", names)}
    assert [phase for _, phase, _ in rows] == [phase.name.lower() for phase in Phase]
    assert told == {name: phase_of(name) for name in told}
    assert {name.partition(".")[0] for name in told} == {name for name in DECORATORS if name not in ALIASES}


def test_the_index_names_every_text():
    text = (DOCS / "README.md").read_text(encoding="utf-8")
    assert {path.stem for path in DOCS.glob("*.md")} - {"README"} <= set(re.findall(r"\]\(([\w-]+)\.md\)", text))


def test_commands_fit_a_narrow_window():
    for name in TEXTS:
        typed = [
            line
            for block in blocks_of((DOCS / f"{name}.md").read_text(encoding="utf-8"))
            for line in block.text.splitlines()
            if line.startswith("$ ")
        ]
        assert [line for line in typed if len(line) > 82] == []
