"""Done: "real-browser tests, file:// and http://127.0.0.1: every page type, no console errors, no foreign requests, axe
clean; search, facets, deep links, back button, keyboard only, dark mode" on a site that ``featurecat docs build`` made.

``make browser`` fetches axe-core into ``.cache/axe``; ``FEATURECAT_AXE`` may name another folder with ``axe.min.js``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.support.projects import REPOSITORY
from tests.support.site_catalogs import Page, page_types
from tests.support.site_tabs import MODES, Witness, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from playwright.sync_api import Page as Tab

pytestmark = [pytest.mark.component("browser"), pytest.mark.component("sphinx")]

KINDS = (
    "index", "explorer", "lineage", "matrix", "quality", "changelog", "search",
    "features", "modules", "owners", "tags", "sources", "entities", "checks",
)  # fmt: skip
PHONE = 390


@pytest.fixture(scope="module")
def web(built_site: Path) -> Iterator[str]:
    with served(built_site) as address:
        yield address


@pytest.fixture(params=["file", "http"])
def root(request: pytest.FixtureRequest, built_site: Path, web: str) -> str:
    """Where the site is, as an address without a slash at its end."""
    return built_site.as_uri() if request.param == "file" else web


def page_of(site: Path, kind: str) -> Page:
    return next(page for page in page_types(site) if page.kind == kind)


def started(tab: Tab, kind: str) -> None:
    """Wait until the parts that scripts make are there."""
    if kind == "explorer":
        tab.wait_for_selector("#fc-explorer input")
    elif kind == "lineage":
        tab.wait_for_selector("#fc-lineage input")


@pytest.mark.parametrize("kind", KINDS)
def test_every_page_type_loads(kind: str, root: str, built_site: Path, browser: Browser) -> None:
    with Witness(browser) as witness:
        tab = witness.open(f"{root}/{page_of(built_site, kind).address}")
        started(tab, kind)
        if kind != "search":  # the theme's own, without one until there is a query
            assert tab.locator("h1").count() == 1 and tab.locator("h1").inner_text().strip()
        assert tab.title().strip() and tab.evaluate("document.documentElement.lang")
    assert witness.complaints == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_page_type_fits_a_phone(kind: str, built_site: Path, browser: Browser) -> None:
    with Witness(browser, mode="phone") as witness:
        tab = witness.open(f"{built_site.as_uri()}/{page_of(built_site, kind).address}")
        started(tab, kind)
        assert tab.evaluate("document.documentElement.scrollWidth") <= PHONE
    assert witness.complaints == []


@pytest.mark.component("axe")
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing(kind: str, mode: str, built_site: Path, browser: Browser) -> None:
    script = Path(os.environ.get("FEATURECAT_AXE") or REPOSITORY / ".cache" / "axe") / "axe.min.js"
    assert script.is_file(), "axe-core is missing: make browser"
    with Witness(browser, mode=mode) as witness:
        tab = witness.open(f"{built_site.as_uri()}/{page_of(built_site, kind).address}")
        started(tab, kind)
        tab.add_script_tag(path=script)
        found = tab.evaluate(
            "async () => (await axe.run(document, {resultTypes: ['violations']})).violations.map("
            "one => `${one.id}: ${one.help}: ${one.nodes.slice(0, 3).map(node => `${node.html} ${node.failureSummary}`).join(' | ')}`)"
        )
    assert found == []


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("search",)])
def test_pages_are_readable_without_scripts(kind: str, built_site: Path, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(f"{built_site.as_uri()}/{page_of(built_site, kind).address}")
    assert tab.locator("h1").inner_text().strip()
    assert tab.locator("a[href*='features/'], a[href*='modules/'], a[href$='.html']").count() > 0
    if kind == "features":
        assert tab.locator("svg a").count() > 0
    context.close()


def test_every_link_leads_somewhere(built_site: Path) -> None:
    missing = set()
    for path in built_site.rglob("*.html"):
        text = re.sub(r"(?s)<(script|style)\b.*?</\1>", "", path.read_text(encoding="utf-8"))
        for link in re.findall(r"""\b(?:href|src)=["']([^"'#?]+)""", text):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / re.sub("%[0-9A-Fa-f]{2}", lambda code: chr(int(code[0][1:], 16)), link)).resolve()
            if not target.exists() and not (target / "index.html").exists():
                missing.add((path.relative_to(built_site).as_posix(), link))
    assert missing == set()


def test_the_explorer_finds_by_typing(root: str, browser: Browser) -> None:
    with Witness(browser) as witness:
        tab = witness.open(f"{root}/explorer.html")
        started(tab, "explorer")
        tab.locator("#fc-explorer input[type=search]").fill("margin")
        tab.wait_for_function("location.hash.includes('q=margin')")
        first = tab.locator("#fc-explorer li a").first
        assert first.inner_text().strip() == "margin"
        first.click()
        tab.wait_for_url("**/features/*/margin.html*")
        assert "margin" in tab.locator("h1").inner_text()
        tab.go_back()
        started(tab, "explorer")
        assert tab.locator("#fc-explorer input[type=search]").input_value() == "margin"
    assert witness.complaints == []


def test_a_deep_link_into_the_explorer(root: str, browser: Browser) -> None:
    with Witness(browser) as witness:
        tab = witness.open(f"{root}/explorer.html#owner=ops")
        started(tab, "explorer")
        tab.wait_for_selector("#fc-explorer fieldset input[type=checkbox]:checked")
        status = tab.locator("#fc-explorer [role=status]").inner_text()
        names = tab.locator("#fc-explorer li a").all_inner_texts()
        assert "net_amount" in names and "initials" not in names
        assert re.search(r"\d", status)
    assert witness.complaints == []


def test_the_keyboard_alone_leads_to_a_feature(root: str, browser: Browser) -> None:
    with Witness(browser) as witness:
        tab = witness.open(f"{root}/index.html")
        tab.keyboard.press("Control+k")
        tab.wait_for_selector("dialog[open] input")
        tab.keyboard.type("net_amount")
        tab.wait_for_selector("dialog[open] a[href*='net_amount'], dialog[open] [role=option]")
        tab.keyboard.press("Enter")
        tab.wait_for_url("**/net_amount.html*")
    assert witness.complaints == []


def test_lineage_shows_what_was_asked_for(root: str, browser: Browser) -> None:
    with Witness(browser) as witness:
        tab = witness.open(f"{root}/lineage.html#f=net_amount&up=1&down=1")
        tab.wait_for_selector("#fc-lineage svg a[aria-label*='margin']")
        assert tab.locator("#fc-lineage svg a[aria-label^='orders']").count() == 1
        assert tab.locator("#fc-lineage svg a[aria-label*='upstream']").count() == 1
    assert witness.complaints == []


def test_dark_is_dark(built_site: Path, browser: Browser) -> None:
    shades = {}
    for mode in ("light", "dark"):
        with Witness(browser, mode=mode) as witness:
            tab = witness.open(f"{built_site.as_uri()}/{page_of(built_site, 'features').address}")
            colour = tab.evaluate("getComputedStyle(document.querySelector('h1')).color")
            shades[mode] = sum(int(number) for number in re.findall(r"\d+", colour)[:3])
        assert witness.complaints == []
    assert shades["light"] < 384 < shades["dark"]


def test_copying_a_command(root: str, built_site: Path, browser: Browser) -> None:
    with Witness(browser) as witness:
        tab = witness.open(f"{root}/{page_of(built_site, 'features').address}")
        button = tab.locator("button[data-fc-copy]").first
        assert (button.get_attribute("data-fc-copy") or "").startswith("featurecat ")
        button.focus()
        tab.keyboard.press("Enter")
        tab.wait_for_function(
            "[...document.querySelectorAll('[aria-live], [role=status]')].some(one => /copied/i.test(one.textContent))"
        )
    assert witness.complaints == []
