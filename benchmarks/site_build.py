"""CPU, memory and size of the discovery site of 4,000 and 20,000 features, and how fast its explorer starts.

Builds are whole processes of ``featurecat docs build``, measured with all they start; beside them stand autodoc and
sphinx-autoapi on the same functions, which know of no catalog, and for what is nearly nothing a bare interpreter. Every
bar of the site stands in the last column with whether it was met. ``--smoke`` is one round of a small site.
"""

from __future__ import annotations

import argparse
import gzip
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from measure import FEATURECAT, HANDWRITTEN, REPOSITORY, Benchmark, Row, Samples, calibration, environment, main, short
from site_catalog import FEATURES_PER_MODULE, PROGRAM, RUNS, edit, index, site_catalog

SIZES = (4_000, 20_000)
#: As the bars are meant: a loop that costs so many seconds there says how fast the machine is.
BARS = {
    ("cold", 4_000): 30.0, ("cached", 4_000): 10.0, ("nothing changed", 4_000): 3.0,
    ("one feature changed", 4_000): 3.0, ("cold", 20_000): 150.0,
}  # fmt: skip
MOST_MEGABYTES, MOST_PAGE, MEDIAN_PICTURE, MOST_PICTURE, MOST_START = 300.0, 14_000, 4_096, 12_288, 1_000.0
CHROMIUM = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PICTURE = re.compile(r"<svg[^>]*\bclass=\"fc-dag\b.*?</svg>", re.DOTALL)
AUTODOC = "project = 'beside'\nextensions = ['sphinx.ext.autodoc']\nhtml_theme = 'alabaster'\n"
AUTOAPI = (
    "project = 'beside'\nextensions = ['autoapi.extension']\nhtml_theme = 'alabaster'\nautoapi_dirs = [{modules!r}]\n"
)


@dataclass(frozen=True)
class Cost:
    """What a process and all it started and waited for cost: CPU seconds, and the most memory one of them had."""

    seconds: float
    megabytes: float


def cost(command: Sequence[str], directory: Path) -> Cost:
    """Run a command to its end.

    Raises:
        RuntimeError: When it does not end well.
    """
    places = [str(REPOSITORY), str(REPOSITORY / "sphinx_ext"), str(directory)]
    there = {**environment(), "PYTHONPATH": os.pathsep.join(places)}
    with tempfile.TemporaryFile() as errors:
        with subprocess.Popen(command, env=there, cwd=directory, stdout=subprocess.DEVNULL, stderr=errors) as process:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            errors.seek(0)
            lines = errors.read().decode("utf-8", "replace").strip().splitlines() or ["it said nothing"]
            raise RuntimeError(f"{' '.join(command[:3])} ended with {process.returncode}: {lines[-1]}")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1_024)


# --- builds ---------------------------------------------------------------------------------------


def builds(directory: Path, rounds: int) -> Iterator[tuple[str, list[Cost]]]:
    """Each kind of build with what its rounds cost."""
    site = directory / "site"
    command = [*PROGRAM, "docs", "build", "-q", "--output", str(site)]

    def cold() -> None:
        shutil.rmtree(site, ignore_errors=True)
        shutil.rmtree(directory / ".featurecat" / "cache" / "site", ignore_errors=True)

    def without_output() -> None:
        shutil.rmtree(site, ignore_errors=True)

    def one_changed() -> None:
        edit(directory, "docstring", seed=next(numbers))
        index(directory)

    numbers = iter(range(1, 1_000))
    cases = (
        ("cold", cold), ("cached", without_output), ("nothing changed", lambda: None),
        ("one feature changed", one_changed),
    )  # fmt: skip
    for name, prepare in cases:
        costs = []
        for _ in range(rounds):
            prepare()
            costs.append(cost(command, directory))
        yield name, costs


