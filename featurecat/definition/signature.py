"""One function, read into its definition from its code object; without ``inspect`` wherever that is possible."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import CodeType
from typing import Any, TypeAlias

from featurecat.definition.condition import ALWAYS
from featurecat.definition.modifier import ATTRIBUTE, Phase
from featurecat.definition.node import REQUIRED, DefinedFunction, Dependency, Role, blank, role_of
from featurecat.definition.types import resolve_annotation, unwrapped
from featurecat.errors import DefinitionError, Problem
from featurecat.frames.kinds import engine_of_types

__all__ = ["define"]

#: What a function takes (one dependency a parameter, named like it), the names of its trailing keyword-only
#: parameters, what it returns, and the engine of the frame types among its annotations.
Signature: TypeAlias = "tuple[tuple[Dependency, ...], tuple[str, ...], Any, str]"

#: CO_ASYNC_GENERATOR of ``inspect``: an ``async def`` that yields. One that returns is read like any function.
_ASYNC_GENERATOR = 0x200
#: That, CO_VARARGS and CO_VARKEYWORDS: what a plain function has none of.
_UNUSUAL = 0x04 | 0x08 | _ASYNC_GENERATOR
#: Makes a named tuple without going through its Python constructor.
_new = tuple.__new__
_RESOLVE = Phase.RESOLVE
_ENGINE_SUFFIXES = {"__pandas": "pandas", "__polars": "polars", "__polars_lazy": "polars-lazy"}
#: Engine and role by annotations, the return type last; the engine is None where annotations are text, or frames of
#: several engines, whose order decides.
_known: dict[tuple[Any, ...], tuple[str | None, Role]] = {}


def define(function: Callable[..., Any]) -> DefinedFunction:
    """Read one function: parameters, types, engine, condition and node name.

    A coroutine function is of the type that it annotates: ``async def price() -> float`` makes a ``float``.

    Raises:
        DefinitionError: For missing or unreadable annotations, for variadic parameters, and for async generators.
    """
    code: CodeType = function.__code__
    annotations = function.__annotations__
    every = tuple(annotations.values())
    try:
        engine, role = _known[every]
    except (KeyError, TypeError):  # new, or with an annotation that cannot be hashed
        engine, role = _engine_and_role(every)
    keywords: tuple[str, ...] = ()
    if (
        engine is None
        or len(every) != code.co_argcount + 1
        or function.__defaults__
        or code.co_kwonlyargcount
        or code.co_flags & _UNUSUAL
        or hasattr(function, "__wrapped__")
    ):
        dependencies, keywords, returns, engine = _signature(function, code)
        role = role_of(returns)
    else:
        dependencies = ()
        try:
            returns = annotations["return"]
            if returns is not every[-1]:  # somebody wrote the annotations in another order
                role = role_of(returns)
            for name in code.co_varnames[: code.co_argcount]:
                # a comprehension would be a call of its own, and parameters are few
                dependencies += (_new(Dependency, (name, annotations[name], name, REQUIRED)),)
        except KeyError:
            dependencies, keywords, returns, engine = _signature(function, code)
            role = role_of(returns)
    name = function.__name__
    if "__" in name:
        name = _without_engine_suffix(name, engine)
    condition = ALWAYS
    modifiers = getattr(function, ATTRIBUTE, ())
    for modifier in modifiers:
        if modifier.phase is _RESOLVE:
            name, condition = modifier.resolve(name, condition)
    defined = blank(DefinedFunction)
    defined.function = function
    defined.name = name
    defined.dependencies = dependencies
    defined.returns = returns
    defined.engine = engine
    defined.condition = condition
    defined.modifiers = modifiers
    defined.keywords = keywords
    defined.role = role
    return defined


def _without_engine_suffix(name: str, engine: str) -> str:
    for suffix, suffix_engine in _ENGINE_SUFFIXES.items():
        if engine == suffix_engine and name.endswith(suffix) and len(name) > len(suffix):
            return name.removesuffix(suffix)
    return name


def _signature(function: Callable[..., Any], code: CodeType) -> Signature:
    """The signature of a function that is wrapped, variadic or an async generator, or as :func:`_by_parts`."""
    if code.co_flags & _UNUSUAL or hasattr(function, "__wrapped__"):
        return _inspected(function)
    return _by_parts(function, code)


def _by_parts(function: Callable[..., Any], code: CodeType) -> Signature:
    """The signature of a function with defaults, textual annotations or a fault."""
    annotations = function.__annotations__
    positional = code.co_argcount
    names = code.co_varnames[: positional + code.co_kwonlyargcount]
    missing = [name for name in names if name not in annotations]
    if missing or "return" not in annotations:
        raise DefinitionError(_missing_annotations(function, missing, "return" in annotations))
    keywords = names[positional:]
    defaults = _defaults(function, positional, keywords)
    types = [annotations[name] for name in names]
    return _assembled(function, names, types, annotations["return"], defaults, keywords)


def _defaults(function: Any, positional: int, keywords: Sequence[str]) -> list[Any]:
    given = function.__defaults__ or ()
    keyword_defaults = function.__kwdefaults__ or {}
    required = [REQUIRED] * (positional - len(given))
    return [*required, *given, *(keyword_defaults.get(name, REQUIRED) for name in keywords)]


def _engine_and_role(annotations: tuple[Any, ...]) -> tuple[str | None, Role]:
    """What annotations say, remembered: the engine, if they need no resolving and name frames of one at most."""
    textual = any(annotation is None or type(annotation) is str for annotation in annotations)
    engines = set() if textual else {engine_of_types([annotation]) for annotation in annotations} - {"any"}
    engine = None if textual or len(engines) > 1 else next(iter(engines), "any")
    role = Role.FEATURE if textual or not annotations else role_of(annotations[-1])
    try:
        _known[annotations] = engine, role
    except TypeError:  # cannot be hashed: found anew each time
        return engine, role
    return engine, role


def _assembled(
    function: Callable[..., Any],
    names: Sequence[str],
    types: Sequence[Any],
    returns: Any,
    defaults: Sequence[Any],
    keywords: tuple[str, ...],
) -> Signature:
    resolved = [_annotation(annotation, function) for annotation in types]
    returns = _annotation(returns, function)
    engine = engine_of_types([*resolved, returns])
    return tuple(map(Dependency, names, resolved, names, defaults)), keywords, returns, engine


def _annotation(annotation: Any, function: Callable[..., Any]) -> Any:
    if annotation is not None and type(annotation) is not str:
        return annotation
    try:
        return resolve_annotation(annotation, function)
    except Exception as error:  # whatever evaluating a user's text may raise
        raise DefinitionError(
            f"the annotation {annotation!r} of {function.__name__} cannot be read: {error}",
            code="missing-annotation",
            file=unwrapped(function).__code__.co_filename,
            line=unwrapped(function).__code__.co_firstlineno,
            hint="import the name at module level, not under TYPE_CHECKING",
            feature=function.__name__,
        ) from error


def _inspected(function: Callable[..., Any]) -> Signature:
    """The signature of a wrapped function, or the complaint about a variadic one or an async generator."""
    import inspect  # costs as much as all of featurecat, and few functions are wrapped

    code = unwrapped(function).__code__
    if code.co_flags & _ASYNC_GENERATOR:
        raise DefinitionError(
            f"{function.__name__} is an async generator: a feature returns one value",
            code="unsupported",
            file=code.co_filename,
            line=code.co_firstlineno,
            hint="gather what it yields and return it: return [one async for one in …]",
            feature=function.__name__,
        )
    names: list[str] = []
    types: list[Any] = []
    defaults: list[Any] = []
    missing = []
    signature = inspect.signature(function)
    parameters = signature.parameters.values()
    for parameter in parameters:
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            raise DefinitionError(
                f"{function.__name__} takes {str(parameter).partition(':')[0]}: a feature must name each of its dependencies",
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
    keywords = tuple(parameter.name for parameter in parameters if parameter.kind == parameter.KEYWORD_ONLY)
    return _assembled(function, names, types, returns, defaults, keywords)


def _missing_annotations(function: Callable[..., Any], missing: Sequence[str], has_return: bool) -> Problem:
    what = [f"parameter {name!r}" for name in missing] + ([] if has_return else ["the return value"])
    code = unwrapped(function).__code__
    return Problem(
        "missing-annotation",
        f"{function.__name__} has no type annotation on {', '.join(what)}",
        code.co_filename,
        code.co_firstlineno,
        "annotate it, or start the function's name with an underscore if it is not a feature",
        function.__name__,
    )
