"""Done: "lineage expand and caps on a hub" in a real browser, and path, personal data and export of the same picture."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.projects import Nursery, make_shop
from tests.support.site_catalogs import docs_build
from tests.support.site_tabs import Witness, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from playwright.sync_api import Page as Tab

pytestmark = [pytest.mark.component("browser"), pytest.mark.component("sphinx")]

READERS = 260
#: Nodes that a picture begins with, and those that a click adds.
MOST, STEP = 150, 50
HUB = """import pandas as pd

from featurecat import feature


@feature(pii=True)
def hub(orders: pd.DataFrame) -> pd.Series:
    \"\"\"Feeds very many.\"\"\"
    return orders["amount"]


def beyond(reader_000: pd.Series) -> pd.Series:
    \"\"\"Two steps from the hub.\"\"\"
    return reader_000
""" + "".join(
    f"\n\ndef reader_{number:03}(hub: pd.Series) -> pd.Series:\n    return hub\n" for number in range(READERS)
)


@pytest.fixture(scope="module")
def hub_site(tmp_path_factory: pytest.TempPathFactory, nursery: Nursery) -> Path:
    project = make_shop(tmp_path_factory.mktemp("hub") / "shop", nursery)
    project.add_module("hub_features", HUB)
    project.ok("index")
    output = tmp_path_factory.mktemp("built") / "site"
    docs_build(project.root, output)
    return output


@pytest.fixture(scope="module")
def web(hub_site: Path) -> Iterator[str]:
    with served(hub_site) as address:
        yield address


@pytest.fixture(params=["file", "http"])
def root(request: pytest.FixtureRequest, hub_site: Path, web: str) -> str:
    return hub_site.as_uri() if request.param == "file" else web


def shown(tab: Tab) -> list[str]:
    """Names in the picture."""
    return [text.strip() for text in tab.locator("#fc-lineage svg a").all_text_contents()]


def hidden(tab: Tab) -> int:
    """How many a picture says it leaves out."""
    texts = tab.locator("#fc-lineage svg g.more").all_text_contents()
    return sum(int(found[1]) for text in texts if (found := re.search(r"\+(\d+) more", text)))


def test_a_hub_is_cut_and_grows_on_demand(root: str, browser: Browser) -> None:
    with Witness(browser) as witness:
        tab = witness.open(f"{root}/lineage.html#f=hub&up=0&down=1")
        tab.wait_for_selector("#fc-lineage svg g.more")
        first, left = len(shown(tab)), hidden(tab)
        assert first <= MOST
        assert first - 1 + left == READERS
        for _ in range(left // STEP + 1):
            if (more := tab.locator("#fc-lineage svg g.more").first).count():
                before = hidden(tab)
                more.focus()
                tab.keyboard.press("Enter")
                assert before - hidden(tab) in (STEP, before)
        assert len(shown(tab)) - 1 == READERS
        assert hidden(tab) == 0
    assert witness.complaints == []


def test_a_node_shows_what_is_around_it(root: str, browser: Browser) -> None:
    with Witness(browser) as witness:
        tab = witness.open(f"{root}/lineage.html#f=hub&up=0&down=1")
        tab.wait_for_selector("#fc-lineage svg g.more")
        assert "beyond" not in shown(tab)
        tab.locator("#fc-lineage svg g[aria-label$='around reader_000']").first.click()
        assert "beyond" in shown(tab)
        assert len(shown(tab)) <= MOST + 1
    assert witness.complaints == []


def test_the_path_between_two_features_is_marked(root: str, browser: Browser) -> None:
    with Witness(browser) as witness:
        tab = witness.open(f"{root}/lineage.html#f=hub&up=0&down=0&to=beyond")
        tab.wait_for_selector("#fc-lineage svg .onpath")
        assert {"hub", "reader_000", "beyond"} <= set(shown(tab))
        assert "2 steps to beyond" in (tab.locator("#fc-lineage [role=status]").text_content() or "")
        tab.goto(f"{root}/lineage.html#f=beyond&to=nowhere")
        tab.wait_for_function("document.querySelector('#fc-lineage [role=status]').textContent.includes('no nowhere')")
    assert witness.complaints == []


def test_personal_data_is_told_on_demand(root: str, browser: Browser) -> None:
    with Witness(browser) as witness:
        tab = witness.open(f"{root}/lineage.html#f=beyond&up=2&down=0")
        tab.wait_for_selector("#fc-lineage svg a")
        assert "hub" in shown(tab)
        tab.get_by_label("personal data", exact=False).check()
        tab.wait_for_function(
            "[...document.querySelectorAll('#fc-lineage svg a')].some(one => one.textContent.includes('hub (personal)'))"
        )
        assert "pii=1" in tab.url
    assert witness.complaints == []


def test_the_picture_is_exported_as_svg(root: str, browser: Browser, tmp_path: Path) -> None:
    with Witness(browser) as witness:
        tab = witness.open(f"{root}/lineage.html#f=beyond&up=2&down=0")
        tab.wait_for_selector("#fc-lineage svg a")
        with tab.expect_download() as waiting:
            tab.get_by_role("button", name="Export SVG").click()
        saved = tmp_path / "lineage.svg"
        waiting.value.save_as(saved)
        assert waiting.value.suggested_filename == "lineage-beyond.svg"
    assert witness.complaints == []
    picture = ElementTree.fromstring(saved.read_text(encoding="utf-8"))
    texts = {element.text for element in picture.iter() if element.tag.endswith("}text")}
    assert {"hub", "reader_000", "beyond"} <= texts
    assert not any("href" in name for element in picture.iter() for name in element.attrib)