def beside(directory: Path, tool: str) -> Cost:
    """What autodoc or sphinx-autoapi costs on the project's functions, cold, with Sphinx's own theme."""
    source = directory / "beside" / tool
    shutil.rmtree(source, ignore_errors=True)
    source.mkdir(parents=True)
    names = sorted(path.stem for path in directory.glob("*_features_*.py"))
    index_text = "Beside\n======\n\n.. toctree::\n\n"
    if tool == "autodoc":
        (source / "conf.py").write_text(AUTODOC, encoding="utf-8")
        for name in names:
            lines = (name, "=" * len(name), "", f".. automodule:: {name}", "   :members:", "")
            (source / f"{name}.rst").write_text("\n".join(lines), encoding="utf-8")
        index_text += "".join(f"   {name}\n" for name in names)
    else:
        modules = source / "modules"
        modules.mkdir()
        for name in names:
            shutil.copy(directory / f"{name}.py", modules)
        (source / "conf.py").write_text(AUTOAPI.format(modules=str(modules)), encoding="utf-8")
    (source / "index.rst").write_text(index_text, encoding="utf-8")
    shutil.rmtree(source / "html", ignore_errors=True)
    # what the docstrings say of features, neither of them knows: their complaints are not counted against them
    return cost([sys.executable, "-m", "sphinx", "-Q", "-b", "html", str(source), str(source / "html")], directory)


# --- sizes ----------------------------------------------------------------------------------------


def sizes(site: Path) -> dict[str, float]:
    """Bytes of a site: of feature pages and of their pictures, of the explorer's data, of everything."""
    pages = sorted(site.glob("features/*/*.html"))
    texts = [page.read_text(encoding="utf-8") for page in pages]
    pictures = [len(found[0].encode()) for text in texts if (found := PICTURE.search(text))]
    script = (site / "data" / "catalog.js").read_bytes()
    return {
        "page": statistics.mean(len(text.encode()) for text in texts),
        "longest page": max(len(text.encode()) for text in texts),
        "picture": statistics.median(pictures) if pictures else 0,
        "largest picture": max(pictures, default=0),
        "script": len(gzip.compress(script, 6, mtime=0)),
        "site": sum(path.stat().st_size for path in site.rglob("*") if path.is_file()),
    }


# --- the explorer ---------------------------------------------------------------------------------

START = """() => new Promise((resolve, reject) => {
  const end = performance.now() + 60000;
  const look = () => {
    const status = document.querySelector('#fc-explorer [role=status]');
    if (status && status.textContent.trim()) return resolve(performance.now());
    if (performance.now() > end) return reject(new Error('the explorer does not start'));
    requestAnimationFrame(look);
  };
  look();
})"""
KEYSTROKE = """(text) => new Promise((resolve) => {
  const field = document.querySelector('#fc-explorer input[type=search], #fc-explorer input');
  const begin = performance.now();
  field.value = text;
  field.dispatchEvent(new Event('input', {bubbles: true}));
  requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - begin), 0));
})"""
LOOP = """() => {
  const begin = performance.now();
  let total = 0;
  for (let number = 0; number < 20000000; number++) total += number & 7;
  return [performance.now() - begin, total][0];
}"""


def explorer(site: Path, rounds: int) -> dict[str, list[float]]:
    """Milliseconds from the start of navigation until the explorer shows its count, and of one search."""
    from playwright.sync_api import sync_playwright

    figures: dict[str, list[float]] = {"start": [], "search": [], "loop": []}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM)
        for _ in range(rounds):
            page = browser.new_page()
            page.goto((site / "explorer.html").as_uri(), wait_until="commit")
            figures["start"].append(page.evaluate(START))
            figures["search"].append(page.evaluate(KEYSTROKE, "customer revenue"))
            figures["loop"].append(page.evaluate(LOOP))
            page.close()
        browser.close()
    return figures


# --- rows -----------------------------------------------------------------------------------------


def verdict(figure: float, bar: float, text: str) -> str:
    return f"≤ {text}: {'met' if figure <= bar else 'missed'}"


def alone(*figures: float) -> dict[str, Samples]:
    return {FEATURECAT: Samples(tuple(figures))}


