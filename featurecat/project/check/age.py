"""How old published values are; tells it from what is on record, without reading the values where that does."""

from __future__ import annotations

import datetime
from typing import Any

from featurecat.expectations.literals import json_value
from featurecat.expectations.spec import ExpectationSpec, Verdict
from featurecat.project.check.subjects import Published
from featurecat.project.spans import seconds_of, span_text

__all__ = ["judge_age", "known_newest"]


def known_newest(published: Published, observed: dict[str, Any] | None) -> datetime.datetime | None:
    """The newest moment of published values, where it can be told without reading them.

    Args:
        published: The values. Without an event timestamp they are as new as the run that published them.
        observed: What an earlier verdict on the same values observed, or None.
    """
    if published.timestamp is None:
        return datetime.datetime.fromisoformat(published.committed_at)
    newest = (observed or {}).get("newest")
    return datetime.datetime.fromisoformat(newest) if isinstance(newest, str) else None


def judge_age(
    spec: ExpectationSpec, published: Published, newest: datetime.datetime, *, as_of: datetime.datetime
) -> Verdict:
    """The verdict on the age of values.

    Args:
        spec: The expectation; its parameter ``freshness`` is the greatest age, such as ``36h``.
        published: The values.
        newest: Their newest moment; without a time zone it is UTC.
        as_of: The moment that age is measured from.
    """
    allowed = spec.params["freshness"]
    newest = newest.replace(tzinfo=datetime.UTC) if newest.tzinfo is None else newest.astimezone(datetime.UTC)
    age = (as_of - newest).total_seconds()
    if age < 0 and published.timestamp is None:
        # the clock is set back, to when data of the past were new; of when they were published that says nothing
        return Verdict("skip", rows=published.rows, message="published after the moment that it is judged by")
    held = age <= seconds_of(allowed)
    what = "published" if published.timestamp is None else f"newest {published.timestamp}"
    return Verdict(
        "pass" if held else "fail",
        {"newest": json_value(newest), "age_seconds": age},
        {"freshness": allowed, "as_of": json_value(as_of)},
        published.rows,
        None,
        f"{what} {span_text(age)} before {as_of:%Y-%m-%d %H:%M}, at most {allowed} expected",
    )
