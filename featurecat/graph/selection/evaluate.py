"""What a selection means over an index of names, attributes and lineage.

The index is a protocol: a graph fills it, and so do catalog rows, so that ``list`` imports no user code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import translate
from typing import Final, Protocol

from featurecat.errors import Problem, RequestError, UnsupportedError, did_you_mean
from featurecat.graph.lineage import distances
from featurecat.graph.selection.grammar import (
    ALL,
    KEYWORDS,
    Atom,
    Intersection,
    Not,
    Selection,
    Union,
    format_selection,
)

__all__ = ["ATTRIBUTES", "STATES", "Selected", "SelectionIndex", "select", "select_all", "union_notice"]

#: The attributes an index answers; the other kinds of the grammar are read, but not evaluated.
ATTRIBUTES: Final = ("tag", "owner", "module", "entity", "status", "pii", "state")
#: What may stand after ``state:``; a new feature counts as modified, too.
STATES: Final = ("new", "modified", "unmodified")
#: Kinds whose values nobody means by a bare name.
_NOT_NAMES: Final = ("pii", "state")
#: Looking for near names costs one pass over all names, so only the first faults get a hint.
_HINTED_PROBLEMS: Final = 10


class SelectionIndex(Protocol):
    """What a selection is evaluated over. Names are catalog keys: ``name``, or ``graph/name``."""

    def names(self) -> Sequence[str]:
        """The public names, in catalog order."""

    def hidden(self) -> Sequence[str]:
        """Names that are not public (generated ones): selected by their exact name only, but walked through."""

    def values(self, name: str, attribute: str) -> Sequence[str]:
        """The values of one of :data:`ATTRIBUTES`.

        Tags come as ``key`` and as ``key=value``, ``pii`` as ``true`` or ``false``. Of ``state`` every public name has
        at least one of :data:`STATES`, or none has any: nothing was given to compare with. ``role`` is asked for by
        :func:`select_all`; an index in which every public name is a feature may leave it empty.
        """

    def parents(self, name: str) -> Sequence[str]:
        """The names that feed ``name``, hidden ones included."""

    def children(self, name: str) -> Sequence[str]:
        """The names that ``name`` feeds, hidden ones included."""


@dataclass(frozen=True, slots=True)
class Selected:
    """The answer to a selection.

    Attributes:
        names: In the order of the terms, within a term in the order of the index; each once.
        terms: Each term of the outermost union with the number of names it selects.
        reasons: Name to the terms that select it.
        exact: The names written out literally, not reached by a glob, an attribute or ``+``.
        selection: What was asked; None when everything was.
    """

    names: tuple[str, ...]
    terms: tuple[tuple[str, int], ...]
    reasons: Mapping[str, tuple[str, ...]]
    exact: frozenset[str]
    selection: Selection | None = None


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
            ``ambiguous-name`` where several graphs have it, ``empty-selection`` when nothing is selected.
        UnsupportedError: When an attribute is asked for that this version cannot evaluate.
    """
    evaluation = _Evaluation(index)
    terms = selection.terms if isinstance(selection, Union) else (selection,)
    found = [(format_selection(term), evaluation.ordered(evaluation.names(term))) for term in terms]
    evaluation.raise_problems()

    reasons = _reasons(found)
    if not reasons and not allow_empty:
        raise RequestError(evaluation.emptiness(selection))
    return Selected(
        names=tuple(reasons),
        terms=tuple((text, len(names)) for text, names in found),
        reasons=reasons,
        exact=frozenset(name for name in evaluation.exact(selection) if name in reasons),
        selection=selection,
    )


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
    parts = selection.terms if isinstance(selection, Union) else selection.factors
    return any(_is_about_attributes(part) for part in parts)


