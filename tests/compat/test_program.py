"""``python -m featurecat.compat.hamilton``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def run(*words: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-W", "error", "-m", "featurecat.compat.hamilton", *words]
    return subprocess.run(program, capture_output=True, text=True, check=False)


def test_a_script_runs_unchanged(tmp_path: Path) -> None:
    (tmp_path / "neighbour_module.py").write_text("def double(a: int) -> int:\n    return a * 2\n")
    script = tmp_path / "script.py"
    script.write_text(
        "import sys\nimport neighbour_module\nfrom hamilton import driver\n"
        "dr = driver.Builder().with_modules(neighbour_module).build()\n"
        "print(dr.execute(['double'], inputs={'a': int(sys.argv[1])}), __name__)\n"
    )
    done = run(str(script), "4")
    assert (done.returncode, done.stdout) == (0, "{'double': 8} __main__\n"), done.stderr


def test_a_script_that_is_not_there_is_told(tmp_path: Path) -> None:
    done = run(str(tmp_path / "none.py"))
    assert done.returncode == 2
    assert "there is no script" in done.stderr
    assert run().returncode == 2
