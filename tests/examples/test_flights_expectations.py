"""Each bound in ``examples/flights`` is near what was observed, or says where it comes from, in ``expectations.md``."""

from __future__ import annotations

import importlib
import importlib.util
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import pytest

from featurecat import driver
from featurecat.definition.collect import Definitions, collect
from featurecat.definition.node import Role
from featurecat.expectations.evaluate import Asking, evaluate_frame
from featurecat.expectations.kind import Surroundings
from featurecat.expectations.spec import ExpectationSpec, Verdict

PROJECT = Path(__file__).resolve().parents[2] / "examples" / "flights"
SETTINGS = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["featurecat"]
PAGE = PROJECT / "expectations.md"
#: How far from what was observed a bound may lie that cites no source.
MARGIN = 0.1
_ROUNDING = 1e-9
_ROW = re.compile(r"\| `(\w+)` \| `(\w+)` \| (.*?) \| (.*?) \| (.*?) \|")

pytestmark = pytest.mark.component("flights")


class Line(NamedTuple):
    """What the page says of an expectation."""

    feature: str
    kind: str
    bound: str
    observed: str


@pytest.fixture(scope="module")
def definitions() -> Iterator[Definitions]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(PROJECT))
        found = collect([importlib.import_module(name) for name in SETTINGS["modules"] if name.endswith("_polars")])
        found.raise_problems()
        yield found


@pytest.fixture(scope="module")
def verdicts(
    definitions: Definitions, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[tuple[ExpectationSpec, Verdict]]]:
    """Every expectation of every public feature, judged on the real data at the moment of the settings."""
    features = [name for name, variants in definitions.variants.items() if variants[0].role is Role.FEATURE]
    frame = _features(features, _data(tmp_path_factory.mktemp("data")))
    specs = {name: definitions.variants[name][0].expectations for name in features}
    as_of = datetime.combine(SETTINGS["checks"]["as_of"], datetime.max.time(), UTC)
    judged = evaluate_frame(frame, specs, Asking(surroundings=lambda column: Surroundings(as_of)))
    return {name: list(zip(specs[name], judged[name], strict=True)) for name in features}


def _data(directory: Path) -> dict[str, pl.DataFrame]:
    specification = importlib.util.spec_from_file_location("prepare_data", PROJECT / "prepare_data.py")
    assert specification is not None and specification.loader is not None
    prepare_data = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(prepare_data)
    prepare_data.prepare(directory)
    return {path.stem: pl.read_parquet(path) for path in directory.glob("*.parquet")}


class _NothingExpected:
    """Leaves judging to the fixture, which judges all expectations in one pass."""

    def run_to_execute_node(self, *, node_name: str, node_callable: Any, node_kwargs: dict[str, Any], **_: Any) -> Any:
        return Verdict("skip") if "_validator" in node_name else node_callable(**node_kwargs)


