"""Parts of pages that are written from the code: between ``<!-- generated: NAME -->`` and ``<!-- end -->``."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import click
import duckdb
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from featurecat import errors
from featurecat.cli.main import COMMANDS, cli
from featurecat.project.settings import Settings

__all__ = ["GENERATED", "with_generated"]

_PART = re.compile(r"(<!-- generated: (?P<name>[\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
_WIDTH = 100


def with_generated(page: str, folder: Path) -> str:
    """The page with its generated parts as the code has them.

    Args:
        page: Its text.
        folder: Where what has to be made on the way may lie.
    """
    return _PART.sub(lambda part: f"{part[1]}\n{GENERATED[part['name']](folder).strip()}\n\n{part[3]}", page)


# --- the command line -----------------------------------------------------------------------------


def _commands(_folder: Path) -> str:
    context = click.Context(cli, info_name="featurecat", max_content_width=_WIDTH, terminal_width=_WIDTH)
    shown = [_help(cli, context)]
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        shown.append("\n".join(_with_members(name, command, context, "##")))
    return "\n\n".join(shown)


def _with_members(name: str, command: click.Command, parent: click.Context, marks: str) -> Iterator[str]:
    context = click.Context(command, info_name=name, parent=parent, max_content_width=_WIDTH, terminal_width=_WIDTH)
    yield f"{marks} {name}\n\n{_help(command, context)}\n"
    if isinstance(command, click.Group):
        for member in command.list_commands(context):
            inner = command.get_command(context, member)
            assert inner is not None
            yield from _with_members(f"{name} {member}", inner, parent, f"{marks}#")


def _help(command: click.Command, context: click.Context) -> str:
    """Its help; what every command takes is told once, by featurecat's own."""
    shared = [", ".join(sorted(option.opts, key=len)) for option in cli.params] if command is not cli else []
    lines = [line.rstrip() for line in command.get_help(context).splitlines()]
    own = [line for line in lines if not line.startswith(tuple(f"  {option} " for option in [*shared, "--help"]))]
    return "\n".join(["```", *(lines if command is cli else own), "```"]).replace("\n\nOptions:\n```", "\n```")


# --- errors ---------------------------------------------------------------------------------------


def _error_codes(_folder: Path) -> str:
    rows = [f"| `{code}` | {meaning} |" for code, meaning in errors.CODES.items()]
    return "\n".join(["| code | what it says |", "|---|---|", *rows])


def _error_classes(_folder: Path) -> str:
    classes = [getattr(errors, name) for name in errors.__all__]
    raised = [one for one in classes if isinstance(one, type) and issubclass(one, errors.FeaturecatError)]
    rows = [
        f"| `{one.__name__}` | `{one.__bases__[0].__name__}` | {one.exit_code} | {(one.__doc__ or '').splitlines()[0]} |"
        for one in sorted(raised, key=lambda one: (one.exit_code, one.__name__))
    ]
    return "\n".join(["| error | is a | exit code | when |", "|---|---|---|---|", *rows])


# --- settings -------------------------------------------------------------------------------------


def _settings(_folder: Path) -> str:
    return "\n\n".join(_tables("tool.featurecat", Settings))


def _tables(name: str, model: type[BaseModel]) -> Iterator[str]:
    """The table of a model, then those of the models in it."""
    told = _attributes(model)
    rows, inner = [], []
    for key, field in model.model_fields.items():
        models = [one for one in _classes(field.annotation) if issubclass(one, BaseModel)]
        if models:
            entries = "NAME" if key != "override" else None
            several = field.annotation is not models[0]
            inner.append((f"{name}.{key}.{entries}" if several and entries else f"{name}.{key}", models[0]))
            default = "" if several else f"[below](#{_anchor(inner[-1][0])})"
        else:
            default = _default(field)
        rows.append(f"| `{key}` | {default} | {told[key]} |")
    summary = inspect.getdoc(model).partition("\n\n")[0].replace("``", "`").replace("\n", " ")  # type: ignore[union-attr]
    yield "\n".join([f"## {name}", "", summary, "", "| key | default | what it is |", "|---|---|---|", *rows])
    for title, one in inner:
        yield from _tables(title, one)


def _anchor(title: str) -> str:
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def _classes(annotation: Any) -> Iterator[type]:
    if isinstance(annotation, type) and not get_args(annotation):
        yield annotation
    for argument in get_args(annotation):
        yield from _classes(argument)


def _default(field: Any) -> str:
    if field.is_required():
        return "must be given"
    default = field.default_factory() if field.default is PydanticUndefined else field.default
    if default is None or default in ("", [], {}):
        return ""
    shown = (
        str(default).lower() if isinstance(default, bool) else f'"{default}"' if isinstance(default, str) else default
    )
    return f"`{shown}`".replace("|", "\\|")


def _attributes(model: type[BaseModel]) -> dict[str, str]:
    """What the docstring says of each field."""
    text = (inspect.getdoc(model) or "").partition("Attributes:\n")[2]
    entries = re.findall(r"^    (\w+): (.*(?:\n        .*)*)", text, re.MULTILINE)
    return {name: " ".join(said.split()).replace("``", "`").replace("|", "\\|") for name, said in entries}


# --- the catalog ----------------------------------------------------------------------------------


def _catalog(folder: Path) -> duckdb.DuckDBPyConnection:
    """The catalog of a project with one feature."""
    path = folder / ".featurecat" / "catalog.duckdb"
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "pyproject.toml").write_text('[tool.featurecat]\nmodules = ["one"]\n', encoding="utf-8")
        (folder / "one.py").write_text("def one(amount: int) -> int:\n    return amount\n", encoding="utf-8")
        subprocess.run([sys.executable, "-m", "featurecat", "index", "--quiet"], cwd=folder, check=True)
    return duckdb.connect(str(path), read_only=True)


def _views(folder: Path) -> str:
    with _catalog(folder) as catalog:
        views = catalog.execute(
            "SELECT view_name, comment FROM duckdb_views() WHERE NOT internal AND schema_name = 'main' ORDER BY ALL"
        ).fetchall()
        columns = catalog.execute(
            "SELECT DISTINCT table_name, column_index, column_name, data_type, comment FROM duckdb_columns() "
            "WHERE NOT internal AND schema_name = 'main' ORDER BY ALL"
        ).fetchall()
    texts = []
    for view, comment in views:
        rows = [f"| `{name}` | {kind} | {_cell(said)} |" for owner, _, name, kind, said in columns if owner == view]
        heading = [f"### {view}", "", comment or "", "", "| column | type | what it holds |", "|---|---|---|"]
        texts.append("\n".join([*heading, *rows]))
    return "\n\n".join(texts)


def _macros(folder: Path) -> str:
    with _catalog(folder) as catalog:
        macros = catalog.execute(
            "SELECT DISTINCT function_name, parameters, comment FROM duckdb_functions() "
            "WHERE NOT internal AND schema_name = 'main' AND function_type = 'table_macro' ORDER BY ALL"
        ).fetchall()
    rows = [f"| `{name}({', '.join(parameters)})` | {_cell(said)} |" for name, parameters, said in macros]
    return "\n".join(["| macro | what it answers |", "|---|---|", *rows])


def _cell(text: str | None) -> str:
    return (text or "").replace("|", "\\|").replace("\n", " ")


GENERATED = {
    "commands": _commands,
    "error-codes": _error_codes,
    "error-classes": _error_classes,
    "settings": _settings,
    "views": _views,
    "macros": _macros,
}
