"""Expectations on what a function returns."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from types import FunctionType
from typing import Any, ClassVar

from featurecat.definition.metadata import NO_METADATA
from featurecat.definition.modifier import Modifier, Phase, Target, bare_error, replace_targets
from featurecat.definition.node import NO_TAGS, Argument, DefinedFunction, Dependency, Node, Role, dependency_on
from featurecat.definition.types import type_text
from featurecat.errors import ExpectationError, ModifierError, Problem, did_you_mean
from featurecat.expectations.limits import parse_limit
from featurecat.expectations.registry import (
    EVIDENT,
    KINDS,
    VALIDATORS,
    Declared,
    declare,
    declare_function,
    find_kind,
    others_of,
)
from featurecat.expectations.spec import SEVERITIES, ExpectationSpec, Verdict, severity_of_importance
from featurecat.frames.kinds import kind_of_type

__all__ = ["Checks", "Gate", "Validation", "check_output", "lenient"]

#: Whether a kind of expectation can judge a type.
_known: dict[tuple[str, Any], bool] = {}

#: What one keyword or validator may mean, in order of precedence; the type of the checked node decides.
Offers = Sequence[Declared]

#: In the place of offers: what was written is right at a glance, and means what it always means.
_EVIDENTLY_RIGHT: Sequence[Offers] = ((),)


class Together:
    """Judges a value by all expectations of a decorator when the first of them is asked for, and keeps the verdicts.

    The value itself is not kept alive: once it is gone, or another one comes, the verdicts are of no use any more.

    Args:
        specs: Expectations that are judged on a column alone.
    """

    __slots__ = ("_known", "specs")

    def __init__(self, specs: Sequence[ExpectationSpec]) -> None:
        self.specs = specs
        self._known: tuple[Callable[[], Any], Any, list[Verdict]] | None = None

    def __reduce__(self) -> Any:
        """In another process nothing is known yet."""
        return (type(self), (self.specs,))

    def verdict(self, spec: ExpectationSpec, value: Any, frame: Any = None) -> Verdict:
        """The verdict on a value, or on an expression over a lazy frame, by one of the expectations."""
        from featurecat.expectations.evaluate import evaluate, evaluate_column

        known = self._known
        position = next(number for number, one in enumerate(self.specs) if one is spec)
        if known is not None and known[0]() is value and (known[1] is None or known[1]() is frame):
            return known[2][position]
        try:
            references = weakref.ref(value), None if frame is None else weakref.ref(frame)
        except TypeError:  # a number or a text, which is judged in no time
            return evaluate(spec, value, frame)
        verdicts = evaluate_column(self.specs, value, frame=frame)
        self._known = (*references, verdicts)
        return verdicts[position]


class Validation:
    """Evaluates one expectation on the value it is given.

    Called with an expression and the lazy frame that it is of, it judges the expression's values; called with the
    features that the expectation compares with, it judges by these.
    """

    __slots__ = ("spec", "together")

    def __init__(self, spec: ExpectationSpec, together: Together | None = None) -> None:
        self.spec = spec
        self.together = together

    def __call__(self, value: Any, *beside: Any) -> Any:
        """The verdict on a value."""
        # judging loads frame libraries, declaring must not
        from featurecat.expectations.evaluate import evaluate, evaluate_column

        frame, beside = (beside[0], beside[1:]) if len(beside) > len(self.spec.others) else (None, beside)
        if self.spec.others:
            others = dict(zip(self.spec.others, beside, strict=True))
            return evaluate_column([self.spec], value, frame=frame, others=others)[0]
        if self.together is not None:
            return self.together.verdict(self.spec, value, frame)
        return evaluate(self.spec, value, frame)


class AwaitedValidation(Validation):
    """Evaluates an expectation whose judge has to be awaited."""

    __slots__ = ()

    async def __call__(self, value: Any, *frame: Any) -> Verdict:
        """The verdict on a value."""
        from featurecat.expectations.evaluate import evaluate_in_time

        return await evaluate_in_time(self.spec, value, *frame)


class Gate:
    """Lets a value through when no blocking expectation failed; logs the others that did.

    Args:
        feature: Name of the checked node.
        specs: Its expectations, in the order their verdicts arrive.
        frame: The lazy frame that the checked node is a column of, if it is one.
    """

    __slots__ = ("feature", "frame", "specs")

    def __init__(self, feature: str, specs: tuple[ExpectationSpec, ...], frame: Dependency | None = None) -> None:
        self.feature = feature
        self.specs = specs
        self.frame = frame

    def __call__(self, value: Any, *verdicts: Verdict) -> Any:
        """The value itself.

        Raises:
            ExpectationError: When an expectation that blocks did not hold, or could not be evaluated.
        """
        problems = []
        for spec, verdict in zip(self.specs, verdicts, strict=True):
            if verdict.passes:
                continue
            if spec.blocking:
                code = "expectation-unevaluated" if verdict.status == "error" else "expectation-failed"
                message = f"{self.feature}: {spec.kind} does not hold: {verdict.message}"
                problems.append(Problem(code, message, spec.file, spec.line, feature=self.feature))
            else:
                _warn(f"[{self.feature}:{spec.kind}] {verdict.message}")
        if problems:
            raise ExpectationError(problems)
        return value


def lenient(node: Node, mode: str) -> Node:
    """A checked node as a driver runs it that was told to be lenient; any other node as it is.

    Args:
        node: The node.
        mode: ``warn`` lets nothing block; ``off`` evaluates nothing.
    """
    if not isinstance(node.function, Gate):
        return node
    if mode == "off":
        return node.with_(function=_itself, arguments=node.arguments[:1])
    gate = node.function
    specs = tuple(replace(spec, severity="warn") if spec.blocking else spec for spec in gate.specs)
    return node.with_(function=Gate(gate.feature, specs, gate.frame))


def _itself(value: Any) -> Any:
    """The value, which nothing looks at."""
    return value


def _warn(message: str) -> None:
    import logging  # few runs warn, and it is slow to load

    logging.getLogger("featurecat").warning(message)


class Checks(Modifier, refuses_functions=True):
    """What the decorators that check outputs share: raw node, validators and gate in the place of each target.

    Subclasses say in :meth:`offers` what they expect of a node.
    """

    phase: ClassVar[Phase] = Phase.TRANSFORM
    importance: str = "warn"
    severity: str | None = None
    fail_if: str | None = None
    warn_if: str | None = None
    target: Target = None
    #: The expectations as placed at one function, kept for its next node.
    _placed: tuple[DefinedFunction, tuple[ExpectationSpec, ...]] | None = None

    def offers(self, node: Node, defined: DefinedFunction) -> Sequence[Offers]:
        """What is expected of a node, each expectation with what it may mean."""
        raise self.error(f"expects nothing of {node.name}", defined)

    def apply(self, nodes: list[Node], defined: DefinedFunction) -> list[Node]:
        """Put raw node, validators and gate in the place of each target."""
        if len(nodes) == 1 and (self.target is None or self.target is ...):
            return self._guard(nodes[0], defined)
        return replace_targets(self, nodes, self.target, defined=defined, change=partial(self._guard, defined=defined))

    def _guard(self, node: Node, defined: DefinedFunction) -> list[Node]:
        name, annotation, raw = node.name, node.type, node.raw
        specs = self._specs(node, defined)
        made: list[Node] = []
        arguments: list[Argument] = []
        lazy = specs and kind_of_type(annotation) == ("polars-lazy", "column")
        frame = self._lazy_frame(node, defined) if lazy else None
        if raw is None:
            raw = f"{name}_raw"
            made.append(_raw(node, raw))
            arguments.append(dependency_on(raw, annotation, raw))
        else:
            arguments += node.arguments
        value = dependency_on(raw, annotation, "value")
        judged = (value,) if frame is None else (value, frame)
        alone = [spec for spec in specs if spec.judge is None and not spec.others]
        together = Together(alone) if len(alone) > 1 else None
        for spec, suffix in zip(specs, _suffixes(node, specs), strict=True):
            beside = tuple([dependency_on(other, annotation, other) for other in spec.others])
            shared = together if spec.judge is None and not spec.others else None
            validator = _validator(node, f"{name}_{suffix}", spec, judged=(*judged, *beside), together=shared)
            made.append(validator)
            arguments.append(dependency_on(validator.name, Verdict, validator.name))
        expectations = (*node.expectations, *specs)
        made.append(
            Node(
                name,
                annotation,
                Gate(name, expectations, frame),
                tuple(arguments),
                node.defined,
                (),
                node.role,
                node.doc,
                node.declared,
                node.tags,
                expectations,
                raw,
                node.final,
                node.via,
            )
        )
        return made

    def _specs(self, node: Node, defined: DefinedFunction) -> tuple[ExpectationSpec, ...]:
        """The expectations of a node, each of which can judge it."""
        placed = self._placed
        if placed is not None and placed[0] is defined and not node.expectations and _all_apply(placed[1], node.type):
            return placed[1]
        offered = self.offers(node, defined)
        place, severity = defined.place, self.severity or severity_of_importance(self.importance)
        specs = tuple([self._spec(node, offers, defined, place=place, severity=severity) for offers in offered])
        if node.expectations or len(specs) > 1:
            self._check_repeats(node, specs, defined)
        if all(len(offers) == 1 for offers in offered):
            self._placed = (defined, specs)
        return specs

    def _spec(
        self, node: Node, offers: Offers, defined: DefinedFunction, *, place: tuple[str, int], severity: str
    ) -> ExpectationSpec:
        found = offers[0]
        if found.judge is not None or len(offers) > 1 or not _applies(found.kind, node.type):
            found = self._choose(node, offers, defined)
        return ExpectationSpec(
            found.kind,
            found.params,
            found.severity or severity,
            "check_output",
            *place,
            judge=found.judge,
            fail_if=self.fail_if,
            warn_if=self.warn_if,
            others=() if found.judge is not None else others_of(found.kind, found.params),
        )

    def _choose(self, node: Node, offers: Offers, defined: DefinedFunction) -> Declared:
        """The first that can judge a node."""
        for found in offers:
            try:
                if _applies(found.kind, node.type) if found.judge is None else found.judge.applies_to(node.type):
                    return found
            except ModifierError as fault:
                raise self.error(fault.problems[0].message, defined, fault.problems[0].hint) from fault
        supported = [
            find_kind(found.kind).supported_types if found.judge is None else found.judge.supported_types
            for found in offers
        ]
        raise self.error(
            f"{offers[0].kind} cannot judge {node.name}, which is {type_text(node.type)}",
            defined,
            f"it applies to {'; '.join(dict.fromkeys(supported))}",
        )

    def _check_repeats(self, node: Node, specs: Sequence[ExpectationSpec], defined: DefinedFunction) -> None:
        seen = list(node.expectations)
        for spec in specs:
            if any((spec.kind, spec.params) == (other.kind, other.params) for other in seen):
                raise self.error(f"{node.name} has the same {spec.kind} expectation twice", defined, "keep one")
            seen.append(spec)

    def _lazy_frame(self, node: Node, defined: DefinedFunction) -> Dependency | None:
        """The lazy frame of a node that is an expression, without which there is nothing to judge."""
        if isinstance(node.function, Gate):
            return node.function.frame
        frames = [
            dependency for dependency in node.dependencies if kind_of_type(dependency.type) == ("polars-lazy", "frame")
        ]
        if len(frames) == 1:
            return dependency_on(frames[0].name, frames[0].type, "frame")
        raise self.error(
            f"{node.name} is an expression, which has no values without its frame",
            defined,
            "check the column where it is extracted from its LazyFrame, or return a Series",
        )


class check_output(Checks, refuses_functions=True):  # noqa: N801 - the name users know
    """Expect something of the value a function returns.

    Several expectations may stand in one decorator, and several decorators on one function, each with its own
    importance. The unchecked value becomes ``X_raw``, each expectation a node ``X_<kind>_validator``, and ``X`` the
    checked value. Above ``@extract_columns`` it checks every column, below it the frame.

    Missing values, NaN and null alike, are counted and otherwise ignored, for every library: they are neither inside
    nor outside of a range, and with nothing else there is nothing to judge.

    Args:
        importance: ``warn`` (report and go on) or ``fail`` (block); ``fail`` is the severity ``error``.
        severity: Instead of importance: ``info`` (note), ``warn``, ``error`` (block the feature and what is made of
            it) or ``fatal`` (stop the run).
        fail_if: How many rows at fault are too many: ``"> 10"`` rows, ``"> 1%"`` of them, ``"> +10"`` or ``"> +1%"``
            more than in the last published run. Without it, one is.
        warn_if: Likewise, from how many on to warn.
        default_validator_candidates: Classes of validators (see
            :class:`~featurecat.expectations.custom.KeywordValidator`) that go before all others.
        target_: Which nodes of the function are meant.
        custom: A function of the value, or several, which return whether it is as expected.
        expectations: Kind of expectation to its argument: ``range=(0, 1)``, ``data_type=float``,
            ``allow_nans=False``, ``max_fraction_nans=0.1``, ``values_in=["a", "b"]``, ``mean_in_range=(0, 1)``,
            ``max_standard_dev=2.5``, ``allow_none=False``, ``contains="@"``, ``does_not_contain=" "``,
            ``schema=`` (of pandera, or a suite of Great Expectations), ``model=`` (a model of pydantic), and those that
            ``docs/expectations.md`` lists.

    Example:
        >>> @check_output(range=(0.0, 1.0), importance="fail")
        ... def share(part: float, whole: float) -> float:
        ...     return part / whole
        >>> share(1.0, 2.0)
        0.5
    """

    _declared: Sequence[Offers] | None = None

    def __init__(
        self,
        importance: str = "warn",
        default_validator_candidates: Sequence[type[Any]] | None = None,
        target_: Target = None,
        *,
        severity: str | None = None,
        fail_if: str | None = None,
        warn_if: str | None = None,
        custom: Callable[[Any], Any] | Sequence[Callable[[Any], Any]] = (),
        **expectations: Any,
    ) -> None:
        given: Any = importance
        if type(given) is FunctionType:
            raise bare_error("check_output", given)
        self.importance = importance
        self.severity = severity
        self.fail_if = fail_if
        self.warn_if = warn_if
        self.candidates = default_validator_candidates
        self.target = target_
        self.custom = custom
        self.expectations = expectations

    def check(self, function: Callable[..., Any]) -> None:
        """Check the importance and every expectation's argument, all faults at once, and keep what they mean."""
        importance = self.importance
        if importance not in ("warn", "fail"):
            raise self.error(f"importance={importance!r} is not known", function, "'warn' or 'fail'")
        if self.severity is not None or self.fail_if is not None or self.warn_if is not None:
            self._check_severity(function)
        if self._evident():
            self._declared = _EVIDENTLY_RIGHT
            return
        declared: list[Offers] = []
        problems: list[Problem] = []
        candidates = self.candidates or ()
        for kind, argument in self.expectations.items():
            try:
                declared.append(declare(kind, argument, importance, candidates=candidates))
            except ModifierError as fault:
                problems += self._placed_faults(fault, function)
        functions: Any = self.custom
        for checked in functions if isinstance(functions, list | tuple) else [functions]:
            try:
                declared.append((declare_function(checked),))
            except ModifierError as fault:
                problems += self._placed_faults(fault, function)
        if problems:
            raise ModifierError(problems)
        self._declared = declared

    def _check_severity(self, function: Callable[..., Any]) -> None:
        if self.severity is not None and self.severity not in SEVERITIES:
            hint = did_you_mean(str(self.severity), SEVERITIES) or f"one of {', '.join(SEVERITIES)}"
            raise self.error(f"severity={self.severity!r} is not known", function, hint)
        if self.severity is not None and self.importance == "fail":
            raise self.error("importance and severity are both given", function, "leave importance out")
        for name in ("fail_if", "warn_if"):
            if (written := getattr(self, name)) is not None:
                try:
                    setattr(self, name, str(parse_limit(written, name=name)))
                except ModifierError as fault:
                    raise self.error(fault.problems[0].message, function, fault.problems[0].hint) from fault

    def _evident(self) -> bool:
        """Whether all is in order at a glance; what it means is then worked out when the graph is built."""
        if self.custom or self.candidates or VALIDATORS or self.severity or self.fail_if or self.warn_if:
            return False
        for kind, argument in self.expectations.items():
            fits = EVIDENT.get(kind)
            if fits is None or not fits(argument):
                return False
        return True

    def _placed_faults(self, fault: ModifierError, function: Callable[..., Any]) -> Sequence[Problem]:
        return self.error(fault.problems[0].message, function, fault.problems[0].hint).problems

    def offers(self, node: Node, defined: DefinedFunction) -> Sequence[Offers]:
        """What was declared, whatever the node."""
        if self._declared is None:
            self.check(defined.function)  # a decorator that another one made was attached to no function
            assert self._declared is not None  # check raised otherwise
        if self._declared is _EVIDENTLY_RIGHT:
            self._declared = [declare(kind, argument) for kind, argument in self.expectations.items()]
        return self._declared

    def _specs(self, node: Node, defined: DefinedFunction) -> tuple[ExpectationSpec, ...]:
        """The expectations of a node; the usual ones need no choice."""
        if self._declared is not _EVIDENTLY_RIGHT or node.expectations or self._placed is not None:
            return super()._specs(node, defined)
        severity = severity_of_importance(self.importance)
        file, line = defined.place
        specs = tuple(
            [
                ExpectationSpec(kind, KINDS[kind].normalise(argument), severity, "check_output", file, line)
                for kind, argument in self.expectations.items()
            ]
        )
        if not _all_apply(specs, node.type):
            return super()._specs(node, defined)
        self._placed = (defined, specs)
        return specs


