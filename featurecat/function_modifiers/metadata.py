"""Metadata decorators: free tags and typed fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import FunctionType
from typing import Any, ClassVar

from featurecat.definition.metadata import PII, STATUSES, Declassify, Metadata, is_pii
from featurecat.definition.modifier import Modifier, Phase, Target, bare_error, replace_targets
from featurecat.definition.node import DefinedFunction, Node, plain_tags
from featurecat.errors import ModifierError, Problem, did_you_mean
from featurecat.frames.dtypes import logical_type_name

__all__ = ["Declassify", "cache", "feature", "tag", "tag_outputs"]

_RESERVED = ("hamilton", "data_quality", "gdpr", "ccpa", "dag", "module", "ray_remote", "featurecat")
_FRESHNESS = re.compile(r"\d+\s*(s|m|min|h|d|w)")
TagValue = str | Sequence[str]

#: Keys that were found good; the same few stand on most functions.
_good_keys: set[str] = set()


def _not_named(given: Any) -> ModifierError:
    """The error of ``@tag`` that was given something without a name: the function itself, or a value."""
    if isinstance(given, FunctionType):
        return bare_error("tag", given)
    return ModifierError(f"@tag takes tags by name, not {given!r}", hint="@tag(owner='data-science')")


def _check_tags(modifier: Modifier, tags: Mapping[str, Any], function: Any, bypass: bool = False) -> None:
    for key, value in tags.items():
        if not key.isidentifier() and not all(part.isidentifier() for part in key.split(".")):
            raise modifier.error(f"the key {key!r} is not a dotted name", function, "such as team or team.lead")
        if not bypass and key.partition(".")[0] in _RESERVED:
            raise modifier.error(f"the key {key!r} is reserved", function, f"not one of {', '.join(_RESERVED)}")
        if isinstance(value, str):
            continue
        if (
            not isinstance(value, list | tuple)
            or not value
            or not all(isinstance(item, str) for item in value)
            or len(set(value)) != len(value)
        ):
            raise modifier.error(
                f"the value of {key!r} must be a string or a non-empty list of different strings, not {value!r}",
                function,
                f"@tag({key}={str(value)!r})",
            )


class tag(Modifier, refuses_functions=True):  # noqa: N801 - the name users know
    """Attach tags to a feature; ``owner``, ``pii``, ``status``, ``unit`` and ``entity`` feed the typed metadata.

    Args:
        target_: Which nodes of the function are meant: None (its results), ``...`` (all), a name, or names.
        bypass_reserved_namespaces_: Whether reserved first components of keys are allowed.
        tags: Keys with a string or a list of strings each.

    Example:
        >>> @tag(owner="data-science", pii="False")
        ... def spend_mean(spend: float) -> float:
        ...     return spend
        >>> spend_mean(2.0)
        2.0
    """

    phase: ClassVar[Phase] = Phase.DECORATE

    def __init__(
        self, *bare: Any, target_: Target = None, bypass_reserved_namespaces_: bool = False, **tags: TagValue
    ) -> None:
        if bare:
            raise _not_named(bare[0])
        self.target = target_
        self.bypass = bypass_reserved_namespaces_
        self.tags = tags

    def check(self, function: Callable[..., Any]) -> None:
        """Check keys and values, and keep what they mean for a function's only node."""
        plain: dict[str, tuple[str, ...]] = {}
        for key, value in self.tags.items():
            if type(value) is not str or key not in _good_keys:
                _check_tags(self, {key: value}, function, self.bypass)
                if not self.bypass:
                    _good_keys.add(key)
            plain[key] = (value,) if isinstance(value, str) else tuple(value)
        if self.target is None or self.target is ...:
            self.result_tags = plain

    def apply(self, nodes: list[Node], defined: DefinedFunction) -> list[Node]:
        """Add the tags to the targets; the topmost decorator wins on a key."""
        tags = plain_tags(self.tags) if self.result_tags is None else self.result_tags
        return replace_targets(
            self,
            nodes,
            self.target,
            defined=defined,
            change=lambda node: [node.with_(tags={**node.tags, **tags})],
        )


class tag_outputs(Modifier):  # noqa: N801 - the name users know
    """Attach different tags to the different nodes of one function.

    Args:
        tags: Node name to its tags.

    Example:
        >>> @tag_outputs(high={"kind": "upper"}, low={"kind": "lower"})
        ... def bounds(spend: float) -> dict[str, float]:
        ...     return {"high": spend, "low": spend}
        >>> bounds(1.0)
        {'high': 1.0, 'low': 1.0}
    """

    phase: ClassVar[Phase] = Phase.DECORATE

    def __init__(self, **tags: Mapping[str, TagValue]) -> None:
        self.tags = tags

    def check(self, function: Callable[..., Any]) -> None:
        """Check that every node has a mapping of good tags."""
        for name, tags in self.tags.items():
            if not isinstance(tags, Mapping):
                raise self.error(f"{name} takes a mapping of tags, not {tags!r}", function, f"{name}={{'team': 'ops'}}")
            _check_tags(self, tags, function)

    def apply(self, nodes: list[Node], defined: DefinedFunction) -> list[Node]:
        """Add each node's tags."""
        plain = {name: plain_tags(tags) for name, tags in self.tags.items()}
        return replace_targets(
            self,
            nodes,
            list(plain),
            defined=defined,
            change=lambda node: [node.with_(tags={**node.tags, **plain[node.name]})],
        )


