"""Peak memory when every feature also has a consumer that nobody asked for, as in a shared catalogue.

50 features in 10 levels of 5 columns; the last level is asked for. The handwritten program computes just that and
deletes each column after its last use. What is measured is the peak above the resident size before the run.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from generate import module_of
from libraries import build_driver
from measure import HANDWRITTEN, Benchmark, Row, compare, main

LEVELS, WIDTH, ROWS = 10, 5, 2_000_000
STATUS, PEAK_RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def graph() -> dict[str, tuple[str, str]]:
    """Each feature's two inputs, level by level."""
    levels = [[f"column_{level}_{place}" for place in range(WIDTH)] for level in range(LEVELS)]
    above = ["seed"] * WIDTH
    nodes = {}
    for names in levels:
        for place, name in enumerate(names):
            nodes[name] = (above[place], above[(place + 1) % WIDTH])
        above = names
    return nodes


def outputs() -> list[str]:
    return list(graph())[-WIDTH:]


def feature_source() -> str:
    lines = ['"""Generated for a benchmark."""', "", "import pandas as pd"]
    for name, inputs in graph().items():
        arguments = ", ".join(f"{one}: pd.Series" for one in dict.fromkeys(inputs))
        lines += [
            "",
            "",
            f"def {name}({arguments}) -> pd.Series:",
            f"    return {inputs[0]} * 0.5 + {inputs[1]} * 0.25",
        ]
        # the unselected consumer
        lines += ["", "", f"def use_of_{name}({name}: pd.Series) -> pd.Series:", f"    return {name} - 1.0"]
    return "\n".join([*lines, ""])


def handwritten_source() -> str:
    nodes = graph()
    last_use = {one: name for name, inputs in nodes.items() for one in inputs if one != "seed"}
    lines = ["def run(seed):"]
    for name, inputs in nodes.items():
        lines.append(f"    {name} = {inputs[0]} * 0.5 + {inputs[1]} * 0.25")
        lines += [f"    del {one}" for one, user in last_use.items() if user == name]
    answer = ", ".join(f'"{name}": {name}' for name in outputs())
    return "\n".join([*lines, f"    return {{{answer}}}", ""])


def memory(figure: str) -> float:
    """``VmRSS`` (now) or ``VmHWM`` (peak) of this process in MB."""
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(f"{figure}:"))
    return int(line.split()[1]) / 1_000


def worker(order: dict[str, Any]) -> dict[str, float]:
    import numpy as np
    import pandas as pd

    implementation = order["implementation"]
    with tempfile.TemporaryDirectory() as scratch:
        if implementation == HANDWRITTEN:
            run = module_of("handwritten_program", handwritten_source(), Path(scratch)).run
        else:
            module = module_of("feature_program", feature_source(), Path(scratch))
            driver = build_driver(implementation, [module], {})

            def run(seed: pd.Series) -> dict[str, Any]:
                return dict(driver.execute(outputs(), inputs={"seed": seed}))

        run(pd.Series(np.ones(10)))  # loads what is loaded on the first run
        seed = pd.Series(np.linspace(0.0, 1.0, ROWS))
        PEAK_RESET.write_text("5")
        before = memory("VmRSS")
        answer = run(seed)
        peak = memory("VmHWM") - before
    return {"peak": peak, "checksum": round(float(sum(column.sum() for column in answer.values())), 3)}


def rows(rounds: int) -> Iterator[Row]:
    samples = compare(__file__, {}, rounds=rounds)
    checksums = {value for one in samples["checksum"].values() for value in one.values}
    if len(checksums) != 1:
        raise SystemExit(f"memory: the implementations disagree: {checksums}")
    case = f"peak memory, {WIDTH} of {LEVELS * WIDTH} columns of {ROWS // 1_000_000}M rows"
    yield Row(case, "MB", samples["peak"], "≤ 1.2x handwritten")


BENCHMARK = Benchmark("memory", __file__, worker, rows)

if __name__ == "__main__":
    main(BENCHMARK)
