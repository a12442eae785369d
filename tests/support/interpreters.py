"""Other Python versions on this machine."""

from __future__ import annotations

import functools
import shutil
import subprocess
from pathlib import Path


@functools.cache
def find_interpreter(version: str) -> str | None:
    """An interpreter of that version (such as ``3.12``): on the path, or one that pyenv keeps; None without any."""
    candidates = [found] if (found := shutil.which(f"python{version}")) else []
    if pyenv := shutil.which("pyenv"):
        root = subprocess.run([pyenv, "root"], capture_output=True, text=True, check=False).stdout.strip()
        candidates += map(str, sorted(Path(root).glob(f"versions/{version}.*/bin/python{version}")))
    return next((candidate for candidate in candidates if _works(candidate, version)), None)


def _works(candidate: str, version: str) -> bool:
    program = "import sys; print('.'.join(map(str, sys.version_info[:2])))"
    told = subprocess.run([candidate, "-I", "-c", program], capture_output=True, text=True, check=False)
    return told.returncode == 0 and told.stdout.strip() == version
