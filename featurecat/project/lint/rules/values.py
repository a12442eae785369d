"""Rules on what is declared of a feature's values and rows: expectations, type, key."""

from __future__ import annotations

from featurecat.project.lint.definitions import LintedDefinitions, Row
from featurecat.project.lint.rule import Breach, Rule

__all__ = ["DTYPE", "ENTITY", "UNCHECKED"]


def _unchecked(row: Row, definitions: LintedDefinitions) -> Breach | None:
    variants = definitions.variants.get(row["feature"], ())
    checked = {one["variant"] for one in definitions.expectations.get(row["feature"], ())}
    hint = "expect something: @check_output(range=(0, 1))"
    if not checked:
        return Breach("nothing is expected of its values", hint)
    bare = next((one["variant"] for one in variants if one["variant"] not in checked), None)
    if bare is None:
        return None
    return Breach(f"nothing is expected of its values as {bare}", hint, variant=bare)


def _dtype(row: Row, definitions: LintedDefinitions) -> Breach | None:
    # a scalar's type is its annotation; a column's says only that it is one
    written = (row["meta"] or {}).get("type")
    has_rows = row["grain"] is not None
    if not has_rows and written not in (None, "Any"):
        return None
    if definitions.dtype(row) is not None:
        return None
    hint = 'declare it: @feature(dtype="double"), or expect it: @check_output(data_type=float)'
    return Breach("the type of its values is declared nowhere", hint, observed={"type": written})


def _entity(row: Row, definitions: LintedDefinitions) -> Breach | None:
    if row["grain"] is None or row["entity"]:
        return None
    hint = 'name the key columns of its source: key = ["order"], or @feature(entity="order")'
    return Breach("no key says whose rows it has", hint, observed={"grain": row["grain"]})


UNCHECKED = Rule(
    "unchecked", "info", "something is expected of every feature's values", "@check_output(range=(0, 1))", _unchecked
)
DTYPE = Rule("dtype", "off", "the type of a column's values is declared", '@feature(dtype="double")', _dtype)
ENTITY = Rule("entity", "info", "rows have a declared key", '@feature(entity="order")', _entity, frames="bare")
