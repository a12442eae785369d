"""What differs between two sides: which features came, went, got another name or changed, and whom that touches."""

from __future__ import annotations

import difflib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from featurecat.project.diff.classes import CLASSES, Change, most_severe
from featurecat.project.diff.compare import feature_changes, is_same
from featurecat.project.diff.meaning import CodeComparison
from featurecat.project.diff.reduction import ReducedFeature, Side

__all__ = ["FeatureDifference", "Touched", "compare_sides", "with_touched"]

#: Classes that reach those who use a feature.
_REACHING: Final = ("breaking", "behavioural")
#: Of more removed and added features than this, names are not tried against each other.
_MOST_PAIRS: Final = 250_000
#: Features downstream that are named.
_MOST_LISTED: Final = 100


@dataclass(frozen=True, slots=True)
class Touched:
    """Whom a change touches.

    Attributes:
        features: Features downstream, the nearest hundred.
        count: How many there are.
        consumers: What uses them.
        owners: Who answers for all of them.
    """

    features: tuple[str, ...] = ()
    count: int = 0
    consumers: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FeatureDifference:
    """What differs about one feature.

    Attributes:
        feature: Its catalog key; the newer one.
        change_class: The most severe class of its changes.
        changes: All of them, the most severe first.
        previous: The key that it had, where that differs.
        file: Where its function is, or was.
        line: Its first line.
        owners: Who answers for it.
        touched: Whom that touches.
    """

    feature: str
    change_class: str
    changes: tuple[Change, ...]
    previous: str | None = None
    file: str | None = None
    line: int | None = None
    owners: tuple[str, ...] = ()
    touched: Touched = field(default=Touched())

    def document(self) -> dict[str, Any]:
        """As JSON-ready data."""
        return {
            "feature": self.feature,
            "class": self.change_class,
            "previous": self.previous,
            "file": self.file,
            "line": self.line,
            "owners": list(self.owners),
            "changes": [change.document() for change in self.changes],
            "downstream": list(self.touched.features),
            "downstream_count": self.touched.count,
            "consumers": list(self.touched.consumers),
            "affected_owners": list(self.touched.owners),
        }


def compare_sides(before: Side, now: Side) -> list[FeatureDifference]:
    """Everything that differs, the most severe first, then by name; whom it touches is left open.

    Args:
        before: The older side.
        now: The newer one.

    Example:
        >>> compare_sides(Side(), Side())
        []
    """
    code = CodeComparison(before, now)
    renamed = _renamed(before, now, code)
    if renamed:
        code = CodeComparison(before, now, _short_names(before, now, renamed))
    found = [*_common(before, now, code, renamed), *_came_and_went(before, now, renamed)]
    told = {one.feature for one in found}
    found += _moved_within(before, now, told)
    order = list(CLASSES)
    return sorted(found, key=lambda one: (order.index(one.change_class), one.feature))


def _difference(
    feature: str, one: ReducedFeature, changes: Iterable[Change], previous: str | None = None
) -> FeatureDifference:
    order = list(CLASSES)
    ordered = sorted(changes, key=lambda change: order.index(change.change_class))
    first = one.variants[0] if one.variants else None
    return FeatureDifference(
        feature,
        most_severe(change.change_class for change in ordered),
        tuple(ordered),
        previous,
        first.file if first else None,
        first.line if first else None,
        tuple(one.owners),
    )


def _common(before: Side, now: Side, code: CodeComparison, renamed: Mapping[str, str]) -> Iterator[FeatureDifference]:
    keys = {**renamed, **_short_names(before, now, renamed)}
    for key, one in now.features.items():
        if key in before.features:
            taken = {taken[0] for variant in before.features[key].variants for taken in variant.inputs}
            touched = keys if taken & renamed.keys() else None
            changes = feature_changes(before.features[key], one, code, renamed=touched)
            if changes:
                yield _difference(key, one, changes)


