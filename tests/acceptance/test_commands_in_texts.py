"""Issue: "every command in it is run by a test": those of texts that no other test follows, and a list of all."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.running import _commands
from tests.docs.test_texts import TEXTS
from tests.docs.written import Block, blocks_of
from tests.support.projects import REPOSITORY, Nursery, ShopProject, make_shop

DOCS = REPOSITORY / "docs"
_COMMAND = re.compile(r"(?:\$ |(?:featurecat|python|pip|make|git|cd|pre-commit) )")
_WRITTEN = shutil.ignore_patterns("data", ".featurecat", "__pycache__", "*.parquet", "out", "site")

#: Texts whose commands another test runs, and that test.
ELSEWHERE = {
    **{f"docs/{name}.md": "tests/docs/test_texts.py" for name in TEXTS},
    "docs/gate-in-ci.md": "tests/acceptance/test_gate_in_ci.py",
    "docs/selftest.md": "tests/cli/test_selftest.py",
    "docs/reference.md": "tests/acceptance/test_reference.py",
}
#: Texts about the flights, and texts about a shop of which a branch has changed something.
FLIGHTS = ("README.md", *(f"docs/{name}.md" for name in ("exports", "profiles", "reports", "search", "site", "sql")))
SHOP = tuple(f"docs/{name}.md" for name in ("diff", "expectations", "history", "indexing", "publishing", "store"))
#: One text, two projects: the first block is about the flights, the second about the shop.
BOTH = "docs/selections.md"
EXAMPLES = "docs/examples.md"
#: Commands that are not run, and why.
NOT_RUN = {
    "pip install": "needs a package index; tests/acceptance/test_fresh_clone.py installs",
    "make ": "tests/acceptance/test_fresh_clone.py runs the targets",
    "featurecat docs serve": "serves until it is stopped; a test of its own below asks it for a page",
}
#: What commands end with, where it is not 0.
ENDS_WITH = {
    "featurecat diff --exit-code --fail-on breaking": 1,
    "featurecat materialize net_amount margin unit_price": 1,
    # fields of docstrings that only some readers know are told of
    "featurecat docs check": (0, 1),
}


def texts() -> Iterator[tuple[str, str]]:
    """Every text with its place; what is generated from the code is none."""
    for path in [REPOSITORY / "README.md", *sorted(DOCS.glob("*.md"))]:
        yield path.relative_to(REPOSITORY).as_posix(), path.read_text(encoding="utf-8")


def commands_of(text: str) -> Iterator[tuple[Block, list[str]]]:
    """The blocks with commands, each with its commands; comments behind them left out."""
    for block in blocks_of(text):
        if block.file or block.language not in ("", "console", "sh", "text"):
            continue
        lines = block.text.splitlines()
        if any(line.startswith("$ ") for line in lines):
            yield block, [command.replace("\n> ", "\n") for command, _ in _commands(_joined(block.text))]
        elif lines and all(_COMMAND.match(line) for line in lines if line.strip()):
            yield block, [re.sub(r"\s+# .*", "", line) for line in lines if line.strip()]


def _joined(text: str) -> str:
    """Commands over several lines of which only a quotation mark says so."""
    return re.sub(r"(?m)(^\$ .*[^\\])\n(?=> )", r"\1 \\\n", text)


def test_every_command_is_run_or_named() -> None:
    found = {place for place, text in texts() for _ in commands_of(text)}
    known = {*ELSEWHERE, *FLIGHTS, *SHOP, BOTH, EXAMPLES}
    assert sorted(found - known) == []
    assert sorted({*FLIGHTS, *SHOP, BOTH, EXAMPLES} - found) == [], "no command is left there"
    for place, test in ELSEWHERE.items():
        told = (REPOSITORY / test).read_text(encoding="utf-8")
        assert Path(place).name in told or Path(place).stem in told, place


def test_pages_of_decorators_have_their_own_test() -> None:
    from tests.docs.test_modifier_pages import NAMES

    pages = {path.stem for path in (DOCS / "modifiers").glob("*.md") if any(commands_of(path.read_text("utf-8")))}
    assert pages <= set(NAMES)


class Terminal:
    """A shell in a project, in which featurecat is this checkout's."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        self.environment = {
            **{name: text for name, text in os.environ.items() if not name.startswith(("FEATURECAT_", "GIT_"))},
            "PATH": path,
            "PYTHONPATH": os.pathsep.join([str(REPOSITORY), str(REPOSITORY / "sphinx_ext")]),
            "GITHUB_STEP_SUMMARY": str(directory / "summary.md"),
            **{f"GIT_{who}_{what}": text for who in ("AUTHOR", "COMMITTER") for what, text in _PERSON.items()},
        }

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-c", command],
            cwd=self.directory,
            env=self.environment,
            text=True,
            capture_output=True,
            check=False,
        )

    def ok(self, command: str) -> None:
        done = self.run(command)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"

    def follow(self, commands: list[str]) -> list[str]:
        """Run them; what did not end as it should."""
        wrong = []
        for command in commands:
            if command.startswith(tuple(NOT_RUN)):
                continue
            done = self.run(command.replace("export RUN ", "export latest "))
            expected = ENDS_WITH.get(command, 0)
            if done.returncode not in (expected if isinstance(expected, tuple) else (expected,)):
                wrong.append(f"{command}: {done.returncode}\n{done.stdout}{done.stderr}")
        return wrong

    def remember(self) -> None:
        """Make a repository of the project, whose branch main is also the one of origin."""
        self.ok(
            "git init -q -b main && git add -A && git commit -q -m one && git update-ref refs/remotes/origin/main main"
        )


