"""Makes judges of what users write: validators and plain functions. Whoever asks them sees one face."""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from featurecat.errors import EvaluationError, ModifierError
from featurecat.expectations.kind import Outcome, is_each
from featurecat.expectations.literals import capped, json_ready

__all__ = ["FunctionJudge", "ValidatorJudge"]


class ValidatorJudge:
    """Judges by a validator in the manner of :class:`~featurecat.expectations.custom.DataValidator`.

    Args:
        validator: The validator; one of another library's making serves, if it has the same methods.
    """

    def __init__(self, validator: Any) -> None:
        self.validator = validator
        self.name: str = validator.name()
        self.asynchronous = inspect.iscoroutinefunction(validator.validate)

    @property
    def supported_types(self) -> str:
        """Where to look, for only its method knows the types."""
        return f"what {type(self.validator).__name__}.applies_to accepts"

    @property
    def description(self) -> str | None:
        """What it expects."""
        text = self.validator.description()
        return text if isinstance(text, str) else None

    def applies_to(self, annotation: Any) -> bool:
        """Whether the validator says that it can judge values of this type.

        Raises:
            ModifierError: When its ``applies_to`` raises.
        """
        return is_each(annotation, self._accepts)

    def _accepts(self, annotation: Any) -> bool:
        try:
            return bool(self.validator.applies_to(annotation))
        except TypeError:
            # issubclass takes no list[int]; what it is a list of says nothing to most validators
            origin = typing.get_origin(annotation)
            if origin is None:
                return False
        except Exception as fault:
            raise self._raised(annotation, fault) from fault
        try:
            return bool(self.validator.applies_to(origin))
        except Exception as fault:
            raise self._raised(annotation, fault) from fault

    def _raised(self, annotation: Any, fault: Exception) -> ModifierError:
        return ModifierError(
            f"{type(self.validator).__name__}.applies_to raised {type(fault).__name__} for {annotation}",
            hint="return True or False, such as: return isinstance(datatype, type) and issubclass(datatype, pd.Series)",
        )

    def __call__(self, value: Any) -> Outcome | Awaitable[Outcome]:
        """What the validator says of a value."""
        return _outcome(self.validator.validate(value), self.asynchronous)

    def params(self) -> dict[str, Any]:
        """The validator as JSON: its class, and the arguments it was made with, except how much it matters."""
        kind = type(self.validator)
        given = getattr(self.validator, "_given", None)
        arguments = _constructor_arguments(kind, *given) if given else vars(self.validator)
        public = {
            name: argument for name, argument in arguments.items() if not name.startswith("_") and name != "importance"
        }
        return {"validator": f"{kind.__module__}.{kind.__qualname__}", "arguments": json_ready(public)}


class FunctionJudge:
    """Judges by a function of one value that answers True or False, or with a result that tells more.

    Args:
        function: The function; an ``async`` one is for the async driver.

    Example:
        >>> def even(number: int) -> bool:
        ...     return number % 2 == 0
        >>> FunctionJudge(even)(3).message
        'even does not hold'
    """

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.function = function
        #: Its name, without the underscore that keeps it from being a feature.
        self.title = function.__name__.lstrip("_")
        self.name = f"{self.title}_validator"
        self.asynchronous = inspect.iscoroutinefunction(function)

    @property
    def supported_types(self) -> str:
        """The type of the function's parameter."""
        return f"{self._wanted()}, the type of its parameter"

    @property
    def description(self) -> str | None:
        """The first line of the function's documentation."""
        return (self.function.__doc__ or "").strip().partition("\n")[0] or None

    def _wanted(self) -> Any:
        """The annotation of the first parameter; ``Any`` where it has none."""
        parameters = list(inspect.signature(self.function).parameters)
        try:
            hints = typing.get_type_hints(self.function, include_extras=False)
        except (NameError, TypeError):  # named for a type checker only
            return Any
        return hints.get(parameters[0], Any)

    def applies_to(self, annotation: Any) -> bool:
        """Whether values of this type fit the function's parameter, as far as the annotations tell."""
        wanted = self._wanted()
        members = typing.get_args(wanted) if typing.get_origin(wanted) in (typing.Union, types.UnionType) else (wanted,)
        return is_each(annotation, lambda given: any(_may_be(given, member) for member in members))

    def __call__(self, value: Any) -> Outcome | Awaitable[Outcome]:
        """What the function says of a value."""
        return _outcome(self.function(value), self.asynchronous, self.title)

    def params(self) -> dict[str, Any]:
        """The function as JSON: its full name."""
        return {"function": f"{self.function.__module__}.{self.function.__qualname__}"}


def _may_be(given: Any, wanted: Any) -> bool:
    if given is Any or wanted is Any:
        return True
    given, wanted = typing.get_origin(given) or given, typing.get_origin(wanted) or wanted
    if not isinstance(given, type) or not isinstance(wanted, type):
        return True
    return issubclass(given, wanted) or (wanted is float and given is int)


def _outcome(answer: Any, asynchronous: bool, title: str = "") -> Outcome | Awaitable[Outcome]:
    if asynchronous:
        return _awaited(answer, title)
    if inspect.iscoroutine(answer):
        answer.close()  # what nobody awaits would complain
        raise EvaluationError("it answered with a coroutine; define it with async def")
    return _read(answer, title)


async def _awaited(answer: Awaitable[Any], title: str) -> Outcome:
    return _read(await answer, title)


def _read(answer: Any, title: str) -> Outcome:
    """An answer as an outcome.

    Raises:
        EvaluationError: When it is neither True nor False nor a result with ``passes`` and ``message``.
    """
    if isinstance(answer, bool) or type(answer).__name__ in ("bool", "bool_"):
        return Outcome(bool(answer), {}, {}, None, f"{title} holds" if answer else f"{title} does not hold")
    passes, message = getattr(answer, "passes", None), getattr(answer, "message", None)
    if passes is None or message is None:
        raise EvaluationError(f"it answered with a {type(answer).__name__}, not with a ValidationResult")
    if not isinstance(message, str):
        raise EvaluationError(f"the message of its answer is a {type(message).__name__}, not text")
    diagnostics = getattr(answer, "diagnostics", None)
    observed: Mapping[str, Any] = capped(json_ready(diagnostics)) if isinstance(diagnostics, Mapping) else {}
    if not isinstance(passes, bool) and type(passes).__name__ not in ("bool", "bool_"):  # numpy's is a bool, too
        raise EvaluationError(f"the passes of its answer is a {type(passes).__name__}, neither True nor False")
    return Outcome(bool(passes), observed, {}, None, capped(message))


def _constructor_arguments(kind: type, given: tuple[Any, ...], named: Mapping[str, Any]) -> dict[str, Any]:
    signature = inspect.signature(kind)
    arguments: dict[str, Any] = signature.bind_partial(*given, **named).arguments
    for name, parameter in signature.parameters.items():
        if parameter.kind is inspect.Parameter.VAR_KEYWORD and name in arguments:
            extra = arguments.pop(name)
            arguments = {**arguments, **extra}
    return arguments
