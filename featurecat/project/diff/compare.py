"""What differs between two states of one feature."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from itertools import dropwhile, zip_longest
from typing import Any, Final

from featurecat.catalog.canonical import canonical_json
from featurecat.project.diff.classes import Change
from featurecat.project.diff.meaning import CodeChange, CodeComparison
from featurecat.project.diff.reduction import ReducedFeature, ReducedVariant

__all__ = ["feature_changes", "is_same", "paired"]

_MOST_TEXT: Final = 48
_DEFINES: Final = ("def ", "async def ")
_MOST_NAMED: Final = 3
#: Fact to the kind of change that it is when it differs.
_FACTS: Final = {
    "role": "type",
    "dtype": "type",
    "unit": "unit",
    "entity": "entity",
    "event_timestamp": "entity",
    "grain": "grain",
    "align": "alignment",
    "status": "status",
    "sunset": "sunset",
    "replaced_by": "replaced_by",
    "pii": "pii",
}
#: What of an expectation tells it from the others of a feature, when its parameters change.
_NAMES_EXPECTATION: Final = ("kind", "variant", "origin")


def feature_changes(
    before: ReducedFeature,
    now: ReducedFeature,
    code: CodeComparison,
    *,
    renamed: Mapping[str, str] | None = None,
) -> list[Change]:
    """Everything that differs between two states of a feature.

    Args:
        before: The older one.
        now: The newer one.
        code: Compares code of the two sides.
        renamed: Features that have another name now.
    """
    if before == now and not renamed:
        return []
    changes: list[Change] = []
    pairs = list(paired(before.variants, now.variants))
    changes += _variant_changes(before, now, pairs)
    found = [(old, new, code.variants(old, new, names=(before.name, now.name))) for old, new in pairs]
    changes += _code_changes(found)
    changes += _input_changes(pairs, renamed or {})
    changes += _fact_changes(before, now, found)
    changes += _column_changes(before, now)
    changes += _expectation_changes(before, now, any(change.checks for *_, change in found))
    changes += _setting_changes(before, now)
    changes += _described(before, now)
    changes += _places(pairs)
    if not changes and any(_written(old) != _written(new) for old, new in pairs):
        changes.append(Change("text", "layout, comments or names of locals"))
    return _once(changes)


def _written(variant: ReducedVariant) -> list[str]:
    """The source text of a variant's functions without their decorators, which may be there for other features."""
    lines = [text[2].splitlines() for text in variant.texts]
    return ["\n".join(dropwhile(lambda line: not line.lstrip().startswith(_DEFINES), one)) for one in lines]


def is_same(
    before: ReducedFeature, now: ReducedFeature, code: CodeComparison, *, renamed: Mapping[str, str] | None = None
) -> bool:
    """Whether two features compute the same from the same, whatever their names."""
    if len(before.variants) != len(now.variants) or not now.variants:
        return False
    for old, new in zip(before.variants, now.variants, strict=True):
        if (old.label, _renamed_inputs(old, renamed or {})) != (new.label, new.inputs):
            return False
        if not code.same(old, new, names=(before.name, now.name)):
            return False
    return True


def paired(
    before: Sequence[ReducedVariant], now: Sequence[ReducedVariant]
) -> Iterator[tuple[ReducedVariant, ReducedVariant]]:
    """Variants of the same label, then those of one function whose condition has changed."""
    labels = {one.label: one for one in before}
    rest = {one.origin: one for one in before if one.label not in {other.label for other in now}}
    for one in now:
        old = labels.get(one.label) or rest.pop(one.origin, None)
        if old is not None:
            yield old, one


def _once(changes: Sequence[Change]) -> list[Change]:
    """Each change once, by kind and text."""
    return list({(change.kind, change.text): change for change in changes}.values())


# --- variants ------------------------------------------------------------------------------------


def _variant_changes(
    before: ReducedFeature, now: ReducedFeature, pairs: Sequence[tuple[ReducedVariant, ReducedVariant]]
) -> Iterator[Change]:
    olds, news = {id(old) for old, _ in pairs}, {id(new) for _, new in pairs}
    for variant in before.variants:
        if id(variant) not in olds:
            yield Change("variant removed", variant.label, before=variant.label)
    for variant in now.variants:
        if id(variant) not in news:
            yield Change("variant added", variant.label, after=variant.label)
    for old, new in pairs:
        if old.label != new.label:
            yield Change("condition", f"{old.label} -> {new.label}", old.condition, new.condition)


