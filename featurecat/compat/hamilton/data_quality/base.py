"""Hamilton's ``data_quality.base``: validators and what they say.

``DataValidationError`` is one of featurecat's expectation errors, so that ``except`` clauses written for either catch
it; its first argument is the list of messages, as in Hamilton. What is logged has Hamilton's wording and goes to
Hamilton's logger.

Missing values are judged as featurecat judges them, on purpose: NaN and null alike are neither in nor out of a range,
whereas Hamilton takes NaN for out of range in ``float64`` columns and passes over it in ``Float64`` ones.
``allow_nans`` and ``max_fraction_nans`` are what asks about missing values.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from featurecat.compat.hamilton._offer import offer
from featurecat.definition.node import Dependency, Node, Role
from featurecat.errors import ExpectationError, Problem
from featurecat.expectations.custom import DataValidator, ValidationResult
from featurecat.expectations.spec import ExpectationSpec, Verdict

__all__ = [
    "DataValidationError",
    "LegacyGate",
    "LegacyJudge",
    "act_fail_bulk",
    "act_warn",
    "is_async_validator",
    "with_legacy_checks",
]

_CUSTOM = "featurecat.expectations.custom"

__getattr__, __dir__, _ = offer(
    __name__,
    dict.fromkeys(
        ("AsyncBaseDefaultValidator", "AsyncDataValidator", "BaseDefaultValidator", "DataValidationLevel"), _CUSTOM
    ),
    own=[*__all__, "DataValidator", "ValidationResult"],
)

#: Where Hamilton logs; programs filter by this name.
_logger = logging.getLogger("hamilton.data_quality.base")


class DataValidationError(ExpectationError):
    """Checks that block did not hold.

    Args:
        messages: What each of them says; ``args[0]``, as in Hamilton.
        problems: The same with place and code, where they are known.

    Example:
        >>> DataValidationError(["[spend:range_validator] validator failed."]).args[0]
        ['[spend:range_validator] validator failed.']
    """

    def __init__(self, messages: Iterable[str] | str = (), problems: Iterable[Problem] = ()) -> None:
        texts = [messages] if isinstance(messages, str) else list(messages)
        super().__init__(list(problems) or [Problem(self.default_code, text.strip()) for text in texts or [""]])
        self.args = (texts,)


def _text(name: str, validator: str, message: str | None, diagnostics: Any) -> str:
    return f"[{name}:{validator}] validator failed. Message was: {message}. Diagnostic information is: {dict(diagnostics)}."


def act_warn(node_name: str, validation_result: ValidationResult, validator: DataValidator) -> None:
    """Log a failure.

    Args:
        node_name: What was judged.
        validation_result: What the validator said.
        validator: Who judged.
    """
    if not validation_result.passes:
        _logger.warning(
            "%s", _text(node_name, validator.name(), validation_result.message, validation_result.diagnostics)
        )


def act_fail_bulk(node_name: str, failures: Sequence[tuple[ValidationResult, DataValidator]]) -> None:
    """Log failures and raise.

    Args:
        node_name: What was judged.
        failures: What validators said, and who they are.

    Raises:
        DataValidationError: When one of them is a failure.
    """
    texts = [
        _text(node_name, validator.name(), result.message, result.diagnostics) + "\n"
        for result, validator in failures
        if not result.passes
    ]
    for text in texts:
        _logger.error("%s", text)
    if texts:
        raise DataValidationError(texts)


def is_async_validator(validator: DataValidator) -> bool:
    """Whether a validator has to be awaited."""
    return inspect.iscoroutinefunction(validator.validate)


class LegacyGate:
    """Lets a value through when no blocking check failed; logs and raises in Hamilton's words.

    Args:
        feature: Name of the checked node.
        specs: Its expectations, in the order their verdicts arrive.
    """

    __slots__ = ("feature", "specs")

    def __init__(self, feature: str, specs: tuple[ExpectationSpec, ...]) -> None:
        self.feature = feature
        self.specs = specs

    def __call__(self, value: Any, *verdicts: ValidationResult) -> Any:
        """The value itself.

        Raises:
            DataValidationError: When an expectation that blocks did not hold.
        """
        texts: list[str] = []
        problems: list[Problem] = []
        for spec, verdict in zip(self.specs, verdicts, strict=True):
            if verdict.passes:
                continue
            text = _text(self.feature, spec.validator, verdict.message, verdict.diagnostics)
            if not spec.blocking:
                _logger.warning("%s", text)
                continue
            _logger.error("%s\n", text)
            texts.append(text + "\n")
            code = "expectation-unevaluated" if isinstance(verdict, _Unevaluated) else "expectation-failed"
            problems.append(Problem(code, text, spec.file, spec.line, feature=self.feature))
        if texts:
            raise DataValidationError(texts, problems)
        return value


class _Unevaluated(ValidationResult):
    """The answer of a validator that could not judge."""


class LegacyJudge:
    """Answers as Hamilton's validators do, with a :class:`ValidationResult`.

    Args:
        function: What gives featurecat's verdict; it may be a coroutine function.
    """

    __slots__ = ("function",)

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function

    def __call__(self, *given: Any) -> Any:
        """The answer, or what it is to be awaited for."""
        verdict = self.function(*given)
        return _later(verdict) if inspect.isawaitable(verdict) else _answer(verdict)


async def _later(verdict: Awaitable[Verdict]) -> ValidationResult:
    return _answer(await verdict)


def _answer(verdict: Verdict) -> ValidationResult:
    kind = _Unevaluated if verdict.status == "error" else ValidationResult
    return kind(verdict.passes, verdict.message or "", verdict.diagnostics)


def with_legacy_checks(node: Node) -> Node:
    """A node that checks, or is checked, and speaks as Hamilton does; any other node as it is."""
    if node.role is Role.VALIDATOR:
        return node.with_(function=LegacyJudge(node.function), type=ValidationResult)
    if node.raw is None:
        return node
    arguments = tuple(
        one._replace(type=ValidationResult) if isinstance(one, Dependency) and one.type is Verdict else one
        for one in node.arguments
    )
    return node.with_(function=LegacyGate(node.name, node.expectations), arguments=arguments)
