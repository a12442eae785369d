"""Rules on what is written down about a feature: owner, docstring, unit, tags."""

from __future__ import annotations

import re

from featurecat.project.lint.definitions import LintedDefinitions, Row, listed
from featurecat.project.lint.naming import words_of
from featurecat.project.lint.options import TagDemand
from featurecat.project.lint.rule import Breach, Rule

__all__ = ["DOCSTRING", "OWNER", "TAGS", "UNIT"]

_ARTICLES = frozenset({"a", "an", "the"})
_NUMBER_TYPE = re.compile(r"(u?int|float|double|halffloat|decimal|complex)\d*(\(.*\))?", re.IGNORECASE)
_NUMBER_FAMILIES = frozenset({"integer", "signedinteger", "unsignedinteger", "floating", "number"})
#: Expectations that only numbers can meet; a range may also be one of dates or texts.
_NUMBER_EXPECTATIONS = frozenset({"mean", "mean_in_range", "std", "max_standard_dev"})


def _owner(row: Row, definitions: LintedDefinitions) -> Breach | None:
    if definitions.owners.get(row["feature"]):
        return None
    return Breach("nobody answers for it", 'name a team or person: @feature(owner="ops")')


def _docstring(row: Row, definitions: LintedDefinitions) -> Breach | None:
    hint = "say in one line what a value means"
    if not row["doc"]:
        return Breach("it has no docstring", hint)
    told = [word for word in words_of(row["doc"]) if word not in _ARTICLES]
    if told == [word for word in words_of(row["name"]) if word not in _ARTICLES]:
        return Breach("its docstring only repeats its name", hint, observed={"doc": row["doc"]})
    return None


def _unit(row: Row, definitions: LintedDefinitions) -> Breach | None:
    if row["unit"] or not _holds_numbers(row, definitions):
        return None
    return Breach("it holds numbers without a unit", 'name it: @feature(unit="EUR"), or unit="1" for counts and shares')


def _holds_numbers(row: Row, definitions: LintedDefinitions) -> bool:
    """Whether the definition says that the values are numbers; what it leaves open is taken for something else."""
    dtype = definitions.dtype(row)
    if dtype is not None:
        return dtype in _NUMBER_FAMILIES or _NUMBER_TYPE.fullmatch(dtype) is not None
    written = str((row["meta"] or {}).get("type") or "")
    members = [part for part in written.split(" | ") if part != "None"]
    if members and all(_NUMBER_TYPE.fullmatch(part) for part in members):
        return True
    return any(
        one["kind"] in _NUMBER_EXPECTATIONS or (one["kind"] == "range" and "family" not in one["params"])
        for one in definitions.expectations.get(row["feature"], ())
    )


def _tags(row: Row, definitions: LintedDefinitions) -> Breach | None:
    faults, hints, observed = [], [], {}
    for key, demand in definitions.options.tags.items():
        given = _values(row, key, definitions)
        wrong = [value for value in given if demand.values and value not in demand.values]
        if given:
            observed[key] = list(given)
        if wrong:
            faults.append(f"the tag {key} is {listed([repr(value) for value in wrong])}")
            hints.append(f"{key} is one of {', '.join(demand.values)}")
        elif not given and demand.required:
            faults.append(f"it lacks the tag {key}")
            hints.append(_tag_example(key, demand))
    if not faults:
        return None
    demands = {key: list(demand.values) for key, demand in definitions.options.tags.items()}
    return Breach("; ".join(faults), "; ".join(hints), observed=observed, threshold=demands)


def _values(row: Row, key: str, definitions: LintedDefinitions) -> tuple[str, ...]:
    """The values of a tag; what ``@feature`` says of an owner, a unit, a status or a key counts as the tag."""
    given = (row["tags"] or {}).get(key)
    if given:
        return tuple(given)
    if key == "owner":
        return tuple(definitions.owners.get(row["feature"], ()))
    if key == "entity":
        return tuple(row["entity"] or ())
    if key == "pii":
        return ("true",) if row["pii"] else ("false",) if row["feature"] in definitions.cleared else ()
    return (row[key],) if key in ("unit", "status") and row[key] else ()


def _tag_example(key: str, demand: TagDemand) -> str:
    value = demand.values[0] if demand.values else "…"
    return f'add @tag({key}="{value}")' if key.isidentifier() else f'add @tag(**{{"{key}": "{value}"}})'


OWNER = Rule(
    "owner", "warn", "every feature has somebody who answers for it", '@feature(owner="ops")', _owner, frames="bare"
)
DOCSTRING = Rule(
    "docstring",
    "warn",
    "every feature says what it means, and not only its name again",
    '"""Minutes between schedule and departure."""',
    _docstring,
    frames="bare",
)
UNIT = Rule("unit", "info", "numbers have a unit", '@feature(unit="min")', _unit)
TAGS = Rule(
    "tags",
    "error",
    "the tags of [tool.featurecat.lint.tags] are there, with values that it allows",
    '@tag(known="before_departure")',
    _tags,
    frames="bare",
)
