"""Rules on features that come to an end: sunset, replacement, use."""

from __future__ import annotations

import datetime

from featurecat.project.lint.definitions import LintedDefinitions, Row, listed
from featurecat.project.lint.rule import Breach, Rule

__all__ = ["REPLACED", "SUNSET", "UNUSED"]


def _sunset(row: Row, definitions: LintedDefinitions) -> Breach | None:
    if row["sunset"] is None:
        return None
    day = _day(row["sunset"])
    observed = {"sunset": row["sunset"]}
    if day is None:
        hint = 'write an ISO date: @feature(sunset="2027-01-31")'
        return Breach(f"its sunset {row['sunset']!r} is no date", hint, observed=observed)
    left = (day - definitions.today).days
    replacement = f"{row['replaced_by']} replaces it; " if row["replaced_by"] else ""
    if left < 0:
        hint = f"{replacement}delete it, or move the date"
        return Breach(f"it was to be gone after {day}", hint, observed=observed)
    if left > definitions.options.sunset_days:
        return None
    when = "today" if left == 0 else "tomorrow" if left == 1 else f"in {left} days"
    hint = f"{replacement}move what uses it"
    return Breach(f"it is to be gone after {day}, {when}", hint, mild=True, observed=observed)


def _replaced(row: Row, definitions: LintedDefinitions) -> Breach | None:
    feature, name = row["feature"], row["replaced_by"]
    if not definitions.is_replaced(feature):
        return None
    if name is not None and (wrong := _no_replacement(row, definitions)) is not None:
        return wrong
    users = [user for user in definitions.users(feature) if not definitions.is_replaced(user)]
    if not users:
        return None
    state = f"it is replaced by {name}" if name is not None else "it is deprecated"
    # whoever gave a date gave its users that long
    day = _day(row["sunset"])
    return Breach(
        f"{state}, and still used by {listed(users)}",
        f"let them take {name} instead" if name is not None else "say what to take instead: @feature(replaced_by=…)",
        mild=day is not None and day >= definitions.today,
        observed={"users": users},
    )


def _no_replacement(row: Row, definitions: LintedDefinitions) -> Breach | None:
    """What is wrong with the name of the replacement."""
    name = row["replaced_by"]
    keys = definitions.find(name, row["graph"])
    observed = {"replaced_by": name}
    if len(keys) > 1:
        hint = f"write the graph before it, such as {keys[0]}"
        return Breach(f"it is replaced by {name!r}, which several graphs have", hint, observed=observed)
    if not keys:
        if not definitions.whole:
            return None
        hint = definitions.near(name, besides=row["feature"]) or "name a feature that is there"
        return Breach(f"it is replaced by {name!r}, which does not exist", hint, observed=observed)
    if keys == [row["feature"]]:
        return Breach("it is replaced by itself", "name another feature", observed=observed)
    if definitions.is_replaced(keys[0]):
        further = definitions.rows[keys[0]]["replaced_by"]
        hint = f"name {further}, which replaces that" if further else "name one that stays"
        return Breach(f"it is replaced by {name}, which is on its way out too", hint, mild=True, observed=observed)
    return None


def _unused(row: Row, definitions: LintedDefinitions) -> Breach | None:
    if definitions.users(row["feature"]):
        return None
    return Breach("no feature and no consumer takes it", "delete it, or name its consumer")


def _day(text: str | None) -> datetime.date | None:
    try:
        return None if text is None else datetime.date.fromisoformat(text)
    except ValueError:
        return None


SUNSET = Rule(
    "sunset",
    "error",
    "no feature outlives its sunset; the days before it are a warning",
    '@feature(sunset="2027-01-31")',
    _sunset,
    frames="all",
)
REPLACED = Rule(
    "replaced",
    "error",
    "nothing takes what is deprecated or replaced; before a sunset, a warning",
    '@feature(status="deprecated", replaced_by="net_amount")',
    _replaced,
    frames="all",
)
UNUSED = Rule(
    "unused", "off", "every feature is taken by another one, or by a consumer", "def margin(net_amount, …)", _unused
)
