"""Features that may be one: equal bodies, or nearly equal ones over the same inputs.

A part of the index: it fills ``variants.body_hash`` and ``similar_definitions``. What one function makes, and the variants
of one feature, are never told to be alike. Everything is grouped by hash or by inputs first, and crowds are cut: a
thousand copies of one body give each its next neighbours, not half a million pairs.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

from featurecat.definition.collect import Definitions
from featurecat.definition.fingerprint import Fingerprints
from featurecat.definition.node import Constant, Dependency, Node, Role
from featurecat.definition.normal import NormalForm, normal_form
from featurecat.definition.types import unwrapped
from featurecat.project.rows import feature_key
from featurecat.records import SimilarRow

if TYPE_CHECKING:
    from featurecat.project.enriching import Reading, Tables  # contract: typing only

__all__ = ["similar_definitions"]

#: Least share of token pairs that two bodies have in common.
_THRESHOLD = 0.85
#: Shorter bodies are alike by chance.
_LEAST_TOKENS = 12
#: In larger crowds each feature is compared with its neighbours in the alphabet.
_CROWD = 20
_NEIGHBOURS = 5
#: How many features that share a rare token a feature is compared with.
_MOST_COMPARED = 50

Found = dict[tuple[str, str, str], float]


@dataclass(frozen=True, slots=True)
class _Body:
    """One definition of a feature, ready to be compared.

    Attributes:
        feature: Catalog key.
        function: Identity of the function it comes from.
        form: The function's normal form.
        inputs: What its parameters are given, in the order of their numbers.
        upstreams: The features and inputs among those.
    """

    feature: str
    function: int
    form: NormalForm
    inputs: tuple[Any, ...]
    upstreams: frozenset[str]


def similar_definitions(reading: Reading, tables: Tables) -> Sequence[SimilarRow]:
    """Pairs of features whose definitions are the same or nearly so; ``variants.body_hash`` is filled on the way.

    Args:
        reading: The project as it was read.
        tables: Rows by definition table; those of ``variants`` get their ``body_hash``.

    Returns:
        Rows with method ``body`` (same body, same inputs), ``body-other-inputs`` or ``tokens`` (same inputs, nearly the
        same body), each pair with each method once.
    """
    forms = _Forms(reading.fingerprints)
    bodies = [body for graph in reading.graphs for body in _bodies(graph.name, graph.definitions, forms)]
    hashes = {(body.feature, variant): body.form.digest for variant, body in bodies}
    for row in tables.get("variants", ()):
        row["body_hash"] = hashes.get((row["feature"], row["variant"]))
    ordered = sorted((body for _, body in bodies), key=lambda body: body.feature)
    found: Found = {}
    _same_bodies(ordered, found)
    _near_bodies(ordered, found)
    return [SimilarRow(*pair, round(score, 4)) for pair, score in sorted(found.items())]


class _Forms:
    """The normal form of each function, made once."""

    def __init__(self, fingerprints: Fingerprints) -> None:
        self._fingerprints = fingerprints
        self._made: dict[int, NormalForm | None] = {}

    def of(self, function: Callable[..., Any]) -> NormalForm | None:
        if id(function) not in self._made:
            text = self._fingerprints.text_of(function)
            self._made[id(function)] = None if text is None else normal_form(function, text.tree)
        return self._made[id(function)]


def _bodies(graph: str, definitions: Definitions, forms: _Forms) -> Iterator[tuple[str, _Body]]:
    """The variants of public features that a function computes, with what it is given."""
    for name, variants in definitions.variants.items():
        for node in variants:
            if not node.public or node.defined is None:
                continue
            computing = _computing(node, definitions.variants)
            if computing is None or (form := forms.of(node.defined.function)) is None:
                continue
            inputs = _inputs(graph, computing, form.parameters)
            upstreams = frozenset(feature_key(graph, one.name) for one in computing.dependencies)
            function = id(unwrapped(node.defined.function))
            yield node.variant, _Body(feature_key(graph, name), function, form, inputs, upstreams)


def _computing(node: Node, variants: Mapping[str, Sequence[Node]]) -> Node | None:
    """The node that calls a feature's function: itself, or that of its unchecked value; None for a part of a whole."""
    if node.raw is not None:
        raws = [one for one in variants.get(node.raw, ()) if one.defined is node.defined]
        if not raws:
            return None
        node = raws[0]
    for one in node.dependencies:
        if any(
            other.defined is node.defined and other.role is not Role.VALIDATOR for other in variants.get(one.name, ())
        ):
            return None
    return node


