"""The package is typed, and decorators keep the type of the function: mypy itself says so."""

from __future__ import annotations

import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import featurecat.function_modifiers as offered

#: Functions and modules that decorate nothing by themselves.
NO_DECORATORS = frozenset({"apply_to", "configuration", "group", "source", "step", "value"})
#: Decorators that are no classes: how they are written.
WRITTEN = {
    "config": [
        "config.when(region='us')",
        "config.when_not(region='us')",
        "config.when_in(region=['us'])",
        "config.when_not_in(region=['us'])",
    ],
    "exclude": ["exclude"],
    "hamilton_exclude": ["hamilton_exclude"],
    "load_from": ["load_from.parquet(path='spend.parquet')"],
    "save_to": ["save_to.parquet(path='spend.parquet')"],
    "schema": ["schema.output(('spend', 'int'))"],
}
HEAD = """
from typing import Any
from featurecat import function_modifiers
from featurecat.function_modifiers import *

def example(spend: int, *, factor: float = 2.0) -> float:
    return spend * factor
"""
KEPT = "def (spend: int, *, factor: float =) -> float"


def is_decorator_class(name: str) -> bool:
    """Whether a name is a class whose instances decorate; how these are made is of no concern here."""
    found = getattr(offered, name)
    return inspect.isclass(found) and not inspect.isabstract(found) and callable_instances(found)


def callable_instances(found: type) -> bool:
    return any("__call__" in vars(base) for base in found.__mro__ if base is not object)


def checks() -> dict[str, list[str]]:
    """Statements that reveal what each decorator makes of a function, by its name."""
    made = {
        name: [f"reveal_type({text}(example))" for text in WRITTEN[name]] for name in offered.__all__ if name in WRITTEN
    }
    for name in offered.__all__:
        if is_decorator_class(name):
            made[name] = [f"def check_{name}(decorator: {name}) -> None:", "    reveal_type(decorator(example))"]
    return made


@pytest.fixture(scope="module")
def revealed(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> dict[str, list[str]]:
    """What mypy reveals for each decorator."""
    lines, owners = HEAD.splitlines(), {}
    for name, statements in checks().items():
        for statement in statements:
            lines.append(statement)
            owners[len(lines)] = name
    file = tmp_path_factory.mktemp("typed") / "example.py"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--config-file=",
        "--cache-dir",
        str(repository / ".mypy_cache" / "types"),
        str(file),
    ]
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)
    told: dict[str, list[str]] = {name: [] for name in owners.values()}
    for match in re.finditer(r"example\.py:(\d+): note: Revealed type is \"(.*)\"", done.stdout):
        told[owners[int(match[1])]].append(match[2])
    return told


@pytest.mark.component("mypy")
def test_every_decorator_keeps_the_type_of_the_function(revealed):
    assert {"tag", "feature", "check_output", "parameterize", "extract_columns", "config"} <= revealed.keys()
    lost = {name: types for name, types in revealed.items() if set(types) != {KEPT}}
    assert not lost


def test_every_name_is_checked_or_known_to_decorate_nothing():
    unknown = [
        name
        for name in offered.__all__
        if name not in {*checks(), *NO_DECORATORS} and not inspect.isclass(getattr(offered, name))
    ]
    assert not unknown, f"say in WRITTEN how they are written, or add them to NO_DECORATORS: {unknown}"


def test_the_package_says_that_it_is_typed(repository):
    assert (repository / "featurecat" / "py.typed").is_file()
    package = importlib.import_module("featurecat")
    assert package.__file__ is not None
    assert Path(package.__file__).with_name("py.typed").is_file()
