"""Signatures as a reader writes them, read from the code."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable
from enum import Enum
from typing import Any

from featurecat import function_modifiers
from featurecat.frames.columns import MISSING
from featurecat.io.adapter_registry import ADAPTERS

__all__ = ["formats_of", "signature_of"]

_WIDTH = 80
#: What is called without an @: it stands within a decorator, or is no decorator.
_WITHIN = frozenset(
    {
        "ConfigNeeds",
        "ParameterizedExtract",
        "ValidationResult",
        "apply_to",
        "configuration",
        "group",
        "source",
        "step",
        "value",
    }
)
#: Classes to derive from: their methods are what counts.
_CLASSES = frozenset({"DataValidator", "Modifier"})
#: Decorators that are reached through a name: how a reader finds each.
_MEMBERS = {
    "config": ("", ".when", ".when_not", ".when_in", ".when_not_in"),
    "schema": (".output",),
    "load_from": (".csv",),
    "save_to": (".csv",),
}
#: Parameters that are there for the error when somebody writes them.
_HIDDEN = frozenset({"self", "bare"})
_FRAMES = frozenset({"ChunkedArray", "DataFrame", "LazyFrame", "Series", "Table"})
_FORMATS = ("load_from", "save_to")


def signature_of(name: str) -> str:
    """The signatures of a public name, each of at most 80 columns a line.

    Args:
        name: One of ``featurecat.function_modifiers``.
    """
    found = getattr(function_modifiers, name)
    if name == "exclude":
        return "@exclude"
    if isinstance(found, type) and (issubclass(found, Enum) or name in _CLASSES):
        return _class(found)
    texts = []
    for member in _MEMBERS.get(name, ("",)):
        called = getattr(found, member[1:]) if member else found
        shown = f"{name}.<format>" if name in _FORMATS else f"{name}{member}"
        texts.append(_laid_out(shown if name in _WITHIN else f"@{shown}", called))
    return "\n".join(texts)


def formats_of(direction: str) -> str:
    """What may stand for ``<format>``, each with what it loads or saves, and its arguments.

    Args:
        direction: ``load`` or ``save``.
    """
    rows = []
    for name in ADAPTERS.formats(direction):
        for adapter in ADAPTERS.candidates(direction, name):
            optional = [f"{argument}=" for argument in adapter.get_optional_arguments()]
            rows.append((name, _types(adapter), ", ".join([*adapter.get_required_arguments(), *optional])))
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    return "\n".join(f"{name:<{widths[0]}}  {types:<{widths[1]}}  {given}".rstrip() for name, types, given in rows)


def _types(adapter: Any) -> str:
    names = ["anything" if one is Any else one.__name__ for one in adapter.applicable_types()]
    return ", ".join(dict.fromkeys("frame" if name in _FRAMES else name for name in names))


def _class(found: type) -> str:
    if issubclass(found, Enum):
        return f"class {found.__name__}: {', '.join(member.name for member in found)}"
    methods = [
        textwrap.indent(_laid_out(f"def {name}", member, method=True), "    ")
        for name, member in vars(found).items()
        if inspect.isfunction(member) and not name.startswith("_")
    ]
    return "\n".join([f"class {found.__name__}:", *methods])


def _laid_out(shown: str, called: Callable[..., Any], *, method: bool = False) -> str:
    if isinstance(called, type):
        called = called.__init__ if called.__init__ is not object.__init__ else _nothing  # type: ignore[misc]
    signature = inspect.signature(called)
    parts = [*(["self"] if method else []), *_parts(signature)]
    returns = f" -> {signature.return_annotation}" if method else ""
    line = f"{shown}({', '.join(parts)}){returns}"
    if len(line) <= _WIDTH:
        return line
    return "\n".join([f"{shown}(", *(f"    {part}," for part in parts), f"){returns}"])


def _nothing() -> None:
    """What a class without a constructor of its own is made of."""


def _parts(signature: inspect.Signature) -> list[str]:
    parts: list[str] = []
    apart = False
    for parameter in signature.parameters.values():
        if parameter.name in _HIDDEN:
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and not apart:
            parts += ["*"]
        apart |= parameter.kind in (parameter.KEYWORD_ONLY, parameter.VAR_POSITIONAL)
        stars = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")
        annotation = "" if parameter.annotation is parameter.empty else f": {parameter.annotation}"
        parts.append(f"{stars}{parameter.name}{annotation}{_default(parameter.default)}")
        if parameter.kind is parameter.POSITIONAL_ONLY:
            parts.append("/")
    return parts


def _default(default: Any) -> str:
    if default is inspect.Parameter.empty:
        return ""
    if default is MISSING:
        return " = <none>"
    return f" = {'...' if default is ... else default if isinstance(default, Enum) else repr(default)}"
