"""Done: "screenshots of each page type, light, dark and phone width, are made by ``make screenshots``".

They are written to the folder that ``FEATURECAT_SCREENSHOTS`` names, else to one that is thrown away.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.site_catalogs import page_types
from tests.support.site_tabs import MODES, Witness

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.component("browser"), pytest.mark.component("sphinx")]

#: Parts of pages that scripts make; a picture waits for them.
MADE = {"explorer": "#fc-explorer input", "lineage": "#fc-lineage svg a"}


@pytest.mark.parametrize("mode", MODES)
def test_a_screenshot_of_every_page_type(mode: str, built_site: Path, browser: Browser, tmp_path: Path) -> None:
    folder = Path(os.environ.get("FEATURECAT_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    pages = page_types(built_site)
    assert len(pages) >= 17
    sizes: dict[str, int] = {}
    with Witness(browser, mode=mode) as witness:
        for page in pages:
            anchor = "#f=net_amount" if page.kind == "lineage" else ""
            name = page.address.removesuffix(".html").replace("/", "_")
            # another document first: a change of the anchor alone would not load the page
            witness.open("about:blank")
            tab = witness.open(f"{built_site.as_uri()}/{page.address}{anchor}")
            tab.wait_for_selector(MADE.get(page.kind, "h1"))
            sizes[name] = len(tab.screenshot(path=folder / f"{name}-{mode}.png", full_page=True))
    assert witness.complaints == []
    assert len(sizes) == len(pages)
    assert min(sizes.values()) > 5_000, sizes
