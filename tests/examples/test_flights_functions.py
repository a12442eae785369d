"""Every flights feature gives equal values on pandas and on Polars, and looks only at what was known."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import subprocess
import sys
import textwrap
import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from featurecat import driver
from featurecat.definition.collect import Definitions, collect
from featurecat.definition.node import Node, Role
from featurecat.expectations.spec import Verdict
from featurecat.frames.arrow import logical_type, to_arrow
from featurecat.graph.build import build_graph
from featurecat.graph.grain import SourceNode

PROJECT = Path(__file__).resolve().parents[2] / "examples" / "flights"
SETTINGS = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["featurecat"]
MODULES: list[str] = SETTINGS["modules"]
TABLES = ("flights", "weather", "planes")
OUTCOMES = ["dep_time", "dep_delay", "arr_delay", "air_time"]
Frames = dict[str, pl.DataFrame]


@pytest.fixture(scope="module")
def modules() -> Iterator[list[ModuleType]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(PROJECT))
        yield [importlib.import_module(name) for name in MODULES]


@pytest.fixture(scope="module")
def definitions(modules: list[ModuleType]) -> Definitions:
    found = collect(modules)
    found.raise_problems()
    return found


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Frames:
    """The three tables as ``prepare_data.py`` writes them."""
    directory = tmp_path_factory.mktemp("data")
    prepare_data = _prepare_data()
    rows = prepare_data.prepare(directory)
    assert list(rows.items()) == [("flights", 336_776), ("weather", 26_115), ("planes", 3_322)]
    assert sorted(path.name for path in directory.iterdir()) == sorted(f"{name}.parquet" for name in TABLES)
    return {name: pl.read_parquet(directory / f"{name}.parquet") for name in TABLES}


def _prepare_data() -> Any:
    specification = importlib.util.spec_from_file_location("prepare_data", PROJECT / "prepare_data.py")
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


# --- synthetic rows -----------------------------------------------------------------------------


def _flight(scheduled: datetime, delay: int | None = 0, **changes: Any) -> dict[str, Any]:
    """One flight; ``scheduled`` is local, five hours behind UTC."""
    flown = delay is not None
    return {
        "year": scheduled.year,
        "month": scheduled.month,
        "day": scheduled.day,
        "dep_time": 1200 if flown else None,
        "sched_dep_time": scheduled.hour * 100 + scheduled.minute,
        "dep_delay": delay,
        "arr_delay": delay - 3 if delay is not None else None,
        "carrier": "UA",
        "flight": 1,
        "tailnum": "N1",
        "origin": "JFK",
        "dest": "LAX",
        "air_time": 300 if flown else None,
        "distance": 2475,
        "hour": scheduled.hour,
        "minute": scheduled.minute,
        "time_hour": scheduled.replace(minute=0, tzinfo=UTC) + timedelta(hours=5),
        **changes,
    }


def _difficult_flights() -> list[dict[str, Any]]:
    noon = datetime(2013, 6, 15, 12, 0)
    days = [noon + timedelta(days=number) for number in range(12)]
    return [
        *(
            _flight(day, delay)
            for day, delay in zip(days, [5, None, 1301, -43, 0, 14, 15, 59, 60, 7, 8, 9], strict=True)
        ),
        _flight(datetime(2013, 6, 16, 23, 50), 30, flight=2, tailnum="N2"),
        _flight(datetime(2013, 6, 17, 0, 5), -20, flight=3, tailnum="N2"),
        _flight(datetime(2013, 6, 17, 0, 5), 4, flight=4, tailnum="N2", origin="EWR"),
        _flight(datetime(2013, 6, 18, 7, 30), 4, flight=5, tailnum=None),
        _flight(datetime(2013, 6, 18, 7, 30), None, flight=6, tailnum=None, dest="SFO"),
        _flight(datetime(2013, 6, 18, 7, 59), 1, flight=7, tailnum="N3", carrier="B6"),
        _flight(datetime(2013, 6, 18, 22, 0), 1, flight=8, tailnum="unknown", carrier="B6", origin="LGA"),
        _flight(datetime(2013, 6, 19, 6, 0), 1, flight=9, tailnum="N4", air_time=0, distance=0, carrier="B6"),
        _flight(datetime(2013, 12, 30, 18, 0), 2, flight=10, tailnum="N5"),
        _flight(datetime(2014, 2, 1, 18, 0), 2, flight=11, tailnum="N5"),
        _flight(datetime(2012, 2, 29, 4, 59), 2, flight=12, tailnum="N5", distance=500),
        _flight(datetime(2013, 3, 10, 2, 30), 2, flight=13, tailnum="N4", distance=501),
        _flight(datetime(2013, 7, 4, 17, 0), 2, flight=14, tailnum="N3", distance=4983),
    ]


def _frames(flights: list[dict[str, Any]], *, planes: int = 5) -> Frames:
    texts = ("carrier", "tailnum", "origin", "dest")
    instant = pl.Datetime("us", "UTC")
    columns = {name: pl.String() if name in texts else pl.Int64() for name in _flight(datetime(2013, 1, 1))}
    start = datetime(2013, 6, 17, 4, tzinfo=UTC)
    hours = [hour for hour in range(60) if hour not in (5, 6, 30)]
    weather = {
        "origin": ["JFK" if hour % 3 else "EWR" for hour in hours],
        "time_hour": [start + timedelta(hours=hour) for hour in hours],
        "temp": [None if hour == 13 else 28.0 + hour / 3 for hour in hours],
        "humid": [50.0 + hour / 7 for hour in hours],
        "wind_speed": [1048.36 if hour == 8 else 3.1 * (hour % 11) for hour in hours],
        "precip": [None if hour in (0, 1, 3, 20) else 0.01 * (hour % 29) for hour in hours],
        "pressure": [None if hour % 4 == 0 else 1012.3 for hour in hours],
        "visib": [0.25 * (hour % 41) for hour in hours],
    }
    register = {
        "tailnum": ["N1", "N2", "N3", "N4", "N5"],
        "year": [2004, None, 2013, 1956, 1998],
        "seats": [178, 55, 400, 2, 0],
        "engines": [2, 2, 4, 1, 2],
        "manufacturer": ["AIRBUS INDUSTRIE", "BOEING", "MCDONNELL DOUGLAS", "CESSNA", None],
        "engine": ["Turbo-fan", "Turbo-jet", None, "4 Cycle", "Turbo-fan"],
    }
    return {
        "flights": pl.DataFrame(flights, schema={**columns, "time_hour": instant}),
        "weather": pl.DataFrame(weather, schema_overrides={"time_hour": instant}).sort("humid", descending=True),
        "planes": pl.DataFrame(register).head(planes),
    }


SYNTHETIC: Mapping[str, Callable[[], Frames]] = {
    "difficult": lambda: _frames(_difficult_flights()),
    "difficult-backwards": lambda: _frames(_difficult_flights()[::-1]),
    "one-row": lambda: _frames([_flight(datetime(2013, 1, 1, 6))]),
    "no-rows": lambda: _frames([]),
    "all-cancelled": lambda: _frames([_flight(datetime(2013, 1, day, 6), None) for day in range(1, 5)]),
    "no-planes": lambda: _frames(_difficult_flights(), planes=0),
}


# --- running ------------------------------------------------------------------------------------


def _features(definitions: Definitions) -> list[str]:
    return [name for name, variants in definitions.variants.items() if variants[0].role is Role.FEATURE]


class _NothingExpected:
    """Skips all expectations: they are about a year of real flights, which a few rows are not."""

    def run_to_execute_node(
        self, *, node_name: str, node_callable: Callable[..., Any], node_kwargs: dict[str, Any], **_: Any
    ) -> Any:
        return Verdict("skip") if "_validator" in node_name else node_callable(**node_kwargs)


def _run(
    modules: list[ModuleType], engine: str, inputs: Mapping[str, Any], config: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    names = _features(collect(modules))
    builder = driver.Builder().with_modules(*modules).with_engine(engine).with_config(config or {})
    outputs: dict[str, Any] = builder.with_adapters(_NothingExpected()).build().execute(names, inputs=inputs)
    return outputs


def _pandas(frames: Frames, whole: str) -> dict[str, pd.DataFrame]:
    """pandas frames whose whole numbers with gaps are ``float64`` or ``Int64``."""
    converted = {name: frame.to_pandas() for name, frame in frames.items()}
    if whole == "Int64":
        for name, frame in frames.items():
            columns = [column for column, dtype in frame.schema.items() if dtype == pl.Int64]
            converted[name] = converted[name].astype(dict.fromkeys(columns, "Int64"))
    return converted


def _assert_equal(left: Mapping[str, Any], right: Mapping[str, Any]) -> None:
    assert left.keys() == right.keys()
    differing = {name: fault for name in left if (fault := _difference(to_arrow(left[name]), to_arrow(right[name])))}
    assert not differing


def _difference(left: pa.ChunkedArray, right: pa.ChunkedArray) -> str | None:
    if left.type != right.type:
        return f"{left.type} is not {right.type}"
    if not left.is_null().equals(right.is_null()):
        return f"{left.null_count} and {right.null_count} nulls, or in other places"
    if pa.types.is_floating(left.type):
        ours, theirs = (np.asarray(column.drop_null().to_numpy()) for column in (left, right))
        far = np.abs(ours - theirs) > 1e-12 * np.maximum(np.abs(ours), np.abs(theirs))
        return f"{far.sum()} values differ" if far.any() else None
    return None if left.equals(right) else "values differ"


@pytest.mark.parametrize("whole", ["float64", "Int64"])
@pytest.mark.parametrize("rows", SYNTHETIC)
def test_engines_agree_on_synthetic_rows(modules: list[ModuleType], rows: str, whole: str) -> None:
    frames = SYNTHETIC[rows]()
    _assert_equal(_run(modules, "pandas", _pandas(frames, whole)), _run(modules, "polars", frames))


@pytest.mark.parametrize("config", [{"day_parts": "fine"}, {"late_minutes": 5}])
def test_engines_agree_under_each_config(modules: list[ModuleType], config: dict[str, Any]) -> None:
    frames = SYNTHETIC["difficult"]()
    on_polars = _run(modules, "polars", frames, config)
    _assert_equal(_run(modules, "pandas", _pandas(frames, "float64"), config), on_polars)
    usual = _run(modules, "polars", frames)
    changed = {name for name in usual if not usual[name].equals(on_polars[name])}
    assert changed == ({"part_of_day"} if "day_parts" in config else {"is_late_departure", "late_share_7d"})


@pytest.mark.component("flights")
def test_engines_agree_on_the_first_flights(modules: list[ModuleType], prepared: Frames) -> None:
    frames = {**prepared, "flights": prepared["flights"].head(5_000)}
    _assert_equal(_run(modules, "pandas", _pandas(frames, "float64")), _run(modules, "polars", frames))


@pytest.mark.component("flights")
def test_engines_agree_on_all_flights(modules: list[ModuleType], prepared: Frames, definitions: Definitions) -> None:
    on_pandas = _run(modules, "pandas", _pandas(prepared, "float64"))
    _assert_equal(on_pandas, _run(modules, "polars", prepared))
    assert all(column.index.equals(pd.RangeIndex(336_776)) for column in on_pandas.values())
    declared = {name: definitions.variants[name][0].metadata.dtype for name in on_pandas}
    actual = {name: logical_type(to_arrow(column)) for name, column in on_pandas.items()}
    assert {name: dtype for name, dtype in declared.items() if dtype} == {
        name: dtype for name, dtype in actual.items() if declared[name]
    }


@pytest.mark.component("flights")
@pytest.mark.parametrize("engine", ["pandas", "polars"])
def test_all_expectations_hold_on_all_flights(
    modules: list[ModuleType], prepared: Frames, definitions: Definitions, engine: str
) -> None:
    dr = driver.Builder().with_modules(*modules).with_engine(engine).build()
    validators = [variable.name for variable in dr.list_available_variables() if variable.role == "validator"]
    inputs = prepared if engine == "polars" else _pandas(prepared, "float64")
    verdicts = dr.execute(validators, inputs=inputs)
    skipped = {name for name, verdict in verdicts.items() if verdict.status == "skip"}
    assert {name: verdict.message for name, verdict in verdicts.items() if verdict.status != "pass"}.keys() == skipped
    # a driver's call knows no moment to judge by, and pandas writes null as NaN
    without_moment = {
        name for name in validators if name.endswith(("_freshness_validator", "_not_in_future_validator"))
    }
    on_pandas = (
        {f"{name}_nans_validator" for name in definitions.variants} & set(validators) if engine == "pandas" else set()
    )
    assert skipped == without_moment | on_pandas


def test_polars_variants_run_without_pandas(modules: list[ModuleType], tmp_path: Path) -> None:
    for name, frame in SYNTHETIC["difficult"]().items():
        frame.write_parquet(tmp_path / f"{name}.parquet")
    script = f"""
        import importlib, sys
        sys.modules["pandas"] = None
        import polars as pl
        from featurecat import driver
        from featurecat.expectations.spec import Verdict
        class NothingExpected:
            def run_to_execute_node(self, *, node_name, node_callable, node_kwargs, **_):
                return Verdict("skip") if "_validator" in node_name else node_callable(**node_kwargs)
        names = {[name for name in MODULES if name.endswith("_polars")]!r}
        builder = driver.Builder().with_modules(*map(importlib.import_module, names))
        dr = builder.with_adapters(NothingExpected()).build()
        wanted = [one.name for one in dr.list_available_variables() if one.role == "feature"]
        inputs = {{name: pl.read_parquet(f"{{sys.argv[1]}}/{{name}}.parquet") for name in {TABLES!r}}}
        print(len(dr.execute(wanted, inputs=inputs)))
    """
    path = [str(PROJECT), *(entry for entry in sys.path if entry)]
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), str(tmp_path)],
        env={"PYTHONPATH": ":".join(path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) == len(_features(collect(modules)))


# --- what was known when ------------------------------------------------------------------------


def _known(definitions: Definitions, *moments: str) -> list[str]:
    return [
        name for name in _features(definitions) if definitions.variants[name][0].tags.get("known", ("",))[0] in moments
    ]


def _with_other_outcome(flights: pl.DataFrame, where: pl.Expr) -> pl.DataFrame:
    other = {name: pl.col(name).fill_null(9) + 700 for name in OUTCOMES}
    return flights.with_columns(**{name: pl.when(where).then(other[name]).otherwise(name) for name in OUTCOMES})


def test_outcomes_of_a_day_do_not_change_that_days_features(
    modules: list[ModuleType], definitions: Definitions
) -> None:
    frames = SYNTHETIC["difficult"]()
    flights = frames["flights"]
    today = (pl.col("month") == 6) & (pl.col("day") == 19)
    changed = _with_other_outcome(flights, today)
    before = _run(modules, "polars", frames)
    after = _run(modules, "polars", {**frames, "flights": changed})
    kept = flights.select(pl.date("year", "month", "day") <= date(2013, 6, 19)).to_series()
    rotation = {"aircraft_previous_dep_delay"}  # may look at flights that left earlier today
    for name in set(_known(definitions, "before_departure", "at_departure")) - rotation:
        assert before[name].filter(kept).equals(after[name].filter(kept)), name
    outcomes = _known(definitions, "after_departure", "after_arrival")
    assert any(not before[name].equals(after[name]) for name in outcomes)


def test_own_outcome_is_in_no_feature_known_before(modules: list[ModuleType], definitions: Definitions) -> None:
    frames = SYNTHETIC["difficult"]()
    names = _known(definitions, "before_departure", "at_departure")
    before = _run(modules, "polars", frames)
    for row in range(frames["flights"].height):
        changed = _with_other_outcome(frames["flights"], pl.int_range(pl.len()) == row)
        after = _run(modules, "polars", {**frames, "flights": changed})
        assert {name for name in names if before[name][row] != after[name][row]} == set(), row


def test_dep_delay_7d_is_the_mean_of_what_left_in_the_seven_days_before(modules: list[ModuleType]) -> None:
    flights = [_flight(datetime(2013, 6, day, 12), delay=day, flight=day) for day in range(1, 12)]
    flights.append(_flight(datetime(2013, 6, 9, 23), delay=120, flight=99))  # leaves on the 10th
    flights.append(_flight(datetime(2013, 6, 10, 8), delay=1_000, flight=98, origin="EWR"))
    means = _run(modules, "polars", _frames(flights))["dep_delay_7d"].to_list()
    assert means[0] is None
    assert means[1:8] == [1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0]
    assert means[8] == 5.0
    assert means[9] == 6.0
    assert means[10] == (sum(range(4, 11)) + 120) / 8
    assert means[11] == 5.0
    assert means[12] is None


def test_previous_delay_is_missing_while_the_previous_flight_has_not_left(modules: list[ModuleType]) -> None:
    flights = [
        _flight(datetime(2013, 6, 1, 20), delay=1_301),
        _flight(datetime(2013, 6, 2, 10), delay=4),
        _flight(datetime(2013, 6, 3, 10), delay=5),
        _flight(datetime(2013, 6, 4, 10), delay=None),
        _flight(datetime(2013, 6, 5, 10), delay=6),
    ]
    outputs = _run(modules, "polars", _frames(flights))
    assert outputs["previous_dep_delay"].to_list() == [None, None, 4, 5, None]
    assert outputs["aircraft_previous_dep_delay"].to_list() == [None, None, 4, 5, None]


# --- the arithmetic both share --------------------------------------------------------------------

ROWS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", None]),
        st.integers(0, 9),
        st.none() | st.integers(0, 9),
        st.none() | st.integers(-9, 9),
    ),
    max_size=12,
)


@given(rows=ROWS, days=st.integers(1, 5))
def test_trailing_adds_what_was_known_in_the_days_before(modules: list[ModuleType], rows: list[Any], days: int) -> None:
    group, today, known, amount = _columns(rows, pl.String, pl.Int64, pl.Int64, pl.Int64)
    expected = [
        [
            other_amount
            for other_group, _, other_known, other_amount in rows
            if other_group == own_group
            and None not in (own_group, other_known, other_amount)
            and own_today - days <= other_known < own_today
        ]
        for own_group, own_today, _, _ in rows
    ]
    polars, pandas = _operations()
    ours = polars.trailing(amount, known=known, today=today, by={"group": group}, days=days)
    theirs = pandas.trailing(
        _nullable(amount), known=_nullable(known), today=today.to_pandas(), by={"group": _text(group)}, days=days
    )
    assert ours.total.to_list() == theirs.total.to_list() == [sum(amounts) for amounts in expected]
    assert ours.rows.to_list() == theirs.rows.to_list() == [len(amounts) for amounts in expected]


@given(rows=ROWS)
def test_lagged_takes_the_row_before_in_order(modules: list[ModuleType], rows: list[Any]) -> None:
    group, order, _, column = _columns(rows, pl.String, pl.Int64, pl.Int64, pl.Int64)
    expected = []
    for position, (own_group, own_order, _, _) in enumerate(rows):
        earlier = [
            (other_order, other, value)
            for other, (other_group, other_order, _, value) in enumerate(rows)
            if own_group is not None and other_group == own_group and (other_order, other) < (own_order, position)
        ]
        expected.append(max(earlier)[2] if earlier else None)
    polars, pandas = _operations()
    ours = polars.lagged(column, within={"group": group}, order=order)
    theirs = pandas.lagged(_nullable(column), within={"group": _text(group)}, order=order.to_pandas())
    assert ours.to_list() == expected
    assert to_arrow(theirs).to_pylist() == expected


def _columns(rows: list[Any], *dtypes: Any) -> list[pl.Series]:
    return [pl.Series([row[place] for row in rows], dtype=dtype) for place, dtype in enumerate(dtypes)]


def _operations() -> tuple[Any, Any]:
    return tuple(sys.modules[f"flight_features.operations_{engine}"] for engine in ("polars", "pandas"))  # type: ignore[return-value]


def _nullable(column: pl.Series) -> Any:
    return pd.Series(column.to_list(), dtype="Int64")


def _text(column: pl.Series) -> Any:
    return pd.Series(column.to_list(), dtype="str" if pd.__version__ >= "3" else "object")


# --- what the project holds -----------------------------------------------------------------------


def _own(definitions: Definitions) -> Iterator[Node]:
    """Every variant of every feature but the source's own columns."""
    for variants in definitions.variants.values():
        for node in variants:
            if node.role is Role.FEATURE and node.defined is not None and ".table_" not in node.defined.module:
                yield node


