"""What expectations cost: a range and a share of missing values on each of 50 features of 3 million rows.

The column "featurecat" is a run with its checks, "handwritten" is the same run without them; where only judging is
measured, "handwritten" is the way that was not chosen. ``unique`` and ``quantile`` are apart: they sort and hash.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from generate import module_of
from libraries import build_driver
from measure import FEATURECAT, HANDWRITTEN, Benchmark, Row, compare, main, scaled

FEATURES, ROWS, RUNS = 50, 3_000_000, 3
LOW, HIGH, MOST_MISSING = -1e9, 1e9, 0.05


def feature_source(checks: bool) -> str:
    """Features of two columns, each with a division, as most are."""
    lines = ['"""Generated for a benchmark."""', "", "import pandas as pd", "", "from featurecat import check_output"]
    for number in range(FEATURES):
        lines += ["", ""]
        if checks:
            lines.append(f"@check_output(range=({LOW}, {HIGH}), max_fraction_nans={MOST_MISSING})")
        lines += [
            f"def feature_{number}(left: pd.Series, right: pd.Series) -> pd.Series:",
            f"    return (left - right) / (left + right + {number + 1}.0)",
        ]
    return "\n".join([*lines, ""])


def inputs() -> tuple[Any, Any]:
    """Two columns of floats, one value in a hundred missing."""
    import numpy as np

    random = np.random.default_rng(7)
    left, right = random.random(ROWS), random.random(ROWS)
    left[::100] = np.nan
    return left, right


def timed(action: Callable[[], Any]) -> dict[str, float]:
    """CPU seconds of one call when hot, and by the clock: the least of some."""
    action()
    cpu, wall = [], []
    for _ in range(RUNS):
        start, clock = time.process_time(), time.perf_counter()
        action()
        cpu.append(time.process_time() - start)
        wall.append(time.perf_counter() - clock)
    return {"cpu": min(cpu), "wall": min(wall)}


def pandas_run(order: dict[str, Any]) -> dict[str, float]:
    import pandas as pd

    left, right = map(pd.Series, inputs())
    with tempfile.TemporaryDirectory() as scratch:
        source = feature_source(checks=order["implementation"] == FEATURECAT)
        driver = build_driver(FEATURECAT, [module_of("checked_features", source, Path(scratch))], {})
        wanted = [f"feature_{number}" for number in range(FEATURES)]
        return timed(lambda: driver.execute(wanted, inputs={"left": left, "right": right}))


def polars_run(order: dict[str, Any]) -> dict[str, float]:
    import polars as pl

    left, right = inputs()
    lazy = pl.DataFrame({"left": left, "right": right}).lazy()
    features = lazy.select(
        ((pl.col("left") - pl.col("right")) / (pl.col("left") + pl.col("right") + number + 1.0)).alias(
            f"feature_{number}"
        )
        for number in range(FEATURES)
    )
    if order["implementation"] != FEATURECAT:
        return timed(lambda: features.collect())
    specs = specifications(["range", "max_fraction_nans"], [(LOW, HIGH), MOST_MISSING])
    return timed(lambda: judged(features.collect(), specs))


def specifications(kinds: list[str], arguments: list[Any]) -> dict[str, Any]:
    from featurecat.expectations.registry import make_spec

    specs = [make_spec(kind, argument) for kind, argument in zip(kinds, arguments, strict=True)]
    return {f"feature_{number}": specs for number in range(FEATURES)}


def judged(frame: Any, specs: dict[str, Any]) -> None:
    from featurecat.expectations.evaluate import evaluate_frame

    found = evaluate_frame(frame, specs)
    if any(verdict.status != "pass" for column in found.values() for verdict in column):
        raise SystemExit(f"an expectation does not hold: {found}")


def pandas_frame() -> Any:
    import pandas as pd

    left, right = inputs()
    return pd.DataFrame({f"feature_{number}": left + number * right for number in range(FEATURES)})


def judging(order: dict[str, Any]) -> dict[str, float]:
    """A range and a share of missing values of columns of pandas, in one of the ways."""
    frame = pandas_frame()
    if order["implementation"] == FEATURECAT:
        specs = specifications(["range", "max_fraction_nans"], [(LOW, HIGH), MOST_MISSING])
        return timed(lambda: judged(frame, specs))
    return timed(lambda: WAYS[order["way"]](frame))


def through_narwhals(frame: Any) -> None:
    import narwhals as nw

    columns = nw.from_native(frame)
    for name in columns.columns:
        columns.select(
            nw.col(name).min().alias("least"), nw.col(name).max().alias("greatest"), nw.col(name).null_count()
        )


def through_arrow(frame: Any) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    for name in frame.columns:
        column = pa.array(frame[name].to_numpy(), from_pandas=True)
        pc.min_max(column)
        assert column.null_count < ROWS


WAYS: dict[str, Callable[[Any], None]] = {"Narwhals on pandas": through_narwhals, "Arrow compute": through_arrow}


def single(order: dict[str, Any]) -> dict[str, float]:
    """One expectation that takes more than a pass of its own kind, on a single column of pandas."""
    import numpy as np
    import pandas as pd

    from featurecat.expectations.evaluate import evaluate_column
    from featurecat.expectations.registry import make_spec

    column = pd.Series(np.random.default_rng(7).permutation(ROWS).astype("float64"))
    if order["implementation"] != FEATURECAT:
        return timed(lambda: HAND[order["kind"]](column))
    specs = [make_spec(order["kind"], ARGUMENTS[order["kind"]])]
    return timed(lambda: evaluate_column(specs, column))


ARGUMENTS: dict[str, Any] = {"unique": True, "quantile": {0.95: (0.0, None)}}
HAND: dict[str, Callable[[Any], Any]] = {
    "unique": lambda column: column.is_unique,
    "quantile": lambda column: column.quantile(0.95),
}
CASES: dict[str, Callable[[dict[str, Any]], dict[str, float]]] = {
    "pandas": pandas_run,
    "polars": polars_run,
    "judging": judging,
    "single": single,
}


def worker(order: dict[str, Any]) -> dict[str, float]:
    return CASES[order["case"]](order)


def rows(rounds: int) -> Iterator[Row]:
    """The bars hold for the time by the clock, for that is what a user waits for; CPU time stands beside it."""
    both = (FEATURECAT, HANDWRITTEN)
    work = f"{FEATURES} × {ROWS // 1_000_000}M rows"
    for case, title, bar in (
        ("pandas", f"driver.execute on pandas with range and missing share, {work}", "≤ 1.25x without checks"),
        ("polars", f"lazy collect on Polars with range and missing share, {work}", "≤ 1.6x the collect alone"),
    ):
        samples = compare(__file__, {"case": case}, rounds=rounds, implementations=both)
        yield Row(title, "ms", scaled(samples["wall"], 1_000), bar)
        yield Row("the same, CPU", "ms", scaled(samples["cpu"], 1_000), "")
    for way in WAYS:
        samples = compare(__file__, {"case": "judging", "way": way}, rounds=rounds, implementations=both)
        yield Row(f"judging {work} of pandas on Polars, beside {way}", "ms", scaled(samples["cpu"], 1_000), "least")
    for kind in ARGUMENTS:
        samples = compare(__file__, {"case": "single", "kind": kind}, rounds=rounds, implementations=both)
        yield Row(f"{kind} of 1 × {ROWS // 1_000_000}M rows, beside pandas", "ms", scaled(samples["cpu"], 1_000), "")


BENCHMARK = Benchmark("expectations", __file__, worker, rows)

if __name__ == "__main__":
    main(BENCHMARK)
