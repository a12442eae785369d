"""``featurecat.Catalog``: what notebooks ask."""

from __future__ import annotations

import pytest

from featurecat import Catalog
from featurecat.errors import RequestError
from tests.support.projects import ShopProject


def test_select_answers_as_list_does(shop: ShopProject) -> None:
    shop.ok("index")
    with Catalog.open_project(shop.root) as catalog:
        every = catalog.select()
        assert catalog.select("+margin") != every
        assert set(catalog.select("not +margin")) == set(every) - set(catalog.select("+margin"))
        with pytest.raises(RequestError) as raised:
            catalog.select("marginn")
        assert "did you mean" in str(raised.value.problems[0].hint)
        assert catalog.select("owner:nobody", allow_empty=True) == []


def test_a_catalog_without_a_project_selects_nothing(shop: ShopProject) -> None:
    shop.ok("index")
    with Catalog.open(str(shop.root / ".featurecat" / "catalog.duckdb")) as catalog, pytest.raises(RequestError):
        catalog.select("margin")