def _code_changes(found: Sequence[tuple[ReducedVariant, ReducedVariant, CodeChange]]) -> Iterator[Change]:
    several = len(found) > 1
    for old, new, change in found:
        label = f" of {new.label}" if several else ""
        if change.body:
            plus, minus = _line_counts(old, new)
            counted = f"+{plus} -{minus} lines" if plus or minus else "what it is made from"
            yield Change("body", f"{counted}{label}", before={"lines": minus}, after={"lines": plus})
        for name in change.helpers:
            yield Change("helper", f"{'something that it reaches' if name == '?' else name}{label}", after=name)


def _line_counts(old: ReducedVariant, new: ReducedVariant) -> tuple[int, int]:
    """Lines that came and went in the source of a variant's functions."""
    plus = minus = 0
    for before, now in zip_longest(old.texts, new.texts, fillvalue=["", "", ""]):
        lines = difflib.ndiff(before[2].splitlines(), now[2].splitlines())
        for line in lines:
            plus += line.startswith("+ ")
            minus += line.startswith("- ")
    return plus, minus


def _renamed_inputs(variant: ReducedVariant, renamed: Mapping[str, str]) -> list[list[str]]:
    return sorted([renamed.get(one[0], one[0]), renamed.get(one[1], one[1]), *one[2:]] for one in variant.inputs)


def _input_changes(
    pairs: Sequence[tuple[ReducedVariant, ReducedVariant]], renamed: Mapping[str, str]
) -> Iterator[Change]:
    for old, new in pairs:
        if old.inputs == new.inputs:
            continue
        inputs = _renamed_inputs(old, renamed)
        if inputs == new.inputs:
            for name in sorted({one[0] for one in old.inputs if one[0] in renamed}):
                yield Change("dependency renamed", f"{name} -> {renamed[name]}", name, renamed[name])
        else:
            yield from _other_inputs(inputs, new.inputs)


def _other_inputs(inputs: Sequence[Sequence[str]], news: Sequence[Sequence[str]]) -> Iterator[Change]:
    """Inputs that came, went, or are taken another way."""
    were, are = {one[0]: one for one in inputs}, {one[0]: one for one in news}
    gone, came = [name for name in were if name not in are], [name for name in are if name not in were]
    told = False
    if gone or came:
        told = True
        text = " ".join([*(f"+{name}" for name in came), *(f"-{name}" for name in gone)])
        yield Change("dependencies", text, gone, came)
    for name in sorted(were.keys() & are.keys()):
        if were[name] != are[name]:
            told = True
            yield _taken_otherwise(name, were[name], are[name])
    if not told:
        yield Change("dependencies", "passed under other parameters")


def _taken_otherwise(name: str, old: Sequence[str], new: Sequence[str]) -> Change:
    if old[3] != new[3]:
        return Change("source", f"how {name} is read", after=name)
    if old[2] != new[2]:
        return Change("dependencies", f"{name} {'may be left out' if new[2] else 'must be given'}", old[2], new[2])
    return Change("dependencies", f"{name} as {new[1]}", old[1], new[1])


# --- what it declares ----------------------------------------------------------------------------


def _fact_changes(
    before: ReducedFeature, now: ReducedFeature, found: Sequence[tuple[ReducedVariant, ReducedVariant, CodeChange]]
) -> Iterator[Change]:
    for fact, kind in _FACTS.items():
        old, new = before.facts.get(fact), now.facts.get(fact)
        if fact == "grain" and before.facts.get("entity") != now.facts.get("entity"):
            continue  # it is named after the entity
        if old != new:
            name = "" if fact == kind else f"{fact.replace('_', ' ')} "
            yield Change(kind, f"{name}{_arrow(old, new)}", old, new)
    if before.facts.get("dtype") != now.facts.get("dtype"):
        return
    if before.facts.get("type") != now.facts.get("type"):
        yield Change(
            "type",
            _arrow(before.facts.get("type"), now.facts.get("type")),
            before.facts.get("type"),
            now.facts.get("type"),
        )
    elif any(change.returns for *_, change in found):
        yield Change("type", "what its type is made of")
    for old, new, _ in found:
        if old.dtype != new.dtype:
            yield Change("type", f"{_arrow(old.dtype, new.dtype)} of {new.label}", old.dtype, new.dtype)


def _column_changes(before: ReducedFeature, now: ReducedFeature) -> Iterator[Change]:
    were, are = {one[0]: one for one in before.columns}, {one[0]: one for one in now.columns}
    for name, old in were.items():
        new = are.get(name)
        if new is None:
            yield Change("column removed", name, before=name)
        elif old[1:3] != new[1:3]:
            told = _arrow(old[1], new[1]) if old[1] != new[1] else "nulls" if new[2] else "no nulls"
            yield Change("column type", f"{name} {told}", old[1:3], new[1:3])
        elif old != new:
            yield Change("doc", f"of column {name}")
    for name in are:
        if name not in were:
            yield Change("column added", name, after=name)