def _came_and_went(before: Side, now: Side, renamed: Mapping[str, str]) -> Iterator[FeatureDifference]:
    names = {new: old for old, new in renamed.items()}
    code = CodeComparison(before, now, _short_names(before, now, renamed))
    for key, one in now.features.items():
        if key in names:
            old = before.features[names[key]]
            others = [
                change
                for change in feature_changes(old, one, code, renamed={**renamed, **_short_names(before, now, renamed)})
                if not (change.kind == "moved" and old.variants[0].file == one.variants[0].file)
                and change.kind != "text"
            ]
            first = Change("renamed", f"from {names[key]}", names[key], key)
            yield _difference(key, one, [first, *others], names[key])
        elif key not in before.features:
            yield _difference(key, one, [Change("added", str(one.facts.get("doc") or "").partition("\n")[0])])
    for key, one in before.features.items():
        if key not in now.features and key not in renamed:
            yield _difference(key, one, [Change("removed")])


def _short_names(before: Side, now: Side, renamed: Mapping[str, str]) -> dict[str, str]:
    return {before.features[old].name: now.features[new].name for old, new in renamed.items()}


def _renamed(before: Side, now: Side, code: CodeComparison) -> dict[str, str]:
    """Old key to new key of features that have another name and compute the same."""
    gone = [key for key in before.features if key not in now.features]
    came = [key for key in now.features if key not in before.features]
    renamed: dict[str, str] = {}
    if len(gone) * len(came) > _MOST_PAIRS:
        return renamed
    # those that take nothing renamed are found in the first round, those that take them in the next
    while len(renamed) < len(gone) and (found := _round(before, now, code, renamed, gone, came)):
        renamed |= found
        code = CodeComparison(before, now, _short_names(before, now, renamed))
    return renamed


def _round(
    before: Side, now: Side, code: CodeComparison, renamed: Mapping[str, str], gone: Sequence[str], came: Sequence[str]
) -> dict[str, str]:
    """Further features that are found under other names, once those that were found before are known."""
    taken = set(renamed.values())
    by_inputs: dict[Any, list[str]] = {}
    for key in came:
        if key not in taken:
            by_inputs.setdefault(_outline(now.features[key]), []).append(key)
    names = {**renamed, **_short_names(before, now, renamed)}
    left = [key for key in gone if key not in renamed]
    found: dict[str, str] = {}
    for old, new in _matches(before, now, left, by_inputs, names, code):
        if new not in taken:
            found[old] = new
            taken.add(new)
    return found


def _matches(
    before: Side,
    now: Side,
    gone: Sequence[str],
    came: Mapping[Any, Sequence[str]],
    names: Mapping[str, str],
    code: CodeComparison,
) -> Iterator[tuple[str, str]]:
    for old in gone:
        one = before.features[old]
        candidates = [
            new for new in came.get(_outline(one, names), ()) if is_same(one, now.features[new], code, renamed=names)
        ]
        if candidates:
            yield old, max(candidates, key=lambda new: (difflib.SequenceMatcher(None, old, new).ratio(), new))


def _outline(one: ReducedFeature, names: Mapping[str, str] | None = None) -> tuple[Any, ...]:
    """What a feature keeps when it is renamed: its role, and what each variant takes."""
    known = names or {}
    return (
        one.facts.get("role"),
        *(
            (variant.label, *sorted((known.get(taken[0], taken[0]), taken[3]) for taken in variant.inputs))
            for variant in one.variants
        ),
    )


def _moved_within(before: Side, now: Side, told: set[str]) -> Iterator[FeatureDifference]:
    """Features that are otherwise the same, and have another place among those of their file."""
    files: dict[str, list[tuple[int, int, str]]] = {}
    for key, one in now.features.items():
        old = before.features.get(key)
        if old is None or not (one.variants and old.variants):
            continue
        first, last = one.variants[0], old.variants[0]
        if first.file is not None and first.file == last.file and first.line and last.line:
            files.setdefault(first.file, []).append((first.line, last.line, key))
    for places in files.values():
        places.sort()
        kept = _rising([line for _, line, _ in places])
        for number, (_, _, key) in enumerate(places):
            if number not in kept and key not in told:
                yield _difference(key, now.features[key], [Change("moved", "within its file")])