def site_rows(features: int, rounds: int) -> Iterator[Row]:
    """The rows of a site of so many features."""
    size = f"{features:,} features"
    with tempfile.TemporaryDirectory() as scratch:
        directory = Path(scratch)
        catalog = site_catalog(directory, features, runs=RUNS if features <= SIZES[0] else RUNS // 5)
        print(f"site: a catalog of {size}, {catalog.stat().st_size / 1e6:.0f} MB", file=sys.stderr, flush=True)
        loop = short(calibration() * 1_000)
        theirs = dict(_theirs(directory)) if features <= SIZES[0] else {}
        memory: list[float] = []
        for name, costs in builds(directory, rounds):
            seconds = Samples(tuple(one.seconds for one in costs))
            memory += [one.megabytes for one in costs]
            bar = BARS.get((name, features))
            aim = verdict(seconds.median, bar, f"{bar:.0f} s") if bar else ""
            cases = theirs.items() if name == "cold" and theirs else [("", Samples())]
            for tool, samples in cases:
                label = f" (beside {tool})" if tool else ""
                yield Row(
                    f"site of {size}, {name}{label}; loop {loop} ms",
                    "s",
                    {FEATURECAT: seconds, HANDWRITTEN: samples},
                    aim,
                )
        most = max(memory)
        bar_text = verdict(most, MOST_MEGABYTES, "300 MB") if features <= SIZES[0] else ""
        yield Row(f"site of {size}: most memory", "MB", alone(most), bar_text)
        yield from size_rows(directory / "site", size)
        yield from explorer_rows(directory / "site", size, rounds)


def _theirs(directory: Path) -> Iterator[tuple[str, Samples]]:
    for tool, module in (("autodoc", "sphinx.ext.autodoc"), ("sphinx-autoapi", "autoapi")):
        if tool == "sphinx-autoapi" and find_spec(module) is None:
            yield tool, Samples(error="not installed: pip install 'featurecat[bench]'")
            continue
        try:
            yield tool, Samples((beside(directory, tool).seconds,))
        except RuntimeError as error:
            print(error, file=sys.stderr)
            yield tool, Samples(error="it failed")


def size_rows(site: Path, size: str) -> Iterator[Row]:
    found = sizes(site)

    def row(case: str, figure: str, bar: float | None = None) -> Row:
        aim = verdict(found[figure], bar, f"{bar / 1_000:.1f} kB") if bar else ""
        return Row(f"site of {size}: {case}", "kB", alone(found[figure] / 1_000), aim)

    yield row("a feature page, mean", "page", MOST_PAGE)
    yield row("the longest feature page", "longest page")
    yield row("picture of a neighbourhood, median", "picture", MEDIAN_PICTURE)
    yield row("the largest picture", "largest picture", MOST_PICTURE)
    yield row("data of the explorer, gzipped", "script")
    yield row("all files", "site")


def explorer_rows(site: Path, size: str, rounds: int) -> Iterator[Row]:
    if find_spec("playwright") is None or shutil.which("chromium") is None:
        yield Row(f"site of {size}: the explorer", "ms", {FEATURECAT: Samples(error="no browser here")})
        return
    figures = explorer(site, rounds)
    beside_loop = f"(beside a loop of the browser; file://, {size})"
    for name, case in (("start", "explorer ready after"), ("search", "explorer answers a search in")):
        samples: Mapping[str, Samples] = {
            FEATURECAT: Samples(tuple(figures[name])), HANDWRITTEN: Samples(tuple(figures["loop"]))
        }  # fmt: skip
        aim = verdict(statistics.median(figures[name]), MOST_START, "1,000 ms") if name == "start" else ""
        yield Row(f"{case} {beside_loop}", "ms", samples, aim)


def rows(rounds: int) -> Iterator[Row]:
    for features in SIZES:
        yield from site_rows(features, 1 if features > SIZES[0] else rounds)


def smoke_rows(_rounds: int) -> Iterator[Row]:
    yield from site_rows(5 * FEATURES_PER_MODULE, 1)


def worker(_order: dict[str, Any]) -> dict[str, float]:
    """Builds are processes of their own; there is nothing to measure in here."""
    return {}


BENCHMARK = Benchmark("the discovery site", __file__, worker, rows)

if __name__ == "__main__":
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--smoke", action="store_true")
    known, sys.argv[1:] = parser.parse_known_args()
    main(Benchmark(BENCHMARK.title, __file__, worker, smoke_rows) if known.smoke else BENCHMARK)
