"""Time of one published run with two small artifacts, while 8 processes make 50 each in one store.

The path is the real one: staged, read back, synced, renamed, manifest linked. Handwritten is the least that is as safe for
one file at a time: written beside, synced, renamed, the directory synced; two Parquet files and a JSON file a run.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from measure import FEATURECAT, HANDWRITTEN, REPOSITORY, Benchmark, Row, compare, main, scaled

PROCESSES, RUNS = 8, 50


def _featurecat(place: str) -> None:
    sys.path.insert(0, str(REPOSITORY / "tests" / "storage"))
    import one_run

    from featurecat.storage.layout import Store

    for _ in range(RUNS):
        one_run.run(Store(Path(place)), "publish")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _handwritten(place: str) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    tables = [
        pa.table({"flight": [1, 2, 3], "hour": [7, 8, 9], "delay": [0.5, None, -2.0]}),
        pa.table({"maker": ["x", "y"]}),
    ]
    for number in range(RUNS):
        name = f"{os.getpid()}-{number}"
        for part, table in enumerate(tables):
            beside = Path(place) / f".{name}-{part}.parquet"
            pq.write_table(table, beside, compression="zstd")
            _sync(beside)
            beside.replace(Path(place) / f"{name}-{part}.parquet")
            _sync(Path(place))
        beside = Path(place) / f".{name}.json"
        beside.write_text(json.dumps({"run": name, "rows": [table.num_rows for table in tables]}), encoding="utf-8")
        _sync(beside)
        beside.replace(Path(place) / f"{name}.json")
        _sync(Path(place))


def _crowd(implementation: str, place: str, ready: Any, start: Any, spent: Any) -> None:
    work = _featurecat if implementation == FEATURECAT else _handwritten
    work(tempfile.mkdtemp(dir=place))  # imports, and what is slow the first time
    ready.release()
    start.wait()
    begun = time.process_time()
    work(f"{place}/store")
    with spent.get_lock():
        spent.value += time.process_time() - begun


def worker(order: dict[str, Any]) -> dict[str, float]:
    context = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / "store").mkdir()
        ready, start, spent = context.Semaphore(0), context.Event(), context.Value("d", 0.0)
        crowd = [
            context.Process(target=_crowd, args=(order["implementation"], place, ready, start, spent))
            for _ in range(PROCESSES)
        ]
        for process in crowd:
            process.start()
        for _ in crowd:
            ready.acquire()
        begun = time.monotonic()
        start.set()
        for process in crowd:
            process.join()
        seconds = time.monotonic() - begun
        if any(process.exitcode for process in crowd):
            raise RuntimeError(f"exit codes {[process.exitcode for process in crowd]}")
        if order["implementation"] == FEATURECAT:
            made = sum(1 for _ in (Path(place) / "store" / "manifests").rglob("*.json"))
            if made != PROCESSES * RUNS:
                raise RuntimeError(f"{made} manifests instead of {PROCESSES * RUNS}")
    commits = PROCESSES * RUNS
    return {"wall": seconds / commits, "cpu": spent.value / commits}


def rows(rounds: int) -> Iterator[Row]:
    samples = compare(__file__, {}, rounds=rounds, implementations=(FEATURECAT, HANDWRITTEN))
    case = f"one run of {PROCESSES * RUNS} that {PROCESSES} processes publish at once"
    yield Row(f"{case}: wall", "ms", scaled(samples["wall"], 1_000), "≤ 10 ms (≥ 100 a second)")
    yield Row(f"{case}: CPU", "ms", scaled(samples["cpu"], 1_000))


BENCHMARK = Benchmark("runs published by many processes", __file__, worker, rows)

if __name__ == "__main__":
    main(BENCHMARK)