def _expectation_changes(before: ReducedFeature, now: ReducedFeature, code: bool) -> Iterator[Change]:
    gone = [one for one in before.expectations if one not in now.expectations]
    came = [one for one in now.expectations if one not in before.expectations]
    names = {_name_of(one) for one in [*gone, *came]}
    for name in sorted(names):
        olds, news = ([one for one in several if _name_of(one) == name] for several in (gone, came))
        for old, new in zip_longest(olds, news):
            yield Change("expectations", _expectation_text(old, new), old, new)
    if code and not names:
        yield Change("expectations", "code of an expectation")
    for name in sorted(before.ages.keys() | now.ages.keys()):
        old_age, new_age = before.ages.get(name), now.ages.get(name)
        if old_age != new_age:
            yield Change("freshness", f"{name} {_arrow(old_age, new_age)}", old_age, new_age)


def _name_of(expectation: Mapping[str, Any]) -> str:
    return canonical_json([expectation.get(part) for part in _NAMES_EXPECTATION])


def _expectation_text(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> str:
    if old is None or new is None:
        one = new or old or {}
        return f"{'+' if old is None else '-'}{one['kind']} {_params(one)}".strip()
    parts = [
        f"{name} {_arrow(old['params'].get(name), new['params'].get(name))}"
        for name in sorted(_differing(old["params"], new["params"]))
    ]
    parts += [
        f"{name} {_arrow(old.get(name), new.get(name))}"
        for name in ("severity", "fail_if", "warn_if")
        if old.get(name) != new.get(name)
    ]
    return f"{new['kind']} {', '.join(parts)}"


def _params(one: Mapping[str, Any]) -> str:
    params = one.get("params") or {}
    return _short(", ".join(f"{name}={_shown(value)}" for name, value in params.items()))


def _setting_changes(before: ReducedFeature, now: ReducedFeature) -> Iterator[Change]:
    common = sorted(before.settings.keys() & now.settings.keys())
    for name in common:
        if before.settings[name] != now.settings[name]:
            config, _, key = name.partition("/")
            yield Change("config", f"{key} in {config}", after=name)


def _described(before: ReducedFeature, now: ReducedFeature) -> Iterator[Change]:
    """Documentation, owners, tags, and what else is only said of it."""
    old, new = before.facts, now.facts
    if old.get("doc") != new.get("doc"):
        yield Change("doc", "" if old.get("doc") and new.get("doc") else "added" if new.get("doc") else "removed")
    if before.owners != now.owners:
        yield Change(
            "owner", _arrow(", ".join(before.owners) or None, ", ".join(now.owners) or None), before.owners, now.owners
        )
    if old.get("tags") != new.get("tags"):
        yield _tag_change(old.get("tags") or {}, new.get("tags") or {})
    if old.get("meta") != new.get("meta"):
        yield Change("meta", _listed(sorted(_differing(old.get("meta") or {}, new.get("meta") or {}))))


def _tag_change(were: Mapping[str, Any], are: Mapping[str, Any]) -> Change:
    differing = sorted(_differing(were, are))
    parts = [f"{'+' if tag not in were else '-' if tag not in are else '~'}{tag}" for tag in differing]
    before, after = ({tag: tags.get(tag) for tag in differing} for tags in (were, are))
    return Change("tags", _listed(parts), before, after)


def _places(pairs: Sequence[tuple[ReducedVariant, ReducedVariant]]) -> Iterator[Change]:
    for old, new in pairs:
        if (old.file, old.place.rpartition(".")[0]) != (new.file, new.place.rpartition(".")[0]):
            yield Change("moved", _arrow(old.file, new.file), old.file, new.file)
        elif old.place != new.place and old.label == new.label:
            yield Change("moved", _arrow(*(one.place.rpartition(".")[2] for one in (old, new))), old.place, new.place)


def _differing(were: Mapping[str, Any], are: Mapping[str, Any]) -> set[str]:
    return {name for name in were.keys() | are.keys() if were.get(name) != are.get(name)}


def _arrow(old: Any, new: Any) -> str:
    return f"{_shown(old)} -> {_shown(new)}"


def _shown(value: Any) -> str:
    match value:
        case None:
            return "none"
        case list():
            return "+".join(map(str, value)) or "none"
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:g}"
        case Mapping():
            return _short(canonical_json(value))
    return _short(str(value))


def _short(text: str) -> str:
    return text if len(text) <= _MOST_TEXT else f"{text[: _MOST_TEXT - 1]}…"


def _listed(parts: Sequence[str]) -> str:
    more = f" and {len(parts) - _MOST_NAMED} more" if len(parts) > _MOST_NAMED else ""
    return ", ".join(parts[:_MOST_NAMED]) + more
