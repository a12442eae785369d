"""Modules that hang, end their process or leave something behind cost nobody but themselves."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

GOOD = '"""Sound features."""\n\n\ndef doubled(price: int) -> int:\n    """Twice."""\n    return price * 2\n'
OTHER = "def tripled(price: int) -> int:\n    return price * 3\n"
SETTINGS = '[tool.featurecat]\nname = "shop"\nmodules = [\n    "good",\n    "bad",\n    "other",\n]\n'
LIMIT = "\n[tool.featurecat.index]\nseconds = {}\n"

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    root.mkdir()
    (root / "pyproject.toml").write_text(SETTINGS + LIMIT.format(30), encoding="utf-8")
    (root / "good.py").write_text(GOOD, encoding="utf-8")
    (root / "other.py").write_text(OTHER, encoding="utf-8")
    return root


def environment(**more: str) -> dict[str, str]:
    kept = {name: text for name, text in os.environ.items() if not name.startswith("FEATURECAT_")}
    return {**kept, **more}


@pytest.fixture
def run(project: Path) -> Run:
    def command(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "featurecat", *words],
            cwd=project,
            env=environment(**more),
            capture_output=True,
            text=True,
            check=False,
        )

    return command


def asked(run: Run, statement: str) -> list[dict[str, Any]]:
    answer = run("sql", statement, "--json")
    assert answer.returncode == 0, answer.stderr
    found: list[dict[str, Any]] = json.loads(answer.stdout)
    return found


CRASHES = {
    "exit": ("import os\nos._exit(3)\n", "was ended with code 3"),
    "segfault": (
        "import os, resource, signal\nresource.setrlimit(resource.RLIMIT_CORE, (0, 0))\n"
        "os.kill(os.getpid(), signal.SIGSEGV)\n",
        "was killed by SIGSEGV",
    ),
    "killed": ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n", "was killed by SIGKILL"),
    "abort": (
        "import os, resource\nresource.setrlimit(resource.RLIMIT_CORE, (0, 0))\nos.abort()\n",
        "was killed by SIGABRT",
    ),
}


@pytest.mark.parametrize(("text", "how"), CRASHES.values(), ids=CRASHES)
def test_a_module_that_ends_its_process_is_a_problem_and_hides_nothing(
    project: Path, run: Run, text: str, how: str
) -> None:
    (project / "bad.py").write_text(text, encoding="utf-8")
    done = run("index")
    assert done.returncode == 2
    assert done.stdout == "2 features: 2 added\n"
    assert f"error: the process {how} while bad was imported (pyproject.toml:5) [import-crashed]" in done.stderr
    assert "Traceback" not in done.stderr
    assert asked(run, "SELECT feature FROM public_features ORDER BY ALL") == [
        {"feature": "doubled"},
        {"feature": "tripled"},
    ]
    assert asked(run, "SELECT module, file, status FROM modules ORDER BY ALL") == [
        {"module": "bad", "file": "bad.py", "status": "error"},
        {"module": "good", "file": "good.py", "status": "ok"},
        {"module": "other", "file": "other.py", "status": "ok"},
    ]
    assert asked(run, "SELECT module, code, file, line FROM index_errors") == [
        {"module": "bad", "code": "import-crashed", "file": "pyproject.toml", "line": 5}
    ]


HANGS = {
    "sleep": "import time\ntime.sleep(3_600)\n",
    "loop": "while True:\n    pass\n",
    "deaf": (
        "import signal, time\nfor number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM):\n"
        "    signal.signal(number, signal.SIG_IGN)\ntime.sleep(3_600)\n"
    ),
}


@pytest.mark.parametrize("text", HANGS.values(), ids=HANGS)
def test_a_module_that_hangs_is_a_problem_and_hides_nothing(project: Path, run: Run, text: str) -> None:
    (project / "pyproject.toml").write_text(SETTINGS + LIMIT.format(1.5), encoding="utf-8")
    (project / "bad.py").write_text(text, encoding="utf-8")
    done = run("index")
    assert done.returncode == 2
    assert done.stdout == "2 features: 2 added\n"
    assert "error: bad took longer than 1.5 s to import (pyproject.toml:5) [import-timeout]" in done.stderr
    (row,) = asked(run, "SELECT module, code FROM index_errors")
    assert row == {"module": "bad", "code": "import-timeout"}


def test_who_imports_a_module_that_is_left_out_fails_at_once(project: Path, run: Run) -> None:
    (project / "bad.py").write_text("import os\nos._exit(3)\n", encoding="utf-8")
    (project / "other.py").write_text("import bad\n", encoding="utf-8")
    done = run("index", "--json")
    problems = json.loads(done.stderr)["errors"]
    assert [problem["code"] for problem in problems] == ["import-crashed", "import-error"]
    assert "other raised ImportError while it was imported: the process was ended with code 3" in problems[1]["message"]


LEFT_BEHIND = {
    "thread": "import threading, time\nthreading.Thread(target=time.sleep, args=(3_600,)).start()\n",
    "child": "import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', 'import time; time.sleep(3_600)'])\n",
    "fork": "import os, time\nif os.fork() == 0:\n    time.sleep(3_600)\n",
    "fork that returns": "import os\nos.fork()\n",
    "farewell": "import atexit, time\natexit.register(time.sleep, 3_600)\n",
    "closed": "import os\nos.closerange(0, 3)\n",
}


@pytest.mark.parametrize("text", LEFT_BEHIND.values(), ids=LEFT_BEHIND)
def test_what_a_module_leaves_behind_keeps_nobody_waiting(project: Path, run: Run, text: str) -> None:
    (project / "bad.py").write_text(f"{text}\n\ndef fine(price: int) -> int:\n    return price\n", encoding="utf-8")
    done = run("index")
    assert (done.returncode, done.stdout) == (0, "3 features: 3 added\n"), done.stderr


def test_what_modules_print_goes_to_standard_error(project: Path, run: Run) -> None:
    text = "import os\nprint('hello')\nos.system('echo from a child')\nos.write(1, b'straight\\n')\n"
    (project / "bad.py").write_text(text, encoding="utf-8")
    done = run("index", "--json")
    assert json.loads(done.stdout)[0]["features"] == 2
    assert {"hello", "from a child", "straight"} <= set(done.stderr.splitlines())


def test_modules_get_no_input(project: Path, run: Run) -> None:
    (project / "bad.py").write_text("input()\n", encoding="utf-8")
    done = run("index")
    assert "bad raised EOFError while it was imported" in done.stderr


def test_stray_files_are_never_imported(project: Path, run: Run) -> None:
    trap = "import pathlib\npathlib.Path(__file__).with_suffix('.sprung').touch()\nimport os\nos._exit(9)\n"
    package = project / "wares"
    package.mkdir()
    (package / "__init__.py").write_text("", encoding="utf-8")
    (package / "prices.py").write_text(OTHER.replace("tripled", "listed"), encoding="utf-8")
    for path in (project / "trap.py", project / "conftest.py", project / "setup.py", package / "trap.py"):
        path.write_text(trap, encoding="utf-8")
    settings = SETTINGS.replace('    "bad",\n', '    "wares.prices",\n')
    (project / "pyproject.toml").write_text(settings, encoding="utf-8")
    for words in (["index"], ["index", "--force"], ["list"], ["show", "listed"], ["lineage", "listed"]):
        done = run(*words)
        assert done.returncode == 0, done.stderr
    assert not list(project.rglob("*.sprung"))


def test_secrets_stay_inside(project: Path, run: Run) -> None:
    settings = SETTINGS + '\n[tool.featurecat.configs.live]\npassword = "hunter2-hunter2"\n'
    (project / "pyproject.toml").write_text(settings, encoding="utf-8")
    (project / "bad.py").write_text("raise ValueError('no hunter2-hunter2 here')\n", encoding="utf-8")
    done = run("index")
    assert done.returncode == 2
    assert "hunter2" not in done.stdout + done.stderr
    stored = [path for path in (project / ".featurecat").rglob("*") if path.is_file()]
    assert not [path for path in stored if b"hunter2" in path.read_bytes()]


@pytest.mark.parametrize("switch", ["0", "1"])
def test_both_ways_find_the_same(project: Path, run: Run, switch: str) -> None:
    (project / "bad.py").write_text("def price_tag(doubled: int) -> str:\n    return str(doubled)\n", encoding="utf-8")
    (project / "pyproject.toml").write_text(SETTINGS, encoding="utf-8")
    assert run("index", FEATURECAT_INDEX_ISOLATED="0").returncode == 0
    names = sorted(path.name for path in (project / ".featurecat/snapshots").iterdir())
    again = run("index", "--force", FEATURECAT_INDEX_ISOLATED=switch)
    assert again.stdout == "3 features: nothing changed\n"
    assert sorted(path.name for path in (project / ".featurecat/snapshots").iterdir()) == names


def test_the_settings_turn_it_off_and_the_environment_wins(project: Path, run: Run) -> None:
    (project / "bad.py").write_text("import os\nprint('process', os.getpid(), os.getppid())\n", encoding="utf-8")
    (project / "pyproject.toml").write_text(
        SETTINGS + "\n[tool.featurecat.index]\nisolated = false\n", encoding="utf-8"
    )
    (line,) = run("index", "--force").stderr.splitlines()
    assert int(line.split()[2]) == os.getpid()
    (line,) = run("index", "--force", FEATURECAT_INDEX_ISOLATED="1").stderr.splitlines()
    assert int(line.split()[2]) != os.getpid()


@pytest.fixture
def hanging(project: Path) -> Iterator[subprocess.Popen[str]]:
    """An index at a module that hangs, which has said so."""
    (project / "bad.py").write_text("import os, time\nprint('here', os.getpid(), flush=True)\ntime.sleep(3_600)\n")
    process = subprocess.Popen(
        [sys.executable, "-m", "featurecat", "index"],
        cwd=project,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.communicate()


def test_an_interrupt_ends_all_and_leaves_nothing_half_written(project: Path, hanging: subprocess.Popen[str]) -> None:
    assert hanging.stderr is not None
    worker = int(hanging.stderr.readline().split()[1])
    hanging.send_signal(signal.SIGINT)
    out, err = hanging.communicate(timeout=60)
    assert (hanging.returncode, out, err) == (130, "", "interrupted\n")
    assert not alive(worker)
    assert not (project / ".featurecat").exists()


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="ascii").split(")")[1].split()[0] != "Z"
    except OSError:
        return False


def test_a_module_that_interrupts_ends_the_command(project: Path, run: Run) -> None:
    (project / "bad.py").write_text("raise KeyboardInterrupt\n", encoding="utf-8")
    done = run("index")
    assert (done.returncode, done.stderr) == (130, "interrupted\n")


def test_errors_of_the_settings_are_told_as_ever(project: Path, run: Run) -> None:
    (project / "pyproject.toml").write_text("[tool.featurecat]\nmodules = []\n", encoding="utf-8")
    done = run("index")
    assert done.returncode == 2
    assert "error: no feature modules are named (pyproject.toml) [no-project]" in done.stderr


def test_the_process_that_asks_loads_neither_user_code_nor_frame_libraries(project: Path) -> None:
    (project / "bad.py").write_text("import pandas\n", encoding="utf-8")
    program = (
        "import sys\nfrom featurecat.cli.main import main\ncode = main(['index', '-q'])\n"
        "print(code, sorted({'good', 'bad', 'pandas', 'polars', 'pyarrow'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=project, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines()[-1] == "0 []", done.stderr
