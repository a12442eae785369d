"""Done: "names and docstrings that attack (HTML, script, RST raw, ``</script>``, odd Unicode, very long) stay text"."""

from __future__ import annotations

import html
import json
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.support.projects import Nursery, ShopProject, make_shop
from tests.support.site_catalogs import (
    HOSTILE_DOCSTRING,
    HOSTILE_TEXTS,
    docs_build,
    sphinx_build,
    sphinx_project,
)

pytestmark = pytest.mark.component("sphinx")

LONG = "x" * 100_000
PLACES = ("/etc/passwd", "root:x:0")
#: Attributes that may name an address.
ADDRESSES = ("href", "src", "action", "formaction", "xlink:href", "data")


class Reader(HTMLParser):
    """Everything on a page that a browser would run, load or follow."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self.handlers: list[str] = []
        self.addresses: list[str] = []
        self.tags: set[str] = set()
        self._in_script = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._in_script = tag == "script"
        for name, text in attributes:
            if name.startswith("on"):
                self.handlers.append(f"{tag} {name}={text}")
            if name in ADDRESSES:
                self.addresses.append(text or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._in_script = False

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.scripts.append(data)


def read(path: Path) -> Reader:
    reader = Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    reader.close()
    return reader


def literal(text: str) -> str:
    """Python that means the text, in ASCII."""
    return ascii(text)


def hostile_module() -> str:
    """Features whose docstrings, owners, tags, units and notes are attacks."""
    lines = ["import pandas as pd", "", "from featurecat import check_output, feature, tag", ""]
    for number, text in enumerate(HOSTILE_TEXTS):
        lines += [
            "",
            f"@tag(note={literal(text)})",
            f"@feature(owner={literal(text)}, unit={literal(text)})",
            f"@check_output(values_in=[{literal(text)}], importance='warn')",
            f"def attack_{number}(orders: pd.DataFrame) -> pd.Series:",
            f"    {literal(text + chr(10) * 2 + text)}",
            f"    # {ascii(text)}",
            "    return orders['note']",
        ]
    long = f"Long.\n\n{LONG}\n\n{'word ' * 20_000}"
    for name, text in {"by_docstring": HOSTILE_DOCSTRING, "very_long": long}.items():
        head = f"def {name}(orders: pd.DataFrame) -> pd.Series:"
        lines += ["", head, f"    {literal(text)}", "    return orders['note']"]
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory, nursery: Nursery) -> ShopProject:
    project = make_shop(tmp_path_factory.mktemp("attacked") / "shop", nursery)
    project.add_module("hostile_features", hostile_module())
    project.ok("index")
    # what reads the catalog alone does not notice
    project.write("hostile_features.py", "raise SystemExit('imported')\n")
    return project


@pytest.fixture(scope="module")
def site(attacked: ShopProject, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("attacked-site") / "site"
    docs_build(attacked.root, output)
    return output


def pages(site: Path) -> Iterator[Path]:
    yield from sorted(path for path in site.rglob("*.html") if "_static" not in path.parts)


def test_docstrings_reached_the_catalog(attacked: ShopProject) -> None:
    rows = attacked.ok("sql", "SELECT feature, doc FROM features WHERE doc LIKE '%attacked%'", "--json").rows
    assert {row["feature"] for row in rows} >= {"attack_0", "attack_1", "by_docstring"}


def test_nothing_of_the_catalog_runs(site: Path) -> None:
    for path in pages(site):
        found = read(path)
        assert not [script for script in found.scripts if "attacked" in script], path
        assert not [handler for handler in found.handlers if "attacked" in handler or "alert" in handler], path
        assert not [one for one in found.addresses if one.strip().lower().startswith(("javascript:", "vbscript:"))], (
            path
        )
        assert not [one for one in found.addresses if "attacker" in one], path
        assert not found.tags & {"iframe", "object", "embed", "base", "applet"}, path


def test_raw_html_stays_text(site: Path) -> None:
    (page,) = site.glob("features/*/by_docstring.html")
    text = page.read_text(encoding="utf-8")
    assert 'id="raw-html"' not in text and "<b>markup</b>" not in text
    assert "&lt;b&gt;markup&lt;/b&gt;" in text
    assert "{{ 7 * 191 }}" in html.unescape(text) and "1337" not in text


def test_attacks_are_shown_as_they_are(site: Path) -> None:
    for number, attack in enumerate(HOSTILE_TEXTS):
        (page,) = site.glob(f"features/*/attack_{number}.html")
        shown = html.unescape(re.sub(r"<[^>]*>", "", page.read_text(encoding="utf-8")))
        words = re.findall(r"\w{4,}", attack)
        assert all(word in shown for word in words), (attack, words)


def test_no_file_of_the_machine_is_shown(site: Path) -> None:
    for path in site.rglob("*"):
        if path.suffix in (".html", ".js", ".json", ".atom") and "_static" not in path.parts:
            assert PLACES[1] not in path.read_text(encoding="utf-8"), path
    assert not list(site.rglob("passwd*"))


def test_the_explorer_data_is_one_statement(site: Path) -> None:
    script = (site / "data" / "catalog.js").read_text(encoding="utf-8")
    assert "</" not in script and "\u2028" not in script and "\u2029" not in script and "<!--" not in script
    begin, end = script.index("{"), script.rindex("}")
    assert "FC_CATALOG" in script[:begin] and script[end + 1 :].strip() in ("", ";")
    found = json.loads(script[begin : end + 1])
    assert {"attack_0", "by_docstring", "very_long"} <= set(found["names"])
    assert set(HOSTILE_TEXTS) & set(found["owners"])
    assert len(script) < 500_000  # one very long docstring is not in there


def test_the_feed_is_well_formed(site: Path) -> None:
    text = (site / "feed.atom").read_text(encoding="utf-8")
    assert "<!DOCTYPE" not in text and "<!ENTITY" not in text
    feed = ElementTree.fromstring(text)
    assert feed.tag == "{http://www.w3.org/2005/Atom}feed"
    assert not list(feed.iter("script"))


def test_the_very_long_one_has_a_page(site: Path) -> None:
    (page,) = site.glob("features/*/very_long.html")
    assert LONG in page.read_text(encoding="utf-8")
    for listed in site.glob("modules/*.html"):
        assert LONG not in listed.read_text(encoding="utf-8")
    assert max(len(path.name) for path in site.rglob("*")) <= 255


def test_neighbours_are_unhurt(site: Path) -> None:
    (page,) = site.glob("features/*/margin.html")
    assert "What is left." in page.read_text(encoding="utf-8")
    for path in pages(site):
        text = path.read_text(encoding="utf-8")
        assert text.count("<html") == text.count("</html>") == text.count("</body>") == 1, path


def test_a_sphinx_project_of_theirs_is_safe_too(attacked: ShopProject, tmp_path: Path) -> None:
    source = sphinx_project(tmp_path / "docs", attacked.store.catalog)
    cards = "".join(f".. fc:feature:: attack_{number}\n\n" for number in range(len(HOSTILE_TEXTS)))
    (source / "cards.rst").write_text(f":orphan:\n\nCards\n=====\n\n{cards}.. fc:owners::\n", encoding="utf-8")
    done = sphinx_build(source, tmp_path / "html", tmp_path / "trees")
    assert done.returncode == 0, done.stderr
    for name in ("index.html", "cards.html"):
        found = read(tmp_path / "html" / name)
        assert not [text for text in (*found.scripts, *found.handlers) if "attacked" in text or "alert(1)" in text]
        assert not [one for one in found.addresses if one.lower().startswith("javascript:")]


@pytest.mark.component("browser")
def test_a_browser_runs_none_of_it(site: Path) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
        )
        tab = browser.new_page()
        asked: list[str] = []
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("dialog", lambda dialog: (asked.append(f"dialog {dialog.message}"), dialog.dismiss()))
        every = [*site.glob("features/hostile_features/*.html"), site / "explorer.html", site / "owners.html"]
        for path in every:
            tab.goto(path.as_uri(), wait_until="load")
            assert tab.evaluate("window.attacked === undefined"), path.name
        tab.goto(f"{(site / 'explorer.html').as_uri()}#q=attack", wait_until="load")
        tab.wait_for_selector("#fc-explorer li a")
        tab.goto(f"{(site / 'lineage.html').as_uri()}#f=attack_0&up=1&down=1", wait_until="load")
        tab.wait_for_selector("#fc-lineage svg a")
        assert tab.evaluate("window.attacked === undefined")
        assert not [one for one in asked if not one.startswith(("file:", "data:", "blob:"))]
        browser.close()
