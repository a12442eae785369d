"""Runs ``modules/`` under apache-hamilton or under featurecat and prints what they answer, as JSON, a line a module.

``python run_module.py hamilton|featurecat modules/hello_world.py …``. A module is imported as any user's would be, and run
in a folder of its own; its ``_answers()`` gives names with values. Frames, types and errors are told as what can be
compared.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any


def plain(value: Any) -> Any:
    """A value as JSON has it, so that equal ones look equal in both worlds."""
    kind = type(value).__module__.partition(".")[0]
    if kind == "pandas" and hasattr(value, "columns"):
        return {"frame": {str(name): plain(value[name]) for name in value.columns}}
    if kind == "pandas" and hasattr(value, "index"):
        return {"index": [str(one) for one in value.index], "dtype": str(value.dtype), "values": plain(list(value))}
    if kind == "polars":
        value = value.collect() if hasattr(value, "collect") else value
        return {"polars": plain(value.to_dict(as_series=False) if hasattr(value, "to_dict") else value.to_list())}
    if kind == "pyarrow":
        return {"arrow": plain(value.to_pydict())}
    if isinstance(value, BaseException):
        return error(value)
    if isinstance(value, type):
        return value.__name__
    if isinstance(value, dict):
        return {str(name): plain(member) for name, member in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(map(plain, value), key=str)
    if isinstance(value, list | tuple):
        return [plain(member) for member in value]
    if hasattr(value, "item"):  # numpy
        value = value.item() if getattr(value, "ndim", 0) == 0 else value.tolist()
    if isinstance(value, float):
        return "nan" if value != value else round(value, 9)
    return (
        value if value is None or isinstance(value, bool | int | str | list) else getattr(value, "__name__", str(value))
    )


def error(raised: BaseException) -> dict[str, Any]:
    """An error by what it can be caught as."""
    families = (KeyError, ValueError, TypeError, AttributeError, RecursionError, ZeroDivisionError)
    return {"raised": [family.__name__ for family in families if isinstance(raised, family)]}


def main(world: str, paths: list[Path]) -> None:
    """Import the modules in that world and print their answers."""
    if world == "featurecat":
        importlib.import_module("featurecat.compat.hamilton").install()
    sys.path.insert(0, str(paths[0].parent))
    start = Path.cwd()
    for path in paths:
        work = start / path.stem
        work.mkdir()
        os.chdir(work)
        try:
            told = {"answers": plain(importlib.import_module(path.stem)._answers())}
        except Exception:
            told = {"failed": traceback.format_exc()}
        print("ANSWERS", path.stem, json.dumps(told, sort_keys=True))


if __name__ == "__main__":
    main(sys.argv[1], [Path(argument).resolve() for argument in sys.argv[2:]])