@dataclass(frozen=True, kw_only=True)
class feature(Modifier):  # noqa: N801 - reads as a decorator
    """Declare what a feature is: who answers for it, whose rows it has, in which unit, and its lifecycle.

    Args:
        owner: A team or person, or several.
        entity: Key columns of its rows, in order.
        timestamp: Name of the event timestamp column of its rows.
        unit: Unit of its values, such as ``min`` or ``EUR``.
        dtype: Arrow logical type its values must have, such as ``double``.
        pii: Whether it holds personal data; a word such as ``email`` means yes, ``none`` no. No takes nothing away:
            what is made of personal data is personal until ``declassify`` says otherwise.
        taints: What else it bears and hands on to everything made of it, such as ``licence_nc``.
        declassify: A :class:`Declassify`, or several: the taints that it takes away from what it is made of.
        status: experimental, active or deprecated.
        sunset: ISO date after which it must not be used.
        replaced_by: The feature to use instead.
        freshness: Longest age of its data: a number with s, m, h, d or w.
        align: ``outer`` or ``inner``: align pandas inputs on their index before the function runs.
        target_: Which nodes of the function are meant.

    Raises:
        ModifierError: For every field that does not hold what it must, a declassification that lacks its method, its
            reason or who approved it among them.

    Example:
        >>> @feature(owner="ops", entity=["flight"], unit="min", dtype="double")
        ... def delay_hours(delay: float) -> float:
        ...     return delay / 60
        >>> delay_hours(90.0)
        1.5
    """

    owner: str | Sequence[str] | None = None
    entity: str | Sequence[str] | None = None
    timestamp: str | None = None
    unit: str | None = None
    dtype: str | None = None
    pii: bool | str | None = None
    status: str | None = None
    sunset: str | date | None = None
    replaced_by: str | None = None
    freshness: str | None = None
    align: str | None = None
    taints: str | Sequence[str] | None = None
    declassify: Declassify | Sequence[Declassify] | None = None
    target_: Target = None
    phase: ClassVar[Phase] = Phase.DECORATE

    def check(self, function: Callable[..., Any]) -> None:
        """Check every field, each against its own rule; all faults at once."""
        problems: list[Problem] = []
        for name, fits, wanted in _RULES:
            given = getattr(self, name)
            if given is not None and not fits(given):
                problems += self.error(f"{name}={given!r} must be {wanted}", function).problems
        for name, choices in _CHOICES.items():
            given = getattr(self, name)
            if given is not None and given not in choices:
                hint = did_you_mean(str(given), choices) or f"one of {', '.join(choices)}"
                problems += self.error(f"{name}={given!r} is not known", function, hint).problems
        if self.dtype is not None:
            try:
                logical_type_name(self.dtype)
            except ModifierError as fault:
                hint_of_fault = fault.problems[0].hint
                message = f"dtype={self.dtype!r} is not an Arrow logical type"
                problems += self.error(message, function, hint_of_fault).problems
        for message, hint in self._faults_of_taints():
            problems += self.error(message, function, hint).problems
        if problems:
            raise ModifierError(problems)

    def _faults_of_taints(self) -> Iterator[tuple[str, str]]:
        """What is wrong with ``taints`` and ``declassify``, each with what to do."""
        named = {taint for taint in _tuple(self.taints) or () if _is_text(taint)}
        personal = self.pii is not None and is_pii(str(self.pii or ""))
        if PII in named and self.pii is not None and not personal:
            yield f"pii={self.pii!r} and taints={self.taints!r} contradict each other", "drop one of them"
        if self.declassify is None:
            return
        given = _declassifications(self.declassify)
        if not given or not all(isinstance(one, Declassify) for one in given):
            yield f"declassify={self.declassify!r} does not say how, why and who approved it", _DECLASSIFIED
            return
        yield from _faults_of(given, named | {PII} if personal else named)

    def apply(self, nodes: list[Node], defined: DefinedFunction) -> list[Node]:
        """Declare these fields on the targets; a decorator above wins over one below."""
        declared = self._metadata()
        return replace_targets(
            self,
            nodes,
            self.target_,
            defined=defined,
            change=lambda node: [node.with_(declared=declared.over(node.declared))],
        )

    def _metadata(self) -> Metadata:
        return Metadata(
            owner=_tuple(self.owner) or (),
            entity=_tuple(self.entity),
            timestamp=self.timestamp,
            unit=self.unit,
            dtype=None if self.dtype is None else logical_type_name(self.dtype),
            pii=is_pii(self.pii) if isinstance(self.pii, str) else self.pii,
            status=self.status,
            sunset=self.sunset.isoformat() if isinstance(self.sunset, date) else self.sunset,
            replaced_by=self.replaced_by,
            freshness=self.freshness,
            align=self.align,
            taints=_tuple(self.taints) or (),
            declassify=_declassifications(self.declassify),
        )


