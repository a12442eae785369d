"""Answers questions in one of three worlds: featurecat itself, featurecat in Hamilton's place, apache-hamilton.

``python -m tests.conformance.worlds hamilton|compat|native questions.json`` prints the answers, by name, as JSON.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import sys
import tempfile
import textwrap
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.compat.run_module import plain

__all__ = ["answer", "main"]

_ALIKE = """
import asyncio
import collections
import functools
import json
import pickle
import typing
from dataclasses import dataclass
from pathlib import Path
from typing import *
import numpy as np
import pandas as pd
import polars as pl
import {px} as px
"""
_THEIRS = """
from hamilton.function_modifiers import *
from hamilton.function_modifiers import hamilton_exclude as exclude
from hamilton.function_modifiers.dependencies import configuration
from hamilton import async_driver, base, driver, lifecycle
from hamilton.execution import executors, grouping
from hamilton.experimental.decorators.parameterize_frame import parameterize_frame
from hamilton.htypes import Collect, Parallelizable
from hamilton.io.data_adapters import DataLoader, DataSaver
from hamilton.io.materialization import from_, to
from hamilton.plugins.h_{px} import with_columns
from hamilton.plugins.h_polars import PolarsDataFrameResult
from hamilton.plugins.h_pyarrow import PyarrowTableResult
from hamilton.registry import register_adapter
from hamilton.data_quality.base import DataValidator, ValidationResult
DictResult, PandasDataFrameResult = base.DictResult, base.PandasDataFrameResult
PATH = {{"pandas": "path", "polars": "file"}}["{px}"]
POWER = {{"hamilton.enable_power_user_mode": True}}
"""
_OURS = """
from featurecat import async_driver, Collect, driver, from_, lifecycle, Parallelizable, to
from featurecat.execution import executors
from featurecat.execution.results import DictResult, PandasDataFrameResult, PolarsDataFrameResult, PyarrowTableResult
from featurecat.expectations.custom import DataValidator, ValidationResult
from featurecat.function_modifiers import *
from featurecat.io import DataLoader, DataSaver, register_adapter
from featurecat.plan import grouping
PATH = "path"
POWER = {{}}
"""
#: Hamilton's own errors, which code written for it may catch.
_ERRORS = {
    "DataValidationError": "hamilton.data_quality.base",
    "InvalidDecoratorException": "hamilton.function_modifiers.base",
    "InvalidExecutorException": "hamilton.driver",
    "MissingConfigParametersException": "hamilton.function_modifiers.base",
    "NotSameModuleError": "hamilton.function_modifiers.macros",
    "ValidationException": "hamilton.lifecycle.base",
}
HEADERS = {"native": _ALIKE + _OURS, "compat": _ALIKE + _THEIRS, "hamilton": _ALIKE + _THEIRS}


def answer(question: dict[str, Any], world: str, make: Callable[[str], ModuleType]) -> Any:
    """What a world says, as JSON has it; an error is an answer, too.

    Args:
        question: As :meth:`tests.conformance.case.Variant.question` gives it.
        world: ``native``, ``compat`` or ``hamilton``.
        make: Makes a module of a text.
    """
    try:
        return plain(_answer(question, world, make))
    except Exception as error:
        return told(error, world)


def told(error: Exception, world: str) -> dict[str, Any]:
    """An error by what it can be caught as, and our codes."""
    found = {**plain(error), "kind": type(error).__name__, "says": str(error)}
    if codes := [problem.code for problem in getattr(error, "problems", ())]:
        found["codes"] = codes
    if world != "native":
        classes = {name: getattr(importlib.import_module(place), name) for name, place in _ERRORS.items()}
        found["caught"] = [name for name, kind in classes.items() if isinstance(error, kind)]
    return found


def _answer(question: dict[str, Any], world: str, make: Callable[[str], ModuleType]) -> Any:
    header = HEADERS[world].format(px=question["px"])
    second = make(header + textwrap.dedent(question["second"])) if question["second"] else None
    source = textwrap.dedent(question["source"]).replace("SECOND", second.__name__ if second else "SECOND")
    modules = [one for one in (make(header + source) if source else None, second) if one is not None]
    scope: dict[str, Any] = {"module": modules[0] if modules else None, "modules": modules}
    scope["attempt"] = lambda ask: attempt(ask, world)
    exec(header, scope)
    if question["program"]:
        exec(f"def program():\n{textwrap.indent(textwrap.dedent(question['program']), '    ')}", scope)
        return scope["program"]()
    taken = modules[:1] if "SECOND" in question["source"] else modules
    built = scope["driver"].Builder().with_modules(*taken).with_config(dict(question["config"])).build()
    known = {one.name: one for one in built.list_available_variables()}
    nodes = {name: one for name, one in known.items() if not one.is_external_input}
    asked = question["ask"]
    names = [name for name in sorted(nodes) if not name.endswith("_validator")] if asked is None else list(asked)
    scope["used"] = lambda given: {name: value for name, value in given.items() if name in known}
    exec(f"given = dict(inputs={question['inputs']}, overrides={question['overrides']})", scope)
    values = built.execute(names, **scope["given"]) if names else {}
    return {
        "nodes": {
            name: [sorted(one.required_dependencies), sorted(one.optional_dependencies)] for name, one in nodes.items()
        },
        "values": {name: plain(values[name]) for name in names},
        # natively tags have keys of our own
        **({} if world == "native" else {"tags": {name: _tags(one) for name, one in nodes.items()}}),
    }


def _tags(variable: Any) -> dict[str, str]:
    """What is told of a node beside where it stands and how it was chosen."""
    left_out = ("module", "hamilton.config", "hamilton.non_final_node")
    return {key: str(told) for key, told in variable.tags.items() if key not in left_out}


def attempt(ask: Callable[[], Any], world: str) -> Any:
    """The answer, or the error as one."""
    try:
        return ask()
    except Exception as error:
        return told(error, world)


def _answers(world: str, questions: Iterable[dict[str, Any]]) -> dict[str, Any]:
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    if world == "compat":
        importlib.import_module("featurecat.compat.hamilton").install()
    with tempfile.TemporaryDirectory() as folder:
        sys.path.insert(0, folder)
        made: list[str] = []

        def make(text: str) -> ModuleType:
            made.append(f"asked_{len(made)}")
            Path(folder, f"{made[-1]}.py").write_text(text, encoding="utf-8")
            importlib.invalidate_caches()
            return importlib.import_module(made[-1])

        return {question["name"]: _apart(question, world, make) for question in questions}


def _apart(question: dict[str, Any], world: str, make: Callable[[str], ModuleType]) -> Any:
    """The answer, found in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        found = answer(question, world, make)
        os.chdir("/")
    return found


def main(world: str, questions: Path) -> None:
    """Print the answers to the questions of a file."""
    sys.setrecursionlimit(1000)
    answers = _answers(world, json.loads(questions.read_text(encoding="utf-8")))
    print("ANSWERS", json.dumps(answers, sort_keys=True))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
