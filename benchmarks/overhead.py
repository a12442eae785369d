"""Hot overhead a node: trivial integer functions, beside the handwritten calls of the same functions."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from generate import module_of
from libraries import build_driver
from measure import HANDWRITTEN, Benchmark, Row, compare, main, scaled, seconds_per_call
from shapes import chain, fan_out, layered

SHAPES = (chain(200), fan_out(1_000), layered(1_000))


def worker(order: dict[str, Any]) -> dict[str, float]:
    shape = next(shape for shape in SHAPES if shape.name == order["shape"])
    outputs, inputs = list(shape.outputs), {"seed": 1}
    with tempfile.TemporaryDirectory() as scratch:
        if order["implementation"] == HANDWRITTEN:
            run = module_of("handwritten_program", shape.handwritten_source(), Path(scratch)).run
            answer, seconds = run(1), seconds_per_call(lambda: run(1), warm=30)
        else:
            module = module_of("feature_program", shape.feature_source(), Path(scratch))
            driver = build_driver(order["implementation"], [module], {})
            answer = driver.execute(outputs, inputs=inputs)
            seconds = seconds_per_call(lambda: driver.execute(outputs, inputs=inputs), warm=30)
    return {"node": seconds / len(shape.nodes), "checksum": sum(answer.values()) % 1_000_003}


def rows(rounds: int) -> Iterator[Row]:
    for shape in SHAPES:
        samples = compare(__file__, {"shape": shape.name}, rounds=rounds)
        checksums = {value for one in samples["checksum"].values() for value in one.values}
        if len(checksums) != 1:
            raise SystemExit(f"{shape.name}: the implementations disagree: {checksums}")
        yield Row(f"hot node, {shape.name}", "µs", scaled(samples["node"], 1e6), "≤ 3x handwritten")


BENCHMARK = Benchmark("overhead", __file__, worker, rows)

if __name__ == "__main__":
    main(BENCHMARK)
