"""Runs the patterns and prints what each answers, as JSON.

    python run.py [--native | --apache] [PATTERN ...]

The modules in ``patterns`` are written for Hamilton's import names. Without an option those names are answered by
``featurecat.compat.hamilton``; with ``--native`` the import lines are rewritten to featurecat's own names first; with
``--apache`` they mean apache-hamilton, which must be installed.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

__all__ = ["NATIVE_NAMES", "main", "native_text", "run"]

HERE = Path(__file__).resolve().parent
PATTERNS = (
    "hello_world",
    "reuse_subdags",
    "pipes",
    "data_quality",
    "parallel_collect",
    "async_service",
    "materializers",
    "with_columns",
    "lifecycle_hooks",
)
#: What an import line is called in featurecat; the longest name that fits counts.
NATIVE_NAMES = {
    "hamilton": "featurecat",
    "hamilton.execution": "featurecat",
    "hamilton.htypes": "featurecat",
    "hamilton.io.materialization": "featurecat.io",
    "hamilton.plugins.h_pandas": "featurecat.function_modifiers",
    "hamilton.plugins.h_polars": "featurecat.function_modifiers",
}
_IMPORT = re.compile(r"^(from|import) (hamilton[\w.]*)", re.MULTILINE)


def native_text(text: str) -> str:
    """A module's text with its import lines under featurecat's names; nothing else changes."""

    def renamed(found: re.Match[str]) -> str:
        name = found.group(2)
        known = max((one for one in NATIVE_NAMES if name == one or name.startswith(f"{one}.")), key=len)
        return f"{found.group(1)} {NATIVE_NAMES[known]}{name.removeprefix(known)}"

    return _IMPORT.sub(renamed, text)


def _native_copy(folder: Path) -> Path:
    """The patterns under featurecat's names, in a folder of their own."""
    package = folder / "patterns"
    package.mkdir()
    for path in (HERE / "patterns").glob("*.py"):
        (package / path.name).write_text(native_text(path.read_text(encoding="utf-8")), encoding="utf-8")
    return folder


def run(names: list[str], *, place: Path) -> dict[str, Any]:
    """What each pattern answers.

    Args:
        names: Patterns, in order.
        place: The folder that holds the package ``patterns``; what is saved goes to an empty folder for the while.
    """
    before, work = Path.cwd(), Path(tempfile.mkdtemp(prefix="patterns-"))
    sys.path.insert(0, str(place))
    os.chdir(work)
    try:
        return {name: importlib.import_module(f"patterns.{name}")._run() for name in names}
    finally:
        os.chdir(before)
        sys.path.remove(str(place))
        shutil.rmtree(work)


def main(arguments: list[str]) -> int:
    """Runs the patterns that are named, or all.

    Args:
        arguments: Names, and at most one of ``--native`` and ``--apache``.

    Returns:
        The exit code: 0, or 2 for a name that is no pattern.
    """
    options = {word for word in arguments if word.startswith("--")}
    names = [word for word in arguments if word not in options] or list(PATTERNS)
    if unknown := sorted({*names} - {*PATTERNS} | options - {"--native", "--apache"}):
        print(f"run: {', '.join(unknown)} is not known; patterns are {', '.join(PATTERNS)}", file=sys.stderr)
        return 2
    if not options:
        importlib.import_module("featurecat.compat.hamilton").install()
    if "--native" in options:
        with tempfile.TemporaryDirectory(prefix="native-") as folder:
            answers = run(names, place=_native_copy(Path(folder)))
    else:
        answers = run(names, place=HERE)
    print(json.dumps(answers, indent=2))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