def _all_apply(specs: Sequence[ExpectationSpec], annotation: Any) -> bool:
    for spec in specs:  # noqa: SIM110 - a generator takes longer than what it asks
        if spec.judge is not None or not _applies(spec.kind, annotation):
            return False
    return True


def _applies(kind: str, annotation: Any) -> bool:
    try:
        return _known[kind, annotation]
    except KeyError:
        applies = _known[kind, annotation] = find_kind(kind).applies_to(annotation)
        return applies
    except TypeError:  # an annotation that cannot be hashed
        return find_kind(kind).applies_to(annotation)


def _raw(node: Node, name: str) -> Node:
    """The node that computes the unchecked value."""
    return Node(
        name,
        node.type,
        node.function,
        node.arguments,
        node.defined,
        node.keywords,
        Role.RAW,
        node.doc,
        node.declared,
        node.tags,
        (),
        None,
        False,
        node.via,
    )


def _suffixes(node: Node, specs: Sequence[ExpectationSpec]) -> list[str]:
    """What each validator's node is called after the node's name; those called alike are counted, earlier ones too."""
    suffixes = [spec.validator for spec in specs]
    if not node.expectations and (len(suffixes) < 2 or len(set(suffixes)) == len(suffixes)):
        return suffixes
    taken = [spec.validator for spec in node.expectations]
    counted = []
    for suffix in suffixes:
        count = taken.count(suffix)
        taken.append(suffix)
        counted.append(f"{suffix}_{count}" if count else suffix)
    return counted


def _validator(
    node: Node, name: str, spec: ExpectationSpec, *, judged: tuple[Dependency, ...], together: Together | None
) -> Node:
    """The node that judges the unchecked value by one expectation."""
    judge, validation = spec.judge, Validation
    description: str | None = None
    if judge is not None:
        validation = AwaitedValidation if judge.asynchronous else Validation
        description = getattr(judge, "description", None)
    return Node(
        name,
        Verdict,
        validation(spec, together),
        judged,
        node.defined,
        (),
        Role.VALIDATOR,
        description or f"Whether {spec.kind} holds of {node.name}.",
        NO_METADATA,
        NO_TAGS,
        (spec,),
        None,
        False,
        node.via,
    )
