"""CPU of indexing 4,000 functions and of asking the catalog; of one answer among 100,000 features.

Figures are of whole processes with all they start. Beside them stands what one cannot do without: for an index the
import of the modules, for an answer a bare interpreter.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

from generate import write_modules
from measure import FEATURECAT, HANDWRITTEN, Benchmark, Row, Samples, compare, environment, main, process_cpu

FUNCTIONS = 4_000
MANY, WIDTH = 100_000, 4_000
PROGRAM = [sys.executable, "-c", "from featurecat.cli.main import main; raise SystemExit(main())"]
SETTINGS = '[tool.featurecat]\nname = "benchmark"\nmodules = [{modules}]\n'
ASKED = "feature_5_100"


def write_project(directory: Path) -> list[str]:
    """A project of generated modules; their names."""
    write_modules(directory, FUNCTIONS)
    for path in directory.glob("hamilton_features_*.py"):
        path.unlink()
    names = sorted(path.stem for path in directory.glob("*.py"))
    modules = ", ".join(f'"{name}"' for name in names)
    (directory / "pyproject.toml").write_text(SETTINGS.format(modules=modules), encoding="utf-8")
    return names


def write_large_catalog(directory: Path) -> None:
    """A store whose catalog knows 100,000 features in 25 layers, made from tables: nothing is imported."""
    from featurecat.catalog.build import build_catalog
    from featurecat.catalog.canonical import definition_tables
    from featurecat.clock import SystemClock
    from featurecat.project.discover import find_project
    from featurecat.records import EdgeRow, FeatureRow

    (directory / "pyproject.toml").write_text('[tool.featurecat]\nname = "large"\nmodules = []\n', encoding="utf-8")
    columns = [column.name for column in fields(FeatureRow)]
    plain: dict[str, Any] = {
        **dict.fromkeys(columns), "graph": "default", "role": "feature", "public": True, "entity": (), "pii": False,
        "tags": {}, "meta": {},
    }  # fmt: skip
    rows: list[Any] = []
    for number in range(MANY):
        name = large_name(number)
        rows.append(FeatureRow(**{**plain, "feature": name, "name": name, "summary": f"The feature {number}."}))
        if number >= WIDTH:
            layer = number // WIDTH - 1
            for step in (0, 7):
                parent = large_name(layer * WIDTH + (number + step * layer) % WIDTH)
                rows.append(EdgeRow(parent, name, None, f"taken_{step}", False, "data"))
    store = find_project(directory).store
    store.create()
    build_catalog(store.catalog, definition_tables(rows), [], snapshots=[], clock=SystemClock())


def large_name(number: int) -> str:
    return f"feature_{number:06}"


def worker(order: dict[str, Any]) -> dict[str, float]:
    directory = Path(order["directory"])
    if order["implementation"] == HANDWRITTEN:
        return {"cpu": process_cpu([sys.executable, "-c", order["beside"]], directory)}
    if order["cold"]:
        shutil.rmtree(directory / ".featurecat", ignore_errors=True)
    if order["changed"]:
        with (directory / order["changed"]).open("a", encoding="utf-8") as stream:
            stream.write(f"\n\ndef added_{stream.tell()}(seed: pd.Series) -> pd.Series:\n    return seed\n")
    return {"cpu": process_cpu([*PROGRAM, *order["words"]], directory)}


def rows(rounds: int) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as scratch:
        directory = Path(scratch)
        names = write_project(directory)
        imports = "import sys; sys.path.insert(0, '.'); import " + ", ".join(names)
        for _ in range(2):  # the second one loads the byte-compiled package
            run(directory, "index", "--force")

        def measured(*words: str, beside: str = "pass", cold: bool = False, changed: str = "") -> dict[str, Samples]:
            case = {"words": words, "directory": scratch, "beside": beside, "cold": cold, "changed": changed}
            return compare(__file__, case, rounds=rounds, implementations=(FEATURECAT, HANDWRITTEN))["cpu"]

        size = f"{FUNCTIONS:,} functions"
        samples = measured("index", "-q", beside=imports, cold=True)
        yield Row(f"featurecat index, {size}, no store (beside importing them)", "s", samples, "≤ 1.5 s more")
        samples = measured("index", "-q")
        yield Row(f"featurecat index, {size}, nothing changed (beside bare Python)", "s", samples, "≤ 0.3 s")
        for words in (("list", "-q"), ("show", ASKED), ("lineage", ASKED)):
            yield Row(f"featurecat {words[0]}, {size} (beside bare Python)", "s", measured(*words), "≤ 0.3 s")
        samples = measured("index", "-q", beside=imports, changed=f"{names[-1]}.py")
        yield Row(f"featurecat index, {size}, one module changed (beside importing them)", "s", samples)
    with tempfile.TemporaryDirectory() as scratch:
        write_large_catalog(Path(scratch))
        case = {"directory": scratch, "beside": "pass", "cold": False, "changed": ""}
        for number in (WIDTH // 2, MANY // 2, MANY - 1):
            case["words"] = ["lineage", large_name(number)]
            samples = compare(__file__, case, rounds=rounds, implementations=(FEATURECAT, HANDWRITTEN))["cpu"]
            place = {WIDTH // 2: "at the top", MANY // 2: "in the middle", MANY - 1: "at the bottom"}[number]
            yield Row(f"featurecat lineage, {MANY:,} features, {place} (beside bare Python)", "s", samples, "≤ 0.5 s")


def run(directory: Path, *words: str) -> None:
    done = subprocess.run(
        [*PROGRAM, *words], cwd=directory, env=environment(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"featurecat {words[0]} ended with {done.returncode}: {done.stderr or done.stdout}")


BENCHMARK = Benchmark("catalog", __file__, worker, rows)

if __name__ == "__main__":
    main(BENCHMARK)
