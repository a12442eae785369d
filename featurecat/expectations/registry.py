"""Every kind of expectation in one list; importing it loads no third party."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from types import FunctionType, MappingProxyType
from typing import Any, NamedTuple, TypeVar

from featurecat.errors import ModifierError, did_you_mean
from featurecat.expectations.builtin.ages import Freshness, NotInFuture
from featurecat.expectations.builtin.categories import Categories
from featurecat.expectations.builtin.change import Change
from featurecat.expectations.builtin.compare import Compare
from featurecat.expectations.builtin.data_type import DataType
from featurecat.expectations.builtin.distribution import MaxStandardDev, MeanInRange
from featurecat.expectations.builtin.drift import Distribution
from featurecat.expectations.builtin.figures import (
    Distinct,
    Maximum,
    Mean,
    Median,
    Minimum,
    Quantile,
    RowCount,
    StandardDeviation,
)
from featurecat.expectations.builtin.matches import Matches
from featurecat.expectations.builtin.model import Model
from featurecat.expectations.builtin.nans import AllowNans, MaxFractionNans, Nans, NotNull
from featurecat.expectations.builtin.none import AllowNone
from featurecat.expectations.builtin.order import Monotonic
from featurecat.expectations.builtin.range import Range, are_bounds
from featurecat.expectations.builtin.schema import Schema
from featurecat.expectations.builtin.texts import Contains, DoesNotContain
from featurecat.expectations.builtin.unique import Unique
from featurecat.expectations.builtin.values import ValuesIn
from featurecat.expectations.judges import FunctionJudge, ValidatorJudge
from featurecat.expectations.kind import ExpectationKind, Judge, JudgedKind
from featurecat.expectations.plugins import PluginJudgedKind, PluginKind, find_plugin, plugin_keywords
from featurecat.expectations.spec import SEVERITIES, ExpectationSpec

__all__ = [
    "EVIDENT",
    "JUDGED_KINDS",
    "KINDS",
    "VALIDATORS",
    "Declared",
    "declare",
    "declare_function",
    "declare_validator",
    "declared_by_annotation",
    "find_kind",
    "make_spec",
    "others_of",
    "register_validator",
]

_BUILTIN: tuple[ExpectationKind, ...] = (
    Range(),
    DataType(),
    AllowNans(),
    MaxFractionNans(),
    ValuesIn(),
    MaxStandardDev(),
    MeanInRange(),
    AllowNone(),
    Contains(),
    DoesNotContain(),
    NotNull(),
    Unique(),
    Matches(),
    Minimum(),
    Maximum(),
    Mean(),
    Median(),
    StandardDeviation(),
    Quantile(),
    RowCount(),
    Distinct(),
    Monotonic(),
    Compare(),
    Freshness(),
    NotInFuture(),
    Categories(),
    Distribution(),
    Change(),
    Nans(),
)
_JUDGED: tuple[JudgedKind, ...] = (Schema(), Model())

#: Every kind that is judged on counts and extremes, by its name, which is also its keyword in ``check_output``.
KINDS: Mapping[str, ExpectationKind] = MappingProxyType({entry.kind: entry for entry in _BUILTIN})

#: Every kind whose argument makes a judge, likewise.
JUDGED_KINDS: Mapping[str, JudgedKind] = MappingProxyType({entry.kind: entry for entry in _JUDGED})

#: Of the common kinds, what tells at a glance that an argument fits; the rest takes ``normalise``.
EVIDENT: Mapping[str, Callable[[Any], bool]] = {
    "range": are_bounds,
    "allow_nans": lambda argument: argument is False,
    "allow_none": lambda argument: argument is False,
    "not_null": lambda argument: argument is True,
    "unique": lambda argument: argument is True,
    "data_type": lambda argument: argument is float or argument is int or argument is str or argument is bool,
    "max_fraction_nans": lambda argument: type(argument) is float and 0.0 <= argument <= 1.0,
}

#: Classes in the manner of ``KeywordValidator`` that ``check_output`` looks through for its keywords.
VALIDATORS: list[type[Any]] = []

ValidatorClass = TypeVar("ValidatorClass", bound=type[Any])


class Declared(NamedTuple):
    """An expectation as declared, before its place is known."""

    kind: str
    params: Mapping[str, Any]
    judge: Judge | None = None
    severity: str | None = None


def register_validator(validator: ValidatorClass) -> ValidatorClass:
    """Let every ``check_output`` find a validator by its keyword; serves as a decorator of its class.

    Args:
        validator: A subclass of :class:`~featurecat.expectations.custom.KeywordValidator`.

    Raises:
        ModifierError: When it is no such class.
    """
    if not isinstance(validator, type) or not callable(getattr(validator, "arg", None)):
        raise ModifierError(
            f"{validator!r} has no keyword",
            hint="derive it from KeywordValidator and define the class method arg()",
        )
    if validator not in VALIDATORS:
        VALIDATORS.append(validator)
    return validator


def find_kind(kind: str) -> ExpectationKind:
    """The expectation of that name that is judged on counts and extremes, built in or of a plugin.

    Raises:
        ModifierError: When there is none; the hint offers names near it.

    Example:
        >>> find_kind("range").example
        'range=(0.0, 1.0), or range=(0, None) for a side left open'
    """
    try:
        return KINDS[kind]
    except KeyError:
        found = find_plugin(kind)
        if isinstance(found, PluginKind):
            return found
        raise _unknown(kind) from None


def others_of(kind: str, params: Mapping[str, Any]) -> tuple[str, ...]:
    """The features that an expectation compares with.

    Example:
        >>> others_of("range", {"low": 0.0, "high": 1.0})
        ()
    """
    found = KINDS.get(kind) or find_plugin(kind)
    return () if found is None else tuple(getattr(found, "others", _no_others)(params))


def _no_others(params: Mapping[str, Any]) -> tuple[str, ...]:
    del params
    return ()


def _unknown(kind: str, classes: Sequence[type[Any]] = ()) -> ModifierError:
    names = [*KINDS, *JUDGED_KINDS, *dict.fromkeys(validator.arg() for validator in (*classes, *VALIDATORS))]
    names += plugin_keywords()
    hint = did_you_mean(kind, names) or f"expectations are {', '.join(names)}"
    return ModifierError(f"{kind!r} is not an expectation", hint=hint)


def declare(
    kind: str, argument: Any, importance: str = "warn", *, candidates: Sequence[type[Any]] = ()
) -> tuple[Declared, ...]:
    """What a keyword of ``check_output`` with its argument may mean; the type of the value decides which it is.

    Args:
        kind: The keyword.
        argument: Its argument as written.
        importance: What a validator that is made here is given.
        candidates: Classes of validators that go before all others.

    Returns:
        In the order of precedence: of the candidates, of the registered ones, built in.

    Raises:
        ModifierError: When there is no such keyword, or when the argument does not fit.

    Example:
        >>> declare("range", (0, 1))[0].params
        {'low': 0.0, 'high': 1.0}
    """
    found = []
    if candidates or VALIDATORS:
        classes = [validator for validator in (*candidates, *VALIDATORS) if validator.arg() == kind]
        found = [declare_validator(_made(validator, kind, argument, importance)) for validator in classes]
    builtin = KINDS.get(kind)
    if builtin is not None:
        if not found:
            return (Declared(kind, builtin.normalise(argument)),)
        with contextlib.suppress(ModifierError):  # the argument may be meant for the user's own validator only
            found.append(Declared(kind, builtin.normalise(argument)))
    elif kind in JUDGED_KINDS:
        judged = JUDGED_KINDS[kind]
        found.append(Declared(kind, judged.normalise(argument), judged.judge(argument)))
    if not found:
        found.append(_of_plugin(kind, argument, importance, candidates=candidates))
    return tuple(found)


def _of_plugin(kind: str, argument: Any, importance: str, *, candidates: Sequence[type[Any]]) -> Declared:
    plugin = find_plugin(kind, reserved=(*KINDS, *JUDGED_KINDS))
    if plugin is None:
        raise _unknown(kind, candidates)
    if isinstance(plugin, PluginKind):
        return Declared(kind, plugin.normalise(argument))
    if isinstance(plugin, PluginJudgedKind):
        return Declared(kind, plugin.normalise(argument), plugin.judge(argument))
    return declare_validator(_made(plugin, kind, argument, importance))


def _made(validator: type[Any], kind: str, argument: Any, importance: str) -> Any:
    try:
        return validator(**{kind: argument, "importance": importance})
    except ModifierError:
        raise
    except Exception as fault:
        raise ModifierError(
            f"{kind}={argument!r} cannot work: {validator.__name__} raised {type(fault).__name__}: {fault}",
            hint=f"its constructor takes {kind} and importance",
        ) from fault


def declare_validator(validator: Any) -> Declared:
    """A validator of the user's own as an expectation.

    Args:
        validator: An instance of :class:`~featurecat.expectations.custom.DataValidator`, or of the like.

    Raises:
        ModifierError: When it is no such instance, such as a class, or one whose constructor left out its parent's.
    """
    example = "@check_output_custom(Positive(importance='warn'))"
    if isinstance(validator, type):
        raise ModifierError(f"{validator.__name__} is a class; an instance is needed", hint=example)
    if isinstance(validator, FunctionType):
        raise ModifierError(
            f"{validator.__name__} is a function, not a validator", hint=f"@check_output(custom={validator.__name__})"
        )
    missing = [name for name in ("name", "applies_to", "validate") if not callable(getattr(validator, name, None))]
    if missing:
        raise ModifierError(
            f"a {type(validator).__name__} is no validator: it has no {', '.join(missing)}",
            hint=f"derive its class from featurecat's DataValidator; {example}",
        )
    try:
        importance = validator.importance
    except AttributeError:
        raise ModifierError(
            f"{type(validator).__name__} has no importance", hint="call super().__init__(importance) in its __init__"
        ) from None
    severity = {"warn": "warn", "fail": "error"}.get(str(getattr(importance, "value", importance)))
    if severity is None:
        raise ModifierError(f"importance={importance!r} is not known", hint="'warn' or 'fail'")
    judge = ValidatorJudge(validator)
    if not isinstance(judge.name, str) or not judge.name.isidentifier():
        raise ModifierError(
            f"{type(validator).__name__}.name() gives {judge.name!r}, which cannot be part of a node's name",
            hint="return letters, digits and underscores, such as 'positive_validator'",
        )
    return Declared(judge.name.removesuffix("_validator"), judge.params(), judge, severity)


def declare_function(function: Callable[[Any], Any]) -> Declared:
    """A function of one value, which says whether it is as expected, as an expectation.

    Args:
        function: It takes the value, and returns True or False, or a
            :class:`~featurecat.expectations.custom.ValidationResult`.

    Raises:
        ModifierError: When it has no name of its own, or does not take one argument.
    """
    example = "custom=is_sorted, a function of the value that returns True or False"
    if not isinstance(function, FunctionType) or not function.__name__.isidentifier():
        raise ModifierError(
            f"custom takes functions with a name of their own, not {function!r}"
            if isinstance(function, FunctionType)
            else f"custom takes a function, not a {type(function).__name__}",
            hint=example if isinstance(function, FunctionType) else f"{example}; validators: @check_output_custom(…)",
        )
    code = function.__code__
    required = code.co_argcount - len(function.__defaults__ or ())
    if code.co_argcount < 1 or required > 1 or code.co_kwonlyargcount > len(function.__kwdefaults__ or ()):
        raise ModifierError(f"custom: {function.__name__} must take one argument, the value", hint=example)
    judge = FunctionJudge(function)
    return Declared(judge.title, judge.params(), judge)


def declared_by_annotation(kind: str, annotation: Any) -> Declared | None:
    """The expectation that a return annotation itself declares, or None when it declares none.

    Args:
        kind: ``schema``, for annotations such as ``pandera.typing.DataFrame[Model]``, or ``model``, for models of
            pydantic.
        annotation: The annotation.
    """
    judged = JUDGED_KINDS[kind]
    found = judged.argument_of(annotation)
    return None if found is None else Declared(kind, judged.normalise(found), judged.judge(found))


def make_spec(
    kind: str,
    argument: Any,
    *,
    severity: str = "warn",
    origin: str = "check_output",
    file: str | None = None,
    line: int | None = None,
) -> ExpectationSpec:
    """An expectation from what the user wrote, checked and made JSON-ready.

    Args:
        kind: Name of the expectation.
        argument: Its argument as written.
        severity: One of :data:`~featurecat.expectations.spec.SEVERITIES`.
        origin: What declared it.
        file: Where it was declared.
        line: Line in ``file``.

    Raises:
        ModifierError: When there is no such kind or severity, or when the argument does not fit; it carries the place.

    Example:
        >>> dict(make_spec("range", (-5, 5)).params)
        {'low': -5.0, 'high': 5.0}
    """
    try:
        if severity not in SEVERITIES:
            raise ModifierError(f"{severity!r} is not a severity", hint=f"severities are {', '.join(SEVERITIES)}")
        declared = declare(kind, argument)[0]
    except ModifierError as fault:
        if file is None:
            raise
        problem = fault.problems[0]
        raise ModifierError(problem.message, code=problem.code, file=file, line=line, hint=problem.hint) from fault
    others = () if declared.judge is not None else others_of(kind, declared.params)
    return ExpectationSpec(kind, declared.params, severity, origin, file, line, declared.judge, others=others)