def _are_names(given: Any) -> bool:
    names = _tuple(given)
    return bool(names) and all(map(_is_text, names or ())) and len(set(names or ())) == len(names or ())


def _is_text(given: Any) -> bool:
    return isinstance(given, str) and bool(given.strip())


def _is_age(given: Any) -> bool:
    return isinstance(given, str) and _FRESHNESS.fullmatch(given) is not None


def _is_day(given: Any) -> bool:
    if isinstance(given, str):
        try:
            given = date.fromisoformat(given)
        except ValueError:
            return False
    return isinstance(given, date) and not isinstance(given, datetime)


#: Field, what its value must fulfil, and that in words.
_RULES: tuple[tuple[str, Callable[[Any], bool], str], ...] = (
    ("owner", _are_names, "a name or a list of different names"),
    ("entity", _are_names, "a name or a list of different names"),
    ("timestamp", _is_text, "a non-empty string"),
    ("unit", _is_text, "a non-empty string"),
    ("replaced_by", _is_text, "a non-empty string"),
    ("pii", lambda given: isinstance(given, bool | str), "True, False or a word"),
    ("taints", _are_names, "a name or a list of different names"),
    ("freshness", _is_age, "a number with a unit, such as '26h' or '7d'"),
    ("sunset", _is_day, "an ISO date such as '2027-01-31'"),
)
_DECLASSIFIED = 'declassify=Declassify("pii", method="aggregate", reason="…", approved_by="…")'
_CHOICES = {"status": STATUSES, "align": ("outer", "inner")}


def _tuple(value: Any) -> tuple[str, ...] | None:
    if value is None:
        return None
    if isinstance(value, str):
        return (value,)
    return tuple(value) if isinstance(value, list | tuple) else ()


def _faults_of(given: Sequence[Declassify], declared: set[str]) -> Iterator[tuple[str, str]]:
    """What is wrong with declassifications of a feature that declares some taints itself."""
    seen: set[str] = set()
    for one in given:
        if one.lacking:
            yield f"its declassification of {one.taint!r} has no {' and no '.join(one.lacking)}", _DECLASSIFIED
        if not _is_text(one.taint):
            continue
        if one.taint in seen:
            yield f"it declassifies {one.taint!r} twice", "keep one of them"
        if one.taint in declared:
            hint = f"drop {'pii=True' if one.taint == PII else 'it from taints'}: what flows in counts by itself"
            yield f"it declares {one.taint!r} and declassifies it", hint
        seen.add(one.taint)


def _declassifications(given: Any) -> tuple[Declassify, ...]:
    if given is None:
        return ()
    return tuple(given) if isinstance(given, list | tuple) else (given,)


_CACHE_BEHAVIORS = ("default", "recompute", "ignore", "disable")


class cache(Modifier):  # noqa: N801 - the name users know
    """Say how the values of a function are kept between runs; it only declares, in the tags ``cache.*``.

    Args:
        behavior: ``default`` (keep it, and take it if it is still right), ``recompute`` (always compute, and keep),
            ``ignore`` (neither, and without a say in whether what depends on it is still right) or ``disable``
            (neither; what depends on it is always computed).
        format: In which format it is kept, such as ``parquet``.
        target_: Which nodes of the function are meant; by default all.

    Example:
        >>> @cache(behavior="recompute", format="parquet")
        ... def now(zone: str) -> str:
        ...     return f"12:00 {zone}"
        >>> now("UTC")
        '12:00 UTC'
    """

    phase: ClassVar[Phase] = Phase.DECORATE

    def __init__(
        self,
        behavior: str | None = None,
        format: str | None = None,
        *,
        target_: Target = ...,
    ) -> None:
        self.behavior = behavior
        self.format = format
        self.target = target_
        given = {"cache.behavior": behavior, "cache.format": format}
        self.tags = {key: (value,) for key, value in given.items() if value is not None}

    def check(self, function: Callable[..., Any]) -> None:
        """Check behavior and format."""
        if self.behavior is not None and self.behavior not in _CACHE_BEHAVIORS:
            hint = did_you_mean(str(self.behavior), _CACHE_BEHAVIORS) or f"one of {', '.join(_CACHE_BEHAVIORS)}"
            raise self.error(f"behavior={self.behavior!r} is not known", function, hint)
        if self.format is not None and not _is_text(self.format):
            raise self.error(f"format={self.format!r} must be the name of a format", function, "format='parquet'")

    def apply(self, nodes: list[Node], defined: DefinedFunction) -> list[Node]:
        """Tag the targets; of several decorators the topmost wins."""
        return replace_targets(
            self,
            nodes,
            self.target,
            defined=defined,
            change=lambda node: [node.with_(tags={**node.tags, **self.tags})],
        )