def _features(names: list[str], inputs: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    modules = [importlib.import_module(name) for name in SETTINGS["modules"] if name.endswith("_polars")]
    dr = driver.Builder().with_modules(*modules).with_adapters(_NothingExpected()).build()
    outputs: dict[str, pl.Series] = dr.execute(names, inputs=inputs)
    return pl.DataFrame(outputs)


def _text(number: Any) -> str:
    if isinstance(number, float):
        return f"{number:,.6g}" if abs(number) < 100_000 else f"{number:,.0f}"
    return f"{number:,}" if isinstance(number, int) else str(number)


def _interval(params: Mapping[str, Any]) -> str:
    return f"{_text(params['low'])} … {_text(params['high'])}"


def _lines(feature: str, spec: ExpectationSpec, verdict: Verdict) -> list[Line]:
    """Bound and observed figure as the page prints them."""
    params, observed = spec.params, verdict.observed
    kind = spec.kind
    if kind == "range":
        found = f"{_text(observed['min'])} … {_text(observed['max'])}"
        limit = f", {spec.fail_if} of the rows at fault" if spec.fail_if else ""
        return [Line(feature, kind, f"{_interval(params)}{limit}", found)]
    if kind in ("mean", "std", "min"):
        return [Line(feature, kind, _interval(params), _text(observed[kind]))]
    if kind == "quantile":
        return [
            Line(feature, kind, f"{share:g}: {_text(low)} … {_text(high)}", _text(observed[f"quantile_{share}"]))
            for share, low, high in params["quantiles"]
        ]
    if kind == "max_fraction_nans":
        return [Line(feature, kind, _text(params["max_fraction_nans"]), _text(observed["fraction"]))]
    if kind in ("row_count", "distinct"):
        return [Line(feature, kind, _interval(params), _text(observed["rows" if kind == "row_count" else kind]))]
    if kind == "freshness":
        return [Line(feature, kind, params["at_most"], observed["age"])]
    if kind == "categories":
        return [
            Line(
                feature, kind, f"{name}: {share:g} ± {params['tolerance']:g}", _text(round(observed["shares"][name], 4))
            )
            for name, share in params["shares"]
        ]
    return [_line_of_rows(feature, spec, verdict)]


def _line_of_rows(feature: str, spec: ExpectationSpec, verdict: Verdict) -> Line:
    """An expectation of single rows without bounds: what is expected, and how many rows are at fault."""
    params = spec.params
    words: Mapping[str, Callable[[], str]] = {
        "compare": lambda: (
            f"{params['operator']} {params['other']}"
            + (f", within {params['tolerance']}" if params["tolerance"] else "")
        ),
        "data_type": lambda: params["data_type"],
        "values_in": lambda: f"{len(params['values'])} values",
        "matches": lambda: "a pattern",
        "not_null": lambda: "0 missing",
        "nans": lambda: "0 NaN",
        "not_in_future": lambda: "as_of",
    }
    limit = f", {spec.fail_if} of the rows at fault" if spec.fail_if else ""
    failing, rows = verdict.failing_rows or 0, verdict.rows or 0
    return Line(
        feature, spec.kind, f"{words[spec.kind]()}{limit}", f"{failing / rows:.2%} at fault" if failing else "all rows"
    )


def _page() -> dict[Line, str]:
    return {Line(*found[:4]): found[4].strip() for found in _ROW.findall(PAGE.read_text())}


def test_all_hold(verdicts: dict[str, list[tuple[ExpectationSpec, Verdict]]]) -> None:
    faults = [
        (name, spec.kind, verdict.message)
        for name, judged in verdicts.items()
        for spec, verdict in judged
        if verdict.status != "pass"
    ]
    assert faults == []


def test_the_page_lists_every_expectation_with_what_was_observed(
    verdicts: dict[str, list[tuple[ExpectationSpec, Verdict]]],
) -> None:
    lines = [
        line for name, judged in verdicts.items() for spec, verdict in judged for line in _lines(name, spec, verdict)
    ]
    page = _page()
    assert [line for line in lines if line not in page] == []
    assert [line for line in page if line not in lines] == []


def test_bounds_are_near_what_was_observed_or_cite_a_source(
    verdicts: dict[str, list[tuple[ExpectationSpec, Verdict]]],
) -> None:
    page = _page()
    far = [
        line
        for name, judged in verdicts.items()
        for spec, verdict in judged
        for line, near in zip(_lines(name, spec, verdict), _nearness(spec, verdict), strict=True)
        if not near and not page.get(line)
    ]
    assert far == []


def _near(low: Any, high: Any, least: Any, greatest: Any) -> bool:
    """Whether both bounds lie within the margin of what was observed on their side."""
    return _reaches(least, low) and _reaches(greatest, high)


def _reaches(observed: float, bound: float) -> bool:
    return abs(bound - observed) <= MARGIN * abs(observed) + _ROUNDING


def _nearness(spec: ExpectationSpec, verdict: Verdict) -> list[bool]:
    """For each line of an expectation, whether its bound is near what was observed."""
    params, observed, kind = spec.params, verdict.observed, spec.kind
    if kind == "range":
        return [_near(params["low"], params["high"], observed["min"], observed["max"])]
    if kind == "min":
        return [params["low"] == params["high"] == observed["min"]]
    if kind in ("mean", "std", "row_count", "distinct"):
        figure = observed["rows" if kind == "row_count" else kind]
        return [_near(params["low"], params["high"], figure, figure)]
    if kind == "quantile":
        return [
            _near(low, high, observed[f"quantile_{share}"], observed[f"quantile_{share}"])
            for share, low, high in params["quantiles"]
        ]
    if kind == "max_fraction_nans":
        return [_reaches(observed["fraction"], params["max_fraction_nans"])]
    if kind == "categories":
        return [
            _reaches(observed["shares"][name], share) and params["tolerance"] <= MARGIN * share + _ROUNDING
            for name, share in params["shares"]
        ]
    if kind == "freshness":
        return [_span(params["at_most"]) <= (1 + MARGIN) * _span(observed["age"])]
    if kind in ("values_in", "matches"):
        return [False]  # where a list or a pattern comes from is to be said
    return [True]


_HOURS = {"w": 168, "d": 24, "h": 1, "min": 1 / 60, "s": 1 / 3_600}


def _span(text: str) -> timedelta:
    return timedelta(hours=sum(float(count) * _HOURS[unit] for count, unit in re.findall(r"([\d.]+)\s*([a-z]+)", text)))
