"""What a selection means over an index of names, attributes and lineage.

The index is a protocol: a graph fills it, and so do catalog rows, so that ``list`` imports no user code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import translate
from typing import Final, Protocol

from featurecat.errors import Problem, RequestError, did_you_mean
from featurecat.graph.selection.grammar import (
    ALL,
    KEYWORDS,
    Atom,
    Intersection,
    Not,
    Selection,
    Union,
    Walk,
    format_selection,
)

__all__ = [
    "ATTRIBUTES",
    "STATES",
    "WORDS",
    "NamedSet",
    "Selected",
    "SelectionIndex",
    "Selector",
    "select",
    "select_all",
    "union_notice",
]

#: The attributes that a name has values of; ``set`` and ``sql`` are answered otherwise.
ATTRIBUTES: Final = (
    "tag", "owner", "module", "entity", "status", "pii", "config", "state", "result", "freshness",
)  # fmt: skip
#: What may stand after ``state:``; a new feature counts as modified, too, and so does a breaking change.
STATES: Final = ("new", "modified", "unmodified", "breaking")
#: Attributes of which all values are known beforehand.
WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "state": STATES,
    "result": ("pass", "warn", "fail", "error", "skip", "no_data", "blocked"),
    "freshness": ("fresh", "stale", "unknown"),
}
#: What a feature is made of is looked up for a hint on a misspelt name, not what has become of it.
_HINTED: Final = ("tag", "owner", "module", "entity", "status")
#: Kinds that may be about generated and given nodes: these are walked from, but not selected.
_OF_ALL_NODES: Final = ("freshness", "sql")
#: Looking for near names costs one pass over all names, so only the first faults get a hint.
_HINTED_PROBLEMS: Final = 10


@dataclass(frozen=True, slots=True)
class NamedSet:
    """A selection under a name, as the settings declare it.

    Attributes:
        selection: What it takes; None where it cannot be read.
        file: Where it is written.
        line: The line there.
        problems: Why it cannot be read.
    """

    selection: Selection | None
    file: str | None = None
    line: int | None = None
    problems: tuple[Problem, ...] = ()


class SelectionIndex(Protocol):
    """What a selection is evaluated over. Names are catalog keys: ``name``, or ``graph/name``."""

    def names(self) -> Sequence[str]:
        """The public names, in catalog order."""

    def hidden(self) -> Sequence[str]:
        """Names that are not public (generated ones): selected by their exact name only, but walked through."""

    def values(self, name: str, attribute: str) -> Sequence[str]:
        """The values of one of :data:`ATTRIBUTES`.

        Tags and config keys come as ``key`` and as ``key=value``, ``pii`` as ``true`` or ``false``, those of
        :data:`WORDS` as they stand there. ``role`` is asked for by :func:`select_all`; an index in which every public
        name is a feature may leave it empty.
        """

    def parents(self, name: str) -> Sequence[str]:
        """The names that feed ``name``, hidden ones included."""

    def children(self, name: str) -> Sequence[str]:
        """The names that ``name`` feeds, hidden ones included."""

    def sets(self) -> Mapping[str, NamedSet]:
        """What ``set:`` can name."""

    def queried(self, statement: str) -> Sequence[str]:
        """The names that a query on the catalog answers; of those that the index does not have, none.

        Raises:
            RequestError: When the query is wrong, or answers what are no names.
        """

    def refusal(self, kind: str) -> Problem | None:
        """Why a kind of atom cannot be answered here; None when it can."""


@dataclass(frozen=True, slots=True)
class Selected:
    """The answer to a selection.

    Attributes:
        names: In the order of the terms, within a term in the order of the index; each once.
        terms: Each term of the outermost union with the number of names it selects.
        reasons: Name to the terms that select it.
        exact: The names written out literally, not reached by a glob, an attribute or ``+``.
        selection: What was asked; None when everything was.
        origins: Names that only a walk along the lineage reached, each with the nearest name it began at.
    """

    names: tuple[str, ...]
    terms: tuple[tuple[str, int], ...]
    reasons: Mapping[str, tuple[str, ...]]
    exact: frozenset[str]
    selection: Selection | None = None
    origins: Mapping[str, str] = field(default_factory=dict)


def select(selection: Selection, index: SelectionIndex, *, allow_empty: bool = False) -> Selected:
    """Evaluate a selection.

    A name without its graph is accepted where only one graph has it. ``not`` is relative to the public names.

    Args:
        selection: What :func:`~featurecat.graph.selection.grammar.parse` returned.
        index: The names, attributes and lineage to select from.
        allow_empty: Whether an answer without names is fine.

    Returns:
        The names with the reasons.

    Raises:
        RequestError: With all faults at once. Code ``unknown-feature`` for a name written out that does not exist,
            ``ambiguous-name`` where several graphs have it, ``invalid-selection`` for a set, state or result that
            there is not, ``empty-selection`` when nothing is selected.
    """
    return Selector(index).select(selection, allow_empty=allow_empty)


def _reasons(found: Iterable[tuple[str, Iterable[str]]]) -> dict[str, tuple[str, ...]]:
    """Name to the texts of the terms that found it, in the order of both."""
    reasons: dict[str, dict[str, None]] = {}
    for text, names in found:
        for name in names:
            reasons.setdefault(name, {})[text] = None
    return {name: tuple(texts) for name, texts in reasons.items()}


def select_all(index: SelectionIndex, *, allow_empty: bool = False) -> Selected:
    """Every public feature; frames and inputs only come when they are named.

    Args:
        index: What to select from.
        allow_empty: Whether an answer without names is fine.

    Returns:
        The names, all for the reason ``all``.

    Raises:
        RequestError: Code ``empty-selection``, when there is no public feature.
    """
    names = tuple(name for name in index.names() if "feature" in (index.values(name, "role") or ("feature",)))
    if not names and not allow_empty:
        raise RequestError("there is no public feature to select", code="empty-selection")
    return Selected(names, (("all", len(names)),), dict.fromkeys(names, ("all",)), frozenset())


def union_notice(selected: Selected) -> str | None:
    """One line that says how a comma or space was understood, where ``and`` may have been meant.

    Args:
        selected: An answer of :func:`select`.

    Returns:
        The line, or None where at most one of the terms is about attributes or the union was spelled out.
    """
    selection = selected.selection
    if not isinstance(selection, Union) or not selection.implicit:
        return None
    if sum(_is_about_attributes(term) for term in selection.terms) < 2:
        return None
    terms, features = len(selection.terms), len(selected.names)
    every = "both" if terms == 2 else "all of them"
    return f"union of {terms} terms: {features:,} feature{'' if features == 1 else 's'} (use & for {every})"


def _is_about_attributes(selection: Selection) -> bool:
    if isinstance(selection, Atom):
        return selection.kind != "name"
    if isinstance(selection, Not):
        return True
    return any(_is_about_attributes(part) for part in _parts(selection))


def _parts(selection: Union | Intersection) -> tuple[Selection, ...]:
    return selection.terms if isinstance(selection, Union) else selection.factors


def _positive_atoms(selection: Selection) -> Iterator[Atom]:
    """The atoms that do not stand below a ``not``."""
    if isinstance(selection, Atom):
        yield selection
    elif not isinstance(selection, Not):
        for part in _parts(selection):
            yield from _positive_atoms(part)


class Selector:
    """Evaluates selections over one index; what is looked up for one of them serves the next.

    Args:
        index: The names, attributes and lineage to select from.
    """

    def __init__(self, index: SelectionIndex) -> None:
        self.index = index
        names = index.names()
        self.public = frozenset(names)
        self.positions = {name: position for position, name in enumerate(dict.fromkeys((*names, *index.hidden())))}
        self._holders: dict[str, dict[str, set[str]]] = {}
        self._short_names: dict[str, list[str]] | None = None

    def select(self, selection: Selection, *, allow_empty: bool = False) -> Selected:
        """As :func:`select`."""
        evaluation = _Evaluation(self)
        terms = selection.terms if isinstance(selection, Union) else (selection,)
        found = [(format_selection(term), self.ordered(evaluation.names(term))) for term in terms]
        if evaluation.problems:
            raise RequestError(evaluation.problems)
        reasons = _reasons(found)
        if not reasons and not allow_empty:
            raise RequestError(evaluation.emptiness(selection))
        return Selected(
            names=tuple(reasons),
            terms=tuple((text, len(names)) for text, names in found),
            reasons=reasons,
            exact=frozenset(name for name in evaluation.exact(selection) if name in reasons),
            selection=selection,
            origins=evaluation.origins_of(selection, reasons),
        )

    def ordered(self, names: Iterable[str]) -> list[str]:
        """Names in the order of the index."""
        return sorted(names, key=self.positions.__getitem__)

    def holders_of(self, attribute: str) -> dict[str, set[str]]:
        """Value to the names that have it; gathered once for an attribute."""
        if attribute not in self._holders:
            holders = self._holders[attribute] = {}
            for name in self.positions if attribute in _OF_ALL_NODES else self.index.names():
                for value in self.index.values(name, attribute):
                    holders.setdefault(value, set()).add(name)
        return self._holders[attribute]

    def named(self, short: str) -> list[str]:
        """The names that a name without its graph may stand for, public ones where there are any."""
        candidates = self.short_names.get(short, [])
        return [name for name in candidates if name in self.public] or candidates

    @property
    def short_names(self) -> dict[str, list[str]]:
        """Names without their graph, each with the names that end so."""
        if self._short_names is None:
            self._short_names = {}
            for name in self.positions:
                self._short_names.setdefault(name.rpartition("/")[2], []).append(name)
        return self._short_names

    def visible(self, neighbours: Callable[[str], Sequence[str]]) -> Callable[[str], Sequence[str]]:
        """Neighbours with what is hidden passed through, so that a step leads from feature to feature."""

        def around(name: str) -> list[str]:
            seen: dict[str, None] = {}
            waiting = list(neighbours(name))
            while waiting:
                one = waiting.pop(0)
                if one not in seen:
                    seen[one] = None
                    waiting += () if one in self.public else neighbours(one)
            return [one for one in seen if one in self.public]

        return around


class _Evaluation:
    """One evaluation: every fault on the way, and where walks began."""

    def __init__(self, selector: Selector) -> None:
        self.selector = selector
        self.index = selector.index
        self.public = selector.public
        self.known: dict[Atom, frozenset[str]] = {}
        self.origins: dict[Atom, dict[str, str]] = {}
        self.opened: list[str] = []
        self.problems: list[Problem] = []
        self.barren: list[Atom] = []

    def names(self, selection: Selection) -> frozenset[str]:
        if isinstance(selection, Atom):
            if selection not in self.known:
                self.known[selection] = self.walked(selection, self.matches(selection))
            return self.known[selection]
        if isinstance(selection, Not):
            return self.public - self.names(selection.operand)
        parts = [self.names(part) for part in _parts(selection)]
        if isinstance(selection, Union):
            return frozenset().union(*parts)
        return parts[0].intersection(*parts[1:])

    def exact(self, selection: Selection) -> frozenset[str]:
        """Names that stand literally in the selection, not below a ``not``."""
        found = (self.names(atom) for atom in _positive_atoms(selection) if atom.is_exact_name)
        return frozenset().union(*found)

    # --- what an atom matches ---------------------------------------------------------------------

    def matches(self, atom: Atom) -> frozenset[str]:
        if atom.kind == "name" and not atom.glob:
            return self.exact_name(atom)
        if atom.kind != "name" and (problem := self.fault(atom)) is not None:
            self.problems.append(problem)
            return frozenset()
        found = self.found(atom)
        shown = (
            found
            if atom.kind not in _OF_ALL_NODES or atom.down is not None or atom.up is not None
            else found & self.public
        )
        if not shown:
            self.barren.append(atom)
        return found

    def found(self, atom: Atom) -> frozenset[str]:
        match atom.kind:
            case "name":
                matching = re.compile(translate(atom.value)).match
                return frozenset(name for name in self.public if matching(name))
            case "set":
                names = _matching_values(atom, self.index.sets())
                return frozenset().union(*(self.members(name) for name in names))
            case "sql":
                return self.queried(atom)
        holders = self.selector.holders_of(atom.kind)
        return frozenset().union(*(holders[value] for value in _matching_values(atom, holders)))

    def fault(self, atom: Atom) -> Problem | None:
        """Why an attribute cannot be asked for: there is no such value, or the index cannot tell."""
        known = WORDS.get(atom.kind)
        if known is not None and not atom.glob and atom.value not in known:
            hint = did_you_mean(atom.value, known) or f"{_PLURALS[atom.kind]} are {', '.join(known)}"
            return Problem("invalid-selection", f"there is no {atom.kind} {atom.value!r}", hint=hint)
        if self.public and (problem := self.index.refusal(atom.kind)) is not None:
            return replace(problem, message=f"{_without_walk(atom)} {problem.message}")
        if atom.kind == "set" and not atom.glob and atom.value not in self.index.sets():
            sets = self.index.sets()
            there = f"sets are {', '.join(list(sets)[:5])}" if sets else "[tool.featurecat.sets.NAME] makes one"
            message = f"there is no feature set {atom.value!r}"
            return Problem("invalid-selection", message, hint=did_you_mean(atom.value, sets) or there)
        return None

    def exact_name(self, atom: Atom) -> frozenset[str]:
        if atom.value in self.selector.positions:
            return frozenset((atom.value,))
        candidates = self.selector.named(atom.value)
        if len(candidates) > 1:
            message = f"{atom.value!r} is in several graphs: {', '.join(candidates)}"
            self.problems.append(Problem("ambiguous-name", message, hint="write the graph before the name"))
        elif not candidates:
            message, hint = f"there is no feature {atom.value!r}", self.name_hint(atom.value)
            self.problems.append(Problem("unknown-feature", message, hint=hint, feature=atom.value))
        return frozenset(candidates)

    def members(self, name: str) -> frozenset[str]:
        """What a set takes; its faults are told with the place it is declared at."""
        named, before = self.index.sets()[name], len(self.problems)
        found: frozenset[str] = frozenset()
        if name in self.opened:
            way = " of ".join([*self.opened[self.opened.index(name) :], name])
            self.problems.append(Problem("invalid-selection", f"a set is made of itself: {way}", hint="write it out"))
        else:
            self.problems += named.problems
            self.opened.append(name)
            found = frozenset() if named.selection is None else self.names(named.selection)
            self.opened.pop()
        self.problems[before:] = [
            one if one.file else replace(one, message=f"set {name!r}: {one.message}", file=named.file, line=named.line)
            for one in self.problems[before:]
        ]
        return found

    def queried(self, atom: Atom) -> frozenset[str]:
        try:
            return frozenset(name for name in self.index.queried(atom.value) if name in self.selector.positions)
        except RequestError as error:
            self.problems += error.problems
            return frozenset()

    # --- walks ------------------------------------------------------------------------------------

    def walked(self, atom: Atom, starts: frozenset[str]) -> frozenset[str]:
        ends = starts & self.public if atom.kind in _OF_ALL_NODES else starts
        if not starts or (atom.up is None and atom.down is None):
            return ends
        origins = self.origins[atom] = dict.fromkeys(ends, "")
        ordered = self.selector.ordered(starts)
        for steps, neighbours in ((atom.up, self.index.parents), (atom.down, self.index.children)):
            if steps is not None:
                for name, start in _origins(ordered, self.selector.visible(neighbours), steps).items():
                    if name in self.public:
                        origins.setdefault(name, start)
        return frozenset(origins)

    def origins_of(self, selection: Selection, names: Iterable[str]) -> dict[str, str]:
        """Of the names that are no start of any walk or match, the nearest start."""
        atoms = list(dict.fromkeys(_positive_atoms(selection)))
        walks = [self.origins[atom] for atom in atoms if self.origins.get(atom)]
        if not walks:
            return {}
        direct = frozenset().union(*(self.names(atom) for atom in atoms if atom not in self.origins))
        found: dict[str, str] = {}
        for name in names:
            starts = [origins[name] for origins in walks if name in origins]
            if starts and all(starts) and (name not in direct or not isinstance(selection, Union | Atom)):
                found[name] = starts[0]
        return found

    # --- hints ------------------------------------------------------------------------------------

    def name_hint(self, name: str) -> str | None:
        if len(self.problems) >= _HINTED_PROBLEMS:
            return None
        if name.casefold() in KEYWORDS:
            return f"write {name.casefold()!r} in lower case"
        attributes = self.attribute_atoms()
        same = [text for text in attributes if text.partition(":")[2].casefold() == name.casefold()]
        if same:
            return f"did you mean {' or '.join(repr(text) for text in same[:3])}?"
        short = [public.rpartition("/")[2] for public in self.public]
        near = did_you_mean(name, [*self.public, *short, *attributes])
        near = near or did_you_mean(name, [*self.selector.positions, *self.selector.short_names])
        there = "featurecat list shows all features" if self.selector.positions else "there are no features here"
        return near or there

    def attribute_atoms(self) -> list[str]:
        """Every attribute of every feature, and every set, as one would select it."""
        atoms = [f"{kind}:{value}" for kind in _HINTED for value in self.selector.holders_of(kind)]
        return [*atoms, *(f"set:{name}" for name in self.index.sets())]

    def emptiness(self, selection: Selection) -> Problem:
        details = tuple(f"nothing matches {_without_walk(atom)}" for atom in self.barren[:_HINTED_PROBLEMS])
        hints = (self.value_hint(atom) for atom in self.barren[:_HINTED_PROBLEMS])
        hint = next((hint for hint in hints if hint), None)
        return Problem(
            "empty-selection",
            f"nothing is selected by {format_selection(selection)}",
            hint=hint or "loosen the selection; 'featurecat list' shows all features",
            details=details if isinstance(selection, Union | Intersection | Not) else (),
        )

    def value_hint(self, atom: Atom) -> str | None:
        match atom.kind:
            case "name":
                return did_you_mean(atom.value, self.selector.positions)
            case "state":  # the word is right: there is nothing of it
                return "nothing changed since then; --allow-empty makes that fine"
            case "freshness" | "sql":
                hidden = self.selector.ordered(self.found(atom) - self.public)
                below = f"{_without_walk(atom)}+ selects what is made of them"
                return f"it matches {', '.join(hidden[:3])}, which are no features; {below}" if hidden else None
            case "result":
                return "no feature has that verdict; featurecat check judges them anew"
            case "set":
                return did_you_mean(atom.value, self.index.sets())
        return did_you_mean(atom.value, self.selector.holders_of(atom.kind))


_PLURALS: Final = {"state": "states", "result": "results", "freshness": "values"}


def _origins(starts: Sequence[str], neighbours: Callable[[str], Iterable[str]], steps: Walk) -> dict[str, str]:
    """All names within so many steps of ``starts``, each with the nearest of these."""
    origins = {name: name for name in starts}
    level, distance = list(starts), 0
    while level and distance != (None if steps == ALL else steps):
        distance += 1
        further = []
        for name in level:
            for neighbour in neighbours(name):
                if neighbour not in origins:
                    origins[neighbour] = origins[name]
                    further.append(neighbour)
        level = further
    return origins


def _without_walk(atom: Atom) -> str:
    return format_selection(Atom(atom.kind, atom.value, atom.glob))


def _matching_values(atom: Atom, values: Mapping[str, object]) -> list[str]:
    if not atom.glob:
        return [atom.value] if atom.value in values else []
    if atom.kind not in ("tag", "config"):
        matching = re.compile(translate(atom.value)).match
        return [value for value in values if matching(value)]
    key, equals, wanted = atom.value.partition("=")
    key_matches, value_matches = re.compile(translate(key)).match, re.compile(translate(wanted)).match
    parts = ((text, *text.partition("=")) for text in values)
    return [
        text
        for text, its_key, its_equals, its_value in parts
        if its_equals == equals and key_matches(its_key) and value_matches(its_value)
    ]
