"""CPU of ``featurecat check`` over 4,000 published features with 10,000 expectations, nothing changed since."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from measure import FEATURECAT, HANDWRITTEN, Benchmark, Row, compare, environment, main, process_cpu

MODULES, FEATURES = 100, 40
ROWS = 1_000
PROGRAM = [sys.executable, "-c", "from featurecat.cli.main import main; raise SystemExit(main())"]
PROJECT = """
[tool.featurecat]
name = "benchmark"
modules = [{modules}]
"""
SEED = '''"""Where all rows come from."""

import numpy as np
import pandas as pd


def seed() -> pd.Series:
    """Numbers between 0 and 1."""
    return pd.Series(np.linspace(0.0, 1.0, {rows}))
'''
PREAMBLE = '''"""Generated for a benchmark."""

import pandas as pd

from featurecat import check_output
'''
#: Two expectations on half of the features, three on the others: 10,000 on 4,000.
FEATURE = '''

@check_output(range=(-1e9, 1e9), allow_nans=False{third}, importance="fail")
def {name}(seed: pd.Series) -> pd.Series:
    """{name}: a shifted number."""
    return seed + {number}
'''


def write_project(directory: Path) -> None:
    names = ["generated_seed"]
    (directory / "generated_seed.py").write_text(SEED.format(rows=ROWS), encoding="utf-8")
    for module in range(MODULES):
        names.append(f"generated_{module}")
        texts = [PREAMBLE]
        for feature in range(FEATURES):
            third = ", data_type=float" if feature % 2 else ""
            texts.append(FEATURE.format(name=f"feature_{module}_{feature}", number=feature, third=third))
        (directory / f"generated_{module}.py").write_text("".join(texts), encoding="utf-8")
    settings = PROJECT.format(modules=", ".join(f'"{name}"' for name in names))
    (directory / "pyproject.toml").write_text(settings, encoding="utf-8")


def run(directory: Path, *words: str) -> None:
    done = subprocess.run([*PROGRAM, *words], cwd=directory, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"featurecat {words[0]} ended with {done.returncode}: {done.stderr or done.stdout}")


def worker(order: dict[str, Any]) -> dict[str, float]:
    if order["implementation"] == HANDWRITTEN:
        return {"cpu": process_cpu([sys.executable, "-c", "pass"])}
    return {"cpu": process_cpu([*PROGRAM, *order["words"]], Path(order["directory"]))}


def rows(rounds: int) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as scratch:
        directory = Path(scratch)
        write_project(directory)
        run(directory, "index")
        run(directory, "materialize", "feature_*", "-q")
        for _ in range(2):  # judges everything, then loads the byte-compiled package
            run(directory, "check", "feature_*", "-q")
        case = {"words": ["check", "feature_*", "-q"], "directory": scratch}
        samples = compare(__file__, case, rounds=rounds, implementations=(FEATURECAT, HANDWRITTEN))
        title = f"featurecat check, {MODULES * FEATURES:,} features, 10,000 expectations, nothing changed (beside bare Python)"
        yield Row(title, "s", samples["cpu"], "≤ 2 s")


BENCHMARK = Benchmark("gate", __file__, worker, rows)

if __name__ == "__main__":
    main(BENCHMARK)
