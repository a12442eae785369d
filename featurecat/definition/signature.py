"""What a function takes and returns, read from its code object; without ``inspect`` wherever that is possible."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import CodeType
from typing import Any, NamedTuple

from featurecat.definition.node import REQUIRED, Dependency
from featurecat.definition.types import resolve_annotation
from featurecat.errors import DefinitionError, Problem
from featurecat.frames.kinds import engine_of_types

__all__ = ["Signature", "read_signature"]

#: CO_VARARGS and CO_VARKEYWORDS of ``inspect``.
_VARIADIC = 0x04 | 0x08
#: The one way to make a named tuple that does not go through a Python function.
_new = tuple.__new__
#: Engines by parameter types and return type; None where an annotation is text and must be resolved first.
_engines: dict[tuple[tuple[Any, ...], Any], str | None] = {}


class Signature(NamedTuple):
    """One function's parameters as dependencies, its return type, and what they are written for.

    Attributes:
        dependencies: One for each parameter, named like it.
        keywords: Names of the trailing parameters that are keyword-only.
        returns: The resolved return annotation.
        engine: The engine of the frame types among the annotations.
    """

    dependencies: tuple[Dependency, ...]
    keywords: tuple[str, ...]
    returns: Any
    engine: str


def read_signature(function: Callable[..., Any]) -> Signature:
    """Read the parameters and annotations of a function.

    Raises:
        DefinitionError: For missing or unreadable annotations, and for variadic parameters.
    """
    code: CodeType = function.__code__
    if code.co_flags & _VARIADIC or hasattr(function, "__wrapped__"):
        return _inspected(function)
    annotations = function.__annotations__
    count = code.co_argcount + code.co_kwonlyargcount
    names = code.co_varnames[:count]
    try:
        types = tuple([annotations[name] for name in names])
        returns = annotations["return"]
    except KeyError:
        missing = [name for name in names if name not in annotations]
        raise DefinitionError(_missing_annotations(function, missing, "return" in annotations)) from None
    types, returns, engine = _resolved(function, types, returns)
    if function.__defaults__ is None and not code.co_kwonlyargcount:
        dependencies = [
            _new(Dependency, (name, annotation, name, REQUIRED))
            for name, annotation in zip(names, types, strict=True)
        ]
        return _new(Signature, (tuple(dependencies), (), returns, engine))
    keywords = names[code.co_argcount :]
    defaults = _defaults(function, code.co_argcount, keywords)
    dependencies = list(map(Dependency, names, types, names, defaults))
    return Signature(tuple(dependencies), keywords, returns, engine)


def _defaults(function: Any, positional: int, keywords: Sequence[str]) -> list[Any]:
    given = function.__defaults__ or ()
    keyword_defaults = function.__kwdefaults__ or {}
    required = [REQUIRED] * (positional - len(given))
    return [*required, *given, *(keyword_defaults.get(name, REQUIRED) for name in keywords)]


def _resolved(
    function: Callable[..., Any], types: tuple[Any, ...], returns: Any
) -> tuple[tuple[Any, ...], Any, str]:
    """Annotations with text and None resolved, and the engine they are written for."""
    try:
        engine = _engines[types, returns]
    except (KeyError, TypeError):  # new, or an annotation that cannot be hashed
        engine = _engine(types, returns)
    if engine is None:
        types = tuple([_annotation(annotation, function) for annotation in types])
        returns = _annotation(returns, function)
        engine = _engine(types, returns)
        assert engine is not None  # nothing is left to resolve
    return types, returns, engine


def _engine(types: tuple[Any, ...], returns: Any) -> str | None:
    every = [*types, returns]
    textual = any(annotation is None or type(annotation) is str for annotation in every)
    engine = None if textual else engine_of_types(every)
    try:
        _engines[types, returns] = engine
    except TypeError:  # cannot be hashed: found anew each time
        return engine
    return engine


def _annotation(annotation: Any, function: Callable[..., Any]) -> Any:
    if annotation is not None and type(annotation) is not str:
        return annotation
    try:
        return resolve_annotation(annotation, function)
    except Exception as error:  # whatever evaluating a user's text may raise
        raise DefinitionError(
            f"the annotation {annotation!r} of {function.__name__} cannot be read: {error}",
            code="missing-annotation",
            file=function.__code__.co_filename,
            line=function.__code__.co_firstlineno,
            hint="import the name at module level, not under TYPE_CHECKING",
            feature=function.__name__,
        ) from error


def _inspected(function: Callable[..., Any]) -> Signature:
    """The signature of a wrapped function, or the complaint about a variadic one."""
    import inspect  # costs as much as all of featurecat, and few functions are wrapped

    code = function.__code__
    names: list[str] = []
    types: list[Any] = []
    defaults: list[Any] = []
    missing = []
    signature = inspect.signature(function)
    parameters = signature.parameters.values()
    for parameter in parameters:
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            raise DefinitionError(
                f"{function.__name__} takes *{parameter.name}: a feature must name each of its dependencies",
                code="missing-annotation",
                file=code.co_filename,
                line=code.co_firstlineno,
                hint="name the parameters, or start the function's name with an underscore if it is not a feature",
                feature=function.__name__,
            )
        if parameter.annotation is parameter.empty:
            missing.append(parameter.name)
            continue
        names.append(parameter.name)
        types.append(parameter.annotation)
        defaults.append(REQUIRED if parameter.default is parameter.empty else parameter.default)
    returns = signature.return_annotation
    if missing or returns is signature.empty:
        raise DefinitionError(_missing_annotations(function, missing, returns is not signature.empty))
    resolved, returns, engine = _resolved(function, tuple(types), returns)
    keywords = tuple(parameter.name for parameter in parameters if parameter.kind == parameter.KEYWORD_ONLY)
    return Signature(tuple(map(Dependency, names, resolved, names, defaults)), keywords, returns, engine)


def _missing_annotations(function: Callable[..., Any], missing: Sequence[str], has_return: bool) -> Problem:
    what = [f"parameter {name!r}" for name in missing] + ([] if has_return else ["the return value"])
    code = function.__code__
    return Problem(
        "missing-annotation",
        f"{function.__name__} has no type annotation on {', '.join(what)}",
        code.co_filename,
        code.co_firstlineno,
        "annotate it, or start the function's name with an underscore if it is not a feature",
        function.__name__,
    )