def _body(node: Node) -> str:
    assert node.defined is not None
    (function,) = ast.parse(textwrap.dedent(inspect.getsource(node.defined.function))).body
    assert isinstance(function, ast.FunctionDef)
    return ast.dump(ast.Module(function.body[1:], []))


@pytest.mark.parametrize("engine", ["pandas", "polars"])
def test_there_are_enough_different_features(definitions: Definitions, engine: str) -> None:
    own = [node for node in _own(definitions) if node.engine == engine]
    assert len({node.name for node in own}) >= 40
    assert len({_body(node) for node in own}) >= 30
    assert len({node.defined.module for node in own if node.defined is not None}) >= 5


def test_every_feature_has_both_engines_and_the_same_declaration(definitions: Definitions) -> None:
    declarations: dict[str, dict[tuple[str, str], Any]] = {"pandas": {}, "polars": {}}
    for node in _own(definitions):
        said = (node.documentation, node.metadata, node.tags, [(spec.kind, spec.params) for spec in node.expectations])
        condition = "" if node.defined is None else str(node.defined.condition)
        declarations[node.engine][node.name, condition] = said
    assert declarations["pandas"] == declarations["polars"]


def test_every_feature_says_what_it_is(definitions: Definitions) -> None:
    lacking = [
        (node.name, node.engine)
        for node in _own(definitions)
        if not (node.documentation and node.metadata.owner and node.expectations and "known" in node.tags)
    ]
    assert lacking == []
    assert {owner for node in _own(definitions) for owner in node.metadata.owner} == {
        *("fleet", "meteorology", "network", "ops", "planning")
    }
    assert sum("delay" in node.tags for node in _own(definitions)) >= 20


