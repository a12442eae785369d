"""Every benchmark in one run, as one Markdown table: printed, and written to benchmarks/results.md."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import build
import catalog
import chain
import commits
import expectations
import gate
import imports
import memory
import overhead
import plan
import site_build
import startup
from measure import machine, markdown

BENCHMARKS = (
    imports.BENCHMARK, startup.BENCHMARK, build.BENCHMARK, plan.BENCHMARK, overhead.BENCHMARK, chain.BENCHMARK, commits.BENCHMARK,
    memory.BENCHMARK, expectations.BENCHMARK, gate.BENCHMARK, catalog.BENCHMARK, site_build.BENCHMARK,
)  # fmt: skip
RESULTS = Path(__file__).resolve().parent / "results.md"
EXPLANATION = (
    "CPU time (memory: peak above the start), median [least..most] of interleaved rounds, each in a fresh process; "
    "smaller is better. “Handwritten” is the same work as plain function calls (import and startup: a bare interpreter)."
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="fresh processes for each implementation and case")
    options = parser.parse_args()
    rows = []
    for benchmark in BENCHMARKS:
        print(f"{benchmark.title} ...", file=sys.stderr, flush=True)
        rows += benchmark.rows(options.rounds)
    report = "\n\n".join([f"Measured {machine()}.", EXPLANATION, markdown(rows)])
    print(report)
    RESULTS.write_text(f"# Measured\n\n{report}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