def _rising(numbers: Sequence[int]) -> set[int]:
    """Positions of a longest part of some numbers that does not fall.

    Example:
        >>> sorted(_rising([10, 40, 20, 30]))
        [0, 2, 3]
    """
    tails: list[tuple[int, int]] = []
    before: list[int | None] = []
    for position, number in enumerate(numbers):
        place = bisect_left(tails, (number + 1, -1))
        before.append(tails[place - 1][1] if place else None)
        tails[place : place + 1] = [(number, position)]
    kept: set[int] = set()
    last = tails[-1][1] if tails else None
    while last is not None:
        kept.add(last)
        last = before[last]
    return kept


# --- whom it touches -----------------------------------------------------------------------------


def with_touched(found: Sequence[FeatureDifference], before: Side, now: Side) -> list[FeatureDifference]:
    """The same, each with whom it touches: what is made of a feature on either side, nearest first.

    Args:
        found: What differs.
        before: The older side.
        now: The newer one.
    """
    if not any(one.change_class in _REACHING for one in found):
        return list(found)
    reach = _Reach(before, now)
    return [
        replace(one, touched=reach.touched([one.feature, *([one.previous] if one.previous else [])]))
        if one.change_class in _REACHING
        else one
        for one in found
    ]


class _Reach:
    """What is below each feature, as the bits of a number; a side's features number from 0."""

    def __init__(self, before: Side, now: Side) -> None:
        self._children: dict[str, list[str]] = {}
        for side in (now, before):
            for child, parents in side.parents().items():
                for parent in parents:
                    self._children.setdefault(parent, []).append(child)
        self._number = {name: number for number, name in enumerate({**now.features, **before.features})}
        self._below = self._masks()
        self._owners: dict[str, int] = {}
        for name, number in self._number.items():
            for owner in (now.features.get(name) or before.features[name]).owners:
                self._owners[owner] = self._owners.get(owner, 0) | 1 << number
        self._consumers: dict[str, int] = {}
        for row in [*now.consumers, *before.consumers]:
            bit = 1 << self._number[row["feature"]] if row["feature"] in self._number else 0
            self._consumers[row["consumer"]] = self._consumers.get(row["consumer"], 0) | bit
        self._answers = {row["consumer"]: row["owner"] for row in [*before.consumers, *now.consumers] if row["owner"]}

    def _masks(self) -> dict[str, int]:
        """What is below each feature; those that two sides together put in a circle are walked one by one."""
        waiting = {name: len(set(self._children.get(name, ()))) for name in self._number}
        parents: dict[str, set[str]] = {}
        for parent, children in self._children.items():
            for child in children:
                parents.setdefault(child, set()).add(parent)
        ready = [name for name, left in waiting.items() if not left]
        masks: dict[str, int] = {}
        while ready:
            name = ready.pop()
            masks[name] = 0
            for child in self._children.get(name, ()):
                masks[name] |= masks[child] | 1 << self._number[child]
            for parent in parents.get(name, ()):
                if parent in waiting:
                    waiting[parent] -= 1
                    if not waiting[parent]:
                        ready.append(parent)
        for name in self._number.keys() - masks.keys():
            masks[name] = sum(1 << self._number[one] for one in self._nearest([name], len(self._number)))
        return masks

    def _nearest(self, starts: Sequence[str], most: int) -> list[str]:
        seen = dict.fromkeys(starts)
        level = list(starts)
        while level and len(seen) - len(starts) < most:
            level = sorted({child for one in level for child in self._children.get(one, ()) if child not in seen})
            seen |= dict.fromkeys(level)
        return [name for name in seen if name not in starts][:most]

    def touched(self, starts: Sequence[str]) -> Touched:
        """Whom a change of one feature, which may have had another name, touches."""
        own = below = 0
        for name in starts:
            own |= 1 << self._number[name]
            below |= self._below[name]
        consumers = [name for name, mask in self._consumers.items() if mask & (own | below)]
        owners = {name for name, mask in self._owners.items() if mask & (own | below)}
        owners |= {self._answers[name] for name in consumers if name in self._answers}
        return Touched(
            tuple(self._nearest(starts, _MOST_LISTED)),
            (below & ~own).bit_count(),
            tuple(sorted(consumers)),
            tuple(sorted(owners)),
        )
