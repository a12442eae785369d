"""Which columns of a frame a function takes, told from its source."""

from __future__ import annotations

import ast
from typing import Any

import polars as pl
import polars.selectors as cs
import pytest

from featurecat.definition.reads import columns_taken, passes_through

NAMES: dict[str, Any] = {
    "ONE": "one",
    "MANY": ("x", "y"),
    "NUMBERS": [1, 2],
    "LIMIT": 3,
    "pl": pl,
    "cs": cs,
    "col": pl.col,
    "Int64": pl.Int64,
    "helper": lambda frame: frame,
    "EXPRESSION": object(),
}


def _tree(body: str) -> ast.FunctionDef:
    (tree,) = ast.parse(f"def feature(t, other):\n    {body}").body
    assert isinstance(tree, ast.FunctionDef)
    return tree


@pytest.mark.parametrize(
    ("body", "columns"),
    [
        ("return other", ""),
        ("return t['a'] + t['b']", "a b"),
        ("return t[['a', 'b']].sum()", "a b"),
        ("return t[ONE] * LIMIT", "one"),
        ("return t[[ONE, *MANY]]", "one x y"),
        ("return t[MANY]", "x y"),
        ("return t.get_column('a')", "a"),
        ("return t.select('a', 'b')", "a b"),
        ("return t.select(['a'], *MANY)", "a x y"),
        ("return t.select(pl.col('a') * LIMIT, c=pl.col('b', ONE).sum())", "a b one"),
        ("return t.select(pl.col('a').rolling_mean(3)).get_column('a')", "a"),
        ("return t.select(col('a').sum().over(pl.col('g')).cast(Int64))", "a g"),
        ("return t.select(-pl.col('a').clip(0, LIMIT).cast(pl.Float32) > 2)", "a"),
        ("return t.select(pl.col('a').dt.year().alias('year'))", "a"),
        ("return t.select(b=pl.col('a').fill_null(pl.col('b')) == pl.col('c'))", "a b c"),
        ("return [t['a'] for row in t['b']]", "a b"),
        ("s = t['a']; return s.where(s > 0, t['b'])", "a b"),
        ("return (lambda: t['a'])()", "a"),
    ],
)
def test_plain_forms_are_understood(body: str, columns: str) -> None:
    assert columns_taken(_tree(body), "t", NAMES) == set(columns.split())


@pytest.mark.parametrize(
    "body",
    [
        "return t",
        "return helper(t)",
        "return t.sum()",
        "return t.a",
        "return t[t['a'] > 0]",
        "return t[other]",
        "return t[0]",
        "return t[NUMBERS]",
        "return t[:, 'a']",
        "u = t; return u['a']",
        "t['new'] = t['a']; return t",
        "return t.select(other)",
        "return t.select(EXPRESSION)",
        "return t.select(helper(1))",
        "return t.select(pl.all())",
        "return t.select(pl.exclude('a'))",
        "return t.select(pl.col(other))",
        "return t.select(pl.col(r'^a.*$'))",
        "return t.select('*')",
        "return t.select(pl.col('*'))",
        "return t.select(pl.col(pl.Float64))",
        "return t.select(pl.nth(0))",
        "return t.select(pl.first())",
        "return t.select(pl.len(), t['a'])",
        "return t.get_column(other)",
        "return t.get_column('a', default=t)",
        "def inner(): return t\n    return inner()['a']",
        "t['new'] = 2; return other",
        "t['a'] += 2; return other",
        "del t['a']; return other",
        "return other.map(lambda t: t['a'])",
        "return locals()['t']",
        "return t.select(pl.sum_horizontal(cs.float()))",
        "return t.select(pl.sum_horizontal('a', 'b'))",
        "return t.select(pl.col('a').sum().over('g'))",
        "return t.select(pl.col('a').sort_by('b'))",
        "return t.select(pl.col('a').sort_by(by='b'))",
        "return t.select(pl.col('a').sort_by(MANY))",
        "return t.select(pl.col('a').sort_by(ONE))",
        "return t.select(pl.col('a').sort_by(['b']))",
        "return t.select(pl.col.a)",
        "return t.select(helper.expression())",
        "return t.select(helper.col('a'))",
        "return t.select(pl.col('a').map_batches(helper))",
        "return t.select(pl.col('a') + EXPRESSION)",
        "return t.select(pl.when(pl.col('a') > 1).then('b'))",
        "return t.with_columns(a=pl.col('b')).select('a')",
    ],
)
def test_anything_else_means_the_whole_frame(body: str) -> None:
    assert columns_taken(_tree(body), "t", NAMES) is None


def test_a_local_name_is_not_the_modules_constant() -> None:
    assert columns_taken(_tree("ONE = other; return t[ONE]"), "t", NAMES) is None
    assert columns_taken(_tree("return [t[ONE] for ONE in other]"), "t", NAMES) is None
    tree = ast.parse("def feature(t, MANY): return t[MANY]").body[0]
    assert isinstance(tree, ast.FunctionDef)
    assert columns_taken(tree, "t", NAMES) is None


@pytest.mark.parametrize(
    ("body", "passes"),
    [
        ("return t", True),
        ("'''Doc.'''\n    return t", True),
        ("return other", False),
        ("return t.copy()", False),
        ("t = t.dropna()\n    return t", False),
        ("t.drop(columns='a', inplace=True)\n    return t", False),
    ],
)
def test_what_only_hands_on_the_frame(body: str, passes: bool) -> None:
    assert passes_through(_tree(body), "t") is passes
