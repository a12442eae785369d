"""Pictures that programs use as Graphviz's graphs."""

from __future__ import annotations

from pathlib import Path

import pytest

from featurecat.compat.hamilton import ad_hoc_utils, driver


def price(spend: float) -> float:
    return spend


@pytest.mark.component("graphviz")
def test_a_picture_is_used_as_a_graph_of_graphviz(tmp_path: Path) -> None:
    module = ad_hoc_utils.create_temporary_module(price)
    picture = driver.Builder().with_modules(module).build().display_all_functions(tmp_path / "dag.svg")
    assert picture.source == picture.dot
    assert "price" in picture.source
    assert callable(picture.render)
    assert callable(picture.pipe)
    assert (tmp_path / "dag.svg").read_text().startswith("<svg")
    assert "text/html" in picture._repr_mimebundle_()
    with pytest.raises(AttributeError, match="rendered"):
        picture.rendered  # noqa: B018 - that is what fails