def _inputs(graph: str, node: Node, parameters: Sequence[str]) -> tuple[Any, ...]:
    given: dict[str, list[str]] = defaultdict(list)
    for argument in node.arguments:
        given[argument.parameter].append(_input(graph, argument))
    bound = [tuple(given.pop(parameter, ())) for parameter in parameters]
    return (*bound, *sorted((parameter, *names) for parameter, names in given.items()))


def _input(graph: str, argument: Dependency | Constant) -> str:
    if isinstance(argument, Dependency):
        return feature_key(graph, argument.name)
    value = argument.value
    plain = isinstance(value, bool | int | float | str | bytes | None)
    return f"= {type(value).__name__} {value!r}" if plain else f"= {type(value).__name__} {id(value)}"


def _same_bodies(bodies: Iterable[_Body], found: Found) -> None:
    groups: dict[str, list[_Body]] = defaultdict(list)
    for body in bodies:
        groups[body.form.digest].append(body)
    for group in groups.values():
        if len(group) < 2:
            continue
        by_inputs: dict[Any, list[_Body]] = defaultdict(list)
        for body in group:
            by_inputs[body.inputs].append(body)
        for alike in by_inputs.values():
            for one, other in _pairs(alike):
                _note(found, one, other, "body", 1.0)
        if len(by_inputs) > 1 and len(group[0].form.tokens) >= _LEAST_TOKENS:
            for one, other in _pairs(group):
                if one.inputs != other.inputs:
                    shared = len(one.upstreams & other.upstreams) / max(1, len(one.upstreams | other.upstreams))
                    _note(found, one, other, "body-other-inputs", 0.6 + 0.3 * shared)


def _pairs(group: Sequence[_Body]) -> Iterator[tuple[_Body, _Body]]:
    """All pairs of a small group; of a crowd each with those that follow it."""
    if len(group) <= _CROWD:
        yield from combinations(group, 2)
        return
    for position, one in enumerate(group):
        for other in group[position + 1 : position + 1 + _NEIGHBOURS]:
            yield one, other


def _note(found: Found, one: _Body, other: _Body, method: str, score: float) -> None:
    if one.function == other.function or one.feature == other.feature:
        return
    first, second = sorted((one.feature, other.feature))
    if method != "body" and (first, second, "body") in found:
        return
    found[first, second, method] = max(score, found.get((first, second, method), 0.0))


def _near_bodies(bodies: Iterable[_Body], found: Found) -> None:
    """Pairs over the same inputs whose token pairs overlap by the threshold (the prefix filter of set joins)."""
    blocks: dict[frozenset[str], list[_Body]] = defaultdict(list)
    for body in bodies:
        if body.upstreams and len(body.form.tokens) >= _LEAST_TOKENS:
            blocks[body.upstreams].append(body)
    for block in blocks.values():
        if len({body.function for body in block}) > 1:
            _near_in_block(block, found)


def _near_in_block(block: Sequence[_Body], found: Found) -> None:
    sets = [_token_pairs(body.form.tokens) for body in block]
    commonness = Counter(token for one in sets for token in one)
    holders: dict[Any, list[int]] = defaultdict(list)
    for position, tokens in enumerate(sets):
        ordered = sorted(tokens, key=lambda token: (commonness[token], token))
        prefix = ordered[: len(ordered) - math.ceil(_THRESHOLD * len(ordered)) + 1]
        candidates = {other for token in prefix for other in holders[token][-_MOST_COMPARED:]}
        for other in sorted(candidates):
            common = len(tokens & sets[other])
            score = common / (len(tokens) + len(sets[other]) - common)
            if score >= _THRESHOLD and block[position].form.digest != block[other].form.digest:
                _note(found, block[position], block[other], "tokens", min(score, 0.99))
        for token in prefix:
            holders[token].append(position)


def _token_pairs(tokens: Sequence[str]) -> frozenset[tuple[str, str, int]]:
    """Neighbouring tokens, a repeated pair counted."""
    seen: Counter[tuple[str, str]] = Counter()
    pairs = []
    for pair in zip(tokens, tokens[1:], strict=False):
        seen[pair] += 1
        pairs.append((*pair, seen[pair]))
    return frozenset(pairs)
