"""Issue: "The project's own documentation is built on it; the examples' catalogs live inside"."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.support.projects import REPOSITORY

pytestmark = [
    pytest.mark.component("sphinx"),
    pytest.mark.component("myst"),
    pytest.mark.component("flights"),
]

DOCS = REPOSITORY / "docs"
#: Pages whose addresses hold a state behind the hash.
STATEFUL = {"explorer.html", "lineage.html", "search.html"}
#: A feature of each example, and the modules it needs to be indexed.
EXAMPLES = {
    "forecast": ("week_departures_change", "holidays"),
    "people": ("bmi_1971", "sklearn"),
    "hamilton": ("maker", "sys"),
    "talk": ("avg_3wk_spend", "sys"),
}


class Page(HTMLParser):
    """Where a page leads, and what can be reached in it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.links += [given[name] or "" for name in ("href", "src") if name in given and tag != "base"]
        self.anchors |= {given[name] or "" for name in ("id", "name") if name in given}


def tree() -> str:
    if shutil.which("git") is None or not (REPOSITORY / ".git").exists():
        return ""
    command = [
        "git",
        "status",
        "--porcelain",
        "--untracked-files=all",
        "docs",
        "examples",
        "sphinx_ext",
        "catalog_site",
    ]
    return subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """The site, built without a warning and without a trace in the source tree."""
    before = tree()
    folder = tmp_path_factory.mktemp("documentation")
    done = subprocess.run(
        [sys.executable, str(DOCS / "build.py"), "--folder", str(folder)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert tree() == before
    return folder / "site"


@pytest.fixture(scope="module")
def pages(site) -> dict[Path, Page]:
    return {path: Page(path) for path in sorted(site.rglob("*.html"))}


def test_every_text_is_a_page_and_stands_in_the_contents(site, pages):
    texts = [path.relative_to(DOCS) for path in DOCS.rglob("*.md") if path != DOCS / "README.md"]
    sidebar = re.search(r'<div class="sidebar-tree">.*?</div>', (site / "index.html").read_text(), re.DOTALL)
    assert sidebar
    for text in texts:
        assert site / "guide" / text.with_suffix(".html") in pages
        assert f'href="guide/{text.with_suffix(".html").as_posix()}"' in sidebar[0], text


def test_the_contents_begin_with_the_start_and_end_with_the_project_itself(site):
    captions = re.findall(r'<span class="caption-text">([^<]+)', (site / "index.html").read_text())
    assert captions[0] == "Start"
    assert captions[-1] == "About featurecat"
    assert captions == re.findall(r"^## (.+)$", (DOCS / "README.md").read_text(encoding="utf-8"), re.MULTILINE)


def test_the_flights_are_the_catalog_around_the_guides(site):
    features = json.loads((site / "data" / "catalog.json").read_text())
    assert "dep_delay_7d" in json.dumps(features)
    (page,) = site.glob("features/*/dep_delay_7d.html")
    assert 'id="profile"' in page.read_text()


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_other_example_has_a_site_of_its_own(name, site):
    feature, needed = EXAMPLES[name]
    if find_spec(needed) is None:
        pytest.skip(f"{needed} is missing")
    assert list((site / "examples" / name / "features").rglob(f"{feature}.html"))
    assert f'href="../examples/{name}/index.html"' in (site / "guide" / "examples.html").read_text()


def test_no_link_is_dead(site, pages):
    dead = sorted(
        {f"{path.relative_to(site)}: {link}" for path, page in pages.items() for link in dead_links(path, page, pages)}
    )
    assert not dead, "\n".join(dead[:40])


def dead_links(path: Path, page: Page, pages: dict[Path, Page]) -> Iterator[str]:
    for link in page.links:
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            continue
        there = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        if not there.is_file():
            yield link
        known = {"", *pages[there].anchors} if there in pages and there.name not in STATEFUL else {parts.fragment}
        if there.is_file() and not {unquote(parts.fragment), parts.fragment} & known:
            yield link


def test_nothing_is_asked_of_another_host(pages):
    for path, page in pages.items():
        asked = re.findall(
            r'<(?:script|img|iframe|link rel="stylesheet")[^>]+(?:src|href)="(?:https?:)?//', path.read_text()
        )
        assert not asked, path
        assert page.anchors
