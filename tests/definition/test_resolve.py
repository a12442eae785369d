"""One variant of each name, by config and engine."""

from __future__ import annotations

from typing import Any

import pytest

from featurecat.definition.collect import Definitions, collect
from featurecat.definition.resolve import check_engine, no_variant_problem, resolve
from featurecat.errors import RequestError
from tests.support.modules import ModuleMaker

SOURCE = """
    import pandas as pd
    import polars as pl
    from featurecat import config

    @config.when(region="US")
    def f__us(a: pd.Series) -> pd.Series: ...
    @config.when(region="UK")
    def f__uk(a: pd.Series) -> pd.Series: ...
    @config.when_not_in(region=["US", "UK"])
    def f__polars(a: pl.Series) -> pl.Series: ...

    def g__pandas(a: pd.Series) -> pd.Series: ...
    def g__polars(a: pl.Series) -> pl.Series: ...
    def g__polars_lazy(a: pl.LazyFrame) -> pl.LazyFrame: ...
    def h(a: int) -> int: ...
    @config.when(debug=None)
    def k(a: int) -> int: ...
"""


@pytest.fixture
def definitions(make_module: ModuleMaker) -> Definitions:
    found = collect([make_module(SOURCE)])
    found.raise_problems()
    return found


@pytest.mark.parametrize(
    ("config", "engine", "chosen"),
    [
        ({"region": "US"}, None, {"f": "f__us", "g": "g__pandas", "h": "h", "k": "k"}),
        ({"region": "UK"}, "pandas", {"f": "f__uk", "g": "g__pandas", "h": "h", "k": "k"}),
        ({}, None, {"f": "f__polars", "g": "g__pandas", "h": "h", "k": "k"}),
        ({"region": "FR", "debug": 1}, "polars", {"f": "f__polars", "g": "g__polars", "h": "h"}),
        ({"region": "US"}, "polars", {"g": "g__polars", "h": "h", "k": "k"}),
        ({"region": "US"}, "polars-lazy", {"g": "g__polars_lazy", "h": "h", "k": "k"}),
    ],
)
def test_the_fitting_variant_is_chosen(
    definitions: Definitions, config: dict[str, Any], engine: str | None, chosen: dict[str, str]
) -> None:
    resolution = resolve(definitions, config, engine)
    found = {name: node.defined.function.__name__ for name, node in resolution.nodes.items() if node.defined}
    assert found == chosen
    assert set(resolution.unmatched) == set(definitions.variants) - set(chosen)


def test_why_nothing_fits_lists_the_variants(definitions: Definitions) -> None:
    variants = definitions.variants["f"]
    problem = no_variant_problem("f", variants, config={"region": "US"}, engine="polars")
    assert (problem.code, problem.feature) == ("no-variant", "f")
    assert problem.message == "no variant of 'f' fits region='US' and engine polars"
    assert problem.hint == "give --config region=…"
    assert problem.details == tuple(
        f"{node.engine} when {when}: {node.place[0]}:{node.place[1]}"
        for node, when in zip(variants, ["region='US'", "region='UK'", "region not in ['US', 'UK']"], strict=True)
    )


def test_many_variants_are_cut_short(definitions: Definitions) -> None:
    problem = no_variant_problem("g", definitions.variants["g"] * 2, config={}, engine=None)
    assert problem.details[-1] == "and 3 more"
    assert problem.hint == "choose another --engine"


@pytest.mark.parametrize(
    ("engine", "hint"), [("panda", "did you mean 'pandas'?"), ("any", "one of pandas"), ("x", "one of pandas")]
)
def test_unknown_engines_are_refused(engine: str, hint: str) -> None:
    with pytest.raises(RequestError) as caught:
        check_engine(engine)
    assert caught.value.code == "invalid-option"
    assert (caught.value.problems[0].hint or "").startswith(hint)


@pytest.mark.parametrize("engine", [None, "pandas", "polars", "polars-lazy"])
def test_known_engines_pass(engine: str | None) -> None:
    check_engine(engine)