@pytest.mark.parametrize("engine", ["pandas", "polars"])
def test_every_feature_has_the_flights_grain(definitions: Definitions, engine: str) -> None:
    sources = {name: SourceNode(name, tuple(table["key"])) for name, table in SETTINGS["sources"].items()}
    graph = build_graph(definitions, {}, engine, sources=sources)
    grains, problems = graph.grains
    assert problems == {}
    keys = tuple(SETTINGS["sources"]["flights"]["key"])
    assert {name for name in graph.public_names() if (grain := grains[name]) is None or grain.entity != keys} == set()


KINDS = {
    "pandas": {
        "rolling": {"trailing", "rolling"},
        "lag": {"lagged"},
        "group": {"groupby"},
        "join": {"merge", "reindex"},
        "categorical": {"banded"},
        "ratio": {"ratio"},
        "calendar": {"day_of_week", "isocalendar", "day_of_year"},
    },
    "polars": {
        "rolling": {"trailing", "rolling_sum_by"},
        "lag": {"lagged"},
        "group": {"over"},
        "join": {"join", "_at_airport_and_hour"},
        "categorical": {"banded"},
        "ratio": {"ratio"},
        "calendar": {"weekday", "week", "ordinal_day"},
    },
}


@pytest.mark.parametrize(("engine", "kind"), [(engine, kind) for engine in KINDS for kind in KINDS[engine]])
def test_each_kind_of_feature_is_used(definitions: Definitions, engine: str, kind: str) -> None:
    functions = [
        node.defined.function for node in _own(definitions) if node.engine == engine and node.defined is not None
    ]
    assert any(KINDS[engine][kind] & set(function.__code__.co_names) for function in functions)


def test_polars_modules_name_no_pandas() -> None:
    for file in sorted((PROJECT / "flight_features").glob("*_polars.py")):
        source = file.read_text()
        names = {node.attr for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute)}
        assert not names & {"to_pandas", "to_numpy"}, file.name
        assert "import pandas" not in source, file.name


@pytest.mark.component("flights")
def test_prepare_data_says_what_it_wrote(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _prepare_data().main([str(tmp_path / "data")]) == 0
    printed = capsys.readouterr().out
    assert all(count in printed for count in ("336,776", "26,115", "3,322"))
