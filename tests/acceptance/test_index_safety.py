"""Done: a hanging or crashing module becomes an error row, the rest is catalogued; stray files are never imported."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

MODULES = {
    "sound": "import pandas as pd\n\n\ndef spend_twice(spend: pd.Series) -> pd.Series:\n    return spend * 2\n",
    "hanging": "import time\ntime.sleep(3_600)\n",
    "crashing": "import os\nos._exit(7)\n",
    "broken": "def half(\n",
    "raising": "raise SystemExit(5)\n",
    "last": "import pandas as pd\n\n\ndef spend_label(spend_twice: pd.Series) -> pd.Series:\n    return spend_twice\n",
}
SETTINGS = """
[tool.featurecat]
name = "hostile"
modules = [{modules}]

[tool.featurecat.index]
seconds = 4
"""


def command(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    kept = {name: text for name, text in os.environ.items() if not name.startswith("FEATURECAT_")}
    script = Path(sys.executable).with_name("featurecat")
    program = [str(script)] if script.exists() else [sys.executable, "-m", "featurecat"]
    return subprocess.run([*program, *words], cwd=project, env=kept, capture_output=True, text=True, check=False)


def test_what_hangs_or_crashes_is_an_error_row_and_the_rest_is_catalogued(tmp_path: Path) -> None:
    for name, text in MODULES.items():
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    (tmp_path / "stray.py").write_text("import pathlib\npathlib.Path('stray was imported').touch()\n", encoding="utf-8")
    modules = "".join(f'\n    "{name}",' for name in MODULES)
    (tmp_path / "pyproject.toml").write_text(SETTINGS.format(modules=modules), encoding="utf-8")

    done = command(tmp_path, "index", "--json")
    assert done.returncode == 2
    (report,) = json.loads(done.stdout)
    assert report["added"] == ["spend_label", "spend_twice"]
    assert "Traceback" not in done.stderr

    asked = command(tmp_path, "sql", "SELECT module, code FROM index_errors ORDER BY module", "--json")
    assert json.loads(asked.stdout) == [
        {"module": "broken", "code": "syntax-error"},
        {"module": "crashing", "code": "import-crashed"},
        {"module": "hanging", "code": "import-timeout"},
        {"module": "raising", "code": "import-error"},
    ]
    asked = command(tmp_path, "sql", "SELECT module FROM modules WHERE status = 'ok' ORDER BY ALL", "--json")
    assert json.loads(asked.stdout) == [{"module": "last"}, {"module": "sound"}]
    listed = command(tmp_path, "list", "--json")
    assert [row["feature"] for row in json.loads(listed.stdout)] == ["spend_label", "spend_twice"]
    assert not (tmp_path / "stray was imported").exists()
