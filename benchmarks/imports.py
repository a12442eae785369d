"""CPU of importing the driver in a fresh process; "handwritten" is an interpreter that imports nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from measure import FEATURECAT, HAMILTON, HANDWRITTEN, Benchmark, Row, compare, main, process_cpu, scaled

STATEMENTS = {
    FEATURECAT: "from featurecat import driver, tag, check_output, config; driver.Driver",
    HAMILTON: "from hamilton import driver; from hamilton.function_modifiers import tag, check_output, config",
    HANDWRITTEN: "pass",
}


def worker(order: dict[str, Any]) -> dict[str, float]:
    command = [sys.executable, "-c", STATEMENTS[order["implementation"]]]
    process_cpu(command)  # compiles what is not compiled yet
    return {"cpu": process_cpu(command)}


def rows(rounds: int) -> Iterator[Row]:
    samples = compare(__file__, {}, rounds=rounds)["cpu"]
    yield Row("import driver and decorators", "ms", scaled(samples, 1_000), "≥ 20x")


BENCHMARK = Benchmark("import", __file__, worker, rows)

if __name__ == "__main__":
    main(BENCHMARK)
