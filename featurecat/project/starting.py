"""``featurecat init``: a small project that runs at once."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from featurecat.errors import RequestError, StoreError

__all__ = ["StartedProject", "start_project"]

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
#: What may lie in a directory that counts as empty: others put it there before there is a project.
_NOT_COUNTED = frozenset({".git", ".idea", ".venv", ".vscode"})
_MOST_LISTED = 4

_SETTINGS = """\
[tool.featurecat]
name = {name}
modules = ["features"]

[tool.featurecat.sources.orders]
path = "data/orders.csv"
key = ["order_id"]
"""
_FEATURES = '''\
"""What orders are worth."""

import {library} as {short}
from featurecat import check_output, feature


@feature(owner="sales", unit="EUR")
@check_output(range=(0, 10_000), importance="fail")
def net_amount(orders: {short}.DataFrame) -> {short}.Series:
    """Price of all pieces, less the discount."""
    return orders["price"] * orders["pieces"] * (1 - orders["discount"])


def shipping_cost(orders: {short}.DataFrame) -> {short}.Series:
    """What it takes to send an order."""
    return 3.0 + 0.5 * orders["pieces"]


@feature(owner="sales", unit="EUR")
def margin(net_amount: {short}.Series, shipping_cost: {short}.Series) -> {short}.Series:
    """What is left of an order.

    >>> margin(10, 4)
    6
    """
    return net_amount - shipping_cost


def margin_share(margin: {short}.Series, net_amount: {short}.Series) -> {short}.Series:
    """The margin as a share of the amount."""
    return margin / net_amount


def is_large(net_amount: {short}.Series) -> {short}.Series:
    """Whether an order is worth a call."""
    return net_amount > 100
'''
_DATA = """\
order_id,price,pieces,discount
1,19.9,2,0.0
2,5.0,40,0.1
3,120.0,1,0.0
4,8.5,3,0.25
"""
_TEST = """\
import pytest


@pytest.mark.feature("margin")
def test_margin_is_what_shipping_leaves(feature_driver):
    assert feature_driver.execute(["margin"], overrides={"net_amount": 10, "shipping_cost": 4})["margin"] == 6
"""
_README = """\
    featurecat preview margin                           # its first rows
    featurecat materialize --all -o features.parquet    # compute, check, publish
    featurecat test                                     # what is tested, and what is not
"""


@dataclass(frozen=True, slots=True)
class StartedProject:
    """A project that was made.

    Attributes:
        directory: Where.
        files: What was written, relative to it.
        commands: What to type next, from where the command was given.
    """

    directory: Path
    files: tuple[str, ...]
    commands: tuple[str, ...]


def start_project(name: str, *, within: Path | None = None, library: str = "pandas") -> StartedProject:
    """Make a project: settings, one module of five features, data, a test and a README.

    Args:
        name: Its directory, which becomes its name; ``.`` for the current one, which must then be empty.
        within: Where relative names start; None for the current directory.
        library: ``pandas`` or ``polars``.

    Returns:
        What was made. All of it is there, or nothing.

    Raises:
        RequestError: When the name cannot be one, or the directory is not empty.
        StoreError: When it cannot be written.
    """
    start = (within or Path.cwd()).absolute()
    directory = Path(os.path.normpath(start / name))
    here = directory == start
    if not start.is_dir():
        raise RequestError(f"there is no directory {start}", hint="make it, or leave out -C")
    if not name.strip() or (not here and not _NAME.fullmatch(directory.name)):
        raise RequestError(
            f"{directory.name if name.strip() else name!r} cannot be the name of a project",
            hint="begin with a letter, and use letters, digits, - and _ only: featurecat init my_features",
        )
    _check_free(directory)
    files = _texts(directory.name, library)
    try:
        if directory.is_dir():
            _fill(directory, files)
        else:
            _place(directory, files)
    except OSError as error:
        raise StoreError(
            f"{directory} cannot be written: {error.strerror or error}",
            code="output-unwritable",
            hint="name another directory",
        ) from error
    commands = ("featurecat preview margin", "featurecat materialize --all -o features.parquet", "featurecat test")
    enter = () if here and within is None else (f"cd {_typed(directory)}",)
    return StartedProject(directory, tuple(files), (*enter, *commands)[:3] if enter else commands)


def _typed(directory: Path) -> str:
    current = Path.cwd()
    text = str(directory.relative_to(current)) if directory.is_relative_to(current) else str(directory)
    return text if re.fullmatch(r"[\w./+-]+", text) else f"'{text}'"


def _check_free(directory: Path) -> None:
    if not os.path.lexists(directory):
        nearest = next(folder for folder in directory.parents if os.path.lexists(folder))
        if not nearest.is_dir():
            raise RequestError(f"{_typed(nearest)} is there and is no directory", hint="choose another name")
        return
    if not directory.is_dir():
        raise RequestError(f"{directory.name} is there and is no directory", hint="choose another name")
    found = sorted({entry.name for entry in directory.iterdir()} - _NOT_COUNTED)
    if found:
        more = f" and {len(found) - _MOST_LISTED} more" if len(found) > _MOST_LISTED else ""
        raise RequestError(
            f"the directory {directory.name} is not empty: it holds {', '.join(found[:_MOST_LISTED])}{more}",
            hint="choose another name, or an empty directory",
        )


def _texts(name: str, library: str) -> dict[str, str]:
    short = {"pandas": "pd", "polars": "pl"}[library]
    return {
        "README.md": f"# {name}\n\n{_README}",
        "data/orders.csv": _DATA,
        "features.py": _FEATURES.format(library=library, short=short),
        "tests/test_features.py": _TEST,
        "pyproject.toml": _SETTINGS.format(name=json.dumps(name)),  # last: with it the directory is a project
    }


def _write(directory: Path, files: dict[str, str]) -> None:
    for file, text in files.items():
        path = directory / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _place(directory: Path, files: dict[str, str]) -> None:
    """Make a new directory: written beside it, then renamed into place."""
    made = next(folder for folder in [*reversed(directory.parents)] + [directory] if not folder.exists())
    directory.parent.mkdir(parents=True, exist_ok=True)
    staged = directory.with_name(f".{directory.name}.{secrets.token_hex(4)}")
    try:
        staged.mkdir()
        _write(staged, files)
        staged.rename(directory)
    except BaseException:
        shutil.rmtree(made if made != directory else staged, ignore_errors=True)
        raise


def _fill(directory: Path, files: dict[str, str]) -> None:
    """Fill an empty directory, which keeps its identity: a shell may stand in it."""
    staged = directory / f".featurecat-{secrets.token_hex(4)}"
    names = list(dict.fromkeys(Path(file).parts[0] for file in files))
    moved: list[Path] = []
    try:
        staged.mkdir()
        _write(staged, files)
        for name in names:
            (staged / name).rename(directory / name)
            moved.append(directory / name)
    except BaseException:
        for path in moved:
            shutil.rmtree(path, ignore_errors=True)
            path.unlink(missing_ok=True)
        raise
    finally:
        shutil.rmtree(staged, ignore_errors=True)
