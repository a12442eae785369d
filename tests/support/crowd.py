"""One process of a crowd that works on one store: ``python tests/support/crowd.py ROLE STORE SECONDS-OR-RUNS``.

``publish`` makes runs and prints their ids once each is acknowledged; ``rebuild`` builds catalogs and ``read`` asks them
until the file ``stop`` lies beside the store. Each prints one JSON object.
"""

from __future__ import annotations

import importlib.util
import json
import sys
import time
from pathlib import Path
from typing import Any

from featurecat.catalog.catalog import Catalog
from featurecat.clock import SystemClock
from featurecat.project.refresh import refresh_catalog
from featurecat.storage.layout import Store

CLOCK = SystemClock()


def one_run() -> Any:
    """The program of runs that the suite of the storage room has."""
    path = Path(__file__).resolve().parents[1] / "storage" / "one_run.py"
    spec = importlib.util.spec_from_file_location("one_run", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["one_run"] = module
    spec.loader.exec_module(module)
    return module


def wait_for(path: Path) -> None:
    while not path.exists():
        time.sleep(0.001)


def publish(store: Store, runs: int) -> dict[str, Any]:
    program = one_run()
    wait_for(store.root.parent / "start")
    began = time.monotonic()
    made, longest = [], 0.0
    for _ in range(runs):
        before = time.monotonic()
        made.append(program.run(store, "publish"))
        longest = max(longest, time.monotonic() - before)
    return {"runs": made, "seconds": time.monotonic() - began, "longest": longest, "processor": time.process_time()}


def rebuild(store: Store, _: int) -> dict[str, Any]:
    built, warnings = 0, []
    while not (store.root.parent / "stop").exists():
        done = refresh_catalog(store, CLOCK)
        built += done.built
        warnings += [problem.message for problem in done.warnings]
    return {"built": built, "warnings": warnings}


def read(store: Store, _: int) -> dict[str, Any]:
    """Ask whatever catalog is there; runs that were seen once must be seen ever after, whole."""
    seen: set[str] = set()
    reads, faults = 0, []
    while not (store.root.parent / "stop").exists():
        with Catalog.open(store.catalog) as catalog:
            runs = {row["run_id"]: row for row in catalog.runs()}
            files = catalog.table("artifacts")
        reads += 1
        if lost := seen - runs.keys():
            faults.append(f"went backwards: {len(lost)} runs")
        if half := [run for run, row in runs.items() if row["files"] != 2 or row["rows"] != 5]:
            faults.append(f"half a run: {half}")
        missing = [row["path"] for row in files[-5:] if not (store.root / row["path"]).is_file()]
        faults += [f"not there: {path}" for path in missing]
        seen |= runs.keys()
    return {"reads": reads, "faults": faults, "seen": len(seen)}


if __name__ == "__main__":
    role, place, number = sys.argv[1:]
    answer = {"publish": publish, "rebuild": rebuild, "read": read}[role](Store(Path(place)), int(number))
    print(json.dumps(answer))
