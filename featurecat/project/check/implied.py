"""What follows from metadata: the declared type, the greatest age, keys that tell the rows apart."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path

from featurecat.errors import EvaluationError, FeaturecatError
from featurecat.expectations.literals import json_value
from featurecat.expectations.spec import ExpectationSpec, Verdict
from featurecat.frames.dtypes import fits_type, logical_type_name
from featurecat.frames.keys import find_faulty_keys
from featurecat.frames.measures import GREATEST
from featurecat.frames.measuring import Asked, Table
from featurecat.project.check.age import judge_age, known_newest
from featurecat.project.check.subjects import Published

__all__ = ["IMPLIED", "judge_implied"]

#: Kinds that no decorator declares; each follows from metadata of the feature, or from its grain.
IMPLIED = frozenset({"dtype", "age", "key"})


def judge_implied(
    spec: ExpectationSpec, published: Published, path: Path, *, table: Table, as_of: datetime.datetime, most: int
) -> Verdict:
    """The verdict on published values by what metadata promise.

    Args:
        spec: The expectation: ``dtype``, ``age`` or ``key``.
        published: What was published.
        path: Its file.
        table: The columns of the file.
        as_of: The moment that age is measured from.
        most: Rows at fault to keep.
    """
    try:
        if spec.kind == "dtype":
            return _dtype(spec, published, table)
        if spec.kind == "age":
            return _age(spec, published, table, as_of)
        return _key(spec.params["columns"], path, most)
    except FeaturecatError as error:
        return Verdict("error", message=f"could not be evaluated: {error.problems[0].message}")


def _dtype(spec: ExpectationSpec, published: Published, table: Table) -> Verdict:
    actual = table.field(published.column).logical_type
    wanted = logical_type_name(spec.params["dtype"])
    held = fits_type(actual, wanted) or actual == wanted
    message = f"values are {actual}, expected {wanted}" if not held else f"values are {actual}"
    failing = 0 if held else published.rows
    return Verdict("pass" if held else "fail", {"dtype": actual}, {"dtype": wanted}, published.rows, failing, message)


def _age(spec: ExpectationSpec, published: Published, table: Table, as_of: datetime.datetime) -> Verdict:
    newest = known_newest(published, None)
    if newest is None:
        asked = Asked(str(published.timestamp), GREATEST)
        found = table.measure([asked])[asked]
        if found is None:
            threshold = {"freshness": spec.params["freshness"]}
            return Verdict("no_data", {}, threshold, published.rows, 0, "no moment to tell the age from")
        newest = _moment(found)
    return judge_age(spec, published, newest, as_of=as_of)


def _moment(value: object) -> datetime.datetime:
    if isinstance(value, datetime.datetime):
        return value
    if isinstance(value, datetime.date):
        return datetime.datetime(value.year, value.month, value.day)
    raise EvaluationError(f"a {type(value).__name__} is no moment to tell the age from")


def _key(keys: Sequence[str], path: Path, most: int) -> Verdict:
    found = find_faulty_keys(path, keys, most=most)
    observed = {"missing": found.missing, "repeated": found.repeated}
    failing = found.missing + found.repeated
    if found.rows == 0:
        return Verdict("no_data", observed, {}, 0, 0, "no rows")
    parts = [
        f"{found.repeated:,} of {found.rows:,} rows repeat the key of another" if found.repeated else "",
        f"{found.missing:,} of {found.rows:,} rows have no complete key" if found.missing else "",
    ]
    message = "; ".join(filter(None, parts)) or f"the keys tell all {found.rows:,} rows apart"
    sample = tuple({key: json_value(value) for key, value in row.items()} for row in found.sample)
    threshold = {"missing": 0, "repeated": 0}
    return Verdict("fail" if failing else "pass", observed, threshold, found.rows, failing, message, sample)
