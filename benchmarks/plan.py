"""CPU of planning 10 of 4,000 functions, and of the questions one asks such a graph."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from generate import CONFIG, SEED, load_modules, names_of, write_modules
from libraries import build_driver, import_library
from measure import FEATURECAT, HAMILTON, Benchmark, Row, compare, main, scaled

FUNCTIONS, SELECTED, SELECTIONS = 4_000, 10, 20


def selections() -> list[list[str]]:
    """Selections of 10 names spread over the modules, each different, so that no cache of plans helps."""
    names = [name for module in range(FUNCTIONS // 400) for name in names_of(module, 40)]
    step = len(names) // SELECTED
    return [
        [names[(place * step + shift * 17) % len(names)] for place in range(SELECTED)] for shift in range(SELECTIONS)
    ]


def worker(order: dict[str, Any]) -> dict[str, float]:
    import pandas as pd

    implementation = order["implementation"]
    import_library(implementation)
    driver = build_driver(implementation, load_modules(Path(order["directory"]), implementation), CONFIG)
    inputs = {SEED: pd.Series([1.0, 2.0]), f"other_{SEED}": pd.Series([3.0, 4.0])}
    wanted = selections()

    def each(action: Callable[[list[str]], object]) -> float:
        begin = time.process_time()
        for names in wanted:
            action(names)
        return (time.process_time() - begin) / len(wanted)

    driver.validate_execution(wanted[0], inputs=inputs)
    return {
        "plan": each(lambda names: driver.validate_execution(names, inputs=inputs)),
        "upstream": each(lambda names: driver.what_is_upstream_of(*names)),
        "downstream": each(lambda names: driver.what_is_downstream_of(names[0])),
        "list": each(lambda names: driver.list_available_variables()),
        "tagged": each(lambda names: driver.list_available_variables(tag_filter={"owner": ["team_1", "team_2"]})),
    }


def rows(rounds: int) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as scratch:
        write_modules(Path(scratch), FUNCTIONS)
        samples = compare(__file__, {"directory": scratch}, rounds=rounds, implementations=(FEATURECAT, HAMILTON))
    of = f"{SELECTED} of {FUNCTIONS:,}"
    yield Row(f"plan {of} (validate_execution)", "ms", scaled(samples["plan"], 1_000), "≥ 5x")
    yield Row(f"what_is_upstream_of {of}", "ms", scaled(samples["upstream"], 1_000), "≥ 5x")
    yield Row(f"what_is_downstream_of 1 of {FUNCTIONS:,}", "ms", scaled(samples["downstream"], 1_000), "≥ 5x")
    yield Row(f"list_available_variables of {FUNCTIONS:,}", "ms", scaled(samples["list"], 1_000), "≥ 5x")
    yield Row(f"the same with a tag_filter, of {FUNCTIONS:,}", "ms", scaled(samples["tagged"], 1_000), "≥ 5x")


BENCHMARK = Benchmark("plan", __file__, worker, rows)

if __name__ == "__main__":
    main(BENCHMARK)
