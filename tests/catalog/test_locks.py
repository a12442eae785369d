from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from featurecat.catalog.locks import catalog_lock
from featurecat.errors import CatalogError

CHILD = "import sys; from pathlib import Path; from featurecat.catalog.locks import catalog_lock\n"


def child_holds(path: Path, then: str = "") -> str:
    code = f"{CHILD}with catalog_lock(Path(sys.argv[1])) as held:\n    print(held, flush=True)\n    {then or 'pass'}"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}
    return subprocess.run(
        [sys.executable, "-c", code, str(path)], env=environment, capture_output=True, text=True, check=False
    ).stdout.strip()


def test_one_process_at_a_time_and_nobody_waits(tmp_path: Path) -> None:
    path = tmp_path / "locks" / "catalog.lock"
    with catalog_lock(path) as held:
        assert held
        assert child_holds(path) == "False"
        with catalog_lock(path) as again:
            assert not again
    assert child_holds(path) == "True"


def test_the_lock_goes_with_a_killed_process(tmp_path: Path) -> None:
    path = tmp_path / "catalog.lock"
    assert child_holds(path, "import os; os.kill(os.getpid(), 9)") == "True"
    with catalog_lock(path) as held:
        assert held


def test_the_lock_is_released_after_an_error(tmp_path: Path) -> None:
    path = tmp_path / "catalog.lock"
    with pytest.raises(ZeroDivisionError), catalog_lock(path):
        raise ZeroDivisionError
    with catalog_lock(path) as held:
        assert held


def test_an_unusable_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "locks").write_text("a file")
    with pytest.raises(CatalogError) as caught, catalog_lock(tmp_path / "locks" / "catalog.lock"):
        pass
    assert (caught.value.code, caught.value.exit_code) == ("store-unwritable", 5)
