"""CPU of importing the driver in a fresh process, and of what decorators cost where features are defined.

For the first, "handwritten" is an interpreter that imports nothing; for the second, the same functions undecorated.
"""

from __future__ import annotations

import importlib
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from generate import HEADERS
from libraries import import_library
from measure import (
    FEATURECAT,
    HAMILTON,
    HANDWRITTEN,
    IMPLEMENTATIONS,
    Benchmark,
    Row,
    Samples,
    compare,
    main,
    process_cpu,
    scaled,
)

STATEMENTS = {
    FEATURECAT: "from featurecat import driver, tag, check_output, config; driver.Driver",
    HAMILTON: "from hamilton import driver; from hamilton.function_modifiers import tag, check_output, config",
    HANDWRITTEN: "pass",
}
DECORATED_FUNCTIONS = 4_000
PER_MODULE = 400
#: Name of the modules of each implementation.
PREFIXES = {FEATURECAT: "featurecat_decorated", HAMILTON: "hamilton_decorated", HANDWRITTEN: "undecorated"}
#: Ten functions, each with its decorators: what a feature module of some age looks like.
DECORATORS = (
    '@tag(owner="team_1", pii="False")\n',
    '@tag(owner="team_2", stage="derived", unit="EUR")\n@check_output(range=(0.0, 1e300), importance="fail")\n',
    '@config.when(region="US")\n',
    '@config.when(region="UK")\n',
    '@tag(owner="team_1", stage="derived")\n',
    "@check_output(range=(-1e300, 1e300), allow_nans=False)\n",
    '@parameterize({name}=dict(of=source("cost"), by=value(2)), {name}_more=dict(of=source("price"), by=value(3)))\n',
    '@tag(owner="team_3")\n@check_output(data_type=float)\n',
    '@tag(owner="team_3", status="active")\n',
    '@tag(owner="team_2")\n@extract_columns("{name}", "{name}_more")\n',
)
FUNCTION = '''
def {name}__{suffix}(of: pd.Series, by: int) -> pd.{returned}:
    """{name}: a feature."""
    return of * by

'''


def worker(order: dict[str, Any]) -> dict[str, float]:
    if order.get("directory"):
        return {"import": import_decorated(order["implementation"], order["directory"])}
    command = [sys.executable, "-c", STATEMENTS[order["implementation"]]]
    process_cpu(command)  # compiles what is not compiled yet
    return {"cpu": process_cpu(command)}


def import_decorated(implementation: str, directory: str) -> float:
    """CPU seconds of importing the generated modules, the library itself being there."""
    import_library(HAMILTON if implementation == HAMILTON else FEATURECAT)
    sys.path.insert(0, directory)
    begin = time.process_time()
    for number in range(DECORATED_FUNCTIONS // PER_MODULE):
        importlib.import_module(f"{PREFIXES[implementation]}_{number}")
    return time.process_time() - begin


def write_decorated(directory: Path) -> None:
    """Write the modules: the same functions with each library's decorators, and without."""
    for implementation, prefix in PREFIXES.items():
        header = HEADERS.get("hamilton" if implementation == HAMILTON else "featurecat", "")
        for number in range(DECORATED_FUNCTIONS // PER_MODULE):
            lines = ["import pandas as pd", "" if implementation == HANDWRITTEN else header]
            lines += [definition(number, place, implementation) for place in range(PER_MODULE)]
            (directory / f"{prefix}_{number}.py").write_text("\n".join(lines), encoding="utf-8")


def definition(module: int, place: int, implementation: str) -> str:
    name = f"feature_{module}_{place}"
    decorators = DECORATORS[place % len(DECORATORS)]
    returned = "DataFrame" if "extract_columns" in decorators else "Series"
    text = FUNCTION.format(name=name, suffix="us" if "config" in decorators else "made", returned=returned)
    return text if implementation == HANDWRITTEN else "\n" + decorators.format(name=name) + text.lstrip("\n")


def rows(rounds: int) -> Iterator[Row]:
    samples = compare(__file__, {}, rounds=rounds)["cpu"]
    yield Row("import driver and decorators", "ms", scaled(samples, 1_000), "≥ 20x")
    with tempfile.TemporaryDirectory() as scratch:
        write_decorated(Path(scratch))
        case = {"directory": scratch}
        compare(__file__, case, rounds=1)  # byte-compiles the generated modules
        samples = compare(__file__, case, rounds=max(5, rounds))["import"]
    yield Row(f"import {DECORATED_FUNCTIONS:,} decorated functions", "ms", scaled(samples, 1_000))
    cost = scaled(decorators_alone(samples), 1_000)
    yield Row("what their decorators cost of it", "ms", cost, "≤ 1/2 of Hamilton's (≥ 2x)")


def decorators_alone(samples: Mapping[str, Samples]) -> dict[str, Samples]:
    """What each library's rounds took beyond importing the undecorated functions in the same round."""
    bare = samples[HANDWRITTEN].values
    return {
        name: Samples(
            tuple(with_decorators - without for with_decorators, without in zip(found.values, bare, strict=True))
        )
        if found.values
        else found
        for name in IMPLEMENTATIONS
        if name != HANDWRITTEN
        for found in [samples[name]]
    }


BENCHMARK = Benchmark("import", __file__, worker, rows)

if __name__ == "__main__":
    main(BENCHMARK)
