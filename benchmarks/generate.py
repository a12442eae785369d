"""Feature modules for the benchmarks, written to files and imported like a user's own."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from measure import FEATURECAT

FUNCTIONS_PER_MODULE = 400
HEADERS = {
    "featurecat": "from featurecat import check_output, config, extract_columns, parameterize, source, tag, value",
    "hamilton": (
        "from hamilton.function_modifiers import "
        "check_output, config, extract_columns, parameterize, source, tag, value"
    ),
}
PREAMBLE = '''"""Generated for a benchmark."""

import pandas as pd

{header}
'''
PLAIN = '''

def {name}({first}: pd.Series, {second}: pd.Series) -> pd.Series:
    """{name}: the sum of two features."""
    return {first} + {second}
'''
TAGGED = '''

@tag(owner="team_{team}", stage="derived")
def {name}({first}: pd.Series) -> pd.Series:
    """{name}: a scaled feature."""
    return {first} * 0.5
'''
CHECKED = '''

@check_output(range=(-1e300, 1e300), importance="warn")
def {name}({first}: pd.Series) -> pd.Series:
    """{name}: a shifted feature, with an expectation."""
    return {first} - 1.0
'''
CONDITIONAL = '''

@config.when({key}="US")
def {name}__us({first}: pd.Series) -> pd.Series:
    """{name}: by region."""
    return {first} * 2.0


@config.when({key}="UK")
def {name}__uk({first}: pd.Series) -> pd.Series:
    """{name}: by region."""
    return {first} * 3.0
'''
PARAMETERIZED = '''

@parameterize({name}=dict(of=source("{first}"), by=value(2)), {name}_more=dict(of=source("{second}"), by=value(3)))
def {name}_made(of: pd.Series, by: int) -> pd.Series:
    """{name}: made twice from one function."""
    return of * by
'''
EXTRACTED = '''

@extract_columns("{name}", "{name}_more")
def {name}_frame({first}: pd.Series, {second}: pd.Series) -> pd.DataFrame:
    """{name}: two columns of one frame."""
    return pd.DataFrame({{"{name}": {first}, "{name}_more": {second}}})
'''
#: Of ten functions: four plain, two tagged, one checked, two conditional (one name), one of the last two.
PATTERN = (PLAIN, TAGGED, PLAIN, CHECKED, PLAIN, CONDITIONAL, TAGGED, PLAIN, None)
SEED = "seed"
CONFIG = {"region": "US"}


def write_modules(directory: Path, functions: int) -> None:
    """Write ``functions`` mixed definitions for each library, 400 a module, as ``<library>_features_<n>.py``."""
    for library, header in HEADERS.items():
        for number in range(max(1, functions // FUNCTIONS_PER_MODULE)):
            body = "".join(definitions(number, min(functions, FUNCTIONS_PER_MODULE)))
            path = directory / f"{library}_features_{number}.py"
            path.write_text(PREAMBLE.format(header=header) + body, encoding="utf-8")


def definitions(module: int, functions: int) -> Iterator[str]:
    """The source of one module's definitions; each takes features up to 40 places before it."""
    groups = functions // 10
    earlier: list[str] = [] if module == 0 else names_of(module - 1, groups)[-40:]
    for index, name in enumerate(names_of(module, groups)):
        first = earlier[-1 - (index * 7) % min(40, len(earlier))] if earlier else SEED
        second = earlier[-1 - (index * 13) % min(40, len(earlier))] if earlier else SEED
        template = PATTERN[index % len(PATTERN)]
        if template is None:
            template = PARAMETERIZED if index // len(PATTERN) % 2 else EXTRACTED
        if first == second and template in (PLAIN, EXTRACTED):
            second = f"other_{SEED}"
        yield template.format(name=name, first=first, second=second, team=index % 5, key="region")
        earlier.append(name)


def names_of(module: int, groups: int) -> list[str]:
    return [f"feature_{module}_{index}" for index in range(groups * len(PATTERN))]


def load_modules(directory: Path, implementation: str) -> list[ModuleType]:
    """Import the generated modules of one library, in order."""
    library = "featurecat" if implementation == FEATURECAT else "hamilton"
    if str(directory) not in sys.path:
        sys.path.insert(0, str(directory))
    count = len(list(directory.glob(f"{library}_features_*.py")))
    return [importlib.import_module(f"{library}_features_{number}") for number in range(count)]


def module_of(name: str, source: str, directory: Path) -> ModuleType:
    """A module made of ``source``, written to a file so that its functions have one."""
    path = directory / f"{name}.py"
    # implementations that run in turn write the same text
    path_new = path.with_suffix(f".{os.getpid()}")
    path_new.write_text(source, encoding="utf-8")
    path_new.replace(path)
    if str(directory) not in sys.path:
        sys.path.insert(0, str(directory))
    importlib.invalidate_caches()
    return importlib.import_module(name)
