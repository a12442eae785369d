"""CPU of the commands one types all day, from the start of the process to its end, over 400 features."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from generate import write_modules
from measure import FEATURECAT, HANDWRITTEN, Benchmark, Row, compare, environment, main, process_cpu, scaled

FUNCTIONS = 400
PROGRAM = [sys.executable, "-c", "from featurecat.cli.main import main; main()"]
COMMANDS = {"--help": ["--help"], "list": ["list"], "show": ["show", "feature_0_1"]}
PROJECT = """
[tool.featurecat]
name = "benchmark"
modules = ["featurecat_features_0"]

[tool.featurecat.configs.us]
region = "US"
"""


def worker(order: dict[str, Any]) -> dict[str, float]:
    if order["implementation"] == HANDWRITTEN:
        return {"cpu": process_cpu([sys.executable, "-c", "pass"])}
    return {"cpu": process_cpu([*PROGRAM, *COMMANDS[order["command"]]], Path(order["directory"]))}


def rows(rounds: int) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as scratch:
        directory = Path(scratch)
        write_modules(directory, FUNCTIONS)
        (directory / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
        subprocess.run([*PROGRAM, "index"], cwd=directory, env=environment(), check=False, capture_output=True)
        for name, aim in (("--help", "≤ 150 ms"), ("list", "≤ 300 ms"), ("show", "")):
            case = {"command": name, "directory": scratch}
            implementations = (FEATURECAT, HANDWRITTEN)
            compare(__file__, case, rounds=1, implementations=implementations)  # byte-compiles the package
            samples = compare(__file__, case, rounds=rounds, implementations=implementations)
            yield Row(f"featurecat {name} (beside bare Python)", "ms", scaled(samples["cpu"], 1_000), aim)


BENCHMARK = Benchmark("startup", __file__, worker, rows)

if __name__ == "__main__":
    main(BENCHMARK)
