"""CPU of building a graph of 400, 4,000 and 40,000 functions, and of importing their modules."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from generate import CONFIG, load_modules, write_modules
from libraries import build_driver, import_library
from measure import FEATURECAT, HAMILTON, Benchmark, Row, compare, main, scaled

SIZES = (400, 4_000, 40_000)


def worker(order: dict[str, Any]) -> dict[str, float]:
    implementation, directory = order["implementation"], Path(order["directory"])
    import_library(implementation)
    begin = time.process_time()
    modules = load_modules(directory, implementation)
    imported = time.process_time()
    built = build_driver(implementation, modules, CONFIG)
    done = time.process_time()
    variables = len(built.list_available_variables())
    return {"import": imported - begin, "build": done - imported, "variables": variables}


def rows(rounds: int) -> Iterator[Row]:
    per_function: dict[int, float] = {}
    for size in SIZES:
        with tempfile.TemporaryDirectory() as scratch:
            write_modules(Path(scratch), size)
            case = {"directory": scratch}
            both = (FEATURECAT, HAMILTON)
            compare(__file__, case, rounds=1, implementations=both)  # byte-compiles the generated modules
            samples = compare(__file__, case, rounds=1 if size > 10_000 else rounds, implementations=both)
        ours = samples["build"][FEATURECAT]
        if ours.values:
            per_function[size] = ours.median / size
        aim = "≥ 10x"
        if len(per_function) > 1:
            aim += f", linear: {per_function[size] / per_function[SIZES[0]]:.2f}x per function of {SIZES[0]}"
        yield Row(f"build {size:,} mixed functions", "ms", scaled(samples["build"], 1_000), aim)
        yield Row(f"import their {max(1, size // 400)} modules", "ms", scaled(samples["import"], 1_000))


BENCHMARK = Benchmark("build", __file__, worker, rows)

if __name__ == "__main__":
    sys.setrecursionlimit(10_000)
    main(BENCHMARK)
