"""A chain of 10,000 nodes: does it build and run at all, and at what cost."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from generate import module_of
from libraries import build_driver
from measure import HANDWRITTEN, Benchmark, Row, compare, main, scaled
from shapes import chain

LENGTH = 10_000


def worker(order: dict[str, Any]) -> dict[str, float]:
    shape = chain(LENGTH)
    outputs = list(shape.outputs)
    with tempfile.TemporaryDirectory() as scratch:
        if order["implementation"] == HANDWRITTEN:
            run = module_of("handwritten_program", shape.handwritten_source(), Path(scratch)).run
            begin = time.process_time()
            answer = run(1)
        else:
            module = module_of("feature_program", shape.feature_source(), Path(scratch))
            begin = time.process_time()
            answer = build_driver(order["implementation"], [module], {}).execute(outputs, inputs={"seed": 1})
        spent = time.process_time() - begin
    if answer != {outputs[0]: LENGTH + 1}:
        raise ArithmeticError(f"wrong answer {answer}")
    return {"cpu": spent}


def rows(rounds: int) -> Iterator[Row]:
    samples = compare(__file__, {}, rounds=rounds)["cpu"]
    yield Row(f"chain of {LENGTH:,}: build, plan and first run", "ms", scaled(samples, 1_000), "runs")


BENCHMARK = Benchmark("chain", __file__, worker, rows)

if __name__ == "__main__":
    main(BENCHMARK)
