"""``docs/expectations.md`` is in step with the code: ``--regenerate`` writes what the kinds say of themselves into it."""

from __future__ import annotations

import datetime
import inspect
import re
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import polars as pl
import pytest

from featurecat.expectations.evaluate import evaluate_column
from featurecat.expectations.kind import Surroundings
from featurecat.expectations.registry import JUDGED_KINDS, KINDS, make_spec

PAGE = Path(__file__).resolve().parents[2] / "docs" / "expectations.md"
GENERATED = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
AS_OF = datetime.datetime(2013, 12, 31, 12, tzinfo=datetime.UTC)
WORDS = {
    "pass": "holds",
    "warn": "does not hold",
    "no_data": "nothing to judge",
    "skip": "not judged",
    "error": "cannot be judged",
}
NAN = float("nan")


def on(number: int) -> datetime.date:
    return datetime.date(2013, 12, number)


class Shown(NamedTuple):
    """What a section shows: an argument as written, columns that are judged, and what is around them."""

    argument: str
    columns: tuple[list[Any], ...]
    other: list[Any] | None = None
    earlier: list[Any] | None = None


SHOWN: dict[str, Shown] = {
    "range": Shown("(0, 1)", ([0.0, 1.0, None], [0.5, 1.5, -2.0], [None, None])),
    "values_in": Shown('["EWR", "JFK"]', (["JFK", None, "EWR"], ["JFK", "LGA"])),
    "data_type": Shown("float", ([0.5, None], [1, 2])),
    "contains": Shown('["@", "."]', (["a@b.c", None], ["a@b", "b.c"])),
    "does_not_contain": Shown('" "', (["ab", None], ["a b"])),
    "matches": Shown(r'r"[A-Z]{2}\d+"', (["UA12", None], ["UA12", "ua12", "UA12x"])),
    "allow_none": Shown("False", ([None],)),
    "allow_nans": Shown("False", ([1.0, 2.0], [1.0, NAN, None], [])),
    "not_null": Shown("True", ([1.0, 2.0], [1.0, NAN, None], [])),
    "max_fraction_nans": Shown("0.5", ([1.0, NAN], [NAN, None, 1.0])),
    "nans": Shown("0", ([1.0, None], [1.0, NAN, None])),
    "unique": Shown("True", ([1, 2, None, None], [1, 2, 2])),
    "row_count": Shown("(1, None)", ([None], [])),
    "distinct": Shown("(2, 3)", (["a", "b", "a", None], ["a", "a"])),
    "monotonic": Shown('"increasing"', ([1, 1, None, 2], [1, 3, 2, 4])),
    "compare": Shown('("<=", "arrival")', ([1, 2, None], [5, 2, 3]), other=[2, 2, 1]),
    "min": Shown("(0, 10)", ([3, 90], [-1, 3], [20, 90])),
    "max": Shown("(0, 10)", ([-3, 9], [9, 11, 12])),
    "mean": Shown("(0, 1)", ([0.0, 1.0, None], [0.0, 5.0])),
    "mean_in_range": Shown("(0, 1)", ([0.0, 1.0, None], [0.0, 5.0])),
    "median": Shown("(0, 1)", ([0.0, 1.0, 99.0], [2.0, 3.0])),
    "std": Shown("(0.5, 2)", ([1.0, 2.0, 3.0], [1.0, 1.0], [1.0])),
    "max_standard_dev": Shown("2", ([1.0, 2.0, 3.0], [0.0, 9.0])),
    "quantile": Shown("{0.9: (None, 10)}", ([1, 2, 3], [1, 2, 30])),
    "freshness": Shown('"36h"', ([on(1), on(30)], [on(1), on(29)], [datetime.datetime(2013, 12, 31, 13)])),
    "not_in_future": Shown("True", ([on(31), None], [on(30), datetime.date(2014, 1, 1)])),
    "categories": Shown('{"new": 0}', (["EWR", "EWR"], ["EWR", "XXX"]), earlier=["EWR", "JFK"]),
    "distribution": Shown('{"psi": 0.2}', ([1, 2, 1, 2], [2, 2, 2, 1]), earlier=[1, 1, 1, 2, 2, 2]),
    "change": Shown('{"rows": 0.5, "mean": 0.1}', ([10.0, 10.5], [10.0], [10.0, 30.0]), earlier=[10.0, 10.0]),
}
NAMES = [*KINDS, *JUDGED_KINDS]


def told_of(name: str) -> str:
    """What the class of a kind says, as Markdown."""
    entry = KINDS.get(name) or JUDGED_KINDS[name]
    return inspect.cleandoc(type(entry).__doc__ or "").replace("``", "`")