_PERSON = {"NAME": "Ann", "EMAIL": "ann@shop.example"}


@pytest.fixture(scope="module")
def flights(tmp_path_factory) -> Terminal:
    """The flights, published; something of them is changed since."""
    root = tmp_path_factory.mktemp("flights") / "flights"
    shutil.copytree(REPOSITORY / "examples" / "flights", root, ignore=_WRITTEN)
    (root / ".gitignore").write_text("data/\n.featurecat/\n__pycache__/\nsite/\n*.parquet\n", encoding="utf-8")
    (root / "question.sql").write_text("SELECT feature FROM public_features ORDER BY feature\n", encoding="utf-8")
    terminal = Terminal(root)
    terminal.ok("python prepare_data.py")
    terminal.remember()
    terminal.ok("featurecat index -q && featurecat materialize --all -q")
    module = root / "flight_features" / "capacity_pandas.py"
    text = module.read_text(encoding="utf-8")
    assert "_HOURS_PER_WEEK = 168" in text
    module.write_text(text.replace("_HOURS_PER_WEEK = 168", "_HOURS_PER_WEEK = 24 * 7.0"), encoding="utf-8")
    return terminal


@pytest.fixture(scope="module")
def shop(tmp_path_factory, nursery: Nursery) -> Terminal:
    """A shop that was published; since then a constant and a name are others, and a bound is narrower."""
    project: ShopProject = make_shop(tmp_path_factory.mktemp("changed") / "shop", nursery)
    settings = '\n[tool.featurecat.consumers.churn]\nkind = "model"\nfeatures = "margin"\nowner = "ml-team"\n'
    project.write("pyproject.toml", (project.root / "pyproject.toml").read_text(encoding="utf-8") + settings)
    project.write(".gitignore", ".featurecat/\n__pycache__/\n")
    terminal = Terminal(project.root)
    terminal.remember()
    terminal.ok("featurecat index -q && featurecat materialize net_amount unit_price -q")
    project.replace("order_features.py", "DISCOUNT = 0.1", "DISCOUNT = 0.2")
    project.replace("order_features.py", "range=(0.0, 1000.0)", "range=(0.0, 100.0)")
    project.replace("customer_features.py", "def age_in_years(", "def age(")
    addition = "\n\ndef piece_price(unit_price: pd.Series) -> pd.Series:\n    return unit_price * 1.0\n"
    project.write("order_features.py", (project.root / "order_features.py").read_text(encoding="utf-8") + addition)
    return terminal


def _wrong(terminal: Terminal, place: str, chosen: slice = slice(None)) -> list[str]:
    found = list(commands_of((REPOSITORY / place).read_text(encoding="utf-8")))
    return [fault for _, commands in found[chosen] for fault in terminal.follow(commands)]


@pytest.mark.component("flights")
@pytest.mark.component("sphinx")
@pytest.mark.parametrize("place", FLIGHTS)
def test_commands_about_flights_run(place: str, flights: Terminal) -> None:
    assert _wrong(flights, place) == []


@pytest.mark.component("flights")
@pytest.mark.component("sphinx")
def test_the_site_is_served_until_it_is_stopped(flights: Terminal) -> None:
    command = [sys.executable, "-m", "featurecat", "docs", "serve", "--port", "0"]
    with subprocess.Popen(
        command, cwd=flights.directory, env=flights.environment, text=True, stderr=subprocess.PIPE
    ) as process:
        assert process.stderr is not None
        try:
            lines = iter(process.stderr.readline, "")
            address = next(found[0] for line in lines if (found := re.search(r"http://127\.0\.0\.1:\d+/", line)))
            with urllib.request.urlopen(address) as answer:
                assert "<title>" in answer.read().decode()
        finally:
            process.send_signal(signal.SIGINT)
        process.stderr.read()
        # 130 where it was not yet waiting for changes when it was stopped
        assert process.wait() in (0, 130)


@pytest.mark.parametrize("place", SHOP)
def test_commands_about_a_shop_run(place: str, shop: Terminal) -> None:
    assert _wrong(shop, place) == []


@pytest.mark.component("flights")
def test_selections_run(flights: Terminal, shop: Terminal) -> None:
    assert [*_wrong(flights, BOTH, slice(0, 1)), *_wrong(shop, BOTH, slice(1, None))] == []


@pytest.mark.component("people")
@pytest.mark.component("scikit-learn")
def test_an_example_begins_as_the_page_says(tmp_path: Path) -> None:
    shutil.copytree(REPOSITORY / "examples" / "people", tmp_path / "examples" / "people", ignore=_WRITTEN)
    ((_, commands),) = commands_of((REPOSITORY / EXAMPLES).read_text(encoding="utf-8"))
    steps = [command for command in commands if not command.startswith(tuple(NOT_RUN))]
    assert steps[0].startswith("cd ")
    assert Terminal(tmp_path / steps[0].removeprefix("cd ")).follow(steps[1:]) == []