class _Evaluation:
    """One evaluation: gathers what the index knows once, and every fault on the way."""

    def __init__(self, index: SelectionIndex) -> None:
        self.index = index
        self.public = frozenset(index.names())
        self.positions = {
            name: position for position, name in enumerate(dict.fromkeys((*index.names(), *index.hidden())))
        }
        self.known: dict[Atom, frozenset[str]] = {}
        self.holders: dict[str, dict[str, set[str]]] = {}
        self.short_names: dict[str, list[str]] | None = None
        self.problems: list[Problem] = []
        self.barren: list[Atom] = []

    def ordered(self, names: Iterable[str]) -> list[str]:
        return sorted(names, key=self.positions.__getitem__)

    def names(self, selection: Selection) -> frozenset[str]:
        if isinstance(selection, Atom):
            if selection not in self.known:
                self.known[selection] = self.walked(selection, self.matches(selection))
            return self.known[selection]
        if isinstance(selection, Not):
            return self.public - self.names(selection.operand)
        if isinstance(selection, Union):
            return frozenset().union(*(self.names(term) for term in selection.terms))
        first, *rest = (self.names(factor) for factor in selection.factors)
        return first.intersection(*rest)

    def exact(self, selection: Selection) -> frozenset[str]:
        """Names that stand literally in the selection, not below a ``not``."""
        if isinstance(selection, Atom):
            return self.names(selection) if selection.is_exact_name else frozenset()
        if isinstance(selection, Not):
            return frozenset()
        parts = selection.terms if isinstance(selection, Union) else selection.factors
        return frozenset().union(*(self.exact(part) for part in parts))

    def matches(self, atom: Atom) -> frozenset[str]:
        if atom.kind == "name":
            if not atom.glob:
                return self.exact_name(atom)
            matching = re.compile(translate(atom.value)).match
            found = frozenset(name for name in self.public if matching(name))
        elif atom.kind == "state" and (problem := self.state_problem(atom)) is not None:
            self.problems.append(problem)
            return frozenset()
        elif atom.kind in ATTRIBUTES:
            holders = self.holders_of(atom.kind)
            found = frozenset().union(*(holders[value] for value in _matching_values(atom, holders)))
        else:
            message = f"this version does not evaluate {atom.kind!r} in a selection: {_without_walk(atom)}"
            self.problems.append(Problem("unsupported", message, hint=f"evaluated are {', '.join(ATTRIBUTES)}"))
            return frozenset()
        if not found:
            self.barren.append(atom)
        return found

    def state_problem(self, atom: Atom) -> Problem | None:
        """Why a state cannot be asked for: there is no such, it is not told yet, or nothing was compared."""
        shown = _without_walk(atom)
        if atom.value == "breaking":
            message = f"this version does not tell which changes break consumers: {shown}"
            return Problem("unsupported", message, hint="state:modified selects every change")
        if not atom.glob and atom.value not in STATES:
            hint = did_you_mean(atom.value, STATES) or f"states are {', '.join(STATES)}"
            return Problem("invalid-selection", f"there is no state {atom.value!r}", hint=hint)
        if self.public and not self.holders_of("state"):
            hint = "for example --against origin/main, or --against HEAD for what is not committed"
            return Problem("invalid-option", f"{shown} needs --against REF: what to compare with", hint=hint)
        return None

    def exact_name(self, atom: Atom) -> frozenset[str]:
        if atom.value in self.positions:
            return frozenset((atom.value,))
        if self.short_names is None:
            self.short_names = {}
            for name in self.positions:
                self.short_names.setdefault(name.rpartition("/")[2], []).append(name)
        candidates = self.short_names.get(atom.value, [])
        candidates = [name for name in candidates if name in self.public] or candidates
        if len(candidates) > 1:
            message = f"{atom.value!r} is in several graphs: {', '.join(candidates)}"
            self.problems.append(Problem("ambiguous-name", message, hint="write the graph before the name"))
        elif not candidates:
            message, hint = f"there is no feature {atom.value!r}", self.name_hint(atom.value)
            self.problems.append(Problem("unknown-feature", message, hint=hint, feature=atom.value))
        return frozenset(candidates)

    def walked(self, atom: Atom, starts: frozenset[str]) -> frozenset[str]:
        reached: set[str] = set()
        for steps, neighbours in ((atom.up, self.index.parents), (atom.down, self.index.children)):
            if steps is not None:
                reached.update(distances(starts, self.visible(neighbours), None if steps == ALL else steps))
        return starts | (self.public & reached)

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

    def holders_of(self, attribute: str) -> dict[str, set[str]]:
        """Value to the public names that have it; gathered once for an attribute."""
        if attribute not in self.holders:
            holders = self.holders[attribute] = {}
            for name in self.index.names():
                for value in self.index.values(name, attribute):
                    holders.setdefault(value, set()).add(name)
        return self.holders[attribute]

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
        near = near or did_you_mean(name, [*self.positions, *(self.short_names or ())])
        return near or ("featurecat list shows all features" if self.positions else "there are no features here")

    def attribute_atoms(self) -> list[str]:
        """Every attribute of every feature as one would select it."""
        return [f"{kind}:{value}" for kind in ATTRIBUTES if kind not in _NOT_NAMES for value in self.holders_of(kind)]

    def raise_problems(self) -> None:
        if not self.problems:
            return
        if all(problem.code == "unsupported" for problem in self.problems):
            raise UnsupportedError(self.problems)
        raise RequestError(self.problems)

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
        if atom.kind == "name":
            return did_you_mean(atom.value, self.positions)
        if atom.kind == "state":  # the word is right: there is nothing of it
            return "nothing changed since then; --allow-empty makes that fine"
        return did_you_mean(atom.value, self.holders_of(atom.kind))


def _without_walk(atom: Atom) -> str:
    return format_selection(Atom(atom.kind, atom.value, atom.glob))


def _matching_values(atom: Atom, values: Mapping[str, object]) -> list[str]:
    if not atom.glob:
        return [atom.value] if atom.value in values else []
    if atom.kind != "tag":
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