def in_short(name: str) -> str:
    first = re.match(r"(?:\([^)]*\)|[^.;:(]|[.;:](?!\s))*", told_of(name).replace("\n", " "))
    assert first
    return first[0].removeprefix("Expects ").removeprefix("that ").rstrip(".")


def applies(name: str) -> str:
    if name not in KINDS:
        return "frames, columns" if name == "schema" else "mappings, objects"
    kind = KINDS[name]
    fitting = {"columns": pd.Series, "numbers": float, "texts": str, "moments": datetime.datetime}
    found = [words for words, annotation in fitting.items() if kind.applies_to(annotation)]
    if kind.applies_to(dict):
        return "everything"
    return "columns, scalars" if len(found) == len(fitting) else ", ".join(found)


def table() -> str:
    lines = ["| expectation | expects | of |", "|---|---|---|"]
    for name in NAMES:
        lines.append(f"| [`{name}`](#{name}) | {in_short(name)} | {applies(name)} |")
    return "\n".join(lines)


def section(name: str) -> str:
    entry = KINDS.get(name) or JUDGED_KINDS[name]
    parts = [told_of(name), f"Write {'; or '.join(map(as_code, re.split(rf',? or (?={name}=)', entry.example)))}."]
    if name in SHOWN:
        parts.append(examples(name, SHOWN[name]))
    return "\n\n".join(parts)


def as_code(example: str) -> str:
    """One way to write it, with what is said about it."""
    found = re.fullmatch(r"(.+?)( for .+|, (?:a|or) .+)?", example)
    assert found
    return f"`{found[1]}`{found[2] or ''}"


def examples(name: str, shown: Shown) -> str:
    argument = eval(shown.argument)  # noqa: S307 - an argument of this file
    spec = make_spec(name, argument)
    earlier = None if shown.earlier is None else pl.Series(shown.earlier)
    around = Surroundings(as_of=AS_OF, earlier=lambda run: earlier)
    others = None if shown.other is None else {one: pl.Series(shown.other) for one in spec.others}
    lines = [f"| `{name}={shown.argument}` of | verdict | message |", "|---|---|---|"]
    for values in shown.columns:
        column = pl.Series(values, nan_to_null=False, strict=False)
        verdict = evaluate_column([spec], column, others=others, surroundings=around)[0]
        message = str(verdict.message).replace("|", "\\|")
        lines.append(f"| `{written(values)}` | {WORDS[verdict.status]} | {message} |")
    notes = [f"`{other}` is `{written(shown.other)}`" for other in spec.others if shown.other is not None]
    if shown.earlier is not None:
        notes.append(f"the last published run has `{written(shown.earlier)}`")
    if name in ("freshness", "not_in_future"):
        notes.append(f"judged at `{AS_OF.isoformat()}`")
    note = f"\n\n({'; '.join(notes)})" if notes else ""
    return "\n".join(lines) + note


def written(values: list[Any]) -> str:
    words = [one.isoformat() if isinstance(one, datetime.date) else repr(one) for one in values]
    return f"[{', '.join(words)}]".replace("nan", "NaN")


def test_the_page_is_in_step(request):
    page = PAGE.read_text(encoding="utf-8")
    placed = [match[2] for match in GENERATED.finditer(page)]
    assert sorted(placed) == sorted(["table", *NAMES]), (
        "each kind has its place: <!-- generated: KIND --> … <!-- end -->"
    )
    right = GENERATED.sub(
        lambda match: f"{match[1]}{table() if match[2] == 'table' else section(match[2])}\n{match[3]}", page
    )
    if request.config.getoption("--regenerate"):
        PAGE.write_text(right, encoding="utf-8")
    else:
        assert page == right


@pytest.mark.parametrize("name", NAMES)
def test_each_kind_has_a_section_and_shows_both_sides(name):
    page = PAGE.read_text(encoding="utf-8")
    assert re.search(rf"^### `?{name}`?$", page, re.MULTILINE)
    if name in KINDS and name != "allow_none":
        shown = examples(name, SHOWN[name])
        assert "| holds |" in shown
        assert "| does not hold |" in shown


def test_links_lead_somewhere():
    page = PAGE.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page):
        assert (PAGE.parent / target).exists(), target
    headings = {
        re.sub(r"[^\w\- ]", "", line).strip().lower().replace(" ", "-")
        for line in re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", page)) <= headings


def test_what_the_page_writes_works():
    page = PAGE.read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.+?)^```$", page, re.MULTILINE | re.DOTALL)
    assert len(blocks) > 1
    names: dict[str, Any] = {"__name__": "page"}
    for block in blocks:
        exec(compile(block, "expectations.md", "exec"), names)
