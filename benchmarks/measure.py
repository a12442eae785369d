"""How the benchmarks measure: fresh processes, interleaved rounds, CPU time, medians, ratios.

A benchmark is a program with two faces. As a parent it calls :func:`compare`, which runs the program anew for
every implementation and round; as a worker (``--worker``) it measures one case and prints one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent
FEATURECAT, HAMILTON, HANDWRITTEN = "featurecat", "apache-hamilton", "handwritten"
IMPLEMENTATIONS = (FEATURECAT, HAMILTON, HANDWRITTEN)


@dataclass(frozen=True)
class Samples:
    """What the rounds of one implementation gave: figures, or the name of the error."""

    values: tuple[float, ...] = ()
    error: str | None = None

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    def scaled(self, factor: float) -> Samples:
        return Samples(tuple(value * factor for value in self.values), self.error)

    def text(self, unit: str) -> str:
        if self.error is not None:
            return self.error
        if not self.values:
            return "–"
        spread = f" [{short(min(self.values))}..{short(max(self.values))}]" if len(self.values) > 1 else ""
        return f"{short(self.median)}{spread} {unit}"


@dataclass(frozen=True)
class Row:
    """One line of the table: a case, each implementation's figures (smaller is better), and what we aim at."""

    case: str
    unit: str
    samples: Mapping[str, Samples]
    aim: str = ""

    def ratio(self, other: str, *, inverse: bool = False) -> str:
        """How ``other`` compares with featurecat: ``inverse`` gives other/featurecat, else featurecat/other."""
        ours, theirs = self.samples.get(FEATURECAT, Samples()), self.samples.get(other, Samples())
        if not ours.values or not theirs.values or not ours.median or not theirs.median:
            return "–"
        quotient = theirs.median / ours.median if inverse else ours.median / theirs.median
        return f"{short(quotient)}x"

    def cells(self) -> list[str]:
        figures = [self.samples.get(name, Samples()).text(self.unit) for name in IMPLEMENTATIONS]
        return [self.case, *figures, self.ratio(HAMILTON, inverse=True), self.ratio(HANDWRITTEN), self.aim]


@dataclass(frozen=True)
class Benchmark:
    """A program: what it measures, how its worker does it, how its rows are made."""

    title: str
    program: str
    worker: Callable[[dict[str, Any]], dict[str, float]]
    rows: Callable[[int], Iterable[Row]]
    notes: Sequence[str] = field(default_factory=tuple)


def short(number: float) -> str:
    """Three significant digits without an exponent: 0.0312, 4.57, 1,234."""
    if number == 0 or abs(number) >= 100:
        return f"{number:,.0f}"
    digits = 2
    while abs(number) * 10 ** (digits - 2) < 1:
        digits += 1
    return f"{number:.{digits}f}" if abs(number) < 10 else f"{number:.1f}"


def scaled(samples: Mapping[str, Samples], factor: float) -> dict[str, Samples]:
    """Every implementation's samples times ``factor``, such as 1,000 for milliseconds."""
    return {name: one.scaled(factor) for name, one in samples.items()}


# --- running ------------------------------------------------------------------------------------


def environment() -> dict[str, str]:
    """The environment of a measured process: byte-compiled modules, the checkout, nothing sent anywhere."""
    kept = {name: value for name, value in os.environ.items() if name not in {"PYTHONDONTWRITEBYTECODE", "PYTHONPATH"}}
    return {
        **kept,
        "PYTHONPATH": str(REPOSITORY),
        "HAMILTON_TELEMETRY_ENABLED": "false",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",
    }


def child(program: str | Path, order: Mapping[str, Any]) -> dict[str, Any]:
    """Run a program's worker once in a fresh process and read the line it prints."""
    command = [sys.executable, str(program), "--worker", json.dumps(order)]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    if done.returncode != 0 or not lines:
        last = (done.stderr.strip().splitlines() or ["no output"])[-1]
        return {"error": f"exit {done.returncode}", "detail": last}
    answer: dict[str, Any] = json.loads(lines[-1])
    return answer


def process_cpu(command: Sequence[str], directory: Path | None = None) -> float:
    """CPU seconds, user and system, of one process from start to end.

    Raises:
        subprocess.CalledProcessError: When it does not end well.
    """
    with subprocess.Popen(
        command, env=environment(), cwd=directory, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        message = process.stderr.read() if process.stderr else b""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, list(command), stderr=message)
    return usage.ru_utime + usage.ru_stime


def compare(
    program: str, case: Mapping[str, Any], *, rounds: int, implementations: Sequence[str] = IMPLEMENTATIONS
) -> dict[str, dict[str, Samples]]:
    """Measure a case: the rounds of the implementations interleaved, each in a fresh process.

    Returns:
        For each figure that the worker prints, the samples of each implementation.
    """
    found: dict[str, dict[str, list[float]]] = {}
    errors: dict[str, str] = {}
    for _ in range(rounds):
        for implementation in implementations:
            if implementation in errors:
                continue
            answer = child(program, {**case, "implementation": implementation})
            if "error" in answer:
                errors[implementation] = answer["error"]
                print(f"{Path(program).name} {implementation}: {answer.get('detail', '')}", file=sys.stderr)
                continue
            for figure, value in answer.items():
                found.setdefault(figure, {}).setdefault(implementation, []).append(value)
    failed = {name: Samples(error=error) for name, error in errors.items()}
    samples: defaultdict[str, dict[str, Samples]] = defaultdict(lambda: dict(failed))
    for figure, by_implementation in found.items():
        samples[figure] |= {name: Samples(tuple(values)) for name, values in by_implementation.items()}
    return samples


def seconds_per_call(action: Callable[[], object], *, least: float = 0.2, warm: int = 3) -> float:
    """CPU seconds of one call when hot: after ``warm`` calls, repeated for at least ``least`` CPU seconds."""
    for _ in range(warm):
        action()
    calls, begin = 0, time.process_time()
    while (spent := time.process_time() - begin) < least:
        action()
        calls += 1
    return spent / calls


def calibration() -> float:
    """CPU seconds of a fixed loop in plain Python, to compare machines and moments."""
    begin = time.process_time()
    total = 0
    for number in range(2_000_000):
        total += number & 7
    return time.process_time() - begin


# --- reporting ----------------------------------------------------------------------------------

HEADING = ["case", *IMPLEMENTATIONS, "Hamilton ÷ featurecat", "featurecat ÷ handwritten", "aim"]


def markdown(rows: Iterable[Row]) -> str:
    """The rows as one Markdown table with aligned columns."""
    lines = [HEADING, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADING))]
    texts = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    ]
    texts.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(texts)


def machine() -> str:
    """Date, processor, system and versions: what a reader needs to place the figures."""
    processor = platform.processor() or platform.machine()
    information = Path("/proc/cpuinfo")
    if information.exists():
        models = [
            line.partition(":")[2].strip() for line in information.read_text().splitlines() if "model name" in line
        ]
        processor = models[0] if models else processor
    versions = ", ".join(f"{name} {installed(name)}" for name in (FEATURECAT, HAMILTON, "pandas", "polars", "duckdb"))
    return (
        f"{date.today():%Y-%m-%d}, {os.cpu_count()} × {processor}, {platform.system()}, "
        f"Python {platform.python_version()}, {versions}; calibration loop {short(calibration() * 1_000)} ms"
    )


def installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "(from the checkout)" if name == FEATURECAT else "(absent)"


def main(benchmark: Benchmark) -> None:
    """The command line of a benchmark: its table, or one measurement as a worker."""
    parser = argparse.ArgumentParser(description=benchmark.title)
    parser.add_argument("--rounds", type=int, default=3, help="fresh processes for each implementation and case")
    parser.add_argument("--worker", type=json.loads, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker is None:
        print(machine(), markdown(benchmark.rows(options.rounds)), sep="\n\n")
        return
    try:
        answer: dict[str, Any] = benchmark.worker(options.worker)
    except Exception as error:  # noqa: BLE001 -- the table shows which implementation failed, and how
        answer = {"error": type(error).__name__, "detail": str(error)[:300]}
    print(json.dumps(answer))
